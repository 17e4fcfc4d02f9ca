"""The perceptual hash that students write: 64 bits from the slow waves of a small grey copy.

Bit for bit what `imagehash.phash` gives (a test holds values computed with it). It is the only hash of the course
whose distances under edits are shown: a toy to learn from, not the hash of any deployed service.

References
----------
N. Krawetz, "Looks Like It" (2011), hackerfactor.com. C. Zauner, "Implementation and Benchmarking of Perceptual Image
Hash Functions" (2010), Upper Austria University of Applied Sciences.
"""

import numpy as np
from PIL import Image
from scipy.fft import dct, idctn

from contrechamp.errors import ContrechampError
from contrechamp.hashing.pictures import as_hashable
from contrechamp.language import gettext as _

SIDE, KEPT = 32, 8  # side of the small copy; side of the corner of slow waves that becomes the hash


def phash(picture: np.ndarray) -> np.ndarray:
    """Return the perceptual hash of a picture.

    Parameters
    ----------
    picture : ndarray of uint8, shape (height, width, 3)

    Returns
    -------
    ndarray of bool, shape (64,)
        True where a slow wave of the small copy is stronger than the median of the 64.

    Raises
    ------
    ContrechampError
        When `picture` is no colour picture of uint8 or has a side below 32.

    Examples
    --------
    >>> from contrechamp.imaging import make_images
    >>> picture = next(iter(make_images(1, size=64))).pixels
    >>> bits = phash(picture)
    >>> bits.shape, distance(bits, phash(255 - picture)) > 32
    ((64,), True)
    """
    waves = dct(dct(small_grey(picture).astype(float), axis=0), axis=1)
    slow = waves[:KEPT, :KEPT]
    return (slow > np.median(slow)).ravel()


def small_grey(picture: np.ndarray) -> np.ndarray:
    """Return the small grey copy from which the hash is made: uint8, shape (32, 32)."""
    grey = Image.fromarray(as_hashable(picture)).convert("L")
    return np.asarray(grey.resize((SIDE, SIDE), Image.Resampling.LANCZOS))


def detail(picture: np.ndarray) -> float:
    """Return how much there is to hash: the mean step between neighbours of the small grey copy, in grey levels.

    Near nought for a blank wall, whose hash is decided by rounding. A matcher that sets a lower bound on it, a quality
    gate, refuses to speak about such pictures.

    Parameters
    ----------
    picture : ndarray of uint8, shape (height, width, 3)
        Each side at least 32 pixels.

    Returns
    -------
    float
        Grey levels, 0..255.

    Raises
    ------
    ContrechampError
        When no hash can be made of the picture.
    """
    grey = small_grey(picture).astype(float)
    return float((np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean()) / 2)


def distance(a: np.ndarray, b: np.ndarray) -> int:
    """Return in how many bits two hashes differ (the Hamming distance).

    Parameters
    ----------
    a, b : ndarray of bool, same shape (n,)

    Returns
    -------
    int
        0..n.

    Raises
    ------
    ContrechampError
        When one is no array of bits, or they differ in length.
    """
    a, b = as_bits(a), as_bits(b)
    if a.shape != b.shape:
        raise ContrechampError(
            _("Hashes of {a} and of {b} bits cannot be compared: make both with the same function.").format(
                a=a.size, b=b.size
            )
        )
    return int((a != b).sum())


def sketch(bits: np.ndarray) -> np.ndarray:
    """Draw what a hash of 64 bits gives away about its picture: light and dark, roughly where.

    Each bit is the sign of a wave; how strong that wave is, one guesses from pictures in general, where waves twice as
    fast are about half as strong.

    Parameters
    ----------
    bits : ndarray of bool, shape (64,)
        A hash made by `phash`.

    Returns
    -------
    ndarray of float, shape (32, 32)
        Grey, 0 to 1.

    Raises
    ------
    ContrechampError
        When it is no hash of 64 bits.

    Notes
    -----
    Published work rebuilds far more from longer hashes (arXiv 2406.00918). A hash list is personal data.
    """
    bits = as_bits(bits)
    if bits.size != KEPT**2:
        raise ContrechampError(
            _("A sketch is drawn from the {count} bits of phash, not from {given}.").format(
                count=KEPT**2, given=bits.size
            )
        )
    down, across = np.mgrid[:KEPT, :KEPT]
    waves = np.zeros((SIDE, SIDE))
    waves[:KEPT, :KEPT] = np.where(bits.reshape(KEPT, KEPT), 1, -1) / np.hypot(np.maximum(down, 0.5), across)
    waves[0, 0] = 0  # mean light: always above the median, so it tells nothing
    drawn = idctn(waves, norm="ortho")
    return (drawn - drawn.min()) / (drawn.max() - drawn.min())


def as_bits(bits: np.ndarray) -> np.ndarray:
    """Return `bits` when it is a row of trues and falses, or say what it is instead.

    Parameters
    ----------
    bits : ndarray of bool, shape (n,)

    Returns
    -------
    ndarray of bool, shape (n,)

    Raises
    ------
    ContrechampError
        When it is none.
    """
    bits = np.asarray(bits)
    if bits.dtype != np.bool_ or bits.ndim != 1 or not bits.size:
        raise ContrechampError(
            _("A hash is a row of trues and falses, not {dtype} of shape {shape}.").format(
                dtype=bits.dtype, shape=bits.shape
            )
        )
    return bits
