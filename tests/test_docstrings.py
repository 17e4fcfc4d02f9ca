"""What a public function takes, returns and refuses stands in its docstring, under the names that it really has.

Ruff (rules D) asks that there is a docstring and how its sections are written; it has no rule for a section that is
missing. This reads the source of every room that students or teachers meet, and imports nothing.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import pytest

ROOMS = (
    "classroom",
    "credentials",
    "datasets",
    "errors",
    "files",
    "forensics",
    "grading",
    "hashing",
    "home",
    "imaging",
    "lab",
    "language",
    "law",
    "lesson",
    "light",
    "mechanism",
    "page",
    "proof",
    "setup_check",
    "watermark",
    "workspace",
)
#: A body of so many lines, with a name and a summary, says by itself what it takes and gives.
SHORT = 3
_SECTION = re.compile(r"^(Parameters|Attributes|Returns|Yields|Raises)\n-{3,}$", re.MULTILINE)
_RETURNED = {"property", "cached_property"}  # described as what they are, not as what they return

#: The benchmark of detection keeps measurements of several hours under the hash of these files, docstrings included.
#: What they lack is to be written when it is measured anew; a name that no longer lacks anything must go.
NOT_YET = {
    "forensics/abstention.py": {
        "AbstainingDetector.answers",
        "AbstainingDetector.fit",
        "Strangeness.fit",
        "kinds_of",
        "selective",
    },
    "forensics/blocks.py": {"measure"},
    "forensics/cfa.py": {"alternation", "colour_difference_roughness", "measure"},
    "forensics/cooccurrence.py": {"classes", "measure"},
    "forensics/detectors.py": {
        "Detector.fit",
        "Detector.recalibrate",
        "checked_cameras",
        "checked_labels",
        "checked_rows",
        "fitted",
        "margin_of",
    },
    "forensics/jpeg_traces.py": {"measure"},
    "forensics/localisation.py": {"EditLocator.fit", "EditLocator.fit_maps", "EditLocator.read", "first_quality"},
    "forensics/residual.py": {"measure"},
    "forensics/spectrum.py": {"lattice_peak", "measure"},
}


@dataclass(frozen=True)
class Described:
    """A function or class as it stands in a module: what its docstring should say, and what it does say."""

    place: str
    name: str
    lacks: tuple[str, ...]


def gaps(room: Mapping[str, str]) -> list[Described]:
    """Return what is missing in the modules of a room, name of the file to source."""
    trees = {name: ast.parse(source) for name, source in room.items()}
    exported = {name for tree in trees.values() for name in _exported(tree)}
    classes = {node.name: node for tree in trees.values() for node in tree.body if isinstance(node, ast.ClassDef)}
    found = []
    for place, tree in trees.items():
        for name, node, owner in _public(tree):
            if isinstance(node, ast.ClassDef):
                lacks = _of_class(node)
            elif owner is not None and _inherits(node.name, owner, classes):
                lacks = _misnamed(node, _parameters(node))
            else:
                lacks = _of_function(node, short=owner is not None or node.name not in exported)
            if lacks:
                found.append(Described(place, name, tuple(lacks)))
    return found


def _exported(tree: ast.Module) -> list[str]:
    lists = [n.value for n in tree.body if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "__all__"]
    return [name for one in lists for name in ast.literal_eval(one)]


def _public(node: ast.Module | ast.ClassDef, owner: ast.ClassDef | None = None) -> Iterator[tuple]:
    for child in node.body:
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or child.name.startswith("_"):
            continue
        name = f"{owner.name}.{child.name}" if owner else child.name
        yield name, child, owner
        if isinstance(child, ast.ClassDef):
            yield from _public(child, child)


def _of_function(node: ast.FunctionDef, short: bool) -> list[str]:
    """Return the sections that a function lacks; with `short`, a short one that raises nothing lacks none."""
    if _RETURNED & {ast.unparse(one) for one in node.decorator_list}:
        return []
    sections, inner = _sections(node), list(_own(node))
    raises = any(isinstance(one, ast.Raise) and one.exc is not None for one in inner)
    gives = any(isinstance(one, ast.Return) and not _is_none(one.value) for one in inner)
    yields = any(isinstance(one, ast.Yield | ast.YieldFrom) for one in inner)
    wrong = _misnamed(node, _parameters(node))
    if short and not raises and _lines(node) <= SHORT:
        return wrong
    lacks = []
    if _parameters(node) and "Parameters" not in sections:
        lacks.append("Parameters")
    if (gives or yields) and not {"Returns", "Yields"} & sections.keys():
        lacks.append("Yields" if yields else "Returns")
    if raises and "Raises" not in sections:
        lacks.append("Raises")
    return lacks + wrong


def _of_class(node: ast.ClassDef) -> list[str]:
    """Return what the docstring of a class lacks: parameters of its ``__init__``, or the fields of a dataclass."""
    starts = [one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
    sections = _sections(node)
    if starts and _parameters(starts[0]) and not _inherited(node, sections):
        return _misnamed(node, _parameters(starts[0])) if "Parameters" in sections else ["Parameters"]
    if any("dataclass" in ast.unparse(one) for one in node.decorator_list):
        fields = {one.target.id for one in node.body if isinstance(one, ast.AnnAssign)}
        named = _named(sections.get("Attributes", "")) | _named(sections.get("Parameters", "")) | set(_below(node))
        return [f"{name} of Attributes" for name in sorted(fields - named) if not name.startswith("_")]
    return []


def _below(node: ast.ClassDef) -> Iterator[str]:
    """Yield the fields that are described by a text right below them."""
    for one, after in pairwise(node.body):
        if isinstance(one, ast.AnnAssign) and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            yield one.target.id


def _inherited(node: ast.ClassDef, sections: Mapping[str, str]) -> bool:
    """Say whether the class refers to the parameters of its base in words."""
    said = " ".join((ast.get_docstring(node) or "").split())
    return "Parameters" not in sections and any(
        f"Parameters are those of `{ast.unparse(base)}`" in said for base in node.bases
    )


def _inherits(name: str, owner: ast.ClassDef, classes: Mapping[str, ast.ClassDef]) -> bool:
    """Say whether a base class of the same room has the method with everything that it needs."""
    for base in owner.bases:
        node = classes.get(ast.unparse(base))
        if node is None:
            continue
        methods = [one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == name]
        if methods and (_is_full(methods[0]) or _inherits(name, node, classes)):
            return True
        if not methods and _inherits(name, node, classes):
            return True
    return False


def _is_full(node: ast.FunctionDef) -> bool:
    wanted = {"Parameters"} if _parameters(node) else set()
    if node.returns is not None and ast.unparse(node.returns) != "None":
        wanted.add("Returns")
    return wanted <= _sections(node).keys()


def _misnamed(node: ast.AST, parameters: list[str]) -> list[str]:
    """Return the parameters that a section leaves out, and those that it names and the signature does not have."""
    if "Parameters" not in (sections := _sections(node)):
        return []
    named = _named(sections["Parameters"])
    return [f"{name} of Parameters" for name in parameters if name not in named] + [
        f"a parameter called {name}" for name in sorted(named - set(parameters))
    ]


def _parameters(node: ast.FunctionDef) -> list[str]:
    given = node.args
    named = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    starred = [f"*{given.vararg.arg}"] if given.vararg else []
    starred += [f"**{given.kwarg.arg}"] if given.kwarg else []
    return [name for name in named if name not in ("self", "cls")] + starred


def _sections(node: ast.AST) -> dict[str, str]:
    """Return the text of each section, without its heading."""
    parts = _SECTION.split(ast.get_docstring(node) or "")
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _named(section: str) -> set[str]:
    """Return the names that a section describes: lines that are not indented, up to the next heading of any kind."""
    text = re.split(r"^\w[\w ]*\n-{3,}$", section, flags=re.MULTILINE)[0]
    heads = [line.partition(" :")[0] for line in text.splitlines() if line and not line.startswith(" ")]
    return {name.strip() for head in heads for name in head.split(",")}


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """Walk a function without the functions and classes inside it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield child
            yield from _own(child)


