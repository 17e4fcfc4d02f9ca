"""Who must have done what, by when: the clocks of the records, applied to a moment with a time zone.

A removal, an acknowledgement, a decision and a request of the police are different clocks and different functions.
Where the text has words and no number (*without undue delay*), no moment is computed. Hours are elapsed time, so the
change to winter time does not lengthen them. Days and months are counted on the calendar of the notice: how a court
counts them (first day, holidays) was not read. Not legal advice.
"""

import calendar
import datetime
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from contrechamp import language
from contrechamp.datasets import frames, law_status
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _
from contrechamp.law.moments import aware, zoned
from contrechamp.law.selection import unknown

_APPLIES = ("in_force", "in_force_grace")


@dataclass(frozen=True)
class Deadline:
    """One clock of one provision, started at one moment.

    Attributes
    ----------
    provision, clock : str
        Which rule, and which of its clocks: a code of the list ``clock`` of `load_law_terms`.
    actor : str
        Who must act.
    starts : str
        What starts the clock, in the reader's language.
    started : datetime
        The moment given, with its time zone.
    due : datetime or None
        The end, in the zone of the notice; None where the text has no number, or the rule did not apply that day.
    amount, unit : int or None, str or None
        The number of the text and its unit: hours, days or months.
    words : str
        The words of the text that qualify the number or stand in its place; empty when there are none.
    note : str
        What the clock is not.
    status : str
        The state of the rule on the day of the notice.
    grade : str
        Grade of the record.
    """

    provision: str
    clock: str
    actor: str
    starts: str
    started: datetime.datetime
    due: datetime.datetime | None
    amount: int | None
    unit: str | None
    words: str
    note: str
    status: str
    grade: str


def removal_deadline(
    provision: str, notified_at: datetime.datetime | str, *, tz: str | None = None, lang: str | None = None
) -> Deadline:
    """Return by when the content must have been removed.

    Parameters
    ----------
    provision : str
        Id of a record that has a removal clock.
    notified_at : datetime or str
        When the notice was received, with a time zone: ``2026-12-02T10:00+01:00``.
    tz : str, optional
        Zone of `notified_at` when it has none, and of the answer, for example ``"Europe/Paris"``.
    lang : str, optional
        Language of the words; the reader's language when left out.

    Returns
    -------
    Deadline
        `due` is None where the text has words and no number.

    Raises
    ------
    ContrechampError
        For an unknown record, a moment without a time zone, or a record whose clocks are of another kind.

    Examples
    --------
    Forty-eight hours stay forty-eight hours through the night in which the clocks go back:

    >>> removal_deadline("gb-osa-48h", "2026-10-24T12:00", tz="Europe/London").due.isoformat()
    '2026-10-26T11:00:00+00:00'

    The Digital Services Act has no number of hours, and none is computed:

    >>> found = removal_deadline("eu-dsa-6-8", "2026-12-02T10:00+01:00", lang="en")
    >>> found.due, found.words
    (None, 'expeditiously')
    """
    return _one(provision, "removal", notified_at, tz, lang)


def acknowledgement_deadline(
    provision: str, notified_at: datetime.datetime | str, *, tz: str | None = None, lang: str | None = None
) -> Deadline:
    """Return by when the platform must say that it received the notice; parameters as for `removal_deadline`.

    Parameters
    ----------
    provision : str
        Id of a record that has such a clock.
    notified_at : datetime or str
        When the notice was received, with a time zone.
    tz : str, optional
        Zone of `notified_at` when it has none, and of the answer.
    lang : str, optional
        Language of the words; the reader's language when left out.

    Returns
    -------
    Deadline
        `due` is None where the text has words and no number.

    Raises
    ------
    ContrechampError
        For an unknown record, a moment without a time zone, or a record whose clocks are of another kind.

    Examples
    --------
    California's forty-eight hours are these, and no removal:

    >>> acknowledgement_deadline("us-ca-sb981", "2026-12-02T10:00-08:00").due.isoformat()
    '2026-12-04T10:00:00-08:00'
    """
    return _one(provision, "acknowledgement", notified_at, tz, lang)


def decision_deadline(
    provision: str, notified_at: datetime.datetime | str, *, tz: str | None = None, lang: str | None = None
) -> Deadline:
    """Return by when the platform or authority must decide; parameters as for `removal_deadline`.

    Parameters
    ----------
    provision : str
        Id of a record that has such a clock.
    notified_at : datetime or str
        When the notice was received, with a time zone.
    tz : str, optional
        Zone of `notified_at` when it has none, and of the answer.
    lang : str, optional
        Language of the words; the reader's language when left out.

    Returns
    -------
    Deadline
        `due` is None where the text has words and no number.

    Raises
    ------
    ContrechampError
        For an unknown record, a moment without a time zone, or a record whose clocks are of another kind.
    """
    return _one(provision, "decision", notified_at, tz, lang)


