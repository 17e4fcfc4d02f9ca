"""Cut Markdown into the units that a translator sees, and put the translations back.

A unit is a heading, a paragraph, a list item or a table row. Code, maths, HTML, directives and lines that hold only
references are never units, so they come out identical in every language. markdown-it-py finds the blocks; this module
only remembers where they stood.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("commonmark").enable("table")
_HARD_BREAK = re.compile(r"(\\| {2,})$")
_SILENT = re.compile(r"\{\{.*?\}\}|`[^`]*`|\$\$.*?\$\$|\$[^$\n]+\$|<[^>]+>|!?\[\]\([^)]*\)", re.DOTALL)


@dataclass(frozen=True)
class Unit:
    """One piece of prose: what it is, its text on one line (or several, at hard line breaks), and where it stood."""

    kind: str
    text: str
    start: int
    end: int
    prefix: str
    follow: str


def split(text: str) -> list[Unit]:
    r"""Return the translatable units of a Markdown text, in order.

    Parameters
    ----------
    text : str
        Markdown, CommonMark with tables.

    Examples
    --------
    >>> [(u.kind, u.text) for u in split("# Title\n\n- one\n  line\n- `code`\n")]
    [('heading', 'Title'), ('list item', 'one line')]
    """
    lines = text.split("\n")
    units: list[Unit] = []
    parents: list[str] = []
    for token in _PARSER.parse(text):
        if token.nesting == 1:
            parents.append(token.type)
            if token.type == "tr_open":
                units.append(_row(token, lines))
        elif token.nesting == -1:
            parents.pop()
        elif token.type == "inline" and parents[-1] in ("paragraph_open", "heading_open"):
            units.append(_prose(token, parents, lines))
    return [unit for unit in units if _speaks(unit.text)]


def join(text: str, translate: Callable[[Unit], str | None]) -> str:
    """Return `text` with each unit replaced by its translation.

    Parameters
    ----------
    text : str
        The Markdown that was split.
    translate : callable
        Called with each `Unit`; returns the translation, or None to leave the source lines untouched.
    """
    lines = text.split("\n")
    for unit in reversed(split(text)):
        new = translate(unit)
        if new is not None:
            first, *rest = new.split("\n")
            lines[unit.start : unit.end] = [unit.prefix + first, *(unit.follow + line for line in rest)]
    return "\n".join(lines)


def _speaks(text: str) -> bool:
    return any(character.isalpha() for character in _SILENT.sub("", text))


def _where(token: Token) -> tuple[int, int]:
    """Return the first line of a block and the line after it."""
    assert token.map is not None, "the parser places every block"
    return token.map[0], token.map[1]


def _row(token: Token, lines: list[str]) -> Unit:
    start, _ = _where(token)
    line = lines[start]
    row = line.lstrip("> ")
    return Unit("table row", row.rstrip(), start, start + 1, line[: len(line) - len(row)], "")


def _prose(token: Token, parents: list[str], lines: list[str]) -> Unit:
    start, end = _where(token)
    kind = "heading" if parents[-1] == "heading_open" else "paragraph"
    if kind == "paragraph" and "list_item_open" in parents:
        kind = "list item"
    elif kind == "paragraph" and "blockquote_open" in parents:
        kind = "quotation"
    first = token.content.split("\n")[0].rstrip()
    at = lines[start].find(first)
    prefix = lines[start][:at]
    follow = "".join(sign if sign == ">" else " " for sign in prefix)
    return Unit(kind, _unwrap(token.content), start, end, prefix, follow)


def _unwrap(content: str) -> str:
    """Join the lines of a paragraph, but keep the breaks that the author asked for."""
    out = ""
    for line in content.split("\n"):
        hard = _HARD_BREAK.search(line)
        out += line[: hard.start()].strip() + "\\\n" if hard else line.strip() + " "
    return out.strip()
