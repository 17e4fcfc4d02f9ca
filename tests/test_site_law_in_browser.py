"""The law browser in Chromium, from files: what a reader sees after an address, a choice or a mistake."""

import functools
import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from browser_room import give_up

from contrechamp.law import search, select
from contrechamp.site import law_pages
from contrechamp.site.law_records import Records

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "src/contrechamp/site/_static"


def document(page, lang):
    """Return a page as HTML with the sections that Sphinx would make, without the frame of the site."""
    depth, lines = 0, []
    for part in re.split(r"^(#+ .*)$", page.source, flags=re.MULTILINE)[1:]:
        if part.startswith("#"):
            level = len(part) - len(part.lstrip("#"))
            lines += ["</section>"] * (depth - level + 1)
            depth = level
            lines.append(f"<section><h{level}>{html.escape(part.lstrip('# '))}</h{level}>")
        else:
            lines += re.findall(r"```\{raw\} html\n(.*?)\n```", part, re.DOTALL)
    scripts = "".join(f'<script defer src="{script}"></script>' for script in page.scripts)
    body = "\n".join(lines + ["</section>"] * depth)
    head = f'<meta charset="utf-8"><title>x</title><link rel="stylesheet" href="law.css">{scripts}'
    return f'<!DOCTYPE html><html lang="{lang}"><head>{head}</head><body>{body}</body></html>'


# Addresses, each with what is done there. `frame` is the window of the page.
CHOOSE_DENMARK = """
    const form = frame.document.getElementById('law-filter');
    form.elements.place.value = 'DK';
    form.elements.place.dispatchEvent(new frame.Event('change', {bubbles: true}));
"""
SECOND_HOUR = """
    const form = frame.document.getElementById('law-clock');
    form.elements.offset.value = '+01:00';
    form.elements.offset.dispatchEvent(new frame.Event('change', {bubbles: true}));
"""
VISITS = {
    "plain": ("index", ""),
    "filtered": ("index", "?place=FR&act=dissemination&state=in_force&words=hypertrucage"),
    "nothing": ("index", "?words=zzzz"),
    "no record": ("index", "#xx-none"),
    "left out": ("index", "#gb-sct-2016"),
    "hidden record": ("index", "?place=DK#fr-cp-226-8-1"),
    "no country": ("index", "?place=XX"),
    "too old": ("index", "?on=1990-01-01"),
    "part": ("index", "?place=US-CA"),
    "day before": ("index", "?on=2026-12-01&place=EU"),
    "day of change": ("index", "?on=2026-12-02&place=EU"),
    "broken escape": ("index", "?words=%E0%A4%A"),
    "chosen": ("index", "", CHOOSE_DENMARK),
    "reset": ("index", "?place=DK", "frame.document.querySelector('[type=reset]').click();"),
    "compared": ("compare", "?first=FR&second=DK&about=synthetic_intimate&kind=criminal"),
    "compared later": ("compare", "?first=FR&second=EU&kind=rules&on=2026-12-02"),
    "one place": ("compare", "?first=FR"),
    "no such place": ("compare", "?first=FR&second=XX"),
    "clock": ("deadlines", "?record=gb-osa-48h&day=2026-10-24&time=12:00&zone=Europe/London"),
    "no moment": ("deadlines", "?record=gb-osa-48h"),
    "no rule": ("deadlines", ""),
    "no such rule": ("deadlines", "?record=xx-none&day=2026-10-24&time=12:00"),
    "rule without clock": ("deadlines", "?record=fr-cp-226-1&day=2026-10-24&time=12:00"),
    "no such zone": ("deadlines", "?record=gb-osa-48h&zone=Europe/Lutetia&day=2026-10-24&time=12:00"),
    "twice": ("deadlines", "?record=gb-osa-48h&day=2026-10-25&time=02:30&zone=Europe/Paris"),
    "second of two": ("deadlines", "?record=gb-osa-48h&day=2026-10-25&time=02:30&zone=Europe/Paris", SECOND_HOUR),
    "linked second": ("deadlines", "?record=gb-osa-48h&day=2026-10-25&time=02:30&zone=Europe/Paris&offset=%2B01:00"),
    "skipped": ("deadlines", "?record=gb-osa-48h&day=2026-03-29&time=02:30&zone=Europe/Paris"),
}
DRIVER = """
const visits = VISITS, out = {}, names = Object.keys(visits);
const wait = time => new Promise(done => setTimeout(done, time));
const seen = node => node.getClientRects().length > 0;
async function visit([page, query, act]) {
  const holder = document.createElement('iframe');
  holder.width = 1200;
  document.body.appendChild(holder);
  const errors = [];
  await new Promise(done => { holder.onload = done; holder.src = page + '.html' + query; });
  const frame = holder.contentWindow, all = selector => Array.from(frame.document.querySelectorAll(selector));
  frame.onerror = message => errors.push(String(message));
  if (act) { new Function('frame', act)(frame); }
  await wait(400);
  const text = id => (frame.document.getElementById(id) || {}).textContent || '';
  const told = {
    count: text('law-count'), also: text('law-also'), form: seen(frame.document.querySelector('form')),
    rows: all('tr[data-record]').filter(seen).map(row => row.id),
    states: Object.fromEntries(all('tr[data-record]').filter(seen).map(
      row => [row.id, row.querySelector('.law-state').textContent])),
    headings: all('h2, h3').filter(seen).map(head => head.textContent),
    entries: all('[data-entry]').filter(seen).map(entry => entry.querySelector('a').textContent),
    table: all('#law-answer td, #law-answer th, #law-comparison td, #law-comparison th').map(cell => cell.textContent),
    after: text('law-answer') + text('law-comparison'), repeated: all('#law-repeated').filter(seen).length,
    query: frame.location.search, hash: frame.location.hash, errors
  };
  if (page === 'index' && !query) {
    const field = frame.document.getElementById('law-place'), start = performance.now();
    for (const value of ['FR', 'EU', 'DK', '', 'US']) {
      field.value = value;
      field.dispatchEvent(new frame.Event('change', {bubbles: true}));
      frame.document.body.getBoundingClientRect();
    }
    told.each = (performance.now() - start) / 5;
  }
  holder.remove();
  return told;
}
(async () => {
  for (const name of names) { out[name] = await visit(visits[name]); }
  document.getElementById('out').textContent = JSON.stringify(out);
})();
"""


