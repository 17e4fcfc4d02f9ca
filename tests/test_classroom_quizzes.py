"""The question bank for a platform and on paper: nothing is lost, nothing is escaped twice, answers stay apart."""

import html
import io
import json
import re
import xml.etree.ElementTree as ET

import pypdf
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from contrechamp.classroom import gift, moodle, quiz_bank, quiz_export, quiz_sheets
from contrechamp.classroom.quiz_bank import Option, Question
from contrechamp.errors import ContrechampError

LANGS = ("en", "fr")
BANK = {
    item["id"]: item
    for path in sorted((ROOT / "datasets" / "quizzes").glob("*.json"))
    for item in json.loads(path.read_text(encoding="utf-8"))["items"]
}
SCHEMA = etree.RelaxNG(etree.parse(ROOT / "tests" / "moodle_quiz.rng"))

NASTY = [
    "a = b ~ c # d { e } : f",
    r"a back\slash and \n, \\ two, \: and \= escaped already",
    "50 % of it, %50% as a weight",
    "%50% first",
    "// no comment",
    "[html] no format, ::no name::",
    "l’été « dix-huit ans » : œuvre, 1 234,5 %",
    "a < b &amp; c > d, ]]> and &lt;b&gt;",
    "→ -> and $CATEGORY: x",
]


def question(text: str, number: str = "99.a") -> Question:
    """A question of which every part is the same hard text, as HTML."""
    said = html.escape(text, quote=False)
    options = tuple(Option(key, f"{said} {key}", f"{said} {key}?", key == "b") for key in "abc")
    return Question(number, "99.1", "99", said, options)


# ---- readers of the formats, written from their descriptions and not from our writers --------------------------------


def read_moodle(content: bytes) -> dict[str, tuple]:
    """Return ``{id number: (name, text, [(fraction, text, feedback)], category)}``."""
    found, category = {}, ""
    for one in ET.fromstring(content):
        if one.get("type") == "category":
            category = one.findtext("category/text")
            continue
        answers = [
            (float(answer.get("fraction")), answer.findtext("text"), answer.findtext("feedback/text"))
            for answer in one.iter("answer")
        ]
        key = one.findtext("idnumber")
        assert key not in found, "Moodle wants each id number once in a category"
        found[key] = (one.findtext("name/text"), one.findtext("questiontext/text"), answers, category)
    return found


def read_gift(content: str) -> dict[str, tuple]:
    """Return ``{name: (text, [(right, text, feedback)], category)}``, reading sign by sign."""
    found, category = {}, ""
    for block in re.split(r"\n[ \t]*\n", content.strip()):
        text = "\n".join(line for line in block.split("\n") if not line.lstrip().startswith("//")).strip()
        if text.startswith("$CATEGORY:"):
            category = text.removeprefix("$CATEGORY:").strip()
            continue
        name, text = split_at(text.removeprefix("::"), "::")
        before, rest = split_at(text, "{")
        inside, after = split_at(rest, "}")
        assert after.strip() == "", after
        answers, sign = [], ""
        for part in parts(inside, "=~"):
            if part in ("=", "~"):
                sign = part
            elif sign:
                said, why = split_at(part, "#")
                assert not re.match(r"%-?\d", said.strip()), "it would be read as a weight"
                answers.append((sign == "=", plain(said.strip()), plain(why.strip())))
            else:
                assert not part.strip(), part
        kind, body = re.fullmatch(r"\[(\w+)\](.*)", before.strip(), re.DOTALL).groups()
        assert kind == "html"
        found[plain(name)] = (plain(body).strip(), answers, category)
    return found


def parts(text: str, signs: str) -> list[str]:
    """Cut a text at unescaped signs, which stay as parts of their own."""
    out, at = [""], 0
    while at < len(text):
        if text[at] == "\\":
            out[-1] += text[at : at + 2]
            at += 2
        elif text[at] in signs:
            out += [text[at], ""]
            at += 1
        else:
            out[-1] += text[at]
            at += 1
    return out


def split_at(text: str, mark: str) -> tuple[str, str]:
    """Cut a text at the first unescaped mark."""
    at = 0
    while at < len(text):
        if text[at] == "\\":
            at += 2
        elif text.startswith(mark, at):
            return text[:at], text[at + len(mark) :]
        else:
            at += 1
    raise AssertionError(f"no {mark!r} in {text!r}")


def plain(text: str) -> str:
    """Take the backslashes of an escaped text away."""
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def shown(text: str) -> str:
    """What a reader sees of a piece of HTML, white space aside."""
    return " ".join(html.unescape(re.sub(r"</?(?:p|em|strong|code)>", "", text)).split())


# ---- the whole bank --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_the_whole_bank_is_moodle_xml_by_its_schema_and_says_what_the_bank_says(lang):
    content = moodle.write(quiz_bank.load([], lang), lang)
    SCHEMA.assertValid(etree.fromstring(content))
    found = read_moodle(content)
    assert set(found) == {f"contrechamp-{name}-{lang}" for name in BANK}
    for name, item in BANK.items():
        title, text, answers, category = found[f"contrechamp-{name}-{lang}"]
        assert title == name and category.endswith(f"({lang})/{name[:2]}")
        assert shown(text) == shown_markdown(item["question"][lang])
        assert [a[0] for a in answers] == [100.0 if o["right"] else 0.0 for o in item["options"]]
        assert [shown(a[1]) for a in answers] == [shown_markdown(o["text"][lang]) for o in item["options"]]
        assert [shown(a[2]) for a in answers] == [shown_markdown(o["explanation"][lang]) for o in item["options"]]


