"""The web site in a real browser that reaches nothing outside: every page, both languages, from a server and a folder.

The site is built once (``web_site`` in conftest), or taken from ``CONTRECHAMP_WEB_SITE`` while one works on these
tests; ``CONTRECHAMP_EVERY=10`` then looks at each tenth page only.
"""

import json
import os
import re
import urllib.request
from collections import Counter
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import nbformat
import pytest
from browser_room import ROOT, faults, served
from lxml.html import fromstring

pytestmark = pytest.mark.slow

LANGS = ("en", "fr")
OTHER = {"en": "fr", "fr": "en"}
HEAVIEST = 1_500_000  # bytes of a lesson with all that it loads, without a cache
SHOTS = ROOT / ".contrechamp" / "screenshots"
LOOKED_AT = ("index", "help", "lessons/00", "lessons/02", "lessons/13", "exercises/02", "quiz/02", "routes/two-hours",
             "law/index", "law/deadlines")  # fmt: skip


@pytest.fixture(scope="module")
def site(web_site):
    """The folder of the built site."""
    return web_site


@pytest.fixture(scope="module")
def base(site):
    with served(site) as address:
        yield address


@pytest.fixture(scope="module")
def names(site):
    """Names of all pages, without language and ending: ``lessons/02``; the same in each language."""
    found = {lang: {path.relative_to(site / lang).with_suffix("").as_posix() for path in (site / lang).rglob("*.html")
                    if "_static" not in path.parts} for lang in LANGS}  # fmt: skip
    assert found["en"] == found["fr"] and len(found["en"]) > 100
    return sorted(found["en"])


@pytest.fixture(scope="module")
def told(browser, base, names):
    """What the audit found, by language and name. The long part of this file: all tests of every page share it."""
    wanted = names[:: int(os.environ.get("CONTRECHAMP_EVERY", "1"))]
    found = {}
    for lang in LANGS:
        audited = browser.audit([f"{base}/{lang}/{name}.html" for name in wanted])
        found |= {(lang, name): each for name, each in zip(wanted, audited, strict=True)}
    return found


def listed(pages):
    """Return faults by page as lines, those that many pages share only once, with how many have them."""
    count = Counter(re.sub(r"\(\d+\)|http://127\S*/", "", fault) for found in pages.values() for fault in found)
    where = {}
    for page, found in pages.items():
        for fault in found:
            where.setdefault(re.sub(r"\(\d+\)|http://127\S*/", "", fault), page)
    return [f"{number} x, first on {where[fault]}: {fault}" for fault, number in count.most_common()]


# ---- every page -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_no_page_has_a_fault(told, lang):
    """Console, outside requests, WCAG 2.2 A and AA in light and dark, 360 and 320 pixels, landmarks, focus, storage."""
    found = {name: faults(each, lang) for (of, name), each in told.items() if of == lang}
    lines = listed(found)
    assert not lines, "\n".join(lines)


def test_the_dark_follows_the_system_on_every_page(told):
    assert {page: each["dark"] for page, each in told.items() if each["dark"] != "followed"} == {}


def test_the_choice_of_language_has_no_fault(browser, base):
    assert faults(browser.audit([f"{base}/index.html"])[0], "en") == []


@pytest.mark.parametrize("lang", LANGS)
def test_each_page_has_a_title_of_its_own_in_its_language(told, lang):
    titles = Counter(each["title"] for (of, _), each in told.items() if of == lang)
    assert [title for title, count in titles.items() if count > 1] == []


def test_a_lesson_weighs_what_a_telephone_can_load(told, site):
    def weight(lang, name, each):
        files = {re.sub(r"^http://[^/]+/", "", address).split("?")[0] for address in each["resources"]}
        return sum((site / file).stat().st_size for file in files | {f"{lang}/{name}.html"} if (site / file).is_file())

    weights = {(lang, name): weight(lang, name, each) for (lang, name), each in told.items() if "lessons" in name}
    assert max(weights.values()) <= HEAVIEST, max(weights.items(), key=lambda pair: pair[1])


