"""Attacks on our own toy marks: average, copy, write over. Each shows what a mark cannot promise.

They need what an attacker has: marked pictures, no key. They are written for the marks of this package, whose
structure they use.
"""

from collections.abc import Sequence

import numpy as np
from scipy import ndimage as ndi

from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _
from contrechamp.watermark import pictures
from contrechamp.watermark.denoising import denoise
from contrechamp.watermark.protocol import Watermark


class FixedPattern:
    """The simplest keyed mark: the same faint noise is added to every picture. It is here to be broken by averaging.

    Parameters
    ----------
    seed : int
        The key.
    shape : tuple of int
        Height and width of the pictures.
    strength : float
        Deviation of the noise, in grey levels.
    """

    def __init__(self, seed: int, shape: tuple[int, int] = (512, 512), strength: float = 2.0):
        noise = ndi.gaussian_filter(np.random.default_rng(seed).standard_normal(shape), 1.0)
        self.noise = (strength * noise / noise.std()).astype(np.float32)

    def embed(self, image: np.ndarray) -> np.ndarray:
        """Return the picture with the noise.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width, 3)

        Returns
        -------
        ndarray of uint8, shape (height, width, 3)
        """
        return shifted(image, self.noise)

    def score(self, image: np.ndarray) -> float:
        """Return how well the noise fits, in deviations of chance if the picture's own detail were white noise.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width, 3)

        Returns
        -------
        float
            About 0 without the noise, in standard deviations.
        """
        return float(np.sqrt(self.noise.size)) * correlation(residual(image), residual_of_grey(self.noise))


def average(marked: Sequence[np.ndarray]) -> np.ndarray:
    """Estimate what marked pictures have in common: the mean of their fine detail, float32 (height, width).

    Pictures differ, a fixed mark does not: the more pictures, the clearer it stands out.

    Parameters
    ----------
    marked : sequence of ndarray of uint8, shape (height, width, 3)
        At least one, all of one size.

    Returns
    -------
    ndarray of float32, shape (height, width)
        Grey levels.

    Raises
    ------
    ContrechampError
        When there is no picture, or they differ in size.
    """
    if not len(marked) or len({np.shape(image) for image in marked}) != 1:
        raise ContrechampError(_("Averaging needs at least one picture, all of the same size."))
    return np.mean([residual(image) for image in marked], axis=0)


def copy(marked: np.ndarray, onto: np.ndarray, strength: float = 5.0) -> np.ndarray:
    """Carry a mark over to another picture, without the key: what denoising takes away is added to the other.

    Both have the same size.

    Parameters
    ----------
    marked, onto : ndarray of uint8, shape (height, width, 3)
    strength : float
        Of the denoising, in grey levels.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)

    Raises
    ------
    ContrechampError
        When the pictures differ in size.

    References
    ----------
    M. Kutter, S. Voloshynovskiy, A. Herrigel, "The watermark copy attack", SPIE 3971, 2000.
    """
    marked, onto = pictures.as_picture(marked), pictures.as_picture(onto)
    if marked.shape != onto.shape:
        raise ContrechampError(
            _("Both pictures must have the same size, not {one} and {other}.").format(
                one=marked.shape[:2], other=onto.shape[:2]
            )
        )
    taken = (marked.astype(np.float32) - denoise(marked, strength)).mean(axis=2)
    return shifted(onto, taken)


def write_over(marked: np.ndarray, with_mark: Watermark, message: bytes) -> np.ndarray:
    """Mark a marked picture again with another key: afterwards two owners can each show "their" mark.

    Parameters
    ----------
    marked : ndarray of uint8, shape (height, width, 3)
    with_mark : Watermark
        With the other key.
    message : bytes
        As long as that mark carries.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)

    Raises
    ------
    ContrechampError
        When picture or message cannot be used.
    """
    return with_mark.embed(marked, message)


def shifted(image: np.ndarray, by: np.ndarray) -> np.ndarray:
    """Return the picture with all three colours raised by `by`, rounded.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width, 3)
    by : ndarray of float, shape (height, width)
        Grey levels.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        Cut off at 0 and 255.
    """
    return np.clip(np.rint(pictures.as_picture(image) + by[..., None]), 0, 255).astype(np.uint8)


def residual(image: np.ndarray) -> np.ndarray:
    """Return a picture's fine detail, at most 12 grey levels, float32 (height, width).

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width, 3)

    Returns
    -------
    ndarray of float32, shape (height, width)
        -12..12.
    """
    return np.clip(residual_of_grey(pictures.as_picture(image).mean(axis=2, dtype=np.float32)), -12, 12)


def residual_of_grey(grey: np.ndarray) -> np.ndarray:
    """Return what a blur of two pixels takes away."""
    return grey - ndi.gaussian_filter(grey, 2)


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Return the cosine of the angle between two pictures seen as lists of numbers, -1..1."""
    return float((one * other).sum() / (np.linalg.norm(one) * np.linalg.norm(other) + 1e-12))
