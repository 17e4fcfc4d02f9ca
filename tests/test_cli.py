"""The command line: its help is cheap, its errors are sentences, its handlers get what was typed."""

import io
import subprocess
import sys
import types

import pytest

from contrechamp import cli, language
from contrechamp.errors import ContrechampError

KNOWN = "lab, run, test, build, slides, quiz-export, kit, site, before-after, sheets, translate, "
KNOWN += "stale, law, grade, paper, forget, data"

GRADE = {
    **dict.fromkeys(("lesson", "out", "marked", "worksheet", "seed", "jobs")),
    "code": False,
    "trust": False,
}


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")


@pytest.fixture
def calls(monkeypatch):
    """Replace the modules behind the commands; note what each was called with."""
    noted = []

    def stand_in(name, result=0):
        module = types.ModuleType(name)
        module.main = lambda *args, **kwargs: noted.append((name, args, kwargs)) or result
        monkeypatch.setitem(sys.modules, f"contrechamp.{name}", module)
        package, _, last = f"contrechamp.{name}".rpartition(".")
        monkeypatch.setattr(sys.modules[package], last, module, raising=False)

    import contrechamp.authoring
    import contrechamp.classroom
    import contrechamp.datasets
    import contrechamp.grading
    import contrechamp.site  # noqa: F401

    authoring = ("authoring.build", "authoring.catalogue", "authoring.slides")
    classroom = [f"classroom.{name}" for name in ("quiz_export", "kit", "before_after", "printed")]
    grading = ("grading.grade", "grading.paper", "grading.forget")
    for name in ("lab", "page", "proof", *authoring, *classroom, *grading, "site.command", "datasets.stale"):
        stand_in(name)
    return noted


def test_help_costs_at_most_four_tenths_of_a_cpu_second():
    code = (
        "import os, runpy, sys; sys.argv = ['contrechamp', '--help']\n"
        "try: runpy.run_module('contrechamp.cli', run_name='__main__')\n"
        "except SystemExit: pass\n"
        "t = os.times(); print(t.user + t.system, *sorted(m for m in sys.modules if '.' not in m), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    seconds, *modules = done.stderr.split()
    assert "lab" in done.stdout and "stale" in done.stdout
    assert float(seconds) <= 0.4
    assert not {"pandas", "numpy", "matplotlib", "jupyterlab", "nbconvert", "yaml"} & set(modules)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (["labb"], f"There is no command labb. Did you mean lab? Known: {KNOWN}."),
        (["quux"], f"There is no command quux. Known: {KNOWN}."),
        (["lab", "--lang", "de"], "There is no language de. Known: en, fr."),
        (["run", "02", "--lang", "f"], "There is no language f. Did you mean fr? Known: en, fr."),
        (
            ["lab", "--prot", "80"],
            "There is no option --prot. Did you mean --port? Known: --help, --lang, --no-browser",
        ),
        (["lab", "--port", "x"], "--port takes a whole number from 1 to 65535, not x."),
        (["lab", "--port", "99999"], "--port takes a whole number from 1 to 65535, not 99999."),
        (["lab", "--port", "²"], "--port takes a whole number from 1 to 65535, not ²."),
        (["lab", "--port"], "Argument --port: expected one argument. See: contrechamp lab --help"),
        (["lab", "now"], "`contrechamp lab` does not take now."),
        (["lab", "--", "-k"], "Only `contrechamp test` takes arguments after `--`."),
        (["stale", "--days", "-3"], "--days"),
        (["kit", "--age", "old"], "--age takes a whole number from 1 to 120, not old."),
        (["grade", "x", "--jobs", "0"], "--jobs takes a whole number from 1 to 64, not 0."),
    ],
)
def test_a_wrong_command_line_is_one_sentence_and_status_2(calls, capsys, typed, says):
    assert cli.main(typed) == 2
    out, err = capsys.readouterr()
    assert err.startswith(says) and err.count("\n") == 1 and out == ""
    assert calls == []