def test_nothing_is_blank_without_scripts(browser, base, names):
    for lang in LANGS:
        for each in browser.without_scripts([f"{base}/{lang}/{name}.html" for name in names if name != "search"]):
            assert each["words"] > 30 and each["heading"], each


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 900, 1280])
def test_without_scripts_the_way_out_has_a_ground_of_its_own_and_no_button_is_dead(browser, base, width, scheme):
    with browser.open(f"{base}/fr/quiz/02.html", width=width, javascript=False, scheme=scheme) as page:
        for part in (".cc-exit", ".cc-bar") if width < 960 else (".cc-bar", ".bd-header-article"):
            ground = page.evaluate(f"getComputedStyle(document.querySelector('{part}')).backgroundColor")
            fixed = page.evaluate(f"/fixed|sticky/.test(getComputedStyle(document.querySelector('{part}')).position)")
            assert not fixed or not re.search(r", 0\)$", ground), f"what is read runs through {part}"
        live = "[...document.querySelectorAll('button:not([type=submit])')]"
        shown = f"{live}.filter(e => e.checkVisibility({{visibilityProperty: true}}))"
        assert page.evaluate(f"{shown}.map(e => e.innerText)") == []


def test_pictures_of_lessons_have_our_descriptions_in_their_language(site, root):
    class Images(HTMLParser):
        def __init__(self):
            super().__init__()
            self.found = []

        def handle_starttag(self, tag, attrs):
            if tag == "img":
                self.found.append(dict(attrs).get("alt"))

    seen = 0
    for lang in LANGS:
        for path in sorted((root / "notebooks" / lang).glob("[0-9][0-9]_*.ipynb")):
            outputs = [out for cell in nbformat.read(path, 4).cells for out in cell.get("outputs", ())]
            ours = [out.metadata["image/png"]["alt"] for out in outputs if "image/png" in out.get("data", {})]
            parser = Images()
            parser.feed((site / lang / "lessons" / f"{path.name[:2]}.html").read_text(encoding="utf-8"))
            assert [" ".join(alt.split()) for alt in parser.found] == [" ".join(alt.split()) for alt in ours], path
            seen += len(ours)
    assert seen > 40


# ---- what a reader does ---------------------------------------------------------------------------------------------


def quiet(page):
    """Say that nothing went wrong on a page, and that nobody outside was asked."""
    assert page.seen() == {"console": [], "errors": [], "outside": [], "failed": []}


def path(page):
    """Return where the browser is, from the root of the site: ``en/lessons/02``."""
    return re.search(r"((?:en|fr)/[^?#]*)\.html", page.url())[1]


@pytest.fixture(params=["server", "folder"])
def start(request, site, base):
    """The root of the site, from a server and from a folder."""
    return base if request.param == "server" else site.as_uri()


@pytest.mark.parametrize("name", ["index", "lessons/02", "quiz/05", "routes/two-hours", "law/index", "guide/care"])
def test_the_language_switch_stays_on_the_page_and_comes_back(browser, start, name):
    with browser.open(f"{start}/fr/{name}.html") as page:
        page.click(".cc-language")
        page.wait_for("document.readyState === 'complete' && document.documentElement.lang === 'en'")
        assert path(page) == f"en/{name}"
        page.click(".cc-language")
        page.wait_for("document.readyState === 'complete' && document.documentElement.lang === 'fr'")
        assert path(page) == f"fr/{name}"
        quiet(page)


def test_the_first_page_offers_both_languages(browser, start):
    for lang in LANGS:
        with browser.open(f"{start}/index.html") as page:
            page.click(f"a[hreflang={lang}]")
            page.wait_for("document.readyState === 'complete' && location.pathname.includes('/index')")
            assert path(page) == f"{lang}/index" and page.evaluate("document.documentElement.lang") == lang
            quiet(page)


