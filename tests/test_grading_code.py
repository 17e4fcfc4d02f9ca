"""Grading by running: a notebook need not look as it was handed out, and what fails costs only what depends on it."""

import csv
import json
import time
from dataclasses import replace

import attacks
import hand_ins
import pytest
import rooms
from attacks import CHECKS, EXERCISE, HONEST, SECRET, notebook

from contrechamp import cli
from contrechamp.errors import ContrechampError
from contrechamp.grading import class_folder, code, grade, questions, values
from contrechamp.grading import exercise as exercises
from contrechamp.grading import hand_ins as finding
from contrechamp.grading.allowance import RunClock
from contrechamp.grading.collected import Collected, judge
from contrechamp.grading.exercise import Exercise
from contrechamp.grading.notebook import read
from contrechamp.grading.record import _in_shares
from contrechamp.grading.sandbox import Limits, Ran

RIGHT = [f"a = {SECRET}", *HONEST[1:]]
LIMITS = Limits(cpu=20, cell_cpu=2, cell_wall=20)


@pytest.fixture(scope="module")
def way():
    return rooms.need_sandbox()


def collect(content, way, exercise=EXERCISE):
    return code.collect(content, exercise, lambda *any_: attacks.HANDED_OUT, LIMITS, way)


def graded(made, way, exercise=EXERCISE):
    """Return what was collected of a notebook and the points of the three questions."""
    collected = collect(json.dumps(made).encode(), way, exercise)
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
    made = notebook(RIGHT)
    made["metadata"]["contrechamp"]["variant"] = "alternative"
    twin = Exercise("99", {"main": {"checks": [], "open": []}, "alternative": {"checks": CHECKS, "open": []}})
    collected, points = graded(made, way, twin)
    assert (collected.status, points) == ("alternative", [3, 2, 1])


def test_the_same_hand_in_gives_the_same_every_time(way):
    content = json.dumps(notebook(RIGHT)).encode()
    assert len({repr(collect(content, way)) for _ in range(3)}) == 1


def test_without_a_sandbox_the_same_is_collected_for_those_who_trust():
    content = json.dumps(notebook(RIGHT)).encode()
    assert collect(content, "trust") == collect(content, rooms.need_sandbox())
    _collected, points = graded(notebook(RIGHT), "trust")
    assert points == [3, 2, 1]


def test_a_step_knows_names_and_inputs_and_no_expected_value():
    cells = [one for one in read(json.dumps(notebook(RIGHT)).encode(), "en").cells if one.kind == "code"]
    steps = json.dumps(questions.steps_of(questions.arrange(cells, CHECKS, attacks.HANDED_OUT)))
    assert "731.25" in steps, "the inputs of hidden cases are sent"
    assert "expected" not in steps
    assert "1462.5" not in steps
    assert "tolerance" not in steps


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("lesson", ["07", "16"])
def test_the_solution_of_an_exercise_has_all_points_and_the_exercise_as_handed_out_none(lesson, lang, root, way):
    exercise = exercises.load(lesson)
    run = code.collector(exercise, False, lang)
    name = next(path.name for path in (root / "exercises" / lang).glob(f"{lesson}_*.ipynb") if "alter" not in path.name)
    for folder, status in (("solutions", "right"), (".", "unfinished")):
        content = (root / "exercises" / lang / folder / name).read_bytes()
        collected = run(content)
        assert (collected.status, collected.language, collected.notes) == ("graded", lang, ()), collected
        assert {outcome.status for outcome in judge(collected, exercise.checks("main"))} == {status}


@pytest.mark.slow
def test_by_code_and_by_value_the_same_solution_earns_the_same(root, way):
    content = next((root / "exercises/en/solutions").glob("16_*.ipynb")).read_bytes()
    exercise = exercises.load("16")
    by_code = code.collector(exercise, False, "en")(content)
    by_value = values.collect(content, exercise)
    earned = [[outcome.points for outcome in judge(one, exercise.checks("main"))] for one in (by_code, by_value)]
    assert earned[0] == earned[1]
    assert by_code.open_answers == by_value.open_answers


def test_without_the_handed_out_cells_the_students_own_are_enough(way):
    content = json.dumps(changed(backwards)).encode()
    collected = code.collect(content, EXERCISE, lambda *any_: (), LIMITS, way)
    assert [outcome.points for outcome in judge(collected, CHECKS)][:3] == [3, 2, 1]


