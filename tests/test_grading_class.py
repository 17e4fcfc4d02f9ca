"""A class's hand-ins: folders, archives, Moodle; tables and pages; marks by hand; what stops a run, what deletes it."""

import csv
import errno
import html.parser
import io
import json
import os
import re
import shutil
import sys
import zipfile

import hand_ins as made
import pytest

from contrechamp import files
from contrechamp.errors import ContrechampError
from contrechamp.grading import class_folder, forget, given_files, grade, pages
from contrechamp.grading import exercise as exercises
from contrechamp.grading import hand_ins as finding
from contrechamp.lesson.plain_values import MIME

EXERCISE = exercises.load("02")
ANA = made.answered({}, text="The count is of webpages.")
BEN = made.answered({"02.E2": {"reason": "a"}}, lang="fr", text="Le nombre compte des pages.")
CLASS = {
    "Ana/work.ipynb": ANA,
    "Ben/anything at all.ipynb": BEN,
    "Cleo/02.ipynb": made.blank(),
    "Dan/02.ipynb": made.solution("en", "alternative"),
    "Eve/cut.ipynb": b'{"cells": [',
    "Finn/report.pdf": b"%PDF",
}
STATUS = {
    "Ana": "graded",
    "Ben": "graded",
    "Cleo": "not_run",
    "Dan": "alternative",
    "Eve": "unreadable",
    "Finn": "unreadable",
}


def graded(place, out, **options):
    """Grade a class and return its records by name."""
    assert grade.main(str(place), "en", **{"lesson": "02", "out": str(out)} | options) == 0
    return {one["name"]: one for one in everything(out)["students"]}


def everything(out):
    return json.loads((out / "grades.json").read_text(encoding="utf-8"))


