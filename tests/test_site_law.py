"""The law browser of the site: what its tables show, and that its scripts say what the library says."""

import datetime
import functools
import json
import re
import shutil
import subprocess
import zoneinfo
from pathlib import Path

import pytest
from browser_room import give_up
from lxml import etree

from contrechamp import language
from contrechamp.authoring import strings
from contrechamp.datasets import frames, law_status
from contrechamp.errors import ContrechampError
from contrechamp.law import coverage, deadlines, search, select
from contrechamp.law.deadlines import _add
from contrechamp.law.moments import aware
from contrechamp.law.terminal import end
from contrechamp.site import law_data, law_pages
from contrechamp.site.law_records import RULES, Records, left_out
from contrechamp.site.law_words import ceiling

ROOT = Path(__file__).resolve().parent.parent
ROOM = ROOT / "src/contrechamp/site"
SCRIPTS = ROOM / "_static"
LANGS = ("en", "fr")


@pytest.fixture(scope="module")
def made():
    return {lang: {page.name: page for page in law_pages.pages(ROOT, lang)} for lang in LANGS}


def blocks(page):
    return "\n".join(re.findall(r"```\{raw\} html\n(.*?)\n```", page.source, re.DOTALL))


def tree(page):
    """Parse the HTML of a page as strictly as XML; the data script holds no markup."""
    return etree.fromstring(f"<div>{re.sub('<script.*?</script>', '', blocks(page))}</div>")


def words(page):
    """Return what a reader sees: text, headings and labels, without codes and addresses."""
    shown = re.sub(r"```\{raw\} html\n.*?\n```", "", page.source, flags=re.DOTALL)
    return shown + " ".join(tree(page).itertext()) + " ".join(tree(page).xpath("//@aria-label | //@data-label"))


# In node


def in_node(body, given, scripts=SCRIPTS):
    """Run a piece of JavaScript with ``law``, ``clocks`` and ``given``; return what it returns."""
    node = shutil.which("node") or give_up("node is not on this machine: the scripts cannot be compared")
    code = (
        f"const law = require({json.dumps(str(scripts / 'law.js'))});"
        f"const clocks = require({json.dumps(str(scripts / 'law_clocks.js'))});"
        "const given = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        f"console.log(JSON.stringify((function () {{ {body} }})()));"
    )
    run = subprocess.run([node, "-e", code], input=json.dumps(given), capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def table_of_days(records):
    """Every day on which some record may change, the days around it, and the days that the course speaks of."""
    fields = ("adopted", "applies_from", "transposition_deadline", "grace_until", "ended", "seen_in_force", "opened",
              "decided")  # fmt: skip
    days = {datetime.date(2026, 12, day) for day in (1, 2, 3)}
    days |= {
        datetime.date(2026, 11, 22),
        datetime.date(2027, 1, 1),
        datetime.date(2027, 6, 14),
        datetime.date(2031, 5, 6),
    }
    for row in records.by_id.values():
        for found in (law_status.span(str(row[field])) for field in fields if row.get(field)):
            days |= {day + datetime.timedelta(shift) for day in found for shift in (-1, 0, 1)}
    return sorted(days)


STATES = """
    const out = {};
    given.days.forEach(day => { out[day] = given.data.records.map(record => law.status(record, day)); });
    return out;
"""


@functools.cache
def expected_states():
    records = Records("en")
    days = table_of_days(records)
    return days, {(name, day): records.state(row, day) for name, row in records.by_id.items() for day in days}


def unlike(scripts):
    data = law_data.data(Records("en"), "index")
    days, expected = expected_states()
    says = in_node(STATES, {"days": [day.isoformat() for day in days], "data": data}, scripts)
    order = [record["id"] for record in data["records"]]
    assert set(order) == {name for name, _day in expected}
    return [
        (name, day.isoformat(), expected[name, day], said)
        for day in days
        for name, said in zip(order, says[day.isoformat()], strict=True)
        if said != expected[name, day]
    ]


def test_script_and_library_agree_on_the_state_of_every_record_on_every_day_of_change():
    assert len(table_of_days(Records("en"))) > 150
    assert unlike(SCRIPTS) == []


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("record.grace_until && day < record.grace_until", "record.grace_until && day <= record.grace_until"),
        ("if (day < applies[0])", "if (day <= applies[0])"),
        ("if (adopted && day < adopted[0])", "if (adopted && day < adopted[1])"),
        ('return ended[0] === ended[1] ? "lapsed" : "unknown";', 'return "lapsed";'),
        ("if (decided && day >= decided[1])", "if (decided && day > decided[1])"),
        ('return "transposition_due";', 'return "in_force";'),
        ("two(law.lastOf(+found[1], +found[2]))", '"28"'),
    ],
)
def test_a_script_that_is_a_day_or_a_word_off_is_found(tmp_path, was, becomes):
    assert (SCRIPTS / "law.js").read_text().count(was) == 1
    (tmp_path / "law.js").write_text((SCRIPTS / "law.js").read_text().replace(was, becomes))
    shutil.copy(SCRIPTS / "law_clocks.js", tmp_path)
    assert unlike(tmp_path)


