"""What lessons may import, and what importing it costs: a browser track has no NumPy, a check needs none."""

import doctest
import importlib
import os
import subprocess
import sys

import pytest
from toy_answers import write_home

import contrechamp.lesson

HEAVY = ["numpy", "pandas", "matplotlib", "PIL", "scipy", "IPython", "ipywidgets"]
BLOCK = f"""
import sys
for name in {HEAVY!r}:
    sys.modules[name] = None  # importing it now raises ImportError
"""


def run(code, home, lang="fr"):
    environment = {**os.environ, "CONTRECHAMP_HOME": str(home), "CONTRECHAMP_LANG": lang, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, encoding="utf-8", check=False
    )


def test_checks_and_quizzes_work_where_numpy_is_not_installed(tmp_path):
    code = BLOCK + (
        "from contrechamp.lesson import answer, check, hint, quiz, _\n"
        "check('02.E1', change=154.4); check('02.E1', change='x'); hint('02.E1')\n"
        "quiz('02'); answer('02.a', 'b'); print(_('Count'))\n"
    )
    done = run(code, write_home(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "change\u202f: juste." in done.stdout
    assert "Nombre" in done.stdout


def test_importing_the_lesson_tools_loads_nothing_heavy(tmp_path):
    code = "import sys, contrechamp.lesson as lesson; dir(lesson); lesson.check; lesson.quiz; "
    code += f"print([name for name in {HEAVY!r} if name in sys.modules])"
    done = run(code, write_home(tmp_path))
    assert done.stdout.strip() == "[]", done.stderr


def test_a_table_does_not_load_matplotlib(tmp_path):
    code = "import sys; from contrechamp.lesson import table, result; print('matplotlib' in sys.modules)"
    assert run(code, write_home(tmp_path)).stdout.strip() == "False"


@pytest.mark.parametrize("name", contrechamp.lesson.__all__)
def test_every_promised_name_can_be_imported(name):
    assert callable(getattr(contrechamp.lesson, name))
    assert name in dir(contrechamp.lesson)


@pytest.mark.parametrize("name", ["answers", "figures", "results"])
def test_the_examples_in_the_documentation_are_true(name, tmp_path, monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_HOME", str(write_home(tmp_path)))
    monkeypatch.setenv("CONTRECHAMP_LANG", "en")
    done = doctest.testmod(importlib.import_module(f"contrechamp.lesson.{name}"))
    assert done.attempted and not done.failed


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'shwo'"):
        _ = contrechamp.lesson.shwo
