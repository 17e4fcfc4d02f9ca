"""Typed reading of a table of a data package: the descriptor says what a cell may hold, the frame keeps it.

The descriptor ``datapackage.json`` beside the tables is the only list of types and constraints (Frictionless Table
Schema); this module knows the part of the standard that our packages use. Not for writing tables: people edit the CSV
files, and tests validate them with the frictionless library as well.
"""

import datetime
import difflib
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from contrechamp import language
from contrechamp.datasets import store
from contrechamp.errors import ContrechampError

if TYPE_CHECKING:
    import pandas as pd

_DTYPES = {"string": "string", "integer": "Int64", "number": "Float64", "boolean": "boolean", "date": "datetime64[s]"}
_BOOLEANS = {"true": True, "false": False}
_NO_RULES: dict[str, Any] = {}


def descriptor(package: str) -> dict[str, Any]:
    """Return the descriptor of a data package, for example ``descriptor("awareness")["as_of"]``.

    Parameters
    ----------
    package : str
        Folder in ``datasets/``.

    Returns
    -------
    dict
        Shared between calls: not to be changed.

    Raises
    ------
    ContrechampError
        When there is no such package, or its descriptor is not JSON.

    References
    ----------
    Frictionless Data, "Data Package" and "Table Schema" (datapackage.org).
    """
    name = f"{package}/datapackage.json"
    path = store.path(name)
    about = path.stat()
    return _descriptor(name, str(path), about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=16)  # a frame asks for its descriptor several times; a changed file has another key
def _descriptor(name: str, *_seen: object) -> dict[str, Any]:
    return store.read_json(name)


def resource(package: str, table: str) -> dict[str, Any]:
    """Return what the descriptor says of one table: its path, its fields, its keys.

    Parameters
    ----------
    package : str
        Folder in ``datasets/``.
    table : str
        Name of a resource in its descriptor.

    Returns
    -------
    dict
        Shared between calls: not to be changed.

    Raises
    ------
    ContrechampError
        When the package has no such table.
    """
    resources = {item["name"]: item for item in descriptor(package)["resources"]}
    if table not in resources:
        raise ContrechampError(f"datasets/{package} has no table {table!r}. It has: {', '.join(sorted(resources))}.")
    return resources[table]


def rows(package: str, table: str) -> list[dict[str, Any]]:
    """Return the rows of a table as typed values.

    Parameters
    ----------
    package : str
        Folder in ``datasets/``.
    table : str
        Name of a resource in its descriptor.

    Returns
    -------
    list of dict
        By column, in the order of the file. An empty cell is None, whatever its type; a list is a tuple of str, a date
        a `datetime.date`.

    Raises
    ------
    ContrechampError
        Naming file, line and column, when a cell breaks a constraint of the descriptor; when the header is another, or
        there is no such package or table.
    """
    about = resource(package, table)
    name = f"{package}/{about['path']}"
    seen = [store.path(read).stat() for read in (f"{package}/datapackage.json", name)]
    state = tuple((found.st_mtime_ns, found.st_size) for found in seen)
    return [dict(row) for row in _typed_rows(package, table, str(store.path(name)), state)]


@lru_cache(maxsize=64)  # a question asks several tables, and some of them twice; a changed file has another key
def _typed_rows(package: str, table: str, *_seen: object) -> list[dict[str, Any]]:
    about = resource(package, table)
    name = f"{package}/{about['path']}"
    fields = {field["name"]: field for field in about["schema"]["fields"]}
    texts = store.read_rows(name)
    header = list(texts[0]) if texts else list(fields)
    if header != list(fields):
        unlike = [*(set(fields) - set(header)), *(set(header) - set(fields))] or header
        raise ContrechampError(
            f"datasets/{name}, line 1: the columns are not those of the descriptor ({', '.join(sorted(unlike))}). "
            "Restore the header, or describe the column in datapackage.json."
        )
    seen: dict[str, set[Any]] = {key: set() for key, field in fields.items() if _constraint(field, "unique")}
    typed = []
    for line, row in enumerate(texts, start=2):
        record = {}
        for column, text in row.items():
            try:
                record[column] = _value(text, fields[column])
                if column in seen:
                    _once(record[column], seen[column])
            except ValueError as error:
                raise ContrechampError(f"datasets/{name}, line {line}, column {column}: {error}.") from None
        typed.append(record)
    return typed