@pytest.mark.parametrize(("day", "ban", "mark"), [
    ("2026-12-01", "adopted_not_yet_applicable", "in_force_grace"),
    ("2026-12-02", "in_force", "in_force"),
    ("2026-12-03", "in_force", "in_force"),
])  # fmt: skip
def test_two_rules_change_on_2_december_2026_in_the_script_too(day, ban, mark):
    data = law_data.data(Records("en"), "index")
    found = in_node("return law.find(given.data, {on: given.day}).states;", {"data": data, "day": day})
    assert (found["eu-aia-5-1-ba"], found["eu-aia-50-2"]) == (ban, mark)


CONDITIONS = [
    {},
    {"place": "FR"},
    {"place": "EU", "act": "tool_provision"},
    {"act": "creation", "about": "synthetic_intimate", "on": "2026-12-02"},
    {"about": "child_sexual", "on": "2027-06-14"},
    {"state": "in_force_grace", "on": "2026-12-01"},
    {"state": "in_force_grace", "on": "2026-12-02"},
    {"state": "start_to_check"},
    {"place": "US-CA", "state": "in_force", "on": "2025-12-31"},
    {"words": "label"},
    {"words": "Hypertrucage DANOIS"},
    {"words": "art. 226-8-1"},
    {"words": "évidence", "place": "FR"},
    {"words": "dévoiler zzz"},
    {"words": "청소년"},
]


@pytest.mark.parametrize("asked", CONDITIONS, ids=lambda asked: " ".join(asked.values()) or "nothing")
def test_the_filter_finds_what_the_library_finds(asked):
    data = law_data.data(Records("fr"), "index")
    says = in_node("return law.find(given.data, given.asked).found;", {"data": data, "asked": asked})
    rules = {row["id"] for row in Records("fr").provisions}
    made = select(
        jurisdiction=asked.get("place"), conduct=asked.get("act"), material=asked.get("about"),
        status=asked.get("state"), as_of=asked.get("on"),
    )  # fmt: skip
    expected = set(made.index)
    if "words" in asked:
        expected &= set(search(asked["words"]).index)
    assert {name for name in says if name in rules} == expected


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ({"on": "2026-02-30"}, "2026-02-30"),
        ({"on": "tomorrow"}, "tomorrow"),
        ({"on": "1990-01-01"}, "1990"),
        ({"place": "XX"}, "XX"),
        ({"act": "constructor"}, "constructor"),
    ],
)
def test_a_wrong_condition_gets_one_sentence_that_names_it(lang, asked, part):
    data = law_data.data(Records(lang), "index")
    says = in_node("return law.find(given.data, given.asked);", {"data": data, "asked": asked})
    assert set(says) == {"error"} and part in says["error"] and "{" not in says["error"]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("day", ["1990-01-01", "2026-02-30", "2026-13-01", "soon"])
