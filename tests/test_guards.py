"""Defects planted in a copy of the repository: each must turn its guard red, by name. The untouched copy is green.

Each line of the tables is a promise of the README: what somebody may break without noticing, and the words in which
they are told. Rules of anatomy and of digits have tables of their own, in `test_anatomy.py` and `test_digits.py`.
"""

import base64
import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import polib
import pytest
from conftest import copy_repository
from notebook_runs import nbval

from contrechamp.authoring import anatomy, build, sources

LESSON = "02_one_number_five_questions"
SOURCE = f"notebooks/{LESSON}.md"
ENGLISH, FRENCH = f"notebooks/en/{LESSON}.ipynb", f"notebooks/fr/{LESSON}.ipynb"
CATALOGUE = f"locale/fr/notebooks/{LESSON}.po"

pytestmark = pytest.mark.skipif(
    not (Path(__file__).resolve().parent.parent / FRENCH).is_file(), reason="lesson 02 is not built yet"
)


# ---- ways to break something ----------------------------------------------------------------------------------------


def edited(name, old, new, count=1):
    """Return a defect: replace a text in a file of the copy (the pattern must be there)."""

    def plant(copy):
        text = (copy / name).read_text(encoding="utf-8")
        assert re.search(old, text), f"{name} no longer holds {old!r}: plant the defect elsewhere"
        (copy / name).write_text(re.sub(old, new, text, count=count), encoding="utf-8", newline="\n")

    return plant


def notebook(name, change):
    """Return a defect: change the built notebook `name` as data, and store it as the build would."""

    def plant(copy):
        nb = nbformat.reads((copy / name).read_text(encoding="utf-8"), as_version=4)
        before = nbformat.writes(nb)
        change(nb)
        assert nbformat.writes(nb) != before, "the planted change changed nothing"
        text = nbformat.writes(nb).rstrip("\n") + "\n"
        (copy / name).write_text(text, encoding="utf-8", newline="\n")

    return plant


def catalogue(change):
    def plant(copy):
        book = polib.pofile(str(copy / CATALOGUE), wrapwidth=0)
        entry = next(e for e in book if len(e.msgid) > 80 and e.msgstr and not e.obsolete and "{{" not in e.msgid)
        change(book, entry)
        book.save(str(copy / CATALOGUE))

    return plant


def graded(record, grade):
    """Return a defect: give a record of the statistics another grade."""

    def plant(copy):
        path = copy / "datasets" / "awareness" / "statistics.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        next(row for row in rows if row["id"] == record)["grade"] = grade
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    return plant


def other_figure_string(copy):
    """Change the translation of what a figure of the lesson says."""
    path = copy / "locale" / "fr" / "messages.po"
    book = polib.pofile(str(path), wrapwidth=0)
    of_figure = (e for e in book if e.comment.startswith("figure") and SOURCE in dict(e.occurrences))
    next(of_figure).msgstr += " (mot en trop)"
    book.save(str(path))


def code(nb, place=1):
    return [cell for cell in nb.cells if cell.cell_type == "code"][place]


def figure(nb):
    """Return the cell with the first figure, and the place of the figure among its outputs."""
    for cell in nb.cells:
        for place, output in enumerate(cell.get("outputs", [])):
            if "image/png" in output.get("data", {}):
                return cell, place
    raise AssertionError("the lesson has no figure")


def unrun(nb):
    code(nb, 3).update(execution_count=None, outputs=[])


def undescribed(nb):
    cell, place = figure(nb)
    cell.outputs[place].metadata = {}


def wrong_number_in_text(nb):
    """Type another number over a share that a reference has resolved to."""
    share = re.compile(r"\b\d[\d.,]*(?=\s?%)")
    cell = next(cell for cell in nb.cells[2:] if cell.cell_type == "markdown" and share.search(cell.source))
    cell.source = share.sub("987", cell.source, count=1)


