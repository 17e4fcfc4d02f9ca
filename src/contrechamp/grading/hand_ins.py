"""Finding what was handed in: a folder, a zip archive, or the download of a Moodle assignment.

Nothing is unpacked to the disk, so no name in an archive can lead anywhere. Links are not followed. Sizes are looked
at before anything is read, and reading stops at a limit whatever the archive says of itself.
"""

import io
import re
import stat
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from contrechamp.errors import ContrechampError
from contrechamp.grading.class_folder import marker
from contrechamp.grading.collected import Status
from contrechamp.grading.notebook import MOST_BYTES, NotReadable, too_large
from contrechamp.language import gettext as _

MOST_FILES = 20_000
MOST_ARCHIVE = 64_000_000  # bytes of a student's own archive inside the class's
_MOODLE = re.compile(r"(?P<name>[^/]*?)_(?P<number>\d+)_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<rest>.*))?")
_SILENT = ("__MACOSX", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True)
class File:
    """One file of a hand-in: its path inside what was given, and how to read it.

    `read` raises `NotReadable` with a reason, and nothing else, for everything that a student can cause.
    """

    path: str
    read: Callable[[], bytes]


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
    """The hand-ins in the order of their keys, and Moodle's grading worksheet where one lies beside them."""

    hand_ins: tuple[HandIn, ...]
    worksheet: bytes | None = None


def find(place: Path, lang: str) -> Found:
    """Find the hand-ins in a folder, in a zip archive, or the one that a notebook is.

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
        files = _trim(_in_folder(place, lang))
    elif place.suffix.lower() == ".ipynb":
        files = [_file_on_disk(place, place.name, lang)]
    else:
        files = _trim(_in_archive(_archive(place, lang), lang))
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


# ---- files ----------------------------------------------------------------------------------------------------------


def _in_folder(folder: Path, lang: str) -> list[File]:
    found: list[File] = []
    waiting = [folder]
    while waiting:
        for path in sorted(waiting.pop().iterdir()):
            name = path.relative_to(folder).as_posix()
            if _is_silent(name):
                continue
            if path.is_dir() and not path.is_symlink():
                if marker(path) is None:  # our own results of an earlier run are no hand-ins
                    waiting.append(path)
            else:
                found.append(_file_on_disk(path, name, lang))
            if len(found) > MOST_FILES:
                raise ContrechampError(_too_many(folder, lang))
    return found


def _file_on_disk(path: Path, name: str, lang: str) -> File:
    def read() -> bytes:
        try:
            status = path.lstat()
            if not stat.S_ISREG(status.st_mode):
                raise NotReadable("refused", _("It is a link or a device, and only files are read.", lang))
            if status.st_size > MOST_BYTES:
                raise NotReadable("too_large", too_large(status.st_size, lang))
            with path.open("rb") as file:
                return file.read(MOST_BYTES + 1)
        except OSError as error:
            why = _("The file cannot be read ({reason}).", lang).format(reason=error.strerror or error)
            raise NotReadable("unreadable", why) from None

    return File(name, read)


def _archive(place: Path, lang: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(place)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError):
        raise ContrechampError(
            _(
                "{place} is no zip archive, or a damaged one. Download it again, or give its unpacked folder.", lang
            ).format(place=place)
        ) from None


def _in_archive(archive: zipfile.ZipFile, lang: str, most: int = MOST_FILES) -> list[File]:
    listed = [entry for entry in archive.infolist() if entry.filename]  # a damaged list may hold one without a name
    entries = [entry for entry in listed if not entry.is_dir() and not _is_silent(entry.filename)]
    if len(entries) > most:
        raise ContrechampError(_too_many(archive.filename or "", lang))
    return sorted((_file_in_archive(archive, entry, lang) for entry in entries), key=lambda file: file.path)


def _file_in_archive(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, lang: str) -> File:
    parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
    leads_out = ".." in parts or entry.filename.startswith(("/", "\\")) or bool(parts and ":" in parts[0])

    def read() -> bytes:
        if leads_out:
            raise NotReadable("refused", _("Its name leads out of the archive.", lang))
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise NotReadable("refused", _("It is a link or a device, and only files are read.", lang))
        limit = MOST_BYTES if not entry.filename.lower().endswith(".zip") else MOST_ARCHIVE
        if entry.file_size > limit:
            raise NotReadable("too_large", too_large(entry.file_size, lang))
        return _inflate(archive, entry, limit, lang)

    name = "/".join(part for part in parts if part not in ("..", "/", ".", "\\"))
    return File(name or "?", read)


def _inflate(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int, lang: str) -> bytes:
    try:
        with archive.open(entry) as file:
            content = file.read(limit + 1)
    except RuntimeError:  # a password
        raise NotReadable("unreadable", _("It is locked with a password.", lang)) from None
    except Exception:  # each way of packing fails in its own way when damaged: zlib, bz2 and lzma agree on no error
        raise NotReadable("unreadable", _("The archive is damaged at this file.", lang)) from None
    if len(content) > limit:
        raise NotReadable("too_large", too_large(len(content), lang))
    return content


def _too_many(place: object, lang: str) -> str:
    line = _("{place} holds more than {count} files. Is it the folder of the hand-ins?", lang)
    return line.format(place=place, count=f"{MOST_FILES:,}")


def _is_silent(name: str) -> bool:
    """Say whether a file is the system's own: hidden, a checkpoint, an icon."""
    return any((part.startswith((".", "~$")) and part != "..") or part in _SILENT for part in re.split(r"[/\\]", name))


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
            inner = _in_archive(zipfile.ZipFile(io.BytesIO(file.read())), lang, most=200)
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
