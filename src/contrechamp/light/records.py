"""Legal records without pandas: one provision in the reader's language, and its state on a day.

The dates and the states are those of `contrechamp.datasets.law_status`; nothing is judged here. Not legal advice.
"""

import datetime
from typing import Any

from contrechamp import language
from contrechamp.datasets import frames, law_status
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _
from contrechamp.law.selection import unknown


def provision(name: str) -> dict[str, Any]:
    """Return a legal record; its fields with a translation also stand without ``_en`` or ``_fr``.

    Parameters
    ----------
    name : str
        The id of the record, such as ``"eu-aia-50-2"``.

    Returns
    -------
    dict of str to object
        The row of ``provisions.csv`` with typed values; None where unknown.

    Raises
    ------
    ContrechampError
        When there is no such record; the sentence names the nearest.

    Examples
    --------
    >>> provision("eu-aia-50-2")["applies_from"]
    '2026-08-02'
    """
    records = {row["id"]: row for row in frames.rows("law", "provisions")}
    if name not in records:
        raise ContrechampError(unknown(_("There is no provision {name}."), str(name), list(records)))
    return _spoken(records[name])


def state(name: str, day: datetime.date | str) -> str:
    """Return the state of a provision on a day, in words, as far as the records of the release know.

    Parameters
    ----------
    name : str
        The id of the record.
    day : date or str
        ``YYYY-MM-DD``.

    Returns
    -------
    str
        The name of a code of the list ``status``, in the reader's language.

    Raises
    ------
    ContrechampError
        When there is no such record, or the day is no date.

    Examples
    --------
    >>> state("eu-aia-5-1-ba", "2026-12-01")
    'adopted, not yet applicable'
    """
    when = law_status.as_day(day, datetime.date(2026, 12, 2))
    code = law_status.status(provision(name), when)
    return _term("status", code)


def clock_name(code: str) -> str:
    """Return the name of a kind of clock in the reader's language.

    Parameters
    ----------
    code : str
        Of the list ``clock``, such as ``"removal"``.

    Returns
    -------
    str

    Raises
    ------
    ContrechampError
        When there is no such code; the sentence names the nearest, or those that exist.
    """
    return _term("clock", code)


def _term(kind: str, code: str) -> str:
    terms = {row["code"]: row for row in frames.rows("law", "terms") if row["list"] == kind}
    if code not in terms:
        raise ContrechampError(unknown(_("There is no code {name}."), code, list(terms)))
    return str(_spoken(terms[code])["name"])


def _spoken(row: dict[str, Any]) -> dict[str, Any]:
    lang = language.current()
    both = [name[:-3] for name in row if name.endswith("_en") and f"{name[:-3]}_fr" in row]
    said = {name: row.get(f"{name}_{lang}") or row[f"{name}_en"] for name in both}
    return row | {name: language.typeset(words, lang) if words else words for name, words in said.items()}
