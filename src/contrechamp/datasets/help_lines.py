"""The card of help lines that every lesson on harm carries; ``{{ help:card }}`` in a source becomes this text.

It says which number or address was not yet read on the service's own or an official page, and when the others were.
It must stay short: a list that a screen reader reads in a minute. What matters most to hear comes first, then the
emergency numbers.
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
    """Return the card of help lines as Markdown: services, the first steps, and the dates of the check.

    Services and steps are those with words in ``card_en`` and ``card_fr`` of ``support.csv`` and ``first_steps.csv``,
    in the order of the files.

    Parameters
    ----------
    country : {"FR"}
        Whose help lines. A further country needs local facts, written anew.
    lang : str, optional
        Language of the card; the reader's language when left out.

    Returns
    -------
    str
        Markdown: a line in bold, an empty line, then a list.

    Raises
    ------
    ContrechampError
        When there is no card for the country.

    Examples
    --------
    >>> card = help_card(lang="en").splitlines()
    >>> card[3]
    '- **17 / 112 / 114 (text message)**: immediate danger, to you or to a child: call, or write a text message to 114.'
    """
    if country not in _COUNTRIES:
        raise ContrechampError(
            f"There is no help-line card for {country!r} yet. Known: {', '.join(_COUNTRIES)}. "
            "Its facts must be written by people of the country."
        )
    lang = lang or language.current()
    services = [
        row for row in frames.rows("awareness", "support") if row["card_en"] and row["country"] in (country, "INT")
    ]
    steps = sorted(frames.rows("awareness", "first_steps"), key=lambda row: row["position"])
    first, *rest = [f"- {_words(row, 'card', lang)}" for row in steps if row["card_en"]]
    lines = [_("**If this has happened to you or to someone you know (France)**", lang), ""]
    lines += [first, *(_service(row, lang) for row in services), *rest, _dates(services, lang)]
    return "\n".join(lines)


def _service(row: dict[str, Any], lang: str) -> str:
    """Write one service: what it is for, its hours, and a doubt where one is due."""
    name, about = _words(row, "name", lang), _words(row, "card", lang)
    if not row["phone"] and row["web"]:
        name = f"[{name}]({row['web']})"
    line = _("- **{name}**: {about}.", lang).format(name=name, about=about)
    return " ".join([line, *_hours(row, lang), *_doubt(row, lang)])


def _hours(row: dict[str, Any], lang: str) -> list[str]:
    if not row["hours_en"]:
        return []
    said = _("Hours: {hours}.", lang)
    if row["hours_seen_on"] not in _FIRM:
        said = _("Hours, not yet checked on the service's own page: {hours}.", lang)
    return [said.format(hours=_words(row, "hours", lang))]


def _doubt(row: dict[str, Any], lang: str) -> list[str]:
    if _checked(row):
        return []
    if row["phone"]:
        return [_("Number not yet checked on the service's own page.", lang)]
    return [_("Address not yet checked on the service's own page.", lang)]


def _dates(services: list[dict[str, Any]], lang: str) -> str:
    """Say once, for the whole card, when it was checked."""
    dates = sorted(date for row in services if (date := _checked(row)))
    said = _(
        "- Checked from {first} to {last} on stored copies of the services' own or official pages. Numbers change.",
        lang,
    )
    return said.format(first=language.date(dates[0], lang), last=language.date(dates[-1], lang))


def _checked(row: dict[str, Any]) -> datetime.date | None:
    """Return when the number, or else the address, was read on the service's own or an official page."""
    field = "phone" if row["phone"] else "web"
    return row[f"{field}_checked"] if row[f"{field}_seen_on"] in _FIRM else None


def _words(row: dict[str, Any], name: str, lang: str) -> str:
    return language.typeset(row.get(f"{name}_{lang}") or row[f"{name}_en"], lang)
