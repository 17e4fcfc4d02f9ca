"""The run-sheet of a route, A4 to hold in the hand: minute, what to say, what to do, what to cut.

A route of one day or less fits on one page. The ten sessions of a long one take both sides of a sheet, and no session
is cut in two.
"""

import html
from functools import partial

from contrechamp.classroom.routes import Route, Step, facts
from contrechamp.language import gettext

_STYLE = """
@page {{ size: A4 landscape; margin: {margin}mm 9mm; @bottom-right {{ content: counter(page) " / " counter(pages);
  font: 7pt "Course Sans" }} }}
body {{ font-size: {size}pt; line-height: {line} }} h1 {{ font-size: 14pt; margin: 0 0 1mm; color: #00407a }}
p {{ margin: 0 0 1mm }} th, td {{ padding: {pad}mm {gap}mm; vertical-align: top }}
tr, tbody.whole {{ break-inside: avoid }} thead {{ display: table-header-group }}
table {{ width: 100%; margin-top: 1mm; table-layout: fixed }}
.session {{ width: {session}mm }} .minute {{ width: {minute}mm }}
.step {{ width: {step}% }} .ready {{ width: {ready}% }}
.cut {{ width: 12.5% }} th[scope=row] {{ white-space: nowrap; text-align: right; background: none }}
tr.pause td, tr.pause th {{ background: #f2f5f9 }}
tbody th.session {{ text-align: center; background: #00407a; color: #fff; font-size: 9pt }}
.before {{ border: .75pt solid #00407a; padding: 1mm 2mm }}
"""
_MANY = 20  # steps beyond which the sheet has two pages
SMALLEST = 9
"""Points of the type in the table: what a person who stands before a class still reads at arm's length."""


def style(route: Route) -> str:
    """Return the style of a run-sheet: a route of many steps is set closely, on two pages, any other on one.

    Parameters
    ----------
    route : Route

    Returns
    -------
    str
        CSS.
    """
    long = {
        "margin": 7, "size": SMALLEST, "line": 1.14, "pad": 0.2, "gap": 1,
        "session": 14, "minute": 15, "step": 30.5, "ready": 10,
    }  # fmt: skip
    short = {
        "margin": 8, "size": SMALLEST, "line": 1.18, "pad": 0.55, "gap": 1.1,
        "session": 10, "minute": 18, "step": 25, "ready": 10,
    }  # fmt: skip
    return _STYLE.format(**(long if len(route.steps) > _MANY else short))


def body(route: Route, lang: str) -> str:
    """Return the run-sheet as HTML: heading, promise, what must be ready, table of steps.

    Parameters
    ----------
    route : Route
        In the language asked for.
    lang : str
        Language code.

    Returns
    -------
    str
        HTML.
    """
    _ = partial(gettext, lang=lang)
    heads = {
        "minute": _("Minute"), "step": _("Step"), "ready": _("Have ready"), "say": _("To say"), "do": _("To do"),
        "cut": _("If late, leave out"),
    }  # fmt: skip
    bodies: dict[int, list[str]] = {}
    many = any(step.session > 1 for step in route.steps)
    heads = {"session": _("Session"), **heads} if many else heads
    for at, step in route.timed():
        rows, first = bodies.setdefault(step.session, []), ""
        if many and not rows:
            held = sum(other.session == step.session for other in route.steps)
            first = f'<th class="session" scope="rowgroup" rowspan="{held}">{step.session}</th>'
        rows.append(_row(at, step, lang, first))
    whole = ' class="whole"' if many else ""
    sessions = "".join(f"<tbody{whole}>{''.join(rows)}</tbody>" for rows in bodies.values())
    home = ""
    if route.at_home:
        numbers = ", ".join(route.at_home)
        home = f"<p>{html.escape(_('Between the sessions: lessons {numbers}.').format(numbers=numbers))}</p>"
    ready = html.escape(_("Beforehand") + " – " + route.before)
    return (
        f"<h1>{html.escape(route.title)}</h1><p>{html.escape(facts(route, lang))} {html.escape(route.aim)}</p>"
        f'<p class="before">{ready}</p>{home}<table><thead><tr>'
        + "".join(f'<th scope="col" class="{name}">{html.escape(head)}</th>' for name, head in heads.items())
        + f"</tr></thead>{sessions}</table>"
    )


def _row(at: int, step: Step, lang: str, first: str) -> str:
    said = [_name(step, lang), step.materials, step.say, step.do, step.cut]
    cells = "".join(f"<td>{html.escape(text)}</td>" for text in said)
    kind = ' class="pause"' if step.is_break else ""
    return f'<tr{kind}>{first}<th scope="row">{at}–{at + step.whole}</th>{cells}</tr>'


def _name(step: Step, lang: str) -> str:
    _ = partial(gettext, lang=lang)
    name = step.title
    if step.kind == "lesson":
        name = _("Lesson {number}: {title}").format(number=step.item, title=step.title)
    elif step.kind == "slides":
        first, last = step.part
        if first == last:
            name = _("{title} (slide {first})").format(title=step.title, first=first)
        else:
            name = _("{title} (slides {first} to {last})").format(title=step.title, first=first, last=last)
    if step.exercise:
        name += " " + _("(with {minutes} minutes of exercise)").format(minutes=step.exercise)
    return name
