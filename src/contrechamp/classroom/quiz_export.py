"""``contrechamp quiz-export``: the question bank for Moodle (XML), for others (GIFT), and on paper.

QTI is not written: the one maintained writer, text2qti, serves Canvas only and would be a package more for all.
Moodle XML can be converted by those who need another format.
"""

from collections.abc import Callable
from pathlib import Path

from contrechamp import workspace
from contrechamp.classroom import gift, moodle, quiz_bank, quiz_sheets
from contrechamp.classroom.quiz_bank import Question
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext

_Maker = Callable[[list[Question], str], bytes]
# By the ending that is added to the file's name; those that hold answers say so in their name.
FORMATS: dict[str, dict[str, _Maker]] = {
    "moodle": {"_answers.moodle.xml": moodle.write},
    "gift": {"_answers.gift.txt": lambda questions, lang: gift.write(questions, lang).encode()},
    "sheet": {
        ".md": lambda questions, lang: quiz_sheets.markdown(questions, lang, answers=False).encode(),
        ".pdf": lambda questions, lang: quiz_sheets.pdf(questions, lang, answers=False),
    },
    "key": {
        "_answers.md": lambda questions, lang: quiz_sheets.markdown(questions, lang, answers=True).encode(),
        "_answers.pdf": lambda questions, lang: quiz_sheets.pdf(questions, lang, answers=True),
    },
}


def main(lessons: list[str], lang: str, formats: list[str] | None = None, output: str | None = None) -> int:
    """Write the question bank into a folder; print the paths.

    Parameters
    ----------
    lessons : list of str
        Lesson numbers; all lessons when empty.
    lang : str
        Language of the questions and of the messages.
    formats : list of str, optional
        Of ``moodle``, ``gift``, ``sheet`` (to fill in) and ``key`` (with the answers); all when left out.
    output : str, optional
        The folder; the current one when left out. Nothing that is there is overwritten.

    Returns
    -------
    int
        Exit status, 0.

    Raises
    ------
    ContrechampError
        For a lesson without a quiz, an unknown format, a file that is in the way, or a folder that cannot be written.
    """
    for name in formats or []:
        if name not in FORMATS:
            raise ContrechampError(
                gettext("There is no format {name}. Known: {names}.", lang).format(name=name, names=", ".join(FORMATS))
            )
    makers = {ending: make for name in formats or FORMATS for ending, make in FORMATS[name].items()}
    questions = quiz_bank.load(lessons, lang)
    numbers = "".join(f"_{number}" for number in sorted({question.lesson for question in questions})) if lessons else ""
    folder = Path(output or ".")
    paths = {folder / f"quiz{numbers}_{lang}{ending}": make for ending, make in makers.items()}
    for path in paths:
        if path.exists():
            raise ContrechampError(
                gettext("{path} is already there, and was left as it is. Give --output another folder.", lang).format(
                    path=path
                )
            )
    for path, make in paths.items():
        workspace.write(path, make(questions, lang), lang)
        print(path)
    return 0
