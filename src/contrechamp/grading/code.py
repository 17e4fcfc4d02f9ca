"""Running a hand-in's cells in the sandbox, and collecting the values that the checks ask for.

A student's notebook need not look as it was handed out. Cells may be moved, copied, split, added or deleted: each cell
belongs to a question, by the mark it carries or by its neighbours, and the questions are taken in the order of the
exercise. A cell that fails costs what depends on it. A cell that ends the process, or does not end, is left out, and
the rest is run again without it.
"""

import json
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from contrechamp import language
from contrechamp.grading import sandbox
from contrechamp.grading.collected import Collected, Status
from contrechamp.grading.sandbox import Limits, Ran, Way
from contrechamp.language import gettext as _
from contrechamp.lesson import functions

_STARTS = 4  # processes for one hand-in, at most
_MOST_CODE = 1 << 20  # letters of all cells
_MOST_NODES, _MOST_DEPTH = 20_000, 12  # of what one check collects
_WORDS = {"time": "timed_out", "died": "crashed", "output": "crashed", "broken": "crashed"}


@dataclass(frozen=True)
class Cell:
    """A code cell: its text, nbgrader's mark, its id. All are the student's to change."""

    source: str
    mark: str = ""
    id: str = ""


@dataclass(frozen=True)
class Exercise:
    """An exercise as it was handed out.

    Attributes
    ----------
    cells : tuple of Cell
        Its code cells.
    checks : tuple of mapping
        Its checks, as in ``datasets/checks``.
    variant : str
        ``"main"`` or ``"alternative"``.
    """

    cells: tuple[Cell, ...]
    checks: tuple[Mapping[str, Any], ...]
    variant: str = "main"


@dataclass
class _Question:
    """The cells of one question, up to its check."""

    check: Mapping[str, Any] | None
    given: list[Cell] = field(default_factory=list)  # as handed out, without the answer and the check
    answered: list[dict[str, Any]] = field(default_factory=list)  # what is run
    found: bool = False  # the cell for the answer is there


def exercise(notebook: Mapping[str, Any], checks: Sequence[Mapping[str, Any]]) -> Exercise:
    """Return an exercise from the notebook that was handed out, and its checks."""
    meta = notebook.get("metadata", {}).get("contrechamp", {})
    return Exercise(tuple(_cells(notebook)), tuple(checks), str(meta.get("variant", "main")))


def collect(content: bytes, exercise: Exercise, limits: Limits, way: Way) -> Collected:
    """Run the cells of a hand-in and return the values that its checks ask for.

    Parameters
    ----------
    content : bytes
        The notebook as it was handed in; anything at all.
    exercise : Exercise
        As it was handed out.
    limits : Limits
    way : {"user", "root", "trust"}
        From `contrechamp.grading.preflight.way`.

    Returns
    -------
    Collected
        Without open answers: they are read, not run. Its values are the student's word, like the values typed into a
        notebook; the expected ones were nowhere near.

    Raises
    ------
    OSError
        When this computer starts no process.
    """
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
        cells = list(_cells(notebook))
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return Collected("unreadable")
    lang = _language(notebook)
    about = Collected("graded", language=lang, variant=exercise.variant, lesson=str(exercise.checks[0]["id"])[:2])
    if sum(len(cell.source) for cell in cells) > _MOST_CODE:
        return replace(about, status="too_large")
    questions = _questions(cells, exercise)
    found = _run(list(_steps(questions)), exercise, limits, way, lang)
    return replace(about, **_summary(found, questions, exercise))


def _language(notebook: Mapping[str, Any]) -> str:
    meta = notebook.get("metadata")
    ours = meta.get("contrechamp") if isinstance(meta, dict) else None
    lang = ours.get("lang") if isinstance(ours, dict) else None
    return lang if lang in language.languages() else language.languages()[0]


