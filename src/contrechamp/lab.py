"""``contrechamp lab``: fills the student's folder and opens it in JupyterLab, in the reader's language.

JupyterLab keeps its settings and its open tabs in ``work/.lab``, so that the course neither meets nor changes a
Jupyter that the student uses elsewhere. News, update checks and the list of extensions are off: nothing calls out.
"""

import json
import os
import secrets
import socket
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path

from contrechamp import workspace
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext

_FIRST_PORT = 8888


def main(lang: str, browser: bool = True, port: int | None = None, work: str | None = None) -> int:
    """Copy the course into the work folder and serve it until the reader stops it.

    Parameters
    ----------
    lang : str
        Language of the lessons and of the interface.
    browser : bool
        Open a browser; otherwise only print the address.
    port : int, optional
        The port to listen on; the next free one from 8888 when left out.
    work : str, optional
        The folder to work in; ``work/`` in the checkout when left out.

    Returns
    -------
    int
        0 when the reader has stopped the server.

    Raises
    ------
    ContrechampError
        When there is no checkout, the port is busy, or the folder cannot be written.
    """
    _ = partial(gettext, lang=lang)
    root = workspace.course(lang)
    folder = Path(work).resolve() if work else root / "work"
    if port is not None and not _is_free(port):
        raise ContrechampError(_("Port {port} is in use. Choose another, or leave out --port.").format(port=port))
    update = workspace.refresh(folder, lang)
    if update.copied:
        print(_("{count} files copied into {folder}.").format(count=len(update.copied), folder=folder))
    for name in update.beside:
        print(
            _("You changed a file that has a new version. Yours is as you left it; the new one is {name}.").format(
                name=name
            )
        )
    _serve(folder, lang, browser, port)
    return 0


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name != "nt":  # on Windows this option would let two servers share the port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def start_page(folder: Path, lang: str) -> str:
    """Return the path of the address at which the course opens: lesson 00, else the folder of the lessons."""
    lessons = f"notebooks/{lang}"
    first = min((path.name for path in (folder / lessons).glob("00_*.ipynb") if ".new" not in path.name), default="")
    return f"/lab/tree/{lessons}/{first}".rstrip("/")


def settings(lang: str) -> dict[str, dict[str, object]]:
    """Return the defaults that the course gives to JupyterLab; the student may change each in its settings.

    Parameters
    ----------
    lang : str
        Language of the interface.

    Returns
    -------
    dict of str to dict
        As in JupyterLab's ``overrides.json``: no news, no list of extensions, and the language pack when one is there.
    """
    calm: dict[str, dict[str, object]] = {
        "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
        "@jupyterlab/extensionmanager-extension:plugin": {"enabled": False},
    }
    packs = {pack.name for pack in entry_points(group="jupyterlab.languagepack")}
    spoken = sorted(name for name in packs if name.partition("_")[0] == lang)
    if spoken:
        calm["@jupyterlab/translation-extension:plugin"] = {"locale": spoken[0]}
    return calm


def arguments(folder: Path, lang: str, browser: bool, port: int | None, token: str) -> list[str]:
    """Return JupyterLab's arguments: our folder, this machine only, a token, no calls to the outside.

    Parameters
    ----------
    folder : pathlib.Path
        The student's folder; JupyterLab sees nothing above it.
    lang : str
        Language of the page at which the course opens.
    browser : bool
        Let JupyterLab open a browser.
    port : int or None
        The port to listen on, and no other; None tries 50 ports after 8888.
    token : str
        Secret of this session, without which the server answers nobody.

    Returns
    -------
    list of str
        For the command line of ``jupyter lab``.
    """
    own = folder / ".lab"
    chosen = [
        f"--ServerApp.root_dir={folder}",
        f"--ServerApp.default_url={start_page(folder, lang)}",
        f"--LabApp.default_url={start_page(folder, lang)}",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port or _FIRST_PORT}",
        f"--ServerApp.port_retries={0 if port else 50}",
        f"--ServerApp.open_browser={browser}",
        "--ServerApp.answer_yes=True",  # one Ctrl-C stops; JupyterLab has saved already
        "--ServerApp.log_level=ERROR",  # its warnings are for administrators and in English
        "--LabApp.log_level=ERROR",
        f"--IdentityProvider.token={token}",
        "--KernelManager.transport_encryption=auto",  # else each kernel warns of its absence
        f"--LabApp.app_settings_dir={own / 'defaults'}",
        f"--LabApp.user_settings_dir={own / 'settings'}",
        f"--LabApp.workspaces_dir={own / 'workspaces'}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        chosen.append("--ServerApp.allow_root=True")  # Jupyter refuses root otherwise; containers have no other user
    return chosen


def _serve(folder: Path, lang: str, browser: bool, port: int | None) -> None:
    _ = partial(gettext, lang=lang)
    defaults = json.dumps(settings(lang), indent=1).encode()
    workspace.write(folder / ".lab" / "defaults" / "overrides.json", defaults, lang)
    os.environ["CONTRECHAMP_INTERACTIVE"] = "1"  # kernels inherit it: sliders may be live
    os.environ.pop("CONTRECHAMP_LANG", None)  # the folder of the notebook decides
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"  # else an old kernel in the user's home would hide ours
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # on small matrices, threads wait longer than they work

    from jupyterlab.labapp import LabApp

    token = secrets.token_hex(24)
    server = LabApp.initialize_server(argv=arguments(folder, lang, browser, port, token))
    address = f"http://127.0.0.1:{server.port}{start_page(folder, lang)}?token={token}"
    print(_("The course is open at this address:"), f"    {address}", sep="\n\n")
    print("\n" + _("Leave this window open while you work. To stop: Ctrl-C here."), flush=True)
    server.start()
