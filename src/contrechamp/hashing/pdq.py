"""PDQ, the public 256-bit hash, in NumPy: for lists of its length and for search at its size, not for experiments.

Written from the published description; compared with the reference implementation in `benchmarks/hashing`. The course
shows no sweep of edits for it, on purpose: services match with it.

References
----------
Facebook (2019), "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm" (hashing.pdf in the
repository facebook/ThreatExchange), chapters on PDQ.
"""

from functools import lru_cache

import numpy as np

from contrechamp.hashing.pictures import as_hashable

BLOCKS, KEPT = 64, 16
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


def pdq(picture: np.ndarray) -> tuple[np.ndarray, int]:
    """Return the PDQ hash of a picture and its quality.

    Parameters
    ----------
    picture : ndarray of uint8, shape (height, width, 3)

    Returns
    -------
    bits : ndarray of bool, shape (256,)
        In the order of PDQ's hexadecimal text, so that ``np.packbits(bits).tobytes().hex()`` is that text.
    quality : int
        0 to 100: how much the picture has to tell. Low means that the hash is not to be trusted.

    Raises
    ------
    ContrechampError
        When `picture` is no colour picture of uint8 or has a side below 32.

    Examples
    --------
    >>> bits, quality = pdq(np.full((64, 64, 3), 90, dtype=np.uint8))
    >>> bits.shape, quality
    ((256,), 0)
    """
    small = shrink(as_hashable(picture))
    waves = waves_of(small)
    middle = np.partition(waves.ravel(), 127)[127]  # the lower of the two middle values
    return (waves > middle).ravel()[::-1], quality_of(small)


def shrink(picture: np.ndarray) -> np.ndarray:
    """Return the luminance in 64 x 64 blocks, 0 to 255: two passes of a box filter, then one sample a block."""
    luma = picture.astype(np.float32) @ _LUMA
    return _blocks(luma.shape[0]) @ luma @ _blocks(luma.shape[1]).T


def waves_of(small: np.ndarray) -> np.ndarray:
    """Return the 16 x 16 slowest waves of the 64 x 64 blocks, the mean left out."""
    return _cosines() @ small @ _cosines().T


def quality_of(small: np.ndarray) -> int:
    """Return PDQ's quality, 0 to 100: the sum of steps between neighbouring blocks, small steps left out."""
    steps = sum(np.abs(np.trunc(np.diff(small, axis=axis) * 100 / 255)).sum() for axis in (0, 1))
    return min(100, int(steps / 90))


@lru_cache(maxsize=32)
def _blocks(side: int) -> np.ndarray:
    """Return the 64 rows of weights that blur a line of `side` pixels twice and take the middle of each block."""
    if side == BLOCKS:
        return np.eye(BLOCKS, dtype=np.float32)
    window = -(-side // (2 * BLOCKS))  # half a block, rounded up
    right = (window + 2) // 2 - 1
    offset = np.arange(side)[None] - np.arange(side)[:, None]
    box = ((offset >= right + 1 - window) & (offset <= right)).astype(float)
    box /= box.sum(axis=1, keepdims=True)  # at the edges, the mean of what is there
    middles = ((np.arange(BLOCKS) + 0.5) * side / BLOCKS).astype(int)
    return (box[middles] @ box).astype(np.float32)


@lru_cache(maxsize=1)
def _cosines() -> np.ndarray:
    """Return rows 1 to 16 of the discrete cosine transform of 64 values; row 0, the mean, is left out."""
    row, column = np.arange(1, KEPT + 1)[:, None], np.arange(BLOCKS)[None]
    return (np.sqrt(2 / BLOCKS) * np.cos(np.pi / (2 * BLOCKS) * row * (2 * column + 1))).astype(np.float32)
