"""Diffusion on points and on small drawings: put noise in, estimate what lies under it, walk back to a picture.

A *denoiser* is any callable ``denoiser(noisy, step, labels)`` that returns its estimate of the clean points. Two exist:
`ExactDenoiser` below, a closed formula over its examples, and the trained network of `contrechamp.mechanism.denoiser`.
The method is that of Ho and others (2020), with classifier-free guidance (Ho and Salimans, 2022); masked filling
follows RePaint (Lugmayr and others, 2022). It is for class use: points of the plane, 256 pixels at most.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from contrechamp.errors import ContrechampError
from contrechamp.imaging.seeds import whole
from contrechamp.language import gettext as _
from contrechamp.mechanism.glyphs import MOST, NO_NAME, check_labels, check_rows

STEPS = 60
STRONGEST = 20.0  # guidance; beyond, nothing is left to see
MOST_PAIRS = 10_000_000  # distances at once: 80 MB a table

Array = np.ndarray
Denoiser = Callable[[Array, int, Array], Array]

_BETA = np.concatenate([[0.0], np.linspace(1e-3, 0.13, STEPS)])  # share of new noise at each step; step 0 has none
_KEPT = np.cumprod(1 - _BETA)  # share of the variance that is still picture


def weights(step: int) -> tuple[float, float]:
    """Return what a noisy picture is made of at a step: the weight of the picture and the weight of the noise.

    Parameters
    ----------
    step : int
        From 0 (the picture) to 60 (all but noise).

    Returns
    -------
    picture, noise : float
        From 0 to 1; their squares sum to 1.

    Raises
    ------
    ContrechampError
        When there is no such step.

    Examples
    --------
    >>> weights(0)
    (1.0, 0.0)
    """
    step = whole("step", step, 0, STEPS)
    return float(np.sqrt(_KEPT[step])), float(np.sqrt(1 - _KEPT[step]))


def add_noise(clean: Array, step: int, random_state: int = 0) -> Array:
    """Return points or pictures with the noise of a step: the forward process, in one sum.

    Parameters
    ----------
    clean : array of shape (n, d)
        Points of the plane, or pictures from -1 to 1, one a row.
    step : int
        From 0 (as they are) to 60 (all but noise).
    random_state : int
        Seed of the noise.

    Returns
    -------
    numpy.ndarray of float, shape (n, d)

    Raises
    ------
    ContrechampError
        When the table, the step or the seed is not allowed.
    """
    clean = check_rows(clean)
    picture, noise = weights(step)
    rng = np.random.default_rng(whole("random_state", random_state))
    return picture * clean + noise * rng.standard_normal(clean.shape)


class ExactDenoiser:
    """The best estimate there is when the examples are all that exists: their mean, weighted by how well each fits.

    Nothing is learned. Since the mean closes in on one example as the noise falls, it draws the examples again. The
    estimate x gives the exact score of the noisy examples: ``(picture * x - noisy) / noise**2``, with `weights`.

    Parameters
    ----------
    examples : array of shape (n, d)
        At most 20,000.
    labels : array of int of shape (n,), optional
        With labels, a request for one kind looks at the examples of that kind only.

    Raises
    ------
    ContrechampError
        When examples and labels do not fit, or, once called, when no example has the label asked for or the table of
        distances would not fit into a laptop.
    """

    def __init__(self, examples: Array, labels: Array | None = None) -> None:
        self.examples = check_rows(examples)
        whole("len(examples)", len(self.examples), 1, MOST)
        labels = np.zeros(len(self.examples), dtype=int) if labels is None else labels
        self.labels = check_labels(labels, len(self.examples))
        self.kinds = np.unique(self.labels).tolist()
        self.size = self.examples.shape[1]

    def __call__(self, noisy: Array, step: int, labels: Array) -> Array:
        """Return the weighted mean of the examples for each noisy row."""
        noisy = check_rows(noisy, self.size)
        labels = check_labels(labels, len(noisy), self.kinds)
        self._check_pairs(len(noisy))
        picture, noise = weights(step)
        if step == 0:
            return noisy
        far = ((noisy**2).sum(1)[:, None] - 2 * picture * noisy @ self.examples.T) + (
            picture**2 * (self.examples**2).sum(1)
        )
        fit = -far / (2 * noise**2)
        other = (labels[:, None] != self.labels) & (labels[:, None] != NO_NAME)
        fit[other] = -np.inf
        share = np.exp(fit - fit.max(axis=1, keepdims=True))
        return share / share.sum(axis=1, keepdims=True) @ self.examples

    def _check_pairs(self, rows: int) -> None:
        if rows * len(self.examples) > MOST_PAIRS:
            raise ContrechampError(
                _("With {examples} examples, ask for at most {most} pictures at once, not {rows}.").format(
                    examples=len(self.examples), most=MOST_PAIRS // len(self.examples), rows=rows
                )
            )


def generate(
    denoiser: Denoiser,
    labels: Sequence[int] | Array,
    *,
    guidance: float = 1.0,
    random_state: int = 0,
    keep: Array | None = None,
    mask: Array | None = None,
    limit: float | None = 1.0,
    watch: Sequence[int] = (),
) -> Array | tuple[Array, dict[int, Array]]:
    """Start from noise and walk back to pictures, one denoising step after another.

    Parameters
    ----------
    denoiser : callable
        With an attribute ``size``, the number of coordinates.
    labels : sequence of int
        What each picture is asked to be; `NO_NAME` asks for nothing in particular. 1 to 20,000 of them.
    guidance : float
        0 ignores the label, 1 follows it as learned, more exaggerates it; at most 20.
    random_state : int
        Seed of the noise.
    keep : array of shape (n, d), optional
        Pictures of which the part outside `mask` stays as it is.
    mask : array of shape (d,), optional
        1 where the picture is drawn anew, 0 where it is kept. Goes with `keep`.
    limit : float or None
        Estimates are cut to -limit..limit, the range of drawings; None for points of the plane.
    watch : sequence of int
        Steps whose state is returned too.

    Returns
    -------
    numpy.ndarray of shape (n, d), or (that, {step: array of shape (n, d)}) when `watch` names steps.

    Raises
    ------
    ContrechampError
        When a value is outside what is allowed, or `keep` and `mask` do not fit.
    """
    size = _size(denoiser)
    labels = check_labels(labels, known=getattr(denoiser, "kinds", None))
    whole("len(labels)", len(labels), 1, MOST)
    _check_guidance(guidance)
    _check_limit(limit)
    kept, mask = _check_mask(keep, mask, (len(labels), size))
    watch = [whole("watch", step, 0, STEPS) for step in np.atleast_1d(watch)]
    rng = np.random.default_rng(whole("random_state", random_state))
    state = rng.standard_normal((len(labels), size))
    seen = {}
    for step in range(STEPS, 0, -1):
        if step in watch:
            seen[step] = state.copy()
        clean = estimate(denoiser, state, step, labels, guidance)
        clean = clean if limit is None else np.clip(clean, -limit, limit)
        state = _one_step_back(state, clean, step, rng)
        if kept is not None:
            picture, noise = weights(step - 1)
            state = np.where(mask, state, picture * kept + noise * rng.standard_normal(state.shape))
    if 0 in watch:
        seen[0] = state.copy()
    return (state, seen) if len(watch) else state


def estimate(denoiser: Denoiser, noisy: Array, step: int, labels: Array, guidance: float = 1.0) -> Array:
    """Return the estimate of the clean pictures, pushed away from what would be drawn without a label.

    Parameters
    ----------
    denoiser : callable
    noisy : array of shape (n, d)
    step : int
        From 0 to 60.
    labels : array of int of shape (n,)
    guidance : float
        As in `generate`.

    Returns
    -------
    numpy.ndarray of shape (n, d)
    """
    _check_guidance(guidance)
    named = denoiser(noisy, step, labels) if guidance != 0 else 0.0
    if guidance == 1:
        return np.asarray(named)
    unnamed = denoiser(noisy, step, np.full(len(noisy), NO_NAME))
    return unnamed + guidance * (named - unnamed)


def _one_step_back(state: Array, clean: Array, step: int, rng: np.random.Generator) -> Array:
    """Return the state one step earlier: between the estimate and the state, with a little fresh noise."""
    before, now, fresh = _KEPT[step - 1], _KEPT[step], _BETA[step]
    mean = (np.sqrt(before) * fresh * clean + np.sqrt(1 - fresh) * (1 - before) * state) / (1 - now)
    return mean + np.sqrt(fresh * (1 - before) / (1 - now)) * rng.standard_normal(state.shape)


def _size(denoiser: Any) -> int:
    if not callable(denoiser) or not hasattr(denoiser, "size"):
        raise ContrechampError(
            _("generate(…) needs a denoiser, such as ExactDenoiser(examples) or load_denoiser(), not {given}.").format(
                given=repr(denoiser)[:60]
            )
        )
    return int(denoiser.size)


def _check_guidance(guidance: Any) -> None:
    number = isinstance(guidance, int | float | np.number) and not isinstance(guidance, bool)
    if not number or not 0 <= guidance <= STRONGEST:  # also refuses what is not a number
        raise ContrechampError(
            _("Guidance is a number from 0 to {most}, not {guidance}.").format(
                most=int(STRONGEST), guidance=repr(guidance)
            )
        )


def _check_limit(limit: Any) -> None:
    number = isinstance(limit, int | float | np.number) and not isinstance(limit, bool)
    if limit is not None and (not number or not 0 < limit < np.inf):
        raise ContrechampError(_("limit is a number above 0, or None, not {limit}.").format(limit=repr(limit)))


def _check_mask(keep: Any, mask: Any, shape: tuple[int, int]) -> tuple[Array | None, Any]:
    if keep is None and mask is None:
        return None, None
    if keep is None or mask is None:
        raise ContrechampError(_("Filling a part needs both: keep=, the pictures, and mask=, where to draw."))
    keep, mask = check_rows(keep), np.atleast_1d(mask)
    if keep.shape != shape or mask.shape != shape[1:] or not np.isin(mask, (0, 1)).all():
        raise ContrechampError(
            _(
                "keep needs the shape {shape}, and mask the shape {row} with zeros and ones only; their shapes are "
                "{keep} and {mask}."
            ).format(shape=shape, row=shape[1:], keep=keep.shape, mask=mask.shape)
        )
    return keep, mask.astype(bool)
