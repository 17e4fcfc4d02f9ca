"""How the tests run notebooks: nbval in a subprocess, with the network refused, and what each kernel used."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
GUARD = TESTS / "kernel_guard"


def kernel_environment(**more):
    """Return an environment for kernels: the network guard, no language or home from outside, a reader's matplotlib."""
    left_out = ("CONTRECHAMP_LANG", "CONTRECHAMP_HOME", "CONTRECHAMP_INTERACTIVE", "MPLBACKEND", "PYTEST_ADDOPTS")
    env = {key: value for key, value in os.environ.items() if key not in left_out}
    paths = [str(GUARD), str(TESTS), more.pop("PYTHONPATH", ""), env.get("PYTHONPATH", "")]
    return env | {"PYTHONPATH": os.pathsep.join(path for path in paths if path), "PYTHONUTF8": "1"} | more


@dataclass
class Run:
    """What a run of nbval said, and what the kernels used."""

    passed: int
    green: bool
    output: str
    usage: list[dict] = field(default_factory=list)


def nbval(paths, folder, *, workers=0, before=(), timeout=900, **env):
    """Run notebooks again and compare all their outputs with the stored ones.

    Parameters
    ----------
    paths : list of Path
        The notebooks.
    folder : Path
        An empty folder for the notes of the run.
    workers : int
        Processes to spread the notebooks over; each keeps whole notebooks.
    before : sequence of str
        A command that starts the run, such as ``unshare``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    usage = folder / "usage.jsonl"
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", "--color=no", "-p", "no:cacheprovider"]
    # Problems are named by the path below this folder: notebooks/en/02_x.ipynb::Cell 3.
    top = ROOT if paths[0].is_relative_to(ROOT) else folder.parent
    command += [
        "-c",
        str(ROOT / "pyproject.toml"),
        "--rootdir",
        str(top),
        "-p",
        "notebook_usage",
        "-p",
        "nbval_pictures",
    ]
    command += ["--nbval", "--nbval-current-env", "--nbval-sanitize-with", str(TESTS / "sanitize.cfg")]
    command += ["-n", str(workers), "--dist", "loadscope"] if workers else ["-p", "no:xdist"]
    done = subprocess.run(
        [*before, *command, *map(str, paths)],
        cwd=folder,
        env=kernel_environment(CONTRECHAMP_USAGE=str(usage), **env),
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=timeout,
    )
    lines = usage.read_text(encoding="utf-8").splitlines() if usage.is_file() else []
    passed = re.search(r"(\d+) passed", done.stdout)
    return Run(
        passed=int(passed[1]) if passed else 0,
        green=done.returncode == 0,
        output=done.stdout + done.stderr,
        usage=[json.loads(line) for line in lines],
    )
