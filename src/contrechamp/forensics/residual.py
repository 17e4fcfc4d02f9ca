"""Noise residual: what is left of a picture when its neighbours' mean is taken away, and how it grows with brightness.

A camera's noise grows with the light (photons arrive at random); a generator's need not.

References
----------
J. Lukas, J. Fridrich, M. Goljan, "Digital camera identification from sensor pattern noise", IEEE TIFS, 2006.
X. Liu, M. Tanaka, M. Okutomi, "Practical signal-dependent noise parameter estimation from a single noisy image", IEEE
TIP, 2014 (noise-level function).
"""

import numpy as np

from contrechamp.forensics.pictures import luma

#: Steps (down, right) at which the residual of green is compared with itself.
LAGS = ((0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (2, 2), (0, 3), (3, 0), (0, 4), (4, 0))
_BLOCK, _LITTLE = 8, np.float32(1e-3)

NAMES = (
    *(f"residual_{what}_{c}" for c in "rgb" for what in ("log_power", "kurtosis", "log_mean_to_deviation")),
    *(f"residual_correlation_{pair}" for pair in ("rg", "gb", "rb")),
    *(f"residual_lag_{dy}{dx}" for dy, dx in LAGS),
    *(f"noise_log_variance_q{q}" for q in (10, 25, 50, 75)),
    "noise_with_brightness",
    "noise_slope",
)


def mean_of_neighbours(planes: np.ndarray) -> np.ndarray:
    """Return the mean of three by three pixels: (n, h, w, ...) to (n, h - 2, w - 2, ...)."""
    rows = planes[:, :-2] + planes[:, 1:-1] + planes[:, 2:]
    return (rows[:, :, :-2] + rows[:, :, 1:-1] + rows[:, :, 2:]) / np.float32(9)


def noise_residual(batch: np.ndarray) -> np.ndarray:
    """Return pictures minus the mean of their neighbours.

    Parameters
    ----------
    batch : ndarray of float32, shape (n, height, width, channels)
        Grey levels 0..255.

    Returns
    -------
    ndarray of float32, shape (n, height - 2, width - 2, channels)
        Grey levels, about 0.
    """
    return batch[:, 1:-1, 1:-1] - mean_of_neighbours(batch)


def noise_level(batch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return brightness and noise of blocks of eight by eight pixels: the points of the noise-level function.

    Parameters
    ----------
    batch : ndarray of float32, shape (n, height, width, 3)

    Returns
    -------
    brightness, variance : ndarray of float32, shape (n, blocks)
        Mean luma (0..255), and mean square of the green residual. Busy blocks have more than noise in them: use the
        quieter ones.
    """
    grey, residual = luma(batch)[:, 1:-1, 1:-1], noise_residual(batch[..., 1:2])[..., 0]
    return _blocks(grey), _blocks(residual**2)


def measure(batch: np.ndarray) -> np.ndarray:
    """Return the features of this family, shape (n, len(NAMES))."""
    residual = np.ascontiguousarray(noise_residual(batch).transpose(0, 3, 1, 2))
    square = residual**2
    power = square.mean(axis=(2, 3)) + _LITTLE
    fourth = (square**2).mean(axis=(2, 3)) / power**2
    ratio = np.log(np.abs(residual).mean(axis=(2, 3)) + _LITTLE) - np.log(power) / 2
    per_channel = np.stack([np.log(power), np.minimum(fourth, 50), ratio], axis=2).reshape(len(batch), -1)
    pairs = ((0, 1), (1, 2), (0, 2))
    together = [(residual[:, a] * residual[:, b]).mean((1, 2)) / np.sqrt(power[:, a] * power[:, b]) for a, b in pairs]
    green = residual[:, 1]
    lags = [(shifted(green, dy, dx)).mean(axis=(1, 2)) / power[:, 1] for dy, dx in LAGS]
    return np.column_stack([per_channel, *together, *lags, _noise_level_features(batch)])


def shifted(plane: np.ndarray, down: int, right: int) -> np.ndarray:
    """Return a plane (n, h, w) times itself moved by (down, right): its mean is the autocovariance."""
    height, width = plane.shape[1:]
    return plane[:, down:, right:] * plane[:, : height - down, : width - right]


def _noise_level_features(batch: np.ndarray) -> np.ndarray:
    """Quantiles of the blocks' noise; among the quieter half, correlation with brightness and slope, shape (n, 6)."""
    brightness, variance = noise_level(batch)
    noise = np.log(variance + np.float32(0.01))
    quantiles = np.quantile(noise, (0.1, 0.25, 0.5, 0.75), axis=1).T
    quiet = (noise <= quantiles[:, 2:3]).astype(np.float32)
    count = quiet.sum(axis=1, keepdims=True)
    x = brightness - (brightness * quiet).sum(axis=1, keepdims=True) / count
    y = noise - (noise * quiet).sum(axis=1, keepdims=True) / count
    xy, xx, yy = ((quiet * product).sum(axis=1) for product in (x * y, x * x, y * y))
    return np.column_stack([quantiles, xy / np.sqrt(xx * yy + _LITTLE), 50 * xy / (xx + count[:, 0])])


def _blocks(plane: np.ndarray) -> np.ndarray:
    n, height, width = plane.shape
    rows, columns = height // _BLOCK, width // _BLOCK
    cut = plane[:, : rows * _BLOCK, : columns * _BLOCK].reshape(n, rows, _BLOCK, columns, _BLOCK)
    return cut.mean(axis=(2, 4)).reshape(n, -1)
