"""Figures: described, legible, of fixed size, small, and nothing cut off or written over in either language."""

import base64
import datetime
import io
import itertools
import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image
from toy_answers import write_home

from contrechamp.errors import ContrechampError
from contrechamp.lesson import bars, figures, intervals, show, style
from contrechamp.lesson.figures import describe, png

ALT = "Two bars: {before} pages before, {after} after, a rise of {rise:+0;-0} %."
LONG = "Signalements confirmés par la ligne de signalement pendant le premier semestre, toutes catégories confondues"
TITLE = (
    "Les signalements d'images générées par IA ont beaucoup augmenté en un an, ce qui ne dit rien du nombre d'images"
)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_HOME", str(write_home(tmp_path / "home")))
    monkeypatch.setenv("CONTRECHAMP_LANG", "en")


@pytest.fixture
def frame():
    nan = float("nan")
    return pd.DataFrame(
        {
            "label": ["Webpages", LONG, "2025", "–"],
            "value": [53.16, 1286.0, 65.1, nan],
            "low": [48.9, nan, 60.0, nan],
            "high": [62.1, nan, 70.25, nan],
        },
        index=["a", "b", "c", "d"],
    )


@pytest.fixture
def shown(monkeypatch):
    bundles = []
    monkeypatch.setattr(figures, "publish", lambda data, metadata=None: bundles.append((data, metadata)) or True)
    return bundles


def opened(fig):
    return Image.open(io.BytesIO(png(fig)))


# --- show ---


def test_show_stores_the_description_twice_once_for_export_once_to_be_read(shown, capsys):
    fig, _ax = plt.subplots()
    number = fig.number
    assert show(fig, alt=ALT, before=42, after=np.int64(1210), rise=np.float64(400.2)) is None
    data, metadata = shown[0]
    text = "Two bars: 42 pages before, 1,210 after, a rise of +400\u00a0%."
    assert metadata == {"image/png": {"alt": text}}
    assert capsys.readouterr().out == f"Figure: {text}\n"
    assert data["text/plain"] == "<figure>"
    assert set(data) == {"image/png", "text/plain"}
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert not plt.fignum_exists(number)


def test_the_description_is_translated_then_filled_in(shown, capsys, monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_LANG", "fr")
    show(Figure(), alt=ALT, before=42, after=1210, rise=400.2)
    line = "Figure\u202f: Deux barres\u202f: 42 pages avant, 1\u202f210 après, soit une hausse de +400\u00a0%.\n"
    assert capsys.readouterr().out == line


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (1234.5, "1,234.5"),
        (-3, "−3"),
        (np.float32(0.5), "0.5"),
        ("Webpages", "Webpages"),
        (True, "yes"),
        (datetime.date(2026, 12, 3), "3 December 2026"),
        (pd.Timestamp("2026-12-03"), "3 December 2026"),
        ("", ""),
    ],
)
def test_fields_are_written_as_the_language_writes_them(value, written):
    alt = "A figure whose description has one field: {field} and goes on."
    assert describe(alt, {"field": value}) == alt.replace("{field}", written)


def test_a_description_may_be_broken_over_lines_in_the_source():
    assert "\n" not in describe("A figure that is described\n   over two lines of the source.", {})


@pytest.mark.parametrize(
    ("alt", "values", "words"),
    [
        ("", {}, "no sufficient description"),
        ("A bar chart.", {}, "no sufficient description"),
        (" " * 60, {}, "no sufficient description"),
        ("too short" + " " * 60, {}, "no sufficient description"),
        (None, {}, "no sufficient description"),
        (ALT, {"before": 1, "after": 2}, "field {rise} without a value"),
        (ALT, {"before": 1, "after": 2, "rise": float("nan")}, "cannot be filled in"),
        (ALT.replace("{before}", "{}"), {"after": 2, "rise": 1}, "cannot be filled in"),
        (ALT.replace("{before}", "{before"), {"before": 2, "after": 2, "rise": 1}, "cannot be filled in"),
        (ALT.replace("{before}", "{before.x}"), {"before": 2, "after": 2, "rise": 1}, "cannot be filled in"),
    ],
)
def test_a_figure_without_a_good_description_is_refused_with_one_sentence(alt, values, words, shown):
    with pytest.raises(ContrechampError, match=re.escape(words)):
        show(Figure(), alt=alt, **values)
    assert not shown


