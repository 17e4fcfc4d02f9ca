"""Packages of measures: the two models are joined rightly, the unknown stays unknown, and what decides is found."""

import doctest
import math
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contrechamp.errors import ContrechampError
from contrechamp.mechanism import packages as module
from contrechamp.mechanism import safeguards, spread
from contrechamp.mechanism.packages import (
    MEASURES,
    World,
    assumptions,
    break_even,
    copies,
    made,
    measures,
    name,
    outcomes,
    pairs,
    undominated,
)
from contrechamp.mechanism.robustness import best, sensitivity, wins

KNOWN = ("safeguards", "matching", "support", "clock")
LESS_IS_BETTER = ["made", "copies", "notices", "lawful_removed", "harmless_stopped", "compared"]


@pytest.fixture(autouse=True)
def _in_english(monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_LANG", "en")


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(module).failed == 0


def test_without_measures_every_request_makes_a_picture_and_copies_are_those_of_the_spread_model():
    world = World(voluntary=120, posted=0.25)
    alone = spread.expected_course(spread.Spread(), 120).total
    assert made([], world) == 1000
    assert copies([], world) == pytest.approx(250 * alone)


def test_safeguards_let_past_what_the_three_filters_miss_and_what_goes_elsewhere():
    layers = safeguards.toy_layers().loc[["data_filter", "request_filter", "output_filter"]]
    past = safeguards.all_miss(layers.miss, 0.6)
    assert made(["safeguards"], World(covered=1, elsewhere=0)) == pytest.approx(1000 * past)
    assert made(["safeguards"], World(covered=0)) == 1000
    assert made(["safeguards"], World(elsewhere=1)) == pytest.approx(1000)
    half = made(["safeguards"], World(covered=0.5, elsewhere=0.3))
    assert half == pytest.approx(1000 * (0.5 + 0.5 * (past + (1 - past) * 0.3)))


@pytest.mark.parametrize(
    ("package", "changes", "hours"),
    [
        ([], {}, 120),
        (["clock"], {}, 48),
        (["matching"], {"matching": 0.6}, 120),
        (["support"], {"notice_after": 3, "noticed": 0.9}, 120),
        (["support", "clock", "matching"], {"matching": 0.6, "notice_after": 3, "noticed": 0.9}, 48),
        (["safeguards"], {}, 120),
    ],
)
def test_each_measure_changes_its_own_numbers_of_the_spread_and_no_others(package, changes, hours):
    course, waited = World().course(package)
    assert waited == hours
    expected = replace(spread.Spread(), **changes)
    assert course.noticed == pytest.approx(expected.noticed)
    assert replace(course, noticed=expected.noticed) == expected


def test_what_offences_deter_is_unknown_and_never_zero():
    for package in (["offences"], ["offences", "clock"], ["offences", "safeguards", "matching"]):
        assert math.isnan(made(package)) and math.isnan(copies(package)), package
    row = outcomes([["offences", "support"]]).iloc[0]
    assert row[["made", "copies", "notices", "lawful_removed"]].isna().all()
    assert assumptions().loc["deterred", ["value", "low", "high"]].isna().all()
    assert not any("offences" in package for package in pairs())


def test_with_a_number_for_offences_they_scale_what_is_made():
    world = World(deterred=0.25)
    assert made(["offences"], world) == 750
    assert copies(["offences", "clock"], world) == pytest.approx(0.75 * copies(["clock"], world))


@pytest.mark.parametrize("partner", KNOWN)
def test_at_the_break_even_offences_do_exactly_as_well_as_the_rival(partner):
    rival = ("safeguards", "matching")
    share = break_even(["offences", partner], rival)
    assert 0 < share < 1
    assert copies(["offences", partner], World(deterred=share)) == pytest.approx(copies(rival))


def test_a_package_that_already_beats_its_rival_needs_no_deterrence():
    assert break_even(["offences", "matching"], ["clock"]) == 0


@settings(max_examples=12, deadline=None)
@given(
    covered=st.floats(0, 1), elsewhere=st.floats(0, 1), joined=st.floats(0, 1), altered=st.floats(0, 1),
    rate=st.floats(0, 0.1), noticed=st.floats(0, 1), sooner=st.floats(0, 1), clock=st.integers(0, 120),
)  # fmt: skip
def test_adding_a_measure_never_adds_copies(covered, elsewhere, joined, altered, rate, noticed, sooner, clock):
    world = World(covered=covered, elsewhere=elsewhere, joined=joined, altered=altered, rate=rate, noticed=noticed,
                  sooner=sooner, clock=clock)  # fmt: skip
    for first in KNOWN:
        for second in KNOWN:
            assert copies([first, second], world) <= copies([first], world) * (1 + 1e-9)


def test_costs_fall_where_the_measure_falls():
    table = outcomes([["safeguards"], ["matching"], ["support"], ["clock"], []]).set_index("name")
    assert table.harmless_stopped[table.harmless_stopped > 0].index.tolist() == ["safeguards"]
    assert table.compared[table.compared > 0].index.tolist() == ["matching"]
    noticed = table.notices / table.copies
    assert noticed["support"] == pytest.approx(0.9 * 0.3)
    assert noticed["no measure"] == noticed["clock"] == pytest.approx(0.8)
    wrong = table.lawful_removed / table.copies
    assert wrong["clock"] == pytest.approx(2 * wrong["no measure"])


def test_harmless_requests_are_stopped_at_covered_services_only():
    rates = safeguards.toy_layers().loc[["data_filter", "request_filter", "output_filter"], "blocks_harmless"]
    expected = 1e6 * 0.5 * safeguards.any_blocks(rates, 0.6)
    assert outcomes([["safeguards"]]).harmless_stopped[0] == pytest.approx(expected)


def test_a_package_beaten_in_every_column_is_dominated_and_an_unknown_one_is_not_judged():
    table = pd.DataFrame({"a": [1, 2, 1, 0, float("nan")], "b": [2, 3, 2, 9, 0]})
    assert undominated(table, ["a", "b"]).tolist() == [True, False, True, True, False]


def test_no_pair_of_the_lesson_is_beaten_in_all_columns():
    table = outcomes(pairs())
    assert undominated(table, LESS_IS_BETTER).all()
    assert not undominated(outcomes([*pairs(), []]), ["made", "copies"]).iloc[-1]


def test_the_assumptions_of_the_spread_are_taken_over_with_their_ranges():
    ours, theirs = assumptions(), spread.assumptions()
    for one in ("rate", "half_life", "notice_after", "noticed", "removed", "altered", "listed_after"):
        assert (
            ours.loc[one, ["value", "low", "high", "support"]].tolist()
            == theirs.loc[one, ["value", "low", "high", "support"]].tolist()
        )
    known = ours.drop(index="deterred")
    assert ((known.low <= known.value) & (known.value <= known.high)).all()
    assert {one: getattr(World(), one) for one in known.index} == known.value.to_dict()


def test_sensitivity_agrees_with_the_model_at_each_end():
    first, second = ("safeguards", "matching"), ("matching", "clock")
    table = sensitivity(first, second)
    for one, end, column in [("covered", 0.2, "ratio_low"), ("half_life", 96, "ratio_high")]:
        world = World(**{one: end})
        assert table.loc[one, column] == pytest.approx(copies(first, world) / copies(second, world))
    assert "clock" not in table.index and "deterred" not in table.index
    assert table.loc["posted", "times"] == pytest.approx(10)  # ten times from end to end: copies are in proportion


def test_what_moves_the_copies_most_does_not_change_the_winner_and_what_changes_it_moves_them_little():
    table = sensitivity(("safeguards", "matching"), ("matching", "clock"))
    decisive = table.index[table.changes]
    assert {"covered", "elsewhere"} <= set(decisive)
    assert table.times[decisive].max() < 2.5
    assert table.times.nlargest(4).index.intersection(decisive).empty
    assert table.times.max() > 50


def test_a_winner_at_an_end_is_the_best_of_all_pairs_there():
    assert best(pairs()) == ("safeguards", "matching")
    assert best(pairs(), World(covered=0.2)) == ("matching", "clock")
    assert best([["offences"], ["support"], ["clock"]]) == ("clock",)


def test_when_all_assumptions_move_more_than_one_pair_wins_and_the_seed_decides_which_draws():
    counts = wins(pairs(), draws=30, random_state=20)
    assert counts.sum() == 30 and len(counts) >= 2
    assert counts.equals(wins(pairs(), draws=30, random_state=20))


def test_packages_are_named_in_the_order_in_which_they_act():
    assert measures({"clock", "safeguards"}) == ("safeguards", "clock")
    assert name(["clock", "matching"]) == "matching + clock" and name([]) == "no measure"
    assert measures("support") == ("support",) and set(MEASURES) == {*KNOWN, "offences"}


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: measures(["label"]), "There is no measure 'label'. Choose from: offences, safeguards"),
        (lambda: World(covered=1.2), "covered is 1.2, and must be a number from 0 to 1"),
        (lambda: World(deterred=-0.1), "deterred is -0.1"),
        (lambda: World(haste=0.5), "haste is 0.5, and must be a number from 1 to 100"),
        (lambda: World(clock=130), "clock is 130 hours, and must not be longer than voluntary, 120 hours"),
        (lambda: World(clock=4.5), "clock is 4.5, and must be a whole number"),
        (lambda: World(rate=2), "rate is 2, and must be a number from 0 to 1"),
        (lambda: break_even(["clock"], ["support"]), "compares a package with offences to one without"),
        (lambda: break_even(["offences"], ["offences"]), "compares a package with offences to one without"),
        (lambda: sensitivity(["offences"], ["clock"]), "takes packages without offences"),
        (lambda: best([["offences"]]), "No package has a known number of copies"),
        (lambda: wins(pairs(), draws=0), "draws is 0, and must be a whole number from 1"),
    ],
)
def test_bad_input_is_named_in_one_sentence(call, says):
    with pytest.raises(ContrechampError) as caught:
        call()
    assert says in str(caught.value) and "\n" not in str(caught.value)
