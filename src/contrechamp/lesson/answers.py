"""Reading what a student typed: any Python value becomes a number, a text, a letter or a set of words, or a sentence.

A student's value may be anything, also an object whose methods raise or lie. So its class decides what it is, the
methods of Python's own types are called directly, and comparisons see plain values only.
"""

import itertools
import math
import re
import unicodedata
from decimal import Decimal
from fractions import Fraction
from typing import Any

from contrechamp.language import gettext as _

_MOST = 1000  # elements of a collection that are looked at
_BLANK = re.compile(r"[\s._…?-]*")
_NUMBER = re.compile(r"[+−-]?\s*\d[\d\s.,\u2019']*\s*(%|€)?")


class Misfit(Exception):
    """The value is not of the kind asked for; the message says what it is and what was expected."""


class Unfinished(Exception):
    """The student has not answered yet."""


def read(name: str, value: Any, kind: str, lang: str) -> Any:
    """Return a student's value as its kind demands.

    Parameters
    ----------
    name : str
        What the student calls the value; every message begins with it.
    value : object
        Anything at all.
    kind : {"number", "text", "choice", "set"}
    lang : str
        Language of the message.

    Returns
    -------
    float, str, str or frozenset of str
        A finite float; text without case, accents and outer spaces; one small letter; such texts.

    Raises
    ------
    Unfinished
        When there is no answer yet: ``...``, None, an empty text or collection.
    Misfit
        When the value is of another kind.
    """
    try:
        return {"number": _number, "text": _text, "choice": _choice, "set": _set}[kind](name, value, lang)
    except (Misfit, Unfinished, KeyboardInterrupt):
        raise
    except BaseException:  # the value's own code may raise anything, SystemExit too
        raise Misfit(_("{name} cannot be read. Give a plain value.", lang).format(name=name)) from None


def plain(text: str) -> str:
    """Return `text` as it is compared: case, accents, typographic apostrophes and extra spaces do not count.

    Examples
    --------
    >>> plain("  Mesuré  À vue d’œil ")
    "mesure a vue d'oeil"
    """
    text = text.replace("\u2019", "'").replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae").replace("Æ", "AE")
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).casefold().split())


def _is(value: Any, *classes: type) -> bool:
    """Ask the class, not the object: `isinstance` believes an object's own ``__class__``."""
    return issubclass(type(value), classes)


def _from(value: Any, *packages: str) -> bool:
    module = type.__getattribute__(type(value), "__module__")
    return type(module) is str and module.split(".")[0] in packages


def _number(name: str, value: Any, lang: str) -> float:
    value = _open(name, value)
    if _is(value, bool):
        raise Misfit(_("{name} is True or False, and a number is expected.", lang).format(name=name))
    try:
        number = _float(value)
    except OverflowError:
        number = math.inf
    if number is None:
        raise Misfit(_not_a_number(name, value, lang))
    if math.isnan(number):
        raise Misfit(
            _("{name} is not a number (NaN): something was divided by zero, or a value is missing.", lang).format(
                name=name
            )
        )
    if math.isinf(number):
        raise Misfit(_("{name} is infinite or too large: was something divided by zero?", lang).format(name=name))
    return number


def _open(name: str, value: Any) -> Any:
    """Take the one value out of a NumPy or pandas holder, and stop where there is no answer yet."""
    if _from(value, "numpy", "pandas"):
        size = getattr(value, "size", 1)
        if callable(getattr(value, "item", None)) and type(size) is int and size == 1:
            value = value.item()
    if value is None or value is ... or (_is(value, str) and _BLANK.fullmatch(str.__str__(value))):
        raise Unfinished(name)
    return value


def _float(value: Any) -> float | None:
    """Return the plain float that a number stands for, or None when it is no number."""
    if _is(value, float):
        return float.__float__(value)
    if _is(value, int):
        return float(int.__int__(value))
    if _is(value, Decimal):
        return float(Decimal.__float__(value)) if not Decimal.is_nan(value) else math.nan
    if _is(value, Fraction):
        return float(Fraction.__truediv__(value, Fraction(1)))
    if _from(value, "pandas") and type(value).__name__ in ("NAType", "NaTType"):
        return math.nan
    if _is(value, str, bytes, complex) or not hasattr(type(value), "__float__") or hasattr(type(value), "__len__"):
        return None
    return float.__float__(float(value))


def _not_a_number(name: str, value: Any, lang: str) -> str:
    if _is(value, str):
        if _NUMBER.fullmatch(str.__str__(value).strip()):
            return _(
                "{name} is text. Give a number: a decimal point, no quotation marks, no % sign, as in 12.5.", lang
            ).format(name=name)
        return _("{name} is text, and a number is expected, without quotation marks.", lang).format(name=name)
    if _is(value, tuple) and tuple.__len__(value) == 2 and all(type(part) is int for part in tuple.__iter__(value)):
        return _("{name} holds two numbers. Python writes decimals with a point: 12.5, not 12,5.", lang).format(
            name=name
        )
    if callable(value):
        return _("{name} is a function, and a number is expected: call it, with brackets.", lang).format(name=name)
    if hasattr(type(value), "__len__"):
        return _("{name} is a collection of values, and one number is expected.", lang).format(name=name)
    return _("{name} is of type {type}, and a number is expected.", lang).format(name=name, type=type(value).__name__)


def _text(name: str, value: Any, lang: str) -> str:
    value = _open(name, value)
    if not _is(value, str):
        raise Misfit(_("{name} should be text, between quotation marks.", lang).format(name=name))
    return plain(str.__str__(value))


def _choice(name: str, value: Any, lang: str) -> str:
    value = _open(name, value)
    letter = plain(str.__str__(value)).strip("().[] \"'") if _is(value, str) else ""
    if len(letter) != 1 or not letter.isalpha():
        raise Misfit(_("{name} should be one letter, between quotation marks.", lang).format(name=name))
    return letter


def _set(name: str, value: Any, lang: str) -> frozenset[str]:
    members = _members(value)
    if members is None:
        value = _open(name, value)
        if _is(value, str):
            members = re.split(r"[,;\s]+", str.__str__(value).strip())
    elif not members:
        raise Unfinished(name)
    if members is None or not all(_is(member, str, int) and not _is(member, bool) for member in members):
        raise Misfit(
            _("{name} should be a list of letters or words, each between quotation marks.", lang).format(name=name)
        )
    words = {plain(str.__str__(member) if _is(member, str) else int.__repr__(member)) for member in members}
    return frozenset(word for word in words if word)


def _members(value: Any) -> list[Any] | None:
    """Return the elements of a collection, at most a thousand of them, or None when it is none."""
    for base in (list, tuple, set, frozenset):
        if _is(value, base):
            return list(itertools.islice(base.__iter__(value), _MOST))
    if _from(value, "numpy", "pandas") and callable(getattr(value, "tolist", None)):
        members = value.tolist()
        return members[:_MOST] if type(members) is list else None
    return None
