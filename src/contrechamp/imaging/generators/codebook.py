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
    """Patches of 8 x 8 pixels as a word of a codebook plus a coarsely rounded remainder, blended where they overlap."""

    def __init__(self, number: int, grain: float):
        self.number, self.grain = number, Grain(grain)

    def fit(self, pictures: list[np.ndarray]) -> "Codebook":
        """Learn axes, words and grain from pictures of training cameras."""
        rng = stream("fit", self.number)
        flat = np.concatenate([_flat(p)[0][::3] for p in pictures])
        self.axes, self.spread = principal(flat, _AXES)
        codes = (flat @ self.axes)[:, :_QUANTISED]
        self.words = nearest_means(codes[rng.permutation(len(codes))[:5000]], _WORDS, rng)
        self.grain.fit(pictures, [self.decode(*self.code(p)) for p in pictures])
        return self

    def code(self, picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return codes (rows, columns, axes) rounded to words and steps, and the rounded mean colour of each patch."""
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
    """Return `count` means such that samples (n, p) are near one of them (k-means, Lloyd 1982)."""
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
