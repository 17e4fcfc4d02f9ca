"""The folder of a class's results: it is resumed and never overwritten, and it says of itself what it is.

One small file a hand-in is written as soon as it is graded, whole or not at all, so that a full disk or a power cut
costs one hand-in and a second run continues. What a teacher changed in a table stays; ours goes beside it.
"""

import datetime
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from contrechamp import workspace
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _

MARKER = ".contrechamp-class.json"
_KIND = "contrechamp results of a class"
_RESULTS = "results"


class ClassFolder:
    """The results of a class in one exercise.

    Parameters
    ----------
    path : Path
        A new folder, an empty one, or one of ours with the same lesson.
    lesson : str or None
        Two digits; None takes the folder's own, which must then be one of ours.
    lang : str
        Language of errors, the teacher's.
    paper : str, optional
        Code of a class's own paper; the shipped exercise when left out.

    Raises
    ------
    ContrechampError
        When the folder holds something else, or the results of another lesson or another paper.
    """

    def __init__(self, path: Path, lesson: str | None, lang: str, paper: str | None = None) -> None:
        self.path, self.lang = path, lang
        about = marker(path)
        if about is None:
            if lesson is None or (path.exists() and (not path.is_dir() or any(path.iterdir()))):
                says = _(
                    "{place} is not a folder of class results. Give a new folder with --out; nothing was changed.", lang
                )
                raise ContrechampError(says.format(place=path))
            about = {
                "kind": _KIND,
                "lesson": lesson,
                "paper": paper,
                "made": datetime.date.today().isoformat(),
                "files": {},
                "marks": {},
            }
        elif lesson is not None and (about["lesson"], about.get("paper")) != (lesson, paper):
            says = _("{place} holds the results of lesson {lesson}{paper}. Give another folder with --out.", lang)
            kept = about.get("paper")
            words = f" ({kept})" if kept else ""
            raise ContrechampError(says.format(place=path, lesson=about["lesson"], paper=words))
        self.about: dict[str, Any] = about
        self.records = self._stored()
        self.beside: list[str] = []

    @property
    def lesson(self) -> str:
        """The lesson of these results."""
        return str(self.about["lesson"])

    @property
    def marks(self) -> dict[str, dict[str, Any]]:
        """What was marked by hand: ``{key: {task: {"points": [0, 2, …], "remark": "…"}}}``."""
        found: dict[str, dict[str, Any]] = self.about.setdefault("marks", {})
        return found

    def is_done(self, key: str, digest: str) -> bool:
        """Say whether a hand-in was graded already, as it is now and against the same key."""
        return self.records.get(key, {}).get("digest") == digest

    def keep(self, record: dict[str, Any]) -> None:
        """Write the result of one hand-in.

        Parameters
        ----------
        record : dict
            From `record.record`; its ``key`` names the file. It takes the place of an earlier one of that key.

        Raises
        ------
        ContrechampError
            When the disk is full or the folder may not be written; what was kept before stays.
        """
        if not (self.path / MARKER).is_file():
            self.save()
        self.records[record["key"]] = record
        text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        workspace.write(self.path / _RESULTS / f"{file_name(record['key'])}.json", text.encode(), self.lang)

    def write(self, name: str, text: str | bytes) -> None:
        """Write one of the tables or pages, beside the old one where somebody changed that.

        Parameters
        ----------
        name : str
            Path inside the folder, with forward slashes.
        text : str or bytes

        Raises
        ------
        ContrechampError
            When the disk is full or the folder may not be written.
        """
        content = text.encode() if isinstance(text, str) else text
        update = workspace.Update()
        with workspace.plainly(self.path / name, self.lang):
            workspace.bring(content, self.path, name, self.about["files"], update)
        self.beside += update.beside

    def save(self) -> None:
        """Write what the folder says of itself."""
        text = json.dumps(self.about, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        workspace.write(self.path / MARKER, text.encode(), self.lang)

    def sorted(self) -> list[dict[str, Any]]:
        """Return the records in the order of their keys."""
        return [self.records[key] for key in sorted(self.records)]

    def _stored(self) -> dict[str, dict[str, Any]]:
        """Read the records that are there; one that is damaged is graded again."""
        found = {}
        for path in sorted((self.path / _RESULTS).glob("*.json")):
            try:
                record = json.loads(path.read_text(encoding="utf-8"))
                if path.stem == file_name(record["key"]) and {"status", "questions", "open", "digest"} <= record.keys():
                    found[str(record["key"])] = record
            except (OSError, ValueError, KeyError, TypeError, AttributeError):
                continue
        return found


def marker(path: Path) -> dict[str, Any] | None:
    """Return what a folder of class results says of itself; None when it is none of ours.

    Parameters
    ----------
    path : Path
        A folder, or nothing.

    Returns
    -------
    dict or None
        ``kind``, ``lesson``, ``files`` and what else the folder keeps of itself.
    """
    try:
        about = json.loads((path / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    sound = isinstance(about, dict) and about.get("kind") == _KIND and isinstance(about.get("lesson"), str)
    return about if sound and isinstance(about.get("files"), dict) else None


def file_name(key: str) -> str:
    """Return the name of a student's files: readable, and one of a kind on every system."""
    short = key.encode()[:120].decode("utf-8", "ignore")
    return f"{short}_{hashlib.sha256(key.encode()).hexdigest()[:8]}"


def contents(path: Path) -> tuple[int, int, list[str]]:
    """Return how many hand-ins and files a folder of results holds, and the names at its top that are not ours.

    Parameters
    ----------
    path : Path
        A folder.

    Returns
    -------
    hand_ins, files : int
        Links count as files.
    strange : list of str
        Sorted.
    """
    files = [file for file in path.rglob("*") if file.is_file() or file.is_symlink()]
    about = marker(path) or {"files": {}}
    ours = {MARKER, _RESULTS, *(name.split("/")[0] for name in about["files"])}
    strange = sorted(file.name for file in path.iterdir() if file.name not in ours)
    return len(list((path / _RESULTS).glob("*.json"))), len(files), strange


def delete(path: Path, lang: str) -> None:
    """Delete a folder of results whole, without following links."""
    with workspace.plainly(path, lang):
        shutil.rmtree(path)