def _lines(node: ast.FunctionDef) -> int:
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def _is_none(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_function_says_what_it_takes_returns_and_refuses(root, room):
    package = root / "src" / "contrechamp"
    places = sorted((package / room).rglob("*.py")) if (package / room).is_dir() else [package / f"{room}.py"]
    sources = {place.relative_to(package).as_posix(): place.read_text(encoding="utf-8") for place in places}
    found = gaps(sources)
    assert [one for one in found if one.name not in NOT_YET.get(one.place, ())] == []
    left = {place: {one.name for one in found if one.place == place} for place in NOT_YET if place in sources}
    assert left == {place: names for place, names in NOT_YET.items() if place in sources}


WHOLE = '''
def crop(picture, size):
    """Cut a square out of a picture.

    Parameters
    ----------
    picture : ndarray of uint8, shape (height, width, 3)
    size : int
        In pixels.

    Returns
    -------
    ndarray of uint8, shape (size, size, 3)

    Raises
    ------
    ContrechampError
        When the picture is smaller.
    """
    if min(picture.shape[:2]) < size:
        raise ContrechampError("The picture is too small.")
    top = (picture.shape[0] - size) // 2
    return picture[top : top + size, :size]
'''

PLANTED = {
    "no parameters": (WHOLE.replace("Parameters\n    ----------", "Words\n    -----"), ("Parameters",)),
    "no result": (WHOLE.replace("Returns\n    -------", "Words\n    -----"), ("Returns",)),
    "no error": (WHOLE.replace("Raises\n    ------", "Words\n    -----"), ("Raises",)),
    "a parameter left out": (WHOLE.replace("    size : int\n        In pixels.\n", ""), ("size of Parameters",)),
    "an old name": (
        WHOLE.replace("    size : int", "    side : int"),
        ("size of Parameters", "a parameter called side"),
    ),
    "a new parameter": (WHOLE.replace("(picture, size)", "(picture, size, **more)"), ("**more of Parameters",)),
    "a generator": (
        'def each(pictures):\n    """Go through.\n\n    Parameters\n    ----------\n    pictures : list\n    """\n'
        "    for one in pictures:\n        two = one + one\n        if two:\n            yield two\n",
        ("Yields",),
    ),
    "a short one that raises": ('def stop():\n    """Stop."""\n    raise TypeError("stop")\n', ("Raises",)),
    "a short one that is exported": (
        '__all__ = ["half"]\n\n\ndef half(x):\n    """Halve."""\n    return x / 2\n',
        ("Parameters", "Returns"),
    ),
    "a class with a beginning": (
        'class Lens:\n    """A lens."""\n\n    def __init__(self, blur):\n        self.blur = blur\n',
        ("Parameters",),
    ),
    "a field without a word": (
        '@dataclass\nclass Lens:\n    """A lens.\n\n    Attributes\n    ----------\n    blur : float\n    """\n\n'
        "    blur: float\n    tint: float\n",
        ("tint of Attributes",),
    ),
}


@pytest.mark.parametrize(("source", "lacks"), PLANTED.values(), ids=PLANTED)
def test_what_is_missing_is_found(source, lacks):
    assert [one.lacks for one in gaps({"planted.py": source})] == [lacks]


SOUND = {
    "all said": WHOLE,
    "private": WHOLE.replace("def crop", "def _crop").replace("Parameters", "Words"),
    "short": 'def half(x):\n    """Halve."""\n    return x / 2\n',
    "an error let through": 'def go():\n    """Go."""\n    try:\n        print()\n    except OSError:\n        raise\n',
    "a property": 'class Lens:\n    """A lens."""\n\n    @property\n    def blur(self):\n        """Its blur."""\n'
    "        a = 1\n        b = 2\n        c = 3\n        return a + b + c\n",
    "a function inside": 'def half():\n    """Halve."""\n\n    def one(x):\n        if x:\n'
    "            raise TypeError\n        return x / 2\n\n    print(one)\n",
    "a method that its base describes": "class Base:\n"
    + WHOLE.replace("def crop(", "def crop(self, ").replace("\n", "\n    ").replace("'''", '"""')
    + '\n\nclass Derived(Base):\n    def crop(self, picture, size):\n        """Cut, as `Base.crop` says."""\n'
    "        a = size\n        b = picture\n        c = a + b\n        return c\n",
}


@pytest.mark.parametrize("source", SOUND.values(), ids=SOUND)
def test_what_is_said_or_need_not_be_said_passes(source):
    assert gaps({"sound.py": source.replace("class Base:\n", 'class Base:\n    """A base."""\n')}) == []


def test_a_base_that_says_too_little_is_no_excuse():
    base = 'class Base:\n    """A base."""\n\n    def crop(self, size) -> int:\n        """Cut."""\n\n\n'
    derived = 'class Derived(Base):\n    """Derived."""\n\n    def crop(self, size):\n        """Cut."""\n'
    body = "        a = size\n        b = a\n        c = a + b\n        return c\n"
    assert [one.name for one in gaps({"one.py": base, "other.py": derived + body})] == ["Derived.crop"]
