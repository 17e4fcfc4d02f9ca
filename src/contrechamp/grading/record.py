"""The result of one hand-in as plain data: its files read up to a size, its notebooks tried, the best one judged.

A file that cannot be judged costs nobody else a point, and nothing in here knows of any other hand-in.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from contrechamp.errors import ContrechampError
from contrechamp.grading import words
from contrechamp.grading.allowance import Allowance
from contrechamp.grading.collected import Collected, judge
from contrechamp.grading.exercise import Exercise
from contrechamp.grading.given_files import File
from contrechamp.grading.hand_ins import HandIn
from contrechamp.grading.notebook import NotReadable
from contrechamp.language import gettext as _

Collect = Callable[[bytes, Allowance], Collected]
"""Reads the answers out of a notebook, within the time of its hand-in."""

BEST_FIRST = [
    *("graded", "alternative", "cells_missing", "timed_out", "crashed", "time_used_up", "not_run"),
    *("wrong_variant", "wrong_lesson", "too_large", "unreadable", "refused"),
]
"""The statuses, those first that tell most of what a student can do."""

_MOST_BYTES = 64_000_000  # of all notebooks of one hand-in
_WHOLE = ("graded", "alternative")  # notebooks that came through
_NAMED = 3  # notebooks that were not run, named one by one


def contents(files: Sequence[File], lang: str) -> Iterator[tuple[str, bytes | NotReadable]]:
    """Read the files of a hand-in up to a size: a small archive can hold a great many large notebooks.

    Parameters
    ----------
    files : sequence of File
    lang : str
        Language of the reasons, the teacher's.

    Yields
    ------
    path : str
    content : bytes or NotReadable
        The reason where it was not read.
    """
    left = _MOST_BYTES
    for file in files:
        if left < 0 and file.path.lower().endswith(".ipynb"):
            line = _("The notebooks of this hand-in have more than {most} MB together; this one was not read.", lang)
            yield file.path, NotReadable("too_large", line.format(most=_MOST_BYTES // 1_000_000))
            continue
        content = _content(file)
        left -= len(content) if isinstance(content, bytes) else 0
        yield file.path, content


def _content(file: File) -> bytes | NotReadable:
    if not file.path.lower().endswith(".ipynb"):
        try:
            file.read() if file.path.lower().endswith(".zip") else None
        except NotReadable as why:
            return why
        return b""
    try:
        return file.read()
    except NotReadable as why:
        return why


def digest(contents: Mapping[str, bytes | NotReadable], exercise: Exercise, how: str) -> str:
    """Return a short name of what was handed in, what was asked for and how it is graded.

    Parameters
    ----------
    contents : mapping of str to (bytes or NotReadable)
        From `contents`.
    exercise : Exercise
    how : str
        Language and way of grading.

    Returns
    -------
    str
        Twenty hexadecimal digits; equal ones need not be graded again.
    """
    found = hashlib.sha256(f"{exercise.digest} {how}".encode())
    for path, content in sorted(contents.items()):
        found.update(path.encode("utf-8", "surrogatepass") + b"\0")
        found.update(hashlib.sha256(content if isinstance(content, bytes) else str(content).encode()).digest())
    return found.hexdigest()[:20]


def record(
    hand_in: HandIn,
    contents: Mapping[str, bytes | NotReadable],
    exercise: Exercise,
    collect: Collect,
    lang: str,
    allowance: Allowance,
) -> dict[str, Any]:
    """Return the result of one hand-in as plain data.

    Where a student handed in several notebooks, the one that tells most is taken: the best status, then the most
    answers, then the most points. They share the hand-in's time: one that it no longer reaches is named.

    Parameters
    ----------
    hand_in : HandIn
    contents : mapping of str to (bytes or NotReadable)
        From `contents`.
    exercise : Exercise
    collect : callable
        From `grade.collector`.
    lang : str
        The teacher's language; the hand-in's own for what its student reads.
    allowance : Allowance
        The time that its notebooks share.

    Returns
    -------
    dict
        Texts, numbers, lists and dicts only, with lengths limited.
    """

    def attempt(path: str, part: Allowance) -> tuple[Collected, float]:
        return _tried(contents[path], exercise, collect, lang, part)

    shared = _in_shares([file.path for file in hand_in.notebooks], attempt, allowance)
    tried = [(*one, path) for path, one in shared.items()]
    tried.sort(key=lambda one: (BEST_FIRST.index(one[0].status), -len(one[0].values), -one[1], one[2]))
    if tried:
        collected, _points, path = tried[0]
        notes = list(collected.notes)
        rivals = [one[2] for one in tried[1:] if one[0].lesson == exercise.lesson]
        if rivals and collected.lesson == exercise.lesson:
            line = _("More than one notebook of this lesson; taken: {name}.", lang)
            notes.append(line.format(name=words.shown(path, 200)))
        notes += _not_run([one[2] for one in tried if one[0].status == "time_used_up"], allowance, lang)
    else:
        collected, path, notes = _without_notebook(hand_in, contents, lang)
    judged = judge(collected, exercise.checks(collected.variant), collected.language or lang)
    objectives = {str(check["id"]): str(check.get("objective", "")) for check in exercise.checks(collected.variant)}
    return {
        "key": hand_in.key,
        "name": words.shown(hand_in.name, 200),
        "participant": hand_in.participant,
        "folder": words.shown(hand_in.folder, 300) if hand_in.folder else None,
        "file": words.shown(path, 300),
        "status": collected.status,
        "variant": collected.variant,
        "language": collected.language,
        "notes": [words.shown(note, 1_000) for note in notes],  # they may quote the student
        "questions": [
            {
                "id": found.check,
                "objective": objectives[found.check],
                "status": found.status,
                "points": found.points,
                "possible": found.possible,
                "message": words.shown(found.message, 4_000),
                "misconception": found.misconception,
            }
            for found in judged
        ],
        "open": [
            {
                "id": str(task["id"]),
                "answer": words.shown(collected.open_answers.get(str(task["id"]), "")),
                "possible": task["points"],
            }
            for task in exercise.open(collected.variant)
        ],
    }


def _in_shares(
    paths: Sequence[str], attempt: Callable[[str, Allowance], tuple[Collected, float]], allowance: Allowance
) -> dict[str, tuple[Collected, float]]:
    """Try each notebook in its share of the time; when none came through, those cut short share what is left."""
    found: dict[str, tuple[Collected, float]] = {}
    cut: dict[str, float] = {}
    for place, path in enumerate(paths):
        part = allowance.share(len(paths) - place)
        given = part.left
        found[path] = attempt(path, part)
        if found[path][0].status == "timed_out" and part.is_used_up:
            cut[path] = given
    if any(one.status in _WHOLE for one, _points in found.values()):
        return found
    for place, (path, given) in enumerate(cut.items()):
        part = allowance.share(len(cut) - place)
        if part.left > given:
            found[path] = attempt(path, part)
    return found


def _not_run(paths: Sequence[str], allowance: Allowance, lang: str) -> Iterator[str]:
    """Say in one sentence which notebooks were not run for want of time."""
    if not paths:
        return
    if allowance.run_is_over:
        yield _("Not run: the time for one run of the command is used up. Give the same command again to go on.", lang)
        return
    names = ", ".join(words.shown(path, 100) for path in sorted(paths)[:_NAMED])
    more = _(" and {count} more", lang).format(count=len(paths) - _NAMED) if len(paths) > _NAMED else ""
    line = _("Not run, because the {seconds} seconds for one hand-in are used up: {names}{more}.", lang)
    yield line.format(seconds=round(allowance.seconds), names=names, more=more)


def _tried(
    content: bytes | NotReadable, exercise: Exercise, collect: Collect, lang: str, allowance: Allowance
) -> tuple[Collected, float]:
    if isinstance(content, NotReadable):
        return Collected(content.status, notes=(str(content),)), 0.0
    try:
        collected = collect(content, allowance)
        judged = judge(collected, exercise.checks(collected.variant))
    except (ContrechampError, OSError):
        raise
    except Exception as error:  # a defect of ours must not cost the rest of the class its grades
        line = _("The grader itself failed at this file ({error}). Please report it.", lang)
        return Collected("unreadable", notes=(line.format(error=type(error).__name__),)), 0.0
    return collected, sum(found.points or 0.0 for found in judged)


def _without_notebook(
    hand_in: HandIn, contents: Mapping[str, bytes | NotReadable], lang: str
) -> tuple[Collected, str, list[str]]:
    reasons = [why for why in contents.values() if isinstance(why, NotReadable)]
    names = ", ".join(words.shown(Path(file.path).name, 80) for file in hand_in.files[:5])
    line = _("No notebook was handed in, but: {names}.", lang).format(names=names)
    status = reasons[0].status if reasons else "unreadable"
    return Collected(status), hand_in.files[0].path, [str(why) for why in reasons] or [line]
