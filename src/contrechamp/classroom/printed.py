"""``contrechamp sheets``: run-sheets of the routes and worksheets, as tagged PDF in ``guide/en|fr/``.

They are committed, so that a teacher prints them without installing anything. ``guide/printed.json`` keeps a digest of
the text that each was made from and of the file, so that ``build --check`` needs no Pango.
"""

import hashlib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from contrechamp import files
from contrechamp.authoring import catalogue, pages, paper, sources
from contrechamp.classroom import quiz_bank, quiz_sheets, routes, run_sheets, strips
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext

_RECORD = "guide/printed.json"
_A4 = """
@page { size: A4; margin: 14mm 15mm; @bottom-right { content: counter(page) " / " counter(pages);
  font: 8pt "Course Sans" } }
body { font-size: 10pt; line-height: 1.38 } h1 { font-size: 19pt; color: #00407a; margin: 0 0 3mm }
h2 { font-size: 12.5pt; color: #00407a; margin: 4mm 0 1.5mm; break-after: avoid } h2 + p { break-after: avoid }
table { width: 100% }
td:empty { height: 7mm } tr, li { break-inside: avoid } a { color: #1f1f1f }
"""


@dataclass(frozen=True)
class Sheet:
    """One printed document.

    Attributes
    ----------
    relative : str
        Path in the repository, with forward slashes.
    title : str
    lang : str
        Language code.
    body : str
        HTML.
    style : str
        CSS.
    """

    relative: str
    title: str
    lang: str
    body: str
    style: str

    @property
    def digest(self) -> str:
        """A digest of what the sheet says and of how it is set."""
        return hashlib.sha256("\0".join((self.title, self.lang, self.body, self.style)).encode()).hexdigest()[:12]

    def pdf(self) -> bytes:
        """Return the sheet as a tagged PDF."""
        return paper.document(self.title, self.lang, self.body, self.style)


def main() -> int:
    """Make the sheets that changed.

    Returns
    -------
    int
        Exit status, 0.

    Raises
    ------
    ContrechampError
        When a route names a lesson that is not built, or Pango is missing.
    """
    record = _record()
    for sheet in every():
        path, note = sources.root() / sheet.relative, record.get(sheet.relative, {})
        if path.is_file() and note == {"source": sheet.digest, "says": paper.digest(path)}:
            continue
        print(f"sheets: {sheet.relative}", file=sys.stderr, flush=True)
        files.replace(path, sheet.pdf())
        record[sheet.relative] = {"source": sheet.digest, "says": paper.digest(path)}
        text = json.dumps(record, indent=1, sort_keys=True) + "\n"
        files.replace(sources.root() / _RECORD, text.encode())
    return 0


def check() -> list[str]:
    """Say which sheet is missing, out of date or changed by hand, or has no source; nothing is made.

    Returns
    -------
    list of str
        A sentence a trouble; empty when all sheets agree with their sources.
    """
    top, record, found = sources.root(), _record(), []
    plans, langs = routes.find(), catalogue.languages()
    wanted = {top / run_sheet_path(route, lang) for plan in plans for route in plan.routes for lang in langs}
    wanted |= {top / "guide" / lang / "before_after.pdf" for lang in langs}
    try:
        sheets = list(every())
    except ContrechampError as error:
        return [str(error)]
    for sheet in sheets:
        path, note = sources.root() / sheet.relative, record.get(sheet.relative, {})
        wanted.add(path)
        if not path.is_file() or not note:
            found.append(f"{sheet.relative} is missing. Run `contrechamp sheets`.")
        elif note["source"] != sheet.digest:
            found.append(f"{sheet.relative} is older than its source. Run `contrechamp sheets`.")
        elif note["says"] != paper.digest(path):
            found.append(f"{sheet.relative} was changed by hand. Change its source, then run `contrechamp sheets`.")
    strays = sorted(set(top.glob("guide/*/*.pdf")) - wanted)
    return found + [f"{path.relative_to(top).as_posix()} has no source. Delete it." for path in strays]


