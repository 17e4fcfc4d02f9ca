"""``contrechamp build``: from sources to committed notebooks, and the proof that they still agree.

Building executes only what changed. ``--check`` executes nothing: it makes text, ids, metadata and code again and
compares them byte for byte with the files; whether the stored outputs are still what the code gives is nbval's task,
and the build key says when that question must be asked again.
"""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from contrechamp import language
from contrechamp.authoring import (
    catalogue,
    digits,
    execution,
    exercises,
    keys,
    notebooks,
    proofreading,
    references,
    sources,
)
from contrechamp.authoring.catalogue import Catalogue, Term
from contrechamp.authoring.references import Resolver
from contrechamp.authoring.sources import Source
from contrechamp.errors import ContrechampError

_PASSES = 4  # a result may stand in a quiz that a lesson prints: the second or third pass settles it


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


def main(names: list[str] | None = None, check: bool = False) -> int:
    """Build, or with `check` compare without executing; print what is wrong; return the exit status.

    Parameters
    ----------
    names : list of str, optional
        Lesson numbers; all when empty.
    check : bool
        Execute nothing and write nothing.
    """
    build = Build(names or [])
    problems = build.proofread()
    if check:
        problems += build.compare()
    elif problems:
        problems.append("Nothing was built: mend the prose named above, then build again.")
    else:
        problems += build.make()
    problems += build.proofread_translations()
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        print("build: everything agrees" if check else f"build: done, {build.written} files written", file=sys.stderr)
    return 1 if problems else 0


