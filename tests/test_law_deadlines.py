"""Clocks: hours are elapsed time in every zone, kinds are never mixed, and words without a number give no moment."""

import datetime
import doctest
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from contrechamp.datasets import frames
from contrechamp.errors import ContrechampError
from contrechamp.law import (
    acknowledgement_deadline,
    deadlines,
    decision_deadline,
    police_request_deadline,
    removal_deadline,
)
from contrechamp.law import deadlines as module_function  # the function; the module is reached below
from contrechamp.law.moments import aware

CLOCKS = frames.rows("law", "clocks")
ZONES = ("Europe/Paris", "Europe/London", "America/Los_Angeles", "Asia/Kolkata", "Australia/Lord_Howe",
         "Pacific/Apia", "America/St_Johns", "Africa/Casablanca", "Pacific/Chatham", "UTC")  # fmt: skip
HOUR = datetime.timedelta(hours=1)
# All rules with a number of hours applied in this span.
MOMENTS = st.datetimes(datetime.datetime(2027, 1, 2), datetime.datetime(2036, 12, 1), timezones=st.just(datetime.UTC))
IN_HOURS = sorted({row["provision"] for row in CLOCKS if row["unit"] == "hours" and row["clock"] == "removal"})
APPLYING = ("gb-osa-48h", "us-tida-platform", "in-itrules-2026-takedown")


