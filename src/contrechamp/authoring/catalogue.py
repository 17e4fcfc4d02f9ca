"""Gettext catalogues: what there is to translate, what is translated, and what has drifted.

``contrechamp translate`` brings ``locale/<lang>/`` up to date with the English sources. An entry whose English
changed is marked fuzzy and keeps its old English beside it; the build names it and refuses it. Nothing that a
translator wrote is ever deleted: entries without a source become obsolete comments.
"""

import difflib
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polib

from contrechamp import files, language
from contrechamp.authoring import comments, sources, strings, units
from contrechamp.authoring.sources import Source
from contrechamp.errors import ContrechampError

_NAMED = 8  # how many missing translations of one catalogue are named one by one
_ALIKE = 0.7  # how much two sentences must share before an old translation is offered as a draft
_PLURALS = {"fr": "nplurals=2; plural=(n > 1);"}


@dataclass(frozen=True)
class Term:
    """One entry of a catalogue in the making: English text, a note for the translator, the file it stands in."""

    text: str
    note: str
    where: str


class Catalogue:
    """The translations of one source into one language.

    Raises
    ------
    ContrechampError
        When the file exists and is not a gettext catalogue.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.entries: dict[str, polib.POEntry] = {}
        if path.is_file():
            self.entries = {entry.msgid: entry for entry in load(path) if not entry.obsolete}

    def get(self, text: str) -> str | None:
        """Return the current translation of `text`, or None when it is missing or fuzzy."""
        entry = self.entries.get(text)
        return entry.msgstr if entry and entry.msgstr and not entry.fuzzy else None

    def problems(self, terms: Iterable[Term]) -> list[str]:
        """Name the terms whose translation is missing or out of date."""
        found = []
        for term in unique(terms):
            if self.get(term.text) is not None:
                continue
            entry = self.entries.get(term.text)
            state = "out of date (fuzzy)" if entry is not None and entry.fuzzy else "missing"
            found.append(f"{_short(self.path)}: the translation of {term.text[:70]!r} ({term.note}) is {state}.")
        if len(found) > _NAMED + 1:
            found[_NAMED:] = [f"{_short(self.path)}: and {len(found) - _NAMED} more translations like these."]
        return found


def languages() -> list[str]:
    """Return the languages to build, the source language first.

    Raises
    ------
    ContrechampError
        When a language has catalogues but not the one that makes it known; its notebooks would look like strays.
    """
    known = language.languages()
    for folder in sorted(path.parent for path in (sources.root() / "locale").glob("*/*/")):
        if folder.name not in known:
            raise ContrechampError(
                f"locale/{folder.name}/messages.po is missing. Restore it with git, or delete the whole folder "
                f"locale/{folder.name}."
            )
    return known


def path_for(source_name: str, lang: str) -> Path:
    """Return the catalogue of a source such as ``notebooks/02_x.md`` or of ``messages``."""
    stem = source_name.removesuffix(".md").removesuffix(".yaml")
    return sources.root() / "locale" / lang / f"{stem}.po"


def of_source(source: Source) -> Iterator[Term]:
    """Yield the terms of a lesson or an exercise: its prose and the messages of its checks."""
    for index, cell in enumerate(source.cells):
        if cell.cell_type == "markdown":
            for unit in units.split(cell.source):
                yield Term(unit.text, unit.kind, source.relative)
        else:
            for said in comments.split(cell.source):
                yield Term(said, comments.KIND, source.relative)
        if index in source.checks:
            check = source.checks[index]
            for note, text in check_texts(check.id, check.definition):
                yield Term(text, note, source.relative)
    for check_id, rule in source.drawn.items():
        for unit in units.split(rule.get("text", "")):
            yield Term(unit.text, f"{unit.kind} of a class's own paper, {check_id}", source.relative)


def check_texts(check_id: str, definition: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the messages of a check with a note that says what each is."""
    yield f"check {check_id}, hint", definition["hint"]
    yield f"check {check_id}, right answer", definition["right"]
    for wrong in definition["misconceptions"]:
        yield f"check {check_id}, misconception {wrong['name']}", wrong["message"]


def of_quiz(bank: dict[str, Any], where: str) -> Iterator[Term]:
    """Yield the terms of a quiz bank."""
    for item in bank["items"]:
        yield Term(item["question"], f"quiz {item['id']}, question", where)
        for option in item["options"]:
            yield Term(option["text"], f"quiz {item['id']}, option {option['key']}", where)
            yield Term(option["explanation"], f"quiz {item['id']}, why {option['key']}", where)


def of_messages() -> Iterator[Term]:
    """Yield the strings of all cells and of the library."""
    lessons, exercises, _ = sources.find()
    for path in lessons + exercises:
        for message in strings.in_source(sources.read(path)):
            yield Term(message.text, message.kind, message.where)
    for message in strings.in_library(sources.root() / "src" / "contrechamp"):
        if not message.where.startswith("src/contrechamp/authoring/"):
            yield Term(message.text, message.kind, message.where)


def unique(terms: Iterable[Term]) -> list[Term]:
    """Return the terms that a translator has something to do with, each once, in order."""
    seen: dict[str, Term] = {}
    for term in terms:
        if any(character.isalpha() for character in term.text):
            seen.setdefault(term.text, term)
    return list(seen.values())


