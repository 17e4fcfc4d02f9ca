"""Figures of merit that do not flatter: at a fixed false-positive rate, with calibration, prevalence and abstention.

Label 1 is synthetic, 0 genuine (a camera's picture). Scores are larger for what looks synthetic. scikit-learn computes
ROC and DET curves; here is what it does not have, and `det`, its DET curve in the coordinates in which it is drawn.
Intervals are in `intervals`.
"""

from collections.abc import Sequence

import numpy as np
from scipy.stats import norm
from sklearn.metrics import det_curve, roc_auc_score, roc_curve

from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _

#: Prevalences at which the share of right alarms is printed.
PREVALENCES = (1e-1, 1e-2, 1e-3, 1e-4)


def balanced_weights(y: np.ndarray) -> np.ndarray:
    """Return weights that give both classes the same total, shape (n,), mean 1.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Labels, 0 genuine and 1 synthetic.

    Returns
    -------
    ndarray of float, shape (n,)

    Raises
    ------
    ContrechampError
        When the labels are not 0 and 1 with both present, or a number is not finite.
    """
    y = _labels(y)
    share = np.where(y == 1, (y == 1).mean(), (y == 0).mean())
    return 0.5 / share


def auc(y: np.ndarray, score: np.ndarray, weight: np.ndarray | None = None) -> float:
    """Return the area under the ROC curve: how often a synthetic picture scores above a genuine one, 0..1.

    Parameters
    ----------
    y, score : ndarray, shape (n,)
        Labels, 0 genuine and 1 synthetic; larger scores for what looks synthetic.
    weight : ndarray, shape (n,), optional
        Weight of each picture.

    Returns
    -------
    float
        0..1; 0.5 is what a coin gets.

    Raises
    ------
    ContrechampError
        When the labels are not 0 and 1 with both present, or a number is not finite.
    """
    return float(roc_auc_score(_labels(y), _finite(score), sample_weight=weight))


def tpr_at_fpr(y: np.ndarray, score: np.ndarray, fpr: float = 0.05, weight: np.ndarray | None = None) -> float:
    """Return the largest share of synthetic pictures found while at most `fpr` of the genuine ones are called so.

    Parameters
    ----------
    y, score : ndarray, shape (n,)
        Labels, 0 genuine and 1 synthetic; larger scores for what looks synthetic.
    fpr : float
        Share of genuine pictures that may be called synthetic, 0..1.
    weight : ndarray, shape (n,), optional
        Weight of each picture.

    Returns
    -------
    float
        0..1.

    Raises
    ------
    ContrechampError
        When the labels are not 0 and 1 with both present, or a number is not finite.
    """
    false, true, _threshold = roc_curve(_labels(y), _finite(score), sample_weight=weight, drop_intermediate=False)
    return float(true[false <= fpr + 1e-12].max())


