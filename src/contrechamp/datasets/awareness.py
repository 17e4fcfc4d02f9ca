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


def load_sources() -> "pd.DataFrame":
    """Load the addresses that were read, one per row: table, record, url, kind (primary, press, reprint, …).

    Examples
    --------
    >>> seen = load_sources()
    >>> sorted(seen.loc[seen["record"] == "sensity-2020", "kind"])
    ['primary']
    """
    return frames.frame(_PACKAGE, "sources")
