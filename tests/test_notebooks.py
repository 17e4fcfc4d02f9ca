"""The built notebooks: run again they give what is stored, in every language; they are complete and small.

Notebooks are executed here with the network refused. Wall time is never asserted, since machines differ; memory and
size are, and CPU seconds are printed.
"""

import json
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from notebook_runs import kernel_environment, nbval

from contrechamp import language
from contrechamp.authoring import anatomy, build, digits, sources
from contrechamp.authoring.comments import without
from contrechamp.lesson.checks import evaluate

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = language.languages()
MEMORY = 1024**3  # bytes, at most, for a kernel
LESSONS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.md"))
EXERCISES = sorted((ROOT / "exercises").glob("[0-9][0-9]_*.md"))
# Two workers (whole notebooks each) took 20.1 CPU s where one process took 13.7, for eight notebooks on two busy cores.
WORKERS = 0


def named(path):
    return path.relative_to(ROOT).as_posix()


def executed(lang):
    """Return the notebooks of a language that are stored with their outputs."""
    return [*sorted((ROOT / "notebooks" / lang).glob("*.ipynb")),
            *sorted((ROOT / "exercises" / lang / "solutions").glob("*.ipynb"))]  # fmt: skip


def handed_out(lang):
    return sorted((ROOT / "exercises" / lang).glob("*.ipynb"))


BUILT = [path for lang in LANGUAGES for path in [*executed(lang), *handed_out(lang)]]
each_notebook = pytest.mark.parametrize("path", BUILT, ids=named)
each_language = pytest.mark.parametrize("lang", LANGUAGES)


def read(path):
    return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)


def code_cells(path):
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def meta(path):
    """Return the front matter of the source of a built notebook."""
    room = "exercises" if "exercises" in path.relative_to(ROOT).parts else "notebooks"
    return sources.read(ROOT / room / f"{path.stem}.md").meta


# ---- what there is --------------------------------------------------------------------------------------------------


def test_there_are_lessons_and_exercises():
    assert LESSONS
    assert EXERCISES


@each_language
def test_each_source_is_built_in_each_language(lang):
    def names(folder):
        return [path.stem for path in sorted((ROOT / folder).glob("*.ipynb"))]

    assert names(f"notebooks/{lang}") == [path.stem for path in LESSONS]
    assert names(f"exercises/{lang}") == [path.stem for path in EXERCISES]
    assert names(f"exercises/{lang}/solutions") == [path.stem for path in EXERCISES]


@pytest.mark.parametrize("lang", LANGUAGES[1:])
def test_code_and_ids_are_the_same_in_every_language(lang):
    for english in [*executed("en"), *handed_out("en")]:
        other = Path(str(english).replace("/en/", f"/{lang}/").replace("\\en\\", f"\\{lang}\\"))
        cells, twins = read(english).cells, read(other).cells
        assert [(cell.id, cell.cell_type) for cell in cells] == [(cell.id, cell.cell_type) for cell in twins], other
        for cell, twin in zip(cells, twins, strict=True):
            where = f"{named(other)}, {cell.id}"
            assert cell.cell_type != "code" or without(cell.source) == without(twin.source), where


def test_everything_agrees_with_its_source(capsys):
    assert build.main([], check=True) == 0, capsys.readouterr().err


# ---- outputs --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def run(tmp_path_factory, report):
    """Run every executed notebook once more, in all languages, and print what each used."""
    paths = [path for lang in LANGUAGES for path in executed(lang)]
    done = nbval(paths, tmp_path_factory.mktemp("nbval"), workers=WORKERS)
    lines = [f"{'notebook':64} CPU s  peak MB  KiB"]
    for used in sorted(done.usage, key=lambda line: line["path"]):
        path = Path(used["path"])
        lines.append(
            f"{named(path):64} {used['cpu']:5.1f}  {used['peak'] / 1e6:7.0f}  {path.stat().st_size / 1024:3.0f}"
        )
    lines.append(f"{'all kernels':64} {sum(used['cpu'] for used in done.usage):5.1f}")
    report("What the notebooks used", lines)
    return done


@pytest.mark.slow
def test_run_again_the_notebooks_give_what_is_stored(run):
    assert run.green, run.output


@pytest.mark.slow
def test_nbval_compared_every_code_cell(run):
    """A cell without outputs passes nbval unseen, and so would a notebook that was never collected."""
    cells = [cell for lang in LANGUAGES for path in executed(lang) for cell in code_cells(path)]
    assert cells
    assert run.passed == len(cells)
    assert all(cell.execution_count for cell in cells)


@pytest.mark.slow
def test_no_kernel_needs_more_than_a_gigabyte(run):
    assert len(run.usage) == sum(len(executed(lang)) for lang in LANGUAGES)
    assert {used["path"]: used["peak"] for used in run.usage if used["peak"] > MEMORY} == {}


# ---- anatomy --------------------------------------------------------------------------------------------------------


