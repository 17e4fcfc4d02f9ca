"""Boosted trees kept as plain numbers: what gradient boosting learned, in a file that holds no code.

A pickled model runs whatever its file says when it is opened. This file holds arrays: for each node the column it asks
about, the limit, the two nodes that follow, and the value of a leaf. It answers as the model did, bit for bit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier

_KEPT = {"feature": "feature_idx", "limit": "num_threshold", "left": "left", "right": "right", "value": "value",
         "leaf": "is_leaf"}  # fmt: skip
_COUNTS = ("feature", "left", "right", "roots")


@dataclass(frozen=True)
class BoostedTrees:
    """A classifier of two classes made of trees, each from its root to a leaf by questions "at most the limit?".

    Attributes
    ----------
    feature, left, right : ndarray of int, shape (nodes,)
        Column asked about; node that follows when the answer is yes, and when it is no.
    limit, value : ndarray of float64, shape (nodes,)
        Limit of the question; what a leaf adds to the margin.
    leaf : ndarray of bool, shape (nodes,)
    roots : ndarray of int, shape (trees,)
    start : ndarray of float64, shape ()
        Margin before the first tree.
    """

    feature: np.ndarray
    limit: np.ndarray
    left: np.ndarray
    right: np.ndarray
    value: np.ndarray
    leaf: np.ndarray
    roots: np.ndarray
    start: np.ndarray

    @classmethod
    def of(cls, model: HistGradientBoostingClassifier) -> "BoostedTrees":
        """Return the trees of a trained classifier of two classes without categories or missing values.

        Parameters
        ----------
        model : sklearn.ensemble.HistGradientBoostingClassifier
            Trained on two classes, without categories and missing values; nothing of this is checked.

        Returns
        -------
        BoostedTrees
            Answers as `model` does, bit for bit.
        """
        nodes = [stage[0].nodes for stage in model._predictors]  # scikit-learn has no public way to its trees
        roots = np.cumsum([0, *(len(tree) for tree in nodes[:-1])])
        kept = {ours: np.concatenate([tree[theirs] for tree in nodes]) for ours, theirs in _KEPT.items()}
        shift = np.repeat(roots, [len(tree) for tree in nodes])
        kept |= {side: kept[side].astype(np.int64) + shift for side in ("left", "right")}
        return cls(
            **{**kept, "leaf": kept["leaf"].astype(bool)},
            roots=roots,
            start=np.array(model._baseline_prediction.item()),
        )

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return the probabilities of both classes.

        Parameters
        ----------
        X : ndarray, shape (n, columns)
            Finite numbers.

        Returns
        -------
        ndarray of float64, shape (n, 2)
            Of class 0 and of class 1; each row sums to 1.
        """
        X = np.asarray(X, dtype=np.float64)
        at = np.repeat(self.roots[:, None], len(X), axis=1)
        rows = np.arange(len(X))[None, :]
        while not (done := self.leaf[at]).all():
            yes = X[rows, self.feature[at]] <= self.limit[at]
            at = np.where(done, at, np.where(yes, self.left[at], self.right[at]))
        margin = np.full(len(X), self.start)
        for added in self.value[at]:  # one after the other, as boosting did: the same rounding
            margin += added
        p = expit(margin)
        return np.column_stack([1 - p, p])

    def arrays(self) -> dict[str, np.ndarray]:
        """Return what a file has to hold, name -> array; `from_arrays` reads it."""
        held = {field.name: np.asarray(getattr(self, field.name)) for field in fields(self)}
        return held | {name: held[name].astype(np.uint16) for name in _COUNTS}

    @classmethod
    def from_arrays(cls, held: Mapping[str, np.ndarray]) -> "BoostedTrees":
        """Return the trees that a file held.

        Parameters
        ----------
        held : mapping of str to ndarray
            From `arrays`; parts of other names are not looked at.

        Returns
        -------
        BoostedTrees

        Raises
        ------
        ValueError
            When nodes are missing, or a question leads back, so that an answer would never end.
        KeyError
            When a part is missing.
        """
        parts = {field.name: np.asarray(held[field.name]) for field in fields(cls)}
        parts |= {name: parts[name].astype(np.int64) for name in _COUNTS}
        nodes = len(parts["leaf"])
        if any(len(parts[name]) != nodes for name in _KEPT) or any(
            parts[name].max(initial=0) >= nodes for name in ("left", "right", "roots")
        ):
            raise ValueError("trees with missing nodes")
        # A question leads onwards, never back: so every way ends at a leaf.
        asks = ~parts["leaf"].astype(bool)
        if (np.minimum(parts["left"], parts["right"])[asks] <= np.flatnonzero(asks)).any():
            raise ValueError("trees that do not end")
        return cls(**(parts | {"leaf": ~asks, "start": parts["start"]}))
