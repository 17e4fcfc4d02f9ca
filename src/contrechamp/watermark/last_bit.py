"""The last-bit mark: the message in the last bit of each colour value. Invisible, keyed, gone after one JPEG."""

import numpy as np

from contrechamp.watermark import coding, keys, pictures
from contrechamp.watermark.evidence import read_bits
from contrechamp.watermark.protocol import Detection, Watermark


class LastBit(Watermark):
    """Overwrite the last bit of every colour value; the key hides which bit of the message it stands for.

    Parameters are those of `Watermark`; `psnr` is not used: the change is always at most one level, about 51 dB.

    Examples
    --------
    >>> mark = LastBit("our key")
    >>> picture = np.full((128, 128, 3), 90, np.uint8)
    >>> mark.detect(mark.embed(picture, b"ours")).message
    b'ours'
    >>> mark.detect(picture).message is None
    True
    """

    def embed(self, image: np.ndarray, message: bytes) -> np.ndarray:
        """Return the picture with the message in it, as `Watermark.embed` says."""
        pixels, word = pictures.as_picture(image), coding.encode(message, self.bits)
        owner = keys.owners(pixels.size, len(word))
        last = word[owner] * keys.chips(self.key, "last bit", pixels.size) > 0
        return pixels & 254 | last.reshape(pixels.shape)

    def change(self, grey: np.ndarray, word: np.ndarray, allowed: float) -> np.ndarray:
        """Refuse: the last bit is overwritten, not added to. See `embed`.

        Parameters
        ----------
        grey, word, allowed
            As for `Watermark.change`.

        Raises
        ------
        NotImplementedError
            Always.
        """
        raise NotImplementedError("The last bit is overwritten, not added to.")

    def features(self, pixels: np.ndarray) -> np.ndarray:
        """Return the last bit of each colour value as -1 or 1."""
        return (pixels & 1).ravel().astype(np.float32) * 2 - 1

    def judge(self, features: np.ndarray) -> Detection:
        """Return what the key makes of it."""
        chips = keys.chips(self.key, "last bit", features.size)
        return self.decide(read_bits(features, chips, keys.owners(features.size, 2 * self.bits), 2 * self.bits))
