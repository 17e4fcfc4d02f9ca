"""What all generators do with patches: cut, join, halve, fit a linear map.

Pictures are float32, (height, width, channels).
"""

import numpy as np


def halved(picture: np.ndarray) -> np.ndarray:
    """Return the mean of each two-by-two tile: (h, w, c) to (h/2, w/2, c)."""
    return (picture[::2, ::2] + picture[1::2, ::2] + picture[::2, 1::2] + picture[1::2, 1::2]) / np.float32(4)


def neighbourhoods(picture: np.ndarray, side: int = 3) -> np.ndarray:
    """Return for each pixel the square of pixels about it, mirrored beyond the border.

    Parameters
    ----------
    picture : ndarray of float32, shape (height, width, channels)
    side : int
        Side of the square in pixels, odd.

    Returns
    -------
    ndarray of float32, shape (height, width, side * side * channels)
        Row by row of the square, channels together.
    """
    margin = side // 2
    height, width = picture.shape[:2]
    padded = np.pad(picture, ((margin, margin), (margin, margin), (0, 0)), mode="reflect")
    shifted = [padded[dy : dy + height, dx : dx + width] for dy in range(side) for dx in range(side)]
    return np.concatenate(shifted, axis=2)


def cut(picture: np.ndarray, side: int, step: int) -> np.ndarray:
    """Return overlapping patches: (h, w, c) to (rows, columns, side, side, c)."""
    windows = np.lib.stride_tricks.sliding_window_view(picture, (side, side), axis=(0, 1))
    return windows[::step, ::step].transpose(0, 1, 3, 4, 2)


def join(patches: np.ndarray, step: int, window: np.ndarray) -> np.ndarray:
    """Blend overlapping patches into one picture: the inverse of `cut`.

    Parameters
    ----------
    patches : ndarray of float32, shape (rows, columns, side, side, channels)
    step : int
        Pixels from one patch to the next, at most `side`.
    window : ndarray of float32, shape (side, side)
        Weight of each pixel of a patch, above 0.

    Returns
    -------
    ndarray of float32, shape ((rows - 1) * step + side, (columns - 1) * step + side, channels)
        The weighted mean of the patches that cover a pixel.
    """
    rows, columns, side, _side, channels = patches.shape
    height, width = (rows - 1) * step + side, (columns - 1) * step + side
    total = np.zeros((height, width, channels), np.float32)
    weight = np.zeros((height, width, 1), np.float32)
    for dy in range(side):
        for dx in range(side):
            here = (slice(dy, dy + rows * step, step), slice(dx, dx + columns * step, step))
            total[here] += patches[:, :, dy, dx] * window[dy, dx]
            weight[here] += window[dy, dx]
    return total / weight


def hump(side: int) -> np.ndarray:
    """Return a window that falls towards the edges of a patch, shape (side, side)."""
    return np.outer(*[np.hanning(side + 2)[1:-1].astype(np.float32)] * 2)


def ridge(inputs: np.ndarray, outputs: np.ndarray, strength: float = 1e-4) -> np.ndarray:
    """Return the matrix that maps inputs to outputs with least squares, kept small (ridge regression).

    Parameters
    ----------
    inputs : ndarray, shape (n, p)
    outputs : ndarray, shape (n, q)
    strength : float
        Weight of the penalty, as a share of the mean diagonal of ``inputs.T @ inputs``.

    Returns
    -------
    ndarray of float32, shape (p, q)
        ``inputs @ result`` is near `outputs`.

    References
    ----------
    A. E. Hoerl, R. W. Kennard, "Ridge regression: biased estimation for nonorthogonal problems", Technometrics, 1970.
    """
    inputs = inputs.astype(np.float64)
    gram = inputs.T @ inputs
    keep_small = strength * np.trace(gram) / len(gram) * np.eye(len(gram))
    return np.linalg.solve(gram + keep_small, inputs.T @ outputs.astype(np.float64)).astype(np.float32)


def principal(samples: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the main directions of samples (principal components), each with a sign that no solver chooses.

    Parameters
    ----------
    samples : ndarray, shape (n, p)
        Their mean is taken off for the directions.
    count : int
        Number of directions, up to p.

    Returns
    -------
    axes : ndarray of float32, shape (p, count)
        Directions as columns, that of the largest variance first.
    spread : ndarray of float32, shape (count,)
        Standard deviation along each, at least one millionth.
    """
    power, axes = np.linalg.eigh(np.cov(samples.T.astype(np.float64)))
    axes = axes[:, ::-1][:, :count]
    axes *= np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(count)])  # a direction has no sign of its own
    return axes.astype(np.float32), np.sqrt(np.maximum(power[::-1][:count], 1e-12)).astype(np.float32)
