"""What the scripts of the law browser filter and compute with: the records as JSON inside the page.

The scripts hold no fact of their own. Each page gets the fields that it shows, and no more.
"""

import json
from typing import Any

from contrechamp.datasets import load_provisions
from contrechamp.datasets.law import law_oldest
from contrechamp.law.coverage import coverage_words
from contrechamp.law.selection import plain, searched
from contrechamp.site.law_records import RULES, Records, Row, left_out
from contrechamp.site.law_words import ceiling, number, words

#: Zones that the calculator offers: those of the places with a clock, of France overseas and of other French speakers.
ZONES = (
    "Europe/Paris", "Europe/Brussels", "Europe/Zurich", "Europe/Luxembourg", "Europe/London", "Europe/Dublin",
    "Europe/Madrid", "Europe/Rome", "Europe/Berlin", "Europe/Copenhagen", "Europe/Amsterdam", "Europe/Helsinki",
    "UTC", "Africa/Dakar", "Africa/Abidjan", "Africa/Algiers", "Africa/Casablanca", "Africa/Tunis", "Africa/Kinshasa",
    "Africa/Johannesburg", "America/Cayenne", "America/Guadeloupe", "America/Martinique", "America/Miquelon",
    "America/Toronto", "America/Halifax", "America/Vancouver", "America/New_York", "America/Chicago", "America/Denver",
    "America/Los_Angeles", "America/Mexico_City", "America/Sao_Paulo", "Asia/Kolkata", "Asia/Jakarta", "Asia/Manila",
    "Asia/Kuala_Lumpur", "Asia/Singapore", "Asia/Shanghai", "Asia/Seoul", "Asia/Tokyo", "Australia/Perth",
    "Australia/Adelaide", "Australia/Sydney", "Pacific/Auckland", "Pacific/Noumea", "Pacific/Tahiti", "Indian/Reunion",
    "Indian/Mayotte",
)  # fmt: skip
_DATES = ("adopted", "applies_from", "transposition_deadline", "grace_until", "ended", "seen_in_force")
_TOLD = ("id", "jurisdiction", "body_en", "body_fr", "what_en", "what_fr", "outcome_en", "outcome_fr")


def script(records: Records, page: str) -> str:
    """Return the data of a page in a ``<script>`` that no browser runs.

    Parameters
    ----------
    records : Records
        The records in the language of the page.
    page : {"index", "compare", "deadlines"}
        The page.
    """
    made = json.dumps(data(records, page), ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    return f'<script type="application/json" id="law-data">{made}</script>'


def data(records: Records, page: str) -> dict[str, Any]:
    """Return the data of a page; parameters as for `script`."""
    made = {
        "lang": records.lang,
        "asOf": records.day.isoformat(),
        "oldest": law_oldest().isoformat(),
        "months": [records.date(f"2026-{month:02}").split()[0] for month in range(1, 13)],
        "words": words(records.lang, page),
        "status": records.names["status"],
        "places": {name: {"name": words, "also": records.also[name]} for name, words in records.places.items()},
        "records": [_record(row, records, page) for row in records.provisions],
    }
    return made | {"index": _for_index, "compare": _for_comparison, "deadlines": _for_clocks}[page](records, made)


def branches(records: Records) -> dict[str, str]:
    """Return the branches of law that can be compared, one by one or all at once."""
    _, kinds = records.word, records.names["kind"]
    return {kind: kinds[kind] for kind in RULES} | {"rules": _("these five branches together")}


def _record(row: Row, records: Records, page: str) -> Row:
    made: Row = {"id": row["id"], "place": row["jurisdiction"], "recorded_status": row["recorded_status"]}
    made |= {field: str(row[field]) for field in _DATES if row[field]}
    if page != "deadlines":
        made |= {"kind": row["kind"], "acts": records.acts[row["id"]], "about": records.materials[row["id"]]}
    if page != "index":
        made |= {"cite": records.cite(row), "title": records.said(row, "title"), "caveat": records.said(row, "caveat")}
        made |= {"grade": row["grade"], "checked": records.date(row["checked"]), "ceiling": ceiling(row, records.lang)}
    if page == "compare":
        made |= {"address": _address(row, records)}
    return made


def _address(row: Row, records: Records) -> list[str]:
    """Return where a record may be read and, where nobody opened that address, the words that say so."""
    _ = records.word
    sources = [*records.sources[row["id"]]]
    official = [source for source in sources if source["kind"] == "official"]
    if not sources:
        return []
    best = (official or sources)[0]
    return [best["url"], "" if best["opened"] else _("(not opened: check it before print)")]


def _proceeding(row: Row) -> Row:
    made = {"id": row["id"], "place": row["jurisdiction"], "recorded_status": row["recorded_status"]}
    dates = {field: row[field] for field in ("opened", "decided") if row[field]}
    return made | dates | {"proceeding": True, "acts": [], "about": []}


def _for_index(records: Records, made: Row) -> Row:
    rows = [*made["records"], *map(_proceeding, records.proceedings)]
    # The text in which words are looked for is that of the command, so that both find the same.
    frame = load_provisions(lang="en")
    texts = dict(zip(frame.index, searched(frame), strict=True))
    texts |= {row["id"]: plain(" ".join(str(row[field]) for field in _TOLD)) for row in records.proceedings}
    return {
        "records": [row | {"text": texts[row["id"]]} for row in rows],
        "conducts": records.names["conduct"],
        "materials": records.names["material"],
        "states": {"applies": made["words"]["applies"]} | records.names["status"],
        "leftOut": left_out(),
    }


def _for_comparison(records: Records, made: Row) -> Row:
    return {
        "conducts": records.names["conduct"],
        "materials": records.names["material"],
        "kinds": branches(records),
        "levels": coverage_words(records.lang),
        "rules": list(RULES),
    }


def _for_clocks(records: Records, made: Row) -> Row:
    running = [
        {key: row[key] for key in ("provision", "clock", "actor", "amount", "unit", "grade")}
        | {"number": number(row, records.lang)}
        | {field: records.said(row, field) for field in ("starts", "words", "note")}
        for row in records.clocks
    ]
    with_clock = {row["provision"] for row in running}
    return {
        "clocks": running,
        "zones": list(ZONES),
        "clockNames": records.names["clock"],
        "actors": records.names["actor"],
        "records": [row for row in made["records"] if row["id"] in with_clock],
        "known": [row["id"] for row in made["records"]],
    }
