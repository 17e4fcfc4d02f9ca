"""``guide/glossary``: the guide's glossary as a list of definitions with permanent anchors.

The words are those of the built pages ``guide/en/glossary.md`` and its translation. An anchor is made from the English
term in every language (``guide/glossary.html#term-base-rate``), so that a link survives the language switch. Each term
also stands in the other language, since readers meet both.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from markdown_it import MarkdownIt

from contrechamp.authoring import catalogue
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext
from contrechamp.site.pages import Page

_ROW = re.compile(r"\| \*\*(.+?)\*\* \| (.+?) \|")
_TABLE = re.compile(r"(?:^\|.*\n?)+", re.MULTILINE)
_MARKDOWN = MarkdownIt("commonmark", {"html": False})


@dataclass(frozen=True)
class Term:
    """One word of the glossary in one language, and what the course means by it."""

    term: str
    meaning: str


def pages(root: Path, lang: str) -> Iterator[Page]:
    """Yield the glossary.

    Parameters
    ----------
    root : Path
        The checkout.
    lang : str
        Language of the page.

    Raises
    ------
    ContrechampError
        When a glossary is missing, or the languages do not hold the same number of words.
    """
    text = _text(root, lang)
    words = {code: terms(_text(root, code)) for code in catalogue.languages()}
    if len({len(found) for found in words.values()}) != 1:
        counts = ", ".join(f"{code} {len(found)}" for code, found in words.items())
        raise ContrechampError(f"guide/glossary.md: the languages hold unlike numbers of words ({counts}). Build it.")
    source, left = catalogue.languages()[0], iter(range(len(words[lang])))

    def listed(table: re.Match[str]) -> str:
        rows = [_entry(words, next(left), lang, source) for _ in _ROW.findall(table[0])]
        return '`````{raw} html\n<dl class="cc-glossary">\n' + "\n".join(rows) + "\n</dl>\n`````\n"

    description = gettext("What the course means by its words, in English and French.", lang)
    yield Page("guide/glossary", _TABLE.sub(listed, text), f"guide/{lang}/glossary.md", description)


def terms(text: str) -> list[Term]:
    r"""Return the words of a glossary page in order.

    Examples
    --------
    >>> terms("| Word | In this course |\n|---|---|\n| **clock** | what starts it |")
    [Term(term='clock', meaning='what starts it')]
    """
    return [Term(*found) for found in _ROW.findall(text)]


def anchor(term: str) -> str:
    """Return the permanent anchor of an English term.

    Examples
    --------
    >>> anchor("grade A, grade B")
    'term-grade-a-grade-b'
    """
    return "term-" + re.sub(r"[^a-z0-9]+", "-", term.casefold()).strip("-")


def _entry(words: dict[str, list[Term]], number: int, lang: str, source: str) -> str:
    _ = partial(gettext, lang=lang)
    one, name = words[lang][number], anchor(words[source][number].term)
    others = ", ".join(
        f'<span lang="{code}">{_inline(found[number].term)}</span>'
        for code, found in words.items()
        if code != lang and found[number].term not in one.term
    )
    beside = f' <span class="cc-other">– {others}</span>' if others else ""
    link = html.escape(_("Permanent link to “{term}”").format(term=one.term), quote=True)
    return (
        f'<dt id="{name}">{_inline(one.term)}{beside} '
        f'<a class="cc-permanent" href="#{name}" aria-label="{link}">#</a></dt>\n<dd>{_inline(one.meaning)}</dd>'
    )


def _inline(text: str) -> str:
    return str(_MARKDOWN.renderInline(text))


def _text(root: Path, lang: str) -> str:
    path = root / "guide" / lang / "glossary.md"
    if not path.is_file():
        raise ContrechampError(f"guide/{lang}/glossary.md is missing. Run `contrechamp build`.")
    return path.read_text(encoding="utf-8")
