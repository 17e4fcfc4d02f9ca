"""The site as files: every page in both languages, what each lesson offers, three clicks, sizes, and bad input."""

import dataclasses
import json
import posixpath
import re
from collections import deque
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from docutils import nodes
from lxml import html
from site_texts import english_blocks

from contrechamp.classroom import routes
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext
from contrechamp.site import command, frame, front, lessons, navigation, publish, sound
from contrechamp.site.pages import Page
from contrechamp.site.stage import Stage, led, page_of

LANGS = ("en", "fr")
SPEAKS = {"en": "English", "fr": "Français"}


# ---- the whole site


@pytest.fixture(scope="module")
def trees(web_site):
    """Every page of both languages, parsed, by its path in the site."""
    parser = html.HTMLParser(encoding="utf-8")
    found = {}
    for lang in LANGS:
        for path in sorted((web_site / lang).rglob("*.html")):
            found[path.relative_to(web_site).as_posix()] = html.parse(str(path), parser).getroot()
    return found


def links(tree):
    return [one for one in tree.xpath("//a/@href") if not urlsplit(one).scheme and not one.startswith("#")]


def target(name, link):
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(urlsplit(link).path)))


@pytest.mark.slow
def test_every_page_stands_in_both_languages_and_says_which(trees):
    names = {lang: {name[3:] for name in trees if name.startswith(f"{lang}/")} for lang in LANGS}
    assert names["en"] == names["fr"] and len(names["en"]) > 120
    for name, tree in trees.items():
        assert tree.get("lang") == name[:2], name


@pytest.mark.slow
def test_the_language_switch_leads_to_the_same_page_and_back(trees):
    for name, tree in trees.items():
        other = "fr" if name.startswith("en/") else "en"
        switch = tree.xpath('//a[contains(@class, "cc-language")]')
        assert [target(name, one.get("href")) for one in switch] == [other + name[2:]], name
        assert switch[0].text == SPEAKS[other] and switch[0].get("lang") == switch[0].get("hreflang") == other
        alternates = {one.get("hreflang"): one.get("href") for one in tree.xpath('//link[@rel="alternate"]')}
        assert alternates == {lang: f"https://course.example/{lang}{name[2:]}" for lang in LANGS}


@pytest.mark.slow
def test_help_and_the_way_out_stand_on_every_page(trees):
    for name, tree in trees.items():
        help_now = [target(name, link) for link in tree.xpath("//a/@href")]
        assert f"{name[:2]}/help.html" in help_now or name.endswith("/help.html"), name
        assert tree.xpath('//a[contains(@class, "cc-exit")]/@href') == [publish.EXIT], name


@pytest.mark.slow
def test_the_numbers_in_the_bar_are_those_of_the_table_of_services(trees, root):
    from contrechamp.datasets import load_support

    services = load_support()
    known = set(re.findall(r"\d+", " ".join(services.phone.dropna()[services.country == "FR"])))
    for lang in LANGS:
        bar = trees[f"{lang}/index.html"].xpath('//header[contains(@class, "cc-bar")]//a[1]')[0].text_content()
        shown = set(re.findall(r"\d+", bar))
        assert shown and shown <= known


@pytest.mark.slow
def test_each_number_of_the_card_is_one_touch_away_on_the_page_of_help(trees):
    from contrechamp.datasets import load_support

    services = load_support()
    numbers = ",".join(services.phone.dropna()[services.country == "FR"]).split(",")
    calls = [("sms:" if "SMS" in one else "tel:") + re.sub(r"\D", "", one) for one in numbers]
    assert "sms:114" in calls and "tel:116006" in calls
    for lang in LANGS:
        links = trees[f"{lang}/help.html"].xpath("//article//ol//a")
        links = [link for link in links if link.get("href").startswith(("tel:", "sms:"))]
        assert sorted(link.get("href") for link in links) == sorted(calls)
        assert all(re.sub(r"\D", "", link.text_content()) == link.get("href")[4:] for link in links)


