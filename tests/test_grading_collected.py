"""Grading judges plain data exactly as `check` judged the student's own values, and never gives a silent zero."""

import enum
import json
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contrechamp.grading.collected import JUDGED, Collected, judge
from contrechamp.lesson import checks, plain_values

KINDS = {
    "number": {"kind": "number", "expected": 2.5, "tolerance": 0.1},
    "exact": {"kind": "number", "expected": 1 / 3, "tolerance": 0},
    "text": {"kind": "text", "expected": "cannot be computed", "accept": {"fr": ["impossible"]}},
    "choice": {"kind": "choice", "expected": "c"},
    "set": {"kind": "set", "expected": ["a", "2"]},
}


def rule(spec, points=1):
    return {"id": "99.E1", "points": points, "values": {"x": spec}, "hint": {"en": "Think."}, "misconceptions": []}


class Lying(float):
    """Equal to everything."""

    def __eq__(self, other):
        return True

    def __sub__(self, other):
        return 0.0

    __rsub__ = __sub__
    __hash__ = float.__hash__


class Raising:
    def __float__(self):
        raise SystemExit("no")


class Sized:
    def __len__(self):
        return 3


class Colour(enum.IntEnum):
    RED = 2


VALUES = [
    *(2.5, 2.4999, 2, 10**400, -(10**400), 1 / 3, 0.1 + 0.2, True, None, ..., "", "…", "c", " C) ", "2.5", "2,5 %"),
    *(float("nan"), float("inf"), -float("inf"), Decimal("2.5"), Decimal("NaN"), Fraction(5, 2), 2 + 1j, b"c"),
    *(["a", "2"], ["a", 2], {"2", "a"}, frozenset({2, "a"}), ("a", 2), (2, 5), (2.0, 5), [], (), set(), "a2", "a, 2"),
    *([1.5, "a"], [None], [True], [["a"]], {"a": 1}, range(3), len, float, Lying(7.0), Raising(), Sized(), object()),
    *(np.float64(2.5), np.int64(2), np.array([2.5]), np.array(2.5), np.array(["a", "2"]), np.array(["c"]), np.zeros(3)),
    *(np.bool_(True), np.str_("c"), np.datetime64("2026-01-01"), np.zeros((2, 2)), np.array([]), Colour.RED, pd.NA),
    *(pd.NaT, pd.Series([2.5]), pd.Series(["a", "2"]), pd.Series(dtype=float), pd.DataFrame({"a": [1]})),
    *(pd.Timestamp("2026-01-01"), "ne peut pas être calculé", "\ud800", "a\0b", "cannot  be\u00a0computed"),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_value_that_was_carried_gets_the_verdict_and_the_words_of_the_first_one(kind, lang):
    spec = KINDS[kind]
    for value in VALUES:
        carried = json.loads(json.dumps(plain_values.to_plain(value), allow_nan=False))
        again = plain_values.from_plain(carried, spec["kind"])
        before = checks.evaluate(rule(spec), {"x": value}, lang)
        assert checks.evaluate(rule(spec), {"x": again}, lang) == before, (value, carried)


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.decimals() | st.fractions()
anything = st.one_of(
    leaves, st.lists(leaves, max_size=4), st.tuples(leaves, leaves), st.dictionaries(st.text(), leaves)
)


@given(anything, st.sampled_from(sorted(KINDS)))
def test_the_verdict_survives_the_journey_whatever_the_value(value, kind):
    spec = KINDS[kind]
    carried = json.loads(json.dumps(plain_values.to_plain(value), allow_nan=False))
    again = plain_values.from_plain(carried, spec["kind"])
    assert checks.evaluate(rule(spec), {"x": again}, "en") == checks.evaluate(rule(spec), {"x": value}, "en")


json_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["of", "members", "name", "x"]), inner),
    max_leaves=12,
)


@given(json_anything, st.sampled_from(sorted(KINDS)))
def test_json_that_a_student_typed_into_the_file_is_judged_and_never_raises(plain, kind):
    spec = KINDS[kind]
    [outcome] = judge(Collected("graded", {"99.E1": {"x": plain}}), [rule(spec, 2)], "en")
    assert outcome.points in (0.0, 2.0)
    assert (outcome.points == 2.0) == (outcome.status == "right")


def test_what_is_carried_is_small_whatever_it_was():
    huge = [
        "x" * 10**6,
        list(range(10**6)),
        {str(i) for i in range(10**5)},
        np.zeros(10**6),
        type("N" * 10**5, (), {})(),
    ]
    for value in huge:
        assert len(json.dumps(plain_values.to_plain(value))) < 4_000
    values = plain_values.of_check({f"v{i}": i for i in range(1000)} | {"x": 1}, {"x": {}})
    assert len(values) == plain_values.MOST_VALUES and values["x"] == 1


@pytest.mark.parametrize("status", ["not_run", "unreadable", "too_large", "refused", "wrong_lesson", "wrong_variant"])
def test_a_hand_in_that_could_not_be_judged_has_no_points_and_not_zero(status):
    assert status not in JUDGED
    [outcome] = judge(Collected(status, {"99.E1": {"x": 2.5}}), [rule(KINDS["number"])], "en")
    assert (outcome.status, outcome.points, outcome.possible) == ("absent", None, 1.0)


def test_each_value_of_a_check_is_worth_its_part():
    both = rule(KINDS["number"], 2)
    both["values"] = {"sum": KINDS["number"], "reason": KINDS["choice"]}
    both["misconceptions"] = [{"name": "unit", "values": {"reason": "a"}, "message": {"en": "Look at the unit."}}]
    cases = [({"sum": 2.5, "reason": "c"}, 2.0), ({"sum": 2.5, "reason": "a"}, 1.0), ({"sum": 9, "reason": None}, 0.0)]
    for values, points in [*cases, ({"sum": 2.5}, 1.0), ({}, 0.0)]:
        [outcome] = judge(Collected("graded", {"99.e1": values}), [both], "en")
        assert outcome.points == points, values
    [outcome] = judge(Collected("graded", {"99.E1": {"sum": 2.5, "reason": "a"}}), [both], "en")
    assert (outcome.status, outcome.misconception) == ("misconception", "unit")


def test_the_message_is_in_the_language_of_the_hand_in():
    french = Collected("graded", {"99.E1": {"x": None}}, language="fr")
    [outcome] = judge(french, [rule(KINDS["number"])])
    assert outcome.status == "unfinished" and "Pas encore" in outcome.message


def test_the_plugin_of_nbval_sees_a_changed_answer_and_forgives_the_last_digit():
    import nbval_pictures

    kept = [{"check": "02.E1", "values": {"x": 2.5440414507772022, "y": "c", "z": [1, True]}}]
    near = [{"check": "02.E1", "values": {"x": 2.5440414507772026, "y": "c", "z": [1, True]}}]
    assert nbval_pictures._alike(kept, near)
    for name, value in [("x", 2.5441), ("y", "d"), ("z", [1, 1]), ("z", [1])]:
        assert not nbval_pictures._alike(kept, [{"check": "02.E1", "values": {**kept[0]["values"], name: value}}])
