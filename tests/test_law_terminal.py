"""``contrechamp law``: tables that fit the terminal, JSON that a program can read, errors in the language asked for."""

import json
import re

import pytest

from contrechamp import cli


@pytest.fixture(autouse=True)
def _in_english_on_a_narrow_terminal(monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_LANG", "en")
    monkeypatch.setenv("COLUMNS", "80")


def said(capsys, *words):
    status = cli.main(["law", *words])
    out, err = capsys.readouterr()
    return status, out, err


COMMANDS = [
    ("show", "fr-cp-226-8-1", "--as-of", "2026-12-02"),
    ("show", "proc-eu-x-2025-fine"),
    ("search", "label"),
    ("compare", "FR", "DK", "GB"),
    ("deadline", "us-ca-sb981", "2026-12-02T10:00-08:00"),
]


@pytest.mark.parametrize("words", COMMANDS, ids=[" ".join(words[:2]) for words in COMMANDS])
@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("width", ["60", "80", "120"])
def test_every_answer_fits_the_terminal_and_ends_with_where_to_ask(capsys, monkeypatch, words, lang, width):
    monkeypatch.setenv("COLUMNS", width)
    status, out, err = said(capsys, *words, "--lang", lang)
    assert (status, err) == (0, "")
    flat = re.sub(r"\s+", " ", out)
    assert flat.rstrip().endswith("a help line." if lang == "en" else "une ligne d’écoute.")
    # A single word longer than the line, such as an address, is never cut.
    assert all(len(line) <= int(width) or len(line.split()) <= 2 for line in out.splitlines()), out


def test_show_gives_state_ceiling_caveat_grade_and_what_was_not_opened(capsys):
    _, out, _ = said(capsys, "show", "fr-cp-226-8-1", "--as-of", "2026-12-02")
    flat = re.sub(r"\s+", " ", out)
    for part in ("State in force", "Ceiling 2 years; 60,000 EUR", "With aggravation 3 years; 75,000 EUR", "Caveat",
                 "Grade A", "not opened: check it before print"):  # fmt: skip
        assert part in flat, part


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("fr-cp-226-8", ("Code pénal (France), art. 226-8", "Plafond 1 an ; 15 000 €", "ans ; 45 000 €")),
        ("gb-soa-66b-1", ("art. 188), art. 66B(1), (8), (9) et (11)", "Plafond 0,5 an", "l’article")),
    ],
)
def test_french_is_written_as_french_is(capsys, name, parts):
    _, out, _ = said(capsys, "show", name, "--lang", "fr")
    flat = re.sub(r"\s+", " ", out)
    assert all(part in flat for part in parts) and "'" not in flat and " EUR" not in flat, flat


@pytest.mark.parametrize(("day", "state"), [("2026-12-01", "adopted, not yet applicable"), ("2026-12-02", "in force")])
def test_show_follows_the_day_asked(capsys, day, state):
    _, out, _ = said(capsys, "show", "eu-aia-5-1-ba", "--as-of", day)
    assert re.search(rf"^State +{state}$", out, re.MULTILINE)


def test_an_unknown_ceiling_is_left_out_and_never_zero(capsys):
    _, out, _ = said(capsys, "show", "eu-vaw-5")
    assert "Ceiling" not in out and not re.search(r"\b0 (years|EUR)", out)


def test_compare_says_that_unknown_is_not_lawful(capsys):
    _, out, _ = said(capsys, "compare", "fr", "DK", "GB")
    row = next(line for line in out.splitlines() if line.startswith("making"))
    assert "not named" in row and "in force" in row
    assert "It never means lawful" in re.sub(r"\s+", " ", out)


def test_deadline_keeps_the_clocks_apart(capsys):
    _, out, _ = said(capsys, "deadline", "us-ca-sb981", "2026-12-02T10:00-08:00", "--json")
    ends = {line["clock"]: line["due"] for line in json.loads(out)}
    assert ends["acknowledgement"] == "2026-12-04T10:00:00-08:00"
    assert ends["decision"] == "2027-01-01T10:00:00-08:00"
    assert ends["removal"] is None


