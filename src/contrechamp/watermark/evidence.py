"""False positives: bounds on chance that hold for any picture, because the key knows nothing of the picture.

A detector multiplies numbers read from the picture by the key's chips, each plus or minus one, and adds. If the key
was drawn without looking at the picture, the sum is a sum of coin tosses, whatever the picture shows. What coin
tosses can do is bounded by theorems, so no calibration on pictures is needed. All bounds here are such theorems;
none is a fit.
"""

import math

import numpy as np

#: No p-value is stated smaller than this; smaller ones would say nothing about the world.
SMALLEST = 1e-300


def hoeffding(z: float, trials: int = 1) -> float:
    """Return a bound on the chance that the best of `trials` sums of coin tosses reaches `z`.

    Parameters
    ----------
    z : float
        The sum of ``chip * value`` divided by the root of the sum of ``value ** 2``.
    trials : int
        How many sums were tried, for example shifts: each adds its own chance (Bonferroni).

    Returns
    -------
    float
        0..1, never below `SMALLEST`; 1 when `z` is not above 0.

    References
    ----------
    W. Hoeffding, "Probability inequalities for sums of bounded random variables", JASA 58, 1963.

    Examples
    --------
    >>> round(hoeffding(3.0), 4)
    0.0111
    """
    return float(min(1.0, max(SMALLEST, trials * math.exp(-z * z / 2)))) if z > 0 else 1.0


def chi_square_bound(total: float, bits: int) -> float:
    """Return a bound on the chance that the squares of `bits` such sums add up to `total` or more.

    A sum of coin tosses is sub-Gaussian: the mean of ``exp(t * z ** 2)`` is at most ``(1 - 2 * t) ** -0.5``.
    Chernoff's method with the best t gives the bound. It serves when the message is unknown, so that the sign of
    each bit's sum is unknown too.

    Parameters
    ----------
    total : float
        Sum of the squares.
    bits : int
        How many sums were squared.

    Returns
    -------
    float
        0..1, never below `SMALLEST`; 1 when `total` is not above `bits`.

    References
    ----------
    S. Boucheron, G. Lugosi, P. Massart, "Concentration Inequalities", Oxford, 2013, sections 2.3 and 2.4.

    Examples
    --------
    >>> chi_square_bound(64.0, 64)
    1.0
    >>> round(chi_square_bound(128.0, 64), 7)
    5.44e-05
    """
    if total <= bits:
        return 1.0
    return max(SMALLEST, math.exp((bits - total + bits * math.log(total / bits)) / 2))


def both(first: float, second: float, trials: int = 1) -> float:
    """Return one p-value from two independent ones (Fisher's product).

    Parameters
    ----------
    first, second : float
        Bounds on chance, above 0 and up to 1.
    trials : int
        How many pairs were tried, of which the best was taken (Bonferroni).

    Returns
    -------
    float
        0..1, never below `SMALLEST`.

    References
    ----------
    R. A. Fisher, "Statistical Methods for Research Workers", 4th edition, 1932.

    Examples
    --------
    >>> round(both(0.01, 0.5), 3)
    0.031
    """
    product = max(first * second, SMALLEST)
    return min(1.0, max(SMALLEST, trials * product * (1 - math.log(product))))


def read_bits(values: np.ndarray, chips: np.ndarray | float, owner: np.ndarray, bits: int) -> np.ndarray:
    """Return for each bit the sum of ``chip * value`` over the places that the bit owns, in units of its deviation.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        What the picture holds at each place.
    chips : ndarray, shape (n,)
        What the key says there, -1 or 1.
    owner : ndarray of int, shape (n,)
        Which bit each place belongs to.
    bits : int

    Returns
    -------
    ndarray of float64, shape (bits,)
        Under a wrong key, or without a mark: mean 0, deviation 1, and bounded as `chi_square_bound` says.
    """
    sums = np.bincount(owner, values * chips, bits)
    spread = np.bincount(owner, values * values, bits)
    return sums / np.sqrt(np.maximum(spread, 1e-12))
