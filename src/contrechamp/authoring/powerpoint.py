"""PowerPoint from Pandoc, then repaired: descriptions of pictures, languages, table headings, notes on the first slide.

Pandoc writes real text, tables, layouts and notes. It writes a file path where a description should stand, marks all
text as American English and gives the first slide no notes; `repair` mends that and refuses what it cannot mend.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from contrechamp.errors import ContrechampError

_CODES = {"en": "en-GB", "fr": "fr-FR"}
_SMALL, _TABLE = 1300, 2200  # hundredths of a point: the list of sources, the cells of a table


def repair(path: Path, lang: str, alts: dict[str, str], first_notes: str, small: set[int], where: str) -> None:
    """Mend a .pptx file of Pandoc's in place.

    Parameters
    ----------
    path : Path
    lang : str
        Language of the text.
    alts : dict
        Descriptions by file name of the picture.
    first_notes : str
        Speaker notes of the title slide.
    small : set of int
        Numbers of the slides whose text is set small (sources), from 1.
    where : str
        How messages name the deck.

    Raises
    ------
    ContrechampError
        When a picture has no description or a slide no title.
    """
    from pptx import Presentation

    deck = Presentation(str(path))
    deck.core_properties.language = _CODES.get(lang, lang)
    deck.core_properties.author = "The Contrechamp authors"
    deck.slides[0].notes_slide.notes_text_frame.text = first_notes
    for number, slide in enumerate(deck.slides, 1):
        title = slide.shapes.title
        if title is None or not title.text_frame.text.strip():
            raise ContrechampError(f"{where}, slide {number}, has no title.")
        for shape in slide.shapes:
            _describe(shape, alts, title.text_frame.text, f"{where}, slide {number}")
            if number in small and shape.has_text_frame and shape != title:
                _set_size(shape, _SMALL)
        for element in (slide.element, slide.notes_slide.element):
            _speak(element, _CODES.get(lang, lang))
    deck.save(str(path))


def outline(path: Path) -> list[Any]:
    """Return what a PowerPoint file says, slide by slide: texts, tables, descriptions, languages, notes.

    Two files with the same outline may differ in bytes; a file that somebody changed by hand has another outline.
    """
    from pptx import Presentation
    from pptx.oxml.ns import qn

    slides = []
    for slide in Presentation(str(path)).slides:
        shapes = []
        for shape in slide.shapes:
            said = shape.text_frame.text if shape.has_text_frame else ""
            cells = [[cell.text for cell in row.cells] for row in shape.table.rows] if _is_table(shape) else []
            shapes.append([shape.name, said, cells, _properties(shape).get("descr") or ""])
        spoken = sorted({run.get("lang", "") for run in slide.element.iter(qn("a:rPr"))})
        notes = slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else ""
        slides.append([slide.slide_layout.name, shapes, spoken, notes])
    return slides


def digest(path: Path) -> str:
    """Return the first 12 hexadecimal digits of the SHA-256 of the outline."""
    return hashlib.sha256(json.dumps(outline(path), ensure_ascii=False).encode()).hexdigest()[:12]


def _describe(shape: Any, alts: dict[str, str], title: str, where: str) -> None:
    from pptx.enum.shapes import MSO_SHAPE_TYPE

    if shape.shape_type == MSO_SHAPE_TYPE.PICTURE:
        file = (_properties(shape).get("descr") or "").split("\n")[-1].strip().replace("\\", "/").rpartition("/")[2]
        if not alts.get(file):
            raise ContrechampError(f"{where}: the picture {file or shape.name} has no description.")
        _properties(shape).set("descr", alts[file])
        _properties(shape).attrib.pop("title", None)
    elif _is_table(shape):
        _properties(shape).set("descr", title)
        shape.table.first_row = True
        _set_size(shape, _TABLE)


def _properties(shape: Any) -> Any:
    return shape._element.xpath(".//p:cNvPr")[0]


def _is_table(shape: Any) -> bool:
    return bool(getattr(shape, "has_table", False) and shape.has_table)


def _set_size(shape: Any, size: int) -> None:
    from pptx.oxml.ns import qn

    for run in shape._element.iter(qn("a:r")):
        run.get_or_add_rPr().set("sz", str(size))


def _speak(element: Any, code: str) -> None:
    """Mark every run of text with its language: a screen reader chooses its voice by it."""
    from pptx.oxml.ns import qn

    for run in element.iter(qn("a:r"), qn("a:fld")):
        run.get_or_add_rPr().set("lang", code)
    for end in element.iter(qn("a:endParaRPr")):
        end.set("lang", code)
