"""Routes and what is printed of them: minutes add up, ages hold, run-sheets are short, the strips count right."""

import io
import re
from dataclasses import replace

import pypdf
import pytest
import yaml
from conftest import ROOT

from contrechamp.authoring import decks, paper
from contrechamp.classroom import printed, routes, run_sheets, strips
from contrechamp.errors import ContrechampError

PLAN = routes.plan()
ROUTES = {route.id: route for route in PLAN.routes}
LANGS = ("en", "fr")
BUILT = {path.name[:2] for path in (ROOT / "notebooks" / "en").glob("[0-9][0-9]_*.ipynb")}


def complete(route: routes.Route) -> bool:
    return set(route.lessons) <= BUILT


def test_the_four_routes_are_there():
    assert {name: route.minutes for name, route in ROUTES.items()} == {
        "forty-five-minutes": 45, "two-hours": 120, "one-day": 420, "fifteen-hours": 900,
    }  # fmt: skip
    assert not ROUTES["forty-five-minutes"].computers and not ROUTES["forty-five-minutes"].lessons
    assert {f"{number:02d}" for number in range(21)} == set(ROUTES["fifteen-hours"].lessons), "the whole course"


@pytest.mark.parametrize("name", ROUTES)
def test_the_minutes_of_the_steps_add_up_breaks_and_exercises_included(name):
    route = ROUTES[name]
    assert sum(step.minutes + step.exercise for step in route.steps) == route.minutes
    ends = [at + step.whole for at, step in route.timed()]
    assert ends[-1] == route.minutes if name != "fifteen-hours" else 90


def test_each_of_the_ten_sessions_is_ninety_minutes_and_opens_and_closes():
    for session in range(1, 11):
        steps = [step for step in ROUTES["fifteen-hours"].steps if step.session == session]
        assert sum(step.whole for step in steps) == 90, session
        assert (steps[0].item, steps[-1].item) == ("opening", "closing"), session


@pytest.mark.parametrize("name", ROUTES)
def test_a_lesson_gets_the_minutes_that_it_asks_for(name):
    for step in ROUTES[name].steps:
        if step.kind == "lesson" and step.item in BUILT:
            core = routes.lesson_meta(step.item)["minutes"]["core"]
            assert step.minutes >= core, f"lesson {step.item} asks for {core} minutes"


@pytest.mark.parametrize("name", ROUTES)
def test_the_age_of_a_route_is_that_of_its_highest_step(name):
    route = ROUTES[name]
    there = [PLAN.age(step) for step in route.steps if step.kind != "lesson" or step.item in BUILT]
    there += [routes.lesson_age(number) for number in route.at_home if number in BUILT]
    assert max(there) == route.min_age


def test_the_slides_of_a_step_last_as_long_as_the_step_and_none_is_left_out():
    steps = [step for step in ROUTES["forty-five-minutes"].steps if step.kind == "slides"]
    deck = decks.find(["class_45"])[0]
    shown = []
    for step in steps:
        first, last = step.part
        shown += range(first, last + 1)
        assert sum(slide.seconds for slide in deck.slides[first - 1 : last]) == 60 * step.minutes, step.title
    assert shown == list(range(1, len(deck.slides) + 1))


@pytest.mark.parametrize("name", ROUTES)
def test_help_stands_first_and_last_and_after_every_lesson_on_people(name):
    steps = [step for step in ROUTES[name].steps if not step.is_break]
    assert "help" in steps[0].title.casefold() + steps[0].materials
    assert re.search("help|numbers", steps[-1].title.casefold())


@pytest.mark.parametrize(
    ("name", "age", "says"),
    [
        ("forty-five-minutes", 13, "slides class_45 (from 14 on). No route of the course is for that age."),
        ("one-day", 15, "lesson 05 (from 16 on)"),
        ("one-day", 14, "Routes for that age: forty-five-minutes, two-hours."),
    ],
)
def test_a_route_is_refused_to_a_younger_group_in_one_sentence(name, age, says):
    route = replace(ROUTES[name], steps=tuple(s for s in ROUTES[name].steps if s.kind != "lesson" or s.item in BUILT))
    plan = replace(PLAN, routes=tuple(r for r in PLAN.routes if complete(r)))
    with pytest.raises(ContrechampError) as refused:
        routes.gate(route, age, plan, "en")
    assert says in str(refused.value) and str(refused.value).startswith(f"The route {name} is not for people of {age}:")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ROUTES)
