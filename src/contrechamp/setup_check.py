"""Is this machine ready for the course? One line for each thing that can be wrong, and how to mend it.

The checks are pure functions of a `Machine`, so that tests can describe any trouble. When all is well the report is
the same on every machine: no version, no path, no number. It uses nothing but the standard library until a check asks
for more, so that it still speaks when packages are broken; it sends nothing and asks the network for nothing.
"""

import importlib.metadata
import os
import re
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from contrechamp import home, language
from contrechamp.errors import ContrechampError

GIB = 2**30
MEMORY_TOTAL, MEMORY_FREE = 2 * GIB, GIB // 2  # a lesson may use up to 1 GB; the system and the browser need the rest
_LETTERS = "éœ«’…−\u202f"  # French, and the signs that the course writes in figures
_DATA = ("awareness/statistics.csv", "awareness/support.csv", "quizzes/00.json")
_SPECIFIER = re.compile(r"(<=|>=|==|<|>)\s*([\d.]+)")


def _(message: str) -> str:
    """Translate a message, or leave it in English when the catalogue itself is what is broken."""
    try:
        return language.gettext(message)
    except Exception:  # whatever it is, `check_language` names it; a check of the set-up must speak in any case
        return message


@dataclass(frozen=True)
class Machine:
    """What the checks look at.

    Attributes
    ----------
    python : tuple of int
        Version of Python, for example ``(3, 11)``.
    python_range : str
        Versions that the course supports, ``">=3.11,<3.15"``; empty when unknown.
    needed : mapping of str to str
        Package names and the range of versions that the course needs.
    installed : mapping of str to (str or None)
        Version of each of these packages, None when it is missing.
    letters_missing : str or None
        Letters that the figures' font cannot draw; None when there is no font.
    memory : tuple of int or None
        Bytes in all and bytes free; None when they could not be measured.
    folder : str
        The folder where answers are kept.
    write_error : str
        What the system said when a file was written there; empty when it worked.
    language_asked : str
        Value of ``CONTRECHAMP_LANG``, often empty.
    language_error : str
        What went wrong when the messages of the reader's language were read; empty when nothing did.
    languages : tuple of str
        Languages that the course speaks.
    data_missing : tuple of str
        Data files of the course that are not on this machine.
    command : str
        How the course is started on this system.
    """

    python: tuple[int, ...]
    python_range: str
    needed: Mapping[str, str]
    installed: Mapping[str, str | None]
    letters_missing: str | None
    memory: tuple[int, int] | None
    folder: str
    write_error: str
    language_asked: str
    language_error: str
    languages: tuple[str, ...]
    data_missing: tuple[str, ...]
    command: str = "python3 course.py lab"


@dataclass(frozen=True)
class Line:
    """One line of the report.

    Attributes
    ----------
    name : str
        What was looked at, in the reader's language.
    trouble : str
        What is wrong; empty when all is well.
    mend : str
        What to do about it; shown only with a trouble.
    """

    name: str
    trouble: str = ""
    mend: str = ""

    @property
    def ok(self) -> bool:
        """Say whether there is nothing to mend."""
        return not self.trouble


