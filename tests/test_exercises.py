"""Every check of every exercise: the solution is right, each misconception has its own words, nothing ever raises."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from contrechamp import language
from contrechamp.lesson.checks import evaluate
from contrechamp.lesson.plain_values import Outputs

CHECKS_FOLDER = Path(__file__).resolve().parent.parent / "datasets" / "checks"
LANGUAGES = language.languages()


CHECKS = [
    check
    for path in sorted(CHECKS_FOLDER.glob("*.json"))
    for check in json.loads(path.read_text(encoding="utf-8"))["checks"]
]
each_check = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check["id"])
each_language = pytest.mark.parametrize("lang", LANGUAGES)


def canonical(spec):
    """Return the expected value as a student would type it; of a function, what it gives in every case."""
    return typed(spec, spec["expected"])


def typed(spec, value):
    if spec["kind"] == "function":
        return Outputs({"gave": output} for output in value)
    return next(iter(value.values())) if isinstance(value, dict) else value


def mistaken(check, wrong):
    """Return the answers of somebody with a misconception."""
    return solution(check) | {name: typed(check["values"][name], value) for name, value in wrong["values"].items()}


def solution(check):
    return {name: canonical(spec) for name, spec in check["values"].items()}


def spoken(check, lang):
    """Return the texts that a check can answer with, by what they are for."""
    texts = {"hint": check["hint"][lang], "right": check["right"][lang]}
    return texts | {wrong["name"]: wrong["message"][lang] for wrong in check["misconceptions"]}


def test_each_exercise_has_its_checks():
    sources = {path.stem for path in (CHECKS_FOLDER.parent.parent / "exercises").glob("[0-9][0-9]_*.md")}
    assert sources, "there is no exercise"
    assert {path.stem for path in CHECKS_FOLDER.glob("*.json")} == sources
    assert CHECKS, "no check is tested"


def test_ids_of_checks_are_used_once():
    ids = [check["id"] for check in CHECKS]
    assert len(set(ids)) == len(ids)


@each_language
@each_check
def test_the_solution_is_right_and_said_so(check, lang):
    verdict = evaluate(check, solution(check), lang)
    assert verdict.status == "right", verdict.message
    assert language.typeset(check["right"][lang], lang) in verdict.message


@each_language
@each_check
def test_every_accepted_writing_is_right(check, lang):
    for name, spec in check["values"].items():
        for words in spec.get("accept", {}).values():
            for word in words if isinstance(words, list) else [words]:
                for written in (word, word.upper(), f"  {word} "):
                    verdict = evaluate(check, solution(check) | {name: written}, lang)
                    assert verdict.status == "right", (name, written, verdict.message)


@each_language
@each_check
def test_each_misconception_is_recognised_by_name_with_its_own_words(check, lang):
    assert len(check["misconceptions"]) >= 2, "a check names at least two misconceptions"
    for wrong in check["misconceptions"]:
        verdict = evaluate(check, mistaken(check, wrong), lang)
        assert (verdict.status, verdict.misconception) == ("misconception", wrong["name"]), verdict.message
        assert language.typeset(wrong["message"][lang], lang) in verdict.message


@each_language
@each_check
def test_no_two_texts_of_a_check_are_equal(check, lang):
    texts = spoken(check, lang)
    assert all(len(text.strip()) >= 20 for text in texts.values()), texts
    assert len({" ".join(text.split()).casefold() for text in texts.values()}) == len(texts), texts


@each_check
def test_each_text_is_translated(check):
    for name, text in spoken(check, "en").items():
        others = [spoken(check, lang)[name] for lang in LANGUAGES[1:]]
        assert all(other.strip() and other != text for other in others), name


@each_check
def test_the_tolerance_keeps_misconceptions_apart_from_the_solution(check):
    """Two roundings of one result are forgiven; a misconception is never within reach of the right answer."""
    for name, spec in check["values"].items():
        if spec["kind"] != "number":
            continue
        aim, tolerance = spec["expected"], spec.get("tolerance", 0)
        assert evaluate(check, solution(check) | {name: aim + tolerance * 0.99}, "en").status == "right"
        for wrong in check["misconceptions"]:
            if name in wrong["values"] and set(wrong["values"]) == {name}:
                assert abs(wrong["values"][name] - aim) > 2 * tolerance, wrong["name"]


UNFINISHED = {"dots": ..., "none": None, "empty": "", "blank": "  ", "typed dots": "...", "ellipsis": "…"}


@each_language
@each_check
def test_unfinished_work_is_told_what_is_missing(check, lang):
    for name in check["values"]:
        for value in UNFINISHED.values():
            verdict = evaluate(check, solution(check) | {name: value}, lang)
            assert verdict.status == "unfinished", (name, value, verdict)
            assert name in verdict.message
        rest = {other: value for other, value in solution(check).items() if other != name}
        verdict = evaluate(check, rest, lang)
        assert verdict.status == "unfinished"
        assert name in verdict.message
    assert evaluate(check, {}, lang).status == "unfinished"


class Liar:
    """Says that it is equal to everything, and is anything it is asked to be."""

    __class__ = float

    def __eq__(self, other):
        return True

    __hash__ = None

    def __float__(self):
        return -123.456  # no check expects it: a liar that happens to be right would prove nothing


class Bomb:
    """Raises whatever one does with it."""

    def _raise(self, *args):
        raise RuntimeError("boom")

    __eq__ = __bool__ = __float__ = __int__ = __len__ = __iter__ = __str__ = __repr__ = __hash__ = _raise
    __lt__ = __gt__ = __getattr__ = __index__ = __contains__ = __abs__ = __sub__ = __format__ = _raise


class Quitter(Bomb):
    def _raise(self, *args):
        raise SystemExit(1)

    __float__ = __str__ = __iter__ = __eq__ = __len__ = _raise


class FloatBomb:
    """Looks like a number until it is asked for its value."""

    def __float__(self):
        raise RuntimeError("boom")


class FloatQuitter:
    def __float__(self):
        raise SystemExit(1)


class NotAFloat:
    def __float__(self):
        return "154.4"


class Number(float):
    """A number whose own methods lie."""

    def __float__(self):
        raise RuntimeError("boom")

    __eq__ = __sub__ = __rsub__ = __abs__ = __float__
    __hash__ = None


def endless():
    while True:
        yield 0


def boxed(value):
    array = np.empty(1, dtype=object)
    array[0] = value
    return array


def nested():
    value = []
    value.append(value)
    return value


# Made when they are used: pytest itself would stumble over some of them.
HOSTILE = {
    "not a number": lambda: math.nan,
    "infinity": lambda: math.inf,
    "huge": lambda: 10**400,
    "long text": lambda: "9" * 10_000,
    "true": lambda: True,
    "complex": lambda: 1j,
    "bytes": lambda: b"154",
    "text with a comma and per cent": lambda: "154,4 %",
    "text with a format field": lambda: "{names}",
    "a type": lambda: float,
    "a function": lambda: print,
    "a list": lambda: [1, 2],
    "a list of itself": lambda: nested(),
    "a dictionary": lambda: {"a": 1},
    "a set": lambda: {1, 2},
    "a generator without end": lambda: endless(),
    "an array": lambda: np.arange(3),
    "an empty array": lambda: np.array([]),
    "an array of objects": lambda: boxed(Bomb()),
    "a scalar of numpy": lambda: np.float64("nan"),
    "a series": lambda: pd.Series([1.0, 2.0]),
    "an empty series": lambda: pd.Series(dtype=float),
    "a frame": lambda: pd.DataFrame({"a": [1]}),
    "not available": lambda: pd.NA,
    "not a time": lambda: pd.NaT,
    "a liar": lambda: Liar(),
    "a bomb": lambda: Bomb(),
    "a class that quits": lambda: Quitter(),
    "a number that raises": lambda: FloatBomb(),
    "a number that quits": lambda: FloatQuitter(),
    "a number that is text": lambda: NotAFloat(),
    "a number that lies": lambda: Number(-987.654),
    "an exception": lambda: ValueError("x"),
    "lone surrogate": lambda: "\ud800",
}


@each_language
@pytest.mark.parametrize("kind", HOSTILE)
def test_no_value_raises_or_counts_as_right(kind, lang):
    for check in CHECKS:
        for name in check["values"]:
            verdict = evaluate(check, solution(check) | {name: HOSTILE[kind]()}, lang)
            assert verdict.status != "right", (check["id"], name)
            assert verdict.message.strip()


@each_language
@each_check
def test_a_number_typed_as_text_is_told_to_be_a_number(check, lang):
    for name, spec in check["values"].items():
        if spec["kind"] == "number":
            typed = language.number(float(spec["expected"]), lang) + " %"
            verdict = evaluate(check, solution(check) | {name: typed}, lang)
            assert verdict.status == "type"
            assert name in verdict.message


@each_check
def test_a_functions_shown_cases_catch_each_misconception_and_some_cases_are_hidden(check):
    """Whoever tries the cases shown is told of each foreseeable error; hidden ones catch what was learnt by heart."""
    for name, spec in check["values"].items():
        if spec["kind"] != "function":
            continue
        shown = [number for number, case in enumerate(spec["cases"]) if not case["hidden"]]
        assert 1 < len(shown) < len(spec["cases"])
        for wrong in check["misconceptions"]:
            outputs = typed(spec, [wrong["values"][name][number] for number in shown])
            assert evaluate(check, {name: outputs}, "en").misconception == wrong["name"]


@each_check
def test_a_value_that_the_check_does_not_know_changes_nothing(check):
    verdict = evaluate(check, solution(check) | {"something_else": object()}, "en")
    assert verdict.status == "right"
