"""The look of our PowerPoint files: a reference document built by code, so that no licence question comes with it.

It starts from the blank template of python-pptx (MIT) and sets size, colours, letters and places. A trainer's own
template takes its place; it needs the layouts in `LAYOUTS`.
"""

import io
from pathlib import Path
from typing import Any

from contrechamp.errors import ContrechampError

#: The layouts that Pandoc looks for, by name.
LAYOUTS = (
    "Title Slide",
    "Title and Content",
    "Section Header",
    "Two Content",
    "Comparison",
    "Content with Caption",
    "Blank",
)

# White ground; each colour that carries text has 4.5:1 or more against it (tests/test_slides.py computes them).
COLOURS = {
    "dk1": "1F1F1F",
    "lt1": "FFFFFF",
    "dk2": "00407A",
    "lt2": "F2F5F9",
    "accent1": "0072B2",
    "accent2": "B5480A",
    "accent3": "006B4F",
    "accent4": "8A3B6E",
    "accent5": "6B5A12",
    "accent6": "37474F",
    "hlink": "00508A",
    "folHlink": "6A1B9A",
}
_FONT = "Arial"  # on Windows and macOS; LibreOffice sets Liberation Sans, of the same widths
_WIDTH, _HEIGHT = 12_192_000, 6_858_000  # 16:9, in English metric units
_SIZES: dict[str, Any] = {"title": 3000, "body": (2800, 2400, 2000, 1800, 1800)}  # hundredths of a point


def reference() -> bytes:
    """Return the reference document as the bytes of a .pptx file."""
    from pptx import Presentation
    from pptx.util import Emu

    deck = Presentation()
    across, down = _WIDTH / (deck.slide_width or _WIDTH), _HEIGHT / (deck.slide_height or _HEIGHT)
    deck.slide_width, deck.slide_height = Emu(_WIDTH), Emu(_HEIGHT)
    master = deck.slide_master
    for holder in (master, *master.slide_layouts):
        _scale(holder.element, across, down)
    _colour(master)
    _letters(master)
    _places(master)
    deck.core_properties.title, deck.core_properties.author = "Contrechamp", "The Contrechamp authors"
    made = io.BytesIO()
    deck.save(made)
    return made.getvalue()


def check_template(path: Path) -> None:
    """Say in one sentence what is wrong with a trainer's template.

    Raises
    ------
    ContrechampError
        When the file is missing, is no PowerPoint file, or lacks a layout that Pandoc needs.
    """
    from pptx import Presentation

    if not path.is_file():
        raise ContrechampError(f"There is no template {path}.")
    try:
        deck = Presentation(str(path))
    except Exception:  # python-pptx raises several kinds for what is no package, no zip, no XML
        raise ContrechampError(f"{path} is not a PowerPoint file (.pptx). Save the template in that format.") from None
    missing = [name for name in LAYOUTS if name not in {layout.name for layout in deck.slide_layouts}]
    if missing:
        raise ContrechampError(
            f"The template {path.name} lacks the layout {', '.join(missing)}. In PowerPoint: View, Slide Master, and "
            f"give a layout this name."
        )


def _scale(element: Any, across: float, down: float) -> None:
    from pptx.oxml.ns import qn

    for frame in element.iter(qn("a:xfrm")):
        for tag, x, y in (("a:off", "x", "y"), ("a:ext", "cx", "cy")):
            point = frame.find(qn(tag))
            if point is not None:
                point.set(x, str(int(int(point.get(x)) * across)))
                point.set(y, str(int(int(point.get(y)) * down)))


def _colour(master: Any) -> None:
    from lxml import etree
    from pptx.oxml.ns import qn

    part = next(rel.target_part for rel in master.part.rels.values() if rel.reltype.endswith("/theme"))
    root = etree.fromstring(part.blob)
    scheme = root.find(f".//{qn('a:clrScheme')}")
    scheme.set("name", "Contrechamp")
    for name, value in COLOURS.items():
        slot = scheme.find(qn(f"a:{name}"))
        for child in list(slot):
            slot.remove(child)
        etree.SubElement(slot, qn("a:srgbClr")).set("val", value)
    for which in ("a:majorFont", "a:minorFont"):
        root.find(f".//{qn(which)}/{qn('a:latin')}").set("typeface", _FONT)
    part._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _letters(master: Any) -> None:
    from lxml import etree
    from pptx.oxml.ns import qn

    styles = master.element.find(qn("p:txStyles"))
    title = styles.find(qn("p:titleStyle")).find(qn("a:lvl1pPr"))
    title.set("algn", "l")
    letters = title.find(qn("a:defRPr"))
    letters.set("sz", str(_SIZES["title"]))
    letters.set("b", "1")
    for fill in letters.findall(qn("a:solidFill")):
        letters.remove(fill)
    fill = etree.SubElement(letters, qn("a:solidFill"))
    etree.SubElement(fill, qn("a:schemeClr")).set("val", "tx2")
    letters.insert(0, fill)
    for level, size in enumerate(_SIZES["body"], 1):
        body = styles.find(qn("p:bodyStyle")).find(qn(f"a:lvl{level}pPr"))
        body.find(qn("a:defRPr")).set("sz", str(size))


def _places(master: Any) -> None:
    """Give title and body the room that short bodies and long titles want."""
    from pptx.util import Emu, Inches

    for layout in (master, *master.slide_layouts):
        if getattr(layout, "name", "") == "Title Slide":
            _first(layout)
            continue
        for holder in layout.placeholders:
            kind = holder.placeholder_format.type
            if "TITLE" in str(kind) and getattr(layout, "name", "") not in ("Section Header", "Content with Caption"):
                holder.left, holder.top = Inches(0.6), Inches(0.4)
                holder.width, holder.height = Emu(_WIDTH - 2 * Inches(0.6)), Inches(1.25)
                holder.text_frame.auto_size = None
        if getattr(layout, "name", "") in ("", "Title and Content"):
            for holder in layout.placeholders:
                if holder.placeholder_format.idx == 1:
                    holder.left, holder.top = Inches(0.6), Inches(1.8)
                    holder.width, holder.height = Emu(_WIDTH - 2 * Inches(0.6)), Inches(4.9)


def _first(layout: Any) -> None:
    """Set the title slide: on the left like the others, its second line in full ink (the template greys it)."""
    from pptx.oxml.ns import qn
    from pptx.util import Emu, Inches

    for holder, top, height in zip(
        layout.placeholders, (Inches(1.7), Inches(3.9)), (Inches(2), Inches(2)), strict=False
    ):
        holder.left, holder.top, holder.width, holder.height = Inches(0.6), top, Emu(_WIDTH - 2 * Inches(0.6)), height
        for paragraph in holder._element.iter(qn("a:lvl1pPr")):
            paragraph.set("algn", "l")
            for fill in list(paragraph.iter(qn("a:solidFill"))):
                fill.getparent().remove(fill)