@pytest.mark.slow
def test_titles_are_one_a_page_and_descriptions_are_sentences(trees):
    for lang in LANGS:
        titles = [tree.findtext(".//title") for name, tree in trees.items() if name.startswith(lang)]
        assert len(set(titles)) == len(titles), [one for one in titles if titles.count(one) > 1][:4]
    for name, tree in trees.items():
        if re.match(r"../(lessons|exercises|guide)/", name):
            said = tree.xpath('//meta[@name="description"]/@content')
            assert said and len(said[0]) > 20 and not re.search(r"[*`{}]|\]\(", said[0]), (name, said)


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
def test_a_lesson_offers_notebook_single_page_exercise_quiz_slides_and_its_place_in_the_routes(
    trees, root, lang, web_site
):
    plan = routes.plan()
    for number in lessons.numbers(root, lang):
        name = f"{lang}/lessons/{number}.html"
        offered = {target(name, one) for one in trees[name].xpath('//nav[@class="cc-tools"]//a/@href')}
        assert f"files/one-page/{lang}/{number}.html" in offered and f"{lang}/quiz/{number}.html" in offered
        assert any(re.fullmatch(rf"files/notebooks/{lang}/{number}_\w+\.ipynb", one) for one in offered), name
        if number != "00":
            assert f"{lang}/exercises/{number}.html" in offered
            assert {posixpath.splitext(one)[1] for one in offered if "/slides/" in one} >= {".pptx", ".pdf"}, name
        for route in plan.routes:
            there = f"{lang}/routes/{route.id}.html" in offered
            assert there == (number in route.lessons), (name, route.id)
        for one in offered:
            assert (web_site / one).is_file(), one


def clicks(trees, start, goal):
    """Return how many clicks lead from a page to a file, over links of pages of one language."""
    seen, queue = {start: 0}, deque([start])
    while queue:
        here = queue.popleft()
        if here == goal:
            return seen[here]
        for link in links(trees[here]) if here in trees else ():
            there = target(here, link)
            if there not in seen and there[:3] in (start[:3], "fil"):
                seen[there] = seen[here] + 1
                queue.append(there)
    return None


PATHS = [
    ("help.html", 1),
    ("routes/two-hours.html", 2),
    ("lessons/11.html", 2),
    ("guide/worksheet_base_rate_cards.html", 3),
    ("slides/index.html", 1),
    ("law/deadlines.html", 1),
]


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("goal", "most"), PATHS)
def test_what_people_come_for_is_few_clicks_away(trees, lang, goal, most):
    found = clicks(trees, f"{lang}/index.html", f"{lang}/{goal}")
    assert found is not None and found <= most


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
def test_from_a_route_lesson_worksheet_and_deck_are_one_click_each(trees, lang):
    name = f"{lang}/routes/one-day.html"
    there = {target(name, link) for link in links(trees[name])}
    assert f"{lang}/lessons/02.html" in there and f"{lang}/guide/worksheet_base_rate_cards.html" in there
    deck = f"{lang}/routes/forty-five-minutes.html"
    assert f"files/slides/{lang}/class_45.pptx" in {target(deck, link) for link in links(trees[deck])}


@pytest.mark.slow
def test_solutions_and_answers_stand_on_pages_of_their_own(trees, root):
    for name, tree in trees.items():
        if "/exercises/" in name:
            path = root / "exercises" / name[:2] / "solutions"
            assert not tree.xpath('//div[contains(@class, "cell_output")]'), f"{name} is handed out unrun"
            assert path.is_dir()
        if "/guide/worksheet_" in name:
            answers = (
                (root / "guide" / name[:2] / f"{Path(name).stem}.md").read_text(encoding="utf-8").rsplit("\n## ", 1)
            )
            told = " ".join(tree.xpath("//article")[0].text_content().split())
            sentence = " ".join(answers[1].split("\n\n")[1].split())[:60]
            assert sentence not in told, name


@pytest.mark.slow
def test_code_has_captions_and_every_picture_the_description_of_its_lesson(trees, root):
    for lang in LANGS:
        for path in sorted((root / "notebooks" / lang).glob("[0-9][0-9]_*.ipynb")):
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            said = [
                output["metadata"]["image/png"]["alt"]
                for cell in cells
                for output in cell.get("outputs", [])
                if "image/png" in output.get("data", {})
            ]
            tree = trees[f"{lang}/lessons/{path.name[:2]}.html"]
            shown = tree.xpath('//div[contains(@class, "cell_output")]//img/@alt')
            assert [" ".join(one.split()) for one in shown] == [" ".join(one.split()) for one in said], path.name
            inputs = tree.xpath('//div[contains(@class, "cell_input")]')
            captions = tree.xpath('//div[contains(@class, "cell_input")]//span[@class="caption-text"]')
            assert len(captions) == len(inputs) > 0
            assert captions[0].text_content() == {"en": "Cell 1", "fr": "Cellule 1"}[lang]
            results = tree.xpath('//div[contains(@class, "cell_output")]/p[1][contains(@class, "cc-unseen")]')
            assert len(results) == len(tree.xpath('//div[contains(@class, "cell_output")]'))
            hidden = [" ".join(one.text_content().split()) for one in tree.xpath('//div[@aria-hidden="true"]//pre/..')]
            assert [one for one in hidden if one.endswith(tuple(" ".join(each.split()) for each in said))] == hidden
            assert len(hidden) == len(said), path.name


