"""Small drawings of household objects, made by code: the only pictures that the toy diffusion model ever sees.

Each drawing has 16×16 pixels from -1 (dark ground) to 1 (light object). Shapes are soft masks of a few curves whose
sizes are drawn by lot, so that no two drawings are alike and every one can be made again from its seed. There are
objects only.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from contrechamp.errors import ContrechampError
from contrechamp.imaging.seeds import whole
from contrechamp.language import gettext as _

SIDE = 16
PIXELS = SIDE * SIDE
KINDS = ("teapot", "cup", "bottle", "vase", "glass", "lamp")
NO_NAME = -1  # the label that asks for nothing in particular
MOST = 20_000  # drawings in one call: 40 MiB

Array = np.ndarray
Lot = Callable[[float, float], Array]


def draw_objects(number: int, kinds: str | Sequence[str] = KINDS, random_state: int = 0) -> tuple[Array, Array]:
    """Draw objects, the kinds in turn.

    Parameters
    ----------
    number : int
        How many drawings, from 1 to 20,000.
    kinds : str or sequence of str
        One or several of `KINDS`.
    random_state : int
        Seed, zero or more. The same seed gives the same drawings.

    Returns
    -------
    pictures : numpy.ndarray of float32, shape (number, 256)
        Rows of 16×16 pixels, from -1 (dark ground) to 1 (light object).
    labels : numpy.ndarray of int, shape (number,)
        Places in `KINDS`.

    Raises
    ------
    ContrechampError
        When the number, a kind or the seed is not allowed.

    Examples
    --------
    >>> pictures, labels = draw_objects(3, kinds=["cup", "vase"])
    >>> pictures.shape, [KINDS[label] for label in labels]
    ((3, 256), ['cup', 'vase', 'cup'])
    """
    number = whole("number", number, 1, MOST)
    wanted = kind_places([kinds] if isinstance(kinds, str) else kinds)
    rng = np.random.default_rng(whole("random_state", random_state))
    labels = np.resize(wanted, number)
    pictures = np.empty((number, PIXELS), dtype=np.float32)
    for place in np.unique(labels):
        rows = np.flatnonzero(labels == place)
        pictures[rows] = _SHAPES[KINDS[place]](*_canvas(len(rows), rng)).reshape(len(rows), PIXELS)
    ink = rng.uniform(0.8, 1.0, (number, 1))
    return (pictures * ink * 2 - 1).astype(np.float32), labels


def outline(number: int, random_state: int = 0) -> Array:
    """Return points of the plane that lie on the outline of one teapot.

    Parameters
    ----------
    number : int
        How many points, from 1 to 20,000.
    random_state : int
        Seed, zero or more.

    Returns
    -------
    numpy.ndarray of float, shape (number, 2)
        Abscissa and ordinate, with mean near 0 and spread near 1.

    Raises
    ------
    ContrechampError
        When the number or the seed is not allowed.
    """
    number = whole("number", number, 1, MOST)
    rng = np.random.default_rng(whole("random_state", random_state))
    turn = rng.uniform(0, 2 * np.pi, number)
    parts = {
        "body": (1.1 * np.cos(turn), 0.9 * np.sin(turn)),
        "knob": (0.22 * np.cos(turn), 1.1 + 0.2 * np.sin(turn)),
        "handle": (-1.05 - 0.55 * np.abs(np.sin(turn / 2)), 0.45 * np.cos(turn / 2) * 1.2),
        "spout": (1.05 + 0.75 * turn / (2 * np.pi), -0.25 + 0.95 * (turn / (2 * np.pi)) ** 1.5),
    }
    part = rng.choice(4, number, p=[0.55, 0.12, 0.18, 0.15])
    curves = np.stack([np.stack(curve, axis=1) for curve in parts.values()])
    return curves[part, np.arange(number)]


def kind_places(kinds: Sequence[str]) -> Array:
    """Return the places in `KINDS` of some names.

    Parameters
    ----------
    kinds : sequence of str
        One or more; a name may come twice.

    Returns
    -------
    ndarray of int, shape (len(kinds),)

    Raises
    ------
    ContrechampError
        When a name is none of `KINDS`, or there is no name; the message lists them.

    Examples
    --------
    >>> kind_places(["cup", "lamp"]).tolist()
    [1, 5]
    """
    for kind in kinds:
        if kind not in KINDS:
            raise ContrechampError(
                _("There is no kind of drawing named {kind}. Choose among {kinds}.").format(
                    kind=repr(kind), kinds=", ".join(KINDS)
                )
            )
    if not len(kinds):
        raise ContrechampError(_("Name at least one kind of drawing: {kinds}.").format(kinds=", ".join(KINDS)))
    return np.array([KINDS.index(kind) for kind in kinds])


def check_rows(values: Any, columns: int | None = None) -> Array:
    """Return points or pictures as a table of finite numbers.

    Parameters
    ----------
    values : array_like
        One point or picture a row.
    columns : int, optional
        How many numbers a row must have; any number when left out.

    Returns
    -------
    ndarray of float64, shape (n, columns)
        With at least one row.

    Raises
    ------
    ContrechampError
        When it is no such table; the message gives the shape found.
    """
    try:
        array = np.asarray(values, dtype=float)
        good = array.ndim == 2 and array.size > 0 and np.isfinite(array).all() and columns in (None, array.shape[1])
    except (TypeError, ValueError):
        array, good = np.asarray(values, dtype=object), False
    if not good:
        raise ContrechampError(
            _(
                "Points and pictures are finite numbers, one row each, in {columns} columns; this has the shape "
                "{shape}."
            ).format(columns=columns or "n", shape=array.shape)
        )
    return array


def check_labels(values: Any, rows: int | None = None, known: Sequence[int] | None = None) -> Array:
    """Return labels as an array of whole numbers, one a picture.

    Parameters
    ----------
    values : array_like of int
        Places in `KINDS`, or `NO_NAME` (-1).
    rows : int, optional
        How many labels there must be.
    known : sequence of int, optional
        The places allowed, beside `NO_NAME`; all from 0 when left out.

    Returns
    -------
    ndarray of int, shape (rows,)

    Raises
    ------
    ContrechampError
        When it is no list of whole numbers, of another length, or names a kind that is not among `known`.
    """
    try:
        labels = np.asarray(values)
    except ValueError:
        labels = np.empty((0, 0))
    whole_numbers = labels.ndim == 1 and labels.size > 0 and np.issubdtype(labels.dtype, np.integer)
    if not whole_numbers or labels.min() < NO_NAME or rows not in (None, len(labels)):
        raise ContrechampError(
            _("Labels are whole numbers, one a picture: places in the list of kinds, or NO_NAME (-1).")
        )
    unknown: Any = [] if known is None else np.setdiff1d(labels, [NO_NAME, *known])
    if len(unknown):
        raise ContrechampError(
            _("There is no kind {label} here. Known: {known}, or NO_NAME (-1).").format(
                label=unknown[0], known=", ".join(map(str, known or ()))
            )
        )
    return labels


def _canvas(number: int, rng: np.random.Generator) -> tuple[Array, Array, Lot]:
    """Return coordinates in pixels, moved and scaled by lot (u to the right, v down), and a drawer of lots."""

    def lot(low: float, high: float) -> Array:
        return rng.uniform(low, high, (number, 1, 1))

    down, right = np.mgrid[0:SIDE, 0:SIDE].astype(float)
    size = lot(0.88, 1.08)
    return (right - 7.5 - lot(-1, 1)) / size, (down - 7.5 - lot(-0.8, 0.8)) / size, lot


def _soft(distance: Array) -> Array:
    """Return 1 well inside a shape, 0 well outside, from a signed distance in pixels."""
    return 1 / (1 + np.exp(-3 * distance))


def _between(v: Array, top: Any, bottom: Any) -> Array:
    return _soft(v - top) * _soft(bottom - v)


def _ring(u: Array, v: Array, radius: Any, width: float = 0.75) -> Array:
    return _soft(width - np.abs(np.hypot(u, v) - radius))


def _teapot(u: Array, v: Array, lot: Lot) -> Array:
    wide, high = lot(3.4, 4.2), lot(2.7, 3.5)
    body = _soft((1 - np.hypot(u / wide, (v - 1.2) / high)) * 3)
    knob = _soft(0.9 - np.hypot(u, v - 0.6 + high))
    handle = _ring(u + wide, (v - 1) * lot(0.85, 1.1), lot(1.7, 2.2))
    spout = _soft(0.8 - np.abs(v - 0.6 + lot(0.75, 1.2) * (u - wide))) * _soft(u - wide + 1) * _soft(wide + 2.4 - u)
    return np.maximum.reduce([body, knob, handle, spout])


def _cup(u: Array, v: Array, lot: Lot) -> Array:
    wide, top = lot(2.8, 3.6), lot(-3.2, -1.8)
    body = _soft(wide - lot(0.05, 0.2) * (v + 2) - np.abs(u + 1)) * _between(v, top, 4)
    handle = _ring(u + 1 - wide, (v - 1) * 0.9, lot(1.6, 2.1)) * _soft(u + 1.5 - wide)
    return np.maximum(body, handle)


def _bottle(u: Array, v: Array, lot: Lot) -> Array:
    wide, neck, shoulder = lot(2.2, 3.1), lot(0.7, 1.1), lot(-2.2, -0.4)
    profile = neck + (wide - neck) * _soft((v - shoulder) * 0.6)
    return _soft(profile - np.abs(u)) * _between(v, -6.3, 6)


def _vase(u: Array, v: Array, lot: Lot) -> Array:
    belly, lip = lot(2.8, 3.9), lot(1.8, 2.6)
    profile = 0.5 + belly * np.exp(-(((v - lot(0.2, 1.2)) / 2.4) ** 2)) + lip * np.exp(-(((v + 5) / 1.2) ** 2))
    body = _soft(profile - np.abs(u)) * _between(v, -5.2, 5.5)
    return np.maximum(body, _soft(lot(1.4, 2.2) - np.abs(u)) * _between(v, 4.2, 5.6))


def _glass(u: Array, v: Array, lot: Lot) -> Array:
    wide, deep = lot(2.9, 3.9), lot(4.2, 5.4)
    bowl = _soft((1 - np.hypot(u / wide, (v + 5.5) / deep)) * 3) * _soft(v + 5.5)
    stem = _soft(0.6 - np.abs(u)) * _between(v, -1.5, 5.5)
    foot = _soft(lot(2, 2.9) - np.abs(u)) * _between(v, 4.6, 6)
    return np.maximum.reduce([bowl, stem, foot])


def _lamp(u: Array, v: Array, lot: Lot) -> Array:
    shade = _soft(lot(1.2, 1.8) + lot(0.5, 0.7) * (v + 5.5) - np.abs(u)) * _between(v, -5.5, lot(-1.2, -0.2))
    stem = _soft(0.6 - np.abs(u)) * _between(v, -1, 5)
    foot = _soft(lot(2.4, 3.4) - np.abs(u)) * _between(v, 4, 6)
    return np.maximum.reduce([shade, stem, foot])


_SHAPES = {"teapot": _teapot, "cup": _cup, "bottle": _bottle, "vase": _vase, "glass": _glass, "lamp": _lamp}
