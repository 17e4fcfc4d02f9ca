"""``data/statistics``: every public figure of the awareness data, with what a reader needs before repeating it.

Each record has its id as anchor (``data/statistics.html#iwf-2023-reports``), so that a number of a lesson, a slide or
somebody else's page can lead here. Grade C is never shown; the page says how many records it left out.
"""

import datetime
import html
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby

from contrechamp import language
from contrechamp.datasets import frames
from contrechamp.language import gettext
from contrechamp.site import record_markup
from contrechamp.site.pages import Page
from contrechamp.site.record_markup import Line, Record, line

ORIGIN = "datasets/awareness/statistics.csv"


def page(lang: str) -> Page:
    """Return the page of the figures in a language.

    Parameters
    ----------
    lang : str
        Language of the page. A text of a record that is not translated stays English, and is marked so.

    Raises
    ------
    ContrechampError
        When the table is malformed.
    """
    _ = partial(gettext, lang=lang)
    shown, left_out = record_markup.shown("statistics")
    titles = _topics(lang)
    as_of = language.date(frames.descriptor("awareness")["as_of"], lang)
    parts = [
        f"# {_('The figures of the course, one by one')}",
        record_markup.care(lang),
        _("{count} records, state of {date}. Each says what it counts, who counted, and what it does not show.").format(
            count=len(shown), date=as_of
        ),
        _(
            "Grade A: the primary source was seen. Grade B: a reliable report of it was seen. A grade speaks of what "
            "was seen, not of quality. Records known from memory only (grade C) are not shown; in this table: {count}."
        ).format(count=left_out),
        _("A missing line means *unknown*, never zero. How the records were made: [the card](page:data/awareness)."),
        f"[{_('All figures as a table (CSV)')}](/{ORIGIN})",
    ]
    for topic, group in groupby(sorted(shown, key=_order(shown)), key=lambda record: record["topic"]):
        parts.append(f"## {titles.get(topic, topic)}")
        records = "\n".join(as_html(record, lang) for record in group)
        parts.append(f"`````{{raw}} html\n{records}\n`````")
    description = _("Public figures on generative image abuse, each with its source, its grade and its caveat.")
    return Page("data/statistics", "\n\n".join(parts) + "\n", ORIGIN, description)


def as_html(record: Record, lang: str) -> str:
    """Return one record: label, value, what it counts, caveat, source, permanent link."""
    heading = record_markup.said(record, "label", lang), record_markup.mark(record, "label", lang)
    return record_markup.box(record["id"], heading, value(record, lang), _lines(record, lang), lang)


def value(record: Record, lang: str) -> str:
    r"""Return the value of a record with its qualifier and its unit.

    Examples
    --------
    >>> value({"value": 65.0, "unit": "percent", "qualifier": "about"}, "en")
    'about 65\xa0%'
    """
    unit = record.get(f"unit_name_{lang}") or record.get("unit_name_en") or ""
    return record_markup.number(record, unit, lang)


def _lines(record: Record, lang: str) -> Iterator[Line]:
    """Yield what is known of a record."""
    _ = partial(gettext, lang=lang)
    yield from line(_("What is counted"), record, "definition", lang)
    yield from line(_("Among"), record, "population", lang)
    yield from ((head, html.escape(text), "") for head, text in _measured(record, lang))
    yield from line(_("What it does not show"), record, "caveat", lang)
    yield from line(_("Other figures"), record, "conflict", lang)
    if warnings := [text for name in record["flags"] or () if (text := _warnings(lang).get(name))]:
        yield _("Beware"), html.escape(language.typeset((" ; " if lang == "fr" else "; ").join(warnings), lang)), ""
    if record["derived"]:
        yield _("Our own arithmetic"), _formula(record["derivation"]), ""
    yield from record_markup.origin("statistics", record, lang, record["publisher"] or "", _stated(record, lang))


