"""The way back into Moodle: the grading worksheet filled in, and the feedback files in a zip archive.

Moodle takes a feedback file by the folder it lies in, ``Name_12345_assignsubmission_file_``, and a grade by the column
"Identifier" of the worksheet; an empty grade leaves what is there (read in Moodle's sources ``importziplib.php`` and
``importgradeslib.php`` of mod/assign/feedback on 2026-11-26; no Moodle was at hand to try it).
"""

import csv
import io
import re
import zipfile
from collections.abc import Mapping

from contrechamp.errors import ContrechampError
from contrechamp.grading.class_folder import ClassFolder
from contrechamp.grading.gradebook import lines, number, total
from contrechamp.language import gettext as _

# Names of the columns in Moodle's English and French.
_LONGEST_CELL = 131_072
_ID = ("Identifier", "Identifiant")
_GRADE = ("Grade", "Note")
_HIGHEST = ("Maximum Grade", "Maximum grade", "Note maximale", "Note maximum")
_STAMP = (1980, 1, 1, 0, 0, 0)  # the same archive whenever it is made


def worksheet(content: bytes, folder: ClassFolder, lang: str) -> tuple[bytes, int]:
    """Return Moodle's grading worksheet with the grades filled in, and how many there are.

    A grade is filled in when every question was judged and every open answer read; the points are brought to the
    worksheet's own maximum. All other cells, and the order of rows, stay.

    Parameters
    ----------
    content : bytes
        The worksheet as downloaded; commas, semicolons or tabs.
    folder : ClassFolder
        Its results are filled in.
    lang : str
        Language of the message.

    Returns
    -------
    content : bytes
        The worksheet to upload.
    filled : int
        How many grades stand in it.

    Raises
    ------
    ContrechampError
        When the columns for the participant and the grade cannot be found.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ContrechampError(_("The grading worksheet is no text in UTF-8.", lang)) from None
    sign = max(",;\t", key=text.split("\n", 1)[0].count)
    limit = csv.field_size_limit(_LONGEST_CELL)  # for the whole process: others may have raised it
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=sign))
    except csv.Error:  # a cell of more letters than any worksheet has
        rows = []
    finally:
        csv.field_size_limit(limit)
    head = [name.strip() for name in rows[0]] if rows else []
    who, grade, highest = (next((head.index(n) for n in names if n in head), -1) for names in (_ID, _GRADE, _HIGHEST))
    if who < 0 or grade < 0:
        says = _("The grading worksheet has no columns {names}. Download it again from Moodle.", lang)
        raise ContrechampError(says.format(names="Identifier, Grade"))
    found = {record["participant"]: record for record in folder.sorted() if record["participant"]}
    filled = 0
    for row in rows[1:]:
        named = re.search(r"(\d+)\s*$", row[who]) if len(row) == len(head) else None
        share = _share(found[named[1]], folder) if named and named[1] in found else None
        if share is not None:
            row[grade] = _scaled(share, row[highest] if highest >= 0 else "")
            filled += 1
    out = io.StringIO()
    csv.writer(out, delimiter=sign, lineterminator="\r\n").writerows(rows)
    return (b"\xef\xbb\xbf" if content.startswith(b"\xef\xbb\xbf") else b"") + out.getvalue().encode(), filled


def _share(record: Mapping[str, object], folder: ClassFolder) -> float | None:
    """Return the part of the points that was earned; None while anything is not judged."""
    questions = list(lines(record, folder.marks))
    earned, possible = total(questions)
    if earned is None or not possible or any(question["points"] is None for question in questions):
        return None
    return earned / possible


def _scaled(share: float, highest: str) -> str:
    comma = "," in highest
    try:
        most = float(highest.replace(",", "."))
    except ValueError:
        most = 100.0
    text = number(share * most)
    return text.replace(".", ",") if comma else text


def feedback_zip(pages: Mapping[str, str]) -> bytes:
    """Return the archive of feedback files.

    Parameters
    ----------
    pages : mapping of str to str
        Moodle's folder of a participant to a page in HTML.

    Returns
    -------
    bytes
        The same for the same pages: dates are fixed.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for folder, page in sorted(pages.items()):
            archive.writestr(zipfile.ZipInfo(f"{folder}/feedback.html", _STAMP), page.encode(), zipfile.ZIP_DEFLATED)
    return out.getvalue()
