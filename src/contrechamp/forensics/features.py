"""All traces of a picture as one row of named numbers: a transformer for scikit-learn pipelines."""

from collections.abc import Sequence
from types import ModuleType

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from contrechamp.errors import ContrechampError
from contrechamp.forensics import blocks, cfa, cooccurrence, jpeg_traces, residual, spectrum
from contrechamp.forensics.pictures import as_pictures, in_batches
from contrechamp.language import gettext as _

#: Family of traces -> module with `NAMES` and `measure`.
FAMILIES: dict[str, ModuleType] = {
    "residual": residual,
    "spectrum": spectrum,
    "cfa": cfa,
    "blocks": blocks,
    "jpeg": jpeg_traces,
    "cooccurrence": cooccurrence,
}


class TraceFeatures(TransformerMixin, BaseEstimator):
    """Measure traces.

    Parameters
    ----------
    families : sequence of str, optional
        From `FAMILIES`; left out: all.

    Examples
    --------
    >>> from contrechamp.imaging import Recipe, render
    >>> TraceFeatures(["jpeg"]).transform([render(Recipe(0, "camera", 64)).pixels]).shape
    (1, 14)
    """

    def __init__(self, families: Sequence[str] | None = None):
        self.families = families

    def fit(self, pictures: Sequence[np.ndarray], y: object = None) -> "TraceFeatures":
        """Learn nothing; check what is asked for."""
        self._chosen()
        return self

    def transform(self, pictures: Sequence[np.ndarray]) -> np.ndarray:
        """Return the traces of each picture.

        Parameters
        ----------
        pictures : sequence of ndarray of uint8, each of shape (height, width, 3)
            Both sides 32 or more; sides may differ.

        Returns
        -------
        ndarray of float32, shape (n, features)
            In the order of `get_feature_names_out`.

        Raises
        ------
        TypeError, ContrechampError
            As `as_pictures`, when something else than pictures is given.
        """
        modules, pictures = self._chosen(), as_pictures(pictures)
        rows = np.empty((len(pictures), sum(len(m.NAMES) for m in modules)), np.float32)
        for numbers, batch in in_batches(pictures):
            rows[numbers] = np.concatenate([module.measure(batch) for module in modules], axis=1)
        return rows

    def get_feature_names_out(self, input_features: object = None) -> np.ndarray:
        """Return the names of the columns."""
        return np.array([name for module in self._chosen() for name in module.NAMES], dtype=object)

    def _chosen(self) -> list[ModuleType]:
        asked = list(FAMILIES) if self.families is None else self.families
        unknown = [name for name in asked if name not in FAMILIES]
        if unknown or isinstance(asked, str) or not asked:
            raise ContrechampError(
                _("There is no family of traces {name!r}. Known: {names}.").format(
                    name=unknown[0] if unknown else asked, names=", ".join(FAMILIES)
                )
            )
        return [FAMILIES[name] for name in asked]

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        return tags


def family_columns(families: Sequence[str]) -> np.ndarray:
    """Return which columns of `TraceFeatures()` belong to `families`, bool, shape (features,)."""
    kept = set(TraceFeatures(families).get_feature_names_out())
    return np.array([name in kept for name in TraceFeatures().get_feature_names_out()])
