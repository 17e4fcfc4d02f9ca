"""Publishing a figure that prose quotes: the cell computes it, the text refers to it by name."""

import json
import math
import re
from typing import Any

from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _

MIME = "application/vnd.contrechamp.result+json"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_DIGITS = 6  # significant digits: what survives a change of machine, and more than any prose needs


def result(name: str, value: Any) -> None:
    """Publish a number under a name, so that prose can quote it as ``{{ result:NN.name }}``.

    Parameters
    ----------
    name : str
        Small letters, digits and underscores, a letter first.
    value : int or float, or a NumPy scalar
        Finite. Floats are published with six significant digits.

    Raises
    ------
    ContrechampError
        When the name or the value does not fit.
    """
    from contrechamp.lesson.figures import publish

    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ContrechampError(
            _(
                "result(…) cannot take the name {name}: a name has small letters, digits and underscores, and begins "
                "with a letter, as in share_known."
            ).format(name=repr(name))
        )
    number = publishable(name, value)
    line = f"{name} = {json.dumps(number)}"
    if not publish({MIME: {"name": name, "value": number}, "text/plain": line}):
        print(line)


def publishable(name: str, value: Any) -> int | float:
    """Return the number that is published for a value.

    Parameters
    ----------
    name : str
        Of the result, for the message.
    value : int or float, or a NumPy or pandas holder of one number

    Returns
    -------
    int or float
        A float has six significant digits; minus zero becomes zero.

    Raises
    ------
    ContrechampError
        When it is no number, a truth value, or not finite.

    Examples
    --------
    >>> publishable("rise", 2 / 3)
    0.666667
    """
    if type(value).__module__.split(".")[0] in ("numpy", "pandas") and getattr(value, "size", 1) == 1:
        item = getattr(value, "item", None)
        value = item() if item else value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ContrechampError(
            _("result({name}, …) publishes one number, and got a value of type {type}.").format(
                name=repr(name), type=type(value).__name__
            )
        )
    if isinstance(value, int):
        return int(value)
    if not math.isfinite(value):
        raise ContrechampError(
            _("result({name}, …) publishes a finite number, and got {value}.").format(name=repr(name), value=value)
        )
    return float(f"{value:.{_DIGITS}g}") + 0.0  # the sum turns -0.0 into 0.0