def test_a_wrong_day_is_refused_in_the_words_of_the_library(lang, day, monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_LANG", lang)
    says = in_node(
        "return law.day(given.data, given.day);", {"data": law_data.data(Records(lang), "index"), "day": day}
    )
    with pytest.raises(ContrechampError) as caught:
        select(as_of=day)
    assert says["error"] == str(caught.value)


@pytest.mark.parametrize("about", ["synthetic_intimate", "real_intimate", "synthetic_nonintimate", "child_sexual"])
@pytest.mark.parametrize("day", ["2024-01-31", "2026-11-22", "2026-12-02", "2027-06-14"])
def test_the_comparison_has_the_levels_and_records_of_the_library(about, day):
    data = law_data.data(Records("en"), "compare")
    places = sorted({record["place"] for record in data["records"]})
    body = """
        const out = {};
        given.kinds.forEach(kind => {
          out[kind] = law.coverage(given.data, given.places, given.about, [kind], given.day);
        });
        return out;
    """
    given = {"data": data, "places": places, "about": about, "day": day, "kinds": list(RULES)}
    says = in_node(body, given)
    for kind in RULES:
        matrix = coverage("conduct", "jurisdiction", jurisdiction=places, material=about, kind=kind, as_of=day)
        for act in matrix.index:
            for place in places:
                cell = says[kind][act][place]
                assert cell["level"] == matrix.loc[act, place], (kind, act, place)
                assert cell["records"] == matrix.attrs["records"].get((act, place), []), (kind, act, place)


# Deadlines

MOMENTS = [
    ("2026-12-02T10:00", "Europe/Paris"),
    ("2026-12-01T23:59", "Europe/Paris"),
    ("2026-12-02T00:00:30", "Europe/Paris"),
    ("2026-12-02T10:00+01:00", None),
    ("2026-12-02T10:00Z", None),
    ("2026-12-01T23:30-08:00", "Europe/Paris"),  # another day in Paris
    ("2026-10-24T12:00", "Europe/London"),  # the clocks go back
    ("2026-10-24T02:30", "Europe/Paris"),  # forty-eight hours later, after the hour that comes twice
    ("2026-10-18T02:30", "Europe/Paris"),  # seven days later the hour comes twice
    ("2026-10-25T02:30+01:00", "Europe/Paris"),  # the second of the two
    ("2026-10-25T02:30+02:00", "Europe/Paris"),  # the first
    ("2026-10-25T00:30+00:00", "Europe/Paris"),
    ("2027-02-28T02:30", "Europe/Paris"),  # a month later the clocks skip the hour
    ("2026-03-27T02:30", "Europe/Paris"),
    ("2026-03-28T12:00", "America/New_York"),
    ("2026-02-27T02:30", "America/Los_Angeles"),
    ("2026-01-31T23:59", "Europe/Paris"),  # a month later there is no 31st
    ("2026-08-31T09:00", "America/New_York"),  # six months later is February
    ("2028-01-31T09:00", "Europe/Brussels"),  # a leap year
    ("2026-11-30T08:15", "Asia/Kolkata"),
    ("2026-04-04T02:30", "Australia/Sydney"),
    ("2026-09-06T02:30", "Australia/Adelaide"),
    ("2026-12-31T23:00", "America/Sao_Paulo"),
    ("2026-12-31T23:00", "Pacific/Auckland"),
    ("2026-03-01T12:00", "Africa/Casablanca"),
    ("2026-05-19T00:30", "Europe/Paris"),  # the first day of a rule, and still the day before in UTC
    ("2026-05-18T22:00-08:00", "Europe/Paris"),
    ("2019-05-01T12:00", "Europe/Paris"),  # before many of the rules
    ("2041-07-01T12:00", "Europe/Paris"),  # far beyond the tables of changes
    ("2026-10-25T02:30", "Europe/Paris"),  # refused: it comes twice
    ("2026-03-29T02:30", "Europe/Paris"),  # refused: the clocks skip it
    ("2026-11-01T01:30", "America/New_York"),
    ("2026-12-02T10:00", None),  # refused: no zone
    ("2026-02-30T10:00", "Europe/Paris"),
    ("2026-13-01T10:00", "Europe/Paris"),
    ("2026-12-02T25:00", "Europe/Paris"),
    ("T10:00", "Europe/Paris"),
    ("soon", "Europe/Paris"),
    ("", "Europe/Paris"),
]
DEADLINES = """
    return given.cases.map(([id, text, zone]) => {
      const made = clocks.deadlines(given.data, id, text, zone || "");
      if (made.error) { return [made.error]; }
      return made.clocks.map(line => [
        line.clock.clock, clocks.iso(made.started), line.due && clocks.iso(line.due), made.status,
        clocks.end(given.data, line, made.status), line.clock.starts, line.clock.words, line.clock.note,
      ]);
    });
"""


def cases():
    return [
        (name, *moment)
        for name in dict.fromkeys(row["provision"] for row in Records("en").clocks)
        for moment in MOMENTS
    ]


def by_library(name, text, zone, lang, records):
    terms = {("status", code): said for code, said in records.names["status"].items()}
    try:
        found = deadlines(name, text, tz=zone, lang=lang)
    except ContrechampError as error:
        return [str(error)]
    return [
        [
            line.clock, line.started.isoformat(), line.due and line.due.isoformat(), line.status,
            records.set(end(line, terms, lang)), *map(records.set, (line.starts, line.words, line.note)),
        ]
        for line in found
    ]  # fmt: skip


@functools.cache
def expected_deadlines(lang):
    return [by_library(*case, lang, Records(lang)) for case in cases()]


def clocks_unlike(scripts, lang):
    says = in_node(DEADLINES, {"data": law_data.data(Records(lang), "deadlines"), "cases": cases()}, scripts)
    lines = zip(cases(), expected_deadlines(lang), says, strict=True)
    return [(case, *both) for case, *both in lines if both[0] != both[1]]


@pytest.mark.parametrize("lang", LANGS)
def test_the_calculator_says_what_the_library_says(lang, monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_LANG", lang)
    assert len(cases()) >= 200
    assert clocks_unlike(SCRIPTS, lang) == []


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("at(wall - both[moment.fold], moment.zone)", "at(moment.utc + wall - moment.wall, moment.zone)"),
        ("Math.min(day.getUTCDate(), ", "Math.max(day.getUTCDate(), "),
        ("new Date(read.moment.wall)", "new Date(read.moment.utc)"),
        ("if (both[0] !== both[1]) {", "if (false) {"),
        ("amount * HOUR", "amount * 3599000"),
    ],
)
def test_a_calculator_that_counts_otherwise_is_found(tmp_path, monkeypatch, was, becomes):
    monkeypatch.setenv("CONTRECHAMP_LANG", "en")
    shutil.copy(SCRIPTS / "law.js", tmp_path)
    assert (SCRIPTS / "law_clocks.js").read_text().count(was) == 1
    (tmp_path / "law_clocks.js").write_text((SCRIPTS / "law_clocks.js").read_text().replace(was, becomes))
    assert clocks_unlike(tmp_path, "en")


