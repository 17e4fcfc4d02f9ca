"""Two charts that make one point each: bars for amounts, dots with intervals for estimates.

Both take a table and the names of its columns, write values beside the marks instead of a legend, and keep grey for
context and one colour, with bold letters, for the claim. Other figures are drawn with matplotlib inside `style`.
"""

import math
from typing import TYPE_CHECKING, Any

from matplotlib import rc_context

from contrechamp import language
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _
from contrechamp.lesson.figures import BLUE, GREY, INK, style
from contrechamp.lesson.rows import Rows
from contrechamp.lesson.tables import as_frame, column

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_NBSP = "\u00a0"
_THICK = 0.3  # inches, of a bar


def bars(
    frame: "pd.DataFrame",
    value: str,
    label: str | None = None,
    highlight: Any = None,
    *,
    title: str,
    unit: str = "",
    xlabel: str = "",
    scale: str = "linear",
    pattern: str | None = None,
) -> "Figure":
    """Draw horizontal bars, one a row, in the order of the table, each with its value at its end.

    Parameters
    ----------
    frame : pandas.DataFrame or pandas.Series
    value : str
        Column of numbers. A missing number draws no bar and says so.
    label : str, optional
        Column of texts, translated where the catalogue knows them; the index when left out.
    highlight : text or list of texts, optional
        Labels of the rows that carry the claim: blue and bold. The others are grey.
    title : str
        The finding, as a sentence. Translated by the catalogue.
    unit : str
        Written after each value, ``"%"`` or a word.
    xlabel : str
        What the axis measures.
    scale : {"linear", "log"}
        A logarithmic axis says so, and needs values above zero.
    pattern : str, optional
        Number pattern of Babel for the values, such as ``"0.0"``.

    Returns
    -------
    matplotlib.figure.Figure
        700 pixels wide; as high as its rows need.

    Raises
    ------
    ContrechampError
        When a column is missing, is of the wrong kind, or has no value.
    """
    frame = as_frame(frame, "bars")
    numbers = _numbers(frame, value, "bars")
    labels, strong = _labels(frame, label, highlight, "bars")
    _check_scale("bars", scale, {value: numbers})
    texts = [_amount(number, unit, pattern) if math.isfinite(number) else _("no figure") for number in numbers]
    with style(), rc_context({"text.parse_math": False}):  # a dollar in a title is a dollar
        rows = Rows(labels, strong, title, scale)
        start = _log_start(numbers) if scale == "log" else 0.0
        ends = [number if math.isfinite(number) else start for number in numbers]
        for place, number, end, bold in zip(rows.places, numbers, ends, strong, strict=True):
            if math.isfinite(number):
                colour = BLUE if bold or not any(strong) else GREY
                rows.ax.barh(place, end - start, left=start, height=_THICK, color=colour, linewidth=0)
        rows.write_at_ends(ends, texts, start)
        if scale == "linear":
            rows.ax.axvline(0, color=INK, linewidth=1.5)
        rows.write_axis(_(xlabel) if xlabel else "")
    return rows.figure


def intervals(
    frame: "pd.DataFrame",
    value: str,
    low: str,
    high: str,
    label: str | None = None,
    reference: float | tuple[float, str] | None = None,
    *,
    title: str,
    highlight: Any = None,
    unit: str = "",
    xlabel: str = "",
    scale: str = "linear",
    pattern: str | None = None,
) -> "Figure":
    """Draw one dot with its 95 % interval a row, in the order of the table; the numbers stand on the right.

    A row whose interval is missing gets a hollow dot and says that it has none.

    Parameters
    ----------
    frame : pandas.DataFrame
    value, low, high : str
        Columns of numbers: the estimate, the lower and the upper end of its interval.
    label : str, optional
        Column of texts, translated where the catalogue knows them; the index when left out.
    reference : float or (float, str), optional
        Where a dashed line is drawn, and what is written at its top, for example ``(50, _("chance"))``.
    title, highlight, unit, xlabel, scale, pattern
        As in `bars`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ContrechampError
        When a column is missing or of the wrong kind, or an interval does not hold its estimate.
    """
    frame = as_frame(frame, "intervals")
    dots, lows, highs = (_numbers(frame, name, "intervals") for name in (value, low, high))
    labels, strong = _labels(frame, label, highlight, "intervals")
    _check_intervals(labels, dots, lows, highs)
    _check_scale("intervals", scale, {value: dots, low: lows, high: highs})
    with style(), rc_context({"text.parse_math": False}):  # a dollar in a title is a dollar
        rows = Rows(labels, strong, title, scale)
        for place, dot, left, right, bold in zip(rows.places, dots, lows, highs, strong, strict=True):
            known = math.isfinite(left) and math.isfinite(right)
            colour = BLUE if bold or not any(strong) else GREY
            if known:
                rows.ax.plot([left, right], [place, place], color=colour, linewidth=2.5, linestyle="-")
            if math.isfinite(dot):
                rows.ax.plot(dot, place, "o", markersize=9, color=colour, markerfacecolor=colour if known else "white")
        ends = zip(dots, lows, highs, strict=True)
        rows.write_on_the_right([_estimate(dot, left, right, unit, pattern) for dot, left, right in ends])
        if reference is not None:
            rows.draw_reference(*_reference(reference))
        rows.write_axis(_(xlabel) if xlabel else "")
    return rows.figure


