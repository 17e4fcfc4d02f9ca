"""Decks and lessons as single HTML files, opened from a folder in a real browser: nobody is asked, nothing is lost."""

import nbformat
import pytest
from browser_room import faults

from contrechamp import page
from contrechamp.authoring import slides

pytestmark = pytest.mark.slow

LANGS = ("en", "fr")
# A short lesson, one with figures and tables, one with formulas.
LESSONS = ("00", "02", "15")


@pytest.fixture(scope="module")
def decks(root, tmp_path_factory):
    """All decks in both languages, as a trainer makes them."""
    folder = tmp_path_factory.mktemp("decks")
    names = sorted(path.name.removesuffix(".pptx") for path in (root / "slides" / "en").glob("*.pptx"))
    assert slides.main(names, list(LANGS), html=True, output=str(folder)) == 0
    return {path.stem: path for path in sorted(folder.glob("*.html"))}


@pytest.fixture(scope="module")
def lessons(root, tmp_path_factory):
    """Some lessons in both languages, as the pages that a kit holds."""
    folder = tmp_path_factory.mktemp("lessons")
    made = {}
    for lang in LANGS:
        for number in LESSONS:
            source = next((root / "notebooks" / lang).glob(f"{number}_*.ipynb"))
            made[f"{number}_{lang}"] = folder / f"{number}_{lang}.html"
            made[f"{number}_{lang}"].write_text(page.render(nbformat.read(source, 4), source, lang), encoding="utf-8")
    return made


def seen(browser, pages, **options):
    """Return the faults of pages by name; the last two letters of a name are the language."""
    told = browser.audit([path.as_uri() for path in pages.values()], **options)
    return {name: faults(each, name[-2:]) for name, each in zip(pages, told, strict=True)}


def test_every_slide_of_every_deck_is_open_to_everybody_and_asks_nobody(browser, decks):
    assert len(decks) >= 12
    assert {name: found for name, found in seen(browser, decks, slides=True).items() if found} == {}


def test_lessons_as_one_file_are_open_to_everybody_and_ask_nobody(browser, lessons):
    assert {name: found for name, found in seen(browser, lessons).items() if found} == {}


def test_slides_are_all_there_without_scripts_and_on_a_telephone(browser, decks):
    """reveal.js shows one slide at a time, at the size of the window; where that serves nobody, slides are a page."""
    address = decks["detect_and_mark_fr"].as_uri()
    count = "document.querySelectorAll('.slides > section').length"
    shown = "s.checkVisibility({opacityProperty: true, visibilityProperty: true}) && s.innerText"
    read = f"[...document.querySelectorAll('.slides > section')].filter(s => {shown}).length"
    texts = "[...document.querySelectorAll('.slides p, .slides li, .slides td')].filter(e => e.checkVisibility())"
    hidden = "document.querySelectorAll('.slides [aria-hidden=true], .slides [hidden]').length"
    with browser.open(address) as wide:
        slides_there = wide.evaluate(count)
        assert slides_there > 10 and wide.evaluate(read) == 1
        assert not wide.evaluate("document.querySelector('aside.notes').checkVisibility()"), "notes are for who speaks"
        # 400 per cent on a screen of 1,280 pixels, while the deck is open.
        wide.set_viewport_size({"width": 320, "height": 256})
        wide.wait_for(f"document.readyState === 'complete' && {read} === {slides_there}")
        assert wide.evaluate(hidden) == 0
        assert wide.evaluate(f"Math.min(...{texts}.map(e => parseFloat(getComputedStyle(e).fontSize)))") >= 13
        assert wide.evaluate("getComputedStyle(document.querySelector('.slides')).transform") == "none"
    with browser.open(address, javascript=False) as plain:
        assert plain.evaluate(read) == slides_there
        assert plain.evaluate("[...document.images].every(i => i.naturalWidth > 0)")
        assert plain.evaluate("document.querySelector('aside.notes').checkVisibility()") is False


def test_the_keyboard_turns_slides_and_shows_where_it_is(browser, decks):
    with browser.open(decks["class_45_en"].as_uri()) as deck:
        title = "document.querySelector('.slides > section.present').innerText.trim().split('\\n')[0]"
        first = deck.evaluate(title)
        deck.press("ArrowRight")
        assert deck.evaluate(title) == "Help comes first" != first
        deck.press("Tab")
        assert deck.evaluate("document.activeElement.tagName") == "BUTTON" and deck.focus_shows()
        deck.press("Enter")
        deck.wait_for(f"{title} !== 'Help comes first'")
        assert deck.seen() == {"console": [], "errors": [], "outside": [], "failed": []}
