"""Detectors: calibration and thresholds on cameras left out, the right to say nothing, bad input in one sentence."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import cross_val_predict

from contrechamp.errors import ContrechampError
from contrechamp.forensics import AbstainingDetector, Detector, selective
from contrechamp.forensics.abstention import Strangeness
from contrechamp.forensics.detectors import MODELS, upper_quantile

KINDS = ("none", "jpeg:75", "resize:0.5", "crop")


def rows(seed=0, n=600, apart=3.0, shift=0.0):
    """Eight features: the first tells the classes apart, the second is the camera's own, the third the kind's."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 8))
    y, camera, kind = rng.integers(0, 2, n), rng.integers(0, 5, n), rng.integers(0, len(KINDS), n)
    X[:, 0] += apart * y + shift
    X[:, 1] += camera
    X[:, 2] += 2 * kind
    return X, y, camera, np.array(KINDS)[kind]


@pytest.fixture(scope="module", params=MODELS)
def trained(request):
    X, y, camera, _kind = rows()
    return Detector(request.param).fit(X, y, camera)


def test_a_detector_finds_what_tells_the_classes_apart_at_a_threshold_fixed_before(trained):
    X, y, _camera, _kind = rows(1, 2000)
    called = trained.predict(X)
    assert (called[y == 0] == 1).mean() < 0.06
    assert (called[y == 1] == 1).mean() > 0.6


def test_probabilities_mean_what_they_say(trained):
    X, y, _camera, _kind = rows(2, 4000)
    p = trained.predict_proba(X)
    assert np.allclose(p.sum(axis=1), 1)
    middle = (p[:, 1] > 0.35) & (p[:, 1] < 0.65)
    assert y[middle].mean() == pytest.approx(0.5, abs=0.15)


def test_calibration_comes_from_cameras_left_out_not_from_training_pictures():
    """Features of pure noise, far more than rows: a model knows its own pictures by heart, and no others."""
    rng = np.random.default_rng(0)
    X, y, camera = rng.standard_normal((200, 500)), np.arange(200) % 2, np.arange(200) // 40
    detector = Detector("logistic").fit(X, y, camera)
    assert ((detector.decision_function(X) > 0) == y).mean() > 0.95, (
        "it must know them by heart, or this proves nothing"
    )
    assert np.abs(detector.left_out_ - 0.5).max() < 0.3
    assert np.abs(detector.predict_proba(X)[:, 1] - 0.5).mean() < 0.3


def test_the_threshold_holds_for_the_worst_camera():
    X, y, camera, _kind = rows(3, 3000)
    X[camera == 4, 0] += 1.5  # a camera whose pictures look synthetic
    detector = Detector("logistic", fpr=0.05).fit(X, y, camera)
    genuine = (y == 0) & (camera == 4)
    assert (detector.left_out_[genuine] >= detector.threshold_).mean() <= 0.05
    others = (y == 0) & (camera != 4)
    assert (detector.left_out_[others] >= detector.threshold_).mean() < 0.02


def test_recalibration_mends_probabilities_after_a_shift_and_keeps_the_ranking():
    X, y, camera, _kind = rows(4, 1500)
    detector = Detector("logistic").fit(X, y, camera)
    moved, truth, _camera, _kind = rows(5, 3000, shift=2.0)
    fifty = detector.recalibrate(moved[:50], truth[:50])
    wrong, right = (np.abs(d.predict_proba(moved[50:])[:, 1].mean() - truth[50:].mean()) for d in (detector, fifty))
    assert right < wrong / 3
    assert np.array_equal(detector.decision_function(moved), fifty.decision_function(moved))
    assert detector.calibration_ is not fifty.calibration_


def test_a_detector_can_be_cloned_and_forgets_what_it_learned(trained):
    fresh = clone(trained)
    assert fresh.get_params() == trained.get_params() and not hasattr(fresh, "model_")


def test_a_detector_works_in_scikit_learn_s_cross_validation():
    X, y, camera, _kind = rows(6, 300)
    called = cross_val_predict(Detector("logistic"), X, y, params={"cameras": camera}, cv=3)
    assert (called == y).mean() > 0.8


@pytest.mark.parametrize("fpr", [0.0, 0.05, 0.31, 0.99])
def test_at_most_the_allowed_share_reaches_the_upper_quantile(fpr):
    values = np.random.default_rng(0).random(100).round(1)  # with ties
    assert (values >= upper_quantile(values, fpr)).mean() <= fpr


# --- the right to say nothing


@pytest.fixture(scope="module")
def cautious():
    X, y, camera, kind = rows(0, 1500)
    return AbstainingDetector("logistic", miss=0.01).fit(X, y, camera, kind)


def test_pictures_unlike_the_training_get_no_answer_though_the_model_is_sure(cautious):
    X, y, _camera, _kind = rows(7, 400)
    usual = selective(cautious.predict(X), y)
    assert usual["coverage_genuine"] > 0.5 and usual["fpr"] <= 0.05 and usual["tpr"] > 0.4
    X[:, 5] += 15
    assert cautious.predict_proba(X)[:, 1].max() > 0.99
    strange = cautious.answers(X)
    assert set(strange["answer"]) == {-1} and set(strange["reason"]) == {"strange"}


