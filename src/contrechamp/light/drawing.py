"""Drawings for a browser: grey pictures and bars as SVG written by code, each with its description in words.

SVG is text, so that a test compares a drawing letter by letter. JupyterLab shows it without its description; the line
"Figure: …" under it, as under every figure of the course, is for all readers.
"""

import html
from collections.abc import Mapping, Sequence
from typing import Any

from contrechamp import language
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _
from contrechamp.lesson.figures import BLUE, GREY, INK, describe, publish
from contrechamp.lesson.lines import wrap
from contrechamp.light.pictures import Grid
from contrechamp.light.tables import require

_WIDTH, _GAP, _HEAD, _EDGE = 700, 16, 26, 4  # pixels
_LARGEST = 224  # pixels of a picture's width, twice that where it stands alone
_ROW, _BAR, _LETTER = 34, 20, 7.6  # pixels: height of a row, of its bar; mean width of a letter at 14 pixels
_ENDLESS = 10**12  # what a bar stays below: beyond, its number leaves no room, and an endless one has no width


def draw(*pictures: Grid, alt: str, heads: Sequence[str] = (), **values: object) -> None:
    """Show grey pictures side by side, each pixel a square, and under them what they show.

    Parameters
    ----------
    *pictures : list of rows of int, 0 to 255
        One to four pictures.
    alt : str
        The description, 40 characters or more, with its finding; translated, then its ``{name}`` fields are filled.
    heads : sequence of str, optional
        What stands above each picture.
    **values
        What the fields of `alt` stand for.

    Raises
    ------
    ContrechampError
        When a picture is none, or the heads are not as many as the pictures.
    """
    for number, picture in enumerate(pictures, 1):
        _refuse(picture, number)
    if not 1 <= len(pictures) <= 4 or (heads and len(heads) != len(pictures)):
        raise ContrechampError(_("draw(…) shows one to four pictures, with a heading for each of them or for none."))
    most = _LARGEST if len(pictures) > 1 else 2 * _LARGEST
    size = min(most, (_WIDTH - 2 * _EDGE - _GAP * (len(pictures) - 1)) // len(pictures))
    high = max(round(size * len(picture) / len(picture[0])) for picture in pictures)
    top = _HEAD if heads else _EDGE
    parts = []
    for place, picture in enumerate(pictures):
        left = _EDGE + place * (size + _GAP)
        if heads:
            parts.append(_text(left, 18, _(heads[place])))
        parts.append(_squares(picture, left, top, size))
    width = 2 * _EDGE + len(pictures) * size + (len(pictures) - 1) * _GAP
    _show(parts, width, top + high + _EDGE, describe(alt, dict(values)))


def bars(
    rows: Sequence[Mapping[str, Any]], label: str, value: str, *, alt: str, digits: int = 0, **values: object
) -> None:
    """Show a bar for each row, its number beside it, and under them what they show.

    Parameters
    ----------
    rows : sequence of mapping
        One bar a row.
    label, value : str
        Which entry of a row names its bar, and which one is its length (nought or more).
    alt : str
        The description; see `draw`.
    digits : int
        Decimals of the numbers.
    **values
        What the fields of `alt` stand for.

    Raises
    ------
    ContrechampError
        When there is no row, a row lacks one of the two entries, or a length is no finite number from nought up.
    """
    require("bars", rows, (label, value))
    lengths = [row[value] for row in rows if _is_length(row[value])]
    if not rows or len(lengths) < len(rows):
        raise ContrechampError(
            _("bars(…) needs rows whose {name} is a number from nought up, and below {most}.").format(
                name=value, most=language.number(_ENDLESS)
            )
        )
    names = [_(str(row[label])) for row in rows]
    numbers = [
        language.number(round(n, digits), pattern="#,##0" + ("." + "0" * digits if digits else "")) for n in lengths
    ]
    left = min(300, round(max(map(len, names)) * _LETTER) + 12)
    room = _WIDTH - left - round(max(map(len, numbers)) * _LETTER) - 16
    longest = max(*lengths, 1e-9)
    parts = []
    for place, (name, number, length) in enumerate(zip(names, numbers, lengths, strict=True)):
        y, wide = place * _ROW + 8, round(room * length / longest)
        parts.append(_text(left - 8, y + 15, name, anchor="end"))
        parts.append(f'<rect x="{left}" y="{y}" width="{wide}" height="{_BAR}" fill="{BLUE}"/>')
        parts.append(_text(left + wide + 6, y + 15, number))
    _show(parts, _WIDTH, len(names) * _ROW + 8, describe(alt, dict(values)))


def _is_length(found: object) -> bool:
    """Tell whether a bar can be that long: a number, no truth value, neither below nought nor endless."""
    if isinstance(found, bool) or not isinstance(found, int | float):
        return False
    return 0 <= found < _ENDLESS


def _show(parts: list[str], width: int, height: int, description: str) -> None:
    """Publish a drawing on white, as tall and wide as it is, then its description as a line."""
    said = html.escape(description)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="{said}"><title>{said}</title><rect width="{width}" height="{height}" fill="#fff"/>'
        + "".join(parts)
        + "</svg>"
    )
    publish({"image/svg+xml": svg, "text/plain": "<figure>"}, {"image/svg+xml": {"alt": description}})
    print(wrap(_("Figure: {text}").format(text=description)))


def _text(x: int, y: int, words: str, anchor: str = "start") -> str:
    return (
        f'<text x="{x}" y="{y}" font-family="sans-serif" font-size="14" fill="{INK}" text-anchor="{anchor}">'
        f"{html.escape(words)}</text>"
    )


def _squares(picture: Grid, left: int, top: int, size: int) -> str:
    """Write a picture: one path for each grey, in it a rectangle for each run of that grey in a row."""
    runs: dict[int, list[str]] = {}
    for y, row in enumerate(picture):
        x = 0
        while x < len(row):
            end = x
            while end < len(row) and row[end] == row[x]:
                end += 1
            runs.setdefault(row[x], []).append(f"M{x} {y}h{end - x}v1h-{end - x}z")
            x = end
    paths = "".join(f'<path fill="rgb({g},{g},{g})" d="{"".join(d)}"/>' for g, d in sorted(runs.items()))
    wide, high = len(picture[0]), len(picture)
    tall = round(size * high / wide)
    return (
        f'<svg x="{left}" y="{top}" width="{size}" height="{tall}" viewBox="0 0 {wide} {high}" '
        f'shape-rendering="crispEdges">{paths}</svg>'
        f'<rect x="{left}" y="{top}" width="{size}" height="{tall}" fill="none" stroke="{GREY}"/>'
    )


def _refuse(picture: object, number: int) -> None:
    """Refuse what is no picture, naming its place among the arguments."""
    sound = isinstance(picture, list) and picture and all(isinstance(row, list) and row for row in picture)
    if sound:
        assert isinstance(picture, list)
        same = {len(row) for row in picture} == {len(picture[0])}
        if same and all(type(v) is int and 0 <= v <= 255 for row in picture for v in row):
            return
    raise ContrechampError(
        _("draw(…): picture {number} is not a list of equally long rows of whole numbers from 0 to 255.").format(
            number=number
        )
    )
