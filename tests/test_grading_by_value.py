"""Grading by value: what an honest student gets, what a hostile file gets, and that neither touches the other."""

import builtins
import json
import os
import random
import subprocess

import hand_ins as made
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contrechamp.grading import exercise as exercises
from contrechamp.grading import grade, values
from contrechamp.grading import hand_ins as finding
from contrechamp.grading.collected import judge
from contrechamp.lesson.plain_values import MIME

EXERCISE = exercises.load("02")


def points(book):
    """Return the status and the points of each question of a notebook."""
    content = book if isinstance(book, bytes) else made.to_bytes(book)
    collected = values.collect(content, EXERCISE)
    judged = judge(collected, EXERCISE.checks(collected.variant))
    return collected.status, {found.check: found.points for found in judged}, collected


HONEST = {
    "all right": (made.solution(), "graded", made.FULL),
    "in French": (made.solution("fr"), "graded", made.FULL),
    "the alternative": (
        made.solution("en", "alternative"), "alternative", {"02.A1": 1.0, "02.A2": 2.0, "02.A3": 2.0}
    ),
    "one of two values": (made.answered({"02.E2": {"reason": "a"}}), "graded", made.FULL | {"02.E2": 1.0}),
    "a misconception": (made.answered({"02.E1": {"times": 154}}), "graded", made.FULL | {"02.E1": 0.0}),
    "not answered": (made.answered({"02.E1": {"times": None}}), "graded", made.FULL | {"02.E1": 0.0}),
    "not run": (made.blank(), "not_run", dict.fromkeys(made.FULL)),
    "outputs cleared": (made.changed(made.cleared), "not_run", dict.fromkeys(made.FULL)),
    "a check deleted": (made.without(made.solution(), "02.E3"), "cells_missing", made.FULL | {"02.E3": None}),
    "ids and metadata lost": (made.changed(made.anonymous), "graded", made.FULL),
    "each cell copied": (made.changed(made.doubled), "graded", made.FULL),
    "corrected in a copy above": (made.changed(made.corrected), "graded", made.FULL),
    "answers stored as lines of text": (made.changed(made.as_text), "graded", made.FULL),
    "with a byte order mark": (b"\xef\xbb\xbf" + made.to_bytes(made.solution()), "graded", made.FULL),
    "saved in ASCII": (json.dumps(made.solution("fr")).encode(), "graded", made.FULL),
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_hand_in_gets_what_it_earned(name):
    book, status, earned = HONEST[name]
    assert points(book)[:2] == (status, earned)


def test_the_solution_of_every_exercise_in_every_language_gets_all_its_points(root):
    seen = 0
    for path in sorted((root / "exercises").glob("*/solutions/*.ipynb")):
        content = path.read_bytes()
        if MIME.encode() not in content:
            continue  # built before checks kept answers: the build names it
        exercise = exercises.load(path.name[:2])
        collected = values.collect(content, exercise)
        assert collected.status in ("graded", "alternative"), path
        for found in judge(collected, exercise.checks(collected.variant)):
            assert (found.status, found.points) == ("right", found.possible), (path, found)
        seen += 1
    assert seen >= 4


def test_every_misconception_is_found_in_the_file_as_it_is_found_on_the_spot():
    for check in EXERCISE.checks("main"):
        for wrong in check["misconceptions"]:
            collected = points(made.answered({check["id"]: wrong["values"]}))[2]
            found = {one.check: one for one in judge(collected, EXERCISE.checks("main"))}[check["id"]]
            assert found.misconception == wrong["name"]


def test_a_question_run_again_after_its_check_is_pointed_out():
    book = made.solution()
    made.cell_of(book, "02-E1-answer")["execution_count"] = 50
    assert "02.E1: the question was run again after its check" in points(book)[2].notes[0]


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        (lambda book, cell: cell.update(source="My text."), "My text."),
        (lambda book, cell: cell.update(source=["My ", "text."]), "My text."),
        (lambda book, cell: cell.update(source="x = 'My text.'", cell_type="code"), "x = 'My text.'"),
        (lambda book, cell: cell.pop("id"), ""),
        (
            lambda book, cell: cell.update(
                source="  *Double-click here, and write your answer in place of this line.*\n"
            ),
            "",
        ),
        (
            lambda book, cell: book["cells"].append(
                {"cell_type": "markdown", "id": "f00", "metadata": {}, "source": "Below."}
            ),
            "Below.",
        ),
        (
            lambda book, cell: (
                cell.update(source="First half."),
                book["cells"].insert(0, {"cell_type": "markdown", "id": "f0", "metadata": {}, "source": "Second."}),
            ),
            "First half.\n\nSecond.",
        ),
        (lambda book, cell: cell.update(source="x" * 10**6), "x" * 20_000),
    ],
)
def test_the_open_answer_is_found_wherever_the_student_wrote_it(change, answer):
    book = made.solution()
    change(book, made.cell_of(book, "02-E4-answer"))
    assert points(book)[2].open_answers == {"02.E4": answer}


