"""A fictional case put to the records: what to look at, what is still to be established, what is contested.

There is no verdict here, on purpose: a court looks at details that a table does not hold. Every answer ends with where
to ask. The cases of the course are invented and speak of roles only.
"""

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from contrechamp import language
from contrechamp.datasets import frames
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _
from contrechamp.law.selection import select, unknown

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Case:
    """The facts of a fictional case, as codes.

    Attributes
    ----------
    jurisdiction, conduct, material : tuple of str
        Codes; see `select`. What is not given does not filter.
    age : int, "adult", "minor" or None
        Age of the person depicted.
    on : date, str or None
        Day of the facts; the day of the records when left out.
    actor : tuple of str
        Whose duties are asked about; all when empty.
    """

    jurisdiction: tuple[str, ...]
    conduct: tuple[str, ...]
    material: tuple[str, ...]
    age: int | str | None = None
    on: datetime.date | str | None = None
    actor: tuple[str, ...] = ()


@dataclass(frozen=True)
class Opening:
    """Where to begin with a case: no verdict, always where to ask.

    Attributes
    ----------
    provisions : DataFrame
        The rules to look at, with their state on the day of the facts.
    facts : list of str
        What is still to be established.
    contested : list of tuple of str
        Each contested point, and the counter-argument to it.
    ask : str
        Whom to ask: a lawyer or a help line.
    """

    provisions: "pd.DataFrame" = field(repr=False)
    facts: list[str]
    contested: list[tuple[str, str]]
    ask: str


def look_at(case: Case, *, lang: str | None = None) -> Opening:
    """Return the rules to look at for a fictional case, the facts to establish, and the contested points.

    Parameters
    ----------
    case : Case
        The facts.
    lang : str, optional
        Language of the texts; the reader's language when left out.

    Returns
    -------
    Opening
        An empty frame means *no record here*: the facts then say so.

    Raises
    ------
    ContrechampError
        For an unknown code or a malformed date.

    Examples
    --------
    A sexual fake of an adult, kept and shown to nobody, in France: the offence that punishes showing is not among the
    rules to look at, and the question whether making alone should be one is contested.

    >>> kept = Case(("FR",), ("creation", "possession"), ("synthetic_intimate",), age="adult")
    >>> opening = look_at(kept, lang="en")
    >>> "fr-cp-226-8-1" in opening.provisions.index, "fr-cciv-9" in opening.provisions.index
    (False, True)
    >>> opening.contested[0][0].startswith("Should making alone")
    True
    """
    chosen = select(
        jurisdiction=case.jurisdiction,
        conduct=case.conduct or None,
        material=case.material or None,
        actor=case.actor or None,
        age=case.age,
        as_of=case.on,
        lang=lang,
    )
    spoken = _spoken(lang)
    wanted = set(chosen.index)
    facts = [row[f"fact_{spoken}"] for row in frames.rows("law", "facts_to_establish") if _meets(row, case, wanted)]
    if chosen.empty:
        facts.insert(0, _("No record here: that is not an answer. Has anybody looked?", lang))
    points = [
        (row[f"point_{spoken}"], row[f"counter_{spoken}"])
        for row in frames.rows("law", "contested")
        if _meets(row, case, wanted)
    ]
    return Opening(chosen, facts, points, ask(lang))


def ask(lang: str | None = None) -> str:
    """Return the sentence that ends every answer."""
    return _("This is no legal advice and no verdict: ask a lawyer, or a help line.", lang)


def scenario(name: str, *, lang: str | None = None) -> dict[str, Any]:
    """Return one of the fictional scenarios of the course, with its model answer.

    Parameters
    ----------
    name : str
        ``"s01"`` to ``"s12"``.
    lang : str, optional
        Language of the texts; the reader's language when left out.

    Returns
    -------
    dict
        ``title``, ``story``, ``on`` (day of the facts), ``provisions`` (frame: rules to look at), ``set_aside`` (frame:
        rules that one may think of and that do not fit), ``answer``, ``facts``, ``contested``, ``counter``, ``route``,
        ``lesson`` and ``ask``.

    Raises
    ------
    ContrechampError
        When there is no such scenario.

    Examples
    --------
    >>> scenario("s02", lang="en")["title"]
    'It is clearly marked AI'
    """
    from contrechamp.datasets import load_provisions

    rows = {row["id"]: row for row in frames.rows("law", "scenarios")}
    if name not in rows:
        raise ContrechampError(unknown(_("There is no scenario {name}."), name, list(rows)))
    row, spoken = rows[name], _spoken(lang)
    provisions = load_provisions(as_of=row["on"], lang=lang)
    told = {
        part: row[f"{part}_{spoken}"]
        for part in ("title", "story", "answer", "facts", "contested", "counter", "route", "lesson")
    }
    return told | {
        "id": name,
        "on": row["on"],
        "provisions": provisions.loc[list(row["provisions"])],
        "set_aside": provisions.loc[list(row["set_aside"] or ())],
        "ask": ask(lang),
    }


def _meets(row: dict[str, Any], case: Case, provisions: set[str]) -> bool:
    """Say whether a question belongs to a case: one of its provisions is there, and its conduct, if it names any."""
    conduct = row["conduct"]
    return bool(provisions & set(row["provisions"])) and (conduct is None or bool(set(conduct) & set(case.conduct)))


def _spoken(lang: str | None) -> str:
    return "fr" if (lang or language.current()) == "fr" else "en"
