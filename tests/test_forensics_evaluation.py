"""Splits that refuse to flatter, and figures of merit against cases worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from contrechamp.errors import ContrechampError
from contrechamp.forensics import (
    AbstainingDetector,
    Collection,
    Detector,
    Split,
    intervals,
    leave_one_generator_out,
    metrics,
    shuffled,
)
from contrechamp.forensics.evaluation import base_rates, by_cell, by_operation, judge, summary
from contrechamp.forensics.splits import joined


def collection(scenes, cameras, classes=("camera", "nearest", "codebook"), seed=0, apart=0.0):
    """Rows of twelve features per scene and class; the camera follows from the scene."""
    rows = [
        {"scene": s, "camera": cameras[s % len(cameras)], "made_by": c, "kind": "shapes", "operation": "none"}
        for s in scenes
        for c in classes
    ]
    table = pd.DataFrame(rows)
    features = np.random.default_rng(seed).standard_normal((len(rows), 12))
    features[:, 0] += apart * (table["made_by"] != "camera")
    return Collection(features.astype(np.float32), table)


TRAIN, TEST = collection(range(200), (0, 1, 2, 3)), collection(range(1000, 1100), (5, 6), seed=1)

OVERLAPS = {
    "one scene in both": (TRAIN, joined([TEST, collection([7], (5,))]), (), "share scene 7"),
    "one camera in both": (TRAIN, joined([TEST, collection([1500], (2,))]), (), "share camera 2"),
    "an unseen generator that was seen": (TRAIN, TEST, ("nearest",), "holds its pictures"),
    "an unseen generator that is not judged": (TRAIN, TEST, ("diffusion",), "none of its pictures"),
    "training of one class": (TRAIN.where(made_by="camera"), TEST, (), "training collection has one class"),
    "test of one class": (TRAIN, TEST.where(made_by=["nearest"]), (), "test collection has one class"),
}


@pytest.mark.parametrize("name", OVERLAPS)
def test_a_split_that_would_flatter_is_refused(name):
    train, test, unseen, words = OVERLAPS[name]
    with pytest.raises(ContrechampError, match=words):
        Split(train, test, unseen)


def test_leaving_one_generator_out_takes_it_from_training_and_tests_it_alone():
    found = dict(leave_one_generator_out(TRAIN, TEST))
    assert set(found) == {"nearest", "codebook"}
    for name, split in found.items():
        assert name not in set(split.train.table["made_by"])
        assert set(split.test.table["made_by"]) == {"camera", name}


def test_shuffled_labels_are_worth_nothing_and_true_ones_something():
    train, test = (
        collection(c.scene[::3], tuple(set(c.camera)), seed=n, apart=3.0) for n, c in enumerate((TRAIN, TEST))
    )
    found = []
    for seed in range(4):
        split = Split(shuffled(train, seed), test)
        detector = Detector("logistic").fit(split.train.features, split.train.synthetic, split.train.camera)
        found.append(metrics.auc(test.synthetic, detector.decision_function(test.features)))
    honest = Detector("logistic").fit(train.features, train.synthetic, train.camera)
    assert metrics.auc(test.synthetic, honest.decision_function(test.features)) > 0.97
    nothing = Detector("logistic").fit(train.features[:, 1:], train.synthetic, train.camera)
    assert metrics.auc(test.synthetic, nothing.decision_function(test.features[:, 1:])) == pytest.approx(0.5, abs=0.1)
    dealt = [metrics.auc(shuffled(test, s).synthetic, honest.decision_function(test.features)) for s in range(4)]
    assert np.mean(dealt) == pytest.approx(0.5, abs=0.05)
    assert len({round(value, 6) for value in found}) == 4, "each deal must be another one"


def test_a_collection_whose_parts_do_not_fit_is_refused():
    with pytest.raises(ContrechampError, match="one row of features"):
        Collection(TRAIN.features[1:], TRAIN.table)
    with pytest.raises(ContrechampError, match="no column camera"):
        Collection(TRAIN.features, TRAIN.table.drop(columns="camera"))
    damaged = TRAIN.features.copy()
    damaged[0, 0] = np.inf
    with pytest.raises(ContrechampError, match="NaN"):
        Collection(damaged, TRAIN.table)


def test_rows_are_chosen_by_column():
    some = TRAIN.where(made_by=["nearest"], camera=1)
    assert set(some.table["made_by"]) == {"nearest"} and set(some.camera) == {1} and len(some) == 50


# --- the judge


def laundered(part):
    """The same rows after three operations, the last of which moves them all towards synthetic."""
    parts = []
    for operation, move in (("none", 0.0), ("jpeg:75", 0.2), ("crop", 2.0)):
        features = part.features.copy()
        features[:, 0] += move
        parts.append(Collection(features, part.table.assign(operation=operation)))
    return joined(parts)


@pytest.fixture(scope="module")
def judged():
    split = Split(
        collection(range(200), (0, 1, 2), apart=3.0),
        laundered(collection(range(1000, 1080), (5, 6), seed=1, apart=3.0)),
    )
    return judge(split, Detector("logistic"))


def test_a_detector_is_judged_on_a_split_and_on_nothing_else():
    with pytest.raises(ContrechampError, match="judged on a Split"):
        judge((TRAIN, TEST))


def test_the_summary_has_every_figure_inside_its_interval(judged):
    found = summary(judged.where(operation="none"), draws=100)
    assert list(found.index) == ["auc", "tpr_at_fpr_5", "tpr_at_fpr_1", "fpr", "tpr", "ece", "brier"]
    inside = (found["low"] <= found["value"] + 1e-9) & (found["value"] <= found["high"] + 1e-9)
    assert inside.drop("ece").all(), "the calibration error is biased upwards in a resample, the others are not"
    assert found.loc["auc", "value"] > 0.95 and found.loc["fpr", "value"] < 0.1


def test_an_operation_may_leave_the_ranking_and_break_the_threshold(judged):
    table = by_operation(judged)
    assert list(table.index) == ["none", "jpeg:75", "crop"]
    assert table.loc["crop", "auc"] == pytest.approx(table.loc["none", "auc"], abs=1e-6)
    assert table.loc["crop", "fpr"] > 5 * table.loc["none", "fpr"] + 0.2
    assert (table["coverage_genuine"] == 1).all()


def test_cells_count_genuine_pictures_alone(judged):
    cells = by_cell(judged.where(operation="none"), "camera")
    assert list(cells.index) == [5, 6] and list(cells["genuine"]) == [40, 40]
    assert ((cells["low"] <= cells["fpr"]) & (cells["fpr"] <= cells["high"])).all()
    assert by_cell(judged, "camera", "kind")["genuine"].sum() == 240


def test_a_detector_that_may_say_nothing_is_judged_with_its_operations():
    split = Split(
        laundered(collection(range(150), (0, 1, 2), apart=3.0)),
        laundered(collection(range(1000, 1040), (5,), seed=1, apart=3.0)),
    )
    found = judge(split, AbstainingDetector("logistic"))
    assert set(found.table["called"]) == {-1, 0, 1}
    assert summary(found, 10).loc["fpr", "value"] <= 0.05


def test_base_rates_fall_with_prevalence_whatever_the_detector():
    found = base_rates(0.99, 0.05)
    assert list(found["prevalence"]) == [1e-1, 1e-2, 1e-3, 1e-4]
    assert (np.diff(found["ppv"]) < 0).all()
    assert found["false_for_each_right"].iloc[2] == pytest.approx(0.05 * 0.999 / (0.99 * 0.001))


# --- figures of merit

Y = np.array([0, 0, 0, 0, 1, 1, 1, 1])
SCORE = np.array([0.1, 0.2, 0.3, 0.8, 0.25, 0.7, 0.85, 0.9])

BY_HAND = [
    (metrics.auc, (Y, SCORE), {}, 13 / 16),  # 3 pairs of 16 are the wrong way round
    (metrics.tpr_at_fpr, (Y, SCORE), {"fpr": 0.0}, 0.5),
    (metrics.tpr_at_fpr, (Y, SCORE), {"fpr": 0.25}, 0.75),
    (metrics.brier, (np.array([0, 1]), np.array([0.5, 0.5])), {}, 0.25),
    (metrics.brier, (np.array([0, 0, 0, 1]), np.array([0.0, 0.0, 0.0, 0.0])), {}, 0.5),
    (metrics.ece, (np.array([0, 1] * 30), np.array([0.5] * 60)), {"bins": 1}, 0.0),
    (metrics.ece, (np.array([0, 1] * 30), np.array([0.9] * 60)), {"bins": 1}, 0.4),
    (metrics.ppv, (1.0, 0.05, 0.5), {}, 1 / 1.05),
    (metrics.ppv, (0.99, 0.05, 0.001), {}, 0.00099 / (0.00099 + 0.04995)),
    (metrics.ppv, (0.9, 0.0, 0.001), {}, 1.0),
]  # fmt: skip


@pytest.mark.parametrize(("function", "given", "named", "wanted"), BY_HAND)
def test_a_figure_is_what_it_is_by_hand(function, given, named, wanted):
    assert function(*given, **named) == pytest.approx(wanted)


def test_two_bell_curves_of_equal_width_make_a_straight_det_curve():
    """Of slope -1, and as far from the origin as their means lie apart: the reason for its axes."""
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], 20_000)
    curve = metrics.det(y, rng.normal(size=y.size) + 1.5 * y)
    middle = np.abs(curve["x"]) < 1.2
    slope, height = np.polyfit(curve["x"][middle], curve["y"][middle], 1)
    assert slope == pytest.approx(-1, abs=0.03) and height == pytest.approx(-1.5, abs=0.05)


def test_a_det_curve_misses_what_the_roc_curve_does_not_find_and_has_no_infinite_end():
    curve = metrics.det(Y, SCORE)
    for limit, fpr, miss in zip(curve["threshold"], curve["fpr"], curve["miss"], strict=True):
        assert fpr == np.mean(SCORE[Y == 0] >= limit) and miss == np.mean(SCORE[Y == 1] < limit)
    assert np.isfinite(curve["x"]).all() and np.isfinite(curve["y"]).all()


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_the_prior_correction_is_bayes_rule_and_can_be_undone(seed, first, second):
    p = np.random.default_rng(seed).uniform(0.001, 0.999, 50)
    there = metrics.prior_shift(p, first, second)
    assert metrics.prior_shift(there, second, first) == pytest.approx(p, rel=1e-6)
    assert (np.diff(there[np.argsort(p)]) >= 0).all()
    odds = (there / (1 - there)) / (p / (1 - p))
    assert odds == pytest.approx((second / (1 - second)) / (first / (1 - first)), rel=1e-6)


def test_the_prior_correction_gives_the_share_of_right_alarms():
    """One picture in a hundred is synthetic; probabilities of those flagged add up to those that are."""
    rng = np.random.default_rng(0)
    y = (rng.random(400_000) < 0.01).astype(int)
    margin = rng.standard_normal(len(y)) + 2 * y
    p = 1 / (1 + np.exp(-(2 * margin - 2)))  # right at equal shares: the log likelihood ratio of the two normal laws
    corrected = metrics.prior_shift(p, 0.5, 0.01)
    flagged = p > 0.9
    tpr, fpr = flagged[y == 1].mean(), flagged[y == 0].mean()
    assert corrected[flagged].mean() == pytest.approx(y[flagged].mean(), abs=0.02)
    assert metrics.ppv(tpr, fpr, 0.01) == pytest.approx(y[flagged].mean(), abs=0.02)


def test_classes_weigh_the_same_however_many_pictures_each_has():
    y, p = np.array([0] * 10 + [1] * 990), np.array([1.0] * 10 + [1.0] * 990)
    assert metrics.brier(y, p) == pytest.approx(0.5)
    assert metrics.ece(y, p, bins=5) == pytest.approx(0.5)
    assert metrics.balanced_weights(y)[y == 0].sum() == pytest.approx(metrics.balanced_weights(y)[y == 1].sum())


@pytest.mark.parametrize("n", [10, 300])
def test_bins_of_a_reliability_diagram_have_equal_mass(n):
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 20 * n)
    table = metrics.reliability(y, rng.random(20 * n), 15)
    assert table["mass"] == pytest.approx(np.full(15, 1 / 15), abs=0.02) and table["mass"].sum() == pytest.approx(1)


def test_the_error_falls_when_the_least_certain_are_left_unanswered():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 4000)
    p = 1 / (1 + np.exp(-rng.normal(2 * (2 * y - 1), 2)))
    coverage, risk = metrics.risk_coverage(y, p)
    assert coverage[-1] == pytest.approx(1) and (np.diff(coverage) > 0).all()
    assert risk[-1] == pytest.approx(((p > 0.5) != y).mean(), abs=0.01)
    assert risk[len(risk) // 2] < risk[-1] / 3


def test_the_bootstrap_draws_scenes_not_pictures():
    """Ten copies of each picture in a scene add nothing: the interval must not shrink."""
    rng = np.random.default_rng(0)
    y, score = np.tile([0, 1], 60), rng.standard_normal(120) + np.tile([0, 1], 60)
    scene = np.repeat(np.arange(60), 2)
    once = intervals.bootstrap(metrics.auc, scene, y, score, draws=200)
    copies = intervals.bootstrap(metrics.auc, scene.repeat(10), y.repeat(10), score.repeat(10), draws=200)
    assert once == pytest.approx(copies, abs=1e-9)
    pictures = intervals.bootstrap(metrics.auc, np.arange(1200), y.repeat(10), score.repeat(10), draws=200)
    assert np.ptp(pictures) < 0.6 * np.ptp(once), "or this test could not tell the two apart"
    assert once[0] < roc_auc_score(y, score) < once[1]


@pytest.mark.parametrize(
    ("count", "total", "low", "high"), [(0, 200, 0, 0.019), (10, 200, 0.027, 0.090), (200, 200, 0.981, 1), (0, 0, 0, 1)]
)
def test_the_interval_of_a_share_is_wilson_s(count, total, low, high):
    assert intervals.share_interval(count, total) == pytest.approx((low, high), abs=0.001)


BAD = [
    (lambda: metrics.auc([1, 1], [0.2, 0.3]), "both must occur"),
    (lambda: metrics.auc([0, 2], [0.2, 0.3]), "0 .genuine. and 1"),
    (lambda: metrics.ece([0, 1], [0.2, np.nan]), "NaN"),
    (lambda: metrics.ppv(0.9, 0.1, 0), "between 0 and 1"),
    (lambda: metrics.prior_shift(np.array([0.5]), 0.5, 1.0), "met_at"),
]


@pytest.mark.parametrize(("call", "words"), BAD)
def test_figures_of_what_cannot_be_judged_are_refused(call, words):
    with pytest.raises(ContrechampError, match=words):
        call()
