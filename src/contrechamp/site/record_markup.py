"""How a record of the awareness data stands on a page: its heading, what is known of it, where it comes from.

Each record has its id as anchor and shows a permanent link to itself. A text without a translation stays English and is
marked so. Records of grade C are never shown.
"""

import html
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from contrechamp import language
from contrechamp.datasets import frames
from contrechamp.language import gettext

Record = Mapping[str, Any]
#: A line of a record: what it says, HTML of what is said, the attribute of its language.
Line = tuple[str, str, str]
_GRADES = ("A", "B")


def shown(table: str) -> tuple[list[dict[str, Any]], int]:
    """Return the records of a table that may be shown, and how many of grade C were left out."""
    every = frames.rows("awareness", table)
    kept = [record for record in every if record["grade"] in _GRADES]
    return kept, len(every) - len(kept)


def care(lang: str) -> str:
    """Return the line at the top of a page of records: for whom it is, what it speaks of, and where help is."""
    return gettext(
        "From the age of 16. These records speak, in words and numbers, of sexual pictures of people made or shared "
        "without their consent, and of child sexual abuse material. There is no picture here. [Help](page:help)",
        lang,
    )


def box(ident: str, heading: tuple[str, str], value: str, lines: Iterable[Line], lang: str) -> str:
    """Return one record as HTML.

    Parameters
    ----------
    ident : str
        Its id, which is the anchor.
    heading : (str, str)
        HTML of the heading, and the attribute of its language.
    value : str
        What stands out below it, as text; may be empty.
    lines : iterable of (str, str, str)
        What is known, in order.
    lang : str
        Language of the page.
    """
    name = html.escape(ident)
    rows = "\n".join(f"<div><dt>{html.escape(head)}</dt><dd{marked}>{text}</dd></div>" for head, text, marked in lines)
    link = html.escape(gettext("Permanent link to record {item}", lang).format(item=ident))
    out = f'<p class="cc-value">{html.escape(value)}</p>\n' if value else ""
    return f"""<section class="cc-record" id="{name}" aria-labelledby="{name}-label">
<h3 id="{name}-label"{heading[1]}>{heading[0]}</h3>
{out}<dl>
{rows}
</dl>
<p><a class="cc-permanent" href="#{name}">{link}</a></p>
</section>"""


def line(head: str, record: Record, name: str, lang: str) -> list[Line]:
    """Return the line of a field that is written in languages; no line where it is empty."""
    return [(head, said(record, name, lang), mark(record, name, lang))] if record[f"{name}_en"] else []


def origin(table: str, record: Record, lang: str, publisher: str, also: str = "") -> list[Line]:
    """Return the lines on where a record comes from: source with its address, report read, grade, date of the check.

    Parameters
    ----------
    table : str
        The table of the awareness data in which the record stands.
    record : mapping
        With ``id``, ``print_source``, ``grade`` and ``checked``.
    lang : str
        Language of the page.
    publisher : str
        Who published it, as text; may be empty.
    also : str
        HTML of where else it stands.
    """
    _ = partial(gettext, lang=lang)
    address = record["print_source"]
    if address:
        site = urlsplit(address).netloc.removeprefix("www.")
        where = f'<a href="{html.escape(address)}" rel="noreferrer">{html.escape(site)}</a>'
    else:
        where = html.escape(_("no page fit to be printed was seen"))
    source = ", ".join(part for part in (html.escape(publisher), where, also) if part)
    checked = language.date(record["checked"], lang)
    grade = _("{grade}, checked on {date}").format(grade=record["grade"], date=checked)
    report = [(_("Report read"), html.escape(reports(table, record["id"], lang)), "")] if record["grade"] == "B" else []
    return [(_("Source"), source, ""), *report, (_("Grade"), grade, "")]


def reports(table: str, name: str, lang: str) -> str:
    """Return the sites in which a record of grade B was read, each with its kind.

    A page that only collects the texts of others is not named: it may be gone or rewritten tomorrow, and vouches for
    nothing.

    Parameters
    ----------
    table, name : str
        Table and id of the record.
    lang : str
        Language of the words.

    Examples
    --------
    >>> reports("statistics", "iwf-2024-items", "en")
    'riskatlas.principle.sg (summary of others, often automatic)'
    """
    kinds = _kinds(lang)
    found: dict[str, str] = {}
    for read in frames.rows("awareness", "sources"):
        if (read["table"], read["record"]) == (table, name) and read["kind"] != "aggregator":
            site = urlsplit(read["url"]).netloc.removeprefix("www.")
            found.setdefault(site, f"{site} ({kinds[read['kind']]})")
    return ", ".join(found.values()) or gettext(
        "a page that collects the texts of others; its address stands in sources.csv", lang
    )


def _kinds(lang: str) -> dict[str, str]:
    """Return the words of the kinds of sources that are named."""
    _ = partial(gettext, lang=lang)
    return {
        "primary": _("page of the publisher"), "abstract": _("abstract"), "official": _("public body"),
        "press": _("press"), "reprint": _("reprint"), "reference": _("law or literature database"),
        "digest": _("summary of others, often automatic"),
    }  # fmt: skip


def number(record: Record, unit: str, lang: str) -> str:
    """Return the value of a record with its qualifier and its unit.

    Parameters
    ----------
    record : mapping
        With ``value``, ``unit`` and ``qualifier``; a finding in words has no value.
    unit : str
        Words of the unit; per cent has its sign.
    lang : str
        Language of the page.
    """
    _ = partial(gettext, lang=lang)
    if record["value"] is None:
        return _("A finding in words, without a number of its own")
    exact = {
        "about": _("about {value}"), "over": _("over {value}"), "almost": _("almost {value}"),
        "at_least": _("at least {value}"), "up_to": _("up to {value}"), None: "{value}",
    }  # fmt: skip
    if record["unit"] == "percent":
        text = language.percent(record["value"], lang)
    else:
        text = f"{language.number(record['value'], lang)} {unit}".strip()
    return exact[record["qualifier"]].format(value=text)


def said(record: Record, name: str, lang: str) -> str:
    """Return a text of a record as HTML, in English where it is not translated."""
    own = record.get(f"{name}_{lang}")
    return html.escape(language.typeset(own or record[f"{name}_en"], lang if own else "en"))


def mark(record: Record, name: str, lang: str) -> str:
    """Return the attribute that says that a text is English on a page of another language."""
    return "" if record.get(f"{name}_{lang}") else ' lang="en"'
