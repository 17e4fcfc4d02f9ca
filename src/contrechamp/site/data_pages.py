"""The data packages as pages: ``data/NAME`` for each, ``data/index``, and records one by one (see `record_markup`).

A page of a package is its card, its files with size and SHA-256, and what each column of its tables may hold. The cards
and the descriptions of columns in ``datapackage.json`` are translated in the catalogue of the card.
"""

import hashlib
import html
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from contrechamp import language
from contrechamp.authoring import catalogue
from contrechamp.authoring import pages as texts
from contrechamp.authoring.catalogue import Catalogue
from contrechamp.authoring.references import Resolver
from contrechamp.datasets import store
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext
from contrechamp.site import record_pages, statistics_page
from contrechamp.site.pages import Page

_FEW = 20  # files that stand on the page open; more are folded away
_LICENCES = {"CC-BY-4.0": ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/")}


def pages(root: Path, lang: str) -> Iterator[Page]:
    """Yield a page for each data package, its records one by one, and the list of packages.

    Parameters
    ----------
    root : Path
        The checkout.
    lang : str
        Language of the pages.

    Raises
    ------
    ContrechampError
        When a file is not the one that a manifest names, or a descriptor is malformed.
    """
    made = [_package(root, card, lang) for card in texts.cards()]
    yield from made
    yield statistics_page.page(lang)
    yield from record_pages.pages(lang)
    yield _index(made, lang)


def files_of(root: Path, name: str) -> list[Path]:
    """Return the files of a data package, its card left out, in order.

    Parameters
    ----------
    root : Path
        The checkout.
    name : str
        Name of the package, for example ``"law"``.
    """
    every = sorted((root / "datasets" / name).rglob("*"))
    return [path for path in every if path.is_file() and path.name != "card.md" and not path.name.startswith(".")]


def _package(root: Path, card: texts.Page, lang: str) -> Page:
    _ = partial(gettext, lang=lang)
    name = card.room.removeprefix("datasets/")
    book = None if lang == catalogue.languages()[0] else Catalogue(catalogue.path_for(card.relative, lang))
    said = card.write(book, Resolver(lang, {})).rstrip()
    parts = [said, f"## {_('Files')}", _licence_line(root, name, lang)]
    parts.append(f"`````{{raw}} html\n{_files(root, name, lang)}\n`````")
    if tables := _descriptor(root, name, "datapackage.json").get("resources"):
        parts.append(f"## {_('What each column holds')}")
        parts.append(_("As `datapackage.json` says it (Frictionless Table Schema). An empty cell means *unknown*."))
        for table in tables:
            parts.append(f"### {table['path']}\n\n`````{{raw}} html\n{_columns(table, lang, book)}\n`````")
    return Page(f"data/{name}", "\n\n".join(parts) + "\n", card.relative, _summary(name, lang))


def _licence_line(root: Path, name: str, lang: str) -> str:
    about = _descriptor(root, name, "datapackage.json") or _descriptor(root, name, "manifest.json")
    code = about["licenses"][0]["name"] if "licenses" in about else about.get("licence", "CC-BY-4.0")
    if code not in _LICENCES:
        raise ContrechampError(f"datasets/{name}: the licence {code} has no name and address here. Add it.")
    words, address = _LICENCES[code]
    says = gettext("Licence of the data: {licence}. A hash lets you see whether a copy is whole.", lang)
    return says.format(licence=f"[{words}]({address})")


def _files(root: Path, name: str, lang: str) -> str:
    """Return the list of the files of a package, folded away when they are many."""
    there, rows = files_of(root, name), []
    known = {one["path"]: one["sha256"] for one in _descriptor(root, name, "manifest.json").get("files", [])}
    for path in there:
        place, content = path.relative_to(root).as_posix(), path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if known.get(place, digest) != digest:
            raise ContrechampError(f"{place} is not the file of its manifest. Restore it with git.")
        shown = html.escape(path.relative_to(root / "datasets" / name).as_posix())
        rows.append(
            f'<li><a href="/{html.escape(place)}" download>{shown}</a>, '
            f"<span>{html.escape(size(len(content), lang))}</span>, SHA-256 <code>{digest}</code></li>"
        )
    listed = '<ul class="cc-files">\n' + "\n".join(rows) + "\n</ul>"
    if len(rows) <= _FEW:
        return listed
    says = html.escape(gettext("All {count} files, with their size and hash", lang).format(count=len(rows)))
    return f'<details class="cc-answers"><summary>{says}</summary>\n{listed}\n</details>'


def size(count: int, lang: str) -> str:
    """Return a number of bytes in thousands, rounded, at least one.

    Examples
    --------
    >>> size(83_412, "en")
    '83 kB'
    """
    return gettext("{number} kB", lang).format(number=language.number(max(1, round(count / 1000)), lang))


def _columns(table: dict[str, Any], lang: str, book: Catalogue | None) -> str:
    """Return what a descriptor says of the columns of a table; a text without a translation is marked as English."""
    _ = partial(gettext, lang=lang)

    def told(text: str) -> str:
        own = text if book is None else book.get(text)
        return html.escape(language.typeset(own, lang)) if own else f'<span lang="en">{html.escape(text)}</span>'

    rows = []
    for field in table["schema"]["fields"]:
        rules = field.get("constraints", {})
        said = [told(field["description"])] if field.get("description") else []
        if "enum" in rules:
            said.append(" · ".join(f"<code>{html.escape(str(value))}</code>" for value in rules["enum"]))
        kind = _kinds(lang).get(field["type"], field["type"])
        must = f", {_('always filled')}" if rules.get("required") else ""
        rows.append(
            f"<dt><code>{html.escape(field['name'])}</code> "
            f'<span class="cc-other">{html.escape(kind + must)}</span></dt>'
            f"<dd>{'<br>'.join(said)}</dd>"
        )
    return f'<p>{told(table["title"])}</p>\n<dl class="cc-columns">\n' + "\n".join(rows) + "\n</dl>"


def _kinds(lang: str) -> dict[str, str]:
    _ = partial(gettext, lang=lang)
    return {
        "string": _("text"), "integer": _("whole number"), "number": _("number"), "boolean": _("true or false"),
        "date": _("date"),
    }  # fmt: skip


def _summary(name: str, lang: str) -> str:
    """Return what a package is, in a sentence."""
    _ = partial(gettext, lang=lang)
    said = {
        "awareness": _("Public figures, a timeline, a news item checked claim by claim, help lines, literature."),
        "law": _("Legal provisions of many countries, with conducts, materials and clocks, and proceedings."),
        "images": _("A sample of pictures drawn by code, with the recipe of each. No photograph, no person."),
        "detection": _("What detectors said of drawn pictures, kept so that lessons need not measure it again."),
        "mechanism": _("The weights of a toy network that draws six kinds of household objects."),
    }
    if name not in said:
        raise ContrechampError(f"datasets/{name} has no summary for the site. Add a sentence in site/data_pages.py.")
    return said[name]


def _index(packages: list[Page], lang: str) -> Page:
    _ = partial(gettext, lang=lang)
    rows = [f"| {_('Data package')} | {_('What it is')} |", "|---|---|"]
    for page in packages:
        title = re.match(r"# (.+)", page.source)
        assert title is not None  # a card begins with its title
        rows.append(f"| [{title[1]}](page:{page.name}) | {page.description} |")
    parts = [
        f"# {_('The data of the course')}",
        _("Each package has a card: what is in it, how it was made, what was left out, and what not to do with it."),
        "\n".join(rows),
        "\n".join(
            [
                "- " + _("[The figures of the course, one by one](page:data/statistics): each with its caveat."),
                "- " + _("[What happened, day by day](page:data/timeline): the events of the case."),
                "- " + _("[Published results, one by one](page:data/field-results): to stand beside our toys."),
            ]
        ),
        f"## {_('Read the tables')}",
        _(
            "The tables are CSV files: UTF-8, separated by commas, with a decimal point. An empty cell means *unknown "
            "or not applicable*, never zero. Ids are stable: you can refer to them."
        ),
        '```python\nimport pandas as pd\n\npd.read_csv("statistics.csv", index_col="id")\n```',
        _("In the installed course, loaders keep grade, source and caveat beside each number:"),
        "```python\nfrom contrechamp.datasets import load_statistics\n\n"
        f'load_statistics(topic="iwf", lang="{lang}")[["label", "value", "unit", "grade", "caveat"]]\n```',
    ]
    description = _("The data packages of the course: figures, law, drawn pictures, measurements, a toy network.")
    return Page("data/index", "\n\n".join(parts) + "\n", "datasets/README.md", description)


def _descriptor(root: Path, name: str, file: str) -> dict[str, Any]:
    """Return a descriptor of a package, empty when it has none of that name."""
    path = root / "datasets" / name / file
    if not path.is_file():
        return {}
    found = store.read_json(f"{name}/{file}")
    if not isinstance(found, dict):
        raise ContrechampError(f"datasets/{name}/{file} is no descriptor. Restore it with git.")
    return found
