"""Pseudo-documents, drawn by code: pictures that are different to a reader and nearly the same to a hash.

Forms, tickets and captioned pictures share a layout. Their hashes are near each other not by chance but by design, and
that, not chance, is where wrong matches come from.
"""

import numpy as np

from contrechamp.imaging.seeds import whole

_INK, _PAPER = 40, 245
#: Digits of three columns and five rows, one number a row: the same shapes on every system, without a font.
_DIGITS = [
    (7, 5, 5, 5, 7), (2, 6, 2, 2, 7), (7, 1, 7, 4, 7), (7, 1, 3, 1, 7), (5, 5, 7, 1, 1),
    (7, 4, 7, 1, 7), (7, 4, 7, 5, 7), (7, 1, 2, 2, 2), (7, 5, 7, 5, 7), (7, 5, 7, 1, 7),
]  # fmt: skip


def make_form(number: int, lines: int = 6, side: int = 256) -> np.ndarray:
    """Draw a form: a heading bar, a box, and lines of digits that nobody has in common.

    Parameters
    ----------
    number : int
        From 0. Chooses the digits; the layout is the same for all.
    lines : int
        1 to 9 lines of twelve digits.
    side : int
        Height and width in pixels, 128 to 1024.

    Returns
    -------
    ndarray of uint8, shape (side, side, 3)

    Raises
    ------
    ContrechampError
        When a number is out of range.
    """
    number, lines = whole("number", number), whole("lines", lines, 1, 9)
    side = whole("side", side, 128, 1024)
    digits = np.random.Generator(np.random.PCG64(number)).integers(0, 10, (lines, 12))
    page = np.full((128, 128), _PAPER, dtype=np.uint8)
    page[10:30, 12:116] = _INK
    page[40:118, 12], page[40:118, 115], page[40, 12:116], page[117, 12:116] = _INK, _INK, _INK, _INK
    for row, line in enumerate(digits):
        for column, digit in enumerate(line):
            write_digit(page, int(digit), 46 + 8 * row, 20 + 7 * column)
    rows = np.arange(side) * 128 // side
    return np.repeat(page[rows][:, rows][:, :, None], 3, axis=2)


def write_digit(page: np.ndarray, digit: int, top: int, left: int) -> None:
    """Write a digit of five by three pixels into a grey page.

    Parameters
    ----------
    page : ndarray of uint8, shape (height, width)
        Changed in place.
    digit : int
        0..9.
    top, left : int
        Place of its upper left pixel.
    """
    for row, pattern in enumerate(_DIGITS[digit]):
        for column in range(3):
            if pattern >> (2 - column) & 1:
                page[top + row, left + column] = _INK


def add_caption(picture: np.ndarray, number: int) -> np.ndarray:
    """Return a picture with a white bar at its foot that bears a number of six digits.

    Parameters
    ----------
    picture : ndarray of uint8, shape (height, width, 3)
    number : int
        0 to 999999.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        A copy. The bar covers the lowest eighth of the picture, nine pixels at least.

    Raises
    ------
    ContrechampError
        When the number is no whole number from 0 to 999999.
    """
    number = whole("number", number, 0, 999_999)
    height, width = picture.shape[:2]
    bar = np.full((9, 27), _PAPER, dtype=np.uint8)
    for place, digit in enumerate(f"{number:06d}"):
        write_digit(bar, int(digit), 2, 2 + 4 * place)
    foot = max(9, height // 8)
    rows, columns = np.arange(foot) * 9 // foot, np.arange(width) * 27 // width
    captioned = picture.copy()
    captioned[height - foot :] = bar[rows][:, columns][:, :, None]
    return captioned
