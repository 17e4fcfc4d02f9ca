"""The records of law as the site shows them, in one language: read once, grade C left out, words typeset."""

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from contrechamp import language
from contrechamp.datasets import frames, law_as_of, store
from contrechamp.datasets.law_status import proceeding, status
from contrechamp.law.sanctions import named

_SHOWN = ("A", "B")
#: Branches of law that lesson 18 compares; inquiries, treaties and voluntary schemes are no rules on people's acts.
RULES = ("criminal", "civil", "platform_duty", "ai_regulation", "data_protection")
Row = dict[str, Any]


class Records:
    """The records that may be shown, and their words.

    Parameters
    ----------
    lang : str
        Language of the words.

    Examples
    --------
    >>> records = Records("en")
    >>> records.cite(records.by_id["fr-cp-226-8-1"])
    'Code pénal (France), art. 226-8-1'
    >>> records.names["conduct"]["creation"]
    'making'
    """

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.day = law_as_of()
        self.provisions = _shown("provisions")
        self.proceedings = _shown("proceedings")
        self.by_id = {row["id"]: row for row in [*self.provisions, *self.proceedings]}
        self.clocks = [row for row in _shown("clocks") if row["provision"] in self.by_id]
        self._words: dict[str, str] = {}

    def word(self, message: str) -> str:
        """Return a message of the catalogue; each is looked up once."""
        if message not in self._words:
            self._words[message] = language.gettext(message, self.lang)
        return self._words[message]

    def set(self, text: str) -> str:
        """Return a text in the typography of the language."""
        return language.typeset(text, self.lang)

    def joined(self, parts: Iterable[str]) -> str:
        """Return a list of several things in one line, set apart as the language does."""
        return self.set((" ; " if self.lang == "fr" else "; ").join(parts))

    def said(self, row: Row, field: str) -> str:
        """Return a text of a record in the language, else in English; empty when it has none."""
        return self.set(row.get(f"{field}_{self.lang}") or row[f"{field}_en"] or "")

    def date(self, day: str | datetime.date | None) -> str:
        """Return a date in words; *unknown* for None."""
        return language.date(day, self.lang) if day else self.names["status"]["unknown"]

    def cite(self, row: Row) -> str:
        """Return the name under which a record is quoted: instrument and article, or who leads a proceeding."""
        if "opened" in row:
            return self.said(row, "body")
        return self.set(named(self.said(row, "instrument"), self.said(row, "citation")))

    def state(self, row: Row, day: datetime.date | None = None) -> str:
        """Return the code of the state of a record on a day; on that of the records when left out."""
        return (proceeding if "opened" in row else status)(row, day or self.day)

    @cached_property
    def names(self) -> dict[str, dict[str, str]]:
        """The words of the codes, by list: ``names["status"]["in_force"]``."""
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for row in frames.rows("law", "terms"):
            found[row["list"]][row["code"]] = self.said(row, "name")
        for of, names in self._of_pages().items():
            found[of] |= {code: self.set(name) for code, name in names.items()}
        return found

    def _of_pages(self) -> dict[str, dict[str, str]]:
        """Words that only these pages use: an order is not what follows from it."""
        if self.lang != "fr":
            return {}
        _ = self.word
        return {
            "clock": {
                "court_order": _("court order, or what carries it out"),
                "police_request": _("after a request of the police"),
            }
        }

    @cached_property
    def places(self) -> dict[str, str]:
        """The names of the jurisdictions, those without a record included."""
        return {row["id"]: self.said(row, "name") for row in frames.rows("law", "jurisdictions")}

    @cached_property
    def also(self) -> dict[str, list[str]]:
        """Where else to look: the whole of a part, the parts of a whole, the Union of a member."""
        rows = frames.rows("law", "jurisdictions")
        found = {}
        for row in rows:
            others = [row["part_of"]] if row["part_of"] else []
            others += [part["id"] for part in rows if part["part_of"] == row["id"]]
            others += ["EU"] if row["eu_member"] else []
            found[row["id"]] = [name for name in others if self.of_place(name)]
        return found

    def of_place(self, name: str) -> list[Row]:
        """Return the provisions of a jurisdiction."""
        return [row for row in self.provisions if row["jurisdiction"] == name]

    @cached_property
    def acts(self) -> dict[str, list[tuple[str, str]]]:
        """The conducts of each provision, each with its reach: ``named``, ``real_only`` or ``indirect``."""
        return _gathered("provision_conducts", "provision", lambda row: (row["conduct"], row["reach"]))

    @cached_property
    def materials(self) -> dict[str, list[str]]:
        """The materials that each provision deals with."""
        return _gathered("provision_materials", "provision", lambda row: row["material"])

    @cached_property
    def sources(self) -> dict[str, list[Row]]:
        """The addresses of each record."""
        return _gathered("sources", "record", lambda row: row)


def left_out() -> list[str]:
    """Return the ids of records of grade C: those that the data card lists, and any that stand in a table.

    Examples
    --------
    >>> "gb-sct-2016" in left_out(), "fr-cp-226-8-1" in left_out()
    (True, False)
    """
    card = store.read_text("law/card.md").partition("## Left out")[2].partition("\n## ")[0]
    rows = [line.split("|") for line in card.splitlines() if line.startswith("|")]
    by_memory = [row[1] for row in rows if row[2].strip().startswith("grade C")]
    listed = [name for cell in by_memory for name in re.findall(r"`([\w-]+)`", cell)]
    tables = [*frames.rows("law", "provisions"), *frames.rows("law", "proceedings")]
    return list(dict.fromkeys([*listed, *(row["id"] for row in tables if row["grade"] not in _SHOWN)]))


def _shown(table: str) -> list[Row]:
    return [row for row in frames.rows("law", table) if row["grade"] in _SHOWN]


def _gathered(table: str, key: str, value: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in frames.rows("law", table):
        found[row[key]].append(value(row))
    return found
