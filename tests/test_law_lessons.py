"""The lessons that compare laws ask with a date, name records that exist, and rest on what the records say."""

import ast
import re

import pytest

from contrechamp.authoring import sources
from contrechamp.datasets import frames

LESSONS = ("17_french_and_eu_law", "18_the_world_compared")
DATED = {"load_provisions", "coverage", "select"}
# What lesson 18 shows as "making alone is outside": the words of the record must say so.
OUTSIDE = re.compile(
    r"(creation (alone|kept private|of an adult deepfake|remains)|mere creation|"
    r"making (or keeping )?(the image|a fake))"
    r".{0,60}?(not (listed|covered|punished|a federal offence)|outside)",
    re.IGNORECASE,
)


def code_of(root):
    """Yield (source, code cell) of the lessons on law and their exercises."""
    for place in ("notebooks", "exercises"):
        for path in sorted((root / place).glob("1[78]_*.md")):
            for cell in sources.read(path).code:
                yield path.name, cell


def calls(code, names):
    return [
        node
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in names
    ]


def records():
    return {row["id"]: row for row in frames.rows("law", "provisions")}


def test_the_lessons_on_law_are_there(root):
    assert {path.stem for path in (root / "notebooks").glob("1[78]_*.md")} == set(LESSONS)


def test_every_question_to_the_records_names_its_date(root):
    asked = [(name, call) for name, cell in code_of(root) for call in calls(cell, DATED)]
    assert len(asked) >= 6
    undated = [(name, call.lineno) for name, call in asked if "as_of" not in {word.arg for word in call.keywords}]
    assert undated == []


def test_an_undated_question_is_found():
    assert [call.keywords for call in calls("law = load_provisions()", DATED)] == [[]]


def test_every_id_of_a_record_in_the_code_exists(root):
    known, beginnings = records(), {name.split("-")[0] for name in records()}
    named = {
        node.value
        for _name, cell in code_of(root)
        for node in ast.walk(ast.parse(cell))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if re.fullmatch(r"[a-z]{2}(-[a-z0-9]+)+", node.value) and node.value.split("-")[0] in beginnings
    }
    assert len(named) > 30
    assert named <= set(known)


@pytest.mark.parametrize("number", ["17", "18"])
def test_both_sides_of_the_second_of_december_are_asked_or_cited(root, number):
    path = next((root / "notebooks").glob(f"{number}_*.md"))
    text = path.read_text(encoding="utf-8")
    assert "law:eu-aia-5-1-ba.applies_from" in text
    if number == "17":
        assert '"2026-12-01", "2026-12-02"' in text


def test_what_lesson_18_shows_as_outside_is_said_by_each_record(root):
    text = (root / "notebooks" / "18_the_world_compared.md").read_text(encoding="utf-8")
    found = re.search(r"outside = (\[[^\]]*\])", text)
    assert found
    known = records()
    silent = [
        name
        for name in ast.literal_eval(found[1])
        if not OUTSIDE.search(f"{known[name]['summary_en']} {known[name]['caveat_en']}")
    ]
    assert silent == []


def test_a_record_that_punishes_making_would_not_pass_for_one_that_does_not():
    for name in ("dk-strfl-264e", "gb-soa-66e", "kr-spa-14-2-create", "br-cp-216b"):
        assert not OUTSIDE.search(f"{records()[name]['summary_en']} {records()[name]['caveat_en']}"), name


def test_penalties_that_only_memory_supports_stay_out_of_the_lessons(root):
    left_out = {(name, field) for name, row in records().items() for field in row["left_out"] or ()}
    stated = {
        tuple(key.rsplit(".", 1))
        for place in ("notebooks", "exercises")
        for path in (root / place).glob("1[78]_*")
        if path.is_file()
        for key in re.findall(r"\{\{ law:([\w.-]+)", path.read_text(encoding="utf-8"))
    }
    assert stated and not stated & left_out