def _cells(notebook: Mapping[str, Any]) -> Iterator[Cell]:
    for cell in notebook["cells"]:
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source", "")
        source = "".join(source) if isinstance(source, list) else source
        if not isinstance(source, str):
            continue
        meta = cell.get("metadata")
        mark = meta.get("nbgrader") if isinstance(meta, dict) else None
        name = mark.get("grade_id") if isinstance(mark, dict) else None
        yield Cell(source, name if isinstance(name, str) else "", cell["id"] if isinstance(cell.get("id"), str) else "")


def _questions(cells: Sequence[Cell], exercise: Exercise) -> list[_Question]:
    """Give each cell of a hand-in to the question that it belongs to."""
    questions, places, handed_out = _as_handed_out(exercise)
    marks = {cell.id: cell.mark for cell in exercise.cells if cell.id and cell.mark}
    waiting: list[Cell] = []
    last, used = 0, set()
    for cell in cells:
        if cell.mark not in places:  # lost on its way through another program
            cell = replace(cell, mark=marks.get(cell.id, ""))
        known = handed_out.get(cell.id) or handed_out.get(cell.source.strip())
        place = places.get(cell.mark, known[0] if known else None)
        if place is None:
            waiting.append(cell)
            continue
        question = questions[place]
        question.answered += [{"run": other.source} for other in waiting]
        waiting, last = [], place
        step: dict[str, Any] = {"run": cell.source}
        if cell.mark in places:
            checks = cell.mark.endswith("-check")
            question.found |= not checks
            step |= {"quiet": True} if checks else {}  # what fails there has failed before
        elif known and known[1].source != cell.source:
            step["otherwise"] = known[1].source
        if known:
            used.add(known[1])
        question.answered.append(step)
    questions[last].answered += [{"run": other.source} for other in waiting]
    for question in questions:
        question.answered[:0] = [{"run": cell.source} for cell in question.given if cell not in used]
    return questions


def _as_handed_out(
    exercise: Exercise,
) -> tuple[list[_Question], dict[str, int], dict[str, tuple[int, Cell]]]:
    """Return the questions, the place of each mark, and the unmarked cells by id and by text."""
    by_mark = {f"{check['id']}-check".replace(".", "-"): check for check in exercise.checks}
    questions = [_Question(None)]
    places: dict[str, int] = {}
    handed_out: dict[str, tuple[int, Cell]] = {}
    for cell in exercise.cells:
        place = len(questions) - 1
        if cell.mark in by_mark:
            questions[place].check = by_mark[cell.mark]
            questions.append(_Question(None))
        if cell.mark:
            places[cell.mark] = place
        else:
            questions[place].given.append(cell)
            handed_out |= {cell.source.strip(): (place, cell)} | ({cell.id: (place, cell)} if cell.id else {})
    return questions, places, handed_out


def _steps(questions: Sequence[_Question]) -> Iterator[dict[str, Any]]:
    for question in questions:
        yield from question.answered
        if question.check is not None:
            values = question.check["values"]
            cases = {name: functions.every(spec) for name, spec in values.items() if spec["kind"] == "function"}
            yield {"check": question.check["id"], "names": list(values), "cases": cases}


@dataclass
class _Found:
    """What a hand-in gave, in one process or in several."""

    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)  # by step
    ending: Status = "graded"
    detail: str = ""


def _run(steps: list[dict[str, Any]], exercise: Exercise, limits: Limits, way: Way, lang: str) -> _Found:
    """Take the steps; after a step that ended the process, take them again without it."""
    checks = {str(check["id"]): check for check in exercise.checks}
    found = _Found()
    left = list(range(len(steps)))
    deadline = time.monotonic() + 2 * limits.wall
    for _start in range(_STARTS):
        sent = [{key: steps[number][key] for key in steps[number] if key != "quiet"} for number in left]
        ran = sandbox.run(sent, limits, way, lang)
        at = _note(ran, left, checks, found)
        if ran.ending == "broken":
            raise OSError(f"the sandbox did not start: {ran.detail}")
        if ran.ending == "done":
            break
        found.ending = "timed_out" if "timed_out" in (found.ending, _WORDS[ran.ending]) else "crashed"
        found.errors.setdefault(at, "timeout" if ran.ending == "time" else "crash")
        if time.monotonic() >= deadline:
            break
        if "otherwise" in steps[at]:
            steps[at] = {"run": steps[at]["otherwise"]}
        else:
            left.remove(at)
        left = [number for number in left if steps[number].get("check") not in found.values]
    return found


