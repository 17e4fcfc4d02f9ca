"""The range of a number that a reader gives to a model: refused outside it, with a sentence that names the number."""

import math
from typing import Any

import numpy as np

from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _


def check_number(name: str, value: Any, low: float, high: float) -> None:
    """Refuse a value of a model that is no finite number from `low` to `high`; the sentence names it.

    Parameters
    ----------
    name : str
        What the reader calls the value.
    value : object
        True and False are no numbers here; NumPy's numbers are.
    low, high : float
        Both included.

    Raises
    ------
    ContrechampError
        When it is none.
    """
    plain = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not plain or not math.isfinite(value) or not low <= value <= high:
        raise ContrechampError(
            _("{name} is {value}, and must be a number from {low} to {high}.").format(
                name=name, value=repr(value), low=f"{low:g}", high=f"{high:g}"
            )
        )


def check_whole(name: str, value: Any, low: int, high: int) -> None:
    """Refuse a value of a model that is no whole number from `low` to `high`; the sentence names it.

    Parameters
    ----------
    name : str
        What the reader calls the value; of a ``clock`` the sentence says that None is possible too.
    value : object
        True and False are no numbers here; NumPy's whole numbers are, 2.0 is not.
    low, high : int
        Both included.

    Raises
    ------
    ContrechampError
        When it is none.
    """
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or not low <= value <= high:
        also = _(" (or None: no clock)") if name == "clock" else ""
        raise ContrechampError(
            _("{name} is {value}, and must be a whole number from {low} to {high}{also}.").format(
                name=name, value=repr(value), low=low, high=high, also=also
            )
        )