class Build:
    """The state of one build: sources read once, languages, what was written."""

    def __init__(self, names: list[str]) -> None:
        references.forget()
        self.all = not names
        lessons, exercise_paths, quiz_paths = sources.find(names)
        self.lessons = [sources.read(path) for path in lessons]
        self.exercises = [sources.read(path) for path in exercise_paths]
        self.quizzes = {f"exercises/{path.name}": sources.read_quiz(path) for path in quiz_paths}
        self.languages = language.languages()
        self.catalogues = {
            (name, lang): Catalogue(catalogue.path_for(name, lang))
            for name in self._named()
            for lang in self.languages[1:]
        }
        self.results = _stored_results()
        self.written = 0

    # What there is ------------------------------------------------------------------------------------------------

    def _named(self) -> list[str]:
        return [source.relative for source in self.lessons + self.exercises] + list(self.quizzes)

    def targets(self) -> Iterator[Target]:
        """Yield every notebook of this build, lessons first."""
        top = sources.root()
        for lang in self.languages:
            for source in self.lessons:
                path = top / "notebooks" / lang / f"{source.name}.ipynb"
                yield Target(source, source.cells, lang, path, source.lesson, True)
            for source in self.exercises:
                folder, prefix = (
                    top / "exercises" / lang,
                    source.lesson + ("A" if exercises.is_alternative(source) else "E"),
                )
                yield Target(
                    source, exercises.student_cells(source), lang, folder / f"{source.name}.ipynb", prefix, False
                )
                path = folder / "solutions" / f"{source.name}.ipynb"
                yield Target(source, exercises.solution_cells(source), lang, path, prefix, True)

    def _terms(self) -> Iterator[tuple[str, Term]]:
        for source in self.lessons + self.exercises:
            yield from ((source.relative, term) for term in catalogue.of_source(source))
        for where, bank in self.quizzes.items():
            yield from ((where, term) for term in catalogue.of_quiz(bank, where))

    # Proofreading -------------------------------------------------------------------------------------------------

    def proofread(self) -> list[str]:
        """Return the problems of the English sources: digits that are no reference."""
        reviewed = digits.load_reviewed(sources.root())
        found = []
        for source in self.lessons + self.exercises:
            for number, cell in enumerate(source.cells, 1):
                if cell.cell_type == "markdown":
                    found += digits.digit_problems(
                        cell.source, allowed=reviewed, where=f"{source.relative}, cell {number}"
                    )
        for _, term in self._pairs():
            if term.note.startswith(("quiz", "check", "figure", "table heading")):
                found += digits.digit_problems(term.text, allowed=reviewed, where=f"{term.where}, {term.note}")
        return list(dict.fromkeys(found))

    def proofread_translations(self) -> list[str]:
        """Return the problems of the catalogues: missing, out of date, or unlike the English.

        They do not stop a build, so that an English author sees the English result; they make it end in red.
        """
        found = [problem for lang in self.languages[1:] for problem in self._proofread_language(lang)]
        if found:
            found.append("Run `contrechamp translate`, then complete the catalogues named above.")
        return list(dict.fromkeys(found))

    def _pairs(self) -> list[tuple[str, Term]]:
        return list(self._terms()) + [("messages", term) for term in catalogue.of_messages()]

    def _proofread_language(self, lang: str) -> list[str]:
        reviewed, pairs = digits.load_reviewed(sources.root()), self._pairs()
        found = []
        books = {
            name: self.catalogues.get((name, lang)) or Catalogue(catalogue.path_for(name, lang)) for name, _ in pairs
        }
        for name, book in books.items():
            terms = catalogue.unique(term for other, term in pairs if other == name)
            found += book.problems(terms)
            for term in terms:
                translation = book.get(term.text)
                if translation is None:
                    continue
                where = f"{term.where}, {lang}, {term.text[:40]!r}"
                found += [f"{where}: {problem}" for problem in proofreading.problems(term.text, translation, lang)]
                if name != "messages" and term.note != "heading":
                    found += digits.digit_problems(translation, allowed=reviewed, where=where)
        return found

    # Making -------------------------------------------------------------------------------------------------------

    def make(self) -> list[str]:
        """Write everything that changed, executing only what must run; return the problems that are left."""
        for number in range(_PASSES):
            before = self.written
            lenient = number == 0
            for path, content in self._tables(lenient, execute=True):
                self._write(path, content)
            for target in self.targets():
                self._make_target(target, lenient)
            if self.written == before:
                return self._orphans()
        return ["The build does not settle: a lesson's results change each time that it runs. Fix its random seed."]

    def _make_target(self, target: Target, lenient: bool) -> None:
        stored = _read_notebook(target.path)
        notebook = self._assemble(target, lenient)
        if target.executed:
            code = [cell.source for cell in target.cells if cell.cell_type == "code"]
            note = _note(stored)
            reasons = keys.differences(note, code, target.lang, target.source.relative)
            if reasons or stored is None:
                self._execute(target, notebook, stored, code)
            else:
                notebooks.take_outputs(notebook, stored)
                notebook.metadata["contrechamp"]["build"] = note
            if target.source.room == "notebooks":
                self._publish(target, notebook)
        self._write(target.path, notebooks.to_text(notebook))

    def _execute(self, target: Target, notebook: NotebookNode, stored: NotebookNode | None, code: list[str]) -> None:
        target.path.parent.mkdir(parents=True, exist_ok=True)
        trace = execution.execute(notebook, target.path.parent, target.relative, progress=_progress)
        notebooks.normalise(notebook)
        notebooks.keep_pictures(notebook, stored)
        notebook.metadata["contrechamp"]["build"] = keys.make(code, target.lang, trace, target.source.relative)

    def _publish(self, target: Target, notebook: NotebookNode) -> None:
        """Write the lesson's results, which must be the same in every language."""
        values = notebooks.results(notebook)
        lesson = target.source.lesson
        if target.lang != self.languages[0] and values != self.results.get(lesson, {}):
            raise ContrechampError(f"{target.relative} publishes other results than its English twin.")
        self.results[lesson] = values
        self._write(_data("results", lesson), _json({"lesson": lesson, "results": values}))

    def _assemble(self, target: Target, lenient: bool = False) -> NotebookNode:
        book = self.catalogues.get((target.source.relative, target.lang))
        to = Resolver(target.lang, self.results, lenient=lenient)
        return notebooks.assemble(target.source, target.cells, target.prefix, book, to)

    def _tables(self, lenient: bool, *, execute: bool) -> Iterator[tuple[Path, str]]:
        """Yield the quiz banks and tables of checks, with their path and text."""
        for where, bank in self.quizzes.items():
            yield _data("quizzes", str(bank["lesson"])), _json(self._bank(where, bank, lenient))
        for source in self.exercises:
            path = _data("checks", source.name)
            told, note = self._values(source, path, execute=execute)
            say = self._speaker(source.relative, lenient)
            rows = [
                exercises.table_row(check, values, say, source.relative)
                for check, values in zip(source.checks.values(), told, strict=True)
            ]
            variant = "alternative" if exercises.is_alternative(source) else "main"
            yield path, _json({"lesson": source.lesson, "variant": variant, "checks": rows, "build": note})

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

    def _values(self, source: Source, path: Path, *, execute: bool) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Return the values of an exercise's checks, executing its solution only when what it stands on changed."""
        code = [*source.code, json.dumps([check.definition for check in source.checks.values()], default=str)]
        stored = _read_json(path)
        note = stored.get("build", {})
        if not keys.differences(note, code, "en", source.relative):
            return [_told(row) for row in stored["checks"]], note
        if not execute:
            raise ContrechampError(f"{_relative(path)} is older than {source.relative}. Run `contrechamp build`.")
        folder = sources.root() / "exercises" / "en"
        folder.mkdir(parents=True, exist_ok=True)
        told, trace = exercises.evaluate(source, folder, _progress)
        return told, keys.make(code, "en", trace, source.relative)

    def _write(self, path: Path, text: str) -> None:
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(path.name + ".new")
        try:
            new.write_text(text, encoding="utf-8", newline="\n")
            new.replace(path)
        except OSError as error:
            new.unlink(missing_ok=True)
            raise ContrechampError(f"{_relative(path)} cannot be written: {error.strerror}.") from None
        self.written += 1

    # Comparing ----------------------------------------------------------------------------------------------------

    def compare(self) -> list[str]:
        """Return where the committed files differ from what the sources give; nothing is executed or written."""
        found: list[str] = []
        try:
            for path, text in self._tables(lenient=False, execute=False):
                found += _unlike(path, text)
        except ContrechampError as error:
            found.append(str(error))
        for target in self.targets():
            try:
                found += self._compare_target(target)
            except ContrechampError as error:
                found.append(str(error))
        return list(dict.fromkeys(found)) + self._orphans()

    def _compare_target(self, target: Target) -> list[str]:
        stored = _read_notebook(target.path)
        if stored is None:
            return [f"{target.relative} is missing. Run `contrechamp build`."]
        notebook = self._assemble(target)
        found = []
        if target.executed:
            code = [cell.source for cell in target.cells if cell.cell_type == "code"]
            reasons = keys.differences(_note(stored), code, target.lang, target.source.relative)
            if reasons:
                return [f"{target.relative} must be run again: {'; '.join(reasons)}. Run `contrechamp build`."]
            notebooks.take_outputs(notebook, stored)
            notebook.metadata["contrechamp"]["build"] = _note(stored)
            found += _unrun(stored, target.relative)
            lesson = target.source.lesson
            if target.source.room == "notebooks" and notebooks.results(stored) != self.results.get(lesson, {}):
                found.append(f"datasets/results/{lesson}.json differs from what {target.relative} publishes.")
        return found + _unlike(target.path, notebooks.to_text(notebook))

    def _orphans(self) -> list[str]:
        """Name built files without a source, when everything is built."""
        if not self.all:
            return []
        top = sources.root()
        wanted = {target.path for target in self.targets()}
        there = {
            p
            for room in ("notebooks", "exercises")
            for p in (top / room).rglob("*.ipynb")
            if ".ipynb_checkpoints" not in p.parts
        }
        wanted |= {_data("checks", source.name) for source in self.exercises}
        wanted |= {_data("quizzes", str(bank["lesson"])) for bank in self.quizzes.values()}
        wanted |= {_data("results", source.lesson) for source in self.lessons}
        for room in ("checks", "quizzes", "results"):
            there |= set((top / "datasets" / room).glob("*.json"))
        return [f"{_relative(path)} has no source. Delete it." for path in sorted(there - wanted)]