def test_the_cells_of_a_classs_own_paper_are_not_replaced_by_the_shipped_ones():
    assert len(code.shipped(exercises.load("02"), "main", "en")) > 5
    assert code.shipped(exercises.load("02"), "alternative", "fr")
    assert code.shipped(replace(exercises.load("02"), paper="7f3a9c"), "main", "en") == ()


def test_a_sandbox_that_stops_starting_is_an_error_and_no_mark(monkeypatch):
    monkeypatch.setattr(code.sandbox, "run", lambda *any_: Ran(ending="broken", detail="bwrap: no"))
    with pytest.raises(ContrechampError, match=r"bwrap: no.*kept"):
        collect(json.dumps(notebook(RIGHT)).encode(), "user")


def test_the_command_grades_a_folder_by_running_it(tmp_path, monkeypatch, capsys, root, way):
    solved = next((root / "exercises/en/solutions").glob("07_*.ipynb"))
    for name in ("ann", "bob"):
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "mine.ipynb").write_bytes(solved.read_bytes())
    made = json.loads(solved.read_text(encoding="utf-8"))
    for one in made["cells"]:
        if one["metadata"].get("nbgrader", {}).get("grade_id") == "07-E1-answer":
            one["source"] = "import os; os._exit(0)"
        one.pop("outputs", None)
    (tmp_path / "class/bob/mine.ipynb").write_text(json.dumps(made), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONTRECHAMP_LANG", "en")
    assert cli.main(["grade", "class", "--lesson", "07", "--code", "--jobs", "2"]) == 0
    table = next((tmp_path / "grades_07").glob("grades.csv")).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(table.splitlines()))
    earned = {(row["student"], row["question"]): (row["points"], row["status"]) for row in rows}
    assert earned["ann", "07.E1"][0] == "2"
    assert earned["bob", "07.E1"][1] == "crashed"
    assert earned["bob", "07.E2"][0] == "3"


# ---- the time of a hand-in and of a run -----------------------------------------------------------------------------

SLEEPING = json.dumps(notebook(["import time\ntime.sleep(600)", *HONEST[1:]])).encode()
SOLVED = json.dumps(notebook(RIGHT)).encode()
TEXTS = [{"id": "99.E5", "points": 2, "title": {"en": "Say it"}, "criteria": [], "placeholder": {}, "cell": "99E-09"}]
WRITTEN = Exercise("99", {"main": {"checks": CHECKS, "open": TEXTS}})


def archive(count, sleeping=SLEEPING):
    """Return a student's own archive, in which the notebook that solves everything comes last."""
    return hand_ins.archive({f"{n:03d}.ipynb": sleeping for n in range(count)} | {"zzz.ipynb": SOLVED})


def run_class(tmp_path, way, entries, exercise=EXERCISE, **seconds):
    """Grade a class with a clock of its own; return the records by name, the tables' notes, and the printed report."""
    place = hand_ins.place(tmp_path / "in", entries)
    folder = class_folder.ClassFolder(tmp_path / "out", exercise.lesson, "en")
    limits = replace(LIMITS, cell_wall=600, wall=600)

    def one(content, allowance):
        return code.collect(content, exercise, lambda *any_: attacks.HANDED_OUT, limits, way, "en", allowance)

    grade.run(folder, finding.find(place, "en").hand_ins, exercise, one, "en", 2, "code", RunClock(**seconds))
    grade.write(folder, exercise, "en")
    text = (tmp_path / "out/students.csv").read_text(encoding="utf-8-sig")
    notes = {row["student"]: row["notes"] for row in csv.DictReader(text.splitlines())}
    return {one["name"]: one for one in folder.sorted()}, notes, "\n".join(grade.told(folder, exercise, "en"))


def test_an_archive_of_sleeping_notebooks_costs_the_time_of_one_hand_in(tmp_path, way):
    began = time.monotonic()
    found, notes, said = run_class(tmp_path, way, {"Eve/x.zip": archive(150), "Ana/a.ipynb": SOLVED}, hand_in=3)
    assert time.monotonic() - began < 60, "a notebook of these alone would take 600 seconds"
    assert [q["points"] for q in found["Ana"]["questions"]][:3] == [3, 2, 1]
    assert notes["Ana"] == ""
    assert found["Eve"]["status"] == "timed_out"
    sentence = (
        "Not run, because the 3 seconds for one hand-in are used up: "
        "Eve/x.zip/001.ipynb, Eve/x.zip/002.ipynb, Eve/x.zip/003.ipynb and 147 more."
    )
    assert sentence in notes["Eve"]
    assert sentence in said


