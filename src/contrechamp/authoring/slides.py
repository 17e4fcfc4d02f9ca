"""``contrechamp slides``: from ``slides/NAME.md`` to PowerPoint, PDF and, for kits, one HTML file.

Committed are ``slides/en|fr/NAME.pptx``, ``NAME.pdf`` and ``NAME_notes.pdf``. ``slides/built.json`` keeps a
digest of what each was made from and of what it says (of a PowerPoint file its texts, tables, descriptions, languages
and notes, not its bytes), so that ``build --check`` needs neither Pandoc nor Pango.
"""

import contextlib
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from contrechamp import files
from contrechamp.authoring import briefs, catalogue, decks, paper, powerpoint, sources, theme, web_deck
from contrechamp.authoring.catalogue import Catalogue
from contrechamp.authoring.course import relative, to_json
from contrechamp.authoring.decks import Deck, Slide
from contrechamp.authoring.references import Resolver
from contrechamp.datasets.published import load_all_results
from contrechamp.errors import ContrechampError
from contrechamp.lesson import citations, exhibits

READ = ("-f", "markdown-implicit_figures-smart")  # a description is no caption; our typography is set already
_WORDS = 40  # on one slide
_PER_SLIDE = 10  # sources on one slide


def main(
    names: list[str] | None = None,
    langs: list[str] | None = None,
    template: str | None = None,
    output: str | None = None,
    html: bool = False,
) -> int:
    """Make the decks, all or those called `names`; return the exit status.

    Parameters
    ----------
    names : list of str, optional
    langs : list of str, optional
        Languages; all of the course when left out.
    template : str, optional
        A trainer's own .pptx; the deck then goes to `output` and nothing of the repository changes.
    output : str, optional
        Folder for a deck with another template, or for HTML; the current folder when left out. No file that is there
        is overwritten.
    html : bool
        Write one HTML file a deck into `output`, and nothing else.

    Raises
    ------
    ContrechampError
        For an unknown deck, reference, chart or layout, a missing picture, or a catalogue that lost a placeholder.
    """
    chosen, pages = decks.find(names), briefs.find(names)
    langs = langs or catalogue.languages()
    if (template or html) and names and pages:
        raise ContrechampError(f"{pages[0].name} is a brief: it has neither a template nor slides. Name decks only.")
    if template:
        theme.check_template(Path(template))
    problems: list[str] = []
    for deck in chosen:
        for lang in langs:
            print(f"slides: {deck.name}, {lang}", file=sys.stderr, flush=True)
            with speaking(lang):
                made = Made(deck, lang)
                if html:
                    _keep(Path(output or "."), f"{deck.name}_{lang}.html", web_deck.write(made).encode())
                elif template:
                    _keep(Path(output or "."), f"{deck.name}_{lang}.pptx", made.pptx(Path(template)))
                else:
                    problems += _commit(deck.name, lang, made.digest, _deck_files(made))
    for page in [] if template or html else pages:
        for lang in langs:
            print(f"slides: {page.name}, {lang}", file=sys.stderr, flush=True)
            with speaking(lang):
                written = briefs.Written(page, lang, load_all_results())
                makers = {".md": written.markdown, ".pdf": written.pdf}
                problems += _commit(page.name, lang, written.digest, makers)
    for problem in dict.fromkeys(problems):
        print(problem, file=sys.stderr)
    return 1 if problems else 0


