"""A digit typed into prose is found wherever it stands; dates, identifiers, code and reviewed names are left alone."""

import re
from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contrechamp.authoring import comments
from contrechamp.authoring.digits import Reviewed, digit_problems, load_reviewed, string_problems
from contrechamp.errors import ContrechampError

WHERE = "notebooks/02_numbers.md"

LEFT_ALONE = {
    "reference": "It rose by {{ result:02.rise|+0;-0 }} %, says {{ stat:iwf_2025.value }}.",
    "fence": "Before.\n\n```python\nx = 400\n```\n\nAfter.",
    "code cell": '```{code-cell} ipython3\n:tags: [a]\nresult("rise", 400)\n```',
    "tilde fence in a list": "- one\n  ~~~\n  400\n  ~~~\n",
    "code span": "Write `x = 400` or ``a`4`` in the cell.",
    "maths": "The share is $p_{1} = \\frac{3}{4}$.\n\n$$x = 400$$\n",
    "heading": "## What does +400 % count?",
    "quoted heading": "> ### 400 pictures",
    "link target": "See [the report](https://example.org/2025/400.pdf) and [lesson](02_numbers.ipynb).",
    "link with brackets": "See [it](https://example.org/a_(400)_b).",
    "bare address": "See <https://example.org/400> and https://example.org/12.",
    "link by name": "[report]: https://example.org/400",
    "note mark": "As said.[^12]\n\n[^12]: In words.",
    "comment": "<!-- 400\n500 -->",
    "HTML attribute": '<a id="s400"></a> text <td colspan="2">',
    "entity": "a&#8239;b",
    "objective": "- **02.1** Say what a number counts (02.3).",
    "objective of a late lesson": "**10.2** is met. See objective 10.3.",
    "check and quiz": "Run 02.E1, 02.A2, 10.E3 and answer 02.a.",
    "lesson": "See lesson 02, exercise 10 and lessons 08, 09 and 11. Lessons 08–12. Leçon 02, leçons 08 à 11, quiz 20.",
    "English date": "On 2 December 2026, in December 2026, by 31 January 2027.",
    "French date": "Le 2 décembre 2026, en août 2025, le 1er mars 2027, 1\u202fjanvier\u00a02027.",
    "ISO date": "Checked 2026-11-22 and 2026-11.",
    "year": "In 2024, and (2025). Since 1999; “2026”. **2024** *2025*",
    "span of years": "The winter 2025-26, 2024–2025 and 2023/24.",
    "ordered list": "1. first\n2. second\n3. third\n",
    "ordered list with blank lines": "1. first\n\n2. second\n\n   more of it\n\n3. third\n",
    "list in a quotation": "> 1. first\n> 2. second\n",
    "table": "| a | b |\n|---:|:--|\n| x | y |",
    "front matter": "---\ncontrechamp:\n  minutes: {core: 25}\n  objectives:\n    02.1: Say it.\n---\n\nText.",
    "words": "Ninety-nine in a hundred.",
}


@pytest.mark.parametrize("text", LEFT_ALONE.values(), ids=LEFT_ALONE.keys())
def test_what_may_hold_digits_is_left_alone(text):
    where = "notebooks/10_detector.md" if "10.2" in text else WHERE
    assert digit_problems(text, where=where) == []


FOUND = {
    "whole number": ("It rose to 400 pictures.", "400"),
    "percentage": ("Up 400 % in a year.", "400 %"),
    "percentage without a space": ("Up 400%.", "400%"),
    "signed": ("A rise of +154.", "+154"),
    "decimal": ("About 14.5 million.", "14.5"),
    "decimal that looks like an objective": ("About 02.5%.", "02.5"),
    "decimal of another lesson": ("About (14.5) million.", "14.5"),
    "French decimal": ("Environ 14,5 millions.", "14,5"),
    "grouped": ("In all 1,999 and 1\u202f999 and 2 024 pictures.", "1,999"),
    "range": ("Between 10-15 of them.", "10-15"),
    "article": ("Article 226-8-1 of the code.", "226-8-1"),
    "year as a share": ("It was 2024 % of it.", "2024 %"),
    "year as a part of a number": ("In all 2024.5 of them.", "2024.5"),
    "year as money": ("For €2024 or 2025 €.", "2024"),
    "day without a year": ("On 2 December.", "2 December"),
    "impossible day": ("On 45 December 2026.", "45"),
    "digit in a word": ("The C2PA standard, H264.", "C2PA"),
    "ordinal": ("The 3rd time.", "3rd"),
    "help line typed by hand": ("Call 3018.", "3018"),
    "in a link text": ("[400 pictures](https://example.org)", "400"),
    "in a link title": ('[pictures](a.md "400 of them")', "400"),
    "after what is no link": ("[see] (400 pictures)", "400"),
    "in an image description": ("![A bar of 400](a.png)", "400"),
    "in a list item": ("- 400 pictures", "400"),
    "in a table": ("| pictures |\n|---|\n| 400 |", "400"),
    "in a quotation": ("> **Note.** 400 pictures", "400"),
    "in a note directive": ("```{note}\nOf 400 pictures.\n```", "400"),
    "in a div": ("::: {.care}\nOf 400 pictures.\n:::", "400"),
    "bold": ("**400**", "400"),
    "in dollars that are no maths": ("It cost $5 and then $10.", "$5"),
    "bare number as maths": ("It rose by $400$ %.", "400"),
    "line that looks like a list": ("The count then was\n154. After that it fell.", "154"),
    "list that begins at a number": ("154. pictures were found", "154"),
    "reference with something typed to it": ("{{ result:02.rise }}00 pictures", "00"),
    "superscript": ("Ten m² of it.", "²"),
    "fraction": ("About ½ of it.", "½"),
    "other digits": ("Arabic ٤٠٠ pictures.", "٤٠٠"),
    "not a tag": ("a <b and 400 > of it", "400"),
    "tag that is read out": ('<span title="400 pictures">x</span>', "400"),
    "objective text": ("---\ncontrechamp:\n  objectives:\n    02.1: Say 400.\n---\n", "Say 400"),
    "check number that goes on": ("It was 02.a5 of it", "02.a5"),
    "lesson without its zero": ("See lesson 2.", "lesson 2"),
}


