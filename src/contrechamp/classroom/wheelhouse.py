"""The packages of the course as files, so that a computer without network can install it (`contrechamp kit --offline`).

What is fetched are the versions and hashes of ``requirements.txt``, for this system and this Python. Another system
needs a kit made on it.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from contrechamp.errors import ContrechampError
from contrechamp.language import gettext


def fill(folder: Path, root: Path, lang: str) -> None:
    """Put the wheels of the course and of all that it needs into `folder`.

    Parameters
    ----------
    folder : Path
        Made when missing.
    root : Path
        The checkout.
    lang : str
        Language of the message.

    Raises
    ------
    ContrechampError
        When uv is missing, or the packages cannot be fetched; the message holds the tool's last line.
    """
    uv = shutil.which("uv")
    if uv is None:
        raise ContrechampError(
            gettext("--offline needs uv, which is not here. Type: pip install uv, or leave --offline out.", lang)
        )
    folder.mkdir(parents=True, exist_ok=True)
    python = ["--python", sys.executable]
    _run([uv, "build", "--quiet", "--wheel", *python, "--out-dir", str(folder), str(root)], lang)
    (folder / ".gitignore").unlink(missing_ok=True)  # uv's habit in a folder of builds
    pip = [uv, "run", "--quiet", "--no-project", *python, "--with", "pip", "python", "-m", "pip", "download"]
    wanted = ["--requirement", str(root / "requirements.txt"), "--require-hashes", "--no-deps", "--only-binary=:all:"]
    _run([*pip, "--quiet", "--disable-pip-version-check", *wanted, "--dest", str(folder)], lang)


def _run(command: list[str], lang: str) -> None:
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode:
        lines = [line for line in done.stderr.strip().splitlines() if line.strip()]
        raise ContrechampError(
            gettext("The packages could not be fetched ({reason}). Nothing was written.", lang).format(
                reason=lines[-1].strip() if lines else done.returncode
            )
        )
