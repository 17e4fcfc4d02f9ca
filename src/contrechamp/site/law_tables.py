"""The records of law as HTML tables, one for each place, with an anchor for each record."""

from urllib.parse import urlsplit

from contrechamp.site.law_markup import line, link, row, table, text
from contrechamp.site.law_records import Records, Row
from contrechamp.site.law_words import ceiling


def place(name: str, records: Records) -> str:
    """Return the table of the provisions of a jurisdiction; empty when none may be shown.

    Parameters
    ----------
    name : str
        Code of the jurisdiction.
    records : Records
        The records in the language of the page.
    """
    rows = records.of_place(name)
    if not rows:
        return ""
    _, heads = records.word, _heads(records)
    title = _("Records of {place}").format(place=records.places[name])
    body = [row(heads, _cells(made, records), {"id": made["id"], "data-record": ""}) for made in rows]
    return f'<div class="law-place" id="place-{text(name)}">\n{table(title, heads, body, hide_title=True)}\n</div>'


def proceedings(records: Records) -> str:
    """Return the table of the cases and inquiries on the event of winter 2025-26."""
    _ = records.word
    heads = [_("Who leads it"), _("What it is about"), _("What was found"), _("State and dates"), _("Grade and source")]
    body = [
        row(heads, _proceeding(made, records), {"id": made["id"], "data-record": ""}) for made in records.proceedings
    ]
    title = _("Proceedings and inquiries on the event of winter 2025-26")
    return f'<div class="law-place" id="proceedings">\n{table(title, heads, body, hide_title=True)}\n</div>'


def _heads(records: Records) -> list[str]:
    _ = records.word
    first = [_("Text"), _("What it says"), _("What it deals with")]
    return [*first, _("Ceiling"), _("State and dates"), _("Grade and source")]


def _cells(made: Row, records: Records) -> list[str]:
    return [column(made, records) for column in (_text, _says, _about, _ceilings, _state, _source)]


def _text(made: Row, records: Records) -> str:
    return _named(made, records.said(made, "title"), records)


def _named(made: Row, below: str, records: Records) -> str:
    """Return how a record is quoted, a line below, and its code as a link to itself."""
    return (
        f'<span class="law-cite">{text(records.cite(made))}</span><span class="law-title">{text(below)}</span>'
        f'<a class="law-id" href="#{text(made["id"])}">{text(made["id"])}</a>'
    )


def _says(made: Row, records: Records) -> str:
    _ = records.word
    out = ", ".join(_fields(records).get(field, field) for field in made["left_out"] or ())
    return "".join(
        [
            f"<p>{text(records.said(made, 'summary'))}</p>",
            line(_("Asks for"), text(records.said(made, "mental_element")), records),
            line(_("Caveat"), text(records.said(made, "caveat") or _("none recorded")), records),
            line(_("Left out, known from memory only"), text(out), records),
        ]
    )


def _about(made: Row, records: Records) -> str:
    _ = records.word
    conducts, materials = records.names["conduct"], records.names["material"]
    reach = {"named": "", "real_only": _("(real images only)"), "indirect": _("(not named, reached indirectly)")}
    acts = [f"{conducts[act]} {reach[how]}".strip() for act, how in records.acts[made["id"]]]
    about = [materials[material] for material in records.materials[made["id"]]]
    actors, ages = records.names["actor"], records.names["age"]
    return "".join(
        [
            line(_("Conduct"), text(records.joined(acts) or _("none noted")), records),
            line(_("Material"), text(records.joined(about) or _("none noted")), records),
            line(_("Branch of law"), text(records.names["kind"][made["kind"]]), records),
            line(_("Who is bound"), text(records.joined(actors[actor] for actor in made["binds"] or ())), records),
            line(_("Person shown"), text(records.joined(ages[age] for age in made["ages"] or ())), records),
        ]
    )


def _ceilings(made: Row, records: Records) -> str:
    _ = records.word
    worse = ceiling(made, records.lang, "aggravated")
    return "".join(
        [
            f"<p>{text(ceiling(made, records.lang) or _('nothing noted'))}</p>",
            line(_("With aggravation"), text(worse), records),
            line(_("What aggravates"), text(records.said(made, "aggravation")), records),
        ]
    )


def _state(made: Row, records: Records) -> str:
    _ = records.word
    dates = [
        (_("Adopted"), made["adopted"]),
        (_("Start of application"), made["applies_from"]),
        (_("End of the period of grace"), made["grace_until"]),
        (_("To be transposed by"), made["transposition_deadline"]),
        (_("Ended"), made["ended"]),
        (_("Seen in force in a copy of"), made["seen_in_force"]),
    ]
    shown = [(name, day) for name, day in dates if day or name == _("Start of application")]
    return _now(made, records) + "".join(line(name, text(records.date(day)), records) for name, day in shown)


def _now(made: Row, records: Records) -> str:
    word = records.names["status"][records.state(made)]
    return f'<p class="law-state">{text(word)}</p>'


def _source(made: Row, records: Records) -> str:
    _ = records.word
    copy = records.said(made, "copy_read") + (f" ({_('excerpt')})" if made["read"] == "excerpt" else "")
    return "".join(
        [
            f'<p class="law-grade">{text(_("Grade {grade}").format(grade=made["grade"]))}</p>',
            line(_("Read on"), text(records.date(made["checked"])), records),
            line(_("Copy read"), text(copy), records),
            *_links(made["id"], records),
        ]
    )


def _links(name: str, records: Records) -> list[str]:
    _ = records.word
    found, seen = [], set()
    for source in records.sources[name]:
        if source["url"] not in seen:
            seen.add(source["url"])
            label = _("Official address") if source["kind"] == "official" else _("Source")
            closed = "" if source["opened"] else " " + text(_("(not opened: check it before print)"))
            site = urlsplit(source["url"]).netloc.removeprefix("www.")
            found.append(line(label, link(source["url"], site, outside=True) + closed, records))
    return found


def _fields(records: Records) -> dict[str, str]:
    """Return the words of the fields that a record may leave out."""
    _ = records.word
    return {
        "adopted": _("date of adoption"),
        "applies_from": _("date of application"),
        "max_prison_years": _("years of prison"),
        "max_fine": _("amount of the fine"),
        "aggravated_prison_years": _("years of prison with aggravation"),
        "aggravated_fine": _("fine with aggravation"),
        "aggravation": _("what aggravates"),
        "mental_element": _("intent"),
        "citation": _("number of the article"),
        "instrument": _("name of the text"),
        "takedown_hours": _("hours until removal"),
        "material": _("material"),
    }


def _proceeding(made: Row, records: Records) -> list[str]:
    _ = records.word
    where = records.places[made["jurisdiction"]]
    dates = [(_("Opened"), made["opened"]), (_("Decided"), made["decided"])]
    shown = "".join(line(name, text(records.date(day) if day else _("not known")), records) for name, day in dates)
    return [
        _named(made, where, records),
        f"<p>{text(records.said(made, 'what'))}</p>",
        f"<p>{text(records.said(made, 'outcome'))}</p>",
        _now(made, records) + shown,
        _source(made, records),
    ]
