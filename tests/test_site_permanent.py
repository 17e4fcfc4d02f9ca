"""Addresses that others may link never vanish: pages, questions, figures, provisions, words, decks."""

import dataclasses

import pytest
from conftest import ROOT

from contrechamp.errors import ContrechampError
from contrechamp.site import command, permanent
from contrechamp.site.pages import Page

KINDS = {"page": 90, "question": 106, "record": 300, "term": 30, "deck": 10}


@pytest.fixture(scope="module", params=["en", "fr"])
def pages(request) -> dict[str, Page]:
    """All pages of a language."""
    return command.collect(ROOT, request.param)


def test_no_address_of_the_list_has_vanished(pages):
    gone = permanent.lost(permanent.read(), permanent.addresses(pages))
    assert not gone, f"others may link these: {gone}"


def test_every_address_stands_in_the_list(pages):
    new = sorted(set(permanent.addresses(pages)) - set(permanent.read()))
    assert not new, f"run python -m contrechamp.site.permanent, which adds {new[:5]}"


def test_the_list_holds_every_kind_of_address():
    kept = [permanent.kind(address) for address in permanent.read()]
    for kind, least in KINDS.items():
        assert kept.count(kind) >= least, kind
    assert set(kept) == set(KINDS)


def test_a_question_a_figure_and_a_page_that_go_are_named(pages):
    shrunk = {name: page for name, page in pages.items() if name != "lessons/07"}
    for name, anchor in (("quiz/02", "q-02.b"), ("data/statistics", "iwf-2023-reports")):
        source = shrunk[name].source.replace(f'id="{anchor}"', 'id="other"')
        shrunk[name] = dataclasses.replace(shrunk[name], source=source)
    gone = permanent.lost(permanent.read(), permanent.addresses(shrunk))
    assert gone == ["data/statistics#iwf-2023-reports", "lessons/07", "quiz/02#q-02.b"]


def test_writing_the_list_adds_and_never_takes_away(tmp_path, monkeypatch):
    monkeypatch.setattr(permanent, "LIST", tmp_path / "permanent.csv")
    assert permanent.read() == []
    permanent.LIST.write_text(permanent.written(["quiz/02#q-02.z", "help"], ["help", "about"]), encoding="utf-8")
    assert permanent.read() == ["about", "help", "quiz/02#q-02.z"]
    assert permanent.written(permanent.read(), []) == permanent.LIST.read_text("utf-8")


def test_the_command_says_what_is_gone_and_keeps_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(permanent, "LIST", tmp_path / "permanent.csv")
    monkeypatch.setattr(command, "collect", lambda root, lang: {"help": Page("help", "# Help", "x")})
    permanent.LIST.write_text(permanent.written(["lessons/99"], []), encoding="utf-8")
    assert permanent.main() == 1
    said = capsys.readouterr()
    assert said.out == "1 addresses added, 1 kept.\n" and "lessons/99 is gone" in said.err
    assert permanent.read() == ["help", "lessons/99"]


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_address_of_the_list_stands_once_in_the_site_that_was_built(web_site, lang):
    for name, _, anchor in (address.partition("#") for address in permanent.read()):
        page = (web_site / lang / f"{name}.html").read_text(encoding="utf-8")
        assert not anchor or page.count(f'id="{anchor}"') == 1, f"{name}#{anchor}"


@pytest.mark.parametrize("text", ["", "kind,address\nquestion,help\n", "kind,address\npage\n", "address\nhelp\n"])
def test_a_damaged_list_is_one_sentence(tmp_path, monkeypatch, text):
    monkeypatch.setattr(permanent, "LIST", tmp_path / "permanent.csv")
    permanent.LIST.write_text(text, encoding="utf-8")
    with pytest.raises(ContrechampError, match=r"permanent\.csv is not a list"):
        permanent.read()
