"""The light track: seven notebooks in each language that run where only Python's own library is, and say the same."""

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import numpy as np
import pytest
from notebook_runs import kernel_environment, nbval

from contrechamp import hashing, language, light
from contrechamp.authoring import anatomy, code_cells, digits, sources
from contrechamp.authoring.comments import without
from contrechamp.datasets import help_card
from contrechamp.errors import ContrechampError
from contrechamp.mechanism.spread import Spread, expected_course

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "notebooks" / "light"
SOURCES = sorted(FOLDER.glob("L[0-9]_*.md"))
BUILT = [FOLDER / lang / f"{path.stem}.ipynb" for lang in language.languages() for path in SOURCES]
CELLS = range(8, 16)
# None of them exists in the light track's browser.
ABSENT = ("numpy", "pandas", "matplotlib", "scipy", "sklearn", "PIL", "c2pa", "reedsolo", "polib", "yaml", "ipywidgets")
BLOCK = f"import sys\nfor name in {ABSENT!r}:\n    sys.modules[name] = None\n"
each = pytest.mark.parametrize("path", BUILT, ids=lambda path: f"{path.parent.name}/{path.stem}")


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_LANG", "en")


def read(path):
    return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)


def code(path):
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def prose(path):
    return "\n\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")


def function(lesson, name):
    """Return a function as the English notebook of a lesson defines it."""
    path = next(path for path in BUILT if path.stem.startswith(lesson))
    cell = next(cell.source for cell in code(path) if f"def {name}(" in cell.source)
    space = {}
    exec(code(path)[0].source, space)  # the notebook's own imports
    exec(cell, space)
    return space[name]


def isolated(program, lang="en"):
    env = kernel_environment(CONTRECHAMP_LANG=lang)
    return subprocess.run([sys.executable, "-c", BLOCK + program], env=env, capture_output=True, encoding="utf-8")


# ---- what there is --------------------------------------------------------------------------------------------------


def test_there_are_seven_notebooks_in_each_language():
    assert [path.stem[:2] for path in SOURCES] == [f"L{number}" for number in range(1, 8)]
    assert sorted(FOLDER.glob("*/*.ipynb")) == sorted(BUILT)


@pytest.mark.parametrize("path", [path for path in BUILT if path.parent.name != "en"], ids=lambda path: path.stem)
def test_code_and_ids_are_the_same_in_every_language(path):
    mine, english = read(path).cells, read(FOLDER / "en" / path.name).cells
    assert [(cell.id, cell.cell_type) for cell in mine] == [(cell.id, cell.cell_type) for cell in english]
    for one, other in zip(mine, english, strict=True):
        assert one.cell_type != "code" or without(one.source) == without(other.source), one.id


@each
def test_the_anatomy_is_complete(path):
    nb, lang = read(path), path.parent.name
    found = anatomy._prose(nb, path) + code_cells.code_problems(nb) + code_cells.run_problems(nb)
    found += anatomy._file(nb, path, path.stem[:2])
    if len(nb.cells) not in CELLS:
        found.append(f": {len(nb.cells)} cells, {CELLS[0]} to {CELLS[-1]} are wanted")
    opening = "\n\n".join(cell.source for cell in nb.cells[: [c.cell_type for c in nb.cells].index("code")])
    if not re.search("^>", opening, re.MULTILINE):
        found.append(": no care note before the first code cell")
    if " ".join(help_card(lang=lang).split()) not in " ".join(opening.split()):
        found.append(": the help lines do not stand before the first code cell")
    beats = {"en": ("Predict.", "Run.", "Read.", "Change."), "fr": ("Prédire.", "Exécuter.", "Lire.", "Modifier.")}[
        lang
    ]
    text = prose(path)
    found += [f": no step says **{beat}**" for beat in beats if f"**{beat}**" not in text]
    places = [text.index(f"**{beat}**") for beat in beats if f"**{beat}**" in text]
    if places != sorted(places):
        found.append(": the four beats do not come in their order")
    title = text.splitlines()[0]
    if not title.rstrip().endswith("?"):
        found.append(": the title is no question")
    heads = {
        "en": ("## What this does not show", "## Take away"),
        "fr": ("## Ce que cela ne montre pas", "## À retenir"),
    }
    found += [f": {head!r} is missing" for head in heads[lang] if head not in text]
    meta = sources.read(FOLDER / f"{path.stem}.md").meta
    for number in meta["lessons"]:
        if not re.search(rf"\]\(\.\./\.\./{lang}/{number}_\w+\.ipynb\)", text):
            found.append(f": no link to lesson {number} in {lang}")
    if not meta.get("claim") or len(meta["claim"].split(". ")) != 1:
        found.append(": the front matter names no single claim")
    assert not found, "\n".join(found)