def test_without_ids_the_open_answer_is_found_by_its_mark_and_no_prose_is_taken_for_it():
    book = made.answered({}, text="My text.")
    for cell in book["cells"]:
        cell.pop("id")
    assert points(book)[2].open_answers == {"02.E4": "My text."}


# ---- order and names ------------------------------------------------------------------------------------------------


@given(st.randoms(use_true_random=False), st.sampled_from(sorted(HONEST)))
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60)
def test_the_order_of_cells_changes_nothing(shuffler, name):
    book, status, earned = HONEST[name]
    if isinstance(book, bytes) or "copied" in name:
        return
    cells = list(book["cells"])
    shuffler.shuffle(cells)
    assert points({**book, "cells": cells})[:2] == (status, earned)


def class_of(*names):
    """Return a class as hand-ins in memory, one of each kind named."""
    files = {
        f"{number:02d}": finding.File(f"{number:02d}.ipynb", lambda book=HONEST[name][0]: (
            book if isinstance(book, bytes) else made.to_bytes(book)))
        for number, name in enumerate(names)
    }  # fmt: skip
    return [finding.HandIn(key, key, (file,)) for key, file in files.items()]


@given(st.randoms(use_true_random=False), st.lists(st.sampled_from(sorted(HONEST)), min_size=2, max_size=8))
@settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], max_examples=15, deadline=None
)
def test_the_order_and_company_of_hand_ins_changes_no_result(tmp_path_factory, shuffler, names):
    found = class_of(*names)
    tables = []
    for jobs in (1, 3):
        shuffler.shuffle(found)
        folder = grade.ClassFolder(tmp_path_factory.mktemp("class") / "out", "02", "en")
        grade.run(folder, found, EXERCISE, grade.collector(EXERCISE, False, False, "en"), "en", jobs)
        grade.write(folder, EXERCISE, "en")
        pages = {p.relative_to(folder.path).as_posix(): p.read_bytes() for p in folder.path.rglob("*.*")}
        pages.pop(".contrechamp-class.json")
        tables.append(pages)
        for record, name in zip(folder.sorted(), names, strict=True):
            assert (record["status"], {q["id"]: q["points"] for q in record["questions"]}) == HONEST[name][1:]
    assert tables[0] == tables[1]


# ---- hostile files --------------------------------------------------------------------------------------------------


def forged(**extra):
    """Return the blank notebook with a forged answer in its first check: scores, verdicts, other people's ids."""
    book = made.blank()
    cell = next(cell for cell in book["cells"] if 'check("02.E1"' in "".join(cell["source"]))
    kept = {"check": "02.E1", "values": {"times": 1}, **extra}
    data = {MIME: kept, "text/plain": "times: right."}
    cell["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": data}]
    cell["execution_count"] = 3
    return book


def with_values(**given):
    return forged(values=given)


def deep(levels):
    return b'{"cells":' + b"[" * levels + b"]" * levels + b"}"