def test_an_answer_is_given_only_beyond_the_limits(cautious):
    X, _y, _camera, _kind = rows(8, 800)
    told = cautious.answers(X)
    assert cautious.low_ <= cautious.high_
    assert (told.loc[told["answer"] == 1, "probability"] >= cautious.high_).all()
    assert (told.loc[told["answer"] == 0, "probability"] < cautious.low_).all()
    assert (told.loc[told["answer"] != -1, "strangeness"] <= cautious.farthest_).all()
    assert set(told.loc[told["reason"] == "between", "answer"]) == {-1}


def test_the_high_limit_counts_on_operations_that_training_did_not_see():
    X, y, camera, kind = rows(9, 3000)
    X[kind == "crop", 0] += 1.2  # an operation that makes genuine pictures look synthetic
    told = AbstainingDetector("logistic").fit(X, y, camera, kind)
    without = AbstainingDetector("logistic").fit(*(part[kind != "crop"] for part in (X, y, camera, kind)))
    assert told.high_ > without.high_


def test_shares_count_pictures_without_an_answer_in_the_denominator():
    answer, y = np.array([1, 0, -1, -1, 1, 1, 0, -1]), np.array([0, 0, 0, 0, 1, 1, 1, 1])
    assert selective(answer, y) == {
        "fpr": 0.25, "tpr": 0.5, "missed": 0.25, "coverage_genuine": 0.5, "coverage_synthetic": 0.75,
    }  # fmt: skip


def test_strangeness_is_a_distance_to_the_nearest_training_pictures():
    X = np.random.default_rng(0).standard_normal((300, 6))
    distance = Strangeness().fit(X).score(np.vstack([X[:50] + 0.01, X[:50] + 6]))
    assert distance[:50].max() < distance[50:].min()


# --- bad input

X, Y, CAMERA, KIND = rows(10, 60)
HOLED = X.copy()
HOLED[3, 2] = np.nan

FITS = {
    "one class": ((X, np.zeros(60, int), CAMERA), "one class"),
    "labels of three kinds": ((X, Y + 1, CAMERA), "0 .genuine. and 1"),
    "NaN": ((HOLED, Y, CAMERA), "NaN"),
    "no cameras": ((X, Y), "which camera"),
    "one camera": ((X, Y, np.zeros(60)), "two cameras"),
    "cameras of other pictures": ((X, Y, CAMERA[:9]), "which camera"),
    "fewer labels": ((X, Y[:50], CAMERA[:50]), "60 rows"),
    "one row": ((X[0], Y, CAMERA), "TraceFeatures"),
    "pictures": ((np.zeros((60, 8, 8, 3), np.uint8), Y, CAMERA), "TraceFeatures"),
    "words": (([["a", "b"]] * 60, Y, CAMERA), "numbers"),
}


@pytest.mark.parametrize("name", FITS)
@pytest.mark.parametrize("kind", [Detector, AbstainingDetector])
def test_training_on_what_cannot_be_learned_from_is_refused_in_a_sentence(name, kind):
    given, words = FITS[name]
    operations = {"operations": KIND[: len(given[1])]} if kind is AbstainingDetector else {}
    with pytest.raises(ContrechampError, match=words):
        kind("logistic").fit(*given, **operations)


@pytest.mark.parametrize("kind", [Detector, AbstainingDetector])
@pytest.mark.parametrize("call", ["predict", "predict_proba"])
def test_an_untrained_detector_says_what_to_call_first(kind, call):
    with pytest.raises(ContrechampError, match="not trained yet"):
        getattr(kind(), call)(X)


def test_rows_of_another_width_are_refused_with_both_numbers():
    detector = Detector("logistic").fit(X, Y, CAMERA)
    with pytest.raises(ContrechampError, match=r"8 features.*7"):
        detector.predict(X[:, :7])


def test_an_unknown_model_is_named_with_those_known():
    with pytest.raises(ContrechampError, match=r"'oracle'.*logistic, trees, machine"):
        Detector("oracle").fit(X, Y, CAMERA)


@pytest.mark.parametrize("operations", [None, ["none"] * 60, ["none", "jpeg:75"] * 30])
def test_learning_when_to_say_nothing_needs_operations_to_leave_out(operations):
    with pytest.raises(ContrechampError, match=r"operation|happened"):
        AbstainingDetector("logistic").fit(X, Y, CAMERA, operations)


@pytest.mark.parametrize("given", ["photo.png", Path("photo.png"), b"\x89PNG", ["photo.png"]])
@pytest.mark.parametrize("call", ["fit", "predict"])
def test_a_path_raises_a_type_error_that_names_the_reason(given, call):
    detector = Detector("logistic")
    with pytest.raises(TypeError, match="no picture of anybody"):
        detector.fit(given, Y, CAMERA) if call == "fit" else detector.fit(X, Y, CAMERA).predict(given)
