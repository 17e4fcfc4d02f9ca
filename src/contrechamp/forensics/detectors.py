"""Detectors: features to a probability of "synthetic", a threshold fixed before the test, and the right to say nothing.

A detector learns on training cameras. Whatever it must not learn from its own training pictures (calibration,
threshold) it takes from predictions about cameras that were left out: otherwise both would be too good to be true.
"""

from collections.abc import Callable, Sequence

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import LeaveOneGroupOut
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.utils.validation import check_is_fitted

from contrechamp.errors import ContrechampError
from contrechamp.forensics.metrics import balanced_weights
from contrechamp.language import gettext as _


def logistic() -> BaseEstimator:
    """Return standardised features and a logistic regression, kept small."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.05, max_iter=500))


def trees() -> BaseEstimator:
    """Return extremely randomised trees (P. Geurts, D. Ernst, L. Wehenkel, Machine Learning, 2006)."""
    return ExtraTreesClassifier(200, min_samples_leaf=2, max_features=0.15, random_state=0)


def machine() -> BaseEstimator:
    """Return standardised features and a support vector machine with a wide Gaussian kernel."""
    return make_pipeline(StandardScaler(), SVC(C=3, gamma=7e-4))


#: Name -> function that makes an untrained model.
MODELS: dict[str, Callable[[], BaseEstimator]] = {"logistic": logistic, "trees": trees, "machine": machine}


class Detector(ClassifierMixin, BaseEstimator):
    """A calibrated detector of synthetic pictures.

    Parameters
    ----------
    model : str
        One of `MODELS`.
    fpr : float
        Share of genuine pictures that may be called synthetic, on cameras left out of training; fixes the threshold.

    Attributes
    ----------
    threshold_ : float
        Probability from which a picture is called synthetic.
    left_out_ : ndarray of float, shape (n,)
        Probability of each training picture by models that had not seen its camera.

    Raises
    ------
    TypeError
        When given paths or text: detectors take arrays.
    ContrechampError
        When features are damaged, one class is missing, there are fewer than two cameras, or the detector is not
        trained yet.
    """

    def __init__(self, model: str = "machine", fpr: float = 0.03):
        self.model = model
        self.fpr = fpr