def test_what_is_no_figure_or_too_wide_is_refused(shown):
    good = "A figure that is described well enough, with its axes and finding."
    with pytest.raises(ContrechampError, match="needs a matplotlib figure"):
        show([1, 2], alt=good)
    with pytest.raises(ContrechampError, match="1100 pixels wide"):
        show(Figure(figsize=(11, 3)), alt=good)
    assert not shown


# --- the picture ---


def test_the_size_depends_on_the_figure_alone():
    with plt.rc_context({"savefig.bbox": "tight", "savefig.dpi": 300, "figure.dpi": 200}):
        fig = Figure(figsize=(7, 3))
        fig.add_subplot().set_title("x" * 200)
        assert opened(fig).size == (700, 300)


def test_the_same_figure_gives_the_same_bytes_and_no_metadata(frame):
    pictures = [png(bars(frame, "value", "label", title=TITLE)) for _ in range(2)]
    assert pictures[0] == pictures[1]
    assert Image.open(io.BytesIO(pictures[0])).info.keys() <= {"transparency"}


def test_a_chart_is_small_and_a_photograph_keeps_its_colours(frame):
    assert len(png(bars(frame, "value", "label", title=TITLE))) < 25_000
    fig = Figure(figsize=(2, 2), dpi=100)
    rng = np.random.default_rng(0)
    fig.figimage(rng.integers(0, 256, (200, 200, 3), dtype=np.uint8))
    assert opened(fig).mode == "RGB"


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    parts = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize(
    ("name", "least"), [("INK", 4.5), ("GREY", 3), ("BLUE", 3), ("VERMILLION", 3), ("GREEN", 3), ("PURPLE", 3)]
)
def test_colours_have_enough_contrast_with_white(name, least):
    assert 1.05 / (luminance(getattr(figures, name)) + 0.05) >= least


def test_the_style_is_legible_and_ends_with_its_block():
    before = plt.rcParams.copy()
    with style():
        sizes = [v for k, v in plt.rcParams.items() if k.endswith("size") and k.split(".")[0] in ("font", "legend")]
        assert min(size for size in sizes if isinstance(size, int | float)) >= 11
        assert min(plt.rcParams[f"{axis}tick.labelsize"] for axis in "xy") >= 11
        assert plt.rcParams["lines.linewidth"] * figures.DPI / 72 >= 2
        lines = [cycle["linestyle"] for cycle in plt.rcParams["axes.prop_cycle"]]
        assert len(lines) == len(set(lines))
    assert plt.rcParams == before


