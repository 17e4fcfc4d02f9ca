"""The right to say nothing: a detector that does not answer about pictures that are unlike its training, or between.

Two reasons for no answer. *Strange*: the picture's features are farther from the training pictures than those of other
cameras and operations were. *Between*: its probability is neither high nor low enough. Both limits are fixed on
training pictures whose camera, and for the high limit also whose kind of operation, was left out; no knowledge of the
operation is used at test time.

References
----------
C. K. Chow, "On optimum recognition error and reject tradeoff", IEEE Trans. Information Theory, 1970.
Y. Sun, Y. Ming, X. Zhu, Y. Li, "Out-of-distribution detection with deep nearest neighbors", ICML, 2022 (distance).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from contrechamp.errors import ContrechampError
from contrechamp.forensics.detectors import (
    GENUINE,
    NO_ANSWER,
    SYNTHETIC,
    Detector,
    checked_cameras,
    checked_labels,
    checked_rows,
    fitted,
    margin_of,
    upper_quantile,
)
from contrechamp.language import gettext as _

_AXES, _NEIGHBOURS = 40, 10


class Strangeness(BaseEstimator):
    """How far a picture is from those of the training: mean distance to its ten nearest, on forty main axes.

    Attributes
    ----------
    axes_ : Pipeline
        Standardised features to main axes of equal variance.
    """

    def fit(self, X: np.ndarray, y: object = None) -> "Strangeness":
        """Keep the training pictures, shape (n, features)."""
        axes = min(_AXES, X.shape[1], len(X) - 1)
        self.axes_ = Pipeline([("scale", StandardScaler()), ("axes", PCA(axes, whiten=True, random_state=0))]).fit(X)
        self.near_ = NearestNeighbors(n_neighbors=min(_NEIGHBOURS, len(X)), algorithm="brute")
        self.near_.fit(self.axes_.transform(X).astype(np.float32))
        return self

    def score(self, X: np.ndarray) -> np.ndarray:
        """Return the distances, shape (n,), in standard deviations."""
        return self.near_.kneighbors(self.axes_.transform(X).astype(np.float32))[0].mean(axis=1)


class AbstainingDetector(ClassifierMixin, BaseEstimator):
    """A detector that may say nothing.

    Parameters
    ----------
    model : str
        As for `Detector`.
    fpr : float
        Share of genuine pictures, abstained ones counted, that may be called synthetic when both their camera and
        their kind of operation were left out.
    miss : float
        Share of synthetic pictures, over all operations, that may be called genuine when their camera was left out.
        Less of it means fewer answers.
    strange : float
        Share of genuine pictures that may be too strange for an answer, on the worst of the cameras left out.

    Attributes
    ----------
    detector_ : Detector
    high_, low_ : float
        Probabilities from which a picture is called synthetic, and below which genuine.
    farthest_ : float
        Strangeness above which there is no answer.
    """

    def __init__(self, model: str = "machine", fpr: float = 0.02, miss: float = 0.2, strange: float = 0.1):
        self.model = model
        self.fpr = fpr
        self.miss = miss
        self.strange = strange

    def fit(
        self, X: np.ndarray, y: np.ndarray, cameras: np.ndarray | None = None, operations: Sequence[str] | None = None
    ) -> "AbstainingDetector":
        """Train and fix the three limits.

        Parameters
        ----------
        X, y, cameras :
            As for `Detector.fit`.
        operations : sequence of str, length n
            What happened to each picture, for example ``"jpeg:75"``; the word before the colon is its kind. Two kinds
            or more besides ``"none"``.

        Raises
        ------
        TypeError, ContrechampError
            As `Detector.fit`, and when there are fewer than two kinds of operation to leave out.
        """
        X, y = checked_rows(X), checked_labels(y)
        cameras = checked_cameras(cameras, len(y))
        kinds = kinds_of(operations, len(y))
        self.detector_ = Detector(self.model, self.fpr).fit(X, y, cameras)
        self.strangeness_ = Strangeness().fit(X)
        far = np.empty(len(y))
        for camera in np.unique(cameras):
            out = cameras == camera
            far[out] = Strangeness().fit(X[~out]).score(X[out])
        genuine = y == GENUINE
        self.farthest_ = max(
            upper_quantile(far[genuine & (cameras == camera)], self.strange) for camera in np.unique(cameras[genuine])
        )
        p = self.detector_.left_out_
        self.low_ = float(np.quantile(np.where(far <= self.farthest_, p, 1.0)[y == SYNTHETIC], self.miss))
        self.high_ = max(self.low_, self._high(X, y, cameras, kinds))
        self.classes_, self.n_features_in_ = self.detector_.classes_, X.shape[1]
        return self

    def _high(self, X: np.ndarray, y: np.ndarray, cameras: np.ndarray, kinds: np.ndarray) -> float:
        """Return the high limit: each kind of operation is left out in turn, each time together with a camera."""
        found = []
        devices = np.unique(cameras)
        for number, kind in enumerate(sorted(set(kinds) - {"none"})):
            camera = devices[number % len(devices)]
            learned = (kinds != kind) & (cameras != camera)
            judged = (kinds == kind) & (cameras == camera) & (y == GENUINE)
            if not judged.any() or len(set(y[learned])) < 2:
                continue
            margin = margin_of(fitted(self.model, X[learned], y[learned]), X[judged])
            p = self.detector_.calibration_.predict_proba(margin[:, None])[:, 1]
            near = Strangeness().fit(X[learned]).score(X[judged]) <= self.farthest_
            found.append(np.where(near, p, 0.0))
        return upper_quantile(np.concatenate(found), self.fpr)

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return the calibrated probabilities, shape (n, 2), of strange pictures too."""
        return self._ready().detector_.predict_proba(X)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return 1 for synthetic, 0 for genuine, -1 for no answer."""
        return self.answers(X)["answer"].to_numpy()

    def answers(self, X: np.ndarray) -> pd.DataFrame:
        """Return for each picture the ``answer`` (1, 0, -1), its ``probability``, ``strangeness`` and ``reason``.

        ``reason`` is ``"strange"`` or ``"between"`` where there is no answer, else empty.
        """
        rows = checked_rows(X, self._ready().n_features_in_)
        p, far = self.predict_proba(rows)[:, 1], self.strangeness_.score(rows)
        strange = far > self.farthest_
        answer = np.where(p >= self.high_, SYNTHETIC, np.where(p < self.low_, GENUINE, NO_ANSWER))
        reason = np.where(strange, "strange", np.where(answer == NO_ANSWER, "between", ""))
        answer = np.where(strange, NO_ANSWER, answer)
        return pd.DataFrame({"answer": answer, "probability": p, "strangeness": far, "reason": reason})

    def _ready(self) -> "AbstainingDetector":
        if not hasattr(self, "high_"):
            raise ContrechampError(_("This detector is not trained yet. Call fit(X, y, cameras, operations) first."))
        return self


def kinds_of(operations: Sequence[str] | None, rows: int) -> np.ndarray:
    """Return the kind of each operation, the word before the colon, or say that there are too few to leave one out."""
    if operations is None or len(operations) != rows:
        raise ContrechampError(_("Say what happened to each picture: fit(X, y, cameras, operations)."))
    kinds = np.array([str(operation).partition(":")[0] for operation in operations])
    if len(set(kinds) - {"none"}) < 2:
        raise ContrechampError(
            _("To learn when to say nothing, training needs two kinds of operation or more besides none.")
        )
    return kinds


def selective(answer: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """Return what a detector that may say nothing is worth, abstained pictures in every denominator.

    Returns
    -------
    dict
        ``fpr``: share of all genuine pictures called synthetic; ``tpr``: share of all synthetic ones called so;
        ``missed``: share of all synthetic ones called genuine; ``coverage_genuine``, ``coverage_synthetic``: shares
        that got an answer.
    """
    genuine, synthetic = answer[np.asarray(y) == GENUINE], answer[np.asarray(y) == SYNTHETIC]
    return {
        "fpr": float((genuine == SYNTHETIC).mean()),
        "tpr": float((synthetic == SYNTHETIC).mean()),
        "missed": float((synthetic == GENUINE).mean()),
        "coverage_genuine": float((genuine != NO_ANSWER).mean()),
        "coverage_synthetic": float((synthetic != NO_ANSWER).mean()),
    }
