"""``contrechamp build``: from sources to committed notebooks, and the proof that they still agree.

Building executes only what changed. ``--check`` executes nothing: it makes text, ids, metadata and code again and
compares them byte for byte with the files; whether the stored outputs are still what the code gives is nbval's task,
and the build key says when that question must be asked again.
"""

import itertools
import sys
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from contrechamp import files
from contrechamp.authoring import execution, keys, notebooks, pages, prose, slides, sources
from contrechamp.authoring.course import Course, Target, data_path, read_notebook, relative, to_json
from contrechamp.classroom import printed
from contrechamp.errors import ContrechampError

_PASSES = 4  # a result may stand in a quiz that a lesson prints: the second or third pass settles it


def main(names: list[str] | None = None, check: bool = False) -> int:
    """Build, or with `check` compare without executing; print what is wrong; return the exit status.

    Parameters
    ----------
    names : list of str, optional
        Lesson numbers; all when empty.
    check : bool
        Execute nothing and write nothing.
    """
    course = Course(names or [])
    maker = Maker(course)
    problems = prose.of_sources(course)
    if check:
        problems += compare(course)
    elif problems:
        problems.append("Nothing was built: mend the prose named above, then build again.")
    else:
        problems += maker.make()
    problems += prose.of_translations(course)
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        print("build: everything agrees" if check else f"build: done, {maker.written} files written", file=sys.stderr)
    return 1 if problems else 0


class Maker:
    """Writes what a course must hold, executing only what must run; `written` counts the files that changed."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.written = 0

    def make(self) -> list[str]:
        """Write everything that changed, executing only what must run; return the problems that are left."""
        for number in range(_PASSES):
            before = self.written
            lenient = number == 0
            for path, content in self.course.tables(lenient, _progress):
                self._write(path, content)
            for target in self.course.targets():
                self._make_target(target, lenient)
            for path, content in self.course.written_pages(lenient):
                self._write(path, content)
            if self.written == before:
                return orphans(self.course)
        return ["The build does not settle: a lesson's results change each time that it runs. Fix its random seed."]

    def _make_target(self, target: Target, lenient: bool) -> None:
        stored = read_notebook(target.path)
        notebook = self.course.assemble(target, lenient)
        if target.executed:
            code = [cell.source for cell in target.cells if cell.cell_type == "code"]
            note = _note(stored)
            reasons = keys.differences(note, code, target.lang, target.source.relative)
            if reasons or stored is None:
                self._execute(target, notebook, stored, code)
            else:
                notebooks.take_outputs(notebook, stored)
                notebook.metadata["contrechamp"]["build"] = note
            if target.source.publishes:
                self._publish(target, notebook)
        self._write(target.path, notebooks.to_text(notebook))

    def _execute(self, target: Target, notebook: NotebookNode, stored: NotebookNode | None, code: list[str]) -> None:
        target.path.parent.mkdir(parents=True, exist_ok=True)
        trace = execution.execute(notebook, target.path.parent, target.relative, progress=_progress)
        notebooks.normalise(notebook)
        note = keys.make(code, target.lang, trace, target.source.relative)
        if all(_note(stored).get(part) == note[part] for part in ("code", "strings")):
            notebooks.keep_pictures(notebook, stored)  # else it may say something new in a few pixels: a mended title
        notebook.metadata["contrechamp"]["build"] = note

    def _publish(self, target: Target, notebook: NotebookNode) -> None:
        """Write the lesson's results, which must be the same in every language."""
        values = notebooks.results(notebook)
        lesson = target.source.lesson
        if target.lang != self.course.languages[0] and values != self.course.results.get(lesson, {}):
            raise ContrechampError(f"{target.relative} publishes other results than its English twin.")
        self.course.results[lesson] = values
        self._write(data_path("results", lesson), to_json({"lesson": lesson, "results": values}))

    def _write(self, path: Path, text: str) -> None:
        content = text.encode()
        if path.is_file() and path.read_bytes() == content:
            return
        try:
            files.replace(path, content)
        except OSError as error:
            raise ContrechampError(f"{relative(path)} cannot be written: {error.strerror}.") from None
        self.written += 1


def compare(course: Course) -> list[str]:
    """Return where the committed files differ from what the sources give; nothing is executed or written."""
    found: list[str] = []
    try:
        for path, text in itertools.chain(course.tables(False, None), course.written_pages()):
            found += _unlike(path, text)
    except ContrechampError as error:
        found.append(str(error))
    for target in course.targets():
        try:
            found += _compare_target(course, target)
        except ContrechampError as error:
            found.append(str(error))
    if course.decks:
        found += slides.check()
    if course.plans:
        found += printed.check()
    return list(dict.fromkeys(found)) + orphans(course)


def _compare_target(course: Course, target: Target) -> list[str]:
    stored = read_notebook(target.path)
    if stored is None:
        return [f"{target.relative} is missing. Run `contrechamp build`."]
    notebook = course.assemble(target)
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
        if target.source.publishes and notebooks.results(stored) != course.results.get(lesson, {}):
            found.append(f"datasets/results/{lesson}.json differs from what {target.relative} publishes.")
    return found + _unlike(target.path, notebooks.to_text(notebook))


def orphans(course: Course) -> list[str]:
    """Name built files without a source, when everything is built."""
    if not course.all:
        return []
    top = sources.root()
    wanted = {target.path for target in course.targets()}
    there = {
        p
        for room in ("notebooks", "exercises")
        for p in (top / room).rglob("*.ipynb")
        if ".ipynb_checkpoints" not in p.parts
    }
    wanted |= {data_path("checks", source.name) for source in course.exercises}
    wanted |= {data_path("quizzes", str(bank["lesson"])) for bank in course.quizzes.values()}
    wanted |= {data_path("results", source.lesson) for source in course.lessons}
    wanted |= {page.path(lang) for page in course.pages for lang in course.languages}
    there |= pages.built()
    for room in ("checks", "quizzes", "results"):
        there |= set((top / "datasets" / room).glob("*.json"))
    return [f"{relative(path)} has no source. Delete it." for path in sorted(there - wanted)]


def _note(stored: NotebookNode | None) -> dict[str, Any]:
    ours = {} if stored is None else stored.metadata.get("contrechamp")
    return ours.get("build", {}) if isinstance(ours, dict) else {}


def _unrun(notebook: NotebookNode, where: str) -> list[str]:
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    if counts != list(range(1, len(counts) + 1)):
        return [f"{where} has code cells that were not run in order (counts {counts}). Run `contrechamp build`."]
    return []


def _unlike(path: Path, text: str) -> list[str]:
    """Say where a file differs from the text that it should hold."""
    if not path.is_file():
        return [f"{relative(path)} is missing. Run `contrechamp build`."]
    stored = path.read_bytes()
    if stored == text.encode():
        return []
    lines = stored.decode(errors="backslashreplace").split("\n")
    for number, (a, b) in enumerate(zip(lines, text.split("\n"), strict=False), 1):
        if a != b:
            there, made = a.strip(" ")[:100], b.strip(" ")[:100]
            return [f"{relative(path)}, line {number}, is not what its source gives: {there!r} for {made!r}."]
    return [f"{relative(path)} is longer or shorter than what its source gives."]


def _progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