@pytest.mark.parametrize(
    ("lang", "words", "who"),
    [
        ("en", ["deadline", "eu-dsa-17-20-21", "2026-08-31T10:00+02:00"], "the person who notified or posted"),
        ("fr", ["deadline", "eu-dsa-17-20-21", "2026-08-31T10:00+02:00"], "la personne qui a notifié ou"),
        ("en", ["show", "fr-lcen-6-vii"], "Who is bound a person who notifies a host"),
        ("fr", ["show", "fr-lcen-6-vii"], "une personne qui notifie un hébergeur"),
        ("en", ["show", "eu-dsa-23"], "a platform or host, the person who notified or posted"),
    ],
)
def test_who_notifies_or_complains_is_not_called_the_author(capsys, monkeypatch, lang, words, who):
    monkeypatch.setenv("COLUMNS", "200")
    _, out, _ = said(capsys, *words, "--lang", lang)
    assert who in re.sub(r"[ \u00a0]+", " ", out)


@pytest.mark.parametrize("record", ["fr-cp-222-33", "fr-cp-223-1-1", "fr-cp-312-10", "fr-cp-227-22-1"])
def test_harassment_doxing_blackmail_and_propositions_bind_any_person_who_does_them(capsys, record):
    _, out, _ = said(capsys, "show", record)
    bound = next(line for line in out.splitlines() if line.startswith("Who is bound"))
    assert bound.removeprefix("Who is bound").strip() == "a person"  # "who makes, asks, shows or keeps" was false


def test_deadline_prints_the_words_of_the_text_where_it_has_no_number(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")  # a narrower table wraps the words, in a column of their own
    _, out, _ = said(capsys, "deadline", "eu-dsa-16", "2026-12-02T10:00", "--tz", "Europe/Paris", "--lang", "fr")
    flat = re.sub(r"\s+", " ", out)
    assert "Aucun nombre d’heures" in flat and "dans les" in flat and "sans nombre" in flat


@pytest.mark.parametrize("words", COMMANDS, ids=[" ".join(words[:2]) for words in COMMANDS])
def test_json_is_whole_and_unknown_is_null(capsys, words):
    status, out, _ = said(capsys, *words, "--json")
    assert status == 0 and json.loads(out)
    assert "<NA>" not in out and "NaT" not in out and "NaN" not in out


def test_json_of_a_comparison_names_the_records_of_each_cell(capsys):
    _, out, _ = said(capsys, "compare", "FR", "DK", "--json", "--as-of", "2026-12-02")
    made = json.loads(out)
    cell = next(cell for cell in made["cells"] if (cell["conduct"], cell["jurisdiction"]) == ("creation", "DK"))
    assert cell["records"] == ["dk-strfl-264e"] and made["on"] == "2026-12-02"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), r"^`contrechamp law` has no action ''\. Known: show, search, compare, deadline\.$"),
        (("comare", "FR"), r"^`contrechamp law` has no action comare\. Did you mean compare\?$"),
        (("show",), r"^Which record\?"),
        (("show", "fr-cp-226-81"), r"^There is no provision fr-cp-226-81\. Did you mean fr-cp-226-8-1\?$"),
        (("search",), r"^Which words\?"),
        (("compare",), r"^Which places\?"),
        (("compare", "FRR"), r"^There is no jurisdiction FRR\. Did you mean FR\?$"),
        (("compare", "FR", "--material", "sexual"), r"^There is no material sexual\."),
        (("show", "fr-cp-226-8-1", "--as-of", "tomorrow"), r"^'tomorrow' is not a date\."),
        (("show", "fr-cp-226-8-1", "--as-of", "1901-01-01"), r"^No record is older than 8 February 1996\."),
        (("deadline", "gb-osa-48h"), r"^Which record and which moment\?"),
        (("deadline", "gb-osa-48h", "2026-12-02T10:00"), r"^2026-12-02T10:00 has no time zone"),
        (("deadline", "fr-cp-226-8-1", "2026-12-02T10:00Z"), r"^fr-cp-226-8-1 has no clock in the records\."),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(capsys, words, says):
    status, out, err = said(capsys, *words)
    assert (status, out, err.count("\n")) == (2, "", 1) and re.search(says, err), err


def test_errors_come_in_the_language_asked_for_and_the_language_of_the_process_stays(capsys, monkeypatch):
    _, _, err = said(capsys, "show", "fr-cp-226-81", "--lang", "fr")
    assert err.startswith("Il n’y a pas de disposition fr-cp-226-81.")
    monkeypatch.delenv("CONTRECHAMP_LANG")
    said(capsys, "show", "fr-cp-226-8-1", "--lang", "fr")
    import os

    assert "CONTRECHAMP_LANG" not in os.environ


def test_a_search_without_a_hit_is_no_answer(capsys):
    status, out, _ = said(capsys, "search", "teapot")
    assert status == 0 and "that is no answer" in re.sub(r"\s+", " ", out)
