"""Running a hand-in's cells in the sandbox, and collecting the values that the checks ask for.

A student's notebook need not look as it was handed out. Cells may be moved, copied, split, added or deleted: each cell
belongs to a question, by the mark it carries or by its neighbours, and the questions are taken in the order of the
exercise. A cell that fails costs what depends on it. A cell that ends the process, or does not end, is left out, and
the rest is run again without it.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from contrechamp import home, language
from contrechamp.errors import ContrechampError
from contrechamp.grading import preflight, sandbox, values
from contrechamp.grading.collected import Collected, Status
from contrechamp.grading.exercise import Exercise
from contrechamp.grading.notebook import Cell, Notebook, NotReadable, read
from contrechamp.grading.sandbox import Limits, Ran, Way
from contrechamp.language import gettext as _
from contrechamp.lesson import functions

_STARTS = 4  # processes for one hand-in, at most
_MOST_CODE = 1 << 20  # letters of all cells
_MOST_NODES, _MOST_DEPTH = 20_000, 12  # of what one check collects
_WORDS: dict[str, Status] = {"time": "timed_out", "died": "crashed", "output": "crashed"}

HandedOut = Callable[[str, str], Sequence[Cell]]
"""Gives the code cells of an exercise as they were handed out, by variant and language; none where nobody knows."""


@dataclass
class _Question:
    """The cells of one question, up to its check; `check` is None for what stands after the last one."""

    check: Mapping[str, Any] | None
    given: list[Cell] = field(default_factory=list)  # as handed out, without the answer and the check
    steps: list[dict[str, Any]] = field(default_factory=list)  # what is run
    found: bool = False  # the cell for the answer is there


def collector(exercise: Exercise, trust: bool, lang: str, limits: Limits | None = None) -> Callable[[bytes], Collected]:
    """Return the function that runs a notebook and collects its answers.

    Parameters
    ----------
    exercise : Exercise
    trust : bool
        Run without a sandbox where there is none.
    lang : str
        The teacher's language.
    limits : Limits, optional

    Raises
    ------
    ContrechampError
        When there is no sandbox here, and `trust` is false.
    """
    way = preflight.way(trust, lang)

    @cache
    def handed_out(variant: str, spoken: str) -> Sequence[Cell]:
        return shipped(exercise, variant, spoken)

    return lambda content: collect(content, exercise, handed_out, limits or Limits(), way, lang)


def collect(
    content: bytes, exercise: Exercise, handed_out: HandedOut, limits: Limits, way: Way, lang: str = "en"
) -> Collected:
    """Run the cells of a hand-in and return the values that its checks ask for.

    Parameters
    ----------
    content : bytes
        The notebook as it was handed in; anything at all.
    exercise : Exercise
        What was asked for.
    handed_out : callable
        The cells as they were handed out; a set-up cell that was deleted or damaged is taken from there.
    limits : Limits
    way : {"user", "root", "trust"}
        From `contrechamp.grading.preflight.way`.
    lang : str
        Language of the notes, the teacher's.

    Returns
    -------
    Collected
        The values are the student's word, like values typed into a notebook; the expected ones were nowhere near.

    Raises
    ------
    ContrechampError
        When the sandbox no longer starts.
    """
    try:
        book = read(content, lang)
    except NotReadable as why:
        return Collected(why.status, notes=(str(why),))
    other = values.of_another(book, exercise, lang)
    if other is not None:
        return other
    cells = [cell for cell in book.cells if cell.kind == "code"]
    if sum(len(cell.source) for cell in cells) > _MOST_CODE:
        note = _("The cells hold more than a million letters of code.", lang)
        return Collected("too_large", notes=(note,), language=book.language, variant=book.variant, lesson=book.lesson)
    spoken = book.language or language.languages()[0]
    checks = exercise.checks(book.variant)
    questions = _questions(cells, checks, handed_out(book.variant or "main", spoken))
    found = _run(_steps(questions), checks, limits, way, spoken)
    return _summary(found, questions, book, exercise, lang)


def shipped(exercise: Exercise, variant: str, spoken: str) -> Sequence[Cell]:
    """Return the code cells of an exercise of the course; none of a class's own paper, and none without a checkout."""
    root = home.checkout()
    if root is None or exercise.paper is not None:
        return ()
    ending = "_alternative" if variant == "alternative" else ""
    for path in sorted((root / "exercises" / spoken).glob(f"{exercise.lesson}_*.ipynb")):
        if path.stem.endswith("_alternative") == bool(ending):
            return tuple(cell for cell in read(path.read_bytes(), "en").cells if cell.kind == "code")
    return ()


def _questions(
    cells: Sequence[Cell], checks: Sequence[Mapping[str, Any]], handed_out: Sequence[Cell]
) -> list[_Question]:
    """Give each cell of a hand-in to the question that it belongs to."""
    questions = [*map(_Question, checks), _Question(None)]
    places = {mark: place for place, check in enumerate(checks) for mark in _marks(check)}
    known = _as_handed_out(questions, places, handed_out)
    marks = {cell.id: cell.grade_id for cell in handed_out if cell.id and cell.grade_id in places}
    waiting: list[Cell] = []
    last, used = 0, set()
    for cell in cells:
        mark = cell.grade_id if cell.grade_id in places else marks.get(cell.id, "")  # marks are lost on some ways
        place, original = (
            (places[mark], None) if mark else known.get(cell.id) or known.get(_text_of(cell)) or (-1, None)
        )
        if place < 0:
            waiting.append(cell)
            continue
        question = questions[place]
        question.steps += [{"run": other.source} for other in waiting]
        question.steps.append(_step(cell, mark, original))
        question.found |= mark.endswith("-answer")
        waiting, last = [], place
        used.add(original)
    questions[last].steps += [{"run": other.source} for other in waiting]
    for question in questions:
        question.steps[:0] = [{"run": cell.source} for cell in question.given if cell not in used]
    return questions


