"""Pages of lessons, exercises, twins and solutions: the committed notebooks with their outputs. Nothing is executed."""

import html
import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from contrechamp.classroom.routes import Plan
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext
from contrechamp.site.pages import Page

ROOMS = {
    "lessons": "notebooks/{lang}",
    "exercises": "exercises/{lang}",
    "solutions": "exercises/{lang}/solutions",
}
_OURS = "application/vnd.contrechamp."  # data for the build and for grading; the words beside it are what a reader sees
_PICTURES = ("image/png", "image/jpeg", "image/svg+xml")
_NAME = re.compile(r"(\d\d)_\w+?(_alternative)?")


def page_name(path: str) -> str | None:
    """Return the page of a notebook of the repository, or None when the path is not one of the course's notebooks.

    Examples
    --------
    >>> page_name("exercises/fr/solutions/02_one_number_five_questions_alternative.ipynb")
    'solutions/02_alternative'
    """
    folder, _, file = path.rpartition("/")
    found = _NAME.fullmatch(file.removesuffix(".ipynb"))
    if found and file.endswith(".ipynb"):
        for room, pattern in ROOMS.items():
            if re.fullmatch(pattern.format(lang="[a-z]{2}"), folder):
                return f"{room}/{found[1]}{found[2] or ''}"
    return None


def pages(root: Path, lang: str, plan: Plan) -> Iterator[Page]:
    """Yield the page of each committed notebook of a language.

    Parameters
    ----------
    root : Path
        The checkout.
    lang : str
        Language code.
    plan : Plan
        The routes, each of which a lesson names when it takes part.

    Raises
    ------
    ContrechampError
        When there is no lesson, a notebook is damaged, a cell has not run, or a picture has no description.
    """
    found = 0
    for pattern in ROOMS.values():
        for path in sorted((root / pattern.format(lang=lang)).glob("[0-9][0-9]_*.ipynb")):
            origin = path.relative_to(root).as_posix()
            name = page_name(origin)
            if name:
                found += name.startswith("lessons/")
                yield _page(path, origin, name, root, lang, plan)
    if not found:
        raise ContrechampError(f"notebooks/{lang} holds no lessons. Build them: contrechamp build")


