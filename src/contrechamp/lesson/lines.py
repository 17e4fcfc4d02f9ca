"""Printed text, broken at words: JupyterLab breaks a long printed line anywhere, in the middle of a word too."""

import textwrap

COLUMNS = 80


def wrap(text: str, start: str = "") -> str:
    """Return `text` in lines of at most 80 signs, each of its own lines apart.

    Parameters
    ----------
    text : str
        Words in the reader's language; a line break in it is kept.
    start : str
        What the first line begins with; the others are indented as far.

    Returns
    -------
    str
        A word longer than a line stays whole.
    """
    return "\n".join(
        textwrap.fill(
            line,
            width=COLUMNS,
            initial_indent=start if number == 0 else " " * len(start),
            subsequent_indent=" " * len(start),
            break_long_words=False,
            break_on_hyphens=False,
        )
        for number, line in enumerate(text.split("\n"))
    )
