"""Three generators that decode a picture from a code of half its size; only the up-sampling differs.

A code of each two-by-two tile (its colour, and what random features say of the tiles about it) is enlarged and passed
through one learned kernel, as in the last layer of a generative network. Transposed convolution, nearest-neighbour and
bilinear up-sampling leave different periodic traces: lesson 09 looks for them.

References
----------
A. Odena, V. Dumoulin, C. Olah, "Deconvolution and checkerboard artifacts", Distill, 2016.
X. Zhang, S. Karaman, S.-F. Chang, "Detecting and simulating artifacts in GAN fake images", WIFS, 2019.
"""

from collections.abc import Callable

import numpy as np
from scipy import ndimage as ndi

from contrechamp.imaging.generators.grain import Grain
from contrechamp.imaging.generators.patches import halved, neighbourhoods, principal, ridge
from contrechamp.imaging.seeds import stream

_BOTTLENECK, _FEATURES = 6, 10


def zeros_between(code: np.ndarray) -> np.ndarray:
    """Enlarge twofold with zeros between the samples: followed by a kernel, this is a transposed convolution."""
    wide = np.zeros((2 * code.shape[0], 2 * code.shape[1], code.shape[2]), np.float32)
    wide[::2, ::2] = code
    return wide


def repeated(code: np.ndarray) -> np.ndarray:
    """Enlarge twofold by repeating each sample: nearest neighbour."""
    return code.repeat(2, axis=0).repeat(2, axis=1)


def interpolated(code: np.ndarray) -> np.ndarray:
    """Enlarge twofold by straight lines between the samples: bilinear, a quarter and three quarters of two of them.

    Parameters
    ----------
    code : ndarray of float32, shape (height, width, channels)

    Returns
    -------
    ndarray of float32, shape (2 * height, 2 * width, channels)
        Border samples are repeated outwards.
    """
    for axis in (0, 1):
        before, after = np.roll(code, 1, axis), np.roll(code, -1, axis)
        np.moveaxis(before, axis, 0)[0] = np.moveaxis(code, axis, 0)[0]
        np.moveaxis(after, axis, 0)[-1] = np.moveaxis(code, axis, 0)[-1]
        pair = np.stack([code * 3 + before, code * 3 + after], axis=axis + 1) / np.float32(4)
        code = pair.reshape(*[side * (1 + (number == axis)) for number, side in enumerate(code.shape)])
    return code


class Decoder:
    """Code of half size, up-sampling, one learned kernel, grain.

    Parameters
    ----------
    enlarge : callable
        `zeros_between`, `repeated` or `interpolated`.
    side : int
        Side of the kernel in pixels, odd.
    number : int
        Number of the generator: chooses its random features and its noise.
    grain : float
        Strength of `Grain`.
    """

    def __init__(self, enlarge: Callable[[np.ndarray], np.ndarray], side: int, number: int, grain: float):
        self.enlarge, self.side, self.number, self.grain = enlarge, side, number, Grain(grain, tile=0.7)

    def fit(self, pictures: list[np.ndarray]) -> "Decoder":
        """Learn code, kernel and grain from pictures of training cameras.

        Parameters
        ----------
        pictures : list of ndarray of float32, shape (size, size, 3)
            sRGB-coded, 0..1, of even size; the kernel is learned from pixels 16 to 79 of each.

        Returns
        -------
        Decoder
            Itself.
        """
        rng = stream("fit", self.number)
        around = np.concatenate([neighbourhoods(halved(p)).reshape(-1, 27)[::7] for p in pictures])
        self.mean = around.mean(axis=0)
        self.axes, _spread = principal(around - self.mean, _BOTTLENECK)
        self.weights = 2 * rng.standard_normal((_BOTTLENECK, _FEATURES), dtype=np.float32)
        self.bias = rng.uniform(-0.5, 0.5, _FEATURES).astype(np.float32)
        crops = [p[16:80, 16:80] for p in pictures]
        wide = [neighbourhoods(self.enlarge(self.code(p)), self.side) for p in crops]
        rows = np.concatenate([w.reshape(-1, w.shape[2]) for w in wide])
        self.kernel = ridge(rows, np.concatenate([p.reshape(-1, 3) for p in crops]))
        self.grain.fit(pictures, [self.decode(self.code(p)) for p in pictures])
        return self

    def code(self, picture: np.ndarray) -> np.ndarray:
        """Return the code of a picture: of each two-by-two tile its colour, random features of what is near, and a 1.

        Parameters
        ----------
        picture : ndarray of float32, shape (size, size, 3)
            sRGB-coded, 0..1, of even size.

        Returns
        -------
        ndarray of float32, shape (size / 2, size / 2, 14)
        """
        small = halved(picture)
        squeezed = (neighbourhoods(small) - self.mean) @ self.axes
        active = np.maximum(squeezed @ self.weights + self.bias, 0)
        return np.concatenate([small, active, np.ones_like(small[..., :1])], axis=2)

    def decode(self, code: np.ndarray) -> np.ndarray:
        """Return the picture of a code, without grain: every code sample adds its share of the kernel.

        Parameters
        ----------
        code : ndarray of float32, shape (height, width, 14)
            From `code`.

        Returns
        -------
        ndarray of float32, shape (2 * height, 2 * width, 3)
            Not clipped.
        """
        wide, margin = self.enlarge(code), self.side // 2
        height, width, channels = wide.shape
        padded = np.pad(wide, ((margin, margin), (margin, margin), (0, 0)), mode="reflect")
        taps = self.kernel.reshape(self.side, self.side, channels, 3)
        picture = np.zeros((height, width, 3), np.float32)
        for dy, dx in np.ndindex(self.side, self.side):
            if self.enlarge is zeros_between:  # three samples in four are zero: skip them
                top, left = (dy + margin) % 2, (dx + margin) % 2
                window = padded[top + dy : top + dy + height : 2, left + dx : left + dx + width : 2]
                picture[top::2, left::2] += window[: (height - top + 1) // 2, : (width - left + 1) // 2] @ taps[dy, dx]
            else:
                picture += padded[dy : dy + height, dx : dx + width] @ taps[dy, dx]
        return picture

    def generate(self, picture: np.ndarray, key: int) -> np.ndarray:
        """Return the generator's version of a picture: coded, decoded, with grain and a ripple of latent noise.

        Parameters
        ----------
        picture : ndarray of float32, shape (size, size, 3)
            sRGB-coded, 0..1, of even size.
        key : int
            From 0: chooses grain and ripple.

        Returns
        -------
        ndarray of float32, shape (size, size, 3)
            0..1.
        """
        rng = stream("generate", self.number, key)
        rebuilt = self.grain.add(self.decode(self.code(picture)), rng)
        latent = rng.standard_normal((len(picture) // 2, len(picture) // 2, 1), dtype=np.float32)
        ripple = ndi.gaussian_filter(self.enlarge(latent)[..., 0], 0.6)  # latent noise passes the same layer
        rebuilt += (np.float32(0.004) * ripple / ripple.std())[..., None]
        return np.clip(rebuilt, 0, 1)
