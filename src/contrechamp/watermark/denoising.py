"""Denoising by non-local means: each pixel becomes the mean of pixels whose surroundings look alike.

It stands in, on a laptop, for "regeneration": a model that draws a picture anew also keeps what it understands and
drops what it takes for noise, a mark included. Regeneration by a large model removes far more than this does; that
is cited from records in the lessons, not shown here.

References
----------
A. Buades, B. Coll, J.-M. Morel, "A non-local algorithm for image denoising", CVPR 2005.
"""

import numpy as np
from scipy import ndimage as ndi

#: Half width of the area that is searched, and width of what counts as surroundings, in pixels.
REACH, PATCH = 4, 5


def denoise(pixels: np.ndarray, strength: float = 5.0) -> np.ndarray:
    """Return the picture without what looks like noise.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
    strength : float
        Difference between surroundings, in grey levels, at which they stop counting as alike.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
    """
    colours = np.ascontiguousarray(np.moveaxis(pixels, 2, 0), np.float32)
    grey = np.tensordot(np.array([0.299, 0.587, 0.114], np.float32), colours, 1)
    total, weights = colours.copy(), np.ones(grey.shape, np.float32)
    for down in range(REACH + 1):
        for across in range(-REACH, REACH + 1):
            if (down, across) <= (0, 0):
                continue  # the opposite shift is done with its partner
            here, there = _overlap(grey.shape, down, across)
            unlike = ndi.uniform_filter(np.square(grey[here] - grey[there]), PATCH, mode="nearest")
            unlike *= np.float32(-1 / strength**2)
            weight = np.exp(unlike, out=unlike)
            for plane, sums in zip(colours, total, strict=True):
                sums[here] += weight * plane[there]
                sums[there] += weight * plane[here]
            weights[here] += weight
            weights[there] += weight
    return np.ascontiguousarray(np.moveaxis(np.rint(total / weights).astype(np.uint8), 0, 2))


def _overlap(shape: tuple[int, ...], down: int, across: int) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Return the two views of a picture that differ by a shift."""
    rows = slice(0, shape[0] - down), slice(down, shape[0])
    left, right = max(0, -across), max(0, across)
    columns = slice(left, shape[1] - right), slice(right, shape[1] - left)
    return (rows[0], columns[0]), (rows[1], columns[1])
