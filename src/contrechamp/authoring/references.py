"""Resolve ``{{ stat:ID.field }}`` and its kin: the only way a number enters prose.

A reference names a record (``stat``, ``claim``, ``event``, ``law``, ``help``, ``field``) or a value that a lesson's
cell published (``result:NN.name``). Unknown, empty and grade C references stop the build.
"""

import difflib
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from contrechamp import home, language
from contrechamp.errors import ContrechampError

REFERENCE = re.compile(r"\{\{\s*(?P<kind>[a-z]+):(?P<key>[^|{}\s]+)\s*(?:\|(?P<pattern>[^{}]*))?\}\}")
_ANY = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_ISO = re.compile(r"\d{4}-\d{2}(-\d{2})?")
_GRADES = ("A", "B")
_LAW = "law/provisions.csv"
# What a reference may name, and what reads it.
_KINDS = {
    "stat": "load_statistics",
    "claim": "load_claims",
    "event": "load_timeline",
    "help": "load_support",
    "field": "load_field_results",
    "law": "load_provisions",
}


@dataclass
class Resolver:
    """Turns references into words for one language.

    Parameters
    ----------
    lang : str
        The language to write in.
    results : dict
        Published values by lesson: ``{"02": {"rise": 400}}``.
    lenient : bool
        While a first build is under way, leave a result that is not there yet as it stands.
    """

    lang: str
    results: dict[str, dict[str, Any]]
    lenient: bool = False

    def text(self, source: str, where: str) -> str:
        """Return `source` with every reference written out.

        Raises
        ------
        ContrechampError
            When a reference is malformed, unknown, empty, or of a record of grade C.
        """
        for found in _ANY.finditer(source):
            if not REFERENCE.fullmatch(found[0]):
                raise ContrechampError(
                    f"{where}: {found[0]} is not a reference. Write {{{{ stat:ID.field }}}}, {{{{ result:NN.name }}}} …"
                )
        return REFERENCE.sub(lambda found: self._one(found, where), source)

    def _one(self, found: re.Match[str], where: str) -> str:
        kind, key, pattern = found["kind"], found["key"], (found["pattern"] or "").strip() or None
        if kind == "result":
            return self._result(found[0], key, pattern, where)
        if kind == "help" and key == "card":
            return self._card
        if kind not in _KINDS:
            raise ContrechampError(f"{where}: {found[0]} names no known source. Known: {', '.join(_KINDS)}, result.")
        if kind == "law" and not _has_law():
            raise ContrechampError(f"{where}: {found[0]} refers to the legal records, and this version has none yet.")
        record_id, _, name = key.rpartition(".")
        records = _records(kind)
        if record_id not in records:
            near = difflib.get_close_matches(record_id, records, n=1)
            hint = f". Nearest: {near[0]}" if near else ""
            raise ContrechampError(
                f"{where}: {found[0]} refers to no record (no {kind} is called {record_id!r}{hint})."
            )
        record = records[record_id]
        if record.get("grade") not in _GRADES:
            raise ContrechampError(
                f"{where}: {found[0]} refers to a record of grade {record.get('grade')}, never printed."
            )
        return self._write(self._value(record, name, found[0], where), name, pattern, found[0], where)

    def _result(self, reference: str, key: str, pattern: str | None, where: str) -> str:
        lesson, _, name = key.partition(".")
        values = self.results.get(lesson, {})
        if name not in values:
            if self.lenient:
                return reference
            known = ", ".join(sorted(values)) or "none"
            raise ContrechampError(
                f"{where}: {reference} refers to no published result (lesson {lesson} has: {known})."
            )
        return self._write(values[name], name, pattern, reference, where)

    def _value(self, record: dict[str, Any], name: str, reference: str, where: str) -> Any:
        """Take the field in the reader's language when the records carry one."""
        for candidate in (f"{name}_{self.lang}", name, f"{name}_en"):
            if candidate in record:
                value = record[candidate]
                if _is_null(value):
                    raise ContrechampError(f"{where}: {reference} is empty (unknown, not zero). Say so in words.")
                return value
        raise ContrechampError(f"{where}: {reference} asks for a field that the record lacks ({', '.join(record)}).")

    def _write(self, value: Any, name: str, pattern: str | None, reference: str, where: str) -> str:
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            raise ContrechampError(
                f"{where}: {reference} is a {type(value).__name__}, which cannot stand in a sentence."
            )
        if isinstance(value, str):
            if _ISO.fullmatch(value):
                return language.date(value, self.lang)
            return language.typeset(value, self.lang)
        if name == "year" or name.endswith("_year"):
            return str(value)
        try:
            return language.number(value, self.lang, pattern)
        except ValueError:
            raise ContrechampError(f"{where}: {reference} has an unusable number pattern.") from None

    @cached_property
    def _card(self) -> str:
        from contrechamp.datasets import help_card

        return help_card(lang=self.lang)


def names(text: str) -> list[str]:
    """Return the references of a text without their patterns, sorted: what a translation must keep."""
    return sorted(f"{found['kind']}:{found['key']}" for found in REFERENCE.finditer(text))


def each(text: str) -> Iterator[tuple[str, str]]:
    """Yield ``(kind, key)`` of each reference of a text, in order."""
    for found in REFERENCE.finditer(text):
        yield found["kind"], found["key"]


def forget() -> None:
    """Read the records again at the next reference (after a data file changed)."""
    _records.cache_clear()


def _is_null(value: Any) -> bool:
    # pandas' NA refuses to be compared, even with an empty text
    return value is None or str(value) in ("", "<NA>", "NaT") or (isinstance(value, float) and math.isnan(value))


@cache  # until `forget`: a build resolves hundreds of references
def _records(kind: str) -> dict[str, dict[str, Any]]:
    return _frame(_KINDS[kind])


def _frame(loader: str) -> dict[str, dict[str, Any]]:
    from contrechamp import datasets

    frame = getattr(datasets, loader)()
    return {str(key): {name: _python(value) for name, value in row.items()} for key, row in frame.iterrows()}


def _python(value: Any) -> Any:
    """Return a NumPy or pandas scalar as Python's own: a whole float as an int, as it is read; a date in ISO form."""
    if hasattr(value, "isoformat") and not _is_null(value):
        return value.isoformat()[:10]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _has_law() -> bool:
    return (home.room("datasets") / _LAW).is_file()
