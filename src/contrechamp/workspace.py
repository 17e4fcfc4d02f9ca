"""The student's folder ``work/``: a copy of the lessons, exercises and data that loses nothing the student wrote.

A small state file remembers what was copied, as hashes. A file that is still as we left it is refreshed; a file that
the student changed stays, and a new version of it goes beside it under a new name. Opening JupyterLab is the business
of `contrechamp.lab`.
"""

import contextlib
import errno
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from contrechamp import files, home
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext, languages

_STATE = ".contrechamp.json"


@dataclass
class Update:
    """What a call of `refresh` did, as paths inside the work folder."""

    copied: list[str] = field(default_factory=list)
    """New files and files refreshed."""
    beside: list[str] = field(default_factory=list)
    """New versions put beside a file that the student changed."""


def course(lang: str | None = None) -> Path:
    """Return the root of the checkout, which holds the lessons.

    Parameters
    ----------
    lang : str, optional
        Language of the message; the reader's when left out.

    Returns
    -------
    Path

    Raises
    ------
    ContrechampError
        When the library was installed from a wheel, which carries no lessons.
    """
    root = home.checkout()
    if root is None:
        raise ContrechampError(
            gettext(
                "The lessons are not part of the installed package: they are in the course's repository. "
                "Download it, and in its folder type: python3 course.py lab",
                lang,
            )
        )
    return root


def refresh(work: Path, lang: str | None = None) -> Update:
    """Copy the course into `work`, in all its languages, and lose nothing that is there.

    Parameters
    ----------
    work : Path
        The folder to fill; made when missing.
    lang : str, optional
        Language of error messages; the reader's when left out.

    Returns
    -------
    Update

    Raises
    ------
    ContrechampError
        When the folder cannot be written or the disk is full (what was copied before stays and is remembered), or
        when it is one of the course's own, which would be copied into itself.
    """
    root = course(lang)
    _outside_the_sources(work, root, lang)
    update = Update()
    with plainly(work, lang):
        work.mkdir(parents=True, exist_ok=True)
        state = _read_state(work / _STATE)
        before = dict(state)
        try:
            for source, name in _sources(root):
                bring(source.read_bytes(), work, name, state, update)
        finally:
            if state != before:
                files.replace(work / _STATE, json.dumps(state, indent=1, sort_keys=True).encode())
    return update


def _outside_the_sources(work: Path, root: Path, lang: str | None) -> None:
    """Refuse the course's own folder and those inside it, other than a folder of its own such as ``work``."""
    work, root = work.resolve(), root.resolve()
    rooms = [
        root / name for name in ("notebooks", "exercises", "datasets", "guide", "slides", "src", "tests", "locale")
    ]
    if work == root or any(work.is_relative_to(room) for room in rooms):
        raise ContrechampError(
            gettext(
                "{place} belongs to the course itself. Choose a folder of your own, for example {better}; "
                "nothing was copied.",
                lang,
            ).format(place=work, better=root / "work")
        )


def write(path: Path, content: bytes, lang: str | None = None) -> None:
    """Write a file whole or not at all: into a temporary file beside it, which then takes its place.

    Parameters
    ----------
    path : Path
        Missing folders are made.
    content : bytes
    lang : str, optional
        Language of the message; the reader's when left out.

    Raises
    ------
    ContrechampError
        When the folder cannot be written or the disk is full.
    """
    with plainly(path, lang):
        files.replace(path, content)


def _sources(root: Path) -> Iterator[tuple[Path, str]]:
    """Yield each file of the course that a student needs, with its name inside the work folder."""
    folders = [f"{room}/{lang}" for lang in languages() for room in ("notebooks", "exercises", "guide")]
    for folder in [*folders, "datasets"]:
        for path in sorted((root / folder).rglob("*")):
            inside = path.relative_to(root)
            if path.is_file() and not any(part.startswith((".", "__")) for part in inside.parts):
                yield path, inside.as_posix()


def bring(content: bytes, work: Path, name: str, state: dict[str, str], update: Update) -> None:
    """Bring one file up to date in a folder, or put it beside the one that its owner changed.

    Parameters
    ----------
    content : bytes
        The new version.
    work : Path
        The folder.
    name : str
        Path inside it, with forward slashes.
    state : dict of str to str
        Name to SHA-256 of what was brought before; amended.
    update : Update
        Amended.

    Raises
    ------
    OSError
        When the folder cannot be written or the disk is full.
    """
    new, target = _digest(content), work / name
    old = _digest(target.read_bytes()) if target.is_file() else None
    if old == new:
        state[name] = new
    elif old is None or old == state.get(name):
        files.replace(target, content)
        state[name] = new
        update.copied.append(name)
    elif state.get(name) != new:
        # The student changed it, and we have a version that the student has not seen.
        place = _free_name(work, name, state)
        files.replace(work / place, content)
        state[place] = state[name] = new
        update.beside.append(place)


def _free_name(work: Path, name: str, state: dict[str, str]) -> str:
    """Return the name for a new version of `name`: one that is free, or that holds an unread version of ours."""
    stem, dot, ending = name.rpartition(".")
    stem = stem if dot else ending
    number = 1
    while True:
        place = f"{stem}.new{'' if number == 1 else f'-{number}'}" + (f".{ending}" if dot else "")
        path = work / place
        if not path.exists() or (path.is_file() and _digest(path.read_bytes()) == state.get(place)):
            return place
        number += 1


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read_state(path: Path) -> dict[str, str]:
    """Return what was copied. Without a readable state, each file that differs counts as the student's."""
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return {k: v for k, v in state.items() if isinstance(v, str)} if isinstance(state, dict) else {}


@contextlib.contextmanager
def plainly(place: Path, lang: str | None) -> Iterator[None]:
    """Turn the errors of a disk, inside a ``with`` block, into one sentence.

    Parameters
    ----------
    place : Path
        Named where the error itself names no file.
    lang : str or None
        Language of the message; the reader's when None.

    Yields
    ------
    None

    Raises
    ------
    ContrechampError
        For any `OSError` inside the block.
    """
    _ = partial(gettext, lang=lang)
    try:
        yield
    except OSError as error:
        where = error.filename2 or error.filename or place
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            says = _("The disk is full: {place} could not be written. Free some space and try again; nothing was lost.")
        elif error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            says = _(
                "{place} may not be written. Choose another folder, or ask for the right to write there. "
                "Nothing was lost."
            )
        elif error.errno in (errno.ENOTDIR, errno.EEXIST, errno.EISDIR):
            says = _(
                "{place} is in the way: a file stands where a folder is needed, or the reverse. "
                "Rename it, or choose another folder."
            )
        else:
            says = _("{place} could not be written ({reason}). Nothing was lost.")
        raise ContrechampError(says.format(place=where, reason=error.strerror or error)) from None
