"""``contrechamp test``: checks every claim of the repository with pytest, and says what it cost."""

import os
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from contrechamp import home
from contrechamp.errors import ContrechampError

if TYPE_CHECKING:
    import pytest

# Two workers: what the smallest machine of our users has. A module's tests stay together, so that what one of them
# sets up (an executed lesson, a built wheel) is set up once.
_WORKERS = ["-n", "2", "--dist", "loadscope"]


def main(fast: bool = False, extra: list[str] | None = None) -> int:
    """Run the tests of the checkout.

    Parameters
    ----------
    fast : bool
        Leave out the tests marked slow.
    extra : list of str, optional
        Further arguments for pytest; they come last, so that they win.

    Returns
    -------
    int
        0 when all tests passed, 1 otherwise.

    Raises
    ------
    ContrechampError
        When there is no checkout, or pytest is not installed.
    """
    root = home.checkout()
    if root is None or not (root / "tests").is_dir():
        raise ContrechampError(
            "The tests are not part of the installed package: they are in the course's repository. "
            "Download it, and in its folder type: python3 course.py test"
        )
    missing = [name for name in ("pytest", "xdist", "nbval") if find_spec(name) is None]
    if missing:
        raise ContrechampError(
            f"The tests need packages that are not installed ({', '.join(missing)}). "
            "In the repository, type: python3 course.py test"
        )
    import pytest

    os.chdir(root)
    status = pytest.main(arguments(root, fast, extra or []), plugins=[_Cost()])
    return 0 if status == pytest.ExitCode.OK else 1


def arguments(root: Path, fast: bool, extra: list[str]) -> list[str]:
    """Return pytest's arguments.

    Parameters
    ----------
    root : Path
        The checkout.
    fast : bool
        Leave out what is marked ``slow``.
    extra : list of str
        What the reader adds, at the end.

    Returns
    -------
    list of str
    """
    chosen = [f"--rootdir={root}", "-ra", *_WORKERS]
    if fast:
        chosen += ["-m", "not slow"]
    return [*chosen, *extra]


class _Cost:
    """A pytest plugin that prints the time spent, just above pytest's closing line."""

    def __init__(self) -> None:
        self.start = time.perf_counter()

    def pytest_terminal_summary(self, terminalreporter: "pytest.TerminalReporter") -> None:
        """Print CPU and wall time of this process and of all that it started."""
        spent = os.times()
        cpu = spent.user + spent.system + spent.children_user + spent.children_system
        wall = time.perf_counter() - self.start
        measured = f"{cpu:.0f} CPU seconds, " if os.name == "posix" else ""  # Windows does not count children
        terminalreporter.write_line(f"Cost: {measured}{wall:.0f} seconds of wall time")
