"""Sheets of small pictures and clouds of points: drawn to one scale, and bad input told in one sentence."""

import numpy as np
import pytest

from contrechamp.errors import ContrechampError
from contrechamp.lesson.figures import png
from contrechamp.lesson.sheets import clouds, pictures

GREY = np.zeros((16, 16))
COLOUR = np.full((16, 16, 3), 255, np.uint8)


def test_each_picture_is_drawn_once_with_its_own_pixels():
    figure = pictures([[GREY, GREY + 0.5], [GREY - 1]], ["one", "two"], title="Two rows", heads=["a", "b"])
    drawn = [ax.images[0].get_array() for ax in figure.axes]
    assert [float(image.mean()) for image in drawn] == [0.5, 0.75, 0.0]
    assert {text.get_text() for text in figure.texts} >= {"one", "two", "a", "b"}
    assert png(figure)[:4] == b"\x89PNG"


def test_a_flat_row_of_numbers_is_a_square_and_bytes_run_to_white():
    figure = pictures([[GREY.ravel()], [GREY]], title="Flat")
    assert figure.axes[0].images[0].get_array().shape == (16, 16)
    assert float(pictures([[COLOUR]], title="White").axes[0].images[0].get_array().min()) == 1.0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([],), "at least one picture"),
        (([[GREY, GREY[:8]]],), "all of one size"),
        (([["no picture"]],), "finite numbers"),
        (([[GREY * np.nan]],), "finite numbers"),
        (([[GREY]], ["one", "two"]), "1 rows and 2 labels"),
    ],
)
def test_bad_sheets_are_one_sentence(arguments, words):
    with pytest.raises(ContrechampError, match=words):
        pictures(*arguments, title="A sheet")


def test_a_sheet_without_a_finding_or_too_high_or_with_too_many_heads_is_refused():
    with pytest.raises(ContrechampError, match="no title"):
        pictures([[GREY]], title=" ")
    with pytest.raises(ContrechampError, match="show fewer rows"):
        pictures([[GREY]] * 30, title="High")
    with pytest.raises(ContrechampError, match="more column heads"):
        pictures([[GREY]], title="Heads", heads=["a", "b"])


def test_clouds_share_one_scale():
    points = np.array([[0.0, 1.0], [2.0, -2.0]])
    figure = clouds([points, points + 0.5], ["before", "after"], title="Two clouds", context=points)
    assert len({ax.get_xlim() for ax in figure.axes}) == 1
    assert [len(ax.lines) for ax in figure.axes] == [2, 2]


@pytest.mark.parametrize(
    ("panels", "labels", "words"),
    [
        ([], [], "one to four panels"),
        ([np.zeros((2, 2))] * 5, ["x"] * 5, "one to four panels"),
        ([np.zeros((2, 3))], ["x"], "two columns"),
        ([np.full((2, 2), np.inf)], ["x"], "finite numbers"),
    ],
)
def test_bad_clouds_are_one_sentence(panels, labels, words):
    with pytest.raises(ContrechampError, match=words):
        clouds(panels, labels, title="Clouds")