def _measured(record: Record, lang: str) -> Iterator[tuple[str, str]]:
    _ = partial(gettext, lang=lang)
    if when := _when(record, lang):
        yield _("When"), when
    if record["n"] is not None:
        yield _("People, items or answers"), language.number(record["n"], lang)
    if record["ci95_low"] is not None:
        low, high = (language.number(record[name], lang) for name in ("ci95_low", "ci95_high"))
        ours = record["ci95_origin"] == "derived"
        said = _("{low} to {high}, computed by us") if ours else _("{low} to {high}, published")
        yield _("95 % interval"), said.format(low=low, high=high)


def _when(record: Record, lang: str) -> str:
    """Return the period of a record, or else its year."""
    _ = partial(gettext, lang=lang)
    start, end = record["period_start"], record["period_end"]
    if start and end and (start, end) == (datetime.date(start.year, 1, 1), datetime.date(start.year, 12, 31)):
        return str(start.year)
    days = [language.date(day, lang) for day in (start, end) if isinstance(day, datetime.date)]
    if len(days) == 2:
        return _("{first} to {last}").format(first=days[0], last=days[1])
    if end:
        return _("until {date}").format(date=days[0])
    return days[0] if days else str(record["year"] or "")


def _stated(record: Record, lang: str) -> str:
    """Return a link to the record whose source states the number too."""
    other = html.escape(record["stated_in"] or "")
    link = f'<a href="#{other}">{other}</a>'
    return gettext("stated in {record}", lang).format(record=link) if other else ""


def _formula(derivation: str) -> str:
    """Return our arithmetic, each record in it as a link.

    Examples
    --------
    >>> _formula("[a-1] / 2")
    '<a href="#a-1">a-1</a> / 2'
    """
    return re.sub(r"\[([a-z0-9-]+)\]", r'<a href="#\1">\1</a>', html.escape(derivation))


def _order(records: Sequence[Record]) -> Callable[[Record], int]:
    """Return a key that keeps the order of the table, topics together."""
    topics = list(dict.fromkeys(str(record["topic"]) for record in records))
    return lambda record: topics.index(str(record["topic"]))


def _topics(lang: str) -> dict[str, str]:
    _ = partial(gettext, lang=lang)
    return {
        "iwf": _("A British hotline"),
        "prevalence": _("How many people say that it happened to them"),
        "exposure": _("How many people say that they saw some"),
        "deepfake_video_counts": _("Videos counted on the web"),
        "police_korea": _("Police figures in South Korea"),
        "police_europol": _("Police operations in Europe"),
        "grok_measurement": _("Winter 2025-26 on X"),
        "services": _("Services of help and of removal"),
        "human_detection": _("What people tell apart by looking"),
        "market": _("Tools and the money in them"),
        "ncmec": _("Reports of platforms in the United States"),
        "labels": _("What labels change"),
        "school_response": _("What schools do"),
        "prebunking": _("What a warning beforehand changes"),
        "attitudes": _("What people think of it"),
        "platform": _("What platforms say of themselves"),
        "content_notes": _("What a content note changes"),
    }


def _warnings(lang: str) -> dict[str, str]:
    _ = partial(gettext, lang=lang)
    return {
        "advocacy_estimate": _("the figure comes from a campaigning body"),
        "vendor_claim": _("the figure comes from a firm that sells such products"),
        "vendor_link": _("the publisher also sells products"),
        "company_claim": _("the platform's own data"),
        "misquoted": _("often repeated wrongly"),
        "selection_effect": _("the result is built into the sample"),
        "inconsistent_denominator": _("the published numbers do not fit one base"),
        "extrapolation": _("scaled up from a sample"),
        "outdated": _("describes an earlier state of the technique"),
        "broad_definition": _("counts more than the headline suggests"),
        "outlier": _("far from comparable studies"),
        "conditional_base": _("the share of a subgroup"),
        "traffic_estimate": _("from a panel of a firm that measures traffic"),
        "estimate": _("an estimate from a model"),
        "misread_widely": _("the press drew a wrong conclusion from it"),
        "recycled_vendor_claim": _("an official source repeats a vendor's figure"),
        "recycled_by_officials": _("officials repeat a vendor's figure"),
    }
