"""The state of a legal record on a given day, computed from its dates; never from the clock.

A record notes what was known on the day of the release. For any other day the dates decide: adoption, application, the
end of a period of grace, the day on which a text lapsed. A date may be known to the month or the year only; inside
such a span the answer is *start date to be checked*. A proceeding is open from its beginning to its decision, as far as
one was found: no date tells an outcome that nobody saw.
"""

import datetime
import re
from typing import Any

from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def span(text: str | None) -> tuple[datetime.date, datetime.date] | None:
    """Return the first and the last day that a date written ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD`` may mean.

    Parameters
    ----------
    text : str or None
        An ISO date of day, month or year precision.

    Returns
    -------
    tuple of datetime.date, or None
        First and last day, both included; None when the text has another form.

    Raises
    ------
    ValueError
        For a day that no calendar has, such as ``2026-02-30``.

    Examples
    --------
    >>> [day.isoformat() for day in span("2022-02")]
    ['2022-02-01', '2022-02-28']
    """
    found = _PARTIAL.fullmatch(text or "")
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None  # the pattern has it
    first = datetime.date(year, month or 1, day or 1)
    if day:
        return first, first
    after = datetime.date(year + (month in (None, 12)), 1 if month in (None, 12) else (month or 0) + 1, 1)
    return first, after - datetime.timedelta(days=1)


def as_day(day: "datetime.date | str | None", default: datetime.date) -> datetime.date:
    """Return a date given as a date or as ``YYYY-MM-DD``.

    Parameters
    ----------
    day : datetime.date, str or None
        A time of day is dropped.
    default : datetime.date
        What None means; also the example in the message.

    Returns
    -------
    datetime.date

    Raises
    ------
    ContrechampError
        For anything else; the sentence shows the form.
    """
    if day is None:
        return default
    if isinstance(day, datetime.datetime):
        return day.date()
    if isinstance(day, datetime.date):
        return day
    try:
        return datetime.date.fromisoformat(day)
    except (TypeError, ValueError):
        example = default.isoformat()
        raise ContrechampError(
            _("{given} is not a date. Write YYYY-MM-DD, for example {example}.").format(
                given=repr(day), example=example
            )
        ) from None


def status(record: dict[str, Any], day: datetime.date) -> str:
    """Return the code of the state of a record on a day, as far as the records of the release know.

    Parameters
    ----------
    record : dict
        ``recorded_status``, ``adopted``, ``applies_from``, ``transposition_deadline``, ``grace_until``, ``ended`` and
        ``seen_in_force`` of a row of ``provisions.csv``; None where unknown.
    day : date
        The day asked. After the release it is what the records of the release foresee.

    Returns
    -------
    str
        A code of the list ``status`` of ``terms.csv``.

    Examples
    --------
    >>> ban = {"recorded_status": "adopted_not_yet_applicable", "adopted": "2026-07-08", "applies_from": "2026-12-02"}
    >>> [status(ban, datetime.date(2026, 12, day)) for day in (1, 2)]
    ['adopted_not_yet_applicable', 'in_force']
    """
    recorded = record["recorded_status"]
    adopted, ended = span(record.get("adopted")), span(record.get("ended"))
    if adopted and day < adopted[0]:
        return "not_yet"
    if recorded in ("open", "decided"):
        return recorded if adopted or recorded == "decided" else "unknown"
    if recorded == "proposed":
        return "proposed"
    if recorded == "lapsed":
        return _lapsed(record, day, adopted, ended)
    return _applying(record, day, adopted)


def proceeding(record: dict[str, Any], day: datetime.date) -> str:
    """Return the code of the state of a proceeding on a day, as far as the records of the release know.

    Parameters
    ----------
    record : dict
        ``recorded_status``, ``opened`` and ``decided`` of a row of ``proceedings.csv``; None where unknown.
    day : date
        The day asked. For a day after the release the answer is the last that was found, and not news.

    Returns
    -------
    str
        ``not_yet``, ``open``, ``partly_decided`` or ``decided``; ``unknown`` inside a month or a year in which it began
        or was decided on a day not recorded, and before a decision whose beginning is not recorded.

    Examples
    --------
    >>> partly = {"recorded_status": "partly_decided", "opened": "2023-12-18", "decided": "2025-12-05"}
    >>> [proceeding(partly, datetime.date(2025, 12, day)) for day in (4, 5)]
    ['open', 'partly_decided']
    """
    opened, decided = span(record.get("opened")), span(record.get("decided"))
    if opened and day < opened[0]:
        return "not_yet"
    if decided and day >= decided[1]:
        return str(record["recorded_status"])
    if opened is None or day < opened[1] or (decided and day >= decided[0]):
        return "unknown"
    return "open"


def _lapsed(record: dict[str, Any], day: datetime.date, adopted: Any, ended: Any) -> str:
    """Say what a text, a block or a bill was before it ended, and `lapsed` after."""
    if ended is None or day > ended[1]:
        return "lapsed"
    if day >= ended[0]:  # somewhere in the span in which it ended, that day included
        return "lapsed" if ended[0] == ended[1] else "unknown"
    applies = span(record.get("applies_from"))
    if applies and day >= applies[1]:
        return "in_force"
    return "adopted_not_yet_applicable" if adopted and applies else "proposed"


def _applying(record: dict[str, Any], day: datetime.date, adopted: Any) -> str:
    """Say whether a text adopted applies on a day."""
    applies = span(record.get("applies_from"))
    if applies is None:
        seen = span(record.get("seen_in_force"))
        if record["recorded_status"] != "in_force":
            return "adopted_not_yet_applicable"
        return "in_force" if seen and day >= seen[1] else "start_to_check"
    if day < applies[0]:
        return "adopted_not_yet_applicable" if adopted and day >= adopted[1] else "not_yet"
    if day < applies[1]:
        return "start_to_check"
    if record.get("transposition_deadline") and str(record["transposition_deadline"]) == record["applies_from"]:
        return "transposition_due"
    grace = record.get("grace_until")
    return "in_force_grace" if grace and day < _day(grace) else "in_force"


def _day(value: Any) -> datetime.date:
    return value if isinstance(value, datetime.date) else datetime.date.fromisoformat(value)
