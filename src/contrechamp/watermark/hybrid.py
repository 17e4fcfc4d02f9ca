"""Two marks in one picture with the same message: spread spectrum for what happens to values, log-polar for what happens to shape.

The detector asks the quick one first. Only when that finds nothing, or cannot read the message, does it ask the one that stands turning and
cropping. Two looks, so the p-value counts twice. Where both heard something at the same place, their evidence is added.
"""

import math

import numpy as np

from contrechamp.watermark.log_polar import LogPolar
from contrechamp.watermark.masking import spare_flat_areas
from contrechamp.watermark.protocol import Detection, Geometry, Watermark
from contrechamp.watermark.spread_spectrum import SpreadSpectrum

#: Share of the energy that goes to the spread spectrum.
SHARE = 0.35


class Hybrid(Watermark):
    """Spread spectrum and log-polar mark together. Parameters are those of `Watermark`.

    Examples
    --------
    >>> mark = Hybrid("our key")
    >>> picture = np.random.default_rng(0).integers(60, 180, (160, 200, 3), np.uint8)
    >>> seen = mark.detect(mark.embed(picture, b"ours")[:, ::-1])
    >>> seen.message, seen.geometry.mirrored
    (b'ours', True)
    """

    def __init__(self, key: str | bytes, bits: int = 32, psnr: float = 42.0, level: float = 1e-6):
        super().__init__(key, bits, psnr, level)
        self.direct = SpreadSpectrum(self.key, bits, psnr, level)
        self.turned = LogPolar(self.key, bits, psnr, level)

    def change(self, grey: np.ndarray, word: np.ndarray, allowed: float) -> np.ndarray:
        straight = self.direct.pattern(grey, word)
        straight *= np.float32(math.sqrt(allowed * SHARE / np.mean(straight * straight)))
        return spare_flat_areas(
            straight + self.turned.pattern(grey, word, allowed * (1 - SHARE)), grey, allowed
        )

    def features(self, pixels: np.ndarray) -> np.ndarray:
        """Return the picture itself: what is read from it depends on what was found first."""
        return pixels

    def judge(self, features: np.ndarray) -> Detection:
        first = self.direct.judge(self.direct.features(features))
        if 2 * first.p_value < self.level and first.message is not None:
            return self.decide(first.read, 2 * first.p_value, score=first.score, geometry=Geometry())
        second = self.turned.judge(self.turned.features(features))
        return self.weigh(first, second)

    def weigh(self, first: Detection, second: Detection) -> Detection:
        """Return the better of the two, with the other's evidence added where the picture was not turned."""
        p_value = min(1.0, 2 * min(first.p_value, second.p_value))
        straight = second.geometry is not None and is_straight(second.geometry)
        if second.p_value >= self.level:
            read, geometry = first.read, Geometry()
        elif first.p_value < 1e-3 and straight:
            read, geometry = pooled(first.read, second.read), second.geometry
        else:
            read, geometry = second.read, second.geometry
        return self.decide(read, p_value, score=-math.log10(p_value), geometry=geometry)


def is_straight(geometry: Geometry) -> bool:
    """Whether a picture was neither turned nor cut nor mirrored, within the detector's step."""
    return abs(geometry.angle) < 1 and abs(geometry.scale - 1) < 0.02 and not geometry.mirrored


def pooled(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Add two detectors' evidence for the same bits, each weighted by its strength, in units of the sum's deviation."""
    strengths = [math.sqrt(max(float(np.mean(read**2)) - 1, 0.0)) for read in (one, other)]
    return (strengths[0] * one + strengths[1] * other) / max(math.hypot(*strengths), 1e-9)
