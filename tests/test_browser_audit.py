"""The audit of pages in a browser sees each fault that it is there for, and sees none on a sound page."""

import pytest
from browser_room import faults, served

pytestmark = pytest.mark.slow

STYLE = """
:root { color-scheme: light; --ink: #1b1b1b; --paper: #fff; --link: #0b57a4; }
html[data-theme=dark] { color-scheme: dark; --ink: #eee; --paper: #121212; --link: #8cb9ff; }
body { color: var(--ink); background: var(--paper); font: 16px/1.5 sans-serif; margin: 0 1rem; }
a { color: var(--link); } a:focus-visible, button:focus-visible, input:focus-visible { outline: 3px solid var(--link); }
.wide { overflow-x: auto; } a, button, input { min-height: 24px; }
"""
SWITCH = """
const dark = matchMedia('(prefers-color-scheme: dark)');
const set = () => { document.documentElement.dataset.theme = dark.matches ? 'dark' : 'light'; };
dark.addEventListener('change', set); set();
"""
PAGE = """<!DOCTYPE html>
<html lang="en" data-theme="light"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,"><title>A sound page</title><style>{style}</style>{head}<script>{switch}</script></head>
<body><nav aria-label="Course"><p><a href="#part">To the part</a></p></nav>
<main><h1>A sound page</h1><p>Words of the course that somebody reads on a telephone.</p>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
 alt="Two bars; the second is five times the first."> {main}
<h2 id="part">A part</h2>
<form><p><label>Country <input name="country"></label> <button>Filter</button></p></form></main>
</body></html>
"""
WIDE = "<table><tr>" + "<td>measured</td>" * 14 + "</tr></table>"
GIF = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="


def write(folder, name, main="", head="", style="", page=PAGE):
    folder.joinpath(name).write_text(
        page.replace("{style}", STYLE + style).replace("{switch}", SWITCH).replace("{head}", head)
        .replace("{main}", main), encoding="utf-8",
    )  # fmt: skip


@pytest.fixture(scope="module")
def look(browser, tmp_path_factory):
    """Write pages, look at all of them at once, and return the faults by the name of the page."""
    folder = tmp_path_factory.mktemp("pages")
    write(folder, "sound.html")
    # Wide content may scroll within itself, if the keyboard gets there.
    write(folder, "scrolls.html", f'<div class="wide" tabindex="0" role="region" aria-label="Table">{WIDE}</div>')
    for name, (planted, _) in PLANTED.items():
        write(folder, f"{name}.html", **planted)
    with served(folder) as address:
        names = [path.stem for path in sorted(folder.glob("*.html"))]
        told = browser.audit([f"{address}/{name}.html" for name in names])
    return {name: faults(each, "en") for name, each in zip(names, told, strict=True)}


