r"""The question bank as GIFT, a text format that Moodle and other platforms import.

Format: https://docs.moodle.org/en/GIFT_format. The signs ``~ = # { } :`` and the backslash are escaped; texts are HTML
on one line, so that no blank line cuts a question in two.
"""

import re
from collections.abc import Sequence
from itertools import groupby

from contrechamp.classroom.quiz_bank import Option, Question


def write(questions: Sequence[Question], lang: str) -> str:
    """Return a GIFT file, with one category a lesson.

    Parameters
    ----------
    questions : sequence of Question
        In the order of the lessons.
    lang : str
        Language of the questions, for the name of the categories.

    Returns
    -------
    str
    """
    parts = []
    for lesson, group in groupby(questions, key=lambda question: question.lesson):
        parts.append(f"$CATEGORY: $course$/top/Contrechamp ({lang})/{lesson}")
        parts += [_question(question) for question in group]
    return "\n\n".join(parts) + "\n"


def escape(text: str) -> str:
    r"""Return a text whose signs GIFT takes for letters.

    Examples
    --------
    >>> escape("a = {b}: 50 %")
    'a \\= \\{b\\}\\: 50 %'
    """
    return re.sub(r"([~=#{}:\\])", r"\\\1", " ".join(text.split()))


def _question(question: Question) -> str:
    options = "\n".join(_option(option) for option in question.options)
    head = f"// {question.id}, {question.objective}\n::{escape(question.id)}::[html]{escape(question.text)}"
    return f"{head} {{\n{options}\n}}"


def _option(option: Option) -> str:
    # An answer that begins with a per cent sign would be read as a weight.
    text = re.sub(r"^%", "&#37;", option.text)
    return f"\t{'=' if option.right else '~'}{escape(text)}#{escape(option.explanation)}"
