"""A grid of states: unknown is shown as unknown, nothing by colour alone, and a table that is no grid is refused."""

import pandas as pd
import pytest

from contrechamp.errors import ContrechampError
from contrechamp.lesson.figures import png
from contrechamp.lesson.grids import grid

STATES = {"now": "a rule in force names it", "check": "start to be checked", "later": "planned"}
FRAME = pd.DataFrame({"Making": ["now", None], "Keeping": ["later", "check"]}, index=["France", "Denmark"])


def drawn(frame=FRAME, states=STATES, **more):
    """Return the rectangles by hatch and fill, and the texts, of a grid."""
    axes = grid(frame, states, title="Blanks are not a no", **more).axes[0]
    looks = [(patch.get_hatch(), patch.get_facecolor()) for patch in axes.patches]
    return looks, [text.get_text() for text in axes.texts]


def test_an_unknown_cell_is_hatched_bears_a_question_mark_and_stands_in_the_key():
    looks, texts = drawn(unknown="no record of ours")
    assert sum(hatch is not None for hatch, _fill in looks) == 2  # the cell, and its place in the key
    assert texts.count("?") == 2
    assert "no record of ours" in texts


def test_the_key_speaks_of_unknown_cells_only_where_there_are_some():
    looks, texts = drawn(FRAME.dropna(), unknown="no record of ours")
    assert "?" not in texts and "no record of ours" not in texts
    assert all(hatch is None for hatch, _fill in looks)


def test_each_state_has_a_sign_of_its_own_so_that_no_state_is_told_by_colour_alone():
    frame = pd.DataFrame([[state, state] for state in STATES], index=list("abc"), columns=["Making", "Keeping"])
    _looks, texts = drawn(frame)
    signs = [text for text in texts if len(text) == 1 and not text.isalpha()]
    assert len(set(signs)) == len(STATES)
    assert all(signs.count(sign) == 3 for sign in signs)  # two cells, one place in the key


def test_an_unknown_cell_never_looks_like_a_state():
    looks, texts = drawn()
    plain = {fill for hatch, fill in looks if hatch is None}
    assert len(plain) == len(STATES)
    assert "?" not in {"●", "◐", "○"} and texts.count("?") == 2


@pytest.mark.parametrize(
    ("heads", "angle"),
    {"short words stand upright": (["Make", "Show"], 0), "long ones lean": (["x" * 60, "Show"], -35)}.values(),
    ids=["short words stand upright", "long ones lean"],
)
def test_names_of_columns_never_run_into_each_other(heads, angle):
    axes = grid(FRAME.set_axis(heads, axis="columns"), STATES, title="Blanks").axes[0]
    turned = {text.get_rotation() % 360 for text in axes.texts if text.get_text() in heads}
    assert turned == {angle % 360}


def test_a_grid_of_thirty_five_places_and_eight_acts_fits_on_a_page():
    frame = pd.DataFrame(
        [["now"] * 8] * 35, index=[f"Place {n}" for n in range(35)], columns=[f"Act {n}" for n in range(8)]
    )
    figure = grid(frame, STATES, title="All alike")
    assert figure.get_figwidth() == 7 and figure.get_figheight() < 13
    assert len(png(figure)) < 120 * 1024


BAD = {
    "an empty table": (FRAME.iloc[:0], STATES, "T", "at least one row"),
    "a value that is no state": (
        FRAME.replace("later", "soon"),
        STATES,
        "T",
        "'soon', in the row France|'soon' in the row France",
    ),
    "a number for a state": (pd.DataFrame({"Making": [1]}, index=["France"]), STATES, "T", "1 in the row France"),
    "too many states": (FRAME, {**STATES, "never": "never"}, "T", "one to 3 states"),
    "no state at all": (FRAME, {}, "T", "one to 3 states"),
    "no title": (FRAME, STATES, " ", "no title"),
    "a table that is none": ([1, 2], STATES, "T", "needs a table"),
    "too many rows": (pd.concat([FRAME] * 40), STATES, "T", "show fewer rows"),
}


@pytest.mark.parametrize(("frame", "states", "title", "sentence"), BAD.values(), ids=BAD.keys())
def test_what_cannot_be_drawn_is_refused_with_one_sentence(frame, states, title, sentence):
    with pytest.raises(ContrechampError, match=sentence) as caught:
        grid(frame, states, title=title)
    assert "\n" not in str(caught.value)
