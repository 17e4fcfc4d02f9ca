"""A notebook that somebody handed in, read as data: nothing in it is executed, nothing in it is believed.

Everything that a hand-in can hold is looked at here once, with its size and shape limited, so that the rest of the
package meets plain texts and numbers only.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from contrechamp import language
from contrechamp.grading.collected import Status
from contrechamp.language import gettext as _
from contrechamp.lesson.plain_values import MIME

MOST_BYTES = 8_000_000  # a shipped exercise has 20 to 200 kB; printed loops and pictures make it grow
MOST_CELLS = 2_000
MOST_LETTERS = 20_000  # of one open answer
_SHIPPED = re.compile(r"(\d\d)([EA])-\d\d")
_CALL = re.compile(r"""check\(\s*["'](\d\d)\.([EA])\d""")


class NotReadable(Exception):
    """The content is no notebook that can be looked into.

    Parameters
    ----------
    status : str
        Which kind: ``too_large``, ``unreadable`` or ``refused``.
    why : str
        A sentence for the teacher.
    """

    def __init__(self, status: Status, why: str) -> None:
        super().__init__(why)
        self.status: Status = status


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes
    ----------
    kind : str
        ``code``, ``markdown`` or another.
    id, grade_id : str
        Its own id, and the one that nbgrader gave it; empty where there is none.
    source : str
        Its text.
    count : int
        When it was last run; 0 when it was not.
    """

    kind: str
    id: str
    grade_id: str
    source: str
    count: int
    kept: tuple[Mapping[str, Any], ...] = ()
    """The answers that `check` kept in its outputs."""


@dataclass(frozen=True)
class Notebook:
    """A handed-in notebook as plain data.

    Attributes
    ----------
    cells : tuple of Cell
    lesson, variant, language : str or None
        None where the notebook does not say.
    """

    cells: tuple[Cell, ...] = ()
    lesson: str | None = None
    variant: str | None = None
    language: str | None = None
    ids: bool = field(default=False)
    """Whether the cells still have the ids that they were handed out with."""


def read(content: bytes, lang: str) -> Notebook:
    """Read a notebook.

    Parameters
    ----------
    content : bytes
        The file as it was handed in.
    lang : str
        Language of the reasons, the teacher's.

    Returns
    -------
    Notebook
        Of texts and numbers only; cells that are none are left out.

    Raises
    ------
    NotReadable
        When it is too large, is no JSON, is nested too deeply, or is no notebook.
    """
    if len(content) > MOST_BYTES:
        raise NotReadable("too_large", too_large(len(content), lang))
    tree = _json(content, lang)
    cells = tree.get("cells") if isinstance(tree, dict) else None
    if not isinstance(cells, list):
        raise NotReadable("unreadable", _("The file is no Jupyter notebook.", lang))
    if len(cells) > MOST_CELLS:
        raise NotReadable(
            "too_large", _("The notebook has more than {count} cells.", lang).format(count=f"{MOST_CELLS:,}")
        )
    read_cells = tuple(_cell(cell) for cell in cells if isinstance(cell, dict))
    return Notebook(read_cells, *_identity(tree, read_cells))


def too_large(size: int, lang: str) -> str:
    """Say that a file is too large, and what helps."""
    line = _("The file has {size} MB, and {most} MB are read. Clear the output of the cell that prints so much.", lang)
    return line.format(size=round(size / 1e6), most=round(MOST_BYTES / 1e6))


def _json(content: bytes, lang: str) -> Any:
    if not content.strip():
        raise NotReadable("unreadable", _("The file is empty.", lang))
    try:
        return json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NotReadable("unreadable", _("The file is no text in UTF-8, so it is no notebook.", lang)) from None
    except RecursionError:
        raise NotReadable("unreadable", _("The file is nested too deeply to be a notebook.", lang)) from None
    except ValueError:  # also a whole number of thousands of digits
        raise NotReadable("unreadable", _("The file is damaged or cut off: it is no whole notebook.", lang)) from None


def _cell(cell: Mapping[str, Any]) -> Cell:
    metadata = cell.get("metadata")
    note = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = note.get("grade_id") if isinstance(note, dict) else None
    count = cell.get("execution_count")
    kind = _line(cell.get("cell_type"))
    return Cell(
        kind=kind,
        id=_line(cell.get("id")),
        grade_id=_line(grade_id),
        source=text(cell.get("source")),
        count=count if type(count) is int and count > 0 else 0,
        kept=tuple(_kept(cell.get("outputs"))) if kind == "code" else (),
    )


def _kept(outputs: Any) -> Iterator[Mapping[str, Any]]:
    for output in outputs if isinstance(outputs, list) else []:
        data = output.get("data") if isinstance(output, dict) else None
        kept = data.get(MIME) if isinstance(data, dict) else None
        if isinstance(kept, list | str):  # a front end may have stored the JSON as text, or as lines of text
            try:
                kept = json.loads(text(kept))
            except (ValueError, RecursionError):
                continue
        if isinstance(kept, dict) and isinstance(kept.get("check"), str) and isinstance(kept.get("values"), dict):
            yield kept


def _identity(tree: Mapping[str, Any], cells: tuple[Cell, ...]) -> tuple[str | None, str | None, str | None, bool]:
    """Return the lesson, variant and language, and whether the cells kept their ids."""
    metadata = tree.get("metadata")
    ours = metadata.get("contrechamp") if isinstance(metadata, dict) else None
    ours = ours if isinstance(ours, dict) else {}
    shipped = [found for cell in cells if (found := _SHIPPED.fullmatch(cell.id))]
    lang = ours.get("lang")
    lang = lang if isinstance(lang, str) and lang in language.languages() else None
    lesson, variant = _line(ours.get("exercise")), _line(ours.get("variant"))
    if not re.fullmatch(r"\d\d", lesson):  # the metadata were lost: cell ids and calls of `check` know it too
        called = [found for cell in cells if cell.kind == "code" and (found := _CALL.search(cell.source))]
        for found in (shipped + called)[:1]:
            lesson, variant = found[1], "alternative" if found[2] == "A" else "main"
    known = re.fullmatch(r"\d\d", lesson)
    return (
        lesson if known else None,
        variant if variant in ("main", "alternative") else ("main" if known else None),
        lang,
        bool(shipped),
    )


def is_shipped(cell: Cell) -> bool:
    """Say whether a cell stood in the notebook that was handed out, by its id."""
    return bool(_SHIPPED.fullmatch(cell.id))


def text(source: Any) -> str:
    """Return a text of a notebook, which may be stored as lines."""
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _line(value: Any) -> str:
    return value[:100] if isinstance(value, str) else ""
