"""Find the strings that readers see inside code: in lesson cells and in the library.

They are translated at run time, from ``locale/<lang>/messages.po``. In a cell that is the text of a figure or of a
table heading; in the library it is whatever stands in ``_("…")``.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from contrechamp.authoring.sources import Source

_GETTEXT = {"_", "gettext"}
_KEYWORDS = {"alt", "title", "xlabel", "ylabel", "unit", "label_text", "caption"}


@dataclass(frozen=True)
class Message:
    """One string for readers and the file it stands in."""

    text: str
    kind: str
    where: str


def in_source(source: Source) -> Iterator[Message]:
    """Yield the strings of a lesson's or exercise's code cells."""
    for code in source.code:
        yield from in_code(code, source.relative)


def in_library(package: Path) -> Iterator[Message]:
    """Yield the strings of the library's modules."""
    for path in sorted(package.rglob("*.py")):
        where = "src/contrechamp/" + path.relative_to(package).as_posix()
        yield from in_code(path.read_text(encoding="utf-8"), where, cells=False)


def in_code(code: str, where: str, *, cells: bool = True) -> Iterator[Message]:
    """Yield the strings of a piece of Python.

    Parameters
    ----------
    code : str
        Source code; code that does not parse yields nothing (the build reports it when it runs).
    where : str
        File to name in the catalogue.
    cells : bool
        True for lesson cells, where keywords such as ``alt=`` and the headings of ``table`` count too.
    """
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        if name in _GETTEXT and call.args:
            text = _literal(call.args[0])
            if text:
                yield Message(text, "message", where)
        elif cells:
            yield from _keywords(call, name, where)


def _keywords(call: ast.Call, name: str, where: str) -> Iterator[Message]:
    for keyword in call.keywords:
        text = _literal(keyword.value)
        if not text or not keyword.arg:
            continue
        if name == "table":
            yield Message(text, "table heading", where)
        elif keyword.arg in _KEYWORDS:
            yield Message(text, "figure description" if keyword.arg == "alt" else f"figure {keyword.arg}", where)


def _literal(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and any(c.isalpha() for c in node.value):
        return node.value
    return None
