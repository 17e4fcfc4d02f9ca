"""The pages around the lessons: the three doors, help now, the routes, the guide, what the site keeps about you."""

import html
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from contrechamp.classroom import routes
from contrechamp.classroom.routes import Plan, Route, Step, worksheet_title
from contrechamp.language import gettext
from contrechamp.site import help_page, lessons, navigation
from contrechamp.site.pages import Page

_SHEET = "worksheet_"


def pages(root: Path, lang: str, plan: Plan) -> Iterator[Page]:
    """Yield the pages of help, routes, guide and the site itself; the landing page comes from `landing`.

    Parameters
    ----------
    root : Path
        The checkout.
    lang : str
        Language code.
    plan : Plan
        Routes and worksheets.
    """
    yield help_page.page(root, lang)
    yield _about(lang)
    for route in (plan.route(one.id, lang) for one in plan.routes):
        yield _route(route, lang)
    yield _routes(plan, lang)
    for path in sorted((root / "guide" / lang).glob("*.md")):
        if path.stem == "glossary":  # its terms have anchors: see `glossary_pages`
            continue
        text = path.read_text(encoding="utf-8")
        if path.stem.startswith(_SHEET):
            text = _worksheet(text, path.stem, lang)
        yield Page(f"guide/{path.stem}", text, path.relative_to(root).as_posix(), lessons.described(text))


def _about(lang: str) -> Page:
    _ = partial(gettext, lang=lang)
    parts = [
        "# " + _("About this site"),
        "## " + _("What it keeps about you"),
        _(
            "The site itself keeps nothing. There is no account, no cookie, no counting of visits, and no page asks "
            "anything of another server. The choice between light and dark stays in your browser. Answers to a quiz "
            "are gone when you close the page."
        ),
        _(
            "Two things to know: whoever hosts these pages may log requests, as any web server can; and what you "
            "search, filter or compute stands in the address of the page, hence in your browser's history."
        ),
        "## " + _("Read it your way"),
        _(
            "The pages work with the keyboard alone, at four times the size, at the width of a telephone, in light and "
            "dark, on paper, and from a folder without a server (seen in Chromium; real telephones and other browsers "
            "were not tried). Without scripts, the text, the pictures, the tables "
            "and the answers are there; the search and the filters are not. Formulas are MathML, which screen "
            "readers read. Every picture has a description that says what it shows."
        ),
        _(
            "JupyterLab, the program in which lessons run, has faults of access of its own that we cannot mend. "
            "These pages hold the same lessons with their results."
        ),
        _("Something is in your way? [How to report a problem](/SAFETY.md) (a file in English, last section)."),
        "## " + _("Links that last"),
        _(
            "The address of a page holds its number, not its title, and stays: `lessons/02.html`, "
            "`quiz/02.html#q-02.a`, `law/index.html#fr-cp-226-8-1`. The folder before it is the language."
        ),
        "## " + _("Use it, change it, cite it"),
        _(
            "Code: [BSD-3-Clause](/LICENSE). Text, exercises, data, slides: [CC BY 4.0](/LICENSE-content). Name "
            "“The Contrechamp authors” and say what you changed. To cite: [CITATION.cff](/CITATION.cff)."
        ),
        _("This is information, not legal advice. Each rule has its date and its grade."),
    ]
    return Page("about", "\n\n".join(parts), "README.md", _("What this site keeps about you, and how to read it"))


def _routes(plan: Plan, lang: str) -> Page:
    _ = partial(gettext, lang=lang)
    lines = [
        "# " + _("Routes"),
        _("Choose by the time that you have. Each route has its minutes, its age and a run-sheet to print."),
        "",
    ]
    for route in (plan.route(one.id, lang) for one in plan.routes):
        lines += [f"## [{route.title}](page:routes/{route.id})", f"{routes.facts(route, lang)} {route.aim}"]
    return Page("routes/index", "\n\n".join(lines), plan.relative, lines[1])


def _route(route: Route, lang: str) -> Page:
    """Return the page of one route: its promise, what must be ready, each step with what it uses."""
    _ = partial(gettext, lang=lang)
    sheet = f"/guide/{lang}/run_sheet_{route.id.replace('-', '_')}.pdf"
    lines = [
        f"# {route.title}",
        f"{routes.facts(route, lang)} {route.aim}",
        "**" + _("Before") + "**. " + route.before,
        f"[{_('The run-sheet of this route (PDF)')}]({sheet}), "
        + _(
            "with [what to prepare](page:guide/facilitator), [how to take care](page:guide/care) and "
            "[letters](page:guide/letters)."
        ),
    ]
    session = 0
    for at, step in route.timed():
        if step.session != session and len({one.session for one in route.steps}) > 1:
            lines.append("## " + _("Session {number}").format(number=step.session))
        elif not session:
            lines.append("## " + _("The steps"))
        session = step.session
        lines.append(_step(at, step, lang))
    if route.at_home:
        lines.append("## " + _("At home"))
        lines += [
            f"- [{_('Lesson {number}').format(number=number)}](page:lessons/{number})" for number in route.at_home
        ]
    command = f"python3 course.py kit --route {route.id} --age {route.min_age} --lang {lang}"
    lines += [
        "## " + _("For a room without network"),
        _("This command packs all of it into one folder:"),
        f"```\n{command}\n```",
    ]
    return Page(f"routes/{route.id}", "\n\n".join(lines), "guide/routes.yaml", route.aim)


