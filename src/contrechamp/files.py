"""Writing a file whole or not at all, so that a full disk or a power cut loses nothing that was there."""

import contextlib
import os
from pathlib import Path


def replace(path: Path, content: bytes) -> None:
    """Write a file whole: into a temporary file beside it, which then takes its place.

    Parameters
    ----------
    path : pathlib.Path
        Missing folders are made.
    content : bytes

    Raises
    ------
    OSError
        When the folder cannot be written or the disk is full; what stood at `path` is untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
