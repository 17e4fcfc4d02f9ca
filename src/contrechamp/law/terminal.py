"""``contrechamp law``: the records on a terminal, as tables that fit its width, or as JSON.

It prints what the records say, with state, grade and caveat, and ends with where to ask. Not legal advice.
"""

import contextlib
import json
import os
import shutil
import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from contrechamp import language
from contrechamp.datasets import frames, load_conducts, load_law_terms, load_materials, load_proceedings
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _
from contrechamp.law.cases import ask
from contrechamp.law.coverage import LEVELS, coverage, coverage_words
from contrechamp.law.deadlines import Deadline, deadlines
from contrechamp.law.sanctions import currency, named, prison
from contrechamp.law.selection import one, search, select, unknown

if TYPE_CHECKING:
    import pandas as pd

ACTIONS = ("show", "search", "compare", "deadline")
_GAP = "  "


def main(
    action: str,
    words: Sequence[str],
    lang: str,
    *,
    as_of: str | None = None,
    tz: str | None = None,
    material: str | None = None,
    as_json: bool = False,
) -> int:
    """Run ``contrechamp law ACTION WORD…`` and return 0.

    Parameters
    ----------
    action : {"show", "search", "compare", "deadline"}
        What to do.
    words : sequence of str
        ``show ID…``, ``search WORD…``, ``compare PLACE…``, ``deadline ID MOMENT``.
    lang : str
        Language of the output.
    as_of : str, optional
        Day on which the state is judged, ``YYYY-MM-DD``.
    tz : str, optional
        Time zone of the moment, for ``deadline``.
    material : str, optional
        For ``compare``; synthetic intimate images when left out.
    as_json : bool, default False
        Print JSON instead of tables.

    Returns
    -------
    int
        Exit status, always 0: what is wrong is raised.

    Raises
    ------
    ContrechampError
        For an unknown action, id, place or date, with the nearest valid choice.
    """
    with _speaking(lang):  # errors, too, come in the language asked for
        runs: dict[str, Callable[[], tuple[Any, str]]] = {
            "show": lambda: _show(words, as_of, lang),
            "search": lambda: _search(words, as_of, lang),
            "compare": lambda: _compare(words, as_of, material or "synthetic_intimate", lang),
            "deadline": lambda: _deadline(words, tz, lang),
        }
        if action not in runs:
            raise ContrechampError(unknown(_("`contrechamp law` has no action {name}.", lang), action, list(ACTIONS)))
        if not words:
            raise ContrechampError(_wanting(action, lang))
        data, text = runs[action]()
    if as_json:
        print(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        print(language.typeset(f"{text}\n\n{_wrapped(ask(lang))}", lang))
    return 0


@contextlib.contextmanager
def _speaking(lang: str) -> Iterator[None]:
    before = os.environ.get("CONTRECHAMP_LANG")
    os.environ["CONTRECHAMP_LANG"] = lang
    try:
        yield
    finally:
        if before is None:
            del os.environ["CONTRECHAMP_LANG"]
        else:
            os.environ["CONTRECHAMP_LANG"] = before


def _wanting(action: str, lang: str) -> str:
    return {
        "show": _("Which record? For example: contrechamp law show fr-cp-226-8-1", lang),
        "search": _("Which words? For example: contrechamp law search label", lang),
        "compare": _("Which places? For example: contrechamp law compare FR DK GB", lang),
        "deadline": _("Which record and which moment? For example: {example}", lang).format(
            example="contrechamp law deadline gb-osa-48h 2026-12-02T10:00+00:00"
        ),
    }[action]


# show


def _show(words: Sequence[str], as_of: str | None, lang: str) -> tuple[Any, str]:
    data, texts = [], []
    for name in words:
        proceeding = next((row for row in frames.rows("law", "proceedings") if row["id"] == name), None)
        record = load_proceedings(as_of=as_of, lang=lang).loc[name] if proceeding else one(name, as_of=as_of, lang=lang)
        data.append({"id": name} | {key: _plain(value) for key, value in record.items()})
        texts.append(_proceeding(name, record, lang) if proceeding else _provision(name, record, lang))
    return data, "\n\n".join(texts)


def _provision(name: str, record: "pd.Series", lang: str) -> str:
    terms = _terms(lang)
    acts = _joined(load_conducts(lang=lang), name, "conduct_name")
    about = _joined(load_materials(lang=lang), name, "material_name")
    lines = [
        (_("Text", lang), named(record["instrument"], record["citation"])),
        (_("State", lang), record["status_name"]),
        (_("Applies from", lang), _day(record["applies_from"], lang)),
        (_("Period of grace until", lang), _day(_plain(record["grace_until"]), lang)),
        (_("Branch", lang), terms["kind", record["kind"]]),
        (_("Conduct", lang), acts),
        (_("Material", lang), about),
        (_("Who is bound", lang), ", ".join(terms["actor", actor] for actor in record["binds"])),
        (_("Ceiling", lang), _ceiling(record, "max", lang)),
        (_("With aggravation", lang), _ceiling(record, "aggravated", lang)),
        (_("What aggravates", lang), _plain(record["aggravation"])),
        (_("Summary", lang), record["summary"]),
        (_("Caveat", lang), _plain(record["caveat"])),
        (_("Grade", lang), f"{record['grade']} · {record['copy_read']}"),
        (_("Address", lang), _address(record, lang)),
        (_("Checked", lang), language.date(_plain(record["checked"]), lang)),
    ]
    return _card(f"{name} · {record['title']}", lines)


def _proceeding(name: str, record: "pd.Series", lang: str) -> str:
    lines = [
        (_("Date", lang), language.date(record["date"], lang)),
        (_("State", lang), record["status_name"]),
        (_("What was found", lang), record["outcome"]),
        (_("Summary", lang), record["what"]),
        (_("Grade", lang), f"{record['grade']} · {record['copy_read']}"),
        (_("Checked", lang), language.date(_plain(record["checked"]), lang)),
    ]
    return _card(f"{name} · {record['body']}", lines)


def _ceiling(record: "pd.Series", of: str, lang: str) -> str | None:
    """Write years and fine; unknown stays unwritten, never zero."""
    years, fine, share = (
        _plain(record.get(field)) for field in (f"{of}_prison_years", f"{of}_fine", f"{of}_fine_turnover_pct")
    )
    parts = []
    if years is not None:
        parts.append(prison(years, lang))
    if fine is not None:
        parts.append(f"{language.number(fine, lang)} {currency(record['fine_currency'], lang)}")
    if share is not None:
        parts.append(_("{share} % of world turnover", lang).format(share=language.number(share, lang)))
    return (" ; " if lang == "fr" else "; ").join(parts) or None


def _address(record: "pd.Series", lang: str) -> str | None:
    address = _plain(record["official_url"])
    if address and not record["url_opened"]:
        return f"{address} {_('(not opened: check it before print)', lang)}"
    return address


# search, compare


def _search(words: Sequence[str], as_of: str | None, lang: str) -> tuple[Any, str]:
    found = search(" ".join(words), as_of=as_of, lang=lang)
    columns = ["jurisdiction", "status_name", "grade", "title"]
    data = [{"id": name} | {key: _plain(row[key]) for key in columns} for name, row in found.iterrows()]
    if not data:
        return [], _wrapped(_("No record holds these words: that is no answer. Try fewer.", lang))
    header = [_("Record", lang), _("Where", lang), _("State", lang), _("Grade", lang), _("Title", lang)]
    return data, _table(header, [[str(value) for value in line.values()] for line in data])


def _compare(places: Sequence[str], as_of: str | None, material: str, lang: str) -> tuple[Any, str]:
    codes = list(dict.fromkeys(place.upper() if len(place) < 4 else place for place in places))
    select(jurisdiction=codes, material=material)  # says which place or material is unknown
    matrix = coverage("conduct", "jurisdiction", jurisdiction=codes, material=material, kind="criminal", as_of=as_of)
    terms, words = _terms(lang), coverage_words(lang)
    records = matrix.attrs["records"]
    data = {
        "on": matrix.attrs["on"],
        "material": material,
        "kind": "criminal",
        "cells": [
            {"conduct": row, "jurisdiction": column, "level": matrix.loc[row, column],
             "records": records.get((row, column), [])}
            for row in matrix.index
            for column in matrix.columns
        ],
    }  # fmt: skip
    body = [[terms["conduct", row], *(words[matrix.loc[row, place]] for place in codes)] for row in matrix.index]
    title = _("Criminal law, {material}, {day}", lang).format(
        material=terms["material", material], day=language.date(matrix.attrs["on"], lang)
    )
    silent = _("An unknown cell means that no record was found here. It never means lawful.", lang)
    used = {level for level in LEVELS if (matrix == level).to_numpy().any()}
    return data, "\n\n".join(
        [title, _table([_("Conduct", lang), *codes], body), *([_wrapped(silent)] if "unknown" in used else [])]
    )


# deadline


def _deadline(words: Sequence[str], tz: str | None, lang: str) -> tuple[Any, str]:
    if len(words) != 2:
        raise ContrechampError(_wanting("deadline", lang))
    name, moment = words
    found = deadlines(name, moment, tz=tz, lang=lang)
    if not found:
        raise ContrechampError(
            _("{name} has no clock in the records. Records with one: {names}.", lang).format(
                name=name, names=", ".join(dict.fromkeys(row["provision"] for row in frames.rows("law", "clocks")))
            )
        )
    data = [
        {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in vars(deadline).items()}
        for deadline in found
    ]
    terms = _terms(lang)
    header = [_("Clock", lang), _("Who", lang), _("Starts with", lang), _("Ends", lang)]
    body = [
        [terms["clock", line.clock], terms["actor", line.actor], line.starts, end(line, terms, lang)] for line in found
    ]
    notes = [
        _("{clock}: {note}", lang).format(clock=terms["clock", line.clock], note=line.note)
        for line in found
        if line.note
    ]
    return data, "\n".join([_table(header, body), "", *map(_wrapped, notes)])


def end(line: Deadline, terms: dict[tuple[str, str], str], lang: str) -> str:
    """Write the end of a clock; the words of the text where there is no number; the state, where no rule applied.

    Parameters
    ----------
    line : Deadline
        The clock.
    terms : dict
        The words of the states: from ``("status", code)``.
    lang : str
        Language of the words.

    Returns
    -------
    str
        One cell of a table, such as "3 December 2026, 10:00 (UTC+01:00)".
    """
    if line.status not in ("in_force", "in_force_grace"):
        return terms["status", line.status]
    if line.due is not None:
        when = f"{language.date(line.due.date(), lang)}, {line.due:%H:%M} (UTC{line.due.isoformat()[-6:]})"
        return _("{when}; {words}", lang).format(when=when, words=line.words) if line.words else when
    return _("no number: {words}", lang).format(words=line.words)


# writing


def _terms(lang: str) -> dict[tuple[str, str], str]:
    made = load_law_terms(lang=lang)
    return {(of, code): name for of, code, name in zip(made["list"], made["code"], made["name"], strict=True)}


def _joined(pairs: "pd.DataFrame", name: str, column: str) -> str | None:
    return ", ".join(pairs.loc[pairs["provision"] == name, column]) or None


def _day(value: str | None, lang: str) -> str | None:
    value = _plain(value)
    return language.date(value, lang) if value else None


def _plain(value: Any) -> Any:
    """Return a value of a frame as JSON has it: NA is null, a date its ISO form, a whole number an integer."""
    if isinstance(value, tuple):
        return list(value)
    if value is None or str(value) in ("<NA>", "NaT"):
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()[:10]
    value = value.item() if hasattr(value, "item") else value
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _width() -> int:
    return max(40, min(shutil.get_terminal_size((100, 24)).columns, 120))


def _wrapped(text: str) -> str:
    return textwrap.fill(text, _width(), break_long_words=False, break_on_hyphens=False)


def _card(title: str, lines: Sequence[tuple[str, str | None]]) -> str:
    """Write names and values in two columns; what is unknown is left out."""
    told = [(name, str(value)) for name, value in lines if value]
    indent = max(len(name) for name, _value in told) + len(_GAP)
    body = [
        textwrap.fill(value, _width(), initial_indent=name.ljust(indent), subsequent_indent=" " * indent,
                      break_long_words=False, break_on_hyphens=False)
        for name, value in told
    ]  # fmt: skip
    return "\n".join([_wrapped(title), "-" * min(len(title), _width()), *body])


def _table(header: list[str], body: list[list[str]]) -> str:
    """Write a table that fits the terminal: the widest columns give way, and their cells wrap."""
    widths = [max(len(line[place]) for line in [header, *body]) for place in range(len(header))]
    room = _width() - len(_GAP) * (len(header) - 1)
    floor = [max(max(len(word) for line in [header, *body] for word in line[place].split() or [""]), 3)
             for place in range(len(header))]  # fmt: skip
    if sum(floor) > room:  # a narrow terminal: one record under the other
        names = header[1:]
        return "\n\n".join(_card(line[0], list(zip(names, line[1:], strict=True))) for line in body)
    while sum(widths) > room and any(width > least for width, least in zip(widths, floor, strict=True)):
        give = max((place for place in range(len(widths)) if widths[place] > floor[place]), key=lambda p: widths[p])
        widths[give] -= 1
    rule = ["-" * width for width in widths]
    return "\n".join(_row(line, widths) for line in [header, rule, *body])


def _row(cells: list[str], widths: list[int]) -> str:
    parts = [
        textwrap.wrap(cell, width, break_long_words=False, break_on_hyphens=False) or [""]
        for cell, width in zip(cells, widths, strict=True)
    ]
    lines = [
        _GAP.join((part[place] if place < len(part) else "").ljust(width)
                  for part, width in zip(parts, widths, strict=True)).rstrip()
        for place in range(max(map(len, parts)))
    ]  # fmt: skip
    return "\n".join(lines)
