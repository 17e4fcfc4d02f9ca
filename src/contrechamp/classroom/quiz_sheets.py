"""The question bank on paper: a sheet to fill in, and the same with the answers and their reasons."""

import html
import re
from collections.abc import Sequence
from functools import partial
from itertools import groupby

from contrechamp.authoring import paper
from contrechamp.classroom.quiz_bank import Question
from contrechamp.language import gettext

STYLE = """
@page { size: A4; margin: 15mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt "Course Sans" } }
body { font-size: 10pt; line-height: 1.36 } h1 { font-size: 18pt; color: #00407a; margin: 0 0 2mm }
h2 { font-size: 12.5pt; color: #00407a; margin: 5mm 0 1.5mm; break-after: avoid }
h3 { font-size: 10pt; margin: 3mm 0 1mm; font-weight: normal; break-after: avoid }
ul { list-style: none; padding: 0 0 0 4mm }
.question { break-inside: avoid } .right { font-weight: bold }
.why { display: block; font-size: 8.5pt; font-weight: normal }
"""


def markdown(questions: Sequence[Question], lang: str, *, answers: bool) -> str:
    """Return the sheet as Markdown.

    Parameters
    ----------
    questions : sequence of Question
        In the order of the lessons.
    lang : str
        Language of the questions.
    answers : bool
        Put the right option in bold, and the reason under each option.

    Returns
    -------
    str
    """
    _ = partial(gettext, lang=lang)
    lines = [f"# {_title(lang, answers)}", "", _hint(lang, answers), ""]
    for lesson, group in groupby(questions, key=lambda question: question.lesson):
        lines += [f"## {_('Lesson {number}').format(number=lesson)}", ""]
        for question in group:
            lines += [f"**{question.id}** {_plain(question.text)}", ""]
            for option in question.options:
                text = f"{option.key}) {_plain(option.text)}"
                lines.append(f"- **{text}** ✓" if answers and option.right else f"- {text}")
                if answers:
                    lines.append(f"  {_plain(option.explanation)}")
            lines.append("")
    return "\n".join(lines)


def pdf(questions: Sequence[Question], lang: str, *, answers: bool) -> bytes:
    """Return the sheet as a tagged PDF.

    Parameters
    ----------
    questions : sequence of Question
        In the order of the lessons.
    lang : str
        Language of the questions.
    answers : bool
        As for `markdown`.

    Returns
    -------
    bytes

    Raises
    ------
    NoPango
        When WeasyPrint finds no Pango on the system.
    """
    _ = partial(gettext, lang=lang)
    parts = [f"<h1>{_title(lang, answers)}</h1><p>{_hint(lang, answers)}</p>"]
    for lesson, group in groupby(questions, key=lambda question: question.lesson):
        parts.append(f"<h2>{_('Lesson {number}').format(number=lesson)}</h2>")
        parts += [_on_paper(question, answers) for question in group]
    return paper.document(_title(lang, answers), lang, "".join(parts), STYLE)


def body(questions: Sequence[Question], title: str, lang: str) -> str:
    """Return some questions to fill in as HTML, without lessons, under a title of their own."""
    hint = _hint(lang, False)
    return f"<h1>{html.escape(title)}</h1><p>{hint}</p>" + "".join(_on_paper(question, False) for question in questions)


def _on_paper(question: Question, answers: bool) -> str:
    rows = []
    for option in question.options:
        box = ("☒" if option.right else "☐") if answers else "☐"
        why = f'<span class="why">{option.explanation}</span>' if answers else ""
        kind = ' class="right"' if answers and option.right else ""
        rows.append(f"<li{kind}>{box} {option.key}) {option.text}{why}</li>")
    return f'<div class="question"><h3><b>{question.id}</b> {question.text}</h3><ul>{"".join(rows)}</ul></div>'


def _title(lang: str, answers: bool) -> str:
    return gettext("Quiz: the answers and their reasons", lang) if answers else gettext("Quiz", lang)


def _hint(lang: str, answers: bool) -> str:
    if answers:
        return gettext("For the person who leads. The right option is marked; each option has its reason.", lang)
    return gettext("One option of each question is right. Write no name, and nothing about yourself.", lang)


def _plain(text: str) -> str:
    for tag, sign in (("strong", "**"), ("em", "*"), ("code", "`")):
        text = re.sub(f"</?{tag}>", sign, text)
    return html.unescape(text)
