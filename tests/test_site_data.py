"""Data packages, figures, slides and glossary on the web: what is listed exists, what is shown has grade and source."""

import hashlib
import json
import re

import pytest
from conftest import ROOT
from lxml import html
from site_texts import LANGS, english_blocks, left_in_english, nowhere, raw, tree, unsound

from contrechamp import language
from contrechamp.authoring import pages as texts
from contrechamp.authoring import proofreading, prose
from contrechamp.authoring.catalogue import Catalogue, path_for
from contrechamp.authoring.course import Course
from contrechamp.datasets import frames
from contrechamp.errors import ContrechampError
from contrechamp.site import data_pages, glossary_pages, record_pages, slides_pages, statistics_page

MAKERS = {"data_pages": data_pages, "slides_pages": slides_pages, "glossary_pages": glossary_pages}
PACKAGES = ("awareness", "detection", "images", "law", "mechanism")
LISTS = ("index", "statistics", "timeline", "field-results")
RECORDS = {record["id"]: record for record in frames.rows("awareness", "statistics")}
# Pages that others of this room make.
OTHERS = {"guide/care", "help"} | {f"lessons/{number:02d}" for number in range(21)}


@pytest.fixture(scope="module", params=LANGS)
def site(request):
    """The language and all pages of this file by name."""
    lang = request.param
    return lang, {page.name: page for maker in MAKERS.values() for page in maker.pages(ROOT, lang)}


def test_every_page_is_sound_and_its_links_lead_somewhere(site):
    _, pages = site
    assert set(pages) == {f"data/{name}" for name in (*PACKAGES, *LISTS)} | {"slides/index", "guide/glossary"}
    for page in pages.values():
        assert unsound(raw(page)) == [], page.name
        assert page.source.startswith("# ") and page.description
        assert nowhere(page, set(pages) | OTHERS, ROOT) == [], page.name
    slides = pages["slides/index"]
    assert nowhere(slides, set(pages), ROOT), "without the lessons the links to them are found out"


def test_the_files_of_a_package_are_all_listed_with_size_and_hash(site):
    lang, pages = site
    for name in PACKAGES:
        listed = {}
        for row in tree(pages[f"data/{name}"]).find_class("cc-files")[0].iter("li"):
            digest, weight = row.find("code").text, row.find("span").text
            listed[row.find(".//a").get("href")] = digest, weight
        there = [path for path in (ROOT / "datasets" / name).rglob("*") if path.is_file() and path.name != "card.md"]
        assert set(listed) == {f"/{path.relative_to(ROOT).as_posix()}" for path in there}
        for path in there:
            digest, weight = listed[f"/{path.relative_to(ROOT).as_posix()}"]
            assert digest == hashlib.sha256(path.read_bytes()).hexdigest()
            kilobytes = int(re.sub(r"\D", "", weight))
            assert abs(kilobytes - path.stat().st_size / 1000) <= 0.5 or kilobytes == 1
            assert weight.endswith({"en": "kB", "fr": "ko"}[lang])


def test_a_picture_unlike_its_manifest_stops_the_pages(repository):
    path = next((repository / "datasets" / "images" / "train").glob("*.jpg"))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ContrechampError, match=rf"{path.name} is not the file of its manifest"):
        list(data_pages.pages(repository, "en"))


def test_every_column_of_every_table_is_described(site):
    _, pages = site
    for name in ("awareness", "law"):
        page = pages[f"data/{name}"]
        for table in json.loads((ROOT / "datasets" / name / "datapackage.json").read_text("utf-8"))["resources"]:
            section = page.source.split(f"### {table['path']}\n", 1)[1].split("\n### ", 1)[0]
            assert all(f"<dt><code>{field['name']}</code>" in section for field in table["schema"]["fields"])


def test_the_card_stands_in_the_language_of_the_page(site):
    lang, pages = site
    for card in texts.cards():
        page = pages[f"data/{card.room.removeprefix('datasets/')}"]
        book = Catalogue(path_for(card.relative, "fr"))
        assert book.problems(card.terms()) == []
        for term in (one for one in card.terms() if one.note == "paragraph" and len(one.text) > 60):
            found = " ".join(term.text.split()) in " ".join(page.source.split())
            assert found == (lang == "en"), term.text
            said = book.get(term.text)
            assert said is not None and proofreading.problems(term.text, said, "fr") == []