def _numbers(frame: "pd.DataFrame", name: str, caller: str) -> list[float]:
    import pandas as pd

    values = column(frame, name, caller)
    if pd.api.types.is_bool_dtype(values) or not pd.api.types.is_numeric_dtype(values):
        raise ContrechampError(_("{caller}(…): the column {name} holds no numbers.").format(caller=caller, name=name))
    numbers = values.to_numpy(dtype=float, na_value=math.nan).tolist()
    if not any(math.isfinite(number) for number in numbers) or any(math.isinf(number) for number in numbers):
        raise ContrechampError(
            _("{caller}(…): the column {name} is empty or holds an infinite number.").format(caller=caller, name=name)
        )
    return numbers


def _labels(frame: "pd.DataFrame", name: str | None, highlight: Any, caller: str) -> tuple[list[str], list[bool]]:
    source = list(frame.index) if name is None else column(frame, name, caller).tolist()
    chosen = [] if highlight is None else list(highlight) if isinstance(highlight, list | tuple | set) else [highlight]
    for wanted in chosen:
        if wanted not in source:
            raise ContrechampError(
                _("{caller}(…): no row is labelled {label}, so it cannot be highlighted.").format(
                    caller=caller, label=wanted
                )
            )
    return [_(str(text)) if str(text) else "" for text in source], [text in chosen for text in source]


def _check_scale(caller: str, scale: str, columns: dict[str, list[float]]) -> None:
    if scale not in ("linear", "log"):
        raise ContrechampError(
            _('{caller}(…): the scale {scale} is unknown; use "linear" or "log".').format(
                caller=caller, scale=repr(scale)
            )
        )
    for name, numbers in columns.items():
        if scale == "log" and any(number <= 0 for number in numbers):
            raise ContrechampError(
                _("{caller}(…): a logarithmic scale needs numbers above zero in the column {name}.").format(
                    caller=caller, name=name
                )
            )


def _log_start(numbers: list[float]) -> float:
    """Return the power of ten below all numbers, where bars on a logarithmic axis begin."""
    return 10.0 ** (math.ceil(math.log10(min(number for number in numbers if number > 0))) - 1)


def _check_intervals(labels: list[str], dots: list[float], lows: list[float], highs: list[float]) -> None:
    for text, dot, left, right in zip(labels, dots, lows, highs, strict=True):
        if left > dot or right < dot or left > right:  # comparisons with a missing number are false
            raise ContrechampError(
                _("intervals(…): in the row {label}, the interval does not hold its estimate.").format(label=text)
            )


def _amount(number: float, unit: str, pattern: str | None) -> str:
    text = language.number(number, pattern=pattern)
    return f"{text}{_NBSP}{_(unit)}" if unit else text


def _estimate(dot: float, left: float, right: float, unit: str, pattern: str | None) -> str:
    if not math.isfinite(dot):
        return _("no figure")
    amount = _amount(dot, unit, pattern)
    if not (math.isfinite(left) and math.isfinite(right)):
        return _("{amount}, no interval").format(amount=amount)
    ends = [language.number(end, pattern=pattern) for end in (left, right)]
    return _("{amount} [{low}, {high}]").format(amount=amount, low=ends[0], high=ends[1])


def _reference(reference: Any) -> tuple[float, str]:
    place, text = reference if isinstance(reference, tuple) and len(reference) == 2 else (reference, "")
    if isinstance(place, bool) or not isinstance(place, int | float) or not math.isfinite(place):
        raise ContrechampError(_("intervals(…): the reference is a number, or a number and its name."))
    return place, _(text) if text else language.number(place)
