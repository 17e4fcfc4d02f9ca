"""Detectors: features to a probability of "synthetic", and a threshold fixed before the test.

A detector learns on training cameras. What it must not learn from its own training pictures, calibration and threshold,
it takes from predictions about cameras that were left out: otherwise both would be too good to be true.
"""

from collections.abc import Callable, Sequence

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from contrechamp.errors import ContrechampError
from contrechamp.forensics.metrics import balanced_weights
from contrechamp.forensics.pictures import refuse_files
from contrechamp.language import gettext as _

GENUINE, SYNTHETIC, NO_ANSWER = 0, 1, -1


def logistic(features: int) -> Pipeline:
    """Return standardised features and a logistic regression, kept small."""
    return Pipeline([("scale", StandardScaler()), ("model", LogisticRegression(C=0.05, max_iter=500))])


def trees(features: int) -> Pipeline:
    """Return extremely randomised trees (P. Geurts, D. Ernst, L. Wehenkel, Machine Learning, 2006)."""
    return Pipeline([("model", ExtraTreesClassifier(200, min_samples_leaf=2, max_features=0.15, random_state=0))])


def machine(features: int) -> Pipeline:
    """Return standardised features and a support vector machine (C. Cortes, V. Vapnik, Machine Learning, 1995).

    Its kernel is Gaussian and wide: exp(-0.3 d^2 / features). It generalises best to generators that were not seen.
    """
    return Pipeline([("scale", StandardScaler()), ("model", SVC(C=10, gamma=0.3 / features))])


#: Name -> function of the number of features that makes an untrained model.
MODELS: dict[str, Callable[[int], Pipeline]] = {"logistic": logistic, "trees": trees, "machine": machine}


class Detector(ClassifierMixin, BaseEstimator):
    """A calibrated detector of synthetic pictures.

    Parameters
    ----------
    model : str
        One of `MODELS`.
    fpr : float
        Share of genuine pictures that may be called synthetic, on the worst of the cameras left out: fixes the
        threshold.

    Attributes
    ----------
    threshold_ : float
        Probability from which a picture is called synthetic.
    left_out_ : ndarray of float, shape (n,)
        Probability of each training picture by a model that had not seen its camera.
    classes_ : ndarray, (0, 1)
        Genuine, synthetic.

    References
    ----------
    J. Platt, "Probabilistic outputs for support vector machines", 1999 (calibration).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X, y, cameras = rng.standard_normal((60, 4)), np.arange(60) % 2, np.arange(60) // 20
    >>> X[y == 1, 0] += 4
    >>> Detector("logistic").fit(X, y, cameras).predict([[4, 0, 0, 0], [0, 0, 0, 0]])
    array([1, 0])
    """

    def __init__(self, model: str = "machine", fpr: float = 0.03):
        self.model = model
        self.fpr = fpr

    def fit(self, X: np.ndarray, y: np.ndarray, cameras: np.ndarray | None = None) -> "Detector":
        """Train.

        Parameters
        ----------
        X : ndarray, shape (n, features)
            From `TraceFeatures`.
        y : ndarray of int, shape (n,)
            0 genuine, 1 synthetic. Classes are weighted to equal shares.
        cameras : ndarray, shape (n,)
            Camera of each picture, of a synthetic one too; at least two.

        Raises
        ------
        TypeError
            When given paths or text.
        ContrechampError
            When features are damaged, a class is missing, or cameras are not told or fewer than two.
        """
        X, y, cameras = checked_rows(X), checked_labels(y), checked_cameras(cameras, len(y))
        if len(X) != len(y):
            raise ContrechampError(
                _("There are {rows} rows of features and {labels} labels.").format(rows=len(X), labels=len(y))
            )
        margin = np.empty(len(y))
        for camera in np.unique(cameras):
            out = cameras == camera
            margin[out] = margin_of(fitted(self.model, X[~out], y[~out]), X[out])
        self.calibration_ = calibrated(margin, y)
        self.left_out_ = self.calibration_.predict_proba(margin[:, None])[:, 1]
        genuine = y == GENUINE
        self.threshold_ = max(
            upper_quantile(self.left_out_[genuine & (cameras == camera)], self.fpr)
            for camera in np.unique(cameras[genuine])
        )
        self.model_ = fitted(self.model, X, y)
        self.classes_, self.n_features_in_ = np.array([GENUINE, SYNTHETIC]), X.shape[1]
        return self

    def decision_function(self, X: np.ndarray) -> np.ndarray:
        """Return the model's margin of each row: larger is more synthetic; no probability.

        Parameters
        ----------
        X : ndarray, shape (n, features)
            Features of n pictures.

        Returns
        -------
        ndarray of float, shape (n,)

        Raises
        ------
        ContrechampError
            When the detector is not trained, or the features are of another shape or not finite.
        """
        return margin_of(self._ready().model_, checked_rows(X, self.n_features_in_))

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return the calibrated probability of genuine and of synthetic, shape (n, 2), at equal shares of both.

        Parameters
        ----------
        X : ndarray, shape (n, features)
            Features of n pictures.

        Returns
        -------
        ndarray of float, shape (n, 2)
            Genuine, synthetic; each row adds up to 1.

        Raises
        ------
        ContrechampError
            When the detector is not trained, or the features are of another shape or not finite.
        """
        return self._ready().calibration_.predict_proba(self.decision_function(X)[:, None])

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return 1 where the probability of synthetic reaches ``threshold_``, else 0.

        Parameters
        ----------
        X : ndarray, shape (n, features)
            Features of n pictures.

        Returns
        -------
        ndarray of int, shape (n,)

        Raises
        ------
        ContrechampError
            When the detector is not trained, or the features are of another shape or not finite.
        """
        return (self.predict_proba(X)[:, 1] >= self.threshold_).astype(int)

    def recalibrate(self, X: np.ndarray, y: np.ndarray) -> "Detector":
        """Return a copy whose probabilities fit other pictures: fifty of each kind of trouble may be enough.

        The ranking, hence the AUC, stays as it was. The threshold stays at its probability.
        """
        other = Detector(self.model, self.fpr)
        other.__dict__.update(self._ready().__dict__)
        other.calibration_ = calibrated(self.decision_function(X), checked_labels(y), strength=1.0)
        return other

    def _ready(self) -> "Detector":
        if not hasattr(self, "model_"):
            raise ContrechampError(_("This detector is not trained yet. Call fit(X, y, cameras) first."))
        return self


