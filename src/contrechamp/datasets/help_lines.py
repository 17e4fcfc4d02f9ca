"""The card of help lines that every lesson on harm carries; ``{{ help:card }}`` in a source becomes this text.

Five numbered lines in the order in which they are needed, at night too: no fault, danger, who answers at which hour,
what to write down, what takes the picture down and what each service receives. It says which number, hour or address
was not yet read on the service's own or an official page. It must stay short: a screen reader reads it aloud.
"""

import datetime
from collections.abc import Iterator
from functools import partial
from typing import Any

from contrechamp import language
from contrechamp.datasets import frames
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext

_COUNTRIES = ("FR",)
_FIRM = ("own", "official")
_ALWAYS = "day and night, every day"  # the words of support.csv for a line that never closes


def help_card(country: str = "FR", lang: str | None = None) -> str:
    """Return the card of help lines as Markdown: five steps, the services under them, and the dates of the check.

    Services and steps are those with words in ``card_en`` and ``card_fr`` of ``support.csv`` and ``first_steps.csv``,
    in the order of the files; lines that answer day and night come before the others.

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
    '2. **17 / 112 / 114 (text message)**: in danger now, you or a child? Call, or write to 114.'
    """
    if country not in _COUNTRIES:
        raise ContrechampError(
            f"There is no help-line card for {country!r} yet. Known: {', '.join(_COUNTRIES)}. "
            "Its facts must be written by people of the country."
        )
    lang = lang or language.current()
    _ = partial(gettext, lang=lang)
    services = [
        row for row in frames.rows("awareness", "support") if row["card_en"] and row["country"] in (country, "INT")
    ]
    steps = sorted(frames.rows("awareness", "first_steps"), key=lambda row: row["position"])
    first, write_down, take_down = [_words(row, "card", lang) for row in steps if row["card_en"]]
    somebody = _(
        "**Somebody to talk to**, free. Nobody answers? Try another number; what follows can be done at any hour."
    )
    parts = [
        ([first], []),
        ([_service(row, lang) for row in services if row["kind"] == "emergency"], []),
        ([somebody], list(_by_hour([row for row in services if row["kind"] == "support"], lang))),
        ([write_down], []),
        ([take_down], [_service(row, lang) for row in services if row["kind"] in ("removal", "reporting")]),
    ]
    lines = [
        _(
            "**An intimate picture of you or of a friend, true or false, is going round, or somebody threatens to show "
            "one? (France)**"
        ),
        "",
    ]
    for number, (said, under) in enumerate(parts, start=1):
        lines += [f"{number}. {' '.join(said)}", *(f"   - {line}" for line in under)]
    return "\n".join([*lines, "", _dates(services, lang)])


def _by_hour(services: list[dict[str, Any]], lang: str) -> Iterator[str]:
    """Write one line for all numbers with the same hours, those that always answer first."""
    _ = partial(gettext, lang=lang)
    always = [row for row in services if row["hours_en"] == _ALWAYS]
    together: dict[str, list[str]] = {}
    for row in [*always, *(row for row in services if row not in always)]:
        about = "; ".join([_words(row, "card", lang), *_doubt(row, lang)])
        number = _("**{number}** ({about})").format(number=row["phone"], about=about)
        together.setdefault(_hours(row, lang), []).append(number)
    for hours, numbers in together.items():
        yield _("{hours}: {numbers}").format(hours=hours, numbers=", ".join(numbers))


def _service(row: dict[str, Any], lang: str) -> str:
    """Write one service: what it is for, what it receives, and a doubt where one is due."""
    name, about = _words(row, "name", lang), _words(row, "card", lang)
    if not row["phone"]:
        name = f"[{name}]({row['form'] or row['web']})"
    line = gettext("**{name}**: {about}.", lang).format(name=name, about=about)
    return " ".join([line, *(f"({doubt})" for doubt in _doubt(row, lang))])


def _hours(row: dict[str, Any], lang: str) -> str:
    if not row["hours_en"]:
        return gettext("hours not known", lang)
    if row["hours_seen_on"] in _FIRM:
        return _words(row, "hours", lang)
    said = gettext("{hours} (hours not yet checked on the service's own page)", lang)
    return said.format(hours=_words(row, "hours", lang))


def _doubt(row: dict[str, Any], lang: str) -> list[str]:
    if _checked(row):
        return []
    if row["phone"]:
        return [gettext("number not yet checked on the service's own page", lang)]
    return [gettext("address not yet checked on the service's own page", lang)]


def _dates(services: list[dict[str, Any]], lang: str) -> str:
    """Say once, for the whole card, when it was checked."""
    dates = sorted(date for row in services if (date := _checked(row)))
    said = gettext(
        "Checked from {first} to {last} on stored copies of the services' own or official pages. Numbers change.", lang
    )
    return said.format(first=language.date(dates[0], lang), last=language.date(dates[-1], lang))


def _checked(row: dict[str, Any]) -> datetime.date | None:
    """Return when the number, or else the address, was read on the service's own or an official page."""
    field = next(field for field in ("phone", "form", "web") if row[field])
    return row[f"{field}_checked"] if row[f"{field}_seen_on"] in _FIRM else None


def _words(row: dict[str, Any], name: str, lang: str) -> str:
    return language.typeset(row.get(f"{name}_{lang}") or row[f"{name}_en"], lang)
