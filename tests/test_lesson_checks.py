"""Checks of answers: what is right, what is a known error, what is not finished, and that nothing ever raises."""

import contextlib
import json
import math
import os
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_answers import CHECKS, write_home

from contrechamp.lesson import check, hint
from contrechamp.lesson.answers import plain
from contrechamp.lesson.checks import evaluate, find

NUMBER, MIXED = CHECKS["checks"]
RIGHT = {"unit": "webpage", "letter": "b", "ids": ["a", "c"]}


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_HOME", str(write_home(tmp_path / "home")))
    monkeypatch.setenv("CONTRECHAMP_LANG", "en")
    return tmp_path / "home"


class Liar(float):
    """A wrong answer that says it is equal to everything."""

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0

    def __float__(self):
        return 154.4

    def __sub__(self, other):
        return 0.0

    def __abs__(self):
        return 0.0

    def __le__(self, other):
        return True


class Bomb:
    """Raises from whatever is asked of it, and not only ordinary exceptions."""

    def _explode(self, *args, **kwargs):
        raise SystemExit("no")

    __eq__ = __float__ = __repr__ = __str__ = __len__ = __iter__ = __bool__ = __hash__ = __format__ = _explode
    __index__ = __int__ = __call__ = __abs__ = __sub__ = __getattr__ = _explode

    @property
    def __class__(self):
        raise RuntimeError("no")


class Exit:
    """Ends the program when it is made a number."""

    def __float__(self):
        raise SystemExit("no")


class Meta(type):
    @property
    def __name__(cls):
        raise ValueError("no")

    @property
    def __module__(cls):
        raise ValueError("no")


class Nameless(metaclass=Meta):
    pass


class EndlessList(list):
    def __iter__(self):
        while True:
            yield "a"


class FakeNumPy:
    """Says that it comes from NumPy and holds one value, then raises."""

    __module__ = "numpy"
    size = 1

    def item(self):
        raise MemoryError("no")


class LoudText(str):
    def __str__(self):
        raise RuntimeError("no")

    def strip(self, *args):
        raise RuntimeError("no")


# By name: pytest itself would trip over these objects.
HOSTILE = {
    "bomb": Bomb(),
    "exit": Exit(),
    "class without a name": Nameless,
    "object without a name": Nameless(),
    "endless list": EndlessList(),
    "false NumPy": FakeNumPy(),
    "text that raises": LoudText("x"),
    "class": Bomb,
    "object": object(),
    "function": lambda: 1,
    "constant": NotImplemented,
    "bomb in a list": [Bomb()],
}


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (154.4, "right"),
        (154, "right"),
        (153.9, "right"),
        (154.9, "right"),
        (153.89, "wrong"),
        (154.91, "wrong"),
        (np.float32(154.4), "right"),
        (np.float64(154.4), "right"),
        (np.int16(154), "right"),
        (np.longdouble(154.4), "right"),
        (np.array(154.4), "right"),
        (np.array([154.4]), "right"),
        (pd.Series([154.4], index=["x"]), "right"),
        (pd.Series([154.4], dtype="Float64"), "right"),
        (Decimal("154.9"), "right"),
        (Fraction(1549, 10), "right"),
        (254.4, "misconception"),
        (60.7, "misconception"),
        (-154.4, "wrong"),
        (0, "wrong"),
        (Liar(12), "wrong"),
        (Liar(154.4), "right"),
        (..., "unfinished"),
        (None, "unfinished"),
        ("", "unfinished"),
        ("  ", "unfinished"),
        ("...", "unfinished"),
        ("…", "unfinished"),
        ("?", "unfinished"),
        ("154,4 %", "type"),
        ("154.4", "type"),
        ("many", "type"),
        (b"154.4", "type"),
        (True, "type"),
        (np.True_, "type"),
        (pd.Series([True]), "type"),
        (math.nan, "type"),
        (np.nan, "type"),
        (pd.NA, "type"),
        (pd.NaT, "type"),
        (math.inf, "type"),
        (-math.inf, "type"),
        (Decimal("NaN"), "type"),
        (Decimal("sNaN"), "type"),
        (Decimal("Infinity"), "type"),
        (Decimal("1e999"), "type"),
        (10**400, "type"),
        (Fraction(10**400), "type"),
        (1j, "type"),
        ((154, 4), "type"),
        ([154.4], "type"),
        ([], "type"),
        ({}, "type"),
        (np.array([154.4, 1]), "type"),
        (pd.Series([], dtype=float), "type"),
        (pd.DataFrame({"a": [154.4]}), "type"),
        (print, "type"),
    ],
)
def test_a_number_is_judged_by_its_value_and_anything_else_by_its_kind(value, status):
    verdict = evaluate(NUMBER, {"change": value}, "en")
    assert verdict.status == status
    assert "change" in verdict.message


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("154,4 %", "a decimal point, no quotation marks, no % sign"),
        ("1 234", "a decimal point"),
        ("−3.5", "a decimal point"),
        ("many", "without quotation marks"),
        (True, "True or False"),
        ((154, 4), "12.5, not 12,5"),
        (math.nan, "NaN"),
        (math.inf, "divided by zero"),
        (print, "call it"),
        ([1, 2], "one number"),
        (1j, "complex"),
    ],
)
def test_a_value_of_the_wrong_kind_is_told_what_to_do(value, words):
    assert words in evaluate(NUMBER, {"change": value}, "en").message


