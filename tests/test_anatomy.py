"""A built lesson, exercise or quiz bank that lacks a part is named; one that has them all passes."""

import copy
import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from contrechamp.authoring.anatomy import exercise_problems, lesson_problems, objective_problems, quiz_problems

CARD = "> **Help.** France: 3018, every day. Elsewhere: [a directory](https://example.org)."
ALT = "Two bars. The second is five times the first: webpages rose by 400 per cent."
META = {
    "lesson": "02",
    "minutes": {"core": 30, "further": 20},
    "min_age": 14,
    "python": ["variables"],
    "mathematics": [],
    "objectives": {"02.1": "Compute.", "02.2": "Ask.", "02.3": "Tell."},
}


def code(source, *outputs):
    return new_code_cell(source, outputs=list(outputs))


def printed(text, name="stdout"):
    return new_output("stream", name=name, text=text)


def shown(text, **data):
    return new_output("execute_result", data={"text/plain": text, **data})


def figure(alt=ALT):
    return new_output("display_data", data={"image/png": "AA==", "text/plain": "<figure>"},
                      metadata={"image/png": {"alt": alt}})  # fmt: skip


def lesson():
    """A lesson in which nothing is missing."""
    cells = [
        new_markdown_cell("# What does it count?\n\nOne sentence."),
        new_markdown_cell("> **Before you begin.** Numbers only.\n\n" + CARD),
        new_markdown_cell("## What you will be able to do\n\n- **02.1** Compute.\n- **02.2** Ask.\n- **02.3** Tell."),
        code("from contrechamp.lesson import show\n\nstats = 1"),
        new_markdown_cell("## First step\n\n**Predict.** How many?"),
        code("guess = ..."),
        code("1 + 1", shown("2")),
        code("show(fig)", figure(), printed(f"Figure: {ALT}\n")),
        code("table", shown("a table"), printed("more\n")),
        new_markdown_cell("Read it.\n\n### A closer look\n\nSee [it](../../exercises/en/02_x.ipynb#a) and [x](#x)."),
        code('print("x")', printed("x\n")),
        new_markdown_cell("**Change.** Try.\n\n## Second step\n\n**Predict.** And now?"),
        code("x", shown("1")),
        code("y; z = 1", shown("1")),
        new_markdown_cell("## What this does not show\n\nMuch.\n\n## Take away\n\nThree lines."),
        new_markdown_cell("## Sources\n\nDated."),
        new_markdown_cell("## Practise\n\nA question."),
        code('quiz("02", "02.a")', printed("question\n")),
    ]
    return finished(cells)


def finished(cells, prefix="02", run=True):
    count = 0
    for number, cell in enumerate(cells, 1):
        cell.id = f"{prefix}-{number:02d}"
        if cell.cell_type == "code" and run:
            count += 1
            cell.execution_count = count
    return new_notebook(cells=cells, metadata={"language_info": {"name": "python"}, "contrechamp": {"lang": "en"}})


@pytest.fixture
def path(tmp_path):
    (tmp_path / "notebooks" / "en").mkdir(parents=True)
    (tmp_path / "exercises" / "en").mkdir(parents=True)
    (tmp_path / "exercises" / "en" / "02_x.ipynb").touch()
    return tmp_path / "notebooks" / "en" / "02_x.ipynb"


def problems(nb, path, meta=META):
    nbformat.write(copy.deepcopy(nb), path)  # writing mends ids
    return lesson_problems(nb, source_meta=meta, path=path, help_card=CARD)


def test_a_complete_lesson_has_no_problem(path):
    assert problems(lesson(), path) == []


# Positions in the lesson above, counted from nought.
TITLE, NOTE, OBJECTIVES, SETUP, STEP, GUESS, SUM, PLOT, TABLE, LOOK = range(10)
SECOND, LAST_TEXT = 11, 16


def source(place, new):
    return lambda nb: nb.cells[place].update(source=new)


def replaced(place, old, new):
    def change(nb):
        assert old in nb.cells[place].source
        nb.cells[place].source = nb.cells[place].source.replace(old, new)

    return change


def outputs(place, *new):
    return lambda nb: nb.cells[place].update(outputs=list(new))


def added(place, *new):
    return lambda nb: nb.cells[place].outputs.extend(new)


def tagged(tag):
    return lambda nb: nb.cells[SUM].metadata.update(tags=[tag])


def padded(nb):
    added(TABLE, printed("x" * 210_000))(nb)


