"""Loaders of the awareness data: statistics, timeline, claims, help lines, literature, published field results.

Every frame keeps grade, source and caveat beside the number; ``datasets/awareness/card.md`` says how the records were
made and what is missing. Numbers only: no image, no name of a tool, a site or a person targeted.
"""

import datetime
from typing import TYPE_CHECKING

from contrechamp.datasets import frames
from contrechamp.errors import ContrechampError

if TYPE_CHECKING:
    import pandas as pd

_PACKAGE = "awareness"


def as_of() -> datetime.date:
    """Return the date against which age and status are judged: that of the release, never the clock.

    Returns
    -------
    datetime.date

    Examples
    --------
    >>> as_of().isoformat()
    '2026-11-22'
    """
    return datetime.date.fromisoformat(frames.descriptor(_PACKAGE)["as_of"])


def load_statistics(
    *, topic: str | list[str] | None = None, lang: str | None = None, usable_only: bool = False
) -> "pd.DataFrame":
    """Load the public aggregate figures, one number per row.

    Parameters
    ----------
    topic : str or list of str, optional
        Keep these topics only, for example ``"iwf"``.
    lang : str, optional
        Language of the columns ``label``, ``population``, ``definition``, ``caveat``, ``conflict`` and
        ``unit_name``; the reader's language when left out. The ``_en`` and ``_fr`` columns are there as well.
    usable_only : bool, default False
        Leave out the records that we would not put into a table or a figure (``usable_in_table`` is false).

    Returns
    -------
    DataFrame
        Indexed by ``id``. ``value`` is in ``unit`` and may carry a ``qualifier`` (about, over, …); it is NA where the
        record is a finding in words (``unit == "text"``). ``stated_in`` names the record whose source also states this
        number; ``derived`` marks our own arithmetic, and ``derivation`` shows it. ``flags`` is a tuple.

    Raises
    ------
    ContrechampError
        For an unknown topic or language, or a malformed table.

    Examples
    --------
    The rise that a headline calls 400 per cent is a count of web pages:

    >>> rows = load_statistics(topic="iwf", lang="en")
    >>> rows.loc[["iwf-h1-2024-urls", "iwf-h1-2025-urls"], ["value", "unit"]]  # doctest: +NORMALIZE_WHITESPACE
                      value      unit
    id
    iwf-h1-2024-urls   42.0  webpages
    iwf-h1-2025-urls  210.0  webpages

    Unknown is not zero: nobody published how many people the poll of one school survey asked.

    >>> load_statistics().loc["cdt-2024-deepfake-ncii", "n"]
    <NA>
    """
    made = frames.frame(_PACKAGE, "statistics", lang)
    if topic is not None:
        asked = [topic] if isinstance(topic, str) else list(topic)
        known = list(made["topic"].unique())
        if unknown := [name for name in asked if name not in known]:
            raise ContrechampError(
                f"There is no topic {unknown[0]!r} in the statistics. Choose among {', '.join(known)}."
            )
        made = made[made["topic"].isin(asked)]
    return made[made["usable_in_table"]] if usable_only else made


def load_timeline(*, lang: str | None = None) -> "pd.DataFrame":
    """Load the events of the case, oldest first.

    ``date`` keeps the text of the source with the precision that it has; ``day`` is a date only where the day is known.
    ``scheduled`` is true for what lay ahead on the day of the release (`as_of`); the clock is never asked.

    Parameters
    ----------
    lang : str, optional
        Language of ``actor``, ``event`` and ``date_note``; the reader's language when left out.

    Returns
    -------
    DataFrame
        Indexed by ``id``. ``date`` is text, ``day`` a time stamp or NaT, ``scheduled`` a bool; ``actor``, ``event``,
        ``kind``, ``grade``, ``read`` and the source follow.

    Raises
    ------
    ContrechampError
        For an unknown language, or a malformed table.

    Examples
    --------
    >>> events = load_timeline(lang="en")
    >>> events.loc["m-reuters-2", ["date", "date_precision", "date_note"]].tolist()
    ['2026-01', 'month', 'late January']
    >>> list(events.index[events["scheduled"]])
    ['eu-ban-applies']
    """
    import pandas as pd

    made = frames.frame(_PACKAGE, "timeline", lang)
    exact = made["date"].where(made["date_precision"] == "day")
    made.insert(1, "day", pd.to_datetime(exact).astype("datetime64[s]"))
    made.insert(2, "scheduled", made["day"] > pd.Timestamp(as_of()))
    return made


def load_claims(*, lang: str | None = None) -> "pd.DataFrame":
    """Load the news item that the course starts from, claim by claim.

    Parameters
    ----------
    lang : str, optional
        Language of ``claim``, ``verdict_name``, ``finding`` and ``skill``; the reader's language when left out.

    Returns
    -------
    DataFrame
        Indexed by ``id``. ``verdict`` is a code, ``verdict_name`` the same in words; ``statistics`` is the tuple of ids
        of the records behind the finding.

    Raises
    ------
    ContrechampError
        For an unknown language, or a malformed table.

    Examples
    --------
    >>> load_claims(lang="en").loc["c09", "verdict"]
    'true number, wrong object'
    """
    return frames.frame(_PACKAGE, "claims", lang)


