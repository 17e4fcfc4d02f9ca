"""Catalogues follow their sources: nothing is lost, drift is named, a third language needs catalogues only."""

import polib
import pytest
from toy_course import plant, translate

from contrechamp.authoring import catalogue, sources, strings
from contrechamp.authoring.catalogue import Catalogue, Term
from contrechamp.errors import ContrechampError

TERMS = [Term("One hotline, one subject.", "paragraph", "notebooks/x.md"), Term("Unit", "table row", "notebooks/x.md")]


def merged(path, terms, lang="fr"):
    book = catalogue.merge(path, terms, lang)
    catalogue.write(book, path)
    return polib.pofile(str(path))


def test_a_new_sentence_awaits_its_translation(tmp_path):
    book = merged(tmp_path / "x.po", TERMS)
    assert [(entry.msgid, entry.msgstr, entry.comment) for entry in book] == [
        ("One hotline, one subject.", "", "paragraph"),
        ("Unit", "", "table row"),
    ]
    problems = Catalogue(tmp_path / "x.po").problems(TERMS)
    assert len(problems) == 2 and "missing" in problems[0]


def test_a_changed_sentence_keeps_its_old_translation_as_a_draft_and_is_named(tmp_path):
    path = tmp_path / "x.po"
    merged(path, TERMS)
    book = polib.pofile(str(path))
    book[0].msgstr, book[1].msgstr = "Un organisme, un sujet.", "Unité"
    book.save()
    changed = [Term("One hotline, one subject only.", "paragraph", "notebooks/x.md"), TERMS[1]]
    entry = merged(path, changed)[0]
    assert (entry.fuzzy, entry.msgstr, entry.previous_msgid) == (True, "Un organisme, un sujet.", TERMS[0].text)
    assert Catalogue(path).get(changed[0].text) is None, "a draft is no translation"
    assert "out of date" in Catalogue(path).problems(changed)[0]


def test_a_sentence_that_disappears_and_returns_keeps_its_translation(tmp_path):
    path = tmp_path / "x.po"
    merged(path, TERMS)
    book = polib.pofile(str(path))
    book[1].msgstr = "Unité"
    book.save()
    merged(path, TERMS[:1])
    assert "#~" in path.read_text("utf-8"), "the translation must stay as a comment"
    assert merged(path, TERMS)[1].msgstr == "Unité"


def test_bringing_up_to_date_twice_changes_nothing(tmp_path):
    path = tmp_path / "x.po"
    merged(path, TERMS)
    assert catalogue.write(catalogue.merge(path, TERMS, "fr"), path) is False


def test_a_translator_s_comment_survives(tmp_path):
    path = tmp_path / "x.po"
    merged(path, TERMS)
    book = polib.pofile(str(path))
    book[0].tcomment = "terms.csv: organisme"
    book.save()
    assert merged(path, TERMS)[0].tcomment == "terms.csv: organisme"


def test_a_file_that_is_no_catalogue_is_one_sentence(tmp_path):
    (tmp_path / "x.po").write_text("this is no catalogue", encoding="utf-8")
    with pytest.raises(ContrechampError, match="is not a gettext catalogue"):
        Catalogue(tmp_path / "x.po")


def test_strings_of_figures_tables_and_messages_are_found_in_cells():
    code = 'show(bars(f, title="A finding"), alt="Bars rise")\ntable(f, unit="Unit", digits=1)\n_("Hello")\nprint("no")'
    assert [(m.text, m.kind) for m in strings.in_code(code, "x")] == [
        ("Bars rise", "figure description"),
        ("A finding", "figure title"),
        ("Unit", "table heading"),
        ("Hello", "message"),
    ]


def test_only_gettext_calls_count_in_the_library():
    code = 'raise Error(_("Say it"))\nplot(title="internal")'
    assert [m.text for m in strings.in_code(code, "x", cells=False)] == ["Say it"]


def test_the_whole_toy_can_be_translated(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CONTRECHAMP_HOME", str(plant(tmp_path)))
    assert catalogue.main([]) == 0
    assert "to translate" in capsys.readouterr().out
    translate(tmp_path)
    catalogue.main([])
    assert "nothing to translate" in capsys.readouterr().err


def test_unknown_lesson_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_HOME", str(plant(tmp_path)))
    with pytest.raises(ContrechampError, match=r"There is no lesson 77\. There are: 09\."):
        sources.find(["77"])
