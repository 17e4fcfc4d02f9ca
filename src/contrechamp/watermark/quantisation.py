"""Quantisation index modulation: each coefficient is moved to the nearest step that says 0, or the nearest that says 1.

A ruler with two kinds of lines, shifted at each place by a secret amount. It hides a bit with the smallest change,
and it breaks as soon as the picture gets brighter: then the ruler of the detector no longer fits.

References
----------
B. Chen, G. Wornell, "Quantization index modulation", IEEE Trans. Inf. Theory 47, 2001.
"""

import numpy as np

from contrechamp.watermark import blocks, keys, pictures
from contrechamp.watermark.protocol import Detection, Watermark

#: The coefficients that are moved, (vertical, horizontal), and the distance between two lines for the same bit.
PLACES = ((0, 2), (1, 1), (2, 0), (0, 3), (1, 2))
DOWN, ACROSS = np.array(PLACES).T
STEP = np.float32(22)


class Quantisation(Watermark):
    """Quantisation index modulation of cosine coefficients. Parameters are those of `Watermark`.

    The step is fixed, since the detector must know it: about 43 dB. A higher `psnr` scales the change down and leaves
    coefficients short of their line.

    Examples
    --------
    >>> mark = Quantisation("our key")
    >>> picture = np.random.default_rng(0).integers(60, 180, (128, 128, 3), np.uint8)
    >>> mark.detect(mark.embed(picture, b"ours")).message
    b'ours'
    """

    def change(self, grey: np.ndarray, word: np.ndarray, allowed: float) -> np.ndarray:
        """Return what to add so that each coefficient lies on the nearest line for its bit.

        Parameters
        ----------
        grey : ndarray of float32, shape (height, width)
            Brightness 0..255 at working size.
        word : ndarray of float, shape (2 * bits,)
            -1 or 1, from `coding.encode`.
        allowed : float
            Not used: the step is fixed. `pictures.add` scales the change down where it is too much.

        Returns
        -------
        ndarray of float32, shape (height, width)
        """
        coefficients = blocks.transform(grey)
        places = coefficients[:, :, DOWN, ACROSS]
        half = ((1 + word[keys.owners(places.size, len(word))]) * STEP / 4).reshape(places.shape)
        offset = self.offsets(places.size).reshape(places.shape) + half
        moved = np.rint((places - offset) / STEP) * STEP + offset
        coefficients[:] = 0
        coefficients[:, :, DOWN, ACROSS] = moved - places
        return blocks.back(coefficients, grey.shape)

    def offsets(self, count: int) -> np.ndarray:
        """Return how far the key shifts the ruler at each place, 0 to one step."""
        return keys.fractions(self.key, "quantisation", count) * STEP

    def features(self, pixels: np.ndarray) -> np.ndarray:
        """Return what is read before the key is known."""
        return blocks.transform(pictures.working_copy(pixels))[:, :, DOWN, ACROSS].ravel()

    def judge(self, features: np.ndarray) -> Detection:
        """Ask at each place how near the lines for 1 are: the cosine of the distance.

        Under a wrong key the distance is uniform on the circle. The mean of ``exp(t * cos)`` is then at most
        ``exp(t ** 2 / 4)``, so that each sum, divided by the root of half its count, is bounded like a sum of coin
        tosses.
        """
        nearness = -np.cos((features - self.offsets(features.size)) * (2 * np.pi / STEP))
        owner = keys.owners(features.size, 2 * self.bits)
        sums = np.bincount(owner, nearness, 2 * self.bits)
        return self.decide(sums / np.sqrt(np.bincount(owner, minlength=2 * self.bits) / 2))