def cell_output(alt: str, *printed: str):
    """Return what a cell gave, as Sphinx holds it: a picture with its description, and what was printed."""
    output = nodes.container("", classes=["cell_output"])
    output += nodes.image(alt=alt)
    for text in printed:
        output += nodes.literal_block(text, text)
    return output


@pytest.mark.parametrize(("lang", "result"), [("en", "Result of cell 3"), ("fr", "Résultat de la cellule 3")])
def test_a_result_is_told_from_its_code_and_a_picture_is_described_once_to_who_listens(lang, result):
    below = gettext("Figure: {text}", lang).format(text="Two bars.\nThe second is higher.\n")
    output = cell_output("Two bars. The second is higher.", below, "42")
    frame._result(output, 3, lang)
    assert output[0].astext() == result and output[0]["classes"] == ["cc-unseen"]
    assert [node.astext() for node in output[1:]] == [
        "Two bars. The second is higher.",
        '<div aria-hidden="true">',
        below,
        "</div>",
        "42",
    ]
    more = cell_output("Two bars.", below)
    frame._result(more, 3, lang)
    assert [node.astext() for node in more[2:]] == [below], "what the description does not say is kept from nobody"


@pytest.mark.slow
def test_no_page_loads_a_script_for_formulas(trees):
    for name, tree in trees.items():
        assert not [one for one in tree.xpath("//script/@src") if "math" in one.lower()], name


@pytest.mark.slow
def test_a_page_weighs_at_most_a_megabyte_and_a_half_with_all_that_it_loads(web_site, trees):
    for name, tree in trees.items():
        loads = {name, *(target(name, one) for one in tree.xpath("//img/@src | //script/@src"))}
        styles = {target(name, one) for one in tree.xpath('//link[@rel="stylesheet" or @rel="preload"]/@href')}
        weight = sum((web_site / one).stat().st_size for one in loads | styles)
        assert weight <= 1_500_000, (name, weight)


@pytest.mark.slow
def test_nothing_blocks_the_first_paint_but_styles(trees):
    for name, tree in trees.items():
        if name.endswith("search.html"):
            continue
        blocking = [one.get("src") for one in tree.xpath("//script[@src]") if one.get("defer") is None]
        assert not blocking, (name, blocking)


@pytest.mark.slow
def test_the_site_stays_under_sixty_megabytes(web_site):
    assert sum(path.stat().st_size for path in web_site.rglob("*") if path.is_file()) < 60_000_000


@pytest.mark.slow
def test_nothing_stands_in_the_site_beside_its_languages_and_what_they_offer(web_site):
    offered = {"en", "fr", "files", "lite", "index.html", "sitemap.xml", "robots.txt", ".nojekyll", command.MARK}
    assert {path.name for path in web_site.iterdir()} <= offered


@pytest.mark.slow
def test_the_sitemap_has_each_page_once_with_its_alternates(web_site, trees):
    text = (web_site / "sitemap.xml").read_text(encoding="utf-8")
    places = re.findall(r"<loc>https://course\.example/([^<]*)</loc>", text)
    pages = {name for name in trees if not name.endswith("/search.html")}
    assert sorted(places) == sorted(pages)
    assert text.count('hreflang="fr"') == text.count('hreflang="en"') == len(places)


@pytest.mark.slow
def test_no_english_word_of_the_frame_is_left_on_french_pages(trees):
    ours = re.compile(
        r"\b(Help now|Leave this site|Next|Previous|Contents|Skip to|Search|Cell \d|Exercise|Take it|Menu:|In the)\b"
    )
    for name, tree in trees.items():
        if not name.startswith("fr/"):
            continue
        for part in tree.xpath("//header | //nav | //footer | //*[contains(@class, 'code-block-caption')]"):
            said = part.text_content()
            assert not ours.search(said), (name, ours.search(said)[0])
        names = [one for one in tree.xpath("//@aria-label | //@title | //@placeholder")]
        assert not [one for one in names if re.search(r"\b(Toggle|Search|Link to|Previous|Skip|the)\b", one)], name


