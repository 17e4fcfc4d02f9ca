"""The page of the deadline calculator: its form, and every clock with one example for readers without scripts."""

from contrechamp.law.deadlines import Deadline, deadlines
from contrechamp.law.terminal import end
from contrechamp.site.law_data import ZONES, script
from contrechamp.site.law_markup import WIDE, entry, form, line, link, raw, row, select, table, text
from contrechamp.site.law_records import Records, Row
from contrechamp.site.law_words import clock_heads, number
from contrechamp.site.pages import Page

#: The moment of the worked examples: the day on which two rules of the AI Act change.
EXAMPLE, ZONE = "2026-12-02T10:00", "Europe/Paris"


def page(records: Records) -> Page:
    """Return the page ``law/deadlines``."""
    _ = records.word
    title = _("Who must act by when: a calculator for deadlines")
    source = "\n".join(
        [
            WIDE,
            f"# {title}\n",
            _warning(records),
            raw(
                _form(records),
                '<p id="law-count" class="law-count" role="status" aria-live="polite"></p>',
                '<div id="law-answer"></div>',
            ),
            f"## {_('How the end is counted')}\n",
            _rules(records),
            f"## {_('Every clock of the records, with one example')}\n",
            _together(records),
            raw(examples(records), script(records, "deadlines")),
        ]
    )
    return Page(
        "law/deadlines", source, "datasets/law/clocks.csv",
        description=_("Computes when a clock of a law ends, with time zone, grade and caveat. Not legal advice."),
        scripts=("law.js", "law_clocks.js"),
    )  # fmt: skip


def examples(records: Records) -> str:
    """Return the table of every clock, each started at `EXAMPLE`; the ends are those of `contrechamp.law.deadlines`."""
    _ = records.word
    heads = [_("Provision"), *clock_heads(records.lang)]
    by_id, shown = records.by_id, records.clocks
    terms = {("status", code): name for code, name in records.names["status"].items()}
    body = []
    for name in dict.fromkeys(clock["provision"] for clock in shown):
        for found in deadlines(name, EXAMPLE, tz=ZONE, lang=records.lang):
            clock = next(one for one in shown if (one["provision"], one["clock"]) == (name, found.clock))
            ends = records.set(end(found, terms, records.lang))
            told = _clock(found, number(clock, records.lang), ends, records)
            body.append(row(heads, [_rule(by_id[name], records), *told, _grade(by_id[name], found, records)]))
    return table(_("Clocks, each started on {moment} in Paris").format(moment=_moment(records)), heads, body)


def _rule(made: Row, records: Records) -> str:
    where = records.places[made["jurisdiction"]]
    return f'{link("page:law/index#" + made["id"], records.cite(made))}<span class="law-title">{text(where)}</span>'


def _clock(found: Deadline, amount: str, ends: str, records: Records) -> list[str]:
    clocks, actors = records.names["clock"], records.names["actor"]
    _, set_ = records.word, records.set
    told = amount or set_(found.words)
    return [text(clocks[found.clock]), text(actors[found.actor]), text(set_(found.starts)), text(told), text(ends),
            text(set_(found.note) or _("none recorded"))]  # fmt: skip


def _grade(made: dict, found: Deadline, records: Records) -> str:
    _ = records.word
    return (
        f"<p>{text(found.grade)}</p>"
        + line(_("Read on"), text(records.date(made["checked"])), records)
        + line(_("Caveat"), text(records.said(made, "caveat")), records)
    )


def _form(records: Records) -> str:
    _ = records.word
    clocked = {clock["provision"] for clock in records.clocks}
    choices = {
        made["id"]: f"{records.places[made['jurisdiction']]} – {records.cite(made)}"
        for made in records.provisions
        if made["id"] in clocked
    }
    repeated = select("offset", _("Which of the two hours?"), {})
    return form(
        "law-clock",
        _("Start a clock"),
        [
            select("record", _("Rule"), choices, first=_("Choose a rule")),
            entry("day", _("Day of the start"), "date", {"max": "2100-12-31"}),
            entry("time", _("Hour of the start"), "time"),
            select("zone", _("Time zone of the start"), {zone: zone for zone in ZONES}, chosen=ZONE),
            f'<div id="law-repeated" hidden="">{repeated}</div>',
            f'<div class="law-field"><button type="submit">{text(_("Compute"))}</button></div>',
        ],
    )


def _warning(records: Records) -> str:
    _ = records.word
    says = _(
        "State of the records: {date}. **Not legal advice**: for a real case, ask a lawyer or a "
        "[help line](page:help). What you type is computed on this page; it stands in its "
        "address, hence in your browser's history."
    ).format(date=records.date(records.day))
    return f"{says}\n\n" + _(
        "A clock joins four things: what starts it, who must act, what must have been done, and by when. "
        "[Lesson 19](page:lessons/19) works with them. "
        "[All records](page:law/index) · [Compare places](page:law/compare)"
    ) + "\n"  # fmt: skip


def _rules(records: Records) -> str:
    _ = records.word
    points = [
        _("**Hours are elapsed time.** A change to summer or winter time does not lengthen or shorten them."),
        _(
            "**Days and months are counted on the calendar of the zone that you choose.** The hour stays the same. "
            "A month that has no such day ends on its last day."
        ),
        _(
            "**Working days and public holidays are not counted.** No record here has a number of working days, "
            "and how a court counts the first day or a holiday was not read."
        ),
        _("**Words stay words.** Where a text says *without undue delay*, no hour is computed."),
        _("**A rule that did not apply on the day of the start has no end**, only its state on that day."),
    ]
    return "\n".join(f"- {point}" for point in points) + "\n"


def _together(records: Records) -> str:
    _ = records.word
    says = _(
        "All are started at the same moment, {moment} in Paris, so that they can be compared. "
        "In life each has its own start."
    )
    return says.format(moment=_moment(records)) + "\n"


def _moment(records: Records) -> str:
    return f"{records.date(EXAMPLE[:10])}, {EXAMPLE[11:]}"