# What is planted, and a piece of what must be said about it.
PLANTED = {
    "name-of-a-file": ({"main": f'<img src="{GIF}" alt="lesson_02_rise.png">'}, "name of a file"),
    "name-of-its-file": ({"main": '<img src="rises.gif" alt="rises">'}, "name of a file"),
    "path": ({"main": f'<img src="{GIF}" alt="../_images/a1b2">'}, "is a path"),
    "hash": ({"main": f'<img src="{GIF}" alt="0f3c9a77d1e2b4c5a6978812">'}, "is a hash"),
    "generic-word": ({"main": f'<img src="{GIF}" alt="Figure 3">'}, "says nothing"),
    "no-description": ({"main": f'<img src="{GIF}">'}, "no description"),
    "empty-description": ({"main": f'<img src="{GIF}" alt="">'}, "empty description"),
    "picture-without-source": ({"main": '<img data-src="a.png" alt="Bars that rise from one to five.">'},
                               "the picture is not there"),
    "drawing": ({"main": '<svg width="9" height="9"><rect width="9" height="9"/></svg>'}, "drawing without"),
    "outside-picture": ({"main": '<img src="https://example.org/a.png" alt="Bars that rise from one to five.">'},
                        "outside request: https://example.org/a.png"),
    "outside-address": ({"main": '<img src="http://192.0.2.7/a.png" alt="Bars that rise from one to five.">'},
                        "outside request: http://192.0.2.7/a.png"),
    "outside-script": ({"head": '<script src="https://example.org/a.js"></script>'},
                       "outside request: https://example.org/a.js"),
    "outside-fetch": ({"main": "<script>fetch('https://example.org/count').catch(() => 0)</script>"},
                      "outside request: https://example.org/count"),
    "outside-socket": ({"main": "<script>new WebSocket('wss://example.org/s')</script>"},
                       "outside request: wss://example.org/s"),
    "outside-font": ({"style": "@font-face { font-family: F; src: url(https://example.org/f.woff2) }"
                      "h1 { font-family: F }"},
                     "outside request: https://example.org/f.woff2"),
    "outside-preload": ({"head": '<link rel="preload" as="style" href="https://example.org/a.css">'},
                        "outside request: https://example.org/a.css"),
    "outside-preconnect": ({"head": '<link rel="preconnect" href="https://example.org">'},
                           "outside address in the head: preconnect"),
    "pale-in-light": ({"main": '<p class="p">Pale.</p>', "style": "html[data-theme=light] .p { color: #aaa }"},
                      "axe, light: color-contrast"),
    "dim-in-dark": ({"main": '<p class="p">Dim.</p>', "style": "html[data-theme=dark] .p { color: #444 }"},
                    "axe, dark: color-contrast"),
    "console-error": ({"main": "<script>console.error('went wrong')</script>"}, "console: went wrong"),
    "page-error": ({"main": "<script>nothing.there()</script>"}, "console: ReferenceError"),
    "missing-file": ({"head": '<link rel="stylesheet" href="missing.css">'}, "missing.css 404"),
    "missing-label": ({"main": '<form><p>Date <input name="date"></p></form>'}, "axe, light: label"),
    "too-wide": ({"main": WIDE}, "320 pixels: the page is"),
    "cut-off": ({"main": '<p style="overflow:hidden;width:100px;white-space:nowrap">Nobody reads this to the end.</p>'},
                "320 pixels: cut off"),
    "covered": ({"main": '<div style="position:fixed;top:0;left:0;right:0;height:200px;background:inherit">Menu</div>'},
                "320 pixels: fixed parts take"),
    "no-keyboard-in": ({"main": f'<div class="wide" style="width:100%">{WIDE}</div>'},
                       "axe, narrow: scrollable-region-focusable"),
    "no-focus": ({"main": '<a class="n" href="#part">On</a>', "style": "a.n:focus-visible { outline: none }"},
                 "keyboard: the focus does not show"),
    "faint-focus-in-dark": ({"main": '<a class="n" href="#part">On</a>',
                             "style": "html[data-theme=dark] a.n:focus-visible { outline: 3px solid #333 }"},
                            "keyboard, dark: the mark of the focus"),
    "skipped-level": ({"main": "<h4>Deep</h4>"}, "heading-order"),
    "two-titles": ({"main": "<h1>Again</h1>"}, "2 headings of the first level"),
    "dead-anchor": ({"main": '<p><a href="#gone">Gone</a></p>'}, "leads to #gone"),
    "twice-an-id": ({"main": '<p id="part">Again</p>'}, "two elements have the id part"),
    "other-language": ({"page": PAGE.replace('lang="en"', 'lang="fr"')}, "says it is in fr, not in en"),
    "no-main": ({"page": PAGE.replace("<main>", "<div>").replace("</main>", "</div>")}, "0 elements are the main part"),
    "nameless-navigation": ({"main": '<nav><p><a href="#part">On</a></p></nav>'}, "a navigation without a name"),
    "cookie": ({"main": "<script>document.cookie = 'who=you'</script>"}, "stored in the browser: who"),
    "storage": ({"main": "<script>localStorage.setItem('answers', 1)</script>"}, "stored in the browser: answers"),
}  # fmt: skip


@pytest.mark.parametrize("name", ["sound", "scrolls"])
def test_a_sound_page_has_no_fault(look, name):
    assert look[name] == []


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_seen(look, name):
    said = PLANTED[name][1]
    assert [text for text in look[name] if said in text], look[name] or "nothing was seen"


def test_a_fault_of_the_dark_only_is_not_laid_to_the_light(look):
    assert all("dark" in text for text in look["dim-in-dark"] + look["faint-focus-in-dark"])


def test_a_page_that_is_not_there_is_said(browser, tmp_path):
    with served(tmp_path) as address:
        told = browser.audit([f"{address}/nowhere.html", "http://127.0.0.1:9/"])
    assert any("nowhere.html 404" in text for text in faults(told[0]))
    assert "the page was not read" in faults(told[1])[0]


def test_nothing_of_a_page_needs_scripts_that_is_missing_without_them(browser, tmp_path):
    write(tmp_path, "blank.html", page="<!DOCTYPE html><title>B</title><main></main><script>"
          "document.querySelector('main').innerHTML = '<h1>Here</h1>'</script>")  # fmt: skip
    write(tmp_path, "sound.html")
    with served(tmp_path) as address:
        blank, sound = browser.without_scripts([f"{address}/blank.html", f"{address}/sound.html"])
    assert (blank["words"], blank["heading"]) == (0, "")
    assert sound["words"] > 10 and sound["heading"] == "A sound page"
