"""Printed text breaks between words and loses none of them."""

from hypothesis import given
from hypothesis import strategies as st

from contrechamp.lesson.lines import COLUMNS, wrap


@given(st.text(alphabet="ab é-?").map("x ".__add__), st.sampled_from(["", "02.a  "]))
def test_no_line_is_too_long_and_no_word_is_lost_or_cut(text, start):
    wrapped = wrap(text, start)
    words = (start + text).split(" ")
    assert [word for word in wrapped.replace("\n", " ").split(" ") if word] == [word for word in words if word]
    longest = max((len(word) for word in words), default=0)
    assert all(len(line) <= max(COLUMNS, longest + len(start)) for line in wrapped.split("\n"))


def test_narrow_spaces_of_french_never_end_a_line():
    assert wrap("x" * 79 + "\u202f? oui").split("\n")[0].endswith("?")
