"""The question bank, one language at a time: what a learning platform or a printed sheet needs of it.

The bank is ``datasets/quizzes/NN.json``, built from ``exercises/NN_slug.quiz.yaml``: one right option a question, an
explanation for every option. Ids such as ``02.a`` are stable: a question keeps its id when its wording changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt

from contrechamp import home
from contrechamp.datasets import store
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext

_MARKDOWN = MarkdownIt("commonmark", {"html": False})


@dataclass(frozen=True)
class Option:
    """One option of a question.

    Attributes
    ----------
    key : str
        Its letter.
    text, explanation : str
        HTML.
    right : bool
        True for the one that is right.
    """

    key: str
    text: str
    explanation: str
    right: bool


@dataclass(frozen=True)
class Question:
    """One question of the bank.

    Attributes
    ----------
    id : str
        ``02.a``; it stays the same when the wording changes.
    objective : str
        ``02.1``.
    lesson : str
        Two digits.
    text : str
        HTML.
    options : tuple of Option
        In their order; exactly one is right.
    """

    id: str
    objective: str
    lesson: str
    text: str
    options: tuple[Option, ...]

    @property
    def right(self) -> Option:
        """The right option."""
        return next(option for option in self.options if option.right)


def load(lessons: Sequence[str], lang: str) -> list[Question]:
    """Return the questions of some lessons, or of all, in one language.

    Parameters
    ----------
    lessons : sequence of str
        Lesson numbers, ``"02"`` or ``"2"``; all lessons when empty.
    lang : str
        Language of the questions and of the message.

    Returns
    -------
    list of Question
        Lesson by lesson.

    Raises
    ------
    ContrechampError
        When a lesson has no quiz, or a question has not exactly one right option.
    """
    folder = home.room("datasets") / "quizzes"
    there = sorted(path.stem for path in folder.glob("*.json"))
    chosen = [number.zfill(2) for number in lessons] or there
    for number in chosen:
        if number not in there:
            raise ContrechampError(
                gettext("There is no quiz for lesson {number}. Known: {names}.", lang).format(
                    number=number, names=", ".join(there)
                )
            )
    return [_question(item, number, lang) for number in sorted(set(chosen)) for item in _items(number)]


def _items(number: str) -> list[dict]:
    content = store.read_json(f"quizzes/{number}.json")
    items = content.get("items") if isinstance(content, dict) else None
    if not isinstance(items, list):
        raise ContrechampError(f"datasets/quizzes/{number}.json is not a quiz. Build the exercises again.")
    return items


def _question(item: dict, lesson: str, lang: str) -> Question:
    options = tuple(
        Option(str(o["key"]), _html(o["text"], lang), _html(o["explanation"], lang), bool(o["right"]))
        for o in item["options"]
    )
    if sum(option.right for option in options) != 1:
        raise ContrechampError(f"datasets/quizzes/{lesson}.json, {item['id']}: exactly one option must be right.")
    return Question(str(item["id"]), str(item["objective"]), lesson, _html(item["question"], lang), options)


def _html(text: dict[str, str], lang: str) -> str:
    return _MARKDOWN.renderInline(text.get(lang) or text["en"])