def _page(path: Path, origin: str, name: str, root: Path, lang: str, plan: Plan) -> Page:
    """Return a notebook as a page for myst-nb: descriptions as cell metadata, the lesson's tools after its head."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cells: list[dict[str, Any]] = notebook["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code" and "".join(cell["source"]).strip()]
        unrun = [number for number, cell in enumerate(code, 1) if cell["execution_count"] is None]
    except (ValueError, KeyError, TypeError):
        says = "{path} is not a notebook: the file is damaged. Restore it with git, or build it again."
        raise ContrechampError(says.format(path=origin)) from None
    if unrun and not name.startswith("exercises/"):  # an exercise is handed out unrun
        what = (
            " has no outputs: it was never run."
            if unrun == [*range(1, len(code) + 1)]
            else (f", code cell {unrun[0]}: it was not run.")
        )
        raise ContrechampError(f"{origin}{what} Build it: contrechamp build {path.name[:2]}")
    for number, cell in enumerate(code, 1):
        _describe(cell, number, origin)
    first = "".join(cells[0]["source"])
    room, _, number_ = name.partition("/")
    tools = _tools(room, number_, root, lang, plan)
    if room == "solutions":  # else the page and its exercise would have one title
        top, _, below = first.partition("\n")
        first = f"{top} · {gettext('solution', lang)}\n{below}"
    head, mark, rest = first.partition("\n## ")
    cells[0]["source"] = f"{head}\n\n{tools}\n{mark}{rest}"
    return Page(name, json.dumps(notebook, ensure_ascii=False), origin, described(cells[0]["source"]))


def described(text: str) -> str:
    r"""Return the first paragraph after the title as plain words, for search engines and cards.

    Examples
    --------
    >>> described("# What?\n\n**The answer to come:** [webpages](x.md), \nconfirmed.\n\nMore.")
    'The answer to come: webpages, confirmed.'
    """
    paragraph = next((one for one in text.split("\n\n")[1:] if one.strip() and one[0] not in ">`#|-"), "")
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", paragraph)
    return " ".join(re.sub(r"[*`]", "", words).split())


def _describe(cell: dict[str, Any], number: int, origin: str) -> None:
    """Give a cell the description of its picture, which the output holds, as myst-nb reads it."""
    cell["metadata"] = {key: value for key, value in cell["metadata"].items() if key == "tags"}
    described = []
    for output in cell["outputs"]:
        if "data" in output:
            output["data"] = {kind: data for kind, data in output["data"].items() if not kind.startswith(_OURS)}
        for kind in _PICTURES:
            if kind in output.get("data", {}):
                described.append(output.get("metadata", {}).get(kind, {}).get("alt"))
    if not all(described):
        raise ContrechampError(
            f"{origin}, code cell {number}: the picture has no description. Show it with show(fig, alt=…) and build."
        )
    if len(described) > 1:
        raise ContrechampError(f"{origin}, code cell {number} shows {len(described)} pictures. Show one in a cell.")
    if described:
        cell["metadata"]["mystnb"] = {"image": {"alt": described[0]}}


def _tools(room: str, item: str, root: Path, lang: str, plan: Plan) -> str:
    """Return the list of what belongs to a page, as an HTML block: where else it can be read, what follows it."""
    _ = partial(gettext, lang=lang)
    number, twin = item[:2], item.endswith("_alternative")

    def page(name: str, words: str) -> str:
        return f'<a href="page:{name}">{html.escape(words)}</a>'

    def file(path: str, words: str) -> str:
        return f'<a href="{path}" download>{html.escape(words)}</a>'

    def exists(folder: str, alternative: bool) -> Path | None:
        found = sorted((root / folder.format(lang=lang)).glob(f"{number}_*.ipynb"))
        return next((path for path in found if path.stem.endswith("_alternative") == alternative), None)

    lines: list[tuple[str, list[str]]] = []
    own = exists(ROOMS[room], twin)
    assert own is not None
    take = [file(f"file:/{own.relative_to(root).as_posix()}", _("notebook, to run and change"))]
    if room == "lessons":
        take.append(file(f"/one-page/{lang}/{number}.html", _("one HTML file, to pass on")))
    lines.append((_("Take it with you"), [*take, page("run", _("ways to run it"))]))
    work: list[str] = []
    if room != "lessons":
        work.append(page(f"lessons/{number}", _("the lesson")))
    if (room != "exercises" or twin) and exists(ROOMS["exercises"], False):
        work.append(page(f"exercises/{number}", _("exercise")))
    if (room != "exercises" or not twin) and exists(ROOMS["exercises"], True):
        work.append(page(f"exercises/{number}_alternative", _("exercise on a neutral subject, equal credit")))
    work.append(page(f"quiz/{number}", _("quiz")))
    if room == "exercises":
        work.append(page(f"solutions/{item}", _("solution")))
    lines.append((_("With it"), work))
    if room == "lessons":
        lines += _taught(number, root, lang, plan)
    rows = "".join(
        f"<li><b>{html.escape(head)}</b>{_colon(lang)} {', '.join(links)}</li>" for head, links in lines if links
    )
    label = html.escape(_("What belongs to this page"))
    return f'```{{raw}} html\n<nav class="cc-tools" aria-label="{label}"><ul>{rows}</ul></nav>\n```'


def _taught(number: str, root: Path, lang: str, plan: Plan) -> Iterator[tuple[str, list[str]]]:
    """Yield the decks that a lesson links and the routes that it stands in."""
    _ = partial(gettext, lang=lang)
    path = next((root / ROOMS["lessons"].format(lang=lang)).glob(f"{number}_*.ipynb"))
    decks = dict.fromkeys(re.findall(rf"slides/{lang}/(\w+)\.pptx", path.read_text(encoding="utf-8")))
    links = []
    for deck in decks:
        for ending, words in ((".pptx", "PowerPoint"), (".pdf", "PDF")):
            links.append(f'<a href="/slides/{lang}/{deck}{ending}" download>{words}</a>')
    yield _("Slides"), links
    routes = []
    for route in (plan.route(one.id, lang) for one in plan.routes):
        if number in route.lessons:
            at = next((at for at, step in route.timed() if step.kind == "lesson" and step.item == number), None)
            title = html.escape(route.title)
            where = _("at home") if at is None else _("minute {number}").format(number=at)
            routes.append(f'<a href="page:routes/{route.id}">{title}</a> ({where})')
    yield _("In the routes"), routes


def _colon(lang: str) -> str:
    return gettext("{heading}:", lang).format(heading="")


def numbers(root: Path, lang: str) -> list[str]:
    """Return the numbers of the lessons of a language, in order."""
    return [path.name[:2] for path in sorted((root / ROOMS["lessons"].format(lang=lang)).glob("[0-9][0-9]_*.ipynb"))]
