"""The words for what became of a hand-in and of a question, for the teacher and for the student."""

import re
from functools import cache, lru_cache
from typing import Any

from contrechamp import language
from contrechamp.language import gettext as _

# Control signs but for tab and line break, halves of characters, and the signs that turn the direction of writing.
_UNFIT = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff]"
)


@cache
def status(name: str, lang: str) -> str:
    """Return a status in two or three words.

    Parameters
    ----------
    name : str
        Of a status.
    lang : str
        Language code.

    Returns
    -------
    str
        The name itself when it is unknown.
    """
    words = {
        "graded": _("graded", lang),
        "alternative": _("graded (alternative)", lang),
        "not_run": _("not run", lang),
        "cells_missing": _("cells missing", lang),
        "wrong_lesson": _("another lesson", lang),
        "wrong_variant": _("another paper", lang),
        "crashed": _("crashed", lang),
        "timed_out": _("timed out", lang),
        "time_used_up": _("not run: time used up", lang),
        "unreadable": _("unreadable", lang),
        "too_large": _("too large", lang),
        "refused": _("not looked into", lang),
    }
    return words.get(name, name)


@cache
def advice(name: str, lang: str) -> str:
    """Return what a student should do about a status; nothing when all is well.

    Parameters
    ----------
    name : str
        Of a status.
    lang : str
        Language code.

    Returns
    -------
    str
        Empty when all is well.
    """
    words = {
        "not_run": _(
            "Your answers are not in the file: no check was run, or the file was saved before. Open it, run all its "
            "cells, save it, and hand it in again.",
            lang,
        ),
        "cells_missing": _(
            "Some questions were not found in your file. Run every check, save the file, and hand it in again; if a "
            "check is no longer there, begin again from a new copy.",
            lang,
        ),
        "wrong_lesson": _("This is the file of another lesson. Hand in the one that was asked for.", lang),
        "wrong_variant": _("This is another paper than the one that was asked for.", lang),
        "crashed": _("Your code ended the program. Run it from top to bottom, and hand in what runs.", lang),
        "timed_out": _("Your code did not come to an end. Look for a loop that never stops.", lang),
        "time_used_up": _(
            "Your notebook was not run, because the time for it was used up. If you handed in several, hand in the "
            "one that counts; otherwise ask your teacher.",
            lang,
        ),
        "unreadable": _(
            "Your file could not be read. Save it again as a notebook (.ipynb), and hand it in again.", lang
        ),
        "too_large": _(
            "Your file is too large. Clear the output of the cell that prints so much, and save again.", lang
        ),
        "refused": _("Your file could not be looked into. Hand in the notebook itself.", lang),
    }
    return words.get(name, "")


@cache
def outcome(name: str, lang: str) -> str:
    """Return how a question ended, in a word or two.

    Parameters
    ----------
    name : str
        Of the status of a question.
    lang : str
        Language code.

    Returns
    -------
    str
        The name itself when it is unknown.
    """
    words = {
        "right": _("right", lang),
        "misconception": _("not yet", lang),
        "wrong": _("not yet", lang),
        "unfinished": _("not answered", lang),
        "type": _("not readable", lang),
        "absent": _("not found", lang),
        "to_mark": _("to be read", lang),
        "marked": _("read", lang),
        "marked_earlier": _("mark given for an earlier text", lang),
        "empty": _("not answered", lang),
    }
    return words.get(name, name)


def shown(text: Any, most: int = 20_000) -> str:
    r"""Return a student's text fit to be shown: no control signs, nothing that turns the direction of writing.

    Examples
    --------
    >>> shown("a\u202eb\x07") == "a\ufffdb\ufffd"
    True
    """
    cut = str(text)[:most].replace("\r\n", "\n").replace("\r", "\n")
    return _UNFIT.sub("\ufffd", cut)


@lru_cache(maxsize=1000)
def points(value: float | None, lang: str) -> str:
    """Write points: a dash where there was nothing to judge."""
    return "–" if value is None else language.number(round(value, 2), lang)
