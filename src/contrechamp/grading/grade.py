"""``contrechamp grade``: from a pile of hand-ins to tables, feedback pages and a summary.

Each hand-in is judged by itself, so the result does not depend on their order, and a file that cannot be judged costs
nobody else a point. Results are kept one by one: whatever stops a run, the next one continues.
"""

import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from contrechamp.errors import ContrechampError
from contrechamp.grading import exercise as exercises
from contrechamp.grading import gradebook, hand_ins, marks, moodle, pages, values, words
from contrechamp.grading import record as results
from contrechamp.grading.allowance import RUN, RunClock
from contrechamp.grading.class_folder import ClassFolder, file_name, marker
from contrechamp.grading.exercise import Exercise
from contrechamp.grading.hand_ins import HandIn
from contrechamp.grading.record import BEST_FIRST, Collect
from contrechamp.language import gettext as _

_NAMED = 20  # hand-ins to look at, named one by one on the screen


def main(
    place: str,
    lang: str,
    *,
    lesson: str | None = None,
    out: str | None = None,
    marked: str | None = None,
    worksheet: str | None = None,
    seed: str | None = None,
    code: bool = False,
    trust: bool = False,
    jobs: int | None = None,
) -> int:
    """Grade a class.

    Parameters
    ----------
    place : str
        Folder, zip archive or notebook with hand-ins; or a folder of results, to write its tables again.
    lang : str
        The teacher's language.
    lesson : str, optional
        Number of the lesson; a folder of results knows it.
    out : str, optional
        Folder of results, new or ours; ``grades_NN`` when left out.
    marked : str, optional
        The table ``to_mark.csv`` with points in it.
    worksheet : str, optional
        Moodle's grading worksheet; found by itself when it lies beside the hand-ins.
    seed : str, optional
        The seed of a class's own paper.
    code : bool
        Run the notebooks in the sandbox instead of reading their outputs.
    trust : bool
        With `code`: run them without a sandbox.
    jobs : int, optional
        How many hand-ins at a time.

    Returns
    -------
    int
        Exit status, 0: what is wrong with one hand-in stands in the tables.

    Raises
    ------
    ContrechampError
        When there is nothing to grade, or a place to write cannot be used.
    """
    source = Path(place)
    about = marker(source)
    if about is None and lesson is None:
        raise ContrechampError(_("Which lesson? Add --lesson and its number, for example --lesson 02.", lang))
    exercise = exercises.load(lesson or str((about or {})["lesson"]), lang)
    if seed is not None:
        from contrechamp.grading import paper

        exercise = paper.with_key(exercise, seed, lang)
    given = Path(worksheet).read_bytes() if worksheet else None
    if about is not None:
        folder = ClassFolder(source, exercise.lesson, lang, exercise.paper)
    else:
        found = hand_ins.find(source, lang)
        folder = ClassFolder(Path(out or f"grades_{exercise.lesson}"), exercise.lesson, lang, exercise.paper)
        given = given or found.worksheet
        collect = collector(exercise, code, trust, lang)
        how = "code" if code else "value"
        run(folder, _as_before(found.hand_ins, folder), exercise, collect, lang, jobs or (2 if code else 1), how)
    if marked is not None:
        marks.merge(folder, Path(marked), exercise, lang)
    write(folder, exercise, lang, given)
    for line in told(folder, exercise, lang):
        print(line)
    return 0


def collector(exercise: Exercise, code: bool, trust: bool, lang: str) -> Collect:
    """Return the function that reads the answers out of a notebook.

    Parameters
    ----------
    exercise : Exercise
    code : bool
        By running it in the sandbox; else by value.
    trust : bool
        With `code`: without a sandbox where there is none.
    lang : str
        The teacher's language.

    Returns
    -------
    callable
        Takes the bytes of a notebook and the `Allowance` of its hand-in; returns `Collected`.

    Raises
    ------
    ContrechampError
        When code is to be run, there is no sandbox here, and `trust` is false.
    """
    if not code:
        return lambda content, allowance: values.collect(content, exercise, lang)
    from contrechamp.grading import code as by_code

    return by_code.collector(exercise, trust, lang)


