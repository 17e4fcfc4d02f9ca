"""The awareness data: a valid package, one number per record, nothing from memory, nothing without a source."""

import csv
import doctest
import json
import math
import re
import shutil
import subprocess
import sys
from urllib.parse import urlparse

import pandas as pd
import pytest

import contrechamp.datasets as datasets
from contrechamp.datasets import awareness, frames, help_lines
from contrechamp.errors import ContrechampError

TABLES = ("statistics", "timeline", "claims", "support", "first_steps", "references", "field_results")
PRINTABLE = ("primary", "abstract", "official", "press", "reprint", "reference")


@pytest.fixture(autouse=True)
def _in_english(monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_LANG", "en")


@pytest.fixture(scope="module")
def statistics():
    return datasets.load_statistics(lang="en")


@pytest.fixture
def home(root, tmp_path, monkeypatch):
    """A home with a copy of the data that a test may damage."""
    shutil.copytree(root / "datasets" / "awareness", tmp_path / "datasets" / "awareness")
    (tmp_path / "locale" / "fr").mkdir(parents=True)
    shutil.copy(root / "locale" / "fr" / "messages.po", tmp_path / "locale" / "fr")
    monkeypatch.setenv("CONTRECHAMP_HOME", str(tmp_path))
    return tmp_path / "datasets" / "awareness"


def change(path, record, column, text):
    """Put `text` into one cell of a CSV file and return the line number."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    line = next(number for number, row in enumerate(rows, start=2) if row[next(iter(row))] == record)
    rows[line - 2][column] = text
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return line


# The package


def test_the_package_is_valid_frictionless(root):
    from frictionless import Package

    report = Package(str(root / "datasets" / "awareness" / "datapackage.json")).validate()
    assert report.flatten(["name", "rowNumber", "fieldName", "message"]) == []


def test_every_csv_is_described_and_every_described_csv_is_there(root):
    described = {item["path"] for item in frames.descriptor("awareness")["resources"]}
    assert described == {path.name for path in (root / "datasets" / "awareness").glob("*.csv")}


def test_files_are_utf8_with_plain_line_ends_and_no_stray_space(root):
    for path in (root / "datasets" / "awareness").glob("*.csv"):
        data = path.read_bytes()
        assert b"\r" not in data and not data.startswith(b"\xef\xbb\xbf") and data.endswith(b"\n"), path.name
        for row in csv.reader(data.decode("utf-8").splitlines()):
            assert all(cell == cell.strip() and "  " not in cell for cell in row), (path.name, row[0])


def test_importing_the_loaders_does_not_import_pandas():
    code = "import sys, contrechamp.datasets; sys.exit('pandas' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("module", [awareness, help_lines, frames])
def test_the_examples_in_the_docstrings_are_true(module):
    assert doctest.testmod(module).failed == 0


# Grades and sources


@pytest.mark.parametrize("table", TABLES)
def test_no_record_of_grade_c_is_shipped(table):
    assert {row["grade"] for row in frames.rows("awareness", table)} <= {"A", "B"}


@pytest.mark.parametrize("table", TABLES)
def test_nothing_shipped_rests_on_memory(table):
    """The words by which the notes mark a remembered value must not reach a shipped cell."""
    memory = re.compile(r"remember|from memory|\(C\)|grade C\b", re.IGNORECASE)
    for row in frames.rows("awareness", table):
        told = {key: value for key, value in row.items() if isinstance(value, str) and key != "to_verify"}
        assert [key for key, value in told.items() if memory.search(value)] == [], row["id"]


def test_every_source_belongs_to_a_record_and_every_figure_has_a_source(statistics):
    ids = {table: {row["id"] for row in frames.rows("awareness", table)} for table in TABLES}
    sources = datasets.load_sources()
    assert [(s.table, s.record) for s in sources.itertuples() if s.record not in ids[s.table]] == []
    sourced = set(sources.loc[sources["table"] == "statistics", "record"])
    assert set(statistics.index) - sourced == {"diel-chance"}, "a definition needs no source; a figure does"


def test_aggregators_and_digests_are_left_out_of_print():
    sources = datasets.load_sources()
    kinds = {(s.table, s.url): s.kind for s in sources.itertuples()}
    for table in TABLES:
        for row in frames.rows("awareness", table):
            if row.get("print_source"):
                assert kinds[table, row["print_source"]] in PRINTABLE, row["id"]
                assert row["source_kind"] in PRINTABLE, row["id"]


def test_lists_of_ids_name_records_that_exist(statistics):
    services = set(datasets.load_support().index)
    for row in frames.rows("awareness", "claims"):
        assert set(row["statistics"] or ()) <= set(statistics.index), row["id"]
    for row in frames.rows("awareness", "first_steps"):
        assert set(row["services"] or ()) <= services, row["id"]


def test_flags_are_the_described_ones(statistics):
    field = next(f for f in frames.resource("awareness", "statistics")["schema"]["fields"] if f["name"] == "flags")
    described = set(re.findall(r"([a-z_]+):", field["description"]))
    assert {flag for flags in statistics["flags"] for flag in flags} <= described


# Figures


def test_our_arithmetic_gives_the_shipped_values(statistics):
    for record, row in statistics[statistics["derived"]].iterrows():
        formula = re.sub(r"\[([^]]+)\]", lambda m: repr(float(statistics.loc[m[1], "value"])), row["derivation"])
        assert re.fullmatch(r"[\d.+\-*/() e]+", formula), record
        digits = 0 if row["value"] == int(row["value"]) and row["unit"] != "percent" else 1
        assert round(eval(formula), digits) == row["value"], (record, eval(formula))


def test_only_derived_records_have_a_derivation(statistics):
    assert statistics["derivation"].notna().equals(statistics["derived"].astype("bool"))


def test_published_rises_agree_with_their_two_counts(statistics):
    value = statistics["value"]
    for before, after, rise in [
        ("iwf-h1-2024-urls", "iwf-h1-2025-urls", "iwf-h1-2025-rise"),
        ("iwf-2023-reports", "iwf-2024-reports-a", "iwf-2024-rise"),
        ("iwf-2024-reports-b", "iwf-2025-reports", "iwf-2025-rise"),
        ("iwf-2024-videos", "iwf-2025-videos", "iwf-2025-videos-rise"),
    ]:
        assert round(100 * (value[after] / value[before] - 1)) == value[rise], rise


def test_derived_intervals_are_wilson_intervals(statistics):
    rows = statistics[(statistics["ci95_origin"] == "derived") & (statistics["unit"] == "percent")]
    assert len(rows) >= 10
    for record, row in rows.iterrows():
        n, z = float(row["n"]), 1.959964
        p = float(row["count"]) / n if pd.notna(row["count"]) else float(row["value"]) / 100
        middle, half = (p + z * z / 2 / n), z * math.sqrt(p * (1 - p) / n + z * z / 4 / n / n)
        low, high = (100 * (middle + sign * half) / (1 + z * z / n) for sign in (-1, 1))
        assert abs(low - row["ci95_low"]) < 0.06 and abs(high - row["ci95_high"]) < 0.06, (record, low, high)


def test_any_base_that_fits_the_three_korean_shares_is_far_from_the_published_one(statistics):
    value = statistics["value"]
    pairs = [("kr-2025-10", "kr-2025-10-share"), ("kr-2025-10-minors", "kr-2025-10-minors-share")]
    pairs.append(("kr-2025-10-filmed", "kr-2025-10-filmed-share"))

    def fits(base):
        return all(round(100 * value[count] / base, 1) == value[share] for count, share in pairs)

    assert [base for base in range(3000, 5000) if fits(base)] == list(range(4407, 4418))
    assert fits(value["kr-2025-10-base-derived"]) and not fits(value["kr-2025-10-base"])


def test_ages_of_the_korean_crackdown_add_up(statistics):
    parts = statistics["value"][
        [f"kr-2025-03-{age}" for age in ("teens", "twenties", "thirties", "forties", "fifties")]
    ]
    assert parts.sum() == statistics.loc["kr-2025-03", "value"]


def test_unknown_is_na_and_never_zero(statistics):
    assert pd.isna(statistics.loc["cdt-2024-deepfake-ncii", "n"])
    assert pd.isna(statistics.loc["kobis-2021", "value"])
    assert not (statistics["n"] == 0).any() and not (statistics["value"] == 0).any()


def test_a_record_not_fit_for_tables_stays_out_when_asked():
    assert "grok-tcd" in datasets.load_statistics().index
    assert "grok-tcd" not in datasets.load_statistics(usable_only=True).index


def test_topics_can_be_one_or_several():
    assert set(datasets.load_statistics(topic="exposure")["topic"]) == {"exposure"}
    assert set(datasets.load_statistics(topic=["iwf", "ncmec"])["topic"]) == {"iwf", "ncmec"}


def test_frames_say_where_they_come_from(statistics):
    assert statistics.attrs == {"as_of": "2026-11-22", "licence": "CC-BY-4.0", "path": "awareness/statistics.csv"}
    assert statistics.index.name == "id"
    assert str(statistics["n"].dtype) == "Int64"
    assert statistics.loc["kobis-2021", "flags"] == ()
    assert statistics.loc["deeptrace-2019", "flags"] == ("vendor_claim", "outdated")


def test_the_second_half_of_2024_is_not_in_the_data(statistics):
    """245 and 193 do not follow one rule, so 245 - 42 is no record."""
    assert not (statistics["value"] == 203).any()
    assert "cannot be computed" in statistics.loc["iwf-2024-reports-a", "conflict"]


# French


@pytest.mark.parametrize("package", ["awareness", "law"])
def test_what_a_record_says_in_english_it_says_in_french(package):
    pairs = 0
    for resource in frames.descriptor(package)["resources"]:
        spoken = [field["name"][:-3] for field in resource["schema"]["fields"] if field["name"].endswith("_en")]
        for row in frames.rows(package, resource["name"]):
            told = {name: (row[f"{name}_en"] is None, row[f"{name}_fr"] is None) for name in spoken}
            assert [name for name, (english, french) in told.items() if english != french] == [], row
            pairs += len(told)
    assert pairs > 300


def test_french_cells_use_the_words_of_the_course():
    unwanted = re.compile(
        r"deepfake|revenge porn|pédoporno|hotline|chatbot|\bmineurs? de quinze|’|\u202f|\u00a0", re.IGNORECASE
    )
    for table in (*TABLES, "tables"):
        for row in frames.rows("awareness", table):
            for column, text in row.items():
                if column.endswith("_fr") and text:
                    text = re.sub(r"«[^»]*»|Revenge Porn Helpline", "", text)  # quotations and proper names
                    assert not unwanted.search(text), (row["id"], column, text)


def test_label_follows_the_language():
    assert datasets.load_statistics(lang="fr").loc["iwf-2023-reports", "label"].startswith("Signalements")
    assert datasets.load_statistics(lang="en").loc["iwf-2023-reports", "label"].startswith("AI reports")


def test_label_follows_the_reader(monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_LANG", "fr")
    assert datasets.load_timeline().loc["eu-ban-applies", "actor"] == "UE"


def test_a_missing_translation_falls_back_to_english(home):
    change(home / "statistics.csv", "iwf-2023-reports", "caveat_fr", "")
    assert datasets.load_statistics(lang="fr").loc["iwf-2023-reports", "caveat"].startswith("Work of a hotline")


# The other tables


def test_teaching_tables_name_the_records_of_each_row(root):
    for name in [row["id"] for row in frames.rows("awareness", "tables")]:
        table = datasets.load_table(name, lang="en")
        assert len(table) >= 3 and all(table["records"]), name
        assert table.attrs["title"] and table.attrs["lesson"]


def test_growth_table_holds_the_five_rates():
    table = datasets.load_table("iwf_growth", lang="en")
    assert table["change_percent"].tolist() == [400, 380, 154, 14, 26385]
    assert table["before"].tolist() == [42, 51, 193, 7043, 13]


def test_a_day_is_a_date_only_where_the_day_is_known():
    events = datasets.load_timeline()
    assert events.loc["eu-formal", "day"] == pd.Timestamp("2026-01-26")
    assert events.loc[["m-reuters-2", "bg-adult-mode", "us-unmask"], "day"].isna().all()
    assert (events["day"].notna() == (events["date_precision"] == "day")).all()


def test_no_event_is_later_than_the_descriptor_says():
    events = datasets.load_timeline()
    latest = frames.descriptor("awareness")["latest_event"]
    assert events.loc[~events["scheduled"].fillna(False), "date"].max() == latest


def test_field_results_are_published_results_with_their_limits():
    results = datasets.load_field_results(lang="en")
    assert len(results) >= 25
    topics = {"detector", "localisation", "watermark", "hash", "people", "training", "removal"}
    assert set(results["topic"]) == topics
    assert results["caveat"].notna().all() and results["setting"].notna().all()
    assert results.loc[results["unit"] == "auc", "value"].between(0.5, 1).all()
    assert results.loc[results["value"].isna(), "unit"].eq("text").all()


def test_literature_leaves_out_what_was_not_seen():
    references = datasets.load_references()
    for key, row in references.iterrows():
        assert all(pd.isna(row[name]) for name in row["left_out"] if name != "title"), key


# Help lines


def test_a_contact_has_a_grade_a_place_and_a_date_or_it_is_not_certain():
    for row in frames.rows("awareness", "support"):
        for field in ("phone", "phone_abroad", "hours", "web", "form", "email"):
            value = row["hours_en"] if field == "hours" else row[field]
            given = [row[f"{field}_{part}"] for part in ("grade", "seen_on", "checked")]
            if value is None:
                assert given == [None, None, None], (row["id"], field)
            else:
                assert row[f"{field}_grade"] and row[f"{field}_seen_on"], (row["id"], field)
                assert (row[f"{field}_checked"] is None) == (row[f"{field}_seen_on"] == "other"), (row["id"], field)
                assert row[f"{field}_grade"] == ("B" if row[f"{field}_seen_on"] == "other" else "A"), (row["id"], field)


def test_own_page_means_a_source_on_the_services_host():
    hosts = {"3018": "e-enfance.org", "takeitdown": "ncmec.org", "cybertipline": "ncmec.org", "pharos": "gouv.fr"}
    sources = datasets.load_sources()
    for row in frames.rows("awareness", "support"):
        if "own" in [row[f"{field}_seen_on"] for field in ("phone", "hours", "web")]:
            host = hosts.get(row["id"]) or ".".join(
                urlparse(row["web"] or "https://france-victimes.fr").netloc.split(".")[-2:]
            )
            seen = sources.loc[(sources["table"] == "support") & (sources["record"] == row["id"]), "url"]
            assert any(urlparse(url).netloc.endswith(host) for url in seen), row["id"]


def test_numbers_and_addresses_known_from_memory_are_left_out():
    support = datasets.load_support()
    assert pd.isna(support.loc["offlimits", "web"])
    assert pd.isna(support.loc["ccri", "phone"])
    assert "be-ch-ca" not in support.index


def card(lang="en"):
    """Return the lines of the card that say something, with plain spaces and without addresses."""
    said = re.sub(r"\]\([^)]*\)|[*\[]", "", datasets.help_card(lang=lang)).replace("\u202f", " ").replace("\xa0", " ")
    return [line for line in said.splitlines() if line]


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_card_is_five_steps_in_the_order_of_need_and_each_line_is_short(lang):
    heading, *lines, _ = card(lang)
    steps = {
        "en": ["You did nothing wrong.", "17 / 112 / 114", "Somebody to talk to", "Write down", "To have the picture"],
        "fr": ["Vous n’y êtes pour rien.", "17 / 112 / 114", "Quelqu’un à qui parler", "Notez", "Pour faire retirer"],
    }[lang]
    numbered = [line for line in lines if re.match(r"\d", line)]
    for number, (line, begins) in enumerate(zip(numbered, steps, strict=True), start=1):
        assert line.startswith(f"{number}. {begins}")
    assert len(lines) == 12 and max(map(len, card(lang))) <= 205
    assert {"en": "intimate picture", "fr": "image intime"}[lang] in heading  # what "this" is


def test_at_night_the_card_names_first_who_answers_and_each_number_once_beside_its_hours():
    night, day, evening = [line for line in card() if re.match(r" +- .*(every day)", line)]
    assert re.findall(r"\b(?:3018|119|3919|3114|116 006)\b", night) == ["119", "3919", "3114"]
    assert "day and night" in night and "under 21" in night and "not for emergencies" in night
    assert "9:00-23:00: 3018" in day and "9:00-20:00: 116 006" in evening
    for row in frames.rows("awareness", "support"):
        if row["country"] == "FR" and row["kind"] == "support":
            assert row["cost_and_privacy_en"].startswith("free"), row["id"]  # the card says so of all of them


def test_the_card_says_what_each_service_that_takes_pictures_down_receives():
    said = {line.split("- ")[1].split(":")[0]: line for line in card()[9:-1]}
    assert list(said) == ["Take It Down (NCMEC)", "StopNCII.org", "Point de Contact and its DISRUPT form", "PHAROS"]
    assert "a fingerprint (hash) made on your device, never the picture" in said["Take It Down (NCMEC)"]
    uploads = said["Point de Contact and its DISRUPT form"]
    assert "links are enough" in uploads and "goes to the team" in uploads and "then deletes the picture" in uploads
    assert "contact details" in said["PHAROS"] and "public content only" in said["PHAROS"]
    assert "(https://www.pointdecontact.net/disrupt/)" in datasets.help_card(lang="en")  # the form, not the first page


def test_the_card_forbids_copying_imagery_of_a_minor_in_both_languages():
    assert "never copy, capture, forward or show it, not even as proof" in card()[7]
    assert "ne jamais la copier, la capturer, la transférer ni la montrer, même comme preuve" in card("fr")[7]


def test_the_card_says_when_it_was_checked_and_names_every_doubt(home):
    *services, dates = card()
    assert dates.startswith("Checked from 22 November 2026 to 26 November 2026")
    assert not [line for line in services if "not yet checked" in line]
    change(home / "support.csv", "119", "phone_checked", "2026-10-01")
    assert "Checked from 1 October 2026" in datasets.help_card(lang="en")
    change(home / "support.csv", "3018", "hours_seen_on", "other")
    (doubt,) = [line for line in card() if "not yet checked" in line]
    assert "every day, 9:00-23:00 (hours not yet checked on the service's own page): 3018" in doubt


def test_the_card_does_not_print_an_unchecked_number_as_certain(home):
    change(home / "support.csv", "3018", "phone_checked", "")
    (line,) = [line for line in card() if "3018" in line]
    assert line.endswith("asks platforms to remove; number not yet checked on the service's own page)")


def test_an_unchecked_address_is_not_printed_as_certain_either(home):
    change(home / "support.csv", "pointdecontact", "form_checked", "")
    (line,) = [line for line in card() if "DISRUPT" in line]
    assert line.endswith("(address not yet checked on the service's own page)")


def test_the_french_card_is_typeset():
    said = datasets.help_card(lang="fr")
    assert "l’image" in said and "'" not in said


def test_there_is_no_card_for_a_country_without_local_facts():
    with pytest.raises(ContrechampError, match="people of the country"):
        datasets.help_card("BE")


# Bad input: one sentence that says where


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("value", "about 51", "expected a number with a decimal point, found 'about 51'"),
        ("value", "51,5", "expected a number with a decimal point"),
        ("value", "nan", "expected a number"),
        ("n", "12.5", "expected a whole number"),
        ("n", "0", "outside the range from 1"),
        ("grade", "C", "'C' is not one of A, B"),
        ("grade", "", "the cell is empty, but must be filled"),
        ("topic", "iwff", "'iwff' is not one of iwf"),
        ("derived", "yes", "expected true or false"),
        ("checked", "22/11/2026", "expected a date YYYY-MM-DD"),
        ("print_source", "www.iwf.org.uk", "is not written as expected"),
        ("label_en", " AI reports", "begins or ends with a space"),
    ],
)
def test_a_bad_cell_is_named_by_file_line_and_column(home, column, text, said):
    line = change(home / "statistics.csv", "iwf-2024-reports-a", column, text)
    with pytest.raises(ContrechampError) as caught:
        datasets.load_statistics()
    assert str(caught.value).startswith(f"datasets/awareness/statistics.csv, line {line}, column {column}: ")
    assert said in str(caught.value)


def test_the_same_id_twice_is_refused(home):
    change(home / "statistics.csv", "iwf-2024-reports-a", "id", "iwf-2023-reports")
    with pytest.raises(ContrechampError, match="column id: 'iwf-2023-reports' stands in two rows"):
        datasets.load_statistics()


def test_a_row_with_a_field_too_many_is_refused(home):
    with (home / "timeline.csv").open("a", encoding="utf-8") as file:
        file.write("one,two\n")
    with pytest.raises(ContrechampError, match=r"timeline\.csv, line 56: 2 fields where the header has"):
        datasets.load_timeline()


def test_an_unknown_column_is_refused(home):
    text = (home / "claims.csv").read_text(encoding="utf-8")
    (home / "claims.csv").write_text(text.replace("skill_en", "skil_en", 1), encoding="utf-8")
    with pytest.raises(
        ContrechampError, match=r"line 1: the columns are not those of the descriptor \(skil_en, skill_en\)"
    ):
        datasets.load_claims()


def test_a_missing_file_is_one_sentence(home):
    (home / "support.csv").unlink()
    with pytest.raises(ContrechampError, match=r"no data file datasets/awareness/support\.csv"):
        datasets.load_support()


def test_a_file_in_another_encoding_is_one_sentence(home):
    text = (home / "claims.csv").read_text(encoding="utf-8")
    (home / "claims.csv").write_bytes(text.encode("cp1252", errors="replace"))
    with pytest.raises(ContrechampError, match="is not UTF-8 text"):
        datasets.load_claims()


def test_a_broken_descriptor_is_one_sentence(home):
    (home / "datapackage.json").write_text("{", encoding="utf-8")
    with pytest.raises(ContrechampError, match="is not valid JSON"):
        datasets.as_of()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: datasets.load_statistics(topic="grok"), "no topic 'grok'"),
        (lambda: datasets.load_statistics(lang="xx"), "no language 'xx'"),
        (lambda: datasets.load_field_results(topic="faces"), "no topic 'faces'"),
        (lambda: datasets.load_support(country="XX"), "no service for 'XX'"),
        (lambda: datasets.load_table("T1"), "no teaching table 'T1'"),
        (lambda: frames.frame("awareness", "people"), "no table 'people'"),
    ],
)
def test_an_unknown_name_is_one_sentence_with_the_choices(call, said):
    with pytest.raises(ContrechampError, match=said):
        call()


def test_the_card_of_the_data_lists_what_is_not_shipped(root):
    card = (root / "datasets" / "awareness" / "card.md").read_text(encoding="utf-8")
    for left_out in ("be-ch-ca", "henry2018tfsv", "henry2020ibsa", "mcglynn2021cyberflashing", "gibson2025ecosystem"):
        assert left_out in card
    assert (
        json.loads((root / "datasets" / "awareness" / "datapackage.json").read_text(encoding="utf-8"))["as_of"] in card
    )
