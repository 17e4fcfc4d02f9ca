"""The light track in the browser: JupyterLite with Pyodide, every file of it served from our own folder.

`build` makes the folder ``lite/`` of the site. Python itself comes from npm (the package ``pyodide``: interpreter and
standard library, no packages), the kernel's packages come from PyPI as pure wheels, our library as a small wheel made
here. ``lite_lock.json`` names every fetched file with its version and SHA-256. At run time no other host is asked.

The science lessons need NumPy and its kin, for which neither PyPI nor npm has a wheel that a browser can run. With
`science` (an address of a full Pyodide distribution) they are added, and run from that address: see
`contrechamp.site.lite_science` for what was tried and what was not. Without it, the default, they are left out.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import nbformat

from contrechamp import files, language
from contrechamp.errors import ContrechampError
from contrechamp.site import lite_wheels

LARGEST = 45 * 1024 * 1024  # bytes of the whole folder
_LOCK = Path(__file__).with_name("lite_lock.json")
_KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
_APP = "notebooks"
# What the kernel would else look for one after the other, each with a search of its own: loaded at once.
_FIRST = (
    "micropip",
    "piplite",
    "ipykernel",
    "comm",
    "pyodide-kernel",
    "ipython",
    "jedi",
    "tzdata",
    "babel",
    "contrechamp",
)
_UNUSED = ("README.md", "console.html", "console-v2.html", "ffi.d.ts", "pyodide.d.ts", "package.json", "pyodide.js")
# Left by JupyterLite: how it was itself built, and the service worker, whose extension is switched off.
_LEFT_OVER = ("rspack.config*.js", "package.json", "jupyterlite.schema.*.json", "service-worker.js",
              "build/service-worker.js")  # fmt: skip
_LOCALE = {"en": "en", "fr": "fr_FR"}


def build(
    to: Path,
    root: Path,
    cache: Path,
    *,
    science: str | None = None,
    tell: Callable[[str], None] = lambda line: print(line, file=sys.stderr, flush=True),
) -> dict[str, int]:
    """Make the folder of the light track.

    Parameters
    ----------
    to : Path
        The folder, served as ``site/lite/``. An earlier one is replaced, once the new one is whole.
    root : Path
        The repository: committed notebooks, data, catalogues.
    cache : Path
        Where fetched files are kept; with all of them there, nothing is fetched.
    science : str, optional
        Address of a full Pyodide distribution, for the science lessons; none by default.
    tell : callable
        Hears of progress, a line at a time.

    Returns
    -------
    dict of str to int
        Bytes by part, ``"all"`` among them.

    Raises
    ------
    ContrechampError
        When a file cannot be fetched, has another SHA-256 than the lock says, or a notebook was not built; when the
        folder is larger than 45 MB, or `to` holds anything but an earlier light track.
    """
    from contrechamp.site import lite_science  # which needs this module

    _refuse_others(to)
    fetched = fetch(cache, tell)
    with tempfile.TemporaryDirectory(prefix="contrechamp-lite-") as name:
        work, made = Path(name), Path(name) / "made"
        made.mkdir()
        _stage_notebooks(root, work / "files")
        if science:
            lite_science.stage(root, work / "files")
        wheels = lite_wheels.make(root, work / "wheels")
        tell("lite: JupyterLite")
        _jupyterlite(work, made)
        _prune(made)
        _pyodide(fetched, wheels, made / "static" / "pyodide")
        for lang in language.languages():
            _door(made, lang)
        shutil.rmtree(made / _APP)
        _front(made)
        if science:
            lite_science.add(made, root, science, fetched | wheels)
        sizes = _sizes(made)
        if sizes["all"] > LARGEST:
            raise ContrechampError(
                f"The light track has {sizes['all'] / 2**20:.1f} MB, {LARGEST // 2**20} at most. "
                f"Largest parts: {', '.join(f'{k} {v / 2**20:.1f}' for k, v in list(sizes.items())[:4])}."
            )
        _refuse_others(to)
        if to.exists():
            shutil.rmtree(to)
        shutil.copytree(made, to)
    return sizes


def _refuse_others(to: Path) -> None:
    """Refuse a folder that is not ours: what stands at `to` is deleted."""
    if not to.exists() or (to / "jupyter-lite.json").is_file():
        return
    if not to.is_dir() or any(to.iterdir()):
        raise ContrechampError(
            f"{to} holds something else than an earlier light track; it was left as it is. Give another folder."
        )


# ---- fetching -------------------------------------------------------------------------------------------------------


def fetch(cache: Path, tell: Callable[[str], None] = lambda _line: None) -> dict[str, Path]:
    """Return every file of the lock by name, from the cache, or fetched into it with npm and pip.

    Raises
    ------
    ContrechampError
        When a file is missing and cannot be fetched, or is not the one that the lock names.
    """
    lock = read_lock()
    cache.mkdir(parents=True, exist_ok=True)
    wanted = {item["file"]: item for item in lock["files"]}
    missing = [item for item in wanted.values() if not (cache / item["file"]).is_file()]
    if missing and os.environ.get("CONTRECHAMP_OFFLINE") == "1":
        raise ContrechampError(
            f"The light track needs {len(missing)} files that are not in {cache} ({missing[0]['file']}, …), and the "
            "network is switched off (CONTRECHAMP_OFFLINE=1). Build once with the network."
        )
    with tempfile.TemporaryDirectory(dir=cache, prefix=".fetch-") as name:
        into = Path(name)
        for kind, get in (("npm", _from_npm), ("pypi", _from_pypi)):
            some = [item for item in missing if item["from"] == kind]
            if some:
                tell(f"lite: fetching {len(some)} file{'s' if len(some) > 1 else ''} from {kind}")
                get(some, into)
        for item in missing:
            _check(into / item["file"], item)
            (into / item["file"]).replace(cache / item["file"])
    for name, item in wanted.items():
        _check(cache / name, item)
    return {item["name"]: cache / name for name, item in wanted.items()}


def read_lock() -> dict[str, Any]:
    """Return the lock: ``files``, each with ``name``, ``version``, ``from``, ``file`` and ``sha256``."""
    return json.loads(_LOCK.read_text(encoding="utf-8"))


def _check(path: Path, item: dict[str, str]) -> None:
    if not path.is_file():
        raise ContrechampError(f"{item['file']} was not found on {item['from']}. Try again later.")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != item["sha256"]:
        raise ContrechampError(
            f"{path.name} is not the file that lite_lock.json names: its SHA-256 begins with {found[:12]}, not "
            f"{item['sha256'][:12]}. Delete {path} and build again."
        )


def _from_npm(items: list[dict[str, str]], into: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise ContrechampError(
            "npm is missing; it fetches Pyodide, Python for the browser. Install Node.js (nodejs.org) and build again."
        )
    for item in items:
        _run([npm, "pack", "--silent", f"{item['name']}@{item['version']}", "--pack-destination", str(into)], "npm")


def _from_pypi(items: list[dict[str, str]], into: Path) -> None:
    """Let pip download the very files: it compares their SHA-256 as well."""
    asked = into / "requirements.txt"
    asked.write_text("".join(f"{i['name']}=={i['version']} --hash=sha256:{i['sha256']}\n" for i in items), "utf-8")
    words = ["download", "-q", "--no-deps", "--only-binary=:all:", "--require-hashes", "-d", str(into)]
    words += ["--python-version", read_lock()["python"], "--platform", "any", "-r", str(asked)]
    _run([*_pip(), *words], "pip")
    asked.unlink()


def _pip() -> list[str]:
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0:
        return [sys.executable, "-m", "pip"]
    if uv := shutil.which("uv"):
        return [uv, "tool", "run", "pip"]
    raise ContrechampError(
        "Neither pip nor uv is there to fetch packages. Install uv (pip install uv), then build again."
    )


def _run(command: list[str], what: str) -> None:
    try:
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", errors="replace", check=False, timeout=900
        )
    except subprocess.TimeoutExpired:
        raise ContrechampError(
            f"{what} could not fetch the files of the light track: it did not end in 15 minutes. Try again later."
        ) from None
    except OSError as error:
        raise ContrechampError(f"{what} could not fetch the files of the light track: {_reason(error)}.") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        reason = next((line for line in reversed(said) if re.search(r"error|ERR|DO NOT MATCH", line)), "")
        raise ContrechampError(
            f"{what} could not fetch the files of the light track. Is there a network? "
            f"It said: {(reason or (said[-1] if said else 'nothing')).strip()[:200]}"
        )


def _reason(error: OSError) -> str:
    """Return why the system refused, with the place: an error of the library itself has no such words."""
    return f"{error.strerror or error}" + (f" ({error.filename})" if error.filename else "")


# ---- the notebooks --------------------------------------------------------------------------------------------------


def notebooks(root: Path, lang: str) -> list[Path]:
    """Return the built notebooks of the light track in one language, in order.

    Raises
    ------
    ContrechampError
        When one was not built.
    """
    sources = sorted((root / "notebooks" / "light").glob("L[0-9]_*.md"))
    found = [root / "notebooks" / "light" / lang / f"{source.stem}.ipynb" for source in sources]
    lacking = [path.name for path in found if not path.is_file()]
    if lacking or not found:
        name = lacking[0] if lacking else "L1_….ipynb"
        raise ContrechampError(f"notebooks/light/{lang}/{name} is missing. Run `contrechamp build`.")
    return found


def _stage_notebooks(root: Path, to: Path) -> None:
    for lang in language.languages():
        for path in notebooks(root, lang):
            files.replace(to / lang / path.name, for_browser(path).encode())


def for_browser(path: Path) -> str:
    """Return a built notebook without outputs, its links to lessons as links to pages of the site.

    Readers guess before they run, so nothing is run for them.

    Raises
    ------
    ContrechampError
        When the notebook has code cells that were never run: the committed one is what a test compares with.
    """
    notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            if cell.execution_count is None:
                raise ContrechampError(f"{path.name} has code cells that were not run. Run `contrechamp build`.")
            cell.outputs, cell.execution_count = [], None
        else:
            cell.source = site_links(cell.source)
    notebook.metadata.pop("contrechamp", None)
    notebook.metadata["kernelspec"] = {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}
    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"


def site_links(text: str) -> str:
    """Turn a link to a lesson's notebook into ``#site:lessons/NN``, which our script opens as a page of the site.

    Examples
    --------
    >>> site_links("[lesson 11](../../en/11_when_detectors_fail.ipynb)")
    '[lesson 11](#site:lessons/11)'
    """
    return re.sub(r"\]\((?:\.\./)+\w\w/(\d\d)_\w+\.ipynb\)", r"](#site:lessons/\1)", text)


# ---- JupyterLite ----------------------------------------------------------------------------------------------------


def _jupyterlite(work: Path, made: Path) -> None:
    """Let JupyterLite build its static files: one application, one kernel, no source maps."""
    extension = Path(sys.prefix) / "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension"
    if not extension.is_dir():
        raise ContrechampError(
            "JupyterLite's kernel is not installed. Run `uv sync --locked --group site`, then build again."
        )
    (work / "lite").mkdir()
    config = {
        "LiteBuildConfig": {
            "lite_dir": str(work / "lite"),
            "output_dir": str(made),
            "contents": [str(work / "files")],
            "apps": [_APP],
            "no_sourcemaps": True,
            "ignore_sys_prefix": ["federated_extensions"],
            "federated_extensions": [str(extension)],
            "cache_dir": str(work / "cache"),
        }
    }
    path = work / "lite" / "jupyter_lite_config.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    # An address for Pyodide keeps the kernel's add-on from looking for another; ours is put there afterwards.
    try:
        done = subprocess.run(
            [sys.executable, "-m", "jupyterlite_core", "build", "--config", str(path)],
            cwd=work / "lite",
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, "SOURCE_DATE_EPOCH": "1767225600"},
            check=False,
            timeout=600,
        )
    except subprocess.TimeoutExpired:
        raise ContrechampError("JupyterLite could not be built: it did not end in 10 minutes.") from None
    except OSError as error:
        raise ContrechampError(f"JupyterLite could not be built: {_reason(error)}.") from None
    if done.returncode or not (made / _APP / "index.html").is_file():
        said = (done.stderr or done.stdout).strip().splitlines()
        raise ContrechampError(f"JupyterLite could not be built: {said[-1][:200] if said else 'no word why'}.")


def _prune(made: Path) -> None:
    """Drop source maps and what JupyterLite leaves that no page of ours loads: build files, the unused worker."""
    for path in made.rglob("*.map"):
        path.unlink()
    for pattern in _LEFT_OVER:
        for path in made.glob(pattern):
            path.unlink()
    shutil.rmtree(made / "doc", ignore_errors=True)  # redirects to an application that is not there


def _front(made: Path) -> None:
    """Make the folder's own page: it leads to the choice of language, and JupyterLite reads its element from it."""
    (made / "index.html").write_text(
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="refresh" content="0; url=../index.html">\n<title>Contrechamp</title>\n'
        '<script id="jupyter-config-data" type="application/json" data-jupyter-lite-root=".">{}</script>\n'
        '</head>\n<body><p><a href="../index.html">Contrechamp</a></p></body>\n</html>\n',
        encoding="utf-8",
    )