@pytest.mark.parametrize(
    ("lang", "words", "leads"),
    [("en", "watermark", "lessons/13"), ("fr", "filigrane", "lessons/13"), ("fr", "détecteur", "lessons/10"),
     ("en", "StopNCII", "lessons/16")],
)  # fmt: skip
def test_the_search_finds_a_lesson(browser, start, lang, words, leads):
    with browser.open(f"{start}/{lang}/lessons/00.html") as page:
        page.fill(".cc-search input", words)
        page.focus(".cc-search input")
        page.press("Enter")
        page.wait_for(f"document.querySelector(`#search-results a[href*='{leads}.html']`)")
        page.click(f"#search-results a[href*='{leads}.html']")
        page.wait_for("document.readyState === 'complete' && document.querySelector('.bd-article h1')")
        assert path(page) == f"{lang}/{leads}"
        quiet(page)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("name", "closed"),
    [("quiz/02", "details"), ("quiz/17", "details"), ("solutions/02", "div[contains(@class,'cell')]")],
)
def test_a_result_of_the_search_quotes_no_closed_answer_and_no_solution(browser, base, site, lang, name, closed):
    main = fromstring((site / lang / f"{name}.html").read_bytes()).xpath('//*[@role="main"]')[0]
    kept = [each.text_content() for each in main.xpath(f".//{closed}")]
    for each in main.xpath(f".//{closed}"):
        each.drop_tree()
    shown = main.text_content().lower()
    words = re.findall(r"[a-zà-ÿ]{7,}", " ".join(kept).lower())
    rare = sorted({word for word in words if word not in shown})
    assert len(rare) > 5, "nothing is closed here: the test would look at nothing"
    with browser.open(f"{base}/{lang}/search.html") as page:
        said = page.evaluate(
            f"""(async () => {{
              const source = await (await fetch("{name}.html")).text();
              return {json.dumps(rare)}.map(word => Search.makeSearchSummary(source, new Set([word]), "").textContent);
            }})()"""
        )
    assert len(said) == len(rare) and all(said)
    assert not [word for word, told in zip(rare, said, strict=True) if word in told.lower()]


def test_a_result_of_the_search_still_quotes_the_words_that_a_page_shows(browser, base):
    with browser.open(f"{base}/en/search.html?q=fingerprint") as page:
        page.wait_for("/fingerprint/i.test(document.querySelector('#search-results p.context')?.innerText ?? '')")
        quiet(page)


def test_a_search_for_nothing_known_says_so(browser, base):
    with browser.open(f"{base}/fr/search.html?q=zzxqy") as page:
        page.wait_for("/aucun|pas /i.test(document.querySelector('#search-results').innerText)")


@pytest.mark.parametrize("way", ["click", "keyboard", "shift"])
def test_leaving_is_immediate_and_back_does_not_return(browser, base, way):
    with browser.open("about:blank") as page:
        page.goto(f"{base}/en/lessons/03.html")
        if way == "click":
            page.evaluate("document.querySelector('.cc-exit').click()")
        elif way == "keyboard":
            page.focus(".cc-exit")
            page.press("Enter")
        else:
            for _ in range(3):
                page.press("Shift")
        page.wait_for_timeout(800)
        assert "lessons/03" not in page.url(), "the page is still there"
        # The exit is a neutral site; where the machine says that it has no network, a blank page.
        asked = [address for address in page.seen()["outside"] if "wikipedia.org" in address]
        assert asked or page.url() == "about:blank"
        page.go_back()
        page.wait_for_timeout(300)
        assert "lessons/03" not in page.url(), "the button back brings the page back"


def test_shift_in_ordinary_typing_does_not_leave(browser, base):
    with browser.open(f"{base}/en/search.html") as page:
        page.focus("input[name=q]")
        for key in ("Shift+A", "Shift+B", "Shift+C", "Shift+D"):
            page.press(key)
        page.wait_for_timeout(300)
        assert path(page) == "en/search"