@pytest.mark.parametrize(
    ("typed", "called"),
    [
        (["lab"], ("lab", ("en",), {"browser": True, "port": None, "work": None})),
        (
            ["lab", "--lang", "FR", "--no-browser", "--port", "9000", "--work", "w"],
            ("lab", ("fr",), {"browser": False, "port": 9000, "work": "w"}),
        ),
        (["run", "02", "--lang", "fr", "--output", "x.html"], ("page", ("02", "fr", "x.html"), {})),
        (["run"], ("page", (None, "en", None), {})),
        (["test", "--fast"], ("proof", (True, []), {})),
        (["test", "--", "-k", "two words", "--fast"], ("proof", (False, ["-k", "two words", "--fast"]), {})),
        (["build"], ("authoring.build", ([], False), {})),
        (["build", "00", "02", "--check"], ("authoring.build", (["00", "02"], True), {})),
        (["translate", "02"], ("authoring.catalogue", (["02"],), {})),
        (["slides"], ("authoring.slides", ([], None, None, None, False), {})),
        (
            ["slides", "class_45", "--lang", "fr", "--template", "t.pptx", "--output", "o", "--html"],
            ("authoring.slides", (["class_45"], ["fr"], "t.pptx", "o", True), {}),
        ),
        (["quiz-export"], ("classroom.quiz_export", ([], "en", None, None), {})),
        (
            ["quiz-export", "02", "--lang", "fr", "--format", "gift", "--output", "o"],
            ("classroom.quiz_export", (["02"], "fr", ["gift"], "o"), {}),
        ),
        (["site"], ("site.command", ("en", None, None, False), {})),
        (
            ["site", "--output", "o", "--url", "https://x.example", "--in-browser"],
            ("site.command", ("en", "o", "https://x.example", True), {}),
        ),
        (["kit"], ("classroom.kit", (None, "en", None, None, False, None), {})),
        (
            ["kit", "--route", "r", "--lang", "fr", "--age", "16", "--for", "teacher", "--offline", "--output", "o"],
            ("classroom.kit", ("r", "fr", 16, "teacher", True, "o"), {}),
        ),
        (["before-after", "x.csv", "--lang", "fr"], ("classroom.before_after", ("x.csv", "fr"), {})),
        (["sheets"], ("classroom.printed", (), {})),
        (["grade", "in", "--lesson", "2"], ("grading.grade", ("in", "en"), GRADE | {"lesson": "2"})),
        (
            ["grade", "in", "--code", "--trust", "--jobs", "3", "--out", "o", "--marks", "m", "--lang", "fr"],
            (
                "grading.grade",
                ("in", "fr"),
                GRADE | {"code": True, "trust": True, "jobs": 3, "out": "o", "marked": "m"},
            ),
        ),
        (["paper", "--lesson", "2"], ("grading.paper", ("2", "en"), {"seed": None, "out": None})),
        (
            ["paper", "--lesson", "2", "--seed", "s", "--out", "o"],
            ("grading.paper", ("2", "en"), {"seed": "s", "out": "o"}),
        ),
        (["forget", "o"], ("grading.forget", ("o", "en"), {"yes": False})),
        (["forget", "o", "--yes"], ("grading.forget", ("o", "en"), {"yes": True})),
        (["stale"], ("datasets.stale", (), {})),
        (["stale", "--days", "90"], ("datasets.stale", (90,), {})),
    ],
)
def test_each_command_reaches_its_module(calls, typed, called):
    assert cli.main(typed) == 0
    assert calls == [called]


def test_the_language_is_the_one_asked_for_else_the_readers_else_the_systems(calls, monkeypatch):
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    cli.main(["lab"])
    cli.main(["lab", "--lang", "en"])
    monkeypatch.setenv("CONTRECHAMP_LANG", "en")
    cli.main(["lab"])
    monkeypatch.setenv("CONTRECHAMP_LANG", "xx")
    cli.main(["lab"])
    assert [args[0] for _, args, _ in calls] == ["fr", "en", "en", "fr"]


