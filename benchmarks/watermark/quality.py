"""Distortion and intervals."""

import numpy as np
from scipy import ndimage as ndi
from scipy import stats


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    """Return the peak signal-to-noise ratio in dB."""
    error = float(np.mean((one.astype(np.float32) - other) ** 2))
    return 99.0 if error == 0 else float(10 * np.log10(255**2 / error))


def ssim(one: np.ndarray, other: np.ndarray) -> float:
    """Return the structural similarity of brightness (Wang and others, 2004): window of deviation 1.5."""
    x, y = (picture.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32) for picture in (one, other))

    def soft(values: np.ndarray) -> np.ndarray:
        return ndi.gaussian_filter(values, 1.5, truncate=3.5)

    mean_x, mean_y = soft(x), soft(y)
    var_x, var_y = soft(x * x) - mean_x**2, soft(y * y) - mean_y**2
    both = soft(x * y) - mean_x * mean_y
    a, b = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    return float(
        np.mean((2 * mean_x * mean_y + a) * (2 * both + b) / ((mean_x**2 + mean_y**2 + a) * (var_x + var_y + b)))
    )


def interval(hits: int, trials: int) -> tuple[float, float]:
    """Return the exact (Clopper-Pearson) 95 % interval of a share."""
    low, high = stats.binomtest(int(hits), int(trials)).proportion_ci(0.95, "exact")
    return float(low), float(high)


def matches_needed(bits: int, rate: float) -> int:
    """Return how many of `bits` must match so that guessing reaches it at no more than `rate`."""
    count = np.arange(bits + 2)
    return int(count[stats.binom.sf(count - 1, bits, 0.5) <= rate][0])
