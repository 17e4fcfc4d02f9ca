"""The build key: a digest of everything that stored outputs stand on.

It covers the code cells, the translated strings they show, the student environment, our modules and the data read.
Prose is not in it, so that mending a sentence executes nothing.
"""

import hashlib
import json
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import polib

from contrechamp import home
from contrechamp.authoring import catalogue, sources
from contrechamp.authoring.execution import Trace


def make(code: list[str], lang: str, trace: Trace, where: str) -> dict[str, Any]:
    """Return the build note kept in a notebook's metadata.

    Parameters
    ----------
    code : list of str
        The code cells.
    lang : str
        The language; its catalogue strings count, those of other lessons do not.
    trace : Trace
        What the execution stood on.
    where : str
        The source's path, as it stands in the catalogue.

    Returns
    -------
    dict
        ``{"code": …, "strings": …, "environment": …, "modules": {name: digest}, "data": {name: digest}}``; digests are
        the first 12 hexadecimal digits of SHA-256.
    """
    files = {name: _module_file(name) for name in trace.modules}
    return {
        "code": _digest(json.dumps(code)),
        "environment": _digest_file(sources.root() / "requirements.txt"),
        "strings": _strings(lang, where, list(files.values())),
        "modules": {name: _digest_file(path) for name, path in files.items()},
        "data": {name: _digest_file(home.room("datasets") / name) for name in trace.data},
    }


def differences(stored: dict[str, Any], code: list[str], lang: str, where: str) -> list[str]:
    """Say in words why a stored build note no longer holds; an empty list means that it does."""
    if not isinstance(stored, dict) or {"code", "modules", "data"} - set(stored):
        return ["it was never built"]
    now = make(code, lang, Trace(list(stored["modules"]), list(stored["data"])), where)
    words = {
        "code": "its code cells changed",
        "environment": "the student environment (requirements.txt) changed",
        "strings": "translated strings of its figures, tables or messages changed",
    }
    found = [phrase for part, phrase in words.items() if stored.get(part) != now[part]]
    for part, prefix in (("modules", "module "), ("data", "datasets/")):
        found += [f"{prefix}{name} changed" for name, digest in now[part].items() if stored[part][name] != digest]
    return found


def _module_file(name: str) -> Path:
    package = Path(sys.modules["contrechamp"].__file__ or "").resolve().parent
    path = package.joinpath(*name.split(".")[1:])
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _strings(lang: str, where: str, files: list[Path]) -> str:
    """Digest the catalogue entries that stand in this source or in these modules."""
    path = home.room("locale") / lang / "messages.po"
    if not path.is_file():
        return ""
    package = Path(sys.modules["contrechamp"].__file__ or "").resolve().parent
    places = {where} | {
        "src/contrechamp/" + p.relative_to(package).as_posix() for p in files if p.is_relative_to(package)
    }
    pairs = [
        (entry.msgid, entry.msgstr)
        for entry in _entries(path, path.stat().st_mtime_ns)
        if places & {place for place, _ in entry.occurrences}
    ]
    return _digest(json.dumps(sorted(pairs)))


@lru_cache(maxsize=4)  # one a language; the stamp makes a changed file a new one
def _entries(path: Path, stamp: int) -> list[polib.POEntry]:
    return [entry for entry in catalogue.load(path) if not entry.obsolete and not entry.fuzzy]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _digest_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "absent"