def _as_before(found: Sequence[HandIn], folder: ClassFolder) -> list[HandIn]:
    """Give hand-ins whose keys differ by a number only the keys of the run before: marks are kept by key.

    Otherwise ``ANA``, handed in later, would come before ``Ana`` and take the points that a reader gave her.
    """
    groups: dict[str, list[HandIn]] = defaultdict(list)
    for hand_in in found:
        groups[hand_in.key.partition("~")[0]].append(hand_in)
    return [one for key, group in groups.items() for one in _rekeyed(key, group, folder)]


def _rekeyed(key: str, group: Sequence[HandIn], folder: ClassFolder) -> Iterator[HandIn]:
    known = {name: one for name, one in folder.records.items() if name.partition("~")[0] == key}
    before = {str(one.get("file")).split("/")[0]: name for name, one in known.items()}
    numbered = (key if number == 1 else f"{key}~{number}" for number in count(1))
    free = (name for name in numbered if name not in known or len(group) == 1)
    for hand_in in group:
        head = words.shown(hand_in.files[0].path, 300).split("/")[0]
        yield replace(hand_in, key=before.pop(head, "") or next(free))


def run(
    folder: ClassFolder,
    found: Sequence[HandIn],
    exercise: Exercise,
    collect: Collect,
    lang: str,
    jobs: int = 1,
    how: str = "value",
    clock: RunClock | None = None,
) -> None:
    """Grade what is not graded yet in this way, and keep each result as soon as it is there.

    Parameters
    ----------
    folder : ClassFolder
        Each result is kept in it.
    found : sequence of HandIn
    exercise : Exercise
    collect : callable
        From `collector`.
    lang : str
        The teacher's language.
    jobs : int
        How many hand-ins at a time.
    how : {"value", "code"}
        Part of what makes a result that is there already good enough.
    clock : RunClock, optional
        The time of this run; a new one when left out.

    Raises
    ------
    ContrechampError
        When a result cannot be written; those kept before stay.
    """
    told = time.monotonic()
    clock = clock or RunClock()
    with ThreadPoolExecutor(max(1, jobs)) as pool:
        waiting = [pool.submit(_graded, folder, hand_in, exercise, collect, lang, how, clock) for hand_in in found]
        try:
            for done, future in enumerate(as_completed(waiting), 1):
                _keep(folder, future)
                if time.monotonic() - told > 1 or done == len(waiting):
                    told = time.monotonic()
                    line = _("{done} of {count} hand-ins", lang).format(done=done, count=len(waiting))
                    print(line, file=sys.stderr, flush=True)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _keep(folder: ClassFolder, future: "Future[dict[str, Any] | None]") -> None:
    record = future.result()
    if record is not None:
        folder.keep(record)


def _graded(
    folder: ClassFolder,
    hand_in: HandIn,
    exercise: Exercise,
    collect: Collect,
    lang: str,
    how: str,
    clock: RunClock,
) -> dict[str, Any] | None:
    """Return the result of a hand-in, None when it is there already."""
    contents = dict(results.contents(hand_in.files, lang))
    digest = results.digest(contents, exercise, f"{lang} {how}")
    if folder.is_done(hand_in.key, digest):
        return None
    allowance = clock.begin()
    found = results.record(hand_in, contents, exercise, collect, lang, allowance)
    waits = allowance.run_is_over and found["status"] == "time_used_up"
    return found | {"digest": "" if waits else digest}  # without one, the next run takes it up


