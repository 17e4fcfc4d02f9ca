"""How a record is named under a slide or a brief: what it is, who published it, its grade, what was read, when.

One line a record, in the reader's language. The grade and the date always travel with a number.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from contrechamp import language
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _

_LOADERS = {
    "stat": "load_statistics",
    "claim": "load_claims",
    "event": "load_timeline",
    "field": "load_field_results",
    "help": "load_support",
    "law": "load_provisions",
}
# Columns that may name a record and its publisher, best first.
_NAMES = ("citation", "label", "name", "event", "claim")
_PUBLISHERS = ("publisher", "work", "instrument", "system")
_ADDRESSES = ("print_source", "official_url", "url")
_LONG = 70  # characters of a name on a slide
_DATES = ("checked", "read_on")


@dataclass(frozen=True)
class Citation:
    """One record as a source.

    Attributes
    ----------
    key : str
        ``kind:id``.
    name, publisher, grade, read, date, address : str
        In the reader's language; empty where the record does not say.
    """

    key: str
    name: str
    publisher: str
    grade: str
    read: str
    date: str
    address: str

    @property
    def site(self) -> str:
        """The name of the site, without the path."""
        return urlsplit(self.address).netloc.removeprefix("www.")

    def line(self) -> str:
        """Return the whole line: for speaker notes and the foot of a brief.

        Returns
        -------
        str
            Publisher, name, grade, date of the check, address where there is one.
        """
        who = ", ".join(part for part in (self.publisher, self.name) if part)
        checked = _("grade {grade}, checked on {date}").format(grade=self.grade, date=self.date)
        said = _("{who}: {checked}.").format(who=who, checked=checked)
        return f"{said} {self.address}" if self.address else said

    def short(self) -> str:
        """Return what fits on a slide: publisher, grade, date, site."""
        return _("{who}: grade {grade}, checked on {date}, {site}").format(
            who=self.publisher or _shortened(self.name), grade=self.grade, date=self.date, site=self.site or "–"
        )


def _shortened(text: str) -> str:
    """Return the beginning of a long text, cut between words."""
    if len(text) <= _LONG:
        return text
    return text[:_LONG].rsplit(" ", 1)[0].rstrip(",;: ") + " …"


def cite(kind: str, key: str) -> Citation | None:
    """Return the citation of a reference; None for what is computed here (``result``) or needs none (``help``).

    Parameters
    ----------
    kind : str
        As in ``{{ stat:ID.field }}``.
    key : str
        ``ID.field`` or ``ID``.

    Returns
    -------
    Citation or None

    Raises
    ------
    ContrechampError
        When the record is unknown or of grade C.
    """
    if kind in ("help", "result"):
        return None
    if kind not in _LOADERS:
        raise ContrechampError(f"{kind}:{key} names no kind of record. Known: {', '.join(_LOADERS)}.")
    records = _records(kind, language.current())
    name = key if key in records else key.rpartition(".")[0]
    if name not in records:
        raise ContrechampError(f"{kind}:{key} refers to no record.")
    record = records[name]
    if record.get("grade") not in ("A", "B"):
        raise ContrechampError(f"{kind}:{key} refers to a record of grade {record.get('grade')}, never shown.")
    date = _first(record, _DATES)
    return Citation(
        f"{kind}:{name}",
        language.typeset(_first(record, _NAMES), language.current()),
        language.typeset(_first(record, _PUBLISHERS), language.current()),
        str(record["grade"]),
        str(record.get("read", "")),
        language.date(date[:10]) if date else "–",
        _first(record, _ADDRESSES),
    )


def under_a_slide(seconds: int, said: str, charts: list[tuple[str, list[list[str]]]], cited: list[Citation]) -> str:
    """Return speaker notes as Markdown: seconds, what to say, charts in words and numbers, sources.

    Parameters
    ----------
    seconds : int
        How long the slide stays.
    said : str
        What the author wrote.
    charts : list of (str, list of list of str)
        Description and table of each chart on the slide.
    cited : list of Citation
        The records that the slide rests on.

    Returns
    -------
    str
        Paragraphs apart by an empty line; a part without content is left out.
    """
    parts = [_("{seconds} seconds.").format(seconds=seconds), said]
    for words, rows in charts:
        parts.append(_("The chart in words: {words}").format(words=words))
        parts.append(_("The numbers behind it:") + " " + "; ".join(", ".join(row) for row in rows) + ".")
    if cited:
        parts.append(_("Sources:") + "\n\n" + "\n".join(f"- {plain(one.line())}" for one in cited))
    return "\n\n".join(parts)


def last_slides(cited: list[Citation], most: int) -> list[tuple[str, str, str]]:
    """Return the slides of sources at the end of a deck.

    Parameters
    ----------
    cited : list of Citation
        What looks the same on a slide is listed once; the notes give each record.
    most : int
        Lines on a slide, from 1.

    Returns
    -------
    list of (str, str, str)
        Title, body and speaker notes of each slide, as Markdown; empty when nothing is cited.
    """
    lines: dict[str, list[str]] = {}
    for one in cited:
        lines.setdefault(one.short(), []).append(one.line())
    made, shorts = [], list(lines)
    for start in range(0, len(shorts), most):
        chunk = shorts[start : start + most]
        number = f" ({start // most + 1})" if start else ""
        body = "\n".join(f"- {plain(short)}" for short in chunk)
        notes = "\n".join(f"- {plain(line)}" for short in chunk for line in lines[short])
        lead = _("Not spoken: to be left on the screen or handed out.")
        made.append((_("Every number of this deck has a source") + number, body, f"{lead}\n\n{notes}"))
    return made


def foot_of_a_page(cited: list[Citation], as_of: str) -> str:
    """Return the foot of a printed page as Markdown: what the grades mean, the date, one short line a source.

    Parameters
    ----------
    cited : list of Citation
        The records that the page rests on.
    as_of : str
        The date of the page's knowledge, such as ``"2026-11-22"``.

    Returns
    -------
    str
        Sources that read the same are listed once.
    """
    lead = _(
        "State of knowledge: {date}. Not legal advice. Grade A: the primary source was seen; B: a reliable report of "
        "it. The caveats stand with the records of the course."
    ).format(date=language.date(as_of))
    lines = dict.fromkeys(plain(one.short()) for one in cited)
    return lead + "\n\n" + "\n".join(f"- {line}" for line in lines)


def plain(text: str) -> str:
    """Keep Markdown from reading signs into a name."""
    return re.sub(r"([*_\[<])", r"\\\1", text)


@cache
def _records(kind: str, lang: str) -> dict[str, dict[str, Any]]:
    from contrechamp import datasets

    frame = getattr(datasets, _LOADERS[kind])(lang=lang)
    return {str(key): row.to_dict() for key, row in frame.iterrows()}


def _first(record: dict[str, Any], columns: tuple[str, ...]) -> str:
    import pandas as pd

    for name in columns:
        value = record.get(name)
        if value is not None and not (pd.api.types.is_scalar(value) and pd.isna(value)) and str(value):
            return str(value)
    return ""
