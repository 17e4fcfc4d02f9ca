"""Hand-ins for tests: the executed solution of exercise 02, changed as students change files, and as attackers do."""

import copy
import io
import json
import stat
import zipfile
from pathlib import Path

from contrechamp.lesson.plain_values import MIME

ROOT = Path(__file__).resolve().parent.parent
NAME = "02_one_number_five_questions"
RIGHT = {
    "02.E1": {"times": 2.5440414507772022},
    "02.E2": {"change": 5.0366300366300365, "reason": "c"},
    "02.E3": {"between": 156.0, "whole": "cannot be computed"},
}
FULL = {"02.E1": 1.0, "02.E2": 2.0, "02.E3": 2.0}


def solution(lang="en", variant="main"):
    """Return the executed solution as a dictionary."""
    name = NAME + ("_alternative" if variant == "alternative" else "")
    return json.loads((ROOT / "exercises" / lang / "solutions" / f"{name}.ipynb").read_text(encoding="utf-8"))


def blank(lang="en"):
    """Return the notebook as it is handed out."""
    return json.loads((ROOT / "exercises" / lang / f"{NAME}.ipynb").read_text(encoding="utf-8"))


def check_cells(book):
    """Return the cells of the checks by the id of their check."""
    found = {}
    for cell in book["cells"]:
        for output in cell.get("outputs", []):
            if MIME in output.get("data", {}):
                found[output["data"][MIME]["check"]] = cell
    return found


def answered(values, lang="en", text=None):
    """Return a notebook in which these values were checked: ``{check: {name: plain value}}``; others stay right."""
    book = solution(lang)
    for check, given in values.items():
        check_cells(book)[check]["outputs"][0]["data"][MIME]["values"].update(given)
    if text is not None:
        cell_of(book, "02-E4-answer")["source"] = text
    return book


def cell_of(book, grade_id):
    """Return the cell with nbgrader's mark."""
    return next(cell for cell in book["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def without(book, check):
    """Return the notebook without the cell of a check."""
    gone = check_cells(book)[check]
    book["cells"] = [cell for cell in book["cells"] if cell is not gone]
    return book


def changed(change, *arguments, **options):
    """Return a copy of the solution after `change`."""
    book = solution(*arguments, **options)
    change(book)
    return book


def cleared(book):
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None


def anonymous(book):
    """Lose ids and metadata, as some services do."""
    book["metadata"] = {}
    for cell in book["cells"]:
        cell["metadata"] = {}
        cell.pop("id", None)


def doubled(book):
    """Copy each cell below itself, the copy never run."""
    cells = []
    for cell in book["cells"]:
        twin = copy.deepcopy(cell)
        twin["id"] = cell["id"] + "-copy"
        if twin["cell_type"] == "code":
            twin["outputs"], twin["execution_count"] = [], None
        cells += [cell, twin]
    book["cells"] = cells


def corrected(book):
    """Answer E1 wrongly first and rightly later, in a copied check whose cell stands further up."""
    cell = check_cells(book)["02.E1"]
    newer = copy.deepcopy(cell)
    newer["id"], newer["execution_count"] = "a1b2", 40
    cell["outputs"][0]["data"][MIME]["values"]["times"] = 154
    book["cells"].insert(0, newer)


def as_text(book):
    """Store the answers as lines of JSON text, as a front end may."""
    for cell in check_cells(book).values():
        data = cell["outputs"][0]["data"]
        data[MIME] = json.dumps(data[MIME], indent=1).splitlines(keepends=True)


def to_bytes(book):
    return json.dumps(book, ensure_ascii=False).encode()


def archive(entries, **flags):
    """Return a zip archive of ``{name: bytes}``."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return out.getvalue()


def archive_with_link(name, target):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        info = zipfile.ZipInfo(name)
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(info, target)
    return out.getvalue()


def bomb(name="02.ipynb", size=200_000_000):
    """Return an archive of some 200 kB whose one member inflates to `size` bytes, and lies about it."""
    content = archive({name: b"[" * size})
    honest = size.to_bytes(4, "little")
    return content, content.replace(honest, (1000).to_bytes(4, "little"))


def place(folder, hand_ins):
    """Write ``{path: notebook or bytes}`` into a folder."""
    for name, content in hand_ins.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else to_bytes(content))
    return folder
