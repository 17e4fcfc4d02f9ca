"""What was found in one hand-in, and how it is judged: the one interface of grading by value and of grading code.

Whoever collects (from stored outputs, or from a sandbox) knows no expected value. Whoever judges runs none of the
student's code: it sees plain JSON, and calls the same pure rule as `contrechamp.lesson.check`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from contrechamp.lesson import checks as rules
from contrechamp.lesson import plain_values

Status = Literal[
    "graded",
    "alternative",
    "not_run",
    "cells_missing",
    "wrong_lesson",
    "wrong_variant",
    "crashed",
    "timed_out",
    "time_used_up",
    "unreadable",
    "too_large",
    "refused",
]
"""What became of a hand-in:

graded, alternative
    All checks were found; of the exercise, or of its twin on a neutral subject (equal credit).
not_run
    The notebook is whole, and no check was executed in it.
cells_missing
    Some checks were found and others were not: deleted, or not executed. The notes name them.
wrong_lesson, wrong_variant
    A notebook of ours, of another lesson or of another class's paper.
crashed, timed_out
    The student's code ended the process, or did not end (code only).
time_used_up
    Not run: the student's other notebooks, or the hand-ins before it, have used up the time (code only).
unreadable, too_large, refused
    No notebook, a notebook beyond the limits, a file that is not looked into (a link, a device).
"""

JUDGED: frozenset[Status] = frozenset({"graded", "alternative", "cells_missing", "crashed", "timed_out"})
"""Statuses with which the values that were found are judged."""

OutcomeStatus = rules.Status | Literal["absent"]


@dataclass(frozen=True)
class Collected:
    """What one hand-in holds, as plain data.

    Attributes
    ----------
    status : Status
    values : dict of check id to dict of name to plain JSON
        As `contrechamp.lesson.plain_values.to_plain` writes them. A check that is absent here was not found.
    open_answers : dict of task id to str
        The student's texts, as typed: untrusted.
    language : str or None
        Language of the notebook.
    variant : str or None
        ``"main"`` or ``"alternative"``.
    notes : tuple of str
        Sentences for the teacher, in the teacher's language; they may quote the student: untrusted.
    lesson : str or None
        Two digits.
    paper : str or None
        Code of a class's own paper (``contrechamp papers``), None for the shipped exercise.
    """

    status: Status
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    open_answers: Mapping[str, str] = field(default_factory=dict)
    language: str | None = None
    variant: str | None = None
    notes: tuple[str, ...] = ()
    lesson: str | None = None
    paper: str | None = None


@dataclass(frozen=True)
class Outcome:
    """How one question ended.

    Attributes
    ----------
    check : str
        Its id, ``"02.E1"``.
    status : {"right", "misconception", "wrong", "unfinished", "type", "absent"}
        As in `contrechamp.lesson.checks.Verdict`; absent when the hand-in holds no value for the question.
    points : float or None
        Earned. None, never zero, when there was nothing to judge.
    possible : float
    message : str
        In the language of the hand-in; it may quote the student: untrusted.
    misconception : str or None
    """

    check: str
    status: OutcomeStatus
    points: float | None
    possible: float
    message: str = ""
    misconception: str | None = None


def judge(collected: Collected, checks: Sequence[Mapping[str, Any]], lang: str | None = None) -> list[Outcome]:
    """Judge what was collected; pure, and the same in any order.

    Parameters
    ----------
    collected : Collected
    checks : sequence of mapping
        The checks of the exercise, as in ``datasets/checks``.
    lang : str, optional
        Language of the messages; the hand-in's own when left out.

    Returns
    -------
    list of Outcome
        One a check, in the order of `checks`. Each value of a check is worth the same part of its points.

    Examples
    --------
    >>> rule = {"id": "99.E1", "points": 2, "values": {"a": {"kind": "number", "expected": 3, "tolerance": 0}}}
    >>> [o.points for o in judge(Collected("graded", {"99.E1": {"a": 3}}), [rule], "en")]
    [2.0]
    >>> [o.points for o in judge(Collected("unreadable"), [rule], "en")]
    [None]
    """
    lang = lang or collected.language or "en"
    found = {str(name).upper(): values for name, values in collected.values.items()}
    if collected.status not in JUDGED:
        found = {}
    return [_outcome(check, found.get(str(check["id"]).upper()), lang) for check in checks]


def _outcome(check: Mapping[str, Any], plain: Mapping[str, Any] | None, lang: str) -> Outcome:
    possible = float(check.get("points", 1))
    if plain is None:
        return Outcome(str(check["id"]), "absent", None, possible)
    wanted = check["values"]
    values = {
        name: plain_values.from_plain(value, wanted[name]["kind"] if name in wanted else "text")
        for name, value in plain.items()
    }
    verdict = rules.evaluate(check, values, lang)
    points = rules.earned(check, values) if wanted else 0.0
    return Outcome(str(check["id"]), verdict.status, points, possible, verdict.message, verdict.misconception)