def test_a_missing_sentence_of_a_card_makes_the_build_say_so(repository):
    path = repository / "locale" / "fr" / "datasets" / "law" / "card.po"
    path.write_text(
        path.read_text("utf-8").replace('msgstr "Le droit : présentation des données"', 'msgstr ""'), "utf-8"
    )
    found = [one for one in prose.of_translations(Course([])) if "datasets/law/card.po" in one]
    assert len(found) == 1 and "'Law data: card' (heading) is missing" in found[0]


# ---- the figures, one by one -------------------------------------------------------------------------------------


def test_every_figure_is_there_with_value_grade_caveat_and_source(site):
    lang, pages = site
    there = {one.get("id"): one for one in tree(pages["data/statistics"]).find_class("cc-record")}
    assert set(there) == set(RECORDS)
    for name, record in RECORDS.items():
        said = " ".join(there[name].text_content().split())
        for field in ("label", "caveat", "definition"):
            own = record[f"{field}_{lang}"]
            assert " ".join(language.typeset(own or record[f"{field}_en"], lang if own else "en").split()) in said, name
        shown = there[name].find_class("cc-value")[0].text
        if record["value"] is not None:
            assert language.number(record["value"], lang) in shown
        else:
            assert not re.search(r"\d", shown)
        links = [link.get("href") for link in there[name].iter("a")]
        assert f"#{name}" in links and (record["print_source"] is None or record["print_source"] in links)
        grade = there[name].findall(".//dd")[-1].text
        assert grade.startswith(f"{record['grade']}, ") and language.date(record["checked"], lang) in grade


@pytest.mark.parametrize("lang", LANGS)
def test_a_text_that_is_not_translated_is_marked_as_english(lang):
    whole = RECORDS["iwf-2023-reports"]
    for field in ("definition", "population", "caveat"):
        made = html.fragment_fromstring(statistics_page.as_html(whole | {f"{field}_fr": None}, lang))
        marked = [" ".join(one.text_content().split()) for one in made.xpath(".//*[@lang='en']")]
        assert marked == ([whole[f"{field}_en"]] if lang == "fr" else []), field
    assert 'lang="en"' not in statistics_page.as_html(whole, lang)


def test_links_inside_the_figures_lead_to_figures(site):
    _, pages = site
    page = tree(pages["data/statistics"])
    ids = {one.get("id") for one in page.iter() if one.get("id")}
    inside = [link.get("href")[1:] for link in page.iter("a") if link.get("href").startswith("#")]
    assert len(inside) > len(RECORDS) and set(inside) <= ids
    labelled = [one.get("aria-labelledby") for one in page.find_class("cc-record")]
    assert set(labelled) <= ids


def test_grade_c_is_left_out_and_counted(monkeypatch):
    rows = frames.rows("awareness", "statistics")
    rows[3]["grade"], rows[9]["grade"] = "C", "C"
    read = frames.rows
    monkeypatch.setattr(frames, "rows", lambda *of: rows if of[1] == "statistics" else read(*of))
    page = statistics_page.page("en")
    there = {one.get("id") for one in tree(page).find_class("cc-record")}
    assert set(RECORDS) - there == {rows[3]["id"], rows[9]["id"]}
    assert "in this table: 2." in page.source and f"{len(RECORDS) - 2} records" in page.source


@pytest.mark.parametrize(
    ("qualifier", "lang", "said"),
    [
        (None, "en", "1,234.5 pages"), ("about", "en", "about 1,234.5 pages"), ("over", "en", "over 1,234.5 pages"),
        ("almost", "en", "almost 1,234.5 pages"), ("at_least", "en", "at least 1,234.5 pages"),
        ("up_to", "en", "up to 1,234.5 pages"), (None, "fr", "1\u202f234,5 feuilles"),
        ("up_to", "fr", "jusqu’à 1\u202f234,5 feuilles"),
    ],
)  # fmt: skip
def test_a_value_is_written_with_its_qualifier_and_unit(qualifier, lang, said):
    record = {"value": 1234.5, "unit": "pages", "unit_name_en": "pages", "unit_name_fr": "feuilles"}
    assert statistics_page.value({**record, "qualifier": qualifier}, lang) == said