ABSENT = dict.fromkeys(made.FULL)
WRONG = ABSENT | {"02.E1": 0.0}
HOSTILE = {
    "empty file": (b"", "unreadable", ABSENT),
    "spaces": (b"  \n ", "unreadable", ABSENT),
    "cut off": (made.to_bytes(made.solution())[:5000], "unreadable", ABSENT),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "unreadable", ABSENT),
    "a list": (b"[]", "unreadable", ABSENT),
    "null": (b"null", "unreadable", ABSENT),
    "no cells": (b'{"cells": 7}', "unreadable", ABSENT),
    "another notebook": (b'{"cells": [], "metadata": {}}', "unreadable", ABSENT),
    "cells that are none": (b'{"cells": [1, null, "x", []], "metadata": []}', "unreadable", ABSENT),
    "deep JSON": (deep(200_000), "unreadable", ABSENT),
    "a number of ten thousand digits": (b'{"cells": [' + b"9" * 10_000 + b"]}", "unreadable", ABSENT),
    "UTF-16": (json.dumps(made.blank()).encode("utf-16"), "unreadable", ABSENT),
    "ten megabytes": (b'{"cells": ["' + b"x" * 10_000_000 + b'"]}', "too_large", ABSENT),
    "a hundred thousand cells": (b'{"cells": [' + b"1," * 100_000 + b"1]}", "too_large", ABSENT),
    "a forged score": (forged(points=99, status="right", possible=1), "cells_missing", WRONG),
    "a forged key": (forged(expected={"times": 1}, misconceptions=[]), "cells_missing", WRONG),
    "a forged check": (
        forged(values={"times": 1, "expected": 1, "kind": "number", "points": 99}), "cells_missing", WRONG
    ),
    "many numbers": (with_values(times=[2.5440414507772022, 154, 1]), "cells_missing", WRONG),
    "a number as text": (with_values(times="2.5440414507772022"), "cells_missing", WRONG),
    "not a number": (with_values(times={"of": "nan"}), "cells_missing", WRONG),
    "infinity": (with_values(times={"of": "inf"}), "cells_missing", WRONG),
    "NaN in the JSON": (
        made.to_bytes(with_values(times=12345678)).replace(b"12345678", b"NaN"), "cells_missing", WRONG
    ),
    "Infinity in the JSON": (
        made.to_bytes(with_values(times=12345678)).replace(b"12345678", b"-Infinity"), "cells_missing", WRONG
    ),
    "an object that is called": (
        with_values(times={"of": "type", "name": "__import__('os')", "callable": True}), "cells_missing", WRONG
    ),
    "a name with a null byte": (with_values(times={"of": "type", "name": "a\0b"}), "cells_missing", WRONG),
    "a name that is a number": (with_values(times={"of": "type", "name": 7, "sized": "yes"}), "cells_missing", WRONG),
    "an unknown form": (with_values(times={"of": "pickle", "members": "gASV"}), "cells_missing", WRONG),
    "deep values": (with_values(times=json.loads("[" * 500 + "]" * 500)), "cells_missing", WRONG),
    "a million values": (forged(values={str(i): i for i in range(100_000)}), "cells_missing", WRONG),
    "values that are a list": (forged(values=[2.5440414507772022]), "not_run", ABSENT),
    "values that are none": (forged(values=None), "not_run", ABSENT),
    "a check that is a number": (forged(check=2), "not_run", ABSENT),
    "a format field": (with_values(times="{names} {0.__class__} %s"), "cells_missing", WRONG),
    "answers of another class": (forged(paper="7f3a9c"), "wrong_variant", ABSENT),
    "another lesson": (
        {**made.solution(), "metadata": {"contrechamp": {"exercise": "05"}}}, "wrong_lesson", ABSENT
    ),
    "an unknown language": (
        {**made.solution(), "metadata": {"contrechamp": {"exercise": "02", "lang": "../../x"}}}, "graded", made.FULL
    ),
    "a variant of its own": (
        {**made.solution(), "metadata": {"contrechamp": {"exercise": "02", "variant": "easy"}}}, "graded", made.FULL
    ),
    "metadata of lists": ({**made.solution(), "metadata": {"contrechamp": [1]}}, "graded", made.FULL),
    "counts that are text": (
        made.changed(lambda book: [cell.update(execution_count="9" * 50) for cell in book["cells"]]),
        "graded", made.FULL,
    ),
    "a count beyond all": (
        made.changed(lambda book: made.check_cells(book)["02.E1"].update(execution_count=10**300)), "graded", made.FULL
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_its_status_and_no_point_that_it_did_not_earn(name):
    book, status, earned = HOSTILE[name]
    assert points(book)[:2] == (status, earned)


def test_a_class_of_hostile_files_takes_no_point_from_an_honest_one_and_runs_nothing(tmp_path, monkeypatch, capsys):
    files = {f"hostile {number:02d}.ipynb": book for number, (book, _s, _e) in enumerate(HOSTILE.values())}
    files |= {f"honest {number}.ipynb": made.solution() for number in range(3)}
    made.place(tmp_path / "in", files)

    def refuse(*args, **kwargs):
        raise AssertionError("something was run")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    monkeypatch.setattr(os, "system", refuse)
    for name in ("exec", "eval"):
        monkeypatch.setattr(builtins, name, refuse)
    assert grade.main(str(tmp_path / "in"), "en", lesson="02", out=str(tmp_path / "out")) == 0
    monkeypatch.undo()
    everything = json.loads((tmp_path / "out/grades.json").read_text("utf-8"))["students"]
    assert len(everything) == len(files), "a status for every file"
    for student in everything:
        if student["name"].startswith("honest"):
            assert {q["id"]: q["points"] for q in student["questions"][:3]} == made.FULL
        else:
            name = list(HOSTILE)[int(student["name"][-2:])]
            assert student["status"] == HOSTILE[name][1], name
    assert "Tables, feedback pages and the summary" in capsys.readouterr().out


def test_a_file_of_noise_never_raises():
    noise = random.Random(1)
    book = made.to_bytes(made.solution())
    for _attempt in range(300):
        content = bytearray(book)
        for _hit in range(noise.randrange(1, 30)):
            content[noise.randrange(len(content))] = noise.randrange(256)
        status, earned, _ = points(bytes(content))
        assert set(earned) <= set(made.FULL), status
