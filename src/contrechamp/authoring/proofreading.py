"""Compare a translation with its English: what must be the same, and what the language's typography asks.

References, code, links, maths, citations and format fields must survive translation; digits follow the rule of the
English prose. Signs that the build sets by itself (narrow spaces, curved apostrophes) are not asked of translators.
"""

import re
import string
from collections.abc import Callable

from contrechamp.authoring import references

_LINK = re.compile(r"\]\(([^)\s]+)")
_CODE = re.compile(r"`([^`\n]+)`")
_MATHS = re.compile(r"(?<!\\)\$([^$\n]+)\$")
_CITATION = re.compile(r"(?<![\w.])@[\w:-]+")
_HTML = re.compile(r"<(/?\w+)")
_MARKS = (r"#+ ", r"[-*+] ", r"\d+[.)] ", r"> ")


def problems(source: str, translation: str, lang: str) -> list[str]:
    """Return what is wrong with a translation, one phrase each.

    Parameters
    ----------
    source, translation : str
        A unit of prose or a message, in English and in the language `lang`.
    """
    found = [f"{what} differ: {a} and {b}" for what, a, b in _pairs(source, translation, lang) if a != b]
    for mark in _MARKS:
        if bool(re.match(mark, source)) != bool(re.match(mark, translation)):
            found.append(f"the line would begin a {'list or heading'!r} in one language only")
            break
    return found + _TYPOGRAPHY.get(lang, lambda source, translation: [])(source, translation)


def _pairs(source: str, translation: str, lang: str) -> list[tuple[str, list[str], list[str]]]:
    def both(what: str, get: Callable[[str], list[str]]) -> tuple[str, list[str], list[str]]:
        return what, sorted(get(source)), sorted(get(translation))

    return [
        both("references", references.names),
        both("links", lambda text: [re.sub(rf"(^|/)(en|{lang})/", r"\1", link) for link in _LINK.findall(text)]),
        both("code spans", _CODE.findall),
        both("maths", lambda text: [m.replace("{,}", ".") for m in _MATHS.findall(text)]),
        both("citations", _CITATION.findall),
        both("HTML tags", _HTML.findall),
        both("format fields", _fields),
        ("table columns", [str(_columns(source))], [str(_columns(translation))]),
    ]


def _columns(text: str) -> int:
    return references.REFERENCE.sub("", text).count("|") if text.startswith("|") else 0


def _fields(text: str) -> list[str]:
    try:
        parsed = list(string.Formatter().parse(references.REFERENCE.sub("", text)))
    except ValueError:
        return []
    return [name for _, name, _, _ in parsed if name and name.isidentifier()]


def _french(source: str, translation: str) -> list[str]:
    # What stands between straight marks in both languages is a value to type, not a quotation.
    text = re.sub(r'"[^"]*"', lambda found: "" if found[0] in source else found[0], translation)
    prose = _CODE.sub("", references.REFERENCE.sub("0", re.sub(r"\]\([^)]*\)|<[^>]*>|https?://\S+", "]", text)))
    prose = re.sub(r"\{[^{}]*\}", "0", prose)
    found = []
    if '"' in prose:
        found.append("straight quotation marks: write « … »")
    if re.search(r"[^\s\u00a0\u202f([«!?:;…*_]([;!?]|:(?=[\s*_]|$))", prose.replace("\\", "")):
        found.append("no space before ; : ! or ?: type an ordinary space, the build narrows it")
    if re.search(r"\d%", prose):
        found.append("no space before %")
    if re.search(r"(^|\s)-\d", prose):
        found.append("hyphen for a minus sign: write −")
    return found


_TYPOGRAPHY: dict[str, Callable[[str, str], list[str]]] = {"fr": _french}