@each
def test_each_drawing_is_described_in_words_and_drawn_by_our_own_shapes(path):
    for cell in code(path):
        for place, output in enumerate(cell.outputs):
            svg = output.get("data", {}).get("image/svg+xml")
            assert not {"image/png", "image/jpeg"} & set(output.get("data", {})), cell.id
            if svg is None:
                assert "<svg" not in str(output.get("data", {})), cell.id
                continue
            tree = ElementTree.fromstring(svg)
            tags = {node.tag.rpartition("}")[2] for node in tree.iter()}
            assert tags <= {"svg", "title", "rect", "path", "text"}, cell.id
            said = tree.get("aria-label")
            assert len(said) >= code_cells.SHORTEST_DESCRIPTION and said == output.metadata["image/svg+xml"]["alt"]
            line = cell.outputs[place + 1].text
            assert re.match("Figure[ \u202f]?:", line) and " ".join(said.split()) in " ".join(line.split())


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_number_is_typed_into_descriptions_and_messages(path):
    allowed = digits.load_reviewed(ROOT)
    found = [
        p for cell in sources.read(path).code for p in digits.string_problems(cell, allowed=allowed, where=path.name)
    ]
    # A law's hours stand in two names of rows, which are numbers of the example.
    assert [p for p in found if "48 hours from" not in p and "6 hours from" not in p] == []


# ---- it runs, and where NumPy does not exist ------------------------------------------------------------------------


@pytest.mark.slow
def test_run_again_the_notebooks_give_what_is_stored(tmp_path):
    run = nbval(BUILT, tmp_path / "nbval")
    assert run.green, run.output
    assert run.passed == sum(len(code(path)) for path in BUILT) > 60


@pytest.mark.parametrize("lang", language.languages())
def test_every_cell_runs_without_numpy_pandas_and_matplotlib(lang):
    """The kernel's displays apart: a cell's last value is not shown, but it is computed."""
    program = "\n".join(
        f"space = {{}}\nfor cell in {[cell.source for cell in code(path)]!r}:\n    exec(cell, space)"
        for path in BUILT
        if path.parent.name == lang
    )
    done = isolated(program, lang)
    assert done.returncode == 0, done.stderr[-2000:]
    assert {"en": "Figure: A drawn teapot", "fr": "Figure\u202f: Une théière"}[lang] in done.stdout


def test_the_block_would_be_noticed():
    assert "ModuleNotFoundError" in isolated("import contrechamp.mechanism.spread").stderr


