"""Find digits that somebody typed into prose.

A number in prose is a reference (``{{ result:02.rise }}``) or is written in words; everything else goes stale in
silence, since nbval never reads Markdown. This lint reads the source of a text, English or translated, before its
references are resolved. Dates with their year, headings, list markers, identifiers, code and maths may hold digits, and
so may what `notebooks/reviewed_numbers.csv` lists with a reason.

What it cannot see: a number typed as code (`` `400` ``) or hidden in a plausible year ("2000 pictures").
"""

import ast
import csv
import io
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from contrechamp.errors import ContrechampError

_GONE = "\0"  # stands for a sign that was taken out, so that places in the text stay true
_COLUMNS = ["text", "where", "reason"]

_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December|"
    "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
)
_SPACE = r"[ \u00a0\u202f\n]"
_YEAR = r"(?:19|20)\d\d"
# Nothing that makes a larger number, a share or an amount of it may touch a date or a year.
_ALONE_BEFORE = r"(?<![\w.,+\-−–/€$£%\0])(?<!\d[ \u00a0\u202f])"
_ALONE_AFTER = r"(?![\w\0€$£%]|[.,:/]\d|[-−–/]\d|[ \u00a0\u202f]?[%€$£‰]|[ \u00a0\u202f]\d{3}(?!\d))"


@dataclass(frozen=True)
class Reviewed:
    """Digits that an editor has read and allowed: a name such as "CC BY 4.0"."""

    text: str
    where: str
    reason: str

    def covers(self, where: str) -> bool:
        """Say whether the entry is meant for a source of this name."""
        return fnmatchcase(where.partition(",")[0].partition(" ")[0], self.where)

    @property
    def pattern(self) -> re.Pattern[str]:
        """The entry as a whole word that no further digit continues."""
        words = _SPACE.join(re.escape(word) for word in self.text.split())
        return re.compile(rf"(?<![\w.,+\-−]){words}(?!\w|[.,]\d|[ \u00a0\u202f]?%)")


