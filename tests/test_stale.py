"""Age is judged against the release everywhere; only the list of stale records asks the clock, and it never fails."""

import datetime
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import time_machine

import contrechamp.datasets as datasets
from contrechamp.datasets import stale
from contrechamp.errors import ContrechampError

LOADERS = [name for name in datasets.__all__ if name.startswith("load_") and name != "load_table"]


@pytest.fixture(autouse=True)
def _in_english(monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_LANG", "en")


@pytest.mark.parametrize("name", LOADERS)
def test_frames_are_the_same_whatever_the_date(name):
    load = getattr(datasets, name)
    frames = []
    for day in ("2026-11-22", "2026-12-03", "2027-12-01"):
        with time_machine.travel(f"{day}T12:00:00Z"):
            loaded = load()
            # Pictures come with a table of what is known of them; every other loader gives a frame.
            frames.append(loaded if isinstance(loaded, pd.DataFrame) else loaded.table)
    pd.testing.assert_frame_equal(frames[0], frames[1])
    pd.testing.assert_frame_equal(frames[0], frames[2])


@pytest.mark.slow
@pytest.mark.parametrize("day", ["2026-12-03", "2027-12-01"])
def test_the_tests_of_data_references_checks_and_quizzes_pass_on_another_day(day):
    """The whole suite may be run so, too: ``CONTRECHAMP_FAKED_DATE=2027-12-01 python3 course.py test``."""
    here = Path(__file__).parent
    chosen = [here / f"test_{name}.py" for name in ("awareness", "references", "exercises", "lesson_quizzes")]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "--no-header",
            "-p",
            "no:xdist",
            *map(str, [here / "faked_day.py", *chosen]),
        ],
        cwd=here.parent,
        env={**os.environ, "CONTRECHAMP_FAKED_DATE": day, "PYTEST_ADDOPTS": ""},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("day", ["2026-12-03", "2027-12-01"])
def test_the_card_and_the_release_do_not_follow_the_clock(day):
    now = datasets.help_card(lang="en"), datasets.as_of()
    with time_machine.travel(f"{day}T12:00:00Z"):
        assert (datasets.help_card(lang="en"), datasets.as_of()) == now


def test_the_ban_of_december_lies_ahead_on_the_day_of_the_release_even_a_year_later():
    with time_machine.travel("2027-12-01T12:00:00Z"):
        assert datasets.load_timeline().loc["eu-ban-applies", "scheduled"]


def test_only_this_list_asks_the_clock():
    folder = Path(stale.__file__).parent
    asking = re.compile(r"\b(today|now|utcnow|time)\(")
    assert [path.name for path in folder.glob("*.py") if asking.search(path.read_text(encoding="utf-8"))] == [
        "stale.py"
    ]


def test_nothing_is_stale_when_the_release_is_fresh(capsys):
    with time_machine.travel("2026-12-03T12:00:00Z"):
        assert stale.main() == 0
    assert "No record is older than its limit." in capsys.readouterr().out


def test_old_records_are_named_and_the_status_stays_zero(capsys):
    with time_machine.travel("2027-12-01T12:00:00Z"):
        assert stale.main() == 0
    said = capsys.readouterr().out
    assert "support: 3018 was last checked 374 days ago." in said
    assert "statistics: iwf-h1-2025-rise" in said
    assert "records want another look" in said


@pytest.mark.parametrize(
    ("day", "tables"),
    [
        ("2027-02-20", set()),
        ("2027-02-21", {"support", "first_steps"}),
        ("2027-11-22", {"support", "first_steps"}),
        ("2027-11-23", {"support", "first_steps", "statistics", "timeline", "claims", "references", "field_results"}),
    ],
)
def test_each_table_has_its_own_limit(day, tables):
    today = datetime.date.fromisoformat(day)
    old = {
        table
        for (package, table), limit in stale.LIMITS.items()
        if package == "awareness" and stale.overdue(package, table, today, limit)
    }
    assert old == tables


def test_a_limit_given_by_hand_serves_all_tables(capsys):
    with time_machine.travel("2026-12-03T12:00:00Z"):
        assert stale.main(days=5) == 0
    assert "support: pharos was last checked 11 days ago." in capsys.readouterr().out


def test_fields_that_nobody_read_on_the_services_own_page_are_listed():
    assert dict(stale.unchecked())["arretonslesviolences"] == "web"


def test_a_table_that_is_not_there_yet_is_no_error():
    assert stale.overdue("no_such_package", "table", datetime.date(2030, 1, 1), 1) == []


def test_a_negative_limit_is_refused():
    with pytest.raises(ContrechampError, match="zero or more"):
        stale.main(days=-1)
