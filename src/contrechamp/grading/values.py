"""Grading by value: the answers are read from the outputs that `check` left in the notebook.

No code of the student's runs, so this works on every system and needs no sandbox. What is read is the newest run of
each check, wherever its cell stands, whatever the file is called, and however often a cell was copied.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from contrechamp.grading.collected import Collected, Status
from contrechamp.grading.exercise import Exercise
from contrechamp.grading.notebook import MOST_LETTERS, Cell, Notebook, NotReadable, is_shipped, read
from contrechamp.language import gettext as _


def collect(content: bytes, exercise: Exercise, lang: str = "en") -> Collected:
    """Read what a student answered out of a notebook.

    Parameters
    ----------
    content : bytes
        The notebook as it was handed in.
    exercise : Exercise
        What was asked for.
    lang : str
        Language of the notes, the teacher's.

    Returns
    -------
    Collected
        Never raises on what a student handed in; the status says what was wrong.
    """
    try:
        book = read(content, lang)
    except NotReadable as why:
        return Collected(why.status, notes=(str(why),))
    other = of_another(book, exercise, lang)
    if other is not None:
        return other
    wanted = [str(check["id"]) for check in exercise.checks(book.variant)]
    runs = {name: found for name in wanted if (found := _newest(book, name, exercise.paper))}
    notes = [*_missing(book, wanted, runs, lang), *_stale(book, runs, lang)]
    status: Status = "alternative" if book.variant == "alternative" else "graded"
    if len(runs) < len(wanted):
        status = "cells_missing" if runs or not _has_checks(book, wanted) else "not_run"
    others = sorted({str(kept.get("paper") or "") for cell in book.cells for kept in cell.kept})
    if not runs and others:
        status = "wrong_variant"
        notes = [
            _("The answers belong to the paper {name}, and not to this one.", lang).format(name=_named(others, lang))
        ]
    return Collected(
        status,
        {name: run[1] for name, run in runs.items()},
        open_answers(book, exercise),
        book.language,
        book.variant,
        tuple(notes),
        book.lesson,
        exercise.paper,
    )


def _named(papers: list[str], lang: str) -> str:
    return ", ".join(paper[:12] or _("of the course", lang) for paper in papers[:3])


def of_another(book: Notebook, exercise: Exercise, lang: str) -> Collected | None:
    """Return what there is to say of a notebook that is not of this exercise; None when it is.

    Parameters
    ----------
    book : Notebook
    exercise : Exercise
        The one that was asked for.
    lang : str
        The teacher's language.

    Returns
    -------
    Collected or None
        With a status and a note, and without answers.
    """
    if book.lesson is None:
        why = _("The notebook is no exercise of this course.", lang)
        return Collected("unreadable", language=book.language, notes=(why,))
    if book.lesson != exercise.lesson:
        why = _("This is the exercise of lesson {lesson}.", lang).format(lesson=book.lesson)
        return Collected("wrong_lesson", language=book.language, notes=(why,), lesson=book.lesson)
    if not exercise.checks(book.variant):
        why = _("This lesson has no alternative exercise.", lang)
        return Collected("wrong_variant", language=book.language, notes=(why,), lesson=book.lesson)
    return None


def open_answers(book: Notebook, exercise: Exercise) -> dict[str, str]:
    """Return the student's texts by task, empty where nothing was written.

    The text is what stands in the cell for it, whatever its type has become, followed by the text cells that the
    student added anywhere.

    Parameters
    ----------
    book : Notebook
    exercise : Exercise

    Returns
    -------
    dict of str to str
        At most `MOST_LETTERS` letters each.
    """
    answers = {}
    for task in exercise.open(book.variant):
        own = [cell.source for cell in book.cells if _is_place(cell, task)]
        blanks = {" ".join(blank.split()) for blank in task["placeholder"].values()}
        parts = [part for part in own if " ".join(part.split()) not in blanks]
        if book.ids:
            parts += [cell.source for cell in book.cells if _was_added(cell, task)]
        answers[str(task["id"])] = "\n\n".join(part.strip() for part in parts if part.strip())[:MOST_LETTERS]
    return answers


def _is_place(cell: Cell, task: Mapping[str, Any]) -> bool:
    """Say whether a cell is the one for the answer: by its note, by its id where it has none."""
    wanted = f"{task['id']}-answer".replace(".", "-")
    return cell.grade_id == wanted or (not cell.grade_id and cell.id == task["cell"])


def _was_added(cell: Cell, task: Mapping[str, Any]) -> bool:
    return cell.kind in ("markdown", "raw") and not is_shipped(cell) and not _is_place(cell, task)


def _newest(book: Notebook, check: str, paper: str | None) -> tuple[int, Mapping[str, Any]] | None:
    """Return the newest run of a check: its number, and its values by name."""
    best: tuple[tuple[int, int], Mapping[str, Any]] | None = None
    for place, cell in enumerate(book.cells):
        for kept in cell.kept:
            mine = kept["check"].strip().upper() == check.upper() and (kept.get("paper") or None) == paper
            if mine and (best is None or (cell.count, place) >= best[0]):
                best = (cell.count, place), kept["values"]
    return None if best is None else (best[0][0], best[1])


def _has_checks(book: Notebook, wanted: list[str]) -> bool:
    """Say whether the cells of the checks are there, at least one of them."""
    return any(f'"{name}' in cell.source or f"'{name}" in cell.source for cell in book.cells for name in wanted)


def _missing(book: Notebook, wanted: list[str], runs: Mapping[str, Any], lang: str) -> Iterator[str]:
    absent = [name for name in wanted if name not in runs]
    unrun = [name for name in absent if _has_checks(book, [name])]
    gone = [name for name in absent if name not in unrun]
    if unrun:
        yield _("Not run, or saved without outputs: {names}.", lang).format(names=", ".join(unrun))
    if gone:
        yield _("Not in the notebook: {names}.", lang).format(names=", ".join(gone))


def _stale(book: Notebook, runs: Mapping[str, tuple[int, Any]], lang: str) -> Iterator[str]:
    """Name the questions whose cell was run again after their check: the check saw an older answer."""
    for name, (count, _values) in runs.items():
        answer = f"{name}-answer".replace(".", "-")
        later = [cell.count for cell in book.cells if cell.grade_id == answer and cell.kind == "code"]
        if count and later and max(later) > count:
            line = _("{name}: the question was run again after its check; the check's answer counts.", lang)
            yield line.format(name=name)