@pytest.mark.parametrize(("lang", "number"), [("en", "0."), ("fr", "0,")])
def test_an_axis_drawn_with_matplotlib_has_the_readers_decimal_sign(lang, number, monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_LANG", lang)
    with style():
        fig = Figure()
        fig.add_subplot().plot([0, 1], [0, 1])
    png(fig)
    for labels in (fig.axes[0].get_xticklabels(), fig.axes[0].get_yticklabels()):
        assert any(label.get_text().startswith(number) for label in labels)


def test_a_logarithmic_axis_drawn_with_matplotlib_keeps_its_powers():
    with style():
        fig = Figure()
        fig.add_subplot().loglog([1, 1000], [1, 1000])
    png(fig)
    assert all(label.get_parse_math() for label in fig.axes[0].get_xticklabels())


# --- bars and intervals ---


def texts(fig):
    fig.draw_without_rendering()
    found = [text for text in fig.findobj(Text) if text.get_visible() and text.get_text().strip()]
    ticks = {id(label): low <= label.get_position()[0] <= high for ax in fig.axes
             for low, high in [sorted(ax.get_xlim())] for label in ax.get_xticklabels()}  # fmt: skip
    return [(text.get_text(), text.get_window_extent()) for text in found if ticks.get(id(text), True)]


def longest(value="value", **options):
    return lambda frame: bars(frame, value, "label", title=TITLE, **options)


def below_zero(values):
    return lambda frame: bars(frame.assign(value=values), "value", "label", title=TITLE, unit="%")


def estimates(**options):
    return lambda frame: intervals(frame, "value", "low", "high", "label", title=TITLE, unit="%", **options)


CHARTS = {
    "bars": longest(unit="signalements"),
    "bars with an axis": longest(xlabel=LONG),
    "bars on a logarithmic axis": longest(xlabel=LONG, unit="signalements", scale="log"),
    "bars over twelve powers of ten": lambda frame: longest(scale="log")(frame.assign(value=[1, 2, 3, 1e12])),
    "bars below zero": below_zero([-53.16, 1286.0, 65.1, -900.0]),
    "bars all below zero": below_zero(-5.5),
    "bars of nothing": below_zero(0.0),
    "intervals": estimates(xlabel=LONG),
    "intervals on a logarithmic axis": estimates(xlabel=LONG, scale="log"),
    "intervals with a reference": estimates(reference=(50, "comme une pièce de monnaie")),
    "intervals with everything": estimates(
        xlabel=f"{LONG}, {LONG}", scale="log", reference=(100, "comme une pièce de monnaie"), highlight=LONG
    ),
}


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("chart", CHARTS)
def test_no_text_is_cut_off_or_written_over_another(chart, lang, frame, monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_LANG", lang)
    fig = CHARTS[chart](frame)
    boxes = texts(fig)
    assert len(boxes) >= 2 * len(frame)
    width, height = fig.bbox.width, fig.bbox.height
    for words, box in boxes:
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, words
    for (words, box), (others, other) in itertools.combinations(boxes, 2):
        assert not box.padded(-1).overlaps(other.padded(-1)), (words, others)
    assert width == 700


@pytest.mark.parametrize("chart", CHARTS)
def test_every_letter_has_at_least_eleven_points(chart, frame):
    fig = CHARTS[chart](frame)
    assert min(text.get_fontsize() for text in fig.findobj(Text) if text.get_text()) >= 11


def test_bars_write_their_values_in_the_readers_language(frame, monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_LANG", "fr")
    written = [words for words, _box in texts(bars(frame, "value", "label", title=TITLE, unit="%"))]
    assert "1\u202f286\u00a0%" in written
    assert "53,16\u00a0%" in written
    assert "pas de chiffre" in written
    assert "Pages web" in written


def test_bars_show_each_number_once_and_a_missing_one_as_no_bar(frame):
    fig = bars(frame, "value", "label", title=TITLE)
    assert [bar.get_width() for bar in fig.axes[0].patches] == [53.16, 1286.0, 65.1]


def test_the_highlighted_row_differs_in_colour_and_in_weight(frame):
    fig = bars(frame, "value", "label", highlight="2025", title=TITLE)
    colours = [bar.get_facecolor() for bar in fig.axes[0].patches]
    assert colours[0] == colours[1] != colours[2]
    bold = [text.get_text() for text in fig.axes[0].findobj(Text) if text.get_fontweight() == "bold"]
    assert set(bold) >= {"2025", "65.1"}
    assert "Webpages" not in bold


def test_several_rows_may_be_highlighted_and_the_index_may_be_the_label(frame):
    fig = bars(frame, "value", highlight=["a", "c"], title=TITLE)
    colours = [bar.get_facecolor() for bar in fig.axes[0].patches]
    assert colours[0] == colours[2] != colours[1]


def test_a_series_is_drawn_like_a_table():
    fig = bars(pd.Series({"a": 1, "b": 2}, name="n"), "n", title="Two numbers")
    assert [bar.get_width() for bar in fig.axes[0].patches] == [1, 2]


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_logarithmic_axis_says_so(lang, frame, monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_LANG", lang)
    label = bars(frame, "value", "label", title=TITLE, scale="log", xlabel="Count").axes[0].get_xlabel()
    words = {"en": "Count (logarithmic scale", "fr": "Nombre (échelle logarithmique"}
    assert " ".join(label.split("\n")).startswith(words[lang])


@pytest.mark.parametrize("numbers", [[1, 10], [2, 3], [0.001, 0.02], [7, 7], [13, 345600], [10, 10]])
def test_a_logarithmic_axis_has_two_numbers_and_every_bar_some_length(numbers):
    fig = bars(pd.DataFrame({"n": numbers}), "n", title="x", scale="log")
    fig.draw_without_rendering()
    assert all(bar.get_width() > 0 for bar in fig.axes[0].patches)
    assert len([label for label in fig.axes[0].get_xticklabels() if label.get_text()]) >= 2


def test_a_missing_interval_is_hollow_and_says_so(frame):
    fig = intervals(frame, "value", "low", "high", "label", title=TITLE, unit="%")
    dots = [line for line in fig.axes[0].lines if line.get_marker() == "o"]
    assert [dot.get_markerfacecolor() == "white" for dot in dots] == [False, True, False]
    written = [words for words, _box in texts(fig)]
    assert "53.16\u00a0% [48.9, 62.1]" in written
    assert "1,286\u00a0%, no interval" in written
    assert "no figure" in written


def test_intervals_are_written_with_a_semicolon_in_french(frame, monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_LANG", "fr")
    written = [words for words, _box in texts(intervals(frame, "value", "low", "high", title=TITLE, unit="%"))]
    assert "53,16\u00a0% [48,9\u202f; 62,1]" in written


def test_a_reference_line_bears_its_name(frame):
    fig = intervals(frame, "value", "low", "high", reference=(50, "coin"), title=TITLE)
    assert "coin" in [words for words, _box in texts(fig)]
    fig = intervals(frame, "value", "low", "high", reference=np.float64(50), title=TITLE)
    assert "50" in [words for words, _box in texts(fig)]


def test_a_dollar_in_a_title_is_a_dollar():
    fig = bars(pd.DataFrame({"n": [1, 2]}), "n", title="From $5 to $6")
    assert "From $5 to $6" in [words for words, _box in texts(fig)]
    assert not any(text.get_parse_math() for text in fig.findobj(Text) if "$" in text.get_text())


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda f: bars(f, "valeu", title="x"), "no column valeu. Its columns are: label, value, low, high."),
        (lambda f: bars(f, "label", title="x"), "the column label holds no numbers"),
        (lambda f: bars(f.assign(value=True), "value", title="x"), "the column value holds no numbers"),
        (lambda f: bars(f.assign(value=np.nan), "value", title="x"), "the column value is empty"),
        (lambda f: bars(f.assign(value=np.inf), "value", title="x"), "infinite"),
        (lambda f: bars(f.iloc[:0], "value", title="x"), "the column value is empty"),
        (lambda f: bars(f, "value", "lable", title="x"), "no column lable"),
        (lambda f: bars(f, "value", "label", highlight="2026", title="x"), "no row is labelled 2026"),
        (lambda f: bars(f, "value", title="x", scale="cubic"), "the scale 'cubic' is unknown"),
        (lambda f: bars(f.assign(value=0.0), "value", title="x", scale="log"), "above zero in the column value"),
        (lambda f: bars(f, "value", title=" "), "no title"),
        (lambda f: bars([1, 2], "value", title="x"), "needs a table"),
        (lambda f: intervals(f, "value", "lo", "high", title="x"), "no column lo"),
        (lambda f: intervals(f, "value", "high", "low", "label", title="x"), "in the row Webpages, the interval"),
        (lambda f: intervals(f, "value", "low", "high", title="x", reference="a"), "the reference is a number"),
    ],
)
def test_a_wrong_argument_gets_one_sentence_that_names_it(draw, words, frame):
    with pytest.raises(ContrechampError, match=re.escape(words)) as caught:
        draw(frame)
    assert "\n" not in str(caught.value)