REFUSALS = {
    "a record without that clock": (
        "from contrechamp.law import removal_deadline as r\nr('fr-lcen-6-1', '2026-12-04T18:00', tz='Europe/Paris')",
        "fr-lcen-6-1 has no clock of the kind: removal. It has: request of the police.",
    ),
    "an unknown record": (
        "from contrechamp.light import state\nstate('eu-aia-50-22', '2026-12-04')",
        "Did you mean eu-aia-50-2?",
    ),
    "no day": ("from contrechamp.light import state\nstate('eu-aia-50-2', 'tomorrow')", "'tomorrow' is not a date"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_mistake_is_answered_with_a_sentence_there_too(name):
    program, sentence = REFUSALS[name]
    done = isolated(program)
    assert done.returncode == 1 and sentence in done.stderr.splitlines()[-1], done.stderr


# ---- no twin logic --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("clock", [None, 0, 2, 24, 48, 400])
@pytest.mark.parametrize(
    "changed", [{}, {"notice_after": 72}, {"rate": 0.05, "half_life": 96}, {"hours": 30, "removed": 1}]
)
def test_the_model_of_the_clock_is_the_model_of_lesson_07(clock, changed):
    expected = expected_course(Spread(**changed), clock).total
    assert function("L2", "copies")(clock, **changed) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("picture", [light.pot, light.blocks])
def test_the_hash_of_the_notebook_is_the_hash_of_the_library(picture):
    grid = picture(32)
    pixels = np.repeat(np.array(grid, np.uint8)[:, :, None], 3, axis=2)
    assert function("L4", "phash")(grid) == hashing.phash(pixels).tolist()


def test_clocks_and_states_bear_the_names_of_the_records():
    from contrechamp.datasets import load_law_terms, load_provisions

    terms = load_law_terms(lang="en")
    clocks = terms[terms["list"] == "clock"]
    assert [light.clock_name(code) for code in clocks["code"]] == clocks["name"].tolist()
    for day in ("2026-07-07", "2026-12-01", "2026-12-02"):
        told = load_provisions(as_of=day, lang="en")
        names = dict(terms[terms["list"] == "status"][["code", "name"]].itertuples(index=False))
        for name in ("eu-aia-5-1-ba", "eu-aia-50-2", "us-tida-platform"):
            assert light.state(name, day) == names[told.loc[name, "status"]]


# ---- tables and drawings --------------------------------------------------------------------------------------------


def test_a_table_rounds_aligns_and_shows_what_is_missing_as_a_dash():
    rows = [{"name": "a", "value": 1.25, "there": True}, {"name": "bb", "value": None, "there": False}]
    made = light.table(rows, name="Clock", value="Copies", there="Found")
    assert repr(made).splitlines() == ["Clock  Copies  Found", "a         1.2  yes", "bb          –  no"]
    assert '<th scope="col" style="text-align: right">Copies</th>' in made._repr_html_()


def test_a_long_text_goes_on_in_the_next_line_of_its_column():
    lines = repr(light.table([{"a": "word " * 12, "b": 1}], a="A", b="B")).splitlines()
    assert len(lines) == 3 and lines[1].endswith(" 1") and all(len(line) <= 40 for line in lines)


def test_markup_in_a_table_is_text():
    assert "&lt;b&gt;" in light.table([{"a": "<b>"}], a="A")._repr_html_()


ALT = "Two squares, one black and one white, beside each other."
MISTAKES = {
    "no picture": (lambda: light.draw(alt=ALT), "one to four pictures"),
    "a ragged picture": (lambda: light.draw([[1, 2], [3]], alt=ALT), "picture 1 is not a list of equally long rows"),
    "a grey too bright": (lambda: light.draw([[0]], [[256]], alt=ALT), "picture 2 is not"),
    "a float": (lambda: light.draw([[0.5]], alt=ALT), "picture 1 is not"),
    "too few headings": (lambda: light.draw([[0]], [[1]], alt=ALT, heads=["a"]), "a heading for each"),
    "no description": (lambda: light.draw([[0]], alt="Squares."), "no sufficient description"),
    "a negative bar": (lambda: light.bars([{"a": "x", "b": -1}], "a", "b", alt=ALT), "b is a number from nought up"),
    "a bar without a length": (lambda: light.bars([{"a": "x"}], "a", "b", alt=ALT), "row 1 has no column b. It has: a"),
    "a bar without a name": (
        lambda: light.bars([{"a": "x", "b": 1}, {"b": 2}], "a", "b", alt=ALT),
        r"bars\(…\): row 2 has no column a",
    ),
    "an endless bar": (lambda: light.bars([{"a": "x", "b": float("inf")}], "a", "b", alt=ALT), "b is a number from"),
    "a bar of no number": (
        lambda: light.bars([{"a": "x", "b": float("nan")}], "a", "b", alt=ALT),
        "b is a number from",
    ),
    "a bar too long": (lambda: light.bars([{"a": "x", "b": 10**400}], "a", "b", alt=ALT), "below 1,000,000,000,000"),
    "a table without headings": (lambda: light.table([{"a": 1}]), "for each column its heading"),
    "a column that is not there": (lambda: light.table([{"a": 1}, {"b": 1}], a="A"), "row 2 has no column a"),
    "a tiny teapot": (lambda: light.pot(4), "8 to 64 pixels"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_with_a_drawing_or_a_table_is_answered_with_a_sentence(name):
    make, sentence = MISTAKES[name]
    with pytest.raises(ContrechampError, match=sentence):
        make()


@pytest.mark.parametrize("side", [8, 16, 31, 64])
def test_pictures_are_square_grey_and_unlike_their_mirror(side):
    for picture in (light.pot(side), light.blocks(side)):
        assert len(picture) == side and {len(row) for row in picture} == {side}
        assert all(type(v) is int and 0 <= v <= 255 for row in picture for v in row)
        assert picture != [row[::-1] for row in picture]
