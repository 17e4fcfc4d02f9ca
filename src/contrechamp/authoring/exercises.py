"""Make the two notebooks of an exercise and the table of its checks from one source.

The solution is the source: the student's notebook is the same with the solutions cut out, and the expected values are
those that the solution computes. The values of the misconceptions are computed beside it, from their expressions.
"""

import ast
import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from contrechamp.authoring import execution, open_tasks
from contrechamp.authoring.execution import Trace
from contrechamp.authoring.sources import CheckSource, Source
from contrechamp.errors import ContrechampError

_SOLUTION = re.compile(
    r"^[ \t]*### BEGIN SOLUTION[ \t]*\n.*?^[ \t]*### END SOLUTION[ \t]*(\n|\Z)", re.DOTALL | re.MULTILINE
)
_HIDDEN_PART = re.compile(r"\n*^### BEGIN HIDDEN TESTS\n.*?^### END HIDDEN TESTS[ \t]*", re.DOTALL | re.MULTILINE)
_STUB = re.compile(r"=\s*\.\.\.|^[ \t]+\.\.\.", re.MULTILINE)  # a value, or the body of a function
_PLACEHOLDER = "# Your code here\n"
_TOLERANCE = 1e-9
_RECORD = """
def check(_id, **values):
    global __answers
    __answers = values
"""
_TELL = """
import json as __json
__inputs = {{}}
if {cases!r}:
    from contrechamp.lesson import functions as __functions
    __inputs = {{
        name: [[__functions.to_input(part) for part in eval(text, globals())] for text in texts]
        for name, texts in {cases!r}.items()
    }}
def __plain(value, name):
    if name in __inputs:
        return list(__functions.call(value, __inputs[name]).members)
    if hasattr(value, "item"):
        value = value.item()
    return sorted(value) if isinstance(value, (set, frozenset, tuple)) else value
print("CONTRECHAMP-CHECK" + __json.dumps({{
    "inputs": __inputs,
    "expected": {{name: __plain(value, name) for name, value in __answers.items()}},
    "misconceptions": [
        {{name: __plain(eval(text, globals()), name) for name, text in values.items()}} for values in {values!r}
    ],
}}))
"""
_HIDDEN = """
### BEGIN HIDDEN TESTS
from contrechamp.lesson.checks import points as _points
{call}
### END HIDDEN TESTS"""


def solution_cells(source: Source) -> list[NotebookNode]:
    """Return the cells of the solution notebook: the source's own, with nbgrader's cell metadata and hidden tests.

    Without the hidden tests nbgrader would give full points to whoever runs the cell: a check never raises. They call
    the rule that the check itself calls, with the cases that are not shown, and their value is the points earned.
    """
    cells = copy.deepcopy(source.cells)
    for position, check in source.checks.items():
        cells[position].source += _HIDDEN.format(call=cells[position].source.replace("check(", "_points(", 1))
        cells[position].metadata["nbgrader"] = _nbgrader(
            f"{check.id}-check", grade=True, points=check.definition.get("points", 1)
        )
        answer = _question_before(cells, position)
        if answer is not None:
            answer.metadata["nbgrader"] = _nbgrader(f"{check.id}-answer", grade=False)
    for task in open_tasks.find(source):
        cells[task.position].metadata["nbgrader"] = _by_hand(f"{task.id}-answer", task.points)
    return cells


def prefix(source: Source) -> str:
    """Return the beginning of the cell ids of an exercise: ``"02E"``, ``"02A"`` for an alternative."""
    return source.lesson + ("A" if is_alternative(source) else "E")


def student_cells(source: Source) -> list[NotebookNode]:
    """Return the cells of the student's notebook: the solution's without what stands between its markers."""
    cells = solution_cells(source)
    for cell in cells:
        if cell.cell_type == "code":
            cell.source = _HIDDEN_PART.sub("", cell.source)
        if cell.cell_type == "code" and _SOLUTION.search(cell.source):
            stub = bool(_STUB.search(_SOLUTION.sub("", cell.source)))
            cell.source = _SOLUTION.sub("" if stub else _PLACEHOLDER, cell.source).rstrip("\n")
    return cells


