"""The rules for code cells and their outputs, in lessons and solutions.

Each function is pure and yields the ends of sentences that begin with the notebook's name: ", cell 7: …".
"""

import ast
import io
import itertools
import re
import statistics
import tokenize
from collections.abc import Iterator

from nbformat import NotebookNode

LONGEST_CELL = 15  # lines of code that fit on a screen beside their output
LONGEST_MEDIAN = 6
LONGEST_LINE = 80  # characters: a page and a magnified screen cut what is longer
SHORTEST_DESCRIPTION = 40  # characters: below, a description names the figure and does not say its finding

_HIDDEN_TESTS = re.compile(r"\n*^### BEGIN HIDDEN TESTS\n.*?^### END HIDDEN TESTS[ \t]*$", re.DOTALL | re.MULTILINE)
_SKIPPING_TAGS = ("nbval-skip", "nbval-ignore-output", "skip-execution", "raises-exception", "nbval-raises-exception")
_OUTSIDE_CALLS = ("open", "imread", "urlopen", "urlretrieve")
_PLOTTED = re.compile(r"\A\s*Figure[ \u00a0\u202f]?:")
_SCALAR = re.compile(r"\bnp\.(float|int|bool|str)\w*\(")


def numbered(nb: NotebookNode, kind: str) -> Iterator[tuple[int, NotebookNode]]:
    """Yield the cells of a kind with the number that a reader counts, from one."""
    return ((number, cell) for number, cell in enumerate(nb.cells, 1) if cell.cell_type == kind)


def code_problems(nb: NotebookNode) -> list[str]:
    """Return what is wrong with the code: too long, hidden from the tests, not Python, waiting or reaching outside."""
    found, lengths = [], []
    for number, cell in numbered(nb, "code"):
        lines = _HIDDEN_TESTS.sub("", cell.source).splitlines()  # written by the build, for nbgrader
        length = sum(bool(line.strip()) for line in lines)
        lengths.append(length)
        if length > LONGEST_CELL:
            found.append(f", cell {number}: {length} lines of code, {LONGEST_CELL} at most")
        if not length:
            found.append(f", cell {number}: the code cell is empty")
        widest = max((len(line) for line in lines), default=0)
        if widest > LONGEST_LINE:
            found.append(f", cell {number}: a line of {widest} characters, {LONGEST_LINE} at most")
        found += [f", cell {number}: {problem}" for problem in _forbidden(cell)]
    if lengths and statistics.median(lengths) > LONGEST_MEDIAN:
        found.append(f": half of the code cells are longer than {LONGEST_MEDIAN} lines")
    return found


def _forbidden(cell: NotebookNode) -> Iterator[str]:
    for tag in cell.metadata.get("tags", []):
        if tag in _SKIPPING_TAGS or tag.startswith("nbval"):
            yield f"the tag {tag} hides the cell from the tests"
    if re.search(r"#\s*(NBVAL|PYTEST_VALIDATE)_", cell.source):
        yield "a comment NBVAL_… hides the cell from the tests"
    if re.search(r"^\s*([!%]|\?)|\?\s*$", cell.source, re.MULTILINE):
        yield "commands of the notebook (! % ?) are not Python: leave them out"
        return
    try:
        tree = ast.parse(cell.source)
    except SyntaxError as error:
        yield f"the code is not Python (line {error.lineno})"
        return
    if _ends_with_semicolon(cell.source):
        yield "a line ends with ;, which hides an output from the reader and not from nbval"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name == "input":
                yield "input() waits for ever in a test: ask with a variable"
            elif name in _OUTSIDE_CALLS:
                yield f"{name}() reads something from outside: use a loader of contrechamp.datasets"


def _ends_with_semicolon(source: str) -> bool:
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    ends = (tokenize.NEWLINE, tokenize.COMMENT, tokenize.ENDMARKER, tokenize.NL)
    return any(a.type == tokenize.OP and a.string == ";" and b.type in ends for a, b in itertools.pairwise(tokens))


def run_problems(nb: NotebookNode) -> list[str]:
    """Return the cells that did not run, in order, without an error or a warning."""
    found = []
    for count, (number, cell) in enumerate(numbered(nb, "code"), 1):
        if cell.execution_count is None:
            found.append(f", cell {number}: the code cell was not run")
        elif cell.execution_count != count:
            found.append(f", cell {number}: its count is {cell.execution_count}, not {count}")
        for output in cell.outputs:
            if output.output_type == "error":
                found.append(f", cell {number}: an error is stored ({output.get('ename')})")
            if output.output_type == "stream" and output.name == "stderr":
                found.append(f", cell {number}: a warning is stored: {output.text.strip()[:80]!r}")
            if _SCALAR.search(output.get("data", {}).get("text/plain", "")):
                found.append(f", cell {number}: the output shows a NumPy scalar; print it, or use float(…)")
    return found


def output_problems(nb: NotebookNode, enough: int) -> list[str]:
    """Return what is wrong with the outputs: figures without words or numbers, fewer compared texts than `enough`."""
    found, compared = [], 0
    code = list(numbered(nb, "code"))
    texts = [_texts(cell) for _, cell in code]
    for place, (number, cell) in enumerate(code):
        compared += texts[place]
        figures = sum("image/png" in output.get("data", {}) for output in cell.outputs)
        if figures > sum(texts[place : place + 2]):
            found.append(
                f", cell {number}: the numbers behind the figure stand neither in this cell nor in the next one"
            )
        found += [f", cell {number}: {problem}" for problem in _pictures(cell)]
    if compared < enough:
        found.append(f": {compared} outputs are compared by the tests, {enough} at least are needed")
    return found


def _texts(cell: NotebookNode) -> int:
    """Count the outputs of a cell that nbval compares and a reader can read, descriptions of figures left out."""
    described = [output.get("metadata", {}).get("image/png", {}).get("alt", "") for output in cell.outputs]
    count = 0
    for output in cell.outputs:
        data = output.get("data", {})
        if output.output_type == "stream":
            words = " ".join(_PLOTTED.sub("", output.text).split())
            for description in filter(None, described):
                words = words.replace(" ".join(description.split()), "")
            count += bool(words.strip())
        elif "text/plain" in data and "image/png" not in data:
            count += 1
    return count


def _pictures(cell: NotebookNode) -> Iterator[str]:
    for place, output in enumerate(cell.outputs):
        data = output.get("data", {})
        for kind in data:
            if kind.startswith("image/") and kind != "image/png":
                yield f"a picture of type {kind}; only PNG is shown"
        if re.search(r"<(img|svg|canvas|iframe|script)\b", "".join(data.get("text/html", "")), re.IGNORECASE):
            yield "a picture or a script inside HTML"
        if "image/png" not in data:
            continue
        description = output.get("metadata", {}).get("image/png", {}).get("alt", "")
        if len(description.strip()) < SHORTEST_DESCRIPTION:
            yield f"the figure has no description of {SHORTEST_DESCRIPTION} characters or more: use show(fig, alt=…)"
        following = cell.outputs[place + 1] if place + 1 < len(cell.outputs) else {}
        line = following.get("text", "") if following.get("output_type") == "stream" else ""
        if not _PLOTTED.match(line):
            yield 'no visible line "Figure: …" follows the figure'
        elif description.strip() and " ".join(description.split()) not in " ".join(line.split()):
            yield "the visible line is not the description of the figure"
