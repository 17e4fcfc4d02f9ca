"""Coverage matrices: where the records hold a rule, and where they are silent.

A silent cell is *unknown*: nobody looked, or nobody found. It is never *lawful*, and the matrix has no such code.
"""

import datetime
from typing import TYPE_CHECKING

from contrechamp.datasets import frames
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _
from contrechamp.law.selection import Several, select, unknown

if TYPE_CHECKING:
    import pandas as pd

#: From the strongest statement to the weakest; a cell takes the first that one of its records has.
LEVELS = ("in_force", "start_to_check", "coming", "indirect", "proposed", "past", "unknown")
_LEVEL = {
    "in_force": "in_force",
    "in_force_grace": "in_force",
    "start_to_check": "start_to_check",
    "adopted_not_yet_applicable": "coming",
    "transposition_due": "coming",
    "not_yet": "coming",
    "proposed": "proposed",
    "lapsed": "past",
    "unknown": "unknown",
}
_AXES = ("jurisdiction", "conduct", "material", "actor", "kind")


def coverage(
    rows: str = "jurisdiction",
    columns: str = "conduct",
    *,
    jurisdiction: Several = None,
    conduct: Several = None,
    material: Several = None,
    actor: Several = None,
    age: int | str | None = None,
    kind: str | None = None,
    as_of: datetime.date | str | None = None,
) -> "pd.DataFrame":
    """Return a matrix of what the records hold, one code a cell.

    Parameters
    ----------
    rows, columns : {"jurisdiction", "conduct", "material", "actor", "kind"}
        The two axes.
    jurisdiction, conduct, material, actor, age
        Conditions, as for `select`.
    kind : str, optional
        Branch of law, for example ``"criminal"``.
    as_of : date or str, optional
        The day asked.

    Returns
    -------
    DataFrame
        ``"in_force"``, ``"start_to_check"``, ``"coming"`` (adopted, not applied yet), ``"indirect"``, ``"proposed"``,
        ``"past"``, or ``"unknown"`` where the records are silent. On the axis of conducts, *indirect* says that no text
        in force names the conduct for this material, while a general rule, an aggravating fact or an argued reading may
        reach it. ``attrs["records"]`` maps (row, column) to the ids behind a cell. Proceedings are no rules and are
        left out.

    Raises
    ------
    ContrechampError
        For an unknown axis, place, conduct, material, actor, age or branch of law, or a day that is none or too early;
        the sentence names the nearest valid choice.

    Examples
    --------
    >>> matrix = coverage(jurisdiction=["FR", "DK"], material="synthetic_intimate", kind="criminal", age="adult")
    >>> matrix.loc[["DK", "FR"], "dissemination"].tolist()
    ['in_force', 'in_force']
    >>> matrix.loc["DK", ["creation", "possession"]].tolist()
    ['in_force', 'unknown']

    French criminal law names showing, not making, for an adult; other rules may still apply:

    >>> matrix.loc["FR", "creation"]
    'indirect'
    """
    for axis in (rows, columns):
        if axis not in _AXES:
            raise ContrechampError(unknown(_("There is no axis {name}."), axis, list(_AXES)))
    made = select(
        jurisdiction=jurisdiction, conduct=conduct, material=material, actor=actor, age=age, as_of=as_of, lang="en"
    )
    if kind is not None:
        known = _all("kind", None)
        if kind not in known:
            raise ContrechampError(unknown(_("There is no branch of law {name}."), kind, known))
        made = made[made["kind"] == kind]
    asked = {"jurisdiction": jurisdiction, "conduct": conduct, "material": material, "actor": actor, "kind": kind}
    return _matrix(made, rows, columns, asked, _indirect(material) if "conduct" in (rows, columns) else set())


def coverage_words(lang: str | None = None) -> dict[str, str]:
    """Return the words for the codes of a matrix, in the reader's language.

    Parameters
    ----------
    lang : str, optional
        Language of the words; the reader's language when left out.

    Returns
    -------
    dict of str to str
        For each of the seven codes of `coverage`.

    Examples
    --------
    >>> coverage_words("en")["unknown"]
    'unknown: no record'
    """
    return {
        "in_force": _("in force", lang),
        "start_to_check": _("start date to be checked", lang),
        "coming": _("adopted, to come", lang),
        "indirect": _("not named; other rules may apply", lang),
        "proposed": _("proposed", lang),
        "past": _("lapsed", lang),
        "unknown": _("unknown: no record", lang),
    }


def _matrix(
    made: "pd.DataFrame", rows: str, columns: str, asked: dict[str, Several], indirect: set[tuple[str, str]]
) -> "pd.DataFrame":
    import pandas as pd

    of = {axis: _values(axis, made) for axis in (rows, columns)}
    records: dict[tuple[str, str], list[str]] = {}
    strength: dict[tuple[str, str], int] = {}
    for name, state in made["status"].items():
        if state not in _LEVEL:  # proceedings are no rules
            continue
        for row in of[rows].get(name, ()):
            for column in of[columns].get(name, ()):
                level = "indirect" if {(name, row), (name, column)} & indirect else _LEVEL[state]
                if level == "indirect" and _LEVEL[state] in ("past", "proposed"):
                    level = _LEVEL[state]  # what is no rule cannot reach anything
                records.setdefault((row, column), []).append(str(name))
                strength[row, column] = min(LEVELS.index(level), strength.get((row, column), len(LEVELS)))
    index, header = (_all(axis, asked[axis]) for axis in (rows, columns))
    words = [[LEVELS[strength.get((row, column), -1)] for column in header] for row in index]  # -1: unknown
    matrix = pd.DataFrame(words, index=pd.Index(index, name=rows), columns=pd.Index(header, name=columns))
    matrix.attrs = made.attrs | {"records": records}
    return matrix


def _indirect(material: Several) -> set[tuple[str, str]]:
    """Return the pairs of a provision and a conduct that its text does not name for the material asked about."""
    asked = {material} if isinstance(material, str) else set(material or ())
    reaching = {"named", "real_only"} if asked == {"real_intimate"} else {"named"}
    pairs = frames.rows("law", "provision_conducts")
    return {(pair["provision"], pair["conduct"]) for pair in pairs if pair["reach"] not in reaching}


def _values(axis: str, made: "pd.DataFrame") -> dict[str, tuple[str, ...]]:
    """Return, for each provision, its values on an axis."""
    if axis in ("jurisdiction", "kind"):
        return {str(name): (str(value),) for name, value in made[axis].items()}
    if axis == "actor":
        return {str(name): tuple(value) for name, value in made["binds"].items()}
    gathered: dict[str, tuple[str, ...]] = {}
    for pair in frames.rows("law", f"provision_{axis}s"):
        gathered[pair["provision"]] = (*gathered.get(pair["provision"], ()), pair[axis])
    return gathered


def _all(axis: str, asked: Several) -> list[str]:
    """Return the values of an axis, those without a record included, or those asked for."""
    if asked is not None:
        return [asked] if isinstance(asked, str) else list(asked)
    if axis == "jurisdiction":
        return [row["id"] for row in frames.rows("law", "jurisdictions")]
    return [row["code"] for row in frames.rows("law", "terms") if row["list"] == axis]
