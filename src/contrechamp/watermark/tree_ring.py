"""A toy tree ring: a mark in the noise that a generator starts from, not in the finished picture.

The generator here is a toy: a random number for each of 64 x 64 places (the latent), enlarged smoothly and
coloured. Rings of constant value are written into the latent's Fourier transform before it draws; the detector runs
the drawing backwards and looks for them. The mark is in what the picture shows, so changes of single pixels hardly
touch it. It says which generator made a picture, not a message.

The trap: the latent is real, so its transform holds each number twice, once mirrored. Counted as if all were
independent, chance looks like evidence. `ring_p_value` takes the degrees of freedom as an argument, so that the
error can be seen.

References
----------
Y. Wen, J. Kirchenbauer, J. Geiping, T. Goldstein, "Tree-Ring Watermarks", NeurIPS 2023, arXiv:2305.20030.
"""

from math import erfc, sqrt

import numpy as np
from scipy import special, stats

from contrechamp.errors import ContrechampError
from contrechamp.imaging.seeds import whole
from contrechamp.language import gettext as _
from contrechamp.watermark import keys, pictures
from contrechamp.watermark.protocol import Detection, Watermark

#: Side of the latent and of the picture, innermost ring and the one after the last, in waves per side.
LATENT, SIDE, INNER, OUTER = 64, 512, 2, 30
#: How softly the toy generator bends its numbers into 0..1, in deviations of the latent.
SOFT = 2.2
RINGS = OUTER - INNER