def test_the_choice_of_colours_is_said_kept_and_nothing_else_is(browser, base):
    with browser.open(f"{base}/en/help.html") as page:
        theme = "document.documentElement.dataset.theme"
        seen = []
        for _ in range(3):
            page.click(".cc-theme")
            seen.append((page.evaluate(theme), page.inner_text(".cc-theme")))
        assert [each[0] for each in seen] == ["light", "dark", "light"]
        assert len({each[1] for each in seen}) == 3, "the button says which is chosen"
        page.click(".cc-theme")
        page.click(".cc-theme")
        page.goto(f"{base}/en/lessons/00.html")
        assert page.evaluate(theme) == "dark"
        assert set(page.evaluate("Object.keys(localStorage)")) <= {"mode", "theme"}
        assert page.evaluate("document.cookie + Object.keys(sessionStorage)") == ""


@pytest.mark.parametrize("lang", LANGS)
def test_a_page_that_opens_says_nothing_by_itself_and_its_drawn_signs_are_not_read_out(browser, base, site, lang):
    bar = (site / lang / "lessons" / "02.html").read_text(encoding="utf-8").split("</header>")[0]
    assert 'class="cc-theme' in bar and "aria-live" not in bar, "the name of the colours was said on each page"
    with browser.open(f"{base}/{lang}/lessons/02.html", lang=lang) as page:
        live = page.evaluate("document.querySelectorAll('.cc-theme [aria-live=polite]').length")
        assert live == 1, "once the page is there, a change of colours is said"
        signs = [(".cc-theme span", "before"), (".left-prev p", "before"), (".right-next p", "after")]
        for place, side in signs:
            place = place.replace(" p", " p.prev-next-title")
            drawn = page.evaluate(f"getComputedStyle(document.querySelector('{place}'), '::{side}').content")
            assert re.fullmatch(r'".+" / " ?"', drawn), (place, drawn)
        columns = (
            "[...document.querySelectorAll('.bd-sidebar-primary, .bd-sidebar-secondary')].map(one => one.tabIndex)"
        )
        assert page.evaluate(columns) == [-1, -1], "a stop of the Tab key without a name is silence"
        quiet(page)


# ---- law ------------------------------------------------------------------------------------------------------------

ROWS = "[...document.querySelectorAll('tr[data-record]')].filter(row => row.checkVisibility()).map(row => row.id)"


@pytest.mark.parametrize("lang", LANGS)
def test_the_filter_of_the_law_shows_what_was_asked_and_says_how_much(browser, base, lang):
    from contrechamp.law import select

    with browser.open(f"{base}/{lang}/law/index.html") as page:
        every = page.evaluate(ROWS)
        assert len(every) > 60
        page.select_option("#law-filter [name=place]", "FR")
        page.wait_for(f"{ROWS}.length < {len(every)}")
        chosen = page.evaluate(ROWS)
        assert set(select(jurisdiction="FR").index) <= set(chosen) < set(every)
        assert str(len(chosen)) in page.inner_text("#law-count")
        assert "place=FR" in page.url()
        page.fill("#law-filter [name=words]", "zzxqy")
        page.wait_for(f"{ROWS}.length === 0")
        assert len(page.inner_text("#law-count")) > 20
        page.click("#law-filter button[type=reset]")
        page.wait_for(f"{ROWS}.length === {len(every)}")
        quiet(page)


@pytest.mark.parametrize("lang", LANGS)
def test_a_record_in_the_address_is_shown_and_an_unknown_one_is_said(browser, start, lang):
    with browser.open(f"{start}/{lang}/law/index.html") as page:
        record = page.evaluate(f"{ROWS}[20]")
        page.goto("about:blank")
        page.goto(f"{start}/{lang}/law/index.html#{record}")
        box = f"document.getElementById('{record}').getBoundingClientRect()"
        page.wait_for(f"{box}.top >= 0 && {box}.top < innerHeight")
        page.goto("about:blank")
        page.goto(f"{start}/{lang}/law/index.html#fr-no-such-record")
        page.wait_for("document.getElementById('law-count').innerText.includes('fr-no-such-record')")
        assert len(page.inner_text("#law-count")) > 60, "it says what to do"
        page.goto(f"{start}/{lang}/law/index.html?place=ZZ")
        page.wait_for("document.getElementById('law-count').innerText.includes('ZZ')")
        quiet(page)


