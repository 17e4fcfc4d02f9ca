"""The same generators before they add grain: what each mechanism leaves when nothing hides it.

The data sets always have grain, so that "no noise" is not all that a detector needs. Lesson 09 leaves it out to show
the traces apart. For looking and teaching; nothing that trains or judges a detector uses it.
"""

import copy
from functools import lru_cache
from typing import Any

import numpy as np

from contrechamp.imaging.generators import GENERATORS, generate, generators, same_colours
from contrechamp.imaging.generators.grain import Grain
from contrechamp.imaging.scenes import allowed_size


def generate_plain(name: str, picture: np.ndarray, key: int = 0) -> np.ndarray:
    """Return one generator's version of a camera's picture, without the learned grain.

    Parameters
    ----------
    name : str
        One of `GENERATORS`. ``"interlaced"`` draws its noise with each pixel and has no grain to leave out: it gives
        what `generate` gives.
    picture, key
        As for `generate`.

    Returns
    -------
    ndarray of float32, shape (size, size, 3)
        With exactly the colours of `picture`.

    Raises
    ------
    ContrechampError
        As `generate`.
    """
    picture = np.asarray(picture, dtype=np.float32)
    grained = name in GENERATORS and isinstance(getattr(generators()[name], "grain", None), Grain)
    if not grained or picture.ndim != 3 or picture.shape != (len(picture), len(picture), 3):
        return generate(name, picture, key)  # which also says what is wrong
    allowed_size(len(picture))
    return same_colours(_silenced(name).generate(picture, key), picture)


@lru_cache(maxsize=len(GENERATORS))
def _silenced(name: str) -> Any:
    """Return a copy of a fitted generator whose grain has no strength; the generator itself stays as it is."""
    plain: Any = copy.copy(generators()[name])
    plain.grain = copy.copy(plain.grain)
    plain.grain.strength = np.float32(0)
    return plain