# The clocks of Casablanca go back for Ramadan and forward thirty-five days later: the only way from an hour that comes
# twice to one that is skipped.
FAR = [("2026-02-15T02:30+00:00", "Africa/Casablanca"), ("2026-02-15T02:30+01:00", "Africa/Casablanca")]


def test_any_number_of_hours_days_or_months_is_added_as_the_library_adds_it():
    amounts = [
        (unit, amount) for unit in ("hours", "days", "months") for amount in (0, 1, 2, 7, 12, 24, 35, 48, 60, 364)
    ]
    starts = [moment for moment in [*MOMENTS[:29], *FAR] if moment[1]]
    body = """
        return given.starts.map(([text, zone]) => given.amounts.map(([unit, amount]) => {
          const read = clocks.aware(given.data, text, zone);
          return clocks.iso(clocks.add(clocks.at(read.moment.utc, zone), amount, unit));
        }));
    """
    given = {"starts": starts, "amounts": amounts, "data": law_data.data(Records("en"), "deadlines")}
    for (text, zone), ends in zip(starts, in_node(body, given), strict=True):
        moment = aware(text, zone).astimezone(zoneinfo.ZoneInfo(zone))
        for (unit, amount), said in zip(amounts, ends, strict=True):
            assert said == _add(moment, amount, unit).isoformat(), (text, zone, amount, unit)


