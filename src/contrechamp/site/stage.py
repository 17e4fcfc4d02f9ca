"""Stage the site: collect the pages of a language, lead each link to its page or file, write them for Sphinx.

A link in a lesson or a guide is written as seen from its file in the repository. On the site it leads to the page made
of that file, or to the file itself under ``files/``. A link that leads nowhere stops the build with the file's name.
"""

import html
import json
import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from contrechamp.errors import ContrechampError
from contrechamp.site import lessons
from contrechamp.site.navigation import Tree
from contrechamp.site.pages import Page

PAGE, FILE = "cc-page", "cc-file"  # schemes of resolved links, until the place of the page is known
_LINK = re.compile(r"(?<=\]\()([^()\s]+)(?=\))")
_HREF = re.compile(r'((?<= href=")|(?<= src="))([^"]+)(?=")')
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_OUTSIDE = re.compile(r"https?:|mailto:|tel:|sms:|#")


@dataclass
class Stage:
    """The pages of one language on their way to Sphinx, and the files that they offer."""

    root: Path
    lang: str
    pages: dict[str, Page]
    tree: Tree
    made: Mapping[str, bytes]
    """Files of the site that are made, not copied, by their place under ``files/``."""
    wanted: dict[str, str] = field(default_factory=dict)
    """Files of the repository that some page links, with the page that was first to do so."""

    def write(self, folder: Path) -> None:
        """Write every page for Sphinx, its links resolved.

        Raises
        ------
        ContrechampError
            When a link leads nowhere; the sentence names the file and the link.
        """
        for page in self.pages.values():
            path = folder / (page.name + page.ending)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self._resolved(page), encoding="utf-8")

    def _resolved(self, page: Page) -> str:
        def lead(target: str) -> str:
            return self._lead(page, target)

        if page.ending == ".md":
            return led(page.source, lead)
        notebook = json.loads(page.source)
        for cell in notebook["cells"]:
            if cell["cell_type"] == "markdown":
                cell["source"] = led("".join(cell["source"]), lead)
        return json.dumps(notebook, ensure_ascii=False)

    def _lead(self, page: Page, target: str) -> str:
        """Return where a link of a page leads: outside, to a page, or to a file."""
        if _OUTSIDE.match(target):
            return target
        if target.startswith("lite:"):  # the light track, beside the languages; `run_pages` links it when it is there
            return f"{FILE}:../lite/{target.removeprefix('lite:')}"
        path, mark, anchor = target.partition("#")
        itself = path.startswith("file:")  # the notebook, not the page that is made of it
        path = path.removeprefix("file:")
        if path.startswith("page:"):
            name = path.removeprefix("page:")
        else:
            path = posixpath.normpath(posixpath.join("/", posixpath.dirname(page.origin), path)).lstrip("/")
            name = "" if itself else page_of(path) or ""
            if name not in self.pages and (path in self.made or (self.root / path).is_file()):
                self.wanted.setdefault(path, page.origin)
                return f"{FILE}:{path}"
        if name not in self.pages:
            raise ContrechampError(f"{page.origin} ({self.lang}): the link {target} leads nowhere. Mend or remove it.")
        return f"{PAGE}:{name}{mark}{anchor}"


def page_of(path: str) -> str | None:
    """Return the page that is made of a file of the repository, or None.

    Examples
    --------
    >>> page_of("guide/fr/care.md"), page_of("datasets/law/card.md"), page_of("LICENSE")
    ('guide/care', 'data/law', None)
    """
    found = re.fullmatch(r"guide/[a-z]{2}/(\w+)\.md", path)
    if found:
        return f"guide/{found[1]}"
    found = re.fullmatch(r"datasets/(\w+)/card\.md", path)
    return f"data/{found[1]}" if found else lessons.page_name(path)


def led(text: str, lead: Callable[[str], str]) -> str:
    """Return Markdown with its links led, code left as it is; in blocks of raw HTML, those of ``href`` and ``src``."""
    lines, fence, raw = [], "", False
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if found and not fence:
            fence, raw = found[1], "{raw}" in line
        elif found and line.strip() == fence:
            fence = ""
        elif fence and raw:
            line = _HREF.sub(lambda one: html.escape(lead(html.unescape(one[2])), quote=True), line)
        elif not fence:
            line = _LINK.sub(lambda one: lead(one[1]), line)
        lines.append(line)
    return "\n".join(lines)
