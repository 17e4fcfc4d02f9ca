"""Blocks of eight by eight pixels and their cosine transform, as in JPEG."""

import numpy as np
from scipy.fft import dctn, idctn

SIDE = 8


def transform(grey: np.ndarray) -> np.ndarray:
    """Return the cosine coefficients of each whole block, float32, shape (rows, columns, 8, 8).

    Parameters
    ----------
    grey : ndarray of float32, shape (height, width)

    Returns
    -------
    ndarray of float32, shape (height // 8, width // 8, 8, 8)
        Orthonormal; vertical frequency before horizontal. What is left of a block at the border is dropped.

    References
    ----------
    N. Ahmed, T. Natarajan, K. R. Rao, "Discrete cosine transform", IEEE Transactions on Computers, 1974.
    """
    rows, columns = grey.shape[0] // SIDE, grey.shape[1] // SIDE
    tiles = grey[: rows * SIDE, : columns * SIDE].reshape(rows, SIDE, columns, SIDE).transpose(0, 2, 1, 3)
    return dctn(np.ascontiguousarray(tiles), axes=(2, 3), norm="ortho")


def back(coefficients: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return the picture of some coefficients.

    Parameters
    ----------
    coefficients : ndarray of float32, shape (rows, columns, 8, 8)
        From `transform`.
    shape : tuple of int
        Height and width, at least eight times `rows` and `columns`.

    Returns
    -------
    ndarray of float32, of `shape`
        What lies beyond the last whole block is 0.
    """
    rows, columns = coefficients.shape[:2]
    picture = np.zeros(shape, np.float32)
    tiles = idctn(coefficients, axes=(2, 3), norm="ortho").transpose(0, 2, 1, 3)
    picture[: rows * SIDE, : columns * SIDE] = tiles.reshape(rows * SIDE, columns * SIDE)
    return picture