@pytest.mark.parametrize("lang", LANGS)
def test_the_calculator_says_what_the_library_says(browser, base, lang):
    from contrechamp.law.deadlines import deadlines

    with browser.open(f"{base}/{lang}/law/deadlines.html") as page:
        records = page.evaluate("[...document.querySelectorAll('#law-clock [name=record] option')].map(o => o.value)")
        began = datetime(2026, 12, 2, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))
        # A clock in hours that ends at one moment.
        found = ((record, each) for record in filter(None, records) for each in deadlines(record, "2026-12-02T10:00",
                 tz="Europe/Paris", lang=lang))  # fmt: skip
        record, line = next((record, each) for record, each in found if each.due)
        assert line.due > began
        page.select_option("#law-clock [name=record]", record)
        page.fill("#law-clock [name=day]", "2026-12-02")
        page.fill("#law-clock [name=time]", "10:00")
        page.click("#law-clock button[type=submit]")
        page.wait_for("document.querySelectorAll('#law-answer table tr').length > 1")
        local = line.due.astimezone(ZoneInfo("Europe/Paris"))
        said = page.inner_text("#law-answer")
        assert str(local.day) in said and str(local.year) in said and f"{local:%H:%M}" in said, said
        page.select_option("#law-clock [name=record]", "")
        page.wait_for("!document.querySelector('#law-answer table')")
        assert len(page.inner_text("#law-count")) > 10
        quiet(page)


# ---- keyboard, small windows, paper ---------------------------------------------------------------------------------


def tab_to(page, wanted, most=150):
    """Press Tab until what has the focus fulfils a JavaScript expression on ``e``; each stop must show."""
    for _ in range(most):
        page.press("Tab")
        where = page.focused()
        if not page.focus_shows():
            page.wait_for_timeout(300)  # the way past the menu slides in
        assert page.focus_shows(), f"the focus does not show on {where!r} ({page.url()})"
        if page.evaluate(f"(e => {wanted})(document.activeElement)"):
            return where
    pytest.fail(f"{most} times Tab did not reach {wanted} on {page.url()}")


@pytest.mark.parametrize("lang", LANGS)
def test_a_lesson_and_a_quiz_need_no_mouse(browser, base, lang):
    with browser.open(f"{base}/{lang}/index.html", lang=lang) as page:
        tab_to(page, "e.hash === '#main-content'", 1)  # the first stop of each page skips what all pages have
        page.press("Enter")
        tab_to(page, "e.pathname?.endsWith('/lessons/02.html') && !!e.closest('main')", 60)
        page.press("Enter")
        page.wait_for("document.readyState === 'complete' && location.pathname.endsWith('/lessons/02.html')")
        tab_to(page, "e.hash === '#main-content'", 1)
        page.press("Enter")
        tab_to(page, "e.pathname?.endsWith('/quiz/02.html')")
        page.press("Enter")
        page.wait_for("document.readyState === 'complete' && location.pathname.endsWith('/quiz/02.html')")
        tab_to(page, "e.hash === '#main-content'", 1)
        page.press("Enter")
        tab_to(page, "e.type === 'radio'", 60)
        page.press("Space")
        page.press("ArrowDown")
        assert page.evaluate("document.activeElement.checked") and page.focus_shows()
        tab_to(page, "e.tagName === 'BUTTON' && !!e.closest('.cc-question')", 5)
        page.press("Enter")
        page.wait_for("document.querySelector('.cc-verdict').innerText.length > 40")
        assert page.evaluate("document.querySelector('.cc-verdict').getAttribute('role')") == "status"
        quiet(page)