def rows(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def refused(*arguments, **options):
    with pytest.raises(ContrechampError) as error:
        grade.main(*arguments, **options)
    assert str(error.value).count("\n") == 0
    return str(error.value)


@pytest.fixture
def place(tmp_path):
    return made.place(tmp_path / "in", CLASS)


# ---- where hand-ins are found ---------------------------------------------------------------------------------------


def test_every_hand_in_has_a_status_whatever_its_file_is_called(place, tmp_path):
    found = graded(place, tmp_path / "out")
    assert {name: one["status"] for name, one in found.items()} == STATUS


def zipped(entries):
    return made.archive({k: v if isinstance(v, bytes) else made.to_bytes(v) for k, v in entries.items()})


@pytest.mark.parametrize("root", ["", "class/", "a/b/c/"])
def test_a_zip_gives_what_the_folder_gives(root, tmp_path):
    flat = {f"{root}{name}": content for name, content in CLASS.items()}
    (tmp_path / "class.zip").write_bytes(zipped(flat | {f"__MACOSX/{root}._x.ipynb": b"x", f"{root}.DS_Store": b"x"}))
    found = graded(tmp_path / "class.zip", tmp_path / "out")
    assert {name: one["status"] for name, one in found.items()} == STATUS


def test_files_side_by_side_are_students_and_checkpoints_are_not(tmp_path):
    made.place(tmp_path / "in", {"a.ipynb": ANA, "b.ipynb": BEN, ".ipynb_checkpoints/a-checkpoint.ipynb": BEN})
    assert set(graded(tmp_path / "in", tmp_path / "out")) == {"a", "b"}


def test_one_notebook_is_one_hand_in(tmp_path):
    made.place(tmp_path, {"a.ipynb": ANA})
    assert graded(tmp_path / "a.ipynb", tmp_path / "out")["a"]["points"] == 5.0


def test_students_whose_names_a_system_confuses_are_kept_apart(tmp_path):
    (tmp_path / "in.zip").write_bytes(zipped({"zoé.ipynb": ANA, "ZOÉ.ipynb": BEN, "zoe\u0301.ipynb": made.blank()}))
    graded(tmp_path / "in.zip", tmp_path / "out")
    students = everything(tmp_path / "out")["students"]
    assert sorted(one["key"] for one in students) == ["zoé", "zoé~2", "zoé~3"]
    assert sorted(one["status"] for one in students) == ["graded", "graded", "not_run"]
    assert len({path.name.casefold() for path in (tmp_path / "out/feedback").iterdir()}) == 3


def test_of_several_notebooks_the_one_that_tells_most_is_taken(tmp_path):
    other = {**made.solution(), "metadata": {"contrechamp": {"exercise": "05"}}}
    inside = zipped({"deep/final.ipynb": ANA, "deep/notes.txt": b"x"})
    made.place(tmp_path / "in", {"x/a.ipynb": other, "x/b.ipynb": made.blank(), "x/c.zip": inside, "y/a.ipynb": ANA})
    found = graded(tmp_path / "in", tmp_path / "out")["x"]
    assert (found["status"], found["file"]) == ("graded", "x/c.zip/deep/final.ipynb")
    assert "More than one notebook" in found["notes"][0]


def test_our_own_results_among_the_hand_ins_are_no_hand_ins(place, tmp_path):
    for _time in range(2):
        assert set(graded(place, place / "results")) == set(STATUS)


LONG = "n" * 300
HOSTILE_NAMES = {
    "../../escape.ipynb": "refused",
    "/etc/absolute.ipynb": "refused",
    "C:\\windows\\drive.ipynb": "refused",
    "..\\..\\backslash.ipynb": "refused",
    "con.ipynb": "graded",
    "=cmd|' /C calc'!A0.ipynb": "graded",
    "<script>alert(1)<.ipynb": "graded",
    "\u202egnp.ipynb": "graded",
    f"{LONG}.ipynb": "graded",
    "\U0001f600" * 40 + ".ipynb": "graded",
    "x .. y.ipynb": "graded",
}


def test_names_in_an_archive_lead_nowhere(tmp_path):
    (tmp_path / "deep/er").mkdir(parents=True)
    (tmp_path / "deep/er/in.zip").write_bytes(zipped(dict.fromkeys(HOSTILE_NAMES, ANA)))
    before = {path for path in tmp_path.rglob("*") if "out" not in path.parts}
    assert grade.main(str(tmp_path / "deep/er/in.zip"), "en", lesson="02", out=str(tmp_path / "deep/er/out")) == 0
    assert {path for path in tmp_path.rglob("*") if "out" not in path.parts} == before
    statuses = sorted(one["status"] for one in everything(tmp_path / "deep/er/out")["students"])
    assert statuses == sorted(HOSTILE_NAMES.values())
    for row in rows(tmp_path / "deep/er/out/grades.csv"):
        assert not row["student"].startswith(("=", "+", "-", "@")) and "\u202e" not in row["student"]


def test_no_cell_of_a_table_begins_a_formula_wherever_a_spreadsheet_cuts_it(tmp_path):
    formulas = ["=1+1", "+1+cmd", "-1+cmd", "@SUM(A1)", "\uff1d1+1"]
    names = [f"{before}{formula}" for formula in formulas for before in ("", "x;", "x; ", "x\t", 'x;"', "x,y;")]
    entries = {f"{name}/a.ipynb": made.answered({}, text=f"First\n{name}\n{name[::-1]}") for name in names}
    (tmp_path / "in.zip").write_bytes(zipped(entries))
    out = tmp_path / "out"
    assert len(graded(tmp_path / "in.zip", out)) == len(names)
    for name in ("grades.csv", "students.csv", "to_mark.csv"):
        text = (out / name).read_text(encoding="utf-8-sig")
        cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
        cells += re.split(r"[;\t\r\n]", text)  # a spreadsheet that ends cells at other signs, whatever our quotes say
        begin = {cell.lstrip(' "')[:1] for cell in cells}
        assert not begin & set("=+-@\uff1d"), name


def test_signs_that_no_file_can_hold_stop_nobody_and_reach_no_terminal(tmp_path, capsys):
    of_another_paper = made.solution()
    for cell in made.check_cells(of_another_paper).values():
        cell["outputs"][0]["data"][MIME]["paper"] = "\ud800\x1b[31m"
    made.place(tmp_path / "in", {"Ana/a.ipynb": ANA, "Eve/a.ipynb": json.dumps(of_another_paper).encode()})
    found = graded(tmp_path / "in", tmp_path / "out")
    assert {name: one["status"] for name, one in found.items()} == {"Ana": "graded", "Eve": "wrong_variant"}
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.skipif(os.name != "posix" or sys.platform == "darwin", reason="names there are always text")
def test_a_moodle_folder_whose_name_is_no_text_is_graded_and_goes_back(tmp_path):
    made.place(tmp_path / "in", {"Ben_2_assignsubmission_file_/a.ipynb": ANA})
    broken = tmp_path / "in" / os.fsdecode(b"Jos\xe9_3_assignsubmission_file_")
    broken.mkdir()
    (broken / "a.ipynb").write_bytes(made.to_bytes(ANA))
    graded(tmp_path / "in", tmp_path / "out")
    assert set(moodle_takes(tmp_path / "out/moodle_feedback.zip")) == {2, 3}


@pytest.mark.parametrize(
    "sheet",
    [
        b"Identifier,Grade,Maximum grade\nParticipant 101,100,1e6\n",
        b"Identifier,nothing\n1,2\n",
        b'Identifier,Grade\n"' + b"1" * 200_000 + b'",2\n',
    ],
    ids=["with grades", "of another form", "with an endless cell"],
)
@pytest.mark.parametrize("owner", ["Eve_101_assignsubmission_file_", ""], ids=["moodle", "folder"])
def test_a_student_s_table_is_never_taken_for_the_grading_worksheet(owner, sheet, tmp_path):
    made.place(tmp_path / "in", {f"{owner}data.csv": sheet, f"{owner}a.ipynb": ANA})
    graded(tmp_path / "in", tmp_path / "out")
    assert not (tmp_path / "out/moodle_grades.csv").exists()


def test_a_worksheet_with_an_endless_cell_is_a_sentence(place, tmp_path):
    (tmp_path / "x.csv").write_text("Identifier,Grade\n" + "1" * 200_000 + ",1\n", encoding="utf-8")
    says = refused(str(place), "en", lesson="02", out=str(tmp_path / "out"), worksheet=str(tmp_path / "x.csv"))
    assert "no columns Identifier, Grade" in says


def test_a_small_archive_of_many_large_notebooks_is_not_read_whole(tmp_path, monkeypatch):
    read = []
    inflate = given_files._inflate
    monkeypatch.setattr(given_files, "_inflate", lambda *given: read.append(len(got := inflate(*given))) or got)
    archive = made.archive({"0.ipynb": made.to_bytes(ANA)} | {f"{n}.ipynb": b" " * 7_900_000 for n in range(1, 30)})
    assert len(archive) < 1_000_000
    made.place(tmp_path / "in", {"Eve/all.zip": archive})
    assert graded(tmp_path / "in", tmp_path / "out")["Eve"]["status"] == "graded"
    assert sum(read) < 80_000_000


@pytest.mark.parametrize("packing", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, zipfile.ZIP_DEFLATED])
def test_a_damaged_archive_of_any_packing_stops_nobody(packing, tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        archive.writestr("a.ipynb", made.to_bytes(ANA))
    whole = out.getvalue()
    at = whole.rindex(b"PK\x01\x02")  # the list of the archive's files
    damaged = bytearray(whole)
    damaged[60:90] = bytes(30)
    nameless = bytearray(whole)
    nameless[at + 28] = 0
    entries = {"Eve/x.zip": bytes(damaged), "Finn/x.zip": bytes(nameless), "Gil/x.zip": whole}
    made.place(tmp_path / "in", entries)
    found = graded(tmp_path / "in", tmp_path / "out")
    assert [found[name]["status"] for name in ("Eve", "Finn", "Gil")] == ["unreadable", "unreadable", "graded"]


def test_an_archive_with_nothing_in_it_has_a_status(tmp_path):
    entries = {"Eve/x.zip": made.archive({}), "Finn.zip": made.archive({".DS_Store": b"x"}), "Ana/a.ipynb": ANA}
    made.place(tmp_path / "in", entries)
    found = graded(tmp_path / "in", tmp_path / "out")
    assert {name: one["status"] for name, one in found.items()} == {
        "Ana": "graded",
        "Eve": "unreadable",
        "Finn": "unreadable",
    }


def test_links_and_devices_are_not_followed(tmp_path):
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(made.to_bytes(ANA))
    made.place(tmp_path / "in", {"honest/a.ipynb": ANA})
    (tmp_path / "in/link.ipynb").symlink_to(secret)
    (tmp_path / "in/folder").symlink_to(tmp_path)
    (tmp_path / "in/loop").symlink_to(tmp_path / "in")
    os.mkfifo(tmp_path / "in/pipe.ipynb")
    found = graded(tmp_path / "in", tmp_path / "out")
    assert {name: one["status"] for name, one in found.items()} == {
        "honest": "graded",
        "link": "refused",
        "pipe": "refused",
        "folder": "unreadable",
        "loop": "unreadable",
    }
    (tmp_path / "in.zip").write_bytes(made.archive_with_link("x.ipynb", str(secret)))
    assert graded(tmp_path / "in.zip", tmp_path / "out2")["x"]["status"] == "refused"


def test_a_bomb_is_not_inflated_whatever_it_says_of_its_size(tmp_path):
    honest, liar = made.bomb()
    assert len(honest) < 300_000 and honest != liar
    nested = made.archive({"02.ipynb": honest, "big.zip": made.archive({"x.zip": honest})})
    made.place(tmp_path / "in", {"a/x.zip": honest, "b/x.zip": liar, "c/x.zip": nested, "d/x.ipynb": ANA})
    found = graded(tmp_path / "in", tmp_path / "out")
    assert found["a"]["status"] == "too_large"
    assert found["b"]["status"] in ("too_large", "unreadable")
    assert found["c"]["status"] == "unreadable"
    assert found["d"]["points"] == 5.0
    (tmp_path / "class.zip").write_bytes(liar)
    assert graded(tmp_path / "class.zip", tmp_path / "out2")["02"]["status"] in ("too_large", "unreadable")


def test_a_damaged_member_costs_only_its_student(tmp_path):
    content = bytearray(zipped({"a.ipynb": ANA, "b.ipynb": BEN}))
    at = content.find(b"b.ipynb") + 200
    content[at : at + 50] = bytes(50)
    (tmp_path / "in.zip").write_bytes(content)
    found = graded(tmp_path / "in.zip", tmp_path / "out")
    assert (found["a"]["status"], found["b"]["status"]) == ("graded", "unreadable")


def test_a_defect_of_the_grader_costs_one_file_and_not_the_class(place, tmp_path, monkeypatch):
    real = grade.values.collect

    def fails_at_ben(content, *arguments):
        if b'"lang": "fr"' in content:
            raise ZeroDivisionError
        return real(content, *arguments)

    monkeypatch.setattr(grade.values, "collect", fails_at_ben)
    found = graded(place, tmp_path / "out")
    assert (found["Ana"]["status"], found["Ben"]["status"]) == ("graded", "unreadable")
    assert "ZeroDivisionError" in found["Ben"]["notes"][0]


def test_a_student_s_damaged_or_crowded_archive_is_told(tmp_path):
    crowd = zipped({f"{number}.ipynb": b"x" for number in range(300)})
    made.place(tmp_path / "in", {"a/x.zip": b"PK\x03\x04 no", "b/x.zip": crowd, "c/x.ipynb": ANA})
    found = graded(tmp_path / "in", tmp_path / "out")
    assert [found[name]["status"] for name in "abc"] == ["unreadable", "too_large", "graded"]


# ---- bad input is one sentence --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "line"), [("en", "- Eve: unreadable. "), ("fr", "- Eve\u202f: illisible. ")])
def test_a_strange_hand_in_is_named_with_the_signs_of_the_language(lang, line, place, tmp_path, capsys):
    assert grade.main(str(place), lang, lesson="02", out=str(tmp_path / "out")) == 0
    assert [told for told in capsys.readouterr().out.splitlines() if told.startswith(line)]


def test_what_cannot_be_graded_at_all_is_one_sentence(place, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "no.zip").write_bytes(b"no archive")
    (tmp_path / "cut.zip").write_bytes(zipped(CLASS)[:-40])
    (tmp_path / "empty.zip").write_bytes(zipped({}))
    made.place(tmp_path / "mine", {"thesis.txt": b"ten years"})
    out = str(tmp_path / "out")
    cases = [
        ((str(place),), {}, "Which lesson?"),
        ((str(place),), {"lesson": "77"}, "There is no exercise of lesson 77. There are: 01, 02"),
        ((str(place),), {"lesson": "../x"}, "There is no exercise of lesson ../x."),
        ((str(tmp_path / "nowhere"),), {"lesson": "02"}, "does not exist"),
        ((str(tmp_path / "empty"),), {"lesson": "02"}, "There is no hand-in in"),
        ((str(tmp_path / "empty.zip"),), {"lesson": "02"}, "There is no hand-in in"),
        ((str(tmp_path / "no.zip"),), {"lesson": "02"}, "is no zip archive, or a damaged one"),
        ((str(tmp_path / "cut.zip"),), {"lesson": "02"}, "is no zip archive, or a damaged one"),
    ]
    for arguments, options, says in cases:
        assert says in refused(*arguments, "en", out=out, **options)
    assert not (tmp_path / "out").exists()
    assert "is not a folder of class results" in refused(str(place), "en", lesson="02", out=str(tmp_path / "mine"))
    assert (tmp_path / "mine/thesis.txt").read_bytes() == b"ten years"


def test_results_of_another_lesson_are_not_mixed(place, tmp_path, capsys):
    graded(place, tmp_path / "out")
    assert "holds the results of lesson 02" in refused(str(place), "en", lesson="03", out=str(tmp_path / "out"))
    capsys.readouterr()
    graded(place, tmp_path / "other", lesson="03")
    said = capsys.readouterr().out
    assert "This is the exercise of lesson 02." in said and "Is --lesson 03 right?" in said


# ---- a second run continues -----------------------------------------------------------------------------------------


def counting(monkeypatch, stop_at=None):
    """Count the hand-ins that are collected; optionally fill the disk at one of them."""
    seen = []
    first = grade.values.collect
    monkeypatch.setattr(grade.values, "collect", lambda *a, **k: seen.append(1) or first(*a, **k))
    if stop_at is not None:
        real = files.replace

        def full(path, content):
            if len(list(path.parent.parent.glob("results/*.json"))) >= stop_at:
                raise OSError(errno.ENOSPC, "No space left on device", str(path))
            real(path, content)

        monkeypatch.setattr(files, "replace", full)
    return seen


def test_a_full_disk_is_a_sentence_and_the_next_run_continues(place, tmp_path, monkeypatch):
    with monkeypatch.context() as context:
        counting(context, stop_at=3)
        assert "The disk is full" in refused(str(place), "en", lesson="02", out=str(tmp_path / "out"))
    kept = list((tmp_path / "out/results").glob("*.json"))
    assert len(kept) == 3 and not list((tmp_path / "out").rglob("*.part"))
    seen = counting(monkeypatch)
    interrupted = graded(place, tmp_path / "out")
    assert len(seen) < 5, "what was kept is not graded again"
    assert interrupted == graded(place, tmp_path / "fresh")


def test_a_second_run_grades_only_what_changed(place, tmp_path, monkeypatch):
    graded(place, tmp_path / "out")
    seen = counting(monkeypatch)
    graded(place, tmp_path / "out")
    assert seen == []
    made.place(place, {"Cleo/02.ipynb": ANA, "Gus/02.ipynb": BEN})
    found = graded(place, tmp_path / "out")
    assert len(seen) == 2 and found["Cleo"]["status"] == "graded" and "Gus" in found


def test_a_damaged_result_is_graded_again(place, tmp_path):
    before = graded(place, tmp_path / "out")
    for path in (tmp_path / "out/results").glob("*.json"):
        path.write_bytes(path.read_bytes()[:40])
    assert graded(place, tmp_path / "out") == before


def test_what_a_teacher_changed_stays_and_ours_goes_beside_it(place, tmp_path, capsys):
    graded(place, tmp_path / "out")
    (tmp_path / "out/grades.csv").write_text("my own notes")
    made.place(place, {"Cleo/02.ipynb": ANA})
    capsys.readouterr()
    graded(place, tmp_path / "out")
    assert (tmp_path / "out/grades.csv").read_text() == "my own notes"
    assert "Cleo" in (tmp_path / "out/grades.new.csv").read_text("utf-8")
    assert "You changed this file" in capsys.readouterr().out


# ---- tables and pages -----------------------------------------------------------------------------------------------


def test_one_row_a_question_and_no_silent_zero(place, tmp_path):
    graded(place, tmp_path / "out")
    table = rows(tmp_path / "out/grades.csv")
    assert len(table) == 4 * len(CLASS)
    for row in table:
        assert (row["points"] == "") == (row["outcome"] in ("absent", "to_mark")), row
        assert row["earlier_points"] == ""
        if row["status"] in ("not_run", "unreadable"):
            assert (row["outcome"], row["points"]) == ("absent", "")
    ben = {row["question"]: row for row in table if row["student"] == "Ben"}
    assert (ben["02.E2"]["points"], ben["02.E2"]["misconception"]) == ("1", "unit")
    totals = {row["student"]: row for row in rows(tmp_path / "out/students.csv")}
    assert (totals["Ana"]["points"], totals["Ana"]["to_mark"], totals["Eve"]["points"]) == ("5", "02.E4", "")


class Page(html.parser.HTMLParser):
    """Collects tags, attributes and text of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.words = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.words.append(data)


def pages_of(out):
    return {path.name: path.read_text(encoding="utf-8") for path in out.rglob("*.html")}


ATTACKS = [
    "<script>alert(1)</script>",
    "</blockquote></main><img src=x onerror=alert(1)>",
    '"><iframe src="https://example.org">',
    "<!--",
    "]]><svg onload=alert(1)>",
    "&lt;b&gt; &amp;",
    "\u202etxet\u0007\ud800",
    "javascript:alert(1)",
    "</style><style>body{display:none}</style>",
]


def test_what_a_student_wrote_stays_text_on_every_page(tmp_path):
    entries = {}
    for number, attack in enumerate(ATTACKS):
        book = made.answered(
            {"02.E1": {"times": {"of": "type", "name": attack}}, "02.E3": {"whole": attack}}, text=attack
        )
        book["metadata"]["contrechamp"]["lang"] = attack
        entries[f"{number} {attack.replace('/', '-')}.ipynb"] = json.dumps(book).encode()
    (tmp_path / "in.zip").write_bytes(
        made.archive({k.encode("utf-8", "replace").decode(): v for k, v in entries.items()})
    )
    graded(tmp_path / "in.zip", tmp_path / "out")
    read = pages_of(tmp_path / "out")
    assert len(read) == len(ATTACKS) + 2
    ours = {"html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p", "strong", "table", "thead"}
    for name, text in read.items():
        page = Page(text)
        assert set(page.tags) <= ours | {"tbody", "tr", "th", "td", "blockquote"}, name
        assert not [a for a, value in page.attributes if a.startswith("on") or a in ("src", "href", "style")], name
        assert ("http-equiv", "Content-Security-Policy") in page.attributes
        assert not set(text) & {"\u202e", "\u0007", "\ufeff"}
    shown = "".join(Page(read["to_mark.html"]).words)
    assert "<script>alert(1)</script>" in shown and "&lt;b&gt; &amp;" in shown


def test_feedback_is_in_the_language_of_the_hand_in_and_says_what_to_do(place, tmp_path):
    found = graded(place, tmp_path / "out")
    read = {
        name: (tmp_path / "out/feedback" / f"{class_folder.file_name(one['key'])}.html").read_text("utf-8")
        for name, one in found.items()
    }
    assert '<html lang="fr">' in read["Ben"] and "Exercice 02" in read["Ben"]
    assert "unité" in read["Ben"], "the message of the misconception"
    assert '<html lang="en">' in read["Ana"] and "Points so far: 5 of 13." in read["Ana"]
    assert "run all its cells, save it" in " ".join(read["Cleo"].split())
    assert "alternative" not in read["Dan"].lower(), "the choice of the alternative is not written on the page"
    for name, text in read.items():
        others = [other for other in read if other != name and f"<p>{other}</p>" in text]
        assert not others, "a page names its own student only"


def large_class(count, alternative=0):
    values = [{"02.E1": {"times": 154}}, {"02.E1": {"times": 154}, "02.E2": {"reason": "a"}}, {}]
    entries = {f"s{number:02d}.ipynb": made.answered(values[number % 3]) for number in range(count)}
    twin = made.solution("en", "alternative")
    return entries | {f"t{number:02d}.ipynb": twin for number in range(alternative)}


def test_the_summary_tells_the_hardest_question_and_the_misconception_and_no_name(tmp_path):
    made.place(tmp_path / "in", large_class(12, alternative=3))
    graded(tmp_path / "in", tmp_path / "out")
    page = Page((tmp_path / "out/summary.html").read_text("utf-8"))
    said = " ".join(" ".join(page.words).split())
    assert "15 hand-ins, 15 of them judged." in said
    assert "Hardest question: 02.E1, right in 4 / 12." in said
    assert "8 times: This is the change in per cent" in said
    assert "02.A" not in said, "three who took the alternative are no statistic"
    assert not any(f"s{number:02d}" in said for number in range(12))


def test_questions_that_are_equally_hard_are_all_named(tmp_path):
    made.place(tmp_path / "in", {f"{number}.ipynb": made.answered({"02.E1": {"times": 1}}) for number in range(5)})
    made.place(tmp_path / "in", {f"x{n}.ipynb": made.answered({"02.E2": {"reason": "a"}}) for n in range(5)})
    graded(tmp_path / "in", tmp_path / "out")
    assert "Hardest question: 02.E1, 02.E2, right in 5 / 10." in (tmp_path / "out/summary.html").read_text("utf-8")


@pytest.mark.parametrize("count", [1, 9])
def test_under_ten_there_is_no_statistic(count, tmp_path):
    made.place(tmp_path / "in", large_class(count, alternative=9))
    graded(tmp_path / "in", tmp_path / "out")
    said = " ".join(Page((tmp_path / "out/summary.html").read_text("utf-8")).words)
    assert "no statistic is given" in said
    assert "02." not in said.replace("Exercise 02:", "") and "table" not in Page(said).tags


def test_hand_ins_that_could_not_be_judged_do_not_make_a_class(tmp_path):
    entries = large_class(9) | {f"u{number}.ipynb": b"{" for number in range(9)}
    made.place(tmp_path / "in", entries)
    graded(tmp_path / "in", tmp_path / "out")
    assert "no statistic is given" in (tmp_path / "out/summary.html").read_text("utf-8")
    assert pages.FEWEST == 10


# ---- marks by hand --------------------------------------------------------------------------------------------------


def filled(out, change, sign=","):
    """Fill in the table of marks and write it beside the folder of results."""
    table = rows(out / "to_mark.csv")
    for row in table:
        change(row)
    path = out.parent / "marked.csv"
    text = io.StringIO()
    writer = csv.DictWriter(text, table[0].keys(), delimiter=sign)
    writer.writeheader()
    writer.writerows(table)
    path.write_text(text.getvalue(), encoding="utf-8-sig")
    return path


def columns(row):
    return [name for name in row if name[:1].isdigit()]


def give(*points, who="ana", remark=""):
    def change(row):
        if row["key"] == who:
            row.update(zip(columns(row), points, strict=True), remark=remark)

    return change


def test_a_name_in_other_letters_handed_in_later_takes_nobody_s_marks(tmp_path):
    place = made.place(tmp_path / "in", {"Ana/a.ipynb": ANA, "Ben/a.ipynb": BEN})
    out = tmp_path / "out"
    graded(place, out)
    assert grade.main(str(out), "en", marked=str(filled(out, give("2", "2", "2", "2")))) == 0
    earned = {name: one["points"] for name, one in graded(place, out).items()}
    made.place(place, {"ANA/a.ipynb": ANA})
    after = {name: one["points"] for name, one in graded(place, out).items()}
    assert after == {**earned, "ANA": earned["Ana"] - 8}
    shutil.rmtree(place / "Ana")
    assert graded(place, out)["ANA"]["points"] == earned["Ana"] - 8


def test_marks_come_back_with_the_words_of_the_rubric(place, tmp_path):
    out = tmp_path / "out"
    graded(place, out)
    assert [(row["student"], row["answer"]) for row in rows(out / "to_mark.csv")] == [
        ("Ana", "The count is of webpages."),
        ("Ben", "Le nombre compte des pages."),
    ]
    assert "Two points" not in (out / "to_mark.html").read_text("utf-8")
    path = filled(out, give("2", "1,5", "0", "2", remark="Good <b>sum</b>."), sign=";")
    assert grade.main(str(out), "en", marked=str(path)) == 0
    ana = {one["name"]: one for one in everything(out)["students"]}["Ana"]
    assert (ana["questions"][3]["points"], ana["points"]) == (5.5, 10.5)
    page = (out / f"feedback/{class_folder.file_name('ana')}.html").read_text("utf-8")
    assert "Points: 10.5 of 13." in page and "Good &lt;b&gt;sum&lt;/b&gt;." in page
    level = EXERCISE.open("main")[0]["criteria"][3]["levels"]["en"][2]
    assert level in page
    # The marks stay when the class is graded again, and Ben's still wait.
    again = graded(place, out)
    assert again["Ana"]["points"] == 10.5 and again["Ben"]["questions"][3]["status"] == "to_mark"


NEW = made.answered({}, text="The count is of pictures.")


def marked_class(place, out):
    """Grade the class, read Ana's text and mark it; return the table that was filled in."""
    graded(place, out)
    table = filled(out, give("2", "1.5", "0", "2", remark="Well seen."))
    assert grade.main(str(out), "en", marked=str(table)) == 0
    return table


def ana_of(out):
    return {one["name"]: one for one in everything(out)["students"]}["Ana"]


def test_a_mark_does_not_count_for_a_text_that_changed_and_stays_in_sight(place, tmp_path, capsys):
    out = tmp_path / "out"
    marked_class(place, out)
    assert ana_of(out)["points"] == 10.5
    made.place(place, {"Ana/work.ipynb": NEW})
    capsys.readouterr()
    question = graded(place, out)["Ana"]["questions"][3]
    assert (question["status"], question["points"]) == ("marked_earlier", None)
    assert (question["criteria"], question["remark"]) == ([2.0, 1.5, 0.0, 2.0], "Well seen.")
    assert ana_of(out)["points"] == 5.0
    assert "Marks given for an earlier text, not counted until the new text is read: Ana (02.E4)." in (
        capsys.readouterr().out
    )
    student = {row["student"]: row for row in rows(out / "students.csv")}["Ana"]
    assert student["to_mark"] == "02.E4"
    assert "02.E4: mark given for an earlier text (2 1.5 0 2)" in student["notes"]
    row = next(row for row in rows(out / "grades.csv") if (row["student"], row["question"]) == ("Ana", "02.E4"))
    assert (row["outcome"], row["points"], row["earlier_points"]) == ("marked_earlier", "", "2 1.5 0 2")
    page = " ".join(Page((out / "to_mark.html").read_text("utf-8")).words)
    assert "Mark given for an earlier text, not counted: 2 1.5 0 2. " in page and "Well seen." in page
    feedback = (out / f"feedback/{class_folder.file_name('ana')}.html").read_text("utf-8")
    assert "Points so far: 5 of 13." in feedback and "It will be read again" in feedback
    sheet = {row["key"]: row for row in rows(out / "to_mark.csv")}
    assert (sheet["ana"]["answer"], sheet["ana"]["earlier_points"]) == ("The count is of pictures.", "2 1.5 0 2")
    assert sheet["ben"]["earlier_points"] == ""
    # The new text is read: its mark counts, and nothing is said of the earlier one.
    assert grade.main(str(out), "en", marked=str(filled(out, give("0", "0", "0", "1")))) == 0
    assert ana_of(out)["points"] == 6.0
    assert "earlier text" not in (out / "students.csv").read_text("utf-8")


def test_a_mark_counts_again_when_the_text_is_the_earlier_one_whatever_its_spaces(place, tmp_path):
    out = tmp_path / "out"
    marked_class(place, out)
    for text, points in (("Another.", 5.0), ("The  count is\n of webpages. ", 10.5)):
        made.place(place, {"Ana/work.ipynb": made.answered({}, text=text)})
        assert graded(place, out)["Ana"]["points"] == points


@pytest.mark.parametrize("hand_in", [made.answered({}, text=""), b'{"cells": ['], ids=["emptied", "damaged"])
def test_a_mark_whose_text_is_gone_waits_for_its_reader(place, tmp_path, hand_in):
    out = tmp_path / "out"
    marked_class(place, out)
    made.place(place, {"Ana/work.ipynb": hand_in})
    question = graded(place, out)["Ana"]["questions"][3]
    assert (question["status"], question["points"]) == ("marked_earlier", None)
    assert {row["key"]: row["earlier_points"] for row in rows(out / "to_mark.csv")}["ana"] == "2 1.5 0 2"
    assert grade.main(str(out), "en", marked=str(filled(out, give("0", "0", "0", "0")))) == 0
    assert ana_of(out)["questions"][3]["points"] == 0.0


def test_a_table_of_before_does_not_mark_the_text_of_after(place, tmp_path):
    out = tmp_path / "out"
    graded(place, out)
    old = filled(out, give("2", "2", "2", "2")).rename(tmp_path / "old.csv")
    made.place(place, {"Ana/work.ipynb": NEW})
    graded(place, out)
    assert grade.main(str(out), "en", marked=str(old)) == 0
    assert ana_of(out)["questions"][3]["status"] == "marked_earlier", "that text was not the one that was read"
    assert grade.main(str(out), "en", marked=str(filled(out, give("1", "1", "1", "1")))) == 0
    assert grade.main(str(out), "en", marked=str(old)) == 0
    assert ana_of(out)["questions"][3]["points"] == 4.0, "an old table takes nothing from a newer mark"


def test_marks_of_before_versions_were_kept_still_count(place, tmp_path):
    out = tmp_path / "out"
    marked_class(place, out)
    about = json.loads((out / class_folder.MARKER).read_text("utf-8"))
    assert about["marks"]["ana"]["02.E4"].pop("version").startswith("v")
    (out / class_folder.MARKER).write_text(json.dumps(about), encoding="utf-8")
    assert graded(place, out)["Ana"]["points"] == 10.5


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (give("2", "", "0", "2"), "row 2: … is no number from 0 to 2, and every line needs one."),
        (give("2", "3", "0", "2"), "row 2: 3 is no number"),
        (give("2", "-1", "0", "2"), "row 2: -1 is no number"),
        (give("2", "nan", "0", "2"), "row 2: nan is no number"),
        (give("2", "good", "0", "2"), "row 2: good is no number"),
        (lambda row: row.update(key="zzz"), "row 2: there is no hand-in zzz."),
        (lambda row: row.update(task="02.E9"), "row 2: there is no task 02.E9."),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_taken(place, tmp_path, change, says):
    out = tmp_path / "out"
    graded(place, out)
    before = (out / class_folder.MARKER).read_bytes()
    assert says in refused(str(out), "en", marked=str(filled(out, change)))
    assert (out / class_folder.MARKER).read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b"key,task\n", b'key,task\n"'])
