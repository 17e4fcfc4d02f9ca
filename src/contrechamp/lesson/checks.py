"""Checking an answer on the spot: right, a known misconception, not yet, not finished, or of the wrong type.

`evaluate` is pure, so that grading uses the very same rule; `check` finds the check by its id, shows the verdict, and
keeps the answer as plain data in the notebook, so that a teacher can grade the file without running it.
The checks themselves are data, in ``datasets/checks``, written by the build from the exercises.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from contrechamp import home, language
from contrechamp.datasets import store
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _
from contrechamp.lesson import answers, functions, plain_values
from contrechamp.lesson.lines import wrap

Status = Literal["right", "misconception", "wrong", "unfinished", "type", "noted"]


@dataclass(frozen=True)
class Verdict:
    """What a check says of an answer.

    Attributes
    ----------
    status : {"right", "misconception", "wrong", "unfinished", "type", "noted"}
        Noted: finished, and not judged, because the teacher keeps the key.
    message : str
        One or two lines in the reader's language; they name the values they speak of.
    misconception : str or None
        The name of the misconception, when the answer is equal to one.
    """

    status: Status
    message: str
    misconception: str | None = None


def check(item: str, /, **values: object) -> None:
    """Compare an answer with what is expected, and show what is known about it.

    In a notebook the output also holds the answer as plain data (`contrechamp.lesson.plain_values`).

    Parameters
    ----------
    item : str
        The id that stands above the question, such as ``"02.E1"``. An id with the code of a class's own paper,
        ``"02.E1@7f3a9c"``, has its key with the teacher: the answer is noted, and not judged here.
    **values
        The answer, by name: ``check("02.E1", change=change)``. Whatever the values are, nothing is raised.
    """
    try:
        lang = language.current()
        rule, paper = find(item), paper_of(item)
        values = functions.called(rule["values"], values, functions.shown)
        verdict = noted(rule, values, paper, lang) if paper else evaluate(rule, values, lang)
        _keep(wrap(verdict.message), rule, paper, values)
    except ContrechampError as error:
        print(error)


def _keep(text: str, rule: Mapping[str, Any], paper: str, values: Mapping[str, object]) -> None:
    """Show a verdict, with the answer beside it as data where there is a notebook to hold it."""
    from contrechamp.lesson.figures import publish

    kept: dict[str, Any] = {"check": str(rule["id"]), "values": plain_values.of_check(values, rule["values"])}
    if paper:
        kept["paper"] = paper
    if not publish({plain_values.MIME: kept, "text/plain": text}):
        print(text)


def hint(item: str, /) -> None:
    """Print the hint of a check. Whatever the id is, nothing is raised: a sentence says what is wrong with it.

    Parameters
    ----------
    item : str
        The id that stands above the question, such as ``"02.E1"``.
    """
    try:
        lang = language.current()
        print(wrap(_("Hint: {text}", lang).format(text=in_language(find(item).get("hint", ""), lang))))
    except ContrechampError as error:
        print(error)


def noted(check: Mapping[str, Any], values: Mapping[str, object], paper: str, lang: str) -> Verdict:
    """Say of an answer whose key the teacher keeps whether it is finished and of the right type, and nothing more.

    Parameters
    ----------
    check, values, lang
        As for `evaluate`.
    paper : str
        Code of the paper, from `paper_of`.

    Returns
    -------
    Verdict
        ``unfinished``, ``type`` or ``noted``; never whether it is right.
    """
    verdict = evaluate(check, values, lang)
    if verdict.status in ("unfinished", "type"):
        return verdict
    line = _("{names}: noted. Your teacher has the key of this paper ({paper}).", lang)
    return Verdict("noted", line.format(names=", ".join(check["values"]), paper=paper))


def paper_of(item: object) -> str:
    """Return the code of the paper in an id such as ``"02.E1@7f3a9c"``, an empty text when there is none."""
    _id, _at, paper = item.partition("@") if isinstance(item, str) else ("", "", "")
    return "".join(letter for letter in paper.strip().lower() if letter.isascii() and letter.isalnum())[:12]


def evaluate(check: Mapping[str, Any], values: Mapping[str, object], lang: str) -> Verdict:
    """Judge an answer.

    Parameters
    ----------
    check : mapping
        One check of ``datasets/checks``: ``id``, ``values``, ``hint``, ``right``, ``misconceptions``.
    values : mapping of name to anything
    lang : str
        Language of the message.

    Returns
    -------
    Verdict
        Right when all values are; else the nearest misconception whose values are all met; else wrong.
    """
    wanted = check["values"]
    absent = [name for name in wanted if name not in values]
    strange = [name for name in values if name not in wanted]
    if absent:
        return Verdict("unfinished", _absent(check, absent, strange, lang))
    given: dict[str, Any] = {}
    empty, misfits = [], []
    for name, spec in wanted.items():
        try:
            given[name] = _read_value(name, values[name], spec, lang)
        except answers.Unfinished:
            empty.append(name)
        except answers.Misfit as misfit:
            misfits.append(str(misfit))
    if empty:
        line = _("Not answered yet: {names}. Put your answer in place of the dots, then run the cell again.", lang)
        return Verdict("unfinished", line.format(names=", ".join(empty)))
    if misfits:
        return Verdict("type", "\n".join(misfits))
    return _judge(check, given, lang)


def _read_value(name: str, value: object, spec: Mapping[str, Any], lang: str) -> Any:
    if spec["kind"] == "function":
        return functions.read(name, value, spec, lang)
    return answers.read(name, value, spec["kind"], lang)


def points(item: str, /, **values: object) -> float:
    """Return the points that an answer earns; functions are called with all cases, also those not shown.

    It is what nbgrader reads in the hidden part of a check's cell.

    Parameters
    ----------
    item : str
        The id of the check.
    **values
        The answer, by name, as for `check`.

    Returns
    -------
    float
        From 0 to the points of the check, with six decimals at most.

    Raises
    ------
    ContrechampError
        When there is no check of this id.
    """
    rule = find(item)
    return earned(rule, functions.called(rule["values"], values, functions.every))


def earned(check: Mapping[str, Any], values: Mapping[str, object]) -> float:
    """Return the points of an answer: each value of a check is worth the same part of them.

    Parameters
    ----------
    check : mapping
        One check of ``datasets/checks``; ``points`` is 1 when it does not say.
    values : mapping of name to anything
        A value that is missing or not right earns nothing.

    Returns
    -------
    float
        From 0 to ``points``, with six decimals at most.
    """
    met = sum(
        name in values
        and evaluate({"id": check["id"], "values": {name: spec}}, {name: values[name]}, "en").status == "right"
        for name, spec in check["values"].items()
    )
    return round(float(check.get("points", 1)) * met / len(check["values"]), 6)


def _judge(check: Mapping[str, Any], given: dict[str, Any], lang: str) -> Verdict:
    wanted = check["values"]
    met = [name for name, spec in wanted.items() if _distance(spec, spec["expected"], given[name]) is not None]
    if len(met) == len(wanted):
        line = _("{names}: right.", lang).format(names=", ".join(met))
        return Verdict("right", _lines(line, in_language(check.get("right", ""), lang), _more(wanted, given, lang)))
    missed = ", ".join(_missed(name, wanted[name], given[name], lang) for name in wanted if name not in met)
    line = _("{names}: not yet.", lang).format(names=missed)
    if met:
        line = _("{met}: right. {missed}: not yet.", lang).format(met=", ".join(met), missed=missed)
    found = _nearest(check, given)
    if found:
        return Verdict("misconception", _lines(line, in_language(found["message"], lang)), found["name"])
    text = in_language(check.get("hint", ""), lang)
    return Verdict("wrong", _lines(line, _("Hint: {text}", lang).format(text=text) if text else ""))


def _missed(name: str, spec: Mapping[str, Any], given: Any, lang: str) -> str:
    """Name a value that is not right; of a function, say in how many cases it is."""
    if spec["kind"] != "function":
        return name
    good = sum(gap is not None for gap in functions.gaps(spec, spec["expected"], given, _distance))
    return _("{name} ({good} of {all} cases right)", lang).format(name=name, good=good, all=len(given))


def _more(wanted: Mapping[str, Any], given: dict[str, Any], lang: str) -> str:
    """Say that a function was not tried with all cases."""
    if any(spec["kind"] == "function" and len(given[name]) < len(spec["cases"]) for name, spec in wanted.items()):
        return _("Right in the cases shown here. Your teacher's copy may try it with others.", lang)
    return ""


def _nearest(check: Mapping[str, Any], given: dict[str, Any]) -> Mapping[str, Any] | None:
    """Return the misconception that the answer is equal to: the one that explains most values, then the nearest."""
    best: tuple[int, float] = (0, math.inf)
    found = None
    for misconception in check.get("misconceptions", []):
        distances = [
            _distance(check["values"][name], value, given[name]) for name, value in misconception["values"].items()
        ]
        if not distances or None in distances:
            continue
        rank = (-len(distances), math.fsum(distance for distance in distances if distance is not None))
        if rank < best:
            best, found = rank, misconception
    return found


def _distance(spec: Mapping[str, Any], target: Any, given: Any) -> float | None:
    """Return how far an answer is from a target, in tolerances; None when it is not equal to it."""
    if spec["kind"] == "number":
        aim, tolerance = float(target), float(spec.get("tolerance", 0))
        gap = abs(given - aim)
        # 154.9 - 154.4 is a hair more or less than 0.5: a few units in the last place are forgiven.
        if gap > tolerance + 4 * math.ulp(max(abs(aim), abs(given))):
            return None
        return gap / tolerance if tolerance else 0.0
    if spec["kind"] == "set":
        aims = frozenset(answers.plain(str(member)) for member in target)
        if len(given) == 1 and all(len(member) == 1 for member in aims):
            given = frozenset("".join(given))  # letters typed in one go: "ac"
        return 0.0 if given == aims else None
    if spec["kind"] == "function":
        gaps = functions.gaps(spec, target, given, _distance)
        return None if None in gaps else math.fsum(gap for gap in gaps if gap is not None)
    accepted = _forms(target)
    if target is spec["expected"]:
        accepted |= _forms(spec.get("accept", {}))
    return 0.0 if given in accepted else None


def _forms(target: Any) -> set[str]:
    """Return every accepted writing of a text: one, a list, or such by language."""
    if isinstance(target, str):
        return {answers.plain(target)}
    members = target.values() if isinstance(target, Mapping) else target
    return set().union(*(_forms(member) for member in members)) if members else set()


def _absent(check: Mapping[str, Any], absent: list[str], strange: list[str], lang: str) -> str:
    call = ", ".join([f'"{check["id"]}"', *(f"{name}={name}" for name in check["values"])])
    line = _("Missing: {names}. Write {call}.", lang).format(names=", ".join(absent), call=f"check({call})")
    if strange:
        line += " " + _("This check does not know {names}.", lang).format(names=", ".join(strange))
    return line


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


def in_language(text: Any, lang: str) -> str:
    """Return a text of a bilingual bank in a language, English where that is missing."""
    if isinstance(text, Mapping):
        text = text.get(lang) or text.get("en") or ""
    return language.typeset(str(text), lang)


def find(item: object) -> Mapping[str, Any]:
    """Return the check of an id.

    Parameters
    ----------
    item : object
        An id such as ``"02.E1"``, in either case; what follows ``@`` (the code of a paper) does not count.

    Returns
    -------
    mapping
        As it stands in ``datasets/checks``.

    Raises
    ------
    ContrechampError
        When there is none; the message lists the ids of that lesson. Also when the lesson's file is damaged.
    """
    wanted = item.partition("@")[0].strip().upper() if isinstance(item, str) else ""
    known = _checks(wanted.split(".")[0])
    if wanted in known:
        return known[wanted]
    name = str(item).strip() if isinstance(item, str | int | float) else type(item).__name__
    if known:
        raise ContrechampError(
            _("There is no check {name}. This lesson has: {names}.").format(name=name, names=", ".join(known))
        )
    raise ContrechampError(_("There is no check {name}: an id reads like 02.E1, the lesson first.").format(name=name))


def _checks(lesson: str) -> dict[str, Mapping[str, Any]]:
    """Return the checks of a lesson by id, the alternative's too; read again only when a file has changed."""
    folder = home.room("datasets") / "checks"
    known: dict[str, Mapping[str, Any]] = {}
    if not lesson.isalnum():
        return known
    for path in sorted(folder.glob(f"{lesson}_*.json")):
        status = path.stat()
        known |= _read(f"checks/{path.name}", str(path), status.st_mtime_ns, status.st_size)
    return known


@lru_cache(maxsize=64)
def _read(name: str, path: str, stamp: int, size: int) -> dict[str, Mapping[str, Any]]:
    content = store.read_json(name)
    try:
        known = {str(entry["id"]).upper(): entry for entry in content["checks"]}
        specs = [spec for entry in known.values() for spec in entry["values"].values()]
        sound = all({"kind", "expected"} <= spec.keys() for spec in specs)
    except (KeyError, TypeError, AttributeError):
        sound = False
    if not sound:
        raise ContrechampError(f"datasets/{name} is not a list of checks. Build the exercises again.")
    return known