@pytest.mark.parametrize(("text", "quoted"), FOUND.values(), ids=FOUND.keys())
def test_a_typed_number_is_found_and_quoted(text, quoted):
    problems = digit_problems(text, where=WHERE)
    assert problems, text
    assert quoted in problems[0]
    assert problems[0].startswith(f"{WHERE}, line ")


def test_the_line_of_a_problem_is_named():
    assert digit_problems("one\n\n`4`\n\nit is 5", where=WHERE)[0].startswith(f"{WHERE}, line 5:")


SENTENCES = st.sampled_from(
    [
        "Out of ten such alarms how many are fires in {{ stat:uk.value }} kitchens of December 2026",
        "La cellule `x = 1` affiche {{ result:02.rise|+0 }} % en août 2025 (02.1) , voir la leçon 02 et la suite",
        "It rose in 2024 , and [the report](https://example.org/2025) of lesson 08 says by how much $x_1$ grew",
    ]
)
NUMBERS = st.one_of(
    st.integers(0, 1800).map(str),
    st.integers(2100, 10**9).map(str),
    st.integers(1000, 10**9).map(lambda n: f"{n:,}"),
    st.integers(1000, 10**9).map(lambda n: f"{n:,}".replace(",", "\u202f")),
    st.decimals(0, 10**4, places=2).map(str),
    st.integers(0, 3000).map(lambda n: f"{n} %"),
    st.integers(0, 3000).map(lambda n: f"{n}\u00a0%"),
    st.integers(0, 3000).map(lambda n: f"{n}%"),
    st.integers(0, 3000).map(lambda n: f"+{n}"),
    st.integers(0, 3000).map(lambda n: f"−{n}"),
    st.tuples(st.integers(0, 999), st.integers(0, 999)).map(lambda pair: f"{pair[0]}-{pair[1]}"),
    st.integers(1, 999).map(lambda n: f"L. {n}-{n}-1"),
)


@given(SENTENCES, NUMBERS, st.integers(0, 40), st.booleans())
@example("a of December 2026", "2", 2, False)
def test_a_number_planted_anywhere_in_a_sentence_is_found(sentence, number, place, emphasised):
    # A word of code or a reference may hold spaces: plant between the parts that a reader sees.
    words = re.findall(r"`[^`]*`|\{\{.*?\}\}|\[[^\]]*\]\([^)]*\)|\S+", sentence)
    place = min(place, len(words))
    after = words[place : place + 1]
    if re.fullmatch(r"[1-9]|[12]\d|3[01]", number) and after and after[0] in ("December", "août"):
        number += " or so of"  # "2 December 2026" is a date, rightly left alone
    elif place and re.fullmatch("lesson|leçon", words[place - 1]):
        number += " pictures"  # and "lesson 12" is a lesson
        if re.match(r"(?:[01]\d|20)(?!\w|[.,]\d|\s?%)", number):
            return
    planted = f"**{number}**" if emphasised else number
    text = " ".join([*words[:place], planted, *words[place:]])
    assert digit_problems(text, where=WHERE), text


@given(SENTENCES)
def test_the_sentences_without_a_planted_number_pass(sentence):
    assert digit_problems(sentence, where=WHERE) == []


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text):
    digit_problems(text, where=WHERE)


def test_a_reviewed_name_is_allowed_in_its_sources_only_and_counted_as_used():
    entry = Reviewed("CC BY 4.0", "notebooks/0*.md", "name of a licence")
    used = set()
    assert digit_problems("Under CC BY 4.0.", allowed=[entry], where=WHERE, used=used) == []
    assert used == {entry}
    assert digit_problems("Under CC BY 4.0.", allowed=[entry], where="notebooks/10_x.md")
    assert digit_problems("Under CC BY 4.02.", allowed=[entry], where=WHERE)
    assert digit_problems("Under XCC BY 4.0 and 4.0.", allowed=[entry], where=WHERE)


