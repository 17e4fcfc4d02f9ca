"""The course as its sources describe it: which notebooks, quiz banks and tables of checks there must be.

This module knows what belongs together; `build` writes and compares it, `prose` reads its prose.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from contrechamp import language
from contrechamp.authoring import (
    briefs,
    catalogue,
    decks,
    exercises,
    keys,
    notebooks,
    open_tasks,
    pages,
    references,
    sources,
)
from contrechamp.authoring.catalogue import Catalogue, Term
from contrechamp.authoring.references import Resolver
from contrechamp.authoring.sources import Source
from contrechamp.classroom import routes
from contrechamp.datasets.published import load_all_results
from contrechamp.errors import ContrechampError


@dataclass(frozen=True)
class Target:
    """One notebook to build: from which source, which cells, in which language, to which file, executed or not."""

    source: Source
    cells: list[NotebookNode]
    lang: str
    path: Path
    prefix: str
    executed: bool

    @property
    def relative(self) -> str:
        """The path inside the repository."""
        return self.path.relative_to(sources.root()).as_posix()


class Course:
    """The sources, read once, in every language, with the results that lessons have published.

    Parameters
    ----------
    names : list of str
        Lesson numbers; all when empty.
    """

    def __init__(self, names: list[str]) -> None:
        references.forget()
        self.all = not names
        lessons, exercise_paths, quiz_paths = sources.find(names)
        self.lessons = [sources.read(path) for path in lessons]
        self.exercises = [sources.read(path) for path in exercise_paths]
        self.quizzes = {f"exercises/{path.name}": sources.read_quiz(path) for path in quiz_paths}
        self.pages = pages.find() if self.all else []
        self.cards = pages.cards() if self.all else []
        self.decks: list[decks.Deck | briefs.Brief] = [*decks.find(), *briefs.find()] if self.all else []
        self.plans = routes.find() if self.all else []
        self.languages = catalogue.languages()
        self.catalogues = {
            (name, lang): Catalogue(catalogue.path_for(name, lang))
            for name in self._named()
            for lang in self.languages[1:]
        }
        self.results = load_all_results()

    def _named(self) -> list[str]:
        texts: list[Any] = [*self.lessons, *self.exercises, *self.pages, *self.cards, *self.decks, *self.plans]
        return [text.relative for text in texts] + list(self.quizzes)

    def targets(self) -> Iterator[Target]:
        """Yield every notebook of this build, lessons first."""
        top = sources.root()
        for lang in self.languages:
            for source in self.lessons:
                path = top / source.room / lang / f"{source.name}.ipynb"  # notebooks, or notebooks/light
                yield Target(source, source.cells, lang, path, source.lesson, True)
            for source in self.exercises:
                folder, prefix = top / "exercises" / lang, exercises.prefix(source)
                yield Target(
                    source, exercises.student_cells(source), lang, folder / f"{source.name}.ipynb", prefix, False
                )
                path = folder / "solutions" / f"{source.name}.ipynb"
                yield Target(source, exercises.solution_cells(source), lang, path, prefix, True)

    def terms(self) -> Iterator[tuple[str, Term]]:
        """Yield every piece of prose with the name of its source."""
        for source in self.lessons + self.exercises:
            yield from ((source.relative, term) for term in catalogue.of_source(source))
        for where, bank in self.quizzes.items():
            yield from ((where, term) for term in catalogue.of_quiz(bank, where))
        prose: list[Any] = [*self.pages, *self.cards, *self.decks, *self.plans]
        for text in prose:
            yield from ((text.relative, term) for term in text.terms())

    def assemble(self, target: Target, lenient: bool = False) -> NotebookNode:
        """Return a target without outputs."""
        book = self.catalogues.get((target.source.relative, target.lang))
        to = Resolver(target.lang, self.results, lenient=lenient)
        return notebooks.assemble(target.source, target.cells, target.prefix, book, to)

    def written_pages(self, lenient: bool = False) -> Iterator[tuple[Path, str]]:
        """Yield the pages of the guide in every language, with their path and text."""
        for page in self.pages:
            for lang in self.languages:
                to = Resolver(lang, self.results, lenient=lenient)
                yield page.path(lang), page.write(self.catalogues.get((page.relative, lang)), to)

    def tables(self, lenient: bool, tell: Callable[[str], None] | None) -> Iterator[tuple[Path, str]]:
        """Yield the quiz banks and tables of checks, with their path and text.

        Without `tell`, which hears of progress, nothing is executed: a table that is out of date is an error.
        """
        for where, bank in self.quizzes.items():
            yield data_path("quizzes", str(bank["lesson"])), to_json(self._bank(where, bank, lenient))
        for source in self.exercises:
            path = data_path("checks", source.name)
            told, note = self._values(source, path, tell)
            say = self._speaker(source.relative, lenient)
            rows = [
                exercises.table_row(check, values, say, source.relative)
                for check, values in zip(source.checks.values(), told, strict=True)
            ]
            prose = self._prose_speaker(source.relative, lenient)
            tasks = [
                open_tasks.table_row(task, source, exercises.prefix(source), prose) for task in open_tasks.find(source)
            ]
            variant = "alternative" if exercises.is_alternative(source) else "main"
            table = {"lesson": source.lesson, "variant": variant, "checks": rows, "open": tasks, "build": note}
            drawn = exercises.drawn_rows(source, prose)
            yield path, to_json(table | ({"drawn": drawn} if drawn else {}))

    def _bank(self, where: str, bank: dict[str, Any], lenient: bool) -> dict[str, Any]:
        say = self._speaker(where, lenient)
        items = []
        for item in bank["items"]:
            options = [
                {**option, "text": say(option["text"]), "explanation": say(option["explanation"])}
                for option in item["options"]
            ]
            items.append({**item, "question": say(item["question"]), "options": options})
        return {"lesson": str(bank["lesson"]), "items": items}

    def _speaker(self, name: str, lenient: bool) -> Callable[[str], dict[str, str]]:
        """Return a function that says a text of the source `name` in every language, references resolved."""

        def say(text: str) -> dict[str, str]:
            said = {}
            for lang in self.languages:
                book = self.catalogues.get((name, lang))
                words = language.typeset((book.get(text) if book else None) or text, lang)
                said[lang] = Resolver(lang, self.results, lenient=lenient).text(words, name)
            return said

        return say

    def _prose_speaker(self, name: str, lenient: bool) -> Callable[[str], dict[str, str]]:
        """Return a function that says Markdown of the source `name` in every language, references resolved."""

        def say(text: str) -> dict[str, str]:
            return {
                lang: pages.prose(
                    text, self.catalogues.get((name, lang)), Resolver(lang, self.results, lenient=lenient), name
                )
                for lang in self.languages
            }

        return say

    def _values(
        self, source: Source, path: Path, tell: Callable[[str], None] | None
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Return the values of an exercise's checks, executing its solution only when what it stands on changed."""
        code = [*source.code, json.dumps([check.definition for check in source.checks.values()], default=str)]
        stored = read_json(path)
        note = stored.get("build", {})
        told = [] if keys.differences(note, code, "en", source.relative) else _told(stored)
        if len(told) == len(source.checks):
            return told, note
        if tell is None:
            raise ContrechampError(f"{relative(path)} is older than {source.relative}. Run `contrechamp build`.")
        folder = sources.root() / "exercises" / "en"
        folder.mkdir(parents=True, exist_ok=True)
        told, trace = exercises.evaluate(source, folder, tell)
        return told, keys.make(code, "en", trace, source.relative)


