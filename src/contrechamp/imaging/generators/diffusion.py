"""A generator that starts from noise and takes it away in steps, with no up-sampling of the picture.

The denoiser knows six families of luminance patches (a mixture of Gaussians) and returns the expected clean patch. A
picture of half size steers every step, as a sketch or a prompt would.

References
----------
D. Zoran, Y. Weiss, "From learning models of natural image patches to whole image restoration", ICCV, 2011 (EPLL).
Y. Song, S. Ermon, "Generative modeling by estimating gradients of the data distribution", NeurIPS, 2019.
"""

import numpy as np

from contrechamp.imaging.generators.grain import Grain
from contrechamp.imaging.generators.patches import cut, halved, join
from contrechamp.imaging.generators.upsampling import interpolated
from contrechamp.imaging.seeds import stream

_SIDE, _STEP, _FAMILIES, _LEVELS = 6, 3, 6, (0.12, 0.057, 0.027, 0.0126, 0.006)


class Diffusion:
    """Annealed sampling with a patch denoiser, steered by a picture of half size.

    Parameters
    ----------
    number : int
        Number of the generator: chooses its random streams.
    grain : float
        Strength of `Grain`, 0..1.
    """

    def __init__(self, number: int, grain: float):
        self.number, self.grain = number, Grain(grain, tile=0.8)

    def fit(self, pictures: list[np.ndarray]) -> "Diffusion":
        """Learn families of patches and grain from pictures of training cameras.

        Parameters
        ----------
        pictures : list of ndarray of float32, shape (size, size, 3)
            sRGB-coded, 0..1; sizes even, from 32.

        Returns
        -------
        Diffusion
            Itself.
        """
        rng = stream("fit", self.number)
        flat = np.concatenate([_centred(p.mean(axis=2))[0][::3] for p in pictures])
        flat = flat[rng.permutation(len(flat))[:6000]].astype(np.float64)
        self.log_share, self.power, self.axes = families(flat, _FAMILIES, rng)
        self.grain.fit(pictures, [self._sample(p, stream("fit", self.number, n)) for n, p in enumerate(pictures)])
        return self

    def denoise(self, grey: np.ndarray, level: float) -> np.ndarray:
        """Return the expected clean picture of a noisy one.

        Parameters
        ----------
        grey : ndarray of float32, shape (height, width)
            Luminance, about 0..1, plus Gaussian noise; sides of more than six pixels.
        level : float
            Standard deviation of the noise, in units of `grey`.

        Returns
        -------
        ndarray of float32, shape (height, width)
        """
        height, width = grey.shape
        margin = [(_SIDE, _SIDE + -(side + 2 * _SIDE - _SIDE) % _STEP) for side in (height, width)]
        flat, mean, rows = _centred(np.pad(grey, margin, mode="reflect"))
        power = self.power + np.float32(level**2)
        codes = [flat @ axes for axes in self.axes]
        laws = zip(self.log_share, power, codes, strict=True)
        fit = [share - (np.log(p).sum() + (c * c) @ (1 / p)) / 2 for share, p, c in laws]
        family, clean = np.argmax(fit, axis=0), np.empty_like(flat)
        for number, axes in enumerate(self.axes):
            mine = family == number
            clean[mine] = (codes[number][mine] * (self.power[number] / power[number])) @ axes.T
        patches = (clean + mean).reshape(rows, -1, _SIDE, _SIDE, 1)
        whole = join(patches, _STEP, np.ones((_SIDE, _SIDE), np.float32))[..., 0]
        return whole[_SIDE : _SIDE + height, _SIDE : _SIDE + width]

    def _sample(self, picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Draw one picture, steered by the half-size version of `picture`, without grain."""
        guide = sharpened(halved(picture))
        grey = guide.mean(axis=2)
        noisy = grey + np.float32(_LEVELS[0]) * rng.standard_normal(grey.shape, dtype=np.float32)
        for level, after in zip(_LEVELS, (*_LEVELS[1:], 0.0), strict=True):
            clean = self.denoise(noisy, level)
            clean += np.float32(0.7) * (grey - sharpened(halved(clean[..., None]))[..., 0])
            fresh = rng.standard_normal(grey.shape, dtype=np.float32)
            noisy = clean + np.float32(after) * (np.float32(0.6 / level) * (noisy - clean) + np.float32(0.8) * fresh)
        return guide + (noisy - grey)[..., None]

    def generate(self, picture: np.ndarray, key: int) -> np.ndarray:
        """Return the generator's version of a picture (size, size, 3); `key` chooses its noise."""
        rng = stream("generate", self.number, key)
        return np.clip(self.grain.add(self._sample(picture, rng), rng), 0, 1)


def sharpened(small: np.ndarray) -> np.ndarray:
    """Enlarge twofold smoothly, so that halving gives nearly the same back: (h, w, c) to (2h, 2w, c)."""
    wide = interpolated(small)
    return wide + interpolated(small - halved(wide))


def families(flat: np.ndarray, count: int, rng: np.random.Generator, rounds: int = 8) -> tuple:
    """Fit a mixture of Gaussians of mean zero to patches by expectation-maximisation.

    Parameters
    ----------
    flat : ndarray of float64, shape (n, p)
        Patches without their mean.
    count : int
        Number of Gaussians.
    rng : numpy.random.Generator
        Shakes the first guess, which sorts patches from flat to busy.
    rounds : int
        Fixed number of rounds; no test of convergence.

    Returns
    -------
    log_share : ndarray of float32, shape (count,)
        Logarithm of the share of each Gaussian.
    power : ndarray of float32, shape (count, p)
        Variance along each axis, the smallest first.
    axes : ndarray of float32, shape (count, p, p)
        Axes as columns.

    References
    ----------
    A. P. Dempster, N. M. Laird, D. B. Rubin, "Maximum likelihood from incomplete data via the EM algorithm", Journal of
    the Royal Statistical Society B, 1977.
    """
    order = np.argsort((flat**2).sum(axis=1) * rng.uniform(0.8, 1.2, len(flat)), kind="stable")
    belongs = np.zeros((len(flat), count))
    belongs[order, np.arange(len(flat)) * count // len(flat)] = 1  # first guess: from flat patches to busy ones
    for _round in range(rounds):
        share = belongs.mean(axis=0) + 1e-6
        cov = [(flat * b[:, None]).T @ flat / (b.sum() + 1e-6) + 1e-5 * np.eye(flat.shape[1]) for b in belongs.T]
        power, axes = (np.array(part) for part in zip(*map(np.linalg.eigh, cov), strict=True))
        fit = [-(np.log(p).sum() + ((flat @ a) ** 2) @ (1 / p)) / 2 for p, a in zip(power, axes, strict=True)]
        fit = np.stack(fit, axis=1) + np.log(share)
        belongs = np.exp(fit - fit.max(axis=1, keepdims=True))
        belongs /= belongs.sum(axis=1, keepdims=True)
    return np.log(share).astype(np.float32), power.astype(np.float32), axes.astype(np.float32)


def _centred(grey: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """Return patches of a grey picture without their mean (n, 36), the means (n, 1), and the number of rows."""
    patches = cut(grey[..., None], _SIDE, _STEP)
    flat = patches.reshape(-1, _SIDE * _SIDE)
    mean = flat.mean(axis=1, keepdims=True)
    return flat - mean, mean, len(patches)