def is_alternative(source: Source) -> bool:
    """Return True when the source is the alternative of another exercise."""
    return source.meta.get("variant") == "alternative"


def evaluate(
    source: Source, folder: Path, progress: Callable[[str], None] | None = None
) -> tuple[list[dict[str, Any]], Trace]:
    """Execute the solution once and return, for each check, the expected and the misconceived values.

    Returns
    -------
    list of dict
        ``{"expected": {name: value}, "misconceptions": [{name: value}, …]}`` in the order of the checks.
    Trace
        What the solution stood on.
    """
    cells = copy.deepcopy(source.cells)
    for position, check in source.checks.items():
        cells[position].source = (
            _RECORD + cells[position].source + _TELL.format(values=_expressions(check, source), cases=_cases(check))
        )
    notebook = nbformat.v4.new_notebook(cells=[cell for cell in cells if cell.cell_type == "code"])
    trace = execution.execute(notebook, folder, f"{source.relative} (solution)", lang="en", progress=progress)
    told = []
    for cell in notebook.cells:
        text = "".join(output.get("text", "") for output in cell.outputs)
        if "CONTRECHAMP-CHECK" in text:
            told.append(_open_outputs(json.loads(text.partition("CONTRECHAMP-CHECK")[2]), source))
    return told, trace


def _open_outputs(told: dict[str, Any], source: Source) -> dict[str, Any]:
    """Replace what each function told of its calls by what it gave."""
    for values in (told["expected"], *told["misconceptions"]):
        for name in told["inputs"].keys() & values.keys():
            raised = [member["raised"] for member in values[name] if "raised" in member]
            if raised:
                raise ContrechampError(
                    f"{source.relative}: {name}, or a misconception of it, stops with {raised[0]}. "
                    "The solution and each misconception give something in every case."
                )
            values[name] = [member["gave"] for member in values[name]]
    return told


def _cases(check: CheckSource) -> dict[str, list[str]]:
    """Return the inputs of each function that a check asks for, the shown cases first."""
    return {
        name: [*spec["cases"], *(spec.get("hidden") or [])]
        for name, spec in check.definition["values"].items()
        if spec["kind"] == "function"
    }


def table_row(
    check: CheckSource, told: dict[str, Any], say: Callable[[str], dict[str, str]], where: str
) -> dict[str, Any]:
    """Return the entry of a check in ``datasets/checks``.

    Parameters
    ----------
    check : CheckSource
    told : dict
        Its values, from `evaluate`.
    say : callable
        Returns a text in every language: ``{"en": …, "fr": …}``.
    where : str
        Name of the source, for messages.

    Raises
    ------
    ContrechampError
        When a misconception gives the right answer, or two of them the same one: their messages could not differ.
    """
    rule = check.definition
    values = {}
    for name, spec in rule["values"].items():
        if name not in told["expected"]:
            raise ContrechampError(f"{where}, check {check.id}: the check cell does not pass {name}.")
        values[name] = {**spec, "expected": told["expected"][name]}
        if spec["kind"] == "function":
            values[name]["cases"] = [
                {"inputs": inputs, "hidden": number >= len(spec["cases"])}
                for number, inputs in enumerate(told["inputs"][name])
            ]
            values[name].pop("hidden", None)
    wrongs = [
        {"name": wrong["name"], "values": told["misconceptions"][number], "message": say(wrong["message"])}
        for number, wrong in enumerate(rule["misconceptions"])
    ]
    _refuse_twins(check.id, values, wrongs, where)
    return {
        "id": check.id,
        "objective": str(rule["objective"]),
        "points": rule.get("points", 1),
        "values": values,
        "hint": say(rule["hint"]),
        "right": say(rule["right"]),
        "misconceptions": wrongs,
    }