def _told(stored: dict[str, Any]) -> list[dict[str, Any]]:
    """Take the values out of a table of checks; a table that is damaged gives none and is made again."""
    try:
        return [
            {
                "inputs": {
                    name: [case["inputs"] for case in spec["cases"]]
                    for name, spec in row["values"].items()
                    if spec["kind"] == "function"
                },
                "expected": {name: spec["expected"] for name, spec in row["values"].items()},
                "misconceptions": [wrong["values"] for wrong in row["misconceptions"]],
            }
            for row in stored["checks"]
        ]
    except (KeyError, TypeError, AttributeError):
        return []


def data_path(room: str, name: str) -> Path:
    """Return the path of a built table, such as ``datasets/results/02.json``."""
    return sources.root() / "datasets" / room / f"{name}.json"


def read_json(path: Path) -> dict[str, Any]:
    """Return a built table; an empty one when there is none yet."""
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise ContrechampError(f"{relative(path)} is not a table of ours. Delete it and run `contrechamp build`.")
    return content


def read_notebook(path: Path) -> NotebookNode | None:
    """Return a built notebook, or None when there is none yet."""
    if not path.is_file():
        return None
    try:
        return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    except Exception:  # nbformat raises several kinds for JSON and for schema
        raise ContrechampError(f"{relative(path)} is not a notebook. Delete it and run `contrechamp build`.") from None


def relative(path: Path) -> str:
    """Return a path inside the repository as messages name it."""
    return path.relative_to(sources.root()).as_posix()


def to_json(content: Any) -> str:
    """Return the text of a built table: sorted keys, so that it has one form."""
    return json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
