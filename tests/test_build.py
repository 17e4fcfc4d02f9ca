"""The build gives the same bytes twice, executes only what changed, and its check is red when anything disagrees."""

import json
import re
import shutil

import nbformat
import pytest
from toy_course import plant, translate

from contrechamp.authoring import build, catalogue, execution, notebooks, pictures

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A toy course, translated and built once."""
    top = plant(tmp_path_factory.mktemp("toy"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONTRECHAMP_HOME", str(top))
        catalogue.main([])
        translate(top)
        assert build.main() == 0
    return top


@pytest.fixture
def toy(built, tmp_path, monkeypatch):
    """A copy of the built toy that a test may damage."""
    top = shutil.copytree(built, tmp_path / "toy")
    monkeypatch.setenv("CONTRECHAMP_HOME", str(top))
    return top


@pytest.fixture
def executions(monkeypatch):
    """Count executions by their name."""
    seen = []
    original = execution.execute

    def counted(notebook, folder, where, **options):
        seen.append(where)
        return original(notebook, folder, where, **options)

    monkeypatch.setattr(execution, "execute", counted)
    return seen


def edit(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")


def check(capsys):
    capsys.readouterr()
    status = build.main(check=True)
    return status, capsys.readouterr().err


def test_what_was_just_built_agrees(toy, capsys, executions):
    status, words = check(capsys)
    assert (status, executions) == (0, []), words


def test_both_languages_say_the_same_with_their_own_numbers(toy):
    english = (toy / "notebooks/en/09_toy.ipynb").read_text("utf-8")
    french = (toy / "notebooks/fr/09_toy.ipynb").read_text("utf-8")
    assert "From ten to twenty is +100\u00a0%." in english
    assert "Ah From ten to twenty is +100\u00a0%. Isn’t it twice\u202f?" in french
    cells = [[c.source for c in nbformat.reads(t, 4).cells if c.cell_type == "code"] for t in (english, french)]
    assert cells[0] == cells[1]


def test_results_checks_and_quizzes_are_written_from_what_ran(toy):
    assert json.loads((toy / "datasets/results/09.json").read_text("utf-8"))["results"] == {"change": 100.0}
    (row,) = json.loads((toy / "datasets/checks/09_toy.json").read_text("utf-8"))["checks"]
    assert row["values"]["change"]["expected"] == pytest.approx(154.404, abs=0.001)
    assert {w["name"]: round(w["values"]["change"]) for w in row["misconceptions"]} == {
        "times_for_rise": 254,
        "divided_by_the_end": 61,
    }
    assert row["right"]["en"] == "More than 100\u00a0%, as it should be."
    (item,) = json.loads((toy / "datasets/quizzes/09.json").read_text("utf-8"))["items"]
    assert item["options"][0]["text"] == {"en": "100\u00a0% more", "fr": "Ah 100\u00a0% more"}


def test_the_student_s_notebook_has_the_question_and_not_the_answer(toy):
    student = (toy / "exercises/en/09_toy.ipynb").read_text("utf-8")
    solution = (toy / "exercises/en/solutions/09_toy.ipynb").read_text("utf-8")
    assert "change = ..." in student and "(after - before)" not in student
    assert "### BEGIN SOLUTION" in solution and "(after - before) / before" in solution


def test_notebooks_hold_nothing_that_time_or_machine_decides(toy):
    for path in toy.rglob("*.ipynb"):
        notebook = nbformat.read(path, 4)
        assert notebook.metadata.language_info == {"name": "python"}
        assert [cell.id for cell in notebook.cells] == [f"{path.stem[:2]}{x}-{i:02d}" for i, x in _ids(notebook, path)]
        assert not any("execution" in cell.metadata for cell in notebook.cells)


def _ids(notebook, path):
    mark = "E" if "exercises" in path.parts else ""
    return [(i, mark) for i in range(1, len(notebook.cells) + 1)]


def test_building_again_changes_no_byte_and_runs_nothing(toy, executions):
    before = {path: path.read_bytes() for path in toy.rglob("*.ipynb")}
    assert build.main() == 0
    assert {path: path.read_bytes() for path in toy.rglob("*.ipynb")} == before
    assert executions == []


def test_mending_prose_executes_nothing(toy, executions):
    edit(toy / "notebooks/09_toy.md", "- one item", "- a single thing")
    build.main()
    assert executions == []
    assert "a single thing" in (toy / "notebooks/en/09_toy.ipynb").read_text("utf-8")


def test_changing_a_cell_executes_that_lesson_only(toy, executions):
    edit(toy / "notebooks/09_toy.md", "before, after = 10, 20", "before, after = 10, 30")
    assert build.main() == 0
    assert {where for where in executions if "notebooks/" in where} == {
        f"notebooks/{lang}/09_toy.ipynb" for lang in ("en", "fr")
    }
    assert "is +200\u00a0%" in (toy / "notebooks/en/09_toy.ipynb").read_text("utf-8")
    assert (
        "100"
        not in json.loads((toy / "datasets/quizzes/09.json").read_text("utf-8"))["items"][0]["options"][0]["text"]["fr"]
    )


DAMAGE = [
    (
        "a number typed into English prose",
        "notebooks/09_toy.md",
        "Nothing here",
        "In 7 cases nothing here",
        "'7'|7 cases",
    ),
    ("a number typed into a translation", "locale/fr/notebooks/09_toy.po", "Ah one item", "Ah 3 item", "3 item"),
    (
        "a wrong number in a built notebook",
        "notebooks/en/09_toy.ipynb",
        "is +100",
        "is +400",
        "is not what its source gives",
    ),
    (
        "a stale translation",
        "notebooks/09_toy.md",
        "- one item",
        "- one single item",
        "translation of 'one single item'",
    ),
    (
        "a changed cell that was not run",
        "notebooks/09_toy.md",
        "before, after = 10",
        "before, after = 11",
        "code cells changed",
    ),
    ("a changed result", "datasets/results/09.json", "100", "101", "differs from what"),
    ("a changed quiz", "datasets/quizzes/09.json", "Twice as much", "Half as much", "is not what its source gives"),
    (
        "a changed check",
        "datasets/checks/09_toy.json",
        "Divide by where",
        "Divide by when",
        "is not what its source gives",
    ),
    ("another environment", "requirements.txt", "numpy==0", "numpy==1", "requirements.txt. changed"),
    ("an unknown reference", "notebooks/09_toy.md", "result:09.change", "result:09.fall", "no published result"),
    ("a notebook that is not JSON", "notebooks/en/09_toy.ipynb", '"cells"', "cells", "is not a notebook"),
    (
        "an unexecuted cell",
        "notebooks/en/09_toy.ipynb",
        '"execution_count": 2',
        '"execution_count": null',
        "not run in order",
    ),
    (
        "code that differs between languages",
        "notebooks/fr/09_toy.ipynb",
        "before, after",
        "avant, after",
        "not what its source",
    ),
]


@pytest.mark.parametrize(("what", "name", "old", "new", "words"), DAMAGE, ids=[row[0] for row in DAMAGE])
def test_the_check_is_red_for(what, name, old, new, words, toy, capsys, executions):
    edit(toy / name, old, new)
    status, said = check(capsys)
    assert status == 1 and re.search(words, said), said
    assert executions == [], "the check must execute nothing"
    assert "Traceback" not in said


def test_the_check_names_a_missing_notebook_and_one_without_a_source(toy, capsys):
    (toy / "notebooks/fr/09_toy.ipynb").rename(toy / "notebooks/fr/08_gone.ipynb")
    status, said = check(capsys)
    assert status == 1
    assert "notebooks/fr/09_toy.ipynb is missing" in said and "08_gone.ipynb has no source" in said


def test_a_cell_that_fails_is_one_sentence_and_leaves_the_old_notebook(toy):
    before = (toy / "notebooks/en/09_toy.ipynb").read_bytes()
    edit(toy / "notebooks/09_toy.md", "before, after = 10, 20", "before, after = 10, 20 / 0")
    with pytest.raises(build.ContrechampError, match=r"09_toy.ipynb, code cell 2: ZeroDivisionError: division by zero"):
        build.main()
    assert (toy / "notebooks/en/09_toy.ipynb").read_bytes() == before


def test_a_misconception_that_is_right_is_refused(toy):
    edit(toy / "exercises/09_toy.md", '"after / before * 100"', '"(after - before) / before * 100"')
    with pytest.raises(build.ContrechampError, match="the right answer and times_for_rise give the same values"):
        build.main()


def test_a_third_language_needs_catalogues_only(toy, capsys):
    (toy / "locale/de").mkdir()
    shutil.copy(toy / "locale/fr/messages.po", toy / "locale/de/messages.po")
    catalogue.main([])
    translate(toy, "de")
    assert build.main() == 0
    german = (toy / "notebooks/de/09_toy.ipynb").read_text("utf-8")
    assert "Ah From ten to twenty is +100\u00a0%" in german
    assert check(capsys)[0] == 0


@pytest.mark.parametrize(("changed", "kept"), [("environment", True), ("strings", False), ("code", False)])
def test_a_picture_whose_words_or_code_changed_is_taken_as_drawn(changed, kept, toy, monkeypatch):
    path = toy / "notebooks/fr/09_toy.ipynb"
    stored = json.loads(path.read_text("utf-8"))
    stored["metadata"]["contrechamp"]["build"][changed] = "another"
    path.write_text(json.dumps(stored), encoding="utf-8")
    seen = []
    monkeypatch.setattr(notebooks, "keep_pictures", lambda *both: seen.append(both))
    assert build.main() == 0
    assert bool(seen) == kept


def test_pictures_may_differ_in_one_pixel_of_a_hundred_and_no_more():
    import base64
    import io

    import numpy as np
    from PIL import Image

    def png(changed, size=(20, 20)):
        pixels = np.full((*size, 3), 255, np.uint8)
        pixels.reshape(-1, 3)[:changed] = 0
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG")
        return base64.b64encode(file.getvalue()).decode()

    assert pictures.same(png(0), png(4))
    assert not pictures.same(png(0), png(5))
    assert not pictures.same(png(0), png(0, (20, 21)))
