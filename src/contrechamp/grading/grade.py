"""``contrechamp grade``: from a pile of hand-ins to tables, feedback pages and a summary.

Each hand-in is judged by itself, so the result does not depend on their order, and a file that cannot be judged costs
nobody else a point. Results are kept one by one: whatever stops a run, the next one continues.
"""

import hashlib
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from contrechamp.errors import ContrechampError
from contrechamp.grading import exercise as exercises
from contrechamp.grading import gradebook, hand_ins, marks, moodle, pages, values, words
from contrechamp.grading.class_folder import ClassFolder, file_name, marker
from contrechamp.grading.collected import Collected, judge
from contrechamp.grading.exercise import Exercise
from contrechamp.grading.hand_ins import File, HandIn
from contrechamp.grading.notebook import NotReadable
from contrechamp.language import gettext as _

Collect = Callable[[bytes], Collected]
_RANK = [
    *("graded", "alternative", "cells_missing", "timed_out", "crashed", "not_run", "wrong_variant", "wrong_lesson"),
    *("too_large", "unreadable", "refused"),
]
_MOST_BYTES = 64_000_000  # of all notebooks of one hand-in
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
    """Grade a class and return the exit status.

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
    """Return the function that reads the answers out of a notebook: by value, or by running it in the sandbox."""
    if not code:
        return lambda content: values.collect(content, exercise, lang)
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
) -> None:
    """Grade what is not graded yet in this way, and keep each result as soon as it is there."""
    told = time.monotonic()
    with ThreadPoolExecutor(max(1, jobs)) as pool:
        waiting = [pool.submit(_graded, folder, hand_in, exercise, collect, lang, how) for hand_in in found]
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
    folder: ClassFolder, hand_in: HandIn, exercise: Exercise, collect: Collect, lang: str, how: str = "value"
) -> dict[str, Any] | None:
    """Return the result of a hand-in, None when it is there already."""
    contents = dict(_contents(hand_in.files, lang))
    digest = _digest(contents, exercise, f"{lang} {how}")
    if folder.is_done(hand_in.key, digest):
        return None
    return record(hand_in, contents, exercise, collect, lang) | {"digest": digest}


def _contents(files: Sequence[File], lang: str) -> Iterator[tuple[str, bytes | NotReadable]]:
    """Read the files of a hand-in up to a size: a small archive can hold a great many large notebooks."""
    left = _MOST_BYTES
    for file in files:
        if left < 0 and file.path.lower().endswith(".ipynb"):
            line = _("The notebooks of this hand-in have more than {most} MB together; this one was not read.", lang)
            yield file.path, NotReadable("too_large", line.format(most=_MOST_BYTES // 1_000_000))
            continue
        content = _content(file)
        left -= len(content) if isinstance(content, bytes) else 0
        yield file.path, content


def _content(file: File) -> bytes | NotReadable:
    if not file.path.lower().endswith(".ipynb"):
        try:
            file.read() if file.path.lower().endswith(".zip") else None
        except NotReadable as why:
            return why
        return b""
    try:
        return file.read()
    except NotReadable as why:
        return why


def _digest(contents: Mapping[str, bytes | NotReadable], exercise: Exercise, how: str) -> str:
    found = hashlib.sha256(f"{exercise.digest} {how}".encode())
    for path, content in sorted(contents.items()):
        found.update(path.encode("utf-8", "surrogatepass") + b"\0")
        found.update(hashlib.sha256(content if isinstance(content, bytes) else str(content).encode()).digest())
    return found.hexdigest()[:20]


def record(
    hand_in: HandIn, contents: Mapping[str, bytes | NotReadable], exercise: Exercise, collect: Collect, lang: str
) -> dict[str, Any]:
    """Return the result of one hand-in as plain data.

    Where a student handed in several notebooks, the one that tells most is taken: the best status, then the most
    answers, then the most points.
    """
    tried = [(*_tried(contents[file.path], exercise, collect, lang), file.path) for file in hand_in.notebooks]
    tried.sort(key=lambda one: (_RANK.index(one[0].status), -len(one[0].values), -one[1], one[2]))
    if tried:
        collected, _points, path = tried[0]
        notes = list(collected.notes)
        rivals = [one[2] for one in tried[1:] if one[0].lesson == exercise.lesson]
        if rivals and collected.lesson == exercise.lesson:
            line = _("More than one notebook of this lesson; taken: {name}.", lang)
            notes.append(line.format(name=words.shown(path, 200)))
    else:
        collected, path, notes = _without_notebook(hand_in, contents, lang)
    judged = judge(collected, exercise.checks(collected.variant), collected.language or lang)
    objectives = {str(check["id"]): str(check.get("objective", "")) for check in exercise.checks(collected.variant)}
    return {
        "key": hand_in.key,
        "name": words.shown(hand_in.name, 200),
        "participant": hand_in.participant,
        "folder": words.shown(hand_in.folder, 300) if hand_in.folder else None,
        "file": words.shown(path, 300),
        "status": collected.status,
        "variant": collected.variant,
        "language": collected.language,
        "notes": [words.shown(note, 1_000) for note in notes],  # they may quote the student
        "questions": [
            {
                "id": found.check,
                "objective": objectives[found.check],
                "status": found.status,
                "points": found.points,
                "possible": found.possible,
                "message": words.shown(found.message, 4_000),
                "misconception": found.misconception,
            }
            for found in judged
        ],
        "open": [
            {
                "id": str(task["id"]),
                "answer": words.shown(collected.open_answers.get(str(task["id"]), "")),
                "possible": task["points"],
            }
            for task in exercise.open(collected.variant)
        ],
    }


def _tried(content: bytes | NotReadable, exercise: Exercise, collect: Collect, lang: str) -> tuple[Collected, float]:
    if isinstance(content, NotReadable):
        return Collected(content.status, notes=(str(content),)), 0.0
    try:
        collected = collect(content)
        judged = judge(collected, exercise.checks(collected.variant))
    except (ContrechampError, OSError):
        raise
    except Exception as error:  # a defect of ours must not cost the rest of the class its grades
        line = _("The grader itself failed at this file ({error}). Please report it.", lang)
        return Collected("unreadable", notes=(line.format(error=type(error).__name__),)), 0.0
    return collected, sum(found.points or 0.0 for found in judged)


def _without_notebook(
    hand_in: HandIn, contents: Mapping[str, bytes | NotReadable], lang: str
) -> tuple[Collected, str, list[str]]:
    reasons = [why for why in contents.values() if isinstance(why, NotReadable)]
    names = ", ".join(words.shown(Path(file.path).name, 80) for file in hand_in.files[:5])
    line = _("No notebook was handed in, but: {names}.", lang).format(names=names)
    status = reasons[0].status if reasons else "unreadable"
    return Collected(status), hand_in.files[0].path, [str(why) for why in reasons] or [line]


def write(folder: ClassFolder, exercise: Exercise, lang: str, worksheet: bytes | None = None) -> None:
    """Write the tables, the pages and what goes back to Moodle."""
    gradebook.write(folder)
    records = folder.sorted()
    made = {one["key"]: pages.feedback(one, exercise, folder.marks, lang) for one in records}
    for key, page in made.items():
        folder.write(f"feedback/{file_name(key)}.html", page)
    folder.write("summary.html", pages.summary(records, exercise, lang))
    if any(task["answer"] for one in records for task in one["open"]):
        folder.write("to_mark.html", pages.to_mark(records, exercise, lang))
        folder.write("to_mark.csv", marks.sheet(records, exercise, lang))
    back = {one["folder"]: made[one["key"]] for one in records if one["folder"]}
    if back:
        folder.write("moodle_feedback.zip", moodle.feedback_zip(back))
    if worksheet is not None:
        content, filled = moodle.worksheet(worksheet, folder, lang)
        folder.about["worksheet"] = filled
        folder.write("moodle_grades.csv", content)
    folder.save()


def told(folder: ClassFolder, exercise: Exercise, lang: str) -> Iterator[str]:
    """Yield what a teacher wants to know at once."""
    records = folder.sorted()
    counts = Counter(one["status"] for one in records)
    number = _("{name}: {count}", lang)
    said = ", ".join(number.format(name=words.status(name, lang), count=counts[name]) for name in _RANK if counts[name])
    yield _("{count} hand-ins ({said}).", lang).format(count=len(records), said=said)
    strange = [one for one in records if one["notes"]]
    line = _("- {name}: {status}. {notes}", lang)
    for one in strange[:_NAMED]:
        yield line.format(name=one["name"], status=words.status(one["status"], lang), notes=" ".join(one["notes"]))
    if len(strange) > _NAMED:
        yield _("- and {count} more: see students.csv", lang).format(count=len(strange) - _NAMED)
    if 2 * counts["wrong_lesson"] > len(records):
        yield _("Most files are of another lesson. Is --lesson {lesson} right?", lang).format(lesson=exercise.lesson)
    waiting = sum(bool(task["answer"]) for one in records for task in one["open"])
    waiting -= sum(len(tasks) for tasks in folder.marks.values())
    if waiting > 0:
        line = _("{count} answers are to be read: {page} and {table}.", lang)
        yield line.format(count=waiting, page=folder.path / "to_mark.html", table=folder.path / "to_mark.csv")
    if "worksheet" in folder.about:
        line = _("{count} grades in {file}; those that wait for a reader or could not be judged are left empty.", lang)
        yield line.format(count=folder.about["worksheet"], file=folder.path / "moodle_grades.csv")
    for name in folder.beside:
        yield _("You changed this file, so the new one is beside it: {file}", lang).format(file=folder.path / name)
    yield _("Tables, feedback pages and the summary are in {place}.", lang).format(place=folder.path)
