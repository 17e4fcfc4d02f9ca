"""Statements about the law and the second pair of eyes that compared each with its record.

``datasets/law/checks.csv`` holds one row per statement of the lessons and decks on law:

===============  ========================================================================================
column           what to write
===============  ========================================================================================
``place``        the source file, from the top of the repository: ``notebooks/17_french_and_eu_law.md``
``record``       id of the provision or proceeding: ``fr-cp-226-8-1``; of the row for a table: ``s01``
``field``        the field that was compared: ``max_prison_years``; or ``*`` where the whole record was read
``compared_by``  a role, never a name: ``second reader`` (somebody else than the author of the sentence), ``lawyer``; or
                 ``author`` where only the writer has compared it again, so that a second reader is still wanted
``compared_on``  the day, ``YYYY-MM-DD``
``result``       ``agrees``, or ``corrected`` when the sentence was mended
===============  ========================================================================================

A *statement* is a reference ``{{ law:ID.field }}``, or the id of a record that stands elsewhere in the file (in a code
cell, in an answer): there the whole record is compared, and the field is ``*``. A row ``*`` covers every field of its
record in that file. Each row of `TABLES`, a fictional case or a question in our words, is a statement as well: by its
own id, compared with all records that it names. How to fill it: ``python -m contrechamp.authoring.law_checks`` prints
the rows that are missing; compare each sentence with its record, in both languages, then paste the row and fill in the
last three columns.

A file that is not there yet demands nothing; once it is there, `missing` must be empty and a test says so.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from contrechamp import home
from contrechamp.authoring import references
from contrechamp.datasets import frames

#: Which sources are held to it: lessons 17 to 20 with exercises and quizzes, decks and briefs that state law.
PLACES = (
    *(
        f"{kind}/{lesson}_{end}"
        for lesson in (17, 18, 19, 20)
        for kind, end in (("notebooks", "*.md"), ("exercises", "*.md"), ("exercises", "*.quiz.yaml"))
    ),
    "slides/*law*.md",
    "slides/brief_*.md",
    "slides/policy_briefing.md",
    "slides/detect_and_mark.md",
    "slides/how_it_works.md",
    "slides/class_45.md",
)
#: Tables of the law data whose rows state law in our words: each row is one statement, compared as a whole.
TABLES = ("scenarios", "contested", "facts_to_establish")
Statement = tuple[str, str, str]


def statements(root: Path) -> list[Statement]:
    """Return the statements of the lessons, decks and fictional cases on law: (place, record, field), each once."""
    found: dict[Statement, None] = {}
    for path in sorted(path for pattern in PLACES for path in root.glob(pattern)):
        place = path.relative_to(root).as_posix()
        for record, field in _stated(path.read_text(encoding="utf-8")):
            found[place, record, field] = None
    for table in TABLES:
        place = f"datasets/law/{table}.csv"
        if (root / place).exists():
            found |= {(place, row["id"], "*"): None for row in frames.rows("law", table)}
    return list(found)


def missing(root: Path) -> list[Statement]:
    """Return the statements that nobody has compared with their record yet."""
    compared = {(row["place"], row["record"], row["field"]) for row in rows()}
    return [
        (place, record, field)
        for place, record, field in statements(root)
        if not {(place, record, field), (place, record, "*")} & compared
    ]


def leftover(root: Path) -> list[Statement]:
    """Return the rows whose statement is no longer there: a sentence changed, so the comparison must be made again."""
    stated = statements(root)
    records = {(place, record) for place, record, _ in stated}
    return [
        (row["place"], row["record"], row["field"])
        for row in rows()
        if (row["place"], row["record"], row["field"]) not in stated
        and not (row["field"] == "*" and (row["place"], row["record"]) in records)
    ]


def rows() -> list[dict[str, Any]]:
    """Return the rows of ``checks.csv``."""
    return frames.rows("law", "checks")


def main() -> int:
    """Print the rows that are missing, ready to be completed, and return 1 when there are any."""
    wanting = missing(home.checkout() or Path())
    for place, record, field in wanting:
        print(f"{place},{record},{field},,,")
    return int(bool(wanting))


def _stated(text: str) -> Iterator[tuple[str, str]]:
    """Yield (record, field) of the references of a text, then (record, ``*``) of the ids that stand elsewhere in it."""
    for kind, key in references.each(text):
        if kind == "law":
            record, _, field = key.rpartition(".")
            yield record, field
    rest = references.REFERENCE.sub(" ", text)
    known = {row["id"] for table in ("provisions", "proceedings") for row in frames.rows("law", table)}
    for word in re.findall(r"(?<![\w-])[a-z]+(?:-[a-z0-9]+)+(?![\w-])", rest):
        if word in known:
            yield word, "*"


if __name__ == "__main__":
    raise SystemExit(main())
