"""The question bank as Moodle XML, which Moodle imports under *Question bank, Import, Moodle XML format*.

Format: https://docs.moodle.org/en/Moodle_XML_format (multiple choice, one answer). Each question carries an id number
and tags, so that a second import can be told from the first; each language has a category of its own.
"""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from itertools import groupby

from contrechamp.classroom.quiz_bank import Option, Question

_COURSE = "Contrechamp"


def write(questions: Sequence[Question], lang: str) -> bytes:
    """Return a Moodle XML file, UTF-8, with one category a lesson.

    Parameters
    ----------
    questions : sequence of Question
        In the order of the lessons.
    lang : str
        Language of the questions; part of the category and of the id numbers, which Moodle wants unique.

    Returns
    -------
    bytes
    """
    quiz = ET.Element("quiz")
    for lesson, group in groupby(questions, key=lambda question: question.lesson):
        category = ET.SubElement(quiz, "question", type="category")
        _text(ET.SubElement(category, "category"), f"$course$/top/{_COURSE} ({lang})/{lesson}")
        for question in group:
            _multichoice(quiz, question, lang)
    ET.indent(quiz)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(quiz, encoding="utf-8") + b"\n"


def identifier(question: Question, lang: str) -> str:
    """Return the id number of a question, the same for ever."""
    return f"contrechamp-{question.id}-{lang}"


def _multichoice(quiz: ET.Element, question: Question, lang: str) -> None:
    one = ET.SubElement(quiz, "question", type="multichoice")
    _text(ET.SubElement(one, "name"), question.id)
    _text(ET.SubElement(one, "questiontext", format="html"), f"<p>{question.text}</p>")
    _text(ET.SubElement(one, "generalfeedback", format="html"), "")
    for tag, value in (
        ("defaultgrade", "1"), ("penalty", "0"), ("hidden", "0"), ("idnumber", identifier(question, lang)),
        ("single", "true"), ("shuffleanswers", "true"), ("answernumbering", "abc"),
    ):  # fmt: skip
        ET.SubElement(one, tag).text = value
    for option in question.options:
        _answer(one, option)
    tags = ET.SubElement(one, "tags")
    for tag in ("contrechamp", f"lesson {question.lesson}", f"objective {question.objective}"):
        _text(ET.SubElement(tags, "tag"), tag)


def _answer(one: ET.Element, option: Option) -> None:
    answer = ET.SubElement(one, "answer", fraction="100" if option.right else "0", format="html")
    _text(answer, option.text)
    _text(ET.SubElement(answer, "feedback", format="html"), option.explanation)


def _text(parent: ET.Element, text: str) -> None:
    ET.SubElement(parent, "text").text = text