def _note(ran: Ran, left: Sequence[int], checks: Mapping[str, Mapping[str, Any]], found: _Found) -> int:
    """Note what was sent, as far as it makes sense, and return the step at which it ended."""
    at = 0
    for message in ran.messages:
        begun, ended = message.get("begin"), message.get("end")
        if type(begun) is int and 0 <= begun < len(left):
            at = begun
        if type(ended) is int and 0 <= ended < len(left) and isinstance(message.get("error"), str):
            found.errors[left[ended]] = message["error"][:300]
        check = checks.get(message["check"]) if isinstance(message.get("check"), str) else None
        if check is not None and check["id"] not in found.values and isinstance(message.get("values"), dict):
            found.values[check["id"]] = _sound(message["values"], check["values"])
    return left[at] if left else 0


def _sound(values: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the values that were asked for, as plain JSON of a sane size."""
    kept: dict[str, Any] = {}
    for name, spec in wanted.items():
        if name not in values:
            continue
        value = _plain(values[name], [_MOST_NODES])
        if spec["kind"] == "function" and isinstance(value, dict) and value.get("of") == "outputs":
            members = value.get("members")
            if not isinstance(members, list) or len(members) != len(spec["cases"]):
                value = {"of": "unreadable"}  # the cases that are shown alone would be the easy ones
        kept[name] = value
    return kept


def _plain(value: Any, left: list[int], depth: int = 0) -> Any:
    left[0] -= 1
    if left[0] < 0 or depth > _MOST_DEPTH:
        return {"of": "unreadable"}
    if isinstance(value, float) and not math.isfinite(value):  # 1e999 is JSON
        return {"of": "inf" if value > 0 else "-inf"}
    if isinstance(value, str):
        return _text(value, 2000)
    if isinstance(value, list):
        return [_plain(member, left, depth + 1) for member in value]
    if isinstance(value, dict):
        return {_text(key, 100): _plain(member, left, depth + 1) for key, member in value.items()}
    return value


def _text(value: str, most: int) -> str:
    """Return a text that can be written anywhere: JSON may carry halves of characters."""
    return value[:most].encode("utf-8", "replace").decode()


def _summary(found: _Found, questions: Sequence[_Question], exercise: Exercise) -> dict[str, Any]:
    """Return the status, the values and the notes."""
    asked = {question.check["id"]: question for question in questions if question.check is not None}
    values = {
        name: found.values[name]
        for name, question in asked.items()
        if name in found.values and (question.found or found.values[name])
    }
    missing = [name for name in asked if name not in values]
    status: Status = "alternative" if exercise.variant == "alternative" else "graded"
    if missing:
        status = "cells_missing"
    if found.ending in ("crashed", "timed_out") or "timeout" in found.errors.values():
        status = "timed_out" if "timeout" in found.errors.values() else "crashed"
    return {"status": status, "values": values, "notes": tuple(_notes(found, questions, missing))}


def _notes(found: _Found, questions: Sequence[_Question], missing: Sequence[str]) -> Iterator[str]:
    """Say what went wrong where; the steps are counted as `_steps` made them."""
    number = 0
    for question in questions:
        name = str(question.check["id"]) if question.check else "-"
        for step in [*question.answered, *([{}] if question.check else [])]:
            if (error := found.errors.get(number)) is not None and not step.get("quiet"):
                yield _note_on(name, error)
            number += 1
    for name in missing:
        yield _("{check}: no answer was found.").format(check=name)


def _note_on(check: str, error: str) -> str:
    says = {
        "timeout": _("{check}: a cell did not end in time."),
        "crash": _("{check}: a cell ended Python."),
        "MemoryError": _("{check}: a cell asked for too much memory."),
    }.get(error, _("{check}: a cell stopped with {error}."))
    return says.format(check=check, error=error)