@pytest.mark.parametrize(("name", "table"), [("timeline", "timeline"), ("field-results", "field_results")])
def test_events_and_published_results_are_there_with_grade_and_source(site, name, table):
    lang, pages = site
    there = {one.get("id"): one for one in tree(pages[f"data/{name}"]).find_class("cc-record")}
    records = {record["id"]: record for record in frames.rows("awareness", table)}
    assert set(there) == set(records)
    for ident, record in records.items():
        text = " ".join(there[ident].text_content().split())
        fields = ("event", "actor") if table == "timeline" else ("label", "setting", "caveat")
        for field in fields:
            assert " ".join(language.typeset(record[f"{field}_{lang}"], lang).split()) in text, ident
        if table == "timeline":
            assert language.date(record["date"], lang) in text
        elif record["value"] is not None:
            assert language.number(record["value"], lang) in there[ident].find_class("cc-value")[0].text
        links = [link.get("href") for link in there[ident].iter("a")]
        assert f"#{ident}" in links and (record["print_source"] is None or record["print_source"] in links)
        assert there[ident].findall(".//dd")[-1].text.startswith(f"{record['grade']}, ")


def test_events_stand_oldest_first_and_what_lay_ahead_is_said_to():
    page = next(page for page in record_pages.pages("en") if page.name == "data/timeline")
    dates = {record["id"]: record["date"] for record in frames.rows("awareness", "timeline")}
    order = [one.get("id") for one in tree(page).find_class("cc-record")]
    assert order[:4] == ["bg-sren", "bg-paris-open", "bg-first-conviction", "bg-adult-mode"]
    # What is known to a month stands after the days of that month.
    january = order[order.index("surge") + 1 : order.index("unblock-others")]
    assert (january[0], january[-4:]) == ("fr-reactions", ["eu-formal", "m-aiforensics", "m-reuters-2", "m-cbs"])
    assert order[-2:] == ["eu-omnibus-council", "eu-ban-applies"]
    ahead = [one.get("id") for one in tree(page).find_class("cc-record") if "foreseen" in one.find("h3").text]
    assert ahead == [ident for ident, date in dates.items() if date > "2026-11-22"] == ["eu-ban-applies"]


def test_pages_of_records_say_at_the_top_for_whom_they_are_what_they_speak_of_and_where_help_is(site):
    lang, pages = site
    age, subject = {
        "en": ("From the age of 16.", "child sexual abuse material"),
        "fr": ("À partir de 16 ans.", "abus sexuels sur mineurs"),
    }[lang]
    for name in ("statistics", "timeline", "field-results"):
        top = pages[f"data/{name}"].source.split("\n\n")[1]
        assert top.startswith(age) and subject in top and "](page:help)" in top, name


def test_no_record_points_to_a_person_targeted_and_a_gain_of_training_is_not_denied(site):
    lang, pages = site
    text = pages["data/timeline"].source
    assert "fr-reactions" in text and not re.search(r"doctoral student|doctorante", text)
    results = pages["data/field-results"].source
    assert "geissler-2025" in results and not re.search(r"None says|Aucun ne dit", results)
    assert ("Training moved results a little in one study" if lang == "en" else "un entraînement a un peu") in results


def test_what_was_counted_may_be_answers_and_a_list_is_set_as_the_language_sets_it(site):
    lang, pages = site
    head = {"en": "People, items or answers", "fr": "Personnes, éléments ou réponses"}[lang]
    page = tree(pages["data/statistics"])
    asked = page.xpath("//section[@id='ms-2025']//div[dt=$head]/dd/text()", head=head)
    assert asked == [language.number(287000, lang)]
    several = [record for record in RECORDS.values() if len(record["flags"] or ()) > 1]
    assert several
    warned = {"en": "Beware", "fr": language.gettext("Beware", "fr")}[lang]
    for record in several:
        said = page.xpath("string(//section[@id=$name]//div[dt=$head]/dd)", name=record["id"], head=warned)
        assert (";" in said) and bool(re.search("\u202f;", said)) is (lang == "fr"), (record["id"], said)


def test_every_topic_and_unit_of_a_result_has_words():
    for record in frames.rows("awareness", "field_results"):
        assert record["topic"] in record_pages._topics("en")
        assert record["unit"] in {*record_pages._units("en"), "percent", "text"}