def load_reviewed(root: Path) -> list[Reviewed]:
    """Read `notebooks/reviewed_numbers.csv` of the repository `root`; no file, no entries.

    Raises
    ------
    ContrechampError
        When a line is malformed, gives no reason, or holds no digit.
    """
    name = "notebooks/reviewed_numbers.csv"
    path = root / name
    if not path.is_file():
        return []
    try:
        reader = csv.reader(io.StringIO(path.read_text(encoding="utf-8")))
    except UnicodeDecodeError as error:
        raise ContrechampError(f"{name} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from None
    if next(reader, None) != _COLUMNS:
        raise ContrechampError(f"{name}: the first line must be {','.join(_COLUMNS)}.")
    entries = []
    for row in reader:
        if len(row) != len(_COLUMNS) or not all(part.strip() for part in row):
            raise ContrechampError(f"{name}, line {reader.line_num}: give a text, the sources and a reason.")
        if not any(map(_is_digit, row[0])):
            raise ContrechampError(f"{name}, line {reader.line_num}: {row[0]!r} has no digit.")
        entries.append(Reviewed(*(part.strip() for part in row)))
    return entries


def digit_problems(
    markdown_text: str,
    *,
    allowed: Collection[Reviewed] = (),
    where: str,
    used: set[Reviewed] | None = None,
) -> list[str]:
    """Return one sentence for each digit of a text that nothing accounts for.

    Parameters
    ----------
    markdown_text : str
        Source of a lesson, an exercise, a deck, a paragraph or a quiz text, references unresolved.
    allowed : collection of Reviewed
        The reviewed list; entries for other sources are ignored.
    where : str
        Name of the source, with forward slashes, for example ``"notebooks/02_one_number.md"``; what follows a comma
        (", cell 3") is for the reader and does not count for the reviewed list.
    used : set, optional
        Receives the reviewed entries that were needed.

    Examples
    --------
    >>> digit_problems("Up {{ result:02.rise }} % since 2024.", where="notebooks/02_x.md")
    []
    >>> digit_problems("Up 400 % since 2024.", where="notebooks/02_x.md")
    ['notebooks/02_x.md, line 1: the number in "Up 400 % since 2024." is no reference. Write a reference, or words.']
    """
    text = _without_code(_without_front_matter(markdown_text))
    for pattern in _EXEMPT:
        text = pattern.sub(_blank, text)
    text = _without_list_markers(text)
    for entry in allowed:
        if entry.covers(where):
            text, count = entry.pattern.subn(_blank, text)
            if count and used is not None:
                used.add(entry)
    for pattern in _DATED:
        text = pattern.sub(_blank, text)
    text = _OBJECTIVE.sub(_blank_objective(where), text)
    return list(_remaining(text, markdown_text, where))


def string_problems(
    code: str, *, allowed: Collection[Reviewed] = (), where: str, used: set[Reviewed] | None = None
) -> list[str]:
    """Return one sentence for each digit in a string of a code cell that readers will see as prose.

    Looked at: ``_("…")`` and the descriptions ``alt="…"`` of figures; their ``{fields}`` are numbers from variables.
    """
    found = []
    for text in _shown_strings(code):
        found += digit_problems(text, allowed=allowed, where=where, used=used)
    return found


def _shown_strings(code: str) -> Iterator[str]:
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        shown = [keyword.value for keyword in call.keywords if keyword.arg == "alt"]
        if isinstance(call.func, ast.Name) and call.func.id == "_":
            shown += call.args[:1]
        yield from (node.value for node in shown if isinstance(node, ast.Constant) and isinstance(node.value, str))


# ---- what is taken out before digits are looked for -----------------------------------------------------------------

# Directives whose content is code; the content of any other directive is prose.
_CODE_DIRECTIVE = re.compile(r"\{(code-cell|code|code-block|math|check|drawn|raw)\}")
_FENCE = re.compile(r"^(?P<indent>(?:[ \t]|>)*)(?P<fence>`{3,}|~{3,})(?P<info>[^`\n]*)$")


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", _GONE, found[0])


def _without_front_matter(text: str) -> str:
    """Blank the header of a source, except the objectives, which readers see."""
    found = re.match(r"---\n(.*?\n)---(\n|$)", text, re.DOTALL)
    if not found:
        return text
    objective = re.compile(r"^\s+[\"']?\d\d\.\d[\"']?:\s")
    kept = [
        objective.sub(_blank, line) if objective.match(line) else re.sub(r"[^\n]", _GONE, line)
        for line in found[0].splitlines(keepends=True)
    ]
    return "".join(kept) + text[found.end() :]


def _without_code(text: str) -> str:
    lines, closing, blanking = [], "", False
    for line in text.splitlines(keepends=True):
        fence = _FENCE.match(line.rstrip("\n"))
        if closing:
            ends = fence and fence["fence"].startswith(closing) and not fence["info"].strip()
            if ends:
                closing = ""
            lines.append(re.sub(r"[^\n]", _GONE, line) if blanking or ends else line)
        elif fence:
            info = fence["info"].strip()
            closing, blanking = fence["fence"], not info.startswith("{") or bool(_CODE_DIRECTIVE.match(info))
            lines.append(re.sub(r"[^\n]", _GONE, line))
        else:
            lines.append(line)
    return "".join(lines)


def _blank_tag(found: re.Match[str]) -> str:
    """Blank an HTML tag, except the attributes that are read out."""
    parts = re.split(r"((?:alt|title|aria-label)=(?:\"[^\"]*\"|'[^']*'))", found[0])
    return "".join(part if i % 2 else re.sub(r"[^\n]", _GONE, part) for i, part in enumerate(parts))


def _blank_maths(found: re.Match[str]) -> str:
    """Blank a formula; a bare number between dollars is prose in disguise and stays."""
    return _blank(found) if re.search(r"[A-Za-z=<>_^]|\\[A-Za-z]", found[0]) else found[0]


class _Rule:
    """A pattern with what to put in its place; `sub` as in ``re.Pattern``."""

    def __init__(self, pattern: str, put: Callable[[re.Match[str]], str], flags: int = 0):
        self._pattern, self._put = re.compile(pattern, flags), put

    def sub(self, _: Callable[[re.Match[str]], str], text: str) -> str:
        return self._pattern.sub(self._put, text)


_SERIES = r"(?:\s*(?:,|–|-|\band|\bor|\bto|\bet|\bou|\bà)\s*(?:[01]\d|20)(?![\w.,]?\d|\s?%))*"
_EXEMPT: list["re.Pattern[str] | _Rule"] = [
    re.compile(r"<!--.*?-->", re.DOTALL),
    re.compile(r"(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)"),  # code span
    re.compile(r"\{\{[^{}\n]*\}\}"),  # reference
    re.compile(r"\{[A-Za-z_]\w*(?:[:!][^{}\n]*)?\}"),  # field of a description: {rise:+0;-0}
    _Rule(r"\$\$.+?\$\$", _blank_maths, re.DOTALL),
    _Rule(r"(?<![\\$])\$(?=[^\s$])[^$\n]*?(?<=[^\s\\])\$(?!\d)", _blank_maths),
    re.compile(r"^(?:[ \t]|>)*#{1,6}[ \t].*$", re.MULTILINE),  # heading
    re.compile(r"(?<=\])\((?:[^()\s]|\([^()\s]*\))*(?=\)|\s+[\"'])"),  # link target; its title is read
    re.compile(r"^ {0,3}\[[^\]\n]+\]:[ \t]*\S+(?=[ \t]*$|[ \t]+[\"'(])", re.MULTILINE),  # target of a link by name
    re.compile(r"\[\^[^\]\n]+\]"),  # mark of a note
    _Rule(r"</?[A-Za-z][\w-]*(?:\s+[A-Za-z_:][\w:.-]*(?:=(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>=]+))?)*\s*/?>", _blank_tag),
    re.compile(r"https?://[^\s<>)\]]*"),
    re.compile(r"&#?\w+;"),
    re.compile(r"\b(?:\d\d)\.(?:[EA]\d{1,2}|[a-z])\b(?![.,]\d)"),  # check or quiz item
    re.compile(
        r"\b(?:lessons?|leçons?|exercises?|exercices?|quiz(?:zes)?)"
        + _SPACE
        + r"(?:[01]\d|20)(?!\w|[.,]\d|\s?%)"
        + _SERIES,
        re.IGNORECASE,
    ),
]
_DAY = r"(?:0?[1-9]|[12]\d|3[01]|1er|1ᵉʳ)"
_DATED: list["re.Pattern[str] | _Rule"] = [
    re.compile(
        rf"{_ALONE_BEFORE}(?:{_DAY}{_SPACE})?(?<![\w])(?:{_MONTHS}){_SPACE}{_YEAR}{_ALONE_AFTER}", re.IGNORECASE
    ),
    re.compile(rf"{_ALONE_BEFORE}{_YEAR}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?{_ALONE_AFTER}"),
    _Rule(
        rf"{_ALONE_BEFORE}({_YEAR})[-–/](\d\d(?:\d\d)?){_ALONE_AFTER}",
        lambda found: _blank(found) if _is_span(found[1], found[2]) else found[0],
    ),
    re.compile(rf"{_ALONE_BEFORE}{_YEAR}{_ALONE_AFTER}"),
]
# The id of an objective of the lesson itself looks like a decimal from lesson 10 on: it must stand where an id stands.
_OBJECTIVE = re.compile(
    r"(?P<before>\*\*|\(|\[|^[ \t]*[-*][ \t]+|\bobjecti(?:ves?|fs?)[ \u00a0\u202f]+|(?<![\w.,+\-−]))"
    r"(?P<id>(?P<lesson>\d\d)\.[1-9])(?!\w|[.,]\d|[ \u00a0\u202f]?[%€$£‰])",
    re.MULTILINE | re.IGNORECASE,
)


def _is_span(first: str, last: str) -> bool:
    """Say whether two years make a span, 2025-26 or 2024–2026, rather than a range of numbers."""
    if len(last) == 2:
        return int(last) == (int(first[2:]) + 1) % 100
    return 1900 <= int(last) <= 2099 and int(first) < int(last)


def _blank_objective(where: str) -> Callable[[re.Match[str]], str]:
    own = re.search(r"(?:^|/)(\d\d)_", where)

    def put(found: re.Match[str]) -> str:
        marked = bool(found["before"].strip())
        if found["lesson"].startswith("0") or (marked and (not own or own[1] == found["lesson"])):
            return found["before"] + re.sub(".", _GONE, found["id"])
        return found[0]

    return put


def _without_list_markers(text: str) -> str:
    """Blank the numbers of ordered lists: the first of a block, or one that continues the count.

    A wrapped line that happens to begin with "154." is a sentence, not a list.
    """
    lines, expected, fresh = [], 1, True
    for line in text.splitlines(keepends=True):
        marker = re.match(r"^((?:[ \t]|>)*(?:[-*+][ \t]+)?)(\d{1,3})([.)])(?=[ \t]|\n|$)", line)
        if marker and int(marker[2]) in ({1, expected} if expected > 1 or not fresh else {1}):
            expected = int(marker[2]) + 1
            line = marker[1] + _GONE * len(marker[2]) + line[marker.end(2) :]
        elif line.strip(" \t>\n\0") and not line.startswith((" ", "\t")) and fresh:
            expected = 1  # a new block that is not part of the list ends it
        fresh = not line.strip(" \t>\n")
        lines.append(line)
    return "".join(lines)


# ---- what remains ---------------------------------------------------------------------------------------------------


def _is_digit(sign: str) -> bool:
    return unicodedata.category(sign) in ("Nd", "No")


def _remaining(text: str, original: str, where: str) -> Iterator[str]:
    """Yield a problem for each run of digits left in `text`, quoting the same place of the original."""
    # A numeral is a run of digits with the signs that join them, so that "1,234.5 %" is one problem.
    numeral = re.compile(r"[^\W_]*\d(?:[\w.,:/–−-]|[ \u00a0\u202f](?=\d))*|[²³¹⁰-⁹₀-₉¼-¾⅐-⅞①-⓿]+")
    end = 0
    for place, sign in enumerate(text):
        if place < end or not _is_digit(sign):
            continue
        found = next((m for m in numeral.finditer(text, max(0, place - 20)) if m.start() <= place < m.end()), None)
        end = found.end() if found else place + 1
        line = original.count("\n", 0, place) + 1
        yield (
            f'{where}, line {line}: the number in "{_snippet(original, place, end)}" is no reference. '
            "Write a reference, or words."
        )


def _snippet(text: str, start: int, end: int, around: int = 30) -> str:
    """Return the words about a place, on one line."""
    left, right = max(0, start - around), min(len(text), end + around)
    while left > 0 and not text[left - 1].isspace() and start - left < around + 15:
        left -= 1
    while right < len(text) and not text[right].isspace() and right - end < around + 15:
        right += 1
    return " ".join(text[left:right].split())
