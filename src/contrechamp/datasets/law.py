"""Loaders of the law data: provisions on a date, their conducts, materials and clocks, proceedings, scenarios.

Every frame keeps grade, what was read, and caveat beside the rule; ``datasets/law/card.md`` says how the records were
made, what is missing and what is left out. A summary in our words is not the law, and nothing here is legal advice.
"""

import datetime
from typing import TYPE_CHECKING

from contrechamp import language
from contrechamp.datasets import frames, law_status
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd

_PACKAGE = "law"
_DATED = ("adopted", "applies_from", "ended", "seen_in_force")


def law_as_of() -> datetime.date:
    """Return the day of the records: that of the release, never the clock.

    Returns
    -------
    datetime.date

    Examples
    --------
    >>> law_as_of().isoformat()
    '2026-11-22'
    """
    return datetime.date.fromisoformat(frames.descriptor(_PACKAGE)["as_of"])


def load_provisions(*, as_of: "datetime.date | str | None" = None, lang: str | None = None) -> "pd.DataFrame":
    """Load the legal provisions, with the state of each on a day.

    Parameters
    ----------
    as_of : date or str, optional
        The day asked, ``YYYY-MM-DD``; the day of the records when left out. For a later day the frame says what the
        records foresee, not what has happened since.
    lang : str, optional
        Language of ``instrument``, ``title``, ``summary``, ``caveat``, ``mental_element``, ``aggravation`` and
        ``status_name``; the reader's language when left out. A foreign act keeps its own name.

    Returns
    -------
    DataFrame
        Indexed by ``id``. ``status`` is the state on the day asked, a code; ``status_name`` is the same in words.
        ``removal_hours`` is the removal clock where the text has one number of hours; NA means *no number*, not zero.
        ``binds``, ``ages`` and ``left_out`` are tuples. ``attrs["on"]`` is the day asked.

    Raises
    ------
    ContrechampError
        For a malformed date, or one before the oldest record.

    Examples
    --------
    Two things change on 2 December 2026: a ban begins, and a period of grace ends.

    >>> ids = ["eu-aia-5-1-ba", "eu-aia-50-2"]
    >>> load_provisions(as_of="2026-12-01").loc[ids, "status"].tolist()
    ['adopted_not_yet_applicable', 'in_force_grace']
    >>> load_provisions(as_of="2026-12-02").loc[ids, "status"].tolist()
    ['in_force', 'in_force']
    """
    import pandas as pd

    day = law_status.as_day(as_of, law_as_of())
    records = frames.rows(_PACKAGE, "provisions")
    _not_before_any(day)
    made = frames.frame(_PACKAGE, "provisions", lang, records)
    codes = [law_status.status(record, day) for record in records]
    at = list(made.columns).index("recorded_status")
    made.insert(at, "removal_hours", _removal_hours(made.index))
    words = _terms("status")
    for spoken in ("fr", "en"):
        names = [words[code][f"name_{spoken}"] for code in codes]
        made.insert(at, f"status_name_{spoken}", pd.array(names, dtype="string"))
    made.insert(at, "status_name", made[f"status_name_{_spoken(lang)}"])
    made.insert(at, "status", pd.array(codes, dtype="string"))
    made.attrs["on"] = day.isoformat()
    return made


def load_conducts(*, lang: str | None = None) -> "pd.DataFrame":
    """Load which conduct each provision deals with, one pair per row.

    Parameters
    ----------
    lang : str, optional
        Language of ``conduct_name``; the reader's language when left out.

    Returns
    -------
    DataFrame
        ``provision``, ``conduct`` (a code), ``reach``, ``conduct_name``.

    Raises
    ------
    ContrechampError
        For an unknown language, or a malformed table.

    Examples
    --------
    >>> pairs = load_conducts(lang="en")
    >>> pairs.loc[pairs["provision"] == "fr-cp-226-8-1", "conduct_name"].tolist()
    ['showing or sharing']
    """
    return _pairs("provision_conducts", "conduct", lang)


