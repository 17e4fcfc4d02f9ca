"""``data/timeline`` and ``data/field-results``: the events of the case, and published results beside our toys.

The figures have a page of their own (`statistics_page`). Numbers and dates of lessons, slides and briefs refer to these
records too, so each has its id as anchor.
"""

import html
from collections.abc import Iterator
from functools import partial
from itertools import groupby

from contrechamp import language
from contrechamp.datasets import frames
from contrechamp.language import gettext
from contrechamp.site import record_markup
from contrechamp.site.pages import Page
from contrechamp.site.record_markup import Line, Record, line

_TIMELINE, _RESULTS = "datasets/awareness/timeline.csv", "datasets/awareness/field_results.csv"


def pages(lang: str) -> Iterator[Page]:
    """Yield the timeline and the published results.

    Parameters
    ----------
    lang : str
        Language of the pages.

    Raises
    ------
    ContrechampError
        When a table is malformed.
    """
    yield _timeline(lang)
    yield _results(lang)


def _timeline(lang: str) -> Page:
    _ = partial(gettext, lang=lang)
    shown, left_out = record_markup.shown("timeline")
    parts = [
        f"# {_('What happened, day by day')}",
        record_markup.care(lang),
        _(
            "{count} dated events, state of {date}, oldest first. Nothing later was found; more may have happened."
        ).format(count=len(shown), date=_as_of(lang)),
        _grades(left_out, lang),
        f"[{_('All events as a table (CSV)')}](/{_TIMELINE})",
    ]
    for year, group in groupby(sorted(shown, key=_order), key=lambda one: one["date"][:4]):
        records = "\n".join(_event(record, lang) for record in group)
        parts += [f"## {year}", f"`````{{raw}} html\n{records}\n`````"]
    description = _("The dated events of the case that the course starts from, each with its source and its grade.")
    return Page("data/timeline", "\n\n".join(parts) + "\n", _TIMELINE, description)


def _order(record: Record) -> str:
    """Return what an event is sorted by: one of which only the month is known stands after the days of that month."""
    return record["date"] if len(record["date"]) == 10 else record["date"] + "-99"


def _event(record: Record, lang: str) -> str:
    _ = partial(gettext, lang=lang)
    when = day(record, lang)
    if record["date"] > frames.descriptor("awareness")["as_of"]:
        when = _("{date} (foreseen when the records were made)").format(date=when)
    heading = html.escape(f"{when} – ") + record_markup.said(record, "actor", lang)
    lines: list[Line] = [*line(_("What happened"), record, "event", lang)]
    lines += line(_("Sources that differ"), record, "conflict", lang)
    lines += record_markup.origin("timeline", record, lang, "")
    return record_markup.box(record["id"], (heading, ""), "", lines, lang)


def day(record: Record, lang: str) -> str:
    """Return the date of an event with the precision that its source has.

    Examples
    --------
    >>> day({"date": "2026-01-14", "date_end": "2026-01-16", "date_note_en": None}, "en")
    '14 January 2026 to 16 January 2026'
    """
    _ = partial(gettext, lang=lang)
    first = language.date(record["date"], lang)
    if record["date_end"]:
        return _("{first} to {last}").format(first=first, last=language.date(record["date_end"], lang))
    note = record.get(f"date_note_{lang}") or record["date_note_en"]
    return f"{first} ({language.typeset(note, lang)})" if note else first


def _results(lang: str) -> Page:
    _ = partial(gettext, lang=lang)
    shown, left_out = record_markup.shown("field_results")
    titles, topics = _topics(lang), list(dict.fromkeys(record["topic"] for record in shown))
    parts = [
        f"# {_('Published results, one by one')}",
        record_markup.care(lang),
        _("{count} results of others on detectors, marks, hashes, people and removal, state of {date}.").format(
            count=len(shown), date=_as_of(lang)
        ),
        _(
            "They stand beside our toys and promise nothing about them. Training moved results a little in one study; "
            "none shows that people can rely on looking."
        ),
        _grades(left_out, lang),
        f"[{_('All results as a table (CSV)')}](/{_RESULTS})",
    ]
    for topic in topics:
        records = "\n".join(_result(record, lang) for record in shown if record["topic"] == topic)
        parts += [f"## {titles.get(topic, topic)}", f"`````{{raw}} html\n{records}\n`````"]
    description = _(
        "Published results on detectors, marks and hashes, each with its setting, its caveat and its source."
    )
    return Page("data/field-results", "\n\n".join(parts) + "\n", _RESULTS, description)


def _result(record: Record, lang: str) -> str:
    _ = partial(gettext, lang=lang)
    lines: list[Line] = [*line(_("Setting"), record, "setting", lang)]
    if record["n"] is not None:
        lines.append((_("People, items or answers"), language.number(record["n"], lang), ""))
    if record["ci95_low"] is not None:
        low, high = (language.number(record[name], lang) for name in ("ci95_low", "ci95_high"))
        lines.append((_("95 % interval"), _("{low} to {high}, published").format(low=low, high=high), ""))
    lines += line(_("What it does not show"), record, "caveat", lang)
    lines += record_markup.origin("field_results", record, lang, record["work"] or record["system"] or "")
    value = record_markup.number(record, _units(lang).get(record["unit"], ""), lang)
    heading = record_markup.said(record, "label", lang), record_markup.mark(record, "label", lang)
    return record_markup.box(record["id"], heading, value, lines, lang)


def _grades(left_out: int, lang: str) -> str:
    return gettext(
        "Grade A: the primary source was seen. Grade B: a reliable report of it was seen. A grade speaks of what "
        "was seen, not of quality. Records known from memory only (grade C) are not shown; in this table: {count}.",
        lang,
    ).format(count=left_out)


def _as_of(lang: str) -> str:
    return language.date(frames.descriptor("awareness")["as_of"], lang)


def _topics(lang: str) -> dict[str, str]:
    _ = partial(gettext, lang=lang)
    return {
        "detector": _("Detectors of generated images"),
        "localisation": _("Finding the edit"),
        "watermark": _("Hidden marks"),
        "hash": _("Matching by fingerprints"),
        "people": _("What people tell apart by looking"),
        "training": _("What training changes"),
        "removal": _("Removal on request"),
    }


def _units(lang: str) -> dict[str, str]:
    """Return the words of the units; an AUC, a share and a similarity have none."""
    _ = partial(gettext, lang=lang)
    return {
        "bits": _("bits"), "points": _("points"), "decibels": _("decibels"), "images": _("images"),
        "attacks": _("attacks"), "images_per_day": _("images a day"), "hours": _("hours"), "auc": "(AUC)",
        "share": "", "ssim": "(SSIM)",
    }  # fmt: skip
