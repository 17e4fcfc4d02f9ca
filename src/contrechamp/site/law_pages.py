"""The law browser of the site: all records, places side by side, and the calculator for deadlines.

Everything stands in the pages as tables; the scripts filter, compare and compute, and say no more than
`contrechamp.law` does. Not legal advice.
"""

from collections.abc import Iterator
from pathlib import Path

from contrechamp.datasets.law import law_oldest
from contrechamp.site import law_clocks, law_comparison, law_tables
from contrechamp.site.law_data import script
from contrechamp.site.law_markup import WIDE, entry, form, link, raw, select, text
from contrechamp.site.law_records import Records, left_out
from contrechamp.site.pages import Page


def pages(root: Path, lang: str) -> Iterator[Page]:
    """Yield the pages ``law/index``, ``law/compare`` and ``law/deadlines``.

    Parameters
    ----------
    root : Path
        The repository; the records are found by the library itself.
    lang : str
        Language of the pages.
    """
    records = Records(lang)
    yield index(records)
    yield law_comparison.page(records)
    yield law_clocks.page(records)


def index(records: Records) -> Page:
    """Return the page ``law/index``: every record that may be shown, by place."""
    _ = records.word
    source = "\n".join(
        [
            WIDE,
            f"# {_('The law browser')}\n",
            _warning(records),
            raw(
                _form(records),
                f'<p id="law-count" class="law-count" role="status" aria-live="polite">{text(_count(records))}</p>',
                '<p id="law-also"></p>',
            ),
            f"## {_('Places')}\n",
            raw(_contents(records)),
            _without(records),
            *_sections(records),
            f"## {_('Proceedings and inquiries')}\n",
            _("Cases and inquiries on the event of winter 2025-26. They are no rules, and “not found” is no outcome.")
            + "\n",
            raw(law_tables.proceedings(records)),
            f"## {_('How to read a record')}\n",
            raw('<span id="reading"></span>'),
            _reading(records),
            raw(script(records, "index")),
        ]
    )
    return Page(
        "law/index", source, "datasets/law/provisions.csv",
        description=_("Rules on sexual fakes and what surrounds them, by country, each with grade, caveat and date."),
        scripts=("law.js",),
    )  # fmt: skip


def grouped(records: Records) -> list[tuple[str, list[str]]]:
    """Return the places that have a provision: each country or body with its parts, in the order of the records.

    Examples
    --------
    >>> dict(grouped(Records("en")))["US"][:2]
    ['US-CA', 'US-MN']
    """
    return [
        (name, [part for part in also if part.startswith(f"{name}-")])
        for name, also in records.also.items()
        if "-" not in name and records.of_place(name)
    ]


def _sections(records: Records) -> Iterator[str]:
    places = records.places
    for name, parts in grouped(records):
        yield f"## {places[name]}\n"
        yield raw(law_tables.place(name, records))
        for part in parts:
            yield f"### {places[part]}\n"
            yield raw(law_tables.place(part, records))


def _contents(records: Records) -> str:
    """Return the list of places, with the number of records of each."""
    _ = records.word
    places, rows = records.places, [row["jurisdiction"] for row in records.provisions]

    def item(anchor: str, words: str, count: int, more: str = "") -> str:
        return f'<li data-entry="">{link("#" + anchor, words)} (<span>{count}</span>){more}</li>'

    lines = []
    for name, parts in grouped(records):
        inner = "".join(item(f"place-{part}", places[part], rows.count(part)) for part in parts)
        inner = f"<ul>{inner}</ul>" if inner else ""
        lines.append(item(f"place-{name}", places[name], rows.count(name), inner))
    lines.append(item("proceedings", _("Proceedings and inquiries"), len(records.proceedings)))
    lines.append(f"<li>{link('#reading', _('How to read a record'))}</li>")
    nav = f'<nav class="law-contents" aria-label="{text(_("Places in the records"))}">'
    return f"{nav}<ul>{''.join(lines)}</ul></nav>"


def _without(records: Records) -> str:
    """Name the places that have no record that may be shown."""
    _ = records.word
    names = [name for code, name in records.places.items() if not records.of_place(code)]
    if not names:
        return ""
    says = _("Looked at, without a record that may be shown: {places}. That is not “nothing exists”.")
    return says.format(places=", ".join(names)) + "\n"


def _form(records: Records) -> str:
    _ = records.word
    shown = {row["jurisdiction"] for row in records.by_id.values()}
    places = {code: name for code, name in records.places.items() if code in shown}
    states = {"applies": _("in force, with or without a period of grace")} | records.names["status"]
    days = {"value": records.day.isoformat(), "min": law_oldest().isoformat(), "max": "2100-12-31"}
    every = _("all")
    return form(
        "law-filter",
        _("Find records"),
        [
            select("place", _("Country or body"), places, first=every),
            select("act", _("Conduct"), records.names["conduct"], first=every),
            select("about", _("Material"), records.names["material"], first=every),
            entry("on", _("As of the date"), "date", days),
            select("state", _("State on that day"), states, first=every),
            entry("words", _("Words, in English or French"), "search"),
            f'<div class="law-field"><button type="reset">{text(_("Show everything"))}</button></div>',
        ],
    )


def _count(records: Records) -> str:
    _, total = records.word, len(records.by_id)
    says = _("{count} of {total} records shown, with their state on {day}.")
    return says.format(count=total, total=total, day=records.date(records.day))


def _warning(records: Records) -> str:
    _ = records.word
    says = _(
        "State of the records: {date}. Summaries in our own words, for teaching. **Not legal advice**: for a real "
        "case, ask a lawyer or a [help line](page:help)."
    ).format(date=records.date(records.day))
    return f"{says}\n\n" + _(
        "[Compare places](page:law/compare) · [Deadlines](page:law/deadlines) · "
        "[French and European law, lesson 17](page:lessons/17) · [The data and how they were made](page:data/law)"
    ) + "\n"  # fmt: skip


def _reading(records: Records) -> str:
    _ = records.word
    out = left_out()
    points = [
        _(
            "**Grade.** A: an official text, or a faithful copy, was seen, mostly an excerpt. "
            "B: a reliable report of it was seen. "
            "C, known from memory only, is never shown: {count} records are left out for that reason ({names})."
        ).format(count=len(out), names=", ".join(f"`{name}`" for name in out)),
        _("**Unknown is not zero.** Where a record has no number, we do not know it, or it does not apply."),
        _(
            "**No record is not “lawful”.** The number of records says where we looked. "
            "Do not count rows to compare places."
        ),
        _(
            "**Conduct and material are our reading**, to sort by; no court wrote them. “Not named” says that the text "
            "does not name the act, and may still reach it."
        ),
        _(
            "**The state is computed from the dates of the record**, for the day that you choose. For a later day it "
            "says what the records foresee, not what has happened since."
        ),
        _(
            "**Each record has an address of its own**: follow its code, such as `fr-cp-226-8-1`, "
            "and copy the address of the page."
        ),
    ]
    return "\n".join(f"- {point}" for point in points) + "\n"
