"""Comments in code cells: prose for the student, so each language has its own; the code itself is the same in all.

A comment that holds only code or signs (``# (… - …) / …``) has nothing to translate, and what starts with ``###``
speaks to the build and to nbgrader. Keys of built cells are taken from the English source, so a comment in another
language makes nothing run again.
"""

import io
import re
import tokenize
from collections.abc import Callable, Iterator

KIND = "comment in code"  # how a catalogue names such an entry
_COMMENT = re.compile(r"# (?P<said>\S.*)")
_WORD = re.compile(r"(?<![\w.(\[])[^\W\d_]{2,}(?![\w(\[.]\S)")
_QUOTED = re.compile(r"`[^`]*`")


def split(code: str) -> list[str]:
    r"""Return what the comments of a cell say to a reader, in order.

    Parameters
    ----------
    code : str
        Python; code that cannot be cut into tokens has no comments here (the build reports it when it runs).

    Returns
    -------
    list of str
        The texts, without their ``#``.

    Examples
    --------
    >>> split("share = ...  # per cent\nmark = 3  # (… - …) / …\n### BEGIN SOLUTION")
    ['per cent']
    """
    return [said for _, _, said in _comments(code)]


def join(code: str, translate: Callable[[str], str | None]) -> str:
    """Return the code with its comments in another language.

    Parameters
    ----------
    code : str
        Python, as given to `split`.
    translate : callable
        Called with each text of `split`; returns its translation on one line, or None to leave it.

    Returns
    -------
    str
        The same code; only what stands behind a ``#`` differs.
    """
    lines = code.split("\n")
    for row, column, said in _comments(code):
        new = translate(said)
        if new is not None:
            lines[row - 1] = lines[row - 1][:column] + f"# {new}"
    return "\n".join(lines)


def without(code: str) -> str:
    """Return the code with every translatable comment cut: what must be the same in all languages."""
    return "\n".join(line.rstrip() for line in join(code, lambda _said: "").split("\n"))


def _comments(code: str) -> Iterator[tuple[int, int, str]]:
    """Yield row (from one), column (from zero) and text of each comment that speaks."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    except (tokenize.TokenError, SyntaxError):
        return
    for token in tokens:
        found = _COMMENT.fullmatch(token.string) if token.type == tokenize.COMMENT else None
        if found and _WORD.search(_QUOTED.sub("", found["said"])):
            yield *token.start, found["said"].rstrip()
