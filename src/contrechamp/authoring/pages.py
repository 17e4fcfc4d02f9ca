"""Pages of plain Markdown: the guide. One English source, a page in each language beside it.

A page is written like the prose of a lesson: its numbers are references, its units go to a catalogue, its links are
written as seen from the built page (``guide/en/care.md``). Nothing on a page is executed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from contrechamp import language
from contrechamp.authoring import sources, units
from contrechamp.authoring.catalogue import Catalogue, Term
from contrechamp.authoring.references import Resolver
from contrechamp.datasets import frames
from contrechamp.errors import ContrechampError

ROOMS = ("guide",)
_NAME = re.compile(r"[a-z0-9_]+")


@dataclass(frozen=True)
class Page:
    """One page before it is built: the room it stands in, its name and its English text."""

    room: str
    name: str
    text: str

    @property
    def relative(self) -> str:
        """The path of the source inside the repository."""
        return f"{self.room}/{self.name}.md"

    def path(self, lang: str) -> Path:
        """Return the path of the built page in one language."""
        return sources.root() / self.room / lang / f"{self.name}.md"

    def terms(self) -> Iterator[Term]:
        """Yield what a translator sees."""
        for unit in units.split(self.text):
            yield Term(unit.text, unit.kind, self.relative)

    def write(self, catalogue: Catalogue | None, to: Resolver) -> str:
        """Return the page in the resolver's language, references written out."""
        return prose(self.text, catalogue, to, self.relative)


@dataclass(frozen=True)
class Card(Page):
    """The card of a data package; its catalogue holds what the descriptor says of tables and columns as well."""

    columns: tuple[str, ...]

    def terms(self) -> Iterator[Term]:
        """Yield what a translator sees: the prose of the card, then titles of tables and descriptions of columns."""
        yield from super().terms()
        for said in self.columns:
            yield Term(said, "table or column", f"{self.room}/datapackage.json")


def prose(text: str, catalogue: Catalogue | None, to: Resolver, where: str) -> str:
    """Return Markdown in one language: units translated, typography set, references written out.

    Parameters
    ----------
    text : str
        English Markdown.
    catalogue : Catalogue or None
        Translations; None for the source language. A unit without a translation stays English.
    to : Resolver
        Writes references in one language.
    where : str
        How messages name the place.
    """
    if catalogue is None:
        return language.typeset(to.text(text, where), to.lang)
    text = units.join(text, lambda unit: language.typeset(catalogue.get(unit.text) or unit.text, to.lang))
    return to.text(text, where)


def find() -> list[Page]:
    """Return the pages of every room, in order.

    Raises
    ------
    ContrechampError
        When a file is not text in UTF-8, or its name could not stand in an address.
    """
    found = []
    for room in ROOMS:
        for path in sorted((sources.root() / room).glob("*.md")):
            if not _NAME.fullmatch(path.stem):
                raise ContrechampError(f"{room}/{path.name}: name it with small letters, digits and underscores only.")
            found.append(Page(room, path.stem, sources.source_text(path, f"{room}/{path.name}")))
    return found


def cards() -> list[Card]:
    """Return the cards of the data packages. They stay English in the repository; the web site has them translated.

    Raises
    ------
    ContrechampError
        When a card is not text in UTF-8, or the descriptor beside it is malformed.
    """
    found = []
    for path in sorted((sources.root() / "datasets").glob("*/card.md")):
        room = f"datasets/{path.parent.name}"
        found.append(Card(room, path.stem, sources.source_text(path, f"{room}/{path.name}"), _described(path.parent)))
    return found


def _described(package: Path) -> tuple[str, ...]:
    """Return what the descriptor of a package says of its tables and columns; nothing where there is none."""
    said = []
    if (package / "datapackage.json").is_file():
        for table in frames.descriptor(package.name)["resources"]:
            said += [table["title"], *(field.get("description", "") for field in table["schema"]["fields"])]
    return tuple(filter(None, said))


def built() -> set[Path]:
    """Return the page files that stand in the folders of languages."""
    top = sources.root()
    return {path for room in ROOMS for path in (top / room).glob("*/*.md")}
