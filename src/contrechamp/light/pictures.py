"""Small grey pictures drawn by arithmetic: things of a kitchen and a toy box, never a person.

A picture is a list of rows, a row a list of whole numbers from 0 (black) to 255 (white). Only whole numbers are
computed, so that every machine draws the same.
"""

from collections.abc import Callable

from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _

Grid = list[list[int]]
_SMALLEST, _LARGEST = 8, 64


def pot(side: int = 32) -> Grid:
    """Return a teapot before a wall, `side` pixels high and wide.

    Parameters
    ----------
    side : int
        8 to 64.

    Returns
    -------
    list of list of int
        Rows from the top, greys from 0 to 255.

    Raises
    ------
    ContrechampError
        When the side is no whole number from 8 to 64.

    Examples
    --------
    >>> picture = pot(16)
    >>> len(picture), len(picture[0]), min(map(min, picture)) >= 0, max(map(max, picture)) <= 255
    (16, 16, True, True)
    """
    return _drawn(side, _pot)


def blocks(side: int = 32) -> Grid:
    """Return two building blocks and a ball on a table, `side` pixels high and wide.

    Parameters
    ----------
    side : int
        8 to 64.

    Returns
    -------
    list of list of int
        Rows from the top, greys from 0 to 255.

    Raises
    ------
    ContrechampError
        When the side is no whole number from 8 to 64.
    """
    return _drawn(side, _blocks)


def _drawn(side: int, shade: Callable[[int, int], int]) -> Grid:
    if not isinstance(side, int) or isinstance(side, bool) or not _SMALLEST <= side <= _LARGEST:
        raise ContrechampError(
            _("A small picture has {low} to {high} pixels a side, not {side}.").format(
                low=_SMALLEST, high=_LARGEST, side=side
            )
        )
    places = [(2 * step + 1) * 50 // side for step in range(side)]  # centres of pixels, in hundredths of the side
    return [[shade(x, y) for x in places] for y in places]


def _pot(x: int, y: int) -> int:
    """Return the grey of a point of the teapot, `x` to the right and `y` down, in hundredths."""
    if (x - 48) ** 2 * 625 + (y - 60) ** 2 * 784 <= 625 * 784:  # body: an ellipse, lit from the left
        return 118 - x
    if (x - 48) ** 2 + (y - 28) ** 2 <= 22 or (abs(x - 48) <= 11 and 31 <= y <= 37):  # knob and lid
        return 52
    if 56 <= (x - 20) ** 2 + (y - 58) ** 2 <= 180:  # handle: a ring
        return 84
    if 70 <= x <= 93 and abs(10 * (y - 62) + 11 * (x - 72)) <= 62:  # spout: a slanting band
        return 40
    return 206 + (x - y) // 4 if y < 82 else 150 + x // 5  # wall, table


def _blocks(x: int, y: int) -> int:
    """Return the grey of a point of the building blocks."""
    if 12 <= x <= 46 and 44 <= y <= 82:
        return 70 if x < 36 else 46  # a cube and its dark side
    if 20 <= y <= 43 and abs(x - 29) * 23 <= (y - 20) * 17:
        return 120  # a roof
    if (x - 70) ** 2 + (y - 66) ** 2 <= 260:
        return 240 - (x - 54) * 2  # a ball
    return 182 - y // 3 + x // 6 if y < 76 else 96 + x // 4
