"""What a translation must keep, and what French must look like."""

import pytest

from contrechamp.authoring.proofreading import problems

GOOD = [
    ("Read {{ stat:a.b|0 }} of `x`.", "Lisez {{ stat:a.b }} de `x`."),
    ("See [here](../en/02.ipynb).", "Voir [ici](../fr/02.ipynb)."),
    ("A rise of $0.5$?", "Une hausse de $0{,}5$ ?"),
    ("**Predict.** Write: one.", "**Prédire.** Écrivez : un."),
    ("| a | b |", "| un | deux |"),
    ("{name} is {n}", "{n} : {name}"),
    ("At 14:30, http://a.b/c?d", "À 14:30, http://a.b/c?d"),
    ('"quoted"', "« cité »"),
    ('use "linear" or call f("02.a")', 'utilisez "linear" ou appelez f("02.a")'),
]
BAD = [
    ("Read {{ stat:a.b }}.", "Lisez 42.", "references differ"),
    ("Read `x`.", "Lisez x.", "code spans differ"),
    ("See [here](a.md).", "Voir [ici](b.md).", "links differ"),
    ("{name} is here", "{nom} est ici", "format fields differ"),
    ("| a | b |", "| un |", "table columns differ"),
    ("<a>x</a>", "x", "HTML tags differ"),
    ("$x$ rises", "$y$ monte", "maths differ"),
    ("One thing", "- Une chose", "in one language only"),
    ("Why?", "Pourquoi?", "no space before"),
    ("Note: this", "Note: ceci", "no space before"),
    ("five", "5%", "no space before %"),
    ('"quoted"', '"cité"', "quotation marks"),
    ("minus one", "soit -1 point", "minus"),
]


@pytest.mark.parametrize(("source", "translation"), GOOD)
def test_a_faithful_translation_passes(source, translation):
    assert problems(source, translation, "fr") == []


@pytest.mark.parametrize(("source", "translation", "words"), BAD)
def test_each_slip_of_a_translation_is_named(source, translation, words):
    assert any(words in problem for problem in problems(source, translation, "fr"))


def test_french_typography_is_not_asked_of_other_languages():
    assert problems("Why?", "Warum?", "de") == []