def test_another_file_than_the_table_is_a_sentence(place, tmp_path, content):
    graded(place, tmp_path / "out")
    (tmp_path / "x.csv").write_bytes(content)
    assert "x.csv" in refused(str(tmp_path / "out"), "en", marked=str(tmp_path / "x.csv"))
    assert "cannot be read" in refused(str(tmp_path / "out"), "en", marked=str(tmp_path / "none.csv"))


# ---- Moodle ---------------------------------------------------------------------------------------------------------

MOODLE = {
    "Ana Ito_101_assignsubmission_file_/work.ipynb": ANA,
    "Ben Le Goff_102_assignsubmission_file_/02.ipynb": BEN,
    "Ben Le Goff_102_assignsubmission_onlinetext_/onlinetext.html": b"<p>Here it is.</p>",
    "Cleo O'Hara_103_assignsubmission_file/02.ipynb": made.blank(),
}
ENGLISH = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,Last modified (grade),"
    "Feedback comments\r\n"
    'Participant 101,Ana Ito,a@example.org,"Submitted for grading",,20.00,Yes,-,\r\n'
    'Participant 102,"Le Goff, Ben",b@example.org,"Submitted for grading",,20.00,Yes,-,\r\n'
    "Participant 103,Cleo O'Hara,c@example.org,Submitted,7.00,20.00,Yes,-,\r\n"
    "Participant 999,Nobody,n@example.org,No submission,,20.00,Yes,-,\r\n"
)
FRENCH = ENGLISH.replace("Identifier", "Identifiant").replace("Maximum Grade", "Note maximale").replace(
    ",Grade,", ",Note,"
).replace("20.00", '"20,00"')  # fmt: skip


