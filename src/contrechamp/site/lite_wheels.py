"""What Python loads in the browser: our library as far as the notebooks use it, Babel in two languages, all as wheels.

Which modules and data that is, the built notebooks say themselves: each keeps a note of what its execution stood on.
The ordinary wheel carries pictures and models of many megabytes that a browser would have to load.
"""

import base64
import hashlib
import importlib.metadata
import io
import json
import re
import shutil
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import polib

from contrechamp import language
from contrechamp.errors import ContrechampError

_LOCALES = ("root", "en", "en_001", "en_GB", "fr")
_STAMP = (2026, 1, 1, 0, 0, 0)  # the same wheel, byte for byte, on each build
# Files of the npm package of Pyodide that no page of ours loads.
_UNUSED = ("README.md", "console.html", "console-v2.html", "ffi.d.ts", "pyodide.d.ts", "package.json", "pyodide.js")


def make(root: Path, to: Path) -> dict[str, Path]:
    """Write the wheels into `to` and return them by name: ``contrechamp`` and ``babel``.

    Parameters
    ----------
    root : Path
        The repository.
    to : Path
        A folder; made when it is not there.

    Returns
    -------
    dict of str to Path
        ``contrechamp``, ``babel``, and an empty ``jedi``.

    Raises
    ------
    ContrechampError
        When a notebook of the light track was not built.
    """
    to.mkdir(parents=True, exist_ok=True)
    version = importlib.metadata.version("contrechamp")
    license_ = [(f"contrechamp-{version}.dist-info/licenses/{n}", (root / n).read_bytes()) for n in _licences(root)]
    return {
        # The kernel asks for jedi, which completes names: megabytes to load at each start. IPython does without.
        "jedi": _wheel(to, "jedi", "0", [("jedi-0.dist-info/top_level.txt", b"")]),
        "contrechamp": _wheel(to, "contrechamp", version, [*_library(root), *license_]),
        "babel": _wheel(to, "babel", importlib.metadata.version("babel"), _babel()),
    }


def whole(root: Path, to: Path) -> Path:
    """Write a wheel of the whole library with all its data, and without dependencies, for the science lessons."""
    version = importlib.metadata.version("contrechamp")
    package = root / "src" / "contrechamp"
    parts = [("contrechamp/" + path.relative_to(package).as_posix(), path) for path in package.rglob("*.py")]
    for folder, place in (("datasets", "_data"), ("locale", "_locale")):
        parts += [
            (f"contrechamp/{place}/" + path.relative_to(root / folder).as_posix(), path)
            for path in (root / folder).rglob("*")
            if path.is_file()
        ]
    return _wheel(to, "contrechamp", version, [(place, path.read_bytes()) for place, path in sorted(parts)])


def stands_on(root: Path) -> tuple[set[str], set[str]]:
    """Return the modules and the data files that the light notebooks stand on, from the notes of their builds.

    Raises
    ------
    ContrechampError
        When a notebook has no note: it was not built.
    """
    modules: set[str] = set()
    data: set[str] = set()
    for path in sorted((root / "notebooks" / "light").glob("*/L[0-9]_*.ipynb")):
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        note = notebook.metadata.get("contrechamp", {}).get("build", {})
        if not note.get("modules"):
            raise ContrechampError(
                f"notebooks/light/{path.parent.name}/{path.name} was never built. Run `contrechamp build`."
            )
        modules |= set(note["modules"])
        data |= set(note["data"])
    return modules, data


def _library(root: Path) -> Iterator[tuple[str, bytes]]:
    modules, data = stands_on(root)
    package = root / "src" / "contrechamp"
    places = set()
    for name in sorted(modules):
        place = package.joinpath(*name.split(".")[1:])
        path = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
        places.add("src/contrechamp/" + path.relative_to(package).as_posix())
        yield "contrechamp/" + path.relative_to(package).as_posix(), path.read_bytes()
    quizzes = {f"quizzes/{path.name}" for path in (root / "datasets" / "quizzes").glob("*.json")}
    for name in sorted(data | quizzes):
        yield f"contrechamp/_data/{name}", (root / "datasets" / name).read_bytes()
    sources = {path.relative_to(root).as_posix() for path in (root / "notebooks" / "light").glob("*.md")}
    for lang in language.languages()[1:]:
        yield f"contrechamp/_locale/{lang}/messages.po", _messages(root, lang, places | sources)