def write(folder: ClassFolder, exercise: Exercise, lang: str, worksheet: bytes | None = None) -> None:
    """Write the tables, the pages and what goes back to Moodle.

    Parameters
    ----------
    folder : ClassFolder
        Its results are shown; a page that the teacher changed stays, and the new one goes beside it.
    exercise : Exercise
    lang : str
        The teacher's language.
    worksheet : bytes, optional
        Moodle's grading worksheet.

    Raises
    ------
    ContrechampError
        When a file cannot be written, or the worksheet is none.
    """
    gradebook.write(folder)
    records = folder.sorted()
    made = {one["key"]: pages.feedback(one, exercise, folder.marks, lang) for one in records}
    for key, page in made.items():
        folder.write(f"feedback/{file_name(key)}.html", page)
    folder.write("summary.html", pages.summary(records, exercise, lang))
    if any(task["answer"] for one in records for task in one["open"]) or folder.marks:
        folder.write("to_mark.html", pages.to_mark(records, exercise, folder.marks, lang))
        folder.write("to_mark.csv", marks.sheet(records, exercise, folder.marks, lang))
    back = {one["folder"]: made[one["key"]] for one in records if one["folder"]}
    if back:
        folder.write("moodle_feedback.zip", moodle.feedback_zip(back))
    if worksheet is not None:
        content, filled = moodle.worksheet(worksheet, folder, lang)
        folder.about["worksheet"] = filled
        folder.write("moodle_grades.csv", content)
    folder.save()


def told(folder: ClassFolder, exercise: Exercise, lang: str) -> Iterator[str]:
    """Yield what a teacher wants to know at once.

    Parameters
    ----------
    folder : ClassFolder
        After `write`.
    exercise : Exercise
    lang : str
        The teacher's language.

    Yields
    ------
    str
        A line to print.
    """
    records = folder.sorted()
    counts = Counter(one["status"] for one in records)
    number = _("{name}: {count}", lang)
    said = ", ".join(
        number.format(name=words.status(name, lang), count=counts[name]) for name in BEST_FIRST if counts[name]
    )
    yield _("{count} hand-ins ({said}).", lang).format(count=len(records), said=said)
    strange = [one for one in records if one["notes"]]
    line = _("- {name}: {status}. {notes}", lang)
    for one in strange[:_NAMED]:
        yield line.format(name=one["name"], status=words.status(one["status"], lang), notes=" ".join(one["notes"]))
    if len(strange) > _NAMED:
        yield _("- and {count} more: see students.csv", lang).format(count=len(strange) - _NAMED)
    left = sum(one["status"] == "time_used_up" and not one["digest"] for one in records)
    if left:
        line = _(
            "Hand-ins not run: {count}. The {minutes} minutes of one run are used up; give the command again.", lang
        )
        yield line.format(count=left, minutes=round(RUN / 60))
    if 2 * counts["wrong_lesson"] > len(records):
        yield _("Most files are of another lesson. Is --lesson {lesson} right?", lang).format(lesson=exercise.lesson)
    waiting = [(one, line) for one in records for line in gradebook.lines(one, folder.marks)]
    waiting = [(one, line) for one, line in waiting if line["status"] in gradebook.WAITING]
    changed = [f"{one['name']} ({line['id']})" for one, line in waiting if line["status"] == "marked_earlier"]
    if changed:
        line = _("Marks given for an earlier text, not counted until the new text is read: {names}.", lang)
        more = ", …" if len(changed) > _NAMED else ""
        yield line.format(names=", ".join(changed[:_NAMED]) + more)
    if waiting:
        line = _("{count} answers are to be read: {page} and {table}.", lang)
        yield line.format(count=len(waiting), page=folder.path / "to_mark.html", table=folder.path / "to_mark.csv")
    if "worksheet" in folder.about:
        line = _("{count} grades in {file}; those that wait for a reader or could not be judged are left empty.", lang)
        yield line.format(count=folder.about["worksheet"], file=folder.path / "moodle_grades.csv")
    for name in folder.beside:
        yield _("You changed this file, so the new one is beside it: {file}", lang).format(file=folder.path / name)
    yield _("Tables, feedback pages and the summary are in {place}.", lang).format(place=folder.path)
