"""The files that were handed in, on the disk or in zip archives, and how each is read.

Nothing is unpacked to the disk, so no name in an archive can lead anywhere. Links are not followed. Sizes are looked
at before anything is read, and reading stops at a limit whatever the archive says of itself.
"""

import re
import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from contrechamp.errors import ContrechampError
from contrechamp.grading.class_folder import marker
from contrechamp.grading.notebook import MOST_BYTES, NotReadable, too_large
from contrechamp.language import gettext as _

MOST_FILES = 20_000
MOST_ARCHIVE = 64_000_000  # bytes of a student's own archive inside the class's
_SILENT = ("__MACOSX", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True)
class File:
    """One file of a hand-in: its path inside what was given, and how to read it.

    `read` raises `NotReadable` with a reason, and nothing else, for everything that a student can cause.

    Attributes
    ----------
    path : str
        Inside what was given, with forward slashes: untrusted.
    read : callable
        Takes nothing, returns bytes.
    """

    path: str
    read: Callable[[], bytes]


def in_folder(folder: Path, lang: str) -> list[File]:
    """Return the files of a folder and of its folders, but for hidden ones, links to folders and our own results.

    Parameters
    ----------
    folder : Path
    lang : str
        Language of the reasons, the teacher's.

    Returns
    -------
    list of File
        Not read yet.

    Raises
    ------
    ContrechampError
        When there are more than `MOST_FILES`.
    """
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
                found.append(on_disk(path, name, lang))
            if len(found) > MOST_FILES:
                raise ContrechampError(_too_many(folder, lang))
    return found


def on_disk(path: Path, name: str, lang: str) -> File:
    """Return a file of the disk under a name.

    Parameters
    ----------
    path : Path
        A link, a device and a file beyond `MOST_BYTES` are refused when it is read, not here.
    name : str
        What it is called in the hand-in.
    lang : str
        Language of the reasons, the teacher's.

    Returns
    -------
    File
    """

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


def opened(place: Path, lang: str) -> zipfile.ZipFile:
    """Open a class's archive.

    Parameters
    ----------
    place : Path
        An existing file.
    lang : str
        Language of the message.

    Returns
    -------
    zipfile.ZipFile
        Open; whoever asks closes it.

    Raises
    ------
    ContrechampError
        When it is no zip archive, or a damaged one.
    """
    try:
        return zipfile.ZipFile(place)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError):
        raise ContrechampError(
            _(
                "{place} is no zip archive, or a damaged one. Download it again, or give its unpacked folder.", lang
            ).format(place=place)
        ) from None


def in_archive(archive: zipfile.ZipFile, lang: str, most: int = MOST_FILES) -> list[File]:
    """Return the files of an archive in the order of their paths, but for hidden ones.

    Parameters
    ----------
    archive : zipfile.ZipFile
        Open as long as the files are read.
    lang : str
        Language of the reasons, the teacher's.
    most : int
        Most files that are taken.

    Returns
    -------
    list of File
        Not read yet.

    Raises
    ------
    ContrechampError
        When there are more than `most`.
    """
    listed = [entry for entry in archive.infolist() if entry.filename]  # a damaged list may hold one without a name
    entries = [entry for entry in listed if not entry.is_dir() and not _is_silent(entry.filename)]
    if len(entries) > most:
        raise ContrechampError(_too_many(archive.filename or "", lang))
    return sorted((_in_zip(archive, entry, lang) for entry in entries), key=lambda file: file.path)


def _in_zip(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, lang: str) -> File:
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
