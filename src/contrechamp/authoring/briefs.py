"""Briefs: one A4 page each, from ``slides/brief_NAME.md`` to a tagged PDF and to Markdown, with sources at the foot.

A brief is prose with references, like a page of the guide, and dated. Committed are ``slides/en|fr/brief_NAME.pdf``
and ``brief_NAME.md``. A brief that fills more than one page stops the build.
"""

import hashlib
import io
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from contrechamp.authoring import catalogue, pages, paper, references, sources, units
from contrechamp.authoring.catalogue import Catalogue, Term
from contrechamp.authoring.references import Resolver
from contrechamp.errors import ContrechampError
from contrechamp.lesson import citations

PREFIX = "brief_"
_FRONT = re.compile(r"\A---\n(.*?)\n---\n+(# .+)\Z", re.DOTALL)
_STYLE = """
@page { size: A4; margin: 13mm 15mm 11mm }
body { font-size: 9.3pt; line-height: 1.33 } h1 { font-size: 16.5pt; margin: 0 0 2mm; line-height: 1.15 }
h2 { font-size: 11pt; margin: 2.2mm 0 .7mm; break-after: avoid } h1, h2 { color: #00407a }
ul, ol { padding-left: 5mm } li { margin-bottom: .12em } table { width: 100%; font-size: 8.8pt } p { margin: 0 0 .4em }
td, th { vertical-align: top } footer { border-top: .75pt solid #767676; margin-top: 2.5mm; padding-top: 1.2mm }
footer p, footer li { font-size: 7pt; line-height: 1.3; margin: 0 } footer ul { columns: 2; padding-left: 3.5mm }
"""


@dataclass(frozen=True)
class Brief:
    """One brief before it is built: its name, the date of its knowledge, its English text."""

    name: str
    as_of: str
    text: str

    @property
    def relative(self) -> str:
        """The path of the source inside the repository."""
        return f"slides/{self.name}.md"

    def terms(self) -> Iterator[Term]:
        """Yield what a translator sees."""
        for unit in units.split(self.text):
            yield Term(unit.text, unit.kind, self.relative)


class Written:
    """A brief in one language, references written out, with its sources.

    Parameters
    ----------
    brief : Brief
    lang : str
    results : dict
        What the lessons published, for references to it.

    Attributes
    ----------
    text : str
        Markdown of the page.
    foot : str
        Markdown of its foot: date of knowledge, meaning of the grades, sources.
    """

    def __init__(self, brief: Brief, lang: str, results: dict[str, Any]) -> None:
        self.brief, self.lang = brief, lang
        book = None if lang == catalogue.languages()[0] else Catalogue(catalogue.path_for(brief.relative, lang))
        self.text = pages.prose(brief.text, book, Resolver(lang, results), brief.relative)
        keys = dict.fromkeys(references.each(brief.text))
        self.cited = list(dict.fromkeys(one for kind, key in keys if (one := citations.cite(kind, key))))
        self.foot = citations.foot_of_a_page(self.cited, brief.as_of)

    def markdown(self) -> bytes:
        """Return the brief as Markdown that a trainer can change."""
        return f"{self.text.strip()}\n\n---\n\n{self.foot.strip()}\n".encode()

    def pdf(self) -> bytes:
        """Return the brief as a tagged PDF of one A4 page.

        Raises
        ------
        ContrechampError
            When it fills more than one page.
        NoPango
            When WeasyPrint finds no Pango on the system.
        """
        from pypdf import PdfReader

        title = self.text.split("\n", 1)[0].removeprefix("# ")
        body = f"{paper.to_html(self.text)}<footer>{paper.to_html(self.foot)}</footer>"
        made = paper.document(title, self.lang, body, _STYLE)
        if (count := len(PdfReader(io.BytesIO(made)).pages)) != 1:
            raise ContrechampError(
                f"{self.brief.relative} ({self.lang}) fills {count} pages; a brief is one. Shorten it."
            )
        return made

    @property
    def digest(self) -> str:
        """A digest of all that the files are made from: the words, and the code that sets them."""
        code = [hashlib.sha256(Path(module.__file__ or "").read_bytes()).hexdigest() for module in _MODULES]
        said = json.dumps([self.text, self.foot, code], ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()[:12]


_MODULES = (sys.modules[__name__], paper, citations)


def find(names: list[str] | None = None) -> list[Brief]:
    """Return the briefs, all or those called `names`.

    Raises
    ------
    ContrechampError
        When a source is malformed.
    """
    paths = sorted((sources.root() / "slides").glob(f"{PREFIX}*.md"))
    return [read(path) for path in paths if not names or path.stem in names]


def read(path: Path) -> Brief:
    """Return the brief in a file.

    Raises
    ------
    ContrechampError
        When it is not text in UTF-8, or lacks its date or its title.
    """
    where = f"slides/{path.name}"
    front = _FRONT.match(sources.source_text(path, where))
    try:
        as_of = str(yaml.safe_load(front[1])["brief"]["as_of"]) if front else ""
    except (yaml.YAMLError, KeyError, TypeError):
        as_of = ""
    if not front or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", as_of):
        raise ContrechampError(
            f"{where}: a brief begins with front matter, `brief:` with `as_of:` and a date, then `# ` and its title."
        )
    return Brief(path.stem, as_of, front[2].strip() + "\n")