def load_materials(*, lang: str | None = None) -> "pd.DataFrame":
    """Load which material each provision deals with, one pair per row.

    Parameters
    ----------
    lang : str, optional
        Language of ``material_name``; the reader's language when left out.

    Returns
    -------
    DataFrame
        ``provision``, ``material`` (a code), ``material_name``.

    Raises
    ------
    ContrechampError
        For an unknown language, or a malformed table.

    Examples
    --------
    >>> pairs = load_materials(lang="en")
    >>> pairs.loc[pairs["provision"] == "fr-cp-226-8-1", "material_name"].tolist()
    ['synthetic intimate images']
    """
    return _pairs("provision_materials", "material", lang)


def load_clocks(*, lang: str | None = None) -> "pd.DataFrame":
    """Load the clocks of the provisions, one per row.

    Parameters
    ----------
    lang : str, optional
        Language of ``clock_name``, ``words``, ``starts`` and ``note``; the reader's language when left out.

    Returns
    -------
    DataFrame
        ``amount`` in ``unit`` after ``starts``; ``amount`` is NA where the text has ``words`` and no number.

    Raises
    ------
    ContrechampError
        For an unknown language, or a malformed table.

    Examples
    --------
    >>> clocks = load_clocks(lang="en").set_index(["provision", "clock"])
    >>> clocks.loc[[("us-ca-sb981", "acknowledgement")], "amount"].tolist()
    [48]
    >>> clocks.loc[("eu-dsa-16", "acknowledgement"), ["amount", "words"]].tolist()
    [<NA>, 'without undue delay']
    """
    made = frames.frame(_PACKAGE, "clocks", lang)
    made.insert(2, "clock_name", made["clock"].map(_names("clock", lang)).astype("string"))
    return made


def load_proceedings(*, as_of: "datetime.date | str | None" = None, lang: str | None = None) -> "pd.DataFrame":
    """Load the cases and inquiries on the event of winter 2025-26, with the state of each on a day.

    Parameters
    ----------
    as_of : date or str, optional
        The day asked, ``YYYY-MM-DD``; the day of the records when left out. For a later day the frame says what was
        last found, not what has happened since.
    lang : str, optional
        Language of ``body``, ``what``, ``outcome`` and ``status_name``; the reader's language when left out.

    Returns
    -------
    DataFrame
        Indexed by ``id``. ``status`` is the state on the day asked, a code; ``status_name`` is the same in words.
        ``what`` and ``outcome`` tell the whole record, whatever the day. ``attrs["on"]`` is the day asked.

    Raises
    ------
    ContrechampError
        For a malformed date.

    Examples
    --------
    >>> days = ["2026-01-25", "2026-01-26"]
    >>> [load_proceedings(as_of=day).loc["proc-eu-grok-2026", "status"] for day in days]
    ['not_yet', 'open']
    """
    import pandas as pd

    day = law_status.as_day(as_of, law_as_of())
    records = frames.rows(_PACKAGE, "proceedings")
    made = frames.frame(_PACKAGE, "proceedings", lang, records)
    codes = [law_status.proceeding(record, day) for record in records]
    at = list(made.columns).index("recorded_status")
    made.insert(at, "status_name", pd.array([_names("status", lang)[code] for code in codes], dtype="string"))
    made.insert(at, "status", pd.array(codes, dtype="string"))
    made.attrs["on"] = day.isoformat()
    return made


def load_jurisdictions(*, lang: str | None = None) -> "pd.DataFrame":
    """Load the jurisdictions, those without a usable record included: nothing here about one is not *nothing exists*.

    Parameters
    ----------
    lang : str, optional
        Language of ``name``; the reader's language when left out.

    Returns
    -------
    DataFrame
        Indexed by ``id`` (``FR``, ``GB-SCT``, …); ``part_of`` is the id of the larger one, NA where there is none.

    Raises
    ------
    ContrechampError
        For an unknown language, or a malformed table.

    Examples
    --------
    >>> load_jurisdictions(lang="en").loc["GB-SCT", ["name", "part_of"]].tolist()
    ['Scotland', 'GB']
    """
    return frames.frame(_PACKAGE, "jurisdictions", lang)


