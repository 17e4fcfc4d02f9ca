"""The open task of an exercise: where its text goes in the notebook, how many points it is worth, by which rubric.

The rubric is read from the exercise's own table, so that whoever marks sees the words that the student saw.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from contrechamp.authoring.sources import Source
from contrechamp.errors import ContrechampError

POINTS_A_LINE = 2  # "not yet", "nearly", "there": none, one, two
_HEADING = re.compile(r"^## ([EA]\d)\. (.+)$", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\*Double-click here,[^*]*\*")
_RUBRIC = re.compile(r"^### Rubric\b", re.MULTILINE)
_CELLS = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class OpenTask:
    """An open task in a source.

    Attributes
    ----------
    id : str
        As those of checks: ``"02.E4"``.
    position : int
        Place of the cell that the student writes into, among the source's cells.
    rubric : str
        Markdown with one table.
    points : int
    """

    id: str
    position: int
    rubric: str
    points: int


def find(source: Source) -> list[OpenTask]:
    """Return the open tasks of an exercise.

    Raises
    ------
    ContrechampError
        When a cell to write into has no heading above it, or no rubric after it.
    """
    found = []
    for position, cell in enumerate(source.cells):
        if cell.cell_type == "markdown" and _PLACEHOLDER.fullmatch(cell.source.strip()):
            above = "\n".join(cell.source for cell in source.cells[:position] if cell.cell_type == "markdown")
            headings = _HEADING.findall(above)
            below = source.cells[position + 1].source if position + 1 < len(source.cells) else ""
            if not headings or not _RUBRIC.search(below):
                raise ContrechampError(
                    f"{source.relative}: an open task stands under a heading such as `## E4. …` and has its "
                    "`### Rubric` in the next cell (put `+++` between them)."
                )
            points = POINTS_A_LINE * len(lines(below))
            found.append(OpenTask(f"{source.lesson}.{headings[-1][0]}", position, below, points))
    return found


def table_row(task: OpenTask, source: Source, prefix: str, say: Callable[[str], dict[str, str]]) -> dict[str, Any]:
    """Return the entry of an open task in ``datasets/checks``.

    Parameters
    ----------
    task : OpenTask
    source : Source
    prefix : str
        Beginning of the notebook's cell ids.
    say : callable
        Returns Markdown in every language.

    Returns
    -------
    dict
        ``id``, ``cell`` (id of the cell to write into), ``points``, ``title``, ``task``, ``placeholder``, ``criteria``.
    """
    question = source.cells[task.position - 1].source
    tables = {lang: lines(text) for lang, text in say(task.rubric).items()}
    criteria = [
        {
            "name": {lang: rows[number][0] for lang, rows in tables.items()},
            "levels": {lang: rows[number][1:] for lang, rows in tables.items()},
        }
        for number in range(len(tables["en"]))
    ]
    said = say(question)
    return {
        "id": task.id,
        "cell": f"{prefix}-{task.position + 1:02d}",
        "points": task.points,
        "title": {lang: next((title for _, title in _HEADING.findall(text)), "") for lang, text in said.items()},
        "task": {lang: _HEADING.sub("", text).strip() for lang, text in said.items()},
        "placeholder": say(source.cells[task.position].source),
        "criteria": criteria,
    }


def lines(rubric: str) -> list[list[str]]:
    r"""Return the lines of a rubric's table: what is judged, then the words for none, one and two points.

    Examples
    --------
    >>> lines("| | None | One | Two |\n|---|---|---|---|\n| **Care** | no | some | much |")
    [['Care', 'no', 'some', 'much']]
    """
    rows = [[part.strip() for part in _CELLS.split(line)[1:-1]] for line in rubric.split("\n") if line.startswith("|")]
    return [[row[0].strip("*"), *row[1:]] for row in rows[2:] if len(row) == POINTS_A_LINE + 2]
