"""A grid of states: which of many rows (places, rules) is in which state for each of a few columns.

A state has a colour and a sign, so that it is never told by colour alone. A cell without a value is hatched and bears a
question mark: unknown is a state of our knowledge, not a weak form of "no". Numbers belong in `bars` or a table.
"""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _
from contrechamp.lesson.figures import BLUE, DPI, GREY, INK, WIDTH, style
from contrechamp.lesson.rows import text_width, wrap
from contrechamp.lesson.tables import as_frame

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARGIN, _NAMES, _ROW, _LINE, _HEADING_LINE = 0.1, 2.0, 0.28, 0.24, 0.27  # inches
_LETTERS, _LEAN = 11, 35  # points; degrees by which the names of columns lean when they are too wide
_HIGHEST = 14.0  # inches
_UNKNOWN = "?"
# Fill, colour of the sign, sign: strongest state first. The sign has 4.5:1 and more against its fill.
_LOOKS = [(BLUE, "white", "●"), ("#BFDCEE", INK, "◐"), ("#F9E3D2", INK, "○")]


def grid(frame: "pd.DataFrame", states: Mapping[str, str], *, title: str, unknown: str = "") -> "Figure":
    """Draw a grid with one cell for each row and column of a table of states.

    Parameters
    ----------
    frame : pandas.DataFrame
        Texts that are keys of `states`, or missing; the index names the rows, the columns their heads. Both are
        translated where the catalogue knows them.
    states : mapping of str to str
        One to three states, the strongest first, and what the key of the figure says of each.
    title : str
        The finding, as a sentence. Translated by the catalogue.
    unknown : str
        What the key says of hatched cells; left out when no value is missing.

    Returns
    -------
    matplotlib.figure.Figure
        700 pixels wide; as high as its rows need.

    Raises
    ------
    ContrechampError
        When the table is empty or too high, holds a value that is no state, or the title is missing.
    """
    from matplotlib.figure import Figure

    frame = as_frame(frame, "grid")
    cells = _cells(frame, states)
    if not isinstance(title, str) or not title.strip():
        raise ContrechampError(_("This figure has no title. Give it one that states the finding: title=…"))
    with style():
        heading = wrap(_(title), WIDTH - 0.3, 13, bold=True)
        key = [(*_LOOKS[place], _(text)) for place, text in enumerate(states.values())]
        if any(cell is None for row in cells for cell in row):
            key.append(("white", INK, _UNKNOWN, _(unknown) if unknown else _("unknown")))
        heads = _Heads([_(str(head)) for head in frame.columns])
        below = 0.15 + _HEADING_LINE * (heading.count("\n") + 1)  # the heading
        top = below + _LINE * len(key) + 0.12 + heads.height
        total = top + _ROW * len(cells) + _MARGIN
        if total > _HIGHEST:
            raise ContrechampError(
                _("This grid would be {inches} inches high; show fewer rows.").format(inches=round(total))
            )
        figure = Figure(figsize=(WIDTH, round(total, 2)), dpi=DPI)
        figure.set_layout_engine("none")  # everything is placed in inches below
        total = figure.get_figheight()
        figure.suptitle(heading, x=0.1 / WIDTH, y=1 - 0.08 / total, ha="left", va="top", linespacing=1.25)
        ax = figure.add_axes((0, 0, 1, 1))  # inches, from the top: one scale for cells, names and key
        ax.set(xlim=(0, WIDTH), ylim=(total, 0))
        ax.set_axis_off()
        for place, (fill, ink, sign, text) in enumerate(key):
            _cell(ax, (_MARGIN, below + place * _LINE), (0.3, _LINE - 0.03), (fill, ink, sign))
            ax.text(_MARGIN + 0.4, below + (place + 0.45) * _LINE, text, va="center", fontsize=_LETTERS)
        heads.write(ax, top - 0.06)
        for place, (name, row) in enumerate(zip(frame.index, cells, strict=True)):
            upper = top + place * _ROW
            ax.text(_MARGIN, upper + _ROW / 2, _(str(name)), va="center", fontsize=_LETTERS)
            for column, cell in enumerate(row):
                look = ("white", INK, _UNKNOWN) if cell is None else _LOOKS[list(states).index(cell)]
                _cell(ax, (_NAMES + column * heads.width, upper), (heads.width - 0.03, _ROW - 0.03), look)
    return figure


class _Heads:
    """The names of the columns: upright when each word fits its column, leaning when one does not."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts
        self.width = (WIDTH - _NAMES - _MARGIN) / len(texts)  # inches, of a column
        self.lean = any(text_width(word, _LETTERS) > (self.width - 0.06) * DPI for t in texts for word in t.split(" "))
        if self.lean:
            longest = max(text_width(text, _LETTERS) for text in texts) / DPI
            self.height = longest * math.sin(math.radians(_LEAN)) + _LINE
        else:
            self.texts = [wrap(text, self.width - 0.06, _LETTERS) for text in texts]
            self.height = _LINE * max(text.count("\n") + 1 for text in self.texts)

    def write(self, ax: "Axes", bottom: float) -> None:
        """Write the names above `bottom` (inches from the top of the figure)."""
        for column, text in enumerate(self.texts):
            middle = _NAMES + (column + 0.5) * self.width
            if self.lean:  # from right above its column up to the left, where there is room over the names of rows
                ax.text(middle + 0.12, bottom, text, fontsize=_LETTERS, rotation=-_LEAN, rotation_mode="anchor",
                        ha="right", va="bottom")  # fmt: skip
            else:
                ax.text(middle, bottom, text, fontsize=_LETTERS, ha="center", va="bottom")


def _cell(ax: "Axes", corner: tuple[float, float], size: tuple[float, float], look: tuple[str, str, str]) -> None:
    """Draw one cell: its fill, hatched when unknown, and its sign on a plain ground."""
    from matplotlib.patches import Rectangle

    fill, ink, sign = look
    unknown = sign == _UNKNOWN
    ax.add_patch(
        Rectangle(corner, *size, facecolor=fill, edgecolor=GREY, linewidth=0.6, hatch="////" if unknown else None)
    )
    ax.text(
        corner[0] + size[0] / 2,
        corner[1] + size[1] / 2,
        sign,
        ha="center",
        va="center",
        fontsize=_LETTERS,
        color=ink,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8} if unknown else None,
    )


def _cells(frame: "pd.DataFrame", states: Mapping[str, str]) -> list[list[str | None]]:
    """Return the states row by row, None where unknown; or say what is wrong with the table."""
    if frame.empty:
        raise ContrechampError(_("grid(…) needs a table with at least one row and one column."))
    if not 1 <= len(states) <= len(_LOOKS):
        raise ContrechampError(
            _("grid(…) shows one to {most} states, and was given {count}.").format(most=len(_LOOKS), count=len(states))
        )
    missing = frame.isna().to_numpy().tolist()
    values: list[list[Any]] = frame.astype(object).to_numpy().tolist()
    for row in range(len(values)):
        for column, value in enumerate(values[row]):
            if missing[row][column]:
                values[row][column] = None
            elif value not in states:
                raise ContrechampError(
                    _("grid(…): {value} in the row {row} is none of the states {states}.").format(
                        value=repr(value), row=frame.index[row], states=", ".join(states)
                    )
                )
    return values
