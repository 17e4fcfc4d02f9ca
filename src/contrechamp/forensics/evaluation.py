"""A detector before its judge: trained on one side of a split, asked once about the other, every figure with interval.

Intervals are over scenes, given these cameras and generators: they say nothing about other cameras or generators.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from contrechamp.errors import ContrechampError
from contrechamp.forensics import intervals, metrics
from contrechamp.forensics.abstention import AbstainingDetector, selective
from contrechamp.forensics.detectors import GENUINE, SYNTHETIC, Detector
from contrechamp.forensics.splits import Collection, Split
from contrechamp.language import gettext as _


@dataclass(frozen=True)
class Judged:
    """What a detector said of the test side of a split.

    Attributes
    ----------
    detector : Detector or AbstainingDetector or None
        As trained on the training side; None when the scores were read from the repository.
    table : DataFrame
        The rows of the test with ``synthetic`` (0 or 1), ``probability`` of synthetic and ``called``: 1, 0, or -1 for
        no answer.
    """

    detector: Detector | AbstainingDetector | None
    table: pd.DataFrame

    @classmethod
    def of_scores(cls, scores: pd.DataFrame, detector: str) -> "Judged":
        """Return what one detector of `measured.load_scores` said, without the detector itself.

        Parameters
        ----------
        scores : DataFrame
            From `measured.load_scores`, whole or some rows.
        detector : {"logistic", "machine", "augmented", "cautious"}
            The cautious one has the probabilities of the augmented one, and calls of its own.

        Returns
        -------
        Judged

        Raises
        ------
        ContrechampError
            When the scores hold no such detector.
        """
        if f"called_{detector}" not in scores:
            raise ContrechampError(_("The scores hold no detector {name!r}.").format(name=detector))
        p = scores["augmented" if detector == "cautious" else detector]
        columns = ["scene", "camera", "made_by", "kind", "operation", "synthetic"]
        return cls(None, scores[columns].assign(probability=p, called=scores[f"called_{detector}"]))

    def where(self, **wanted: object) -> "Judged":
        """Return the rows whose columns have the wanted value: ``where(camera=5, operation=["none", "jpeg:75"])``.

        Parameters
        ----------
        **wanted
            Column of the table = a text, a whole number, or a list of values of which one must agree.

        Returns
        -------
        Judged
            Of the same detector.
        """
        kept = np.ones(len(self.table), bool)
        for name, value in wanted.items():
            values = [value] if isinstance(value, str | int | np.integer) else list(value)  # type: ignore[call-overload]
            kept &= self.table[name].isin(values).to_numpy()
        return Judged(self.detector, self.table[kept].reset_index(drop=True))


def judge(split: Split, detector: Detector | AbstainingDetector | None = None) -> Judged:
    """Train a detector on one side of a split and ask it about the other.

    Parameters
    ----------
    split : Split
        Nothing else is taken: a split cannot share a scene or a camera.
    detector : Detector or AbstainingDetector, optional
        Untrained; left out: ``Detector()``.

    Returns
    -------
    Judged

    Raises
    ------
    ContrechampError
        When `split` is none, and as the detector's ``fit``.
    """
    if not isinstance(split, Split):
        raise ContrechampError(_("A detector is judged on a Split: Split(train, test) checks that nothing is shared."))
    detector = Detector() if detector is None else detector
    train = split.train
    extra = {"operations": train.table["operation"]} if isinstance(detector, AbstainingDetector) else {}
    detector.fit(train.features, train.synthetic, train.camera, **extra)
    return asked(detector, split.test)


def asked(detector: Detector | AbstainingDetector, test: Collection) -> Judged:
    """Ask a trained detector about pictures; for pictures of the training's scenes or cameras, `judge` says no.

    Parameters
    ----------
    detector : Detector or AbstainingDetector
        Trained.
    test : Collection

    Returns
    -------
    Judged

    Raises
    ------
    ContrechampError
        When the detector is not trained, or features have another number of columns than in training.
    """
    table = test.table[["scene", "camera", "made_by", "kind", "operation"]].reset_index(drop=True)
    p, called = detector.predict_proba(test.features)[:, 1], detector.predict(test.features)
    return Judged(detector, table.assign(synthetic=test.synthetic, probability=p, called=called))


def summary(judged: Judged, draws: int = 300) -> pd.DataFrame:
    """Return the main figures with 95 % intervals over scenes.

    Parameters
    ----------
    judged : Judged
        With pictures of both classes.
    draws : int
        Number of bootstrap samples of scenes.

    Returns
    -------
    DataFrame
        Index: ``auc``, ``tpr_at_fpr_5``, ``tpr_at_fpr_1``, ``fpr``, ``tpr`` (at the detector's own threshold, pictures
        without answer in the denominator), ``ece``, ``brier``. Columns: ``value``, ``low``, ``high``.

    References
    ----------
    B. Efron, "Bootstrap methods: another look at the jackknife", The Annals of Statistics, 1979.
    """
    y, p = judged.table["synthetic"].to_numpy(), judged.table["probability"].to_numpy()
    called = judged.table["called"].to_numpy()
    figures = {
        "auc": (metrics.auc, p),
        "tpr_at_fpr_5": (_at(0.05), p),
        "tpr_at_fpr_1": (_at(0.01), p),
        "fpr": (_share(GENUINE), called),
        "tpr": (_share(SYNTHETIC), called),
        "ece": (metrics.ece, p),
        "brier": (metrics.brier, p),
    }
    rows = {}
    for name, (figure, column) in figures.items():
        interval = intervals.bootstrap(figure, judged.table["scene"].to_numpy(), y, column, draws=draws)
        rows[name] = (figure(y, column), *interval)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "low", "high"])


def by_operation(judged: Judged) -> pd.DataFrame:
    """Return for each operation how many pictures there are, the AUC, and what the answers are worth.

    Parameters
    ----------
    judged : Judged
        With pictures of both classes for each operation.

    Returns
    -------
    DataFrame
        Index: the operations, in the order of the table. Columns: ``genuine``, ``synthetic`` (pictures), ``auc``, and
        those of `selective`.
    """
    rows = {}
    for operation, part in judged.table.groupby("operation", sort=False):
        y = part["synthetic"].to_numpy()
        rows[operation] = {
            "genuine": int((y == GENUINE).sum()),
            "synthetic": int((y == SYNTHETIC).sum()),
            "auc": metrics.auc(y, part["probability"].to_numpy()),
            **selective(part["called"].to_numpy(), y),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def by_cell(judged: Judged, *columns: str) -> pd.DataFrame:
    """Return how often genuine pictures are called synthetic in each cell, with the 95 % Wilson interval.

    Parameters
    ----------
    judged : Judged
    *columns : str
        For example ``"camera"``, ``"kind"``, or both.

    Returns
    -------
    DataFrame
        Index: the cells. Columns: ``genuine`` (pictures), ``called`` (synthetic among them), ``fpr``, ``low``,
        ``high``.
    """
    genuine = judged.table[judged.table["synthetic"] == GENUINE]
    rows = genuine.groupby(list(columns))["called"].agg(genuine="size", called=lambda c: int((c == SYNTHETIC).sum()))
    bounds = [intervals.share_interval(int(c), int(n)) for n, c in zip(rows["genuine"], rows["called"], strict=True)]
    return rows.assign(fpr=rows["called"] / rows["genuine"], low=[b[0] for b in bounds], high=[b[1] for b in bounds])


def base_rates(tpr: float, fpr: float, prevalences: tuple[float, ...] = metrics.PREVALENCES) -> pd.DataFrame:
    """Return the share of alarms that are right at each prevalence, and false alarms for each right one.

    Parameters
    ----------
    tpr, fpr : float
        Shares of synthetic and of genuine pictures that raise an alarm, 0..1.
    prevalences : sequence of float
        Shares of synthetic pictures, above 0 and below 1.

    Returns
    -------
    DataFrame
        A row a prevalence.

    Raises
    ------
    ContrechampError
        When a prevalence is out of range.

    Examples
    --------
    >>> float(base_rates(0.99, 0.05)["ppv"].iloc[2].round(3))
    0.019
    """
    found = [metrics.ppv(tpr, fpr, prevalence) for prevalence in prevalences]
    frame = pd.DataFrame({"prevalence": prevalences, "ppv": found})
    return frame.assign(false_for_each_right=(1 - frame["ppv"]) / frame["ppv"])


def _at(fpr: float):
    return lambda y, p, weight=None: metrics.tpr_at_fpr(y, p, fpr, weight)


def _share(label: int):
    """Return the figure "share of pictures with this label that are called synthetic"."""

    def share(y: np.ndarray, called: np.ndarray, weight: np.ndarray | None = None) -> float:
        mine = y == label
        return float(np.average(called[mine] == SYNTHETIC, weights=None if weight is None else weight[mine]))

    return share