def _step(at: int, step: Step, lang: str) -> str:
    """Return one step as Markdown: minutes, title, what is said and done, its files."""
    _ = partial(gettext, lang=lang)
    links = []
    if step.kind == "lesson":
        links = [f"[{_('Lesson {number}').format(number=step.item)}](page:lessons/{step.item})"]
        if step.exercise:
            links.append(f"[{_('exercise')}](page:exercises/{step.item})")
    elif step.kind == "slides":
        links = [f"[PowerPoint](/slides/{lang}/{step.item}.pptx)", f"[PDF](/slides/{lang}/{step.item}.pdf)"]
        links.append(f"[{_('what to say')}](/slides/{lang}/{step.item}_notes.pdf)")
    elif step.kind == "worksheet":
        title = worksheet_title(step.item, lang)
        links = [
            f"[{title}](page:guide/worksheet_{step.item})",
            f"[PDF](/guide/{lang}/worksheet_{step.item}.pdf)",
        ]
    parts = [f"**{at}–{at + step.whole} · {step.title}**" + (f" ({', '.join(links)})" if links else "")]
    for head, text in ((_("Say"), step.say), (_("Do"), step.do), (_("Short of time"), step.cut)):
        if text:
            parts.append(f"*{head}.* {text}")
    return "\\\n".join(parts)


def _worksheet(text: str, stem: str, lang: str) -> str:
    """Return a worksheet as a page: what is handed out, then the file to print and, apart, the answers."""
    _ = partial(gettext, lang=lang)
    handed = text.rsplit("\n## ", 1)[0]
    links = [
        (_("To print (PDF)"), f"{stem}.pdf"),
        (_("For the person who leads: answers (PDF)"), f"{stem}_answers.pdf"),
    ]
    listed = " · ".join(f"[{words}](/guide/{lang}/{file})" for words, file in links)
    return f"{handed}\n\n## {_('Print')}\n\n{listed}\n"


def landing(root: Path, lang: str) -> Page:
    """Return the landing page: what the course is, three doors, the lessons.

    Parameters
    ----------
    root : Path
        The checkout.
    lang : str
        Language code.
    """
    _ = partial(gettext, lang=lang)
    doors = (
        (
            _("I am a student"),
            "lessons/00",
            _("From fourteen, some lessons from sixteen. No Python needed to read. Lessons run on your laptop."),
            {
                "lessons/02": _("Begin with a number in the news"),
                "run": _("Run a lesson: on your laptop or, seven short ones, in the browser"),
                "quiz/index": _("Quizzes"),
            },
        ),
        (
            _("I am a teacher"),
            "routes/index",
            _("Choose by the time that you have: forty-five minutes to fifteen hours, with and without computers."),
            {
                "guide/care": _("First, the care guide"),
                "routes/forty-five-minutes": _("Forty-five minutes without computers"),
                "guide/grading": _("Grade a class"),
            },
        ),
        (
            _("I train people who make policy"),
            "slides/index",
            _("Slides to change in PowerPoint, briefs of one page, each number with its source."),
            {
                "law/index": _("The rules, country by country"),
                "law/deadlines": _("Who must act, by when"),
                "data/statistics": _("The figures, with their limits"),
            },
        ),
    )
    cards = []
    for title, first, says, more in doors:
        links = "".join(f'<li><a href="page:{name}">{html.escape(words)}</a></li>' for name, words in more.items())
        cards.append(
            f'<section class="cc-door"><h2><a href="page:{first}">{html.escape(title)}</a></h2>'
            f"<p>{html.escape(says)}</p><ul>{links}</ul></section>"
        )
    parts = [
        "# Contrechamp",
        _(
            "*Contrechamp* is the film term for the reverse shot: the camera turns round to the one who was "
            "looking. This course on generative image abuse looks at the makers, the tools, the platforms and the"
            " rules, never at the person targeted."
        ),
        _(
            "**It does not teach you to spot fakes.** It teaches what can be shown: how such images come about, "
            "what detectors miss, what marks and signatures prove, how removal works, what the law says, and "
            "where help is. [Lesson 00](page:lessons/00) gives the reason."
        ),
        f'```{{raw}} html\n<div class="cc-doors">{"".join(cards)}</div>\n```',
        "## " + _("The lessons"),
        *_contents(root, lang),
    ]  # fmt: skip
    says = _(
        "A tested course on generative image abuse: how it works, what detectors miss, what the law says, where "
        "help is."
    )
    return Page("index", "\n\n".join(parts), "README.md", says)


def _contents(root: Path, lang: str) -> Iterator[str]:
    for title, part in navigation.parts(root, lang):
        yield f"### {title}"
        lines = (_line(lang, one) for one in part)
        yield "\n".join(lines)


def _line(lang: str, number: str) -> str:
    """Return a lesson of the list on the landing page, with the age that it asks for."""
    meta = routes.lesson_meta(number, lang)
    age = gettext("from {age}", lang).format(age=meta["min_age"])
    return f"- [{number} · {meta['title']}](page:lessons/{number}) ({age})"