@pytest.mark.parametrize("width", [320, 360])
def test_the_menu_of_a_small_window_opens_and_closes_by_keyboard(browser, base, width):
    with browser.open(f"{base}/fr/lessons/02.html", width=width, height=640) as page:
        shown = "document.querySelector('.cc-nav').checkVisibility({visibilityProperty: true})"
        assert page.evaluate(shown) is False
        page.focus(".primary-toggle")
        page.press("Enter")
        page.wait_for(f"{shown} && document.querySelector('dialog').open")
        page.wait_for_timeout(400)
        tab_to(page, "!!e.closest('.cc-nav')", 12)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.press("Escape")
        page.wait_for("!document.querySelector('dialog').open")
        page.wait_for_timeout(200)
        assert page.evaluate("document.activeElement.classList.contains('primary-toggle')"), page.focused()
        quiet(page)


def test_paper_has_the_lesson_without_what_leads_around(browser, base):
    with browser.open(f"{base}/en/lessons/02.html", scheme="dark") as page:
        page.emulate_media({"media": "print"})
        shown = (
            "(s) => [...document.querySelectorAll(s)].filter(e => e.checkVisibility({visibilityProperty: true})).length"
        )
        for around in (".cc-bar", ".cc-nav", ".cc-search", ".prev-next-footer", ".bd-sidebar-secondary", ".cc-toggle"):
            assert page.evaluate(f"({shown})('{around}')") == 0, around
        assert page.evaluate(f"({shown})('h1')") == 1 and page.evaluate(f"({shown})('.bd-article img')") > 0
        assert page.evaluate(f"({shown})('.bd-article pre')") > 5
        ink = (
            "getComputedStyle(document.querySelector('.bd-article p')).color.match(/[\\d.]+/g).slice(0, 3).map(Number)"
        )
        assert max(page.evaluate(ink)) < 100, "dark paper: the ink of the screen would be white"


# ---- ways through the site ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("route", "goal"),
    [("one-day", "lessons/"), ("two-hours", "guide/worksheet_"), ("forty-five-minutes", ".pptx")],
)
@pytest.mark.parametrize("lang", LANGS)
def test_a_teacher_reaches_lesson_worksheet_and_deck_in_three_clicks(browser, start, site, lang, route, goal):
    with browser.open(f"{start}/{lang}/index.html") as page:
        for name in ("routes/index", f"routes/{route}"):
            page.click(f"main a[href$='{name.split('/')[1] if name.endswith(route) else name}.html']")
            page.wait_for(f"document.readyState === 'complete' && location.pathname.endsWith('/{lang}/{name}.html')")
        third = f"main a[href*='{goal}']"
        leads = page.evaluate(f"document.querySelector(`{third}`).href").removeprefix(f"{start}/")
        if goal == ".pptx":
            assert (site / leads).stat().st_size > 20_000
        else:
            page.click(third)
            page.wait_for(f"document.readyState === 'complete' && location.href.startsWith('{start}/{leads}')")
            assert page.inner_text("h1")
        quiet(page)


@pytest.mark.parametrize("lang", LANGS)
def test_help_is_one_click_from_every_page_and_has_its_numbers(browser, start, lang, names):
    with browser.open(f"{start}/{lang}/index.html") as page:
        page.click(".cc-bar a")
        page.wait_for("document.readyState === 'complete' && location.pathname.endsWith('/help.html')")
        text = page.inner_text("main")
        assert all(number in text for number in ("3018", "119", "17", "112"))
    for name in names:
        html = (Path(start.removeprefix("file://")) / lang / f"{name}.html").read_text() if start[0] == "f" else None
        if html:
            bar = html[html.index('class="cc-bar"') :][:3000]
            assert re.search(r'href="[^"]*help\.html"|href="#"', bar) and "3018" in bar and "cc-exit" in bar, name


def test_what_a_lesson_offers_can_be_fetched(base, site):
    """Notebook, exercise, deck, single file: each link to a file gives one."""
    for lang in LANGS:
        html = (site / lang / "lessons" / "02.html").read_text(encoding="utf-8")
        files = {link for link in re.findall(r'href="(\.\./\.\./files/[^"#]+)"', html)}
        assert {Path(file).suffix for file in files} >= {".ipynb", ".html"}, files
        for file in files:
            with urllib.request.urlopen(f"{base}/{lang}/lessons/{file}") as answer:
                assert answer.status == 200 and int(answer.headers["Content-Length"]) > 1000