def moodle_takes(path):
    """Read a feedback archive as Moodle's importer does, and return the files by participant."""
    taken = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            parts = name.split("/")
            info = parts[0].split("_", 4)
            if len(info) >= 4 and info[1].isdigit() and info[2:4] == ["assignsubmission", "file"]:
                taken[int(info[1])] = archive.read(name).decode()
    return taken


@pytest.mark.parametrize(("sheet", "grade_column", "full"), [(ENGLISH, "Grade", "20"), (FRENCH, "Note", "20")])
def test_moodle_gets_grades_and_feedback_back_by_its_own_numbers(sheet, grade_column, full, tmp_path):
    entries = dict(MOODLE) | {"Grades-Course-Exercise-1.csv": b"\xef\xbb\xbf" + sheet.encode()}
    (tmp_path / "in.zip").write_bytes(zipped(entries))
    out = tmp_path / "out"
    found = graded(tmp_path / "in.zip", out)
    assert {name: one["participant"] for name, one in found.items()} == {
        "Ana Ito": "101",
        "Ben Le Goff": "102",
        "Cleo O'Hara": "103",
    }
    filled_in = rows(out / "moodle_grades.csv")
    assert [row[grade_column] for row in filled_in] == ["", "", "7.00", ""], "texts wait for a reader"
    everyone = lambda row: row.update(dict.fromkeys(columns(row), "2"))  # noqa: E731
    (tmp_path / "sheet.csv").write_bytes(sheet.encode())
    marked = str(filled(out, everyone))
    assert grade.main(str(out), "en", marked=marked, worksheet=str(tmp_path / "sheet.csv")) == 0
    beside = out / "moodle_grades.csv"
    filled_in = rows(beside)
    comma = sheet is FRENCH
    ben = f"{12 / 13 * 20:.2f}"
    expected = [full, ben.replace(".", ",") if comma else ben, "7.00", ""]
    assert [row[grade_column] for row in filled_in] == expected
    first, second = (list(csv.reader(io.StringIO(text))) for text in (sheet, beside.read_text("utf-8-sig")))
    same = [[cell for n, cell in enumerate(row) if n != 4] for row in first]
    assert [[cell for n, cell in enumerate(row) if n != 4] for row in second] == same, "the rest of the sheet stays"
    taken = moodle_takes(out / "moodle_feedback.zip")
    assert set(taken) == {101, 102, 103} and "Ana Ito" in taken[101] and 'lang="fr"' in taken[102]


