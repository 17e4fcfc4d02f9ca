"""Whether hand-ins can be run in a sandbox here, as root and as an ordinary user; and how root becomes the latter."""

import os
import shutil
import stat
import sys
from pathlib import Path

import pytest

from contrechamp.grading import preflight

ROOT = Path(__file__).resolve().parent.parent
WAYS = ("root", "user")


def need_sandbox() -> str:
    """Return the way in for whoever runs the tests. On a Linux server of continuous integration its absence fails."""
    says = preflight.missing("en")
    if says is None:
        return preflight._way()
    if os.environ.get("CI") and sys.platform.startswith("linux"):
        pytest.fail(f"isolation must be tested here: {says}")
    pytest.skip(says)


def command(way: str) -> list[str]:
    """Return the words to put before a command, so that it runs as root or as an ordinary user."""
    mine = need_sandbox()
    if way == mine:
        return []
    if way == "root":
        pytest.skip("only root can try what root can; the tests as an ordinary user have run")
    return _as_nobody()


def _as_nobody() -> list[str]:
    """Become nobody, for whom Python and the course are put where nobody may look: root's home is often closed."""
    words = ["bwrap", "--dev-bind", "/", "/", "--die-with-parent"]
    needed = dict.fromkeys(Path(os.path.realpath(place)) for place in (sys.base_prefix, sys.prefix, ROOT))
    closed = {folder for place in needed for folder in place.parents if not folder.stat().st_mode & stat.S_IXOTH}
    for top in sorted(folder for folder in closed if not closed & set(folder.parents)):
        words += ["--perms", "0755", "--tmpfs", str(top)]
        for place in (place for place in needed if top in place.parents):
            for folder in [folder for folder in reversed(place.parents) if top in folder.parents]:
                words += ["--perms", "0755", "--dir", str(folder)]
            words += ["--ro-bind", str(place), str(place)]
    setpriv = shutil.which("setpriv") or pytest.fail("setpriv is missing (package util-linux)")
    return [*words, "--", setpriv, "--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps=-all"]
