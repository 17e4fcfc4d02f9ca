"""A class's own paper: its numbers come from a secret seed, its key stays with the teacher, its way out stays open."""

import json
import re

import hand_ins as made
import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbclient import NotebookClient

from contrechamp import home, language
from contrechamp.errors import ContrechampError
from contrechamp.grading import exercise as exercises
from contrechamp.grading import grade, paper, values
from contrechamp.grading.collected import judge
from contrechamp.lesson import checks, plain_values

SEED = "kx2-Jq0_vB7"
LESSONS = list(paper._with_drawn())


def solved(book, exercise, wrong=()):
    """Return a paper as a student hands it in: every check run with the right values, or those of a misconception."""
    variant = book["metadata"]["contrechamp"].get("variant") or "main"
    keys = {check["id"]: check for check in exercise.checks(variant)}
    count = 0
    for cell in book["cells"]:
        called = re.match(r'check\("([^"@]+)@(\w+)"', "".join(cell["source"]))
        if cell["cell_type"] != "code" or not called:
            continue
        count += 1
        key = keys[called[1]]
        given_values = {name: spec["expected"] for name, spec in key["values"].items()}
        if called[1] in wrong:
            given_values |= key["misconceptions"][0]["values"]
        kept = {"check": called[1], "paper": called[2], "values": plain_values.of_check(given_values, key["values"])}
        cell["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": {plain_values.MIME: kept}}]
        cell["execution_count"] = count
    assert count == len(keys)
    return book


@pytest.fixture
def written(tmp_path, monkeypatch, capsys):
    """Make the paper of lesson 02 and return its folder and its exercise with the key."""
    monkeypatch.chdir(tmp_path)
    assert paper.main("2", "en", seed=SEED) == 0
    exercise = paper.with_key(exercises.load("02"), SEED, "en")
    assert f"--seed {SEED}" in capsys.readouterr().out
    return tmp_path / f"paper_02_{exercise.paper}", exercise


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def test_two_lessons_at_least_have_questions_with_drawn_numbers():
    assert {"02", "06"} <= set(LESSONS)


@given(st.text(min_size=8, max_size=20).filter(lambda seed: len(seed.strip()) >= 8))
@settings(max_examples=25, deadline=None)
def test_whatever_the_seed_the_solution_is_right_and_every_misconception_is_recognised(seed):
    for lesson in LESSONS:
        exercise = paper.with_key(exercises.load(lesson), seed, "en")
        for variant in exercise.tables:
            for check in exercise.checks(variant):
                right = {name: spec["expected"] for name, spec in check["values"].items()}
                assert checks.evaluate(check, right, "en").status == "right"
                for wrong in check["misconceptions"]:
                    verdict = checks.evaluate(check, right | wrong["values"], "fr")
                    assert verdict.misconception == wrong["name"], (check["id"], right, wrong)


def test_seeds_give_different_numbers_and_the_same_seed_the_same(monkeypatch):
    monkeypatch.setattr(paper, "_ROUNDS", 1)
    found = [paper.with_key(exercises.load("02"), f"seed number {n}", "en") for n in range(50)]
    assert len({one.digest for one in found}) == len({one.paper for one in found}) == 50
    assert paper.with_key(exercises.load("02"), "seed number 7", "en") == found[7]


def test_the_paper_holds_its_numbers_and_no_answer(written):
    folder, exercise = written
    shipped = exercises.load("02")
    for lang in language.languages():
        for variant, suffix in (("main", ""), ("alternative", "_alternative")):
            book = read(folder / "students" / lang / f"{made.NAME}{suffix}.ipynb")
            nbformat.validate(nbformat.from_dict(book))
            text = "\n".join("".join(cell["source"]) for cell in book["cells"])
            for check in exercise.checks(variant):
                assert f'check("{check["id"]}@{exercise.paper}"' in text
            public = {check["id"] for check in shipped.checks(variant)} - {c["id"] for c in exercise.checks(variant)}
            assert public and not any(name in text for name in public), "questions with public answers are left out"
            assert not re.search(r"\{[a-z_]+\}", text) and "BEGIN SOLUTION" not in text
            assert exercise.open(variant)[0]["placeholder"][lang] in text
            key = {spec["expected"] for check in exercise.checks(variant) for spec in check["values"].values()}
            code = "\n".join("".join(c["source"]) for c in book["cells"] if "question" in c["metadata"].get("tags", []))
            numbers = [value for value in key if isinstance(value, int | float)]
            assert len(numbers) == 2 and not any(re.search(rf"\b{re.escape(str(value))}\b", code) for value in numbers)
    assert not list((folder / "students").rglob("*solution*")) and SEED not in text


def test_prose_and_code_of_the_paper_hold_the_same_numbers(written):
    folder, exercise = written
    secret = paper._secret("02", SEED)
    rule = exercise.drawn("main")[1]
    drawn, _key = paper._settled(exercises.load("02").checks("main")[2], rule, secret)
    for lang in language.languages():
        book = read(folder / "students" / lang / f"{made.NAME}.ipynb")
        prose = next("".join(c["source"]) for c in book["cells"] if "".join(c["source"]).startswith("## E3."))
        code = "".join(made.cell_of(book, "02-E3-answer")["source"])
        for name in ("to_september", "to_october", "operation"):
            assert language.number(drawn[name], lang) in prose and str(drawn[name]) in code
        assert "made up" in prose or "inventés" in prose