def _half_plane() -> tuple[np.ndarray, np.ndarray]:
    """Return the places of `rfft2` that hold each number of the rings once, and their ring."""
    down, across = np.fft.fftfreq(LATENT, 1 / LATENT)[:, None], np.arange(LATENT // 2 + 1)[None]
    ring = np.floor(np.hypot(down, across)).astype(int) - INNER
    twice = (across == 0) & (down < 0)
    places = np.flatnonzero((ring >= 0) & (ring < RINGS) & ~twice)
    return places, ring.ravel()[places]


PLACES, RING = _half_plane()


class TreeRing(Watermark):
    """The mark of a toy generator. It carries no message; `draw` makes marked pictures.

    Parameters
    ----------
    key : str or bytes
    level : float
        As for `Watermark`.

    Examples
    --------
    >>> mark = TreeRing("our generator")
    >>> mark.detect(mark.draw(1)).found, TreeRing("another").detect(mark.draw(1)).found
    (True, False)
    """

    def __init__(self, key: str | bytes, level: float = 1e-3):
        super().__init__(key, level=level)

    def rings(self) -> np.ndarray:
        """Return the key's value for each ring, float64, shape (RINGS,): normal numbers, in the latent's own unit."""
        return special.ndtri(keys.fractions(self.key, "tree ring", RINGS).astype(float))

    def draw(self, seed: int, marked: bool = True) -> np.ndarray:
        """Return a picture of the toy generator.

        Parameters
        ----------
        seed : int
            From 0: chooses the latent.
        marked : bool
            Whether the rings are written into it.

        Returns
        -------
        ndarray of uint8, shape (512, 512, 3)

        Raises
        ------
        ContrechampError
            When the seed is no whole number from 0.
        """
        latent = np.random.default_rng([20261122, whole("seed", seed)]).standard_normal((LATENT, LATENT))
        if marked:
            spectrum = np.fft.rfft2(latent, norm="ortho")
            spectrum.flat[PLACES] = self.rings()[RING]
            spectrum[1 - LATENT // 2 :, 0] = np.conj(
                spectrum[1 : LATENT // 2, 0][::-1]
            )  # the mirrored half of the line
            latent = np.fft.irfft2(spectrum, s=(LATENT, LATENT), norm="ortho")
        return paint(latent)

    def embed(self, image: np.ndarray, message: bytes) -> np.ndarray:
        """Refuse: a tree ring is drawn together with its picture.

        Parameters
        ----------
        image, message
            As for `Watermark.embed`.

        Raises
        ------
        ContrechampError
            Always; the sentence names `draw`.
        """
        raise ContrechampError(
            _("A tree ring is drawn together with its picture and carries no message: use draw(seed).")
        )

    def change(self, grey: np.ndarray, word: np.ndarray, allowed: float) -> np.ndarray:
        """Refuse: a tree ring cannot be added to a finished picture.

        Parameters
        ----------
        grey, word, allowed
            As for `Watermark.change`.

        Raises
        ------
        NotImplementedError
            Always.
        """
        raise NotImplementedError("A tree ring cannot be added to a finished picture.")

    def features(self, pixels: np.ndarray) -> np.ndarray:
        """Return the latent's transform at the rings, complex128, each number once."""
        return np.fft.rfft2(latent_of(pictures.as_picture(pixels)), norm="ortho").ravel()[PLACES]

    def judge(self, features: np.ndarray) -> Detection:
        """Ask whether the rings' means follow the key.

        The key's values are independent normal numbers, so their product with any fixed list of unit length is a
        normal number: the p-value is exact for any picture, drawn by this generator or not, as long as the key was
        not chosen by looking at it.
        """
        means = np.bincount(RING, features.real, RINGS) / np.bincount(RING, minlength=RINGS)
        score = float(means @ self.rings() / (np.linalg.norm(means) + 1e-12))
        return Detection(score, 0.5 * erfc(score / sqrt(2)), level=self.level)


def ring_p_value(features: np.ndarray, rings: np.ndarray, independent: bool = True) -> float:
    """Return the p-value as the tree-ring paper computes it: how near the key's values a random latent would come.

    Parameters
    ----------
    features : ndarray of complex, shape (n,)
        From `TreeRing.features`: each number once.
    rings : ndarray, shape (RINGS,)
        From `TreeRing.rings`.
    independent : bool
        False counts each number twice, as the formula for a complex latent does. For a real one that is wrong.

    Returns
    -------
    float
        Valid for pictures of the toy generator without a mark. Neither a photograph's latent nor one with the rings
        of another key is white noise: there `TreeRing.judge` holds and this does not.
    """
    times = 1 if independent else 2
    variance = 0.5  # of a real or imaginary part: the latent has deviation 1
    distance = np.sum(np.abs(features - rings[RING]) ** 2) / variance
    offset = np.sum(rings[RING] ** 2) / variance
    return float(stats.ncx2.cdf(times * distance, times * 2 * len(RING), times * offset))


def paint(latent: np.ndarray) -> np.ndarray:
    """Draw a latent: enlarge it smoothly (no wave finer than its own), bend it into 0..1, colour it.

    Parameters
    ----------
    latent : ndarray of float, shape (64, 64)
        Of mean near 0 and deviation near 1.

    Returns
    -------
    ndarray of uint8, shape (512, 512, 3)
    """
    spectrum = np.zeros((SIDE, SIDE // 2 + 1), complex)
    spectrum[_rows(SIDE), : LATENT // 2] = np.fft.rfft2(latent)[_rows(LATENT), : LATENT // 2]
    wide = np.fft.irfft2(spectrum, s=(SIDE, SIDE)) * (SIDE / LATENT) ** 2
    tone = 0.5 + 0.5 * np.tanh(wide / SOFT)
    colours = np.stack([60 + 120 * tone, 90 + 120 * tone**1.5, 200 - 120 * tone], axis=-1)
    return np.clip(np.rint(colours), 0, 255).astype(np.uint8)


def latent_of(pixels: np.ndarray) -> np.ndarray:
    """Run the drawing backwards, for a picture of any size.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
        Of the toy generator, or any other; at least 63 pixels high and wide. Only red is read.

    Returns
    -------
    ndarray of float64, shape (64, 64)
        Of mean 0, each wave of mean square 1.
    """
    tone = np.clip((pixels[..., 0].astype(float) - 60) / 120, 0.01, 0.99)
    coarse = np.fft.rfft2(SOFT * np.arctanh(2 * tone - 1))
    spectrum = np.zeros((LATENT, LATENT // 2 + 1), complex)
    spectrum[_rows(LATENT), : LATENT // 2] = coarse[_rows(len(pixels)), : LATENT // 2]
    spectrum[0, 0] = 0
    latent = np.fft.irfft2(spectrum, s=(LATENT, LATENT))
    return latent * (1 - 1 / LATENT) / (latent.std() + 1e-9)  # 63 of 64 waves are kept along each side


def _rows(side: int) -> np.ndarray:
    """Return the rows of a transform that hold the waves of a latent, in the latent's order."""
    waves = np.arange(1 - LATENT // 2, LATENT // 2)
    return waves % side
