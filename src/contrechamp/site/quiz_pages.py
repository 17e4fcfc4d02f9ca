"""The quizzes as pages: ``quiz/NN`` for each lesson, ``quiz/index``.

A question is a group of radio buttons with its permanent id as anchor (``quiz/02.html#q-02.a``). Its answers stand in a
closed ``details`` element: they are there without scripts, and ``_static/quiz.js`` reads from the same place what it
says after *Check*. So there is one text for both. There is no form: nothing could be sent, and nothing is kept.
"""

import html
import json
import re
from collections.abc import Iterator
from functools import partial
from itertools import groupby
from pathlib import Path

from contrechamp import page
from contrechamp.classroom import gift, moodle, quiz_bank, quiz_sheets, routes
from contrechamp.classroom.quiz_bank import Option, Question
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext
from contrechamp.site.pages import Page

_TAGS = re.compile(r"(<code>.*?</code>|<[^>]+>)", re.DOTALL)
_FORMULA = re.compile(r"\$(?=\S)([^$\n]*[^$\s])\$(?!\d)")  # a sum of money is no formula
#: The note before a lesson; its last sentences, from the first that offers a way out, are for the lesson only.
_CARE = re.compile(r"^> \*\*(?:Before you begin|Avant de commencer)\.\*\* (.+(?:\n>.+)*)", re.MULTILINE)
_WAY_OUT = re.compile(r" (?:You may|Vous pouvez) ")
_LESSON = re.compile(r"\b(lesson|leçon)([ \u00a0])(\d{2})\b", re.IGNORECASE)


def pages(root: Path, lang: str) -> Iterator[Page]:
    """Yield the quiz of each lesson, then the list of quizzes.

    Parameters
    ----------
    root : Path
        The checkout.
    lang : str
        Language of the pages.

    Raises
    ------
    ContrechampError
        When a quiz is malformed, or its lesson is not built.
    """
    questions = quiz_bank.load([], lang)
    quizzes = {lesson: list(group) for lesson, group in groupby(questions, key=lambda question: question.lesson)}
    for lesson, group in quizzes.items():
        yield _quiz(root, lesson, group, lang)
    yield _index(quizzes, lang)


def anchor(item: str) -> str:
    """Return the permanent anchor of a question.

    Examples
    --------
    >>> anchor("02.a")
    'q-02.a'
    """
    return f"q-{item}"


def _quiz(root: Path, lesson: str, questions: list[Question], lang: str) -> Page:
    _ = partial(gettext, lang=lang)
    meta = routes.lesson_meta(lesson, lang)
    title = meta["title"]
    links = [f"[{_('Lesson {number}').format(number=lesson)}](page:lessons/{lesson})"]
    if any((root / "exercises" / lang).glob(f"{lesson}_*.ipynb")):
        links.append(f"[{_('Its exercise')}](page:exercises/{lesson})")
    links.append(f"[{_('All quizzes')}](page:quiz/index)")
    parts = [
        f"# {_('Quiz of lesson {number}: {title}').format(number=lesson, title=title)}",
        _("From the age of {age}. Its lesson says at the top: “{note}” [Help](page:help)").format(
            age=meta["min_age"], note=care_note(lesson, lang)
        ),
        " · ".join(links),
        _("One option of each question is right. Every option has its reason: a wrong choice teaches as well."),
        _("What you choose stays on this page. Nothing is sent, nothing is kept, and nobody is counted."),
    ]
    for question in questions:
        parts.append(f"## {_('Question {item}').format(item=question.id)}")
        parts.append(f"`````{{raw}} html\n{as_html(question, lang)}\n`````")
    description = _("{count} questions on lesson {number}, with a reason for every option.")
    return Page(
        f"quiz/{lesson}",
        "\n\n".join(parts) + "\n",
        f"datasets/quizzes/{lesson}.json",
        description.format(count=len(questions), number=lesson),
        scripts=("quiz.js",),
    )


def care_note(lesson: str, lang: str) -> str:
    """Return what a built lesson says before it begins of what it speaks of, without the ways out that follow there.

    Raises
    ------
    ContrechampError
        When the lesson has no such note.
    """
    path = routes.lesson_path(lesson, lang)
    book = json.loads(path.read_text(encoding="utf-8"))
    found = _CARE.search("\n".join("".join(cell["source"]) for cell in book["cells"]))
    if found is None:
        raise ContrechampError(f"{path.name} has no note “Before you begin”. Write one and run `contrechamp build`.")
    return _WAY_OUT.split(" ".join(found[1].replace("\n>", " ").split()))[0]