def _told(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "expected": {name: spec["expected"] for name, spec in row["values"].items()},
        "misconceptions": [wrong["values"] for wrong in row["misconceptions"]],
    }


def _data(room: str, name: str) -> Path:
    return sources.root() / "datasets" / room / f"{name}.json"


def _stored_results() -> dict[str, dict[str, Any]]:
    folder = sources.root() / "datasets" / "results"
    return {path.stem: _read_json(path).get("results", {}) for path in sorted(folder.glob("*.json"))}


def _read_json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise ContrechampError(f"{_relative(path)} is not valid JSON. Delete it and run `contrechamp build`.") from None


def _read_notebook(path: Path) -> NotebookNode | None:
    if not path.is_file():
        return None
    try:
        return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    except Exception:  # nbformat raises several kinds for JSON and for schema
        raise ContrechampError(f"{_relative(path)} is not a notebook. Delete it and run `contrechamp build`.") from None


def _note(stored: NotebookNode | None) -> dict[str, Any]:
    return {} if stored is None else stored.metadata.get("contrechamp", {}).get("build", {})


def _unrun(notebook: NotebookNode, where: str) -> list[str]:
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    if counts != list(range(1, len(counts) + 1)):
        return [f"{where} has code cells that were not run in order (counts {counts}). Run `contrechamp build`."]
    return []


def _unlike(path: Path, text: str) -> list[str]:
    """Say where a file differs from the text that it should hold."""
    if not path.is_file():
        return [f"{_relative(path)} is missing. Run `contrechamp build`."]
    there = path.read_text(encoding="utf-8")
    if there == text:
        return []
    for number, (a, b) in enumerate(zip(there.split("\n"), text.split("\n"), strict=False), 1):
        if a != b:
            there, made = a.strip()[:100], b.strip()[:100]
            return [f"{_relative(path)}, line {number}, is not what its source gives: {there!r} for {made!r}."]
    return [f"{_relative(path)} is longer or shorter than what its source gives."]


def _relative(path: Path) -> str:
    return path.relative_to(sources.root()).as_posix()


def _json(content: Any) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
