"""The test before and after a course: what is told of a group, and that nothing is told of a small one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contrechamp.classroom import before_after, routes
from contrechamp.classroom.before_after import SMALLEST, analyse
from contrechamp.errors import ContrechampError

RIGHT = before_after.right_answers()
TEST = routes.plan().test


def rows(people: int, *, right_before: int, right_after: int, item: str = "02.b") -> list[tuple[str, str, str, str]]:
    """Answers of a group to one question, so many of them right before and after."""
    wrong = next(letter for letter in "abcd" if letter != RIGHT[item])
    out = []
    for number in range(people):
        out.append((f"p{number}", "before", item, RIGHT[item] if number < right_before else wrong))
        out.append((f"p{number}", "after", item, RIGHT[item] if number < right_after else wrong))
    return out


def test_the_questions_of_the_test_are_in_the_bank_and_each_once():
    assert set(TEST) <= set(RIGHT) and len(set(TEST)) == len(TEST) == 12


def test_a_group_of_ten_is_told_and_one_of_nine_is_not():
    told = analyse(rows(10, right_before=4, right_after=8), RIGHT)
    assert (told.people, told.before, told.after) == (10, 0.4, 0.8) and told.items == {"02.b": (0.4, 0.8)}
    low, high = told.interval
    assert low <= 0.4 <= high and low > 0
    small = analyse(rows(9, right_before=4, right_after=8), RIGHT)
    assert small == before_after.Report(9)


def test_who_took_one_test_only_is_not_counted():
    once = [(f"q{number}", "before", "02.b", RIGHT["02.b"]) for number in range(30)]
    assert analyse(once, RIGHT).before is None
    assert analyse(rows(10, right_before=5, right_after=5) + once, RIGHT).people == 10


def test_a_question_that_fewer_than_ten_answered_twice_is_not_told():
    answers = rows(12, right_before=6, right_after=9) + rows(9, right_before=1, right_after=9, item="03.c")
    told = analyse(answers, RIGHT).items
    assert told["03.c"] is None and told["02.b"] == (0.5, 0.75)


def test_an_open_answer_is_not_a_wrong_one():
    answers = rows(10, right_before=10, right_after=10)
    answers += [(code, when, "03.c", "") for code, when, _item, _choice in rows(10, right_before=0, right_after=0)]
    assert analyse(answers, RIGHT).before == 1.0


def test_no_change_has_an_interval_that_holds_zero():
    low, high = analyse(rows(40, right_before=20, right_after=20), RIGHT).interval
    assert low <= 0 <= high


@given(st.integers(0, SMALLEST - 1), st.integers(0, 9), st.integers(0, 9))
def test_of_no_small_group_anything_is_told(people, before, after):
    report = analyse(rows(people, right_before=before, right_after=after), RIGHT)
    assert report == before_after.Report(people)


def write(tmp_path, text: str):
    path = tmp_path / "answers.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("mark", [",", ";"])
def test_the_command_prints_shares_and_no_code(tmp_path, capsys, mark):
    lines = [mark.join(("code", "when", "item", "choice"))]
    lines += [mark.join(row) for row in rows(12, right_before=3, right_after=9)]
    assert before_after.main(str(write(tmp_path, "\ufeff" + "\n".join(lines))), "fr") == 0
    said = capsys.readouterr().out
    assert "25\u00a0% avant, 75\u00a0% après" in said and "02.b" in said
    assert not [code for code, *_ in rows(12, right_before=3, right_after=9) if f"{code} " in said]


def test_the_command_on_a_small_group_prints_one_sentence(tmp_path, capsys):
    lines = ["code,when,item,choice"] + [",".join(row) for row in rows(9, right_before=0, right_after=9)]
    assert before_after.main(str(write(tmp_path, "\n".join(lines))), "en") == 0
    assert capsys.readouterr().out == "Fewer than 10 people took both tests: nothing is reported.\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("code,when,item\na,before,02.b", "lacks the column choice"),
        ("code,when,item,choice\na,soon,02.b,a", "line 2: give a code, and before or after"),
        ("code,when,item,choice\n,before,02.b,a", "line 2: give a code"),
        ("code,when,item,choice\na,before,02.b,a\na,before,02.b,b", "line 3: a has answered 02.b already (before)"),
        ("code,when,item,choice\na,before,99.z,a", "there is no question 99.z"),
        ("", "lacks the column code, when, item, choice"),
    ],
)
def test_a_file_that_is_no_table_of_answers_is_a_sentence_with_its_line(tmp_path, text, says):
    with pytest.raises(ContrechampError) as refused:
        before_after.main(str(write(tmp_path, text)), "en")
    assert says in str(refused.value)


@pytest.mark.parametrize(("path", "says"), [(None, "Which file?"), ("nowhere.csv", "There is no file nowhere.csv")])
def test_no_file_is_a_sentence(path, says):
    with pytest.raises(ContrechampError, match=says):
        before_after.main(path, "en")