def test_moodle_s_older_flat_download_is_understood(tmp_path):
    flat = {name.replace("_/", "_").replace("file/", "file_"): content for name, content in MOODLE.items()}
    made.place(tmp_path / "in", flat)
    found = graded(tmp_path / "in", tmp_path / "out")
    assert {one["participant"]: one["status"] for one in found.values()} == {
        "101": "graded",
        "102": "graded",
        "103": "not_run",
    }
    assert set(moodle_takes(tmp_path / "out/moodle_feedback.zip")) == {101, 102, 103}


def test_another_table_given_as_worksheet_is_a_sentence(place, tmp_path):
    (tmp_path / "x.csv").write_text("name,points\nx,1\n")
    says = refused(str(place), "en", lesson="02", out=str(tmp_path / "out"), worksheet=str(tmp_path / "x.csv"))
    assert "The grading worksheet has no columns Identifier, Grade." in says
    assert len(list((tmp_path / "out/results").glob("*.json"))) == len(CLASS), "what was graded is kept"


# ---- deleting a class -----------------------------------------------------------------------------------------------


def test_a_class_is_deleted_after_it_was_shown(place, tmp_path, capsys):
    out = tmp_path / "out"
    graded(place, out)
    capsys.readouterr()
    assert forget.main(str(out), "en", yes=True) == 0
    said = capsys.readouterr().out
    assert "lesson 02, 6 hand-ins" in said and "Deleted." in said
    assert not out.exists() and place.exists()