class Made:
    """One deck in one language, ready to be written in any form.

    Attributes
    ----------
    slides : list of Slide
        References written out; the sources at the end.
    charts : dict of Exhibit
        By name.
    small : set of int
        Numbers of the slides of sources, from 1.
    """

    def __init__(self, deck: Deck, lang: str) -> None:
        self.deck, self.lang = deck, lang
        book = None if lang == catalogue.languages()[0] else Catalogue(catalogue.path_for(deck.relative, lang))
        written = deck.written(book, Resolver(lang, load_all_results()))
        self.charts = {name: exhibits.exhibit(name) for slide in written for name in slide.charts}
        for number, slide in enumerate(written, 1):
            _fits(slide, f"{deck.relative}, slide {number} ({lang})")
        cited = [self._cited(slide) for slide in deck.slides]
        noted = [self._noted(slide, refs) for slide, refs in zip(written, cited, strict=True)]
        self.all_sources = list(dict.fromkeys(one for refs in cited for one in refs))
        self.slides = noted + self._sources()
        self.small = set(range(len(noted) + 1, len(self.slides) + 1))

    def _cited(self, slide: Slide) -> list[citations.Citation]:
        keys = list(slide.references)
        for name in slide.charts:
            keys += [tuple(record.split(":", 1)) for record in self.charts[name].records]  # type: ignore[misc]
        return list(dict.fromkeys(one for kind, key in keys if (one := citations.cite(kind, key))))

    def _noted(self, slide: Slide, cited: list[citations.Citation]) -> Slide:
        """Add to the notes: the seconds, the numbers behind a chart, the sources with grade and date."""
        charts = [(self.charts[name].alt, self.charts[name].rows) for name in slide.charts]
        return replace(slide, notes=citations.under_a_slide(slide.seconds, slide.notes, charts, cited))

    def _sources(self) -> list[Slide]:
        """Return the last slides: each source once, with grade, date and site; whole lines in the notes."""
        made = citations.last_slides(self.all_sources, _PER_SLIDE)
        return [Slide(title, 0, body, notes, 0) for title, body, notes in made]

    def markdown(self, folder: Path, *, captions: bool) -> str:
        """Return Pandoc Markdown, its charts drawn into `folder`; `captions` writes descriptions beside pictures."""
        first, *rest = self.slides
        meta = {"title": first.title, "subtitle": first.body, "lang": _code(self.lang)}
        out = ["---", json.dumps(meta, ensure_ascii=False), "---", ""]
        for slide in rest:
            out += [f"## {slide.title}", "", self._body(slide, folder, captions), ""]
            out += ["::: notes", "", slide.notes, "", ":::", ""]
        return "\n".join(out)

    def _body(self, slide: Slide, folder: Path, captions: bool) -> str:
        body = slide.body
        for name in slide.charts:
            file = self.picture(name, folder)
            alt = citations.plain(self.charts[name].alt) if captions else ""
            body = body.replace(f"{{{{ chart:{name} }}}}", f"![{alt}]({file.name})")
        return body

    def picture(self, name: str, folder: Path) -> Path:
        """Draw a chart into `folder` and return its file."""
        from contrechamp.lesson.figures import png

        file = folder / f"{name}.png"
        if not file.is_file():
            file.write_bytes(png(self.charts[name].draw()))
        return file

    def pptx(self, template: Path | None = None) -> bytes:
        """Return the deck as the bytes of a .pptx file."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            look = template.resolve() if template else folder / "reference.pptx"
            if not template:
                look.write_bytes(theme.reference())
            (folder / "deck.md").write_text(self.markdown(folder, captions=False), encoding="utf-8")
            file = folder / "deck.pptx"
            pandoc(
                "deck.md",
                *READ,
                "-t",
                "pptx",
                "--slide-level=2",
                f"--reference-doc={look}",
                "-o",
                file.name,
                folder=folder,
            )
            alts = {f"{chart.name}.png": chart.alt for chart in self.charts.values()}
            powerpoint.repair(file, self.lang, alts, _spoken(self.slides[0].notes), self.small, self.deck.relative)
            return file.read_bytes()

    @property
    def digest(self) -> str:
        """A digest of all that the files are made from: words, numbers, descriptions, and the code that sets them."""
        said = [[s.title, s.seconds, s.body, s.notes] for s in self.slides]
        drawn = [[c.name, c.alt, c.header, c.rows] for c in self.charts.values()]
        code = [hashlib.sha256(Path(module.__file__ or "").read_bytes()).hexdigest() for module in _MODULES]
        return _digest(json.dumps([said, drawn, code], ensure_ascii=False))


_MODULES = (sys.modules[__name__], powerpoint, theme, paper, exhibits, citations)


def check() -> list[str]:
    """Say which committed deck or brief is missing, out of date or changed by hand; nothing is made.

    Without python-pptx the files themselves are not opened, and only their sources are compared.
    """
    found = []
    record = _record()
    wanted = set()
    for name, digests, endings in _kept():
        for lang, digest in digests.items():
            for ending in endings:
                path = sources.root() / "slides" / lang / f"{name}{ending}"
                wanted.add(path)
                note = record.get(f"{lang}/{name}{ending}", {})
                if not path.is_file() or not note:
                    found.append(f"{relative(path)} is missing. Run `contrechamp slides {name}`.")
                elif note["source"] != digest:
                    found.append(f"{relative(path)} is older than its source. Run `contrechamp slides {name}`.")
                elif (said := _says(path)) is not None and said != note["says"]:
                    found.append(f"{relative(path)} was changed by hand. Change its source, then build it again.")
    there = {p for e in ("pptx", "pdf", "md") for p in (sources.root() / "slides").glob(f"*/*.{e}")}
    return found + [f"{relative(path)} has no source. Delete it." for path in sorted(there - wanted)]


def _kept() -> Iterator[tuple[str, dict[str, str], tuple[str, ...]]]:
    """Yield name, digest in each language and endings of every deck and brief."""
    for deck in decks.find():
        yield deck.name, _digests(partial(Made, deck)), (".pptx", ".pdf", "_notes.pdf")
    for page in briefs.find():
        yield page.name, _digests(partial(briefs.Written, page, results=load_all_results())), (".md", ".pdf")


def _digests(written: Callable[..., Made | briefs.Written]) -> dict[str, str]:
    digests = {}
    for lang in catalogue.languages():
        with speaking(lang):
            digests[lang] = written(lang=lang).digest
    return digests


def _deck_files(made: Made) -> dict[str, Callable[[], bytes]]:
    return {
        ".pptx": made.pptx,
        ".pdf": lambda: paper.slides(made, notes=False),
        "_notes.pdf": lambda: paper.slides(made, notes=True),
    }


def _commit(name: str, lang: str, digest: str, makers: Mapping[str, Callable[[], bytes]]) -> list[str]:
    """Write the files of a deck or brief into the repository; return what could not be made."""
    folder = sources.root() / "slides" / lang
    folder.mkdir(parents=True, exist_ok=True)
    record, problems = _record(), []
    for ending, make in makers.items():
        path = folder / f"{name}{ending}"
        note = record.get(f"{lang}/{path.name}", {})
        if path.is_file() and note.get("source") == digest and _says(path) == note.get("says"):
            continue
        try:
            content = make()
        except paper.NoPango as error:
            problems.append(str(error))
            continue
        files.replace(path, content)
        record[f"{lang}/{path.name}"] = {"source": digest, "says": _says(path)}
    files.replace(sources.root() / "slides" / "built.json", to_json(record).encode())
    return problems


def _record() -> dict[str, Any]:
    path = sources.root() / "slides" / "built.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _says(path: Path) -> str | None:
    try:
        return powerpoint.digest(path) if path.suffix == ".pptx" else paper.digest(path)
    except ModuleNotFoundError:
        return None


def _keep(folder: Path, name: str, content: bytes) -> None:
    path = folder / name
    if path.exists():
        raise ContrechampError(f"{path} is already there, and was left as it is. Move it, or give --output a folder.")
    folder.mkdir(parents=True, exist_ok=True)
    files.replace(path, content)
    print(path)


@contextlib.contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Let the library speak a language: charts and sources take theirs from the environment."""
    before = os.environ.get("CONTRECHAMP_LANG")
    os.environ["CONTRECHAMP_LANG"] = lang
    try:
        yield
    finally:
        os.environ.pop("CONTRECHAMP_LANG")
        if before is not None:
            os.environ["CONTRECHAMP_LANG"] = before