def _marks(check: Mapping[str, Any]) -> tuple[str, str]:
    """Return nbgrader's marks of the cell for the answer and of the cell with the check."""
    name = str(check["id"]).replace(".", "-")
    return f"{name}-answer", f"{name}-check"


def _as_handed_out(
    questions: Sequence[_Question], places: Mapping[str, int], handed_out: Sequence[Cell]
) -> dict[str, tuple[int, Cell | None]]:
    """Note the unmarked cells with their questions, and return them by id and by text."""
    known: dict[str, tuple[int, Cell | None]] = {}
    place = 0
    for cell in handed_out:
        if cell.grade_id in places:
            place = places[cell.grade_id] + cell.grade_id.endswith("-check")
        else:
            questions[place].given.append(cell)
            known |= {_text_of(cell): (place, cell)} | ({cell.id: (place, cell)} if cell.id else {})
    return known


def _text_of(cell: Cell) -> str:
    return "\n".join(line.rstrip() for line in cell.source.strip().splitlines()) + "\n"  # no id looks like this


def _step(cell: Cell, mark: str, original: Cell | None) -> dict[str, Any]:
    if mark.endswith("-check"):
        return {"run": cell.source, "quiet": True}  # what fails there has failed before
    damaged = original is not None and _text_of(original) != _text_of(cell)
    return {"run": cell.source} | ({"otherwise": original.source} if original and damaged else {})


def _steps(questions: Sequence[_Question]) -> list[dict[str, Any]]:
    """Return what the worker does: the cells, and after those of a question what its check asks for."""
    steps: list[dict[str, Any]] = []
    for question in questions:
        steps += question.steps
        if question.check is not None:
            wanted = question.check["values"]
            cases = {name: functions.every(spec) for name, spec in wanted.items() if spec["kind"] == "function"}
            steps.append({"check": question.check["id"], "names": list(wanted), "cases": cases})
    return steps


@dataclass
class _Found:
    """What a hand-in gave, in one process or in several."""

    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)  # by step
    ending: Status = "graded"
    detail: str = ""


def _run(
    steps: list[dict[str, Any]], asked: Sequence[Mapping[str, Any]], limits: Limits, way: Way, lang: str
) -> _Found:
    """Take the steps; after a step that ended the process, take them again without it."""
    checks = {str(check["id"]): check for check in asked}
    found = _Found()
    left = list(range(len(steps)))
    deadline = time.monotonic() + 2 * limits.wall
    for _start in range(_STARTS):
        sent = [{key: steps[number][key] for key in steps[number] if key != "quiet"} for number in left]
        ran = sandbox.run(sent, limits, way, lang)
        at = _note(ran, left, checks, found)
        if ran.ending == "broken":
            says = _("The sandbox does not start ({line}). What is graded is kept; run the command again.")
            raise ContrechampError(says.format(line=ran.detail[-300:]))
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


def _summary(found: _Found, questions: Sequence[_Question], book: Notebook, exercise: Exercise, lang: str) -> Collected:
    asked = {str(question.check["id"]): question for question in questions if question.check is not None}
    kept = {
        name: found.values[name]
        for name, question in asked.items()
        if name in found.values and (question.found or found.values[name])
    }
    missing = [name for name in asked if name not in kept]
    status: Status = "alternative" if book.variant == "alternative" else "graded"
    if missing:
        status = "cells_missing"
    if found.ending in ("crashed", "timed_out"):
        status = found.ending
    if "timeout" in found.errors.values():
        status = "timed_out"
    return Collected(
        status,
        kept,
        values.open_answers(book, exercise),
        book.language,
        book.variant,
        tuple(_notes(found, questions, missing, lang)),
        book.lesson,
        exercise.paper,
    )


def _notes(found: _Found, questions: Sequence[_Question], missing: Sequence[str], lang: str) -> Iterator[str]:
    """Say what went wrong where; the steps are counted as `_steps` made them."""
    number = 0
    for question in questions:
        name = str(question.check["id"]) if question.check else "-"
        for step in [*question.steps, *([{}] if question.check else [])]:
            if (error := found.errors.get(number)) is not None and not step.get("quiet"):
                yield _note_on(name, error, lang)
            number += 1
    for name in missing:
        yield _("{check}: no answer was found.", lang).format(check=name)


def _note_on(check: str, error: str, lang: str) -> str:
    says = {
        "timeout": _("{check}: a cell did not end in time.", lang),
        "crash": _("{check}: a cell ended Python.", lang),
        "MemoryError": _("{check}: a cell asked for too much memory.", lang),
    }.get(error, _("{check}: a cell stopped with {error}.", lang))
    return says.format(check=check, error=error)