def drawn_rows(source: Source, say: Callable[[str], dict[str, str]]) -> list[dict[str, Any]]:
    """Return how the numbers of this exercise are drawn for a class's own paper, for ``datasets/checks``.

    Parameters
    ----------
    source : Source
    say : callable
        Returns Markdown in every language.

    Returns
    -------
    list of dict
        ``id``, ``draw``, ``setup``, ``code``, ``solution``, ``text`` (by language, or None), ``ask`` and ``wrong``
        (the values of the check and of its misconceptions, as expressions).
    """
    rows = []
    for position, check in source.checks.items():
        rule = source.drawn.get(check.id)
        if rule is not None:
            rows.append(
                {
                    "id": check.id,
                    "draw": rule["draw"],
                    "setup": rule.get("setup", ""),
                    "code": rule["code"].rstrip("\n"),
                    "solution": rule["solution"],
                    "text": say(rule["text"].rstrip("\n")) if "text" in rule else None,
                    "ask": _asked(source.cells[position].source, f"{source.relative}, check {check.id}"),
                    "wrong": _expressions(check, source),
                }
            )
    return rows


def _asked(cell: str, where: str) -> dict[str, str]:
    """Return the expressions that a check's cell passes, by name."""
    for node in ast.walk(ast.parse(cell)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "check":
            return {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords if keyword.arg}
    raise ContrechampError(f"{where}: its cell does not call check(…).")


def _refuse_twins(check_id: str, values: dict[str, Any], wrongs: list[dict[str, Any]], where: str) -> None:
    if len(wrongs) < 2:
        raise ContrechampError(f"{where}, check {check_id}: name at least two misconceptions, there is {len(wrongs)}.")
    answers = [("the right answer", {name: spec["expected"] for name, spec in values.items()})]
    answers += [(wrong["name"], wrong["values"]) for wrong in wrongs]
    for number, (first, a) in enumerate(answers):
        for second, b in answers[number + 1 :]:
            shared = [name for name in values if name in a and name in b]
            if shared and all(_alike(a[name], b[name], values[name]) for name in shared):
                raise ContrechampError(f"{where}, check {check_id}: {first} and {second} give the same values.")


def _alike(a: Any, b: Any, spec: dict[str, Any]) -> bool:
    if spec.get("kind") == "function":
        inner = {**spec, "kind": spec["returns"]}
        return all(_alike(one, other, inner) for one, other in zip(a, b, strict=True))
    if spec.get("kind") == "number" and isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return abs(a - b) <= spec.get("tolerance", 0) + _TOLERANCE
    return str(a).casefold().strip() == str(b).casefold().strip()


def _expressions(check: CheckSource, source: Source) -> list[dict[str, str]]:
    """Return the misconceptions' values as Python expressions; words may be written bare, f-strings are run."""
    kinds = {name: spec.get("kind") for name, spec in check.definition["values"].items()}
    where = f"{source.relative}, check {check.id}"
    made = []
    for wrong in check.definition["misconceptions"]:
        unknown = set(wrong["values"]) - set(kinds)
        if unknown:
            raise ContrechampError(
                f"{where}: misconception {wrong['name']} sets {', '.join(unknown)}, which is no value."
            )
        made.append({name: _expression(value, kinds[name], where) for name, value in wrong["values"].items()})
    return made


def _expression(value: Any, kind: str | None, where: str) -> str:
    if not isinstance(value, str):
        return repr(value)
    if kind in ("text", "choice") and not value.startswith(("f'", 'f"')):
        try:
            return repr(ast.literal_eval(value))
        except (ValueError, SyntaxError):
            return repr(value)
    try:
        ast.parse(value, mode="eval")
    except SyntaxError:
        raise ContrechampError(f"{where}: {value!r} is not a Python expression.") from None
    return value


def _question_before(cells: list[NotebookNode], position: int) -> NotebookNode | None:
    for cell in reversed(cells[:position]):
        if cell.cell_type == "code":
            return cell if "question" in cell.metadata.get("tags", []) else None
    return None


def _nbgrader(grade_id: str, *, grade: bool, points: float | None = None) -> dict[str, Any]:
    note = {
        "grade": grade,
        "grade_id": grade_id.replace(".", "-"),  # nbgrader takes letters, digits, hyphens and underscores only
        "locked": grade,
        "schema_version": 3,
        "solution": not grade,
        "task": False,
    }
    return note | ({"points": points} if grade else {})


def _by_hand(grade_id: str, points: float) -> dict[str, Any]:
    """Return nbgrader's note on a cell whose text the student writes and a person marks."""
    return _nbgrader(grade_id, grade=True, points=points) | {"locked": False, "solution": True}
