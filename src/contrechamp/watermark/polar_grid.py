"""The log-polar grid over a picture's spectrum: where turning and zooming become shifts.

The magnitude of the Fourier transform stays when the picture is shifted or cropped, turns when it turns, and
shrinks when it grows. Measured by angle and by the logarithm of the distance from the centre, a turn is a shift to
the side and a zoom a shift up or down. Both axes have the same step. Distances are counted in waves per mean side
of the picture, so that its size in pixels does not matter.

References
----------
J. O'Ruanaidh, T. Pun, "Rotation, scale and translation invariant spread spectrum digital image watermarking",
Signal Processing 66, 1998.
"""

from functools import lru_cache
from math import ceil, log, pi, sqrt

import numpy as np
from scipy import fft
from scipy import ndimage as ndi
from scipy.signal.windows import tukey

from contrechamp.watermark import pictures

#: Sectors over half a turn, rings, distance of the innermost ring in waves per mean side, detector's samples per step.
SECTORS, RINGS, INNER, FINER = 80, 42, 30.0, 3
STEP = pi / SECTORS
#: Largest zoom that the detector looks for, and the same in steps.
ZOOM = 2.2
SPAN = ceil(log(ZOOM) / STEP)
#: Size of the sampled map, and how many shifts up or down fit into it.
HEIGHT, WIDTH = (RINGS + 2 * SPAN) * FINER, SECTORS * FINER
SHIFTS = 2 * SPAN * FINER + 1


@lru_cache(maxsize=8)
def cells(height: int, width: int) -> np.ndarray:
    """Return the cell to which each coefficient of ``rfft2`` belongs.

    Parameters
    ----------
    height, width : int
        Of the picture, in pixels.

    Returns
    -------
    ndarray of int64, shape (height, width // 2 + 1)
        ``ring * SECTORS + sector``; ``RINGS * SECTORS`` for a coefficient outside the grid. Shared between calls: not
        to be changed.
    """
    down, across = _waves(height, width)
    distance = np.hypot(down, across)
    distance[0, 0] = 1
    ring = np.floor(np.log(distance / INNER) / STEP).astype(np.int64)
    sector = np.floor((np.arctan2(down, across) % pi) / STEP).astype(np.int64) % SECTORS
    return np.where((ring >= 0) & (ring < RINGS), ring * SECTORS + sector, RINGS * SECTORS)


@lru_cache(maxsize=8)
def weights(height: int, width: int) -> np.ndarray:
    """Return for how many coefficients of the whole transform each one of ``rfft2`` stands.

    Parameters
    ----------
    height, width : int
        Of the picture, in pixels.

    Returns
    -------
    ndarray of float32, shape (height, width // 2 + 1)
        2, or 1 on its own mirror line. Shared between calls: not to be changed.
    """
    twice = np.full((height, width // 2 + 1), 2, np.float32)
    twice[:, 0] = 1
    if width % 2 == 0:
        twice[:, -1] = 1
    return twice


def _waves(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the frequencies of `rfft2`, in waves per mean side."""
    side = sqrt(height * width)
    return np.fft.fftfreq(height)[:, None] * side, np.fft.rfftfreq(width)[None] * side


@lru_cache(maxsize=8)
def _samples(height: int, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return row and column of each sample of the map in the array of `rfft2`, and the distance from the centre."""
    side = sqrt(height * width)
    ring = (np.arange(HEIGHT) + 0.5) / FINER - SPAN
    angle = (np.arange(WIDTH) + 0.5) / FINER * STEP
    distance = INNER * np.exp(ring * STEP)[:, None]
    down, across = distance * np.sin(angle) * height / side, distance * np.cos(angle) * width / side
    down = np.where(across < 0, -down, down)
    return down.astype(np.float32), np.abs(across).astype(np.float32), distance


@lru_cache(maxsize=8)
def _fade(height: int, width: int) -> np.ndarray:
    """Return the window that fades the border out, so that it leaves no cross in the spectrum."""
    return (tukey(height, 0.12)[:, None] * tukey(width, 0.12)[None]).astype(np.float32)


@lru_cache(maxsize=8)
def _tilt(height: int, width: int) -> np.ndarray:
    """Return the distance from the centre, up to 250 waves: pictures fall off by about that much."""
    return np.minimum(np.hypot(*_waves(height, width)), 250).astype(np.float32)


def sampled(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the map of a picture's spectrum, by the logarithm of the distance and by the angle.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)

    Returns
    -------
    values : ndarray of float32, shape (HEIGHT, WIDTH)
        Magnitudes, tilted against the fall of pictures' spectra; 0 where the picture has no such waves.
    exists : ndarray of float32, shape (HEIGHT, WIDTH)
        1 where it has, else 0.
    """
    grey = pictures.working_copy(pixels)
    height, width = grey.shape
    spectrum = np.abs(fft.rfft2((grey - grey.mean()) * _fade(height, width))) * _tilt(height, width)
    down, across, _distance = _samples(height, width)
    limits = [min(*sides) / 2 - 1 for sides in zip(grey.shape, pixels.shape[:2], strict=True)]
    exists = (np.abs(down) < limits[0]) & (across < limits[1])
    spectrum = ndi.uniform_filter(spectrum, 3, mode="wrap")
    values = ndi.map_coordinates(spectrum, [down % height, across], order=1, mode="grid-wrap", prefilter=False)
    return np.where(exists, values, np.float32(0)), exists.astype(np.float32)


def evened(values: np.ndarray, exists: np.ndarray) -> np.ndarray:
    """Return the map without the picture's own slopes: logarithm, less its neighbourhood, in deviations.

    Parameters
    ----------
    values, exists : ndarray of float32, shape (HEIGHT, WIDTH)
        From `sampled`.

    Returns
    -------
    ndarray of float32, shape (HEIGHT, WIDTH)
        -2.5..2.5; 0 where the picture has no such waves.
    """
    share = np.maximum(_mean(exists, FINER), 0.1)
    level = np.log(_mean(values, FINER) / share + 20) * exists
    level = (level - _mean(level, 5 * FINER) / np.maximum(_mean(exists, 5 * FINER), 0.05)) * exists
    wide = 10 * FINER + 1
    spread = np.sqrt(np.maximum(_mean(level * level, wide) / np.maximum(_mean(exists, wide), 0.05), 0))
    return np.clip(level / (spread + np.float32(0.02)), -2.5, 2.5) * exists


def _mean(values: np.ndarray, width: int) -> np.ndarray:
    """Return the mean over a square of the map; sectors go round, rings end."""
    return ndi.uniform_filter(values, width, mode=("nearest", "wrap"))