def test_a_class_s_paper_is_graded_with_its_seed_and_only_with_it(written, tmp_path, capsys):
    folder, exercise = written
    book = read(folder / "students/fr" / f"{made.NAME}.ipynb")
    twin = read(folder / "students/en" / f"{made.NAME}_alternative.ipynb")
    made.place(
        tmp_path / "in",
        {
            "ana.ipynb": solved(json.loads(json.dumps(book)), exercise),
            "ben.ipynb": solved(json.loads(json.dumps(book)), exercise, wrong={"02.E1"}),
            "dan.ipynb": solved(twin, exercise),
            "old.ipynb": made.solution(),
            "raw.ipynb": book,
        },
    )
    options = {"lesson": "02", "out": str(tmp_path / "out")}
    assert grade.main(str(tmp_path / "in"), "en", seed=SEED, **options) == 0
    found = {one["name"]: one for one in read(tmp_path / "out/grades.json")["students"]}
    earned = {name: [q["points"] for q in one["questions"][:-1]] for name, one in found.items()}
    assert earned["ana"] == earned["dan"] == [1.0, 2.0] and earned["ben"] == [0.0, 2.0]
    assert found["ben"]["questions"][0]["misconception"] == "rise_copied"
    assert (found["old"]["status"], found["raw"]["status"]) == ("wrong_variant", "not_run")
    assert "of the course" in found["old"]["notes"][0]
    with pytest.raises(ContrechampError, match=f"lesson 02 \\({exercise.paper}\\)"):
        grade.main(str(tmp_path / "in"), "en", **options)
    for number, other in enumerate(({}, {"seed": "another seed"})):
        out = tmp_path / f"other {number}"
        assert grade.main(str(tmp_path / "in"), "en", lesson="02", out=str(out), **other) == 0
        found = {one["name"]: one for one in read(out / "grades.json")["students"]}
        assert found["ana"]["status"] == "wrong_variant" and exercise.paper in found["ana"]["notes"][0]


@pytest.mark.slow
def test_a_paper_runs_in_a_real_kernel_and_its_checks_only_note(written, root):
    folder, exercise = written
    book = nbformat.read(folder / "students/fr" / f"{made.NAME}.ipynb", 4)
    for cell in book.cells:
        if cell.cell_type == "code" and "between = ..." in cell.source:
            cell.source += '\nbetween = to_october - to_september\nwhole = "impossible"'
    where = {"metadata": {"path": str(folder / "students/fr")}}
    NotebookClient(book, kernel_name="python3", resources=where).execute()
    collected = values.collect(nbformat.writes(book).encode(), exercise)
    judged = judge(collected, exercise.checks("main"))
    assert [(one.status, one.points) for one in judged] == [("unfinished", 0.0), ("right", 2.0)]
    said = [out.data["text/plain"] for cell in book.cells for out in cell.get("outputs", []) if "data" in out]
    assert any("between, whole" in text and exercise.paper in text and "juste" not in text for text in said)


@pytest.mark.parametrize(
    ("lesson", "seed", "says"),
    [
        ("02", "short", "could be guessed"),
        ("02", "         ", "could be guessed"),
        ("01", SEED, "has no questions with numbers of a class's own. These have: 02, 06"),
        ("99", SEED, "There is no exercise of lesson 99."),
    ],
)
def test_bad_wishes_are_one_sentence_and_write_nothing(lesson, seed, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ContrechampError) as error:
        paper.main(lesson, "en", seed=seed)
    assert says in str(error.value) and "\n" not in str(error.value)
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten(written):
    folder, _exercise = written
    with pytest.raises(ContrechampError, match="is there already"):
        paper.main("2", "en", seed=SEED, out=str(folder))


def test_a_paper_without_its_alternative_is_refused(monkeypatch):
    exercise = exercises.load("02")
    tables = {name: dict(table) for name, table in exercise.tables.items()}
    del tables["alternative"]["drawn"]
    monkeypatch.setattr(paper, "_with_drawn", lambda: iter(["06"]))
    with pytest.raises(ContrechampError, match="These have: 06"):
        paper.with_key(exercises.Exercise("02", tables), SEED, "en")


def test_the_table_says_how_numbers_are_drawn_in_every_language():
    for lesson in LESSONS:
        for path in (home.room("datasets") / "checks").glob(f"{lesson}_*.json"):
            for rule in read(path)["drawn"]:
                texts = rule["text"] or {}
                named = {lang: sorted(re.findall(r"\{([a-z_]+)\}", text)) for lang, text in texts.items()}
                assert len({tuple(names) for names in named.values()}) <= 1, (path, named)
                assert not texts or set(texts) == set(language.languages())
                assert set(re.findall(r"\{([a-z_]+)\}", rule["code"])) <= set(rule["draw"])
