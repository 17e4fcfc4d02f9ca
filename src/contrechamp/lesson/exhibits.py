"""Charts for slides and briefs, each drawn from records: a name, a description, the numbers behind it, the picture.

A deck names one with ``{{ chart:people_near_chance }}``. An exhibit knows the ids of its records, so that its sources
can be listed. It is not for lessons, whose figures stand in cells that can be read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from contrechamp import language
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _
from contrechamp.lesson.figures import describe

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_GRADES = ("A", "B")


@dataclass(frozen=True)
class Exhibit:
    """A chart in one language.

    Attributes
    ----------
    name : str
    records : list of str
        References ``kind:id.field`` of the records behind it.
    alt : str
        What the chart shows, as a sentence with its finding.
    header : list of str
        Headings of the table behind it.
    rows : list of list of str
        The table, as the reader's language writes numbers.
    draw : callable
        Returns the matplotlib figure.
    """

    name: str
    records: list[str]
    alt: str
    header: list[str]
    rows: list[list[str]]
    draw: Callable[[], "Figure"]


def exhibit(name: str) -> Exhibit:
    """Return a chart with its words and numbers, in the reader's language. It is drawn when `draw` is called.

    Parameters
    ----------
    name : str
        One of `names`.

    Returns
    -------
    Exhibit

    Raises
    ------
    ContrechampError
        When no exhibit has this name, or one of its records is unknown or of grade C.
    """
    if name not in _EXHIBITS:
        raise ContrechampError(f"There is no chart called {name!r}. Charts: {', '.join(sorted(_EXHIBITS))}.")
    return _EXHIBITS[name]()


def names() -> list[str]:
    """Return the names of all exhibits."""
    return sorted(_EXHIBITS)


def _records(kind: str, ids: list[str]) -> "pd.DataFrame":
    from contrechamp import datasets

    loaders: dict[str, Callable[[], pd.DataFrame]] = {
        "stat": datasets.load_statistics,
        "field": datasets.load_field_results,
        "law": datasets.load_provisions,
    }
    frame = loaders[kind]()
    for record in ids:
        if record not in frame.index:
            raise ContrechampError(f"A chart asks for {kind}:{record}, and there is no such record.")
        if frame.loc[record, "grade"] not in _GRADES:
            raise ContrechampError(
                f"A chart asks for {kind}:{record}, of grade {frame.loc[record, 'grade']}: never shown."
            )
    return frame.loc[ids]


def _percent(frame: "pd.DataFrame", column: str = "value") -> list[str]:
    return [f"{language.number(float(value))}\u00a0%" for value in frame[column]]


def _wave() -> Exhibit:
    from contrechamp.lesson.charts import bars

    ids = ["grok-nyt", "grok-aif", "grok-ccdh-all", "grok-oh-share"]
    frame = _records("stat", ids)
    return Exhibit(
        "four_shares_of_one_wave",
        [f"stat:{record}.value" for record in ids],
        describe(
            _(
                "Four bars, one a measurement of the same weeks: {a} % of images at the New York Times, {b} % at AI "
                "Forensics, {c} % at CCDH, {d} % in a researcher's count of one day. "
                "They differ because each counts something else."
            ),
            dict(zip("abcd", frame["value"], strict=True)),
        ),
        [_("Measurement"), _("What it counts"), _("Share")],
        [[r.label, r.definition, p] for r, p in zip(frame.itertuples(), _percent(frame), strict=True)],
        lambda: bars(
            frame,
            "value",
            "label",
            title=_("The same weeks, four definitions, four shares"),
            unit="%",
            xlabel=_("share of the images counted"),
        ),
    )


def _three_rises() -> Exhibit:
    from contrechamp.lesson.charts import bars

    ids = ["iwf-h1-2025-rise", "iwf-2025-rise", "iwf-2025-items-rise"]
    frame = _records("stat", ids)
    return Exhibit(
        "one_phenomenon_three_rises",
        [f"stat:{record}.value" for record in ids],
        describe(
            _(
                "Three bars from one hotline: webpages rose by {a} % over one half-year, reports by {b} % over the "
                "year, items by {c} %. All three are true."
            ),
            dict(zip("abc", frame["value"], strict=True)),
        ),
        [_("What was counted"), _("Rise")],
        [[r.label, p] for r, p in zip(frame.itertuples(), _percent(frame), strict=True)],
        lambda: bars(
            frame,
            "value",
            "label",
            title=_("Same hotline, three true rises"),
            unit="%",
            xlabel=_("rise, %"),
            pattern="+0;-0",
        ),
    )


def _people() -> Exhibit:
    from contrechamp.lesson.charts import intervals

    ids = ["diel-text", "diel-image", "diel-video", "diel-audio"]
    frame = _records("stat", ids)
    image = frame.loc["diel-image"]
    return Exhibit(
        "people_near_chance",
        [f"stat:{record}.value" for record in ids],
        describe(
            _(
                "Dots with intervals for texts, images, videos and voices, pooled over studies; a line marks chance at "
                "fifty per cent. For images people were right {value} % of the time, interval {low} to {high}: "
                "close to a coin toss."
            ),
            {"value": image.value, "low": image.ci95_low, "high": image.ci95_high},
        ),
        [_("What people judged"), _("Right answers"), _("95 % interval")],
        [
            [r.label, p, f"{low}–{high}"]
            for r, p, low, high in zip(
                frame.itertuples(),
                _percent(frame),
                _percent(frame, "ci95_low"),
                _percent(frame, "ci95_high"),
                strict=True,
            )
        ],
        lambda: intervals(
            frame,
            "value",
            "ci95_low",
            "ci95_high",
            "label",
            (50, _("chance")),
            title=_("Unaided, people are close to a coin toss"),
            unit="%",
            xlabel=_("right answers, %"),
            pattern="0.0",
        ),
    )


def _elsewhere() -> Exhibit:
    from contrechamp.lesson.charts import bars

    ids = [f"cnndetection-{name}-accuracy" for name in ("progan", "stylegan", "biggan", "faceswap", "san")]
    frame = _records("field", ids)
    frame = frame.assign(label=frame["label"].str.partition(":")[0].str.strip())  # the measure stands under the axis
    return Exhibit(
        "one_detector_five_generators",
        [f"field:{record}.value" for record in ids],
        describe(
            _(
                "Five bars, accuracy of one published detector: {a} % on the generator it was trained on, {b} % on "
                "the next, then {c} %, {d} % and {e} % on others, where fifty per cent is a coin toss."
            ),
            dict(zip("abcde", frame["value"], strict=True)),
        ),
        [_("Published result"), _("Accuracy")],
        [[r.label, p] for r, p in zip(frame.itertuples(), _percent(frame), strict=True)],
        lambda: bars(
            frame,
            "value",
            "label",
            title=_("One detector: excellent where it trained, a coin toss elsewhere"),
            unit="%",
            xlabel=_("accuracy at the usual threshold, %"),
        ),
    )


def _clocks() -> Exhibit:
    from contrechamp.datasets import load_clocks, load_jurisdictions
    from contrechamp.lesson.charts import bars

    pairs = [
        ("in-itrules-2026-takedown", "removal"),
        ("fr-lcen-6-1", "police_request"),
        ("gb-osa-48h", "removal"),
        ("us-tida-platform", "removal"),
        ("us-ca-sb981", "acknowledgement"),
    ]
    law = _records("law", [record for record, _clock in pairs])
    clocks = load_clocks().set_index(["provision", "clock"]).loc[pairs]
    if set(clocks["unit"]) != {"hours"}:
        raise ContrechampError("The chart of five clocks compares hours, and one of its records has another unit.")
    places = load_jurisdictions()["name"]
    names = [*law["jurisdiction"].map(places)[:-1], _("California")]
    frame = law.assign(
        hours=clocks["amount"].astype(float).to_numpy(),
        label=[f"{name}: {clock}" for name, clock in zip(names, clocks["clock_name"], strict=True)],
    )
    hours = [f"{language.number(value)}\u00a0h" for value in frame["hours"]]
    return Exhibit(
        "five_clocks",
        [f"law:{record}" for record, _clock in pairs],
        describe(
            _(
                "Five bars in hours: India {a} for removal, France {b} after a request of the police, United Kingdom "
                "{c} and United States {d} for removal, California {e} for an acknowledgement. Three bars are of the "
                "same length and two of these are removals."
            ),
            dict(zip("abcde", frame["hours"], strict=True)),
        ),
        [_("Clock"), _("Starts with"), _("Hours")],
        [[r.label, start, h] for r, start, h in zip(frame.itertuples(), clocks["starts"], hours, strict=True)],
        lambda: bars(
            frame,
            "hours",
            "label",
            highlight=[
                r.label for r, (_id, clock) in zip(frame.itertuples(), pairs, strict=True) if clock == "removal"
            ],
            title=_("Three clocks of the same length, two of them removals"),
            unit=_("hours"),
            xlabel=_("hours after the start"),
        ),
    )


def _result(lesson: str, names: list[str]) -> list[float]:
    """Return what a lesson published, as its notebook stored it."""
    from contrechamp.datasets.published import load_results

    published = load_results(lesson)
    for name in names:
        if name not in published:
            raise ContrechampError(f"A chart asks for result:{lesson}.{name}, and lesson {lesson} published none.")
    return [float(published[name]) for name in names]


def _toy(
    name: str, lesson: str, results: dict[str, str], alt: str, title: str, axis: str, highlight: list[str]
) -> Exhibit:
    """Return bars of what a lesson computed: name of a result to its label; values rounded to whole numbers."""
    import pandas as pd

    from contrechamp.lesson.charts import bars

    values = [round(value) for value in _result(lesson, list(results))]
    frame = pd.DataFrame({"label": list(results.values()), "value": values}, index=list(results))
    return Exhibit(
        name,
        [f"result:{lesson}.{key}" for key in results],
        describe(alt, dict(zip("abcde", values, strict=False))),
        [_("In the toy of lesson {lesson}").format(lesson=lesson), axis],
        [[label, language.number(value)] for label, value in zip(frame["label"], values, strict=True)],
        lambda: bars(frame, "value", "label", highlight=[results[key] for key in highlight], title=title, xlabel=axis),
    )


def _layers() -> Exhibit:
    return _toy(
        "six_layers",
        "06",
        {
            "apart": _("Six layers, holes independent"),
            "together": _("Six layers, a shared cause"),
            "best_alone": _("Best layer alone"),
        },
        _(
            "Three bars: of a thousand abusive requests {a} get past six layers when their holes are independent, {b} "
            "when the layers share a cause, and {c} past the best layer alone."
        ),
        _("Layers that share a cause let far more through"),
        _("past the filters, of a thousand (toy)"),
        ["together"],
    )


def _copies() -> Exhibit:
    return _toy(
        "hours_and_copies",
        "07",
        {
            "two": _("two hours from the report"),
            "day": _("a day from the report"),
            "report": _("two days from the report"),
            "judge": _("six hours from a judge's order, three days on"),
            "none": _("never removed"),
        },
        _(
            "Five bars, copies in a toy week: {a} with removal two hours after the report, {b} after a day, {c} after "
            "two days; {d} when a short clock waits three days for a judge; {e} without removal."
        ),
        _("Six hours that start late lose against two days"),
        _("copies in the week (toy)"),
        ["judge"],
    )


def _accused() -> Exhibit:
    return _toy(
        "genuine_accused",
        "11",
        {
            "jpeg_fpr": _("saved again at seventy-five"),
            "half_fpr": _("made half as large"),
            "noise_fpr": _("a little noise"),
        },
        _(
            "Three bars: of a hundred genuine pictures a detector trained on untouched ones accuses {a} when they were "
            "saved again, {b} when they were made half as large and {c} after a little noise."
        ),
        _("An ordinary change, and genuine pictures are accused"),
        _("genuine pictures accused, % (toy)"),
        ["noise_fpr"],
    )


def _alarms() -> Exhibit:
    return _toy(
        "right_alarms",
        "11",
        {
            "ppv_ten": _("one picture in ten is fake"),
            "ppv_hundred": _("one in a hundred"),
            "ppv_thousand": _("one in a thousand"),
        },
        _(
            "Three bars, right alarms in a hundred: {a} where one picture in ten is fake, {b} where one in a hundred "
            "is, {c} where one in a thousand is. The detector is the same."
        ),
        _("Same detector, rarer fakes: most alarms are false"),
        _("right alarms in a hundred (toy)"),
        ["ppv_thousand"],
    )


_EXHIBITS: dict[str, Callable[[], Exhibit]] = {
    "five_clocks": _clocks,
    "four_shares_of_one_wave": _wave,
    "genuine_accused": _accused,
    "hours_and_copies": _copies,
    "one_detector_five_generators": _elsewhere,
    "one_phenomenon_three_rises": _three_rises,
    "people_near_chance": _people,
    "right_alarms": _alarms,
    "six_layers": _layers,
}
