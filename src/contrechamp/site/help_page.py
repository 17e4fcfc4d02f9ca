"""The page "Help now": the card of help lines, numbers to touch, services elsewhere, traces on the device, a friend.

What it says of services comes from the table `support`; what was not seen on a service's own page says so.
"""

import re
from functools import partial
from pathlib import Path
from typing import Any

from contrechamp import language
from contrechamp.datasets import frames, help_card
from contrechamp.language import gettext
from contrechamp.site.pages import Page

_TOLD = 3  # the section of the care guide on somebody who tells you something: the fourth, in every language


def page(root: Path, lang: str) -> Page:
    """Return the page of help.

    Parameters
    ----------
    root : Path
        The checkout.
    lang : str
        Language code.
    """
    _ = partial(gettext, lang=lang)
    rows = frames.rows("awareness", "support")
    parts = [
        "# " + _("Help now"),
        _to_touch(help_card(lang=lang), rows),
        "## " + _("Outside France"),
        "\n".join(_elsewhere(rows, lang)),
        _("These are the services that we know of. Your country's may not be among them: INHOPE lists more."),
        "## " + _("Somebody told you something?"),
        _("Listen. Believe. Thank them for telling you. Do not investigate, and do not ask to see the picture."),
        _("[What to say and do if somebody tells you something](page:guide/care#{place})").format(
            place=_told(root, lang)
        ),
        "## " + _("Your traces on this device"),
        _(
            "The button “Leave this site” opens a neutral page in place of this one. It deletes nothing: the browser's "
            "history still lists the pages that you opened here, and “back” may show earlier ones."
        ),
        _(
            "A private window leaves no history, but does not hide you from a program that watches the device or from "
            "a shared account: then use another device. An emptied day can be noticed: remove only the pages of this "
            "site."
        ),
        _("On a keyboard: press the Shift key three times in a row (not Caps Lock)."),
        _(
            "Lessons that run in the browser, and files that you downloaded, have no such button: close the tab or the "
            "window."
        ),
    ]
    return Page("help", "\n\n".join(parts), "datasets/awareness/support.csv", _("Help lines and first steps"))


def _to_touch(card: str, rows: list[dict[str, Any]]) -> str:
    """Make each French number of the card a link that a telephone calls; one for text messages opens a message."""
    known = {}
    for row in rows:
        if row["country"] == "FR" and row["phone"]:
            for number in row["phone"].split(","):
                digits = re.sub(r"\D", "", number)
                known[digits] = f"{'sms' if 'SMS' in number else 'tel'}:{digits}"

    def linked(found: re.Match[str]) -> str:
        place = known.get(re.sub(r"\D", "", found[0]))
        return f"[{found[0]}]({place})" if place else found[0]

    return re.sub(r"\*\*[^*]+\*\*", lambda bold: re.sub(r"\d(?:[\d ]*\d)?", linked, bold[0]), card)


def _elsewhere(rows: list[dict[str, Any]], lang: str) -> list[str]:
    """Return the services of other countries with a web address, as a list."""
    _ = partial(gettext, lang=lang)
    places = {"UK": _("United Kingdom"), "US": _("United States"), "AU": _("Australia"), "INT": _("many countries")}
    lines = []
    for row in rows:
        if row["country"] not in places or not row["web"] or row["card_en"]:
            continue
        what = language.typeset(row.get(f"what_{lang}") or row["what_en"], lang)
        name = language.typeset(row.get(f"name_{lang}") or row["name_en"], lang)
        line = _("- **[{name}]({web})**, {place}: {what}").format(
            name=name, web=row["web"], place=places[row["country"]], what=what
        )
        if row["web_seen_on"] in ("own", "official"):
            line += " " + _("Read on {date}.").format(date=language.date(row["web_checked"], lang))
        else:
            line += " " + _("Address not yet checked on the service's own page.")
        lines.append(line)
    return lines


def _told(root: Path, lang: str) -> str:
    """Return the anchor of the section of the care guide that helps a friend."""
    from docutils.nodes import make_id

    heads = re.findall(r"^## (.+)$", (root / "guide" / lang / "care.md").read_text(encoding="utf-8"), re.MULTILINE)
    return make_id(heads[_TOLD])
