"""Spread spectrum: each bit of the message is whispered in many places, in a rhythm that only the key knows.

No single place tells anything: the change there is smaller than the picture's own variation. Multiplied by the
key's signs and added up, thousands of whispers become a voice, and the picture's variation averages out. The places
are cosine coefficients of middle frequency, block by block: too fine to be seen, too coarse to be thrown away by
JPEG. Whoever turns or crops the picture shifts the blocks, and the rhythm is lost: see `log_polar` for that.

References
----------
I. Cox, J. Kilian, T. Leighton, T. Shamoon, "Secure spread spectrum watermarking for multimedia", IEEE Trans. Image
Processing 6, 1997.
"""

import numpy as np

from contrechamp.watermark import blocks, keys, pictures
from contrechamp.watermark.evidence import read_bits
from contrechamp.watermark.masking import spare_flat_areas
from contrechamp.watermark.protocol import Detection, Watermark

#: The coefficients that are used: (vertical, horizontal) frequency, in half waves a block.
PLACES = ((0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1), (2, 2))
DOWN, ACROSS = np.array(PLACES).T
#: Keeps the chips of this mark apart from those of others with the same key.
PURPOSE = "spread spectrum"


class SpreadSpectrum(Watermark):
    """A keyed spread-spectrum mark in 8 x 8 cosine blocks. Parameters are those of `Watermark`.

    Examples
    --------
    >>> from contrechamp.imaging import make_images
    >>> mark, picture = SpreadSpectrum("our key"), next(iter(make_images(1, size=128))).pixels
    >>> mark.detect(mark.embed(picture, b"ours")).message
    b'ours'
    >>> SpreadSpectrum("another key").detect(mark.embed(picture, b"ours")).found
    False
    """

    def change(self, grey: np.ndarray, word: np.ndarray, allowed: float) -> np.ndarray:
        """Return what to add to the brightness, as `Watermark.change` says."""
        return spare_flat_areas(self.pattern(grey, word), grey, allowed)

    def pattern(self, grey: np.ndarray, word: np.ndarray) -> np.ndarray:
        """Raise or lower each coefficient by its bit's sign times the key's sign, more where the block is busy.

        Parameters
        ----------
        grey : ndarray of float32, shape (height, width)
            Brightness 0..255 at working size.
        word : ndarray of float, shape (2 * bits,)
            -1 or 1, from `coding.encode`.

        Returns
        -------
        ndarray of float32, shape (height, width)
            What to add to the brightness, before it is scaled to the energy allowed.
        """
        coefficients = blocks.transform(grey)
        places = coefficients[:, :, DOWN, ACROSS]
        signs = word[keys.owners(places.size, len(word))] * keys.chips(self.key, PURPOSE, places.size)
        coefficients[:] = 0
        coefficients[:, :, DOWN, ACROSS] = signs.reshape(places.shape) * busyness(places)
        return blocks.back(coefficients, grey.shape)

    def features(self, pixels: np.ndarray) -> np.ndarray:
        """Return the coefficients, evened out: none may shout the others down."""
        places = blocks.transform(pictures.working_copy(pixels))[:, :, DOWN, ACROSS]
        even = places / busyness(places)
        even /= np.sqrt(np.mean(even**2, axis=(0, 1))) + np.float32(1e-6)
        return np.clip(even, -2, 2).ravel()

    def judge(self, features: np.ndarray) -> Detection:
        """Multiply by the key's signs, add up for each bit."""
        chips = keys.chips(self.key, PURPOSE, features.size)
        owner = keys.owners(features.size, 2 * self.bits)
        return self.decide(read_bits(features, chips, owner, 2 * self.bits))


def busyness(places: np.ndarray) -> np.ndarray:
    """Return how strongly each block may be changed: more where much is going on, float32, shape (rows, columns, 1)."""
    return np.minimum(np.abs(places).mean(axis=2, keepdims=True) + 3, 40) ** np.float32(0.7)
