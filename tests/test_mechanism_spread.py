"""The toy of copies and clocks: simulation and recursion agree, its one record is right, bad input is named."""

import doctest
from dataclasses import replace

import numpy as np
import pytest

from contrechamp.datasets import load_statistics
from contrechamp.errors import ContrechampError
from contrechamp.mechanism import spread as module
from contrechamp.mechanism.spread import (
    Spread,
    assumptions,
    cost_of_an_hour,
    expected_course,
    interval,
    next_copies,
    sensitivity,
    simulate_spread,
)

CLOCKS = (2, 24, 48, None)
CASES = [
    (Spread(), 2),
    (Spread(), 24),
    (Spread(), None),
    (Spread(matching=0.9), 48),
    (Spread(matching=0.7, altered=0.4, listed_after=3), 2),
    (Spread(matching=1, altered=0, listed_after=0), None),
    (Spread(noticed=1, removed=1, notice_after=0), 0),
    (Spread(rate=0.3, half_life=10, hours=60, matching=0.5, listed_after=20), 6),
]


@pytest.fixture(autouse=True)
def _in_english(monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_LANG", "en")


@pytest.mark.parametrize(("values", "clock"), CASES)
def test_the_mean_of_many_runs_is_what_the_recursion_expects(values, clock):
    exact = expected_course(values, clock)
    runs = simulate_spread(values, clock, runs=4000, random_state=11)
    for name in ("made", "online"):
        drawn = getattr(runs, name)
        error = drawn.std(axis=0) / np.sqrt(len(drawn))
        assert np.all(np.abs(drawn.mean(axis=0) - getattr(exact, name)) <= 5 * error + 1e-9), name


def test_without_removal_the_expected_copies_multiply_by_one_plus_the_rate():
    values = Spread(rate=0.2, half_life=5, hours=30)
    assert np.allclose(expected_course(values, None).made[1:], np.cumprod(1 + values.rates()))


def test_the_first_copy_alone_remains_when_every_copy_goes_at_once():
    values = Spread(noticed=1, removed=1, notice_after=0)
    assert expected_course(values, 0).made[-1] == 1
    assert simulate_spread(values, 0, runs=50, random_state=0).online.sum() == 0


def test_a_longer_clock_never_means_fewer_copies():
    totals = [expected_course(Spread(), clock).total for clock in [*range(0, 168, 12), None]]
    assert np.all(np.diff(totals) >= 0)


def test_matching_never_adds_copies_and_altered_copies_undo_part_of_it():
    without, plain, evaded = (
        expected_course(values, 24).total
        for values in (Spread(), Spread(matching=0.9, altered=0), Spread(matching=0.9, altered=0.5))
    )
    assert plain < evaded < without


def test_a_list_that_nothing_matches_stops_the_first_copy_only():
    blind = expected_course(Spread(matching=1, altered=1, listed_after=1, rate=0.2), None)
    assert blind.online[:2].tolist() == pytest.approx([1, 0.2])
    assert blind.new[2] == pytest.approx(0.2 * blind.online[1] * 0.5 ** (1 / 48))


def test_the_same_seed_gives_the_same_runs_and_another_seed_others():
    first, again, other = (simulate_spread(Spread(), 24, runs=40, random_state=seed).new for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_copies_are_whole_and_begin_with_one():
    runs = simulate_spread(Spread(), 24, runs=40, random_state=3)
    assert runs.new.dtype.kind == "i"
    assert (runs.new[:, 0] == 1).all()
    assert (runs.new >= 0).all()
    assert (runs.online <= runs.made).all()
    assert runs.new.shape == (40, 169)


def test_the_interval_holds_the_share_asked_for():
    assert interval(np.arange(101), 0.9) == pytest.approx((5, 95))


def test_one_hour_more_costs_the_difference_of_two_clocks():
    cost = cost_of_an_hour(Spread(), [2, 30])
    assert cost[0] == pytest.approx(expected_course(Spread(), 3).total - expected_course(Spread(), 2).total)
    assert cost[1] > cost[0] > 0


def test_next_copies_counts_the_hours_before_removal_and_what_is_never_removed():
    steady = Spread(rate=0.1, half_life=1e6, noticed=0.5, removed=1, notice_after=4, hours=100)
    assert next_copies(steady, 6) == pytest.approx(0.1 * (10 + 0.5 * 90), rel=1e-3)


def test_every_parameter_is_in_the_one_table_with_its_own_value_inside_its_range():
    table = assumptions()
    assert set(table.index) | {"hours"} == set(Spread.__dataclass_fields__)
    assert (table["value"] == [getattr(Spread(), name) for name in table.index]).all()
    assert ((table["low"] <= table["value"]) & (table["value"] <= table["high"])).all()


def test_only_what_a_record_supports_is_called_supported_and_it_is_the_number_of_the_record():
    table, records = assumptions(), load_statistics(lang="en")
    supported = table[table["record"].notna()]
    assert list(supported.index) == ["removed"]
    for name, row in supported.iterrows():
        assert records.loc[row["record"], "grade"] in ("A", "B"), name
        assert row["value"] == pytest.approx(records.loc[row["record"], "value"] / 100)
    assert (table.loc[table["record"].isna(), "support"] == "assumption").all()


def test_sensitivity_moves_one_assumption_at_a_time_and_sorts_by_the_swing():
    made = sensitivity(48)
    assert made["swing"].is_monotonic_decreasing
    row = made.loc["rate"]
    assert row["copies_low"] == pytest.approx(expected_course(replace(Spread(), rate=row["low"]), 48).total)
    assert row["copies_high"] == pytest.approx(expected_course(replace(Spread(), rate=row["high"]), 48).total)
    assert made.loc["altered", "swing"] == pytest.approx(0)
    assert sensitivity(48, Spread(matching=0.9)).loc["altered", "swing"] > 0


BAD = [
    (lambda: Spread(rate=-0.1), "rate"),
    (lambda: Spread(rate=1.5), "rate"),
    (lambda: Spread(rate="fast"), "rate"),
    (lambda: Spread(rate=True), "rate"),
    (lambda: Spread(matching=float("nan")), "matching"),
    (lambda: Spread(altered=2), "altered"),
    (lambda: Spread(noticed=None), "noticed"),
    (lambda: Spread(removed=-1), "removed"),
    (lambda: Spread(half_life=0), "half_life"),
    (lambda: Spread(notice_after=1.5), "notice_after"),
    (lambda: Spread(listed_after=-1), "listed_after"),
    (lambda: Spread(hours=0), "hours"),
    (lambda: Spread(hours=10**9), "hours"),
    (lambda: expected_course(Spread(), -1), "clock"),
    (lambda: expected_course(Spread(), "24"), "clock is '24', and must be a whole number from 0 to 100000 (or None"),
    (lambda: simulate_spread(Spread(), 24, runs=0), "runs"),
    (lambda: simulate_spread(Spread(), 24, runs=10**9), "runs"),
    (lambda: simulate_spread(Spread(), 24, random_state="seed"), "random_state"),
    (lambda: simulate_spread(Spread(), 24, random_state=-1), "random_state"),
    (lambda: simulate_spread(Spread(rate=1, half_life=1e5), 24), "thousand million"),
    (lambda: expected_course(Spread(rate=1, half_life=1e5), None), "thousand million"),
    (lambda: interval([]), "interval"),
    (lambda: interval([1, float("inf")]), "interval"),
    (lambda: interval([1, 2], level=95), "level"),
]


@pytest.mark.parametrize(("call", "said"), BAD)
def test_bad_input_gets_one_clear_sentence(call, said):
    with pytest.raises(ContrechampError) as caught:
        call()
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_examples_in_the_documentation_are_true():
    assert doctest.testmod(module).failed == 0
