"""Whose camera was it? The fixed unevenness of a sensor (PRNU) as its fingerprint.

Pixels of a sensor differ a little in sensitivity. The mean of many residuals, weighted by the light, shows the pattern;
a picture of the same sensor correlates with it. This identifies a device: it is neither proof of who held it nor that
a picture is genuine.

References
----------
J. Lukas, J. Fridrich, M. Goljan, "Digital camera identification from sensor pattern noise", IEEE TIFS, 2006.
M. Chen, J. Fridrich, M. Goljan, J. Lukas, "Determining image origin and integrity using sensor noise", IEEE TIFS, 2008.
M. Goljan, J. Fridrich, T. Filler, "Large scale test of sensor fingerprint camera identification", SPIE, 2009 (PCE).
"""

from collections.abc import Sequence

import numpy as np
from scipy import fft
from scipy import ndimage as ndi

from contrechamp.errors import ContrechampError
from contrechamp.forensics.pictures import as_pictures
from contrechamp.language import gettext as _

#: Width of the blur that the residual takes away, pixels; pixels near white (saturated) tell nothing.
BLUR, WHITE = 0.9, 250
_AROUND = 5  # half side of the square about the peak that PCE leaves out


def prnu_residual(picture: np.ndarray) -> np.ndarray:
    """Return the green plane minus a slightly blurred copy, shape (height, width), grey levels 0..1."""
    green = picture[..., 1].astype(np.float32) / np.float32(255)
    return green - ndi.gaussian_filter(green, BLUR)


def fingerprint(pictures: Sequence[np.ndarray]) -> np.ndarray:
    """Estimate a sensor's fingerprint from pictures that it took.

    Parameters
    ----------
    pictures : sequence of ndarray of uint8, each of shape (height, width, 3)
        Of one size; bright, even scenes serve best.

    Returns
    -------
    ndarray of float32, shape (height, width)
        Relative sensitivity about 0: maximum likelihood (Chen and others 2008), with means of rows and columns taken
        away, since all cameras of a model share those.

    Raises
    ------
    TypeError, ContrechampError
        As `as_pictures`, or when sizes differ.
    """
    pictures = as_pictures(pictures)
    _same_size({picture.shape for picture in pictures})
    weighted = np.zeros(pictures[0].shape[:2], np.float32)
    light = np.zeros_like(weighted)
    for picture in pictures:
        level = picture[..., 1].astype(np.float32) / np.float32(255)
        level *= picture[..., 1] < WHITE
        weighted += prnu_residual(picture) * level
        light += level**2
    pattern = weighted / (light + np.float32(1e-3))
    pattern -= pattern.mean(axis=0, keepdims=True)
    return pattern - pattern.mean(axis=1, keepdims=True)


def ncc(picture: np.ndarray, pattern: np.ndarray) -> float:
    """Return the normalised correlation of a picture's residual with what a fingerprint predicts for it.

    Parameters
    ----------
    picture : ndarray of uint8, shape (height, width, 3)
    pattern : ndarray of float32, shape (height, width)
        From `fingerprint`.

    Returns
    -------
    float
        -1..1; about 0 for another camera, and small for the right one, since scene and noise are in the residual too.
        Both are divided by the residual's local size, so that busy places do not drown the others.

    Raises
    ------
    TypeError, ContrechampError
        As `as_pictures`, or when the sizes differ: a cropped or resized picture must be aligned first.
    """
    seen, expected = _pair(picture, pattern)
    scale = float(np.sqrt((seen**2).sum() * (expected**2).sum()))
    return float((seen * expected).sum()) / (scale + 1e-12)


def pce(picture: np.ndarray, pattern: np.ndarray, search: int = 0) -> float:
    """Return the peak-to-correlation energy: the squared peak over the mean square of the correlation elsewhere.

    Parameters
    ----------
    picture, pattern : ndarray
        As for `ncc`.
    search : int
        How many pixels either way the peak is looked for; 0 when the picture was not moved.

    Returns
    -------
    float
        Below 0 when the peak is negative. About 1 by chance at one place; the literature declares a match above 60.

    Raises
    ------
    TypeError, ContrechampError
        As `ncc`.
    """
    seen, expected = _pair(picture, pattern)
    plane = fft.irfft2(fft.rfft2(seen) * np.conj(fft.rfft2(expected)), s=seen.shape)
    near = np.arange(-search, search + 1)
    window = plane[near[:, None] % len(plane), near % plane.shape[1]]
    y, x = np.unravel_index(window.argmax(), window.shape)
    peak = float(window[y, x])
    around = np.arange(-_AROUND, _AROUND + 1)
    rest = plane.astype(np.float64)
    rest[(y - search + around)[:, None] % len(plane), (x - search + around) % plane.shape[1]] = 0
    energy = float((rest**2).sum()) / (rest.size - (2 * _AROUND + 1) ** 2)
    return float(np.sign(peak)) * peak**2 / (energy + 1e-30)


def identify(picture: np.ndarray, patterns: dict[int, np.ndarray]) -> dict[int, float]:
    """Return the PCE of a picture with each fingerprint, the largest first.

    Parameters
    ----------
    picture : ndarray of uint8, shape (height, width, 3)
    patterns : dict of int to ndarray of float32, shape (height, width)
        Camera to its `fingerprint`.

    Returns
    -------
    dict of int to float
        Camera to PCE. The first fits best, which is no match as long as it is small: see `pce`.

    Raises
    ------
    TypeError, ContrechampError
        As `ncc`.
    """
    found = {name: pce(picture, pattern) for name, pattern in patterns.items()}
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _pair(picture: np.ndarray, pattern: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return residual and prediction, both of mean 0."""
    [picture] = as_pictures([picture])
    _same_size({picture.shape[:2], np.shape(pattern)})
    seen = prnu_residual(picture)
    expected = pattern * picture[..., 1].astype(np.float32) / np.float32(255)
    size = np.sqrt(ndi.uniform_filter(seen**2, 7)) + np.float32(
        1 / 255
    )  # busy places are mostly scene: count them less
    seen, expected = seen / size, expected / size
    return seen - seen.mean(), expected - expected.mean()


def _same_size(shapes: set[tuple[int, ...]]) -> None:
    if len(shapes) > 1:
        raise ContrechampError(
            _(
                "Pictures and fingerprint must have one size, not {sizes}: a sensor's pattern is tied to its pixels."
            ).format(sizes=", ".join(" x ".join(map(str, shape[:2])) for shape in sorted(shapes)))
        )