@each_notebook
def test_the_anatomy_is_complete(path):
    from contrechamp.datasets import help_card

    lang = next(part for part in reversed(path.parts[:-1]) if part in LANGUAGES)
    if "notebooks" in path.relative_to(ROOT).parts:
        problems = anatomy.lesson_problems(
            read(path), source_meta=meta(path), path=path, help_card=help_card(lang=lang)
        )
    else:
        problems = anatomy.exercise_problems(
            read(path), source_meta=meta(path), path=path, executed=path.parent.name == "solutions"
        )
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("path", LESSONS, ids=named)
def test_each_objective_is_met_by_exercise_alternative_and_quiz(path):
    number = path.stem[:2]

    def met(variant):
        tables = [
            json.loads(p.read_text(encoding="utf-8")) for p in sorted((ROOT / "datasets/checks").glob(f"{number}_*"))
        ]
        found = [table for table in tables if table["variant"] == variant]
        return [check["objective"] for table in found for check in table["checks"]] if found else None

    bank = json.loads((ROOT / "datasets" / "quizzes" / f"{number}.json").read_text(encoding="utf-8"))
    quiz = [item["objective"] for item in bank["items"]]
    exercise = met("main")
    problems = anatomy.objective_problems(
        [str(name) for name in sources.read(path).meta["objectives"]],
        where=named(path),
        # A lesson without an exercise, such as the first, is met by its quiz alone.
        exercise=quiz if exercise is None else exercise,
        alternative=met("alternative"),
        quiz=quiz,
    )
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(
    "path", [path for lang in LANGUAGES for path in sorted((ROOT / "exercises" / lang).glob("*.ipynb"))], ids=named
)
def test_nbgrader_can_read_each_question_and_each_check(path):
    """The names and points that nbgrader asks for, the same in what is handed out and in the solution."""
    notes = [cell.metadata["nbgrader"] for cell in read(path).cells if "nbgrader" in cell.metadata]
    solution = read(path.parent / "solutions" / path.name)
    assert notes == [cell.metadata["nbgrader"] for cell in solution.cells if "nbgrader" in cell.metadata]
    ids = [note["grade_id"] for note in notes]
    assert ids and len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]+", name) for name in ids), ids
    assert all(note["schema_version"] == 3 and (note["solution"] or note["grade"]) for note in notes)
    checked = [note for note in notes if note["grade"] and not note["solution"]]
    by_hand = [note for note in notes if note["grade"] and note["solution"]]
    table = json.loads((ROOT / "datasets" / "checks" / f"{path.stem}.json").read_text(encoding="utf-8"))
    assert [note["points"] for note in checked] == [check["points"] for check in table["checks"]]
    assert [note["points"] for note in by_hand] == [task["points"] for task in table["open"]]


@pytest.mark.parametrize("path", EXERCISES, ids=named)
def test_each_exercise_has_an_open_task_whose_rubric_can_be_marked_line_by_line(path):
    table = json.loads((ROOT / "datasets" / "checks" / f"{path.stem}.json").read_text(encoding="utf-8"))
    [task] = table["open"]
    assert task["points"] == 2 * len(task["criteria"]) >= 6
    for lang in LANGUAGES:
        assert task["title"][lang] and task["task"][lang] and task["placeholder"][lang]
        for criterion in task["criteria"]:
            assert criterion["name"][lang].strip() and len(criterion["levels"][lang]) == 3
            assert all(level.strip() for level in criterion["levels"][lang])
        notebook = read(ROOT / "exercises" / lang / f"{path.stem}.ipynb")
        [cell] = [cell for cell in notebook.cells if cell.id == task["cell"]]
        assert cell.source == task["placeholder"][lang]


def test_only_the_first_lesson_does_without_an_exercise():
    with_exercise = {path.stem[:2] for path in EXERCISES}
    assert {path.stem[:2] for path in LESSONS} - with_exercise <= {"00"}


@pytest.mark.parametrize("path", sorted((ROOT / "datasets" / "quizzes").glob("*.json")), ids=lambda path: path.name)
def test_each_quiz_bank_is_complete(path):
    problems = anatomy.quiz_problems(json.loads(path.read_text(encoding="utf-8")), LANGUAGES)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("path", [*LESSONS, *EXERCISES], ids=named)
def test_no_number_is_typed_into_descriptions_and_messages(path):
    allowed = digits.load_reviewed(ROOT)
    problems = [
        problem
        for cell in sources.read(path).code
        for problem in digits.string_problems(cell, allowed=allowed, where=named(path))
    ]
    assert not problems, "\n".join(problems)


# ---- exercises as handed out ----------------------------------------------------------------------------------------


def answers(cell):
    """Return the text that a cell printed, and the verdict that it showed."""
    return "".join(
        output.text if output.output_type == "stream" else output.data.get("text/plain", "") for output in cell.outputs
    )


@pytest.mark.slow
@pytest.mark.parametrize("path", [path for lang in LANGUAGES for path in handed_out(lang)], ids=named)
def test_an_unfinished_exercise_runs_and_each_check_says_what_is_missing(path, tmp_path):
    lang = path.parent.name
    folder = tmp_path / "exercises" / lang
    folder.mkdir(parents=True)
    nb = read(path)
    client = NotebookClient(nb, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    client.execute(env=kernel_environment())
    table = json.loads((ROOT / "datasets" / "checks" / f"{path.stem}.json").read_text(encoding="utf-8"))
    checks = {check["id"]: check for check in table["checks"]}
    seen = set()
    for cell in nb.cells:
        called = re.match(r'check\("([^"]+)"', cell.source) if cell.cell_type == "code" else None
        if called:
            check = checks[called[1]]
            seen.add(called[1])
            said = evaluate(check, dict.fromkeys(check["values"]), lang).message
            beginning = said[: min(said.find(name) for name in check["values"])]
            assert answers(cell).startswith(beginning), answers(cell)
            assert any(name in answers(cell) for name in check["values"])
    assert seen == set(checks), "a check of the table is not called by the notebook"
