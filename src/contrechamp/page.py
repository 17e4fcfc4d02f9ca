"""``contrechamp run``: executes one lesson in a fresh kernel and writes it as one HTML page that opens offline.

The page holds everything: style, pictures, formulas as MathML. It runs no script and fetches nothing. nbconvert's own
templates load MathJax and more from the network, hence the template in ``_page/``.
"""

import hashlib
import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contrechamp import workspace
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext

if TYPE_CHECKING:
    from nbformat import NotebookNode

_TEMPLATE = Path(__file__).parent / "_page"
_CELL_SECONDS = 300  # far above any cell of the course; a cell that hangs must end some day
# The last line of a page that this command wrote: its own hash, so that a page edited since is not taken for ours.
_SEAL = re.compile(rb"<!-- contrechamp run: ([0-9a-f]{64}) -->\n\Z")


def main(number: str | None, lang: str, output: str | None = None) -> int:
    """Execute a lesson and write its page.

    Parameters
    ----------
    number : str or None
        Number of the lesson, for example ``"02"`` or ``"2"``.
    lang : str
        Language of the lesson.
    output : str, optional
        The page to write; ``work/NN_slug.<lang>.html`` in the checkout when left out.

    Returns
    -------
    int
        0 when the page was written, 1 when a cell of the lesson failed (no page is written then).

    Raises
    ------
    ContrechampError
        When there is no such lesson, it is no notebook, or the page cannot be written.
    """
    _ = partial(gettext, lang=lang)
    source = lesson(number, lang)
    target = Path(output) if output else workspace.course(lang) / "work" / f"{source.stem}.{lang}.html"
    if target.is_dir():
        raise ContrechampError(_("{path} is a folder; --output takes the name of a file.").format(path=target))
    if not may_replace(target):
        raise ContrechampError(
            _("{path} exists and was not written by this command. Rename it, or choose another with --output.").format(
                path=target
            )
        )
    notebook = read(source, lang)
    failure = execute(notebook, source.parent, lang)
    if failure:
        print(failure, file=sys.stderr)
        return 1
    workspace.write(target, seal(render(notebook, source, lang)), lang)
    print(_("Written: {path}").format(path=target))
    return 0


def lesson(number: str | None, lang: str) -> Path:
    """Return the built notebook of a lesson in the checkout.

    Parameters
    ----------
    number : str or None
        One or two digits.
    lang : str
        Language code.

    Returns
    -------
    Path
        ``notebooks/LANG/NN_slug.ipynb`` of the checkout.

    Raises
    ------
    ContrechampError
        When there is no number, no such lesson, or no lesson at all; the message names those that exist.
    """
    _ = partial(gettext, lang=lang)
    folder = workspace.course(lang) / "notebooks" / lang
    lessons = {path.name[:2]: path for path in sorted(folder.glob("[0-9][0-9]_*.ipynb"))}
    if not lessons:
        raise ContrechampError(
            _("There are no lessons in {folder}. Build them: contrechamp build").format(folder=folder)
        )
    known = _("Known: {names}.").format(names=", ".join(lessons))
    if not number:
        raise ContrechampError(_("Which lesson? For example: contrechamp run 02.") + " " + known)
    found = lessons.get(number.zfill(2))
    if found is None:
        raise ContrechampError(_("There is no lesson {number}.").format(number=number) + " " + known)
    return found


def read(path: Path, lang: str) -> "NotebookNode":
    """Read a notebook.

    Parameters
    ----------
    path : Path
        An existing file.
    lang : str
        Language of the message.

    Returns
    -------
    NotebookNode
        In format 4, valid.

    Raises
    ------
    ContrechampError
        When the file is no notebook.
    """
    import nbformat

    _ = partial(gettext, lang=lang)
    try:
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        nbformat.validate(notebook)
    except (ValueError, AttributeError, KeyError, TypeError, nbformat.ValidationError):
        raise ContrechampError(
            _("{path} is not a notebook: the file is damaged. Restore it with git, or build it again.").format(
                path=path
            )
        ) from None
    return notebook