def test_a_number_typed_as_text_is_told_so_even_when_it_would_be_right():
    assert evaluate(NUMBER, {"change": "154.4"}, "en").status == "type"


@pytest.mark.parametrize(("value", "name"), [(60.7, "wrong_base"), (60.95, "wrong_base"), (61.05, "rounded_base")])
def test_of_two_misconceptions_within_tolerance_the_nearest_wins(value, name):
    assert evaluate(NUMBER, {"change": value}, "en").misconception == name


def test_the_right_answer_wins_over_a_misconception_within_tolerance():
    close = {**NUMBER, "misconceptions": [{"name": "near", "values": {"change": 154.5}, "message": {"en": "x"}}]}
    assert evaluate(close, {"change": 154.6}, "en").status == "right"


def test_each_misconception_has_its_own_message():
    said = {evaluate(NUMBER, m["values"], "en").message for m in NUMBER["misconceptions"]}
    assert len(said) == len(NUMBER["misconceptions"])


@pytest.mark.parametrize(
    ("changed", "status", "name"),
    [
        ({}, "right", None),
        ({"unit": "  Page WEB "}, "right", None),
        ({"unit": "OEuvre"}, "right", None),
        ({"unit": "page"}, "right", None),
        ({"unit": "page publiee"}, "right", None),
        ({"unit": "Page publie\u0301e"}, "right", None),
        ({"unit": np.str_("webpage")}, "right", None),
        ({"unit": "report"}, "wrong", None),
        ({"unit": "Enfant"}, "misconception", "child"),
        ({"unit": "child", "letter": "a"}, "misconception", "child_and_a"),
        ({"unit": 3}, "type", None),
        ({"unit": ["webpage"]}, "type", None),
        ({"letter": "B"}, "right", None),
        ({"letter": " b) "}, "right", None),
        ({"letter": "(b)"}, "right", None),
        ({"letter": "bc"}, "type", None),
        ({"letter": "2"}, "type", None),
        ({"letter": 2}, "type", None),
        ({"letter": "a"}, "wrong", None),
        ({"ids": {"c", "A"}}, "right", None),
        ({"ids": ("c", "a", "a")}, "right", None),
        ({"ids": EndlessList(["a", "c"])}, "right", None),
        ({"ids": "a, c"}, "right", None),
        ({"ids": "ac"}, "right", None),
        ({"ids": np.array(["a", "c"])}, "right", None),
        ({"ids": pd.Series(["a", "c"])}, "right", None),
        ({"ids": pd.Index(["a", "c"])}, "right", None),
        ({"ids": ["a", "b", "c"]}, "misconception", "all"),
        ({"ids": []}, "unfinished", None),
        ({"ids": ...}, "unfinished", None),
        ({"ids": [1.5]}, "type", None),
        ({"ids": [["a"]]}, "type", None),
        ({"ids": 3}, "type", None),
    ],
)
def test_texts_letters_and_sets_are_compared_as_people_write_them(changed, status, name):
    verdict = evaluate(MIXED, RIGHT | changed, "en")
    assert (verdict.status, verdict.misconception) == (status, name)


@pytest.mark.parametrize("name", ["change", "unit", "letter", "ids"])
@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_of_any_kind_gets_a_sentence(name, value):
    item, right = (NUMBER, {}) if name == "change" else (MIXED, RIGHT)
    verdict = evaluate(item, {**right, name: HOSTILE[value]}, "en")
    assert verdict.status in ("type", "wrong", "unfinished")
    assert name in verdict.message


def test_what_is_right_and_what_is_not_is_said_by_name():
    message = evaluate(MIXED, RIGHT | {"letter": "a"}, "en").message
    assert message.splitlines() == ["unit, ids: right. letter: not yet.", "Hint: Read the record."]


def test_every_unfinished_value_is_named_and_no_other():
    verdict = evaluate(MIXED, RIGHT | {"unit": ..., "ids": None}, "en")
    assert verdict.status == "unfinished"
    assert "unit, ids" in verdict.message
    assert "letter" not in verdict.message


