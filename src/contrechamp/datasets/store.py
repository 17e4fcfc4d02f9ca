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

    Returns
    -------
    pathlib.Path
        Absolute; the name is noted as read.

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
    """Return the text of a data file (UTF-8).

    Parameters
    ----------
    name : str
        As for `path`.

    Returns
    -------
    str

    Raises
    ------
    ContrechampError
        When there is no such file, or its bytes are not UTF-8; the message names the byte.
    """
    try:
        return path(name).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ContrechampError(f"datasets/{name} is not UTF-8 text (byte {error.start}). Restore the file.") from None


def read_json(name: str) -> Any:
    """Return the content of a JSON data file, or say where it is malformed.

    Parameters
    ----------
    name : str
        As for `path`.

    Returns
    -------
    object
        Whatever the file holds: usually a dict or a list.

    Raises
    ------
    ContrechampError
        When there is no such file, or it is no JSON; the message names line and column.
    """
    try:
        return json.loads(read_text(name))
    except json.JSONDecodeError as error:
        raise ContrechampError(
            f"datasets/{name} is not valid JSON (line {error.lineno}, column {error.colno}). Restore the file."
        ) from None


def read_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV data file as dictionaries of text.

    Parameters
    ----------
    name : str
        As for `path`.

    Returns
    -------
    list of dict of str to str
        By the names of the header; an empty cell is an empty text.

    Raises
    ------
    ContrechampError
        When there is no such file, it is empty, or a line has another number of fields than the header or a quote that
        is not closed; the message names the line.

    References
    ----------
    RFC 4180, "Common Format and MIME Type for Comma-Separated Values (CSV) Files", 2005.
    """
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