def det(y: np.ndarray, score: np.ndarray, weight: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """Return the detection error tradeoff: what is missed against what is called falsely, at every threshold.

    Parameters
    ----------
    y, score : ndarray, shape (n,)
        Labels; larger scores for what looks synthetic.
    weight : ndarray, shape (n,), optional

    Returns
    -------
    dict of ndarray
        ``fpr`` (falling), ``miss`` (rising: 1 - TPR) and ``threshold``; ``x`` and ``y``, the two shares as normal
        deviates, the axes of a DET plot: there two bell curves of equal width make a straight line. Shares of 0 and 1,
        which lie at infinity, are drawn half a picture away from the edge.

    References
    ----------
    A. Martin and others, "The DET curve in assessment of detection task performance", Eurospeech, 1997.

    Examples
    --------
    >>> det(np.array([0, 0, 1, 1]), np.array([0.1, 0.6, 0.4, 0.9]))["miss"].tolist()
    [0.0, 0.5, 0.5]
    """
    y = _labels(y)
    fpr, miss, threshold = det_curve(y, _finite(score), sample_weight=weight)
    edge = {label: 0.5 / (y == label).sum() for label in (0, 1)}
    x, up = (norm.ppf(np.clip(v, edge[k], 1 - edge[k])) for k, v in ((0, fpr), (1, miss)))
    return {"fpr": fpr, "miss": miss, "threshold": threshold, "x": x, "y": up}


def ece(y: np.ndarray, p: np.ndarray, bins: int = 15, weight: np.ndarray | None = None) -> float:
    """Return the expected calibration error with bins of equal mass, classes weighted to equal shares.

    Parameters
    ----------
    y : ndarray of int, shape (n,)
    p : ndarray of float, shape (n,)
        Probability of synthetic, 0..1.
    bins : int
    weight : ndarray, shape (n,), optional
        Multiplies the weights of the classes (for the bootstrap).

    Returns
    -------
    float
        Mean over bins of |share of synthetic - mean probability|, 0..1. Positively biased in small samples.

    References
    ----------
    J. Roelofs and others, "Mitigating bias in calibration error estimation", AISTATS, 2022 (equal mass).
    """
    table = reliability(y, p, bins, weight)
    return float((table["mass"] * np.abs(table["observed"] - table["said"])).sum())


def reliability(
    y: np.ndarray, p: np.ndarray, bins: int = 15, weight: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """Return the points of a reliability diagram: ``said``, ``observed`` and ``mass`` of each bin of equal mass.

    Parameters
    ----------
    y, p : ndarray, shape (n,)
        Labels, 0 genuine and 1 synthetic; probabilities of synthetic, 0..1.
    bins : int
        Bins of equal mass, at the most.
    weight : ndarray, shape (n,), optional
        Weight of each picture.

    Returns
    -------
    dict of ndarray
        ``said``, the mean probability of each bin; ``observed``, its share of synthetic pictures; ``mass``, its share
        of all.

    Raises
    ------
    ContrechampError
        When the labels are not 0 and 1 with both present, or a number is not finite.
    """
    y, p = _labels(y), _finite(p)
    mass = balanced_weights(y) * (1 if weight is None else weight)
    order = np.argsort(p, kind="stable")
    y, p, mass = y[order], p[order], mass[order]
    middle = np.cumsum(mass) - mass / 2
    which = np.minimum((middle / mass.sum() * bins).astype(int), bins - 1)
    total = np.bincount(which, mass, bins)
    held = total > 0
    said, observed = (np.bincount(which, mass * v, bins)[held] / total[held] for v in (p, y))
    return {"said": said, "observed": observed, "mass": total[held] / mass.sum()}


def brier(y: np.ndarray, p: np.ndarray, weight: np.ndarray | None = None) -> float:
    """Return the mean squared error of probabilities, classes weighted to equal shares: 0.25 for always saying 0.5.

    Parameters
    ----------
    y, p : ndarray, shape (n,)
        Labels, 0 genuine and 1 synthetic; probabilities of synthetic, 0..1.
    weight : ndarray, shape (n,), optional
        Weight of each picture.

    Returns
    -------
    float
        0 (right and sure) to 1 (wrong and sure).

    Raises
    ------
    ContrechampError
        When the labels are not 0 and 1 with both present, or a number is not finite.
    """
    y, p = _labels(y), _finite(p)
    return float(np.average((p - y) ** 2, weights=balanced_weights(y) * (1 if weight is None else weight)))


def prior_shift(p: np.ndarray, trained_at: float, met_at: float) -> np.ndarray:
    """Return probabilities corrected for another share of synthetic pictures than in training.

    Parameters
    ----------
    p : ndarray of float
        Probabilities 0..1, right where the share is `trained_at`.
    trained_at, met_at : float
        Shares of synthetic pictures, above 0 and below 1.

    Returns
    -------
    ndarray of float, same shape

    References
    ----------
    M. Saerens, P. Latinne, C. Decaestecker, "Adjusting the outputs of a classifier to new a priori probabilities",
    Neural Computation, 2002.
    """
    _between("trained_at", trained_at)
    _between("met_at", met_at)
    p = _finite(p)
    synthetic = p * (met_at / trained_at)
    genuine = (1 - p) * ((1 - met_at) / (1 - trained_at))
    return synthetic / (synthetic + genuine)


def ppv(tpr: float, fpr: float, prevalence: float) -> float:
    """Return the share of alarms that are right, by Bayes' rule; not a number (NaN) where there is no alarm.

    Parameters
    ----------
    tpr, fpr : float
        Shares of synthetic and of genuine pictures that raise an alarm, 0..1.
    prevalence : float
        Share of synthetic pictures, above 0 and below 1.

    Returns
    -------
    float
        0..1, or nan.

    Raises
    ------
    ContrechampError
        When the prevalence is out of range.

    Examples
    --------
    >>> round(ppv(0.99, 0.05, 0.001), 4)
    0.0194
    """
    _between("prevalence", prevalence)
    alarms = tpr * prevalence + fpr * (1 - prevalence)
    return float("nan") if alarms == 0 else tpr * prevalence / alarms


def risk_coverage(y: np.ndarray, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how the error falls when the least certain pictures are left unanswered.

    Parameters
    ----------
    y, p : ndarray, shape (n,)
        Labels, and probabilities of synthetic.

    Returns
    -------
    coverage, risk : ndarray, shape (n,)
        Share of pictures answered (most certain first), and share of errors among them; classes weighted equally.

    References
    ----------
    R. El-Yaniv, Y. Wiener, "On the foundations of noise-free selective classification", JMLR, 2010.
    """
    y, p = _labels(y), _finite(p)
    order = np.argsort(-np.abs(p - 0.5), kind="stable")
    mass = balanced_weights(y)[order]
    wrong = ((p > 0.5) != (y == 1))[order]
    answered = np.cumsum(mass)
    return answered / answered[-1], np.cumsum(mass * wrong) / answered


def _labels(y: Sequence[int] | np.ndarray) -> np.ndarray:
    y = np.asarray(y)
    if y.dtype == bool:
        y = y.astype(int)
    if not np.isin(y, (0, 1)).all() or len(np.unique(y)) < 2:
        raise ContrechampError(_("Labels must be 0 (genuine) and 1 (synthetic), and both must occur."))
    return y


def _finite(score: Sequence[float] | np.ndarray) -> np.ndarray:
    score = np.asarray(score, dtype=float)
    if not np.isfinite(score).all():
        raise ContrechampError(_("A score is no number (NaN or infinity)."))
    return score


def _between(name: str, value: float) -> None:
    if not 0 < value < 1:
        raise ContrechampError(
            _("{name} must lie between 0 and 1, both left out, not {value!r}.").format(name=name, value=value)
        )