@pytest.mark.parametrize(
    ("name", "lang", "said"),
    [
        ("iwf-2023-reports", "en", "2023"),
        ("iwf-h1-2025-urls", "en", "1 January 2025 to 30 June 2025"),
        ("iwf-h1-2025-urls", "fr", "du 1er janvier 2025 au 30 juin 2025"),
    ],
)
def test_a_period_is_a_year_or_its_first_and_last_day(name, lang, said):
    assert statistics_page._when(RECORDS[name], lang) == said


def test_every_topic_and_every_warning_has_words():
    for lang in LANGS:
        assert {record["topic"] for record in RECORDS.values()} <= set(statistics_page._topics(lang))
        flags = {flag for record in RECORDS.values() for flag in record["flags"] or ()}
        assert flags <= set(statistics_page._warnings(lang))


# ---- slides and glossary -----------------------------------------------------------------------------------------


def test_every_deck_and_brief_is_offered_in_the_language_of_the_page(site):
    lang, pages = site
    page = pages["slides/index"]
    links = [link.get("href") for link in tree(page).iter("a") if link.get("class") != "cc-permanent"]
    files = sorted((ROOT / "slides" / lang).iterdir())
    assert sorted(links) == [f"/{path.relative_to(ROOT).as_posix()}" for path in files]
    anchors = {one.get("id") for one in tree(page).find_class("cc-downloads")}
    assert anchors == {path.stem for path in (ROOT / "slides").glob("*.md")}
    permanent = {link.get("href")[1:]: link.text for link in tree(page).find_class("cc-permanent")}
    assert set(permanent) == anchors
    titles = re.findall(r"^##+ (.+)$", page.source, re.MULTILINE)
    for name, said in permanent.items():  # words of people, not the name of a file
        assert name not in said and any(title in said for title in titles), said
    assert ("yours.pptx" if lang == "en" else "votre.pptx") in page.source


@pytest.mark.parametrize("lang", LANGS)
def test_a_deck_names_the_lessons_that_link_it(lang):
    found = {name: slides_pages.lessons_of(ROOT, name, lang) for name in ("how_it_works", "train_the_trainers")}
    sources = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.md"))
    wanted = [path.name[:2] for path in sources if "slides/en/how_it_works.pptx" in path.read_text("utf-8")]
    assert found["how_it_works"] == wanted != []
    assert found["train_the_trainers"] == []


def test_a_missing_file_of_a_deck_and_a_deck_for_nobody_stop_the_page(tmp_path):
    deck = next(deck for deck in slides_pages.decks.find() if deck.name == "class_45")
    with pytest.raises(ContrechampError, match=r"slides/en/class_45\.pptx is missing\. Run `contrechamp slides"):
        slides_pages._deck(tmp_path, deck, "en")
    with pytest.raises(ContrechampError, match="nobody said for whom it is"):
        slides_pages._audience("deck_of_tomorrow", "en")


def test_the_glossary_has_the_same_anchors_in_both_languages_and_the_words_of_the_guide(site):
    lang, pages = site
    page, other = tree(pages["guide/glossary"]), tree(next(glossary_pages.pages(ROOT, "fr" if lang == "en" else "en")))
    anchors = [one.get("id") for one in page.iter("dt")]
    assert anchors == [one.get("id") for one in other.iter("dt")] and "term-base-rate" in anchors
    said = (ROOT / "guide" / lang / "glossary.md").read_text("utf-8")
    rows = re.findall(r"^\| \*\*(.+)\*\* \| (.+) \|$", said, re.MULTILINE)
    assert len(rows) == len(anchors) > 30
    for (term, meaning), head, body in zip(rows, page.iter("dt"), page.iter("dd"), strict=True):
        assert head.text.strip() == term and body.text_content() == meaning
        for span in head.xpath(".//span[@lang]"):
            assert span.get("lang") != lang
    left = re.sub(r"(?s)`````.*?`````", "", pages["guide/glossary"].source)
    assert "|" not in left
    heads = re.findall(r"^#.*$", said, re.MULTILINE)
    assert re.findall(r"^#.*$", left, re.MULTILINE) == heads


def test_a_glossary_with_a_word_too_few_in_one_language_is_refused(repository):
    path = repository / "guide" / "fr" / "glossary.md"
    lines = path.read_text("utf-8").split("\n")
    path.write_text("\n".join(line for line in lines if "**PRNU**" not in line), encoding="utf-8")
    with pytest.raises(ContrechampError, match=r"unlike numbers of words \(en \d+, fr \d+\)"):
        next(glossary_pages.pages(repository, "en"))


