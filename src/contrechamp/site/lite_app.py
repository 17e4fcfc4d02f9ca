"""JupyterLite as we serve it: one application, pruned, with a door for each language.

A door is a copy of the application with its own settings: language of the menus and of the kernel, nothing kept in the
browser, and a way back to the site where scripts are off.
"""

import html
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from contrechamp import language
from contrechamp.errors import ContrechampError
from contrechamp.site.lite_lock import reason

APP = "notebooks"
_KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
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
# Left by JupyterLite: how it was itself built, and the service worker, whose extension is switched off.
_LEFT_OVER = ("rspack.config*.js", "package.json", "jupyterlite.schema.*.json", "service-worker.js",
              "build/service-worker.js")  # fmt: skip
_LOCALE = {"en": "en", "fr": "fr_FR"}


def jupyterlite(work: Path, made: Path) -> None:
    """Let JupyterLite build its static files: one application, one kernel, no source maps.

    Parameters
    ----------
    work : Path
        A folder for the build; the notebooks stand in its folder ``files``.
    made : Path
        Where the static files go.

    Raises
    ------
    ContrechampError
        When the kernel's extension is not installed, or JupyterLite fails or does not end in ten minutes.
    """
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
            "apps": [APP],
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
        raise ContrechampError(f"JupyterLite could not be built: {reason(error)}.") from None
    if done.returncode or not (made / APP / "index.html").is_file():
        said = (done.stderr or done.stdout).strip().splitlines()
        raise ContrechampError(f"JupyterLite could not be built: {said[-1][:200] if said else 'no word why'}.")


def prune(made: Path) -> None:
    """Drop source maps and what JupyterLite leaves that no page of ours loads: build files, the unused worker.

    Parameters
    ----------
    made : Path
        The folder that `jupyterlite` wrote.
    """
    for path in made.rglob("*.map"):
        path.unlink()
    for pattern in _LEFT_OVER:
        for path in made.glob(pattern):
            path.unlink()
    shutil.rmtree(made / "doc", ignore_errors=True)  # redirects to an application that is not there


def front(made: Path) -> None:
    """Make the folder's own page: it leads to the choice of language, and JupyterLite reads its element from it.

    Parameters
    ----------
    made : Path
        The folder that `jupyterlite` wrote; its ``index.html`` is replaced.
    """
    (made / "index.html").write_text(
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="refresh" content="0; url=../index.html">\n<title>Contrechamp</title>\n'
        '<script id="jupyter-config-data" type="application/json" data-jupyter-lite-root=".">{}</script>\n'
        '</head>\n<body><p><a href="../index.html">Contrechamp</a></p></body>\n</html>\n',
        encoding="utf-8",
    )


def door(made: Path, lang: str) -> None:
    """Make the application of one language: its menus, its kernel's language, its way back to the site.

    Parameters
    ----------
    made : Path
        The folder that `jupyterlite` wrote; the door goes beside the application.
    lang : str
        Language code.
    """
    place = made / door_name(lang)
    shutil.copytree(made / APP, place)
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
    about = json.loads((place / "jupyter-lite.json").read_text(encoding="utf-8"))
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
    (place / "jupyter-lite.json").write_text(json.dumps(about, indent=1), encoding="utf-8")
    page = (place / "index.html").read_text(encoding="utf-8")
    page = re.sub(r"<html[^>]*>", f'<html lang="{lang}">', page, count=1)
    page = re.sub(r"<title>.*?</title>", "<title>Contrechamp</title>", page, count=1)
    cell = html.escape(language.gettext("Cell {number}", lang))
    head = f'<script src="../contrechamp.js" data-cell="{cell}" defer></script>\n'
    page = page.replace("</head>", head + "</head>", 1)
    page = re.sub(r"(<body[^>]*>)", lambda m: m[1] + _without_scripts(lang), page, count=1)
    (place / "index.html").write_text(page, encoding="utf-8")
    shutil.copy(Path(__file__).with_name("_lite") / "contrechamp.js", made / "contrechamp.js")


def door_name(lang: str) -> str:
    """Return the name of the folder of a language's application.

    Parameters
    ----------
    lang : str
        Language code.

    Returns
    -------
    str
        JupyterLite opens a notebook only where the name begins with that of the application.
    """
    return f"{APP}-{lang}"


def _without_scripts(lang: str) -> str:
    said = language.gettext(
        "This page runs Python in your browser and needs scripts and WebAssembly. Without them, read the lessons on "
        "the pages of the course.",
        lang,
    )
    link = language.gettext("Ways to run a lesson", lang)
    text = f'<p>{said} <a href="../../{lang}/run.html">{link}</a></p>'
    return f'\n<noscript>{text}</noscript>\n<div id="contrechamp-old" role="alert" hidden>{text}</div>\n'
