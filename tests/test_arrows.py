"""Arrows between modules point down only, as `.importlinter` draws them."""

import os
import shutil
import subprocess
import sys

import pytest


def lint(folder, source):
    """Run import-linter on the package under `source`, with the contracts of `folder`."""
    command = "from importlinter.cli import lint_imports_command as c; c()"
    return subprocess.run(
        [sys.executable, "-c", command, "--no-cache", "--no-logo"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(source), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


@pytest.fixture
def package(tmp_path, root):
    """A copy of the package and its contracts, in which a test may plant a wrong import."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(root / "src" / "contrechamp", tmp_path / "src" / "contrechamp", ignore=ignore)
    shutil.copy(root / ".importlinter", tmp_path)
    return tmp_path / "src" / "contrechamp"


def test_arrows_between_modules_point_down_only(root):
    done = lint(root, root / "src")
    assert done.returncode == 0, done.stdout + done.stderr


PLANTED = [
    ("errors.py", "from contrechamp import home", "errors"),
    ("language.py", "from contrechamp.datasets import store", "language"),
    ("datasets/store.py", "def late():\n    from contrechamp.lesson import check", "datasets"),
    ("lesson/__init__.py", "import contrechamp.authoring.digits", "lesson"),
    ("imaging/__init__.py", "import contrechamp.forensics", "imaging"),
    ("forensics/__init__.py", "import contrechamp.lesson", "forensics"),
    ("law/__init__.py", "from contrechamp import lesson", "law"),
    ("gadgets.py", "", "gadgets"),
]


@pytest.mark.parametrize(("module", "line", "named"), PLANTED, ids=[f"{m}:{n}" for m, _, n in PLANTED])
def test_a_wrong_arrow_or_a_module_without_a_place_is_refused(package, module, line, named):
    for room in ("imaging", "forensics", "law"):
        (package / room).mkdir(exist_ok=True)
        (package / room / "__init__.py").touch()
    file = package / module
    file.write_text((file.read_text(encoding="utf-8") if file.is_file() else "") + f"\n{line}\n", encoding="utf-8")
    done = lint(package.parent.parent, package.parent)
    assert done.returncode == 1, done.stdout + done.stderr
    said = (f"contrechamp.{named}", f"'{named}'", f"- {named}")
    assert any(words in done.stdout for words in said), done.stdout
