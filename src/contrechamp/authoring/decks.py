"""Read a deck: ``slides/NAME.md``, Pandoc Markdown with seconds and speaker notes on every slide.

A deck is a title, a line under it, and slides; each slide has a title that is its conclusion, a body of a few words,
and notes for the person who speaks. This module reads and translates; files are made in `contrechamp.authoring.slides`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from contrechamp.authoring import briefs, pages, references, sources, units
from contrechamp.authoring.catalogue import Catalogue, Term
from contrechamp.authoring.references import Resolver
from contrechamp.errors import ContrechampError

_FRONT = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
_HEADING = re.compile(r"(#{1,2}) (.+?) *\{seconds=(\d+)\} *")
_CHART = re.compile(r"^\{\{\s*chart:([a-z0-9_]+)\s*\}\}$", re.MULTILINE)
_NOTES_OPEN, _NOTES_CLOSE = "::: notes", ":::"
_KEYS = {"minutes", "min_age", "as_of"}


@dataclass(frozen=True)
class Slide:
    """One slide before or after it was put into a language."""

    title: str
    seconds: int
    body: str
    notes: str
    line: int

    @property
    def charts(self) -> list[str]:
        """Names of the charts on the slide."""
        return _CHART.findall(self.body)

    @property
    def references(self) -> list[tuple[str, str]]:
        """``(kind, key)`` of each reference on the slide and in its notes, in order, each once."""
        text = "\n\n".join((self.title, self.body, self.notes))
        return [pair for pair in dict.fromkeys(references.each(text)) if pair[0] != "chart"]

    def units(self) -> Iterator[tuple[str, str]]:
        """Yield ``(kind, text)`` of each unit that a translator sees."""
        yield "slide title", self.title
        for part, text in (("slide", self.body), ("speaker notes", self.notes)):
            for unit in units.split(text):
                yield f"{part}, {unit.kind}", unit.text


@dataclass(frozen=True)
class Deck:
    """A deck as its author wrote it. `slides[0]` is the title slide; its body is the line under the title."""

    name: str
    meta: dict[str, Any]
    slides: list[Slide]

    @property
    def relative(self) -> str:
        """The path of the source inside the repository."""
        return f"slides/{self.name}.md"

    def terms(self) -> Iterator[Term]:
        """Yield what a translator sees."""
        for number, slide in enumerate(self.slides, 1):
            for kind, text in slide.units():
                yield Term(text, f"slide {number}: {kind}", self.relative)

    def written(self, catalogue: Catalogue | None, to: Resolver) -> list[Slide]:
        """Return the slides in the resolver's language, references written out; charts stay as they are named."""

        def say(text: str, number: int) -> str:
            held = _CHART.sub(r"CHART\1CHART", text)
            said = pages.prose(held, catalogue, to, f"{self.relative}, slide {number}")
            return re.sub(r"CHART([a-z0-9_]+)CHART", r"{{ chart:\1 }}", said)

        return [
            Slide(say(one.title, n), one.seconds, say(one.body, n), say(one.notes, n), one.line)
            for n, one in enumerate(self.slides, 1)
        ]


def find(names: list[str] | None = None) -> list[Deck]:
    """Return the decks, all or those called `names`; a brief may be named too, and is left to its own module.

    Raises
    ------
    ContrechampError
        When a name fits no deck, or a source is malformed.
    """
    files = sorted((sources.root() / "slides").glob("*.md"))
    paths = {path.stem: path for path in files if not path.stem.startswith(briefs.PREFIX)}
    known = ", ".join(path.stem for path in files) or "none"
    for name in names or []:
        if name not in (path.stem for path in files):
            raise ContrechampError(f"There is no deck called {name!r}. Decks: {known}.")
    return [read(path) for name, path in paths.items() if not names or name in names]


def read(path: Path) -> Deck:
    """Return the deck in a file.

    Raises
    ------
    ContrechampError
        With the line, when the front matter, a heading, the notes or the minutes are not as they must be.
    """
    where = f"slides/{path.name}"
    front = _FRONT.match(sources.source_text(path, where))
    if not front:
        raise ContrechampError(f"{where}: a deck begins with front matter between two lines of three dashes.")
    meta = _meta(front[1], where)
    slides = list(_slides(front[2].split("\n"), front[1].count("\n") + 4, where))
    if not slides or slides[0].title == "" or len(slides) < 2:
        raise ContrechampError(
            f"{where}: a deck is a line `# Title {{seconds=30}}`, then slides that begin with `## `."
        )
    total = sum(slide.seconds for slide in slides)
    if total != 60 * meta["minutes"]:
        raise ContrechampError(
            f"{where}: the seconds of its slides add up to {total}, and {meta['minutes']} minutes are "
            f"{60 * meta['minutes']}. Change one of the two."
        )
    return Deck(path.stem, meta, slides)


def _meta(text: str, where: str) -> dict[str, Any]:
    try:
        meta = yaml.safe_load(text)["deck"]
    except (yaml.YAMLError, KeyError, TypeError):
        meta = None
    if not isinstance(meta, dict) or set(meta) != _KEYS or not all(isinstance(meta[k], int) for k in _KEYS - {"as_of"}):
        raise ContrechampError(
            f"{where}: the front matter is `deck:` with whole numbers minutes and min_age, and as_of."
        )
    return {**meta, "as_of": str(meta["as_of"])}


def _slides(lines: list[str], first: int, where: str) -> Iterator[Slide]:
    start: tuple[str, int, int] | None = None
    body: list[str] = []
    notes: list[str] | None = None
    inside = False
    for number, line in enumerate([*lines, "## end {seconds=0}"], first):
        if line.startswith(("# ", "## ")) and not inside:
            heading = _HEADING.fullmatch(line)
            if not heading:
                raise ContrechampError(f"{where}, line {number}: end the heading with its seconds, `{{seconds=60}}`.")
            if (heading[1] == "#") != (start is None):
                raise ContrechampError(f"{where}, line {number}: the first heading has one #, all others have two.")
            if start is not None:
                if not notes or not "".join(notes).strip():
                    raise ContrechampError(f"{where}, line {start[2]}: this slide has no speaker notes (::: notes).")
                yield Slide(start[0], start[1], _text(body), _text(notes), start[2])
            start, body, notes = (heading[2], int(heading[3]), number), [], None
        elif line.strip() == _NOTES_OPEN:
            inside, notes = True, notes or []
        elif line.strip() == _NOTES_CLOSE and inside:
            inside = False
        elif inside and notes is not None:
            notes.append(line)
        elif start is None and line.strip():
            raise ContrechampError(f"{where}, line {number}: text before the title of the deck.")
        else:
            body.append(line)
    if inside:
        raise ContrechampError(f"{where}: the notes opened last are never closed (:::).")


def _text(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n")
