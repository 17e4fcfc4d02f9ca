"""What all generators do with patches: cut, join, halve, fit a linear map.

Pictures are float32, (height, width, channels).
"""

import numpy as np


def halved(picture: np.ndarray) -> np.ndarray:
    """Return the mean of each two-by-two tile: (h, w, c) to (h/2, w/2, c)."""
    return (picture[::2, ::2] + picture[1::2, ::2] + picture[::2, 1::2] + picture[1::2, 1::2]) / np.float32(4)


def neighbourhoods(picture: np.ndarray, side: int = 3) -> np.ndarray:
    """Return for each pixel the `side` x `side` pixels about it: (h, w, c) to (h, w, side * side * c)."""
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
    """Blend overlapping patches into one picture: the inverse of `cut`, weighted by `window` (side, side)."""
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
    """Return the matrix that maps `inputs` (n, p) to `outputs` (n, q) with least squares, kept small by `strength`."""
    inputs = inputs.astype(np.float64)
    gram = inputs.T @ inputs
    keep_small = strength * np.trace(gram) / len(gram) * np.eye(len(gram))
    return np.linalg.solve(gram + keep_small, inputs.T @ outputs.astype(np.float64)).astype(np.float32)


def principal(samples: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the `count` main directions of centred samples (n, p), as columns (p, count), and their deviations."""
    power, axes = np.linalg.eigh(np.cov(samples.T.astype(np.float64)))
    axes = axes[:, ::-1][:, :count]
    axes *= np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(count)])  # a direction has no sign of its own
    return axes.astype(np.float32), np.sqrt(np.maximum(power[::-1][:count], 1e-12)).astype(np.float32)
