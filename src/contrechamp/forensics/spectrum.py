"""Power spectrum of the noise residual: how it falls with frequency, peaks of a lattice, preferred directions.

Enlarging a picture by a fixed step leaves copies of its spectrum at fixed places: peaks at a half, a quarter, an eighth
of the sampling frequency.

References
----------
X. Zhang, S. Karaman, S.-F. Chang, "Detecting and simulating artifacts in GAN fake images", WIFS, 2019.
R. Durall, M. Keuper, J. Keuper, "Watch your up-convolution: CNN based generative deep neural networks are failing to
reproduce spectral distributions", CVPR, 2020 (radial spectrum).
"""

from functools import lru_cache

import numpy as np
from scipy import fft, sparse

from contrechamp.forensics.pictures import luma
from contrechamp.forensics.residual import noise_residual

#: Rings of the radial spectrum, from 0 to a half of the sampling frequency; corners go on to 0.71.
RINGS, _ALL_RINGS, _COLOUR_RINGS = 24, 33, 11
#: Places (down, right) of lattice peaks, in cycles per pixel.
LATTICE = (
    (0.5, 0.0), (0.0, 0.5), (0.5, 0.5), (0.25, 0.0), (0.0, 0.25), (0.25, 0.25), (0.5, 0.25), (0.25, 0.5),
    (0.125, 0.0), (0.0, 0.125), (0.375, 0.0), (0.0, 0.375),
)  # fmt: skip

NAMES = (
    *(f"spectrum_ring_{ring}" for ring in range(_ALL_RINGS)),
    *(f"spectrum_colour_ring_{ring}" for ring in range(_COLOUR_RINGS)),
    *(f"spectrum_peak_{fy:g}_{fx:g}" for fy, fx in LATTICE),
    "spectrum_along_rows",
    "spectrum_along_columns",
)


def log_spectrum(planes: np.ndarray) -> np.ndarray:
    """Return the logarithm of the power spectrum.

    Parameters
    ----------
    planes : ndarray of float32, shape (n, height, width)

    Returns
    -------
    ndarray of float32, shape (n, height, width)
        Natural logarithm of squared grey levels; frequency 0 at [0, 0], as `scipy.fft.fft2` orders it.
    """
    window = np.outer(*(np.hanning(side).astype(np.float32) for side in planes.shape[1:]))
    return np.log(np.abs(fft.fft2(planes * window)) ** 2 + np.float32(1e-3))


def radial_spectrum(spectrum: np.ndarray) -> np.ndarray:
    """Return the mean of a log spectrum (n, h, w) in each of 33 rings, less the mean of all but the lowest rings."""
    rings = (_ring_matrix(*spectrum.shape[1:]) @ spectrum.reshape(len(spectrum), -1).T).T
    return rings - rings[:, 2:RINGS].mean(axis=1, keepdims=True)


def lattice_peak(spectrum: np.ndarray, place: tuple[float, float]) -> np.ndarray:
    """Return how far a log spectrum (n, h, w) rises at a place above the median about it, in nepers, shape (n,)."""
    rows, columns = (
        np.arange(-6, 7) + round(frequency * side) for frequency, side in zip(place, spectrum.shape[1:], strict=True)
    )
    near = spectrum[:, rows[:, None] % spectrum.shape[1], columns % spectrum.shape[2]]
    return near[:, 5:8, 5:8].max(axis=(1, 2)) - np.median(near.reshape(len(near), -1), axis=1)


def measure(batch: np.ndarray) -> np.ndarray:
    """Return the features of this family, shape (n, len(NAMES))."""
    residual = noise_residual(batch)
    spectrum = log_spectrum(luma(residual))
    colour = radial_spectrum(log_spectrum(residual[..., 0] - residual[..., 1]))[:, 1 : 3 * _COLOUR_RINGS : 3]
    peaks = [lattice_peak(spectrum, place) for place in LATTICE]
    flat = spectrum.reshape(len(spectrum), -1)
    high, rows, columns = (m @ flat.T for m in _bands(*spectrum.shape[1:]))
    return np.column_stack([radial_spectrum(spectrum), colour, *peaks, rows - high, columns - high])


def _frequencies(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    return np.meshgrid(fft.fftfreq(height), fft.fftfreq(width), indexing="ij")


@lru_cache(maxsize=64)
def _ring_matrix(height: int, width: int) -> sparse.csr_array:
    ring = np.minimum(np.hypot(*_frequencies(height, width)).ravel() * 2 * RINGS, _ALL_RINGS - 1).astype(int)
    weight = 1 / np.maximum(np.bincount(ring, minlength=_ALL_RINGS), 1)
    shape = (_ALL_RINGS, height * width)
    return sparse.csr_array((weight[ring].astype(np.float32), (ring, np.arange(len(ring)))), shape=shape)


@lru_cache(maxsize=64)
def _bands(height: int, width: int) -> list[np.ndarray]:
    """Return weights that take the mean of high frequencies: all, those along rows, those along columns."""
    fy, fx = _frequencies(height, width)
    high = np.hypot(fy, fx) > 0.3
    masks = [high, high & (np.abs(fy) < 0.06), high & (np.abs(fx) < 0.06)]
    return [(mask.ravel() / mask.sum()).astype(np.float32) for mask in masks]
