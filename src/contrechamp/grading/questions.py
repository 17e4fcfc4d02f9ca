"""The questions of an exercise and the cells of a hand-in: which cell belongs to which question.

A student's notebook need not look as it was handed out. Cells may be moved, copied, split, added or deleted: each cell
belongs to a question, by the mark it carries or by its neighbours, and the questions are taken in the order of the
exercise.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from contrechamp import home
from contrechamp.grading.exercise import Exercise
from contrechamp.grading.notebook import Cell, read
from contrechamp.lesson import functions

HandedOut = Callable[[str, str], Sequence[Cell]]
"""Gives the code cells of an exercise as they were handed out, by variant and language; none where nobody knows."""


@dataclass
class Question:
    """The cells of one question, up to its check; `check` is None for what stands after the last one.

    Attributes
    ----------
    check : mapping or None
    given : list of Cell
        The cells as handed out, without the answer and the check.
    steps : list of dict
        What is run.
    found : bool
        Whether the cell for the answer is there.
    """

    check: Mapping[str, Any] | None
    given: list[Cell] = field(default_factory=list)  # as handed out, without the answer and the check
    steps: list[dict[str, Any]] = field(default_factory=list)  # what is run
    found: bool = False  # the cell for the answer is there


def shipped(exercise: Exercise, variant: str, spoken: str) -> Sequence[Cell]:
    """Return the code cells of an exercise of the course; none of a class's own paper, and none without a checkout.

    Parameters
    ----------
    exercise : Exercise
    variant : {"main", "alternative"}
    spoken : str
        Language code.

    Returns
    -------
    sequence of Cell
    """
    root = home.checkout()
    if root is None or exercise.paper is not None:
        return ()
    ending = "_alternative" if variant == "alternative" else ""
    for path in sorted((root / "exercises" / spoken).glob(f"{exercise.lesson}_*.ipynb")):
        if path.stem.endswith("_alternative") == bool(ending):
            return tuple(cell for cell in read(path.read_bytes(), "en").cells if cell.kind == "code")
    return ()


def arrange(cells: Sequence[Cell], checks: Sequence[Mapping[str, Any]], handed_out: Sequence[Cell]) -> list[Question]:
    """Give each cell of a hand-in to the question that it belongs to.

    Parameters
    ----------
    cells : sequence of Cell
        The code cells of a hand-in, in their order.
    checks : sequence of mapping
        Those of the exercise.
    handed_out : sequence of Cell
        From `shipped`; may be empty.

    Returns
    -------
    list of Question
        One for each check, in order, and one for what stands after the last.
    """
    questions = [*map(Question, checks), Question(None)]
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
    questions: Sequence[Question], places: Mapping[str, int], handed_out: Sequence[Cell]
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


def steps_of(questions: Sequence[Question]) -> list[dict[str, Any]]:
    """Return what the worker does: the cells, and after those of a question what its check asks for.

    Parameters
    ----------
    questions : sequence of Question
        From `arrange`.

    Returns
    -------
    list of dict
        For `sandbox.run`.
    """
    steps: list[dict[str, Any]] = []
    for question in questions:
        steps += question.steps
        if question.check is not None:
            wanted = question.check["values"]
            cases = {name: functions.every(spec) for name, spec in wanted.items() if spec["kind"] == "function"}
            steps.append({"check": question.check["id"], "names": list(wanted), "cases": cases})
    return steps