def test_a_reviewed_name_does_not_cover_a_longer_number():
    entry = Reviewed("Python 3", "*", "name of a language")
    assert digit_problems("Python 3 is enough.", allowed=[entry], where=WHERE) == []
    for text in ("Python 3.11 is enough.", "Python 31", "Python 3 %"):
        assert digit_problems(text, allowed=[entry], where=WHERE), text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("text,reason\n", "first line"),
        ("text,where,reason\nCC BY 4.0,*\n", "line 2"),
        ("text,where,reason\nCC BY 4.0,*,\n", "line 2"),
        ("text,where,reason\nno digit,*,because\n", "no digit"),
    ],
)
def test_a_malformed_reviewed_list_is_one_sentence(tmp_path, content, words):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "reviewed_numbers.csv").write_text(content, encoding="utf-8")
    with pytest.raises(ContrechampError, match=words):
        load_reviewed(tmp_path)


def test_descriptions_and_messages_in_code_are_prose_too():
    code = 'show(bars(x), alt="Bars: {rise:+0;-0} % in 2024, up 400 pictures")\nprint(_("Of 12 hints")); f(alt=text)\n'
    problems = string_problems(code, where=WHERE)
    assert len(problems) == 2
    assert "400" in problems[0] and "12" in problems[1]
    assert string_problems('show(f, alt="Up {rise:+0} % in 2024")\nx = 400', where=WHERE) == []
    assert string_problems("this is not Python (", where=WHERE) == []


# ---- the real sources -----------------------------------------------------------------------------------------------


def prose(root):
    """Yield ``(name, text)`` for each text of the repository that the rule is for, English and translated."""
    from contrechamp.authoring import sources

    for path in sorted([*(root / "notebooks").glob("[0-9][0-9]_*.md"), *(root / "exercises").glob("[0-9][0-9]_*.md")]):
        name = path.relative_to(root).as_posix()
        yield name, path.read_text(encoding="utf-8")
        source = sources.read(path)
        for check in source.checks.values():
            yield name, "\n\n".join(strings(check.definition, ("hint", "right", "message")))
        for rule in source.drawn.values():
            yield name, rule.get("text", "")
    for path in sorted((root / "exercises").glob("*.quiz.yaml")):
        yield (
            path.relative_to(root).as_posix(),
            "\n\n".join(strings(sources.read_quiz(path), ("question", "text", "explanation"))),
        )
    yield from translations(root)
    yield from shown(root)


def shown(root):
    """Yield what figures and tables say, from the catalogue of messages: the English, then the translation."""
    import polib

    for path in sorted((root / "locale").glob("*/messages.po")):
        for entry in polib.pofile(str(path)):
            if entry.comment.startswith(("figure", "table heading")) and not entry.obsolete:
                for source, _ in entry.occurrences:
                    yield source, entry.msgid
                    yield source, entry.msgstr


def strings(value, keys, wanted=False):
    """Yield the strings under the named keys of nested data."""
    if isinstance(value, str) and wanted:
        yield value
    for key, part in value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ()):
        if key != "values":  # what a misconception computes is code, whatever its name
            yield from strings(part, keys, wanted or key in keys)


def translations(root):
    """Yield what is prose in the catalogues; a comment in a code cell is code, in English and in a translation."""
    import polib

    for path in sorted((root / "locale").glob("*/*/*.po")):
        name = path.relative_to(root).as_posix()
        for entry in polib.pofile(str(path)):
            if not entry.obsolete and entry.comment != comments.KIND:
                heading = entry.msgid.startswith("#") or "heading" in (entry.comment or "")
                yield name, "" if heading else entry.msgstr


def test_no_text_of_the_repository_holds_a_typed_number_and_each_reviewed_entry_is_needed(root):
    allowed, used, problems = load_reviewed(root), set(), []
    for where, text in prose(root):
        problems += digit_problems(text, allowed=allowed, where=where, used=used)
    assert not problems, "\n".join(problems)
    unused = [entry.text for entry in allowed if entry not in used]
    assert not unused, f"notebooks/reviewed_numbers.csv allows what no source says any more: {unused}"


def test_a_translated_comment_of_code_loses_no_digit_of_the_english(root):
    import polib

    pairs = [
        (path.relative_to(root).as_posix(), entry.msgid, entry.msgstr)
        for path in sorted((root / "locale").glob("*/*/*.po"))
        for entry in polib.pofile(str(path))
        if entry.comment == comments.KIND and not entry.obsolete
    ]
    assert any(re.search(r"\d", english) for _, english, _ in pairs)
    lost = [pair for pair in pairs if Counter(re.findall(r"\d", pair[1])) - Counter(re.findall(r"\d", pair[2]))]
    assert lost == []