def load_law_terms(*, lang: str | None = None) -> "pd.DataFrame":
    """Load the words of the codes: conducts, materials, kinds, actors, ages, states, clocks.

    Parameters
    ----------
    lang : str, optional
        Language of ``name`` and ``meaning``; the reader's language when left out.

    Returns
    -------
    DataFrame
        One code per row: ``list``, ``code``, ``name``, ``meaning``.

    Raises
    ------
    ContrechampError
        For an unknown language, or a malformed table.

    Examples
    --------
    >>> terms = load_law_terms(lang="en")
    >>> terms.loc[terms["list"] == "material", "code"].tolist()
    ['real_intimate', 'synthetic_intimate', 'synthetic_nonintimate', 'child_sexual']
    """
    return frames.frame(_PACKAGE, "terms", lang)


def load_scenarios(*, lang: str | None = None) -> "pd.DataFrame":
    """Load the fictional cases of the course with their model answers; `contrechamp.law.scenario` joins the records.

    Parameters
    ----------
    lang : str, optional
        Language of the text columns; the reader's language when left out.

    Returns
    -------
    DataFrame
        Indexed by ``id``. ``on`` is the day of the case; ``provisions`` are those of the model answer, ``set_aside``
        those that one may think of and that it sets aside, both tuples of ids.

    Raises
    ------
    ContrechampError
        For an unknown language, or a malformed table.

    Examples
    --------
    >>> load_scenarios(lang="en").loc["s08", "on"].date().isoformat()
    '2027-01-15'
    """
    return frames.frame(_PACKAGE, "scenarios", lang)


def load_law_sources() -> "pd.DataFrame":
    """Load the addresses of the law data; ``opened`` is false where an address only follows the pattern of its site.

    Returns
    -------
    DataFrame
        One row per address: ``table``, ``record``, ``url``, ``kind``, ``opened``.
    """
    return frames.frame(_PACKAGE, "sources")


def law_oldest() -> datetime.date:
    """Return the first day for which the records of provisions can say anything.

    Returns
    -------
    datetime.date

    Examples
    --------
    >>> law_oldest() <= datetime.date(1996, 2, 8)
    True
    """
    spans = (law_status.span(record[field]) for record in frames.rows(_PACKAGE, "provisions") for field in _DATED)
    return min(found[0] for found in spans if found)


def _not_before_any(day: datetime.date) -> None:
    oldest = law_oldest()
    if day < oldest:
        raise ContrechampError(
            _("No record is older than {oldest}. Ask for that day or a later one, not for {day}.").format(
                oldest=language.date(oldest), day=language.date(day)
            )
        )


def _pairs(table: str, name: str, lang: str | None) -> "pd.DataFrame":
    made = frames.frame(_PACKAGE, table, lang)
    made[f"{name}_name"] = made[name].map(_names(name, lang)).astype("string")
    return made


def _names(of: str, lang: str | None = None) -> dict[str, str]:
    """Return the names of the codes of a list."""
    return {code: row[f"name_{_spoken(lang)}"] for code, row in _terms(of).items()}


def _spoken(lang: str | None) -> str:
    """Return the language of the names: French, or else English, which is complete."""
    return "fr" if (lang or language.current()) == "fr" else "en"


def _terms(of: str) -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in frames.rows(_PACKAGE, "terms") if row["list"] == of}


def _removal_hours(ids: "pd.Index") -> "pd.api.extensions.ExtensionArray":
    import pandas as pd

    hours = {
        row["provision"]: row["amount"]
        for row in frames.rows(_PACKAGE, "clocks")
        if row["clock"] == "removal" and row["unit"] == "hours"
    }
    return pd.array([hours.get(name) for name in ids], dtype="Int64")
