"""``contrechamp paper``: an exercise whose numbers are a class's own, with the key at the teacher's.

The answers to the shipped exercises are public, so those are for practice. For some questions the course also says how
their numbers can be drawn. A secret seed decides the numbers; the same seed gives the key again when the class is
graded. The notebook holds the numbers and no expected value; its checks only note the answers.
"""

import contextlib
import hashlib
import io
import json
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from contrechamp import language, workspace
from contrechamp.errors import ContrechampError
from contrechamp.grading.exercise import Exercise, load
from contrechamp.grading.gradebook import table
from contrechamp.language import gettext as _
from contrechamp.lesson.checks import evaluate

_SHORTEST = 8  # letters of a seed
_ROUNDS = 300_000  # of PBKDF2: who tries seeds out against the code on the paper pays for each
_TRIES = 200  # until the right answer and the misconceptions differ
_SECTION = re.compile(r"## ([EA]\d)\. ")
_NAMED = re.compile(r"\{([a-z_]+)\}")


def main(lesson: str, lang: str, *, seed: str | None = None, out: str | None = None) -> int:
    """Write a class's own paper in all languages, and its key.

    Parameters
    ----------
    lesson : str
    lang : str
        The teacher's language.
    seed : str, optional
        The secret; drawn when left out.
    out : str, optional
        A folder that is not there yet; ``paper_NN_CODE`` when left out.

    Returns
    -------
    int
        Exit status, 0.

    Raises
    ------
    ContrechampError
        When the lesson has no questions with drawn numbers, the seed is short, or the folder is there already.
    """
    root = workspace.course(lang)
    seed = seed or secrets.token_urlsafe(12)
    exercise = with_key(load(lesson, lang), seed, lang)
    folder = Path(out or f"paper_{exercise.lesson}_{exercise.paper}")
    if folder.exists():
        raise ContrechampError(_("{place} is there already. Give a new folder with --out.", lang).format(place=folder))
    for path in sorted((root / "exercises").glob(f"*/{exercise.lesson}_*.ipynb")):
        book = json.loads(path.read_text(encoding="utf-8"))
        made = notebook(book, exercise, seed, path.parent.name)
        text = json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        workspace.write(folder / "students" / path.parent.name / path.name, text.encode(), lang)
    workspace.write(folder / "teacher" / "seed.txt", f"{seed}\n".encode(), lang)
    workspace.write(folder / "teacher" / "key.csv", table(["question", "value", "expected"], _answers(exercise)), lang)
    line = _("The paper {code} is in {place}: give out students, keep teacher.", lang)
    print(line.format(code=exercise.paper, place=folder))
    line = _("To grade it: contrechamp grade HAND-INS --lesson {lesson} --seed {seed}", lang)
    print(line.format(lesson=exercise.lesson, seed=seed))
    return 0


def with_key(exercise: Exercise, seed: str, lang: str) -> Exercise:
    """Return the exercise with the questions, and the key, that belong to a seed.

    Only questions whose numbers are drawn are kept: the others have public answers.

    Parameters
    ----------
    exercise : Exercise
        As shipped.
    seed : str
        The secret, eight signs or more; spaces at its ends do not count.
    lang : str
        Language of the message.

    Returns
    -------
    Exercise
        Its ``paper`` is the code that follows from lesson and seed.

    Raises
    ------
    ContrechampError
        When the seed is short, or a variant has no such question: a paper without its alternative would leave no way
        out of the subject.
    """
    if len(seed.strip()) < _SHORTEST:
        says = _("The seed {seed} could be guessed. Take at least {count} signs, or leave --seed out.", lang)
        raise ContrechampError(says.format(seed=repr(seed.strip()), count=_SHORTEST))
    if not all(exercise.drawn(variant) for variant in exercise.tables):
        says = _(
            "The exercise of lesson {lesson} has no questions with numbers of a class's own. These have: {names}.", lang
        )
        raise ContrechampError(says.format(lesson=exercise.lesson, names=", ".join(_with_drawn()) or "–"))
    secret = _secret(exercise.lesson, seed)
    tables = {}
    for variant, shipped in exercise.tables.items():
        drawn = {rule["id"]: rule for rule in exercise.drawn(variant)}
        checks = [_keyed(check, drawn[check["id"]], secret) for check in shipped["checks"] if check["id"] in drawn]
        tables[variant] = {**shipped, "checks": checks}
    return replace(exercise, tables=tables, paper=secret[:3].hex())


def _with_drawn() -> Iterator[str]:
    from contrechamp import home

    names = sorted({path.name[:2] for path in (home.room("datasets") / "checks").glob("[0-9][0-9]_*.json")})
    for name in names:
        exercise = load(name)
        if all(exercise.drawn(variant) for variant in exercise.tables):
            yield name


def _secret(lesson: str, seed: str) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", seed.strip().encode(), f"contrechamp {lesson}".encode(), _ROUNDS)


