"""Publishing a figure for prose: which names and values pass, and what is stored."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_answers import write_home

from contrechamp.errors import ContrechampError
from contrechamp.lesson import figures, result
from contrechamp.lesson.results import MIME, publishable


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_HOME", str(write_home(tmp_path / "home")))
    monkeypatch.setenv("CONTRECHAMP_LANG", "en")


@pytest.mark.parametrize(
    ("value", "stored", "line"),
    [
        (400, 400, "rise = 400"),
        (400.0, 400.0, "rise = 400.0"),
        (154.40414507772022, 154.404, "rise = 154.404"),
        (26384.615384615387, 26384.6, "rise = 26384.6"),
        (1234567.8, 1234570.0, "rise = 1234570.0"),
        (-0.0, 0.0, "rise = 0.0"),
        (1e-9, 1e-9, "rise = 1e-09"),
        (np.float32(0.1), 0.1, "rise = 0.1"),
        (np.int64(3), 3, "rise = 3"),
        (np.array(2.5), 2.5, "rise = 2.5"),
        (pd.Series([2.5]), 2.5, "rise = 2.5"),
    ],
)
def test_a_number_is_published_with_a_line_that_can_be_compared(value, stored, line, monkeypatch):
    shown = []
    monkeypatch.setattr(figures, "publish", lambda data, metadata=None: shown.append(data) or True)
    assert result("rise", value) is None
    assert shown == [{MIME: {"name": "rise", "value": stored}, "text/plain": line}]
    assert type(shown[0][MIME]["value"]) in (int, float)


@pytest.mark.parametrize("name", ["", "Rise", "2rise", "rise-2", "rise 2", "élan", "_rise", None, 3, "rise\n"])
def test_a_bad_name_is_refused_with_one_sentence(name):
    with pytest.raises(ContrechampError, match="cannot take the name"):
        result(name, 1)


@pytest.mark.parametrize(
    "value",
    [None, ..., True, np.True_, "154", math.nan, math.inf, -math.inf, np.nan, pd.NA, [1], np.array([1, 2]), 1j, {}],
)
def test_a_value_that_prose_cannot_quote_is_refused_with_one_sentence(value):
    with pytest.raises(ContrechampError, match=r"result\('rise', …\) publishes (one|a finite) number"):
        result("rise", value)


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_a_published_number_survives_json_and_a_second_publication(value):
    stored = publishable("n", value)
    assert json.loads(json.dumps(stored)) == stored
    assert publishable("n", stored) == stored
    assert math.isclose(stored, value, rel_tol=5.1e-6)


def test_outside_a_notebook_the_line_is_printed(capsys):
    result("rise", 2.5)
    assert capsys.readouterr().out == "rise = 2.5\n"
