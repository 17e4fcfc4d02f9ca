"""Run a notebook in a fresh kernel and note what it stood on: which modules of ours, which data files.

The note makes the build key: a stored output is good as long as nothing that it stood on has changed.
"""

import ast
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from contrechamp.errors import ContrechampError

_TIMEOUT = 300  # seconds a cell; a lesson is far below, a stuck kernel must not hang the build
_TRACE = """
import json as _json, sys as _sys
from contrechamp.datasets import store as _store
print("CONTRECHAMP-TRACE" + _json.dumps({
    "modules": sorted(n for n in _sys.modules if n == "contrechamp" or n.startswith("contrechamp.")),
    "data": _store.read_names(),
}))
"""


@dataclass
class Trace:
    """What an execution stood on: names of modules and of files under ``datasets/``."""

    modules: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)


def execute(
    notebook: NotebookNode,
    folder: Path,
    where: str,
    *,
    lang: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Trace:
    """Execute a notebook in place and return its trace.

    Parameters
    ----------
    notebook : NotebookNode
        Its code cells get their outputs and counts.
    folder : Path
        Where the kernel starts; the reader's language follows from it.
    where : str
        Name for messages.
    lang : str, optional
        Set ``CONTRECHAMP_LANG`` instead of relying on the folder.
    progress : callable, optional
        Called with a line of text before each code cell.

    Raises
    ------
    ContrechampError
        When a cell fails or takes more than five minutes: the cell's number and the last line of the error.
    """
    work = nbformat.v4.new_notebook(metadata=notebook.metadata, cells=[*notebook.cells, _trace_cell()])
    total = sum(cell.cell_type == "code" for cell in notebook.cells)
    client = _Client(
        work,
        timeout=_TIMEOUT,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--log-level=ERROR"],  # a kernel on loopback warns that it does not encrypt
    )
    if progress is not None:
        client.tell = lambda done: progress(f"{where}: cell {done} of {total}") if done <= total else None
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"  # else an old kernel in the author's home would hide ours
    try:
        client.execute(env=_environment(lang))
    except NoSuchKernel:
        raise ContrechampError(f"{where}: the Python kernel is missing. Install the course again.") from None
    except DeadKernelError:
        raise ContrechampError(
            f"{where}, code cell {client.done}: Python stopped, perhaps for want of memory."
        ) from None
    except CellExecutionError as error:
        number = max(1, client.done)
        raise ContrechampError(f"{where}, code cell {number}: {error.ename}: {error.evalue}".rstrip(": ")) from None
    except TimeoutError:
        raise ContrechampError(f"{where}, code cell {client.done}: no answer after {_TIMEOUT} seconds.") from None
    return _read_trace(work.cells[-1], where)


class _Client(NotebookClient):
    """Counts code cells as they start, for progress and for messages."""

    done = 0
    tell: Callable[[int], None] | None = None

    async def async_execute_cell(self, cell: NotebookNode, *args: Any, **kwargs: Any) -> NotebookNode:
        """Count the cell, then execute it."""
        if cell.cell_type == "code":
            self.done += 1
            if self.tell is not None:
                self.tell(self.done)
        return await super().async_execute_cell(cell, *args, **kwargs)


def _trace_cell() -> NotebookNode:
    return nbformat.v4.new_code_cell(_TRACE)


def _environment(lang: str | None) -> dict[str, str]:
    """Return the kernel's environment: one thread, fixed hashes, this very interpreter's packages, no session state."""
    keep = {
        key: value for key, value in os.environ.items() if key not in ("CONTRECHAMP_LANG", "CONTRECHAMP_INTERACTIVE")
    }
    fixed = {"PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1"}
    paths = [path for path in (_package_parent(), keep.get("PYTHONPATH", "")) if path]
    fixed["PYTHONPATH"] = os.pathsep.join(paths)
    return keep | fixed | ({"CONTRECHAMP_LANG": lang} if lang else {})


def _package_parent() -> str:
    """Return the folder that holds the package now running, so that the kernel imports the same files."""
    return str(Path(sys.modules["contrechamp"].__file__ or "").resolve().parent.parent)


def _read_trace(cell: NotebookNode, where: str) -> Trace:
    text = "".join(output.get("text", "") for output in cell.outputs)
    _, found, noted = text.partition("CONTRECHAMP-TRACE")
    if not found:
        raise ContrechampError(f"{where}: the kernel did not say what it read. Run the build again.")
    try:
        return Trace(**json.loads(noted))
    except (ValueError, TypeError):
        return Trace(**ast.literal_eval(noted))
