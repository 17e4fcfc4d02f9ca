"""Comments in code cells are translated; everything else of a cell is the same in each language."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contrechamp.authoring import catalogue, code_cells, comments, sources
from contrechamp.authoring.catalogue import Catalogue

LESSONS, EXERCISES, _ = sources.find()
EVERY = LESSONS + EXERCISES


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("guess = ...  # of a hundred", ["of a hundred"]),
        ("# a line of its own\nx = 1", ["a line of its own"]),
        ('x = "# no comment"  # a comment', ["a comment"]),
        ("x = 3  # (… - …) / … * 100", []),
        ("x = ...  # sorted(…)[-2]", []),
        ("x = ...  # PSNR of `last`", ["PSNR of `last`"]),
        ("### BEGIN SOLUTION\nx = 1\n### END SOLUTION", []),
        ("x = 1  # `last`", []),
        ("x = (", []),
        ("if x:\n    y = 1\n  z = 2  # badly indented", []),
        ("", []),
    ],
    ids=repr,
)
def test_only_what_speaks_to_a_reader_is_for_the_translator(code, says):
    assert comments.split(code) == says


def test_a_translation_replaces_the_words_and_nothing_else():
    code = 'x = "# no"  # one\n# two words\ny = x  # (…)\nz = 1    # left as it is\n'
    french = {"one": "un seul", "two words": "deux mots"}
    translated = 'x = "# no"  # un seul\n# deux mots\ny = x  # (…)\nz = 1    # left as it is\n'
    assert comments.join(code, french.get) == translated


def test_cells_that_differ_in_comments_only_are_the_same_code_and_others_are_not():
    assert comments.without("x = 1  # two words") == comments.without("x = 1  # deux mots")
    assert comments.without("x = 1  # two words") != comments.without("x = 2  # deux mots")
    assert comments.without("x = 1  # (… + 1)") != comments.without("x = 1  # (… + 2)")


WORDS = st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=30)


@given(st.lists(st.tuples(st.sampled_from(["x = 1", "f('#')", "", "y = [1,"]), WORDS), max_size=5), WORDS)
def test_the_code_that_runs_is_never_touched(lines, new):
    code = "\n".join(f"{line}  # {said}" if said else line for line, said in lines)
    translated = comments.join(code, lambda _said: " ".join(new.split()))
    try:
        meant = ast.dump(ast.parse(code))
    except SyntaxError:
        return
    assert ast.dump(ast.parse(translated)) == meant


@pytest.mark.parametrize("path", EVERY, ids=lambda path: f"{path.parent.name}-{path.stem[:2]}{path.stem[-5:]}")
@pytest.mark.parametrize("lang", catalogue.languages()[1:])
def test_every_comment_of_the_course_is_translated_and_its_line_fits(path, lang):
    source = sources.read(path)
    book = Catalogue(catalogue.path_for(source.relative, lang))
    for code in source.code:
        for said in comments.split(code):
            new = book.get(said)
            assert new and "\n" not in new and "#" not in new, said
        for line in comments.join(code, book.get).split("\n"):
            assert len(line) <= code_cells.LONGEST_LINE, line
