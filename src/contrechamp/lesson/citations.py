"""How a record is named under a slide or a brief: what it is, who published it, its grade, what was read, when.

One line a record, in the reader's language. The grade and the date always travel with a number.
"""

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
_DATES = ("checked", "copy_read", "read_on")


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
        """Return the whole line: for speaker notes and the foot of a brief."""
        who = ", ".join(part for part in (self.publisher, self.name) if part)
        checked = _("grade {grade}, checked on {date}").format(grade=self.grade, date=self.date)
        said = _("{who}: {checked}.").format(who=who, checked=checked)
        return f"{said} {self.address}" if self.address else said

    def short(self) -> str:
        """Return what fits on a slide: publisher, grade, date, site."""
        return _("{who}: grade {grade}, checked on {date}, {site}").format(
            who=self.publisher or self.name, grade=self.grade, date=self.date, site=self.site or "–"
        )


def cite(kind: str, key: str) -> Citation | None:
    """Return the citation of a reference; None for what is computed here (``result``) or needs none (``help``).

    Parameters
    ----------
    kind : str
        As in ``{{ stat:ID.field }}``.
    key : str
        ``ID.field`` or ``ID``.

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
        _first(record, _NAMES),
        _first(record, _PUBLISHERS),
        str(record["grade"]),
        str(record.get("read", "")),
        language.date(date[:10]) if date else "–",
        _first(record, _ADDRESSES),
    )


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
