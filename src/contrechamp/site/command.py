"""``contrechamp site``: writes the web site into a folder, both languages in one go.

The site is made beside its place and moved there when it is whole. A folder that holds anything but an earlier site is
left as it is.
"""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from contrechamp import language, workspace
from contrechamp.classroom import kit_pages, routes
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext
from contrechamp.site import (
    data_pages,
    front,
    glossary_pages,
    law_pages,
    lessons,
    navigation,
    publish,
    quiz_pages,
    run_pages,
    slides_pages,
    sound,
)
from contrechamp.site.pages import Page
from contrechamp.site.stage import Stage

MARK = ".contrechamp-site"  # a file by which this command knows a folder as its own


def main(lang: str, output: str | None = None, url: str | None = None, in_browser: bool = False) -> int:
    """Write the site; print its folder; return the exit status.

    Parameters
    ----------
    lang : str
        Language of messages; the site has all languages.
    output : str, optional
        The folder to write; ``site`` in the checkout when left out. Only an earlier site is replaced.
    url : str, optional
        Address at which it will be published, for the sitemap and the social card; nothing else needs it.
    in_browser : bool
        Add the lessons that run in the browser; their packages are fetched once and checked.

    Raises
    ------
    ContrechampError
        When something else is in the way, a page is missing in a language, a link leads nowhere, a notebook has no
        outputs, a picture has no description, or Sphinx finds fault with a page.
    """
    _ = partial(gettext, lang=lang)
    root = workspace.course(lang)
    place = Path(output or root / "site").resolve()
    if place.exists() and not (place / MARK).is_file() and (not place.is_dir() or any(place.iterdir())):
        says = _("{path} is already there and is no site of ours; it was left as it is. Give --output another folder.")
        raise ContrechampError(says.format(path=place))
    if url is not None and not _of_the_web(url):
        says = _("--url takes the address of the site, with https:// before it and nothing after its path; not {word}.")
        raise ContrechampError(says.format(word=repr(url)))
    url = url.rstrip("/") + "/" if url else ""
    place.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    try:
        _write(root, part, url, in_browser)
        (part / MARK).write_text("contrechamp site\n", encoding="utf-8")
        part.chmod(0o755)
        if place.exists():
            shutil.rmtree(place)
        part.replace(place)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    print(place)
    return 0


def _of_the_web(url: str) -> bool:
    """Say whether an address can stand before the name of a page, in HTML and in the sitemap."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and not re.search(r"[\s?#\"'<>\\]", url)


def _write(root: Path, to: Path, url: str, in_browser: bool) -> None:
    langs = language.languages()
    _tell("pages")
    made = _one_page_lessons(root, langs)
    stages = {lang: stage(root, lang, made, in_browser) for lang in langs}
    _same_everywhere(stages)
    # Sphinx keeps its state in the process: a fresh one for each language, side by side where there are cores.
    workers = ProcessPoolExecutor(min(len(langs), os.cpu_count() or 1), max_tasks_per_child=1)
    with tempfile.TemporaryDirectory(prefix="contrechamp-site-") as folder, workers as pool:
        done = [
            pool.submit(_one_language, stage, Path(folder) / lang, to / lang, url, langs)
            for lang, stage in stages.items()
        ]
        wanted: dict[str, str] = {}
        for one in done:
            wanted |= one.result()
    publish.copy_files(root, wanted, made, to)
    publish.surroundings(to, {lang: list(stage.pages) for lang, stage in stages.items()}, url)
    if in_browser:
        from contrechamp.site import lite, lite_lock

        _tell("lite")
        lite.build(to / "lite", root, lite_lock.cache_folder(root))
    _tell("links")
    sound.check(to)


def _one_language(stage: Stage, source: Path, to: Path, url: str, langs: list[str]) -> dict[str, str]:
    _tell(stage.lang)
    source.mkdir()
    publish.build(stage, source, to, url, langs)
    return stage.wanted


def collect(root: Path, lang: str, in_browser: bool = False) -> dict[str, Page]:
    """Return all pages of a language by name.

    Parameters
    ----------
    root : Path
        The checkout.
    lang : str
        Language code.
    in_browser : bool
        Whether the lessons that run in the browser will stand beside the pages.

    Raises
    ------
    ContrechampError
        When two pages have one name, or a page cannot be made.
    """
    plan = routes.plan()
    pages: dict[str, Page] = {}
    for made in (
        lessons.pages(root, lang, plan),
        front.pages(root, lang, plan),
        quiz_pages.pages(root, lang),
        slides_pages.pages(root, lang),
        law_pages.pages(root, lang),
        run_pages.pages(root, lang, in_browser),
        data_pages.pages(root, lang),
        glossary_pages.pages(root, lang),
    ):
        for page in made:
            if page.name in pages:
                raise ContrechampError(
                    f"Two pages have the name {page.name}: {pages[page.name].origin} and {page.origin}."
                )
            pages[page.name] = page
    pages["index"] = front.landing(root, lang)
    return pages


def stage(root: Path, lang: str, made: Mapping[str, bytes], in_browser: bool = False) -> Stage:
    """Return a language ready for Sphinx.

    Parameters
    ----------
    root : Path
        The checkout.
    lang : str
        Language code.
    made : mapping
        Files that are made, not copied, by their place under ``files/``.
    in_browser : bool
        Whether the lessons that run in the browser will stand beside the pages.
    """
    pages = collect(root, lang, in_browser)
    tree = navigation.tree(list(pages), root, lang)
    return Stage(root, lang, navigation.with_lists(pages, tree), tree, made)


def _same_everywhere(stages: dict[str, Stage]) -> None:
    """Every page stands in every language: the language switch depends on it."""
    for lang, stage in stages.items():
        for other, there in stages.items():
            for name in stage.pages:
                if name not in there.pages:
                    origin = stage.pages[name].origin
                    raise ContrechampError(
                        f"The page {name} ({origin}) is missing in {other}; it exists in {lang}. Build it."
                    )


def _one_page_lessons(root: Path, langs: list[str]) -> dict[str, bytes]:
    """Return each lesson as one HTML file that can be passed on; its links to other files become plain words."""
    made = {}
    for lang in langs:
        for path in sorted((root / "notebooks" / lang).glob("[0-9][0-9]_*.ipynb")):
            name = path.relative_to(root).as_posix()
            made[f"one-page/{lang}/{path.name[:2]}.html"] = kit_pages.notebook_page(
                path, lang, name, {name: name}
            ).encode()
    return made


def _tell(what: str) -> None:
    print(f"site: {what}", file=sys.stderr, flush=True)
