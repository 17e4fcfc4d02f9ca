"""Choosing records: by jurisdiction, conduct, material, actor, age of the person depicted, and state on a date.

What a filter leaves out is not thereby lawful: the records say where we looked, and the codes are our reading.
"""

import datetime
import difflib
import re
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING

from contrechamp.datasets import frames, load_provisions
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd

Several = str | Iterable[str] | None
_ACCENTS = re.compile("[\u0300-\u036f]")  # combining marks, after a decomposition


def select(
    *,
    jurisdiction: Several = None,
    conduct: Several = None,
    material: Several = None,
    actor: Several = None,
    age: int | str | None = None,
    status: Several = None,
    as_of: datetime.date | str | None = None,
    lang: str | None = None,
) -> "pd.DataFrame":
    """Return the provisions that meet every condition given; within a condition, one of several is enough.

    Parameters
    ----------
    jurisdiction : str or iterable of str, optional
        For example ``"FR"`` or ``["FR", "EU"]``.
    conduct : str or iterable of str, optional
        Codes of the list ``conduct`` of `load_law_terms`, for example ``"creation"``.
    material : str or iterable of str, optional
        Codes of the list ``material``, for example ``"synthetic_intimate"``.
    actor : str or iterable of str, optional
        Who is bound, codes of the list ``actor``, for example ``"platform"``.
    age : int or {"adult", "minor"}, optional
        Age of the person depicted, in years or in words. Thresholds inside a rule (under fifteen) are facts to be
        established, not a filter.
    status : str or iterable of str, optional
        Codes of the list ``status``, for example ``"in_force"``.
    as_of : date or str, optional
        The day on which the state is judged; the day of the records when left out.
    lang : str, optional
        Language of the text columns; the reader's language when left out.

    Returns
    -------
    DataFrame
        The rows of `load_provisions`, in its order. Empty means *no record here*.

    Raises
    ------
    ContrechampError
        For an unknown code, with the nearest valid one.

    Examples
    --------
    French records on making synthetic images of an adult, sexual or not: no criminal offence is named in the text
    ``fr-cp-226-8-1``, which is therefore not among them.

    >>> chosen = select(jurisdiction="FR", conduct="creation", material="synthetic_intimate", age=30, lang="en")
    >>> "fr-cp-226-8-1" in chosen.index, "fr-cciv-9" in chosen.index
    (False, True)
    """
    made = load_provisions(as_of=as_of, lang=lang)
    for name, asked in (("jurisdiction", jurisdiction), ("status", status)):
        if asked is not None:
            made = made[made[name].isin(_codes(name, asked))]
    for name, asked in (("conduct", conduct), ("material", material)):
        if asked is not None:
            codes = set(_codes(name, asked))
            pairs = frames.rows("law", f"provision_{name}s")
            made = made[made.index.isin({pair["provision"] for pair in pairs if pair[name] in codes})]
    if actor is not None:
        bound = set(_codes("actor", actor))
        made = made[[bool(bound & set(bound_by)) for bound_by in made["binds"]]]
    if age is not None:
        word = _age(age)
        made = made[[word in ages for ages in made["ages"]]]
    return made


def search(words: str, *, as_of: datetime.date | str | None = None, lang: str | None = None) -> "pd.DataFrame":
    """Return the provisions that hold every word given, in either language; case and accents do not matter.

    Parameters
    ----------
    words : str
        One or more, set apart by spaces.
    as_of : date or str, optional
        Day of the states, as in `load_provisions`.
    lang : str, optional
        The reader's language when left out.

    Returns
    -------
    DataFrame
        Rows of `load_provisions`, those first whose id or article holds the words.

    Raises
    ------
    ContrechampError
        When no word is given.

    Examples
    --------
    >>> list(search("hypertrucage danois", lang="en").index) == list(search("Hypertrucage DANOIS", lang="en").index)
    True
    >>> search("art. 226-8-1", lang="en").index[0]
    'fr-cp-226-8-1'
    """
    asked = plain(words).split()
    if not asked:
        raise ContrechampError(_("Which words? Give one at least, for example: label."))
    made = load_provisions(as_of=as_of, lang=lang)
    texts = searched(made)
    found = made[[all(word in text for word in asked) for text in texts]]
    # What is named so comes before what only mentions it.
    first = [0 if all(word in plain(f"{name} {cite}") for word in asked) else 1
             for name, cite in zip(found.index, found["citation"], strict=True)]  # fmt: skip
    return found.iloc[sorted(range(len(found)), key=lambda place: first[place])]


