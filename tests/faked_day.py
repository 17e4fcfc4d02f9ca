"""Run by `test_stale.py` beside other tests: the day that was asked for is the day that they see."""

import datetime
import os


def test_this_process_lives_on_the_day_asked_for():
    today = datetime.datetime.now(tz=datetime.UTC).date()
    assert today.isoformat() == os.environ["CONTRECHAMP_FAKED_DATE"]