def _pyodide(fetched: dict[str, Path], wheels: dict[str, Path], to: Path) -> None:
    """Put Python, its packages and ours where the kernel looks, with a lock that names each with its SHA-256."""
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
        packages[name] = lite_wheels.entry(name, path, depends)
    packages["contrechamp"]["depends"] = ["babel", "tzdata"]
    lock["packages"] = packages
    (to / "pyodide-lock.json").write_text(json.dumps(lock, sort_keys=True), encoding="utf-8")


def _door(made: Path, lang: str) -> None:
    """Make the application of one language: its menus, its kernel's language, its way back to the site."""
    door = made / door_name(lang)
    shutil.copytree(made / _APP, door)
    kernel = {
        "pyodideUrl": "../static/pyodide/pyodide.mjs",
        "disablePyPIFallback": True,
        "loadPyodideOptions": {
            "packages": list(_FIRST),
            "env": {"HOME": "/home/pyodide", "CONTRECHAMP_LANG": lang, "TZ": "UTC"},
        },
    }
    settings = {
        "@jupyterlab/translation-extension:plugin": {"locale": _LOCALE.get(lang, lang)},
        "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    }
    about = json.loads((door / "jupyter-lite.json").read_text(encoding="utf-8"))
    about["jupyter-config-data"] |= {
        "appUrl": f"/{door_name(lang)}",
        "appName": "Contrechamp",
        "litePluginSettings": {_KERNEL: kernel},
        "settingsOverrides": settings,
        # Nothing stays in the browser of a shared computer: no service worker, no database, memory only.
        "disabledExtensions": ["@jupyterlite/application-extension:service-worker-manager"],
        "enableMemoryStorage": True,
        **{f"{what}StorageDrivers": ["memoryStorageDriver"] for what in ("contents", "settings", "workspaces")},
    }
    (door / "jupyter-lite.json").write_text(json.dumps(about, indent=1), encoding="utf-8")
    page = (door / "index.html").read_text(encoding="utf-8")
    page = re.sub(r"<html[^>]*>", f'<html lang="{lang}">', page, count=1)
    page = re.sub(r"<title>.*?</title>", "<title>Contrechamp</title>", page, count=1)
    head = '<script src="../contrechamp.js" defer></script>\n'
    page = page.replace("</head>", head + "</head>", 1)
    page = re.sub(r"(<body[^>]*>)", lambda m: m[1] + _without_scripts(lang), page, count=1)
    (door / "index.html").write_text(page, encoding="utf-8")
    shutil.copy(Path(__file__).with_name("_lite") / "contrechamp.js", made / "contrechamp.js")


def door_name(lang: str) -> str:
    """Return the folder of a language's application: JupyterLite opens a notebook where the name begins thus."""
    return f"{_APP}-{lang}"


def _without_scripts(lang: str) -> str:
    said = language.gettext(
        "This page runs Python in your browser and needs scripts and WebAssembly. Without them, read the lessons on "
        "the pages of the course.",
        lang,
    )
    link = language.gettext("Ways to run a lesson", lang)
    text = f'<p>{said} <a href="../../{lang}/run.html">{link}</a></p>'
    return f'\n<noscript>{text}</noscript>\n<div id="contrechamp-old" role="alert" hidden>{text}</div>\n'


def _sizes(made: Path) -> dict[str, int]:
    """Return the bytes of each part, the largest first, after those of all."""
    parts: dict[str, int] = {}
    for path in made.rglob("*"):
        if path.is_file():
            place = path.relative_to(made).parts
            part = "/".join(place[:2]) if place[0] == "static" else place[0]
            parts[part] = parts.get(part, 0) + path.stat().st_size
    return {"all": sum(parts.values()), **dict(sorted(parts.items(), key=lambda item: -item[1]))}


def cache_folder(root: Path) -> Path:
    """Return where fetched files are kept unless somebody says otherwise; git ignores it."""
    return root / ".contrechamp" / "lite"


def main(arguments: Iterable[str]) -> int:
    """Build by hand: ``python -m contrechamp.site.lite [FOLDER] [--science URL]``; return the exit status."""
    import argparse

    from contrechamp.authoring import sources

    parser = argparse.ArgumentParser(prog="python -m contrechamp.site.lite", description="Build the light track.")
    parser.add_argument("folder", nargs="?", default="site/lite", help="where to; replaced (default: site/lite)")
    parser.add_argument("--cache", help="where fetched files are kept")
    parser.add_argument("--science", default=os.environ.get("CONTRECHAMP_SCIENCE"), help="address of a full Pyodide")
    asked = parser.parse_args(list(arguments))
    started = time.process_time()
    try:
        root = sources.root()
        cache = Path(asked.cache) if asked.cache else cache_folder(root)
        sizes = build(Path(asked.folder), root, cache, science=asked.science)
    except ContrechampError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"The light track could not be written: {_reason(error)}.", file=sys.stderr)
        return 2
    for part, size in sizes.items():
        print(f"{part:28} {size / 2**20:6.2f} MB")
    used = os.times()
    print(f"{'CPU seconds':28} {time.process_time() - started + used.children_user + used.children_system:6.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