def test_french_pages_carry_french():
    for name, maker in MAKERS.items():
        said = "\n".join(page.source for page in maker.pages(ROOT, "fr"))
        assert left_in_english(name, "fr", said) == []
    assert left_in_english("statistics_page", "fr", statistics_page.page("fr").source) == []
    records = "\n".join(page.source for page in record_pages.pages("fr"))
    for name in ("record_pages", "record_markup"):
        assert left_in_english(name, "fr", records) == []


def test_english_on_a_french_page_is_seen_by_the_test_above():
    assert left_in_english("slides_pages", "fr", "Every deck: For a class without computers.")


def test_no_block_of_a_french_page_of_data_slides_or_glossary_is_english():
    for maker in MAKERS.values():
        for page in maker.pages(ROOT, "fr"):
            assert english_blocks(tree(page)) == [], page.name


@pytest.mark.parametrize(
    ("planted", "seen"),
    [
        ("<p>Model built on traffic and price assumptions.</p>", True),
        ("<dd>one advertiser on the platforms of a firm, two weeks</dd>", True),
        ("<td>arts 6 and 8</td>", True),
        ("<td>Code pénal, texte of the amendment as cited</td>", True),
        ('<dd lang="en">85 websites</dd>', True),
        ('<dd>Unité : <span lang="en">cases</span></dd>', True),
        ("<p>Le comptage de l'Internet Watch Foundation, sur boomlive.in</p>", False),
        ("<td>Règlement (UE) 2022/2065, art. 6 et 8</td>", False),
        ("<td>Take It Down (NCMEC), facts_to_establish.csv</td>", False),
        ("<p>La colonne <code>the name of the record</code> est vide.</p>", False),
        ('<p><a class="cc-language" lang="en" href="#">English</a></p>', False),
        ('<dt id="term-x">empreinte <span class="cc-other">– <span lang="en">hash of a file</span></span></dt>', False),
    ],
)
def test_an_english_block_is_seen_and_a_name_a_title_or_code_is_none(planted, seen):
    page = html.fragment_fromstring(f"<div><p>Ce qui est compté ici.</p>{planted}</div>")
    assert bool(english_blocks(page)) == seen


def test_a_description_of_a_column_without_translation_is_marked_as_english(repository):
    path = repository / "locale" / "fr" / "datasets" / "law" / "card.po"
    path.write_text(path.read_text("utf-8").replace('msgstr "Branche du droit"', 'msgstr ""'), "utf-8")
    page = next(page for page in data_pages.pages(repository, "fr") if page.name == "data/law")
    assert set(english_blocks(tree(page))) == {"Branch of law"}


@pytest.mark.parametrize(
    ("table", "name", "said"),
    [
        ("statistics", "iwf-2024-items", "riskatlas.principle.sg (synthèse de textes d’autres, souvent automatique)"),
        ("statistics", "iwf-2024-half", "boomlive.in (presse)"),
        ("timeline", "us-doj", "une page qui rassemble les textes d’autres ; son adresse est dans sources.csv"),
        ("field-results", "trufor-casia-auc", "vercel.hyper.ai (synthèse de textes d’autres, souvent automatique)"),
    ],
)
def test_a_record_of_grade_b_names_the_report_that_was_read(table, name, said):
    pages = {page.name: page for page in data_pages.pages(ROOT, "fr")}
    there = tree(pages[f"data/{table}"]).get_element_by_id(name)
    lines = {line.find("dt").text: line.find("dd").text_content() for line in there.find("dl")}
    assert " ".join(lines["Compte rendu lu"].replace("\u202f", " ").split()) == said


def test_every_record_of_grade_b_says_what_was_read_and_no_other_does(site):
    lang, pages = site
    head = {"en": "Report read", "fr": "Compte rendu lu"}[lang]
    for table in ("statistics", "timeline", "field_results"):
        grades = {row["id"]: row["grade"] for row in frames.rows("awareness", table)}
        for one in tree(pages[f"data/{table.replace('_', '-')}"]).find_class("cc-record"):
            said = [dd.text for dt, dd in one.find("dl") if dt.text == head]
            assert len(said) == (grades[one.get("id")] == "B") and all(said), one.get("id")
