"""The light track in the browser: JupyterLite with Pyodide, every file of it served from our own folder.

`build` makes the folder ``lite/`` of the site. Python itself comes from npm (the package ``pyodide``: interpreter and
standard library, no packages), the kernel's packages come from PyPI as pure wheels, our library as a small wheel made
here. ``lite_lock.json`` names every fetched file with its version and SHA-256. At run time no other host is asked.

The science lessons need NumPy and its kin, for which neither PyPI nor npm has a wheel that a browser can run. With
`science` (an address of a full Pyodide distribution) they are added, and run from that address: see
`contrechamp.site.lite_science` for what was tried and what was not. Without it, the default, they are left out.
"""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from contrechamp import language
from contrechamp.errors import ContrechampError
from contrechamp.site import lite_app, lite_lock, lite_notebooks, lite_science, lite_wheels

LARGEST = 45 * 1024 * 1024  # bytes of the whole folder


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
    _refuse_others(to)
    fetched = lite_lock.fetch(cache, tell)
    with tempfile.TemporaryDirectory(prefix="contrechamp-lite-") as name:
        work, made = Path(name), Path(name) / "made"
        made.mkdir()
        lite_notebooks.stage(root, work / "files")
        if science:
            lite_science.stage(root, work / "files")
        wheels = lite_wheels.make(root, work / "wheels")
        tell("lite: JupyterLite")
        lite_app.jupyterlite(work, made)
        lite_app.prune(made)
        lite_wheels.lay_out(fetched, wheels, made / "static" / "pyodide")
        for lang in language.languages():
            lite_app.door(made, lang)
        shutil.rmtree(made / lite_app.APP)
        lite_app.front(made)
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


def _sizes(made: Path) -> dict[str, int]:
    """Return the bytes of each part, the largest first, after those of all."""
    parts: dict[str, int] = {}
    for path in made.rglob("*"):
        if path.is_file():
            place = path.relative_to(made).parts
            part = "/".join(place[:2]) if place[0] == "static" else place[0]
            parts[part] = parts.get(part, 0) + path.stat().st_size
    return {"all": sum(parts.values()), **dict(sorted(parts.items(), key=lambda item: -item[1]))}


def main(arguments: Iterable[str]) -> int:
    """Build by hand: ``python -m contrechamp.site.lite [FOLDER] [--science URL]``.

    Parameters
    ----------
    arguments : iterable of str
        Without the name of the command.

    Returns
    -------
    int
        Exit status: 0, or 2 after one sentence on standard error.
    """
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
        cache = Path(asked.cache) if asked.cache else lite_lock.cache_folder(root)
        sizes = build(Path(asked.folder), root, cache, science=asked.science)
    except ContrechampError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"The light track could not be written: {lite_lock.reason(error)}.", file=sys.stderr)
        return 2
    for part, size in sizes.items():
        print(f"{part:28} {size / 2**20:6.2f} MB")
    used = os.times()
    print(f"{'CPU seconds':28} {time.process_time() - started + used.children_user + used.children_system:6.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
