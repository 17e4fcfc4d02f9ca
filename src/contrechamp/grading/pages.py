"""The pages in HTML: feedback for one student, the summary for the teacher, the open answers to be read.

Whatever a student wrote is text and stays text: everything is escaped, the pages hold no script, and their policy lets
a browser load nothing.
"""

import html
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from contrechamp.grading import words
from contrechamp.grading.exercise import Exercise
from contrechamp.grading.gradebook import WAITING, earlier, lines, total
from contrechamp.language import gettext as _
from contrechamp.lesson.checks import in_language

FEWEST = 10
"""Hand-ins below which no statistic of a class is given: in a small group a number points at a person."""

_STYLE = (
    "body{font:1.05rem/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;"
    "background:#fff}h1{font-size:1.5rem}h2{font-size:1.2rem}table{border-collapse:collapse;width:100%;margin:1rem 0}"
    "th,td{border:1px solid #767676;padding:.4rem .6rem;text-align:left;vertical-align:top}thead th{background:#eee}"
    "td.points{white-space:nowrap}.said,blockquote{white-space:pre-wrap;overflow-wrap:anywhere}"
    "blockquote{margin:1rem 0;padding:.5rem 1rem;border-left:.3rem solid #767676}"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def feedback(record: Mapping[str, Any], exercise: Exercise, marks: Mapping[str, Any], lang: str) -> str:
    """Return a student's page, in the language of the hand-in.

    Parameters
    ----------
    record : mapping
        The result of one hand-in.
    exercise : Exercise
        For the words of the rubric.
    marks : mapping
        What was marked by hand, by key and task.
    lang : str
        Language to use where the hand-in does not say its own.

    Returns
    -------
    str
        HTML.
    """
    lang = record["language"] or lang
    questions = list(lines(record, marks))
    earned, possible = total(questions)
    title = _("Exercise {lesson}: feedback", lang).format(lesson=exercise.lesson)
    body = [f"<h1>{_e(title)}</h1>", f"<p>{_e(words.shown(record['name'], 200))}</p>"]
    advice = words.advice(record["status"], lang)
    if advice:
        body.append(f"<p><strong>{_e(words.status(record['status'], lang))}.</strong> {_e(advice)}</p>")
    if earned is not None:
        line = _("Points so far: {earned} of {possible}.", lang)
        if not any(question["points"] is None for question in questions):
            line = _("Points: {earned} of {possible}.", lang)
        said = line.format(earned=words.points(earned, lang), possible=words.points(possible, lang))
        body.append(f"<p>{_e(said)}</p>")
        body.append(_questions(questions, lang))
    for task in exercise.open(record["variant"]):
        body += _open(task, questions, lang)
    return _page(title, body, lang)


def _questions(questions: Iterable[Mapping[str, Any]], lang: str) -> str:
    head = [_("Question", lang), _("Result", lang), _("Points", lang), _("What the check says", lang)]
    rows = [
        [
            question["id"],
            words.outcome(question["status"], lang),
            f"{words.points(question['points'], lang)} / {words.points(question['possible'], lang)}",
            words.shown(question["message"] or question.get("remark", ""), 4_000),
        ]
        for question in questions
    ]
    return _table(head, rows)


def _open(task: Mapping[str, Any], questions: Sequence[Mapping[str, Any]], lang: str) -> Iterator[str]:
    found = next((question for question in questions if question["id"] == task["id"]), None)
    if found is None or found["status"] not in ("marked", *WAITING):
        return
    yield f"<h2>{_e(task['id'])} {_e(in_language(task['title'], lang))}</h2>"
    if found["status"] == "to_mark":
        yield f"<p>{_e(_('A person will read your text. The points are not given yet.', lang))}</p>"
        return
    if found["status"] == "marked_earlier":
        line = _("Your text has changed since it was read. It will be read again; the points are not given yet.", lang)
        yield f"<p>{_e(line)}</p>"
        return
    rows = [
        [
            criterion["name"].get(lang, criterion["name"]["en"]),
            words.points(given, lang),
            _level(criterion, given, lang),
        ]
        for criterion, given in zip(task["criteria"], found["criteria"], strict=False)
    ]
    yield _table([_("What is judged", lang), _("Points", lang), _("Rubric", lang)], rows)
    if found["remark"]:
        yield f"<blockquote>{_e(words.shown(found['remark'], 4_000))}</blockquote>"


def _level(criterion: Mapping[str, Any], given: float, lang: str) -> str:
    levels = criterion["levels"].get(lang, criterion["levels"]["en"])
    return str(levels[min(int(given), len(levels) - 1)]) if levels else ""


def summary(records: Sequence[Mapping[str, Any]], exercise: Exercise, lang: str) -> str:
    """Return the summary of a class: how many, the hardest question, the most common misconception. It names nobody.

    With fewer than `FEWEST` judged hand-ins it says how many there are, and nothing else; and of a variant that fewer
    than `FEWEST` handed in, nothing at all, because taking the alternative is nobody's business.

    Parameters
    ----------
    records : sequence of mapping
        The results of the hand-ins.
    exercise : Exercise
    lang : str
        Language of the page.

    Returns
    -------
    str
        HTML.
    """
    title = _("Exercise {lesson}: the class", lang).format(lesson=exercise.lesson)
    judged = [record for record in records if any(q["points"] is not None for q in record["questions"])]
    body = [f"<h1>{_e(title)}</h1>"]
    line = _("{count} hand-ins, {judged} of them judged.", lang)
    body.append(f"<p>{_e(line.format(count=len(records), judged=len(judged)))}</p>")
    groups = defaultdict(list)
    for record in judged:
        groups[record["variant"] or "main"].append(record)
    large = {variant: group for variant, group in groups.items() if len(group) >= FEWEST}
    if not large:
        line = _("Fewer than {count} hand-ins: no statistic is given, because it would point at persons.", lang)
        body.append(f"<p>{_e(line.format(count=FEWEST))}</p>")
    for variant in sorted(large, reverse=True):
        body += _group(large[variant], exercise.checks(variant), lang)
    return _page(title, body, lang)


def _group(records: Sequence[Mapping[str, Any]], checks: Sequence[Mapping[str, Any]], lang: str) -> list[str]:
    found = statistics(records)
    rows = []
    for check in checks:
        asked, right, wrongs = found.get(str(check["id"]), (0, 0, Counter()))
        if asked >= FEWEST:
            name, times = _commonest(wrongs)
            text = _message(check, name, lang) if name else ""
            said = _("{times} times: {text}", lang).format(times=times, text=text) if name else "–"
            rows.append([check["id"], f"{right} / {asked}", said, right / asked])
    if not rows:
        return []
    least = min(row[3] for row in rows)
    hardest = [row for row in rows if row[3] == least]  # equals are all named
    names = ", ".join(row[0] for row in hardest)
    line = _("Hardest question: {name}, right in {right}.", lang).format(name=names, right=hardest[0][1])
    head = [_("Question", lang), _("Right", lang), _("Most common misconception", lang)]
    return [f"<p>{_e(line)}</p>", _table(head, [row[:3] for row in rows])]


def statistics(records: Iterable[Mapping[str, Any]]) -> dict[str, tuple[int, int, "Counter[str]"]]:
    """Return, for each question, how often it was judged, how often it was right, and the misconceptions counted.

    Parameters
    ----------
    records : iterable of mapping
        The results of the hand-ins.

    Returns
    -------
    dict of str to (int, int, Counter)
        By id of the question; one that was never judged is not in it.
    """
    asked: Counter[str] = Counter()
    right: Counter[str] = Counter()
    wrongs: dict[str, Counter[str]] = defaultdict(Counter)
    for record in records:
        for question in record["questions"]:
            if question["points"] is None:
                continue
            asked[question["id"]] += 1
            right[question["id"]] += question["status"] == "right"
            if question["misconception"]:
                wrongs[question["id"]][question["misconception"]] += 1
    return {name: (asked[name], right[name], wrongs[name]) for name in asked}


def _commonest(wrongs: "Counter[str]") -> tuple[str, int]:
    """Return the most common misconception, the first of the alphabet among equals."""
    return min(wrongs.items(), key=lambda item: (-item[1], item[0])) if wrongs else ("", 0)


def _message(check: Mapping[str, Any], name: str, lang: str) -> str:
    for wrong in check.get("misconceptions", []):
        if wrong["name"] == name:
            return in_language(wrong["message"], lang)
    return name


def to_mark(records: Sequence[Mapping[str, Any]], exercise: Exercise, marks: Mapping[str, Any], lang: str) -> str:
    """Return the page of open answers, with the rubric above them, for whoever marks.

    Under an answer that was marked and has changed since stands the mark of the earlier text.

    Parameters
    ----------
    records : sequence of mapping
        The results of the hand-ins.
    exercise : Exercise
        For the tasks and the rubric.
    marks : mapping
        What was marked by hand, by key and task.
    lang : str
        Language of the page.

    Returns
    -------
    str
        HTML.
    """
    title = _("Exercise {lesson}: answers to be read", lang).format(lesson=exercise.lesson)
    body = [f"<h1>{_e(title)}</h1>"]
    line = _("Write the points into {file}, one column a line of the rubric, and give that file with --marks.", lang)
    body.append(f"<p>{_e(line.format(file='to_mark.csv'))}</p>")
    care = _("If a text tells of something that happened to its writer, stop marking: guide/{lang}/care.md.", lang)
    body.append(f"<p><strong>{_e(care.format(lang=lang))}</strong></p>")
    for variant in exercise.tables:
        for task in exercise.open(variant):
            own = [record for record in records if (record["variant"] or "main") == variant]
            body += _task(task, own, marks, lang)
    return _page(title, body, lang)


def _task(
    task: Mapping[str, Any], records: Iterable[Mapping[str, Any]], marks: Mapping[str, Any], lang: str
) -> list[str]:
    found = [(record, _answer(record, task), _before(record, task, marks, lang)) for record in records]
    answered = [(record, answer, before) for record, answer, before in found if answer or before]
    if not answered:
        return []
    head = [_("What is judged", lang), "0", "1", "2"]
    rows = [
        [
            criterion["name"].get(lang, criterion["name"]["en"]),
            *criterion["levels"].get(lang, criterion["levels"]["en"]),
        ]
        for criterion in task["criteria"]
    ]
    body = [f"<h2>{_e(task['id'])} {_e(in_language(task['title'], lang))}</h2>", _table(head, rows)]
    for record, answer, before in answered:
        about = f' lang="{_e(record["language"])}"' if record["language"] else ""
        body.append(
            f"<h3>{_e(words.shown(record['name'], 200))}</h3><blockquote{about}>{_e(words.shown(answer))}</blockquote>"
            + before
        )
    return body


def _before(record: Mapping[str, Any], task: Mapping[str, Any], marks: Mapping[str, Any], lang: str) -> str:
    """Return a paragraph with the mark that was given for an earlier text, nothing where there is none."""
    line = next((line for line in lines(record, marks) if line["id"] == task["id"]), None)
    if line is None or not earlier(line):
        return ""
    says = _("Mark given for an earlier text, not counted: {points}.", lang).format(points=earlier(line))
    return f"<p><strong>{_e(says)}</strong> {_e(words.shown(line['remark'], 4_000))}</p>"


def _answer(record: Mapping[str, Any], task: Mapping[str, Any]) -> str:
    return next((str(found["answer"]) for found in record["open"] if found["id"] == task["id"]), "")


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    first = "".join(f'<th scope="col">{_e(name)}</th>' for name in head)
    body = "".join(
        f'<tr><th scope="row">{_e(row[0])}</th>'
        + "".join(f'<td class="said">{_e(cell)}</td>' for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{first}</tr></thead><tbody>{body}</tbody></table>"


def _page(title: str, body: Iterable[str], lang: str) -> str:
    return (
        f'<!doctype html>\n<html lang="{_e(lang)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n'
        f"<title>{_e(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + "\n</main>\n</body>\n</html>\n"
    )


def _e(text: Any) -> str:
    return html.escape(str(text), quote=True)
