"""Reading files of the ``datasets/`` room, with a note of which were read.

The note lets the build say which lessons depend on which data; nothing else uses it.
"""

import csv
import io
import json
from pathlib import Path
from typing import Any

from contrechamp import home
from contrechamp.errors import ContrechampError

_READ: set[str] = set()


def path(name: str) -> Path:
    """Return the path of a data file.

    Parameters
    ----------
    name : str
        Path inside ``datasets/``, with forward slashes, for example ``"awareness/statistics.csv"``.

    Raises
    ------
    ContrechampError
        When there is no such file.
    """
    found = home.room("datasets") / name
    if not found.is_file():
        raise ContrechampError(f"There is no data file datasets/{name}. Install the course again, or check the name.")
    _READ.add(name)
    return found


def read_text(name: str) -> str:
    """Return the text of a data file (UTF-8)."""
    try:
        return path(name).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ContrechampError(f"datasets/{name} is not UTF-8 text (byte {error.start}). Restore the file.") from None


def read_json(name: str) -> Any:
    """Return the content of a JSON data file, or say where it is malformed."""
    try:
        return json.loads(read_text(name))
    except json.JSONDecodeError as error:
        raise ContrechampError(
            f"datasets/{name} is not valid JSON (line {error.lineno}, column {error.colno}). Restore the file."
        ) from None


def read_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV data file as dictionaries of text, or say which line is malformed."""
    reader = csv.reader(io.StringIO(read_text(name)), strict=True)
    try:
        header = next(reader)
        rows = []
        for row in reader:
            if len(row) != len(header):
                raise ContrechampError(
                    f"datasets/{name}, line {reader.line_num}: {len(row)} fields where the header has {len(header)}. "
                    "Mend or restore the line."
                )
            rows.append(dict(zip(header, row, strict=True)))
    except (csv.Error, StopIteration) as error:
        reason = str(error) or "the file is empty"
        raise ContrechampError(f"datasets/{name}, line {reader.line_num}: {reason}. Restore it.") from None
    return rows


def read_names() -> list[str]:
    """Return the names of the data files read so far by this process, sorted."""
    return sorted(_READ)
