"""No person targeted and no individual claimant is named in any file of the repository."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import names

ROOT = Path(__file__).parent.parent
INVENTED = "Éloïse Marchetout"  # nobody: a name made for this test


def files() -> list[Path]:
    """Return the files that are in the repository or about to be; all files where there is no git."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        return [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [
        path
        for path in ROOT.rglob("*")
        if path.is_file() and not any(part.startswith(".") or part == "work" for part in path.relative_to(ROOT).parts)
    ]


@pytest.fixture
def refused(tmp_path):
    """A list with one invented name."""
    held = names.Refused(tmp_path / "list.json")
    assert held.add(INVENTED)
    return held


def test_no_file_of_the_repository_holds_a_refused_name():
    refused = names.Refused()
    assert refused.names, "the list is empty"
    hits = []
    for path in files():
        text = names.readable(path)
        hits += [
            f"{path.relative_to(ROOT)}, line {text.count(chr(10), 0, at) + 1}" for at in names.found(text, refused)
        ]
    assert hits == []


def test_no_path_of_the_repository_holds_a_refused_name():
    refused = names.Refused()
    assert [str(path) for path in files() if names.found(str(path.relative_to(ROOT)), refused)] == []


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("On a vu Éloïse Marchetout hier.", [8]),
        ("ELOISE MARCHETOUT", [0]),
        ("**Eloïse** Marchetout", [2]),
        ("Eloise\nMarchetout", [0]),
        ("https://example.org/2026/eloise-marchetout-porte-plainte.html", [25]),
        ("#EloiseMarchetout", [1]),
        ("Eloise%20Marchetout", [0]),
        ("Eloise wrote. Later, Marchetout answered.", []),
        ("eloise marchetout in small letters is not seen, to keep the scan cheap", []),
        ("Marchetout Eloise", []),
    ],
)
def test_a_planted_name_is_found_however_it_is_written(refused, text, at):
    assert names.found(text, refused) == at


def test_a_name_of_three_words_is_found(tmp_path):
    refused = names.Refused(tmp_path / "list.json")
    refused.add("Ada d'Onze")
    assert names.found("… said Ada d’Onze, who", refused) == [7]


@pytest.mark.parametrize("suffix", [".ipynb", ".po", ".md"])
def test_a_planted_name_is_found_in_every_kind_of_file(refused, tmp_path, suffix):
    path = tmp_path / f"planted{suffix}"
    cell = {"cells": [{"cell_type": "markdown", "source": ["said Éloïse\n", "Marchetout"]}]}
    text = {
        ".ipynb": json.dumps(cell),
        ".po": 'msgid ""\n"said Éloïse "\n"Marchetout"\nmsgstr ""\n',
        ".md": f"said {INVENTED}",
    }[suffix]
    path.write_text(text, encoding="utf-8")
    assert len(names.found(names.readable(path), refused)) == 1


def test_the_list_holds_no_name_in_clear(refused):
    text = refused.path.read_text(encoding="utf-8").casefold()
    assert "marchetout" not in text
    assert "eloise" not in text


def test_adding_a_name_prints_none(tmp_path):
    (tmp_path / "names.py").write_bytes(Path(names.__file__).read_bytes())
    run = subprocess.run(
        [sys.executable, "names.py", "add"],
        cwd=tmp_path,
        input=f"{INVENTED}\n\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == "1 added, 1 in the list.\n"
    assert names.found(INVENTED, names.Refused(tmp_path / "refused_names.json")) == [0]


@pytest.mark.parametrize("name", ["Marchetout", "", "One Two Three Four Five"])
def test_a_name_that_would_hit_too_much_or_nothing_is_refused(refused, name):
    with pytest.raises(ValueError, match="two to four words"):
        refused.add(name)


def test_a_picture_is_no_text(tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(b"\x89PNG\xff\xfe")
    assert names.readable(path) == ""
