"""What tests of the pages of the site share: their HTML, whether it is sound, what is left in English."""

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import lxml.html
from conftest import ROOT

from contrechamp.authoring import strings
from contrechamp.datasets import frames
from contrechamp.language import gettext, typeset
from contrechamp.site.pages import Page

LANGS = ("en", "fr")
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
# Words that English sentences need and French ones do not have, and the other way round.
_ENGLISH = re.compile(
    r"the|of|and|to|is|are|was|were|with|for|by|from|that|this|which|not|it|be|at|or|as|they|has|have|had|only|all|when|"
    r"where|what|how|into|than|then|but|so|if|who|whose|its|their|there|these|those|our|your|you|we|can|may|must"
)
_FRENCH = re.compile(
    r"le|la|les|de|des|du|un|une|et|est|sont|par|pour|que|qui|dans|sur|au|aux|ne|pas|ce|cette|ces|se|sa|son|ses|ou|où|"
    r"avec|sans|leur|elle|il|vous|nous"
)
_LEAVES = ("p", "li", "td", "th", "dd", "dt", "h1", "h2", "h3", "h4", "caption", "figcaption", "summary", "label",
           "button", "option", "legend")  # fmt: skip
_CODE = {"code", "pre", "script", "style", "math", "svg", "kbd"}
# Columns of records that hold names and titles, which stay in the language of their owner.
_NAMES = {
    ("awareness", "statistics"): ("publisher",),
    ("awareness", "field_results"): ("work", "system"),
    ("awareness", "references"): ("title", "venue", "authors"),
    ("awareness", "support"): ("name_fr",),
    ("awareness", "timeline"): ("actor_fr",),
    ("law", "provisions"): ("instrument_fr",),
}
_PROPER = ("CC BY", "Take It Down", "The Star")  # a licence, a service, a newspaper
_BLOCK = re.compile(r"^(`{3,})\{raw\} html\n(.*?)\n\1$", re.DOTALL | re.MULTILINE)


def raw(page: Page) -> str:
    """Return the blocks of HTML of a page, one after the other."""
    return "\n".join(found[2] for found in _BLOCK.finditer(page.source))


def tree(page: Page) -> lxml.html.HtmlElement:
    """Return the HTML of a page as a tree."""
    return lxml.html.fragment_fromstring(raw(page), create_parent="div")


class _Balance(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        self.faults += [f"<{tag}> says {name} twice" for name in set(names) if names.count(name) > 1]
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1:]}, line {self.getpos()[0]}")
        else:
            self.open.pop()


def unsound(html: str) -> list[str]:
    """Return what is wrong with a piece of HTML: tags that do not match, ids that stand twice."""
    parser = _Balance()
    parser.feed(html)
    parser.close()
    twice = sorted({one for one in parser.ids if parser.ids.count(one) > 1})
    return parser.faults + [f"<{tag}> is never closed" for tag in parser.open] + [f"id {one} twice" for one in twice]


def left_in_english(module: str, lang: str, text: str) -> list[str]:
    """Return the English messages of a module of the site that have no translation, or stand in a text all the same."""
    code = (ROOT / "src" / "contrechamp" / "site" / f"{module}.py").read_text(encoding="utf-8")
    said = [message.text for message in strings.in_code(code, module, cells=False)]
    assert said, module
    same = [one for one in said if gettext(one, lang) == one and not _alike(one)]
    return same + [one for one in said if len(one) > 24 and "{" not in one and one in text]


def _alike(message: str) -> bool:
    return message in ("Questions", "Question {item}", "Quiz", "Source", "date", "bits", "points", "images")


def english_blocks(page: lxml.html.HtmlElement) -> list[str]:
    """Return the texts of a French page that are English: those marked so, and those whose words say so.

    Code stays as it is, and so do names and titles that the records know, the link to the English page, and the
    English term beside a French one in the glossary.
    """
    marked = [one for one in page.iter() if isinstance(one.tag, str) and one.get("lang") == "en" and not _term(one)]
    found = [" ".join(one.text_content().split()) for one in marked]
    return [text for text in found if text] + [text for text in _leaves(page) if _is_english(text)]


def _term(element: lxml.html.HtmlElement) -> bool:
    """Return whether an element is the link to the English page, or an English term of the glossary."""
    of_glossary = element.xpath("boolean(ancestor::dt[starts-with(@id, 'term-')])")
    return of_glossary or "cc-language" in (element.get("class") or "")


def _leaves(page: lxml.html.HtmlElement) -> Iterator[str]:
    """Yield the text of each block that holds no other block, without code and what is marked as another language."""
    for one in page.iter(*_LEAVES):
        inside = [above for above in one.iterancestors() if above.tag in _CODE or (above.get("lang") or "fr") != "fr"]
        if not inside and (one.get("lang") or "fr") == "fr" and not any(True for _ in one.iterdescendants(*_LEAVES)):
            yield " ".join(" ".join(_said(one)).split())


def _said(element: lxml.html.HtmlElement) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str) and child.tag not in _CODE and (child.get("lang") or "fr") == "fr":
            yield from _said(child)
        yield child.tail or ""


def _is_english(text: str) -> bool:
    for name in _names():
        if name in text:
            text = text.replace(name, " ")
    # Addresses, file names and ids are no words.
    words = re.findall(r"(?<![\w./_-])[^\W\d_]+(?![\w/_-]|\.\w)", text.lower().replace("\u2019", " "))
    english, french = (sum(bool(list_.fullmatch(word)) for word in words) for list_ in (_ENGLISH, _FRENCH))
    return english > french


@cache
def _names() -> list[str]:
    """Return the names and titles of the records as pages write them, the longest first."""
    cells = {
        row[column]
        for (package, table), columns in _NAMES.items()
        for row in frames.rows(package, table)
        for column in columns
        if row[column]
    }
    return sorted({*_PROPER} | {one for cell in cells for one in (cell, typeset(cell, "fr"))}, key=len, reverse=True)


def nowhere(page: Page, names: set[str], root: Path) -> list[str]:
    """Return the links of a page to other pages or to files of the repository that lead nowhere."""
    links = re.findall(r'(?:\]\(|href=")(page:[^)"#]+|/[^)"]+)', page.source)
    return [
        link
        for link in links
        if not (link.removeprefix("page:") in names if link.startswith("page:") else (root / link[1:]).is_file())
    ]
