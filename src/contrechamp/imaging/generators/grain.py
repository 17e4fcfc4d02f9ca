"""Learned grain: the fine noise that a generator adds so that its pictures are not too smooth.

Generators learn from pictures of cameras, noise included, and imitate it. Without that, "no noise" would be all a
detector needs. The imitation knows how strong grain is at a brightness and beside an edge, and its spectrum on average;
it does not know the camera. Its strength differs from picture to picture, and so does the tile of two by two pixels
(what mosaics leave), of which it remembers half.
"""

import numpy as np
from scipy import fft
from scipy import ndimage as ndi

from contrechamp.imaging.generators.patches import ridge

_TILE = 32


class Grain:
    """Noise with learned strength, colour and spectrum.

    Parameters
    ----------
    strength : float
        Share of what was missing that is given back: 0 none, 1 all of it.
    tile : float
        Share of the unevenness within tiles of two by two pixels that is remembered.
    """

    def __init__(self, strength: float, tile: float = 0.5):
        self.strength, self.tile = np.float32(strength), np.float32(tile)

    def fit(self, pictures: list[np.ndarray], rebuilt: list[np.ndarray]) -> "Grain":
        """Learn the strength, colour, tile and spectrum of what the generator's rebuilt pictures lack.

        Parameters
        ----------
        pictures, rebuilt : list of ndarray of float32, shape (height, width, 3)
            Pictures of cameras, and the generator's copy of each, in the same order; sides of at least 32 pixels.

        Returns
        -------
        Grain
            Itself.
        """
        missing = [picture - copy for picture, copy in zip(pictures, rebuilt, strict=True)]
        clues = np.concatenate([_clues(copy).reshape(-1, 3) for copy in rebuilt])
        size = np.concatenate([np.abs(lack).mean(axis=2).reshape(-1, 1) for lack in missing])
        self.size_of = ridge(clues, size * np.float32(1.25))[:, 0]  # mean |x| of a normal law is 0.8 deviations
        scaled = [lack / self._size(copy)[..., None] for lack, copy in zip(missing, rebuilt, strict=True)]
        samples = np.concatenate([lack.reshape(-1, 3) for lack in scaled]).astype(np.float64)
        self.mix = np.linalg.cholesky(np.cov(samples.T)).T.astype(np.float32)
        self.tiles = [1 + self.tile * (_tile(lack) - 1) for lack in scaled]
        self.spectrum = np.mean([_power(lack) for lack in scaled], axis=0)
        return self

    def add(self, picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return the picture (h, w, 3) with grain.

        Parameters
        ----------
        picture : ndarray of float32, shape (height, width, 3)
            sRGB-coded, about 0..1; not changed.
        rng : numpy.random.Generator
            Draws noise, tile, and how strong grain is in this picture (three to five quarters of the learned strength).

        Returns
        -------
        ndarray of float32, shape (height, width, 3)
            With grain, not clipped.
        """
        strength = self.strength * np.float32(rng.uniform(0.75, 1.25))
        noise = rng.standard_normal((*picture.shape[:2], 3), dtype=np.float32) @ self.mix
        noise = self._coloured(noise) * self._size(picture)[..., None]
        tile = self.tiles[int(rng.integers(len(self.tiles)))]
        for dy, dx in np.ndindex(2, 2):
            noise[dy::2, dx::2] *= tile[dy, dx]
        return picture + strength * noise

    def _size(self, picture: np.ndarray) -> np.ndarray:
        return np.maximum(_clues(picture) @ self.size_of, np.float32(0.002))

    def _coloured(self, noise: np.ndarray) -> np.ndarray:
        """Give white noise the learned spectrum, interpolated to the picture's size."""
        height, width = noise.shape[:2]
        fy, fx = np.abs(fft.fftfreq(height)) * _TILE, np.abs(fft.rfftfreq(width)) * _TILE
        gain = ndi.map_coordinates(self.spectrum, np.meshgrid(fy, fx, indexing="ij"), order=1, mode="nearest")
        gain = np.sqrt(gain / gain.mean()).astype(np.float32)[..., None]
        return fft.irfft2(fft.rfft2(noise, axes=(0, 1)) * gain, s=(height, width), axes=(0, 1))


def _clues(picture: np.ndarray) -> np.ndarray:
    """Return what grain depends on: a constant, the root of the brightness, the local contrast; (h, w, 3)."""
    grey = picture.mean(axis=2)
    contrast = np.abs(grey - ndi.uniform_filter(grey, 5, mode="reflect"))
    contrast = ndi.uniform_filter(contrast, 5, mode="reflect")
    return np.stack([np.ones_like(grey), np.sqrt(np.maximum(grey, 0.02)), contrast], axis=2)


def _tile(lack: np.ndarray) -> np.ndarray:
    """Return how strong noise is at each place of a tile, relative to the mean, shape (2, 2, 3)."""
    size = np.array([[np.abs(lack[dy::2, dx::2]).mean(axis=(0, 1)) for dx in (0, 1)] for dy in (0, 1)])
    return (size / size.mean(axis=(0, 1))).astype(np.float32)


def _power(lack: np.ndarray) -> np.ndarray:
    """Return the mean power spectrum of tiles, for frequencies from 0 to a half, shape (17, 17)."""
    height, width = (side // _TILE * _TILE for side in lack.shape[:2])
    tiles = lack[:height, :width].reshape(height // _TILE, _TILE, width // _TILE, _TILE, -1)
    power = np.abs(fft.fft2(tiles, axes=(1, 3))) ** 2
    return power.mean(axis=(0, 2, 4))[: _TILE // 2 + 1, : _TILE // 2 + 1]