def silent(nb):
    for cell in nb.cells:
        if cell.cell_type == "code" and not any("image/png" in o.get("data", {}) for o in cell.outputs):
            cell.outputs = []
    nb.cells[TABLE].outputs = [printed("x\n")]


DEFECTS = {
    "two titles": (source(LAST_TEXT, "# Another?"), "cell 17: a title"),
    "no title": (source(TITLE, "No title."), "there are 0 titles"),
    "a heading jump": (replaced(LOOK, "### A", "#### A"), "cell 10: .* skips a level"),
    "a title that asks nothing": (source(TITLE, "# It counts."), "is a question"),
    "no care note": (replaced(NOTE, "> ", ""), "care note"),
    "no help lines": (replaced(NOTE, CARD, "Help yourself."), "help lines"),
    "other help lines": (replaced(NOTE, "3018", "3019"), "help lines"),
    "an objective that is not listed": (replaced(OBJECTIVES, "02.3", "the third"), "objective 02.3 is not listed"),
    "an undeclared objective": (replaced(OBJECTIVES, "Tell.", "Tell.\n- **02.4** More."), "02.4 is listed and not"),
    "a long set-up": (source(SETUP, "import a\nimport b\nimport c\nimport d"), "cell 4: the first code cell is"),
    "no set-up": (source(SETUP, "x = 1"), "cell 4: the first code cell is"),
    "a long cell": (source(SUM, "\n".join(["x = 1"] * 16)), "cell 7: 16 lines"),
    "an empty cell": (source(GUESS, ""), "cell 6: the code cell is empty"),
    "a step without a guess": (replaced(SECOND, "**Predict.**", "Think."), "cell 13: the step 'Second step' runs"),
    "one step only": (replaced(STEP, "**Predict.**", "Think."), "1 steps ask"),
    "no limits": (replaced(14, "## What this does not show", "## Limits"), "'What this does not show' is missing"),
    "no take-away": (replaced(14, "## Take away", "## End"), "'Take away' is missing"),
    "no sources": (replaced(15, "## Sources", "## Notes"), "'Sources' is missing"),
    "an undescribed figure": (outputs(PLOT, figure(alt=""), printed("Figure: \n")), "cell 8: the figure has no"),
    "a short description": (outputs(PLOT, figure("Bars."), printed("Figure: Bars.\n")), "cell 8: the figure has no"),
    "no visible line": (outputs(PLOT, figure()), "cell 8: no visible line"),
    "a line elsewhere": (outputs(PLOT, figure(), shown("1"), printed(f"Figure: {ALT}\n")), "cell 8: no visible line"),
    "another line": (outputs(PLOT, figure(), printed("Figure: another.\n")), "cell 8: the visible line is not"),
    "a drawing in SVG": (added(TABLE, shown("d", **{"image/svg+xml": "<svg/>"})), "cell 9: a picture of type"),
    "a photograph": (added(TABLE, shown("d", **{"image/jpeg": "AA=="})), "cell 9: a picture of type image/jpeg"),
    "a picture in HTML": (added(TABLE, shown("d", **{"text/html": "<p><img src='x'>"})), "cell 9: .*inside HTML"),
    "a picture in the text's HTML": (source(LAST_TEXT, "## P\n\n<img src='x'>"), "cell 17: pictures, scripts"),
    "a figure without its numbers": (outputs(TABLE), "cell 8: the numbers behind the figure"),
    "numbers only in a folded description": (
        lambda nb: (outputs(TABLE)(nb), outputs(PLOT, figure(), printed("Figure: " + ALT.replace(" ", "\n")))(nb)),
        "cell 8: the numbers behind the figure",
    ),
    "a long line": (source(SUM, f"x = 1{' ' * 73}# no"), "cell 7: a line of 82 characters, 80 at most"),
    "a bare NumPy scalar": (added(TABLE, shown("np.float64(0.5)")), "cell 9: the output shows a NumPy scalar"),
    "a trailing semicolon": (source(SUM, "x = 1;"), "cell 7: a line ends with ;"),
    "a semicolon before a comment": (source(SUM, "x = 1;  # quiet"), "cell 7: a line ends with ;"),
    "an installation": (source(SUM, "!pip install x"), "cell 7: commands of the notebook"),
    "an installation by magic": (source(SUM, "x = 1\n%pip install x"), "cell 7: commands of the notebook"),
    "a command's output": (source(SUM, "x = !ls"), "cell 7: the code is not Python"),
    "broken code": (source(SUM, "x = ("), "cell 7: the code is not Python"),
    "a question to the keyboard": (source(SUM, "x = input('?')"), "cell 7: input"),
    "a file from outside": (source(SUM, "x = open('me.jpg')"), r"cell 7: open\(\)"),
    "a picture from outside": (source(SUM, "x = Image.open('me.jpg')"), r"cell 7: open\(\)"),
    "a page from outside": (source(SUM, "x = request.urlopen('https://x')"), r"cell 7: urlopen\(\)"),
    "a skip tag": (tagged("nbval-skip"), "cell 7: the tag nbval-skip"),
    "an ignore tag": (tagged("nbval-ignore-output"), "cell 7: the tag"),
    "an execution tag": (tagged("skip-execution"), "cell 7: the tag"),
    "a tag for errors": (tagged("raises-exception"), "cell 7: the tag"),
    "a hiding comment": (source(SUM, "# NBVAL_IGNORE_OUTPUT\n1"), "cell 7: a comment NBVAL"),
    "an unexecuted cell": (lambda nb: nb.cells[SUM].update(execution_count=None, outputs=[]), "cell 7: .* was not run"),
    "counts out of order": (lambda nb: nb.cells[SUM].update(execution_count=9), "cell 7: its count is 9, not 3"),
    "an error": (added(SUM, new_output("error", ename="KeyError", evalue="x", traceback=[])), "cell 7: an error"),
    "a warning": (added(SUM, printed("careful", "stderr")), "cell 7: a warning"),
    "too few outputs": (silent, ": 1 outputs are compared"),
    "a dead link": (source(LAST_TEXT, "## P\n\n[x](../nowhere.md)"), "cell 17: the link ../nowhere.md"),
    "an undescribed picture": (source(LAST_TEXT, "## P\n\n![](02_x.ipynb)"), "cell 17: a picture in the text"),
    "a large file": (padded, "KiB, 200 at most"),
    "a stored time": (lambda nb: nb.cells[SUM].metadata.update(execution={"a": "b"}), "cell 7: the time"),
    "a stored version": (lambda nb: nb.metadata.language_info.update(version="3.11"), "the version of Python"),
    "a random id": (lambda nb: nb.cells[SUM].update(id="a1b2c3"), "cell 7: the id 'a1b2c3'"),
    "an id used twice": (lambda nb: nb.cells[SUM].update(id="02-01"), "cell 7: the id '02-01'"),
    "an attachment": (lambda nb: nb.cells[0].update(attachments={"a": {"image/png": "AA"}}), "cell 1: .*attached"),
}  # fmt: skip


