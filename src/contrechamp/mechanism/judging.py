"""A judge of generated drawings, who says what they show, and a ruler, which says whether they are copies.

The judge has never seen a drawing of the training set. A copy lies closer to its nearest training drawing than a new
drawing by the same pen does; the distance of drawings held out of the training is therefore the yardstick.
"""

from functools import cache
from typing import Any

import numpy as np

from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _
from contrechamp.mechanism.glyphs import PIXELS, check_labels, check_rows, draw_objects

JUDGE_SEED = 2_001  # drawings that no other part of the course uses

Array = np.ndarray


def judged(pictures: Array) -> Array:
    """Return the kind that a judge sees in each picture, as places in `KINDS`.

    The judge is a logistic regression on 1,200 drawings of its own, slightly noisy.

    Parameters
    ----------
    pictures : array of shape (n, 256)

    Returns
    -------
    numpy.ndarray of int, shape (n,)
        Always one of the kinds, even for a blot: the judge has no way to say "none of these".

    Raises
    ------
    ContrechampError
        When the pictures are no rows of 256 finite numbers.
    """
    return np.asarray(_judge().predict(check_rows(pictures, PIXELS)))


def agreement(pictures: Array, labels: Array) -> float:
    """Return the share of pictures, from 0 to 1, in which the judge sees what was asked for.

    Parameters
    ----------
    pictures : array of shape (n, 256)
    labels : sequence of int of length n
        What was asked for, as places in `KINDS`.

    Raises
    ------
    ContrechampError
        When there is not one label for each picture, or the pictures are no rows of 256 finite numbers.
    """
    seen = judged(pictures)
    labels = check_labels(labels, len(seen))
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

    Raises
    ------
    ContrechampError
        When one is no table of finite numbers, or they differ in columns.

    Examples
    --------
    >>> distance, row = nearest([[0, 0], [5, 5]], [[0, 1], [5, 5]])
    >>> distance.tolist(), row.tolist()
    ([1.0, 0.0], [0, 1])
    """
    pictures, training = check_rows(pictures), check_rows(training)
    if pictures.shape[1] != training.shape[1]:
        raise ContrechampError(
            _("The pictures have {one} columns and the training drawings {other}: compare like with like.").format(
                one=pictures.shape[1], other=training.shape[1]
            )
        )
    size = (training**2).sum(1)
    blocks = np.array_split(pictures, 1 + len(pictures) // 500)  # a table of all distances might not fit
    row = np.concatenate([(size - 2 * block @ training.T).argmin(axis=1) for block in blocks])
    return np.linalg.norm(pictures - training[row], axis=1), row


@cache
def _judge() -> Any:
    from sklearn.linear_model import LogisticRegression

    pictures, labels = draw_objects(1200, random_state=JUDGE_SEED)
    noise = 0.15 * np.random.default_rng(JUDGE_SEED).standard_normal(pictures.shape)
    return LogisticRegression(C=0.1, max_iter=300).fit(pictures + noise, labels)
