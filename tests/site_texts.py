"""What tests of the pages of the site share: their HTML, whether it is sound, what is left in English."""

import re
from html.parser import HTMLParser
from pathlib import Path

import lxml.html
from conftest import ROOT

from contrechamp.authoring import strings
from contrechamp.language import gettext
from contrechamp.site.pages import Page

LANGS = ("en", "fr")
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
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


def nowhere(page: Page, names: set[str], root: Path) -> list[str]:
    """Return the links of a page to other pages or to files of the repository that lead nowhere."""
    links = re.findall(r'(?:\]\(|href=")(page:[^)"#]+|/[^)"]+)', page.source)
    return [
        link
        for link in links
        if not (link.removeprefix("page:") in names if link.startswith("page:") else (root / link[1:]).is_file())
    ]