def test_a_name_left_out_or_mistyped_is_named():
    verdict = evaluate(NUMBER, {"chnage": 154.4}, "en")
    assert verdict.status == "unfinished"
    assert 'check("02.E1", change=change)' in verdict.message
    assert "chnage" in verdict.message


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.decimals()
    | st.fractions()
    | st.text()
    | st.binary()
    | st.just(...)
    | st.dates()
    | st.floats(width=16).map(np.float16)
    | st.floats().map(np.array)
    | st.lists(st.floats()).map(np.array)
    | st.lists(st.text()).map(lambda texts: pd.Series(texts, dtype=object)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=5,
)


@given(change=ANYTHING)
def test_no_value_given_for_a_number_raises_and_every_message_names_it(change):
    verdict = evaluate(NUMBER, {"change": change}, "en")
    assert "change" in verdict.message
    assert verdict.message.count("\n") <= 1


@given(unit=ANYTHING, letter=ANYTHING, ids=ANYTHING)
def test_no_value_given_for_texts_raises(unit, letter, ids):
    assert evaluate(MIXED, {"unit": unit, "letter": letter, "ids": ids}, "fr").message


HUNDREDTHS = st.integers(-(10**7), 10**7)


@given(expected=HUNDREDTHS, tolerance=st.integers(0, 10**4), gap=st.integers(-20_000, 20_000))
def test_an_answer_is_right_exactly_up_to_its_tolerance(expected, tolerance, gap):
    spec = {"kind": "number", "expected": expected / 100, "tolerance": tolerance / 100}
    verdict = evaluate({"id": "x", "values": {"n": spec}}, {"n": (expected + gap) / 100}, "en")
    assert (verdict.status == "right") == (abs(gap) <= tolerance)


@given(st.text())
def test_comparing_texts_ignores_case_accents_and_outer_spaces(text):
    assert plain(plain(text)) == plain(text)
    assert plain(f"  {text} ") == plain(text)


def test_check_prints_in_the_readers_language_and_returns_nothing(capsys, monkeypatch):
    assert check("02.E1", change=154.4) is None
    monkeypatch.setenv("CONTRECHAMP_LANG", "fr")
    check("02.E1", change=12)
    check("02.E1", change=154.4)
    hint("02.E1")
    printed = capsys.readouterr().out
    assert "change: right.\nThe base is the first count.\n" in printed
    assert "Indice\u202f: Divisez par la base.\n" in printed
    assert "change\u202f: juste.\nLa base est le premier nombre.\n" in printed


@pytest.mark.parametrize("item", ["02.E9", "99.E1", "", "../02", "02", "*.E1", 2.1, None, ..., [1]])
def test_an_unknown_check_gets_one_sentence(item, capsys):
    check(item, change=1)
    printed = capsys.readouterr().out
    assert printed.startswith("There is no check")
    assert ("This lesson has: 02.E1, 02.E2, 02.A1." in printed) == str(item).startswith("02")


def test_a_check_is_found_whatever_its_case_and_in_the_alternative(capsys):
    check(" 02.e1 ", change=154.4)
    check("02.A1", change=154.4)
    assert capsys.readouterr().out.count("change: right.") == 2


def test_a_value_may_be_named_like_a_parameter(capsys):
    check("02.E1", item=1)
    assert "does not know item" in " ".join(capsys.readouterr().out.split())


def test_a_rebuilt_file_of_checks_is_read_again(home):
    assert find("02.E1")["points"] == 1
    path = home / "datasets/checks/02_toy.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"points": 1', '"points": 2'), encoding="utf-8")
    os.utime(path, (1, 1))
    assert find("02.E1")["points"] == 2


@pytest.mark.parametrize("content", ["{", "[]", '{"checks": [1]}', '{"checks": [{}]}', '{"checks": [{"id": "02.E1"}]}'])
def test_a_damaged_file_of_checks_gets_one_sentence(content, home, capsys):
    (home / "datasets/checks/02_toy.json").write_text(content, encoding="utf-8")
    with contextlib.suppress(json.JSONDecodeError):
        check("02.E1", change=1)
    assert "02_toy.json" in capsys.readouterr().out


def test_with_the_code_of_a_paper_the_answer_is_noted_and_not_judged(capsys):
    cases = [
        ({"change": 154.4}, "change: noted. Your teacher has the key of this paper (7f3a9c).\n"),
        ({"change": 1}, "change: noted. Your teacher has the key of this paper (7f3a9c).\n"),
        ({"change": ...}, "Not answered yet: change."),
        ({"change": "x"}, "change is text"),
    ]
    for values, says in cases:
        check("02.E1@7F3A9C", **values)
        assert capsys.readouterr().out.startswith(says)
    hint("02.E1@7f3a9c")
    assert capsys.readouterr().out == "Hint: Divide by the base.\n"


@pytest.mark.parametrize("item", ["02.E1@", "02.E1@ …", "02.E1@é"])
def test_a_code_that_is_none_leaves_the_shipped_check(item, capsys):
    check(item, change=154.4)
    assert capsys.readouterr().out.startswith("change: right.")
