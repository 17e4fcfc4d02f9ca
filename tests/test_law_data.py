"""The law data: a valid package, nothing from memory, and a status that follows the date asked and no clock."""

import csv
import datetime
import doctest
import json
import re
import shutil

import pandas as pd
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

import contrechamp.datasets as datasets
from contrechamp.authoring.references import Resolver, forget
from contrechamp.datasets import frames, law, law_status, stale
from contrechamp.errors import ContrechampError
from contrechamp.law import selection
from contrechamp.lesson import citations

GRADED = ("provisions", "clocks", "proceedings")
# Grade C in the research: known from memory only, or from a page not to be cited.
LEFT_OUT = (
    "fr-cpp-limitation", "eu-vaw-10", "eu-vaw-23", "coe-budapest-9", "coe-istanbul", "coe-echr-8", "gb-pca-1978",
    "gb-sct-2016", "ca-163-1", "au-vic-production", "cn-civil-1019",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _in_english(monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_LANG", "en")


@pytest.fixture
def home(root, tmp_path, monkeypatch):
    """A home with a copy of the law data that a test may damage."""
    shutil.copytree(root / "datasets" / "law", tmp_path / "datasets" / "law")
    (tmp_path / "locale" / "fr").mkdir(parents=True)
    shutil.copy(root / "locale" / "fr" / "messages.po", tmp_path / "locale" / "fr")
    monkeypatch.setenv("CONTRECHAMP_HOME", str(tmp_path))
    return tmp_path / "datasets" / "law"


def change(path, line, column, text):
    """Put `text` into one cell of a CSV file; lines count from 1, the header."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[line - 2][column] = text
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def faults(folder):
    from frictionless import Package

    return Package(str(folder / "datapackage.json")).validate().flatten(["type", "fieldName", "message"])


# The package


def test_the_package_is_valid_frictionless(root):
    assert faults(root / "datasets" / "law") == []


def test_every_csv_is_described_and_every_described_csv_is_there(root):
    described = {item["path"] for item in frames.descriptor("law")["resources"]}
    assert described == {path.name for path in (root / "datasets" / "law").glob("*.csv")}


def test_every_column_that_is_not_plain_is_described():
    for resource in frames.descriptor("law")["resources"]:
        for field in resource["schema"]["fields"]:
            told = field.get("description") or field["name"] in ("provision", "jurisdiction", "conduct", "material")
            assert told or "enum" in field.get("constraints", {}) or field["name"] in ("id", "code", "url"), field


def test_files_are_utf8_with_plain_line_ends_and_no_stray_space(root):
    for path in (root / "datasets" / "law").glob("*.csv"):
        data = path.read_bytes()
        assert b"\r" not in data and not data.startswith(b"\xef\xbb\xbf") and data.endswith(b"\n"), path.name
        for row in csv.reader(data.decode("utf-8").splitlines()):
            assert all(cell == cell.strip() and "  " not in cell for cell in row), (path.name, row[0])


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("provisions", "jurisdiction"),
        ("provision_conducts", "provision"),
        ("provision_materials", "provision"),
        ("clocks", "provision"),
        ("proceedings", "jurisdiction"),
        ("sources", "record"),
    ],
)
def test_a_wrong_foreign_key_makes_the_package_invalid(home, table, column):
    change(home / f"{table}.csv", 2, column, "ZZ" if column == "jurisdiction" else "no-such-record")
    assert "foreign-key" in {fault[0] for fault in faults(home)}


def test_a_record_of_grade_c_is_refused_by_the_package_and_by_the_loader(home):
    change(home / "provisions.csv", 2, "grade", "C")
    assert "constraint-error" in {fault[0] for fault in faults(home)}
    with pytest.raises(ContrechampError, match=r"^datasets/law/provisions\.csv, line 2, column grade: 'C' is not one"):
        datasets.load_provisions()


@pytest.mark.parametrize("table", GRADED)
def test_no_record_of_grade_c_is_shipped(table):
    assert {row["grade"] for row in frames.rows("law", table)} <= {"A", "B"}


def test_what_was_graded_c_is_in_no_table_and_the_card_says_why(root):
    card = (root / "datasets" / "law" / "card.md").read_text(encoding="utf-8")
    for name in LEFT_OUT:
        assert f"`{name}`" in card, name
        for path in (root / "datasets" / "law").glob("*.csv"):
            assert name not in path.read_text(encoding="utf-8"), (name, path.name)


def test_nothing_shipped_rests_on_memory(root):
    memory = re.compile(r"[Rr]emember|[Mm]emory|[Rr]ecall|[Mm]émoire|(?<!\))\(C\)|[Gg]rade C\b")
    for path in (root / "datasets" / "law").glob("*.csv"):
        for row in csv.reader(path.read_text(encoding="utf-8").splitlines()):
            assert not [cell for cell in row if memory.search(cell)], (path.name, row[0])


def test_a_field_left_out_is_empty_or_the_caveat_says_what_was_cut():
    for row in frames.rows("law", "provisions"):
        for field in row["left_out"] or ():
            if field in ("citation", "instrument", "material", "takedown_hours"):
                continue
            assert row.get(field, row.get(f"{field}_en")) is None, (row["id"], field)


def test_fields_to_be_kept_out_of_tables_are_unknown():
    provisions = datasets.load_provisions()
    assert pd.isna(provisions.loc["eu-vaw-5", "max_prison_years"])
    assert not (provisions[["max_prison_years", "max_fine", "removal_hours"]] == 0).any().any()


def test_an_address_that_was_not_opened_says_so():
    provisions = datasets.load_provisions()
    assert provisions["url_opened"].isna().equals(provisions["official_url"].isna())
    assert not provisions.loc["gb-cpa-99", "url_opened"]
    assert provisions.loc["us-ny-245-15", "url_opened"], "the official page is among what was read"


def test_every_code_has_words_in_two_languages():
    terms = datasets.load_law_terms()
    known = set(zip(terms["list"], terms["code"], strict=True))
    for row in frames.rows("law", "provisions"):
        used = [("kind", row["kind"]), ("recorded_status", row["recorded_status"])]
        used += [("actor", actor) for actor in row["binds"]] + [("age", age) for age in row["ages"]]
        assert set(used) <= known, row["id"]
    assert terms["name_fr"].notna().all() and terms["name_en"].notna().all()


def test_french_cells_use_the_words_of_the_course():
    unwanted = re.compile(r"deepfake|revenge porn|pédoporno|hotline|chatbot|retard indu|’|\u202f|\u00a0", re.IGNORECASE)
    for resource in frames.descriptor("law")["resources"]:
        for row in frames.rows("law", resource["name"]):
            for column, text in row.items():
                if column.endswith("_fr") and text:
                    if column in ("instrument_fr", "citation_fr"):  # a foreign act or service keeps its own name
                        text = re.sub(r"Deepfake (?=[A-Z(])|Revenge Porn Helpline", "", text)
                    assert not unwanted.search(text), (resource["name"], column, text)


@pytest.mark.parametrize("module", [law, law_status])
def test_the_examples_in_the_docstrings_are_true(module):
    assert doctest.testmod(module).failed == 0


def test_a_jurisdiction_without_a_record_is_still_listed():
    used = set(datasets.load_provisions()["jurisdiction"])
    assert set(datasets.load_jurisdictions().index) - used == {"GB-SCT"}
    assert len(datasets.load_jurisdictions()) == 36


def test_labels_follow_the_language():
    assert datasets.load_provisions(lang="fr").loc["eu-aia-5-1-ba", "status_name"] == "adopté, pas encore applicable"
    assert datasets.load_clocks(lang="fr").loc[0, "clock_name"] == "demande de la police"


# Status on a date


@pytest.mark.parametrize(
    ("record", "day", "status"),
    [
        ("eu-aia-5-1-ba", "2026-07-07", "not_yet"),
        ("eu-aia-5-1-ba", "2026-11-22", "adopted_not_yet_applicable"),
        ("eu-aia-5-1-ba", "2026-12-01", "adopted_not_yet_applicable"),
        ("eu-aia-5-1-ba", "2026-12-02", "in_force"),
        ("eu-aia-5-1-bb", "2026-12-01", "adopted_not_yet_applicable"),
        ("eu-aia-5-1-bb", "2026-12-02", "in_force"),
        ("eu-aia-50-2", "2026-08-01", "adopted_not_yet_applicable"),
        ("eu-aia-50-2", "2026-08-02", "in_force_grace"),
        ("eu-aia-50-2", "2026-12-01", "in_force_grace"),
        ("eu-aia-50-2", "2026-12-02", "in_force"),
        ("fr-cp-226-8-1", "2024-05-20", "not_yet"),
        ("fr-cp-226-8-1", "2024-05-22", "adopted_not_yet_applicable"),
        ("fr-cp-226-8-1", "2024-05-23", "in_force"),
        # A copy consolidated to 2 April 2026 shows the text in force; before it we do not know.
        ("fr-cp-227-23", "2026-04-01", "start_to_check"),
        ("fr-cp-227-23", "2026-04-02", "in_force"),
        # The start is not established: never printed as in force.
        ("gb-cpa-99", "2026-04-28", "not_yet"),
        ("gb-cpa-99", "2026-12-02", "start_to_check"),
        ("gb-cpa-72", "2026-12-02", "start_to_check"),
        ("gb-osa-48h", "2026-06-28", "adopted_not_yet_applicable"),
        ("gb-osa-48h", "2026-06-29", "in_force"),
        ("us-tida-platform", "2026-05-18", "adopted_not_yet_applicable"),
        ("us-tida-platform", "2026-05-19", "in_force"),
        # A directive binds States.
        ("eu-vaw-5", "2027-06-13", "adopted_not_yet_applicable"),
        ("eu-vaw-5", "2027-06-14", "transposition_due"),
        # Known to the month only.
        ("au-arm-codes", "2026-02-28", "adopted_not_yet_applicable"),
        ("au-arm-codes", "2026-03-15", "start_to_check"),
        ("au-arm-codes", "2026-03-31", "in_force"),
        ("us-defiance", "2026-12-02", "proposed"),
        ("us-tn-deepfake-images", "2026-12-02", "adopted_not_yet_applicable"),
        ("id-grok-block-2026", "2026-01-09", "not_yet"),
        ("id-grok-block-2026", "2026-01-10", "in_force"),
        ("id-grok-block-2026", "2026-02-01", "lapsed"),
        ("ph-grok-ban-2026", "2026-01-20", "unknown"),
        ("eu-eprivacy-interim", "2026-04-02", "in_force"),
        ("eu-eprivacy-interim", "2026-04-03", "lapsed"),
        ("gb-ofcom-x", "2026-01-11", "not_yet"),
        ("gb-ofcom-x", "2026-12-02", "open"),
        ("ca-opc-x", "2026-12-02", "decided"),
    ],
)
def test_the_status_follows_the_date_asked(record, day, status):
    assert datasets.load_provisions(as_of=day).loc[record, "status"] == status


def test_exactly_three_records_change_on_2_december_2026():
    before, after = (datasets.load_provisions(as_of=day)["status"] for day in ("2026-12-01", "2026-12-02"))
    assert list(before.index[before != after]) == ["eu-aia-5-1-ba", "eu-aia-5-1-bb", "eu-aia-50-2"]


@pytest.mark.parametrize("day", ["2026-12-03", "2027-12-01"])
def test_the_status_does_not_follow_the_clock(day):
    now = datasets.load_provisions()["status"]
    with time_machine.travel(f"{day}T12:00:00Z"):
        assert datasets.load_provisions()["status"].equals(now)


def test_a_date_may_be_a_date_or_a_text():
    for day in ("2026-12-02", datetime.date(2026, 12, 2), pd.Timestamp("2026-12-02 08:00")):
        assert datasets.load_provisions(as_of=day).attrs["on"] == "2026-12-02"
    assert datasets.load_provisions().attrs["on"] == datasets.law_as_of().isoformat()


RECORDS = frames.rows("law", "provisions")
_DATES = st.dates(datetime.date(1996, 2, 8), datetime.date(2032, 1, 1))
_ORDER = ("not_yet", "adopted_not_yet_applicable", "start_to_check", "in_force_grace", "in_force", "transposition_due")


@given(_DATES, _DATES)
def test_a_text_never_goes_back_from_applying_to_waiting(one, other):
    early, late = sorted((one, other))
    for record in RECORDS:
        if record["recorded_status"] in ("in_force", "adopted_not_yet_applicable"):
            steps = [_ORDER.index(law_status.status(record, day)) for day in (early, late)]
            assert steps[0] <= steps[1], record["id"]


@given(_DATES, st.integers(0, 2))
def test_a_date_known_to_the_month_or_the_year_spans_every_day_it_may_mean(day, parts):
    first, last = law_status.span(day.isoformat()[: (4, 7, 10)[parts]])
    assert first <= day <= last
    assert law_status.span((last + datetime.timedelta(days=1)).isoformat()[: (4, 7, 10)[parts]])[0] > last


# Bad input


@pytest.mark.parametrize("given_", ["2 December", "2026-13-01", "", 20261202, "2026-12"])
def test_a_malformed_date_is_one_sentence_with_an_example(given_):
    with pytest.raises(ContrechampError, match=r"is not a date\. Write YYYY-MM-DD, for example 2026-11-22\.$"):
        datasets.load_provisions(as_of=given_)


def test_a_date_before_any_record_names_the_oldest_day():
    with pytest.raises(
        ContrechampError, match=r"^No record is older than 8 February 1996\. .* not for 7 February 1996"
    ):
        datasets.load_provisions(as_of="1996-02-07")


@pytest.mark.parametrize(
    ("table", "column", "text", "says"),
    [
        ("provisions", "applies_from", "soon", r"line 2, column applies_from: 'soon' is not written as expected"),
        ("provisions", "max_prison_years", "two", r"column max_prison_years: expected a number"),
        ("provisions", "max_prison_years", "0", r"column max_prison_years: 0 is outside the range"),
        ("provisions", "kind", "criminel", r"column kind: 'criminel' is not one of .*; nearest: criminal\.$"),
        ("provisions", "title_en", "", r"column title_en: the cell is empty"),
        ("clocks", "clock", "removals", r"column clock: 'removals' is not one of .*; nearest: removal\.$"),
    ],
)
def test_a_malformed_row_is_named_by_file_line_and_column(home, table, column, text, says):
    change(home / f"{table}.csv", 2, column, text)
    with pytest.raises(ContrechampError, match=rf"^datasets/law/{table}\.csv, .*{says}"):
        datasets.load_provisions()


# Staleness and references


def test_old_records_are_reported_and_break_nothing(capsys):
    day = datetime.date(2027, 5, 22)
    assert len(stale.overdue("law", "provisions", day, stale.LIMITS["law", "provisions"])) == len(
        datasets.load_provisions()
    )
    with time_machine.travel("2027-05-22T12:00:00Z"):
        assert stale.main() == 0
    assert "provisions: fr-cp-226-8-1 was last checked 181 days ago." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("source", "english", "french"),
    [
        ("{{ law:fr-cp-226-8-1.citation }}", "art. 226-8-1", "art. 226-8-1"),
        ("{{ law:fr-cp-226-8-1.max_prison_years }}", "2", "2"),
        ("{{ law:fr-cp-226-8-1.aggravated_fine }}", "75,000", "75\u202f000"),
        ("{{ law:eu-aia-5-1-ba.applies_from }}", "2 December 2026", "2 décembre 2026"),
        ("{{ law:eu-aia-50-2.grace_until }}", "2 December 2026", "2 décembre 2026"),
        ("{{ law:eu-aia-5-1-ba.status_name }}", "adopted, not yet applicable", "adopté, pas encore applicable"),
        ("{{ law:gb-osa-48h.removal_hours }}", "48", "48"),
        ("{{ law:us-47usc230.jurisdiction }}", "US", "US"),
    ],
)
def test_prose_refers_to_a_field_of_a_provision(source, english, french):
    forget()
    assert Resolver("en", {}).text(source, "here") == english
    assert Resolver("fr", {}).text(source, "here") == french


def test_a_number_that_nobody_has_seen_cannot_be_printed():
    with pytest.raises(ContrechampError, match="is empty \\(unknown, not zero\\)"):
        Resolver("en", {}).text("{{ law:eu-vaw-5.max_prison_years }}", "here")


def test_california_has_no_removal_hours():
    provisions = datasets.load_provisions()
    assert provisions.loc[["us-ca-sb981", "us-ca-1708-86", "eu-dsa-16"], "removal_hours"].isna().all()


def test_the_words_of_a_clock_stand_where_there_is_no_number():
    clocks = datasets.load_clocks()
    assert clocks.loc[clocks["amount"].isna(), "words"].notna().all()
    assert clocks["amount"].isna().equals(clocks["unit"].isna())


def test_the_descriptor_gives_the_day_of_the_records(root):
    about = json.loads((root / "datasets" / "law" / "datapackage.json").read_text(encoding="utf-8"))
    assert about["as_of"] == max(row["checked"] for row in frames.rows("law", "provisions")).isoformat()


# Proceedings on a date

PROCEEDING_ON = [
    ("proc-eu-x-2023", "2023-12-17", "not_yet"),
    ("proc-eu-x-2023", "2023-12-18", "open"),
    ("proc-eu-x-2023", "2025-12-04", "open"),
    ("proc-eu-x-2023", "2025-12-05", "partly_decided"),
    ("proc-eu-x-2025-fine", "2025-12-04", "unknown"),  # its beginning stands in the record of 2023
    ("proc-eu-x-2025-fine", "2025-12-05", "decided"),
    ("proc-fr-paris", "2024-12-31", "not_yet"),
    ("proc-fr-paris", "2025-01-15", "unknown"),  # known to the month only
    ("proc-fr-paris", "2025-01-31", "open"),
    ("proc-ie-dpc", "2026-02-16", "not_yet"),
    ("proc-ie-dpc", "2026-02-17", "open"),
    ("proc-ie-dpc", "2030-01-01", "open"),  # as far as was found
]


@pytest.mark.parametrize(("name", "day", "state"), PROCEEDING_ON)
def test_a_proceeding_has_the_state_of_the_day_asked(name, day, state):
    assert datasets.load_proceedings(as_of=day).loc[name, "status"] == state


def test_on_the_day_of_the_records_the_state_of_a_proceeding_is_the_one_recorded():
    made = datasets.load_proceedings()
    assert made["status"].tolist() == made["recorded_status"].tolist()
    assert made.attrs["on"] == law.law_as_of().isoformat()


@pytest.mark.parametrize(("lang", "words"), [("en", "pending in part"), ("fr", "en partie pendante")])
def test_the_state_of_a_proceeding_is_told_in_the_readers_words(lang, words):
    made = datasets.load_proceedings(as_of="2026-01-01", lang=lang)
    assert words in made.loc["proc-eu-x-2023", "status_name"]


def test_a_decided_proceeding_has_a_day_of_decision_and_an_open_one_has_none():
    for row in frames.rows("law", "proceedings"):
        assert bool(row["decided"]) == (row["recorded_status"] != "open"), row["id"]
        assert row["opened"] or row["decided"], row["id"]


def test_the_clock_of_the_machine_does_not_move_a_proceeding():
    with time_machine.travel("2020-01-01", tick=False):
        assert datasets.load_proceedings().loc["proc-eu-grok-2026", "status"] == "open"


def test_a_malformed_day_for_a_proceeding_is_one_sentence():
    with pytest.raises(ContrechampError, match=r"^'2 December' is not a date\. Write YYYY-MM-DD"):
        datasets.load_proceedings(as_of="2 December")


@given(day=st.dates(datetime.date(2020, 1, 1), datetime.date(2035, 1, 1)), later=st.integers(0, 4000))
def test_a_proceeding_never_goes_backwards(day, later):
    order = ["not_yet", "unknown", "open", "unknown", "partly_decided", "decided"]
    after = min(day + datetime.timedelta(days=later), datetime.date(2046, 1, 1))
    for row in frames.rows("law", "proceedings"):
        first, second = (law_status.proceeding(row, asked) for asked in (day, after))
        assert "unknown" in (first, second) or order.index(first) <= order.index(second), row["id"]


# Two languages


def amounts(text):
    """Return the numbers of two digits or more, without what separates their thousands."""
    return sorted(re.findall(r"\d{2,}", re.sub(r"(?<=\d)[,\s](?=\d{3})", "", text)))


@pytest.mark.parametrize("field", ["title", "summary", "caveat", "aggravation", "mental_element"])
def test_each_text_of_a_provision_is_there_in_both_languages(field):
    rows = frames.rows("law", "provisions")
    assert sum(bool(row[f"{field}_en"]) for row in rows) > 50
    assert [row["id"] for row in rows if bool(row[f"{field}_en"]) != bool(row[f"{field}_fr"])] == []


@pytest.mark.parametrize("field", ["caveat", "aggravation", "mental_element"])
def test_outside_france_and_the_union_both_languages_give_the_same_numbers(field):
    # The year of an Act, thirty days, eighteen years: said in words in one of the two.
    in_words = {"gb-osa-illegal-content", "us-ca-1708-86", "au-cc-474-17a"}
    differ = {
        row["id"]
        for row in frames.rows("law", "provisions")
        if row[f"{field}_en"] and row["jurisdiction"] not in ("FR", "EU")
        if amounts(row[f"{field}_en"]) != amounts(row[f"{field}_fr"])
    }
    assert differ <= in_words


def test_a_number_left_out_of_one_language_is_found():
    assert amounts("48 hours, 18,000,000 GBP") == amounts("48 heures, 18 000 000 GBP") != amounts("18 000 000 GBP")


# ---- the name of a text ---------------------------------------------------------------------------------------------

FRENCH_THERE = ("EU", "CoE", "UN", "FR", "BE", "CA-QC")  # texts that have a French name of their own
ENGLISH = re.compile(r"\b(the|of|on|and|as|by|under|with|against|Acts?|Regulation|Directive \(EU\)|Proposal|Bill)\b")
GLUE = re.compile(
    r"\b(as amended|amended|insert(ed|ing)|as extended|recast|later|investigation|applied to|order to|announced|"
    r"draft of|proposed|removal notices|industry codes)\b",
    re.IGNORECASE,
)


def test_the_name_of_a_text_is_french_in_french_and_foreign_acts_keep_theirs():
    for row in frames.rows("law", "provisions"):
        french = row["instrument_fr"]
        assert french and not GLUE.search(french), (row["id"], french)
        if row["jurisdiction"] in FRENCH_THERE:
            assert not ENGLISH.search(french), (row["id"], french)


def test_the_name_of_a_text_has_the_same_numbers_in_both_languages():
    for row in frames.rows("law", "provisions"):
        numbers = [sorted(re.findall(r"\d+", row[f"instrument_{lang}"])) for lang in ("en", "fr")]
        assert numbers[0] == numbers[1], row["id"]


@pytest.mark.parametrize(
    ("lang", "begins"),
    [
        ("en", "Regulation (EU) 2022/2065 (Digital Services Act)"),
        ("fr", "Règlement (UE) 2022/2065 (DSA, règlement sur les services numériques)"),
    ],
)
def test_a_source_line_under_a_slide_names_the_text_in_the_language_of_the_deck(lang, begins, monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_LANG", lang)
    cited = citations.cite("law", "eu-dsa-16.summary")
    assert cited.line().startswith(begins) and cited.short().startswith(begins)
    assert datasets.load_provisions(lang=lang).loc["eu-dsa-16", "instrument"] == begins


def test_a_text_is_found_by_its_french_and_by_its_english_name():
    for words in ("Digital Services Act", "services numeriques"):
        assert "eu-dsa-16" in selection.search(words).index
