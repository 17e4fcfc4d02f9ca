"""Statistics of the discrete cosine transform of eight-by-eight blocks, and first digits (Benford's law).

References
----------
J. Frank and others, "Leveraging frequency analysis for deep fake image recognition", ICML, 2020 (mean log DCT).
D. Fu, Y. Shi, W. Su, "A generalized Benford's law for JPEG coefficients and its applications in image forensics",
SPIE, 2007.
"""

import numpy as np
from scipy import fft

from contrechamp.forensics.pictures import luma

SIDE = 8
_DIGITS = np.log10(1 + 1 / np.arange(1, 10))  # Benford's law

NAMES = (
    *(f"dct_{v}{u}" for v in range(SIDE) for u in range(SIDE) if (v, u) != (0, 0)),
    *(f"benford_{digit}" for digit in range(1, 10)),
)


def block_dct(grey: np.ndarray) -> np.ndarray:
    """Return the DCT (type II, orthonormal) of the blocks of JPEG's grid.

    Parameters
    ----------
    grey : ndarray of float32, shape (n, height, width)
        Grey levels 0..255; what does not fill a block at the right and at the foot is left out.

    Returns
    -------
    ndarray of float32, shape (n, blocks, 8, 8)
        Coefficient [0, 0] is eight times the mean of the block, less 128.
    """
    n, height, width = grey.shape
    rows, columns = height // SIDE, width // SIDE
    cut = grey[:, : rows * SIDE, : columns * SIDE].reshape(n, rows, SIDE, columns, SIDE) - np.float32(128)
    matrix = fft.dct(np.eye(SIDE, dtype=np.float32), axis=0, norm="ortho")
    return (matrix @ cut.transpose(0, 1, 3, 2, 4) @ matrix.T).reshape(n, rows * columns, SIDE, SIDE)


def first_digits(coefficients: np.ndarray) -> np.ndarray:
    """Return how often each first digit 1..9 occurs among coefficients of size 1 or more.

    Parameters
    ----------
    coefficients : ndarray, shape (n, ...)

    Returns
    -------
    ndarray, shape (n, 9)
        Shares that add up to 1; all 0 where no coefficient is large enough.
    """
    size = np.abs(coefficients).reshape(len(coefficients), -1)
    digit = (size / 10 ** np.floor(np.log10(np.maximum(size, 1)))).astype(np.intp)  # 0 where the size is below 1
    counts = np.stack([np.bincount(row, minlength=10)[1:10] for row in digit])
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def measure(batch: np.ndarray) -> np.ndarray:
    """Return the features of this family: log mean size of 63 coefficients, first digits less Benford's law."""
    coefficients = block_dct(luma(batch))
    size = np.log(np.abs(coefficients).mean(axis=1) + np.float32(0.1)).reshape(len(batch), -1)[:, 1:]
    lowest = coefficients.reshape(*coefficients.shape[:2], -1)[..., 1:21]
    return np.column_stack([size, first_digits(lowest) - _DIGITS])