@pytest.fixture(autouse=True)
def _in_english(monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_LANG", "en")


def test_the_examples_in_the_docstrings_are_true():
    import sys

    assert doctest.testmod(sys.modules["contrechamp.law.deadlines"]).failed == 0
    assert module_function is deadlines


@pytest.mark.parametrize(
    ("deadline", "provision", "moment", "due"),
    [
        (removal_deadline, "gb-osa-48h", "2026-12-02T10:00+00:00", "2026-12-04T10:00:00+00:00"),
        (removal_deadline, "us-tida-platform", "2026-12-02T10:00-05:00", "2026-12-04T10:00:00-05:00"),
        (removal_deadline, "in-itrules-2026-takedown", "2026-12-31T23:00+05:30", "2027-01-01T01:00:00+05:30"),
        (acknowledgement_deadline, "us-ca-sb981", "2026-12-02T10:00-08:00", "2026-12-04T10:00:00-08:00"),
        (decision_deadline, "us-ca-sb981", "2026-12-02T10:00-08:00", "2027-01-01T10:00:00-08:00"),
        (decision_deadline, "jp-platform-act-2025", "2026-12-02T10:00+09:00", "2026-12-09T10:00:00+09:00"),
        (police_request_deadline, "fr-lcen-6-1", "2026-12-02T10:00+01:00", "2026-12-03T10:00:00+01:00"),
    ],
)
def test_each_clock_ends_when_its_text_says(deadline, provision, moment, due):
    found = deadline(provision, moment)
    assert found.due.isoformat() == due
    assert found.started.isoformat().startswith(moment[:16])


@pytest.mark.parametrize(
    ("deadline", "provision", "words"),
    [
        (removal_deadline, "eu-dsa-6-8", "expeditiously"),
        (acknowledgement_deadline, "eu-dsa-16", "without undue delay"),
        (decision_deadline, "eu-dsa-16", "timely, diligent, non-arbitrary and objective"),
        (removal_deadline, "us-ca-sb981", "at once, if the report holds"),
        (removal_deadline, "br-mci-21", "diligently"),
    ],
)
def test_words_without_a_number_give_no_moment(deadline, provision, words):
    found = deadline(provision, "2026-12-02T10:00+01:00", lang="en")
    assert (found.due, found.amount, found.unit, found.words) == (None, None, None, words)


def test_no_moment_is_computed_for_any_clock_without_a_number():
    for provision in {row["provision"] for row in CLOCKS}:
        for found in deadlines(provision, "2026-12-02T10:00+01:00"):
            assert (found.due is None) or found.amount is not None, provision
            assert found.words or found.amount is not None, provision


@pytest.mark.parametrize("provision", ["us-ca-sb981", "us-ca-1708-86"])
def test_californias_numbers_are_never_a_removal(provision):
    for found in deadlines(provision, "2026-12-02T10:00-08:00"):
        assert found.clock != "removal" or found.due is None


def test_the_window_for_a_complaint_is_no_duty_of_the_platform():
    (window,) = deadlines("eu-dsa-17-20-21", "2026-08-31T10:00+02:00", lang="en")
    assert (window.actor, window.clock, window.words) == ("notifier_or_poster", "complaint_window", "at least")
    assert window.due.isoformat() == "2027-02-28T10:00:00+02:00", "31 August and six months: February has no 31st"


@pytest.mark.parametrize(
    ("provision", "moment", "status"),
    [
        ("gb-osa-48h", "2026-06-28T23:59+01:00", "adopted_not_yet_applicable"),
        ("us-tida-platform", "2026-05-18T10:00-04:00", "adopted_not_yet_applicable"),
        ("br-decrees-2026", "2026-12-02T10:00-03:00", "start_to_check"),
        ("ph-deepfake-bills", "2026-12-02T10:00+08:00", "proposed"),
        ("ph-ra11930", "2026-12-02T10:00+08:00", "start_to_check"),
    ],
)
def test_a_rule_that_did_not_apply_that_day_gives_no_moment(provision, moment, status):
    for found in deadlines(provision, moment):
        assert (found.due, found.status) == (None, status)


def test_the_day_on_which_a_rule_starts_is_the_day_of_the_notice_where_it_was_given():
    assert removal_deadline("gb-osa-48h", "2026-06-29T00:00+01:00").due is not None
    assert removal_deadline("gb-osa-48h", "2026-06-28T23:59+01:00").due is None


# Invariants across time zones


# A random moment seldom lies near a change of the clocks: three that do.
@example(datetime.datetime(2027, 3, 27, 12, tzinfo=datetime.UTC), "Europe/Paris", "UTC", "gb-osa-48h")
@example(datetime.datetime(2027, 10, 30, 12, tzinfo=datetime.UTC), "Europe/London", "Asia/Kolkata", "us-tida-platform")
@example(datetime.datetime(2027, 4, 3, 14, tzinfo=datetime.UTC), "Australia/Lord_Howe", "UTC", "gb-osa-48h")
@given(MOMENTS, st.sampled_from(ZONES), st.sampled_from(ZONES), st.sampled_from(APPLYING))
def test_hours_are_elapsed_time_whatever_the_zone(moment, one, other, provision):
    here, there = (removal_deadline(provision, moment.astimezone(ZoneInfo(zone))) for zone in (one, other))
    amount = next(row["amount"] for row in CLOCKS if row["provision"] == provision and row["clock"] == "removal")
    # Differences of two moments with one zone ignore changes of the clock in Python: compare in UTC.
    assert here.due.astimezone(datetime.UTC) - moment == amount * HOUR
    assert here.due.astimezone(datetime.UTC) == there.due.astimezone(datetime.UTC)


@given(MOMENTS, st.sampled_from(ZONES), st.sampled_from(APPLYING))
def test_the_zone_named_only_changes_how_the_end_is_written(moment, zone, provision):
    asked = removal_deadline(provision, moment, tz=zone)
    assert asked.due == removal_deadline(provision, moment).due
    assert asked.due.utcoffset() == asked.due.astimezone(ZoneInfo(zone)).utcoffset()


@given(MOMENTS, st.sampled_from(ZONES))
def test_days_keep_the_hour_on_the_wall_or_move_it_by_a_change_of_the_clocks(moment, zone):
    local = moment.astimezone(ZoneInfo(zone))
    due = decision_deadline("us-ca-sb981", local).due
    assert due.date() - local.date() in (datetime.timedelta(30), datetime.timedelta(31))  # 31: a skipped midnight
    assert abs((due.astimezone(datetime.UTC) - moment) - 30 * 24 * HOUR) <= HOUR


@given(MOMENTS, st.sampled_from(ZONES))
def test_clocks_of_one_law_come_in_their_order(moment, zone):
    ends = {found.clock: found.due for found in deadlines("us-ca-sb981", moment, tz=zone) if found.due}
    assert ends["acknowledgement"] < ends["update"] < ends["decision"] < ends["decision_extended"]


@given(MOMENTS, st.timedeltas(datetime.timedelta(0), datetime.timedelta(400)), st.sampled_from(APPLYING))
def test_a_later_notice_never_ends_earlier(moment, wait, provision):
    assert removal_deadline(provision, moment).due <= removal_deadline(provision, moment + wait).due


@given(st.datetimes(datetime.datetime(2027, 1, 1), datetime.datetime(2035, 1, 1)), st.sampled_from(ZONES))
def test_a_wall_clock_time_with_a_named_zone_is_that_time_there(wall, zone):
    try:
        moment = aware(wall, zone)
    except ContrechampError:
        assume(False)
    assert moment.replace(tzinfo=None) == wall
    assert moment.astimezone(datetime.UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall


# Bad input


@pytest.mark.parametrize(
    ("provision", "moment", "tz", "says"),
    [
        ("gb-osa-48", "2026-12-02T10:00Z", None, r"^There is no provision gb-osa-48\. Did you mean gb-osa-48h\?$"),
        ("gb-osa-48h", "2026-12-02T10:00", None, r"^2026-12-02T10:00 has no time zone, .* for example Europe/Paris\.$"),
        ("gb-osa-48h", datetime.datetime(2026, 12, 2), None, r"^2026-12-02T00:00 has no time zone"),
        ("gb-osa-48h", "yesterday", None, r"^'yesterday' is not a date with a time\. Write for example 2026-12-02T10"),
        ("gb-osa-48h", datetime.date(2026, 12, 2), None, r"is not a date with a time"),
        ("gb-osa-48h", "2026-12-02T10:00", "Paris", r"^There is no time zone Paris\. "),
        ("gb-osa-48h", "2026-12-02T10:00", "europe/paris", r"Did you mean Europe/Paris\?$"),
        ("gb-osa-48h", "2026-10-25T02:30", "Europe/Paris", r"^The clocks of Europe/Paris change at 2026-10-25T02:30\."),
        ("gb-osa-48h", "2027-03-28T02:30", "Europe/Paris", r"^The clocks of Europe/Paris change at"),
        ("fr-lcen-6-1", "2026-12-02T10:00Z", None, r"^fr-lcen-6-1 has no clock of the kind: removal\. It has: request"),
        ("fr-cp-226-8-1", "2026-12-02T10:00Z", None, r"^fr-cp-226-8-1 has no clock in the records\. .*gb-osa-48h"),
    ],
)
def test_bad_input_is_one_sentence_that_says_what_to_do(provision, moment, tz, says):
    with pytest.raises(ContrechampError, match=says) as caught:
        removal_deadline(provision, moment, tz=tz)
    assert "\n" not in str(caught.value)


def test_the_words_of_a_deadline_follow_the_language():
    english, french = (
        acknowledgement_deadline("eu-dsa-16", "2026-12-02T10:00+01:00", lang=lang).words for lang in ("en", "fr")
    )
    assert (english, french) == ("without undue delay", "dans les meilleurs délais")
