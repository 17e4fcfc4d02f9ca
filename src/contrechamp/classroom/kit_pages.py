"""Lessons, exercises and pages of the guide as single HTML files that lead to one another: a stick, no network.

They are made from the committed notebooks with their outputs; nothing is executed. A link to something in the kit
leads there; a link to something that the kit does not hold becomes plain words; outside addresses stay links.
"""

import html
import posixpath
import re
from collections.abc import Mapping
from pathlib import Path

from contrechamp import page

_ANCHOR = re.compile(r'<a\b[^>]*?\bhref="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


def notebook_page(path: Path, lang: str, name: str, known: Mapping[str, str]) -> str:
    """Return a committed notebook as one HTML page.

    Parameters
    ----------
    path : Path
        The notebook in the checkout.
    lang : str
        Language of the page.
    name : str
        Where it stands in the repository, for example ``notebooks/fr/02_x.ipynb``.
    known : mapping
        From a file of the repository to its page in the kit, both with forward slashes.

    Returns
    -------
    str
        HTML.

    Raises
    ------
    ContrechampError
        When the file is no notebook.
    """
    return leading(page.render(page.read(path, lang), path, lang), name, known)


def guide_page(path: Path, lang: str, name: str, known: Mapping[str, str]) -> str:
    """Return a built Markdown page of the guide as one HTML page."""
    text = path.read_text(encoding="utf-8")
    title = text.split("\n", 1)[0].removeprefix("# ").strip()
    return leading(wrapped(title, page.markdown_to_html(text, path.parent), lang), name, known)


def wrapped(title: str, body: str, lang: str) -> str:
    """Return a body as a whole page in the style of the lessons.

    Parameters
    ----------
    title : str
        As text; it is escaped.
    body : str
        HTML.
    lang : str
        Language of the page.

    Returns
    -------
    str
        HTML with its style inside.
    """
    style = (Path(page.__file__).parent / "_page" / "page.css").read_text(encoding="utf-8")
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{html.escape(title)}</title>\n'
        f"<style>{style}</style>\n</head>\n<body><main>\n{body}\n</main></body>\n</html>\n"
    )


def leading(text: str, name: str, known: Mapping[str, str]) -> str:
    """Return a page with its links led into the kit.

    Parameters
    ----------
    text : str
        HTML of the page.
    name : str
        Where its source stands in the repository: links are seen from there.
    known : mapping
        From a file of the repository to its place in the kit; must know `name` itself.

    Returns
    -------
    str
        HTML. A link to a file that the kit does not hold has become plain words.
    """
    here = posixpath.dirname(known[name])

    def lead(found: re.Match[str]) -> str:
        target, words = html.unescape(found[1]), found[2]
        if re.match(r"[a-z][a-z0-9+.-]*:|#", target):
            return found[0]
        path, _, anchor = target.partition("#")
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
        if wanted not in known:
            return words
        to = posixpath.relpath(known[wanted], here or ".") + (f"#{anchor}" if anchor else "")
        return f'<a href="{html.escape(to, quote=True)}">{words}</a>'

    return _ANCHOR.sub(lead, text)