@pytest.mark.slow
def test_no_block_of_a_french_page_is_english(trees):
    left = {name: texts for name, tree in trees.items() if name[:3] == "fr/" and (texts := english_blocks(tree))}
    assert left == {}


@pytest.mark.slow
@pytest.mark.parametrize(("lang", "word", "page"), [("en", "demosa", "lessons/08"), ("fr", "dématriç", "lessons/08")])
def test_the_search_index_knows_the_terms_of_lessons(web_site, lang, word, page):
    text = (web_site / lang / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(text[text.index("(") + 1 : text.rindex(")")])
    known = [one for one in index["terms"] if one.startswith(word)]
    found = set()
    for one in known:
        places = index["terms"][one]
        found |= {index["docnames"][at] for at in (places if isinstance(places, list) else [places])}
    assert page in found


# ---- bad input


def stage(root, *pages, lang="en", made=None):
    named = {page.name: page for page in pages}
    tree = {"All": [navigation.Entry(name) for name in named if name != "index"]}
    return Stage(root, lang, navigation.with_lists(named, tree), tree, made or {})


def small(text="Text.\n", name="about", **more):
    index = Page("index", "# Home\n\nHello.\n", "README.md")
    others = [Page(one, f"# {one}\n\nText.\n", "README.md") for one in ("help", "about") if one != name]
    return [index, *others, Page(name, f"# A page\n\n{text}", "guide/en/care.md", **more)]


def build(root, tmp_path, *pages):
    made = stage(root, *pages)
    source, to = tmp_path / "source", tmp_path / "site" / "en"
    source.mkdir()
    publish.build(made, source, to, "", ["en"])
    publish.copy_files(root, made.wanted, made.made, tmp_path / "site")
    sound.check(tmp_path / "site")
    return to


def test_a_page_becomes_html_with_formula_link_and_file(root, tmp_path):
    text = "See [help](page:help), [the law](../../LICENSE) and $x^2$.\n\n"
    text += '```{raw} html\n<p><a href="page:help">x</a></p>\n```\n'
    tree = html.parse(str(build(root, tmp_path, *small(text)) / "about.html")).getroot()
    found = tree.xpath("//article//a/@href")
    assert found.count("help.html") == 2 and "../files/LICENSE" in found
    assert (tmp_path / "site" / "files" / "LICENSE").is_file()
    assert tree.xpath("//article//*[local-name()='math']") and not list((tmp_path / "site").rglob("*fontawesome.js"))


LINKS = [
    ("[x](nothing.md)", "guide/en/care.md (en): the link nothing.md leads nowhere."),
    ("[x](page:lessons/99)", "the link page:lessons/99 leads nowhere."),
    ("[x](/datasets/none.csv)", "the link /datasets/none.csv leads nowhere."),
]


@pytest.mark.parametrize(("text", "says"), LINKS)
def test_a_link_that_leads_nowhere_stops_the_build_and_names_the_file(root, tmp_path, text, says):
    with pytest.raises(ContrechampError, match=re.escape(says)):
        build(root, tmp_path, *small(text + "\n"))


def test_a_link_to_a_place_that_a_page_has_not_is_found(root, tmp_path):
    with pytest.raises(
        ContrechampError, match=r"about\.html: the link help\.html#nowhere leads to a page that has no place"
    ):
        build(root, tmp_path, *small("[x](page:help#nowhere)\n"))


FAULTS = [
    ('<img src="../files/x.png" alt="x.png">', "has no description of its own"),
    ('<img src="../files/x.png">', "has no description of its own"),
    ('<script src="https://cdn.example/x.js"></script>', "would fetch https://cdn.example/x.js"),
    ('<img src="//cdn.example/x.png" alt="A drawing.">', "would fetch //cdn.example/x.png"),
    ('<link rel="stylesheet" href="https://cdn.example/x.css">', "would fetch https://cdn.example/x.css"),
    ('<a href="gone.html">x</a>', "the link gone.html leads nowhere"),
    ('<a href="page:help">x</a>', "the link page:help leads nowhere: no browser knows page:"),
    ('<a href="cc-page:help">x</a>', "the link cc-page:help leads nowhere: no browser knows cc-page:"),
    ('<a href="javascript:go()">x</a>', "the link javascript:go() leads nowhere"),
    ('<article><img src="../files/x.png" alt=""></article>', "has no description of its own"),
    ('<article><p><img src="../files/x.png" alt=" "></p></article>', "has no description of its own"),
]
SOUND = [
    '<a href="https://a.example/">x</a> <a href="http://a.example/">x</a> <a href="mailto:a@b.example">x</a>',
    '<a href="tel:3018">x</a> <a href="sms:114">x</a> <a href="data:text/plain,x">x</a> <a href="//a.example/">x</a>',
    '<article><img src="../files/x.png" alt="" role="presentation"></article>',
    '<header><img src="../files/x.png" alt=""></header>',
]


@pytest.mark.parametrize(("planted", "says"), FAULTS)
def test_a_planted_fault_stops_the_site(tmp_path, planted, says):
    (tmp_path / "en").mkdir()
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "x.png").write_bytes(b"x")
    page = tmp_path / "en" / "index.html"
    page.write_text(
        '<html lang="en"><body><h1>x</h1><img src="../files/x.png" alt="A drawing of a pot."></body></html>'
    )
    sound.check(tmp_path)
    page.write_text(f'<html lang="en"><body><h1>x</h1>{planted}</body></html>')
    with pytest.raises(ContrechampError, match=re.escape(says)):
        sound.check(tmp_path)


