"""Sheets of small pictures and of clouds of points: several of one kind, side by side, under one finding.

Pictures are enlarged without smoothing, so that each pixel stays a square.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _
from contrechamp.lesson.figures import BLUE, DPI, GREY, WIDTH, style
from contrechamp.lesson.rows import wrap

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MARGIN, _NAMES, _GAP = 0.1, 1.55, 0.06  # inches: around, for the names of rows, between pictures
_LINE, _HEADING_LINE = 0.24, 0.27  # inches
_HIGHEST, _LARGEST = 14.0, 1.3  # inches: of a sheet, of a picture


def pictures(
    arrays: Sequence[Any], labels: Sequence[str] | None = None, *, title: str, heads: Sequence[str] | None = None
) -> "Figure":
    """Draw rows of small pictures, each row with its name on the left.

    Parameters
    ----------
    arrays : sequence of rows
        A row is a sequence of pictures of one size: square ones as flat rows of numbers, or arrays of shape
        (height, width) or (height, width, 3). Whole numbers of 8 bits run from 0 to 255, others from -1 (black) to 1.
        Rows may differ in length.
    labels : sequence of str, optional
        One name a row, translated where the catalogue knows it.
    title : str
        The finding, as a sentence. Translated by the catalogue.
    heads : sequence of str, optional
        What stands above each column.

    Returns
    -------
    matplotlib.figure.Figure
        700 pixels wide.

    Raises
    ------
    ContrechampError
        When there is no picture, one has another size or form, or the names do not match.
    """
    from matplotlib.figure import Figure

    rows = [[_picture(picture) for picture in row] for row in arrays]
    _check_sheet(rows, labels, title, heads)
    columns = max(len(row) for row in rows)
    left = _MARGIN + (_NAMES if labels else 0)
    cell = min(_LARGEST, (WIDTH - left - _MARGIN) / columns)
    height = cell * rows[0][0].shape[0] / rows[0][0].shape[1]
    with style():
        heading = wrap(_(title), WIDTH - 0.3, 13, bold=True)
        top = 0.15 + _HEADING_LINE * (heading.count("\n") + 1) + (_LINE + 0.05 if heads else 0)
        total = top + len(rows) * height + _MARGIN
        if total > _HIGHEST:
            raise ContrechampError(
                _("This sheet would be {inches} inches high; show fewer rows.").format(inches=round(total))
            )
        figure = Figure(figsize=(WIDTH, round(total, 2)), dpi=DPI)
        figure.set_layout_engine("none")  # everything is placed in inches below
        total = figure.get_figheight()
        figure.suptitle(heading, x=0.1 / WIDTH, y=1 - 0.08 / total, ha="left", va="top", linespacing=1.25)
        for column, head in enumerate(heads or []):
            figure.text((left + (column + 0.5) * cell) / WIDTH, 1 - (top - 0.05) / total, _(head), ha="center")
        for place, row in enumerate(rows):
            bottom = total - top - (place + 1) * height
            if labels:
                name = wrap(_(labels[place]), _NAMES - 0.1, 11.5)
                figure.text(_MARGIN / WIDTH, (bottom + height / 2) / total, name, va="center", linespacing=1.2)
            for column, picture in enumerate(row):
                box = (left + column * cell, bottom + _GAP / 2, cell - _GAP, height - _GAP)
                ax = figure.add_axes((box[0] / WIDTH, box[1] / total, box[2] / WIDTH, box[3] / total))
                ax.imshow(picture, cmap="gray", vmin=0, vmax=1, interpolation="nearest", aspect="auto")
                ax.set_axis_off()
    return figure


def clouds(panels: Sequence[Any], labels: Sequence[str], *, title: str, context: Any = None) -> "Figure":
    """Draw clouds of points of the plane side by side, to one scale.

    Parameters
    ----------
    panels : sequence of arrays of shape (n, 2)
        One to four.
    labels : sequence of str
        What stands above each panel; translated where the catalogue knows it.
    title : str
        The finding, as a sentence. Translated by the catalogue.
    context : array of shape (m, 2), optional
        Points drawn in grey, as small crosses, behind each cloud.

    Returns
    -------
    matplotlib.figure.Figure
        700 pixels wide.

    Raises
    ------
    ContrechampError
        When there are no or too many panels, or one holds no points of the plane.
    """
    from matplotlib.figure import Figure

    behind = [] if context is None else [context]
    arrays = [np.asarray(panel) for panel in [*panels, *behind]]
    if not 1 <= len(panels) <= 4 or len(labels) != len(panels):
        raise ContrechampError(_("clouds(…) draws one to four panels, each with one label."))
    if any(array.ndim != 2 or array.shape[1] != 2 or not np.isfinite(array).all() for array in arrays):
        raise ContrechampError(_("clouds(…) needs points of the plane: finite numbers in two columns."))
    _check_title(title)
    with style():
        heading = wrap(_(title), WIDTH - 0.3, 13, bold=True)
        figure = Figure(figsize=(WIDTH, round(2.35 + _HEADING_LINE * heading.count("\n"), 2)), dpi=DPI)
        figure.suptitle(heading, x=0.1 / WIDTH, ha="left", linespacing=1.25)
        axes = figure.subplots(1, len(panels), sharex=True, sharey=True, squeeze=False)[0]
        for ax, cloud, label in zip(axes, arrays, labels, strict=False):
            if context is not None:
                ax.plot(*arrays[-1].T, "x", color=GREY, markersize=4, markeredgewidth=0.8)
            ax.plot(*cloud.T, "o", color=BLUE, markersize=2, markeredgewidth=0)
            ax.set_title(_(label), fontsize=11.5, fontweight="normal", loc="center")
            ax.set(xlim=(-3, 3), ylim=(-3, 3), aspect="equal", xticks=[-2, 0, 2], yticks=[-2, 0, 2])
    return figure


def _picture(values: Any) -> np.ndarray:
    """Return a picture as numbers from 0 to 1, or say that it is none."""
    array = np.asarray(values)
    if array.ndim == 1 and array.size and round(array.size**0.5) ** 2 == array.size:
        array = array.reshape(round(array.size**0.5), -1)
    good = array.size and (array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 3))
    if not good or array.dtype.kind not in "uif" or not np.isfinite(array).all():
        raise ContrechampError(
            _(
                "pictures(…) needs pictures of finite numbers, (height, width) or (height, width, 3); one has {shape}."
            ).format(shape=array.shape)
        )
    return array / 255 if array.dtype == np.uint8 else np.clip((array.astype(float) + 1) / 2, 0, 1)


def _check_sheet(rows: list[list[np.ndarray]], labels: Any, title: Any, heads: Any) -> None:
    if not rows or not all(rows) or len({picture.shape[:2] for row in rows for picture in row}) != 1:
        raise ContrechampError(_("pictures(…) needs rows with at least one picture each, all of one size."))
    if labels is not None and len(labels) != len(rows):
        raise ContrechampError(
            _("pictures(…) was given {rows} rows and {labels} labels: one label a row.").format(
                rows=len(rows), labels=len(labels)
            )
        )
    if heads is not None and len(heads) > max(len(row) for row in rows):
        raise ContrechampError(_("pictures(…) was given more column heads than columns."))
    _check_title(title)


def _check_title(title: Any) -> None:
    if not isinstance(title, str) or not title.strip():
        raise ContrechampError(_("This figure has no title. Give it one that states the finding: title=…"))
