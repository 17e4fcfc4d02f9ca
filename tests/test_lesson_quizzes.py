"""The quiz as text: readable by keyboard, screen reader and printer, the same at each run."""

import pytest
from toy_answers import QUIZ, write_home

from contrechamp.lesson import answer, quiz


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_HOME", str(write_home(tmp_path / "home")))
    monkeypatch.setenv("CONTRECHAMP_LANG", "en")
    return tmp_path / "home"


def printed(capsys, function, *args):
    assert function(*args) is None
    return capsys.readouterr().out


def test_a_quiz_prints_every_question_and_option_in_the_order_of_the_bank(capsys):
    text = printed(capsys, quiz, "02")
    places = [text.index(part) for part in ("02.a", "a)  Children", "b)  Webpages", "To answer", "02.b")]
    assert places == sorted(places)


def test_long_options_are_folded_under_their_own_text(capsys):
    lines = printed(capsys, quiz, "02", "02.a").splitlines()
    assert max(map(len, lines)) <= 88
    start = next(i for i, line in enumerate(lines) if line.startswith("  a)  "))
    assert lines[start + 1].startswith("      and so on")


def test_one_question_is_printed_alone(capsys):
    assert "02.a" not in printed(capsys, quiz, "02", "02.b")


def test_a_quiz_does_not_give_its_answers_away(capsys):
    text = printed(capsys, quiz, "02")
    for option in QUIZ["items"][0]["options"]:
        assert option["explanation"]["en"] not in text


@pytest.mark.parametrize("lesson", ["02", "2", 2, " 02 "])
def test_the_lesson_may_be_written_in_several_ways(capsys, lesson):
    assert "02.a" in printed(capsys, quiz, lesson)


@pytest.mark.parametrize(
    ("item", "letter", "first", "second"),
    [
        ("02.a", "b", "02.a, b: right.", "The record says so."),
        ("02.a", "a", "02.a, a: not this one.", "A page may show several."),
        ("02.A", " B) ", "02.a, b: right.", "The record says so."),
    ],
)
def test_an_answer_is_told_right_or_not_and_always_explained(capsys, item, letter, first, second):
    assert printed(capsys, answer, item, letter).splitlines() == [first, second]


@pytest.mark.parametrize(
    ("function", "args", "words"),
    [
        (answer, ("02.a", "z"), "02.a has no option z; its options are: a, b."),
        (answer, ("02.a", "…"), "not answered yet"),
        (answer, ("02.a", ""), "not answered yet"),
        (answer, ("02.a", ...), "not answered yet"),
        (answer, ("02.a", 2), "not answered yet"),
        (answer, ("02.z", "a"), "There is no question 02.z. This lesson has: 02.a, 02.b."),
        (answer, ("77.a", "a"), "There is no quiz for 77.a"),
        (answer, (..., "a"), "There is no quiz for"),
        (quiz, ("77",), "There is no quiz for 77"),
        (quiz, ("../x",), "There is no quiz for ../x"),
        (quiz, ("",), "There is no quiz for"),
        (quiz, (None,), "There is no quiz for"),
        (quiz, ("02", "02.z"), "There is no question 02.z"),
    ],
)
def test_what_does_not_exist_gets_one_sentence(capsys, function, args, words):
    text = printed(capsys, function, *args)
    assert words in text
    assert text.count("\n") == 1


def test_the_quiz_speaks_french_with_french_spacing(capsys, monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_LANG", "fr")
    assert "Que compte «\u00a0+400\u00a0%\u00a0»\u202f?" in printed(capsys, quiz, "02", "02.a")
    assert printed(capsys, answer, "02.a", "b") == (
        "02.a, b\u202f: juste.\nC’est ce que dit la fiche\u202f: des pages.\n"
    )


def test_a_text_without_translation_appears_in_english(capsys, monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_LANG", "fr")
    assert "Second" in printed(capsys, quiz, "02", "02.b")


@pytest.mark.parametrize("content", ["{", "[]", '{"items": 3}'])
def test_a_damaged_bank_gets_one_sentence(capsys, home, content):
    (home / "datasets/quizzes/02.json").write_text(content, encoding="utf-8")
    assert "quizzes/02.json" in printed(capsys, quiz, "02")