def numbers(rule: Mapping[str, Any], secret: bytes, attempt: int = 0) -> dict[str, float]:
    """Return the numbers of a question.

    Parameters
    ----------
    rule : mapping
        ``id``, and ``draw``: names to ``[low, high]`` or ``[low, high, step]``, drawn evenly, or to an expression of
        these.
    secret : bytes
        From lesson and seed.
    attempt : int
        Another one gives other numbers.

    Returns
    -------
    dict of str to int or float
    """
    found: dict[str, float] = {}
    for name, spec in rule["draw"].items():
        if not isinstance(spec, str):
            low, high, step = (*spec, 1)[:3]
            steps = round((high - low) / step) + 1
            mixed = hashlib.sha256(secret + f"{rule['id']} {name} {attempt}".encode()).digest()
            value = low + step * (int.from_bytes(mixed[:8], "big") % steps)
            found[name] = value if isinstance(value, int) else round(value, 10)
    worked = {name: eval(spec, {"__builtins__": {}}, found) for name, spec in rule["draw"].items() if name not in found}
    return found | worked


def _keyed(check: Mapping[str, Any], rule: Mapping[str, Any], secret: bytes) -> dict[str, Any]:
    """Return a check with the expected and the misconceived values of these numbers."""
    return _settled(check, rule, secret)[1]


def _settled(
    check: Mapping[str, Any], rule: Mapping[str, Any], secret: bytes
) -> tuple[dict[str, float], dict[str, Any]]:
    """Return the first numbers with which every misconception is told from the right answer and from the others."""
    for attempt in range(_TRIES):
        drawn = numbers(rule, secret, attempt)
        key = _worked_out(check, rule, drawn)
        right = {name: spec["expected"] for name, spec in key["values"].items()}
        said = [evaluate(key, right | wrong["values"], "en").misconception for wrong in key["misconceptions"]]
        if said == [wrong["name"] for wrong in key["misconceptions"]]:
            return drawn, key
    raise ContrechampError(f"drawn {rule['id']}: no numbers were found that tell its misconceptions apart.")


def _worked_out(check: Mapping[str, Any], rule: Mapping[str, Any], drawn: Mapping[str, float]) -> dict[str, Any]:
    space: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):  # the course's own code, from its own data; never a student's
        exec("\n".join([rule["setup"], _filled(rule["code"], drawn), rule["solution"]]), space)
    values = {name: {**spec, "expected": eval(rule["ask"][name], space)} for name, spec in check["values"].items()}
    wrongs = [
        {**wrong, "values": {name: eval(text, space) for name, text in texts.items()}}
        for wrong, texts in zip(check["misconceptions"], rule["wrong"], strict=True)
    ]
    return {**check, "values": values, "misconceptions": wrongs}


def _filled(text: str, drawn: Mapping[str, float], lang: str | None = None) -> str:
    """Write the numbers into a text: as code, or as the language writes them."""

    def written(found: re.Match[str]) -> str:
        if found[1] not in drawn:
            return found[0]
        return repr(drawn[found[1]]) if lang is None else language.number(drawn[found[1]], lang)

    return _NAMED.sub(written, text)


def notebook(book: dict[str, Any], exercise: Exercise, seed: str, lang: str) -> dict[str, Any]:
    """Return the notebook of a paper: the drawn questions with their numbers, and the open task.

    Parameters
    ----------
    book : dict
        The shipped exercise in one language.
    exercise : Exercise
        From `with_key`.
    seed : str
    lang : str
        Language of the notebook.

    Returns
    -------
    dict
        A notebook in format 4; `book` is not changed.
    """
    about = book["metadata"]["contrechamp"]
    variant = about.get("variant") or "main"
    secret = _secret(exercise.lesson, seed)
    shipped = {check["id"]: check for check in load(exercise.lesson).checks(variant)}
    rules = {rule["id"]: rule for rule in exercise.drawn(variant)}
    kept = {*rules, *(task["id"] for task in exercise.open(variant))}
    cells, section = [], None
    for cell in book["cells"]:
        source = "".join(cell["source"])
        begins = _SECTION.match(source) if cell["cell_type"] == "markdown" else None
        section = f"{exercise.lesson}.{begins[1]}" if begins else section
        if section is not None and section not in kept:
            continue
        rule = rules.get(section or "")
        if rule is not None:
            drawn, _key = _settled(shipped[rule["id"]], rule, secret)
            source = _cell(cell, source, rule, drawn, str(exercise.paper), lang)
        cells.append({**cell, "source": source})
    return {**book, "cells": cells, "metadata": {**book["metadata"], "contrechamp": {**about, "paper": exercise.paper}}}


def _cell(
    cell: Mapping[str, Any], source: str, rule: Mapping[str, Any], drawn: Mapping[str, float], code: str, lang: str
) -> str:
    """Return the text of a cell of a drawn question."""
    if cell["cell_type"] == "markdown":
        if rule["text"] is None or not _SECTION.match(source):
            return source
        text = _filled(rule["text"].get(lang, rule["text"]["en"]), drawn, lang)
        return f"{source.splitlines()[0]}\n\n{language.typeset(text, lang)}"
    if "question" in cell["metadata"].get("tags", []):
        return _filled(rule["code"], drawn)
    return source.replace(f'"{rule["id"]}"', f'"{rule["id"]}@{code}"')


def _answers(exercise: Exercise) -> Iterator[list[Any]]:
    for variant in exercise.tables:
        for check in exercise.checks(variant):
            for name, spec in check["values"].items():
                yield [check["id"], name, spec["expected"]]