# ---- reading order --------------------------------------------------------------------------------------------------


def spoken(page, selector):
    """Return what a screen reader meets, in its order, from the browser's tree of accessibility: lines "role name"."""
    return [line.strip(" -'").rstrip(":'") for line in page.aria_snapshot(selector).splitlines() if line.strip(" -")]


@pytest.mark.parametrize("lang", LANGS)
def test_a_lesson_is_read_aloud_in_its_order(browser, base, root, lang):
    notebook = nbformat.read(next((root / "notebooks" / lang).glob("02_*.ipynb")), 4)
    texts = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    with browser.open(f"{base}/{lang}/lessons/02.html") as page:
        whole, main = spoken(page, "body"), spoken(page, "main")
    plain = [re.sub(r"[*`_\\]|\[([^\]]*)\]\([^)]*\)", r"\1", title).strip() for title in
             re.findall(r"^#{1,3} (.+)$", texts, re.M)]  # fmt: skip
    heads = [re.match(r'heading "(.*)" \[level=\d\]', line)[1].replace('\\"', '"') for line in main if
             line.startswith('heading "')]  # fmt: skip
    normal = [re.sub(r"\W+", " ", head).strip() for head in heads]
    wanted = [re.sub(r"\W+", " ", head).strip() for head in plain]
    assert [head for head in normal if head in wanted] == wanted, (normal, wanted)
    # Before the lesson: the way past the menu, then help, then the course.
    place = {
        part: next(i for i, line in enumerate(whole) if line.startswith(part)) for part in ("link", "banner", "main")
    }
    assert place["link"] < place["banner"] < place["main"]
    assert "3018" in " ".join(whole[place["banner"] : place["main"]][:8])
    # A picture is read where it stands: after the code that draws it.
    pictures = [i for i, line in enumerate(main) if line.startswith("img ")]
    assert pictures and all(
        "cell" in " ".join(main[:i]).lower() or "cellule" in " ".join(main[:i]).lower() for i in pictures
    )
    assert not [line for line in main if re.match(r"(link|button|img|textbox|radio)$", line)], "something has no name"


@pytest.mark.parametrize("lang", LANGS)
def test_a_quiz_is_read_aloud_as_questions_with_their_options(browser, base, lang):
    with browser.open(f"{base}/{lang}/quiz/02.html") as page:
        lines = spoken(page, "main")
        questions = page.evaluate("document.querySelectorAll('.cc-question').length")
    groups = [i for i, line in enumerate(lines) if line.startswith("group ")]
    assert len(groups) >= questions >= 3
    for at in groups[:questions]:
        after = [line for line in lines[at : at + 40] if re.match(r"(radio|button) ", line)]
        assert after[0].startswith("radio ") and "a)" in after[0], after[:3]
        assert next(line for line in after if line.startswith("button ")).split('"')[1], "the button has a name"


# ---- looked at ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_ten_pages_are_kept_as_pictures(browser, base, lang):
    """They are written to ``.contrechamp/screenshots``, for people to look at: wide, telephone, and one in the dark."""
    for name in LOOKED_AT:
        for kind, options in {
            "wide": {},
            "telephone": {"width": 360, "height": 740},
            "dark": {"scheme": "dark"},
        }.items():
            if kind == "dark" and name not in ("index", "lessons/02", "quiz/02", "law/index"):
                continue
            with browser.open(f"{base}/{lang}/{name}.html", **options) as page:
                file = SHOTS / f"{name.replace('/', '_')}_{lang}_{kind}.png"
                # The page of all records is too long for one picture on a telephone.
                tall = page.evaluate("document.documentElement.scrollHeight") > 30_000
                page.screenshot(file, kind == "telephone" and not tall)
                assert file.stat().st_size > 5_000
