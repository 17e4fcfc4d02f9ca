"""Marking by hand: the table that a teacher fills in, and reading it back.

A row is a student's answer to an open task; a column is a line of the rubric. A row without points is not marked yet.
A row names the version of the text that it shows, so that a mark stays with the text for which it was given.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from contrechamp.errors import ContrechampError
from contrechamp.grading.class_folder import ClassFolder
from contrechamp.grading.exercise import Exercise
from contrechamp.grading.gradebook import Verbatim, earlier, lines, table, version
from contrechamp.grading.words import shown
from contrechamp.language import gettext as _

HIGHEST = 2  # points of a line of the rubric
_FIRST = ["key", "student", "task", "version", "answer"]
_LAST = "remark"
_EARLIER = "earlier_points"
_MOST_BYTES = 20_000_000


def sheet(records: Sequence[Mapping[str, Any]], exercise: Exercise, marks: Mapping[str, Any], lang: str) -> bytes:
    """Return the table to fill in: a row an answer, a column a line of the rubric.

    Where an answer was marked and has changed since, the last column holds the points of the earlier text.

    Parameters
    ----------
    records : sequence of mapping
        The results of the hand-ins.
    exercise : Exercise
        For the rubric.
    marks : mapping
        What was marked by hand, by key and task.
    lang : str
        Language of the headings.

    Returns
    -------
    bytes
        CSV, as from `gradebook.table`.
    """
    most = max((len(task["criteria"]) for variant in exercise.tables for task in exercise.open(variant)), default=0)
    rows = []
    for record in records:
        tasks = {task["id"]: task for task in exercise.open(record["variant"])}
        before = {line["id"]: earlier(line) for line in lines(record, marks)}
        for found in record["open"]:
            if (found["answer"] or before[found["id"]]) and found["id"] in tasks:
                text = Verbatim(shown(found["answer"]))
                head = [record["key"], record["name"], found["id"], version(found["answer"]), text]
                rows.append([*head, *[""] * (most + 1), before[found["id"]]])
    return table([*_FIRST, *_columns(exercise, most, lang), _LAST, _EARLIER], rows)


def _columns(exercise: Exercise, most: int, lang: str) -> list[str]:
    """Name the columns: by number, and by the rubric's words where both variants use the same."""
    names = []
    for number in range(most):
        said = {
            task["criteria"][number]["name"].get(lang, "")
            for variant in exercise.tables
            for task in exercise.open(variant)
            if number < len(task["criteria"])
        }
        names.append(f"{number + 1}. {said.pop()}" if len(said) == 1 else str(number + 1))
    return names


def merge(folder: ClassFolder, path: Path, exercise: Exercise, lang: str) -> int:
    """Take the points of a filled-in table into the class folder.

    Parameters
    ----------
    folder : ClassFolder
        Its marks are amended, and not saved yet.
    path : Path
        The table.
    exercise : Exercise
        Says how many points each line of the rubric has.
    lang : str
        Language of the message.

    Returns
    -------
    int
        How many answers this table marks.

    Raises
    ------
    ContrechampError
        When the file is no such table, or a row holds something else than points; the message names the row, and
        nothing of the file was taken.
    """
    found: dict[str, dict[str, Any]] = {}
    for number, row in enumerate(_rows(path, lang), 2):
        key, task, points = _row(row, number, folder, exercise, path, lang)
        if points is not None:
            remark = shown(row.get(_LAST) or "", 4_000).strip()
            now = version(_answer(folder.records[key], task))
            mark = {"points": points, "remark": remark, "version": (row.get("version") or "").strip() or now}
            before = folder.marks.get(key, {}).get(task, {})
            if mark["version"] == now or before.get("version") != now:
                found.setdefault(key, {})[task] = mark
    for key, tasks in found.items():
        folder.marks.setdefault(key, {}).update(tasks)
    return sum(len(tasks) for tasks in found.values())


def _answer(record: Mapping[str, Any], task: str) -> str:
    return next((str(found["answer"]) for found in record["open"] if found["id"] == task), "")


def _rows(path: Path, lang: str) -> list[dict[str, str]]:
    try:
        content = path.read_bytes()[:_MOST_BYTES].decode("utf-8-sig")
    except OSError as error:
        says = _("{place} cannot be read ({reason}).", lang)
        raise ContrechampError(says.format(place=path, reason=error.strerror or error)) from None
    except UnicodeDecodeError:
        says = _("{place} is no text in UTF-8. Save it as CSV UTF-8.", lang)
        raise ContrechampError(says.format(place=path)) from None
    head = content.split("\n", 1)[0]
    sign = max(",;\t", key=head.count)  # a spreadsheet in French writes semicolons
    csv.field_size_limit(_MOST_BYTES)
    try:
        rows = list(csv.DictReader(io.StringIO(content, newline=""), delimiter=sign, restkey="", restval=""))
    except csv.Error:
        rows = []
    if not rows or not {"key", "task"} <= set(rows[0]):
        says = _("{place} is not the table to_mark.csv: the columns key and task are missing, or it has no row.", lang)
        raise ContrechampError(says.format(place=path))
    return rows


def _row(
    row: Mapping[str, Any], number: int, folder: ClassFolder, exercise: Exercise, path: Path, lang: str
) -> tuple[str, str, list[float] | None]:
    """Return the key, the task and the points of a row, None when it is not marked yet."""

    def refuse(says: str, **what: object) -> ContrechampError:
        return ContrechampError(says.format(place=path, row=number, **what) + " " + _("Nothing was taken.", lang))

    key, task_id = str(row["key"]).strip().removeprefix("'"), str(row["task"]).strip()
    record = folder.records.get(key)
    if record is None:
        raise refuse(_("{place}, row {row}: there is no hand-in {name}.", lang), name=shown(key, 80))
    task = next((task for task in exercise.open(record["variant"]) if task["id"] == task_id), None)
    if task is None:
        raise refuse(_("{place}, row {row}: there is no task {name}.", lang), name=shown(task_id, 40))
    count = len(task["criteria"])
    columns = {str(name).split(".")[0].strip(): value for name, value in row.items() if isinstance(value, str)}
    given = [columns.get(str(line + 1), "").strip() for line in range(count)]
    if not any(given):
        return key, task_id, None
    points = [_points(text) for text in given]
    if any(point is None for point in points):
        wrong = given[points.index(None)] or "…"
        says = _("{place}, row {row}: {text} is no number from 0 to {most}, and every line needs one.", lang)
        raise refuse(says, text=shown(wrong, 40), most=HIGHEST)
    return key, task_id, [point for point in points if point is not None]


def _points(text: str) -> float | None:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if 0 <= value <= HIGHEST else None
