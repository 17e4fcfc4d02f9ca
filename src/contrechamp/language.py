"""The reader's language: which one it is, its messages, its numbers and dates, its typography.

English is the source; a further language needs catalogues in ``locale/<code>/`` and nothing here, except
the typographic habits of French, which no library carries.
"""

import datetime
import locale as _locale
import os
import re
from functools import cache
from pathlib import Path

from contrechamp import home
from contrechamp.errors import ContrechampError

_SOURCE = "en"
_BABEL = {"en": "en_GB"}  # day before month, as in the sources we quote
_NBSP, _NNBSP, _MINUS = "\u00a0", "\u202f", "\u2212"


def languages() -> list[str]:
    """Return the codes of the languages that the course speaks, the source language first."""
    folder = home.room("locale")
    return [_SOURCE, *sorted(p.name for p in folder.iterdir() if (p / "messages.po").is_file())]


def current() -> str:
    """Return the reader's language: ``CONTRECHAMP_LANG``, else the notebook's folder, else the system's, else English.

    A kernel starts in the folder of its notebook and cannot see the notebook's metadata, so the folder decides.

    Returns
    -------
    str
        Code of a language of the course, ``"en"`` or ``"fr"``.
    """
    known = languages()
    asked = os.environ.get("CONTRECHAMP_LANG", "")[:2].lower()
    if asked in known:
        return asked
    for part in reversed(Path.cwd().parts):
        if part in known:
            return part
    return system(known)