@functools.cache
def browser():
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="module", params=["en", "fr"])
def seen(request, tmp_path_factory):
    """Every visit in one Chromium: the language, and by visit what a reader saw."""
    if browser() is None:
        give_up("Chromium is not on this machine: the law browser was not opened")
    folder = tmp_path_factory.mktemp(f"law-{request.param}")
    for path in STATIC.glob("law*"):
        shutil.copy(path, folder)
    for page in law_pages.pages(ROOT, request.param):
        (folder / f"{page.name.removeprefix('law/')}.html").write_text(document(page, request.param), encoding="utf-8")
    driver = (
        f'<meta charset="utf-8"><pre id="out"></pre><script>{DRIVER.replace("VISITS", json.dumps(VISITS))}</script>'
    )
    (folder / "driver.html").write_text(driver, encoding="utf-8")
    words = [
        browser(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
        "--allow-file-access-from-files", f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=120000",
        "--host-resolver-rules=MAP * ~NOTFOUND", "--dump-dom", (folder / "driver.html").as_uri(),
    ]  # fmt: skip
    dump = subprocess.run(words, capture_output=True, text=True, timeout=300).stdout
    told = re.search(r'<pre id="out">(.*?)</pre>', dump, re.DOTALL)
    assert told and told[1], dump[-2000:]
    return request.param, json.loads(html.unescape(told[1]))


pytestmark = pytest.mark.slow


def said(records, message, **values):
    return records.word(message).format(**values)


def test_no_visit_raises_an_error_and_every_form_is_there(seen):
    _lang, found = seen
    assert set(found) == set(VISITS)
    assert {name: visit["errors"] for name, visit in found.items() if visit["errors"] or not visit["form"]} == {}


def test_all_records_stand_there_before_anything_is_asked(seen):
    lang, found = seen
    assert set(found["plain"]["rows"]) == set(Records(lang).by_id) and found["plain"]["query"] == ""


def test_an_address_filters_as_the_library_does(seen):
    lang, found = seen
    expected = set(select(jurisdiction="FR", conduct="dissemination", status="in_force").index)
    expected &= set(search("hypertrucage").index)
    assert set(found["filtered"]["rows"]) == expected and expected
    assert str(len(expected)) in found["filtered"]["count"]
    assert Records(lang).places["EU"] in found["filtered"]["also"]


def test_no_record_fits_is_said_with_what_to_do(seen):
    _lang, found = seen
    visit = found["nothing"]
    assert visit["rows"] == [] and visit["entries"] == []
    assert ("Show everything" if _lang == "en" else "Tout montrer") in visit["count"]


@pytest.mark.parametrize(("visit", "part"), [
    ("no record", "xx-none"), ("left out", "gb-sct-2016"), ("no country", "XX"), ("too old", "1990"),
])  # fmt: skip
def test_a_wrong_address_gets_one_sentence_and_all_records(seen, visit, part):
    lang, found = seen
    assert part in found[visit]["count"] and "{" not in found[visit]["count"]
    assert len(found[visit]["rows"]) == len(Records(lang).by_id)
    assert len({found[one]["count"] for one in ("no record", "left out", "no country", "too old")}) == 4


def test_a_record_that_the_filter_would_hide_is_shown_when_the_address_names_it(seen):
    _lang, found = seen
    visit = found["hidden record"]
    assert "fr-cp-226-8-1" in visit["rows"] and "fr-cp-226-8-1" in visit["count"]
    assert (visit["query"], visit["hash"]) == ("", "#fr-cp-226-8-1")


def test_a_part_keeps_the_heading_of_its_whole_and_no_other(seen):
    lang, found = seen
    places = Records(lang).places
    shown = [head for head in found["part"]["headings"] if head in places.values()]
    assert shown == [places["US"], places["US-CA"]] == found["part"]["entries"]


def test_the_state_follows_the_day_in_the_address(seen):
    lang, found = seen
    status = Records(lang).names["status"]
    assert found["day before"]["states"]["eu-aia-5-1-ba"] == status["adopted_not_yet_applicable"]
    assert found["day of change"]["states"]["eu-aia-5-1-ba"] == status["in_force"]
    assert found["day before"]["states"]["eu-aia-50-2"] == status["in_force_grace"]
    assert found["day of change"]["states"]["eu-aia-50-2"] == status["in_force"]


def test_a_choice_goes_into_the_address_and_reset_takes_it_away(seen):
    _lang, found = seen
    assert "place=DK" in found["chosen"]["query"] and len(found["chosen"]["rows"]) == len(select(jurisdiction="DK"))
    assert "place" not in found["reset"]["query"] and len(found["reset"]["rows"]) > 200
    assert len(found["broken escape"]["rows"]) > 200


def test_two_places_stand_side_by_side_with_grade_caveat_and_date(seen):
    lang, found = seen
    records = Records(lang)
    visit = found["compared"]
    assert [records.places["FR"], records.places["DK"]] == visit["table"][1:3]
    assert records.said(records.by_id["fr-cp-226-8-1"], "caveat") in visit["after"]
    assert records.date("2026-11-22") in visit["after"]
    assert (
        said(records, "An unknown cell means that no record was found here. It never means lawful.") in visit["after"]
    )
    assert "legifrance.gouv.fr" in visit["after"]
    later = records.by_id["eu-aia-5-1-ba"]
    assert f"{records.cite(later)} ({records.names['status']['in_force']})" in found["compared later"]["after"]


def test_fewer_than_two_places_or_an_unknown_one_get_a_sentence(seen):
    lang, found = seen
    assert found["one place"]["count"] == said(Records(lang), "Choose two places at least, and four at most.")
    assert "XX" in found["no such place"]["count"] and found["no such place"]["table"] == []


def test_the_calculator_shows_the_end_of_a_clock(seen):
    lang, found = seen
    end = {"en": "26 October 2026, 11:00 (UTC+00:00)", "fr": "26 octobre 2026, 11:00 (UTC+00:00)"}[lang]
    assert end in found["clock"]["table"]
    assert Records(lang).said(Records(lang).by_id["gb-osa-48h"], "caveat") in found["clock"]["after"]


@pytest.mark.parametrize(("visit", "part"), [
    ("no moment", None), ("no rule", None), ("no such rule", "xx-none"), ("rule without clock", "fr-cp-226-1"),
    ("no such zone", "Europe/Lutetia"), ("twice", "2026-10-25 02:30"), ("skipped", "2026-03-29 02:30"),
])  # fmt: skip
def test_missing_or_wrong_input_gets_a_sentence_and_no_end(seen, visit, part):
    _lang, found = seen
    assert found[visit]["table"] == [] and found[visit]["count"].endswith(".")
    assert part is None or part in found[visit]["count"]
    sentences = {
        "no such rule": "There is no provision {name}. Choose one from the list.",
        "rule without clock": "The record {name} has no clock. "
        "Choose one from the list, or read it in the law browser.",
    }
    if visit in sentences:
        assert found[visit]["count"] == said(Records(_lang), sentences[visit], name=part)


def test_an_hour_that_comes_twice_is_asked_about_and_can_be_linked(seen):
    lang, found = seen
    end = {"en": "27 October 2026, 02:30 (UTC+01:00)", "fr": "27 octobre 2026, 02:30 (UTC+01:00)"}[lang]
    assert (found["twice"]["repeated"], found["skipped"]["repeated"]) == (1, 0)
    assert end in found["second of two"]["table"] and end in found["linked second"]["table"]
    assert "offset=%2B01%3A00" in found["second of two"]["query"]
