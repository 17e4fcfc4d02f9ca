"""Quizzes on the web: every question with its id, one verdict for browser and Python, no answer before it is asked."""

import copy
import html
import json
import re
import shutil
import subprocess

import pytest
from browser_room import chromium, give_up
from conftest import ROOT
from lxml import etree
from site_texts import LANGS, left_in_english, raw, tree, unsound

from contrechamp.classroom import quiz_bank, routes
from contrechamp.classroom.quiz_bank import Option, Question
from contrechamp.errors import ContrechampError
from contrechamp.lesson import quizzes
from contrechamp.site import quiz_pages

STATIC = ROOT / "src" / "contrechamp" / "site" / "_static"
BANK = {
    item["id"]: item
    for path in sorted((ROOT / "datasets" / "quizzes").glob("*.json"))
    for item in json.loads(path.read_text(encoding="utf-8"))["items"]
}


@pytest.fixture(scope="module", params=LANGS)
def site(request):
    """The language and its pages by name."""
    return request.param, {page.name: page for page in quiz_pages.pages(ROOT, request.param)}


def words(text: str) -> str:
    """Return a text without signs of Markdown and with single spaces, as both sides can be compared."""
    return " ".join(text.replace("`", "").split())


def boxes(pages) -> dict:
    """Return the element of every question by its anchor; an anchor of another lesson's page is a fault."""
    found = {}
    for page in pages.values():
        for box in tree(page).find_class("cc-question") if page.scripts else []:
            assert page.name == f"quiz/{box.get('id').removeprefix('q-')[:2]}"
            found[box.get("id")] = box
    return found


def as_script_reads(box) -> dict:
    """Return what `read` of quiz.js takes from a question: the answers in its closed element."""
    options = [
        {"key": item.get("data-key"), "verdict": item.get("data-verdict"), "message": item.text_content()}
        for item in box.iter("li")
    ]
    return {"empty": box.get("data-empty"), "again": box.get("data-again"), "options": options}


