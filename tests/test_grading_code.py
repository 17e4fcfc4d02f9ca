"""Grading by running: a notebook need not look as it was handed out, and what fails costs only what depends on it."""

import json
from dataclasses import replace

import attacks
import pytest
import rooms
from attacks import CHECKS, EXERCISE, HONEST, SECRET, notebook

from contrechamp.grading import code
from contrechamp.grading.collected import judge
from contrechamp.grading.sandbox import Limits

RIGHT = [f"a = {SECRET}", *HONEST[1:]]
LIMITS = Limits(cpu=20, cell_cpu=2, cell_wall=20)


@pytest.fixture(scope="module")
def way():
    return rooms.need_sandbox()


def graded(made, way, exercise=EXERCISE):
    """Return what was collected of a notebook and the points of the three questions."""
    collected = code.collect(json.dumps(made).encode(), exercise, LIMITS, way)
    return collected, [outcome.points for outcome in judge(collected, CHECKS, "en")][:3]


def changed(change, answers=RIGHT):
    made = notebook(answers)
    change(made["cells"])
    return made


def cell(source, **more):
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], **more}


def find(cells, name):
    return next(number for number, one in enumerate(cells) if one.get("id") == name)


def backwards(cells):
    cells.reverse()


def copied(cells):
    place = find(cells, "1-answer")
    cells.insert(place + 1, json.loads(json.dumps(cells[place])))


def split(cells):
    place = find(cells, "3-answer")
    mark = cells[place]["metadata"]
    cells[place : place + 1] = [cell("part = 3", metadata=mark), cell("c = part * 4", metadata=mark, id="3-answer")]


def helper_before(cells):
    place = find(cells, "3-answer")
    cells[place]["source"] = "c = three() * 4"
    cells.insert(place, cell("def three():\n    return 3"))


def helper_after_all(cells):
    cells.append(cell("print('the end')"))


def no_set_up(cells):
    del cells[find(cells, "set-up")]


def damaged_set_up(cells):
    cells[find(cells, "set-up")]["source"] = "from contrechamp.lesson import chekc"


def fatal_set_up(cells):
    cells[find(cells, "set-up")]["source"] = "import os; os._exit(1)"


def no_ids(cells):
    for one in cells:
        one.pop("id", None)


def no_marks(cells):
    for one in cells:
        one["metadata"] = {}


def other_name(cells):
    cells[find(cells, "1-answer")]["source"] = f"mine = {SECRET}"
    cells[find(cells, "1-check")]["source"] = 'check("99.E1", a=mine)'


def value_in_the_check(cells):
    cells[find(cells, "1-answer")]["source"] = "a = ..."
    cells[find(cells, "1-check")]["source"] = f'check("99.E1", a={SECRET})'


def checks_deleted(cells):
    cells[:] = [one for one in cells if not one.get("id", "").endswith("-check")]


def of_a_paper(cells):
    cells[find(cells, "1-check")]["source"] = 'check("99.E1@7f3a9c", a=a)'


def magics(cells):
    place = find(cells, "1-answer")
    cells[place]["source"] = f"%matplotlib inline\n!pip install something\na?\na = {SECRET}\n%timeit a"


def name_used_again(cells):
    cells[find(cells, "3-answer")]["source"] = "a = 12\nc = a"


def shown_things(cells):
    cells[find(cells, "3-answer")]["source"] = (
        "from contrechamp.lesson import hint, show, quiz\nhint('99.E3'); display(3); quiz('02'); c = 12"
    )


def unknown_parts(cells):
    cells.insert(0, {"cell_type": "markdown", "source": ["a", "b"]})
    cells.insert(0, {"cell_type": "raw", "source": "x"})
    cells.append(cell([f"a = {SECRET}\n", "a"]))


SHAPES = (
    backwards,
    copied,
    split,
    helper_before,
    helper_after_all,
    no_set_up,
    damaged_set_up,
    no_ids,
    no_marks,
    other_name,
    value_in_the_check,
    checks_deleted,
    of_a_paper,
    magics,
    name_used_again,
    shown_things,
    unknown_parts,
)


@pytest.mark.parametrize("change", SHAPES, ids=lambda change: change.__name__)
def test_a_right_notebook_of_another_shape_is_right(change, way):
    collected, points = graded(changed(change), way)
    assert points == [3, 2, 1], collected
    assert collected.status == "graded"


