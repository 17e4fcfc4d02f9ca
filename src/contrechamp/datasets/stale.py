"""Which records were last checked too long ago: the only place of the course that asks the clock.

Lessons, tables and tests judge age and status against the release's ``as_of``. This list is for maintainers, before a
release; it warns and never fails.
"""

import datetime

from contrechamp.datasets import frames, store
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _

#: Days after which a record wants another look. Numbers of help lines change first, laws next, published figures last.
LIMITS = {
    ("awareness", "support"): 90,
    ("awareness", "first_steps"): 90,
    ("law", "proceedings"): 90,
    ("law", "provisions"): 180,
    ("awareness", "statistics"): 365,
    ("awareness", "timeline"): 365,
    ("awareness", "claims"): 365,
    ("awareness", "references"): 365,
    ("awareness", "field_results"): 365,
}


def main(days: int | None = None) -> int:
    """Print the records whose last check is older than their limit, and return 0.

    Parameters
    ----------
    days : int, optional
        One limit for all tables, in place of 90 days for help lines, 180 for law, 365 for the rest.

    Returns
    -------
    int
        Exit status, always 0: the list warns and never fails.

    Raises
    ------
    ContrechampError
        When `days` is negative, or a table is malformed.
    """
    if days is not None and days < 0:
        raise ContrechampError(_("The number of days must be zero or more."))
    today = datetime.datetime.now(tz=datetime.UTC).date()
    found = 0
    for (package, table), limit in LIMITS.items():
        old = overdue(package, table, today, limit if days is None else days)
        found += len(old)
        for record, age in old:
            print(_("{table}: {record} was last checked {age} days ago.").format(table=table, record=record, age=age))
    for record, fields in unchecked():
        print(
            _("support: {record}, not yet read on the service's own page: {fields}.").format(
                record=record, fields=fields
            )
        )
    if found:
        print(_("{count} records want another look. Check the sources, then change the dates.").format(count=found))
    else:
        print(_("No record is older than its limit."))
    return 0


def overdue(package: str, table: str, today: datetime.date, limit: int) -> list[tuple[str, int]]:
    """Return the records of a table that were checked too long ago.

    Parameters
    ----------
    package, table : str
        A table that this version of the course does not have yet gives an empty list.
    today : datetime.date
    limit : int
        Days; a check of exactly so many days ago still holds.

    Returns
    -------
    list of (str, int)
        Id, and days since the check. In a row with several dates of check (help lines have one per field) the oldest
        counts.
    """
    try:
        store.path(f"{package}/datapackage.json")
    except ContrechampError:
        return []
    old = []
    for row in frames.rows(package, table):
        dates = [value for name, value in row.items() if name.endswith("checked") and value is not None]
        age = (today - min(dates)).days if dates else 0
        if age > limit:
            old.append((row["id"], age))
    return old


def unchecked() -> list[tuple[str, str]]:
    """Return the help lines with a field that nobody read on the service's own page.

    Returns
    -------
    list of (str, str)
        Id, and the names of the fields.
    """
    found = []
    for row in frames.rows("awareness", "support"):
        fields = [name.removesuffix("_seen_on") for name, value in row.items() if value == "other"]
        if fields:
            found.append((row["id"], ", ".join(fields)))
    return found
