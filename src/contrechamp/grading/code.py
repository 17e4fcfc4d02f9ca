"""Running a hand-in's cells in the sandbox, and collecting the values that the checks ask for.

A cell that fails costs what depends on it. A cell that ends the process, or does not end, is left out, and the rest is
run again without it.
"""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Protocol

from contrechamp import language
from contrechamp.errors import ContrechampError
from contrechamp.grading import preflight, sandbox, values
from contrechamp.grading.allowance import Allowance
from contrechamp.grading.collected import Collected, Status
from contrechamp.grading.exercise import Exercise
from contrechamp.grading.notebook import Cell, Notebook, NotReadable, read
from contrechamp.grading.questions import HandedOut, Question, arrange, shipped, steps_of
from contrechamp.grading.room import Way
from contrechamp.grading.sandbox import Limits, Ran
from contrechamp.language import gettext as _

_STARTS = 4  # processes for one hand-in, at most
_LEAST = 1.0  # seconds below which no further one is started
_MOST_CODE = 1 << 20  # letters of all cells
_MOST_NODES, _MOST_DEPTH = 20_000, 12  # of what one check collects
_ERRORS = {"time": "timeout", "entries": "entries"}  # what stopped the process; of everything else it ended itself


class Collector(Protocol):
    """Runs a notebook, as long as the hand-in's time lasts, and collects its answers."""

    def __call__(self, content: bytes, allowance: Allowance | None = None) -> Collected:
        """Return what one notebook gave."""
        ...


def collector(exercise: Exercise, trust: bool, lang: str, limits: Limits | None = None) -> Collector:
    """Return the function that runs a notebook and collects its answers.

    Parameters
    ----------
    exercise : Exercise
    trust : bool
        Run without a sandbox where there is none.
    lang : str
        The teacher's language.
    limits : Limits, optional
        Of time, memory and output; those of `Limits` when left out.

    Returns
    -------
    callable
        Takes the bytes of a notebook and the `Allowance` of its hand-in; returns `Collected`.

    Raises
    ------
    ContrechampError
        When there is no sandbox here, and `trust` is false.
    """
    way = preflight.way(trust, lang)

    @cache
    def handed_out(variant: str, spoken: str) -> Sequence[Cell]:
        return shipped(exercise, variant, spoken)

    def collect_one(content: bytes, allowance: Allowance | None = None) -> Collected:
        return collect(content, exercise, handed_out, limits or Limits(), way, lang, allowance)

    return collect_one


def collect(
    content: bytes,
    exercise: Exercise,
    handed_out: HandedOut,
    limits: Limits,
    way: Way,
    lang: str = "en",
    allowance: Allowance | None = None,
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
    allowance : Allowance, optional
        The time of the whole hand-in, of which the notebook uses a part; its own limits alone when left out.

    Returns
    -------
    Collected
        The values are the student's word, like values typed into a notebook; the expected ones were nowhere near.
        Of a notebook that was not run, because the time of the hand-in is used up, the open answers are there.

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
    if allowance is not None and allowance.is_used_up:
        texts = values.open_answers(book, exercise)
        status: Status = "time_used_up"
        return Collected(status, {}, texts, book.language, book.variant, (), book.lesson, exercise.paper)
    spoken = book.language or language.languages()[0]
    checks = exercise.checks(book.variant)
    questions = arrange(cells, checks, handed_out(book.variant or "main", spoken))
    most = 2 * limits.wall if allowance is None else min(2 * limits.wall, allowance.left)
    found = _run(steps_of(questions), checks, limits, way, spoken, time.monotonic() + most)
    return _summary(found, questions, book, exercise, lang)


@dataclass
class _Found:
    """What a hand-in gave, in one process or in several."""

    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)  # by step
    ending: Status = "graded"
    detail: str = ""


def _run(
    steps: list[dict[str, Any]],
    asked: Sequence[Mapping[str, Any]],
    limits: Limits,
    way: Way,
    lang: str,
    deadline: float,
) -> _Found:
    """Take the steps; after a step that ended the process, take them again without it, until a time on the clock."""
    checks = {str(check["id"]): check for check in asked}
    found = _Found()
    left = list(range(len(steps)))
    for _start in range(_STARTS):
        sent = [{key: steps[number][key] for key in steps[number] if key != "quiet"} for number in left]
        wall = min(limits.wall, max(0.0, deadline - time.monotonic()))
        ran = sandbox.run(sent, replace(limits, wall=wall), way, lang)
        at = _note(ran, left, checks, found)
        if ran.ending == "broken":
            says = _("The sandbox does not start ({line}). What is graded is kept; run the command again.")
            raise ContrechampError(says.format(line=ran.detail[-300:]))
        if ran.ending == "done":
            break
        late = ran.ending == "time" or found.ending == "timed_out"
        found.ending = "timed_out" if late else "crashed"
        found.errors.setdefault(at, _ERRORS.get(ran.ending, "crash"))
        if time.monotonic() >= deadline - _LEAST:
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


def _summary(found: _Found, questions: Sequence[Question], book: Notebook, exercise: Exercise, lang: str) -> Collected:
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


def _notes(found: _Found, questions: Sequence[Question], missing: Sequence[str], lang: str) -> Iterator[str]:
    """Say what went wrong where; the steps are counted as `steps_of` made them."""
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
        "entries": _("{check}: a cell made too many files.", lang),
        "MemoryError": _("{check}: a cell asked for too much memory.", lang),
    }.get(error, _("{check}: a cell stopped with {error}.", lang))
    return says.format(check=check, error=error)