def raising(error):
    """Return a handler that raises."""

    def main(*args, **kwargs):
        raise error

    return main


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (ContrechampError("The disk is full."), 2, "The disk is full.\n"),
        (KeyboardInterrupt(), 130, "Interrupted.\n"),
        (OSError(28, "No space left on device", "page.html"), 2, "page.html: No space left on device.\n"),
    ],
)
def test_errors_become_sentences(calls, monkeypatch, capsys, error, status, says):
    monkeypatch.setattr(sys.modules["contrechamp.page"], "main", raising(error))
    assert cli.main(["run", "02"]) == status
    assert capsys.readouterr().err == says


def test_a_defect_of_ours_is_not_hidden(calls, monkeypatch):
    monkeypatch.setattr(sys.modules["contrechamp.page"], "main", raising(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        cli.main(["run", "02"])


@pytest.mark.parametrize("package", ["jupytext", "polib", "markdown_it", "yaml"])
def test_without_the_authors_packages_it_says_how_to_get_them(calls, monkeypatch, capsys, package):
    missing = ModuleNotFoundError(f"No module named {package!r}", name=package)
    monkeypatch.setattr(sys.modules["contrechamp.authoring.build"], "main", raising(missing))
    assert cli.main(["build"]) == 2
    err = capsys.readouterr().err
    assert "uv sync --group authors" in err and package in err and err.count("\n") == 1


def test_another_missing_module_is_a_defect(calls, monkeypatch):
    missing = ModuleNotFoundError("No module named 'contrechamp.x'", name="contrechamp.x")
    monkeypatch.setattr(sys.modules["contrechamp.authoring.build"], "main", raising(missing))
    with pytest.raises(ModuleNotFoundError):
        cli.main(["build"])


def test_without_a_command_it_shows_the_help(capsys):
    assert cli.main([]) == 0
    assert "commands:" in capsys.readouterr().out


def test_the_version_is_that_of_the_package(capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(["--version"])
    assert end.value.code == 0 and capsys.readouterr().out == "contrechamp 0.1.0\n"


def test_french_is_written_even_where_the_console_speaks_another_code_page(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="cp1252"))
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(raw, encoding="ascii"))
    cli._speak_utf8()
    print("Quoi\u202f?")
    sys.stdout.flush()
    assert raw.getvalue().decode("utf-8").rstrip() == "Quoi\u202f?"


def test_a_reader_that_stops_reading_is_no_error():
    command = f"{sys.executable} -m contrechamp.cli --help | true"
    done = subprocess.run(command, shell=True, capture_output=True, encoding="utf-8")
    assert "Traceback" not in done.stderr and "BrokenPipe" not in done.stderr


def test_every_sentence_of_the_command_line_goes_through_the_catalogue(calls, monkeypatch, capsys):
    monkeypatch.setattr(
        language, "messages", lambda lang: {("", "Interrupted."): "Interrompu."} if lang == "fr" else {}
    )
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    monkeypatch.setattr(sys.modules["contrechamp.page"], "main", raising(KeyboardInterrupt()))
    assert cli.main(["run", "02"]) == 130
    assert capsys.readouterr().err == "Interrompu.\n"


@pytest.mark.parametrize("typed", [[], ["lab"], ["run"]])
def test_the_help_in_french_keeps_no_english_word_of_argparse(monkeypatch, capsys, typed):
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    with pytest.raises(SystemExit):
        cli.main([*typed, "--help"])
    said = capsys.readouterr().out
    assert said.startswith("utilisation\u202f: contrechamp") and "options\u202f:" in said
    for english in ("usage", "positional", "show this", "show program", "COMMAND ", "FILE"):
        assert english not in said
