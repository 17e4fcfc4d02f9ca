"""The check of the set-up: silent about the machine when all is well, one line and one remedy for each trouble."""

import builtins
import dataclasses
import errno
import os
import subprocess
import sys

import pytest

from contrechamp import language, setup_check
from contrechamp.setup_check import GIB, Machine, admits
from contrechamp.setup_check import setup_check as check_setup

WELL = Machine(
    python=(3, 11),
    python_range=">=3.11,<3.15",
    needed={"numpy": "<2.5,>=2.3", "pandas": "<4,>=3.0"},
    installed={"numpy": "2.4.6", "pandas": "3.0.2"},
    letters_missing="",
    memory=(8 * GIB, 4 * GIB),
    folder="/somewhere/work",
    write_error="",
    language_asked="fr",
    language_error="",
    languages=("en", "fr"),
    data_missing=(),
)

TROUBLES = [
    ("Python", {"python": (3, 10)}, "the course needs Python 3.11 or newer, below 3.15", "brings the right Python"),
    ("Python", {"python": (3, 15)}, "this is Python 3.15", "course.py lab"),
    ("Packages", {"installed": {"numpy": "2.4.6", "pandas": None}}, "missing: pandas", "installs what is missing"),
    ("Packages", {"installed": {"numpy": "2.5.0", "pandas": "3.0.2"}}, "another version", "course.py lab"),
    ("Packages", {"needed": {"contrechamp": ""}, "installed": {}}, "missing: contrechamp", "course.py lab"),
    ("Fonts", {"letters_missing": None}, "DejaVu Sans, was not found", "Install matplotlib again"),
    ("Fonts", {"letters_missing": "œ"}, "lacks some letters: œ", "Install matplotlib again"),
    ("Memory", {"memory": (GIB, GIB)}, "this computer has 1 GB", "one lesson at a time"),
    ("Memory", {"memory": (8 * GIB, GIB // 4)}, "only 0.2 GB are free", "Close other programs"),
    ("Memory", {"memory": None}, "could not be measured", "You may go on"),
    ("Write access", {"write_error": "Read-only file system"}, "/somewhere/work (Read-only file system)", "Copy"),
    ("Language", {"language_asked": "de_DE"}, "does not speak de_DE; it speaks: en, fr", "--lang fr"),
    ("Language", {"language_error": "PoFileError: line 3"}, "could not be read (PoFileError", "go on in English"),
    ("Offline work", {"data_missing": ("quizzes/00.json",)}, "not on this machine: quizzes/00.json", "incomplete"),
]


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_LANG", "en")


def line(report, name):
    (found,) = [line for line in report.lines if line.name == name]
    return found


@pytest.mark.parametrize(("name", "change", "trouble", "mend"), TROUBLES)
def test_each_trouble_has_one_line_that_says_what_is_wrong_and_how_to_mend_it(name, change, trouble, mend):
    report = check_setup(dataclasses.replace(WELL, **change))
    assert [found.name for found in report.lines if not found.ok] == [name]
    assert trouble in line(report, name).trouble
    assert mend in line(report, name).mend
    assert trouble in repr(report)
    assert "→" in repr(report)
    assert "Lines to mend: 1." in repr(report)
    assert not report.ok


def test_no_two_troubles_have_the_same_words():
    words = [line(check_setup(dataclasses.replace(WELL, **change)), name).trouble for name, change, *_ in TROUBLES]
    assert len(set(words)) == len(words)


def test_a_good_machine_is_told_nothing_about_itself():
    report = check_setup(WELL)
    assert report.ok
    assert not any(sign.isdigit() or sign in "/\\" for sign in repr(report))
    assert repr(report).count(" ok") == 7
    assert repr(report).endswith("Your set-up is right.")


@pytest.mark.parametrize(
    "change",
    [
        {"python": (3, 14)},
        {"memory": (64 * GIB, 60 * GIB), "folder": "C:\\Users\\someone", "command": "py course.py lab"},
        {"language_asked": "", "languages": ("en",)},
        {"installed": {"numpy": "2.3.0", "pandas": "3.9"}},
    ],
)
def test_all_good_machines_get_the_same_report(change):
    assert repr(check_setup(dataclasses.replace(WELL, **change))) == repr(check_setup(WELL))


def test_several_troubles_are_all_told():
    report = check_setup(dataclasses.replace(WELL, python=(3, 9), memory=None, write_error="No space left on device"))
    assert "Lines to mend: 3." in repr(report)


def test_the_command_of_the_system_is_the_one_that_is_advised():
    report = check_setup(dataclasses.replace(WELL, python=(3, 9), command="py course.py lab"))
    assert "py course.py lab" in repr(report)
    assert "python3" not in repr(report)


@pytest.mark.parametrize(
    ("wanted", "version", "answer"),
    [
        ("", "1", True),
        (">=3.11,<3.15", "3.11", True),
        (">=3.11,<3.15", "3.15", False),
        (">=3.11,<3.15", "3.9", False),
        ("==0.38.0", "0.38", True),
        ("==0.38.0", "0.38.1", False),
        ("<2.5,>=2.3", "2.5.0rc1", False),
        ("<2.5,>=2.3", "2.4.6.post1", True),
        (">=4.5", "4.5.post3", True),
        ("<=2,>1", "2.0", True),
    ],
)
def test_a_range_admits_what_it_says(wanted, version, answer):
    assert admits(wanted, version) is answer


def test_this_machine_is_looked_at_without_leaving_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    machine = setup_check.this_machine()
    assert {"numpy", "pandas", "jupyterlab"} <= set(machine.needed)
    assert all(machine.installed.values())
    assert machine.python_range
    assert machine.letters_missing == ""
    assert machine.write_error == ""
    assert list(tmp_path.iterdir()) == []


def test_this_machine_passes_its_own_check_but_for_data_that_are_not_built():
    report = check_setup()
    assert [found.name for found in report.lines if not found.ok and found.name != "Offline work"] == []


def test_a_full_disk_is_seen_and_not_raised(monkeypatch, tmp_path):
    def full(**_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(setup_check.tempfile, "TemporaryFile", full)
    assert setup_check._write_error(tmp_path) == os.strerror(errno.ENOSPC)


def test_a_folder_that_is_gone_is_seen_and_not_raised(tmp_path):
    assert setup_check._write_error(tmp_path / "gone")


def test_missing_packages_are_seen_and_not_raised(monkeypatch):
    real = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name.partition(".")[0] in ("matplotlib", "psutil"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    machine = setup_check.this_machine()
    assert machine.letters_missing is None
    assert machine.memory is None


def test_a_broken_catalogue_is_told_in_english(monkeypatch, repository):
    (repository / "locale" / "fr" / "messages.po").write_bytes(b'msgid "a"\nmsgstr "\xff\xfe"\n')
    monkeypatch.setenv("CONTRECHAMP_LANG", "fr")
    report = check_setup()
    assert "translations could not be read" in line(report, "Language").trouble


def test_a_missing_room_of_data_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("CONTRECHAMP_HOME", str(tmp_path))
    report = check_setup()
    assert "datasets" in line(report, "Offline work").trouble


def test_the_report_speaks_the_reader_s_language(monkeypatch):
    monkeypatch.setattr(language, "gettext", lambda message, lang=None: f"<{message}>")
    assert "<Memory>" in repr(check_setup(WELL))
    assert "<Your set-up is right.>" in repr(check_setup(WELL))


def test_the_check_needs_no_other_package_to_be_imported():
    code = (
        "import sys, contrechamp.setup_check; "
        "sys.exit(bool({'numpy', 'pandas', 'matplotlib', 'babel', 'psutil'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
