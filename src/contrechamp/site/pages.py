"""A page of the site before it is HTML: a name that never changes, and its text.

Each module of this room that makes pages has one function ``pages(root, lang)`` which yields them. The name is the
page's address in both languages (``lessons/02`` is ``en/lessons/02.html`` and ``fr/lessons/02.html``), so that the
language switch stays on the same page and links from outside go on working when a title changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Page:
    """One page in one language.

    Attributes
    ----------
    name : str
        Its permanent name, without language or ending, for example ``"lessons/02"`` or ``"law/index"``.
    source : str
        MyST Markdown, or a notebook as JSON. HTML stands in it as a ``{raw} html`` block. The first heading is the
        title.
        Links to files of the repository are written from the root of the repository, with a slash before:
        ``[text](/notebooks/en/02_x.ipynb)``; links to other pages by name: ``[text](page:lessons/02)`` or
        ``[text](page:law/index#record-id)``. Both are resolved when the page is staged; one that leads nowhere stops
        the build.
    origin : str
        The file of the repository that it is made from, for messages.
    description : str
        One sentence for search engines and social cards, in the language of the page; empty: the first paragraph.
    scripts : tuple of str
        Scripts in ``_static/`` that this page, and no other, loads (deferred).
    files : mapping
        Files that go with the page, by their place from the root of the language (``"law/records.json"``), as bytes.
    """

    name: str
    source: str
    origin: str
    description: str = ""
    scripts: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def ending(self) -> str:
        """``.ipynb`` for a notebook, ``.md`` for text."""
        return ".ipynb" if self.source.startswith("{") else ".md"
