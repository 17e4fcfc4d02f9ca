"""A deck as one HTML file that opens anywhere without a network: reveal.js 5.2.1 by Pandoc, pictures inside.

reveal.js (MIT, `contrechamp/_slides/`) is kept here because a kit must be made without a network.
"""

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import contrechamp
from contrechamp.authoring import theme

if TYPE_CHECKING:
    from contrechamp.authoring.slides import Made

_REVEAL = "reveal.js-5.2.1"
_STYLE = """
main {{ height: 100%; }}
:root {{ --r-main-font: "DejaVu Sans", "Segoe UI", Helvetica, Arial, sans-serif; }}
.reveal-viewport {{ background: #{lt1}; }}
.reveal {{ font-family: var(--r-main-font); font-size: 30px; color: #{dk1}; }}
.reveal h1, .reveal h2 {{ color: #{dk2}; line-height: 1.2; margin: 0 0 .7em; text-align: left; font-size: 1.35em; }}
.reveal h1 {{ font-size: 1.7em; }}
.reveal .slides {{ text-align: left; }}
.reveal ul, .reveal ol {{ display: block; margin-left: 1em; }} .reveal li {{ margin-bottom: .4em; }}
.reveal img {{ max-height: 12em; display: block; margin: auto; }}
.reveal table {{ border-collapse: collapse; font-size: .85em; }}
.reveal th, .reveal td {{ border: 1px solid #767676; padding: .3em .6em; text-align: left; }}
.reveal th {{ background: #{lt2}; }} .reveal a {{ color: #{hlink}; }}
.reveal .sources li {{ font-size: .5em; }}
.reveal .progress {{ color: #{accent1}; }} .reveal .controls {{ color: #{dk2}; }}
.reveal .controls button:focus-visible, .reveal a:focus-visible {{ outline: 3px solid #{hlink}; outline-offset: 2px; }}
"""

# reveal.js fits each slide into its window: enlarging the page enlarges nothing (WCAG 1.4.4), and a telephone shows
# letters of eight pixels. In a narrow window, and where scripts are off, the slides are read as a page, without it.
_NARROW = "screen and (max-width: 640px)"
_AS_A_PAGE = """
html.reveal-full-page, body, main { height: auto; overflow: visible; }
.reveal { height: auto; overflow: visible; font: 1.0625rem/1.5 var(--r-main-font); touch-action: auto; }
.reveal .slides { position: static; width: auto; height: auto; padding: 1rem; pointer-events: auto; }
.reveal .slides > section { display: block; position: static; padding: 1rem 0; border-bottom: 1px solid #767676; }
.reveal img { max-width: 100%; max-height: none; height: auto; }
.reveal table { display: block; overflow-x: auto; } .reveal .sources li { font-size: .875rem; }
.reveal .slides, .reveal td, .reveal th { overflow-wrap: break-word; }
"""
_START = "Reveal.initialize({"
_START_IF_WIDE = f"""const narrow = matchMedia("{_NARROW}");
      narrow.addEventListener("change", () => matchMedia("print").matches || location.reload());
      if (!narrow.matches) {_START}"""
_BODY = re.compile(r'<body>(\s*<div class="reveal">\s*<div class="slides">.*?</section>\s*</div>\s*</div>)', re.DOTALL)
_LATE = re.compile(r"(<img\b[^>]*?\s)data-src=")  # what reveal.js would load late is in the file anyway
_VIEWPORT = re.compile(r'<meta name="viewport"[^>]*>')


def write(made: "Made") -> str:
    """Return the deck as one HTML page.

    Raises
    ------
    ContrechampError
        When Pandoc fails.
    """
    from contrechamp.authoring.slides import READ, pandoc

    home = Path(contrechamp.__file__).parent / "_slides" / _REVEAL
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "deck.md").write_text(made.markdown(folder, captions=True), encoding="utf-8")
        (folder / "style.html").write_text(
            f"<style>{_STYLE.format(**theme.COLOURS)}</style>\n"
            f'<style media="{_NARROW}">{_AS_A_PAGE}</style>\n<noscript><style>{_AS_A_PAGE}</style></noscript>',
            encoding="utf-8",
        )
        pandoc(
            "deck.md", *READ, "-t", "revealjs", "--standalone", "--embed-resources", "--slide-level=2",
            "-V", f"revealjs-url={home}", "-V", "theme=none", "-V", "hash=true", "-V", "center=false",
            "-V", "transition=none", "-V", "width=1200", "-V", "height=720", "-H", "style.html",
            "-o", "deck.html", folder=folder,
        )  # fmt: skip
        page = (folder / "deck.html").read_text(encoding="utf-8")
    page = page.replace(_START, _START_IF_WIDE, 1)
    page = _LATE.sub(r"\1src=", page)
    page = _BODY.sub(r"<body>\n<main>\1</main>", page, count=1)
    # Pandoc's template forbids enlarging on a telephone (WCAG 1.4.4).
    return _VIEWPORT.sub('<meta name="viewport" content="width=device-width, initial-scale=1.0">', page, count=1)
