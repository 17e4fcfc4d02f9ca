"""What a hostile day brings, through the command line itself: one sentence, a status that is not 0, nothing lost.

Each case is played on a copy of the repository. The pure functions have finer tables of their own: `test_sources.py`,
`test_references.py`, `test_awareness.py`, `test_catalogue.py`, `test_lab.py`, `test_run.py`.
"""

import errno
import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from contrechamp import cli

LESSON = "02_one_number_five_questions"
SOURCE = f"notebooks/{LESSON}.md"
FRENCH = f"notebooks/fr/{LESSON}.ipynb"
CATALOGUE = f"locale/fr/notebooks/{LESSON}.po"
QUIZ = f"exercises/{LESSON}.quiz.yaml"


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")


def files(top: Path) -> dict[str, str]:
    """Return a digest of every file, so that a lost or a touched one is seen."""
    found = sorted(path for path in top.rglob("*") if path.is_file())
    return {path.relative_to(top).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def replaced(name: str, old: str, new: str):
    def damage(top: Path) -> None:
        text = (top / name).read_text(encoding="utf-8")
        assert old in text, f"{name} no longer holds {old!r}: plant the damage elsewhere"
        (top / name).write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")

    return damage


def holds(name: str, content: bytes):
    return lambda top: (top / name).write_bytes(content)


def gone(name: str):
    return lambda top: (top / name).unlink()


def longer_row(top: Path) -> None:
    path = top / "datasets/awareness/statistics.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[40] = "one,two," + lines[40]
    path.write_text("".join(lines), encoding="utf-8", newline="\n")


def untouched(top: Path) -> None:
    """Damage nothing: the command line itself is wrong."""


FENCE = replaced(SOURCE, "```{code-cell}", "````{code-cell}")
LAW = replaced(SOURCE, "{{ claim:c09.claim }}", "{{ law:fr-226-8-1.title }}")


def without_law(top: Path) -> None:
    LAW(top)
    shutil.rmtree(top / "datasets/law")


UNKNOWN = replaced(SOURCE, "{{ claim:c09.claim }}", "{{ claim:c99.claim }}")
BROKEN_PO = holds(CATALOGUE, b'msgid "x"\nmsgstr "y\nmsgid\n')
NOT_UTF8 = holds("locale/fr/messages.po", b'msgid "x"\nmsgstr "\xff"\n')

CASES = {
    "build, unknown lesson": (untouched, ["build", "77"], r"There is no lesson 77\. There are: 00, 02"),
    "build, a lesson and more": (untouched, ["build", "02x"], r"There is no lesson 02x\."),
    "build, an empty word": (untouched, ["build", ""], r"There is no lesson ''\."),
    "translate, unknown lesson": (untouched, ["translate", "77"], r"There is no lesson 77\."),
    "run, unknown lesson": (untouched, ["run", "77"], r"There is no lesson 77\. Known: 00, 02(, \d\d)*\."),
    "run, an empty word": (untouched, ["run", ""], r"Which lesson\?"),
    "run, unknown language": (untouched, ["run", "02", "--lang", "de"], r"There is no language de\. Known: en, fr\."),
    "lab, unknown language": (untouched, ["lab", "--lang", "de"], r"There is no language de\."),
    "unknown command": (untouched, ["biuld"], r"There is no command biuld\. Did you mean build\?"),
    "build, broken fence": (FENCE, ["build"], r"02_.*\.md, line \d+: the fence opened here is never closed"),
    "check, broken fence": (FENCE, ["build", "--check"], r"the fence opened here is never closed"),
    "translate, broken fence": (FENCE, ["translate"], r"the fence opened here is never closed"),
    "check, missing catalogue": (gone(CATALOGUE), ["build", "--check"], r"notebooks/02_.*\.po: .* is missing"),
    "build, missing messages": (gone("locale/fr/messages.po"), ["build"], r"locale/fr/messages\.po is missing"),
    "check, missing messages": (
        gone("locale/fr/messages.po"), ["build", "--check"], r"locale/fr/messages\.po is missing"
    ),
    "translate, missing messages": (
        gone("locale/fr/messages.po"), ["translate"], r"locale/fr/messages\.po is missing"
    ),
    "build, catalogue with an error": (BROKEN_PO, ["build"], r"fr/notebooks/02_.*\.po is not a gettext catalogue"),
    "translate, catalogue with an error": (BROKEN_PO, ["translate"], r"\.po is not a gettext catalogue"),
    "run, messages that are no text": (
        NOT_UTF8, ["run", "02", "--lang", "fr"], r"locale/fr/messages\.po is not a gettext catalogue"
    ),
    "check, messages that are no text": (NOT_UTF8, ["build", "--check"], r"locale/fr/messages\.po is not a gettext"),
    "build, unknown reference": (UNKNOWN, ["build"], r"02_.*\.md.*c99"),
    "check, unknown reference": (UNKNOWN, ["build", "--check"], r"02_.*\.md.*c99"),
    "build, law without legal records": (without_law, ["build"], r"02_.*\.md, cell \d+: .* this version has none yet"),
    "check, law without legal records": (without_law, ["build", "--check"], r"this version has none yet"),
    "check, no such provision": (
        LAW, ["build", "--check"], r"no law is called 'fr-226-8-1'\. Nearest: fr-cp-226-8-1\)"
    ),
    "build, malformed row": (longer_row, ["build"], r"statistics\.csv, line 41: 42 fields where the header has 40"),
    "check, malformed row": (longer_row, ["build", "--check"], r"statistics\.csv, line 41: 42 fields"),
    "stale, malformed row": (longer_row, ["stale"], r"statistics\.csv, line 41: 42 fields"),
    "check, no JSON": (holds(FRENCH, b"{"), ["build", "--check"], r"notebooks/fr/02_.*\.ipynb is not a notebook"),
    "build, no JSON": (holds(FRENCH, b"{"), ["build"], r"notebooks/fr/02_.*\.ipynb is not a notebook"),
    "run, no JSON": (holds(FRENCH, b"{"), ["run", "2", "--lang", "fr"], r"02_.*\.ipynb .*(notebook).*"),
    "check, a table that is a list": (
        holds("datasets/results/02.json", b"[1]"), ["build", "--check"], r"results/02\.json is not a table of ours"
    ),
    "check, checks that are a list": (
        holds(f"datasets/checks/{LESSON}.json", b"[1]"), ["build", "--check"], r"02_.*\.json is not a table of ours"
    ),
    "check, a bank that is no text": (
        holds("datasets/quizzes/02.json", b"\xff"), ["build", "--check"], r"quizzes/02\.json, line 1, is not what"
    ),
    "check, a bank without a lesson": (
        holds(QUIZ, b"items: []\n"), ["build", "--check"], r"quiz\.yaml: a quiz bank has the keys"
    ),
    "check, line ends of Windows in a built notebook": (
        lambda top: holds(FRENCH, (top / FRENCH).read_bytes().replace(b"\n", b"\r\n"))(top),
        ["build", "--check"],
        r"notebooks/fr/02_.*\.ipynb, line 1, is not what its source gives",
    ),
    "check, a reviewed list that is no text": (
        holds("notebooks/reviewed_numbers.csv", b"\xff"), ["build", "--check"], r"reviewed_numbers\.csv is not UTF-8"
    ),
    "check, a folder for a source": (
        lambda top: (top / "notebooks/03_x.md").mkdir(), ["build", "--check"], r"notebooks/03_x\.md is a folder"
    ),
    "lab, an unreadable port": (untouched, ["lab", "--port", "http"], r"--port takes a whole number"),
}  # fmt: skip


@pytest.mark.parametrize(("damage", "typed", "says"), CASES.values(), ids=CASES.keys())
def test_bad_input_is_a_sentence_and_loses_nothing(repository, capsys, damage, typed, says):
    damage(repository)
    before = files(repository)
    assert cli.main(typed) in (1, 2)
    out, err = capsys.readouterr()
    lines = err.strip().splitlines()
    assert re.search(says, err), err
    assert "Traceback" not in err and 'File "' not in err
    assert out == "" and all(line.endswith((".", "?")) for line in lines), out + err
    if "--check" not in typed and "build" not in typed:
        assert len(lines) == 1, err
    assert files(repository) == before


def test_source_files_with_line_ends_of_windows_are_read_like_ours(repository, capsys):
    sources = [
        *repository.glob("notebooks/*.md"),
        *repository.glob("exercises/*.*"),
        *repository.rglob("locale/**/*.po"),
    ]
    for path in sources:
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert cli.main(["build", "--check"]) == 0, capsys.readouterr().err


def test_a_busy_port_is_one_sentence_through_the_command_line(repository, tmp_path, capsys):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert cli.main(["lab", "--no-browser", "--port", str(port), "--work", str(tmp_path / "w")]) == 2
    assert capsys.readouterr().err == f"Port {port} is in use. Choose another, or leave out --port.\n"
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (["build"], "notebooks/en/00_start_here.ipynb"),
        (["translate"], "locale/fr/notebooks/00_start_here.po"),
        (["run", "00", "--output", "{work}/page.html"], "work/.page.html"),
        (["lab", "--no-browser", "--work", "{work}"], "work/.contrechamp.json"),
    ],
    ids=["build", "translate", "run", "lab"],
)
@pytest.mark.parametrize(
    ("code", "says"),
    [(errno.ENOSPC, r"No space left|disk is full"), (errno.EROFS, r"Read-only|may not be written")],
    ids=["full", "read-only"],
)
def test_a_full_or_read_only_folder_is_one_sentence_and_loses_nothing(
    repository, tmp_path, monkeypatch, capsys, typed, name, code, says
):
    work = tmp_path / "work"
    # Something to write: a sentence of lesson 00 changes, and a translation waits.
    replaced("notebooks/00_start_here.md", "\n## ", "\nA sentence that was not there before.\n\n## ")(repository)
    monkeypatch.setattr("contrechamp.page.execute", lambda *_: None)  # not what is tested here
    before = files(repository)
    whole = Path.write_bytes

    def refuse(path, content):
        if str(path).startswith(str(tmp_path)) and path.suffix == ".part":
            whole(path, content[:10])  # a full disk takes the beginning of a file
            raise OSError(code, os.strerror(code), str(path))
        return whole(path, content)

    monkeypatch.setattr(Path, "write_bytes", refuse)
    assert cli.main([word.format(work=work) for word in typed]) == 2
    err = capsys.readouterr().err.strip().splitlines()[-1]
    assert re.search(says, err) and name.partition("/.")[0] in err, err
    assert files(repository) == before
    assert not [path for path in work.rglob("*") if path.is_file()]


def test_in_a_process_of_its_own_bad_input_is_one_line_and_status_2(repository):
    FENCE(repository)
    done = subprocess.run(
        [sys.executable, "-m", "contrechamp.cli", "build"], capture_output=True, encoding="utf-8", timeout=120
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr


def test_a_kernel_that_dies_while_a_lesson_is_built_is_one_sentence(tmp_path):
    from nbformat.v4 import new_code_cell, new_notebook

    from contrechamp.authoring import execution
    from contrechamp.errors import ContrechampError

    notebook = new_notebook(cells=[new_code_cell("1"), new_code_cell("import os; os._exit(1)")])
    with pytest.raises(ContrechampError, match=r"^here, code cell 2: Python stopped, perhaps for want of memory\.$"):
        execution.execute(notebook, tmp_path, "here")
