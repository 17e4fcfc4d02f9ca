"""What saving as JPEG leaves: the grid of eight pixels, coefficients on a comb, the ghost of a first save, ELA.

References
----------
Z. Fan, R. de Queiroz, "Identification of bitmap compression history: JPEG detection and quantizer estimation", IEEE
TIP, 2003 (grid, comb).
H. Farid, "Exposing digital forgeries from JPEG ghosts", IEEE TIFS, 2009.
N. Krawetz, "A picture's worth: digital image analysis and forensics", Black Hat, 2007 (error level analysis).
"""

from collections.abc import Sequence

import numpy as np

from contrechamp.forensics.blocks import SIDE, block_dct
from contrechamp.forensics.pictures import luma
from contrechamp.imaging import jpeg

_LITTLE = np.float32(0.05)
_WATCHED = ((0, 1), (1, 0), (1, 1))  # coefficients whose comb is looked at
_REACH = 60

NAMES = (
    *(f"grid_{way}_{what}" for way in ("columns", "rows") for what in ("seam", "peak", "parity", "four")),
    *(f"comb_{v}{u}_{what}" for v, u in _WATCHED for what in ("strength", "step")),
)


def grid_profile(grey: np.ndarray) -> np.ndarray:
    """Return the mean step between neighbouring pixels at each of the eight places of JPEG's grid.

    Parameters
    ----------
    grey : ndarray of float32, shape (n, height, width)

    Returns
    -------
    ndarray, shape (n, 2, 8)
        Between columns, then between rows. Place 7 is the seam between two blocks when the picture begins with one.
    """
    columns, rows = np.abs(np.diff(grey, axis=2)).mean(axis=1), np.abs(np.diff(grey, axis=1)).mean(axis=2)
    return np.stack([[steps[:, k::SIDE].mean(axis=1) for k in range(SIDE)] for steps in (columns, rows)]).transpose(
        2, 0, 1
    )


def comb(coefficients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how strongly DCT coefficients gather on multiples of a step, and the frequency of the multiples.

    Parameters
    ----------
    coefficients : ndarray, shape (n, blocks)
        One coefficient of every block.

    Returns
    -------
    strength, frequency : ndarray, shape (n,)
        Logarithm of the largest over the median of the histogram's spectrum; its place, 0..0.5 (one over the step).
    """
    whole = np.clip(np.round(coefficients), -_REACH, _REACH).astype(np.intp) + _REACH
    counts = np.stack([np.bincount(row, minlength=2 * _REACH + 1) for row in whole]).astype(float)
    smooth = np.apply_along_axis(np.convolve, 1, counts, np.ones(9) / 9, "same")
    spectrum = np.abs(np.fft.rfft(counts - smooth, axis=1))[:, 4:]
    strength = np.log(spectrum.max(axis=1) + 1) - np.log(np.median(spectrum, axis=1) + 1)
    return strength, (spectrum.argmax(axis=1) + 4) / counts.shape[1]


def measure(batch: np.ndarray) -> np.ndarray:
    """Return the features of this family, shape (n, len(NAMES))."""
    grey = luma(batch)
    found = []
    for profile in np.moveaxis(np.log(grid_profile(grey) + _LITTLE), 1, 0):
        usual = np.median(profile, axis=1)
        parity = profile[:, 1::2].mean(axis=1) - profile[:, ::2].mean(axis=1)
        found += [profile[:, 7] - usual, profile.max(axis=1) - usual, parity, profile[:, 3::4].mean(axis=1) - usual]
    coefficients = block_dct(grey)
    for v, u in _WATCHED:
        found += comb(coefficients[..., v, u])
    return np.column_stack(found)


def change_of_saving(pixels: np.ndarray, quality: int) -> np.ndarray:
    """Return by how much each value changes when the picture is saved again.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
    quality : int
        1..100.

    Returns
    -------
    ndarray of float32, shape (height, width, 3)
        After minus before, in grey levels, -255..255.

    Raises
    ------
    ContrechampError
        When `pixels` is no colour picture of uint8, or the quality is out of range.
    """
    return jpeg.again(pixels, quality).astype(np.float32) - pixels


def ghost_curve(pixels: np.ndarray, qualities: Sequence[int] = tuple(range(50, 100, 5))) -> np.ndarray:
    """Return how much a picture changes when it is saved again at each quality.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
    qualities : sequence of int
        1..100.

    Returns
    -------
    ndarray of float64, shape (len(qualities),)
        Mean squared difference in grey levels. A dip below the last save's quality is the ghost of an earlier one.

    References
    ----------
    H. Farid, "Exposing digital forgeries from JPEG ghosts", IEEE TIFS, 2009.
    """
    return np.array([(change_of_saving(pixels, q) ** 2).mean() for q in qualities])


def error_level(pixels: np.ndarray, quality: int = 90) -> np.ndarray:
    """Return how much each pixel changes when the picture is saved again: error level analysis.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
    quality : int
        1..100.

    Returns
    -------
    ndarray of float32, shape (height, width)
        Mean absolute difference of the three channels, in grey levels.

    References
    ----------
    N. Krawetz, "A picture's worth: digital image analysis and forensics", Black Hat, 2007.
    """
    return np.abs(change_of_saving(pixels, quality)).mean(axis=2)
