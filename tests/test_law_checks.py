"""Each statement of the lessons and decks on law was compared with its record by a second pair of eyes."""

import csv
import shutil

import pytest

from contrechamp.authoring import law_checks
from contrechamp.datasets import frames

LESSON = """
The ceiling is {{ law:fr-cp-226-8-1.max_prison_years }} years, online {{ law:fr-cp-226-8-1.aggravated_fine|0 }} euros.

```{code-cell} ipython3
provisions.loc[["fr-cp-227-23", "no-such-record"], "status"]
```
"""
STATED = [
    ("notebooks/17_french_and_eu_law.md", "fr-cp-226-8-1", "max_prison_years"),
    ("notebooks/17_french_and_eu_law.md", "fr-cp-226-8-1", "aggravated_fine"),
    ("notebooks/17_french_and_eu_law.md", "fr-cp-227-23", "*"),
]


@pytest.fixture
def toy(root, tmp_path, monkeypatch):
    """A repository with one lesson on law and an empty list of comparisons."""
    shutil.copytree(root / "datasets" / "law", tmp_path / "datasets" / "law")
    for table in law_checks.TABLES:
        (tmp_path / "datasets" / "law" / f"{table}.csv").unlink()
    (tmp_path / "locale").mkdir()
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "17_french_and_eu_law.md").write_text(LESSON, encoding="utf-8")
    monkeypatch.setenv("CONTRECHAMP_HOME", str(tmp_path))
    compare(tmp_path, [])
    return tmp_path


def compare(top, statements):
    header = [field["name"] for field in frames.resource("law", "checks")["schema"]["fields"]]
    with (top / "datasets" / "law" / "checks.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([*statement, "second reader", "2026-11-25", "agrees"] for statement in statements)


def test_every_statement_of_the_lessons_and_decks_on_law_was_compared_with_its_record(root):
    rows = "\n".join(",".join([*statement, "second reader", "YYYY-MM-DD", "agrees"]) for statement in
                     law_checks.missing(root))  # fmt: skip
    assert not rows, f"compare these with their records, then add them to datasets/law/checks.csv:\n{rows}"


def test_no_comparison_outlives_its_statement(root):
    assert law_checks.leftover(root) == [], "the sentence changed: compare again"


def test_a_comparison_names_a_record_a_field_of_it_and_a_role():
    tables = [frames.rows("law", table) for table in ("provisions", "proceedings")]
    records = {row["id"]: row for table in tables for row in table}
    rows_of = {
        f"datasets/law/{table}.csv": {row["id"] for row in frames.rows("law", table)} for table in law_checks.TABLES
    }
    # The loader computes these; the reference to them is compared all the same.
    computed = {"status", "status_name", "removal_hours"}
    computed |= {"citation", "title", "summary", "caveat", "aggravation", "mental_element"}
    for row in law_checks.rows():
        if row["place"] in rows_of:
            assert row["record"] in rows_of[row["place"]] and row["field"] == "*", row
            continue
        assert row["record"] in records, row
        assert row["field"] == "*" or row["field"] in {*records[row["record"]], *computed}, row
        assert row["compared_on"] >= records[row["record"]]["checked"], row


def test_whoever_compared_is_named_by_a_role():
    assert {row["compared_by"] for row in law_checks.rows()} <= {"second reader", "lawyer", "author"}


def test_the_cases_and_questions_were_compared_by_somebody_else_after_their_records_were_last_checked():
    checked = {row["id"]: row["checked"] for row in frames.rows("law", "provisions")}
    compared = {(row["place"], row["record"]): row for row in law_checks.rows()}
    for table in law_checks.TABLES:
        for row in frames.rows("law", table):
            found = compared[f"datasets/law/{table}.csv", row["id"]]
            assert found["compared_by"] != "author", row["id"]
            assert found["compared_on"] >= max(checked[name] for name in row["provisions"]), row["id"]


def test_a_fictional_case_that_nobody_compared_is_missing(toy, root):
    shutil.copy(root / "datasets" / "law" / "scenarios.csv", toy / "datasets" / "law" / "scenarios.csv")
    case = ("datasets/law/scenarios.csv", "s01", "*")
    assert case in law_checks.missing(toy)
    compare(toy, [case])
    assert case not in law_checks.missing(toy)
    compare(toy, [(case[0], "s99", "*")])
    assert law_checks.leftover(toy) == [(case[0], "s99", "*")]


def test_lesson_18_and_the_policy_lab_are_held_to_it(root):
    places = {place for place, _record, _field in law_checks.statements(root)}
    assert {"notebooks/18_the_world_compared.md", "exercises/18_the_world_compared.md",
            "notebooks/20_policy_lab.md"} <= places  # fmt: skip


def test_references_and_ids_in_code_are_statements(toy):
    assert law_checks.statements(toy) == STATED


def test_a_statement_that_nobody_compared_is_missing(toy):
    assert law_checks.missing(toy) == STATED
    compare(toy, STATED[1:])
    assert law_checks.missing(toy) == STATED[:1]
    compare(toy, STATED)
    assert law_checks.missing(toy) == []


def test_a_whole_record_compared_covers_its_fields(toy):
    place = STATED[0][0]
    compare(toy, [(place, "fr-cp-226-8-1", "*"), STATED[2]])
    assert law_checks.missing(toy) == [] and law_checks.leftover(toy) == []


def test_a_row_without_its_statement_is_leftover(toy):
    compare(toy, [*STATED, (STATED[0][0], "fr-cp-226-8-1", "max_fine")])
    assert law_checks.leftover(toy) == [(STATED[0][0], "fr-cp-226-8-1", "max_fine")]


def test_a_lesson_that_is_not_there_yet_demands_nothing(toy):
    (toy / "notebooks" / "17_french_and_eu_law.md").unlink()
    assert law_checks.missing(toy) == []


def test_the_command_prints_rows_to_be_completed(toy, capsys, monkeypatch):
    monkeypatch.setattr("contrechamp.home.checkout", lambda: toy)
    assert law_checks.main() == 1
    assert capsys.readouterr().out.splitlines()[0] == ",".join([*STATED[0], "", "", ""])
