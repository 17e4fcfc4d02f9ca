"""``contrechamp before-after FILE``: what a group knew before the course and after it, and nothing about anybody.

The file has one row an answer: the code that a person chose, before or after, the question, the letter. Only people who
took both tests count. Of fewer than ten nothing is reported, neither of the group nor of a question.
"""

import csv
import io
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from contrechamp.classroom import quiz_bank
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext, number, percent

SMALLEST = 10  # people; of a smaller group nothing is reported
COLUMNS = ("code", "when", "item", "choice")
_RESAMPLES = 4000


@dataclass(frozen=True)
class Report:
    """What may be told of a group.

    Attributes
    ----------
    people : int
        How many took both tests.
    before, after : float or None
        Mean share of right answers, from 0 to 1; None of a group that is too small.
    interval : tuple of float or None
        95 % interval of the difference, by resampling people (4,000 times, a fixed seed).
    items : dict
        By question: shares right before and after, of those who answered it both times; None where they are too few.
    """

    people: int
    before: float | None = None
    after: float | None = None
    interval: tuple[float, float] | None = None
    items: dict[str, tuple[float, float] | None] | None = None


def main(path: str | None, lang: str) -> int:
    """Print the report on a file of answers; return the exit status.

    Parameters
    ----------
    path : str or None
        The file, as typed.
    lang : str
        Language of the report.

    Returns
    -------
    int
        Exit status, 0, also when the group is too small to report.

    Raises
    ------
    ContrechampError
        When there is no path, or the file cannot be read as answers; the message names the line.
    """
    _ = partial(gettext, lang=lang)
    if path is None:
        raise ContrechampError(_("Which file? A CSV file with the columns code, when, item, choice."))
    report = analyse(read(Path(path), lang), right_answers(lang))
    if report.before is None or report.after is None or report.interval is None:
        print(_("Fewer than {count} people took both tests: nothing is reported.").format(count=SMALLEST))
        return 0
    print(_("{people} people took both tests.").format(people=report.people))
    line = _(
        "Right answers: {before} before, {after} after; difference {low} to {high} percentage points (95 % interval)."
    )
    low, high = (number(100 * value, lang, "+0;-0") for value in report.interval)
    before, after = (percent(100 * value, lang, "0") for value in (report.before, report.after))
    print(line.format(before=before, after=after, low=low, high=high))
    print(_("The course and everything else that happened in between are in this difference."))
    for item, pair in (report.items or {}).items():
        shares = " → ".join(percent(100 * value, lang, "0") for value in pair) if pair else _("too few to report")
        print(f"{item}  {shares}")
    return 0


def right_answers(lang: str = "en") -> dict[str, str]:
    """Return the right letter of each question of the bank."""
    return {question.id: question.right.key for question in quiz_bank.load([], lang)}


def read(path: Path, lang: str) -> list[tuple[str, str, str, str]]:
    """Return the rows of a file of answers: code, ``before`` or ``after``, question, letter.

    Parameters
    ----------
    path : Path
        CSV, UTF-8, with the columns of `COLUMNS`; commas or semicolons.
    lang : str
        Language of the messages.

    Returns
    -------
    list of (str, str, str, str)
        In small letters, without outer spaces; an empty letter means no answer.

    Raises
    ------
    ContrechampError
        For a missing file, column, value, or an answer given twice, with its line.
    """
    _ = partial(gettext, lang=lang)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ContrechampError(_("There is no file {path}.").format(path=path)) from None
    except UnicodeDecodeError:
        raise ContrechampError(_("{path} is not text in UTF-8. Save it as CSV, UTF-8.").format(path=path)) from None
    delimiter = ";" if ";" in text.split("\n", 1)[0] else ","  # a French spreadsheet writes semicolons
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
    if missing:
        raise ContrechampError(_("{path} lacks the column {names}.").format(path=path, names=", ".join(missing)))
    rows: dict[tuple[str, str, str], str] = {}
    for row in reader:
        code, when, item, choice = ((row[name] or "").strip().casefold() for name in COLUMNS)
        where = _("{path}, line {number}").format(path=path, number=reader.line_num)
        if not code or when not in ("before", "after"):
            raise ContrechampError(_("{where}: give a code, and before or after.").format(where=where))
        if (code, when, item) in rows:
            raise ContrechampError(
                _("{where}: {code} has answered {item} already ({when}).").format(
                    where=where, code=code, item=item, when=when
                )
            )
        rows[code, when, item] = choice
    known = right_answers(lang)
    strangers = sorted({item for _code, _when, item in rows if item not in known})
    if strangers:
        raise ContrechampError(_("{path}: there is no question {name}.").format(path=path, name=", ".join(strangers)))
    return [(code, when, item, choice) for (code, when, item), choice in rows.items()]


def analyse(rows: list[tuple[str, str, str, str]], right: dict[str, str]) -> Report:
    """Return what may be told of a group.

    Parameters
    ----------
    rows : list of tuple
        Code, ``before`` or ``after``, question, letter. A question without an answer counts as not answered.
    right : dict
        The right letter of each question.

    Returns
    -------
    Report
        With numbers only when `SMALLEST` people or more took both tests.
    """
    given: dict[str, dict[str, dict[str, bool]]] = defaultdict(lambda: {"before": {}, "after": {}})
    for code, when, item, choice in rows:
        if choice:
            given[code][when][item] = choice == right[item]
    both = [answers for answers in given.values() if answers["before"] and answers["after"]]
    if len(both) < SMALLEST:
        return Report(len(both))
    shares = np.array([[np.mean(list(one[when].values())) for when in ("before", "after")] for one in both])
    gain = shares[:, 1] - shares[:, 0]
    rng = np.random.default_rng(2026)
    means = gain[rng.integers(0, len(gain), (_RESAMPLES, len(gain)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    items = {}
    for item in sorted({item for _code, _when, item, _choice in rows}):
        pairs = [
            (one["before"][item], one["after"][item]) for one in both if item in one["before"] and item in one["after"]
        ]
        enough = len(pairs) >= SMALLEST
        items[item] = (
            (float(np.mean([b for b, _a in pairs])), float(np.mean([a for _b, a in pairs]))) if enough else None
        )
    return Report(len(both), float(shares[:, 0].mean()), float(shares[:, 1].mean()), (float(low), float(high)), items)