def changed_output(nb):
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            if re.search(r"= \d", output.get("data", {}).get("text/plain", "")):
                output.data["text/plain"] = re.sub(r"(\d)(?=\D*$)", lambda m: str((int(m[1]) + 1) % 10),
                                                   output.data["text/plain"])  # fmt: skip
                return
    raise AssertionError("no cell publishes a number")


def other_code(nb):
    code(nb, 2).source += "\n# seulement en français"


# ---- build --check --------------------------------------------------------------------------------------------------

ADDED = r"\g<0>\n\nIt rose by 401 per cent, they say.\n"

CHECKED = {
    "a number typed into prose": (edited(SOURCE, r"(?m)^## .*$", ADDED), rf"{LESSON}.*401 per cent"),
    "a number typed into a translation": (
        catalogue(lambda book, entry: setattr(entry, "msgstr", entry.msgstr + " Soit 401 de plus.")),
        rf"{LESSON}.*401 de plus",
    ),
    "a number typed over a reference in a built notebook": (
        notebook(ENGLISH, wrong_number_in_text),
        rf"{re.escape(ENGLISH)}, line \d+, is not what its source gives",
    ),
    "a number typed over a reference in the French notebook": (
        notebook(FRENCH, wrong_number_in_text),
        rf"{re.escape(FRENCH)}, line \d+, is not what its source gives",
    ),
    "a stale translation": (
        edited(SOURCE, r"(?<=\n\n)(?=[A-Z][a-z]+ [^\n]{50})", "Indeed, "),
        rf"{re.escape(CATALOGUE)}.*Indeed, ",
    ),
    "a missing catalogue entry": (catalogue(lambda book, entry: book.remove(entry)), rf"{LESSON}"),
    "an empty catalogue entry": (catalogue(lambda book, entry: setattr(entry, "msgstr", "")), rf"{LESSON}"),
    "a doubtful catalogue entry": (catalogue(lambda book, entry: entry.flags.append("fuzzy")), rf"{LESSON}"),
    "a missing catalogue": (lambda copy: (copy / CATALOGUE).unlink(), rf"{LESSON}"),
    "a number typed into the guide": (
        edited("guide/care.md", r"(?m)^## .*$", ADDED),
        r"guide/care\.md, line \d+:.*401",
    ),
    "a sentence changed in a built page of the guide": (
        edited("guide/fr/care.md", r"\n# ?.*|Dix minutes", "Onze minutes"),
        r"guide/fr/care\.md, line \d+, is not what its source gives",
    ),
    "a stale translation of the guide": (
        edited("guide/care.md", r"(?<=\n\n)(?=[A-Z][a-z]+ [^\n]{50})", "Indeed, "),
        r"locale/fr/guide/care\.po.*Indeed, ",
    ),
    "a page of the guide without a source": (
        lambda copy: (copy / "guide/fr/nothing.md").write_text("# Rien\n", encoding="utf-8"),
        r"guide/fr/nothing\.md has no source",
    ),
    "an unexecuted cell": (notebook(ENGLISH, unrun), rf"{re.escape(ENGLISH)}.*not run"),
    "code that differs between languages": (notebook(FRENCH, other_code), rf"{re.escape(FRENCH)}"),
    "code changed after the build": (
        edited(SOURCE, r"(```\{code-cell\} ipython3\n)", r"\1# changed\n"),
        rf"{re.escape(ENGLISH)} must be run again: its code cells changed",
    ),
    "data changed after the build": (
        graded("iwf-h1-2025-rise", "A"),
        rf"{re.escape(ENGLISH)} must be run again:.*awareness/statistics\.csv changed",
    ),
    "an environment changed after the build": (
        edited("requirements.txt", r"(?m)^numpy==\S+", "numpy==2.4.99"),
        rf"{re.escape(ENGLISH)} must be run again:.*environment",
    ),
    "a translated string of a figure changed after the build": (
        other_figure_string,
        rf"{re.escape(FRENCH)} must be run again",
    ),
    "a published result typed by hand": (
        edited("datasets/results/02.json", r'("\w+": )-?\d[\d.]*', r"\g<1>401.0"),
        r"02",
    ),
    "an expected answer typed by hand": (
        edited(f"datasets/checks/{LESSON}.json", r'("expected": )\d[\d.]*', r"\g<1>401.0"),
        rf"{LESSON}.*run again.*checks/{LESSON}\.json changed",
    ),
    "a hint typed by hand": (edited(f"datasets/checks/{LESSON}.json", r'("hint": \{\s*"en": ")', r"\1X "), LESSON),
    "a quiz answer typed by hand": (edited("datasets/quizzes/02.json", '"right": true', '"right": false'), r"02\.json"),
    "a missing notebook": (lambda copy: (copy / FRENCH).unlink(), rf"{re.escape(FRENCH)} is missing"),
    "a notebook without a source": (
        lambda copy: (copy / "notebooks/en/77_x.ipynb").write_bytes((copy / ENGLISH).read_bytes()),
        r"77_x\.ipynb has no source",
    ),
    "a notebook that is not JSON": (
        lambda copy: (copy / FRENCH).write_text("{", encoding="utf-8"),
        rf"{re.escape(FRENCH)} is not a notebook",
    ),
    "an unknown reference": (edited(SOURCE, r"\{\{ stat:iwf-h1-2025-rise\.value", "{{ stat:nothing.value"), "nothing"),
    "a reference to a record of grade C": (graded("iwf-h1-2025-rise", "C"), r"grade.*C\b"),
}  # fmt: skip


