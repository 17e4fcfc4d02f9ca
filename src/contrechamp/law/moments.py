"""Moments as a notice gives them: with a time zone, or refused with a sentence that says what to write.

A clock cannot be started at a wall-clock time alone: ten in the morning is another moment in Paris than in Dublin, and
in the hour that the clocks skip or repeat it is none or two.
"""

import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _
from contrechamp.law.selection import unknown


def aware(moment: datetime.datetime | str, tz: str | None = None) -> datetime.datetime:
    """Return a moment with a time zone, from a datetime or a text in ISO form.

    Parameters
    ----------
    moment : datetime or str
        ``2026-12-02T10:00+01:00``, or without an offset when `tz` is given.
    tz : str, optional
        Name of a time zone, used when the moment has none.

    Returns
    -------
    datetime
        With a time zone.

    Raises
    ------
    ContrechampError
        When it is no moment, has no time zone, or falls into the hour that the clocks skip or repeat.
    """
    if isinstance(moment, str):
        try:
            moment = datetime.datetime.fromisoformat(moment)
        except ValueError:
            raise ContrechampError(
                _("{given} is not a date with a time. Write for example 2026-12-02T10:00+01:00.").format(
                    given=repr(moment)
                )
            ) from None
    if not isinstance(moment, datetime.datetime):
        raise ContrechampError(
            _("{given} is not a date with a time. Write for example 2026-12-02T10:00+01:00.").format(given=repr(moment))
        )
    if moment.utcoffset() is not None:
        return moment
    zone = zoned(tz)
    if zone is None:
        raise ContrechampError(
            _(
                "{given} has no time zone, and a clock needs one. "
                "Write 2026-12-02T10:00+01:00, or name the zone, for example Europe/Paris."
            ).format(given=moment.isoformat(timespec="minutes"))
        )
    return _unambiguous(moment, zone)


def _unambiguous(moment: datetime.datetime, zone: ZoneInfo) -> datetime.datetime:
    """Give a wall-clock time its zone, unless the clocks skip or repeat that hour: then ask for the offset."""
    early, late = moment.replace(tzinfo=zone, fold=0), moment.replace(tzinfo=zone, fold=1)
    if early.utcoffset() != late.utcoffset():
        raise ContrechampError(
            _("The clocks of {zone} change at {given}. Write the time with its offset, for example {example}.").format(
                zone=zone.key, given=moment.isoformat(timespec="minutes"), example=late.isoformat(timespec="minutes")
            )
        )
    return early


def zoned(tz: str | None) -> ZoneInfo | None:
    """Return a time zone by its name.

    Parameters
    ----------
    tz : str or None
        Of the IANA database, for example ``Europe/Paris``.

    Returns
    -------
    ZoneInfo or None
        None for None: the moment has an offset of its own.

    Raises
    ------
    ContrechampError
        When there is no such zone; the sentence names the nearest.
    """
    if tz is None:
        return None
    if tz not in _zones():
        raise ContrechampError(unknown(_("There is no time zone {name}."), tz, sorted(_zones())))
    return ZoneInfo(tz)


@cache  # finding them reads some six hundred files
def _zones() -> set[str]:
    return available_timezones()
