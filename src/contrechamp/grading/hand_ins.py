"""Finding what was handed in: a folder, a zip archive, or the download of a Moodle assignment.

A student is a folder, a file or a participant of Moodle's. How the files themselves are read, and what is refused of
them, is said in `contrechamp.grading.given_files`.
"""

import io
import re
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from contrechamp.errors import ContrechampError
from contrechamp.grading.collected import Status
from contrechamp.grading.given_files import File, in_archive, in_folder, on_disk, opened
from contrechamp.grading.notebook import NotReadable
from contrechamp.language import gettext as _

_MOODLE = re.compile(r"(?P<name>[^/]*?)_(?P<number>\d+)_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<rest>.*))?")


@dataclass(frozen=True)
class HandIn:
    """What one student handed in.

    Attributes
    ----------
    key : str
        One of a kind, also where the system does not tell capitals from small letters.
    name : str
        The student's name as the folder or file gives it: untrusted.
    files : tuple of File
        In order of their paths.
    participant : str or None
        Moodle's number of the participant.
    folder : str or None
        Moodle's folder of the participant, for the way back.
    """

    key: str
    name: str
    files: tuple[File, ...]
    participant: str | None = None
    folder: str | None = None

    @property
    def notebooks(self) -> tuple[File, ...]:
        """The files that are called notebooks."""
        return tuple(file for file in self.files if file.path.lower().endswith(".ipynb"))


@dataclass(frozen=True)
class Found:
    """What was found in a place.

    Attributes
    ----------
    hand_ins : tuple of HandIn
        In the order of their keys.
    worksheet : bytes or None
        Moodle's grading worksheet, where one lies beside them.
    """

    hand_ins: tuple[HandIn, ...]
    worksheet: bytes | None = None


def find(place: Path, lang: str) -> Found:
    """Find the hand-ins in a folder, in a zip archive, or the one that a notebook is.

    Parameters
    ----------
    place : Path
        A folder, a zip archive or a notebook.
    lang : str
        Language of the messages and reasons, the teacher's.

    Returns
    -------
    Found
        With one hand-in at least.

    Raises
    ------
    ContrechampError
        When there is no such place, when it is no zip archive or a damaged one, or when it holds no hand-in.
    """
    if not place.exists():
        raise ContrechampError(
            _("{place} does not exist. Give a folder, a zip file or a notebook.", lang).format(place=place)
        )
    if place.is_dir():
        files = _trim(in_folder(place, lang))
    elif place.suffix.lower() == ".ipynb":
        files = [on_disk(place, place.name, lang)]
    else:
        files = _trim(in_archive(opened(place, lang), lang))
    sheets = [file for file in files if _worksheet(file)] if any(map(_is_moodle, files)) else []
    worksheet = _worksheet(sheets[0]) if sheets else None
    hand_ins = _hand_ins([file for file in files if file not in sheets], lang)
    if not hand_ins:
        raise ContrechampError(
            _(
                "There is no hand-in in {place}. A class's folder holds notebooks, or a folder for each student.", lang
            ).format(place=place)
        )
    return Found(tuple(hand_ins), worksheet)


def _trim(files: list[File]) -> list[File]:
    """Take away the folders that hold all of the files, as long as they hold more than one student's."""
    while files:
        heads = {file.path.split("/")[0] for file in files}
        rests = {file.path.split("/")[1] for file in files if file.path.count("/")}
        if len(heads) != 1 or any("/" not in file.path for file in files) or _MOODLE.fullmatch(next(iter(heads))):
            return files
        deeper = any(file.path.count("/") > 1 for file in files)
        if len(rests) < 2 and not deeper:
            return files  # one student's folder
        files = [replace(file, path=file.path.split("/", 1)[1]) for file in files]
    return files


def _is_moodle(file: File) -> bool:
    return bool(_MOODLE.fullmatch(file.path.split("/")[0]))


def _worksheet(file: File) -> bytes | None:
    """Return the content of a file that is Moodle's grading worksheet; a student's file never is."""
    if "/" in file.path or not file.path.lower().endswith(".csv") or _is_moodle(file):
        return None
    try:
        content = file.read()
    except NotReadable:
        return None
    return content if content[:60].decode("utf-8", "replace").lstrip('\ufeff"').startswith(("Identifi",)) else None


# ---- students -------------------------------------------------------------------------------------------------------


def _hand_ins(files: Iterable[File], lang: str) -> list[HandIn]:
    groups: dict[tuple[str, str], list[File]] = defaultdict(list)
    for file in files:
        groups[_owner(file.path)].append(file)
    named = [_of_student(owner, members, lang) for owner, members in sorted(groups.items())]
    seen: Counter[str] = Counter()
    made = []
    for hand_in in named:
        seen[hand_in.key] += 1
        times = seen[hand_in.key]
        made.append(hand_in if times == 1 else replace(hand_in, key=f"{hand_in.key}~{times}"))
    return sorted(made, key=lambda hand_in: hand_in.key)


def _owner(path: str) -> tuple[str, str]:
    """Return whose file this is: Moodle's participant, else the folder, else the file's own name."""
    head, slash, _rest = path.partition("/")
    moodle = _MOODLE.fullmatch(head)
    if moodle:
        return ("participant", moodle["number"])
    return ("folder", head) if slash else ("file", head)


def _of_student(owner: tuple[str, str], members: list[File], lang: str) -> HandIn:
    kind, name = owner
    files = tuple(sorted(_opened(members, lang), key=lambda file: file.path))
    if kind == "participant":
        folders = sorted({file.path.split("/")[0] for file in members if "/" in file.path})
        first = _MOODLE.fullmatch((folders or [members[0].path])[0])
        assert first is not None, "the owner was read from it"
        home = [folder for folder in folders if "_assignsubmission_file" in folder]
        folder = (home or [f"{first['name']}_{name}_assignsubmission_file_"])[0]
        return HandIn(f"{name}", first["name"] or name, files, name, folder)
    shown = name if kind == "folder" else re.sub(r"(\.ipynb|\.zip)$", "", name, flags=re.IGNORECASE)
    return HandIn(key(shown), shown, files)


def key(name: str) -> str:
    """Return a name that any system can tell from another's: letters composed, small, without signs that files forbid.

    Examples
    --------
    >>> key("Zoé LE GALL")
    'zoé-le-gall'
    """
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name).casefold())
    plain = re.sub(r"[^\w.+@-]+", "-", plain).strip("-. ")[:80]
    return plain or "student"


def _opened(members: list[File], lang: str) -> Iterator[File]:
    """Yield a student's files, and those inside a zip archive that the student handed in."""
    for file in members:
        if not file.path.lower().endswith(".zip"):
            yield file
            continue
        try:
            inner = in_archive(zipfile.ZipFile(io.BytesIO(file.read())), lang, most=200)
            if not inner:
                raise NotReadable("unreadable", _("The file is empty.", lang))
        except NotReadable as why:
            yield File(file.path, _refusing(why.status, str(why)))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError):
            yield File(file.path, _refusing("unreadable", _("The zip archive is damaged.", lang)))
        except ContrechampError as why:
            yield File(file.path, _refusing("too_large", str(why)))
        else:
            yield from (replace(one, path=f"{file.path}/{one.path}") for one in inner)


def _refusing(status: Status, why: str) -> Callable[[], bytes]:
    def read() -> bytes:
        raise NotReadable(status, why)

    return read