LACKS = [
    ("xx-none", "Europe/Paris", "There is no provision xx-none. Choose one from the list.",
     "Il n’y a pas de disposition xx-none. Choisissez-en une dans la liste."),
    ("fr-cp-226-1", "Europe/Paris",
     "The record fr-cp-226-1 has no clock. Choose one from the list, or read it in the law browser.",
     "La fiche fr-cp-226-1 n’a pas de délai."),
    ("gb-osa-48h", "Europe/Lutetia", "There is no time zone Europe/Lutetia in the list. Choose one from the list.",
     "Europe/Lutetia"),
]  # fmt: skip


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("name", "zone", "english", "french"), LACKS)
def test_a_rule_clock_or_zone_that_the_calculator_lacks_is_named_in_its_sentence(lang, name, zone, english, french):
    given = {"data": law_data.data(Records(lang), "deadlines"), "asked": (name, "2026-12-02T10:00", zone)}
    says = in_node("return clocks.deadlines(given.data, ...given.asked);", given)
    assert {"en": says["error"] == english, "fr": french in says["error"]}[lang], says


def test_a_clock_in_words_has_no_end_before_its_rule_applies_nor_after():
    records, data = Records("en"), law_data.data(Records("en"), "deadlines")
    body = """
        return given.cases.map(([id, text]) => {
          const made = clocks.deadlines(given.data, id, text, "Europe/Paris");
          return [made.status, made.clocks.map(line => clocks.end(given.data, line, made.status))];
        });
    """
    cases = [("eu-dsa-16", "2020-01-01T10:00"), ("eu-dsa-16", "2026-12-02T10:00")]
    before, later = in_node(body, {"data": data, "cases": cases})
    assert before[0] == "not_yet" and before[1] and set(before[1]) == {data["status"]["not_yet"]}
    assert later[0] == "in_force" and "no number: without undue delay" in later[1]
    terms = {("status", code): said for code, said in records.names["status"].items()}
    for (name, text), (_status, said) in zip(cases, (before, later), strict=True):
        assert [end(line, terms, "en") for line in deadlines(name, text, tz="Europe/Paris", lang="en")] == said


@pytest.mark.parametrize("lang", LANGS)
def test_days_are_written_as_the_library_writes_them(lang):
    days = [f"2026-{month:02}-{day:02}" for month in range(1, 13) for day in (1, 2, 10, 28)]
    data = law_data.data(Records(lang), "deadlines")
    says = in_node("return given.days.map(day => law.dayInWords(given.data, day));", {"data": data, "days": days})
    assert says == [language.date(day, lang) for day in days]


def test_every_zone_of_the_calculator_is_known_to_python_and_to_node():
    assert set(law_data.ZONES) <= zoneinfo.available_timezones()
    body = """
        return given.filter(zone => {
          try { new Intl.DateTimeFormat('en', {timeZone: zone}); } catch (error) { return true; }
        });
    """
    assert in_node(body, list(law_data.ZONES)) == []


# The pages as they stand


@pytest.mark.parametrize("lang", LANGS)
def test_each_record_has_one_anchor_and_a_link_to_itself(made, lang):
    page = tree(made[lang]["law/index"])
    for name in Records(lang).by_id:
        assert len(page.xpath("//tr[@id=$name]", name=name)) == 1, name
        assert len(page.xpath("//tr[@id=$name]//a[@href=$link]", name=name, link=f"#{name}")) == 1, name
    assert len(page.xpath("//tr[@data-record]")) == len(Records(lang).by_id) > 200


@pytest.mark.parametrize("lang", LANGS)
def test_each_row_has_state_grade_caveat_date_read_and_ceiling(made, lang):
    records = Records(lang)
    page = tree(made[lang]["law/index"])
    for row in records.provisions:
        said = "".join(page.xpath("//tr[@id=$name]", name=row["id"])[0].itertext())
        wanted = [records.names["status"][records.state(row)], records.word("Grade {grade}").format(grade=row["grade"]),
                  records.said(row, "caveat") or records.word("none recorded"), records.said(row, "summary"),
                  language.date(row["checked"], lang), records.cite(row)]  # fmt: skip
        if all(row[f"max_{field}"] is None for field in ("prison_years", "fine", "fine_turnover_pct")):
            wanted.append(records.word("nothing noted"))
        for part in wanted:
            assert part in said, (row["id"], part)


