"""Answers as plain JSON: what `check` writes into a notebook, and what grading reads back.

A value of any type becomes numbers, texts, lists and, for what JSON lacks, a small object with the key ``of``. Reading
it back gives a value that the checks judge as they judged the first one, with the same message. Nothing is pickled, no
class of the student's comes along, and sizes are limited.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from contrechamp.lesson import answers

MIME = "application/vnd.contrechamp.answers+json"
MOST_MEMBERS = 200  # of a list or a set; a longer one is carried as "a list"
MOST_LETTERS = 2_000  # of a text; the rest is cut
MOST_VALUES = 20  # of one check
_SMALL = 2**1023  # whole numbers beyond it do not fit a float

MOST_CASES = 100  # of a function
Plain = None | bool | int | float | str | list[Any] | dict[str, Any]


class Outputs:
    """What a function gave for each case: ``{"gave": plain}``, or ``{"raised": text}`` where it stopped.

    Parameters
    ----------
    members : iterable of dict
        One for each case, in order.
    """

    def __init__(self, members: Iterable[dict[str, Any]]) -> None:
        self.members = tuple(members)


def to_plain(value: Any) -> Plain:
    """Return a value of any type as plain JSON.

    Parameters
    ----------
    value : object
        Anything; its own methods may raise or lie.

    Returns
    -------
    None, bool, int, float, str, list or dict
        ``None`` stands for "no answer yet". An object ``{"of": …}`` stands for what JSON lacks: ``nan``, ``inf``,
        ``-inf``, ``tuple``, ``array``, ``outputs`` (of a function), ``type`` (with its name), ``unreadable``.

    Examples
    --------
    >>> to_plain(float("nan"))
    {'of': 'nan'}
    >>> to_plain({"b", "a"})
    ['a', 'b']
    """
    try:
        return _plain(value)
    except KeyboardInterrupt:
        raise
    except BaseException:  # the value's own code may raise anything, SystemExit too
        return {"of": "unreadable"}


def from_plain(plain: Any, kind: str) -> Any:
    """Return a value that a check of this `kind` judges as it would have judged the student's own.

    Parameters
    ----------
    plain : object
        What `to_plain` made, or anything that was typed into its place.
    kind : str
        Kind of the value in its check: ``"number"``, ``"text"``, ``"choice"``, ``"set"``.

    Returns
    -------
    object
        A plain value, `Outputs`, or a stand-in that no check can read either. Longer lists and texts are cut to
        `MOST_MEMBERS` and `MOST_LETTERS`.
    """
    if isinstance(plain, list):
        return [_member(member) for member in plain[:MOST_MEMBERS]]
    if not isinstance(plain, dict):
        return plain[:MOST_LETTERS] if isinstance(plain, str) else plain
    what, members = plain.get("of"), plain.get("members")
    if what == "outputs" and isinstance(members, list):
        return Outputs(_told(member) for member in members[:MOST_CASES])
    members = [_member(member) for member in members[:MOST_MEMBERS]] if isinstance(members, list) else []
    if what in ("nan", "inf", "-inf"):
        return float(what)
    if what == "tuple":
        return tuple(members)
    if what == "array":  # an array of one number is that number, unless a set is asked for
        return members[0] if len(members) == 1 and kind != "set" else members
    if what == "type":
        return _stand_in(plain)
    return _Unreadable()


def of_check(values: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Plain]:
    """Return the values of one call of `check`, those that it asks for first, at most `MOST_VALUES`."""
    names = [name for name in known if name in values] + [name for name in values if name not in known]
    return {_text(name)[:100]: to_plain(values[name]) for name in names[:MOST_VALUES]}


def _plain(value: Any) -> Plain:
    if value is None or value is ...:
        return None
    if type(value) is Outputs:
        return {"of": "outputs", "members": list(value.members)}
    if answers._from(value, "numpy", "pandas"):
        return _from_arrays(value)
    if answers._is(value, bool):
        return bool(value)
    if answers._is(value, str):
        return _text(value)
    if answers._is(value, int):
        return _whole(int.__int__(value))
    if answers._is(value, tuple, list, set, frozenset):
        return _collection(value)
    number = answers._float(value)
    return _described(value) if number is None else _finite(number)


def _from_arrays(value: Any) -> Plain:
    """Carry an array, a Series or one of their numbers."""
    members = value.tolist() if callable(getattr(value, "tolist", None)) else None
    if type(members) is list:
        if len(members) > MOST_MEMBERS:
            return _described(value)
        return {"of": "array", "members": [_carried(member) for member in members]}
    size = getattr(value, "size", 1)
    if callable(getattr(value, "item", None)) and type(size) is int and size == 1:
        inner = value.item()
        return _described(value) if answers._from(inner, "numpy", "pandas") else _plain(inner)
    number = answers._float(value)
    return _described(value) if number is None else _finite(number)


def _collection(value: Any) -> Plain:
    base = next(base for base in (tuple, list, set, frozenset) if answers._is(value, base))
    if base.__len__(value) > MOST_MEMBERS:
        return _described(value)
    members = [_carried(member) for member in base.__iter__(value)]
    if base is tuple:
        return {"of": "tuple", "members": members}
    return members if base is list else sorted(members, key=lambda member: (type(member).__name__, str(member)))


def _carried(member: Any) -> Plain:
    """Carry a member of a collection: a text, a whole number, or the fact that it is something else."""
    if answers._is(member, bool):
        return bool(member)
    if answers._is(member, str):
        return _text(member)
    if answers._is(member, int):
        return _whole(int.__int__(member))
    if answers._is(member, float):
        return _finite(float.__float__(member))
    return None


def _told(member: Any) -> dict[str, Any]:
    """Read what is told of one call of a function, by somebody who may have typed it."""
    told = member if isinstance(member, dict) else {}
    return {"raised": _text(str(told["raised"]))} if "raised" in told else {"gave": told.get("gave")}


def _member(plain: Any) -> Any:
    if isinstance(plain, str):
        return plain[:MOST_LETTERS]
    return plain if isinstance(plain, int | float) else None


def _whole(number: int) -> Plain:
    return number if -_SMALL < number < _SMALL else {"of": "inf" if number > 0 else "-inf"}


def _finite(number: float) -> Plain:
    if math.isnan(number):
        return {"of": "nan"}
    return number if math.isfinite(number) else {"of": "inf" if number > 0 else "-inf"}


def _text(value: str) -> str:
    """Return a text that any JSON writer can write: cut, and without halves of characters."""
    return str.__str__(value)[:MOST_LETTERS].encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _described(value: Any) -> dict[str, Any]:
    kind = type(value)
    told: dict[str, Any] = {"of": "type", "name": _text(kind.__name__)[:100]}
    if callable(value):
        told["callable"] = True
    if hasattr(kind, "__len__"):
        told["sized"] = True
    return told


class _Unreadable:
    """A value whose reading failed in the student's notebook, and fails again."""

    def __float__(self) -> float:
        raise ValueError("unreadable")


def _stand_in(told: Mapping[str, Any]) -> Any:
    """Return an object of a class of that name, which can be called or counted where the first one could."""
    methods: dict[str, Any] = {}
    if told.get("callable") is True:
        methods["__call__"] = lambda self: None
    if told.get("sized") is True:
        methods["__len__"] = lambda self: 0
    name = told.get("name")
    name = _text(name)[:100].replace("\0", "") if isinstance(name, str) else ""
    return type(name or "object", (), methods)()