@pytest.mark.parametrize("body", SOUND)
def test_links_that_a_browser_knows_and_decorations_are_no_fault(tmp_path, body):
    (tmp_path / "en").mkdir()
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "x.png").write_bytes(b"x")
    (tmp_path / "en" / "index.html").write_text(f'<html lang="en"><body><h1>x</h1>{body}</body></html>')
    sound.check(tmp_path)


def test_a_fault_that_sphinx_finds_stops_the_build_and_names_the_page(root, tmp_path):
    with pytest.raises(ContrechampError, match=r"1 faults? in the pages.*\n.*about\.md"):
        build(root, tmp_path, *small("```{nonsense}\n```\n"))


@pytest.fixture
def planted(repository):
    """A function that changes a lesson of a copy and returns the pages of the copy."""

    def change(edit):
        path = next((repository / "notebooks" / "en").glob("02_*.ipynb"))
        book = json.loads(path.read_text(encoding="utf-8"))
        edit(book)
        path.write_text(json.dumps(book), encoding="utf-8")
        plan = dataclasses.replace(routes.plan(), routes=())
        return list(lessons.pages(repository, "en", plan))

    return change


def last_cell_unrun(book):
    [*_, last] = [cell for cell in book["cells"] if cell["cell_type"] == "code" and cell["source"]]
    last["execution_count"] = None


def unrun(book):
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            cell.update(execution_count=None, outputs=[])


def undescribed(book):
    for cell in book["cells"]:
        for output in cell.get("outputs", []):
            output.get("metadata", {}).pop("image/png", None)


def headless(book):
    del book["cells"]


BROKEN = [
    (unrun, r"notebooks/en/02_\w+\.ipynb has no outputs: it was never run\. Build it: contrechamp build 02"),
    (last_cell_unrun, r"notebooks/en/02_\w+\.ipynb, code cell \d+: it was not run\. Build it: contrechamp build 02"),
    (undescribed, r"notebooks/en/02_\w+\.ipynb, code cell \d+: the picture has no description\."),
    (headless, r"notebooks/en/02_\w+\.ipynb is not a notebook"),
]


@pytest.mark.parametrize(("edit", "says"), BROKEN, ids=[edit.__name__ for edit, _ in BROKEN])
def test_a_lesson_without_outputs_or_description_is_refused_by_its_name(planted, edit, says):
    with pytest.raises(ContrechampError, match=says):
        planted(edit)


def test_a_solution_with_a_cell_that_has_not_run_is_refused_and_an_exercise_is_not(repository):
    plan = dataclasses.replace(routes.plan(), routes=())
    for folder in ("exercises/en", "exercises/en/solutions"):
        path = next((repository / folder).glob("02_*_*.ipynb"))
        book = json.loads(path.read_text(encoding="utf-8"))
        last_cell_unrun(book)
        path.write_text(json.dumps(book), encoding="utf-8")
        if folder.endswith("en"):
            assert "exercises/02" in {page.name for page in lessons.pages(repository, "en", plan)}
    with pytest.raises(ContrechampError, match=r"exercises/en/solutions/02_\w+\.ipynb, code cell \d+: it was not run"):
        list(lessons.pages(repository, "en", plan))