def test_a_set_up_cell_that_ends_python_is_taken_as_it_was_handed_out(way):
    collected, points = graded(changed(fatal_set_up), way)
    assert points == [3, 2, 1]
    assert collected.status == "crashed"
    assert any("99.E1" in note for note in collected.notes)


def test_the_exercise_as_handed_out_is_unfinished_and_not_absent(way):
    collected, points = graded(notebook(attacks.STUBS), way)
    assert collected.status == "graded"
    assert points == [0, 0, 0]
    assert [outcome.status for outcome in judge(collected, CHECKS)[:3]] == ["unfinished"] * 3


def test_a_deleted_question_is_missing_and_has_no_points_rather_than_none(way):
    made = notebook(RIGHT)
    made["cells"] = [one for one in made["cells"] if not one["id"].startswith("2")]
    collected, points = graded(made, way)
    assert collected.status == "cells_missing"
    assert points == [3, None, 1]
    assert any("99.E2" in note for note in collected.notes)


def test_an_error_costs_its_question_and_is_told_once(way):
    collected, points = graded(notebook([RIGHT[0], "def double(n)\n    return 2", "c = 3 *", "pass"]), way)
    assert (collected.status, points) == ("graded", [3, 0, 0])
    assert [note.split(":")[0] for note in collected.notes if "SyntaxError" in note] == ["99.E2", "99.E3"]


def test_what_was_answered_before_an_end_of_python_counts_and_what_comes_after_too(way):
    collected, points = graded(notebook([RIGHT[0], "import os; os._exit(0)", RIGHT[2], "pass"]), way)
    assert (collected.status, points) == ("crashed", [3, 0, 1])


def test_a_variable_that_a_later_question_uses_again_is_read_at_its_own_check(way):
    made = changed(checks_deleted, [RIGHT[0], RIGHT[1], "a = 5\nc = 12", "pass"])
    assert graded(made, way)[1] == [3, 2, 1]


def test_the_language_of_the_notebook_is_kept(way):
    made = notebook(RIGHT)
    made["metadata"]["contrechamp"]["lang"] = "fr"
    collected, _points = graded(made, way)
    assert collected.language == "fr"
    assert "juste" in judge(collected, CHECKS)[0].message


def test_a_twin_is_graded_as_an_alternative(way):
    collected, points = graded(notebook(RIGHT), way, replace(EXERCISE, variant="alternative"))
    assert (collected.status, points) == ("alternative", [3, 2, 1])


def test_the_same_hand_in_gives_the_same_every_time(way):
    content = json.dumps(notebook(RIGHT)).encode()
    assert len({repr(code.collect(content, EXERCISE, LIMITS, way)) for _ in range(3)}) == 1


def test_without_a_sandbox_the_same_is_collected_for_those_who_trust():
    content = json.dumps(notebook(RIGHT)).encode()
    assert code.collect(content, EXERCISE, LIMITS, "trust").status == "graded"
    _collected, points = graded(notebook(RIGHT), "trust")
    assert points == [3, 2, 1]


def test_a_step_knows_names_and_inputs_and_no_expected_value():
    questions = code._questions(list(code._cells(notebook(RIGHT))), EXERCISE)
    steps = json.dumps(list(code._steps(questions)))
    assert "731.25" in steps, "the inputs of hidden cases are sent"
    assert "expected" not in steps
    assert "1462.5" not in steps
    assert "tolerance" not in steps


@pytest.mark.slow
@pytest.mark.parametrize("lesson", ["02", "07"])
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_solution_of_an_exercise_has_all_points_and_the_exercise_as_handed_out_none(lesson, lang, root, way):
    path = next(path for path in (root / "datasets/checks").glob(f"{lesson}_*.json") if "alternative" not in path.stem)
    checks = json.loads(path.read_text(encoding="utf-8"))["checks"]
    handed_out = root / "exercises" / lang / f"{path.stem}.ipynb"
    solved = root / "exercises" / lang / "solutions" / handed_out.name
    exercise = code.exercise(json.loads(handed_out.read_text(encoding="utf-8")), checks)
    for file, status in ((solved, "right"), (handed_out, "unfinished")):
        collected = code.collect(file.read_bytes(), exercise, Limits(), way)
        assert (collected.status, collected.language) == ("graded", lang), collected
        assert {outcome.status for outcome in judge(collected, checks)} == {status}
