"""A malformed source gives one sentence with its file and line."""

import re

import pytest
from toy_course import EXERCISE, LESSON, QUIZ, plant

from contrechamp.authoring import sources
from contrechamp.errors import ContrechampError

BROKEN = [
    ("notebooks/09_toy.md", LESSON.replace("import result\n```", "import result\n"), r"line 20: the fence opened here"),
    ("notebooks/09_toy.md", LESSON + "```{code-cell}\nx = 1\n", r"is never closed"),
    ("notebooks/09_toy.md", LESSON.replace("---\njupytext", "jupytext"), r"does not begin with its front matter"),
    ("notebooks/09_toy.md", LESSON.replace("minutes: {core: 5", "minutes: {core: [5"), r"not valid YAML"),
    ("notebooks/09_toy.md", LESSON.replace("contrechamp:", "course:"), r"no `contrechamp:` section"),
    ("exercises/09_toy.md", EXERCISE.replace("hint: Divide by where you started.\n", ""), r"check 09.E1 lacks hint"),
    ("exercises/09_toy.md", EXERCISE.replace("points: 2", "points: [2"), r"line \d+: not valid YAML"),
    ("notebooks/09_toy.md", "---\n- a list\n---\n\n# Title\n", r"no `contrechamp:` section"),
    (
        "exercises/09_toy.md",
        re.sub(r"```\{check\}.*?```", "```{check} 09.E1\n- a\n```", EXERCISE, flags=re.S),
        "should have",
    ),
    (
        "exercises/09_toy.md",
        EXERCISE.replace("values:\n  change: {kind: number, tolerance: 0.5}", "values: 3"),
        "`values` has",
    ),
    (
        "exercises/09_toy.md",
        EXERCISE.replace("{kind: number, tolerance: 0.5}", "{tolerance: 0.5}"),
        "change, lacks kind",
    ),
    (
        "exercises/09_toy.md",
        EXERCISE.replace("    message: You divided by", "    massage: You"),
        "a misconception lacks message",
    ),
    (
        "exercises/09_toy.md",
        EXERCISE.replace("hint: Divide by where you started.", "hint: no"),
        "`hint`, `right` and each",
    ),
]


@pytest.mark.parametrize(("name", "text", "words"), BROKEN)
def test_each_malformed_source_is_named_with_its_place(name, text, words, tmp_path):
    (plant(tmp_path) / name).write_text(text, encoding="utf-8")
    with pytest.raises(ContrechampError, match=words) as caught:
        sources.read(tmp_path / name)
    assert str(caught.value).startswith(name)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (QUIZ.replace("    question: What is a rise of a hundred per cent?\n", ""), "item 09.a lacks question"),
        (QUIZ.replace(", explanation: Twice as much.", ""), "an option lacks explanation"),
        (QUIZ.replace("text: nothing", "text: no"), "`text` is text"),
        ("items: [", "not valid YAML"),
        ("lesson: x", "has the keys"),
        (QUIZ.replace('lesson: "09"\n', ""), "has the keys"),
        ('lesson: "09"\nitems: [3]', r"item \? is 3, and should have the keys"),
        (QUIZ.partition("    options:")[0] + "    options: 3\n", "`options` is a list"),
        (QUIZ.replace("right: true", "right: perhaps"), "`right` is true or false"),
        (QUIZ.replace("explanation: Twice as much.", "explanation: 2"), "`text` is text, and `explanation` too"),
    ],
)
def test_each_malformed_quiz_is_named_with_its_place(text, words, tmp_path):
    path = plant(tmp_path) / "exercises/09_toy.quiz.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContrechampError, match=words):
        sources.read_quiz(path)


def test_a_source_that_is_not_utf8_is_named(tmp_path):
    path = plant(tmp_path) / "notebooks/09_toy.md"
    path.write_bytes(LESSON.encode() + b"\xff")
    with pytest.raises(ContrechampError, match="not UTF-8"):
        sources.read(path)


def test_a_badly_named_source_is_refused(tmp_path):
    path = plant(tmp_path) / "notebooks/09-Toy.md"
    path.write_text(LESSON, encoding="utf-8")
    with pytest.raises(ContrechampError, match="NN_slug"):
        sources.read(path)


def test_definitions_of_checks_are_taken_out_of_the_notebook(tmp_path):
    source = sources.read(plant(tmp_path) / "exercises/09_toy.md")
    assert not any("{check}" in cell.source for cell in source.cells)
    (position,) = source.checks
    assert source.cells[position].source.startswith("check(")
    assert source.cells[-1].source == "That is all."
