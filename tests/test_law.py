"""Questions to the law data: filters, matrices in which silence is unknown, and fictional cases without a verdict."""

import doctest
import importlib
import re

import pandas as pd
import pytest

import contrechamp.datasets as datasets
from contrechamp.datasets import frames
from contrechamp.errors import ContrechampError
from contrechamp.law import Case, coverage, coverage_words, look_at, scenario, search, select
from contrechamp.law.coverage import LEVELS

SCENARIOS = [row["id"] for row in frames.rows("law", "scenarios")]
# What a verdict would sound like, in both languages.
VERDICT = re.compile(
    r"\b(is|are) (guilty|liable|unlawful|lawful|illegal|legal|innocent)\b|\bwill be convicted\b"
    r"|\b(est|sont) (coupables?|illicites?|licites?|illégale?s?|légale?s?|innocente?s?)\b|\bsera condamné",
    re.IGNORECASE,
)
# Graded C in the research: what follows for an author who is a minor.
JUVENILE = re.compile(r"juvenile|halved|minority of the author|excuse de minorité|justice pénale des mineurs", re.I)


@pytest.fixture(autouse=True)
def _in_english(monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_LANG", "en")


@pytest.mark.parametrize("name", ["selection", "coverage", "cases", "sanctions"])
def test_the_examples_in_the_docstrings_are_true(name):
    assert doctest.testmod(importlib.import_module(f"contrechamp.law.{name}")).failed == 0


# Filters


@pytest.mark.parametrize(
    ("conditions", "there", "not_there"),
    [
        ({"jurisdiction": "fr"}, "fr-cp-226-8-1", "dk-strfl-264e"),
        ({"jurisdiction": ["FR", "DK"]}, "dk-strfl-264e", "gb-soa-66e"),
        ({"conduct": "creation"}, "dk-strfl-264e", "fr-cp-226-8-1"),
        ({"conduct": ["creation", "dissemination"]}, "fr-cp-226-8-1", "us-tida-platform"),
        ({"material": "real_intimate"}, "fr-cp-226-2-1", "fr-cp-226-8-1"),
        ({"actor": "platform"}, "eu-dsa-16", "fr-cp-226-8-1"),
        ({"actor": "deployer"}, "eu-aia-50-4", "eu-aia-50-2"),
        ({"age": 17}, "fr-cp-227-23", "gb-soa-66e"),
        ({"age": 18}, "gb-soa-66e", "fr-cp-227-23"),
        ({"age": "minor"}, "fr-cp-226-8-1", "au-cc-474-17a"),
        ({"status": "in_force", "as_of": "2026-12-02"}, "eu-aia-5-1-ba", "gb-cpa-99"),
        ({"status": "in_force", "as_of": "2026-12-01"}, "fr-cp-226-8-1", "eu-aia-5-1-ba"),
    ],
)
def test_a_filter_keeps_what_meets_it_and_leaves_out_what_does_not(conditions, there, not_there):
    chosen = select(**conditions).index
    assert there in chosen and not_there not in chosen


def test_conditions_are_joined_by_and():
    both = set(select(jurisdiction="FR", conduct="threat").index)
    assert both == set(select(jurisdiction="FR").index) & set(select(conduct="threat").index) != set()


@pytest.mark.parametrize("words", ["label", "Étiquette", "ETIQUETTE"])
def test_search_ignores_case_and_accents(words):
    assert "eu-aia-50-4" in search(words).index


def test_search_wants_every_word():
    assert set(search("label california").index) == set(search("label").index) & set(search("california").index)


# Matrices


def test_a_cell_without_a_record_is_unknown_and_there_is_no_word_for_lawful():
    matrix = coverage()
    assert (matrix.loc["GB-SCT"] == "unknown").all(), "its only record was graded C"
    assert set(matrix.to_numpy().ravel()) <= set(LEVELS) and set(coverage_words("en")) == set(LEVELS)
    assert not re.search(r"\blawful|allowed|permitted|\bno\b(?! record)", " ".join(coverage_words("en").values()))


@pytest.mark.parametrize(
    ("place", "conduct", "level"),
    [
        # Showing is named in France, making is not; other rules may still apply.
        ("FR", "dissemination", "in_force"),
        ("FR", "creation", "indirect"),
        ("DK", "creation", "in_force"),
        ("GB", "creation", "in_force"),
        ("GB", "tool_provision", "start_to_check"),
        ("US", "creation", "unknown"),
        ("AU", "creation", "start_to_check"),
        ("DE", "creation", "indirect"),
        ("KR", "access", "in_force"),
        ("SG", "creation", "coming"),
        ("ES", "creation", "proposed"),
        ("CN", "creation", "indirect"),
        ("JP", "dissemination", "indirect"),
    ],
)
def test_criminal_law_on_synthetic_images_of_adults(place, conduct, level):
    matrix = coverage(material="synthetic_intimate", kind="criminal", age="adult")
    assert matrix.loc[place, conduct] == level


def test_what_a_rule_names_for_real_recordings_only_counts_for_them():
    real = coverage(material="real_intimate", kind="criminal", jurisdiction="DE")
    synthetic = coverage(material="synthetic_intimate", kind="criminal", jurisdiction="DE")
    assert (real.loc["DE", "creation"], synthetic.loc["DE", "creation"]) == ("in_force", "indirect")


def test_a_matrix_follows_the_date():
    before, after = (
        coverage("jurisdiction", "actor", jurisdiction="EU", conduct="tool_provision", material="child_sexual",
                 kind="ai_regulation", as_of=day).loc["EU", "deployer"] for day in ("2026-12-01", "2026-12-02")
    )  # fmt: skip
    assert (before, after) == ("coming", "in_force")


def test_every_cell_names_its_records_and_no_proceeding_is_a_rule():
    matrix = coverage("jurisdiction", "kind")
    records = matrix.attrs["records"]
    for row in matrix.index:
        for column in matrix.columns:
            assert bool(records.get((row, column))) == (matrix.loc[row, column] != "unknown"), (row, column)
    assert "gb-ofcom-x" not in {name for names in records.values() for name in names}


# Scenarios


def test_there_are_the_twelve_scenarios():
    assert [f"s{number:02}" for number in range(1, 13)] == SCENARIOS


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_model_answer_is_whole_and_gives_no_verdict(name, lang):
    told = scenario(name, lang=lang)
    for part in ("title", "story", "answer", "facts", "contested", "counter", "route", "lesson", "ask"):
        assert told[part] and not VERDICT.search(told[part]), (part, told[part])
        assert not JUVENILE.search(told[part]), part
    assert len(told["provisions"]) and not set(told["provisions"].index) & set(told["set_aside"].index)
    assert re.search("lawyer.*help line" if lang == "en" else "avocat.*ligne d'écoute", told["ask"].replace("’", "'"))


def test_the_search_for_a_verdict_finds_one():
    assert VERDICT.search("The neighbour is guilty") and VERDICT.search("Le voisin est coupable")
    assert JUVENILE.search("ceilings are halved")


@pytest.mark.parametrize("name", SCENARIOS)
def test_an_answer_rests_on_records_of_grade_a_or_b(name):
    told = scenario(name)
    assert set(told["provisions"]["grade"]) | set(told["set_aside"]["grade"]) <= {"A", "B"}


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_articles_an_answer_names_are_those_of_its_records(name):
    """An article of the Penal Code in the text is in the list of records, looked at or set aside."""
    row = next(row for row in frames.rows("law", "scenarios") if row["id"] == name)
    ids = set(row["provisions"]) | set(row["set_aside"] or ())
    for text in (row["answer_en"], row["answer_fr"]):
        for article in re.findall(r"\b(\d{3}-\d+(?:-\d+)*)\b", text):
            assert f"fr-cp-{article}" in ids, article


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name != "s11"])
def test_the_codes_of_a_case_lead_to_the_records_of_its_answer(name):
    """What a learner filters by the facts of the case contains a rule of the model answer."""
    row = next(row for row in frames.rows("law", "scenarios") if row["id"] == name)
    found = select(jurisdiction=row["jurisdiction"], conduct=row["conduct"], material=row["material"], age=row["age"])
    assert set(found.index) & set(row["provisions"]), name