def execute(notebook: "NotebookNode", folder: Path, lang: str) -> str | None:
    """Run all cells in a fresh kernel that starts in `folder`, and fill in their outputs.

    Parameters
    ----------
    notebook : NotebookNode
        Its outputs are replaced, up to the cell that fails.
    folder : Path
        Decides the language, by its name.
    lang : str
        Language of the progress and of the sentence.

    Returns
    -------
    str or None
        None, or one sentence that says which cell failed and how.

    Raises
    ------
    ContrechampError
        When there is no Python kernel.
    KeyboardInterrupt
        When the reader stops it.
    """
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
    from traitlets.config import Config

    _ = partial(gettext, lang=lang)
    total = sum(cell.cell_type == "code" for cell in notebook.cells)
    at = {"cell": 0}

    def progress(cell: "NotebookNode", cell_index: int) -> None:
        if cell.cell_type == "code":
            at["cell"] += 1
            print(_("Cell {number} of {total}").format(number=at["cell"], total=total), file=sys.stderr, flush=True)

    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"  # else an old kernel in the user's home would hide ours
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # on small matrices, threads wait longer than they work
    os.environ.pop("CONTRECHAMP_INTERACTIVE", None)
    os.environ.pop("CONTRECHAMP_LANG", None)  # the folder of the notebook decides
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=_CELL_SECONDS,
        resources={"metadata": {"path": str(folder)}},
        on_cell_start=progress,
        config=Config({"KernelManager": {"transport_encryption": "auto"}}),  # else the kernel warns of its absence
    )
    try:
        client.execute(stderr=subprocess.DEVNULL)  # the kernel's own log; what cells print comes as outputs
    except CellExecutionError as error:
        reason = ": ".join([error.ename, *error.evalue.strip().splitlines()[-1:]])
    except CellTimeoutError:
        reason = _("it ran for more than {seconds} seconds").format(seconds=_CELL_SECONDS)
    except AssertionError:  # nbclient takes Ctrl-C itself: it ends the kernel, then trips over its absence
        raise KeyboardInterrupt from None
    except DeadKernelError:
        reason = _("Python stopped, perhaps for want of memory")
    except NoSuchKernel:
        raise ContrechampError(_("The Python kernel is missing. Install the course again.")) from None
    else:
        return None
    return _("Cell {number} failed: {reason}").format(number=at["cell"], reason=reason)


def render(notebook: "NotebookNode", source: Path, lang: str) -> str:
    """Return an executed notebook as one self-contained HTML page.

    Parameters
    ----------
    notebook : NotebookNode
        Its title is written into its metadata.
    source : Path
        Where it was read from: pictures are looked for beside it.
    lang : str
        Language of the page.

    Returns
    -------
    str
        HTML without scripts and without anything from the network.
    """
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(
        template_name=_TEMPLATE.name,
        extra_template_basedirs=[str(_TEMPLATE.parent)],
        language_code=lang,
        embed_images=True,
        exclude_anchor_links=True,
        filters={"markdown2html": partial(markdown_to_html, folder=source.parent)},
    )
    titles = (re.search(r"^# +(.+)$", c.source, re.M) for c in notebook.cells if c.cell_type == "markdown")
    notebook.metadata["title"] = next((re.sub(r"[$`*_]", "", t[1]) for t in titles if t), source.stem)
    html, _ = exporter.from_notebook_node(notebook)
    return html.replace("<table", '<table tabindex="0"')  # on a telephone tables scroll; so they must for the keyboard


def markdown_to_html(source: str, folder: Path) -> str:
    """Render Markdown as HTML: formulas as MathML, which needs no script; pictures of `folder` inside.

    Parameters
    ----------
    source : str
        Markdown, with TeX between dollar signs.
    folder : Path
        Where its pictures lie.

    Returns
    -------
    str
        HTML. Markup in the Markdown is passed on, so it must be ours.
    """
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    class Renderer(IPythonRenderer):
        def inline_math(self, body: str) -> str:
            return formula(body, "inline")

        def block_math(self, body: str) -> str:
            return formula(body, "block")

        def latex_environment(self, name: str, body: str) -> str:
            return formula(rf"\begin{{{name}}}{body}\end{{{name}}}", "block")

    renderer: Any = Renderer(escape=False, embed_images=True, exclude_anchor_links=True, path=str(folder))
    return MarkdownWithMath(renderer=renderer).render(source)


def formula(tex: str, display: str) -> str:
    """Return a TeX formula as MathML, with the TeX as its text form; as code when it is beyond the converter.

    Parameters
    ----------
    tex : str
        Without dollar signs.
    display : {"inline", "block"}

    Returns
    -------
    str
        HTML.
    """
    from html import escape

    from latex2mathml.converter import convert

    try:
        mathml = convert(tex.strip(), display=display)
    except Exception:  # the converter raises many kinds; a formula in TeX still says what it says
        return f"<code>{escape(tex)}</code>"
    return mathml.replace("<math ", f'<math alttext="{escape(tex.strip())}" ', 1)


def seal(html: str) -> bytes:
    """Return the page as bytes, with a last line by which `may_replace` knows it as ours and unchanged."""
    content = html.rstrip().encode() + b"\n"
    return content + b"<!-- contrechamp run: " + hashlib.sha256(content).hexdigest().encode() + b" -->\n"


def may_replace(path: Path) -> bool:
    """Say whether a page may be written at `path`: nothing is there, or an unchanged page of ours.

    Parameters
    ----------
    path : Path
        A file, or nothing.

    Returns
    -------
    bool
    """
    if not path.exists():
        return True
    content = path.read_bytes()
    found = _SEAL.search(content)
    return found is not None and hashlib.sha256(content[: found.start()]).hexdigest().encode() == found[1]