def test_an_unknown_ceiling_is_never_zero(made):
    for lang, zero in (("en", r"\b0 (years|[A-Z]{3})"), ("fr", r"\b0 (ans|[A-Z]{3})")):
        cells = tree(made[lang]["law/index"]).xpath("//tr[@data-record]/td[3]")
        assert cells and not [cell for cell in cells if re.search(zero, " ".join(cell.itertext()))]


def test_a_record_of_grade_c_never_appears_and_is_counted_as_left_out(made, monkeypatch):
    """Planted: a rule with a clock, a source and a place in the comparison falls to grade C."""
    true_rows, name = frames.rows, "gb-osa-48h"

    def planted(package, table):
        found = true_rows(package, table)
        return [row | {"grade": "C"} if table == "provisions" and row["id"] == name else row for row in found]

    monkeypatch.setattr(frames, "rows", planted)
    assert set(left_out()) == {*_left_out_before(monkeypatch, true_rows, planted), name}
    for lang in LANGS:
        for place, page in {page.name: page for page in law_pages.pages(ROOT, lang)}.items():
            bare = re.sub(r"`[^`\n]*`", "", page.source.replace(f'"{name}"]}}</script>', ""))
            assert name not in bare, place
            assert name in made[lang][place].source  # the test would see it


def _left_out_before(monkeypatch, true_rows, planted):
    monkeypatch.setattr(frames, "rows", true_rows)
    before = left_out()
    monkeypatch.setattr(frames, "rows", planted)
    return before


def test_the_page_says_how_many_records_are_left_out(made):
    assert len(left_out()) == 11
    for lang in LANGS:
        assert f"{len(left_out())} " in made[lang]["law/index"].source
        assert all(f"`{name}`" in made[lang]["law/index"].source for name in left_out())


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ["law/index", "law/compare", "law/deadlines"])
def test_the_html_is_well_formed_and_every_control_has_its_label(made, lang, name):
    page = tree(made[lang][name])
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    controls = page.xpath("//select | //input")
    assert controls and all(page.xpath("count(//label[@for=$id])", id=one.get("id")) == 1 for one in controls)
    assert page.xpath("//form[@hidden]//legend") and page.xpath("//*[@id='law-count'][@role='status']")
    tables = page.xpath("//table")
    assert tables and all(table.find("caption").text for table in tables)
    for table in tables:
        region = table.getparent()
        assert (region.get("role"), region.get("tabindex")) == ("region", "0") and region.get("aria-label")
    regions = page.xpath("//*[@role='region']/@aria-label")
    assert len(regions) == len(set(regions))


def test_html_that_is_not_well_formed_is_found(made):
    page = made["en"]["law/index"]
    broken = law_pages.Page(page.name, page.source.replace("</td>", "", 1), page.origin)
    with pytest.raises(etree.XMLSyntaxError):
        tree(broken)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ["law/index", "law/compare", "law/deadlines"])
def test_each_page_warns_dates_itself_and_loads_only_scripts_that_exist(made, lang, name):
    page = made[lang][name]
    assert language.date("2026-11-22", lang) in page.source
    assert (
        "Not legal advice" if lang == "en" else "pas un conseil juridique"
    ) in page.source or "ni un conseil" in page.source
    assert "page:help" in page.source and page.description
    assert page.scripts and all((SCRIPTS / script).is_file() for script in page.scripts)


def test_every_message_of_the_law_browser_has_a_french_translation_and_no_english_is_left_on_the_french_pages(made):
    catalogue = language.messages("fr")
    ours = {
        message.text
        for path in sorted(ROOM.glob("law_*.py"))
        for message in strings.in_code(path.read_text(encoding="utf-8"), path.name, cells=False)
    }
    assert len(ours) > 120
    assert [text for text in ours if ("", text) not in catalogue] == []
    pages = " ".join(words(page) for page in made["fr"].values())
    data = json.dumps([law_data.data(Records("fr"), page)["words"] for page in ("index", "compare", "deadlines")])
    for text in ours:
        pieces = [piece.strip() for piece in re.split(r"\{\w+\}|\[|\]\([^)]*\)|\*|`", text)]
        for piece in (piece for piece in pieces if len(piece) > 11 and piece not in catalogue["", text]):
            assert piece not in pages and piece not in data, piece