def test_label_is_no_defence_under_226_8_1():
    told = scenario("s02", lang="en")
    assert "fr-cp-226-8-1" in told["provisions"].index and "fr-cp-226-8" in told["set_aside"].index
    assert "the label changes nothing" in told["answer"]


def test_the_start_up_falls_under_the_ban_in_january_and_not_on_1_december():
    told = scenario("s08")
    assert told["provisions"].loc["eu-aia-5-1-ba", "status"] == "in_force"
    before = datasets.load_provisions(as_of="2026-12-01")
    assert before.loc["eu-aia-5-1-ba", "status"] == "adopted_not_yet_applicable"


def test_what_is_shown_to_nobody_is_not_what_226_8_1_punishes_and_yet_not_said_to_be_lawful():
    told = scenario("s03", lang="en")
    assert "fr-cp-226-8-1" in told["set_aside"].index and "fr-cciv-9" in told["provisions"].index
    assert "not the same as lawful" in told["answer"]


def test_real_and_fabricated_images_have_each_their_article():
    assert "fr-cp-226-2-1" in scenario("s05")["provisions"].index
    assert "fr-cp-226-2-1" in scenario("s04")["set_aside"].index


# Cases of one's own


def test_a_case_gets_rules_questions_points_with_counter_arguments_and_where_to_ask():
    opening = look_at(Case(("FR",), ("dissemination",), ("synthetic_intimate",), age=30), lang="en")
    assert "fr-cp-226-8-1" in opening.provisions.index
    assert any("even to one person" in fact for fact in opening.facts)
    assert all(point and counter for point, counter in opening.contested) and opening.contested
    assert "lawyer" in opening.ask


