"""How far a figure may be off by chance: 95 % intervals, over scenes or for a plain share.

An interval speaks of the scenes that were drawn. It says nothing about other cameras or other generators, and two
pictures of one scene are not two pieces of evidence.
"""

from collections.abc import Callable

import numpy as np

from contrechamp.errors import ContrechampError

_DRAWS = 500


def bootstrap(
    statistic: Callable[..., float],
    scene: np.ndarray,
    *columns: np.ndarray,
    draws: int = _DRAWS,
    random_state: int = 0,
) -> tuple[float, float]:
    """Return the 95 % interval of a statistic when scenes are drawn again, given these cameras and generators.

    Parameters
    ----------
    statistic : callable
        Takes the columns, and ``weight`` (how often each row was drawn).
    scene : ndarray, shape (n,)
        Rows of one scene are drawn together: they are not independent.
    *columns : ndarray, shape (n,)
    draws : int
        Number of bootstrap samples.
    random_state : int
        Seed, from 0.

    Returns
    -------
    low, high : float
        Quantiles 0.025 and 0.975; NaN when no draw has the statistic. Says nothing about other cameras or generators.

    References
    ----------
    A. C. Davison, D. V. Hinkley, "Bootstrap methods and their application", 1997, section 3.8 (clusters).
    """
    rng = np.random.default_rng(random_state)
    names, which = np.unique(scene, return_inverse=True)
    found = []
    for _draw in range(draws):
        times = np.bincount(rng.integers(0, len(names), len(names)), minlength=len(names))[which]
        kept = times > 0
        try:
            found.append(statistic(*(column[kept] for column in columns), weight=times[kept].astype(float)))
        except ContrechampError:  # a draw without one of the classes has no such statistic
            continue
    low, high = np.nanquantile(found, (0.025, 0.975)) if found else (np.nan, np.nan)
    return float(low), float(high)


def share_interval(count: int, total: int) -> tuple[float, float]:
    """Return the 95 % Wilson interval of a share, for rows that are independent (one picture a scene).

    Parameters
    ----------
    count, total : int
        How many of how many.

    Returns
    -------
    (float, float)
        Low and high, 0..1; (0, 1) when there is nothing to count.

    References
    ----------
    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927.
    """
    if total == 0:
        return 0.0, 1.0
    z, share = 1.959963985, count / total
    middle = (share + z**2 / (2 * total)) / (1 + z**2 / total)
    half = z * np.sqrt(share * (1 - share) / total + z**2 / (4 * total**2)) / (1 + z**2 / total)
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))
