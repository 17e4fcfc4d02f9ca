"""Six generators with different mechanisms. Each makes its own version of a camera's picture of the same scene.

The input is a camera's picture, so that what is shown can never tell the classes apart; only how it was made can. All
learn from the same pictures of training cameras, once per process (about four CPU seconds), always with the same
result.
"""

from functools import lru_cache
from typing import Protocol

import numpy as np

from contrechamp.errors import ContrechampError
from contrechamp.imaging.cameras import TRAINING_CAMERAS, shoot
from contrechamp.imaging.generators.codebook import Codebook
from contrechamp.imaging.generators.diffusion import Diffusion
from contrechamp.imaging.generators.interlaced import Interlaced
from contrechamp.imaging.generators.upsampling import Decoder, interpolated, repeated, zeros_between
from contrechamp.imaging.scenes import allowed_size, make_scene
from contrechamp.language import gettext as _

#: Scenes that generators learn from; no split uses them.
FITTING_SCENES = range(9_000_000, 9_000_024)


class Generator(Protocol):
    """What every generator can do."""

    def fit(self, pictures: list[np.ndarray]) -> "Generator":
        """Learn from pictures of cameras.

        Parameters
        ----------
        pictures : list of ndarray of float32, shape (size, size, 3)
            sRGB-coded, 0..1.

        Returns
        -------
        Generator
            Itself.
        """

    def generate(self, picture: np.ndarray, key: int) -> np.ndarray:
        """Return the generator's version of a picture.

        Parameters
        ----------
        picture : ndarray of float32, shape (size, size, 3)
            sRGB-coded, 0..1.
        key : int
            From 0: chooses the generator's noise.

        Returns
        -------
        ndarray of float32, shape (size, size, 3)
            0..1, before `same_colours`.
        """


def _untrained() -> dict[str, Generator]:
    """Return the six generators; numbers choose their random streams and are never reused."""
    return {
        "transposed": Decoder(zeros_between, side=5, number=1, grain=0.9),
        "nearest": Decoder(repeated, side=3, number=2, grain=0.9),
        "bilinear": Decoder(interpolated, side=3, number=3, grain=0.9),
        "codebook": Codebook(number=4, grain=0.9),
        "diffusion": Diffusion(number=5, grain=0.9),
        "interlaced": Interlaced(number=6, grain=0.9),
    }


GENERATORS = tuple(_untrained())


@lru_cache(maxsize=1)
def generators() -> dict[str, Generator]:
    """Return the six generators, fitted."""
    pictures = [shoot(make_scene(i), TRAINING_CAMERAS[i % len(TRAINING_CAMERAS)], i) for i in FITTING_SCENES]
    return {name: generator.fit(pictures) for name, generator in _untrained().items()}


def generate(name: str, picture: np.ndarray, key: int = 0) -> np.ndarray:
    """Return one generator's version of a camera's picture.

    Parameters
    ----------
    name : str
        One of `GENERATORS`.
    picture : ndarray of float32, shape (size, size, 3)
        sRGB-coded, 0..1; size as for `make_scene`.
    key : int
        Chooses the generator's noise: the scene, in the data sets.

    Returns
    -------
    ndarray of float32, shape (size, size, 3)
        With exactly the colours of `picture` (see `same_colours`).

    Raises
    ------
    ContrechampError
        When there is no such generator, or the picture has no allowed shape.
    """
    if name not in GENERATORS:
        raise ContrechampError(
            _("There is no generator {name!r}. Known: {names}.").format(name=name, names=", ".join(GENERATORS))
        )
    picture = np.asarray(picture, dtype=np.float32)
    if picture.ndim != 3 or picture.shape[0] != picture.shape[1] or picture.shape[2] != 3:
        raise ContrechampError(
            _("A generator takes a picture of shape (size, size, 3), not {shape}.").format(shape=picture.shape)
        )
    allowed_size(len(picture))
    return same_colours(generators()[name].generate(picture, key), picture)


def same_colours(picture: np.ndarray, model: np.ndarray) -> np.ndarray:
    """Give a picture exactly the values of another, channel by channel, rank by rank.

    Histograms of a generator drift by a little, and a classifier would learn the drift. The darkest pixel gets the
    model's darkest value, and so on: after this, histograms are equal and tell nothing.

    Parameters
    ----------
    picture, model : ndarray, shape (size, size, channels)

    Returns
    -------
    ndarray, shape (size, size, channels)
    """
    matched = np.empty_like(model)
    for channel in range(model.shape[2]):
        order = np.argsort(picture[..., channel], axis=None, kind="stable")
        matched[..., channel].flat[order] = np.sort(model[..., channel], axis=None)
    return matched