def as_html(question: Question, lang: str) -> str:
    """Return one question: options, button, place for the verdict, answers in a closed element.

    Parameters
    ----------
    question : Question
        With its texts as HTML.
    lang : str
        Language of the words around it.
    """
    _ = partial(gettext, lang=lang)
    name = html.escape(anchor(question.id))
    options = "\n".join(
        f'<label class="cc-option"><input type="radio" name="{name}" value="{html.escape(option.key)}"> '
        f"<span>{html.escape(option.key)}) {written(option.text)}</span></label>"
        for option in question.options
    )
    answers = "\n".join(_answer(question, option, lang) for option in question.options)
    empty = html.escape(_("Choose an option first, then check."))
    again = html.escape(_("Try again: choose another option, then check."))
    all_answers = html.escape(_("Answers and reasons, question {item}").format(item=question.id))
    link = html.escape(_("Permanent link to question {item}").format(item=question.id))
    return f"""<div class="cc-question" id="{name}" data-empty="{empty}" data-again="{again}">
<fieldset>
<legend>{written(question.text)}</legend>
{options}
</fieldset>
<p class="cc-check"><button type="button" hidden>{html.escape(_("Check"))}</button>
<a class="cc-permanent" href="#{name}">{link}</a></p>
<div class="cc-verdict" role="status"></div>
<details class="cc-answers"><summary>{all_answers}</summary>
<ul>
{answers}
</ul>
</details>
</div>"""


def _answer(question: Question, option: Option, lang: str) -> str:
    _ = partial(gettext, lang=lang)
    line = _("{item}, {letter}: right.") if option.right else _("{item}, {letter}: not this one.")
    said = html.escape(line.format(item=question.id, letter=option.key))
    verdict = "right" if option.right else "wrong"
    return (
        f'<li data-key="{html.escape(option.key)}" data-verdict="{verdict}">'
        f'<span class="cc-said">{said}</span> {written(option.explanation)}</li>'
    )


def written(text: str) -> str:
    """Return a text of the bank for a page: formulas as MathML, lessons that it names as links; code stays as it is.

    Examples
    --------
    >>> written("Which cause did lesson 13 show?")
    'Which cause did <a href="page:lessons/13">lesson 13</a> show?'
    """
    parts = _TAGS.split(text)
    for place in range(0, len(parts), 2):
        part = _FORMULA.sub(lambda found: page.formula(html.unescape(found[1]), "inline"), parts[place])
        parts[place] = _LESSON.sub(r'<a href="page:lessons/\3">\1\2\3</a>', part)
    return "".join(parts)


def _index(quizzes: dict[str, list[Question]], lang: str) -> Page:
    _ = partial(gettext, lang=lang)
    every = [question for group in quizzes.values() for question in group]
    files = {
        f"quiz/quiz_{lang}_answers.moodle.xml": moodle.write(every, lang),
        f"quiz/quiz_{lang}_answers.gift.txt": gift.write(every, lang).encode(),
        f"quiz/quiz_{lang}.md": quiz_sheets.markdown(every, lang, answers=False).encode(),
        f"quiz/quiz_{lang}_answers.md": quiz_sheets.markdown(every, lang, answers=True).encode(),
    }
    said = [
        _("For Moodle (XML, with the answers)"),
        _("For other platforms (GIFT, with the answers)"),
        _("To print or to change (Markdown, without the answers)"),
        _("The same with the answers and their reasons"),
    ]
    rows = [f"| {_('Lesson')} | {_('Quiz')} | {_('From the age of')} | {_('Questions')} |", "|---|---|---|---|"]
    for lesson, group in quizzes.items():
        meta = routes.lesson_meta(lesson, lang)
        quiz = f"[{meta['title']}](page:quiz/{lesson})"
        rows.append(f"| [{lesson}](page:lessons/{lesson}) | {quiz} | {meta['min_age']} | {len(group)} |")
    parts = [
        f"# {_('Quizzes')}",
        _("Each lesson ends with some questions. Every option has its reason, the wrong ones too."),
        _("What you choose stays on the page. Nothing is sent, nothing is kept, and nobody is counted."),
        "\n".join(rows),
        f"## {_('For a class')}",
        _("The whole bank in one file. A question keeps its id when its wording changes, so that you can refer to it."),
        "\n".join(
            f'- <a href="{name.removeprefix("quiz/")}" download>{html.escape(text)}</a>'
            for name, text in zip(files, said, strict=True)
        ),
        _("As PDF, or for some lessons only: `contrechamp quiz-export`, in the installed course."),
    ]
    return Page(
        "quiz/index",
        "\n\n".join(parts) + "\n",
        "datasets/quizzes",
        _("The questions of the course, lesson by lesson, with a reason for every option."),
        files=files,
    )