def judged(questions: dict) -> dict:
    """Return what the script says of every option of every question, and of no option."""
    node = shutil.which("node") or give_up("node is not on the PATH")
    program = (
        "const {judge} = require(process.argv[1]); const all = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "const out = {}; for (const [id, q] of Object.entries(all)) { out[id] = {};"
        " for (const key of [...q.options.map((one) => one.key), '']) { out[id][key] = judge(q, key || null); } }"
        "process.stdout.write(JSON.stringify(out));"
    )
    done = subprocess.run(
        [node, "-e", program, str(STATIC / "quiz.js")], input=json.dumps(questions), capture_output=True,
        encoding="utf-8", check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def disagreements(questions: dict, lang: str) -> list[str]:
    """Return where the script says anything else than `contrechamp.lesson.answer` does."""
    found = []
    for anchor, verdicts in judged(questions).items():
        item = BANK[anchor.removeprefix("q-")]
        question = questions[anchor]
        if [one["key"] for one in question["options"]] != [one["key"] for one in item["options"]]:
            found.append(f"{anchor}: the options stand in another order")
        for option in item["options"]:
            said = verdicts[option["key"]]
            expected = words(quizzes._verdict(item, option["key"], lang))
            if not option["right"]:
                expected += " " + words(question["again"])
            if (said["verdict"] == "right") != option["right"] or words(said["message"]) != expected:
                found.append(f"{anchor}, {option['key']}: {said}")
        if verdicts[""] != {"verdict": "empty", "message": question["empty"]}:
            found.append(f"{anchor}: without a choice it says {verdicts['']}")
    return found


def test_every_question_of_the_bank_is_on_its_page_with_its_permanent_id(site):
    lang, pages = site
    there = boxes(pages)
    assert list(there) == [f"q-{name}" for name in BANK]
    for name, item in BANK.items():
        box = there[f"q-{name}"]
        assert words(box.find(".//legend").text_content()) == words(item["question"][lang])
        said = [words(label.text_content()) for label in box.iter("label")]
        assert said == [words(f"{one['key']}) {one['text'][lang]}") for one in item["options"]]
        assert [one.get("value") for one in box.iter("input")] == [one["key"] for one in item["options"]]
        assert {(one.get("type"), one.get("name")) for one in box.iter("input")} == {("radio", f"q-{name}")}
        assert box.xpath(f".//a[@href='#q-{name}']"), "the permanent link is shown"


def test_browser_and_python_agree_on_every_option_of_every_question(site):
    lang, pages = site
    questions = {name: as_script_reads(box) for name, box in boxes(pages).items()}
    assert len(questions) == len(BANK)
    assert disagreements(questions, lang) == []


def test_a_planted_wrong_key_is_found(site):
    lang, pages = site
    questions = {name: as_script_reads(box) for name, box in boxes(pages).items()}
    planted = copy.deepcopy(questions)
    first = planted["q-02.a"]["options"]
    first[0]["verdict"], first[1]["verdict"] = first[1]["verdict"], first[0]["verdict"]
    assert [one.split(":")[0] for one in disagreements(planted, lang)] == ["q-02.a, a", "q-02.a, b"]
    planted = copy.deepcopy(questions)
    planted["q-05.c"]["options"][2]["message"] = planted["q-05.c"]["options"][1]["message"]
    assert [one.split(":")[0] for one in disagreements(planted, lang)] == ["q-05.c, c"], "a message of another error"


def shown(box) -> str:
    """Return what stands outside the closed element of a question, attributes included."""
    box = copy.deepcopy(box)
    for closed in box.findall(".//details"):
        if closed.get("open") is None:
            closed.getparent().remove(closed)
    return words(html.unescape(etree.tostring(box, encoding="unicode", method="html")))


def test_no_answer_stands_where_it_is_seen_before_it_is_asked_for(site):
    lang, pages = site
    for name, box in boxes(pages).items():
        text = shown(box)
        item = BANK[name.removeprefix("q-")]
        for option in item["options"]:
            assert words(html.unescape(option["explanation"][lang]))[:60] not in text, name
        assert "data-verdict" not in text and not box.xpath(".//@checked"), name
        marks = {frozenset(one.attrib) for one in [*box.iter("label"), *box.iter("input")]}
        assert len(marks) == 2, "no option is marked otherwise than the others"
        opened = copy.deepcopy(box)
        opened.find(".//details").set("open", "open")
        assert "data-verdict" in shown(opened), "this test sees an answer that is open"


def test_without_scripts_the_button_hides_and_the_answers_can_be_opened(site):
    _, pages = site
    for name, box in boxes(pages).items():
        button = box.find(".//button")
        assert button.get("hidden") is not None and button.get("type") == "button", name
        assert box.find(".//details/summary").text_content().strip()
        assert box.find_class("cc-verdict")[0].get("role") == "status"
        assert len(box.findall(".//details//li")) == len(BANK[name.removeprefix("q-")]["options"])


def test_nothing_can_be_sent_or_kept(site):
    _, pages = site
    for page in pages.values():
        assert not re.search(r"<(form|script|iframe|img)\b|\son\w+=", page.source), page.name
    script = (STATIC / "quiz.js").read_text(encoding="utf-8")
    for word in ("fetch", "XMLHttpRequest", "sendBeacon", "cookie", "Storage", "indexedDB", "import ", "http"):
        assert word not in script, word
    assert len(script.encode()) < 6_000


def test_the_html_is_sound_and_the_pages_know_their_script(site):
    _, pages = site
    for name, page in pages.items():
        assert unsound(raw(page)) == []
        assert page.scripts == (() if name == "quiz/index" else ("quiz.js",))
    assert unsound('<p id="a">x<b id="a">y</p>') != []


def test_french_pages_carry_french():
    pages = list(quiz_pages.pages(ROOT, "fr"))
    assert left_in_english("quiz_pages", "fr", "\n".join(page.source for page in pages)) == []
    assert all("leçon" in page.description for page in pages)


def test_the_index_offers_the_whole_bank_for_a_class(site):
    lang, pages = site
    index = pages["quiz/index"]
    reason = words(BANK["02.a"]["options"][0]["explanation"][lang])[:30]
    for name, content in index.files.items():
        assert f'<a href="{name.removeprefix("quiz/")}" download>' in index.source
        text = content.decode()
        assert all(one in text for one in BANK), name
        assert ("answers" in name) == (reason in words(html.unescape(text))), name


def test_each_quiz_says_at_its_top_its_age_what_it_speaks_of_and_where_help_is(site):
    lang, pages = site
    for name, page in pages.items():
        if name != "quiz/index":
            lesson = name.removeprefix("quiz/")
            top = page.source.split("\n\n")[1]
            age = routes.lesson_meta(lesson, lang)["min_age"]
            assert (f"the age of {age}." if lang == "en" else f"À partir de {age} ans.") in top, name
            assert "[Help](page:help)" in top or "[Aide](page:help)" in top, name
            note = quiz_pages.care_note(lesson, lang)
            assert note in top and 60 < len(note) < 500 and note.endswith("."), (name, note)
            assert not re.search(r"You may|Vous pouvez|[>*]", note), note
            row = next(row for row in pages["quiz/index"].source.split("\n") if f"](page:quiz/{lesson})" in row)
            assert [cell.strip() for cell in row.split("|")][3] == str(age), name
    assert "child sexual abuse material" in quiz_pages.care_note("02", "en")
    assert "abus sexuels sur mineurs" in quiz_pages.care_note("02", "fr")


def test_a_lesson_without_a_care_note_stops_its_quiz(tmp_path, monkeypatch):
    path = tmp_path / "02_silent.ipynb"
    path.write_text(json.dumps({"cells": [{"source": ["# A title"]}]}), encoding="utf-8")
    monkeypatch.setattr(routes, "lesson_path", lambda lesson, lang: path)
    with pytest.raises(ContrechampError, match=r"02_silent\.ipynb has no note"):
        quiz_pages.care_note("02", "en")


def test_formulas_become_mathml_and_sums_of_money_and_code_stay():
    said = quiz_pages.written(r"Of $p^2 &lt; 1$, see lesson 05 and <code>lesson 06 $x$</code>; from 5 $ to 6 $.")
    assert "<math" in said and "<mo>&#x0003C;</mo>" in said
    assert '<a href="page:lessons/05">lesson 05</a>' in said
    assert "<code>lesson 06 $x$</code>; from 5 $ to 6 $." in said


def test_hard_texts_are_escaped_once():
    said = "a &lt; b &amp; &quot;c&quot;"
    question = Question("99.a", "99.1", "99", said, tuple(Option(key, said, said, key == "b") for key in "ab"))
    assert unsound(quiz_pages.as_html(question, "en")) == []
    assert quiz_pages.as_html(question, "en").count(said) == 5


def test_the_pages_and_the_bank_hold_the_same_questions():
    for lang in LANGS:
        assert [question.id for question in quiz_bank.load([], lang)] == list(BANK)


DRIVER = """
<script>
const seen = {};
async function play() {
  const boxes = Array.from(document.querySelectorAll(".cc-question"));
  const added = new Map();
  const watch = new MutationObserver((changes) => changes.forEach((change) => {
    const said = change.target.closest(".cc-verdict");
    added.set(said, (added.get(said) || 0) + change.addedNodes.length);
  }));
  boxes.forEach((box) => watch.observe(box.querySelector(".cc-verdict"), { childList: true, subtree: true }));
  for (let place = -1; place < 4; place += 1) {
    boxes.forEach((box) => {
      if (place >= 0) { box.querySelectorAll("input")[place].click(); }
      box.querySelector("button").click();
    });
    await new Promise((done) => setTimeout(done, 300));
    boxes.forEach((box) => {
      const said = box.querySelector(".cc-verdict");
      const key = place < 0 ? "" : box.querySelectorAll("input")[place].value;
      (seen[box.id] = seen[box.id] || {})[key] = [said.dataset.verdict, said.textContent,
        said.children.length, said.querySelectorAll("strong").length, added.get(said) || 0];
      added.set(said, 0);
    });
  }
  document.body.innerHTML = '<pre id="seen"></pre>';
  document.getElementById("seen").textContent = JSON.stringify(seen);
}
window.addEventListener("load", play);
</script>
"""


def test_a_real_browser_says_what_python_says(site, tmp_path):
    lang, pages = site
    browser = chromium()
    body = "\n".join(raw(page) for page in pages.values() if page.scripts)
    script = (STATIC / "quiz.js").as_uri()
    (tmp_path / "all.html").write_text(
        f'<!doctype html><meta charset="utf-8"><body>{body}<script src="{script}"></script>{DRIVER}', encoding="utf-8"
    )
    done = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
         f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=5000", "--dump-dom",
         (tmp_path / "all.html").as_uri()],
        capture_output=True, encoding="utf-8", timeout=300,
    )  # fmt: skip
    found = re.search(r'<pre id="seen">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, done.stderr[-2000:]
    seen = json.loads(html.unescape(found[1]))
    assert len(seen) == len(BANK)
    for name, item in BANK.items():
        box = seen[f"q-{name}"]
        assert box[""][0] == "empty" and box[""][1]
        # A screen reader says what comes into the place: one element, once, whose words are not marked a second time.
        assert [box[key][2:] for key in box] == [[1, 0, 1]] * 5, name
        for option in item["options"]:
            verdict, said = box[option["key"]][:2]
            assert (verdict == "right") == option["right"], name
            assert words(said).startswith(words(quizzes._verdict(item, option["key"], lang))), name
