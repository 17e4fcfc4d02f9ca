"""Slides: every number has a source, every picture a description, every slide a title and something to say."""

import io
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import polib
import pytest
from conftest import ROOT

from contrechamp.authoring import briefs, decks, paper, powerpoint, slides, theme
from contrechamp.errors import ContrechampError
from contrechamp.lesson import citations, exhibits

SOURCES = [path.stem for path in sorted((ROOT / "slides").glob("*.md"))]
NAMES = [name for name in SOURCES if not name.startswith(briefs.PREFIX)]
BRIEFS = [(name, lang) for name in SOURCES if name.startswith(briefs.PREFIX) for lang in ("en", "fr")]
BOTH = [(name, lang) for name in NAMES for lang in ("en", "fr")]
LISTEN = {"en": "Listen for:", "fr": "À guetter"}
SECONDS = {"en": r"^{} seconds\.", "fr": r"^{} secondes\."}
CODES = {"en": "en-GB", "fr": "fr-FR"}

DECK = """---
deck:
  minutes: 1
  min_age: 14
  as_of: 2026-11-22
---

# A deck for tests {seconds=30}

One line.

::: notes
Say it. **Listen for:** silence.
:::

## It ends here {seconds=30}

- {{ help:3018.phone }}

::: notes
Say it again.
:::
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A checkout with one small deck and the course's data."""
    top = tmp_path / "course"
    for name in ("datasets", "locale"):
        shutil.copytree(ROOT / name, top / name)
    shutil.rmtree(top / "locale/fr/slides")
    for name in ("notebooks", "exercises", "slides"):
        (top / name).mkdir()
    (top / "slides/small.md").write_text(DECK, encoding="utf-8")
    monkeypatch.setenv("CONTRECHAMP_HOME", str(top))
    return top


def changed(home, old, new):
    path = home / "slides/small.md"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


# ---- the source ------------------------------------------------------------------------------------------------------

MALFORMED = {
    "no front matter": ("---\ndeck:", "deck:", "front matter between two lines"),
    "no minutes": ("  minutes: 1\n", "", "whole numbers minutes and min_age"),
    "seconds that do not add up": ("{seconds=30}\n\n-", "{seconds=40}\n\n-", "add up to 70, and 1 minutes are 60"),
    "a heading without seconds": (" {seconds=30}\n\n-", "\n\n-", r"line 16: end the heading with its seconds"),
    "no title": ("# A deck", "## A deck", "the first heading has one #"),
    "no notes": ("::: notes\nSay it again.\n:::\n", "", r"line 16: this slide has no speaker notes"),
    "notes never closed": ("Say it again.\n:::", "Say it again.", "never closed"),
    "an unknown record": ("{{ help:3018.phone }}", "{{ stat:nothing.value }}", "no stat is called 'nothing'"),
    "an unknown result": ("{{ help:3018.phone }}", "{{ result:02.nothing }}", "no published result"),
    "an unknown chart": ("- {{ help:3018.phone }}", "{{ chart:nothing }}", "no chart called 'nothing'"),
    "a chart among words": ("- {{", "{{ chart:people_near_chance }}\n\n- {{", "one chart or a few words"),
    "too many words": ("- {{ help", "- " + "word " * 41 + "{{ help", r"has 42 words; 40 is the most"),
}


