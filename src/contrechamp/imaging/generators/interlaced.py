"""A generator that draws pixel after pixel, each from those already drawn: an autoregressive model, interlaced.

One pixel in four is drawn from the code alone, then its diagonal neighbour, then the two between: four passes in place
of one pass per pixel. Each pass predicts from the code and the earlier passes, then draws the remainder at random.

References
----------
S. Reed and others, "Parallel multiscale autoregressive density estimation", ICML, 2017.
"""

import numpy as np

from contrechamp.imaging.generators.grain import Grain
from contrechamp.imaging.generators.patches import halved, neighbourhoods, ridge
from contrechamp.imaging.seeds import stream

#: Where in a tile of two by two each pass draws.
PASSES = ((0, 0), (1, 1), (0, 1), (1, 0))


class Interlaced:
    """Four passes over a picture, each a learned prediction plus a drawn remainder.

    Parameters
    ----------
    number : int
        Number of the generator: chooses its random streams.
    grain : float
        Strength of the drawn remainder, as for `Grain`: 0 draws nothing, 1 all that predictions missed.
    """

    def __init__(self, number: int, grain: float):
        self.number, self.strength = number, grain

    def fit(self, pictures: list[np.ndarray]) -> "Interlaced":
        """Learn one prediction and one law of the remainder per pass from pictures of training cameras.

        Parameters
        ----------
        pictures : list of ndarray of float32, shape (size, size, 3)
            sRGB-coded, 0..1; sizes even and at least 64, since grain is learned from quarters.

        Returns
        -------
        Interlaced
            Itself.
        """
        self.predictions, self.remainders = [], []
        for number, (dy, dx) in enumerate(PASSES):
            known = [_known(halved(p), [p[y::2, x::2] for y, x in PASSES[:number]]) for p in pictures]
            truth = [p[dy::2, dx::2] for p in pictures]
            rows = np.concatenate([k.reshape(-1, k.shape[2]) for k in known])
            self.predictions.append(ridge(rows, np.concatenate([t.reshape(-1, 3) for t in truth]), 1e-5))
            self.remainders.append(Grain(self.strength, tile=0).fit(truth, [k @ self.predictions[-1] for k in known]))
        return self

    def generate(self, picture: np.ndarray, key: int) -> np.ndarray:
        """Draw the generator's version of a picture in four passes.

        Parameters
        ----------
        picture : ndarray of float32, shape (size, size, 3)
            sRGB-coded, 0..1, of even size.
        key : int
            From 0: chooses what is drawn.

        Returns
        -------
        ndarray of float32, shape (size, size, 3)
            0..1.
        """
        rng, code, canvas = stream("generate", self.number, key), halved(picture), np.empty_like(picture)
        drawn: list[np.ndarray] = []
        for (dy, dx), predict, remainder in zip(PASSES, self.predictions, self.remainders, strict=True):
            drawn.append(remainder.add(_known(code, drawn) @ predict, rng))
            canvas[dy::2, dx::2] = drawn[-1]
        return np.clip(canvas, 0, 1)


def _known(code: np.ndarray, drawn: list[np.ndarray]) -> np.ndarray:
    """Return what a pass may look at: the code and the earlier passes about each tile, and a constant."""
    seen = [neighbourhoods(plane) for plane in (code, *drawn)]
    return np.concatenate([*seen, np.ones_like(code[..., :1])], axis=2)
