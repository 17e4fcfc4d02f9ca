"""Safeguards in layers: exact shares against simulation, against the multivariate normal, and at both ends."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal

from contrechamp.errors import ContrechampError
from contrechamp.mechanism.safeguards import (
    all_miss,
    any_blocks,
    independent,
    outcomes,
    simulate,
    survival,
    toy_layers,
)

MISSES = [0.60, 0.30, 0.20, 0.70, 0.50, 0.55]
SOME = [0.0, 0.3, 0.5, 0.0, 0.9, 0.6]

rate = st.floats(0.001, 0.999)
several = st.lists(rate, min_size=1, max_size=6)


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_LANG", "en")


@given(several)
@settings(max_examples=40, deadline=None)
def test_without_a_shared_cause_the_rates_multiply(rates):
    assert all_miss(rates) == pytest.approx(math.prod(rates), rel=1e-12)
    assert all_miss(rates, 1e-12) == pytest.approx(math.prod(rates), abs=1e-4)


@given(several)
@settings(max_examples=40, deadline=None)
def test_with_one_cause_for_everything_the_best_layer_decides(rates):
    assert all_miss(rates, 1) == min(rates)
    assert all_miss(rates, 1 - 1e-9) == pytest.approx(min(rates), abs=2e-4)


@given(several, st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=40, deadline=None)
def test_a_stronger_cause_never_lets_less_past(rates, one, other):
    low, high = sorted((one, other))
    assert all_miss(rates, low) <= all_miss(rates, high) + 1e-7
    assert math.prod(rates) - 1e-7 <= all_miss(rates, low) <= min(rates)


@pytest.mark.parametrize("cause", [0.3, 0.6, 0.9, SOME, [1, 0.3, 0.5, 0.2, 0.9, 0.6], [1, 1, 0.5, 0, 0, 0]])
def test_the_share_agrees_with_simulated_requests(cause):
    layers = toy_layers()
    drawn = simulate(layers, cause, requests=400_000, random_state=1).all(axis="columns").mean()
    exact = all_miss(layers["miss"], cause)
    assert drawn == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 400_000))


@pytest.mark.parametrize("cause", [0.3, 0.6, 0.9])
def test_the_share_agrees_with_the_multivariate_normal(cause):
    corners = np.sqrt(cause) * np.ones((6, 1))
    matrix = corners @ corners.T + np.diag(np.repeat(1 - cause, 6))
    from scipy.special import ndtri

    other = multivariate_normal(cov=matrix, maxpts=2_000_000, abseps=1e-6, releps=1e-6, seed=0).cdf(ndtri(MISSES))
    assert all_miss(MISSES, cause) == pytest.approx(other, abs=2e-4)


def test_two_layers_agree_with_the_closed_form():
    """For two halves, the orthant of the bivariate normal has the share 1/4 + arcsin(correlation) / (2 pi)."""
    for one, other in [(0.5, 0.5), (0.2, 0.9), (0.0, 0.7)]:
        expected = 0.25 + math.asin(math.sqrt(one * other)) / (2 * math.pi)
        assert all_miss([0.5, 0.5], [one, other]) == pytest.approx(expected, abs=1e-9)


def test_each_layer_alone_keeps_its_rate_whatever_the_cause():
    drawn = simulate(toy_layers(), 0.8, requests=200_000, random_state=2).mean()
    assert drawn.to_numpy() == pytest.approx(MISSES, abs=0.006)


@pytest.mark.parametrize(
    ("rates", "cause", "expected"),
    [
        ([0, 0.5], 0.5, 0),
        ([1, 0.5], 0.5, 0.5),
        ([1, 1], 0.5, 1),
        ([0, 0.5], 1, 0),
        ([0.4], 0.7, 0.4),
        ([0.5, 0.4], [1, 0], 0.2),
    ],
)
def test_layers_that_miss_all_or_nothing_are_exact_too(rates, cause, expected):
    assert all_miss(rates, cause) == pytest.approx(expected, abs=1e-9)


def test_what_is_left_shrinks_from_layer_to_layer_and_ends_at_the_share():
    left = survival(toy_layers(), 0.6)
    assert all(later <= earlier for earlier, later in pairwise(left["past"]))
    assert left["past"].iloc[-1] == all_miss(MISSES, 0.6)
    assert left["independent"].iloc[-1] == pytest.approx(independent(MISSES))
    assert left["past"].iloc[0] == pytest.approx(MISSES[0])


def test_toy_layers_are_six_in_order_and_named_as_assumptions_in_every_row():
    layers = toy_layers()
    assert list(layers.index) == [
        "data_filter",
        "request_filter",
        "output_filter",
        "rate_limit",
        "provenance",
        "report_channel",
    ]
    assert (layers["basis"] == "assumption").all()
    assert list(layers["miss"]) == MISSES


def test_harmless_requests_are_stopped_when_any_layer_stops_them():
    assert any_blocks([0.1, 0.2]) == pytest.approx(1 - 0.9 * 0.8)
    assert any_blocks([0.1, 0.2], cause=1) == pytest.approx(0.2)


@pytest.mark.parametrize("cause", [0, 0.5, SOME])
def test_counts_add_up(cause):
    counts = outcomes(toy_layers(), requests=1_000_000, abusive_share=0.002, cause=cause)
    assert counts["abusive"] + counts["harmless"] == pytest.approx(1_000_000)
    assert counts["abusive_stopped"] + counts["abusive_past"] == pytest.approx(counts["abusive"])
    assert counts["stopped"] == pytest.approx(counts["abusive_stopped"] + counts["harmless_stopped"])
    assert 0.9 < counts["harmless_in_stopped"] < 1, "at a small base rate most of what is stopped is harmless"


def test_nothing_stopped_has_no_share():
    assert math.isnan(outcomes(toy_layers(), 0, 0.5)["harmless_in_stopped"])


def test_the_same_seed_draws_the_same_requests():
    first, second = (simulate(toy_layers(), 0.5, 1_000, random_state=3) for _ in range(2))
    assert first.equals(second)


def test_the_callers_table_is_left_as_it_was():
    layers = toy_layers()
    before = layers.copy()
    survival(layers, 0.5), simulate(layers, 0.5, 10), outcomes(layers, 10, 0.1)
    assert layers.equals(before)


BAD = [
    (lambda: all_miss([]), "one rate for each layer"),
    (lambda: all_miss(0.3), "one rate for each layer"),
    (lambda: all_miss([0.3, 30]), "30 is no rate"),
    (lambda: all_miss([0.3, -0.1]), "-0.1 is no rate"),
    (lambda: all_miss([0.3, math.nan]), "nan is no rate"),
    (lambda: all_miss(["0.3"]), "'0.3' is no rate"),
    (lambda: all_miss("0.3"), "'0.3' is no rate"),
    (lambda: all_miss([True, 0.3]), "True is no rate"),
    (lambda: all_miss([0.3, 0.2], 1.5), "cause: 1.5 is no rate"),
    (lambda: all_miss([0.3, 0.2], "all"), "cause: 'all' is no rate"),
    (lambda: all_miss([0.3, 0.2], [0.1, 0.2, 0.3]), "3 shares for 2 layers"),
    (lambda: survival({"miss": [0.3]}), "a table with a column 'miss'"),
    (lambda: survival(toy_layers().drop(columns="miss")), "a table with a column 'miss'"),
    (lambda: outcomes(toy_layers(), -1, 0.1), "zero or more, not -1"),
    (lambda: outcomes(toy_layers(), math.inf, 0.1), "zero or more, not inf"),
    (lambda: outcomes(toy_layers(), "many", 0.1), "zero or more, not 'many'"),
    (lambda: outcomes(toy_layers(), 10, 2), "abusive_share: 2 is no rate"),
    (lambda: simulate(toy_layers(), 0.5, requests=0), "from 1 to 2000000, not 0"),
    (lambda: simulate(toy_layers(), 0.5, requests=10**9), "from 1 to 2000000"),
    (lambda: simulate(toy_layers(), 0.5, requests=1.5), "not 1.5"),
    (lambda: simulate(toy_layers(), 0.5, 10, random_state=-1), "random_state is a whole number, 0 or more"),
]


@pytest.mark.parametrize(("call", "said"), BAD, ids=[said for _, said in BAD])
def test_bad_input_gets_one_clear_sentence(call, said):
    with pytest.raises(ContrechampError) as caught:
        call()
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