@pytest.mark.parametrize(("damage", "words"), DEFECTS.values(), ids=DEFECTS.keys())
def test_a_planted_defect_of_a_lesson_is_named(path, damage, words):
    nb = lesson()
    damage(nb)
    found = problems(nb, path)
    said = re.compile(rf"notebooks/en/02_x\.ipynb(?:, |: |.*){words}")
    assert any(said.match(problem) for problem in found), found


FRONT = {
    "another lesson": ({"lesson": "03"}, "lesson '03'"),
    "an age": ({"min_age": 15}, "min_age is 15"),
    "no minutes": ({"minutes": {}}, "minutes.core is None"),
    "too many minutes": ({"minutes": {"core": 50}}, "minutes.core is 50"),
    "no Python": ({"python": None}, "list the python needed"),
    "objectives out of order": ({"objectives": {"02.1": "", "02.3": ""}}, "objectives are numbered"),
    "no objectives": ({"objectives": {}}, "objectives are numbered"),
}


@pytest.mark.parametrize(("change", "words"), FRONT.values(), ids=FRONT.keys())
def test_a_defect_of_the_front_matter_is_named(path, change, words):
    found = problems(lesson(), path, META | change)
    assert any(words in problem for problem in found), found


def test_the_fixed_words_are_asked_of_the_english_lesson_only(path):
    nb = lesson()
    nb.metadata.contrechamp.lang = "fr"
    nb.cells[14].source = "## Ce que cela ne montre pas\n\n## À retenir"
    nb.cells[STEP].source = "## Un pas\n\n**Prédire.** Combien ?"
    nb.cells[PLOT].outputs[1].text = f"Figure\u202f: {ALT}\n"
    french = path.parent.parent / "fr" / path.name
    french.parent.mkdir()
    assert problems(nb, french) == []


def test_a_median_above_six_lines_is_named(path):
    nb = lesson()
    for cell in nb.cells:
        if cell.cell_type == "code" and not cell.source.startswith(("from", "quiz")):
            cell.source = "\n".join(["x = 1"] * 7)
    assert any("half of the code cells are longer" in problem for problem in problems(nb, path))


# ---- exercises ------------------------------------------------------------------------------------------------------


