"""The tree of the site: which page hangs below which. Every page stands in it once."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from contrechamp.classroom.routes import lesson_meta
from contrechamp.language import gettext
from contrechamp.site import lessons
from contrechamp.site.pages import Page

_PARTS = ((0, 0), (1, 3), (4, 7), (8, 12), (13, 16), (17, 20))
_ROOMS = ("routes", "quiz", "law", "data", "slides")


@dataclass
class Entry:
    """A page in the tree. `title` is that of the page when left empty."""

    name: str
    title: str = ""
    below: list["Entry"] = field(default_factory=list)


Tree = dict[str, list[Entry]]
"""From the caption of a group to its pages."""


def parts(root: Path, lang: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the title of each part of the course that has lessons, with their numbers."""
    _ = partial(gettext, lang=lang)
    titles = (
        _("Start here"),
        _("I. What happened, and to whom"),
        _("II. How generated images are made and abused"),
        _("III. How detectors work, and fail"),
        _("IV. Mark, sign, match"),
        _("V. What the law says, and what to do"),
    )
    known = lessons.numbers(root, lang)
    for title, (first, last) in zip(titles, _PARTS, strict=True):
        numbers = [number for number in known if first <= int(number) <= last]
        if numbers:
            yield title, numbers


def tree(names: list[str], root: Path, lang: str) -> Tree:
    """Return the tree of a language: its lessons in their parts, what teachers need, what is looked up.

    Parameters
    ----------
    names : list of str
        Names of all pages; ``index``, the root, may be among them.
    root : Path
        The checkout.
    lang : str
        Language code.
    """
    _ = partial(gettext, lang=lang)
    left = dict.fromkeys(name for name in names if name != "index")

    def take(entries: list[tuple[str, str]]) -> list[Entry]:
        taken = [Entry(name, title) for name, title in entries if name in left]
        for entry in taken:
            del left[entry.name]
        return taken

    below = {
        "exercises/{}": _("Exercise"),
        "exercises/{}_alternative": _("Exercise on a neutral subject"),
        "quiz/{}": _("Quiz"),
        "solutions/{}": _("Solution"),
        "solutions/{}_alternative": _("Solution, neutral subject"),
    }
    made: Tree = {}
    for caption, numbers in parts(root, lang):
        made[caption] = take(
            [(f"lessons/{one}", f"{one} · {_plain(lesson_meta(one, lang)['title'])}") for one in numbers]
        )
        for entry, number in zip(made[caption], numbers, strict=True):
            entry.below = take([(name.format(number), title) for name, title in below.items()])
    groups = {
        _("To teach"): [
            "routes/index",
            "guide/care",
            "guide/facilitator",
            "slides/index",
            "quiz/index",
            "guide/grading",
        ],
        _("To look up"): [
            "law/index",
            "law/deadlines",
            "law/compare",
            "data/statistics",
            "data/index",
            "guide/glossary",
        ],
        _("This site"): ["run", "help", "about"],
    }
    for caption, wanted in groups.items():
        made[caption] = take([(name, "") for name in wanted])
    rooms = {entry.name: entry for entries in made.values() for entry in entries}
    for room in _ROOMS:
        if f"{room}/index" in rooms:
            rooms[f"{room}/index"].below = take([(name, "") for name in left if name.startswith(f"{room}/")])
    made[_("More for teachers")] = take([(name, "") for name in sorted(left)])
    return {caption: entries for caption, entries in made.items() if entries}


def with_lists(pages: dict[str, Page], tree: Tree) -> dict[str, Page]:
    """Return the pages with the hidden lists from which Sphinx learns their order (``toctree``)."""
    grown = dict(pages)
    lists = [_list(entries, caption) for caption, entries in tree.items()]
    grown["index"] = _extended(grown["index"], "\n\n".join(lists))
    for entry in (one for entries in tree.values() for one in entries if one.below):
        grown[entry.name] = _extended(grown[entry.name], _list(entry.below))
    return grown


def _list(entries: list[Entry], caption: str = "") -> str:
    lines = [f"{one.title} </{one.name}>" if one.title else f"/{one.name}" for one in entries]
    return "\n".join(["```{toctree}", ":hidden:", *([f":caption: {caption}"] if caption else []), "", *lines, "```"])


def _plain(title: str) -> str:
    return title.replace("*", "").replace("`", "").replace("<", "‹").replace(">", "›")


def _extended(page: Page, more: str) -> Page:
    if page.ending == ".md":
        return replace(page, source=f"{page.source.rstrip()}\n\n{more}\n")
    notebook = json.loads(page.source)
    notebook["cells"].append({"cell_type": "markdown", "id": "navigation", "metadata": {}, "source": more})
    return replace(page, source=json.dumps(notebook, ensure_ascii=False))
