"""The wheel: it carries its data, and its loaders work from any folder."""

import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT, copy_repository

from contrechamp import datasets

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel, built from a copy of the repository."""
    uv = shutil.which("uv")
    if not uv or subprocess.run([uv, "--version"], capture_output=True).returncode:
        pytest.skip("uv is not on the PATH")
    folder = tmp_path_factory.mktemp("wheel")
    source = copy_repository(folder / "source", whole=True)
    for offline in (["--offline"], []):
        done = subprocess.run(
            [uv, "build", "--wheel", "--out-dir", str(folder / "dist"), *offline, str(source)],
            capture_output=True, encoding="utf-8",
        )  # fmt: skip
        if done.returncode == 0:
            break
    if re.search(r"dns error|error sending request", done.stderr):
        pytest.skip("what builds the wheel cannot be fetched")
    assert done.returncode == 0, done.stderr
    return next((folder / "dist").glob("*.whl"))


def test_the_wheel_carries_data_catalogues_and_the_page_template(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for path in (ROOT / "datasets").rglob("*"):
        if path.is_file() and not path.name.startswith("."):
            assert f"contrechamp/_data/{path.relative_to(ROOT / 'datasets').as_posix()}" in names
    assert "contrechamp/_locale/fr/messages.po" in names
    assert {f"contrechamp/_page/{name}" for name in ("conf.json", "index.html.j2", "page.css")} <= names
    assert "contrechamp/_slides/reveal.js-5.2.1/dist/reveal.js" in names
    assert not [name for name in names if name.startswith(("tests/", "notebooks/", "course"))]


def loaders() -> list[str]:
    """Return the loaders that need no argument."""
    found = [name for name in datasets.__all__ if name.startswith("load_")]
    empty = inspect.Parameter.empty
    return [
        name
        for name in found
        if all(p.default is not empty for p in inspect.signature(getattr(datasets, name)).parameters.values())
    ]


def test_every_loader_works_from_another_folder_in_an_empty_environment(wheel, tmp_path):
    env = tmp_path / "env"
    subprocess.run([sys.executable, "-m", "venv", str(env)], check=True, capture_output=True)
    python = env / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(pip, check=True, capture_output=True)
    # The other packages are those of this environment, through a path file; ours must come from the wheel.
    site = Path(next(env.glob("lib/python*/site-packages"), env / "Lib" / "site-packages"))
    (site / "others.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")
    code = (
        "import json, sys, contrechamp, contrechamp.home, contrechamp.datasets as d\n"
        "loaded = {name: getattr(d, name)() for name in sys.argv[1:]}\n"
        "rows = {name: len(getattr(made, 'table', made)) for name, made in loaded.items()}\n"
        "assert len(d.load_table('ofcom')) and d.help_card()\n"
        "print(json.dumps([contrechamp.__file__, str(contrechamp.home.checkout()), str(d.as_of()), rows]))"
    )
    away = tmp_path / "away"
    away.mkdir()
    environ = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "CONTRECHAMP_HOME")}
    done = subprocess.run(
        [str(python), "-c", code, *loaders()], cwd=away, env=environ, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    file, checkout, as_of, rows = json.loads(done.stdout)
    assert Path(file).is_relative_to(env) and checkout == "None"
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", as_of)
    assert (
        sorted(rows) == loaders() and {"load_statistics", "load_timeline", "load_claims", "load_support"} <= rows.keys()
    )
    assert all(rows.values()), rows
    lab = [str(python), "-m", "contrechamp.cli", "lab"]
    done = subprocess.run(lab, cwd=away, env=environ | {"LANG": "C"}, capture_output=True, encoding="utf-8")
    assert done.returncode == 2 and "python3 course.py lab" in done.stderr, "the lessons are in the repository"
    assert list(away.iterdir()) == []