def fitted(model: str, X: np.ndarray, y: np.ndarray) -> Pipeline:
    """Return a model of `MODELS` trained with classes of equal weight, or say which models there are."""
    if model not in MODELS:
        raise ContrechampError(
            _("There is no model {model!r}. Known: {names}.").format(model=model, names=", ".join(MODELS))
        )
    return MODELS[model](X.shape[1]).fit(X, checked_labels(y), model__sample_weight=balanced_weights(y))


def margin_of(model: Pipeline, X: np.ndarray) -> np.ndarray:
    """Return the decision value of each row; for trees, the log odds of their votes."""
    if hasattr(model, "decision_function"):
        return model.decision_function(X)
    share = np.clip(model.predict_proba(X)[:, 1], 0.0025, 0.9975)
    return np.log(share / (1 - share))


def calibrated(margin: np.ndarray, y: np.ndarray, strength: float = 100.0) -> LogisticRegression:
    """Return the logistic curve from margin to probability, at equal shares of both classes."""
    return LogisticRegression(C=strength).fit(margin[:, None], y, balanced_weights(y))


def upper_quantile(genuine: np.ndarray, fpr: float) -> float:
    """Return the smallest value that at most the share `fpr` of `genuine` reaches."""
    ordered = np.sort(genuine)[::-1]
    allowed = int(np.floor(fpr * len(ordered)))
    return float(np.nextafter(ordered[allowed], np.inf))


def checked_rows(X: np.ndarray | Sequence, columns: int | None = None) -> np.ndarray:
    """Return features as an array (n, features), or say what is wrong with them."""
    refuse_files(X)
    try:
        rows = np.asarray(X, dtype=np.float64)
    except (TypeError, ValueError):
        raise ContrechampError(_("Features are an array of numbers of shape (pictures, features).")) from None
    if rows.ndim != 2 or not rows.size:
        raise ContrechampError(
            _(
                "Features are an array of shape (pictures, features), not {shape}: pass pictures through TraceFeatures."
            ).format(shape=rows.shape)
        )
    if not np.isfinite(rows).all():
        raise ContrechampError(_("A feature is no number (NaN or infinity). Measure these pictures again."))
    if columns is not None and rows.shape[1] != columns:
        raise ContrechampError(
            _("This detector was trained on {wanted} features, and these rows have {given}.").format(
                wanted=columns, given=rows.shape[1]
            )
        )
    return rows


def checked_labels(y: np.ndarray | Sequence) -> np.ndarray:
    """Return labels as an array of 0 and 1, or say what is wrong with them."""
    labels = np.asarray(y)
    if labels.ndim != 1 or not np.isin(labels, (GENUINE, SYNTHETIC)).all():
        raise ContrechampError(_("Labels must be 0 (genuine) and 1 (synthetic)."))
    if len(np.unique(labels)) < 2:
        raise ContrechampError(
            _("All training pictures are of one class. A detector needs genuine and synthetic ones.")
        )
    return labels.astype(int)


def checked_cameras(cameras: np.ndarray | Sequence | None, rows: int) -> np.ndarray:
    """Return the camera of each row, or say why calibration needs it."""
    if cameras is None or len(cameras) != rows or len(np.unique(np.asarray(cameras))) < 2:
        raise ContrechampError(
            _(
                "Say which camera took each picture, fit(X, y, cameras), two cameras or more: threshold and "
                "probabilities are fixed on cameras left out."
            )
        )
    return np.asarray(cameras)
