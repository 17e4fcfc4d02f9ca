"""Asking a quiz in plain text: for the keyboard, the screen reader, the printer, and tests that compare outputs.

The questions are data, in ``datasets/quizzes``, in all languages of the course; every option has an explanation.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from contrechamp import home, language
from contrechamp.datasets import store
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _
from contrechamp.lesson.checks import in_language
from contrechamp.lesson.lines import wrap


def quiz(lesson: str | int, item: str | None = None) -> None:
    """Print the questions of a lesson, or one of them, with lettered options.

    Parameters
    ----------
    lesson : str
        The lesson, ``"02"``.
    item : str, optional
        One question, ``"02.a"``.
    """
    try:
        lang = language.current()
        items = _items(lesson) if item is None else [_item(item)]
        print("\n\n".join(_question(entry, lang) for entry in items))
    except ContrechampError as error:
        print(error)


def answer(item: str, choice: str) -> None:
    """Print whether a letter is the right answer to a question, and why. Whatever is given, nothing is raised.

    Parameters
    ----------
    item : str
        The question, ``"02.a"``.
    choice : str
        The letter of an option, in either case; brackets and points about it do not count.
    """
    try:
        lang = language.current()
        print(_verdict(_item(item), choice, lang))
    except ContrechampError as error:
        print(error)


def _question(entry: Mapping[str, Any], lang: str) -> str:
    ident = str(entry["id"])
    lines = [wrap(in_language(entry["question"], lang), f"{ident}  "), ""]
    lines += [wrap(in_language(option["text"], lang), f"  {option['key']})  ") for option in entry["options"]]
    lines += ["", _('To answer: answer("{item}", "…") with your letter.', lang).format(item=ident)]
    return "\n".join(lines)


def _verdict(entry: Mapping[str, Any], choice: object, lang: str) -> str:
    ident = str(entry["id"])
    letter = choice.strip().strip("().").casefold() if isinstance(choice, str) else ""
    options = {str(option["key"]).casefold(): option for option in entry["options"]}
    if not letter or choice == "…":
        return _("{item} is not answered yet: give one letter, between quotation marks.", lang).format(item=ident)
    if letter not in options:
        known = ", ".join(options)
        return _("{item} has no option {letter}; its options are: {known}.", lang).format(
            item=ident, letter=letter, known=known
        )
    option = options[letter]
    line = _("{item}, {letter}: right.", lang) if option["right"] else _("{item}, {letter}: not this one.", lang)
    return f"{line.format(item=ident, letter=letter)}\n{wrap(in_language(option['explanation'], lang))}"


def _item(item: object) -> Mapping[str, Any]:
    wanted = item.strip().casefold() if isinstance(item, str) else ""
    for entry in _items(wanted.split(".")[0], item):
        if str(entry["id"]).casefold() == wanted:
            return entry
    known = ", ".join(str(entry["id"]) for entry in _items(wanted.split(".")[0]))
    raise ContrechampError(_("There is no question {item}. This lesson has: {known}.").format(item=wanted, known=known))


def _items(lesson: object, asked: object = None) -> list[Mapping[str, Any]]:
    number = f"{lesson:02d}" if type(lesson) is int else str(lesson).strip()
    number = number.zfill(2) if number.isdigit() else number
    path = home.room("datasets") / "quizzes" / f"{number}.json"
    if not number.isalnum() or not path.is_file():
        name = str(lesson if asked is None else asked).strip()
        raise ContrechampError(
            _('There is no quiz for {name}: a lesson reads like "02", a question like "02.a".').format(name=name)
        )
    status = path.stat()
    return _read(f"quizzes/{number}.json", str(path), status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=64)
def _read(name: str, path: str, stamp: int, size: int) -> list[Mapping[str, Any]]:
    content = store.read_json(name)
    if not isinstance(content, Mapping) or not isinstance(content.get("items"), list):
        raise ContrechampError(f"datasets/{name} is not a quiz. Build the exercises again.")
    return content["items"]
