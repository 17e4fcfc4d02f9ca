"""A notice with what article 16 of the DSA asks: each gap is named, and nothing of a minor is copied or attached."""

import dataclasses
import doctest

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contrechamp.law import notice
from contrechamp.law.notice import Notice, missing, written

WHOLE = Notice(
    reasons="A sexual fake of me, an adult, published without my consent; article 226-8-1 of the French Penal Code.",
    url="https://network.example/post/1234567",
    name="A. N.",
    email="a.n@mail.example",
    good_faith=True,
)


@pytest.fixture(autouse=True)
def _in_english(monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_LANG", "en")


def test_the_examples_in_the_docstrings_are_true():
    assert doctest.testmod(notice).failed == 0


def test_a_whole_notice_lacks_nothing():
    assert missing(WHOLE) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"reasons": ""}, "Say why"),
        ({"reasons": "Illegal!"}, "Say why"),
        ({"reasons": "c'est illicite"}, "Say why"),
        ({"reasons": "remove this fake now please"}, "Say why"),
        ({"url": "https://network.example"}, "exact address"),
        ({"url": "https://network.example/someone"}, "exact address"),
        ({"url": "https://network.example/search/fakes"}, "exact address"),
        ({"url": "network.example/post/1234567"}, "exact address"),
        ({"url": ""}, "exact address"),
        ({"name": " "}, "your name"),
        ({"email": "a.n"}, "e-mail address"),
        ({"good_faith": False}, "good faith"),
        ({"attachment": "screenshot.png"}, "each copy is one more copy"),
    ],
)
def test_each_gap_is_named_and_no_other(change, says):
    (sentence,) = missing(dataclasses.replace(WHOLE, **change))
    assert says in sentence


@pytest.mark.parametrize("url", ["https://network.example/watch?v=12345", "https://network.example/a/status/99",
                                 "https://network.example/p1234567"])  # fmt: skip
def test_addresses_of_one_post_are_exact(url):
    assert missing(dataclasses.replace(WHOLE, url=url)) == []


def test_whoever_reports_an_offence_against_a_minor_need_not_give_a_name():
    anonymous = dataclasses.replace(WHOLE, name="", email="", about_a_minor=True)
    assert missing(anonymous) == []
    assert len(missing(dataclasses.replace(anonymous, about_a_minor=False))) == 2


def test_nothing_of_a_minor_is_attached_not_even_as_proof():
    (sentence,) = missing(dataclasses.replace(WHOLE, about_a_minor=True, attachment="proof.png"))
    assert "not even as proof" in sentence


@settings(max_examples=60)
@example(Notice(url="http://[broken"))
@given(st.builds(Notice, reasons=st.text(), url=st.text(), name=st.text(), email=st.text(), good_faith=st.booleans(),
                 about_a_minor=st.booleans(), attachment=st.text()))  # fmt: skip
def test_whatever_is_typed_gets_sentences_and_never_an_error(typed):
    assert all(sentence.endswith(".") for sentence in missing(typed, lang="en"))
    assert written(typed, lang="en") == written(dataclasses.replace(typed, attachment=""), lang="en")
