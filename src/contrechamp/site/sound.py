"""Prove a written site before anybody sees it: links lead somewhere, pictures are described, nothing is fetched.

Reads every HTML file of the folder, as a browser without scripts would.
"""

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from contrechamp.errors import ContrechampError

if TYPE_CHECKING:
    from lxml import html

_FETCHED = (
    ("script", "src"),
    ("img", "src"),
    ("iframe", "src"),
    ("source", "src"),
    ("video", "src"),
    ("audio", "src"),
)
_KNOWN = ("http", "https", "mailto", "tel", "sms", "data")  # what a browser or a telephone opens
_FILE_NAME = re.compile(r"\S+\.(png|jpe?g|svg|gif|webp)$|^[\w/.-]*_images/", re.IGNORECASE)


def check(site: Path) -> None:
    """Read every page of a site.

    Parameters
    ----------
    site : Path
        The folder with one folder for each language.

    Raises
    ------
    ContrechampError
        With one sentence for each of the first ten faults: the page, what is wrong, what it leads to.
    """
    faults = list(_faults(site))
    if faults:
        more = f"\n… and {len(faults) - 10} more." if len(faults) > 10 else ""
        raise ContrechampError("\n".join(faults[:10]) + more)


def _faults(site: Path) -> Iterator[str]:
    from lxml import html

    pages = {path.relative_to(site).as_posix(): path for path in site.glob("*/**/*.html")}
    pages = {name: path for name, path in pages.items() if not name.startswith(("lite/", "files/"))}
    pages |= {path.name: path for path in site.glob("*.html")}
    trees = {name: html.parse(str(path), html.HTMLParser(encoding="utf-8")).getroot() for name, path in pages.items()}
    anchors = {name: set(tree.xpath("//@id | //a/@name")) for name, tree in trees.items()}
    for name, tree in trees.items():
        for image in tree.iter("img"):
            says = image.get("alt")
            if says is None or _FILE_NAME.search(says.strip()) or (not says.strip() and _content(image)):
                yield f"{name}: the picture {image.get('src', '')[:60]} has no description of its own."
        for kind, attribute in _FETCHED:
            for node in tree.iter(kind):
                if re.match(r"(https?:)?//", node.get(attribute, "")):
                    yield f"{name} would fetch {node.get(attribute)}. Bring the file along."
        for node in tree.iter("link"):
            fetched = "alternate" not in node.get("rel", "") and "canonical" not in node.get("rel", "")
            if fetched and re.match(r"(https?:)?//", node.get("href", "")):
                yield f"{name} would fetch {node.get('href')}. Bring the file along."
        seen = set(tree.xpath("//a/@href | //img/@src | //script/@src | //link/@href"))
        for target in sorted(seen):
            fault = _leads(site, name, target, anchors)
            if fault:
                yield f"{name}: {fault}"


def _content(image: "html.HtmlElement") -> bool:
    """Say whether a picture belongs to what a page tells, and is not marked as a mere decoration."""
    return image.get("role") != "presentation" and next(image.iterancestors("article"), None) is not None


def _leads(site: Path, name: str, target: str, anchors: dict[str, set[str]]) -> str | None:
    """Return what is wrong with a link, or None."""
    parts = urlsplit(target)
    if parts.scheme and parts.scheme not in _KNOWN:
        return f"the link {target} leads nowhere: no browser knows {parts.scheme}:"
    if parts.scheme or parts.netloc:
        return None
    there = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(parts.path))) if parts.path else name
    if there.startswith("lite/") and not (site / "lite").is_dir():
        return f"the link {target} needs the lessons in the browser. Add --in-browser."
    if not (site / there).is_file():
        return f"the link {target} leads nowhere."
    anchor = unquote(parts.fragment)
    if anchor and there in anchors and anchor not in anchors[there]:
        return f"the link {target} leads to a page that has no place of that name."
    return None
