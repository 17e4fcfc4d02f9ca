"""What an exercise asks for: the checks and open tasks of both its variants, from ``datasets/checks``."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from contrechamp import home
from contrechamp.datasets import store
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _


@dataclass(frozen=True)
class Exercise:
    """The exercise of a lesson and its twin.

    Attributes
    ----------
    lesson : str
        Two digits.
    tables : mapping of variant to table
        ``"main"`` and perhaps ``"alternative"``, each with ``checks`` and ``open``.
    paper : str or None
        Code of a class's own paper, whose key these tables then hold.
    """

    lesson: str
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    paper: str | None = None

    def checks(self, variant: str | None) -> Sequence[Mapping[str, Any]]:
        """Return the checks of a variant, none when there is no such variant."""
        found: Sequence[Mapping[str, Any]] = self.tables.get(variant or "main", {}).get("checks", [])
        return found

    def open(self, variant: str | None) -> Sequence[Mapping[str, Any]]:
        """Return the open tasks of a variant."""
        found: Sequence[Mapping[str, Any]] = self.tables.get(variant or "main", {}).get("open", [])
        return found

    def drawn(self, variant: str | None) -> Sequence[Mapping[str, Any]]:
        """Return how the numbers of a variant's questions are drawn for a class's own paper."""
        found: Sequence[Mapping[str, Any]] = self.tables.get(variant or "main", {}).get("drawn", [])
        return found

    @property
    def digest(self) -> str:
        """A short name of what is asked for; it changes when a key does."""
        content = json.dumps([self.lesson, self.paper, self.tables], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()[:16]


def load(lesson: str, lang: str | None = None) -> Exercise:
    """Return the exercise of a lesson.

    Parameters
    ----------
    lesson : str
        Its number, ``"02"`` or ``"2"``.
    lang : str, optional
        Language of the error.

    Returns
    -------
    Exercise
        With the variants ``main`` and, where there is one, ``alternative``.

    Raises
    ------
    ContrechampError
        When the lesson has no exercise; the message lists those that have one.
    """
    number = lesson.strip().zfill(2)
    folder = home.room("datasets") / "checks"
    tables = {}
    for path in sorted(folder.glob(f"{number}_*.json")) if re.fullmatch(r"\d\d", number) else []:
        table = store.read_json(f"checks/{path.name}")
        tables[str(table.get("variant", "main"))] = {
            key: table[key] for key in ("checks", "open", "drawn") if key in table
        }
    if "main" not in tables:
        known = sorted({path.name[:2] for path in folder.glob("[0-9][0-9]_*.json")})
        says = _("There is no exercise of lesson {lesson}. There are: {names}.", lang)
        raise ContrechampError(says.format(lesson=lesson.strip()[:20] or '""', names=", ".join(known)))
    return Exercise(number, tables)
