"""Sliders: static in every stored notebook, alive only where a person sits at the course's own JupyterLab."""

import pandas as pd
import pytest
from matplotlib.figure import Figure
from toy_answers import write_home

from contrechamp.errors import ContrechampError
from contrechamp.lesson import interactive, slider


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_HOME", str(write_home(tmp_path / "home")))
    monkeypatch.setenv("CONTRECHAMP_LANG", "en")


class Kernel:
    def __init__(self, content):
        self.content = content

    def get_parent(self, channel=None):
        return {"content": self.content} if self.content is not None else {}


class Shell:
    def __init__(self, content):
        self.kernel = Kernel(content)


@pytest.mark.parametrize(
    ("variable", "shell", "expected"),
    [
        ("1", Shell({"allow_stdin": True}), True),
        ("1", Shell({"allow_stdin": False}), False),
        ("1", Shell({}), False),
        ("1", Shell(None), False),
        ("1", object(), False),  # IPython in a terminal
        ("1", None, False),  # plain Python
        ("0", Shell({"allow_stdin": True}), False),
        (None, Shell({"allow_stdin": True}), False),
    ],
)
def test_a_session_is_interactive_only_with_the_variable_and_a_front_end_that_answers(
    variable, shell, expected, monkeypatch
):
    import IPython

    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    if variable is not None:
        monkeypatch.setenv("CONTRECHAMP_INTERACTIVE", variable)
    assert interactive.is_interactive() is expected


def test_without_a_reader_the_function_is_called_once_with_the_start_values(capsys):
    calls = []
    assert slider(lambda **values: calls.append(values), rate=(0.0, 1.0, 0.1, 0.25), count=(0, 5000, 1, 1200)) is None
    assert calls == [{"rate": 0.25, "count": 1200}]
    assert capsys.readouterr().out.startswith("Drawn with rate = 0.25, count = 1,200.")


def test_what_the_function_returns_is_shown(capsys):
    slider(lambda rate: pd.DataFrame({"rate": [rate]}), rate=(0, 10, 1, 7))
    assert "7" in capsys.readouterr().out.splitlines()[-1]


@pytest.mark.parametrize(
    "values",
    [(0, 1, 0.1), (0, 1, 0.1, 2), (0, 1, 0.1, -1), (1, 0, 0.1, 0), (0, 1, 0, 0), (0, 1, 2, 0), 5, None, ("a",) * 4,
     (False, True, 1, 0), (0, float("nan"), 0.1, 0)],
)  # fmt: skip
def test_a_range_that_is_none_gets_one_sentence(values):
    with pytest.raises(ContrechampError, match="rate needs four numbers"):
        slider(lambda rate: None, rate=values)


def test_a_slider_needs_a_function_and_a_range():
    for function, ranges in [(lambda: None, {}), (None, {"rate": (0, 1, 1, 0)})]:
        with pytest.raises(ContrechampError, match="needs a function and at least one range"):
            slider(function, **ranges)


def test_a_figure_must_be_shown_with_its_description():
    with pytest.raises(ContrechampError, match="Let it call show"):
        slider(lambda rate: Figure(), rate=(0, 1, 1, 0))


def test_the_widget_has_one_labelled_slider_for_each_range():
    import ipywidgets

    ranges = {"false_rate": (0.0, 1.0, 0.1, 0.2), "count": (0, 10, 1, 3)}
    widget = interactive.controls(lambda **values: None, ranges)
    rate, count = widget.children[:2]
    assert isinstance(rate, ipywidgets.FloatSlider) and isinstance(count, ipywidgets.IntSlider)
    assert (rate.description, rate.min, rate.max, rate.step, rate.value) == ("false rate", 0.0, 1.0, 0.1, 0.2)
    assert (count.description, count.value) == ("count", 3)
    assert not rate.continuous_update