def check(capsys):
    """Return the exit status and the words of ``contrechamp build --check`` on the copy."""
    capsys.readouterr()
    status = build.main([], check=True)
    return status, capsys.readouterr().err


def test_the_untouched_repository_is_green(capsys):
    status, said = check(capsys)
    assert status == 0, said


def test_the_untouched_copy_is_green(repository, capsys):
    status, said = check(capsys)
    assert status == 0, said


@pytest.mark.parametrize(("plant", "words"), CHECKED.values(), ids=CHECKED.keys())
def test_the_build_check_turns_red(repository, capsys, plant, words):
    plant(repository)
    try:
        status, said = check(capsys)
    except build.ContrechampError as error:  # the command line prints it and exits with 2
        status, said = 2, str(error)
    assert status != 0
    assert re.search(words, said), said


def test_the_build_check_turns_red_when_a_module_of_ours_changed(repository):
    """In a process of its own, since the modules of the copy must be the ones that are imported."""
    module = repository / "src" / "contrechamp" / "lesson" / "charts.py"
    env = {**os.environ, "PYTHONPATH": str(repository / "src"), "CONTRECHAMP_HOME": str(repository), "PYTHONUTF8": "1"}
    command = [
        sys.executable,
        "-c",
        "from contrechamp.authoring.build import main; raise SystemExit(main([], check=True))",
    ]

    def run():
        return subprocess.run(command, env=env, cwd=repository, capture_output=True, text=True, encoding="utf-8")

    assert run().returncode == 0
    module.write_text(module.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    done = run()
    assert done.returncode == 1
    assert f"{ENGLISH} must be run again: module contrechamp.lesson.charts changed" in done.stderr


# ---- anatomy of the real lesson -------------------------------------------------------------------------------------


def first_code(words):
    def change(nb):
        code(nb, 3).source += words

    return change


def tagged(nb):
    code(nb, 3).metadata["tags"] = ["nbval-skip"]


def jump(nb):
    cell = next(cell for cell in nb.cells[2:] if "## " in cell.source and cell.cell_type == "markdown")
    cell.source = re.sub(r"(?m)^## ", "#### ", cell.source, count=1)


def no_line(nb):
    cell, place = figure(nb)
    del cell.outputs[place + 1]


LOOKED_AT = {
    "an unexecuted cell": (unrun, "was not run"),
    "an undescribed figure": (undescribed, "has no description"),
    "a figure without its visible line": (no_line, "no visible line"),
    "a trailing semicolon": (first_code("\nx = 1;"), "ends with ;"),
    "an installation": (first_code("\n!pip install x"), "are not Python"),
    "a question to the keyboard": (first_code("\ninput()"), "input()"),
    "a skip tag": (tagged, "nbval-skip"),
    "a heading jump": (jump, "skips a level"),
}


@pytest.mark.parametrize(("change", "words"), LOOKED_AT.values(), ids=LOOKED_AT.keys())
def test_the_anatomy_of_the_real_lesson_turns_red(repository, change, words):
    path = repository / ENGLISH
    meta = sources.read(repository / SOURCE).meta

    def problems():
        nb = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        return anatomy.lesson_problems(nb, source_meta=meta, path=path)

    assert problems() == []
    notebook(ENGLISH, change)(repository)
    assert any(words in problem for problem in problems()), problems()


def test_an_undeclared_objective_turns_the_map_red(repository):
    bank = json.loads((repository / "datasets/quizzes/02.json").read_text(encoding="utf-8"))
    bank["items"][0]["objective"] = "02.9"
    declared = list(sources.read(repository / SOURCE).meta["objectives"])
    quiz = [item["objective"] for item in bank["items"]]
    found = anatomy.objective_problems(declared, where=SOURCE, exercise=declared, alternative=None, quiz=quiz)
    assert any("02.9, which the lesson does not declare" in problem for problem in found), found


# ---- nbval on the real lesson ---------------------------------------------------------------------------------------

RUN_AGAIN = {
    "a changed output": (changed_output, "Cell outputs differ"),
    "another picture": (lambda nb: None, "pixels differ"),
    "an output that was deleted": (lambda nb: code(nb, 3).update(outputs=[]), "Cell outputs differ"),
}


@pytest.fixture(scope="module")
def broken_notebooks(tmp_path_factory):
    """One copy of the lesson for each defect, run together to pay for one start of pytest."""
    from PIL import Image

    top = copy_repository(tmp_path_factory.mktemp("guards") / "repository")
    paths = {}
    for number, (name, (change, _)) in enumerate(RUN_AGAIN.items()):
        nb = nbformat.reads((top / ENGLISH).read_text(encoding="utf-8"), as_version=4)
        change(nb)
        if name == "another picture":
            repaint(nb, Image)
        paths[name] = top / "notebooks" / "en" / f"{number:02d}_broken.ipynb"
        nbformat.write(nb, paths[name])
    run = nbval(list(paths.values()), top / "run", CONTRECHAMP_HOME=str(top))
    return paths, run


def repaint(nb, image):
    """Turn a band of the first figure black: more than one pixel in a hundred."""
    cell, place = figure(nb)
    data = cell.outputs[place].data
    picture = image.open(io.BytesIO(base64.b64decode(data["image/png"]))).convert("RGB")
    picture.paste((0, 0, 0), (0, 0, picture.width, picture.height // 10))
    file = io.BytesIO()
    picture.save(file, format="PNG")
    data["image/png"] = base64.b64encode(file.getvalue()).decode()


@pytest.mark.slow
@pytest.mark.parametrize("name", RUN_AGAIN)
def test_nbval_turns_red(broken_notebooks, name):
    paths, run = broken_notebooks
    failed = [line for line in run.output.splitlines() if line.startswith("FAILED") and paths[name].name in line]
    assert len(failed) == 1, run.output
    assert RUN_AGAIN[name][1] in run.output


# ---- data -----------------------------------------------------------------------------------------------------------


def test_a_record_of_grade_c_turns_the_data_package_red(repository):
    from frictionless import validate

    package = repository / "datasets" / "awareness" / "datapackage.json"
    assert validate(str(package)).valid
    graded("iwf-h1-2025-rise", "C")(repository)
    report = validate(str(package))
    messages = [str(error) for error in report.flatten(["message"])]
    assert any("grade" in message and '"C"' in message for message in messages), messages
