"""By configuration: the science lessons in the browser, on a full Pyodide distribution at an address of one's choice.

``python -m contrechamp.site.lite --science https://…/full/`` (or ``CONTRECHAMP_SCIENCE``) adds a door for each
language, ``notebooks-science-LANG/``, beside those of the light track. It takes Python, NumPy and pandas from that
address, hence from another host, and our whole library from this site. The light track stays as it is.

What was tried: the folder is built, and a test reads its configuration, its wheel and its notebooks. **It has not been
run.** The versions of a full distribution (pandas 3.0.2, scikit-learn 1.8.0 with Pyodide 314) are older than those of
the course, so outputs may differ. Lessons 13 to 15 need packages that are not there, and are left out. Off unless
somebody asks.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from contrechamp import files, language
from contrechamp.errors import ContrechampError
from contrechamp.site import lite_app, lite_notebooks, lite_wheels

LEFT_OUT = ("13", "14", "15")  # reedsolo is not in the distribution; c2pa-python exists for no browser
FOLDER = "science"
_FIRST = "%pip install -q contrechamp"


def lessons(root: Path, lang: str) -> list[Path]:
    """Return the built lessons that are offered, in order.

    Parameters
    ----------
    root : Path
        The repository.
    lang : str
        Language code.

    Returns
    -------
    list of Path
        All lessons but those of `LEFT_OUT`.
    """
    found = sorted((root / "notebooks" / lang).glob("[0-9][0-9]_*.ipynb"))
    return [path for path in found if path.name[:2] not in LEFT_OUT]


def stage(root: Path, to: Path) -> None:
    """Put the lessons among the files of the light track, each with a first cell that installs our library.

    Parameters
    ----------
    root : Path
        The repository.
    to : Path
        They go into its folders ``science/en``, ``science/fr``, …
    """
    for lang in language.languages():
        for path in lessons(root, lang):
            notebook = json.loads(lite_notebooks.for_browser(path))
            first: dict[str, Any] = {"cell_type": "code", "execution_count": None, "id": "install", "metadata": {}}
            notebook["cells"].insert(0, {**first, "outputs": [], "source": [_FIRST]})
            text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
            files.replace(to / FOLDER / lang / path.name, text.encode())


def add(made: Path, root: Path, address: str, wheels: dict[str, Path]) -> None:
    """Add the doors of the science lessons, and the packages that a full distribution lacks.

    Parameters
    ----------
    made : Path
        The folder of the light track, with its doors.
    root : Path
        The checkout.
    address : str
        Where the full distribution is; ``pyodide.mjs`` stands in it.
    wheels : dict of str to Path
        Fetched and made wheels by name; ``comm`` and ``babel`` are used.

    Raises
    ------
    ContrechampError
        When `address` is no address of the web.
    """
    if not address.startswith(("https://", "http://")):
        raise ContrechampError(f"--science takes an address, with https:// before it; not {address!r}.")
    from jupyterlite_pyodide_kernel.addons.piplite import write_wheel_index

    pypi = made / "pypi"
    pypi.mkdir()
    for name in ("comm", "babel"):
        shutil.copy(wheels[name], pypi)
    lite_wheels.whole(root, pypi)
    write_wheel_index(pypi)
    for lang in language.languages():
        door = made / f"notebooks-{FOLDER}-{lang}"
        shutil.copytree(made / lite_app.door_name(lang), door)
        path = door / "jupyter-lite.json"
        about = json.loads(path.read_text(encoding="utf-8"))
        [settings] = about["jupyter-config-data"]["litePluginSettings"].values()
        settings["pyodideUrl"] = address.rstrip("/") + "/pyodide.mjs"
        settings["pipliteUrls"] = ["../pypi/all.json"]
        del settings["loadPyodideOptions"]["packages"]
        about["jupyter-config-data"]["appUrl"] = f"/{door.name}"
        path.write_text(json.dumps(about, indent=1), encoding="utf-8")
