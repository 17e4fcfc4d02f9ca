"""``run``: ways to run a lesson, from nothing to install to a computer of one's own, and what was tried of each.

Sizes and times of the light track are those that a test printed on a named day (``lite_lock.json``, ``measured``).
"""

import html
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import nbformat

from contrechamp import language
from contrechamp.authoring import sources
from contrechamp.language import gettext
from contrechamp.site import lite_app, lite_lock, lite_notebooks
from contrechamp.site.pages import Page


def pages(root: Path, lang: str, in_browser: bool = False) -> Iterator[Page]:
    """Yield the page ``run``.

    Parameters
    ----------
    root : Path
        The checkout.
    lang : str
        Language of the page.
    in_browser : bool
        Whether the site holds the light track, so that links to it lead somewhere.

    Raises
    ------
    ContrechampError
        When a notebook of the light track is missing in this language.
    """
    _ = partial(gettext, lang=lang)
    parts = [
        f"# {_('Ways to run a lesson')}",
        _(
            "You can read every lesson on these pages, results included, without running anything. To change a "
            "number and see what happens, choose one of three ways."
        ),
        *_in_browser(root, lang, in_browser),
        *_on_a_computer(lang),
        *_binder(lang),
        *_tried(lang),
    ]
    about = _(
        "Run the lessons in the browser without installing anything, in JupyterLab on your computer, or on Binder."
    )
    yield Page("run", "\n\n".join(parts) + "\n", "src/contrechamp/site/run_pages.py", about)


def _in_browser(root: Path, lang: str, there: bool) -> Iterator[str]:
    _ = partial(gettext, lang=lang)
    measured = lite_lock.read_lock()["measured"]
    yield f"## {_('In this browser, now: the light track')}"
    yield _(
        "Seven short notebooks with ideas of the course. Nothing to install, no account, nothing sent, and "
        "nothing kept: when you close the page, your changes are gone. To keep them, choose *File*, then "
        "*Download*."
    )
    if there:
        yield _table(root, lang)
        yield _(
            "Each loads about {megabytes} MB from this site; the next one finds most of it in the browser's "
            "memory. From the click to the first result it took {seconds} seconds on a busy computer with two "
            "cores, measured on {date}."
        ).format(
            megabytes=language.number(measured["megabytes"], lang),
            seconds=language.number(measured["seconds"], lang),
            date=language.date(measured["date"], lang),
        )
    else:
        yield _(
            "This copy of the site was made without them. Whoever publishes it can add them: `contrechamp site "
            "--in-browser`."
        )
    yield _(
        "**It does not start?** The light track needs scripts, WebAssembly (browsers have had it since 2017) and "
        "a web server: opened as a file, from a folder or a USB stick, it stays blank. Then read the whole"
        " lessons on these pages, or take the second way."
    )


def _table(root: Path, lang: str) -> str:
    _ = partial(gettext, lang=lang)
    heads = (_("Notebook"), _("Minutes"), _("From the age of"), _("The whole lesson"))
    lines = ["```{raw} html", '<table class="cc-light">', "<thead><tr>"]
    lines += [f'<th scope="col">{html.escape(head)}</th>' for head in heads]
    lines += ["</tr></thead>", "<tbody>"]
    for path in lite_notebooks.notebooks(root, lang):
        about = _about(path)
        link = f'<a href="{html.escape(address(lang, path))}">{html.escape(about["title"])}</a>'
        whole = ", ".join(
            f'<a href="page:lessons/{one}">{_("Lesson {number}").format(number=one)}</a>' for one in about["lessons"]
        )
        cells = (about["minutes"]["core"], about["min_age"], whole)
        lines.append(f'<tr><th scope="row">{link}</th>' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    return "\n".join([*lines, "</tbody>", "</table>", "```"])


def address(lang: str, path: Path) -> str:
    """Return the link to a notebook of the light track, as a page of the site writes it.

    Examples
    --------
    >>> address("fr", Path("L1_base_rates.ipynb"))
    'lite:notebooks-fr/index.html?path=fr%2FL1_base_rates.ipynb'
    """
    return f"lite:{lite_app.door_name(lang)}/index.html?path={quote(f'{lang}/{path.name}', safe='')}"


def _about(path: Path) -> dict[str, Any]:
    notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    title = notebook.cells[0].source.splitlines()[0].removeprefix("# ").strip()
    source = path.parent.parent / f"{path.stem}.md"
    return {**sources.read(source).meta, "title": title}


def _on_a_computer(lang: str) -> Iterator[str]:
    _ = partial(gettext, lang=lang)
    yield f"## {_('On your own computer: all lessons')}"
    yield _(
        "All twenty-one lessons with their exercises, in JupyterLab. Once installed, they need no network. Get "
        "the course (on its page, the button *Code*, then *Download ZIP*; unpack it), open a terminal in its "
        "folder, and type:"
    )
    yield "```\npython3 course.py lab\n```"
    yield _("On Windows: `py course.py lab`. The first time it installs what is needed, about half a gigabyte.")


def _binder(lang: str) -> Iterator[str]:
    _ = partial(gettext, lang=lang)
    yield f"## {_('On a computer of somebody else: Binder')}"
    yield _(
        "Binder (mybinder.org) makes a computer in a data centre out of the course's `environment.yml`, "
        "without an account. The address is `https://mybinder.org/v2/gh/OWNER/REPOSITORY/HEAD?urlpath=lab`,"
        " with the names of the repository. It may take minutes to start, and forgets everything when you close "
        "it. The computer is somebody else's: write nothing there that concerns anybody."
    )


def _tried(lang: str) -> Iterator[str]:
    _ = partial(gettext, lang=lang)
    yield f"## {_('What was tried, and what was not')}"
    lines = [
        _(
            "**The light track**: each notebook, in both languages, is run to its end by a test, in Chromium on "
            "Linux, with every other host refused, and says what the installed course says. By hand, each was also run "
            "to its last cell in Firefox 153 on Linux. Safari and telephones were not tried."
        ),
        _(
            "**These pages**: a test opens each of them in Chromium. By hand, on Linux, some of every kind were opened "
            "in Firefox 153 and in WebKitGTK 2.50, of the same family as Safari: from a server and from a folder, with "
            "the quiz, the filter of the law, the calculator, the search, the languages, the colours and the way out; "
            "narrow, 360 pixels in Firefox and 447 in WebKitGTK; without scripts, a few only. Safari itself, Windows, "
            "macOS and telephones were not tried."
        ),
        _(
            "**Screen readers**: Orca 43 with Firefox 153 on Linux, its speech written down and read: lesson 02, the "
            "calculator and the page of help in French, a quiz in both languages. NVDA, JAWS, VoiceOver and TalkBack "
            "were not tried, and nobody who listens every day has told us yet how the course reads."
        ),
        _(
            "**The light track and screen readers**: of what a program (axe 4.14) finds on its pages, three faults "
            "are JupyterLite's own and stay: a button that folds a heading has no name, the list of cells is marked "
            "as a feed, and the link past the menus is out of order. It does not follow a dark device: choose "
            "the colours in its menu; the dark ones were not looked at by that program. It was not tried with a screen "
            "reader: the lessons on these pages read better."
        ),
        _("**JupyterLab**: tried on Linux. Windows and macOS were not."),
        _("**Binder**: a test reads the files as Binder would. No image was built."),
        _(
            "**The science lessons in the browser** (those with NumPy, pandas, figures): not offered here. They "
            "would need the public Pyodide distribution from another host, which was not tried."
        ),
    ]
    yield "\n".join(f"- {line}" for line in lines)