def searched(made: "pd.DataFrame") -> list[str]:
    """Return, for each provision, the text in which `search` looks for words: without capitals and accents.

    Parameters
    ----------
    made : DataFrame
        What `load_provisions` returned.

    Returns
    -------
    list of str
        One a row.
    """
    spoken = [f"{name}_{lang}" for name in ("citation", "instrument", "title", "summary") for lang in ("en", "fr")]
    columns = [*spoken, "jurisdiction"]
    return [plain(" ".join(map(str, row))) for row in made[columns].itertuples()]


def one(provision: str, *, as_of: datetime.date | str | None = None, lang: str | None = None) -> "pd.Series":
    """Return one provision.

    Parameters
    ----------
    provision : str
        Id of a record.
    as_of : date or str, optional
        Day of the state, as in `load_provisions`.
    lang : str, optional
        The reader's language when left out.

    Returns
    -------
    Series
        A row of `load_provisions`.

    Raises
    ------
    ContrechampError
        When no record has that id, with the nearest.

    Examples
    --------
    >>> one("fr-cp-226-8-1", lang="en")["citation"]
    'art. 226-8-1'
    """
    made = load_provisions(as_of=as_of, lang=lang)
    if provision not in made.index:
        raise ContrechampError(unknown(_("There is no provision {name}."), provision, list(made.index)))
    return made.loc[provision]


def unknown(says: str, name: object, known: list[str], shown: int = 12) -> str:
    """Return the sentence for a name that is not there, with the nearest valid one, else with what there is.

    Parameters
    ----------
    says : str
        A sentence with the field ``{name}``.
    name : object
        What was given.
    known : list of str
        The valid names.
    shown : int, default 12
        Up to how many valid names are listed when none is near.

    Returns
    -------
    str
        Two sentences, in the reader's language.
    """
    given = str(name)
    bare = {plain(one_): one_ for one_ in known}
    near = difflib.get_close_matches(plain(given), bare, n=1, cutoff=0.6)
    if near:
        hint = _("Did you mean {name}?").format(name=bare[near[0]])
    elif len(known) <= shown:
        hint = _("Known: {names}.").format(names=", ".join(known))
    else:
        hint = _("Known, among {count}: {names}.").format(count=len(known), names=", ".join(known[:shown]))
    return f"{says.format(name=given or repr(given))} {hint}"


def _codes(of: str, asked: Several) -> list[str]:
    """Return the codes asked for, or say which is unknown."""
    given = [asked] if isinstance(asked, str) else list(asked or ())
    if of == "jurisdiction":
        known, says = [row["id"] for row in frames.rows("law", "jurisdictions")], _("There is no jurisdiction {name}.")
        upper = {name.upper(): name for name in known}
        given = [upper.get(str(name).upper(), str(name)) for name in given]
    else:
        known = [row["code"] for row in frames.rows("law", "terms") if row["list"] == of]
        says = {
            "conduct": _("There is no conduct {name}."),
            "material": _("There is no material {name}."),
            "actor": _("There is no actor {name}."),
            "status": _("There is no status {name}."),
        }[of]
    for name in given:
        if name not in known:
            raise ContrechampError(unknown(says, name, known, shown=40))
    return given


def _age(age: int | str) -> str:
    if isinstance(age, bool) or not (age in ("adult", "minor") or (isinstance(age, int) and 0 <= age <= 120)):
        raise ContrechampError(
            _("{age} is not an age. Give years from 0 to 120, or adult, or minor.").format(age=repr(age))
        )
    return str(age) if isinstance(age, str) else ("minor" if age < 18 else "adult")


def plain(text: str) -> str:
    """Return a text without capitals and accents.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))