@pytest.mark.parametrize(("old", "new", "says"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_deck_is_one_sentence_and_writes_nothing(home, old, new, says):
    changed(home, old, new)
    with pytest.raises(ContrechampError, match=says) as error:
        slides.main(["small"], ["en"])
    assert "\n" not in str(error.value)
    assert [path.name for path in (home / "slides").rglob("*") if path.is_file()] == ["small.md"]


def test_a_record_of_grade_c_stops_the_slides(home):
    path = home / "datasets/awareness/statistics.csv"
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    header = rows[0].strip().split(",")
    assert header.count("grade") == 1
    import csv

    records = list(csv.DictReader(io.StringIO("".join(rows))))
    next(record for record in records if record["id"] == "diel-image")["grade"] = "C"
    out = io.StringIO()
    writer = csv.DictWriter(out, records[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    path.write_text(out.getvalue(), encoding="utf-8")
    changed(home, "- {{ help:3018.phone }}", "{{ chart:people_near_chance }}")
    citations._records.cache_clear()
    with pytest.raises(ContrechampError, match="C"):
        slides.main(["small"], ["en"])


def test_a_catalogue_that_lost_a_placeholder_turns_the_check_red(home, capsys):
    from contrechamp.authoring import build, catalogue

    catalogue.main([])
    path = home / "locale/fr/slides/small.po"
    book = polib.pofile(str(path), wrapwidth=0)
    for entry in book:
        entry.msgstr = entry.msgid.replace("{{ help:3018.phone }}", "le numéro")
    book.save(str(path))
    capsys.readouterr()
    assert build.main([], check=True) == 1
    assert "slides/small.md, fr" in capsys.readouterr().err


def test_an_unknown_deck_is_named_with_those_that_are_there(home):
    with pytest.raises(ContrechampError, match=r"no deck called 'smal'. Decks: small"):
        slides.main(["smal"])


# ---- what is committed -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=BOTH, ids=[f"{name}-{lang}" for name, lang in BOTH])
def made(request):
    """A deck of the course as its source gives it, with the PowerPoint file that is committed."""
    from pptx import Presentation

    name, lang = request.param
    with slides.speaking(lang):
        deck = slides.Made(decks.read(ROOT / f"slides/{name}.md"), lang)
    return deck, Presentation(str(ROOT / f"slides/{lang}/{name}.pptx"))


def test_the_committed_files_are_what_the_sources_give():
    assert slides.check() == []


def test_each_slide_has_its_title_and_its_notes_with_seconds_and_what_to_listen_for(made):
    deck, file = made
    assert len(file.slides) == len(deck.slides)
    for number, (wanted, slide) in enumerate(zip(deck.slides, file.slides, strict=True), 1):
        assert slide.shapes.title.text_frame.text.strip()
        notes = slide.notes_slide.notes_text_frame.text
        if number not in deck.small:
            assert re.search(SECONDS[deck.lang].format(wanted.seconds), notes, re.MULTILINE), number
            assert LISTEN[deck.lang] in notes, number


def test_each_picture_is_described_by_its_finding_and_each_table_by_its_title(made):
    deck, file = made
    alts = {chart.alt for chart in deck.charts.values()}
    found = set()
    for slide in file.slides:
        for shape in slide.shapes:
            described = shape._element.xpath(".//p:cNvPr")[0].get("descr") or ""
            if shape.shape_type is not None and "PICTURE" in str(shape.shape_type):
                assert described in alts
                found.add(described)
            if getattr(shape, "has_table", False) and shape.has_table:
                assert described == slide.shapes.title.text_frame.text
    assert found == alts


def test_each_run_of_text_says_its_language(made):
    deck, file = made
    for slide in file.slides:
        for element in (slide.element, slide.notes_slide.element):
            runs = element.xpath(".//a:r")
            assert {run.find("{*}rPr").get("lang") for run in runs} == {CODES[deck.lang]}


def test_the_title_is_read_first(made):
    _, file = made
    for slide in file.slides:
        assert slide.shapes[0] == slide.shapes.title


def test_help_lines_stand_near_the_beginning_and_at_the_end(made):
    deck, _ = made
    spoken = [slide for number, slide in enumerate(deck.slides, 1) if number not in deck.small]
    for slide in (spoken[1], spoken[-1]):
        assert "3018" in slide.body


def test_sources_carry_grade_and_date(made):
    deck, _ = made
    assert deck.all_sources
    words = {"en": r"grade [AB], checked on \d", "fr": r"fiabilité [AB], vérifié le \d"}[deck.lang]
    for number in deck.small:
        lines = deck.slides[number - 1].body.splitlines()
        assert lines and all(re.search(words, line) for line in lines)


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_hold_the_same_references_slide_by_slide(name):
    deck = decks.read(ROOT / f"slides/{name}.md")
    book = {e.msgid: e.msgstr for e in polib.pofile(str(ROOT / f"locale/fr/slides/{name}.po"), wrapwidth=0)}
    for number, slide in enumerate(deck.slides, 1):
        for _, text in slide.units():
            if any(letter.isalpha() for letter in re.sub(r"\{\{.*?\}\}", "", text)):
                same = sorted(re.findall(r"\{\{.*?\}\}", text)), sorted(re.findall(r"\{\{.*?\}\}", book[text]))
                assert same[0] == same[1], f"slide {number}: {text}"


@pytest.mark.parametrize(("name", "lang"), BOTH)
def test_each_pdf_is_tagged_speaks_its_language_and_has_one_page_a_slide(name, lang):
    from pypdf import PdfReader

    with slides.speaking(lang):
        wanted = len(slides.Made(decks.read(ROOT / f"slides/{name}.md"), lang).slides)
    for ending in (".pdf", "_notes.pdf"):
        path = ROOT / f"slides/{lang}/{name}{ending}"
        reader = PdfReader(path)
        catalog = reader.trailer["/Root"]
        assert catalog["/MarkInfo"]["/Marked"] and catalog["/Lang"] == lang and "/StructTreeRoot" in catalog
        assert path.stat().st_size < 1_000_000
        if ending == ".pdf":
            assert len(reader.pages) == wanted, "a slide runs over its page"
            fonts = {font["/BaseFont"] for page in reader.pages for font in page["/Resources"]["/Font"].values()}
            assert all("Course-Sans" in font for font in fonts), fonts  # DejaVu, embedded under this name


@pytest.mark.parametrize(("name", "lang"), BOTH)
def test_each_powerpoint_file_is_small_and_names_no_folder(name, lang):
    path = ROOT / f"slides/{lang}/{name}.pptx"
    assert path.stat().st_size < 1_000_000
    with zipfile.ZipFile(path) as file:
        for part in file.namelist():
            assert not re.search(rb"/tmp/|/home/|/root/|/work/|deck\.md", file.read(part)), part


# ---- guards that were seen to fail -----------------------------------------------------------------------------------


def test_a_deck_changed_by_hand_or_older_than_its_source_is_named(home):
    assert slides.main(["small"]) == 0
    assert slides.check() == []
    from pptx import Presentation

    path = home / "slides/en/small.pptx"
    file = Presentation(str(path))
    file.slides[1].shapes.title.text_frame.text = "It ends elsewhere"
    file.save(str(path))
    assert slides.check() == ["slides/en/small.pptx was changed by hand. Change its source, then build it again."]
    changed(home, "It ends here", "It ends there")
    assert len([line for line in slides.check() if "older than its source" in line]) == 6
    (home / "slides/fr/other.pdf").write_bytes((home / "slides/fr/small.pdf").read_bytes())
    assert "slides/fr/other.pdf has no source. Delete it." in slides.check()
    (home / "slides/fr/small.pdf").unlink()
    assert any(line.startswith("slides/fr/small.pdf is missing") for line in slides.check())


def test_a_picture_without_a_description_stops_the_repair(home, tmp_path):
    changed(home, "- {{ help:3018.phone }}", "{{ chart:people_near_chance }}")
    with slides.speaking("en"):
        deck = slides.Made(decks.find(["small"])[0], "en")
        file = tmp_path / "deck.pptx"
        file.write_bytes(deck.pptx())
    with pytest.raises(ContrechampError, match=r"slide 2: the picture .* has no description"):
        powerpoint.repair(file, "en", {}, "notes", set(), "slides/small.md")


def test_without_pango_the_other_formats_are_made_and_the_sentence_says_what_to_install(home, monkeypatch, capsys):
    def fails(*_, **__):
        raise paper.NoPango("PDF files need Pango: install it.")

    monkeypatch.setattr(paper, "document", fails)
    assert slides.main(["small"], ["en"]) == 1
    assert (home / "slides/en/small.pptx").is_file()
    assert not (home / "slides/en/small.pdf").exists()
    assert "install" in capsys.readouterr().err


# ---- a trainer's template, a page for the browser --------------------------------------------------------------------


def test_a_template_of_ones_own_changes_the_look_and_overwrites_nothing(home, tmp_path):
    from pptx import Presentation

    own = Presentation(io.BytesIO(theme.reference()))
    own.slide_width = 9_144_000
    own.save(str(tmp_path / "own.pptx"))
    assert slides.main(["small"], ["fr"], template=str(tmp_path / "own.pptx"), output=str(tmp_path / "out")) == 0
    path = tmp_path / "out/small_fr.pptx"
    assert Presentation(str(path)).slide_width == 9_144_000
    before = path.read_bytes()
    with pytest.raises(ContrechampError, match="already there, and was left as it is"):
        slides.main(["small"], ["fr"], template=str(tmp_path / "own.pptx"), output=str(tmp_path / "out"))
    assert path.read_bytes() == before
    assert not (home / "slides/fr").exists()


def _without_a_layout(path: Path) -> None:
    from pptx import Presentation

    file = Presentation(io.BytesIO(theme.reference()))
    next(one for one in file.slide_layouts if one.name == "Two Content").name = "Deux colonnes"
    file.save(str(path))


TEMPLATES = {
    "missing": (lambda path: None, "There is no template"),
    "no PowerPoint file": (lambda path: path.write_text("hello"), "is not a PowerPoint file"),
    "a missing layout": (_without_a_layout, "lacks the layout Two Content"),
}


@pytest.mark.parametrize(("plant", "says"), TEMPLATES.values(), ids=TEMPLATES)
def test_a_template_that_does_not_serve_is_one_sentence(home, tmp_path, plant, says):
    plant(tmp_path / "t.pptx")
    with pytest.raises(ContrechampError, match=says):
        slides.main(["small"], ["en"], template=str(tmp_path / "t.pptx"))


def test_the_page_for_a_browser_asks_nobody_and_describes_its_pictures(home, tmp_path):
    changed(home, "- {{ help:3018.phone }}", "{{ chart:people_near_chance }}")
    assert slides.main(["small"], ["en"], html=True, output=str(tmp_path)) == 0
    page = (tmp_path / "small_en.html").read_text(encoding="utf-8")
    loads = re.findall(r"<(?:script|link|img|iframe|source)[^>]*?(?:src|href)=\"([^\"]*)\"", page)
    loads += re.findall(r"url\(([^)]*)\)|@import\s+(\S+)", re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL))
    assert loads and not [one for one in loads if "".join(one).lstrip("'\"").startswith(("http", "//"))]
    assert exhibits.exhibit("people_near_chance").alt[:40] in page
    assert '<html lang="en-GB"' in page or 'lang="en-GB"' in page
    assert 'name="viewport"' in page and "user-scalable" not in page and "maximum-scale" not in page


def test_a_pdf_leaves_pillow_as_strict_about_damaged_pictures_as_it_was():
    from PIL import ImageFile

    assert paper.document("Title", "en", "<h1>Title</h1><p>Text.</p>", "").startswith(b"%PDF")
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_the_page_for_a_browser_is_made_where_no_language_is_set(home, tmp_path, monkeypatch):
    for name in ("LANG", "LC_ALL", "LC_CTYPE", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    assert slides.main(["small"], ["fr"], html=True, output=str(tmp_path)) == 0
    assert "secondes" in (tmp_path / "small_fr.html").read_text(encoding="utf-8")


# ---- briefs ----------------------------------------------------------------------------------------------------------

BRIEF = """---
brief:
  as_of: 2026-11-22
---

# A page for tests

Right answers: {{ stat:diel-image.value }} %. Call {{ help:3018.phone }}.
"""


@pytest.fixture
def page(home):
    """A checkout with one small deck and one brief."""
    path = home / "slides/brief_small.md"
    path.write_text(BRIEF, encoding="utf-8")
    return path


def test_there_is_a_brief_for_each_of_its_four_readers():
    assert {name for name, _ in BRIEFS} == {
        "brief_parliament", "brief_school", "brief_trust_and_safety", "brief_france",
    }  # fmt: skip


@pytest.mark.parametrize(("name", "lang"), BRIEFS)
def test_each_brief_is_one_tagged_page_in_its_language_with_help_grades_and_dates(name, lang):
    from pypdf import PdfReader

    path = ROOT / f"slides/{lang}/{name}.pdf"
    reader = PdfReader(path)
    catalog = reader.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"] and catalog["/Lang"] == lang and "/StructTreeRoot" in catalog
    assert len(reader.pages) == 1 and path.stat().st_size < 1_000_000
    width, height = (float(side) for side in reader.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (595, 842)
    text = path.with_suffix(".md").read_text(encoding="utf-8")
    assert "{{" not in text and "3018" in text
    words = {"en": r"grade [AB], checked on \d", "fr": r"fiabilité [AB], vérifié le \d"}[lang]
    sources = text.rpartition("\n\n")[2].strip().splitlines()
    assert sources and all(re.search(words, line) for line in sources)
    assert {"en": "Not legal advice", "fr": "Pas un avis juridique"}[lang] in text


@pytest.mark.parametrize("name", sorted({name for name, _ in BRIEFS}))
def test_both_languages_of_a_brief_hold_the_same_references(name):
    book = {e.msgid: e.msgstr for e in polib.pofile(str(ROOT / f"locale/fr/slides/{name}.po"), wrapwidth=0)}
    for term in briefs.read(ROOT / f"slides/{name}.md").terms():
        same = [sorted(re.findall(r"\{\{.*?\}\}", text)) for text in (term.text, book[term.text])]
        assert same[0] == same[1], term.text


MALFORMED_BRIEFS = {
    "no date": ("  as_of: 2026-11-22", "  as_of: soon", "a brief begins with front matter"),
    "no title": ("# A page", "A page", "a brief begins with front matter"),
    "an unknown record": ("stat:diel-image.value", "stat:nothing.value", "no stat is called 'nothing'"),
    "two pages": ("Call", "And more. " * 2_000 + "Call", r"\(en\) fills [2-9] pages; a brief is one"),
}


@pytest.mark.parametrize(("old", "new", "says"), MALFORMED_BRIEFS.values(), ids=MALFORMED_BRIEFS)
def test_a_malformed_brief_is_one_sentence(home, page, old, new, says):
    page.write_text(BRIEF.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContrechampError, match=says):
        slides.main(["brief_small"], ["en"])
    assert not (home / "slides/en/brief_small.pdf").exists()


def test_a_brief_changed_by_hand_or_older_than_its_source_is_named(home, page):
    assert slides.main() == 0
    assert slides.check() == []
    built = home / "slides/fr/brief_small.md"
    built.write_text(built.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")
    assert slides.check() == ["slides/fr/brief_small.md was changed by hand. Change its source, then build it again."]
    page.write_text(BRIEF.replace("Call", "Ring"), encoding="utf-8")
    assert len([line for line in slides.check() if "older than its source" in line]) == 4


def test_a_brief_has_no_template_and_no_slides(home, page, tmp_path):
    with pytest.raises(ContrechampError, match="brief_small is a brief"):
        slides.main(["brief_small"], html=True, output=str(tmp_path))


# ---- the look --------------------------------------------------------------------------------------------------------


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2.2 defines it."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", [name for name in theme.COLOURS if not name.startswith("lt")])
def test_each_colour_that_carries_text_has_enough_contrast(name):
    assert contrast(theme.COLOURS[name], theme.COLOURS["lt1"]) >= 4.5
    assert contrast(theme.COLOURS["dk1"], theme.COLOURS["lt2"]) >= 4.5


def test_the_reference_document_has_every_layout_and_a_wide_page(tmp_path):
    from pptx import Presentation

    (tmp_path / "r.pptx").write_bytes(theme.reference())
    theme.check_template(tmp_path / "r.pptx")
    file = Presentation(str(tmp_path / "r.pptx"))
    assert file.slide_width / file.slide_height == pytest.approx(16 / 9)


@pytest.mark.parametrize("name", exhibits.names())
def test_each_exhibit_draws_what_its_table_says(name):
    made = exhibits.exhibit(name)
    assert all(len(row) == len(made.header) for row in made.rows)
    cited = [record.split(":", 1) for record in made.records if not record.startswith("result:")]
    assert all(citations.cite(*record).grade in "AB" for record in cited)
    written = " ".join(text.get_text() for axes in made.draw().axes for text in axes.texts)
    for row in made.rows:
        number = float(re.search(r"[\d.,]+", row[1 if len(row) == 2 or "–" in row[-1] else -1])[0].replace(",", ""))
        assert any(f"{number:.{places}f}" in written for places in (0, 1, 2)), (row, written)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "lang"), BOTH)
def test_a_fresh_rendering_says_what_the_committed_file_says(name, lang, tmp_path):
    with slides.speaking(lang):
        fresh = slides.Made(decks.read(ROOT / f"slides/{name}.md"), lang).pptx()
    (tmp_path / "fresh.pptx").write_bytes(fresh)
    outline = powerpoint.outline(tmp_path / "fresh.pptx")
    assert json.dumps(outline) == json.dumps(powerpoint.outline(ROOT / f"slides/{lang}/{name}.pptx"))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not here")
@pytest.mark.parametrize(("name", "lang"), BOTH)
def test_no_text_runs_over_the_edge_of_a_slide(name, lang, tmp_path):
    from pypdf import PdfReader

    subprocess.run(
        ["soffice", f"-env:UserInstallation={tmp_path.as_uri()}/profile", "--headless", "--convert-to", "pdf",
         "--outdir", str(tmp_path), str(ROOT / f"slides/{lang}/{name}.pptx")],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    reader = PdfReader(tmp_path / f"{name}.pdf")
    for number, page in enumerate(reader.pages, 1):
        places = []
        page.extract_text(visitor_text=lambda text, cm, tm, *_, to=places: to.append((tm, cm, text)))
        for tm, cm, text in places:
            if text.strip():
                x, y = tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]
                assert 0.02 * float(page.mediabox.height) < y < float(page.mediabox.height), (number, text)
                assert 0 < x < float(page.mediabox.width), (number, text)