def merge(path: Path, terms: Iterable[Term], lang: str) -> polib.POFile:
    """Return the catalogue at `path` brought up to date with `terms`; the file is not written."""
    old = load(path) if path.is_file() else polib.POFile()
    current = {entry.msgid: entry for entry in old if not entry.obsolete}
    retired = {entry.msgid: entry for entry in old if entry.obsolete}
    new = polib.POFile(wrapwidth=0)
    new.metadata = _header(lang, old.metadata)
    places: dict[str, list[str]] = {}
    terms = list(terms)
    for term in terms:
        places.setdefault(term.text, [])
        if term.where not in places[term.text]:
            places[term.text].append(term.where)
    wanted = {term.text for term in terms}
    spare = [entry for entry in old if entry.msgid not in wanted and entry.msgstr]
    for term in unique(terms):
        entry = polib.POEntry(msgid=term.text, comment=term.note, occurrences=[(p, "") for p in places[term.text]])
        known = current.get(term.text) or retired.get(term.text)
        if known is not None:
            entry.msgstr, entry.tcomment, entry.flags = known.msgstr, known.tcomment, list(known.flags)
            entry.previous_msgid = known.previous_msgid
        else:
            _draft(entry, spare)
        new.append(entry)
    used = {entry.previous_msgid for entry in new}
    for entry in spare:
        if entry.msgid not in used:
            new.append(polib.POEntry(msgid=entry.msgid, msgstr=entry.msgstr, obsolete=True))
    return new


def write(catalogue: polib.POFile, path: Path) -> bool:
    """Write a catalogue when it differs from the file; return True when it did."""
    content = (str(catalogue).rstrip("\n") + "\n").encode()
    if path.is_file() and path.read_bytes() == content:
        return False
    try:
        files.replace(path, content)
    except OSError as error:
        raise ContrechampError(f"{_short(path)} cannot be written: {error.strerror}. Nothing was lost.") from None
    return True


def main(names: list[str]) -> int:
    """Bring the catalogues of all languages up to date (``contrechamp translate``); return the exit status."""
    from contrechamp.authoring import briefs, decks, pages  # which need the catalogues
    from contrechamp.classroom import routes

    lessons, exercises, quizzes = sources.find(names)
    guide: list[tuple[str, list[Term]]] = []
    if not names:
        guide += [(page.relative, list(page.terms())) for page in pages.find()]
        guide += [(card.relative, list(card.terms())) for card in pages.cards()]
        guide += [(deck.relative, list(deck.terms())) for deck in decks.find()]
        guide += [(brief.relative, list(brief.terms())) for brief in briefs.find()]
        guide += [(plan.relative, list(plan.terms())) for plan in routes.find()]
    for lang in languages()[1:]:
        open_entries = 0
        for name, terms in _all_terms(lessons + exercises, quizzes, guide):
            path = path_for(name, lang)
            catalogue = merge(path, terms, lang)
            write(catalogue, path)
            waiting = [entry for entry in catalogue if not entry.obsolete and (entry.fuzzy or not entry.msgstr)]
            open_entries += len(waiting)
            if waiting:
                print(f"{_short(path)}: {len(waiting)} of {len([e for e in catalogue if not e.obsolete])} to translate")
        print(f"{lang}: {open_entries or 'nothing'} to translate", file=sys.stderr)
    return 0


def _all_terms(
    prose: list[Path], quizzes: list[Path], guide: Iterable[tuple[str, list[Term]]]
) -> Iterator[tuple[str, list[Term]]]:
    for path in prose:
        source = sources.read(path)
        yield source.relative, list(of_source(source))
    for path in quizzes:
        where = f"exercises/{path.name}"
        yield where, list(of_quiz(sources.read_quiz(path), where))
    yield from guide
    yield "messages", list(of_messages())


def _draft(entry: polib.POEntry, spare: list[polib.POEntry]) -> None:
    """Offer the translation of the most similar old sentence, marked fuzzy."""
    best, score = None, _ALIKE
    for old in spare:
        ratio = difflib.SequenceMatcher(None, old.msgid, entry.msgid, autojunk=False).ratio()
        if ratio > score:
            best, score = old, ratio
    if best is not None:
        entry.msgstr, entry.previous_msgid, entry.flags = best.msgstr, best.msgid, ["fuzzy"]


def _header(lang: str, old: dict[str, str]) -> dict[str, str]:
    header = {
        "Project-Id-Version": "Contrechamp",
        "Language": lang,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }
    if lang in _PLURALS:
        header["Plural-Forms"] = _PLURALS[lang]
    return {**{key: value for key, value in old.items() if key == "Last-Translator"}, **header}


def load(path: Path) -> polib.POFile:
    """Return the catalogue at `path`, or say in one sentence that it is none."""
    try:
        return polib.pofile(str(path), wrapwidth=0, encoding="utf-8", check_for_duplicates=False)
    except (OSError, UnicodeDecodeError) as error:
        reason = str(error).split("): ")[-1]
        raise ContrechampError(f"{_short(path)} is not a gettext catalogue: {reason}. Restore or mend it.") from None


def _short(path: Path) -> str:
    return "/".join(path.parts[path.parts.index("locale") :]) if "locale" in path.parts else path.name