def load_support(*, country: str | None = None, lang: str | None = None) -> "pd.DataFrame":
    """Load the help lines, reporting and removal services, with a grade and a date of check per field.

    Each of ``phone``, ``phone_abroad``, ``hours``, ``web``, ``form`` and ``email`` has ``…_grade``, ``…_seen_on`` (own
    page, official page, other) and ``…_checked``. A field seen elsewhere only is not to be printed as certain.

    Parameters
    ----------
    country : str, optional
        Keep the services of this country and the international ones, for example ``"FR"``.
    lang : str, optional
        Language of the text columns; the reader's language when left out.

    Returns
    -------
    DataFrame
        Indexed by ``id``. ``covers_synthetic`` and ``to_verify`` say what is known and what is still to be read.

    Raises
    ------
    ContrechampError
        For a country without services, an unknown language, or a malformed table.

    Examples
    --------
    >>> load_support().loc["3018", ["phone", "phone_seen_on", "hours_seen_on"]].tolist()
    ['3018', 'own', 'official']
    """
    made = frames.frame(_PACKAGE, "support", lang)
    if country is None:
        return made
    if country not in set(made["country"]):
        known = ", ".join(sorted(set(made["country"])))
        raise ContrechampError(f"There is no service for {country!r} in the data. Known: {known}.")
    return made[made["country"].isin([country, "INT"])]


def load_first_steps(*, lang: str | None = None) -> "pd.DataFrame":
    """Load the first steps for a person targeted or a witness (France), in order.

    Parameters
    ----------
    lang : str, optional
        Language of ``step`` and ``card``; the reader's language when left out.

    Returns
    -------
    DataFrame
        Indexed by ``id``, in the order of ``position``; ``services`` is the tuple of ids for `load_support`.

    Raises
    ------
    ContrechampError
        For an unknown language, or a malformed table.
    """
    return frames.frame(_PACKAGE, "first_steps", lang).sort_values("position")


def load_references() -> "pd.DataFrame":
    """Load the literature, one finding per row; ``left_out`` names the fields that nobody has checked yet.

    Returns
    -------
    DataFrame
        Indexed by ``id``, the key of the citation; ``finding`` is what we take from the work, in our words.

    Examples
    --------
    >>> load_references().loc["kobis2021fooled", "doi"]
    '10.1016/j.isci.2021.103364'
    """
    return frames.frame(_PACKAGE, "references")


def load_field_results(*, topic: str | None = None, lang: str | None = None) -> "pd.DataFrame":
    """Load published results on detectors, marks, hashes, people and removal, to stand beside our toy results.

    Parameters
    ----------
    topic : {"detector", "localisation", "watermark", "hash", "people", "training", "removal"}, optional
        Keep this topic only.
    lang : str, optional
        Language of ``label``, ``setting`` and ``caveat``; the reader's language when left out.

    Returns
    -------
    DataFrame
        Indexed by ``id``. ``value`` of a ``metric`` is in ``unit``; ``ci95_low`` and ``ci95_high`` are NA where no
        interval was published; ``setting`` and ``caveat`` say where it holds.

    Raises
    ------
    ContrechampError
        For an unknown topic or language, or a malformed table.

    Examples
    --------
    A ranking can be good while the usual threshold fails:

    >>> rows = load_field_results(topic="detector")
    >>> rows.loc[["cnndetection-faceswap-ap", "cnndetection-faceswap-accuracy"], "value"].tolist()
    [89.0, 53.5]
    """
    made = frames.frame(_PACKAGE, "field_results", lang)
    if topic is None:
        return made
    if topic not in set(made["topic"]):
        raise ContrechampError(
            f"There is no topic {topic!r} in the field results. Choose among {', '.join(made['topic'].unique())}."
        )
    return made[made["topic"] == topic]


def load_table(name: str, *, lang: str | None = None) -> "pd.DataFrame":
    """Build one of the teaching tables from the statistics; every row names its records.

    Parameters
    ----------
    name : str
        ``"iwf_growth"``, ``"grok_measures"``, ``"prevalence"``, ``"human_detection"``, ``"korea"``, ``"ncmec"``,
        ``"ofcom"`` or ``"video_counts"``.
    lang : str, optional
        Language of the text columns; the reader's language when left out.

    Returns
    -------
    DataFrame
        The columns of the table, then ``records``, a tuple of ids per row. ``attrs`` also holds ``title`` and
        ``lesson``.

    Raises
    ------
    ContrechampError
        For an unknown table or language, or a malformed file.

    Examples
    --------
    >>> load_table("ofcom", lang="en")["percent"].tolist()
    [43, 14, 6]
    """
    import pandas as pd

    titles = frames.frame(_PACKAGE, "tables", lang)
    if name not in titles.index:
        raise ContrechampError(f"There is no teaching table {name!r}. Choose among {', '.join(titles.index)}.")
    statistics = load_statistics(lang=lang)
    built: dict[int, dict[str, object]] = {}
    for cell in frames.rows(_PACKAGE, "table_cells"):
        if cell["table"] == name:
            row = built.setdefault(cell["row"], {"records": ()})
            row[cell["column"]] = statistics.loc[cell["statistic"], cell["field"]]
            row["records"] = tuple(dict.fromkeys((*row["records"], cell["statistic"])))  # type: ignore[misc]
    made = pd.DataFrame([built[number] for number in sorted(built)])
    made = made[[column for column in made.columns if column != "records"] + ["records"]].convert_dtypes()
    made.attrs = statistics.attrs | {"title": titles.loc[name, "title"], "lesson": titles.loc[name, "lesson"]}
    return made


def load_sources() -> "pd.DataFrame":
    """Load the addresses that were read, one per row: table, record, url, kind (primary, press, reprint, …).

    Returns
    -------
    DataFrame
        One row per address; ``position`` counts those of one record.

    Examples
    --------
    >>> seen = load_sources()
    >>> sorted(seen.loc[seen["record"] == "sensity-2020", "kind"])
    ['primary']
    """
    return frames.frame(_PACKAGE, "sources")