def test_a_whole_lesson_is_a_page_with_its_description(planted):
    pages = {page.name: page for page in planted(lambda book: None)}
    assert "lessons/02" in pages and "solutions/02_alternative" in pages
    assert pages["lessons/02"].description.startswith("The answer to come: webpages")


def test_no_lessons_are_said_to_be_missing(tmp_path):
    with pytest.raises(ContrechampError, match="notebooks/en holds no lessons"):
        list(lessons.pages(tmp_path, "en", routes.plan()))


def test_a_page_missing_in_a_language_is_named(root):
    stages = {"en": stage(root, *small()), "fr": stage(root, *small()[:2], lang="fr")}
    with pytest.raises(ContrechampError, match=r"The page about \(guide/en/care\.md\) is missing in fr"):
        command._same_everywhere(stages)


def test_a_folder_that_holds_something_else_is_left_as_it_is(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(ContrechampError, match="is no site of ours"):
        command.main("en", str(tmp_path))
    assert (tmp_path / "mine.txt").read_text() == "keep"


@pytest.mark.parametrize(
    "url",
    [
        "course.example", "https://", "https:///course", "ftp://course.example", "https://course.example/?a=1",
        "https://course.example/?", "https://course.example/#top", "https://course.example/#", 'https://a.example/"x',
        "https://a.example/'x", "https://a.example/a b", " https://a.example", "https://a.example/\n", "https://[a/",
        "", "https://:80/",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(tmp_path, url, monkeypatch):
    monkeypatch.setattr(command, "_write", lambda *_: pytest.fail("it went on"))
    with pytest.raises(ContrechampError) as caught:
        command.main("en", str(tmp_path / "site"), url=url)
    says = f"--url takes the address of the site, with https:// before it and nothing after its path; not {url!r}."
    assert str(caught.value) == says and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["https://course.example", "http://a.example:8080/course/", "https://a.example/é%20b/"])
def test_an_address_of_the_web_is_taken_with_one_slash_at_its_end(tmp_path, url, monkeypatch):
    taken = []
    monkeypatch.setattr(command, "_write", lambda _root, _to, url, _in_browser: taken.append(url))
    assert command.main("en", str(tmp_path / "site"), url=url) == 0
    assert taken == [url.rstrip("/") + "/"]


def test_a_failed_build_leaves_the_earlier_site(tmp_path, monkeypatch):
    place = tmp_path / "site"
    place.mkdir()
    (place / command.MARK).touch()
    (place / "index.html").write_text("earlier")

    def fail(*_):
        raise ContrechampError("no")

    monkeypatch.setattr(command, "_write", fail)
    with pytest.raises(ContrechampError):
        command.main("en", str(place))
    assert (place / "index.html").read_text() == "earlier" and [path.name for path in tmp_path.iterdir()] == ["site"]


# ---- small parts


def test_links_in_code_are_left_as_they_are():
    text = '[a](x.md)\n```python\nf(a)[b](x.md)\n```\n```{raw} html\n<a href="x.md">\n```\n'
    assert led(text, lambda one: one.upper()) == text.replace("[a](x.md)", "[a](X.MD)").replace('"x.md"', '"X.MD"')


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("notebooks/fr/02_one_number_five_questions.ipynb", "lessons/02"),
        ("exercises/en/05_editing_without_asking_alternative.ipynb", "exercises/05_alternative"),
        ("exercises/en/solutions/05_editing_without_asking.ipynb", "solutions/05"),
        ("guide/fr/care.md", "guide/care"),
        ("datasets/law/card.md", "data/law"),
        ("slides/en/class_45.pptx", None),
    ],
)
def test_files_of_the_repository_have_permanent_pages(path, name):
    assert page_of(path) == name


def test_the_tree_holds_every_page_once(root):
    names = list(command.collect(root, "fr"))
    tree = navigation.tree(names, root, "fr")
    found = [one.name for entries in tree.values() for entry in entries for one in (entry, *entry.below)]
    assert sorted(found) == sorted(set(names) - {"index"})


def test_a_route_page_has_every_step_with_its_minutes(root):
    plan = routes.plan()
    pages = {page.name: page for page in front.pages(root, "en", plan)}
    for route in plan.routes:
        text = pages[f"routes/{route.id}"].source
        for at, step in route.timed():
            assert f"**{at}–{at + step.whole} · " in text