def test_nothing_that_a_case_gets_is_a_verdict():
    for table, columns in (("facts_to_establish", ("fact",)), ("contested", ("point", "counter"))):
        for row in frames.rows("law", table):
            for column in columns:
                for lang in ("en", "fr"):
                    assert not VERDICT.search(row[f"{column}_{lang}"]), row["id"]


def test_questions_and_points_rest_on_records_that_exist():
    ids = {row["id"] for row in frames.rows("law", "provisions")}
    conducts = set(datasets.load_conducts()["conduct"])
    for table in ("facts_to_establish", "contested", "scenarios"):
        for row in frames.rows("law", table):
            assert set(row["provisions"]) <= ids and set(row["conduct"] or ()) <= conducts, row["id"]


def test_a_place_without_a_record_is_an_open_question_not_an_answer():
    opening = look_at(Case(("GB-SCT",), (), ()), lang="en")
    assert opening.provisions.empty and opening.facts[0].startswith("No record here: that is not an answer")


def test_the_day_of_the_facts_decides():
    facts = {"jurisdiction": ("EU",), "conduct": ("tool_provision",), "material": ("synthetic_intimate",)}
    states = [look_at(Case(**facts, on=day)).provisions.loc["eu-aia-5-1-ba", "status"] for day in
              ("2026-12-01", "2026-12-02")]  # fmt: skip
    assert states == ["adopted_not_yet_applicable", "in_force"]


# Bad input


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda: select(jurisdiction="FRA"), r"^There is no jurisdiction FRA\. Did you mean FR\?$"),
        (lambda: select(jurisdiction="Atlantis"), r"^There is no jurisdiction Atlantis\. Known: FR, EU"),
        (lambda: select(conduct="creating"), r"^There is no conduct creating\. Did you mean creation\?$"),
        (lambda: select(material="synthetic"), r"^There is no material synthetic\. Did you mean synthetic_"),
        (lambda: select(actor="platforms"), r"Did you mean platform\?$"),
        (lambda: select(status="in force"), r"Did you mean in_force\?$"),
        (lambda: select(age=-1), r"^-1 is not an age\. Give years from 0 to 120"),
        (lambda: select(age="14"), r"is not an age"),
        (lambda: select(age=True), r"is not an age"),
        (lambda: select(as_of="1990-01-01"), r"^No record is older than 8 February 1996"),
        (lambda: search("  "), r"^Which words\?"),
        (lambda: coverage("countries"), r"^There is no axis countries\."),
        (lambda: coverage(kind="penal"), r"^There is no branch of law penal\."),
        (lambda: scenario("s13"), r"^There is no scenario s13\. Did you mean s1[0-9]\?$"),
        (lambda: look_at(Case(("FR",), ("share",), ())), r"^There is no conduct share\. Known: creation"),
    ],
)
def test_bad_input_is_one_sentence_with_the_nearest_valid_choice(ask, says):
    with pytest.raises(ContrechampError, match=says) as caught:
        ask()
    assert "\n" not in str(caught.value)


def test_frames_keep_the_caveat_beside_the_rule():
    found = select(jurisdiction="FR", conduct="dissemination")
    assert {"caveat", "grade", "read", "copy_read", "checked", "url_opened"} <= set(found.columns)
    assert pd.notna(found.loc["fr-cp-226-8-1", "caveat"])
