"""Routes through the course: which steps, how many minutes, from which age. They are data, in ``guide/routes.yaml``.

A step is a lesson, some slides of a deck, a printed worksheet, a break or another activity. Its age is that of what it
uses; nobody repeats it by hand. A route is refused to a group that is younger (`gate`).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from contrechamp.authoring import decks, pages, sources
from contrechamp.authoring.catalogue import Catalogue, Term, path_for
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext, typeset

RELATIVE = "guide/routes.yaml"
_KINDS = ("lesson", "slides", "worksheet", "activity")
_PROSE = ("title", "materials", "say", "do", "cut")


@dataclass(frozen=True)
class Step:
    """One step of a route.

    Attributes
    ----------
    kind : {"lesson", "slides", "worksheet", "activity"}
    item : str
        The lesson (``"02"``), deck or worksheet; ``"break"`` is a pause.
    minutes : int
        Without the exercise.
    exercise : int
        Minutes of the exercise, on top.
    session : int
        Number of the session, from 1.
    part : tuple of int
        First and last slide of the deck.
    min_age : int
        Years; the age of what the step uses counts as well.
    title, materials, say, do, cut : str
        Prose: its name, what to have ready, what to say, what to do, what to leave out when time is short.
    """

    kind: str
    item: str
    minutes: int
    exercise: int = 0
    session: int = 1
    part: tuple[int, int] = (0, 0)
    min_age: int = 0
    title: str = ""
    materials: str = ""
    say: str = ""
    do: str = ""
    cut: str = ""

    @property
    def whole(self) -> int:
        """The minutes of the step with its exercise."""
        return self.minutes + self.exercise

    @property
    def is_break(self) -> bool:
        """Whether it is a pause."""
        return (self.kind, self.item) == ("activity", "break")


@dataclass(frozen=True)
class Route:
    """A route through the course.

    Attributes
    ----------
    id : str
        Such as ``one-day``.
    title : str
    minutes : int
        In all, breaks and exercises included.
    min_age : int
        Years.
    computers : bool
        Whether the group needs them.
    aim : str
        What it promises.
    before : str
        What must be ready.
    steps : tuple of Step
    at_home : tuple of str
        Numbers of the lessons between the sessions.
    """

    id: str
    title: str
    minutes: int
    min_age: int
    computers: bool
    aim: str
    before: str
    steps: tuple[Step, ...]
    at_home: tuple[str, ...] = ()

    @property
    def lessons(self) -> list[str]:
        """Numbers of the lessons, those at home included, each once, in order."""
        return sorted({step.item for step in self.steps if step.kind == "lesson"} | set(self.at_home))

    def items(self, kind: str) -> list[str]:
        """Return the decks or worksheets of the route, each once, in order."""
        return list(dict.fromkeys(step.item for step in self.steps if step.kind == kind))

    def timed(self) -> Iterator[tuple[int, Step]]:
        """Yield each step with the minute at which it begins; every session begins at zero.

        Yields
        ------
        minute : int
        step : Step
        """
        at, session = 0, 0
        for step in self.steps:
            at, session = (0 if step.session != session else at), step.session
            yield at, step
            at += step.whole


@dataclass(frozen=True)
class Plan:
    """All routes and worksheets, as their author wrote them.

    Attributes
    ----------
    routes : tuple of Route
        In English.
    worksheets : dict of str to dict
        Name to what is known of it, ``min_age`` in years among it.
    test : tuple of str
        Ids of the questions asked before and after the course.
    relative : str
        Where the plan stands in the repository.
    """

    routes: tuple[Route, ...]
    worksheets: dict[str, dict[str, int]]
    test: tuple[str, ...]
    relative: str = RELATIVE

    def terms(self) -> Iterator[Term]:
        """Yield what a translator sees.

        Yields
        ------
        Term
            A title, aim or other prose of a route, with its place.
        """
        for route in self.routes:
            for name in ("title", "aim", "before"):
                yield Term(getattr(route, name), f"route {route.id}, {name}", RELATIVE)
            for number, step in enumerate(route.steps, 1):
                for name in _PROSE:
                    if text := getattr(step, name):
                        yield Term(text, f"route {route.id}, step {number}, {name}", RELATIVE)

    def route(self, name: str, lang: str) -> Route:
        """Return one route in a language, titles of lessons filled in.

        Parameters
        ----------
        name : str
            Id of the route.
        lang : str
            Language code.

        Returns
        -------
        Route

        Raises
        ------
        ContrechampError
            When there is no such route; the message names those that exist.
        """
        for route in self.routes:
            if route.id == name:
                return _spoken(route, self, lang)
        known = ", ".join(route.id for route in self.routes)
        says = gettext("There is no route {name}. Known: {names}.", lang)
        raise ContrechampError(says.format(name=name, names=known))

    def age(self, step: Step) -> int:
        """Return the age from which a step may be taught; 0 when nothing of it asks for one.

        Parameters
        ----------
        step : Step

        Returns
        -------
        int
            In years.
        """
        if step.kind == "lesson":
            return max(lesson_age(step.item), step.min_age)
        if step.kind == "slides":
            return max(decks.find([step.item])[0].meta["min_age"], step.min_age)
        if step.kind == "worksheet":
            return max(self.worksheets[step.item]["min_age"], step.min_age)
        return step.min_age


def find() -> list[Plan]:
    """Return the plan of the checkout in a list, or an empty list where there is none.

    Returns
    -------
    list of Plan

    Raises
    ------
    ContrechampError
        When the file is not as it must be; the message names the route and the step.
    """
    path = sources.root() / RELATIVE
    if not path.is_file():
        return []
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        worksheets = {name: dict(row) for name, row in content["worksheets"].items()}
        listed, test = list(content["routes"]), tuple(map(str, content["test"]))
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, AttributeError, ValueError):
        raise ContrechampError(f"{RELATIVE} is not YAML with `worksheets:`, `test:` and `routes:`.") from None
    return [Plan(tuple(_route(row, worksheets) for row in listed), worksheets, test)]


def plan() -> Plan:
    """Return the plan of the checkout.

    Returns
    -------
    Plan

    Raises
    ------
    ContrechampError
        When this checkout has none, or it is not as it must be.
    """
    found = find()
    if not found:
        raise ContrechampError(f"{RELATIVE} is missing. Restore it with git.")
    return found[0]


def gate(route: Route, age: int, plan: Plan, lang: str) -> None:
    """Refuse a route whose steps are not for a group of this age.

    Parameters
    ----------
    route : Route
    age : int
        Age in years of the youngest person in the room.
    plan : Plan
        All routes, among which others are named.
    lang : str
        Language of the message.

    Raises
    ------
    ContrechampError
        One sentence: what is above the age, and which routes are not.
    """
    _ = partial(gettext, lang=lang)
    above = {_label(step, _): need for step in route.steps if (need := plan.age(step)) > age}
    above |= {_("lesson {number}").format(number=n): need for n in route.at_home if (need := lesson_age(n)) > age}
    if not above:
        return
    items = ", ".join(_("{item} (from {age} on)").format(item=item, age=need) for item, need in sorted(above.items()))
    others = [other.id for other in plan.routes if other.id != route.id and _admits(other, age, plan)]
    hint = (
        _("Routes for that age: {names}.").format(names=", ".join(others))
        if others
        else _("No route of the course is for that age.")
    )
    raise ContrechampError(
        _("The route {route} is not for people of {age}: {items}.").format(route=route.id, age=age, items=items)
        + " " + hint
    )  # fmt: skip


def lesson_age(number: str) -> int:
    """Return the age that a built lesson asks for."""
    return int(lesson_meta(number)["min_age"])


def lesson_meta(number: str, lang: str = "en") -> dict[str, Any]:
    """Return what the front matter of a built lesson says, with its title under ``"title"``.

    Parameters
    ----------
    number : str
        Two digits.
    lang : str
        Language of the title and of the message.

    Returns
    -------
    dict of str to object
        ``min_age`` in years, ``title`` and the rest of the front matter.

    Raises
    ------
    ContrechampError
        When the lesson is not built, or is no notebook.
    """
    path = lesson_path(number, lang)
    try:
        book = json.loads(path.read_text(encoding="utf-8"))
        meta = dict(book["metadata"]["contrechamp"])
        lines = "".join(book["cells"][0]["source"]).split("\n")
        meta["title"] = next(line[2:].strip() for line in lines if line.startswith("# "))
        return meta
    except (ValueError, KeyError, TypeError, IndexError, StopIteration):
        raise ContrechampError(
            gettext("{path} is not a notebook: the file is damaged. Restore it with git, or build it again.", lang)
            .format(path=path)
        ) from None  # fmt: skip


def facts(route: Route, lang: str) -> str:
    """Return the sentence on how long a route takes and from which age it may be taught."""
    says = gettext("{minutes} minutes, breaks included. From the age of {age}.", lang)
    return says.format(minutes=route.minutes, age=route.min_age)


def is_built(number: str) -> bool:
    """Say whether a lesson stands in the checkout, built."""
    return any((sources.root() / "notebooks" / "en").glob(f"{number}_*.ipynb"))


def lesson_path(number: str, lang: str) -> Path:
    """Return the built notebook of a lesson.

    Parameters
    ----------
    number : str
        Two digits.
    lang : str
        Language code.

    Returns
    -------
    Path

    Raises
    ------
    ContrechampError
        When it is not there.
    """
    found = sorted((sources.root() / "notebooks" / lang).glob(f"{number}_*.ipynb"))
    if not found:
        raise ContrechampError(gettext("There is no lesson {number}.", lang).format(number=number))
    return found[0]


def _admits(route: Route, age: int, plan: Plan) -> bool:
    try:
        gate(route, age, replace(plan, routes=(route,)), "en")
    except ContrechampError:
        return False
    return True


def _label(step: Step, _: Any) -> str:
    if step.kind == "lesson":
        return str(_("lesson {number}").format(number=step.item))
    if step.kind == "slides":
        return str(_("slides {name}").format(name=step.item))
    if step.kind == "worksheet":
        return str(_("worksheet {name}").format(name=step.item))
    return step.title


def _spoken(route: Route, plan: Plan, lang: str) -> Route:
    book = Catalogue(path_for(RELATIVE, lang))

    def say(text: str) -> str:
        return typeset(book.get(text) or text, lang) if text else ""

    steps = []
    for step in route.steps:
        said: dict[str, Any] = {name: say(getattr(step, name)) for name in _PROSE}
        if step.kind == "lesson":
            said["title"] = lesson_meta(step.item, lang)["title"]
        elif step.kind == "worksheet" and not said["title"]:
            said["title"] = worksheet_title(step.item, lang)
        steps.append(replace(step, **said))
    return replace(route, title=say(route.title), aim=say(route.aim), before=say(route.before), steps=tuple(steps))


def worksheet_title(name: str, lang: str) -> str:
    """Return the heading of a worksheet's built page."""
    page = pages.Page("guide", f"worksheet_{name}", "").path(lang)
    text = page.read_text(encoding="utf-8") if page.is_file() else f"# {name}"
    return text.split("\n", 1)[0].removeprefix("# ").strip()


