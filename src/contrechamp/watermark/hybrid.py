"""Two marks with one message: spread spectrum for what happens to values, log-polar for what happens to shape.

The detector asks the quick one first. Only when that finds nothing, or cannot read the message, does it ask the one
that stands turning and cropping. Two looks, so the p-value counts twice. Where both heard something at the same
place, their evidence is added.
"""

import math
from functools import cached_property

import numpy as np

from contrechamp.watermark.log_polar import LogPolar, Map
from contrechamp.watermark.masking import spare_flat_areas
from contrechamp.watermark.protocol import Detection, Geometry, Watermark
from contrechamp.watermark.spread_spectrum import SpreadSpectrum

#: Share of the energy that goes to the spread spectrum.
SHARE = 0.45


class Hybrid(Watermark):
    """Spread spectrum and log-polar mark together. Parameters are those of `Watermark`.

    Examples
    --------
    >>> from contrechamp.imaging import make_images
    >>> mark, picture = Hybrid("our key"), next(iter(make_images(1, size=256))).pixels
    >>> seen = mark.detect(mark.embed(picture, b"ours")[:, ::-1])
    >>> seen.message, seen.geometry.mirrored
    (b'ours', True)
    """

    def __init__(self, key: str | bytes, bits: int = 32, psnr: float = 42.0, level: float = 1e-6):
        super().__init__(key, bits, psnr, level)
        self.direct = SpreadSpectrum(self.key, bits, psnr, level)
        self.turned = LogPolar(self.key, bits, psnr, level)

    def change(self, grey: np.ndarray, word: np.ndarray, allowed: float) -> np.ndarray:
        """Return what to add to the brightness, as `Watermark.change` says."""
        straight = self.direct.pattern(grey, word)
        straight *= np.float32(math.sqrt(allowed * SHARE / np.mean(straight * straight)))
        return spare_flat_areas(straight + self.turned.pattern(grey, word, allowed * (1 - SHARE)), grey, allowed)

    def features(self, pixels: np.ndarray) -> "Layers":
        """Return what is read before the key is known."""
        return Layers(self, pixels)

    def judge(self, features: "Layers") -> Detection:
        """Return what the key makes of it."""
        first = self.direct.judge(features.direct)
        if 2 * first.p_value < self.level and first.message is not None:
            return self.decide(first.read, 2 * first.p_value, score=-math.log10(2 * first.p_value), geometry=Geometry())
        return self.weigh(first, self.turned.judge(features.turned))

    def weigh(self, first: Detection, second: Detection) -> Detection:
        """Return the better of the two, with the other's evidence added where the picture was not turned.

        Parameters
        ----------
        first : Detection
            Of the spread spectrum.
        second : Detection
            Of the log-polar mark.

        Returns
        -------
        Detection
            Its p-value is twice the smaller of the two; its score is the negative decimal logarithm of that.
        """
        p_value = min(1.0, 2 * min(first.p_value, second.p_value))
        straight = second.geometry is not None and is_straight(second.geometry)
        read, geometry = second.read, second.geometry
        if second.p_value >= self.level:
            read, geometry = first.read, Geometry()
        elif first.p_value < 1e-3 and straight:
            read = pooled(first.read, second.read)
        return self.decide(read, p_value, score=-math.log10(p_value), geometry=geometry)


class Layers:
    """What both detectors read from a picture; the second one only when it is asked.

    Parameters
    ----------
    mark : Hybrid
        Whose two detectors read.
    pixels : ndarray of uint8, shape (height, width, 3)
    """

    def __init__(self, mark: Hybrid, pixels: np.ndarray):
        self.mark, self.pixels = mark, pixels

    @cached_property
    def direct(self) -> np.ndarray:
        """What the spread spectrum reads."""
        return self.mark.direct.features(self.pixels)

    @cached_property
    def turned(self) -> Map:
        """What the log-polar mark reads."""
        return self.mark.turned.features(self.pixels)


def is_straight(geometry: Geometry) -> bool:
    """Whether a picture was neither turned nor cut nor mirrored, within the detector's step."""
    return abs(geometry.angle) < 1 and abs(geometry.scale - 1) < 0.02 and not geometry.mirrored


def pooled(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Add two detectors' evidence for the same bits, each weighted by its strength, in units of the sum's deviation."""
    strengths = [math.sqrt(max(float(np.mean(read**2)) - 1, 0.0)) for read in (one, other)]
    return (strengths[0] * one + strengths[1] * other) / max(math.hypot(*strengths), 1e-9)
