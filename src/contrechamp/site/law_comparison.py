"""The page that compares places: a form for two to four of them, and for readers without scripts one table of all."""

from contrechamp.datasets.law import law_oldest
from contrechamp.law.coverage import LEVELS, coverage, coverage_words
from contrechamp.site.law_data import branches, script
from contrechamp.site.law_markup import WIDE, entry, form, link, raw, row, select, table, text
from contrechamp.site.law_records import RULES, Records
from contrechamp.site.law_words import number
from contrechamp.site.pages import Page

#: The design choices of lesson 18: acts that a rule may name, then who may sue, then clocks with a number.
ACTS = ("creation", "possession", "dissemination", "threat", "solicitation", "tool_provision", "failure_to_label",
        "failure_to_remove")  # fmt: skip
MATERIAL = "synthetic_intimate"
Cell = tuple[str, list[str]]


def page(records: Records) -> Page:
    """Return the page ``law/compare``."""
    _ = records.word
    source = "\n".join(
        [
            WIDE,
            f"# {_('Rules of several places, side by side')}\n",
            _warning(records),
            raw(
                _form(records),
                '<p id="law-count" class="law-count" role="status" aria-live="polite"></p>',
                '<div id="law-comparison"></div>',
            ),
            f"## {_('All places at once')}\n",
            _legend(records),
            raw(
                f'<div class="law-all">{design(records)}</div>',
                script(records, "compare"),
            ),
        ]
    )
    return Page(
        "law/compare", source, "datasets/law/provisions.csv",
        description=_("Compares what rules of two to four places name, with grade, caveat, date. Not legal advice."),
        scripts=("law.js", "law_compare.js"),
    )  # fmt: skip


def choices(records: Records, kinds: tuple[str, ...] = RULES) -> dict[tuple[str, str], Cell]:
    """Return for each place and design choice its level and the records behind it, on the day of the records.

    Parameters
    ----------
    records : Records
        The records, in any language.
    kinds : tuple of str
        Branches of law; a cell takes the strongest level among them.

    Returns
    -------
    dict
        From (place, act) to (level, ids). The act ``"civil"`` stands for a claim of the person shown.
    """
    shown: set[str] = set(records.by_id)
    made: dict[tuple[str, str], Cell] = {}
    for kind in kinds:
        matrix = coverage("jurisdiction", "conduct", material=MATERIAL, kind=kind)
        for place in matrix.index:
            for act in ACTS:
                ids = [name for name in matrix.attrs["records"].get((place, act), []) if name in shown]
                _add(made, (place, act), matrix.loc[place, act] if ids else "unknown", ids)
    civil = coverage("jurisdiction", "kind", material=MATERIAL)
    for place in civil.index:
        ids = [name for name in civil.attrs["records"].get((place, "civil"), []) if name in shown]
        made[place, "civil"] = (civil.loc[place, "civil"] if ids else "unknown", ids)
    return made


def design(records: Records) -> str:
    """Return the table of the design choices of every place with a rule on generated intimate pictures of people."""
    _ = records.word
    found, order = choices(records), list(records.by_id)
    conducts = records.names["conduct"]
    heads = [_("Country or body"), *(conducts[act] for act in ACTS), _("civil claim"), _("clocks with a number")]
    body = []
    for place, name in records.places.items():
        cells = [found[place, act] for act in (*ACTS, "civil")]
        if any(ids for _level, ids in cells):
            anchor = link(f"page:law/index#place-{place}", name)
            told = [
                _cell(level, sorted(ids, key=order.index), records, act)
                for act, (level, ids) in zip((*ACTS, "civil"), cells, strict=True)
            ]
            body.append(row(heads, [anchor, *told, _clocks(place, records)]))
    title = _("What rules name: {material}, {day}").format(
        material=records.names["material"][MATERIAL], day=records.date(records.day)
    )
    return table(title, heads, body, kind="law-design")


def _add(made: dict[tuple[str, str], Cell], key: tuple[str, str], level: str, ids: list[str]) -> None:
    before, had = made.get(key, ("unknown", []))
    made[key] = (min(before, level, key=LEVELS.index), [*had, *ids])


def _cell(level: str, ids: list[str], records: Records, act: str) -> str:
    """Return the strongest word of a cell, then its records, each with what it says of the act: first those in force.

    A record that does not name the act must not be read as one that does, nor a lapsed one as one in force.
    """
    told = []
    for name in ids:
        row = records.by_id[name]
        state, named = records.state(row), _named(name, act, records)
        words = [row["grade"], records.names["status"][state], *([] if named else [records.word("not named")])]
        line = f"{link('page:law/index#' + name, name)} ({text(', '.join(words))})"
        told.append((not state.startswith("in_force"), not named, f'<span class="law-behind">{line}</span>'))
    links = "".join(line for _state, _reach, line in sorted(told, key=lambda one: one[:2]))
    return f'<span class="law-level law-level-{level}">{text(coverage_words(records.lang)[level])}</span>{links}'


def _named(name: str, act: str, records: Records) -> bool:
    """Say whether the text of a record names an act for generated pictures; a civil claim is no act."""
    return act == "civil" or (act, "named") in records.acts[name]


def _clocks(place: str, records: Records) -> str:
    """Return the clocks with a number of the rules of a place that deal with generated intimate pictures."""
    _, ids, names = records.word, {row["id"] for row in records.of_place(place)}, records.names["clock"]
    told = []
    for clock in records.clocks:
        name = clock["provision"]
        if name in ids and clock["amount"] is not None and MATERIAL in records.materials[name]:
            words = text(f"{names[clock['clock']]}, {number(clock, records.lang)}")
            told.append(f"<p>{words} ({link('page:law/index#' + name, name)}, {text(clock['grade'])})</p>")
    return "".join(told) or text(_("no number recorded"))


def _form(records: Records) -> str:
    _ = records.word
    places = {code: name for code, name in records.places.items() if records.of_place(code)}
    labels = {"first": _("First place"), "second": _("Second place")}
    labels |= {"third": _("Third place"), "fourth": _("Fourth place")}
    days = {"value": records.day.isoformat(), "min": law_oldest().isoformat(), "max": "2100-12-31"}
    return form(
        "law-compare",
        _("Choose two to four places"),
        [
            *(select(name, label, places, first=_("none")) for name, label in labels.items()),
            select("about", _("Material"), records.names["material"], chosen=MATERIAL),
            select("kind", _("Branch of law"), branches(records), chosen="criminal"),
            entry("on", _("As of the date"), "date", days),
            f'<div class="law-field"><button type="button" id="law-print">{text(_("Print"))}</button></div>',
        ],
    )


def _warning(records: Records) -> str:
    _ = records.word
    says = _(
        "State of the records: {date}. **Not legal advice**, and no guide to places: these are summaries in our own "
        "words. For a real case, ask a lawyer or a [help line](page:help)."
    ).format(date=records.date(records.day))
    return f"{says}\n\n" + _(
        "Do not count cells to rank places: a blank says that we have no record, not that nothing exists. "
        "[Lesson 18](page:lessons/18) says how to read such a map. "
        "[All records](page:law/index) · [Deadlines](page:law/deadlines)"
    ) + "\n"  # fmt: skip


def _legend(records: Records) -> str:
    _ = records.word
    return (
        _(
            "Generated intimate pictures of people, in the five branches of law that lesson 18 compares. A cell takes "
            "the strongest word that one of its records has; “not named” says that another rule may reach the act. "
            "Follow a record for its caveat, source and date of reading; its grade and its state stand in brackets."
        )
        + "\n"
    )