def _route(row: Any, worksheets: dict[str, dict[str, int]]) -> Route:
    name = row.get("id", "?") if isinstance(row, dict) else "?"
    try:
        steps = tuple(_step(step, f"{name}, step {n}", worksheets) for n, step in enumerate(row["steps"], 1))
        made = Route(
            str(row["id"]), row["title"], row["minutes"], row["min_age"], bool(row["computers"]), row["aim"],
            row["before"], steps, tuple(str(n) for n in row.get("at_home", [])),
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError) as error:
        raise ContrechampError(f"{RELATIVE}, route {name}: it lacks {error}.") from None
    total = sum(step.whole for step in made.steps)
    if total != made.minutes:
        raise ContrechampError(
            f"{RELATIVE}, route {name}: its steps add up to {total} minutes, and it promises {made.minutes}. "
            "Change one of the two."
        )
    return made


def _step(row: Any, where: str, worksheets: dict[str, dict[str, int]]) -> Step:
    kinds = [kind for kind in _KINDS if kind in row]
    if len(kinds) != 1:
        raise ContrechampError(f"{RELATIVE}, {where}: a step is one of {', '.join(_KINDS)}.")
    kind = kinds[0]
    values = {key: value for key, value in row.items() if key != kind}
    if strangers := set(values) - set(Step.__dataclass_fields__):
        raise ContrechampError(f"{RELATIVE}, {where}: there is no field {', '.join(sorted(strangers))}.")
    if not isinstance(values.get("minutes"), int) or values["minutes"] <= 0:
        raise ContrechampError(f"{RELATIVE}, {where}: `minutes` is a whole number above zero.")
    if kind == "worksheet" and row[kind] not in worksheets:
        known = ", ".join(worksheets)
        raise ContrechampError(f"{RELATIVE}, {where}: there is no worksheet {row[kind]}. Known: {known}.")
    if "part" in values:
        values["part"] = tuple(values["part"])
    return Step(kind, str(row[kind]), **values)
