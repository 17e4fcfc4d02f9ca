"""The card of help lines that every lesson on harm carries; ``{{ help:card }}`` in a source becomes this text.

It says of each number and address whether it was read on the service's own page, and when. It must stay short: a list
that a screen reader reads in a minute, emergency first.
"""

import datetime
from typing import Any

from contrechamp import language
from contrechamp.datasets import frames
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _

_COUNTRIES = ("FR",)
_FIRM = ("own", "official")


def help_card(country: str = "FR", lang: str | None = None) -> str:
    """Return the card of help lines as Markdown: services, each with its date of check, then the first steps.

    Services and steps are those with words in ``card_en`` and ``card_fr`` of ``support.csv`` and ``first_steps.csv``,
    in the order of the files.

    Parameters
    ----------
    country : {"FR"}
        Whose help lines. A further country needs local facts, written anew.
    lang : str, optional
        Language of the card; the reader's language when left out.

    Raises
    ------
    ContrechampError
        When there is no card for the country.

    Examples
    --------
    >>> card = help_card(lang="en").splitlines()
    >>> card[2].endswith("Number checked on 23 November 2026, on an official page.")
    True
    """
    if country not in _COUNTRIES:
        raise ContrechampError(
            f"There is no help-line card for {country!r} yet. Known: {', '.join(_COUNTRIES)}. "
            "Its facts must be written by people of the country."
        )
    lang = lang or language.current()
    services = [row for row in frames.rows("awareness", "support") if row["card_en"]]
    steps = [row for row in frames.rows("awareness", "first_steps") if row["card_en"]]
    lines = [_("**If this has happened to you or to someone you know (France)**", lang), ""]
    lines += [_service(row, lang) for row in services if row["country"] in (country, "INT")]
    lines += [f"- {_words(row, 'card', lang)}" for row in sorted(steps, key=lambda row: row["position"])]
    lines.append(_("- Each date says when we read a stored copy of the page: numbers and hours can change.", lang))
    return "\n".join(lines)


def _service(row: dict[str, Any], lang: str) -> str:
    """Write one service: what it is for, its hours where they were seen, and what was checked."""
    name, about = _words(row, "name", lang), _words(row, "card", lang)
    if not row["phone"] and row["web"]:
        name = f"[{name}]({row['web']})"
    line = _("- **{name}**: {about}.", lang).format(name=name, about=about)
    return " ".join([line, *_hours(row, lang), _status(row, "phone" if row["phone"] else "web", lang)])


def _hours(row: dict[str, Any], lang: str) -> list[str]:
    if not row["hours_en"]:
        return []
    said = _("Hours: {hours}.", lang)
    if row["hours_seen_on"] not in _FIRM:
        said = _("Hours not yet checked on the service's own page: {hours}.", lang)
    return [said.format(hours=_words(row, "hours", lang))]


def _status(row: dict[str, Any], field: str, lang: str) -> str:
    checked: datetime.date | None = row[f"{field}_checked"]
    where = row[f"{field}_seen_on"] if checked else "other"
    said = {
        ("phone", "own"): _("Number checked on {date}.", lang),
        ("phone", "official"): _("Number checked on {date}, on an official page.", lang),
        ("phone", "other"): _("Number not yet checked on the service's own page.", lang),
        ("web", "own"): _("Address checked on {date}.", lang),
        ("web", "official"): _("Address checked on {date}, on an official page.", lang),
        ("web", "other"): _("Address not yet checked on the service's own page.", lang),
    }[field, where]
    return said.format(date=language.date(checked, lang) if checked else "")


def _words(row: dict[str, Any], name: str, lang: str) -> str:
    return language.typeset(row.get(f"{name}_{lang}") or row[f"{name}_en"], lang)
