"""What the light track fetches: every file is named by ``lite_lock.json`` with its version and SHA-256.

Python itself comes from npm, the kernel's packages from PyPI as pure wheels, through npm and pip. A file that is not
the one of the lock is refused by name; with all of them in the cache, nothing is fetched.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from contrechamp.errors import ContrechampError

_LOCK = Path(__file__).with_name("lite_lock.json")


def fetch(cache: Path, tell: Callable[[str], None] = lambda _line: None) -> dict[str, Path]:
    """Return every file of the lock by name, from the cache, or fetched into it with npm and pip.

    Parameters
    ----------
    cache : Path
        Where fetched files are kept; made when it is not there.
    tell : callable
        Hears of progress, a line at a time.

    Returns
    -------
    dict of str to Path
        The ``name`` of each entry of the lock to its file in the cache.

    Raises
    ------
    ContrechampError
        When a file is missing and cannot be fetched, or is not the one that the lock names.
    """
    lock = read_lock()
    cache.mkdir(parents=True, exist_ok=True)
    wanted = {item["file"]: item for item in lock["files"]}
    missing = [item for item in wanted.values() if not (cache / item["file"]).is_file()]
    if missing and os.environ.get("CONTRECHAMP_OFFLINE") == "1":
        raise ContrechampError(
            f"The light track needs {len(missing)} files that are not in {cache} ({missing[0]['file']}, …), and the "
            "network is switched off (CONTRECHAMP_OFFLINE=1). Build once with the network."
        )
    with tempfile.TemporaryDirectory(dir=cache, prefix=".fetch-") as name:
        into = Path(name)
        for kind, get in (("npm", _from_npm), ("pypi", _from_pypi)):
            some = [item for item in missing if item["from"] == kind]
            if some:
                tell(f"lite: fetching {len(some)} file{'s' if len(some) > 1 else ''} from {kind}")
                get(some, into)
        for item in missing:
            _check(into / item["file"], item)
            (into / item["file"]).replace(cache / item["file"])
    for name, item in wanted.items():
        _check(cache / name, item)
    return {item["name"]: cache / name for name, item in wanted.items()}


def read_lock() -> dict[str, Any]:
    """Return the lock as it stands in ``lite_lock.json``.

    Returns
    -------
    dict
        ``files``, each with ``name``, ``version``, ``from`` (npm or pypi), ``file`` and ``sha256``; ``python``, the
        version for which pip chooses; ``measured``, sizes and times of a named day.
    """
    return json.loads(_LOCK.read_text(encoding="utf-8"))


def _check(path: Path, item: dict[str, str]) -> None:
    if not path.is_file():
        raise ContrechampError(f"{item['file']} was not found on {item['from']}. Try again later.")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != item["sha256"]:
        raise ContrechampError(
            f"{path.name} is not the file that lite_lock.json names: its SHA-256 begins with {found[:12]}, not "
            f"{item['sha256'][:12]}. Delete {path} and build again."
        )


def _from_npm(items: list[dict[str, str]], into: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise ContrechampError(
            "npm is missing; it fetches Pyodide, Python for the browser. Install Node.js (nodejs.org) and build again."
        )
    for item in items:
        _run([npm, "pack", "--silent", f"{item['name']}@{item['version']}", "--pack-destination", str(into)], "npm")


def _from_pypi(items: list[dict[str, str]], into: Path) -> None:
    """Let pip download the very files: it compares their SHA-256 as well."""
    asked = into / "requirements.txt"
    asked.write_text("".join(f"{i['name']}=={i['version']} --hash=sha256:{i['sha256']}\n" for i in items), "utf-8")
    words = ["download", "-q", "--no-deps", "--only-binary=:all:", "--require-hashes", "-d", str(into)]
    words += ["--python-version", read_lock()["python"], "--platform", "any", "-r", str(asked)]
    _run([*_pip(), *words], "pip")
    asked.unlink()


def _pip() -> list[str]:
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0:
        return [sys.executable, "-m", "pip"]
    if uv := shutil.which("uv"):
        return [uv, "tool", "run", "pip"]
    raise ContrechampError(
        "Neither pip nor uv is there to fetch packages. Install uv (pip install uv), then build again."
    )


def _run(command: list[str], what: str) -> None:
    try:
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", errors="replace", check=False, timeout=900
        )
    except subprocess.TimeoutExpired:
        raise ContrechampError(
            f"{what} could not fetch the files of the light track: it did not end in 15 minutes. Try again later."
        ) from None
    except OSError as error:
        raise ContrechampError(f"{what} could not fetch the files of the light track: {reason(error)}.") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        worst = next((line for line in reversed(said) if re.search(r"error|ERR|DO NOT MATCH", line)), "")
        raise ContrechampError(
            f"{what} could not fetch the files of the light track. Is there a network? "
            f"It said: {(worst or (said[-1] if said else 'nothing')).strip()[:200]}"
        )


def reason(error: OSError) -> str:
    """Return why the system refused, with the place: an error of the library itself has no such words.

    Parameters
    ----------
    error : OSError

    Returns
    -------
    str
        Without a point at its end.
    """
    return f"{error.strerror or error}" + (f" ({error.filename})" if error.filename else "")


def cache_folder(root: Path) -> Path:
    """Return where fetched files are kept unless somebody says otherwise; git ignores it."""
    return root / ".contrechamp" / "lite"
