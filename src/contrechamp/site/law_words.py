"""The words that the scripts of the law browser say, and numbers of a record in words.

Scripts hold no sentence: each stands here, once, and is translated like every other.
"""

from functools import partial
from typing import Any

from contrechamp import language
from contrechamp.language import gettext
from contrechamp.law.sanctions import currency, prison


def words(lang: str, page: str) -> dict[str, Any]:
    """Return the sentences of a page's script.

    Parameters
    ----------
    lang : str
        Language of the sentences.
    page : {"index", "compare", "deadlines"}
        The page.
    """
    _ = partial(gettext, lang=lang)
    shared = {
        "noDay": _("{given} is not a date. Write YYYY-MM-DD, for example {example}."),
        "tooOld": _("No record is older than {oldest}. Ask for that day or a later one, not for {day}."),
        "unknownCode": _(
            "The address asks for something that is not in the list {field}: {name}. Choose from the list."
        ),
    }
    return shared | {"index": _for_index, "compare": _for_comparison, "deadlines": _for_clocks}[page](lang)


def _for_index(lang: str) -> dict[str, Any]:
    _ = partial(gettext, lang=lang)
    return {
        "place": _("Country or body"),
        "act": _("Conduct"),
        "about": _("Material"),
        "state": _("State on that day"),
        "applies": _("in force, with or without a period of grace"),
        "count": _("{count} of {total} records shown, with their state on {day}."),
        "none": _(
            "No record fits, among {total}, on {day}. That is no answer: nobody may have looked. "
            "Take out a word or a condition, or press “Show everything”."
        ),
        "also": _("See also:"),
        "cleared": _("The filter was taken away to show the record {name}."),
        "noRecord": _(
            "There is no record {name}. Check the address, look for it with words in the form, "
            "or go on with the tables below."
        ),
        "leftOut": _(
            "The record {name} is not shown: it was known from memory only (grade C). "
            "The card of the data says why; go on with the tables below."
        ),
    }


def _for_comparison(lang: str) -> dict[str, Any]:
    _ = partial(gettext, lang=lang)
    heads = [_("Provision"), _("Title"), _("State"), _("Ceiling"), _("Grade"), _("Caveat"), _("Date read")]
    heads.append(_("Source"))
    return {
        "act": _("Conduct"),
        "first": _("First place"),
        "second": _("Second place"),
        "third": _("Third place"),
        "fourth": _("Fourth place"),
        "about": _("Material"),
        "kind": _("Branch of law"),
        "twoPlaces": _("Choose two places at least, and four at most."),
        "compared": _("{places}: {material}, {kind}, {day}"),
        "sideBySide": _("{count} places stand side by side below."),
        "silent": _("An unknown cell means that no record was found here. It never means lawful."),
        "behind": _("The records behind this table"),
        "behindHeads": heads,
        "unknownCeiling": _("nothing noted"),
        "notNamed": _("not named"),
        "noCaveat": _("none recorded"),
    }


def _for_clocks(lang: str) -> dict[str, Any]:
    _ = partial(gettext, lang=lang)
    return {
        "noMoment": _("{given} is not a date with a time. Write for example 2026-12-02T10:00+01:00."),
        "noZone": _(
            "{given} has no time zone, and a clock needs one. "
            "Write 2026-12-02T10:00+01:00, or name the zone, for example Europe/Paris."
        ),
        "clocksChange": _(
            "The clocks of {zone} change at {given}. Write the time with its offset, for example {example}."
        ),
        "noNumber": _("no number: {words}"),
        "about": _("{when}; {words}"),
        "noProvision": _("There is no provision {name}. Choose one from the list."),
        "noClock": _("The record {name} has no clock. Choose one from the list, or read it in the law browser."),
        "unknownZone": _("There is no time zone {name} in the list. Choose one from the list."),
        "whichRecord": _("Choose a rule."),
        "whichMoment": _("Give the day and the hour at which the clock started, both in full."),
        "twice": _("In {zone} the hour of {given} comes twice that night. Choose in the form which one you mean."),
        "skipped": _("In {zone} the clocks skip the hour of {given}. Correct the hour."),
        "chooseOffset": _("Choose"),
        "computed": _("Clocks computed: {count}. They stand in the table below."),
        "clocksOf": _("{cite}: started on {started}"),
        "clockHeads": clock_heads(lang),
        "noCaveat": _("none recorded"),
        "rule": _("{title}: {status} on that day. Grade {grade}, read on {checked}. Caveat of the record: {caveat}"),
        "toRecord": _("Read the whole record"),
        "oldBrowser": _("This browser does not know time zones. Use the table below, or count by hand."),
    }


def clock_heads(lang: str) -> list[str]:
    """Return the headings of a table of clocks."""
    _ = partial(gettext, lang=lang)
    return [
        _("Clock"), _("Who must act"), _("Starts with"), _("Number or words noted"), _("Ends"),
        _("What it is not"), _("Grade"),
    ]  # fmt: skip


def number(clock: dict[str, Any], lang: str) -> str:
    """Return the number of a clock with its unit; empty where the text has none.

    Examples
    --------
    >>> number({"amount": 1, "unit": "months"}, "en"), number({"amount": None, "unit": None}, "en")
    ('1 month', '')
    """
    _ = partial(gettext, lang=lang)
    if clock["amount"] is None:
        return ""
    one = {"hours": _("{number} hour"), "days": _("{number} day"), "months": _("{number} month")}
    several = {"hours": _("{number} hours"), "days": _("{number} days"), "months": _("{number} months")}
    says = (one if clock["amount"] == 1 else several)[clock["unit"]]
    return says.format(number=language.number(clock["amount"], lang))


def ceiling(row: dict[str, Any], lang: str, of: str = "max") -> str:
    """Return years and fine of a rule; empty where the record has neither.

    An empty field of a record means *unknown or not applicable*, so a criminal rule with one of the two says that
    nothing else is noted, and names no punishment that it may not have.

    Parameters
    ----------
    row : dict
        A row of ``provisions.csv``.
    lang : str
        Language of the words.
    of : {"max", "aggravated"}
        The base form of the offence, or the aggravated one.
    """
    _ = partial(gettext, lang=lang)
    years, fine, share = (row.get(f"{of}_{field}") for field in ("prison_years", "fine", "fine_turnover_pct"))
    if years is None and fine is None and share is None:
        return ""
    fines = []
    if fine is not None:
        fines.append(f"{language.number(fine, lang)}\u00a0{currency(row['fine_currency'], lang)}")
    if share is not None:
        fines.append(_("{share} % of world turnover").format(share=language.number(share, lang)))
    parts = [_("prison: {years}").format(years=prison(years, lang))] if years is not None else []
    if fines:
        parts.append(_("fine: {fine}").format(fine=", ".join(fines)))
    if row["kind"] == "criminal" and len(parts) == 1:
        parts.append(_("nothing else noted"))
    return language.typeset((" ; " if lang == "fr" else "; ").join(parts), lang)
