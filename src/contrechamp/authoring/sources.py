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
_DRAWN = re.compile(r"^```\{drawn\}[ \t]+(\S+)[ \t]*\n(.*?)^```[ \t]*$\n?", re.DOTALL | re.MULTILINE)
_NAME = re.compile(r"(\d{2}|L\d)_[a-z0-9_]+")


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
    drawn: dict[str, dict[str, Any]] = field(default_factory=dict)
    """How the numbers of a question are drawn for a class's own paper, by the id of its check."""

    @property
    def lesson(self) -> str:
        """The two signs of the lesson: its digits, or ``L1`` for a notebook of the light track."""
        return self.name[:2]

    @property
    def publishes(self) -> bool:
        """Whether its cells publish results: those of a lesson do, those of an exercise do not."""
        return self.room.startswith("notebooks")

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

    The notebooks of the light track (``L1``, ``L2``, …) stand among the lessons, after them.

    Raises
    ------
    ContrechampError
        When a name fits no source.
    """
    top = root()
    lessons = sorted((top / "notebooks").glob("[0-9][0-9]_*.md"))
    lessons += sorted((top / "notebooks" / "light").glob("L[0-9]_*.md"))
    exercises = sorted((top / "exercises").glob("[0-9][0-9]_*.md"))
    quizzes = sorted((top / "exercises").glob("[0-9][0-9]_*.quiz.yaml"))
    if not names:
        return lessons, exercises, quizzes
    known = sorted({path.name[:2] for path in lessons + exercises + quizzes})
    wanted = {name.zfill(2) for name in names if name}
    for name in names:
        if not name or name.zfill(2) not in known:
            raise ContrechampError(f"There is no lesson {name or repr(name)}. There are: {', '.join(known)}.")

    def chosen(paths: list[Path]) -> list[Path]:
        return [path for path in paths if path.name[:2] in wanted]

    return chosen(lessons), chosen(exercises), chosen(quizzes)


def read(path: Path) -> Source:
    """Read a lesson or an exercise.

    Raises
    ------
    ContrechampError
        When a fence is never closed, the front matter is not YAML, or a check definition is malformed.
    """
    room = "notebooks/light" if path.parent.name == "light" else path.parent.name
    where = f"{room}/{path.name}"
    text = source_text(path, where)
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
    drawn: dict[str, dict[str, Any]] = {}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for found in _CHECK.finditer(cell.source):
                checks[len(cells) - 1] = _check(found, text, where)
            for found in _DRAWN.finditer(cell.source):
                drawn[found[1]] = _drawing(found, text, where)
            cell.source = _DRAWN.sub("", _CHECK.sub("", cell.source + "\n")).strip("\n")
            if not cell.source.strip():
                continue
        cells.append(cell)
    unknown = sorted(set(drawn) - {check.id for check in checks.values()})
    if unknown:
        raise ContrechampError(
            f"{where}: numbers are drawn for {', '.join(unknown)}, which is no check of this source."
        )
    return Source(path, room, path.stem, meta, cells, checks, drawn)


def read_quiz(path: Path) -> dict[str, Any]:
    """Read a quiz bank (YAML) and check its shape."""
    where = f"{path.parent.name}/{path.name}"
    bank = _yaml(source_text(path, where), where)
    if not isinstance(bank, dict) or "lesson" not in bank or not isinstance(bank.get("items"), list):
        raise ContrechampError(f"{where}: a quiz bank has the keys `lesson` and `items`, a list.")
    for item in bank["items"]:
        name = f"{where}, item {item.get('id', '?') if isinstance(item, dict) else '?'}"
        _demand(item, {"id", "objective", "question", "options"}, name)
        if not isinstance(item["question"], str) or not isinstance(item["options"], list):
            raise ContrechampError(f"{name}: `question` is text and `options` is a list.")
        for option in item["options"]:
            _demand(option, {"key", "text", "right", "explanation"}, f"{name}, an option")
            if not all(isinstance(option[key], str) for key in ("text", "explanation")):
                raise ContrechampError(
                    f"{name}, option {option['key']}: `text` is text, and `explanation` too (quote a lone yes, no or "
                    "number)."
                )
            if not isinstance(option["right"], bool):
                raise ContrechampError(f"{name}, option {option['key']}: `right` is true or false.")
    return bank


def _list(part: Any) -> list[Any]:
    return part if isinstance(part, list) else []


def _demand(part: Any, keys: set[str], where: str) -> None:
    """Refuse a part of a source that is no mapping or lacks one of `keys`."""
    if not isinstance(part, dict):
        raise ContrechampError(f"{where} is {part!r}, and should have the keys {', '.join(sorted(keys))}.")
    if missing := keys - set(part):
        raise ContrechampError(f"{where} lacks {', '.join(sorted(missing))}.")


def source_text(path: Path, where: str) -> str:
    """Return the text of a source; `where` names it in a message.

    Raises
    ------
    ContrechampError
        When it is a folder, or not text in UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except IsADirectoryError:
        raise ContrechampError(f"{where} is a folder, and should be a text. Rename it.") from None
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
    header = _yaml(found[1], where, first_line=1)
    meta = header.get("contrechamp") if isinstance(header, dict) else None
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
    name = f"{where}, line {line}: check {found[1]}"
    _demand(definition, {"objective", "values", "hint", "right", "misconceptions"}, name)
    if not isinstance(definition["values"], dict) or not isinstance(definition["misconceptions"], list):
        raise ContrechampError(f"{name}: `values` has a line for each value, `misconceptions` is a list.")
    for value, spec in definition["values"].items():
        _demand(spec, {"kind"}, f"{name}, value {value},")
        if spec["kind"] == "function":
            _demand(spec, {"returns", "cases"}, f"{name}, function {value},")
            cases = [*_list(spec["cases"]), *_list(spec.get("hidden"))]
            if not _list(spec["cases"]) or not all(isinstance(case, str) for case in cases):
                raise ContrechampError(
                    f"{name}, function {value}: `cases` and `hidden` are lists of inputs, each in brackets and quoted, "
                    "as in '(1, 2)'; at least one case is shown."
                )
    for wrong in definition["misconceptions"]:
        _demand(wrong, {"name", "values", "message"}, f"{name}, a misconception")
        if not isinstance(wrong["values"], dict):
            raise ContrechampError(f"{name}, misconception {wrong['name']}: `values` gives each value by its name.")
    texts = [definition["hint"], definition["right"], *(wrong["message"] for wrong in definition["misconceptions"])]
    if not all(isinstance(text, str) for text in texts):
        raise ContrechampError(f"{name}: `hint`, `right` and each `message` are text (quote a lone yes, no or number).")
    return CheckSource(found[1], definition, line)


def _drawing(found: re.Match[str], text: str, where: str) -> dict[str, Any]:
    """Read how a question's numbers are drawn: ``draw``, ``code``, ``solution``, perhaps ``text`` and ``setup``."""
    line = text[: text.find(found[0].rstrip("\n"))].count("\n") + 1
    definition = _yaml(found[2], where, line)
    name = f"{where}, line {line}: drawn {found[1]}"
    _demand(definition, {"draw", "code", "solution"}, name)
    parts = [definition[part] for part in ("code", "solution", "text", "setup") if part in definition]
    if not isinstance(definition["draw"], dict) or not all(isinstance(part, str) for part in parts):
        raise ContrechampError(f"{name}: `draw` has a line for each number; the other parts are text.")
    return definition
