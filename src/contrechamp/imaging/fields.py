"""Fields that scenes are painted with: coordinates, clouds of noise, colours. Arrays are float32, (height, width)."""

from functools import lru_cache

import numpy as np
from scipy import fft

#: Hues are drawn in this part of the colour circle (0 and 1 are red). Red to orange is left out, so that nothing is
#: painted in the colours of skin; a camera's white balance may shift a pale olive towards brown.
HUES = (0.17, 0.92)


@lru_cache(maxsize=16)
def grid(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the coordinates (y, x) of a square picture, each of shape (size, size), from 0 to 1."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) / np.float32(size)
    y.flags.writeable = x.flags.writeable = False
    return y, x


@lru_cache(maxsize=16)
def _frequency(size: int, stretch: float) -> np.ndarray:
    fy, fx = fft.fftfreq(size)[:, None] * stretch, fft.rfftfreq(size)[None, :]
    frequency = np.hypot(fy, fx)
    frequency[0, 0] = 1.0
    return np.log(frequency).astype(np.float32)


def cloud(rng: np.random.Generator, size: int, slope: float, stretch: float = 1.0) -> np.ndarray:
    """Return noise whose power falls as 1 / frequency ** slope, as it does in photographs.

    Parameters
    ----------
    rng : numpy.random.Generator
    size : int
        Height and width in pixels.
    slope : float
        0 is white noise, 2 looks like clouds, 3 like mist.
    stretch : float
        Above 1, structures are longer from left to right.

    Returns
    -------
    ndarray of float32, shape (size, size)
        Mean 0, standard deviation 1.

    References
    ----------
    D. J. Field, "Relations between the statistics of natural images and the response properties of cortical cells",
    JOSA A, 1987.
    """
    spectrum = fft.rfft2(rng.standard_normal((size, size), dtype=np.float32))
    spectrum *= np.exp(_frequency(size, round(stretch, 1)) * np.float32(-slope / 2))
    spectrum[0, 0] = 0
    field = fft.irfft2(spectrum, s=(size, size))
    return field / (field.std() + np.float32(1e-6))


def colour(
    rng: np.random.Generator,
    saturation: tuple[float, float] = (0.1, 0.7),
    value: tuple[float, float] = (0.15, 0.85),
) -> np.ndarray:
    """Draw a colour of a hue within `HUES`: none of them is a colour of skin.

    Parameters
    ----------
    rng : numpy.random.Generator
    saturation, value : tuple of float
        Lowest and highest, within 0..1, of the HSV cone.

    Returns
    -------
    ndarray of float32, shape (3,)
        Linear red, green, blue, 0..1.
    """
    hue, s, v = rng.uniform(*HUES), rng.uniform(*saturation), rng.uniform(*value)
    wheel = np.abs((hue * 6 + np.array([0.0, 4.0, 2.0])) % 6 - 3) - 1
    return (v * (1 - s + s * np.clip(wheel, 0, 1))).astype(np.float32)


def blend(first: np.ndarray, second: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return `second` where `weight` is 1 and `first` where it is 0; colours may be of shape (3,)."""
    weight = weight[..., None]
    return (first * (1 - weight) + second * weight).astype(np.float32)
