"""The reader's language: how it is found, and how numbers, dates and prose are written in it."""

import doctest

import pytest

from contrechamp import language


@pytest.mark.parametrize(
    ("value", "pattern", "english", "french"),
    [
        (1234.5, None, "1,234.5", "1\u202f234,5"),
        (400, None, "400", "400"),
        (26385, None, "26,385", "26\u202f385"),
        (-0.27, None, "\u22120.27", "\u22120,27"),
        (154.404, "0.0", "154.4", "154,4"),
        (400, "+0;-0", "+400", "+400"),
        (-13, "+0;-0", "\u221213", "\u221213"),
        (0.0002, "0.####", "0.0002", "0,0002"),
    ],
)
def test_numbers_are_written_as_each_language_does(value, pattern, english, french):
    assert (language.number(value, "en", pattern), language.number(value, "fr", pattern)) == (english, french)


@pytest.mark.parametrize(
    ("value", "english", "french"),
    [
        ("2026-12-02", "2 December 2026", "2 décembre 2026"),
        ("2027-03-01", "1 March 2027", "1er mars 2027"),
        ("2025-08", "August 2025", "août 2025"),
        ("2025", "2025", "2025"),
    ],
)
def test_dates_are_written_in_words(value, english, french):
    assert (language.date(value, "en"), language.date(value, "fr")) == (english, french)


@pytest.mark.parametrize("value", ["2 December 2026", "2026-13-01", "", "26-01-01"])
def test_what_is_no_date_is_refused(value):
    with pytest.raises(ValueError):
        language.date(value, "en")


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("Qu'en dire ?", "Qu’en dire\u202f?"),
        ("Figure : « oui » !", "Figure\u202f: «\u00a0oui\u00a0»\u202f!"),
        ("400 % et 75 000 €", "400\u00a0% et 75\u202f000\u00a0€"),
        ("{{ stat:x.value }} % de hausse ; fin...", "{{ stat:x.value }}\u00a0% de hausse\u202f; fin…"),
        ("`d'un : ?` reste", "`d'un : ?` reste"),
        ("[l'avis](http://a.fr/l'x?y=1) : oui", "[l’avis](http://a.fr/l'x?y=1)\u202f: oui"),
        ("à 14:30", "à 14:30"),
        ("{name} : {count} %", "{name}\u202f: {count}\u00a0%"),
    ],
)
def test_french_is_typeset_from_ordinary_signs(typed, set_):
    assert language.typeset(typed, "fr") == set_
    assert language.typeset(set_, "fr") == set_, "setting twice must change nothing"


def test_english_keeps_its_signs_but_binds_the_per_cent_sign():
    assert language.typeset("It's 5 % : yes", "en") == "It's 5\u00a0% : yes"


@pytest.mark.parametrize(
    ("asked", "folder", "system", "expected"),
    [
        ("fr", "en", "en_GB.UTF-8", "fr"),
        ("", "fr", "en_GB.UTF-8", "fr"),
        ("", "fr/solutions", "en_GB.UTF-8", "fr"),
        ("xx", "en", "fr_FR.UTF-8", "en"),
        ("", "elsewhere", "fr_FR.UTF-8", "fr"),
        ("", "elsewhere", "de_DE.UTF-8", "en"),
        ("", "elsewhere", "", "en"),
    ],
)
def test_the_variable_wins_over_the_folder_and_the_folder_over_the_system(
    asked, folder, system, expected, tmp_path, monkeypatch
):
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", system)
    monkeypatch.setattr(language._locale, "getlocale", lambda: (None, None))
    monkeypatch.setenv("CONTRECHAMP_LANG", asked)
    (tmp_path / folder).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / folder)
    assert language.current() == expected


def test_the_examples_of_the_module_hold():
    assert doctest.testmod(language).failed == 0