def _messages(root: Path, lang: str, places: set[str]) -> bytes:
    """Return the catalogue of messages with the entries of these files only: reading it takes a second a thousand."""
    whole = polib.pofile(str(root / "locale" / lang / "messages.po"), wrapwidth=0)
    kept = polib.POFile(wrapwidth=0)
    kept.metadata = whole.metadata
    for entry in whole:
        if not entry.obsolete and places & {place for place, _line in entry.occurrences}:
            kept.append(polib.POEntry(msgid=entry.msgid, msgstr=entry.msgstr, flags=entry.flags))
    return str(kept).encode()


def _babel() -> Iterator[tuple[str, bytes]]:
    """Yield Babel as it is installed, with the data of our languages only."""
    for path in importlib.metadata.files("babel") or []:
        name = path.as_posix()
        if (
            name.startswith(("..", "babel/messages/frontend"))
            or "__pycache__" in name
            or name.endswith((".pyc", "RECORD"))
        ):
            continue
        if path.parent.name == "locale-data" and path.stem not in _LOCALES:
            continue
        if path.parent.name.endswith(".dist-info") and path.name not in ("METADATA", "WHEEL", "LICENSE"):
            continue
        yield name, path.read_binary()


def _licences(root: Path) -> list[str]:
    return [name for name in ("LICENSE", "LICENSE-content") if (root / name).is_file()]


def _wheel(to: Path, name: str, version: str, files: Iterable[tuple[str, bytes]]) -> Path:
    """Write a pure wheel."""
    about = f"{name}-{version}.dist-info"
    held = dict(files)
    held.setdefault(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode())
    held.setdefault(
        f"{about}/WHEEL", b"Wheel-Version: 1.0\nGenerator: contrechamp\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    lines = []
    for place, content in held.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{place},sha256={digest},{len(content)}")
    held[f"{about}/RECORD"] = ("\n".join([*lines, f"{about}/RECORD,,"]) + "\n").encode()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, content in held.items():
            archive.writestr(zipfile.ZipInfo(place, _STAMP), content, zipfile.ZIP_DEFLATED)
    path = to / f"{name}-{version}-py3-none-any.whl"
    path.write_bytes(file.getvalue())
    return path


def entry(name: str, path: Path, depends: list[str]) -> dict[str, Any]:
    """Return what Pyodide's lock says of a wheel.

    Parameters
    ----------
    name : str
        Of the package.
    path : Path
        The wheel.
    depends : list of str
        Packages that are loaded with it.

    Returns
    -------
    dict
        For the ``packages`` of ``pyodide-lock.json``.
    """
    with zipfile.ZipFile(path) as archive:
        tops = {place.split("/")[0] for place in archive.namelist() if not place.split("/")[0].endswith(".dist-info")}
    return {
        "name": name,
        "version": path.name.split("-")[1],
        "file_name": path.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted(top.removesuffix(".py") for top in tops),
        "depends": depends,
        "unvendored_tests": False,
    }


def lay_out(fetched: dict[str, Path], wheels: dict[str, Path], to: Path) -> None:
    """Put Python, its packages and ours where the kernel looks, with a lock that names each with its SHA-256.

    Parameters
    ----------
    fetched : dict of str to Path
        From `lite_lock.fetch`: ``pyodide``, the package of npm, and wheels.
    wheels : dict of str to Path
        From `make`; they take the place of fetched ones of the same name.
    to : Path
        The folder where the kernel looks; it must not be there yet.
    """
    to.mkdir(parents=True)
    shutil.unpack_archive(fetched["pyodide"], to, "gztar")
    for path in (to / "package").iterdir():
        if path.name not in _UNUSED and path.suffix != ".map":
            path.rename(to / path.name)
    shutil.rmtree(to / "package")
    lock = json.loads((to / "pyodide-lock.json").read_text(encoding="utf-8"))
    known, extension = lock["packages"], Path(sys.prefix) / "share/jupyter/labextensions/@jupyterlite"
    ours = {name: path for name, path in fetched.items() if name != "pyodide"} | wheels
    for name in ("piplite", "pyodide_kernel", "ipykernel"):
        ours[name.replace("_", "-")] = next(extension.rglob(f"{name}-*.whl"))
    packages = {}
    for name, path in sorted(ours.items()):
        shutil.copy(path, to / path.name)
        listed = [re.sub(r"[-_.]+", "-", other).lower() for other in known.get(name, {}).get("depends", [])]
        depends = [other for other in listed if other in ours]
        packages[name] = entry(name, path, depends)
    packages["contrechamp"]["depends"] = ["babel", "tzdata"]
    lock["packages"] = packages
    (to / "pyodide-lock.json").write_text(json.dumps(lock, sort_keys=True), encoding="utf-8")
