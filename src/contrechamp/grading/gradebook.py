"""The tables of a class: one row a question, one row a student, and everything as JSON."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from contrechamp.grading.class_folder import ClassFolder
from contrechamp.grading.collected import JUDGED
from contrechamp.grading.words import shown
from contrechamp.language import gettext as _

# What a spreadsheet takes for the beginning of a formula, also as the wide letters of East Asian keyboards.
_SIGNS = "=+@\uff1d\uff0b\uff0d\uff20-"
_FORMULA = (*_SIGNS, "\t", "\r")
# Many spreadsheets, all French ones, also end a cell at a semicolon, and then our quotation marks do not count.
_INNER = re.compile(rf'([;\t\n][\s"]*)(?=[{_SIGNS}])')
QUESTIONS = [
    *("student", "participant", "file", "status", "variant", "language", "question", "objective"),
    *("outcome", "points", "possible", "misconception", "earlier_points"),
]
STUDENTS = ["student", "participant", "status", "points", "possible", "not_judged", "to_mark", "notes"]


WAITING = ("to_mark", "marked_earlier")
"""What an open answer is while a person has to read it, for the first time or again."""


def version(text: str) -> str:
    """Return a short name of a text, whatever its spaces: a mark is given for one text and counts for no other.

    Examples
    --------
    >>> version("Two  words.") == version("Two words.") != version("Three words.")
    True
    """
    digest = hashlib.sha256(" ".join(text.split()).encode("utf-8", "replace")).hexdigest()
    return f"v{digest[:12]}"  # a letter first: a spreadsheet takes 12e45678 for a number


def lines(record: Mapping[str, Any], marks: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the questions of a record, open tasks last, with what was marked by hand.

    Parameters
    ----------
    record : mapping
        The result of one hand-in.
    marks : mapping
        What was marked by hand, by key and task.

    Yields
    ------
    dict
        ``id``, ``objective``, ``status``, ``points`` (None where nothing was judged), ``possible``, ``message``,
        ``misconception``; for an open task that was marked also ``criteria`` and ``remark``. Where the text has
        changed since then, its status is ``marked_earlier`` and it has no points until it is read again.
    """
    yield from (dict(question) for question in record["questions"])
    for task in record["open"]:
        mark = marks.get(record["key"], {}).get(task["id"])
        line = {"id": task["id"], "objective": "", "possible": task["possible"], "message": "", "misconception": None}
        if mark:
            given = [float(point) for point in mark["points"]]
            same = mark.get("version") in (None, version(task["answer"]))
            yield line | {
                "status": "marked" if same else "marked_earlier",
                "points": sum(given) if same else None,
                "criteria": given,
                "remark": mark.get("remark", ""),
            }
        elif task["answer"]:
            yield line | {"status": "to_mark", "points": None}
        else:
            judged = record["status"] in JUDGED
            yield line | {"status": "empty" if judged else "absent", "points": 0.0 if judged else None}


def total(questions: Sequence[Mapping[str, Any]]) -> tuple[float | None, float]:
    """Return the points earned, None when nothing at all was judged, and the points possible."""
    earned = [question["points"] for question in questions if question["points"] is not None]
    return (sum(earned) if earned else None), sum(question["possible"] for question in questions)


def write(folder: ClassFolder) -> None:
    """Write ``grades.csv``, ``students.csv`` and ``grades.json``.

    Parameters
    ----------
    folder : ClassFolder
        Its results are shown.

    Raises
    ------
    ContrechampError
        When the disk is full or the folder may not be written.
    """
    rows, students, everything = [], [], []
    for record in folder.sorted():
        questions = list(lines(record, folder.marks))
        rows += [_row(record, question) for question in questions]
        students.append(_student(record, questions, folder.lang))
        earned, possible = total(questions)
        everything.append({**record, "questions": questions, "points": earned, "possible": possible})
    folder.write("grades.csv", table(QUESTIONS, rows))
    folder.write("students.csv", table(STUDENTS, students))
    about = {"lesson": folder.lesson, "paper": folder.about.get("paper"), "students": everything}
    folder.write("grades.json", json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def _row(record: Mapping[str, Any], question: Mapping[str, Any]) -> list[Any]:
    return [
        *(record[name] for name in ("name", "participant", "file", "status", "variant", "language")),
        *(question[name] for name in ("id", "objective", "status")),
        number(question["points"]),
        number(question["possible"]),
        question["misconception"],
        earlier(question),
    ]


def earlier(question: Mapping[str, Any]) -> str:
    """Return the points of each line of the rubric that were given for an earlier text; nothing otherwise."""
    return " ".join(map(number, question["criteria"])) if question["status"] == "marked_earlier" else ""


def _student(record: Mapping[str, Any], questions: Sequence[Mapping[str, Any]], lang: str) -> list[Any]:
    earned, possible = total(questions)
    absent = [question["id"] for question in questions if question["status"] == "absent"]
    waiting = [question["id"] for question in questions if question["status"] in WAITING]
    line = _("{task}: mark given for an earlier text ({points}); it is not counted until the new text is read.", lang)
    changed = [line.format(task=question["id"], points=text) for question in questions if (text := earlier(question))]
    said = " ".join([*record["notes"], *changed])
    first = [record["name"], record["participant"], record["status"], number(earned), number(possible)]
    return [*first, " ".join(absent), " ".join(waiting), said]


def number(value: float | None) -> str:
    """Write points for a table: no digits that are not needed, nothing where nothing was judged."""
    return "" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a table as CSV in UTF-8 with a mark at its beginning, by which spreadsheets know it.

    A student's text that a spreadsheet would take for a formula gets an apostrophe in front, and so does what follows
    a semicolon, a tab or a line break in it.

    Parameters
    ----------
    head : sequence of str
        Names of the columns.
    rows : iterable of sequence
        Of the same length.

    Returns
    -------
    bytes
        Commas, and line ends as RFC 4180 has them.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cell(value: Any) -> str:
    text = "" if value is None else shown(value).replace("\n", " / ") if not isinstance(value, Verbatim) else str(value)
    text = _INNER.sub(r"\1'", text)
    return "'" + text if text.startswith(_FORMULA) and not _is_number(text) else text


class Verbatim(str):
    """A text that keeps its lines in a table."""


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
