"""The notebooks of the light track as the browser gets them: built, without outputs, linked to pages of the site."""

import re
from pathlib import Path

import nbformat

from contrechamp import files, language
from contrechamp.errors import ContrechampError


def notebooks(root: Path, lang: str) -> list[Path]:
    """Return the built notebooks of the light track in one language, in order.

    Parameters
    ----------
    root : Path
        The repository.
    lang : str
        Language code.

    Returns
    -------
    list of Path
        L1 first.

    Raises
    ------
    ContrechampError
        When one was not built.
    """
    sources = sorted((root / "notebooks" / "light").glob("L[0-9]_*.md"))
    found = [root / "notebooks" / "light" / lang / f"{source.stem}.ipynb" for source in sources]
    lacking = [path.name for path in found if not path.is_file()]
    if lacking or not found:
        name = lacking[0] if lacking else "L1_….ipynb"
        raise ContrechampError(f"notebooks/light/{lang}/{name} is missing. Run `contrechamp build`.")
    return found


def stage(root: Path, to: Path) -> None:
    """Put the notebooks of every language among the files of the light track.

    Parameters
    ----------
    root : Path
        The repository.
    to : Path
        They go into its folders ``en``, ``fr``, …

    Raises
    ------
    ContrechampError
        When a notebook was not built, or has code cells that were never run.
    """
    for lang in language.languages():
        for path in notebooks(root, lang):
            files.replace(to / lang / path.name, for_browser(path).encode())


def for_browser(path: Path) -> str:
    """Return a built notebook without outputs, its links to lessons as links to pages of the site.

    Readers guess before they run, so nothing is run for them.

    Parameters
    ----------
    path : Path
        A built notebook.

    Returns
    -------
    str
        The notebook as JSON, for the kernel of Pyodide.

    Raises
    ------
    ContrechampError
        When the notebook has code cells that were never run: the committed one is what a test compares with.
    """
    notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            if cell.execution_count is None:
                raise ContrechampError(f"{path.name} has code cells that were not run. Run `contrechamp build`.")
            cell.outputs, cell.execution_count = [], None
        else:
            cell.source = site_links(cell.source)
    notebook.metadata.pop("contrechamp", None)
    notebook.metadata["kernelspec"] = {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}
    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"


def site_links(text: str) -> str:
    """Turn a link to a lesson's notebook into ``#site:lessons/NN``, which our script opens as a page of the site.

    Parameters
    ----------
    text : str
        Markdown.

    Returns
    -------
    str

    Examples
    --------
    >>> site_links("[lesson 11](../../en/11_when_detectors_fail.ipynb)")
    '[lesson 11](#site:lessons/11)'
    """
    return re.sub(r"\]\((?:\.\./)+\w\w/(\d\d)_\w+\.ipynb\)", r"](#site:lessons/\1)", text)
