"""Tagged PDF of slides and briefs, by WeasyPrint: real headings, reading order, language, descriptions of pictures.

The letters are DejaVu Sans, which comes with matplotlib and is embedded, so that a page looks the same everywhere.
"""

import base64
import hashlib
import html
import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from PIL import ImageFile

from contrechamp.errors import ContrechampError

if TYPE_CHECKING:
    from contrechamp.authoring.slides import Made

_INK, _BLUE, _SHADE = "#1f1f1f", "#00407a", "#f2f5f9"

_SCREEN = f"""
@page {{ size: 13.333in 7.5in; margin: .6in .7in .5in;
  @bottom-right {{ content: counter(page); font: 10pt "Course Sans" }} }}
section {{ break-before: page }} section:first-of-type {{ break-before: auto }}
body {{ font-size: 24pt; line-height: 1.4 }} h1 {{ font-size: 38pt; margin: 2in 0 .3in }} h2 {{ font-size: 28pt }}
h1, h2 {{ color: {_BLUE}; line-height: 1.2 }} figure {{ margin: 0; text-align: center }}
img {{ height: 4.55in; max-width: 100%; object-fit: contain }}
.notes {{ display: none }} .sources li {{ font-size: 12pt }} table {{ font-size: 21pt; width: 100% }}
li {{ margin-bottom: .55em }}
"""
_HANDOUT = f"""
@page {{ size: A4; margin: 16mm;
  @bottom-right {{ content: counter(page) " / " counter(pages); font: 8pt "Course Sans" }} }}
body {{ font-size: 9.5pt; line-height: 1.4 }} h1 {{ font-size: 19pt }} h2 {{ font-size: 12.5pt; margin: 0 0 2mm }}
h1, h2 {{ color: {_BLUE} }} section {{ border: .75pt solid #767676; padding: 3.5mm; margin: 0 0 4mm }}
h2 {{ break-after: avoid }} figure {{ margin: 0 }} img {{ width: 105mm }}
.notes {{ background: {_SHADE}; padding: 3mm; margin-top: 2.5mm }} .sources li, .notes li {{ font-size: 8pt }}
"""
_BOTH = f"""
body {{ font-family: "Course Sans"; color: {_INK}; margin: 0 }} p, ul, ol, table {{ margin: 0 0 .5em }}
table {{ border-collapse: collapse }} th, td {{ border: .5pt solid #767676; padding: .25em .5em; text-align: left }}
th {{ background: {_SHADE} }} a {{ color: {_BLUE} }} li {{ margin-bottom: .25em }}
"""


class NoPango(ContrechampError):
    """WeasyPrint's system library is missing."""


def slides(made: "Made", *, notes: bool) -> bytes:
    """Return a deck as a tagged PDF: one page a slide, or a handout in A4 with the speaker notes.

    Raises
    ------
    NoPango
        When WeasyPrint finds no Pango on the system, with what to install.
    """
    first = made.slides[0]
    sections = [
        f"<section><h1>{_inline(first.title)}</h1><p>{_inline(first.body)}</p>"
        f'<div class="notes">{to_html(first.notes)}</div></section>'
    ]
    for number, slide in enumerate(made.slides[1:], 2):
        body = "".join(_figure(made, name) for name in slide.charts) or to_html(slide.body)
        kind = ' class="sources"' if number in made.small else ""
        said = to_html(slide.notes)
        sections.append(
            f'<section{kind}><h2>{_inline(slide.title)}</h2>{body}<div class="notes">{said}</div></section>'
        )
    return document(first.title, made.lang, "".join(sections), _HANDOUT if notes else _SCREEN)


def document(title: str, lang: str, body: str, style: str) -> bytes:
    """Return HTML as a tagged PDF (PDF/UA-1).

    Raises
    ------
    NoPango
        When WeasyPrint finds no Pango on the system.
    """
    lenient = ImageFile.LOAD_TRUNCATED_IMAGES
    try:
        from weasyprint import HTML
        from weasyprint.text.fonts import FontConfiguration
    except OSError:
        raise NoPango(
            "PDF files need Pango, which is not on this system: install it (Debian, Ubuntu: apt install "
            "libpango-1.0-0 libpangoft2-1.0-0; macOS: brew install pango). The other files were made."
        ) from None
    finally:  # WeasyPrint lets Pillow read damaged pictures, for the whole process; ours are refused elsewhere
        ImageFile.LOAD_TRUNCATED_IMAGES = lenient
    text = (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f"<style>{letters()}{_BOTH}{style}</style></head><body>{body}</body></html>"
    )
    made = io.BytesIO()
    HTML(string=text).write_pdf(made, pdf_variant="pdf/ua-1", font_config=FontConfiguration())
    return made.getvalue()


def letters() -> str:
    """Return the CSS that embeds our letters."""
    import matplotlib

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    faces = {
        "": "normal; font-style: normal",
        "-Bold": "bold; font-style: normal",
        "-Oblique": "normal; font-style: italic",
    }
    return "".join(
        f'@font-face {{ font-family: "Course Sans"; font-weight: {how}; src: url("{(folder / name).as_uri()}") }}'
        for ending, how in faces.items()
        for name in [f"DejaVuSans{ending}.ttf"]
    )


def digest(path: Path) -> str:
    """Return a digest of a PDF file as it lies there: enough to see that somebody put another in its place."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _figure(made: "Made", name: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        picture = base64.b64encode(made.picture(name, Path(folder)).read_bytes()).decode()
    alt = html.escape(made.charts[name].alt, quote=True)
    return f'<figure><img src="data:image/png;base64,{picture}" alt="{alt}"></figure>'


def to_html(markdown: str) -> str:
    """Return Markdown, with tables, as HTML."""
    return MarkdownIt("commonmark").enable("table").render(markdown)


def _inline(markdown: str) -> str:
    return MarkdownIt("commonmark").renderInline(markdown)
