"""Six safeguards in layers, each with holes: what gets past all of them, and what is blocked by mistake.

A toy for thinking, not a model of any product. Its rates are assumptions, named as such and made to be changed; none
was measured. A hole is told as a rate only: this module says that one cause can open several holes at once, never
which cause, and nothing here helps anybody past a filter.

The picture of slices with holes is that of Reason [1]_, who warned that holes line up. How far they line up is set
here by a one-factor Gaussian copula [2]_: each abusive request has one hidden difficulty, drawn at random, that all
layers feel to some degree. A layer with miss rate m and cause share c lets a request past when
``sqrt(c) * difficulty + sqrt(1 - c) * its own luck`` lies below the m-quantile of the normal law. Whatever c is, the
layer alone misses the share m; c moves only which requests it misses.

References
----------
.. [1] J. Reason, "Human error: models and management", BMJ 320 (2000), 768-770.
.. [2] R. B. Nelsen, "An Introduction to Copulas", 2nd edition, Springer (2006); for one factor, O. A. Vasicek, "The
   distribution of loan portfolio value", Risk 15 (2002), 160-162.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from scipy.integrate import quad
from scipy.special import ndtr, ndtri

from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd

Rates: TypeAlias = "Sequence[float] | np.ndarray | pd.Series"
Cause: TypeAlias = "float | Sequence[float] | np.ndarray | pd.Series"

MOST_REQUESTS = 2_000_000  # of a simulation: 100 MB
_FAR = 9.0  # standard deviations; beyond, the normal law has less than 1e-18


def toy_layers() -> "pd.DataFrame":
    """Return the six layers of the lesson, in the order in which a request meets them.

    Returns
    -------
    pandas.DataFrame
        Index ``layer``: data_filter, request_filter, output_filter, rate_limit, provenance, report_channel. Columns:
        ``name`` and ``acts`` in the reader's language; ``miss``, the share of abusive requests that the layer lets
        past, and ``blocks_harmless``, the share of harmless requests that it stops, both from 0 to 1. **Every rate is
        an assumption**, and ``basis`` says so in each row.

    Notes
    -----
    The data filter blocks no request: what it costs is what the model can no longer draw. Provenance and the report
    channel act when the picture exists; there, "stopped" means found and taken down, and harm may have been done.
    """
    import pandas as pd

    rows = [
        ("data_filter", _("data filter"), _("before training"), 0.60, 0.0),
        ("request_filter", _("request filter"), _("before the picture"), 0.30, 0.02),
        ("output_filter", _("output filter"), _("before it is shown"), 0.20, 0.01),
        ("rate_limit", _("rate limit"), _("before the next picture"), 0.70, 0.005),
        ("provenance", _("provenance"), _("when it spreads"), 0.50, 0.002),
        ("report_channel", _("report channel"), _("when somebody has seen it"), 0.55, 0.001),
    ]
    frame = pd.DataFrame(rows, columns=["layer", "name", "acts", "miss", "blocks_harmless"])
    return frame.assign(basis=_("assumption")).set_index("layer")


def independent(rates: Rates) -> float:
    """Return the share that gets past all layers when no hole has anything to do with another: the product.

    Parameters
    ----------
    rates : sequence of float
        Share that gets past each layer, 0..1.

    Returns
    -------
    float
        0..1.

    Raises
    ------
    ContrechampError
        When a rate is out of range.

    Examples
    --------
    >>> independent([0.5, 0.5, 0.5])
    0.125
    """
    return float(np.prod(_rates(rates, "rates")))


def all_miss(rates: Rates, cause: Cause = 0.0) -> float:
    """Return the share of requests that every layer misses, exactly, when the holes share a cause.

    Parameters
    ----------
    rates : sequence of float
        Miss rates of the layers, each from 0 to 1.
    cause : float or sequence of float
        How much of what makes a layer miss comes from the shared difficulty, from 0 (nothing: independent holes) to 1
        (everything: the same holes). One number for all layers, or one for each. Two layers with shares c and d then
        have the correlation ``sqrt(c * d)``; with one number for all, it is the number itself.

    Returns
    -------
    float
        From 0 to 1: the product of the rates at ``cause=0``, the smallest rate at ``cause=1``.

    Raises
    ------
    ContrechampError
        When a rate or a share is no number from 0 to 1, or there is not one share for each layer.

    Notes
    -----
    Given the difficulty z, layers are independent, so the share is the mean over z of a product (one integral instead
    of six). Layers with share 1 look at z alone: all of them miss below the smallest of their limits.

    Examples
    --------
    >>> round(all_miss([0.5, 0.5], cause=0.5), 4)
    0.3333
    >>> all_miss([0.5, 0.3], cause=1)
    0.3
    """
    misses = _rates(rates, "rates")
    share = _shares(cause, len(misses))
    if not share.any():
        return float(np.prod(misses))
    limits = ndtri(misses)
    same = share == 1
    end = float(limits[same].min(initial=np.inf))
    if same.all() or end == -np.inf:
        return float(misses[same].min())
    limits, share = limits[~same], share[~same]

    def density(z: float) -> float:
        past = ndtr((limits - np.sqrt(share) * z) / np.sqrt(1 - share))
        return float(np.prod(past) * math.exp(-z * z / 2) / math.sqrt(2 * math.pi))

    top = min(end, _FAR)
    # Where a layer's chance falls from one to none; near share 1 that is a step, and the integral must look there.
    steps = limits[np.isfinite(limits) & (share > 0)] / np.sqrt(share[np.isfinite(limits) & (share > 0)])
    inside = sorted({float(step) for step in steps if -_FAR < step < top})
    area, _error = quad(density, -_FAR, top, points=inside or None, epsabs=1e-12, epsrel=1e-10, limit=400)
    return float(min(max(area, 0.0), misses.min()))


def survival(layers: "pd.DataFrame", cause: Cause = 0.0) -> "pd.DataFrame":
    """Return what is left of the abusive requests after each layer, in the order of the table.

    Parameters
    ----------
    layers : pandas.DataFrame
        With columns ``name`` and ``miss``, such as `toy_layers`.
    cause : float or sequence of float
        As in `all_miss`.

    Returns
    -------
    pandas.DataFrame
        The same index. Columns ``name``, ``miss``, ``independent`` (product so far) and ``past`` (share so far).
    """
    misses = _rates(_column(layers, "miss"), "miss")
    share = _shares(cause, len(misses))
    past = [all_miss(misses[: n + 1], share[: n + 1]) for n in range(len(misses))]
    out = layers[["name", "miss"]] if "name" in layers else layers[["miss"]]
    return out.assign(independent=np.cumprod(misses), past=past)


def simulate(
    layers: "pd.DataFrame", cause: Cause = 0.0, requests: int = 100_000, random_state: int = 0
) -> "pd.DataFrame":
    """Draw abusive requests and say which layer misses which; a check on `all_miss` that needs no integral.

    Parameters
    ----------
    layers : pandas.DataFrame
        With a column ``miss``.
    cause : float or sequence of float
        As in `all_miss`.
    requests : int
        From 1 to 2,000,000.
    random_state : int
        Seed, zero or more.

    Returns
    -------
    pandas.DataFrame of bool
        One row a request, one column a layer: True where the layer misses it.
    """
    import pandas as pd

    misses = _rates(_column(layers, "miss"), "miss")
    share = _shares(cause, len(misses))
    _check_whole(requests, "requests", 1, MOST_REQUESTS)
    _check_whole(random_state, "random_state", 0, None)
    rng = np.random.default_rng(int(random_state))
    difficulty = rng.standard_normal((int(requests), 1))
    own = rng.standard_normal((int(requests), len(misses)))
    return pd.DataFrame(np.sqrt(share) * difficulty + np.sqrt(1 - share) * own < ndtri(misses), columns=layers.index)


def any_blocks(rates: Rates, cause: Cause = 0.0) -> float:
    """Return the share of harmless requests that at least one layer stops.

    Parameters
    ----------
    rates : sequence of float
        Share of harmless requests that each layer stops, from 0 to 1.
    cause : float or sequence of float
        As in `all_miss`: layers that share a cause tend to stop the same harmless requests.

    Returns
    -------
    float
        0..1.

    Raises
    ------
    ContrechampError
        When a rate or a cause is out of range.

    Examples
    --------
    >>> round(any_blocks([0.1, 0.1]), 2)
    0.19
    """
    return 1 - all_miss(1 - _rates(rates, "rates"), cause)


def outcomes(layers: "pd.DataFrame", requests: float, abusive_share: float, cause: Cause = 0.0) -> "pd.Series[float]":
    """Count what becomes of many requests, abusive and harmless ones, on average.

    Parameters
    ----------
    layers : pandas.DataFrame
        With columns ``miss`` and ``blocks_harmless``.
    requests : float
        How many, zero or more.
    abusive_share : float
        Share of them that is abusive, from 0 to 1: the base rate. An assumption.
    cause : float or sequence of float
        As in `all_miss`, for abusive and for harmless requests alike.

    Returns
    -------
    pandas.Series
        ``abusive``, ``abusive_stopped``, ``abusive_past``, ``harmless``, ``harmless_stopped``, ``stopped``, and
        ``harmless_in_stopped``, the share of what is stopped that is harmless (nan when nothing is stopped).

    Raises
    ------
    ContrechampError
        When a number is out of range, or a column is missing.
    """
    import pandas as pd

    if not _is_number(requests) or not 0 <= requests < math.inf:
        raise ContrechampError(_("requests is a number, zero or more, not {value}.").format(value=repr(requests)))
    share = float(_rates([abusive_share], "abusive_share")[0])
    abusive = requests * share
    past = abusive * all_miss(_column(layers, "miss"), cause)
    mistaken = (requests - abusive) * any_blocks(_column(layers, "blocks_harmless"), cause)
    stopped = abusive - past + mistaken
    return pd.Series(
        {
            "abusive": abusive,
            "abusive_stopped": abusive - past,
            "abusive_past": past,
            "harmless": requests - abusive,
            "harmless_stopped": mistaken,
            "stopped": stopped,
            "harmless_in_stopped": mistaken / stopped if stopped else math.nan,
        },
        dtype=float,
    )


# ---- what is refused ------------------------------------------------------------------------------------------------


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def _rates(values: Any, name: str) -> np.ndarray:
    given: list[Any]
    try:
        given = [values] if isinstance(values, str) else list(values)
    except TypeError:
        given = []
    if not given:
        raise ContrechampError(_("{name}: give a list with one rate for each layer.").format(name=name))
    for value in given:
        if not _is_number(value) or not 0 <= value <= 1:  # also refuses what is not a number (nan)
            raise ContrechampError(
                _("{name}: {value} is no rate; a rate is a number from 0 to 1, so write 0.3 for 30 %.").format(
                    name=name, value=repr(value)
                )
            )
    return np.array(given, dtype=float)


def _shares(cause: Any, layers: int) -> np.ndarray:
    share = _rates([cause] if np.ndim(cause) == 0 else cause, "cause")
    if np.ndim(cause) == 0:
        return np.repeat(share, layers)
    if len(share) != layers:
        raise ContrechampError(
            _("cause: {given} shares for {layers} layers. Give one number for all, or one for each layer.").format(
                given=len(share), layers=layers
            )
        )
    return share


def _column(layers: Any, name: str) -> "pd.Series[float]":
    import pandas as pd

    if not isinstance(layers, pd.DataFrame) or name not in layers:
        raise ContrechampError(
            _("Layers are a table with a column {name}, such as toy_layers() returns.").format(name=repr(name))
        )
    return layers[name]


def _check_whole(value: Any, name: str, least: int, most: int | None) -> None:
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if whole and value >= least and (most is None or value <= most):
        return
    if most is None:
        text = _("{name} is a whole number, {least} or more, not {value}.")
    else:
        text = _("{name} is a whole number from {least} to {most}, not {value}.")
    raise ContrechampError(text.format(name=name, least=least, most=most, value=repr(value)))
