"""Make a notebook from a source: cells in one language, stable ids, nothing in it that time or machine decides."""

import copy
from typing import Any

import nbformat
from nbformat import NotebookNode

from contrechamp.authoring import comments, pages, pictures
from contrechamp.authoring.catalogue import Catalogue
from contrechamp.authoring.references import Resolver
from contrechamp.authoring.sources import Source

RESULT_TYPE = "application/vnd.contrechamp.result+json"
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def assemble(
    source: Source, cells: list[NotebookNode], prefix: str, catalogue: Catalogue | None, to: Resolver
) -> NotebookNode:
    """Return a notebook without outputs in the resolver's language.

    Parameters
    ----------
    source : Source
        Gives the front matter.
    cells : list of NotebookNode
        The cells to use (an exercise leaves some out).
    prefix : str
        Beginning of the cell ids.
    catalogue : Catalogue or None
        Translations; None for the source language.
    to : Resolver
        Writes references in one language.
    """
    made = []
    for number, cell in enumerate(cells, 1):
        if cell.cell_type == "code":
            code = cell.source if catalogue is None else comments.join(cell.source, catalogue.get)
            new = nbformat.v4.new_code_cell(code)
        else:
            new = nbformat.v4.new_markdown_cell(
                pages.prose(cell.source, catalogue, to, f"{source.relative}, cell {number}")
            )
        new.metadata = _cell_metadata(cell)
        new.id = f"{prefix}-{number:02d}"
        made.append(new)
    meta = {"kernelspec": dict(_KERNEL), "language_info": {"name": "python"}}
    notebook = nbformat.v4.new_notebook(cells=made, metadata=meta)
    notebook.nbformat_minor = 5
    notebook.metadata["contrechamp"] = {**copy.deepcopy(source.meta), "lang": to.lang}
    return notebook


def _cell_metadata(cell: NotebookNode) -> dict[str, Any]:
    kept = {key: cell.metadata[key] for key in ("tags", "nbgrader") if cell.metadata.get(key)}
    return nbformat.from_dict(kept)


def normalise(notebook: NotebookNode) -> None:
    """Make executed outputs deterministic in place: counts 1..n, streams joined, no transient metadata."""
    count = 0
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        count += 1
        cell.execution_count = count
        cell.metadata.pop("execution", None)
        cell.outputs = _joined(cell.outputs)
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
            output.pop("transient", None)


def _joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join neighbouring pieces of one stream: how they were cut is a matter of timing."""
    kept: list[NotebookNode] = []
    for output in outputs:
        last = kept[-1] if kept else None
        if last is not None and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            kept.append(output)
    return kept


def take_outputs(notebook: NotebookNode, stored: NotebookNode) -> None:
    """Give a freshly assembled notebook the outputs of its stored twin (same code cells, in order)."""
    old = iter([cell for cell in stored.cells if cell.cell_type == "code"])
    for cell in notebook.cells:
        if cell.cell_type == "code":
            twin = next(old)
            cell.outputs, cell.execution_count = copy.deepcopy(twin.outputs), twin.execution_count


def keep_pictures(notebook: NotebookNode, stored: NotebookNode | None) -> None:
    """Keep the stored bytes of a picture that a new run drew alike, so that machines do not quarrel over pixels."""
    if stored is None:
        return
    for new, old in zip(_pngs(notebook), _pngs(stored), strict=False):
        if new["image/png"] != old["image/png"] and pictures.same(new["image/png"], old["image/png"]):
            new["image/png"] = old["image/png"]


def _pngs(notebook: NotebookNode) -> list[NotebookNode]:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output.data for output in outputs if "image/png" in output.get("data", {})]


def results(notebook: NotebookNode) -> dict[str, Any]:
    """Return what the cells of an executed notebook published, by name."""
    found = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            published = output.get("data", {}).get(RESULT_TYPE)
            if published:
                found[published["name"]] = published["value"]
    return found


def to_text(notebook: NotebookNode) -> str:
    """Return the bytes to commit: JSON with sorted keys, indented by one, with a final newline."""
    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"