@pytest.mark.parametrize(("typed", "gone"), [("no", False), ("", False), ("yes", True), ("YES", True), ("y", False)])
def test_it_asks_first(place, tmp_path, monkeypatch, typed, gone):
    graded(place, tmp_path / "out")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda prompt: typed)
    assert forget.main(str(tmp_path / "out"), "en") == (0 if gone else 1)
    assert (tmp_path / "out").exists() is not gone


def test_it_refuses_what_is_not_ours(place, tmp_path, monkeypatch):
    out = tmp_path / "out"
    graded(place, out)
    (tmp_path / "link").symlink_to(out)
    (tmp_path / "plain").mkdir()
    cases = [
        (tmp_path / "plain", "is not a folder"),
        (place, "is not a folder"),
        (tmp_path / "link", "is not a folder"),
    ]
    cases += [(tmp_path / "nowhere", "is not a folder"), (tmp_path, "is not a folder")]
    for path, says in cases:
        with pytest.raises(ContrechampError, match=says):
            forget.main(str(path), "en", yes=True)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(ContrechampError, match="Add --yes"):
        forget.main(str(out), "en")
    (out / "my own notes.txt").write_text("x")
    with pytest.raises(ContrechampError, match="also holds my own notes"):
        forget.main(str(out), "en", yes=True)
    assert out.exists() and place.exists()


def test_deleting_does_not_follow_links(place, tmp_path):
    out = tmp_path / "out"
    graded(place, out)
    (out / "results/away").symlink_to(place)
    assert forget.main(str(out), "en", yes=True) == 0
    assert len(list(place.rglob("*.ipynb"))) == 5


def test_keys_are_names_for_files_everywhere():
    for name in [*HOSTILE_NAMES, "", "..", "a/b", "CON", "x" * 500, "é" * 300]:
        key = finding.key(name)
        stem = class_folder.file_name(key)
        assert key and not set(stem) & set('/\\:*?"<>|') and not stem.startswith("."), name
        assert len(f".{stem}.html.12345.part".encode()) < 255, name
    assert finding.key("Zoé LE GALL") == "zoé-le-gall"


def test_the_folder_of_results_is_found_again_after_it_was_moved(place, tmp_path):
    graded(place, tmp_path / "out")
    shutil.move(tmp_path / "out", tmp_path / "archive")
    assert grade.main(str(tmp_path / "archive"), "en") == 0
    assert MIME not in (tmp_path / "archive/grades.json").read_text("utf-8")