def test_french_has_its_typography_on_every_page(made):
    for page in made["fr"].values():
        said = re.sub(r"\]\(\S+\)|`[^`]*`", "", page.source.partition("```")[0]) + " ".join(tree(page).itertext())
        assert "'" not in said and not re.search(r"\w [;:!?»]|« ", said), re.findall(
            r".{20}(?:\w [;:!?»]|« |').{9}", said
        )


@pytest.mark.parametrize("lang", LANGS)
def test_no_page_is_heavier_than_a_telephone_likes(made, lang):
    weights = {name: len(page.source.encode()) for name, page in made[lang].items()}
    assert max(weights.values()) <= 1_000_000, weights  # the frame of the site comes on top


def test_the_scripts_are_small_and_fetch_or_keep_nothing():
    for path in SCRIPTS.glob("law*.js"):
        code = path.read_text(encoding="utf-8")
        assert len(code.encode()) < 15 * 1024, path.name
        for word in ("fetch(", "XMLHttpRequest", "localStorage", "sessionStorage", "cookie", "innerHTML", "import ",
                     "eval(", "http", "new Date()", "Date.now"):  # fmt: skip
            assert word not in code, (path.name, word)


def test_without_scripts_every_clock_has_an_example_that_the_library_computed(made):
    page = tree(made["en"]["law/deadlines"])
    assert len(page.xpath("//tbody/tr")) == len(Records("en").clocks)
    rows = {
        row.xpath("string(th/a/@href)").partition("#")[2]: "".join(row.itertext()) for row in page.xpath("//tbody/tr")
    }
    assert "4 December 2026, 10:00 (UTC+01:00)" in rows["gb-osa-48h"]
    assert "no number: expeditiously" in rows["eu-dsa-6-8"]
    assert "proposed" in rows["ph-deepfake-bills"]


def test_without_scripts_the_comparison_shows_every_place_of_lesson_18(made):
    page = tree(made["en"]["law/compare"])
    matrix = coverage("jurisdiction", "conduct", material="synthetic_intimate", kind="criminal")
    shown = {row.xpath("string(th/a/@href)").partition("#place-")[2] for row in page.xpath("//tbody/tr")}
    assert {place for place in matrix.index if (matrix.loc[place] != "unknown").any()} <= shown
    linked = {href.partition("#")[2] for href in page.xpath("//td//a/@href")}
    assert linked and linked <= set(Records("en").by_id)


# What a reader may not be told


def test_who_complains_is_not_called_the_author():
    for lang, complains, notifies in (
        ("en", "the person who notified or posted", "a person who notifies a host"),
        ("fr", "la personne qui a notifié ou publié", "une personne qui notifie un hébergeur"),
    ):  # fmt: skip
        pages = {page.name: page for page in law_pages.pages(ROOT, lang)}
        rows = tree(pages["law/deadlines"]).xpath("//tr[th/a[contains(@href, '#eu-dsa-17-20-21')]]")
        assert rows and all(complains in " ".join(row.itertext()) for row in rows)
        data = law_data.data(Records(lang), "deadlines")
        window = [clock for clock in data["clocks"] if clock["clock"] == "complaint_window"]
        assert window and {data["actors"][clock["actor"]] for clock in window} == {complains}
        notice = " ".join(tree(pages["law/index"]).xpath("//tr[@id='fr-lcen-6-vii']")[0].itertext())
        assert notifies in notice


