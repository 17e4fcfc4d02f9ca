"""Questions that ask for a function: it is called with inputs, and what it gives is compared.

A case of such a check is a list of inputs and what the function should give for them. In the notebook the function is
called with the cases that are shown; whoever grades code calls it with all, in a room apart, and compares afterwards.
Calling knows no expected value, comparing calls nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from contrechamp.language import gettext as _
from contrechamp.lesson import answers, plain_values
from contrechamp.lesson.plain_values import Outputs

_NOTHING = object()  # stands for None, which may be an answer of a function


def call(function: Any, inputs: Iterable[Sequence[Any]]) -> Outputs:
    """Call a function once a case, each time with inputs of its own.

    Parameters
    ----------
    function : callable
        The student's: it may raise anything.
    inputs : iterable of sequence
        The inputs of each case, as plain JSON (`to_inputs`).

    Returns
    -------
    Outputs
        What it gave, as plain JSON, or the name of what it raised.

    Examples
    --------
    >>> call(lambda a, b: a / b, [[1, 2], [1, 0]]).members
    ({'gave': 0.5}, {'raised': 'ZeroDivisionError: division by zero'})
    """
    return Outputs(_once(function, given) for given in inputs)


def shown(spec: Mapping[str, Any]) -> list[list[Any]]:
    """Return the inputs of the cases that a notebook may try."""
    return [case["inputs"] for case in spec["cases"] if not case.get("hidden")]


def every(spec: Mapping[str, Any]) -> list[list[Any]]:
    """Return the inputs of all cases, shown and hidden, without anything of what they should give."""
    return [case["inputs"] for case in spec["cases"]]


def called(
    wanted: Mapping[str, Any],
    values: Mapping[str, object],
    cases: Callable[[Mapping[str, Any]], list[list[Any]]],
) -> dict[str, object]:
    """Return the values of a check with what the functions among them gave in place of the functions.

    Parameters
    ----------
    wanted : mapping
        The entries of the values in their check.
    values : mapping of name to anything
        The answer; a function is called only where its check asks for one.
    cases : callable
        `shown` or `every`.

    Returns
    -------
    dict of str to object
        Functions have become `Outputs`; all else is as it was.
    """
    return {
        name: call(value, cases(wanted[name]))
        if name in wanted and wanted[name]["kind"] == "function" and callable(value)
        else value
        for name, value in values.items()
    }


def read(name: str, value: Any, spec: Mapping[str, Any], lang: str) -> dict[int, Any]:
    """Return what a student's function gave, by the number of the case, ready to be compared.

    Parameters
    ----------
    name : str
        What the student calls the function; messages begin with it.
    value : object
        The function itself, which is then called with the cases shown; or the outputs of a call.
    spec : mapping
        The value's entry in its check: ``cases``, ``returns``, ``expected``.
    lang : str
        Language of the message.

    Returns
    -------
    dict of int to object
        Number of the case, from 0, to the value as `answers.read` reads it; hidden cases only when all were called.

    Raises
    ------
    answers.Unfinished
        When there is no function yet, or it gives nothing at all.
    answers.Misfit
        When it is no function, stops with an error, or gives something of another kind.
    """
    if type(value) is not Outputs and callable(value):
        value = call(value, shown(spec))
    if type(value) is not Outputs:
        answers._open(name, value)
        raise answers.Misfit(
            _("{name} should be a function: write `def {name}(…):`, and give its name without brackets.", lang).format(
                name=name
            )
        )
    numbers = [number for number, case in enumerate(spec["cases"]) if not case.get("hidden")]
    if len(value.members) == len(spec["cases"]):
        numbers = list(range(len(value.members)))
    if len(value.members) != len(numbers):
        raise answers.Misfit(_("{name} cannot be read. Give a plain value.", lang).format(name=name))
    told = dict(zip(numbers, value.members, strict=True))
    if all(member == {"gave": None} for member in told.values()) and None not in spec["expected"]:
        raise answers.Unfinished(name)
    return {number: _output(name, member, spec, number, lang) for number, member in told.items()}


def _once(function: Any, given: Sequence[Any]) -> dict[str, Any]:
    inputs = [from_input(plain) for plain in given]
    try:
        return {"gave": plain_values.to_plain(function(*inputs))}
    except (KeyboardInterrupt, MemoryError):
        raise
    except BaseException as error:  # SystemExit too, and whatever class the student made
        return {"raised": _said(error)}


def _said(error: BaseException) -> str:
    try:
        kind = type(error)
        said = str(error)[:200] if kind.__module__ == "builtins" else ""
        return plain_values._text(f"{kind.__name__}: {said}" if said else str(kind.__name__))
    except (KeyboardInterrupt, MemoryError):
        raise
    except BaseException:
        return "error"


def _output(name: str, member: Mapping[str, Any], spec: Mapping[str, Any], number: int, lang: str) -> Any:
    hidden = spec["cases"][number].get("hidden")
    if "raised" in member:
        error = str(member["raised"])
        if hidden:  # the rest of the sentence could quote the inputs
            line = _("{name} stops with an error in a case that is not shown here: {error}.", lang)
            raise answers.Misfit(line.format(name=name, error=error.split(":")[0]))
        raise answers.Misfit(
            _("{name} stops with an error in case {number}: {error}.", lang).format(
                name=name, number=number + 1, error=error
            )
        )
    gave = plain_values.from_plain(member.get("gave"), spec["returns"])
    if gave is None:
        return _NOTHING
    if spec["returns"] == "set" and isinstance(gave, list | tuple) and not gave:
        return frozenset()
    try:
        return answers.read(f"{name}(…)", gave, spec["returns"], lang)
    except answers.Unfinished:
        return _NOTHING


def gaps(
    spec: Mapping[str, Any], target: Sequence[Any], given: Mapping[int, Any], distance: Callable[..., float | None]
) -> list[float | None]:
    """Return how far each output is from its target; None where it is not equal to it.

    Parameters
    ----------
    spec : mapping
        The value's entry in its check.
    target : sequence
        What each case should give, or gives under a misconception.
    given : mapping
        From `read`.
    distance : callable
        The rule for one value of the kind that the function gives.

    Returns
    -------
    list of float or None
        In tolerances, one for each case of `given`; 0 is exact.
    """
    found = []
    for number, output in given.items():
        aim = target[number]
        inner = {"kind": spec["returns"], "tolerance": spec.get("tolerance", 0), "expected": aim}
        nothing = (aim is None, output is _NOTHING)
        found.append((0.0 if all(nothing) else None) if any(nothing) else distance(inner, aim, output))
    return found


def to_input(value: Any) -> Any:
    """Return an input of a case as plain JSON.

    Parameters
    ----------
    value : object
        None, a truth value, a number, a text; a list, tuple or dictionary of such; an array of numbers.

    Returns
    -------
    None, bool, int, float, str, list or dict
        A tuple becomes a list; an array a dictionary of ``array`` and ``dtype``.

    Raises
    ------
    TypeError
        When it is something else, or a dictionary has a key that is no text, or the key ``array``.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [to_input(member) for member in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value) and "array" not in value:
        return {key: to_input(member) for key, member in value.items()}
    if answers._from(value, "numpy") and value.dtype.kind in "biuf":
        return {"array": value.tolist(), "dtype": value.dtype.name}
    raise TypeError(f"an input is {type(value).__name__}; it should be a number, a text, a list or an array of numbers")


def from_input(plain: Any) -> Any:
    """Return an input as a function sees it: `to_input` undone.

    Parameters
    ----------
    plain : object
        What `to_input` made.

    Returns
    -------
    object
        Lists and dictionaries are new ones, so that a function cannot change the case.
    """
    if isinstance(plain, list):
        return [from_input(member) for member in plain]
    if not isinstance(plain, dict):
        return plain
    if plain.keys() == {"array", "dtype"}:
        import numpy as np

        return np.array(plain["array"], dtype=plain["dtype"])
    return {key: from_input(member) for key, member in plain.items()}
