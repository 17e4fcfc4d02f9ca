"""How often small residuals stand side by side: co-occurrences, from the study of hidden messages.

Residuals are rounded to five values and counted in threes. Symmetric patterns (mirrored, or with the opposite sign) are
counted together, so that 125 patterns become 39.

References
----------
J. Fridrich, J. Kodovsky, "Rich models for steganalysis of digital images", IEEE TIFS, 2012 (SRM).
M. Goljan, J. Fridrich, R. Cogranne, "Rich model for steganalysis of color images", WIFS, 2014 (threes across colours).
"""

from functools import lru_cache
from itertools import product

import numpy as np

from contrechamp.forensics.pictures import luma

LEVELS = 2  # residuals are cut off at this many steps
_VALUES = range(-LEVELS, LEVELS + 1)


@lru_cache(maxsize=2)
def classes(mirror: bool) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the class of each of the 125 patterns, and the names of the classes.

    Parameters
    ----------
    mirror : bool
        Whether a pattern and its mirror image are one class; a pattern and its negative always are.
    """
    names: list[str] = []
    of = np.empty(len(_VALUES) ** 3, np.intp)
    for number, pattern in enumerate(product(_VALUES, repeat=3)):
        twins = [pattern, tuple(-v for v in pattern)]
        twins += [twin[::-1] for twin in twins] if mirror else []
        name = "".join("nm0pq"[v + LEVELS] for v in min(twins))
        if name not in names:
            names.append(name)
        of[number] = names.index(name)
    return of, tuple(names)


NAMES = (
    *(f"srm_{kind}_{name}" for kind in ("first", "square", "second") for name in classes(True)[1]),
    *(f"srm_colours_{name}" for name in classes(False)[1]),
)


def rounded(residual: np.ndarray, step: float) -> np.ndarray:
    """Return residuals as numbers 0..4: divided by `step`, rounded, cut off at two steps either way."""
    return (np.clip(np.rint(residual / np.float32(step)), -LEVELS, LEVELS) + LEVELS).astype(np.uint8)


def cooccurrences(first: np.ndarray, second: np.ndarray, third: np.ndarray, mirror: bool = True) -> np.ndarray:
    """Count threes of rounded residuals.

    Parameters
    ----------
    first, second, third : ndarray of uint8, shape (n, ...)
        Values 0..4, of one shape.
    mirror : bool
        As for `classes`.

    Returns
    -------
    ndarray, shape (n, classes)
        Shares that add up to 1.
    """
    of, names = classes(mirror)
    n, size = len(first), len(_VALUES) ** 3
    code = (first * np.uint8(25) + second * np.uint8(5) + third).reshape(n, -1)
    patterns = np.stack([np.bincount(row, minlength=size) for row in code]).astype(float)
    counts = np.zeros((n, len(names)))
    np.add.at(counts.T, of, patterns.T)
    return counts / code.shape[1]


def measure(batch: np.ndarray) -> np.ndarray:
    """Return the features of this family: roots of shares, shape (n, len(NAMES))."""
    grey = luma(batch)
    square = _square(grey)
    found = [
        _both_ways(np.diff(grey, axis=2), np.diff(grey, axis=1), 1.0),
        _both_ways(square, square, 0.7),
        _both_ways(np.diff(grey, 2, axis=2) / 2, np.diff(grey, 2, axis=1) / 2, 1.0),
    ]
    colours = rounded(_square(batch), 1.0)
    found.append(cooccurrences(colours[..., 0], colours[..., 1], colours[..., 2], mirror=False))
    return np.sqrt(np.column_stack(found))


def _square(planes: np.ndarray) -> np.ndarray:
    """Return the residual of the three-by-three kernel of Ker and Böhme: (n, h, w, ...) to (n, h - 2, w - 2, ...)."""
    rows = planes[:, :-2] - 2 * planes[:, 1:-1] + planes[:, 2:]
    return (rows[:, :, :-2] - 2 * rows[:, :, 1:-1] + rows[:, :, 2:]) / np.float32(-4)


def _both_ways(across: np.ndarray, down: np.ndarray, step: float) -> np.ndarray:
    """Return the mean of co-occurrences along rows and along columns."""
    x, y = rounded(across, step), rounded(down, step)
    return (
        cooccurrences(x[:, :, :-2], x[:, :, 1:-1], x[:, :, 2:]) + cooccurrences(y[:, :-2], y[:, 1:-1], y[:, 2:])
    ) / 2
