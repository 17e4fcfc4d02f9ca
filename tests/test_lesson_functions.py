"""Checks that ask for a function: called with cases, judged by what it gives, in words that say how far it is right."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contrechamp.lesson import answers, functions, plain_values
from contrechamp.lesson.checks import earned, evaluate

SPEC = {
    "kind": "function",
    "returns": "number",
    "tolerance": 0.1,
    "expected": [3, 5, 0, 7],
    "cases": [
        {"inputs": [1, 2], "hidden": False},
        {"inputs": [2, 3], "hidden": False},
        {"inputs": [0, 0], "hidden": False},
        {"inputs": [3, 4], "hidden": True},
    ],
}
CHECK = {
    "id": "99.E1",
    "points": 2,
    "values": {"add": SPEC},
    "hint": {"en": "Add them."},
    "right": {"en": "A sum."},
    "misconceptions": [
        {"name": "product", "values": {"add": [2, 6, 0, 12]}, "message": {"en": "You multiplied."}},
        {"name": "by_heart", "values": {"add": [3, 5, 0, 0]}, "message": {"en": "You knew the cases by heart."}},
    ],
}


def every(function):
    return functions.call(function, functions.every(SPEC))


def judged(value):
    return evaluate(CHECK, {"add": value}, "en")


class Quits(BaseException):
    pass


def quits(a, b):
    raise Quits


STATUSES = [
    (lambda a, b: a + b, "right", None),
    (lambda a, b: np.float64(a + b + 0.05), "right", None),
    (lambda a, b: np.array([a + b]), "right", None),
    (lambda a, b: a * b, "misconception", "product"),
    (lambda a, b: a - b, "wrong", None),
    (lambda a, b: {1: 3, 2: 5}.get(a, 0), "right", None),  # in the notebook, where the last case is not tried
    (lambda a, b: None, "unfinished", None),
    (lambda a, b: a + b if a else None, "wrong", None),
    (lambda a, b: str(a + b), "type", None),
    (lambda a, b: [a, b], "type", None),
    (lambda a: a, "type", None),
    (lambda a, b: a / b, "type", None),
    (quits, "type", None),
    (..., "unfinished", None),
    (None, "unfinished", None),
    (3, "type", None),
    ("add", "type", None),
]


@pytest.mark.parametrize(("value", "status", "name"), STATUSES)
def test_a_function_is_judged_by_what_it_gives(value, status, name):
    verdict = judged(value)
    assert (verdict.status, verdict.misconception) == (status, name), verdict
    assert verdict.message.strip()


@pytest.mark.parametrize(("value", "status", "name"), STATUSES)
def test_what_was_carried_as_plain_data_is_judged_alike(value, status, name):
    given_ = functions.called(CHECK["values"], {"add": value}, functions.shown)
    carried = json.loads(json.dumps(plain_values.of_check(given_, CHECK["values"]), allow_nan=False))
    again = {name: plain_values.from_plain(plain, "function") for name, plain in carried.items()}
    before, after = evaluate(CHECK, given_, "en"), evaluate(CHECK, again, "en")
    assert (after.status, after.misconception) == (before.status, before.misconception) == (status, name)


def test_hidden_cases_find_what_the_shown_ones_cannot():
    by_heart = {1: 3, 2: 5}
    assert judged(every(lambda a, b: by_heart.get(a, 0))).misconception == "by_heart"
    assert judged(every(lambda a, b: a + b)).status == "right"


def test_a_right_function_is_told_that_other_cases_may_come_and_only_then():
    assert "others" in judged(lambda a, b: a + b).message
    assert "others" not in judged(every(lambda a, b: a + b)).message


def test_the_message_counts_the_cases_that_are_right():
    assert "2 of 3 cases right" in judged(lambda a, b: a + b + (a == 2)).message


def test_the_error_of_a_shown_case_is_told_and_that_of_a_hidden_one_keeps_its_inputs():
    def fails(a, b):
        if a == 3:
            raise ValueError(f"got {a} and {b}")
        return a + b

    hidden = judged(every(fails)).message
    assert "ValueError" in hidden
    assert "got" not in hidden
    shown = judged(lambda a, b: a / b).message
    assert "case 3" in shown
    assert "division by zero" in shown


def test_a_function_cannot_change_the_inputs_of_the_next_case():
    spec = {**SPEC, "cases": [{"inputs": [[1, 2]], "hidden": False}] * 2}
    assert functions.call(lambda numbers: numbers.pop(), functions.shown(spec)).members == ({"gave": 2}, {"gave": 2})


def test_outputs_of_the_wrong_number_are_no_answer():
    assert judged(plain_values.Outputs([{"gave": 3}])).status == "type"


@pytest.mark.parametrize(("good", "points"), [(True, 2), (False, 0)])
def test_points_are_earned_in_all_cases_or_not_at_all(good, points):
    assert earned(CHECK, {"add": every(lambda a, b: a + b if good else a)}) == points


SET = {
    "kind": "function",
    "returns": "set",
    "expected": [[], ["1", "2"], None],
    "cases": [{"inputs": [n]} for n in range(3)],
}


@pytest.mark.parametrize(
    ("function", "good"),
    [
        (lambda n: [[], {1, 2}, None][n], True),
        (lambda n: [set(), "2, 1", None][n], True),
        (lambda n: [(), [2, 1], None][n], True),
        (lambda n: [{1}, {1, 2}, None][n], False),
        (lambda n: [[], {1, 2}, set()][n], False),
        (lambda n: [None, {1, 2}, None][n], False),
    ],
)
def test_an_empty_set_and_nothing_are_answers_and_differ(function, good):
    check = {"id": "99.E2", "points": 1, "values": {"f": SET}, "misconceptions": []}
    assert (evaluate(check, {"f": function}, "en").status == "right") == good


inputs = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(inputs)
def test_an_input_comes_back_as_it_was(value):
    if isinstance(value, dict) and "array" in value:
        return
    carried = json.loads(json.dumps(functions.to_input(value)))
    assert functions.from_input(carried) == value


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float32", "float64"])
def test_an_array_comes_back_with_its_type_and_shape(dtype):
    array = np.arange(6).reshape(2, 3).astype(dtype)
    again = functions.from_input(json.loads(json.dumps(functions.to_input(array))))
    assert again.dtype == array.dtype
    assert np.array_equal(again, array)


@pytest.mark.parametrize("value", [object(), {1, 2}, {1: 2}, lambda: 0, np.array([None]), 1j])
def test_an_input_that_cannot_be_carried_is_refused(value):
    with pytest.raises(TypeError, match="an input is"):
        functions.to_input(value)


def test_a_name_that_is_no_function_is_told_how_to_write_one():
    with pytest.raises(answers.Misfit, match="def add"):
        functions.read("add", 3, SPEC, "en")