def every() -> Iterator[Sheet]:
    """Yield every sheet of the course, in every language; what needs a lesson that is not built is left out.

    Yields
    ------
    Sheet

    Raises
    ------
    ContrechampError
        When the routes are not as they must be, or the page of a worksheet is not built.
    """
    for plan in routes.find():
        for lang in catalogue.languages():
            for route in plan.routes:
                if all(routes.is_built(number) for number in route.lessons):
                    yield run_sheet(plan.route(route.id, lang), lang)
            if set(plan.test) <= {question.id for question in quiz_bank.load([], lang)}:
                yield test_sheet(plan, lang)
            for name in plan.worksheets:
                yield worksheet(name, lang, lead=False)
                yield worksheet(name, lang, lead=True)


def run_sheet(route: routes.Route, lang: str) -> Sheet:
    """Return the run-sheet of a route that is already in `lang`."""
    path = run_sheet_path(route, lang)
    return Sheet(path, route.title, lang, run_sheets.body(route, lang), run_sheets.style(route))


def run_sheet_path(route: routes.Route, lang: str) -> str:
    """Return where the run-sheet of a route lies in the repository."""
    return f"guide/{lang}/run_sheet_{route.id.replace('-', '_')}.pdf"


def worksheet(name: str, lang: str, *, lead: bool) -> Sheet:
    """Return a worksheet, from the built page of the guide.

    Parameters
    ----------
    name : str
        Of a worksheet in ``guide/routes.yaml``.
    lang : str
        Language code.
    lead : bool
        The last section of the page, for the person who leads, with the answers; else all that stands before it.

    Returns
    -------
    Sheet

    Raises
    ------
    ContrechampError
        When its page is not built.
    """
    path = pages.Page("guide", f"worksheet_{name}", "").path(lang)
    if not path.is_file():
        raise ContrechampError(f"guide/{lang}/{path.name} is missing. Run `contrechamp build`.")
    text = path.read_text(encoding="utf-8")
    title = text.split("\n", 1)[0].removeprefix("# ").strip()
    handed, answers = text.rsplit("\n## ", 1)
    body, style = to_html(f"# {title}\n\n## {answers}" if lead else handed), _A4
    if name == "base_rate_cards" and not lead:
        body, style = body + strips.pages(lang), style + strips.STYLE
    return Sheet(f"guide/{lang}/worksheet_{name}{'_answers' if lead else ''}.pdf", title, lang, body, style)


def test_sheet(plan: routes.Plan, lang: str) -> Sheet:
    """Return the sheet of the test before and after the course: the same questions, a line for the code.

    Parameters
    ----------
    plan : Plan
        Names the questions; one that the bank does not have is left out.
    lang : str
        Language code.

    Returns
    -------
    Sheet
    """
    title = gettext("Before the course, after the course", lang)
    questions = {question.id: question for question in quiz_bank.load([], lang)}
    chosen = [questions[name] for name in plan.test if name in questions]
    code = gettext("My code: ____________    ☐ before   ☐ after", lang)
    body = quiz_sheets.body(chosen, title, lang).replace("</h1>", f"</h1><p><b>{code}</b></p>", 1)
    return Sheet(f"guide/{lang}/before_after.pdf", title, lang, body, quiz_sheets.STYLE)


def to_html(markdown: str) -> str:
    """Return a page as HTML for paper: links to other pages of the guide become plain words."""
    made = MarkdownIt("commonmark").enable("table").render(markdown)
    return _without_local_links(made)


def _without_local_links(text: str) -> str:
    return re.sub(r'<a href="(?!https?:)[^"]*">(.*?)</a>', r"\1", text, flags=re.DOTALL)


def _record() -> dict[str, Any]:
    path: Path = sources.root() / _RECORD
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
