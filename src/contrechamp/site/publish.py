"""Make the HTML of a staged language with Sphinx, and the files around it: downloads, sitemap, choice of language."""

import html
import io
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contrechamp.errors import ContrechampError
from contrechamp.language import gettext
from contrechamp.site import card
from contrechamp.site.stage import FILE, PAGE, Stage

HERE = Path(__file__).parent
EXIT = "https://www.wikipedia.org/"
_NAMES = {"en": "English", "fr": "Français"}
# Of the theme, what no page asks for: maps of its sources, icons drawn by a script of 1.5 MB, further languages.
_UNUSED = (
    "**/*.map",
    "_static/scripts/fontawesome.js",
    "_static/locales",
    "_static/images/logo_*",
    "_static/webpack-macros.html",
    "_static/sbt-webpack-macros.html",
    "objects.inv",
    ".buildinfo",
    "_sources",
)


def build(stage: Stage, source: Path, to: Path, url: str, languages: list[str]) -> None:
    """Write the HTML of one language.

    Parameters
    ----------
    stage : Stage
        The pages; written into `source` by this function.
    source : Path
        An empty folder for Sphinx to read.
    to : Path
        The folder of the language in the site.
    url : str
        Address of the published site with a slash at its end, or nothing.
    languages : list of str
        Codes of all languages of the site.

    Raises
    ------
    ContrechampError
        When Sphinx finds fault with a page; the sentence quotes its first warnings, which name the page.
    """
    from docutils.utils import SystemMessage
    from sphinx.application import Sphinx
    from sphinx.errors import SphinxError
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    stage.write(source)
    warnings = io.StringIO()
    made = source / ".html" / stage.lang  # myst-nb writes its pictures a second time, beside this folder
    try:
        with patch_docutils(), docutils_namespace():
            app = Sphinx(
                source, None, made, source / ".doctrees", "html", _settings(stage, url, languages),
                status=None, warning=warnings, freshenv=True,
            )  # fmt: skip
            app.build(force_all=True)
    except (SphinxError, SystemMessage) as error:
        raise ContrechampError(f"{stage.lang}: {error}") from None
    found = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in warnings.getvalue().splitlines() if line.strip()]
    if found:
        said = "\n".join(line.replace(str(source), stage.lang) for line in found[:8])
        raise ContrechampError(f"{len(found)} faults in the pages; the first:\n{said}")
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(made, to)
    _tidy(to)
    (to / "_static" / "card.png").write_bytes(card.draw(stage.lang))
    for page in stage.pages.values():
        for place, content in page.files.items():
            path = to / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def _settings(stage: Stage, url: str, languages: list[str]) -> dict[str, Any]:
    return {
        "project": "Contrechamp",
        "author": "The Contrechamp authors",
        "copyright": "The Contrechamp authors",
        "language": stage.lang,
        "extensions": ["myst_nb", "contrechamp.site.frame"],
        "html_theme": "sphinx_book_theme",
        "html_theme_options": {
            "article_header_start": ["toggle-primary-sidebar.html"],
            "article_header_end": ["toggle-secondary-sidebar.html"],
            "footer_content_items": ["cc-footer.html"],
            "secondary_sidebar_items": ["page-toc.html"],
            "collapse_navbar": True,
            "show_navbar_depth": 1,
            "max_navbar_depth": 2,
            "use_download_button": False,
            "use_fullscreen_button": False,
            "show_prev_next": True,
            "back_to_top_button": False,
            "search_bar_text": gettext("Search", stage.lang),
        },
        "html_sidebars": {"**": ["cc-brand.html", "cc-search.html", "cc-nav.html"]},
        "html_title": "Contrechamp",
        "html_context": {"default_mode": "auto"},  # else the theme's script complains on each page
        "html_static_path": [str(HERE / "_static")],
        "templates_path": [str(HERE / "_templates")],
        "html_css_files": ["site.css", "law.css", "quiz.css"],
        "html_js_files": [("site.js", {"defer": "defer"})],
        "html_copy_source": False,
        "html_show_sourcelink": False,
        "html_show_sphinx": False,
        "html_use_index": False,
        "html_domain_indices": False,
        "html_math_renderer": "mathml",
        "html_baseurl": f"{url}{stage.lang}/" if url else "",
        "html_permalinks_icon": "#",
        "smartquotes": False,  # the typography of the sources stands
        "nb_execution_mode": "off",
        "nb_merge_streams": True,
        "myst_enable_extensions": ["dollarmath", "colon_fence", "deflist", "attrs_block"],
        "myst_url_schemes": {name: None for name in ("http", "https", "mailto", "tel", "sms", PAGE, FILE)},
        "myst_links_external_new_tab": False,
        "exclude_patterns": [".doctrees", ".html"],
        "suppress_warnings": ["myst.header"],
        "cc_site": {
            "languages": {code: _NAMES.get(code, code) for code in languages},
            "url": url,
            "exit": EXIT,
            "tree": stage.tree,
            "descriptions": {page.name: page.description for page in stage.pages.values()},
            "scripts": {page.name: page.scripts for page in stage.pages.values()},
        },
    }


def _tidy(folder: Path) -> None:
    for pattern in _UNUSED:
        for path in folder.glob(pattern):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def copy_files(root: Path, wanted: Mapping[str, str], made: Mapping[str, bytes], to: Path) -> None:
    """Put the files that pages link under ``files/``, where they have the place that they have in the repository."""
    for name in wanted:
        path = to / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made[name] if name in made else (root / name).read_bytes())


def sitemap(names: Mapping[str, list[str]], url: str) -> str:
    """Return the sitemap of the site: each page with its address in every language.

    Parameters
    ----------
    names : mapping
        From a language to the names of its pages.
    url : str
        Address of the site, with a slash at its end.
    """
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"',
    ]
    lines.append('  xmlns:xhtml="http://www.w3.org/1999/xhtml">')
    for lang, pages in names.items():
        for name in pages:
            lines.append(f"<url><loc>{html.escape(f'{url}{lang}/{name}.html')}</loc>")
            for other in names:
                there = html.escape(f"{url}{other}/{name}.html")
                lines.append(f'<xhtml:link rel="alternate" hreflang="{other}" href="{there}"/>')
            lines.append("</url>")
    return "\n".join([*lines, "</urlset>", ""])


def surroundings(to: Path, names: Mapping[str, list[str]], url: str) -> None:
    """Write what stands beside the folders of languages: the choice of language, robots, the sitemap.

    Parameters
    ----------
    to : Path
        The folder of the site.
    names : mapping
        From a language to the names of its pages.
    url : str
        Address of the published site with a slash at its end, or nothing: then there is no sitemap.
    """
    links = "".join(
        f'<li><a href="{lang}/index.html" lang="{lang}" hreflang="{lang}">{_NAMES.get(lang, lang)}</a></li>'
        for lang in names
    )
    (to / "index.html").write_text(
        (HERE / "_templates" / "choose.html").read_text(encoding="utf-8").replace("LINKS", links),
        encoding="utf-8",
    )
    (to / ".nojekyll").touch()  # else GitHub Pages leaves out every folder that begins with _
    if url:
        (to / "sitemap.xml").write_text(sitemap(names, url), encoding="utf-8")
        (to / "robots.txt").write_text(f"User-agent: *\nAllow: /\nSitemap: {url}sitemap.xml\n", encoding="utf-8")
