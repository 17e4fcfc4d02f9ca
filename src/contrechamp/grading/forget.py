"""``contrechamp forget``: delete a class's results, after saying what will be gone.

Only a folder that says of itself that it holds class results is deleted, and only when nothing else lies in it.
"""

import sys
from pathlib import Path

from contrechamp import language
from contrechamp.errors import ContrechampError
from contrechamp.grading.class_folder import contents, delete, marker
from contrechamp.language import gettext as _


def main(place: str, lang: str, *, yes: bool = False) -> int:
    """Delete a folder of class results.

    Parameters
    ----------
    place : str
        The folder that ``contrechamp grade`` wrote.
    lang : str
        The teacher's language.
    yes : bool
        Do not ask.

    Returns
    -------
    int
        Exit status: 0 when it is gone, 1 when it was kept.

    Raises
    ------
    ContrechampError
        When it is no such folder, is a link, holds files that are not ours, or nobody can be asked.
    """
    path = Path(place)
    about = marker(path)
    if about is None or path.is_symlink():
        raise ContrechampError(
            _("{place} is not a folder of class results. Nothing was deleted.", lang).format(place=path)
        )
    count, files, strange = contents(path)
    if strange:
        says = _("{place} also holds {names}, which is not ours. Move it elsewhere first; nothing was deleted.", lang)
        raise ContrechampError(says.format(place=path, names=", ".join(strange[:5])))
    line = _("{place}: lesson {lesson}, {count} hand-ins, {files} files, made on {date}.", lang)
    made = language.date(str(about.get("made", "1970")), lang)
    print(line.format(place=path, lesson=about["lesson"], count=count, files=files, date=made))
    if not yes and not _agreed(lang):
        print(_("Nothing was deleted.", lang))
        return 1
    delete(path, lang)
    print(_("Deleted. The hand-ins themselves, copies in Moodle, backups and the bin are yours to delete.", lang))
    return 0


def _agreed(lang: str) -> bool:
    """Ask at the keyboard; where there is none, say how to answer beforehand."""
    if not sys.stdin.isatty():
        raise ContrechampError(_("Nobody is there to be asked. Add --yes to delete. Nothing was deleted.", lang))
    word = _("yes", lang)
    said = input(_("Delete it all? Type {word}: ", lang).format(word=word))
    return said.strip().casefold() in (word.casefold(), "yes")
