"""A judge of generated drawings, who says what they show, and a ruler, which says whether they are copies.

The judge has never seen a drawing of the training set. A copy lies closer to its nearest training drawing than a new
drawing by the same pen does; the distance of drawings held out of the training is therefore the yardstick.
"""

from functools import cache
from typing import Any

import numpy as np

from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _
from contrechamp.mechanism.glyphs import draw_objects

JUDGE_SEED = 2_001  # drawings that no other part of the course uses

Array = np.ndarray


def judged(pictures: Array) -> Array:
    """Return the kind that a judge sees in each picture, as places in `KINDS`.

    The judge is a logistic regression on 1,200 drawings of its own, slightly noisy.

    Parameters
    ----------
    pictures : array of shape (n, 256)
    """
    return np.asarray(_judge().predict(_rows(pictures)))


def agreement(pictures: Array, labels: Array) -> float:
    """Return the share of pictures, from 0 to 1, in which the judge sees what was asked for."""
    seen, labels = judged(pictures), np.asarray(labels)
    if labels.shape != seen.shape:
        raise ContrechampError(
            _("There are {pictures} pictures and {labels} labels: give one each.").format(
                pictures=len(seen), labels=labels.size
            )
        )
    return float((seen == labels).mean())


def nearest(pictures: Array, training: Array) -> tuple[Array, Array]:
    """Find, for each picture, the nearest training drawing.

    Parameters
    ----------
    pictures, training : arrays of shape (n, d) and (m, d)

    Returns
    -------
    distance : numpy.ndarray of shape (n,)
        Euclidean distance over the pixels; 0 for an exact copy.
    row : numpy.ndarray of int of shape (n,)
        Row of `training`.
    """
    pictures, training = _rows(pictures), _rows(training)
    if pictures.shape[1] != training.shape[1]:
        raise ContrechampError(
            _("The pictures have {one} columns and the training drawings {other}: compare like with like.").format(
                one=pictures.shape[1], other=training.shape[1]
            )
        )
    square = (pictures**2).sum(1)[:, None] - 2 * pictures @ training.T + (training**2).sum(1)
    row = square.argmin(axis=1)
    return np.linalg.norm(pictures - training[row], axis=1), row


@cache
def _judge() -> Any:
    from sklearn.linear_model import LogisticRegression

    pictures, labels = draw_objects(1200, random_state=JUDGE_SEED)
    noise = 0.15 * np.random.default_rng(JUDGE_SEED).standard_normal(pictures.shape)
    return LogisticRegression(C=0.1, max_iter=300).fit(pictures + noise, labels)


def _rows(values: Array) -> Array:
    array = np.asarray(values, dtype=float)
    if array.ndim != 2 or not len(array) or not np.isfinite(array).all():
        raise ContrechampError(
            _("Give pictures as rows of finite numbers, at least one; this has the shape {shape}.").format(
                shape=array.shape
            )
        )
    return array
