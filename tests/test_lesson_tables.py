"""Tables for reading: columns, headings, rounding, missing values, two languages, and nothing cut off."""

import re

import numpy as np
import pandas as pd
import pytest
from toy_answers import write_home

from contrechamp.errors import ContrechampError
from contrechamp.lesson import table

LONG = "Signalements confirmés par la ligne de signalement pendant le premier semestre, première publication"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_HOME", str(write_home(tmp_path / "home")))
    monkeypatch.setenv("CONTRECHAMP_LANG", "en")


@pytest.fixture
def frame():
    index = pd.Index(["x-1", "x-2"], name="id")
    return pd.DataFrame(
        {"label": ["Webpages", LONG], "value": [42.0, 210.26], "n": [3.0, np.nan], "known": [True, False]}, index=index
    )


def test_the_named_columns_come_in_order_under_their_headings_rows_numbered_from_one(frame):
    shown = table(frame, value="Count", label="What")
    assert list(shown.columns) == ["Count", "What"]
    assert list(shown.index) == [1, 2]


def test_a_level_of_the_index_may_be_named_like_a_column(frame):
    assert list(table(frame, id="Record")["Record"]) == ["x-1", "x-2"]


def test_without_names_all_columns_and_the_index_stay(frame):
    shown = table(frame)
    assert list(shown.columns) == ["label", "value", "n", "known"]
    assert list(shown.index) == ["x-1", "x-2"]


@pytest.mark.parametrize(
    ("stamps", "expected"),
    [
        (["2026-01-08", None], ["2026-01-08", "–"]),
        (["2026-01-08 00:00", "2026-01-08 09:30"], ["2026-01-08 00:00:00", "2026-01-08 09:30:00"]),
    ],
    ids=["days", "hours"],
)
def test_days_are_shown_without_an_hour_and_hours_are_kept(stamps, expected):
    frame = pd.DataFrame({"seen": pd.to_datetime(pd.Series(stamps, dtype=object), format="ISO8601")})
    assert [str(cell) for cell in table(frame, seen="Seen")["Seen"]] == expected


def test_headings_and_texts_are_translated_where_the_catalogue_knows_them(frame, monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_LANG", "fr")
    shown = table(frame, label="Count", known="Known")
    assert list(shown.columns) == ["Nombre", "Known"]
    assert list(shown["Nombre"]) == ["Pages web", LONG]
    assert list(shown["Known"]) == ["oui", "non"]


@pytest.mark.parametrize(
    ("values", "digits", "expected"),
    [
        ([42.04, 210.26], 1, [42.0, 210.3]),
        ([42.0, 210.0], 1, [42, 210]),
        ([42.4, 210.6], 0, [42, 211]),
        ([42.4, np.nan], 0, [42, "–"]),
        ([42.44, np.nan], 1, [42.4, "–"]),
        ([42.0, np.nan], 1, [42, "–"]),
        ([np.nan, np.nan], 1, ["–", "–"]),
        ([0.126, 0.5], 2, [0.13, 0.5]),
        (["a", None], 1, ["a", "–"]),
        (pd.array([1, None], dtype="Int64"), 1, [1, "–"]),
        (pd.array([True, None], dtype="boolean"), 1, ["yes", "–"]),
        ([1e20, 1.0], 1, [1e20, 1.0]),
        ([np.inf, 1.5], 1, [np.inf, 1.5]),
        (pd.Categorical(["Webpages", None]), 1, ["Webpages", "–"]),
    ],
)
def test_numbers_are_rounded_and_a_missing_value_is_a_dash(values, digits, expected):
    assert table(pd.DataFrame({"n": values}), n="N", digits=digits)["N"].tolist() == expected


def test_digits_may_differ_between_columns():
    shown = table(pd.DataFrame({"a": [1.26], "b": [1.26]}), a="A", b="B", digits={"a": 2})
    assert shown.iloc[0].tolist() == [1.26, 1.3]


def test_no_text_is_cut_and_no_column_hidden(frame):
    wide = pd.concat([frame.add_suffix(str(i)) for i in range(8)], axis="columns")
    shown = table(wide)
    for text in (repr(shown), shown._repr_html_()):
        assert text.count(LONG) == 8
        assert "..." not in text
        assert "value7" in text


def test_the_html_marks_headings_and_sides_and_escapes_texts():
    html = table(pd.DataFrame({"a": ["<b>", "x"], "n": [1.5, 10.25]}), a="A & B", n="N", digits=2)._repr_html_()
    assert '<th scope="col" style="text-align: left">A &amp; B</th>' in html
    assert '<td style="text-align: left">&lt;b&gt;</td><td style="text-align: right">1.50</td>' in html
    assert '<th scope="row">1</th>' in html


def test_the_html_shows_as_many_decimals_as_the_column_needs():
    frame = pd.DataFrame({"share": [53.16, 42.0], "n": [3, 40]}).astype({"share": "Float64"})  # as records come
    html = table(frame)._repr_html_()
    assert re.findall(r"<td[^>]+>([^<]+)</td>", html) == ["53.2", "3", "42.0", "40"]


def test_the_frame_itself_is_left_as_it_was(frame):
    before = frame.copy()
    table(frame, label="What", value="Count", n="N")
    pd.testing.assert_frame_equal(frame, before)


def test_what_is_computed_from_a_table_is_an_ordinary_frame(frame):
    assert type(table(frame).head(1)) is pd.DataFrame


def test_a_series_becomes_a_table():
    assert table(pd.Series({"a": 1.26, "b": 2.0}, name="n"))["n"].tolist() == [1.3, 2.0]


def test_rows_and_columns_of_the_same_name_are_kept_apart():
    twice = pd.DataFrame([[1.0, 2.5], [np.nan, 3.5]], columns=["a", "a"], index=["x", "x"])
    assert table(twice).to_numpy().tolist() == [[1, 2.5], ["–", 3.5]]


def test_an_empty_table_stays_a_table():
    empty = pd.DataFrame({"a": pd.Series([], dtype=float), "b": pd.Series([], dtype=str)})
    assert table(empty, a="A", b="B").shape == (0, 2)
    assert "<table" in table(empty)._repr_html_()


@pytest.mark.parametrize(
    ("frame", "headings", "words"),
    [
        (pd.DataFrame({"a": [1], "b": [2]}), {"c": "C"}, "the table has no column c. Its columns are: a, b."),
        ([1, 2], {}, "needs a table"),
        (None, {}, "needs a table"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), {"a": "A"}, "more than one column named a"),
    ],
)
def test_what_is_no_column_or_no_table_gets_one_sentence(frame, headings, words):
    with pytest.raises(ContrechampError, match=words.replace(".", r"\.")):
        table(frame, **headings)
