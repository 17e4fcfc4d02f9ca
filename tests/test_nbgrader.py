"""nbgrader 0.9.6 grades the files as they are, by the same rule: right, half, wrong, and functions by hidden cases."""

import json
import os

import nbformat
import nbgrader_peer
import pytest
import toy_course

from contrechamp.authoring import exercises, sources

EXERCISE = (
    toy_course.HEADER
    + '''  exercise: "09"
  variant: main
  minutes: 5
  min_age: 14
  objectives: ["09.1"]
---

# Exercise

```{code-cell} ipython3
from contrechamp.lesson import check
before, after = 193, 491
```

## E1. Two answers

```{code-cell} ipython3
:tags: [question]
points = ...   # per cent; named like the function that earns points
letter = ...
### BEGIN SOLUTION
points = (after - before) / before * 100
letter = "b"
### END SOLUTION
```

```{code-cell} ipython3
:tags: [check]
check("09.E1", points=points, letter=letter)
```

```{check} 09.E1
objective: "09.1"
points: 2
values:
  points: {kind: number, tolerance: 0.5}
  letter: {kind: choice}
hint: Divide by where you started.
right: As it should be, in both.
misconceptions:
  - {name: times, values: {points: "after / before * 100"}, message: You forgot to take away the start.}
  - {name: other_letter, values: {letter: "'a'"}, message: This is the other one.}
```

## E2. A function

```{code-cell} ipython3
:tags: [question]
def rise(old, new):
    """Return the rise in per cent."""
    ...
    ### BEGIN SOLUTION
    return (new - old) / old * 100
    ### END SOLUTION
```

```{code-cell} ipython3
:tags: [check]
check("09.E2", rise=rise)
```

```{check} 09.E2
objective: "09.1"
points: 3
values:
  rise:
    kind: function
    returns: number
    tolerance: 0.1
    cases: ["(1, 2)", "(before, after)"]
    hidden: ["(4, 1)"]
hint: Take away, then divide.
right: The rise, whichever way it goes.
misconceptions:
  - {name: times, values: {rise: "lambda old, new: new / old * 100"}, message: You did not take away the start.}
  - {name: by_the_end, values: {rise: "lambda old, new: (new - old) / new * 100"}, message: You divided by the end.}
```
'''
)
RIGHT = ("points = 154.4\nletter = 'b'", "def rise(old, new):\n    return (new - old) / old * 100")
STUDENTS = {
    "right": (RIGHT, 2, 3),
    "half": (("points = 154.4\nletter = 'a'", RIGHT[1]), 1, 3),
    "wrong": (("points = 12\nletter = 'c'", "def rise(old, new):\n    return new / old * 100"), 0, 0),
    "by_heart": ((RIGHT[0], "def rise(old, new):\n    return {1: 100, 193: 154.4}.get(old, 0)"), 2, 0),
    "fails": (("1 / 0", "def rise(old, new)"), 0, 0),
    "unfinished": (None, 0, 0),
}


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    try:
        return nbgrader_peer.make(tmp_path_factory.mktemp("peer"))
    except (OSError, TimeoutError) as error:
        if os.environ.get("CI") and not os.environ.get("CONTRECHAMP_OFFLINE"):
            pytest.fail(f"{error}\nSet CONTRECHAMP_OFFLINE=1 where there is no network.")
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A course of one exercise, with its table of checks and its two notebooks."""
    top = toy_course.plant(tmp_path_factory.mktemp("home"))
    (top / "exercises/09_toy.md").write_text(EXERCISE, encoding="utf-8")
    source = sources.read(top / "exercises/09_toy.md")
    told, _trace = exercises.evaluate(source, top)
    rows = [
        exercises.table_row(check, values, lambda text: {"en": text}, "toy")
        for check, values in zip(source.checks.values(), told, strict=True)
    ]
    (top / "datasets/checks").mkdir()
    (top / "datasets/checks/09_toy.json").write_text(json.dumps({"checks": rows}), encoding="utf-8")
    return top


def notebook(cells):
    made = nbformat.v4.new_notebook(cells=cells)
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return made


def text(made):
    return nbformat.writes(made)


@pytest.fixture(scope="module")
def graded(python, home, tmp_path_factory, root):
    """Let nbgrader make the assignment, take the hand-ins and grade them."""
    peer = nbgrader_peer.Class(python, tmp_path_factory.mktemp("class"), home)
    source = sources.read(home / "exercises/09_toy.md")
    (peer.folder / "source/ps1/toy.ipynb").write_text(
        text(notebook(exercises.solution_cells(source))), encoding="utf-8"
    )
    real = next((root / "exercises/en/solutions").glob("16_*.ipynb"))
    (peer.folder / "source/ps1/sixteen.ipynb").write_bytes(real.read_bytes())
    peer.run("generate_assignment", "ps1", "--create")
    handed_out = notebook(exercises.student_cells(source))
    for student, (answers, _first, _second) in STUDENTS.items():
        made = nbformat.from_dict(json.loads(text(handed_out)))
        for cell in made.cells:
            mark = cell.metadata.get("nbgrader", {}).get("grade_id")
            if answers and mark in ("09-E1-answer", "09-E2-answer"):
                cell.source = answers[mark == "09-E2-answer"]
        peer.hand_in(student, "toy.ipynb", text(made))
    peer.run("autograde", "ps1", "--notebook", "toy")
    return peer, peer.scores()


@pytest.mark.slow
@pytest.mark.parametrize("student", STUDENTS)
def test_nbgrader_gives_the_points_that_the_check_gives(student, graded):
    _answers, first, second = STUDENTS[student]
    scores = graded[1][student]
    assert scores["09-E1-check"] == [first, 2]
    assert scores["09-E2-check"] == [second, 3]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["toy", "sixteen"])
def test_nbgrader_hands_out_neither_solutions_nor_hidden_tests(name, graded):
    released = (graded[0].folder / f"release/ps1/{name}.ipynb").read_text(encoding="utf-8")
    assert "HIDDEN TESTS" not in released
    assert "_points(" not in released
    assert "SOLUTION" not in released
    assert "check(" in released


def test_every_check_of_a_solution_has_its_hidden_test_and_the_students_copy_has_none(home):
    source = sources.read(home / "exercises/09_toy.md")
    solved = [cell.source for cell in exercises.solution_cells(source) if "check" in cell.metadata.get("tags", [])]
    assert len(solved) == 2
    for cell, values in zip(solved, ("points=points, letter=letter", "rise=rise"), strict=True):
        hidden = cell.partition("### BEGIN HIDDEN TESTS\n")[2]
        assert f"{values})\n### END HIDDEN TESTS" in hidden
    copies = "\n".join(cell.source for cell in exercises.student_cells(source))
    assert "HIDDEN" not in copies
    assert "_points" not in copies
    assert copies.count("check(") == 2


def test_the_students_copy_keeps_the_dots_in_a_functions_body(home):
    source = sources.read(home / "exercises/09_toy.md")
    bodies = [cell.source for cell in exercises.student_cells(source) if "def rise" in cell.source]
    assert bodies == ['def rise(old, new):\n    """Return the rise in per cent."""\n    ...']


def test_points_are_those_of_the_rule_with_all_cases(home, monkeypatch):
    from contrechamp.lesson import checks

    monkeypatch.setenv("CONTRECHAMP_HOME", str(home))
    assert checks.points("09.E1", points=154.4, letter="a") == 1
    assert checks.points("09.E2", rise=lambda old, new: (new - old) / old * 100) == 3
    assert checks.points("09.E2", rise=lambda old, new: {1: 100, 193: 154.4}.get(old, 0)) == 0
    assert checks.points("09.E1") == 0
