"""A generator that writes a picture in words of a codebook: patches replaced by the nearest of 256 learned ones.

References
----------
A. van den Oord, O. Vinyals, K. Kavukcuoglu, "Neural discrete representation learning", NeurIPS, 2017 (VQ-VAE).
"""

import numpy as np

from contrechamp.imaging.generators.grain import Grain
from contrechamp.imaging.generators.patches import cut, hump, join, principal
from contrechamp.imaging.seeds import stream

_SIDE, _STEP, _AXES, _QUANTISED, _WORDS = 8, 4, 40, 24, 256


class Codebook:
    """Patches of 8 x 8 pixels as a word of a codebook plus a coarsely rounded remainder, blended where they overlap.

    Parameters
    ----------
    number : int
        Number of the generator: chooses its random streams.
    grain : float
        Strength of `Grain`, 0..1.
    """

    def __init__(self, number: int, grain: float):
        self.number, self.grain = number, Grain(grain)

    def fit(self, pictures: list[np.ndarray]) -> "Codebook":
        """Learn axes, words and grain from pictures of training cameras.

        Parameters
        ----------
        pictures : list of ndarray of float32, shape (size, size, 3)
            sRGB-coded, 0..1; sizes a multiple of four, from 32.

        Returns
        -------
        Codebook
            Itself.
        """
        rng = stream("fit", self.number)
        flat = np.concatenate([_flat(p)[0][::3] for p in pictures])
        self.axes, self.spread = principal(flat, _AXES)
        codes = (flat @ self.axes)[:, :_QUANTISED]
        self.words = nearest_means(codes[rng.permutation(len(codes))[:5000]], _WORDS, rng)
        self.grain.fit(pictures, [self.decode(*self.code(p)) for p in pictures])
        return self

    def code(self, picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Write a picture in words of the codebook.

        Parameters
        ----------
        picture : ndarray of float32, shape (size, size, 3)
            sRGB-coded, 0..1; the size a multiple of four.

        Returns
        -------
        codes : ndarray of float32, shape (patches, 24)
            Each overlapping patch on the first axes: its word plus a remainder rounded to half a deviation.
        mean : ndarray of float32, shape (patches, 3)
            Mean colour of each patch, rounded to 1/64.
        """
        flat, mean = _flat(picture)
        exact = (flat @ self.axes)[:, :_QUANTISED]
        word = self.words[_nearest(exact, self.words)]
        step = self.spread[:_QUANTISED] / 2
        rounded = word + np.round((exact - word) / step) * step
        return rounded, np.round(mean * 64) / np.float32(64)

    def decode(self, codes: np.ndarray, mean: np.ndarray) -> np.ndarray:
        """Return the picture of the codes, without grain."""
        side = round(len(codes) ** 0.5)
        patches = (codes @ self.axes[:, :_QUANTISED].T).reshape(side, side, _SIDE, _SIDE, 3)
        return join(patches + mean.reshape(side, side, 1, 1, 3), _STEP, hump(_SIDE))

    def generate(self, picture: np.ndarray, key: int) -> np.ndarray:
        """Return the generator's version of a picture (size, size, 3); `key` chooses its noise."""
        rebuilt = self.decode(*self.code(picture))
        return np.clip(self.grain.add(rebuilt, stream("generate", self.number, key)), 0, 1)


def nearest_means(samples: np.ndarray, count: int, rng: np.random.Generator, rounds: int = 8) -> np.ndarray:
    """Return means such that each sample is near one of them (k-means).

    Parameters
    ----------
    samples : ndarray of float32, shape (n, p)
    count : int
        Number of means, up to n.
    rng : numpy.random.Generator
        Chooses the samples to begin with.
    rounds : int
        Fixed number of rounds; no test of convergence.

    Returns
    -------
    ndarray of float32, shape (count, p)
        A mean to which no sample belongs stays where it was.

    References
    ----------
    S. P. Lloyd, "Least squares quantization in PCM", IEEE Transactions on Information Theory, 1982.
    """
    means = samples[rng.permutation(len(samples))[:count]]
    for _round in range(rounds):
        group = _nearest(samples, means)
        members = np.bincount(group, minlength=count)
        sums = np.stack([np.bincount(group, column, minlength=count) for column in samples.T], axis=1)
        filled = members > 0
        means = means.copy()
        means[filled] = (sums[filled] / members[filled, None]).astype(np.float32)
    return means


def _nearest(samples: np.ndarray, means: np.ndarray) -> np.ndarray:
    return ((means**2).sum(axis=1) - 2 * samples @ means.T).argmin(axis=1)


def _flat(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return patches without their mean colour (n, 192), and the mean colours (n, 3)."""
    patches = cut(picture, _SIDE, _STEP).reshape(-1, _SIDE * _SIDE, 3)
    mean = patches.mean(axis=1)
    return (patches - mean[:, None]).reshape(len(patches), -1), mean