def system(known: list[str] | None = None) -> str:
    """Return the system's language when the course speaks it, else English.

    Parameters
    ----------
    known : list of str, optional
        Codes to choose from; `languages` when left out.

    Returns
    -------
    str
        The first language that ``LANGUAGE``, ``LC_ALL``, ``LC_MESSAGES``, ``LANG`` or Python's locale names decides.
    """
    known = known or languages()
    names = [os.environ.get(name, "") for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")]
    names.append(_locale.getlocale()[0] or "")
    for name in names:
        if not name:
            continue
        code = {"french": "fr", "english": "en"}.get(name.split("_")[0].lower(), name[:2].lower())
        return code if code in known else _SOURCE
    return _SOURCE


@cache
def _catalogue(lang: str, path: str, stamp: float) -> dict[tuple[str, str], str]:
    from babel.messages.pofile import PoFileError, read_po

    try:
        with Path(path).open("rb") as file:
            catalogue = read_po(file, locale=lang, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError) as error:
        raise ContrechampError(
            f"locale/{lang}/messages.po is not a gettext catalogue ({error}). Restore it, or choose another language."
        ) from None
    entries = ((m.context or "", m.id, m.string) for m in catalogue if m.id and m.string and not m.fuzzy)
    return {(where, one): said for where, one, said in entries if isinstance(one, str) and isinstance(said, str)}


def messages(lang: str) -> dict[tuple[str, str], str]:
    """Return the catalogue of messages and cell strings of a language.

    Parameters
    ----------
    lang : str
        Language code.

    Returns
    -------
    dict of (str, str) to str
        ``(context, English)`` to the translation; what is fuzzy or open is left out. Empty for English, and for a
        language without a catalogue.

    Raises
    ------
    ContrechampError
        When the catalogue is damaged.
    """
    path = home.room("locale") / lang / "messages.po"
    if lang == _SOURCE or not path.is_file():
        return {}
    return _catalogue(lang, str(path), path.stat().st_mtime)


def gettext(message: str, lang: str | None = None) -> str:
    """Return `message` in the reader's language, or unchanged when the catalogue has no translation."""
    lang = lang or current()
    return typeset(messages(lang).get(("", message), message), lang)


def number(value: float, lang: str | None = None, pattern: str | None = None) -> str:
    """Write a number as the language does: 1,234.5 in English, 1 234,5 in French (narrow no-break space).

    Parameters
    ----------
    value : int or float
        Any finite number.
    lang : str, optional
        Language code; the reader's language when left out.
    pattern : str, optional
        A Babel number pattern such as ``"0.0"`` or ``"+0;-0"``. Without one, thousands are grouped and at most three
        decimals are written.

    Returns
    -------
    str
        With a true minus sign.

    References
    ----------
    Unicode Technical Standard 35, "Unicode Locale Data Markup Language (LDML)", part 3: number patterns.

    Examples
    --------
    >>> number(1234.5, "en")
    '1,234.5'
    >>> number(-0.27, "fr")
    '−0,27'
    """
    from babel.numbers import format_decimal

    lang = lang or current()
    text = format_decimal(value, format=pattern or "#,##0.###", locale=_BABEL.get(lang, lang))
    return text.replace("-", _MINUS)


def percent(value: float, lang: str | None = None, pattern: str | None = None) -> str:
    """Write a number of per cent (not a fraction) with its sign: 65 %."""
    return number(value, lang, pattern) + _NBSP + "%"


def date(value: str | datetime.date, lang: str | None = None) -> str:
    """Write an ISO date in words: 2 December 2026, 1er mars 2027, August 2025.

    Parameters
    ----------
    value : str or datetime.date
        Of day, month or year precision; what is unknown is not written.
    lang : str, optional
        Language code; the reader's language when left out.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        When `value` is not an ISO date of the form YYYY, YYYY-MM or YYYY-MM-DD, or no such day exists.
    """
    from babel.dates import format_date

    lang = lang or current()
    text = value.isoformat() if isinstance(value, datetime.date) else str(value)
    if not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", text):
        raise ValueError(f"{text!r} is not a date of the form YYYY, YYYY-MM or YYYY-MM-DD")
    parts = [int(part) for part in text.split("-")]
    day = datetime.date(*[*parts, 1, 1][:3])
    pattern = {1: "y", 2: "MMMM y", 3: "d MMMM y"}[len(parts)]
    words = format_date(day, pattern, locale=_BABEL.get(lang, lang))
    return "1er" + words[1:] if lang == "fr" and words.startswith("1 ") else words


# Code, addresses, references and HTML entities keep their signs.
_VERBATIM = re.compile(r"(`[^`]*`|\$[^$\n]+\$|\{\{.*?\}\}|\]\([^)\s]*\)|<[^>\s][^>]*>|https?://\S+|&#?\w+;)")


def typeset(text: str, lang: str) -> str:
    r"""Apply the typography of a language to a line of prose, leaving code, maths, addresses and references alone.

    French: narrow no-break space before ``; : ? !``, no-break space inside guillemets and before ``%``, curved
    apostrophe, one-character ellipsis. Translators type ordinary spaces. In every language a no-break space stands
    between a number and its per cent sign.

    Parameters
    ----------
    text : str
    lang : str
        Language code; another than ``"fr"`` changes spaces before ``%`` only.

    Returns
    -------
    str
        The same words; running it twice changes nothing more.

    Examples
    --------
    >>> typeset("Qu'en dire ?", "fr")
    'Qu’en dire\u202f?'
    """
    setting = _french if lang == "fr" else _plain
    parts = _VERBATIM.split(text)
    for i in range(0, len(parts), 2):
        after_reference = i > 0 and parts[i - 1].endswith("}}")
        part = re.sub(r"^ (?=[%€])", _NBSP, parts[i]) if after_reference else parts[i]
        parts[i] = setting(part)
    return "".join(parts)


def _plain(text: str) -> str:
    return re.sub(r"(?<=[\d}]) (?=%)", _NBSP, text)


def _french(text: str) -> str:
    text = text.replace("'", "\u2019").replace("...", "…")
    text = re.sub(r"[ \u00a0\u202f]+([;:?!])", _NNBSP + r"\1", text)
    text = re.sub(r"«[ \u00a0\u202f]*", "«" + _NBSP, text)
    text = re.sub(r"[ \u00a0\u202f]*»", _NBSP + "»", text)
    text = re.sub(r"(?<=[\d}])[ \u202f](?=[%€])", _NBSP, text)
    return re.sub(r"(?<=\d) (?=\d{3}(?!\d))", _NNBSP, text)