def test_a_group_of_the_routes_age_may_take_it(name):
    if complete(ROUTES[name]):
        routes.gate(ROUTES[name], ROUTES[name].min_age, PLAN, "en")


def test_a_step_of_a_higher_age_closes_the_route(monkeypatch):
    older = replace(ROUTES["two-hours"].steps[0], min_age=18)
    route = replace(ROUTES["two-hours"], steps=(older, *ROUTES["two-hours"].steps[1:]))
    with pytest.raises(ContrechampError, match=r"Agreement and help \(from 18 on\)"):
        routes.gate(route, 17, PLAN, "en")


def test_an_unknown_route_names_those_that_exist():
    with pytest.raises(ContrechampError, match=r"There is no route tow-hours\. Known: forty-five-minutes, two-hours"):
        PLAN.route("tow-hours", "en")


BROKEN = {
    "minutes that do not add up": (("minutes", 46), "add up to 45 minutes, and it promises 46"),
    "a field misspelt": (("steps", 0, "mintues", 5), "step 1: there is no field mintues"),
    "no kind": (("steps", 0, "slides", None), "step 1: a step is one of lesson"),
    "minutes in words": (("steps", 0, "minutes", "five"), "step 1: `minutes` is a whole number"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_plan_is_a_sentence_with_its_place(repository, case):
    (*place, value), says = BROKEN[case]
    path = repository / "guide" / "routes.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    spot = content["routes"][0]
    for key in place[:-1]:
        spot = spot[key]
    if value is None:
        del spot[place[-1]]
    else:
        spot[place[-1]] = value
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ContrechampError, match=re.escape(says)):
        routes.find()


# ---- on paper --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ROUTES)
def test_a_run_sheet_has_a_page_or_two_in_its_language_with_every_minute(name, lang):
    if not complete(ROUTES[name]):
        pytest.skip("a lesson of this route is not built yet")
    route = PLAN.route(name, lang)
    reader = pypdf.PdfReader(ROOT / printed.run_sheet(route, lang).relative)
    sessions = {step.session for step in route.steps}
    assert len(reader.pages) == (2 if len(sessions) > 1 else 1)
    box = reader.pages[0].mediabox
    assert sorted((round(float(box.width)), round(float(box.height)))) == [595, 842], "A4"
    root = reader.trailer["/Root"]
    assert root["/Lang"] == lang and root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root
    texts = [" ".join(page.extract_text().split()) for page in reader.pages]
    for at, step in route.timed():
        assert f"{at}–{at + step.whole}" in " ".join(texts)
    ends = re.findall(r"\d+–(\d+)", texts[0])
    assert ends[-1] == ("90" if len(sessions) > 1 else str(route.minutes)), "no session is cut in two"


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", [route.id for route in PLAN.routes])
def test_a_run_sheet_is_read_at_arm_s_length(name, lang):
    reader = pypdf.PdfReader(ROOT / printed.run_sheet(PLAN.route(name, lang), lang).relative)
    sizes = {}
    for page in reader.pages:

        def note(text, outer, inner, font, size):
            if text.strip():
                sizes[text.strip()] = abs(size * outer[3] * inner[3])

        page.extract_text(visitor_text=note)
    small = {text: size for text, size in sizes.items() if size < 8.99 and not re.fullmatch(r"\d / \d", text)}
    assert len(sizes) > 30 and not small


@pytest.mark.parametrize("lang", LANGS)
def test_no_step_of_a_french_run_sheet_is_left_in_english(lang):
    for route in PLAN.routes:
        if not complete(route):
            continue
        said = PLAN.route(route.id, lang)
        for source, step in zip(route.steps, said.steps, strict=True):
            for name in ("title", "say", "do", "cut"):
                text = getattr(source, name)
                if text:
                    assert (getattr(step, name) == text) == (lang == "en"), (route.id, text)


def test_what_is_printed_agrees_with_its_sources():
    if all(complete(route) for route in PLAN.routes):
        assert printed.check() == []


def test_a_sheet_changed_by_hand_or_older_than_its_source_is_told(repository, monkeypatch):
    monkeypatch.setattr(printed, "every", lambda: iter([printed.worksheet("five_questions", "en", lead=False)]))
    for path in (repository / "guide").glob("*/*.pdf"):
        if path.name != "worksheet_five_questions.pdf" or path.parent.name != "en":
            path.unlink()
    assert printed.check() == []
    path = repository / "guide" / "en" / "worksheet_five_questions.pdf"
    path.write_bytes(path.read_bytes() + b" ")
    assert printed.check() == [
        "guide/en/worksheet_five_questions.pdf was changed by hand. Change its source, then run `contrechamp sheets`."
    ]
    page = repository / "guide" / "en" / "worksheet_five_questions.md"
    page.write_text(page.read_text(encoding="utf-8").replace("cats", "dogs"), encoding="utf-8")
    assert "is older than its source" in printed.check()[0]
    path.unlink()
    assert "is missing" in printed.check()[0]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", PLAN.worksheets)
def test_a_worksheet_keeps_its_answers_on_a_sheet_of_their_own(name, lang):
    page = (ROOT / "guide" / lang / f"worksheet_{name}.md").read_text(encoding="utf-8")
    heading = page.rsplit("\n## ", 1)[1].split("\n")[0]
    assert heading == {"en": "For the person who leads", "fr": "Pour la personne qui anime"}[lang]
    for lead in (False, True):
        reader = pypdf.PdfReader(ROOT / printed.worksheet(name, lang, lead=lead).relative)
        root = reader.trailer["/Root"]
        text = " ".join(" ".join(p.extract_text() for p in reader.pages).split())
        assert root["/Lang"] == lang and root["/MarkInfo"]["/Marked"]
        assert (heading in text) == lead


def test_the_strips_count_what_the_worksheet_promises():
    page = (ROOT / "guide" / "worksheet_base_rate_cards.md").read_text(encoding="utf-8")
    words = {9: "nine", 10: "ten", 18: "eighteen", 45: "forty-five", 50: "fifty"}
    promised = []
    for pictures in strips.ROUNDS:
        assert [p.number for p in pictures] == list(range(1, strips.PICTURES + 1))
        alarms = sum(p.alarm for p in pictures)
        right = sum(p.alarm and p.fake for p in pictures)
        fakes = sum(p.fake for p in pictures)
        assert right * 10 == 9 * fakes, "nine fakes in ten are caught"
        assert (alarms - right) * 10 == strips.PICTURES - fakes, "one camera picture in ten is accused"
        promised.append(f"{words[alarms]} alarms, {words[right]} of them right")
    assert " ".join(page.split()).count(promised[0]) == 1 and promised[1] in " ".join(page.split())


@pytest.mark.parametrize("lang", LANGS)
def test_the_printed_strips_show_each_picture_with_its_truth(lang):
    made = strips.pages(lang)
    assert made.count('class="strip"') == 20 and made.count("▲") == sum(p.alarm for r in strips.ROUNDS for p in r)
    fake = {"en": "a fake", "fr": "faux"}[lang]
    assert made.count(f"<b>{fake}</b>") == sum(p.fake for r in strips.ROUNDS for p in r)


def test_a_long_route_that_no_longer_fits_one_page_is_seen():
    route = PLAN.route("two-hours", "en")
    long = replace(route, steps=route.steps * 5)
    content = paper.document("x", "en", run_sheets.body(long, "en"), run_sheets.style(route))
    assert len(pypdf.PdfReader(io.BytesIO(content)).pages) > 1