def shown_markdown(text: str) -> str:
    return " ".join(re.sub(r"[`*]", "", text).split())


@pytest.mark.parametrize("lang", LANGS)
def test_the_whole_bank_survives_gift(lang):
    found = read_gift(gift.write(quiz_bank.load([], lang), lang))
    assert set(found) == set(BANK)
    for name, item in BANK.items():
        text, answers, _ = found[name]
        assert shown(text) == shown_markdown(item["question"][lang])
        assert [a[0] for a in answers] == [o["right"] for o in item["options"]]
        assert [shown(a[1]) for a in answers] == [shown_markdown(o["text"][lang]) for o in item["options"]]
        assert [shown(a[2]) for a in answers] == [shown_markdown(o["explanation"][lang]) for o in item["options"]]


@pytest.mark.parametrize("text", NASTY)
def test_a_hard_text_comes_back_from_both_formats(text):
    one = question(text)
    SCHEMA.assertValid(etree.fromstring(moodle.write([one], "fr")))
    _, said, answers, _ = read_moodle(moodle.write([one], "fr"))["contrechamp-99.a-fr"]
    assert shown(said) == " ".join(text.split())
    assert [shown(a[1]) for a in answers] == [f"{' '.join(text.split())} {key}" for key in "abc"]
    said, answers, _ = read_gift(gift.write([one], "fr"))["99.a"]
    assert shown(said) == " ".join(text.split())
    assert [shown(a[1]) for a in answers] == [f"{' '.join(text.split())} {key}" for key in "abc"]
    assert [shown(a[2]) for a in answers] == [f"{' '.join(text.split())} {key}?" for key in "abc"]


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1).filter(str.strip))
def test_gift_loses_no_sign_of_any_text(text):
    said, answers, _ = read_gift(gift.write([question(text)], "en"))["99.a"]
    assert shown(said) == " ".join(html.unescape(html.escape(text, quote=False)).split())
    assert [a[0] for a in answers] == [False, True, False]


def test_a_schema_that_was_seen_to_refuse():
    good = moodle.write([question("x")], "en").decode()
    for old, new in [
        ("<single>true</single>", "<single>yes</single>"),
        ('fraction="100"', 'fraction="120"'),
        ("<idnumber>contrechamp-99.a-en</idnumber>", ""),
        ("$course$/top/", "somewhere/"),
        ('format="html"', 'format="word"'),
    ]:
        assert old in good
        assert not SCHEMA.validate(etree.fromstring(good.replace(old, new).encode()))


def test_markup_in_a_question_is_shown_as_text_and_never_runs():
    said = quiz_bank._html({"en": "see <script>alert(1)</script> and `x < 1`"}, "en")
    assert "<script" not in said and "<code>x &lt; 1</code>" in said


# ---- on paper --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_the_sheet_to_fill_in_tells_no_answer_and_the_key_tells_all(lang):
    questions = quiz_bank.load(["02"], lang)
    sheet = quiz_sheets.markdown(questions, lang, answers=False)
    key = quiz_sheets.markdown(questions, lang, answers=True)
    for one in questions:
        for option in one.options:
            assert shown(option.text) in shown_markdown(sheet)
            assert shown(option.explanation) not in shown_markdown(sheet)
            assert shown(option.explanation) in shown_markdown(key)
    assert "✓" not in sheet and key.count("✓") == len(questions)


def test_the_printed_sheet_is_tagged_in_its_language_and_tells_no_answer():
    questions = quiz_bank.load(["02"], "fr")
    made = {a: pypdf.PdfReader(io.BytesIO(quiz_sheets.pdf(questions, "fr", answers=a))) for a in (False, True)}
    for reader in made.values():
        root = reader.trailer["/Root"]
        assert root["/Lang"] == "fr" and root["/MarkInfo"]["/Marked"] and reader.metadata.title
    text = {a: " ".join(p.extract_text() for p in reader.pages) for a, reader in made.items()}
    assert "☒" not in text[False] and text[True].count("☒") == len(questions)


# ---- the command -----------------------------------------------------------------------------------------------------


def test_the_command_writes_each_format_once_and_overwrites_nothing(tmp_path):
    assert quiz_export.main(["2"], "fr", ["gift"], str(tmp_path)) == 0
    path = tmp_path / "quiz_02_fr_answers.gift.txt"
    assert set(read_gift(path.read_text(encoding="utf-8"))) == {name for name in BANK if name.startswith("02")}
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(ContrechampError, match="existe déjà et n’a pas été modifié"):
        quiz_export.main(["02"], "fr", None, str(tmp_path))
    assert [p.name for p in tmp_path.iterdir()] == [path.name] and path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("lessons", "formats", "says"),
    [(["77"], None, "no quiz for lesson 77"), ([], ["qti"], "no format qti. Known: moodle, gift, sheet, key")],
)
def test_a_wrong_request_is_a_sentence(tmp_path, lessons, formats, says):
    with pytest.raises(ContrechampError, match=says):
        quiz_export.main(lessons, "en", formats, str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_question_with_two_right_options_is_refused(repository):
    path = repository / "datasets" / "quizzes" / "02.json"
    bank = json.loads(path.read_text(encoding="utf-8"))
    for option in bank["items"][0]["options"]:
        option["right"] = True
    path.write_text(json.dumps(bank), encoding="utf-8")
    with pytest.raises(ContrechampError, match=r"02\.a: exactly one option must be right"):
        quiz_bank.load(["02"], "en")