def police_request_deadline(
    provision: str, requested_at: datetime.datetime | str, *, tz: str | None = None, lang: str | None = None
) -> Deadline:
    """Return by when a request of the police must have been met; the clock starts with the police, not with a person.

    Parameters
    ----------
    provision : str
        Id of a record that has such a clock.
    requested_at : datetime or str
        When the request of the police was received, with a time zone.
    tz : str, optional
        Zone of `requested_at` when it has none, and of the answer.
    lang : str, optional
        Language of the words; the reader's language when left out.

    Returns
    -------
    Deadline
        `due` is None where the text has words and no number.

    Raises
    ------
    ContrechampError
        For an unknown record, a moment without a time zone, or a record whose clocks are of another kind.

    Examples
    --------
    >>> police_request_deadline("fr-lcen-6-1", "2026-12-02T10:00", tz="Europe/Paris").due.isoformat()
    '2026-12-03T10:00:00+01:00'
    """
    return _one(provision, "police_request", requested_at, tz, lang)


def deadlines(
    provision: str, started_at: datetime.datetime | str, *, tz: str | None = None, lang: str | None = None
) -> list[Deadline]:
    """Return every clock of a provision, each counted from `started_at` as if its own start had come at that moment.

    Parameters
    ----------
    provision, started_at, tz, lang
        As for `removal_deadline`. Each clock says what starts it (`starts`): they seldom start together.

    Returns
    -------
    list of Deadline
        In the order of the table; empty where the provision has no clock.

    Examples
    --------
    >>> [(found.clock, found.amount, found.unit) for found in deadlines("us-ca-sb981", "2026-12-02T10:00-08:00")][:2]
    [('acknowledgement', 48, 'hours'), ('update', 7, 'days')]
    """
    moment, zone = aware(started_at, tz), zoned(tz)
    about = _provision(provision, moment)
    spoken = "fr" if (lang or language.current()) == "fr" else "en"
    rows = [row for row in frames.rows("law", "clocks") if row["provision"] == provision]
    return [_started(row, moment, zone, about, spoken) for row in rows]


def _one(provision: str, clock: str, moment: Any, tz: str | None, lang: str | None) -> Deadline:
    found = deadlines(provision, moment, tz=tz, lang=lang)
    for deadline in found:
        if deadline.clock == clock:
            return deadline
    wanted, has = _word(clock, lang), ", ".join(_word(deadline.clock, lang) for deadline in found)
    if has:
        raise ContrechampError(
            _("{provision} has no clock of the kind: {wanted}. It has: {has}.").format(
                provision=provision, wanted=wanted, has=has
            )
        )
    with_it = sorted({row["provision"] for row in frames.rows("law", "clocks") if row["clock"] == clock})
    raise ContrechampError(
        _("{provision} has no clock in the records. With a clock of the kind {wanted}: {names}.").format(
            provision=provision, wanted=wanted, names=", ".join(with_it)
        )
    )


def _started(
    row: dict[str, Any], moment: datetime.datetime, zone: ZoneInfo | None, about: dict[str, Any], lang: str
) -> Deadline:
    due = None
    if row["amount"] is not None and about["status"] in _APPLIES:
        due = _add(moment if zone is None else moment.astimezone(zone), row["amount"], row["unit"])
    return Deadline(
        provision=row["provision"],
        clock=row["clock"],
        actor=row["actor"],
        starts=row[f"starts_{lang}"],
        started=moment if zone is None else moment.astimezone(zone),
        due=due,
        amount=row["amount"],
        unit=row["unit"],
        words=row[f"words_{lang}"] or "",
        note=row[f"note_{lang}"] or "",
        status=about["status"],
        grade=row["grade"],
    )


def _add(moment: datetime.datetime, amount: int, unit: str) -> datetime.datetime:
    """Add hours as elapsed time, days and months on the calendar of the moment's zone."""
    zone = moment.tzinfo
    if unit == "hours":
        return (moment.astimezone(datetime.UTC) + datetime.timedelta(hours=amount)).astimezone(zone)
    if unit == "days":
        day = moment.date() + datetime.timedelta(days=amount)
    else:
        years, month = divmod(moment.month - 1 + amount, 12)
        last = calendar.monthrange(moment.year + years, month + 1)[1]
        day = datetime.date(moment.year + years, month + 1, min(moment.day, last))
    wall = datetime.datetime.combine(day, moment.time(), tzinfo=zone)
    # Through UTC and back: a time that the clocks skip that day becomes the one they show instead.
    return wall.astimezone(datetime.UTC).astimezone(zone)


def _provision(provision: str, moment: datetime.datetime) -> dict[str, Any]:
    records = {row["id"]: row for row in frames.rows("law", "provisions")}
    if provision not in records:
        raise ContrechampError(unknown(_("There is no provision {name}."), provision, list(records)))
    return {"status": law_status.status(records[provision], moment.date())}


def _word(clock: str, lang: str | None) -> str:
    """Return the name of a kind of clock in the reader's language; without pandas, which a browser has not."""
    spoken = "fr" if (lang or language.current()) == "fr" else "en"
    terms = {row["code"]: row for row in frames.rows("law", "terms") if row["list"] == "clock"}
    return str(terms[clock][f"name_{spoken}"] or terms[clock]["name_en"])
