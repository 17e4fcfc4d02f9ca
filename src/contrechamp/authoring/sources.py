"""Read what authors write: lessons and exercises in MyST Markdown, quiz banks in YAML.

Nothing here executes or translates; a source that is malformed gives one sentence with its file and line.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jupytext
import yaml
from nbformat import NotebookNode

from contrechamp import home
from contrechamp.errors import ContrechampError

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")
_CHECK = re.compile(r"^```\{check\}[ \t]+(\S+)[ \t]*\n(.*?)^```[ \t]*$\n?", re.DOTALL | re.MULTILINE)
_NAME = re.compile(r"\d{2}_[a-z0-9_]+")


@dataclass(frozen=True)
class CheckSource:
    """The definition of one check, as its author wrote it."""

    id: str
    definition: dict[str, Any]
    line: int


@dataclass
class Source:
    """A lesson or an exercise before anything is built from it.

    `cells` is the list of cells of the notebook, with the check definitions taken out; `checks` maps the position of a
    check's cell to its definition.
    """

    path: Path
    room: str
    name: str
    meta: dict[str, Any]
    cells: list[NotebookNode]
    checks: dict[int, CheckSource] = field(default_factory=dict)

    @property
    def lesson(self) -> str:
        """The two digits of the lesson."""
        return self.name[:2]

    @property
    def code(self) -> list[str]:
        """The code cells, in order."""
        return [cell.source for cell in self.cells if cell.cell_type == "code"]

    @property
    def relative(self) -> str:
        """The path inside the repository, with forward slashes."""
        return f"{self.room}/{self.path.name}"


def root() -> Path:
    """Return the checkout that is being built."""
    found = home.checkout()
    if found is None:
        raise ContrechampError("Building needs the repository: run this command in a clone of it.")
    return found


def find(names: list[str] | None = None) -> tuple[list[Path], list[Path], list[Path]]:
    """Return the paths of the lesson, exercise and quiz sources, all or only those of the lessons `names`.

    Raises
    ------
    ContrechampError
        When a name fits no source.
    """
    top = root()
    lessons = sorted((top / "notebooks").glob("[0-9][0-9]_*.md"))
    exercises = sorted((top / "exercises").glob("[0-9][0-9]_*.md"))
    quizzes = sorted((top / "exercises").glob("[0-9][0-9]_*.quiz.yaml"))
    if not names:
        return lessons, exercises, quizzes
    known = sorted({path.name[:2] for path in lessons + exercises + quizzes})
    for name in names:
        if name[:2] not in known:
            raise ContrechampError(f"There is no lesson {name}. There are: {', '.join(known)}.")
    wanted = {name[:2] for name in names}
    return tuple([p for p in group if p.name[:2] in wanted] for group in (lessons, exercises, quizzes))


def read(path: Path) -> Source:
    """Read a lesson or an exercise.

    Raises
    ------
    ContrechampError
        When a fence is never closed, the front matter is not YAML, or a check definition is malformed.
    """
    where = f"{path.parent.name}/{path.name}"
    text = _text(path, where)
    if not _NAME.fullmatch(path.stem):
        raise ContrechampError(f"{where}: a source is named NN_slug.md, in small letters, digits and underscores.")
    _refuse_open_fences(text, where)
    meta = _front_matter(text, where)
    try:
        notebook = jupytext.reads(text, fmt="md:myst")
    except Exception as error:  # jupytext raises many kinds; its message names the line
        raise ContrechampError(f"{where} cannot be read as MyST Markdown: {error}") from None
    cells: list[NotebookNode] = []
    checks: dict[int, CheckSource] = {}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for found in _CHECK.finditer(cell.source):
                checks[len(cells) - 1] = _check(found, text, where)
            cell.source = _CHECK.sub("", cell.source + "\n").strip("\n")
            if not cell.source.strip():
                continue
        cells.append(cell)
    return Source(path, path.parent.name, path.stem, meta, cells, checks)


def read_quiz(path: Path) -> dict[str, Any]:
    """Read a quiz bank (YAML) and check its shape."""
    where = f"{path.parent.name}/{path.name}"
    bank = _yaml(_text(path, where), where)
    if not isinstance(bank, dict) or not isinstance(bank.get("items"), list):
        raise ContrechampError(f"{where}: a quiz bank has the keys `lesson` and `items`.")
    for item in bank["items"]:
        missing = {"id", "objective", "question", "options"} - set(item)
        if missing:
            raise ContrechampError(f"{where}, item {item.get('id', '?')}: {', '.join(sorted(missing))} is missing.")
        for option in item["options"]:
            lacking = {"key", "text", "right", "explanation"} - set(option)
            if lacking:
                raise ContrechampError(f"{where}, item {item['id']}: an option lacks {', '.join(sorted(lacking))}.")
            if not isinstance(option["text"], str) or not isinstance(option["right"], bool):
                raise ContrechampError(
                    f"{where}, item {item['id']}, option {option['key']}: `text` is text (quote a lone yes, no or "
                    "number) and `right` is true or false."
                )
    return bank


def _text(path: Path, where: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ContrechampError(f"{where} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from None


def _refuse_open_fences(text: str, where: str) -> None:
    opened: tuple[str, int] | None = None
    for number, line in enumerate(text.split("\n"), 1):
        fence = _FENCE.match(line)
        if not fence:
            continue
        if opened is None:
            opened = (fence[1], number)
        elif fence[1][0] == opened[0][0] and len(fence[1]) >= len(opened[0]):
            if fence[2].strip():
                break  # a new fence opens inside one that was never closed
            opened = None
    if opened:
        raise ContrechampError(f"{where}, line {opened[1]}: the fence opened here is never closed. Add {opened[0]}.")


def _front_matter(text: str, where: str) -> dict[str, Any]:
    found = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
    if not found:
        raise ContrechampError(f"{where} does not begin with its front matter (between two lines `---`).")
    meta = _yaml(found[1], where).get("contrechamp")
    if not isinstance(meta, dict):
        raise ContrechampError(f"{where}: the front matter has no `contrechamp:` section.")
    return meta


def _yaml(text: str, where: str, first_line: int = 0) -> Any:
    try:
        return yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1 + first_line}" if mark else ""
        raise ContrechampError(f"{where}{line}: not valid YAML ({getattr(error, 'problem', error)}).") from None


def _check(found: re.Match[str], text: str, where: str) -> CheckSource:
    line = text[: text.find(found[0].rstrip("\n"))].count("\n") + 1
    definition = _yaml(found[2], where, line)
    missing = {"objective", "values", "hint", "right", "misconceptions"} - set(definition)
    if missing:
        raise ContrechampError(f"{where}, line {line}: check {found[1]} lacks {', '.join(sorted(missing))}.")
    return CheckSource(found[1], definition, line)