@pytest.mark.parametrize(
    ("name", "lang", "of", "said"),
    [
        ("fr-cp-222-33-1-1", "en", "max", "fine: 3,750\u00a0EUR; nothing else noted"),
        ("fr-cp-222-33-1-1", "fr", "max", "amende\u202f: 3\u202f750\u00a0€\u202f; rien d’autre de noté"),
        ("fr-cp-131-35-1", "en", "max", "fine: 75,000\u00a0EUR; nothing else noted"),
        ("cn-psapl-80", "en", "max", "fine: 5,000\u00a0CNY; nothing else noted"),
        ("gb-soa-66b-2-3", "en", "max", "prison: 2 years; nothing else noted"),
        ("us-tida-criminal", "en", "aggravated", "prison: 3 years; nothing else noted"),
        ("us-ca-sb942", "en", "max", "fine: 5,000\u00a0USD"),
        ("eu-vaw-5", "en", "max", ""),
    ],
)
def test_a_ceiling_names_no_punishment_that_the_record_has_not(name, lang, of, said):
    assert ceiling(Records(lang).by_id[name], lang, of) == said


def test_all_places_at_once_mark_each_record_with_its_state_and_what_it_does_not_name(made):
    for lang, lapsed, silent in (("en", "lapsed", "not named"), ("fr", "caduc", "n’est pas nommé")):
        records, cells = Records(lang), tree(made[lang]["law/compare"]).xpath("//table//td[.//a]")
        kept = {cell: cell.xpath(".//span[@class='law-behind']") for cell in cells}
        marks = [
            (cell.get("data-label"), mark.xpath("string(a)"), "".join(mark.itertext()))
            for cell, found in kept.items()
            for mark in found
        ]
        conducts = {name: code for code, name in records.names["conduct"].items()}
        assert len(marks) > 100
        for act, name, mark in marks:
            assert records.names["status"][records.state(records.by_id[name])] in mark
            named = act not in conducts or (conducts[act], "named") in records.acts[name]
            assert (silent in mark) is not named, (act, name, mark)
        assert {lapsed in mark for _act, name, mark in marks if name == "fr-ppl-iacovelli-amdt"} == {True}
        removing = [mark for act, name, mark in marks if conducts.get(act) == "failure_to_remove"
                    and name in ("fr-cp-323-3-2", "fr-cp-131-35-1")]  # fmt: skip
        assert len(removing) == 2 and all(silent in mark for mark in removing)
        for found in kept.values():  # what names the act and is in force stands first
            order = [silent in "".join(mark.itertext()) for mark in found
                     if records.state(records.by_id[mark.xpath("string(a)")]).startswith("in_force")]  # fmt: skip
            assert order == sorted(order)


@pytest.mark.parametrize(
    ("name", "english", "french"),
    [
        ("fr-cp-226-8-1", "Code pénal (France), art. 226-8-1", "Code pénal (France), art. 226-8-1"),
        ("gb-osa-illegal-content", "Online Safety Act 2023, ss.9-10 (user-to-user), 26-27 (search), Sch. 7",
         "Online Safety Act 2023, art. 9 et 10 (services d’échange entre personnes), 26 et 27 (moteurs de "
         "recherche), annexe 7"),
        ("gb-cpa-99", "Crime and Policing Act 2026 (c. 20), s.99", "Crime and Policing Act 2026 (c. 20), art. 99"),
    ],
)  # fmt: skip
def test_an_act_is_named_once_in_the_name_of_a_record_and_sections_are_articles_in_french(name, english, french):
    for lang, said in (("en", english), ("fr", french)):
        records = Records(lang)
        assert " ".join(records.cite(records.by_id[name]).replace("\u202f", " ").split()) == said


def test_french_writes_sums_dates_and_clocks_as_french_does(made):
    page = words(made["fr"]["law/index"])
    assert not re.search(r"\d[ \u00a0](M )?EUR\b|\d x \d", page)
    assert "5 × 75\u202f000\u00a0€" in page and "35 millions d’euros" in page
    for label in ("Ouverture", "Décision"):
        assert not re.search(rf"{label}\s*:\s*inconnu\b", page), label
    assert re.search(r"Décision\s*:\s*inconnue", page)
    clocks = words(made["fr"]["law/deadlines"])
    assert "délai non trouvé" in clocks and "mots du texte" not in clocks
    names = Records("fr").names["clock"]
    assert names["court_order"] == "décision du juge, ou son exécution"  # one clock is the decision, two come after it
    assert names["police_request"] == "à la suite d’une demande de la police"
