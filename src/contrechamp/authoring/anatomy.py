"""The anatomy of what is built: the parts of a lesson, an exercise and a quiz bank that a reader relies on.

Every function is pure and returns plain problems, one sentence each, an empty list when there is none. What the words
say is not judged here: digits are the business of `contrechamp.authoring.digits`, outputs that of nbval.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import nbformat
from nbformat import NotebookNode

from contrechamp.authoring import code_cells

LONGEST_SET_UP = 3
FEWEST_OUTPUTS = 6  # compared by nbval; with fewer, a notebook proves next to nothing
LARGEST_FILE = 200 * 1024  # bytes
_LARGEST_CORE = 35  # minutes

_ENGLISH_SECTIONS = ("What this does not show", "Take away", "Sources")
_FENCED = re.compile(r"^([ \t>]*)(`{3,}|~{3,}).*?^\1\2[ \t]*$", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)
_LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^()\s<>]+)")
_PICTURE = re.compile(r"!\[([^\]]*)\]\(")
_ID = re.compile(r"(?<![\w.,])(\d\d\.\d)(?![\w%]|[.,]\d)")


def lesson_problems(
    nb: NotebookNode, *, source_meta: Mapping[str, Any], path: Path | str, help_card: str | None = None
) -> list[str]:
    """Return what a built lesson lacks.

    Parameters
    ----------
    nb : NotebookNode
        The built, executed notebook.
    source_meta : mapping
        The ``contrechamp`` front matter of its source: lesson, minutes, min_age, python, mathematics, objectives.
    path : Path or str
        Where the notebook is; links are followed from there.
    help_card : str, optional
        The help lines in the notebook's language, which must stand before the first code cell; None: do not look.
    """
    path = Path(path)
    lesson = str(source_meta.get("lesson", ""))
    found = _front_matter(source_meta, path)
    found += _prose(nb, path)
    found += code_cells.code_problems(nb)
    found += code_cells.run_problems(nb)
    found += code_cells.output_problems(nb, enough=FEWEST_OUTPUTS)
    found += _opening(nb, source_meta, help_card)
    found += _file(nb, path, lesson)
    if _language(nb, path) == "en":
        found += _english(nb, lesson)
    return [f"{_name(path)}{problem}" for problem in found]


def exercise_problems(
    nb: NotebookNode, *, source_meta: Mapping[str, Any], path: Path | str, executed: bool
) -> list[str]:
    """Return what a built exercise lacks, as handed out (`executed` false) or as a solution."""
    path = Path(path)
    found = _prose(nb, path) + code_cells.code_problems(nb)
    if executed:
        found += code_cells.run_problems(nb) + code_cells.output_problems(nb, enough=0)
    else:
        for number, cell in code_cells.numbered(nb, "code"):
            if cell.outputs or cell.execution_count is not None:
                found.append(f", cell {number}: an exercise is handed out without outputs and counts")
            if "BEGIN SOLUTION" in cell.source or "BEGIN HIDDEN" in cell.source:
                found.append(f", cell {number}: the solution was not cut out")
    if _language(nb, path) == "en":
        text = _text(nb)
        if not re.search(r"do not write about\s+yourself", text, re.IGNORECASE):
            found.append(': the line "Do not write about yourself or anyone you know" is missing above the open task')
        if "rubric" not in text.lower():
            found.append(": the open task has no rubric")
    found += _file(nb, path, str(source_meta.get("lesson") or source_meta.get("exercise", "")))
    return [f"{_name(path)}{problem}" for problem in found]


def quiz_problems(bank: Mapping[str, Any], languages: Sequence[str] = ("en", "fr")) -> list[str]:
    """Return what a built quiz bank (`datasets/quizzes/NN.json`) lacks in any of the languages."""
    lesson = str(bank.get("lesson", "?"))
    found, ids = [], set()
    for item in bank.get("items", []):
        where = f"quiz {lesson}, item {item.get('id', '?')}"
        if not re.fullmatch(rf"{lesson}\.[a-z]", str(item.get("id", ""))):
            found.append(f"{where}: an id is the lesson, a point and a letter")
        if item.get("id") in ids:
            found.append(f"{where}: the id is used twice")
        ids.add(item.get("id"))
        if not str(item.get("objective", "")).startswith(f"{lesson}."):
            found.append(f"{where}: names no objective of lesson {lesson}")
        found += [f"{where}: {problem}" for problem in _item(item, languages)]
    return found or ([] if ids else [f"quiz {lesson} has no items"])


def objective_problems(
    objectives: Collection[str],
    *,
    where: str,
    exercise: Collection[str],
    alternative: Collection[str] | None,
    quiz: Collection[str],
) -> list[str]:
    """Return the objectives that nothing meets, and the ids that no lesson declares.

    Parameters
    ----------
    objectives : collection of str
        Ids that the lesson declares.
    where : str
        Name of the lesson, for the sentences.
    exercise, alternative, quiz : collection of str
        Objective ids of the checks of the exercise and of its alternative (None: there is none), and of the quiz items.
    """
    found = []
    for what, met in (("exercise", exercise), ("alternative exercise", alternative), ("quiz", quiz)):
        if met is None:
            continue
        found += [f"{where}: no item of the {what} meets objective {name}" for name in objectives if name not in met]
        found += [f"{where}: the {what} names objective {name}, which the lesson does not declare"
                  for name in sorted(set(met) - set(objectives))]  # fmt: skip
    return found


# ---- the parts ------------------------------------------------------------------------------------------------------


def _front_matter(meta: Mapping[str, Any], path: Path) -> list[str]:
    found = []
    lesson = str(meta.get("lesson", ""))
    if lesson != path.name[:2]:
        found.append(f": the front matter is of lesson {lesson!r}")
    if meta.get("min_age") not in (14, 16, 18):
        found.append(f": min_age is {meta.get('min_age')!r}, not 14, 16 or 18")
    minutes = meta.get("minutes")
    core = minutes.get("core") if isinstance(minutes, Mapping) else None
    if not isinstance(core, int) or not 0 < core <= _LARGEST_CORE:
        found.append(f": minutes.core is {core!r}, not a number of minutes up to {_LARGEST_CORE}")
    for name in ("python", "mathematics"):
        if not isinstance(meta.get(name), list):
            found.append(f": the front matter does not list the {name} needed")
    objectives = meta.get("objectives")
    ids = list(objectives) if isinstance(objectives, Mapping) else []
    if not ids or [str(name) for name in ids] != [f"{lesson}.{number}" for number in range(1, len(ids) + 1)]:
        found.append(f": objectives are numbered {lesson}.1, {lesson}.2 …, not {', '.join(map(str, ids)) or 'absent'}")
    return found


def _prose(nb: NotebookNode, path: Path) -> list[str]:
    found, level, titles = [], 0, 0
    for number, cell in code_cells.numbered(nb, "markdown"):
        text = _FENCED.sub("", cell.source)
        for marks, words in _HEADING.findall(text):
            if len(marks) == 1:
                titles += 1
                if number != 1:
                    found.append(f", cell {number}: a title (#) stands outside the first cell: {words!r}")
            if len(marks) > level + 1:
                found.append(f", cell {number}: the heading {words!r} skips a level")
            level = len(marks)
        found += [f", cell {number}: {problem}" for problem in _markdown(text, path)]
    if titles != 1:
        found.append(f": there are {titles} titles (#), and one is needed")
    return found


def _markdown(text: str, path: Path) -> Iterator[str]:
    for target in _LINK.findall(re.sub(r"`[^`]*`", "", text)):
        if re.match(r"[a-z][a-z0-9+.-]*:|#|//", target, re.IGNORECASE):
            continue
        if not (path.parent / unquote(target.partition("#")[0])).exists():
            yield f"the link {target} leads to no file"
    for description in _PICTURE.findall(text):
        if len(description.strip()) < code_cells.SHORTEST_DESCRIPTION:
            yield "a picture in the text has no description of 40 characters or more"
    if re.search(r"<(img|svg|iframe|script|style)\b", text, re.IGNORECASE):
        yield "pictures, scripts and styles in HTML are not allowed"


def _opening(nb: NotebookNode, meta: Mapping[str, Any], help_card: str | None) -> list[str]:
    """Look at what stands before the first code cell, and at the first code cell itself."""
    found = []
    first = next((place for place, cell in enumerate(nb.cells) if cell.cell_type == "code"), len(nb.cells))
    opening = "\n\n".join(cell.source for cell in nb.cells[:first])
    if not re.search(r"^>", opening, re.MULTILINE):
        found.append(": there is no care note (a quotation, >) before the first code cell")
    if help_card is not None and " ".join(help_card.split()) not in " ".join(opening.split()):
        found.append(": the help lines do not stand before the first code cell")
    listed = set(_ID.findall(opening))
    declared = {str(name) for name in meta.get("objectives") or {}}
    found += [f": objective {name} is not listed before the first code cell" for name in sorted(declared - listed)]
    strange = {name for name in listed - declared if name.startswith(f"{meta.get('lesson')}.")}
    found += [f": objective {name} is listed and not declared" for name in sorted(strange)]
    if first == len(nb.cells):
        return [*found, ": there is no code cell"]
    lines = [line for line in nb.cells[first].source.splitlines() if line.strip()]
    if len(lines) > LONGEST_SET_UP or not re.match(r"(import|from)\b", lines[0] if lines else ""):
        found.append(f", cell {first + 1}: the first code cell is the set-up: imports, {LONGEST_SET_UP} lines at most")
    return found


def _english(nb: NotebookNode, lesson: str) -> Iterator[str]:
    """Titles and lead-ins, which have fixed words in English only."""
    title = _HEADING.search(nb.cells[0].source if nb.cells else "")
    if lesson != "00" and not (title and title[2].rstrip("*_ ").endswith("?")):
        yield ": the title of a lesson is a question"
    sections = {words.strip() for cell in nb.cells if cell.cell_type == "markdown"
                for _, words in _HEADING.findall(_FENCED.sub("", cell.source))}  # fmt: skip
    yield from (f": the section {name!r} is missing" for name in _ENGLISH_SECTIONS if name not in sections)
    if lesson != "00":
        yield from _steps(nb)


def _steps(nb: NotebookNode) -> Iterator[str]:
    """Each step of the core asks for a guess before its first cell runs."""
    section, asked, told, steps = "", False, False, set()
    for number, cell in enumerate(nb.cells, 1):
        if cell.cell_type == "markdown":
            # A cell may hold the end of one step and the beginning of the next.
            for part in re.split(r"(?m)^(?=## )", _FENCED.sub("", cell.source)):
                if part.startswith("## "):
                    section, asked, told = part.splitlines()[0][3:].strip(), False, False
                if re.search(r"\*\*Predict\b", part):
                    asked = True
                    steps.add(section)
        elif not _is_plumbing(cell.source) and not asked and not told and not section.startswith("Further"):
            told = True
            yield f", cell {number}: the step {section!r} runs a cell before it asks to **Predict.**"
    if len(steps) < 2:
        yield f": {len(steps)} steps ask to **Predict.**, two to four are needed"


def _is_plumbing(source: str) -> bool:
    """Say whether a cell only imports, loads, asks the quiz or checks an answer, so that there is nothing to guess."""
    calls = r"(quiz|answer|check|hint)\("
    lines = [line for line in source.splitlines() if line.strip() and not line.strip().startswith("#")]
    if lines and re.match(r"(import|from)\b", lines[0]) and len(lines) <= LONGEST_SET_UP:
        return True
    return all(re.match(calls, line) for line in lines)


def _file(nb: NotebookNode, path: Path, lesson: str) -> list[str]:
    found = []
    size = path.stat().st_size if path.is_file() else len(nbformat.writes(nb).encode())
    if size > LARGEST_FILE:
        found.append(f": the file has {size // 1024} KiB, {LARGEST_FILE // 1024} at most")
    if "version" in nb.metadata.get("language_info", {}):
        found.append(": the version of Python is stored (language_info.version)")
    ids = [cell.get("id", "") for cell in nb.cells]
    pattern = re.compile(rf"{re.escape(lesson)}[A-Z]?-[a-z0-9-]+")
    for number, (cell, ident) in enumerate(zip(nb.cells, ids, strict=True), 1):
        if "execution" in cell.metadata:
            found.append(f", cell {number}: the time of execution is stored")
        if not pattern.fullmatch(ident) or ids.count(ident) > 1:
            found.append(f", cell {number}: the id {ident!r} is not {lesson}-… or not the only one")
        if cell.get("attachments"):
            found.append(f", cell {number}: a picture is attached to the text; draw it in a cell")
    return found


def _item(item: Mapping[str, Any], languages: Sequence[str]) -> Iterator[str]:
    options = item.get("options", [])
    keys = [option.get("key") for option in options]
    if keys != [chr(ord("a") + place) for place in range(len(options))] or len(options) < 2:
        yield f"the options are lettered a, b …, two at least, not {keys}"
    if sum(option.get("right") is True for option in options) != 1:
        yield "exactly one option is right"
    for lang in languages:
        if not str(item.get("question", {}).get(lang, "")).strip():
            yield f"the question is missing in {lang!r}"
        texts = [str(option.get("text", {}).get(lang, "")).strip() for option in options]
        reasons = [str(option.get("explanation", {}).get(lang, "")).strip() for option in options]
        if not all(texts) or not all(reasons):
            yield f"an option has no text or no explanation in {lang!r}"
        if len(set(texts)) < len(texts) or len(set(reasons)) < len(reasons):
            yield f"two options say or explain the same in {lang!r}"
        if any(
            re.search(r"(all|none) of the (above|others)|toutes les réponses|aucune des réponses", t, re.I)
            for t in texts
        ):
            yield "an option speaks of the other options"


# ---- reading a notebook ---------------------------------------------------------------------------------------------


def _text(nb: NotebookNode) -> str:
    return "\n\n".join(cell.source for _, cell in code_cells.numbered(nb, "markdown"))


def _language(nb: NotebookNode, path: Path) -> str:
    folders = [part for part in path.parts[:-1] if part != "solutions"]
    return nb.metadata.get("contrechamp", {}).get("lang") or (folders[-1] if folders else "en")


def _name(path: Path) -> str:
    """Return the path inside the repository: from the last folder called notebooks or exercises on."""
    parts = path.parts
    starts = [place for place, part in enumerate(parts[:-1]) if part in ("notebooks", "exercises")]
    return "/".join(parts[starts[-1] :] if starts else parts[-1:])