def exercise():
    cells = [
        new_markdown_cell("# Exercise\n\nText."),
        code("from contrechamp.lesson import check"),
        new_markdown_cell("## One\n\nHow many?"),
        code("answer = ..."),
        code('check("02.E1", answer=answer)'),
        new_markdown_cell("## Open\n\nDo not write about yourself or anyone you know.\n\n### Rubric\n\nPoints."),
    ]
    return finished(cells, "02E", run=False)


def test_a_complete_exercise_has_no_problem(path):
    assert exercise_problems(exercise(), source_meta=META, path=path, executed=False) == []


HANDED_OUT = {
    "a solution left in": (source(3, "### BEGIN SOLUTION\nanswer = 5"), "cell 4: the solution was not cut out"),
    "stored outputs": (outputs(4, printed("right")), "cell 5: an exercise is handed out"),
    "no word of protection": (replaced(5, "Do not write about yourself", "Write"), "Do not write about yourself"),
    "no rubric": (replaced(5, "Rubric", "Points"), "no rubric"),
    "a heading jump": (replaced(5, "### R", "#### R"), "skips a level"),
    "a skip tag": (lambda nb: nb.cells[3].metadata.update(tags=["nbval-skip"]), "cell 4: the tag"),
}


@pytest.mark.parametrize(("damage", "words"), HANDED_OUT.values(), ids=HANDED_OUT.keys())
def test_a_planted_defect_of_an_exercise_is_named(path, damage, words):
    nb = exercise()
    damage(nb)
    found = exercise_problems(nb, source_meta=META, path=path, executed=False)
    assert any(words in problem for problem in found), found


def test_a_solution_that_was_not_run_is_named(path):
    found = exercise_problems(exercise(), source_meta=META, path=path, executed=True)
    assert sum("was not run" in problem for problem in found) == 3


# ---- objectives and quiz --------------------------------------------------------------------------------------------

ALL = ["02.1", "02.2"]
MET = {"exercise": ALL, "alternative": ALL, "quiz": ALL}


def test_objectives_that_are_all_met_have_no_problem():
    assert objective_problems(ALL, where="x", **MET) == []
    assert objective_problems(ALL, where="x", **MET | {"alternative": None}) == []


@pytest.mark.parametrize("item", MET)
def test_an_objective_that_nothing_meets_or_declares_is_named(item):
    assert "02.2" in objective_problems(ALL, where="x", **MET | {item: ["02.1"]})[0]
    assert "02.9" in objective_problems(ALL, where="x", **MET | {item: [*ALL, "02.9"]})[0]


def bank():
    both = lambda words: {"en": words, "fr": f"{words} (fr)"}  # noqa: E731
    options = [
        {"key": key, "text": both(key), "right": key == "b", "explanation": both(f"since {key}")} for key in "abc"
    ]
    return {"lesson": "02", "items": [{"id": "02.a", "objective": "02.1", "question": both("?"), "options": options}]}


def test_a_complete_bank_has_no_problem():
    assert quiz_problems(bank()) == []


BANK_DEFECTS = {
    "two right answers": (lambda item: item["options"][0].update(right=True), "exactly one"),
    "no right answer": (lambda item: item["options"][1].update(right=False), "exactly one"),
    "an option without explanation": (lambda item: item["options"][0]["explanation"].update(fr=""), "no explanation"),
    "two like explanations": (lambda item: item["options"][0]["explanation"].update(en="since b"), "the same"),
    "no French": (lambda item: item["question"].pop("fr"), "missing in 'fr'"),
    "letters out of order": (lambda item: item["options"].reverse(), "lettered"),
    "all of the above": (lambda item: item["options"][2]["text"].update(en="All of the above"), "other options"),
    "an id of another lesson": (lambda item: item.update(id="03.a"), "an id is the lesson"),
    "an objective of another lesson": (lambda item: item.update(objective="03.1"), "no objective of lesson 02"),
}


@pytest.mark.parametrize(("damage", "words"), BANK_DEFECTS.values(), ids=BANK_DEFECTS.keys())
def test_a_planted_defect_of_a_bank_is_named(damage, words):
    broken = bank()
    damage(broken["items"][0])
    assert any(words in problem for problem in quiz_problems(broken)), quiz_problems(broken)


def test_an_id_used_twice_and_an_empty_bank_are_named():
    twice = bank()
    twice["items"].append(copy.deepcopy(twice["items"][0]))
    assert "twice" in quiz_problems(twice)[0]
    assert "no items" in quiz_problems({"lesson": "02", "items": []})[0]