def pandoc(*arguments: str, folder: Path) -> None:
    """Run Pandoc in a folder; it writes a file (``-o``), which is UTF-8 whatever the system's language.

    Raises
    ------
    ContrechampError
        With Pandoc's own words, when it fails.
    """
    import pypandoc

    done = subprocess.run(
        [pypandoc.get_pandoc_path(), *arguments], cwd=folder, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        raise ContrechampError(f"Pandoc could not make the deck: {done.stderr.strip().splitlines()[-1]}")


def _fits(slide: Slide, where: str) -> None:
    if slide.charts and slide.body.strip() != f"{{{{ chart:{slide.charts[0]} }}}}":
        raise ContrechampError(f"{where}: a slide holds one chart or a few words, not both.")
    words = re.split(r"[ \n]+", _spoken(slide.body))  # a no-break space joins: "40 %" is one word
    count = 0 if slide.charts else sum(any(sign.isalnum() for sign in word) for word in words)
    if count > _WORDS:
        raise ContrechampError(f"{where} has {count} words; {_WORDS} is the most that a room can read.")


def _spoken(markdown: str) -> str:
    """Return Markdown without its signs, for a place that holds plain text."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    return re.sub(r"(?m)^\|[-| :]+\|$|[*`|]|^[-#] ", "", text)


def _code(lang: str) -> str:
    return {"en": "en-GB", "fr": "fr-FR"}.get(lang, lang)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
