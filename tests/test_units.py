"""Cutting prose into units for translators loses nothing and sends no code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contrechamp.authoring import units

KINDS = [
    ("# Title", [("heading", "Title")]),
    ("One\nparagraph.", [("paragraph", "One paragraph.")]),
    ("Two\\\nlines", [("paragraph", "Two\\\nlines")]),
    ("Two  \nlines", [("paragraph", "Two\\\nlines")]),
    ("> **Care.** first\n> second", [("quotation", "**Care.** first second")]),
    ("- one\n  more\n- two", [("list item", "one more"), ("list item", "two")]),
    ("1. one\n2. two", [("list item", "one"), ("list item", "two")]),
    ("> - in a quotation", [("list item", "in a quotation")]),
    ("| a | b |\n|---|---|\n| c | d |", [("table row", "| a | b |"), ("table row", "| c | d |")]),
    ("```python\ncode\n```", []),
    ("    indented code", []),
    ("$$\nx = y\n$$", []),
    ("`code` alone", [("paragraph", "`code` alone")]),
    ("`code`", []),
    ("{{ help:card }}", []),
    ('<a id="further"></a>', []),
    ("| {{ stat:a.b }} | `x` |\n|---|---|", []),
]


@pytest.mark.parametrize(("text", "expected"), KINDS)
def test_each_kind_of_block_gives_its_units(text, expected):
    assert [(unit.kind, unit.text) for unit in units.split(text)] == expected


@pytest.mark.parametrize("text", [text for text, _ in KINDS])
def test_a_text_that_nobody_translates_comes_back_unchanged(text):
    assert units.join(text, lambda unit: None) == text


BLOCKS = st.sampled_from([text for text, _ in KINDS])


@given(st.lists(BLOCKS, max_size=6))
def test_any_sequence_of_blocks_survives_the_round_trip(blocks):
    text = "\n\n".join(blocks) + "\n"
    assert units.join(text, lambda unit: None) == text


@given(st.lists(BLOCKS, max_size=6))
def test_translated_units_stand_where_their_source_stood(blocks):
    text = "\n\n".join(blocks) + "\n"
    upper = units.join(text, lambda unit: unit.text.upper() if "`" not in unit.text else unit.text)
    kinds = [(unit.kind, unit.text.casefold()) for unit in units.split(upper)]
    assert kinds == [(unit.kind, unit.text.casefold()) for unit in units.split(text)]


def test_a_translation_keeps_the_marks_of_quotations_and_lists():
    text = "> - one\n>   more\n\n## Head\n\n1. first\n"
    assert units.join(text, lambda unit: "X") == "> - X\n\n## X\n\n1. X\n"


def test_a_hard_break_keeps_its_quotation_mark():
    assert units.join("> one\\\n> two\n", lambda unit: "un\\\ndeux") == "> un\\\n> deux\n"
