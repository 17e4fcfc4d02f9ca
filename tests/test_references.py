"""A number enters prose by reference only, and a bad reference stops the build with one sentence."""

import pytest

from contrechamp.authoring import references
from contrechamp.authoring.references import Resolver
from contrechamp.errors import ContrechampError

RECORDS = {
    "good": {
        "grade": "A",
        "value": 16693,
        "label_en": "Adults",
        "label_fr": "Adultes d'ici",
        "date": "2026-12-02",
        "year": 2026,
    },
    "ci": {"grade": "B", "value": 2.2, "n": None, "nan": float("nan"), "flag": True},
    "memory": {"grade": "C", "value": 7},
}


@pytest.fixture
def resolve(monkeypatch):
    made = {"stat": RECORDS, "law": {"fr-x": {"grade": "A", "citation_en": "arts 6 and 8",
                                              "citation_fr": "art. 6 et 8"},
                    "gb-x": {"grade": "A", "citation_en": "Use and Access Act, s.1"}}}  # fmt: skip
    monkeypatch.setattr(references, "_records", made.get)
    monkeypatch.setattr(references, "_has_law", lambda: True)

    def run(text, lang="en", **options):
        return Resolver(lang, {"02": {"rise": 154.404, "pages": 210, "word": "five"}}, **options).text(text, "here")

    return run


@pytest.mark.parametrize(
    ("text", "english", "french"),
    [
        ("{{ stat:good.value }}", "16,693", "16\u202f693"),
        ("{{stat:good.label}}", "Adults", "Adultes d’ici"),
        ("{{ stat:good.date }}", "2 December 2026", "2 décembre 2026"),
        ("{{ stat:good.year }}", "2026", "2026"),
        ("{{ stat:ci.value }} %", "2.2 %", "2,2 %"),
        ("{{ result:02.rise|0.0 }}", "154.4", "154,4"),
        ("{{ result:02.pages|+0;-0 }}", "+210", "+210"),
        ("{{ law:fr-x.citation }}", "arts 6 and 8", "art. 6 et 8"),
        ("{{ law:gb-x.citation }}", "Use and Access Act, s.1", "Use and Access Act, s.1"),
        ("no reference", "no reference", "no reference"),
    ],
)
def test_references_are_written_in_each_language(resolve, text, english, french):
    assert (resolve(text), resolve(text, "fr")) == (english, french)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{{ stat:gone.value }}", "no record"),
        ("{{ stat:good.colour }}", "a field that the record lacks"),
        ("{{ stat:memory.value }}", "grade C"),
        ("{{ stat:ci.n }}", "unknown, not zero"),
        ("{{ stat:ci.nan }}", "unknown, not zero"),
        ("{{ stat:ci.flag }}", "cannot stand in a sentence"),
        ("{{ result:02.fall }}", "no published result (lesson 02 has: pages, rise, word)"),
        ("{{ result:99.rise }}", "lesson 99 has: none"),
        ("{{ poem:x.y }}", "no known source"),
        ("{{ 42 }}", "is not a reference"),
        ("{{ stat: good.value }}", "is not a reference"),
    ],
)
def test_a_bad_reference_is_one_sentence_that_names_the_place(resolve, text, words):
    with pytest.raises(ContrechampError) as caught:
        resolve(text)
    assert str(caught.value).startswith("here: ") and words in str(caught.value)


def test_without_legal_records_a_legal_reference_is_one_sentence_that_names_the_place(tmp_path, monkeypatch):
    (tmp_path / "datasets").mkdir()
    monkeypatch.setenv("CONTRECHAMP_HOME", str(tmp_path))
    with pytest.raises(
        ContrechampError, match=r"^here: \{\{ law:fr-x.title \}\} refers to the legal records, and this"
    ):
        Resolver("en", {}).text("{{ law:fr-x.title }}", "here")


def test_a_first_build_waits_for_results_but_not_for_records(resolve):
    assert resolve("{{ result:02.fall }}", lenient=True) == "{{ result:02.fall }}"
    with pytest.raises(ContrechampError):
        resolve("{{ stat:gone.value }}", lenient=True)


def test_a_translation_must_keep_the_references_whatever_their_pattern():
    assert references.names("{{ stat:a.b|0 }} and {{ result:02.x }}") == references.names(
        "{{result:02.x}} et {{ stat:a.b }}"
    )


def test_real_records_give_their_numbers_words_and_dates():
    references.forget()
    resolver = Resolver("fr", {})
    words = {
        "{{ stat:iwf-h1-2025-urls.value }}": "210",
        "{{ stat:iwf-h1-2025-urls.label }}": "Pages web IA, 1er semestre 2025",
        "{{ help:3018.phone_checked }}": "22 novembre 2026",
        "{{ stat:turing-2024.n }}": "1\u202f403",
    }
    assert {text: resolver.text(text, "here") for text in words} == words
