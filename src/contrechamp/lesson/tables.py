"""Tables for reading: chosen columns, headings and words in the reader's language, rounded numbers."""

import html
import math
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from contrechamp import language
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd

MISSING = "–"


def table(frame: "pd.DataFrame", /, *, digits: int | Mapping[str, int] = 1, **headings: str) -> "pd.DataFrame":
    """Return a table for reading; the numbers stay numbers, written with a decimal point as code writes them.

    Parameters
    ----------
    frame : pandas.DataFrame or pandas.Series
    digits : int or mapping of column name to int
        Decimals kept. Columns of whole numbers show none.
    **headings
        ``column="Heading"``: the columns shown, in this order, under these headings. A level of the index may be named
        like a column. Named columns: the rows are numbered from one. No column named: all columns and the index.

    Returns
    -------
    pandas.DataFrame
        Headings and texts translated where the catalogue knows them; a missing value is shown as a dash.

    Raises
    ------
    ContrechampError
        When `frame` is no table or has no such column.
    """
    import pandas as pd

    frame = as_frame(frame, "table")
    lang = language.current()
    if headings:
        source = pd.DataFrame({name: column(frame, name, "table") for name in headings})
        source.index = pd.RangeIndex(1, len(source) + 1)
    else:
        source = frame
    decimals = digits if isinstance(digits, Mapping) else dict.fromkeys(source.columns, digits)
    columns = [source.iloc[:, place] for place in range(source.shape[1])]
    shown = [_readable(values, decimals.get(values.name, 1), lang) for values in columns]
    out = pd.concat(shown, axis="columns") if shown else source.copy()
    heads = [headings.get(name, name) for name in source.columns]
    out.columns = pd.Index([_(head, lang) if isinstance(head, str) and head else head for head in heads])
    return _reading_table(out)


def _reading_table(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Return `frame` as a DataFrame that shows all of every text; pandas cuts at 50 letters and hides columns."""
    return _class()(frame)


@cache
def _class() -> type:
    import pandas as pd

    class ReadingTable(pd.DataFrame):
        """A DataFrame shown in full, texts on the left, with headings marked for screen readers.

        What is computed from it is an ordinary DataFrame again.
        """

        @property
        def _constructor(self) -> type[pd.DataFrame]:
            return pd.DataFrame

        def __repr__(self) -> str:
            return self.to_string(max_colwidth=None)

        def _repr_html_(self) -> str:
            return _html(self)

    return ReadingTable


def _html(frame: "pd.DataFrame") -> str:
    """Write a table as HTML: a heading for each column and each row, words to the left, numbers to the right."""
    import pandas as pd

    words = [
        not pd.api.types.is_numeric_dtype(kind) and _wordy(frame.iloc[:, place])
        for place, kind in enumerate(frame.dtypes)
    ]
    sides = ["left" if wordy else "right" for wordy in words]
    cells = [_written(frame.iloc[:, place]) for place in range(frame.shape[1])]
    heads = "".join(
        f'<th scope="col" style="text-align: {side}">{html.escape(str(head))}</th>'
        for head, side in zip(frame.columns, sides, strict=True)
    )
    lines = [f"<tr><td></td>{heads}</tr>"]
    for row, label in enumerate(frame.index):
        body = "".join(
            f'<td style="text-align: {side}">{html.escape(column[row])}</td>'
            for column, side in zip(cells, sides, strict=True)
        )
        lines.append(f'<tr><th scope="row">{html.escape(str(label))}</th>{body}</tr>')
    head, body = lines[0], "\n".join(lines[1:])
    return f'<table class="dataframe">\n<thead>\n{head}\n</thead>\n<tbody>\n{body}\n</tbody>\n</table>'


def _wordy(values: "pd.Series") -> bool:
    return any(isinstance(value, str) and value != MISSING for value in values)


def _written(values: "pd.Series") -> list[str]:
    """Write the values of a column; numbers with a point get the same number of decimals."""
    cells = values.tolist()  # Python's numbers: records hold NumPy's, whose repr is not what they read like
    floats = [value for value in cells if isinstance(value, float) and math.isfinite(value)]
    places = max((len(repr(value).partition(".")[2]) for value in floats if "e" not in repr(value)), default=0)
    return [
        f"{value:.{places}f}"
        if isinstance(value, float) and math.isfinite(value) and "e" not in repr(value)
        else str(value)
        for value in cells
    ]


def as_frame(frame: Any, caller: str) -> "pd.DataFrame":
    """Return what a student gave as a DataFrame.

    Parameters
    ----------
    frame : object
        A DataFrame is returned as it is; a Series becomes one column, named ``value`` when it has no name.
    caller : str
        Name of the function that asks, for the message.

    Returns
    -------
    DataFrame

    Raises
    ------
    ContrechampError
        When it is neither.
    """
    import pandas as pd

    if isinstance(frame, pd.Series):
        return frame.to_frame(frame.name if frame.name is not None else "value")
    if not isinstance(frame, pd.DataFrame):
        raise ContrechampError(
            _("{caller}(…) needs a table (a pandas DataFrame), and got a value of type {type}.").format(
                caller=caller, type=type(frame).__name__
            )
        )
    return frame


def column(frame: "pd.DataFrame", name: Any, caller: str) -> "pd.Series":
    """Return a column of a table, or a level of its index of that name.

    Parameters
    ----------
    frame : DataFrame
    name : object
        Name of the column.
    caller : str
        Name of the function that asks, for the message.

    Returns
    -------
    Series
        Numbered from zero.

    Raises
    ------
    ContrechampError
        When there is no such column, or more than one; the message lists those that exist.
    """
    import pandas as pd

    if name in frame.columns:
        found = frame[name]
        if isinstance(found, pd.DataFrame):
            raise ContrechampError(
                _("{caller}(…): the table has more than one column named {name}.").format(caller=caller, name=name)
            )
        return found.reset_index(drop=True)
    if name in frame.index.names:
        return pd.Series(frame.index.get_level_values(name).to_numpy(), name=name)
    raise ContrechampError(
        _("{caller}(…): the table has no column {name}. Its columns are: {columns}.").format(
            caller=caller, name=name, columns=", ".join(str(known) for known in frame.columns)
        )
    )


def _readable(values: "pd.Series", digits: int, lang: str) -> "pd.Series":
    """Round, translate, and show what is missing as a dash."""
    import pandas as pd

    missing = values.isna()
    if pd.api.types.is_bool_dtype(values):
        out = values.map({True: _("yes", lang), False: _("no", lang)}).astype(object)
    elif pd.api.types.is_numeric_dtype(values):
        known = values[~missing].astype(float)
        whole = bool((known.abs() < 2**53).all()) and (digits == 0 or bool((known % 1 == 0).all()))
        if not missing.any():
            return values.round().astype("int64") if whole else values.round(digits)
        # Whole numbers beside a dash stay whole; a column of floats would write 42.0.
        numbers = [round(float(number), None if whole else digits) if here else MISSING
                   for number, here in zip(values, ~missing, strict=True)]  # fmt: skip
        return pd.Series(numbers, index=values.index, name=values.name, dtype=object)
    elif pd.api.types.is_datetime64_any_dtype(values) and (values.dropna() == values.dropna().dt.normalize()).all():
        out = values.dt.strftime("%Y-%m-%d").astype(object)  # a day has no hour
    else:
        out = values.map(lambda text: _(text, lang) if isinstance(text, str) and text else text).astype(object)
    return out.where(~missing, MISSING)