def frame(
    package: str, table: str, lang: str | None = None, typed: list[dict[str, Any]] | None = None
) -> "pd.DataFrame":
    """Return a table of a data package as a DataFrame.

    Columns have nullable types (``Int64``, ``Float64``, ``string``, ``boolean``, ``datetime64``); unknown is ``NA``,
    never zero. Each pair of columns ``NAME_en``, ``NAME_fr`` is preceded by a column ``NAME`` in the reader's language,
    in English where a translation is missing. A field that the descriptor calls a list is a tuple.

    Parameters
    ----------
    package, table : str
        For example ``"awareness"`` and ``"statistics"``.
    lang : str, optional
        Language code; the reader's language when left out.
    typed : list of dict, optional
        What `rows` gave for this table, when the caller has it already.

    Returns
    -------
    DataFrame
        Indexed by the primary key when it is one column. ``attrs`` holds ``as_of``, ``licence`` and ``path``.
    """
    import pandas as pd

    lang = _known(lang or language.current())
    about = resource(package, table)
    fields = about["schema"]["fields"]
    typed = rows(package, table) if typed is None else typed
    columns: dict[str, Any] = {}
    for field in fields:
        name, values = field["name"], [record[field["name"]] for record in typed]
        if name.endswith("_en") and any(other["name"] == name[:-3] + "_fr" for other in fields):
            columns[name[:-3]] = pd.array([_translated(record, name[:-3], lang) for record in typed], dtype="string")
        if _is_list(field):
            columns[name] = pd.Series([value or () for value in values], dtype="object")
        elif field["type"] == "date":
            columns[name] = pd.to_datetime(pd.Series(values, dtype="object")).astype("datetime64[s]")
        else:
            columns[name] = pd.array(values, dtype=_DTYPES[field["type"]])
    made = pd.DataFrame(columns)
    key = about["schema"].get("primaryKey")
    if isinstance(key, str):
        made = made.set_index(key)
    package_about = descriptor(package)
    made.attrs = {
        "as_of": package_about["as_of"],
        "licence": package_about["licenses"][0]["name"],
        "path": f"{package}/{about['path']}",
    }
    return made


def _known(lang: str) -> str:
    if lang not in language.languages():
        raise ContrechampError(
            f"There is no language {lang!r} here. The course speaks: {', '.join(language.languages())}."
        )
    return lang


def _translated(record: dict[str, Any], name: str, lang: str) -> str | None:
    return record.get(f"{name}_{lang}") or record[f"{name}_en"]


def _constraint(field: dict[str, Any], name: str) -> Any:
    return field.get("constraints", {}).get(name)


def _is_list(field: dict[str, Any]) -> bool:
    return field.get("itemSeparator") is not None


def _once(value: Any, seen: set[Any]) -> None:
    if value in seen:
        raise ValueError(f"{value!r} stands in two rows, but must be unique")
    if value is not None:
        seen.add(value)


def _value(text: str, field: dict[str, Any]) -> Any:
    """Return the typed value of a cell, or raise ValueError with a sentence that says what was expected."""
    rules = field.get("constraints", _NO_RULES)
    if text == "":
        if rules.get("required"):
            raise ValueError("the cell is empty, but must be filled")
        return None
    if text != text.strip() or "\n" in text:
        raise ValueError("the cell begins or ends with a space, or holds a line break")
    value = _typed(text, field)
    if rules:
        _obey(value, text, field, rules)
    return value


def _obey(value: Any, text: str, field: dict[str, Any], rules: dict[str, Any]) -> None:
    allowed = rules.get("enum")
    for item in value if isinstance(value, tuple) else [value]:
        if allowed and item not in allowed:
            near = difflib.get_close_matches(str(item), map(str, allowed), n=1)
            hint = f"; nearest: {near[0]}" if near else ""
            raise ValueError(f"{item!r} is not one of {', '.join(map(str, allowed))}{hint}")
    pattern = rules.get("pattern")
    if pattern and not re.fullmatch(pattern, text):
        raise ValueError(f"{text!r} is not written as expected ({field.get('description', pattern)})")
    low, high = rules.get("minimum"), rules.get("maximum")
    if (low is not None and value < low) or (high is not None and value > high):
        raise ValueError(f"{text} is outside the range from {low} to {high}")


def _typed(text: str, field: dict[str, Any]) -> Any:
    if _is_list(field):
        return tuple(text.split(field["itemSeparator"]))
    kind = field["type"]
    if kind == "string":
        return text
    try:
        if kind == "integer":
            return int(text)
        if kind == "number":
            return _finite(text)
        if kind == "boolean":
            return _BOOLEANS[text]
        if kind == "date":
            return datetime.date.fromisoformat(text)
    except (ValueError, KeyError):
        expected = {"integer": "a whole number", "number": "a number with a decimal point", "date": "a date YYYY-MM-DD"}
        raise ValueError(f"expected {expected.get(kind, 'true or false')}, found {text!r}") from None
    return text


def _finite(text: str) -> float:
    if not re.fullmatch(r"-?\d+(\.\d+)?", text):
        raise ValueError(text)
    return float(text)
