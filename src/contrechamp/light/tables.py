"""Tables for reading, from a list of rows: headings and words in the reader's language, numbers with a point.

It does for plain dictionaries what `contrechamp.lesson.table` does for DataFrames.
"""

import datetime
import html
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _

MISSING = "–"
_WIDEST = 36  # signs of a column of words; longer texts go on in the next line


@dataclass(frozen=True)
class Table:
    """A table as it is shown.

    Attributes
    ----------
    heads : list of str
    cells : list of list of str
        Row by row, as many as `heads` in each.
    numeric : list of bool
        Which columns stand on the right.
    """

    heads: list[str]
    cells: list[list[str]]
    numeric: list[bool]

    def __repr__(self) -> str:
        lines = []
        for row in [self.heads, *self.cells]:
            lines += _lines(row, self._widths(), self.numeric)
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        sides = ["right" if number else "left" for number in self.numeric]
        head = "".join(
            f'<th scope="col" style="text-align: {side}">{html.escape(name)}</th>'
            for name, side in zip(self.heads, sides, strict=True)
        )
        body = [
            "<tr>"
            + "".join(
                f'<td style="text-align: {side}">{html.escape(cell)}</td>'
                for cell, side in zip(row, sides, strict=True)
            )
            + "</tr>"
            for row in self.cells
        ]
        rows = "\n".join(body)
        return f'<table class="dataframe">\n<thead>\n<tr>{head}</tr>\n</thead>\n<tbody>\n{rows}\n</tbody>\n</table>'

    def _widths(self) -> list[int]:
        columns = zip(self.heads, *self.cells, strict=True)
        return [min(_WIDEST, max(len(cell) for cell in column)) for column in columns]


def require(caller: str, rows: Sequence[Mapping[str, Any]], columns: Iterable[str]) -> None:
    """Refuse rows of which one lacks a column, naming the function that was called, the row and what it has instead.

    Parameters
    ----------
    caller : str
        Name of the function that asks, for the message.
    rows : sequence of mapping
    columns : iterable of str
        Each must be in every row.

    Raises
    ------
    ContrechampError
        For the first column that a row lacks.
    """
    for name in columns:
        lacking = [place for place, row in enumerate(rows, 1) if name not in row]
        if lacking:
            raise ContrechampError(
                _("{caller}(…): row {row} has no column {name}. It has: {columns}.").format(
                    caller=caller, row=lacking[0], name=name, columns=", ".join(map(str, rows[lacking[0] - 1]))
                )
            )


def table(rows: Iterable[Mapping[str, Any]], /, *, digits: int = 1, **headings: str) -> Table:
    """Return a table for reading.

    Parameters
    ----------
    rows : iterable of mapping
        One mapping a row, such as ``{"clock": "24 h", "copies": 31.2}``.
    digits : int
        Decimals of numbers with a point; whole numbers show none.
    **headings
        ``column="Heading"``: the columns shown, in this order, under these headings.

    Returns
    -------
    Table
        Words translated where the catalogue knows them; what is missing is shown as a dash.

    Raises
    ------
    ContrechampError
        When no column is named, or a row lacks one.

    Examples
    --------
    >>> table([{"clock": "2 h", "copies": 12.34}, {"clock": "none", "copies": 40}], clock="Clock", copies="Copies")
    Clock  Copies
    2 h      12.3
    none       40
    """
    rows = list(rows)
    if not headings or not all(isinstance(row, Mapping) for row in rows):
        raise ContrechampError(_('table(…) needs rows, and for each column its heading: table(rows, copies="Copies").'))
    require("table", rows, headings)
    values = [[row[name] for name in headings] for row in rows]
    numeric = [
        all(_is_number(row[place]) or row[place] is None for row in values)
        and any(_is_number(row[place]) for row in values)
        for place in range(len(headings))
    ]
    return Table(
        [_(head) for head in headings.values()], [[_written(v, digits) for v in row] for row in values], numeric
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _written(value: object, digits: int) -> str:
    if value is None or value == "":
        return MISSING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return f"{value:.{digits}f}"
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ", "minutes")
    return _(value) if isinstance(value, str) else str(value)


def _lines(row: list[str], widths: list[int], numeric: list[bool]) -> list[str]:
    """Write one row; a text that is longer than its column goes on below."""
    parts = [
        textwrap.wrap(cell, width, break_on_hyphens=False) or [""] for cell, width in zip(row, widths, strict=True)
    ]
    lines = []
    for line in range(max(map(len, parts))):
        cells = [part[line] if line < len(part) else "" for part in parts]
        sides = zip(cells, widths, numeric, strict=True)
        lines.append("  ".join(c.rjust(w) if number else c.ljust(w) for c, w, number in sides).rstrip())
    return lines