def test_a_sleeping_notebook_does_not_take_the_time_of_those_behind_it(tmp_path, way):
    found, notes, _said = run_class(tmp_path, way, {"Eve/x.zip": archive(1)}, hand_in=30, fair=1)
    assert found["Eve"]["status"] == "graded" and found["Eve"]["file"] == "Eve/x.zip/zzz.ipynb"
    assert [q["points"] for q in found["Eve"]["questions"]][:3] == [3, 2, 1]
    assert "Not run" not in notes["Eve"]


def test_what_the_others_leave_goes_to_a_notebook_that_its_share_cut_short(monkeypatch):
    now, given = [0.0], []
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def attempt(path, part):
        given.append((path, round(part.left)))
        late = path == "slow" and part.left < 60
        now[0] += part.left if late else 3
        return Collected("timed_out" if late or path == "stuck" else "crashed"), 0.0

    _in_shares(["slow", "stuck", "a"], attempt, RunClock(hand_in=120, fair=1).begin())
    assert given == [("slow", 40), ("stuck", 40), ("a", 77), ("slow", 74)], "a cell that is stuck is not tried again"


def test_a_notebook_that_nobody_had_time_to_run_is_named_and_its_text_is_still_read(tmp_path, way):
    book = notebook(RIGHT)
    book["cells"].append(
        {
            "id": "99E-09",
            "cell_type": "markdown",
            "source": "What I think.",
            "metadata": {"nbgrader": {"grade_id": "99-E5-answer"}},
        }
    )
    entries = {"Eve/a.ipynb": json.dumps(book).encode()}
    found, notes, said = run_class(tmp_path, way, entries, WRITTEN, hand_in=0)
    eve = found["Eve"]
    assert eve["status"] == "time_used_up"
    assert {q["status"] for q in eve["questions"]} == {"absent"}
    assert [q["points"] for q in eve["questions"]] == [None] * 4, "not run is no nought"
    assert eve["open"][0]["answer"] == "What I think."
    assert "Eve/a.ipynb" in notes["Eve"]
    assert "not run: time used up: 1" in said
    page = next((tmp_path / "out/feedback").iterdir()).read_text(encoding="utf-8")
    assert "the time for it was used up" in page


def test_what_one_run_does_not_reach_the_next_run_grades(tmp_path, way):
    entries = {"Ana/a.ipynb": SOLVED, "Ben/a.ipynb": SOLVED}
    found, notes, said = run_class(tmp_path, way, entries, run=0)
    assert {one["status"] for one in found.values()} == {"time_used_up"}
    assert "Give the same command again" in notes["Ana"]
    assert "Hand-ins not run: 2. The 120 minutes of one run are used up" in said
    found, notes, said = run_class(tmp_path, way, entries)
    assert {one["status"] for one in found.values()} == {"graded"}
    assert notes == {"Ana": "", "Ben": ""}
    assert "not run" not in said


def test_what_is_known_of_a_hand_in_is_not_lost_when_a_run_is_over(tmp_path, way):
    entries = {"Ana/a.ipynb": SOLVED}
    before = run_class(tmp_path, way, entries)[0]
    assert run_class(tmp_path, way, entries, run=0)[0] == before


def test_a_notebook_alone_has_its_own_limits_and_no_more(way, monkeypatch):
    given = []

    def asleep(steps, limits, *rest):
        given.append(limits.wall)
        return Ran([{"begin": 0}], "time")

    monkeypatch.setattr(code.sandbox, "run", asleep)
    code.collect(SOLVED, EXERCISE, lambda *any_: attacks.HANDED_OUT, Limits(wall=100), way)
    assert max(given) == 100
    given.clear()
    allowance = RunClock(hand_in=30).begin()
    code.collect(SOLVED, EXERCISE, lambda *any_: attacks.HANDED_OUT, Limits(wall=100), way, "en", allowance)
    assert 29 < max(given) <= 30
