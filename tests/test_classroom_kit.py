"""A kit: all that a route needs, links that lead somewhere, no answer for students, nothing from outside."""

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from conftest import ROOT

from contrechamp.classroom import kit, kit_pages, wheelhouse
from contrechamp.errors import ContrechampError

pytestmark = pytest.mark.slow  # packing three kits takes more than ten CPU seconds

LESSONS = ("00_start_here", "03_people_and_help")


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """The kits of two routes, in French, one for students and one for a teacher."""
    place = tmp_path_factory.mktemp("kits")
    assert kit.main("two-hours", "fr", 14, "teacher", output=str(place)) == 0
    assert kit.main("two-hours", "fr", 14, output=str(place)) == 0
    assert kit.main("forty-five-minutes", "fr", 14, output=str(place)) == 0
    return place


@pytest.fixture
def students(packed):
    return packed / "contrechamp_two-hours_fr"


@pytest.fixture
def teacher(packed):
    return packed / "contrechamp_two-hours_fr_teacher"


@pytest.fixture
def without_computers(packed):
    return packed / "contrechamp_forty-five-minutes_fr"


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_kit_holds_lessons_exercises_twins_worksheets_quiz_guide_and_tables(students):
    wanted = {f"{room}/fr/{name}.ipynb" for room in ("notebooks",) for name in LESSONS}
    wanted |= {f"html/{name}.html" for name in LESSONS}
    wanted |= {"exercises/fr/03_people_and_help.ipynb", "exercises/fr/03_people_and_help_alternative.ipynb"}
    wanted |= {"html/exercise_03_people_and_help.html", "html/exercise_03_people_and_help_alternative.html"}
    wanted |= {f"worksheets/{name}.pdf" for name in ("base_rate_cards", "five_questions", "clocks_and_routes")}
    wanted |= {"quiz/quiz_fr.pdf", "quiz/quiz_fr.md", "guide/care.html", "guide/run_sheet.pdf", "START_HERE.html"}
    wanted |= {"datasets/awareness/support.csv", "SHA256SUMS", "LICENSE-content"}
    assert wanted <= files(students), wanted - files(students)
    assert not [name for name in files(students) if re.search(r"notebooks/fr/(?!00|03)", name)]


def test_a_route_on_slides_has_them_as_powerpoint_pdf_and_one_page_of_html(without_computers):
    assert {"slides/class_45.pptx", "slides/class_45.pdf", "slides/class_45.html"} <= files(without_computers)
    assert not [name for name in files(without_computers) if name.endswith(".ipynb")]


def test_answers_are_in_the_teachers_folder_and_in_no_kit_for_students(students, teacher):
    apart = {name for name in files(teacher) if name.startswith("teacher/")}
    assert {"teacher/solution_03_people_and_help.html", "teacher/quiz_fr_answers.pdf"} <= apart
    assert {"teacher/quiz_fr_answers.moodle.xml", "teacher/worksheet_five_questions_answers.pdf"} <= apart
    solved = {f"teacher/solutions/fr/03_people_and_help{twin}.ipynb" for twin in ("", "_alternative")}
    assert solved <= apart
    for name in solved:
        original = ROOT / "exercises" / "fr" / "solutions" / Path(name).name
        assert (teacher / name).read_bytes() == original.read_bytes()
        assert f'href="{name}"' in (teacher / "START_HERE.html").read_text(encoding="utf-8")
    assert files(teacher) - apart == files(students), "a teacher's kit is the students' with one folder more"
    assert not re.search("answer|solution|notes|checks|quizzes", " ".join(files(students)))


def test_no_exercise_for_students_holds_its_solution(students):
    for path in (students / "exercises" / "fr").glob("*.ipynb"):
        solution = ROOT / "exercises" / "fr" / "solutions" / path.name
        solved = {
            "".join(c["source"])
            for c in json.loads(solution.read_text(encoding="utf-8"))["cells"]
            if c["cell_type"] == "code"
        }
        given = {
            "".join(c["source"])
            for c in json.loads(path.read_text(encoding="utf-8"))["cells"]
            if c["cell_type"] == "code"
        }
        assert solved - given, "the solution has cells that the student fills in"
        page = (students / "html" / f"exercise_{path.stem}.html").read_text(encoding="utf-8")
        text = re.sub(r"<[^>]+>", "", page)
        for cell in solved - given:
            lines = [line for line in cell.split("\n") if len(line) > 30 and line not in "\n".join(given)]
            assert not [line for line in lines if line in text], lines


