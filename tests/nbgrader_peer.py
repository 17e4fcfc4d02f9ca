"""nbgrader in an environment of its own: how it is made, and how a class is graded with it.

It is a peer that reads our files, never a dependency. Its kernel is our own environment, where the course is installed.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

VERSION = "0.9.6"
ROOT = Path(__file__).resolve().parent.parent
_SCORES = """
import json, sys
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as book:
    print("SCORES" + json.dumps({
        f"{s.student.id}": {g.name: [g.auto_score, g.max_score] for n in s.notebooks for g in n.grades}
        for s in book.assignment_submissions("ps1")
    }))
"""


def make(folder):
    """Make the environment, from the network or from uv's cache, and return its Python, or raise with the reason."""
    place = os.environ.get("CONTRECHAMP_NBGRADER")
    if place:  # an environment that was made before
        return _python(Path(place))
    uv = shutil.which("uv") or next(map(str, ROOT.glob(".contrechamp/uv-*/uv*")), None)  # where course.py puts it
    env = Path(folder) / "nbgrader"
    made = [uv, "venv", "-q", "--python", sys.executable, str(env)] if uv else [sys.executable, "-m", "venv", str(env)]
    wanted = f"nbgrader=={VERSION}"
    python = str(_python(env))
    fetched = (
        [uv, "pip", "install", "-q", "--python", python, wanted]
        if uv
        else [python, "-m", "pip", "install", "-q", wanted]
    )
    for command in (made, fetched):
        ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=580)
        if ran.returncode:
            raise OSError(f"nbgrader {VERSION} cannot be installed: {ran.stderr.strip()[-600:]}")
    return Path(python)


def _python(env):
    return env / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


class Class:
    """A class of nbgrader's: its folder, its one assignment."""

    def __init__(self, python, folder, home=None):
        self.python, self.folder = python, Path(folder)
        (self.folder / "source/ps1").mkdir(parents=True)
        (self.folder / "nbgrader_config.py").write_text(
            "c = get_config()\nc.CourseDirectory.course_id = 'demo'\nc.ExecutePreprocessor.timeout = 60\n",
            encoding="utf-8",
        )
        kernel = self.folder / "jupyter/kernels/python3"
        kernel.mkdir(parents=True)
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        kernel_json = {"argv": argv, "display_name": "Python 3", "language": "python"}
        (kernel / "kernel.json").write_text(json.dumps(kernel_json), encoding="utf-8")
        self.environment = os.environ | {
            "JUPYTER_PATH": str(kernel.parent.parent),
            "HOME": str(self.folder),
            "PATH": f"{self.python.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",  # it calls alembic
            "CONTRECHAMP_LANG": "en",
        }
        if home is not None:
            self.environment["CONTRECHAMP_HOME"] = str(home)

    def run(self, *words, check=True):
        """Run a command of nbgrader's and return what it printed."""
        command = [str(self.python), "-m", "nbgrader", *words]
        ran = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        if check and ran.returncode:
            raise OSError(f"nbgrader {words[0]}: {ran.stderr[-2000:]}")
        return ran.stdout + ran.stderr

    def hand_in(self, student, name, content):
        """Put a notebook where nbgrader looks for it."""
        path = self.folder / "submitted" / student / "ps1" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")

    def scores(self):
        """Return by student and cell what was earned and what was possible."""
        ran = subprocess.run(
            [str(self.python), "-c", _SCORES],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(ran.stdout.partition("SCORES")[2])
