"""From one colour per pixel to three: the Bayer mosaic and three ways to fill it in.

A sensor measures red at one pixel in four, blue at one in four, green at half of them. The other two values of each
pixel are interpolated, and the interpolation leaves a trace that lesson 08 looks for. Arrays are float32, linear.
"""

import numpy as np
from scipy import ndimage as ndi

_COLOUR = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]], np.float32) / 4
_GREEN = np.array([[0, 1, 0], [1, 4, 1], [0, 1, 0]], np.float32) / 4
_CROSS = np.array([[0, 0, -1, 0, 0], [0, 0, 0, 0, 0], [-1, 0, 4, 0, -1], [0, 0, 0, 0, 0], [0, 0, -1, 0, 0]], np.float32)


def bayer(size: int, phase: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return which pixels measure red, green and blue: three bool arrays of shape (size, size).

    Parameters
    ----------
    size : int
    phase : int
        0..3: where the two-by-two tile of the filter begins.

    Returns
    -------
    red, green, blue : ndarray of bool, shape (size, size)
        True at one pixel in four, in two and in four; each pixel belongs to exactly one.

    References
    ----------
    B. E. Bayer, "Color imaging array", US patent 3,971,065, 1976.
    """
    y, x = np.ogrid[0:size, 0:size]
    row, column = (y + phase // 2) % 2, (x + phase % 2) % 2
    red, blue = (row == 0) & (column == 0), (row == 1) & (column == 1)
    return red, ~(red | blue), blue


def mosaic(light: np.ndarray, phase: int) -> np.ndarray:
    """Keep one colour per pixel: (size, size, 3) to (size, size)."""
    red, green, _blue = bayer(len(light), phase)
    return np.where(red, light[..., 0], np.where(green, light[..., 1], light[..., 2]))


def bilinear(raw: np.ndarray, phase: int) -> np.ndarray:
    """Fill in each missing value with the mean of its nearest neighbours of that colour.

    Parameters
    ----------
    raw : ndarray of float32, shape (size, size)
        One linear value a pixel, from `mosaic`.
    phase : int
        As for `bayer`.

    Returns
    -------
    ndarray of float32, shape (size, size, 3)
        What was measured stays as it was.
    """
    red, green, blue = bayer(len(raw), phase)
    planes = [_spread(raw * red, _COLOUR), _spread(raw * green, _GREEN), _spread(raw * blue, _COLOUR)]
    return np.stack(planes, axis=-1)


def gradient_corrected(raw: np.ndarray, phase: int) -> np.ndarray:
    """Bilinear green corrected by the curvature of the colour that was measured there.

    Parameters
    ----------
    raw : ndarray of float32, shape (size, size)
        One linear value a pixel, from `mosaic`.
    phase : int
        As for `bayer`.

    Returns
    -------
    ndarray of float32, shape (size, size, 3)
        What was measured stays as it was; other values may leave 0..1 by a little.

    References
    ----------
    H. Malvar, L. He, R. Cutler, "High-quality linear interpolation for demosaicing of Bayer-patterned color images",
    ICASSP, 2004 (its green; red and blue follow by colour differences).
    """
    _red, green, _blue = bayer(len(raw), phase)
    guess = _spread(raw * green, _GREEN) + _spread(raw, _CROSS / 8)
    return _by_differences(raw, np.where(green, raw, guess), phase)


def edge_directed(raw: np.ndarray, phase: int) -> np.ndarray:
    """Interpolate green along the direction in which the picture changes less.

    Parameters
    ----------
    raw : ndarray of float32, shape (size, size)
        One linear value a pixel, from `mosaic`.
    phase : int
        As for `bayer`.

    Returns
    -------
    ndarray of float32, shape (size, size, 3)
        What was measured stays as it was; other values may leave 0..1 by a little.

    References
    ----------
    J. Hamilton, J. Adams, "Adaptive color plan interpolation in single sensor color electronic camera", US patent
    5,629,734, 1997.
    """
    _red, green, _blue = bayer(len(raw), phase)
    along, change = [], []
    for axis in (1, 0):
        along.append(ndi.convolve1d(raw, np.array([-1, 2, 2, 2, -1]) / 4, axis=axis, mode="mirror"))
        curve = ndi.convolve1d(raw, np.array([1.0, 0, -2, 0, 1]), axis=axis, mode="mirror")
        slope = ndi.convolve1d(raw, np.array([1.0, 0, -1]), axis=axis, mode="mirror")
        change.append(np.abs(curve) + np.abs(slope))
    both = (along[0] + along[1]) / 2
    guess = np.where(change[0] < change[1], along[0], np.where(change[1] < change[0], along[1], both))
    return _by_differences(raw, np.where(green, raw, guess), phase)


def _by_differences(raw: np.ndarray, green: np.ndarray, phase: int) -> np.ndarray:
    """Fill in red and blue through their difference from green, which changes slowly."""
    red, _green, blue = bayer(len(raw), phase)
    difference = raw - green
    return np.stack(
        [green + _spread(difference * red, _COLOUR), green, green + _spread(difference * blue, _COLOUR)], -1
    )


def _spread(plane: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return ndi.convolve(plane, kernel, mode="mirror")


#: Name -> function of (raw, phase).
DEMOSAICERS = {"bilinear": bilinear, "gradient_corrected": gradient_corrected, "edge_directed": edge_directed}