class Requests(HTMLParser):
    """Collect what a browser would fetch to show a page, and the links that a reader may follow."""

    FETCHED = frozenset({"src", "srcset", "poster", "data", "background", "action", "xlink:href"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.style = ""
        self._in = ""
        self.feed(text)
        self.fetched += [u for u in re.findall(r"url\(\s*['\"]?([^'\")]+)", self.style) if not u.startswith("#")]
        self.fetched += re.findall(r"@import\s+['\"]?([^'\";]+)", self.style)

    def handle_starttag(self, tag, attributes):
        self._in = tag
        for name, value in attributes:
            if name in self.FETCHED or (tag in ("link", "base") and name == "href"):
                self.fetched.append(value or "")
            elif tag == "a" and name == "href":
                self.links.append(value or "")
            elif name == "style":
                self.style += value or ""

    def handle_endtag(self, tag):
        self._in = ""

    def handle_data(self, data):
        if self._in == "style":
            self.style += data


def pages(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.html"))


def test_no_page_of_a_kit_asks_for_anything_outside_itself(teacher, without_computers):
    for path in pages(teacher) + pages(without_computers):
        asked = [u for u in Requests(path.read_text(encoding="utf-8")).fetched if not u.startswith("data:")]
        assert asked == [], (path.name, [u[:80] for u in asked])


@pytest.mark.parametrize(
    "planted",
    [
        '<img src="https://example.org/x.png">', '<link rel="stylesheet" href="x.css">', '<script src="x.js"></script>',
        "<style>@import 'https://example.org/x.css';</style>", '<p style="background: url(x.png)">',
    ],
)  # fmt: skip
def test_a_page_that_asks_for_something_is_seen(planted):
    assert Requests(f"<html>{planted}</html>").fetched


def test_every_link_inside_a_kit_leads_to_a_file_of_the_kit(teacher, without_computers):
    for folder in (teacher, without_computers):
        for path in pages(folder):
            for link in Requests(path.read_text(encoding="utf-8")).links:
                if re.match(r"[a-z]+:|#", link):
                    assert not link.startswith("file:")
                    continue
                target = (path.parent / unquote(link.partition("#")[0])).resolve()
                assert target.is_file() and target.is_relative_to(folder), (path.name, link)


def test_a_lesson_leads_to_its_exercise_and_to_the_way_out(students):
    links = Requests((students / "html" / "03_people_and_help.html").read_text(encoding="utf-8")).links
    assert "exercise_03_people_and_help.html" in links and "exercise_03_people_and_help_alternative.html" in links
    assert not [link for link in links if link.endswith(".ipynb")]


def test_links_that_the_kit_cannot_serve_become_words():
    known = {"notebooks/fr/02_x.ipynb": "html/02_x.html", "guide/fr/care.md": "guide/care.html"}
    text = '<a href="../../guide/fr/care.md#now">soin</a> <a href="07_y.ipynb">sept</a> <a href="https://x.org">x</a>'
    assert kit_pages.leading(text, "notebooks/fr/02_x.ipynb", known) == (
        '<a href="../guide/care.html#now">soin</a> sept <a href="https://x.org">x</a>'
    )


def test_the_first_page_gives_help_then_the_route_in_the_language(students):
    text = (students / "START_HERE.html").read_text(encoding="utf-8")
    assert text.index("3018") < text.index("html/03_people_and_help.html") and '<html lang="fr">' in text
    assert "Règles communes et aide" in text and "Agreement" not in text


def test_the_first_page_names_sheets_and_quiz_by_their_titles_and_leads_to_the_run_sheet(students):
    text = (students / "START_HERE.html").read_text(encoding="utf-8")
    sheet = (ROOT / "guide" / "fr" / "worksheet_clocks_and_routes.md").read_text(encoding="utf-8")
    title = sheet.split("\n", 1)[0].removeprefix("# ")
    assert f"{title}</a> (pdf)" in text and "clocks and routes" not in text and "quiz fr" not in text
    assert '<a href="guide/run_sheet.pdf">Le déroulé de ce parcours' in text


def test_the_sums_are_those_of_the_files_and_the_zip_holds_the_same(students):
    told = dict(line.split("  ", 1)[::-1] for line in (students / "SHA256SUMS").read_text().splitlines())
    assert set(told) == files(students) - {"SHA256SUMS"}
    with zipfile.ZipFile(students.with_suffix(".zip")) as archive:
        assert {name.removeprefix(f"{students.name}/") for name in archive.namelist()} == files(students)
        for name, digest in told.items():
            assert hashlib.sha256((students / name).read_bytes()).hexdigest() == digest
            assert hashlib.sha256(archive.read(f"{students.name}/{name}")).hexdigest() == digest


def test_a_notebook_of_the_kit_runs_where_there_is_no_network(students, isolated):
    """In a network namespace, with the packages of this environment and nothing of the checkout but the library."""
    notebook = students / "notebooks" / "fr" / "00_start_here.ipynb"
    code = (
        "import sys; from pathlib import Path; from contrechamp import page\n"
        "path = Path(sys.argv[1]); book = page.read(path, 'fr'); failed = page.execute(book, path.parent, 'fr')\n"
        "assert failed is None, failed\n"
        "said = [o.text for c in book.cells for o in c.get('outputs', []) if o.output_type == 'stream']\n"
        "print(len(said)); assert len(said) > 3 and any('3018' in c.source for c in book.cells)"
    )
    environ = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [*isolated, sys.executable, "-c", code, str(notebook)]
    done = subprocess.run(command, env=environ, capture_output=True, encoding="utf-8", cwd=students, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]


# ---- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ((None, "en", 16), "Which route? Add --route. Known: forty-five-minutes"),
        (("one-hour", "en", 16), "There is no route one-hour."),
        (("two-hours", "en", None), "How old is the youngest person in the room? Add --age"),
        (("two-hours", "en", 13), "The route two-hours is not for people of 13"),
        (("two-hours", "en", 14, "parents"), "--for takes one of: students, teacher; not parents."),
    ],
)
def test_a_kit_that_cannot_be_is_a_sentence_and_writes_nothing(tmp_path, asked, says):
    with pytest.raises(ContrechampError) as refused:
        kit.main(*asked, output=str(tmp_path))
    assert str(refused.value).startswith(says) and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("there", ["contrechamp_two-hours_en", "contrechamp_two-hours_en.zip"])
def test_nothing_that_is_there_is_overwritten(tmp_path, there):
    (tmp_path / there).write_text("mine", encoding="utf-8")
    with pytest.raises(ContrechampError, match="was left as it is"):
        kit.main("two-hours", "en", 14, output=str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == [there] and (tmp_path / there).read_text() == "mine"


def test_a_disk_that_fills_up_leaves_nothing_half_done(tmp_path, monkeypatch):
    def full(folder):
        raise OSError(28, "No space left on device", str(folder))

    monkeypatch.setattr(kit.Kit, "write", lambda self, to: (to.mkdir(parents=True), (to / "x").write_text("half")))
    monkeypatch.setattr(kit, "sums", full)
    with pytest.raises(OSError, match="No space left"):
        kit.main("two-hours", "en", 14, output=str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_packages_that_cannot_be_fetched_are_a_sentence_and_leave_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(kit.Kit, "write", lambda self, to: to.mkdir(parents=True))
    failed = subprocess.CompletedProcess([], 1, "", "error: x\ndns error: no such host\n")
    monkeypatch.setattr(wheelhouse.shutil, "which", lambda name: "/bin/uv")
    monkeypatch.setattr(wheelhouse.subprocess, "run", lambda *args, **kwargs: failed)
    with pytest.raises(
        ContrechampError, match=r"could not be fetched \(dns error: no such host\)\. Nothing was written"
    ):
        kit.main("two-hours", "en", 14, offline=True, output=str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_offline_without_uv_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(wheelhouse.shutil, "which", lambda name: None)
    with pytest.raises(ContrechampError, match="pip install uv"):
        wheelhouse.fill(tmp_path, ROOT, "en")