@dataclass(frozen=True)
class Report:
    """The lines of a check of the set-up; a notebook shows it as plain text, which a screen reader reads in order.

    Attributes
    ----------
    lines : list of Line
        In the order in which they are read.
    """

    lines: list[Line] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Say whether every line is well."""
        return all(line.ok for line in self.lines)

    def __repr__(self) -> str:
        width = max((len(line.name) for line in self.lines), default=0)
        rows = []
        for line in self.lines:
            rows.append(f"{line.name:<{width}}  {_('ok') if line.ok else line.trouble}")
            if line.mend and not line.ok:
                rows.append(f"{'':<{width}}  → {line.mend}")
        troubles = sum(not line.ok for line in self.lines)
        last = _("Your set-up is right.") if not troubles else _("Lines to mend: {count}.").format(count=troubles)
        return "\n".join([*rows, "", last])


def setup_check(machine: Machine | None = None) -> Report:
    """Check whether this machine is ready for the course.

    Parameters
    ----------
    machine : Machine, optional
        What to judge; this machine when left out.

    Returns
    -------
    Report
        One line for each of: Python, packages, fonts, memory, write access, language, offline work. It never raises
        for a trouble that it is there to find.
    """
    machine = machine or this_machine()
    checks = (check_python, check_packages, check_fonts, check_memory, check_writing, check_language, check_offline)
    return Report([check(machine) for check in checks])


# ---- the checks -----------------------------------------------------------------------------------------------------


def check_python(machine: Machine) -> Line:
    """Compare the version of Python with the range that the course supports.

    Parameters
    ----------
    machine : Machine

    Returns
    -------
    Line
    """
    name, version = _("Python"), ".".join(map(str, machine.python))
    if admits(machine.python_range, version):
        return Line(name)
    return Line(
        name,
        _("this is Python {version}; the course needs {range}").format(version=version, range=_in_words(machine)),
        _("Start the course with its own command, {command}: it brings the right Python.").format(
            command=machine.command
        ),
    )


def check_packages(machine: Machine) -> Line:
    """Name the packages that are missing or have a version that the course was not tested with.

    Parameters
    ----------
    machine : Machine

    Returns
    -------
    Line
        Well when every package of `needed` is there in a version within its range.
    """
    name = _("Packages")
    missing = sorted(package for package in machine.needed if machine.installed.get(package) is None)
    other = sorted(
        f"{package} {version}"
        for package, wanted in machine.needed.items()
        if (version := machine.installed.get(package)) is not None and not admits(wanted, version)
    )
    troubles = []
    if missing:
        troubles.append(_("missing: {names}").format(names=", ".join(missing)))
    if other:
        troubles.append(_("another version than the course needs: {names}").format(names=", ".join(other)))
    mend = _("Close Jupyter and start again with {command}: it installs what is missing.")
    return Line(name, "; ".join(troubles), mend.format(command=machine.command))


def check_fonts(machine: Machine) -> Line:
    """Say whether figures can be drawn with all their letters.

    Parameters
    ----------
    machine : Machine

    Returns
    -------
    Line
    """
    name = _("Fonts")
    if machine.letters_missing == "":
        return Line(name)
    if machine.letters_missing is None:
        trouble = _("the font of the figures, DejaVu Sans, was not found")
    else:
        trouble = _("the font of the figures lacks some letters: {letters}").format(letters=machine.letters_missing)
    return Line(name, trouble, _("Install matplotlib again: the font comes with it. Lessons run, figures look wrong."))


def check_memory(machine: Machine) -> Line:
    """Say whether a lesson has room.

    Parameters
    ----------
    machine : Machine

    Returns
    -------
    Line
        Well from `MEMORY_TOTAL` bytes in all and `MEMORY_FREE` bytes free.
    """
    name = _("Memory")
    if machine.memory is None:
        trouble = _("it could not be measured")
        return Line(name, trouble, _("You may go on. If a lesson stops without a message, close other programs."))
    total, free = machine.memory
    if total < MEMORY_TOTAL:
        trouble = _("this computer has {size} GB; a lesson may need one, and the system the rest")
        return Line(name, trouble.format(size=_gib(total)), _("Close other programs, and open one lesson at a time."))
    if free < MEMORY_FREE:
        trouble = _("only {size} GB are free").format(size=_gib(free))
        return Line(name, trouble, _("Close other programs and other notebooks, then run this cell again."))
    return Line(name)


def check_writing(machine: Machine) -> Line:
    """Say whether answers can be kept in the folder of the notebook.

    Parameters
    ----------
    machine : Machine

    Returns
    -------
    Line
    """
    name = _("Write access")
    if not machine.write_error:
        return Line(name)
    trouble = _("nothing can be saved in {folder} ({reason})").format(folder=machine.folder, reason=machine.write_error)
    return Line(name, trouble, _("Copy the folder of the course to a place of your own that is not full."))


def check_language(machine: Machine) -> Line:
    """Say whether the course speaks the language that was asked for.

    Parameters
    ----------
    machine : Machine

    Returns
    -------
    Line
        Well when nothing was asked for; the first two letters decide.
    """
    name, asked = _("Language"), machine.language_asked
    if machine.language_error:
        trouble = _("the translations could not be read ({reason})").format(reason=machine.language_error)
        return Line(
            name, trouble, _("You may go on in English. Download the course again to have the other languages.")
        )
    if not asked or asked[:2].lower() in machine.languages:
        return Line(name)
    known = ", ".join(machine.languages)
    return Line(
        name,
        _("the course does not speak {asked}; it speaks: {known}").format(asked=asked, known=known),
        _("Close Jupyter and choose one of these, for example: {command}").format(
            command=f"{machine.command} --lang {machine.languages[-1]}"
        ),
    )


def check_offline(machine: Machine) -> Line:
    """Say whether everything that lessons read is on this machine, so that the network may be off.

    Parameters
    ----------
    machine : Machine

    Returns
    -------
    Line
    """
    name = _("Offline work")
    if not machine.data_missing:
        return Line(name)
    trouble = _("these data files are not on this machine: {names}").format(names=", ".join(machine.data_missing))
    return Line(name, trouble, _("The copy of the course is incomplete: download it again."))


def admits(wanted: str, version: str) -> bool:
    """Say whether a range such as ``">=3.11,<3.15"`` admits a version; an empty range admits all.

    Only numbers are compared: a development version counts as the version that it leads to.

    Examples
    --------
    >>> admits(">=3.11,<3.15", "3.12"), admits("<2.5,>=2.3", "2.5.0"), admits("==0.38.0", "0.38.0")
    (True, False, True)
    """
    return all(_compare(sign, _numbers(version), _numbers(bound)) for sign, bound in _SPECIFIER.findall(wanted))


def _compare(sign: str, version: tuple[int, ...], bound: tuple[int, ...]) -> bool:
    length = max(len(version), len(bound))
    left, right = (part + (0,) * (length - len(part)) for part in (version, bound))
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right, "==": left == right}[sign]


def _numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def _in_words(machine: Machine) -> str:
    bounds = dict(_SPECIFIER.findall(machine.python_range))
    if set(bounds) != {">=", "<"}:
        return machine.python_range
    return _("Python {oldest} or newer, below {limit}").format(oldest=bounds[">="], limit=bounds["<"])


def _gib(size: int) -> str:
    amount = round(size / GIB, 1)
    try:
        return language.number(amount)
    except Exception:  # as in `_`: without Babel the report must still speak
        return str(amount)


# ---- looking at this machine ----------------------------------------------------------------------------------------


def this_machine() -> Machine:
    """Look at this machine. Nothing is sent, and no file is left behind.

    Returns
    -------
    Machine
        As it is now, in the folder and with the environment of this process.
    """
    needed = _needed()
    return Machine(
        python=tuple(sys.version_info[:2]),
        python_range=_python_range(),
        needed=needed,
        installed={package: _version(package) for package in needed},
        letters_missing=_letters_missing(),
        memory=_memory(),
        folder=str(Path.cwd()),
        write_error=_write_error(Path.cwd()),
        language_asked=os.environ.get("CONTRECHAMP_LANG", ""),
        language_error=_language_error(),
        languages=_languages(),
        data_missing=_data_missing(),
        command="py course.py lab" if sys.platform == "win32" else "python3 course.py lab",
    )


def _python_range() -> str:
    try:
        return importlib.metadata.metadata("contrechamp")["Requires-Python"] or ""
    except (importlib.metadata.PackageNotFoundError, KeyError):
        return ""


def _needed() -> dict[str, str]:
    """Read what the course needs from its own metadata, so that no second list has to be kept."""
    try:
        lines = importlib.metadata.requires("contrechamp") or []
    except importlib.metadata.PackageNotFoundError:
        return {"contrechamp": ""}
    wanted = {}
    for line in lines:
        requirement, _separator, marker = line.partition(";")
        found = re.match(r"\s*([\w.-]+)(?:\[[^\]]*\])?\s*(.*)", requirement)
        if found and not marker.strip():  # a condition (an extra, a system) means: not needed by everybody
            wanted[found[1]] = found[2].strip()
    return wanted


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _letters_missing() -> str | None:
    try:
        from matplotlib import font_manager
        from matplotlib.ft2font import FT2Font

        font = FT2Font(font_manager.findfont("DejaVu Sans", fallback_to_default=False))
    except (ImportError, OSError, ValueError, RuntimeError):
        return None
    return "".join(letter for letter in _LETTERS if not font.get_char_index(ord(letter)))


def _memory() -> tuple[int, int] | None:
    try:
        import psutil  # comes with ipykernel

        memory = psutil.virtual_memory()
    except (ImportError, OSError, RuntimeError):
        return None
    return memory.total, memory.available


def _write_error(folder: Path) -> str:
    """Try to write a little, in a file that disappears by itself; a full disk shows only in this way."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(2**16))
            file.flush()
    except OSError as error:
        return error.strerror or type(error).__name__
    return ""


def _data_missing() -> tuple[str, ...]:
    try:
        folder = home.room("datasets")
    except ContrechampError:
        return ("datasets",)
    return tuple(name for name in _DATA if not (folder / name).is_file())


def _languages() -> tuple[str, ...]:
    try:
        return tuple(language.languages())
    except (ContrechampError, OSError):
        return ("en",)


def _language_error() -> str:
    try:
        for code in _languages():
            language.messages(code)
    except Exception as error:  # Babel and the file system raise many kinds; each is told in the report
        return f"{type(error).__name__}: {error}"
    return ""
