"""Where the course's files are: a checkout, an installed wheel, or a folder named by ``CONTRECHAMP_HOME``.

Two rooms travel with the wheel, ``datasets/`` and ``locale/``; everything else (lesson sources, catalogues of prose)
exists in a checkout only.
"""

import os
from pathlib import Path

from contrechamp.errors import ContrechampError

_PACKAGE = Path(__file__).resolve().parent


def checkout() -> Path | None:
    """Return the root of the checkout that this package runs from.

    Returns
    -------
    pathlib.Path or None
        ``CONTRECHAMP_HOME`` when it is set, whatever it holds; None when the package was installed from a wheel.
    """
    named = os.environ.get("CONTRECHAMP_HOME")
    if named:
        return Path(named).resolve()
    root = _PACKAGE.parent.parent
    return root if (root / "pyproject.toml").is_file() and (root / "notebooks").is_dir() else None


def room(name: str) -> Path:
    """Return the folder of a room that travels with the wheel.

    Parameters
    ----------
    name : {"datasets", "locale"}

    Returns
    -------
    pathlib.Path
        Of the checkout, or inside the installed package.

    Raises
    ------
    KeyError
        For another name, in an installed package.
    ContrechampError
        When the folder is missing, which means a damaged installation.
    """
    root = checkout()
    folder = root / name if root else _PACKAGE / {"datasets": "_data", "locale": "_locale"}[name]
    if not folder.is_dir():
        raise ContrechampError(f"The folder {folder} is missing: the installation is incomplete. Install it again.")
    return folder
