"""Which assumption decides between packages of measures: one at a time, and all at once.

An assumption may move every number of `contrechamp.mechanism.packages` and change no choice, or move few and turn the
choice round. The first is shown by a tornado diagram of the copies, the second by one of the *ratio* of two packages.
Nothing here says how likely an assumption is: the ranges are guesses, and counts of draws are no chances.

References
----------
Eschenbach, T. G. (1992). Spiderplots versus tornado diagrams for sensitivity analysis. Interfaces 22 (6), 40-46.

Lempert, R. J., Popper, S. W. and Bankes, S. C. (2003). Shaping the next one hundred years: new methods for
quantitative, long-term policy analysis. RAND, MR-1626. Choices compared over many assumptions instead of one forecast.
"""

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _
from contrechamp.mechanism.packages import Package, World, assumptions, copies, measures, name
from contrechamp.mechanism.ranges import check_whole

if TYPE_CHECKING:
    import pandas as pd

_HOURS = ("notice_after", "listed_after", "voluntary", "clock")
_NOT_MOVED = ("clock", "deterred")  # a choice of the lawmaker, and what has no number


def best(packages: Iterable[Package], world: World | None = None) -> tuple[str, ...]:
    """Return the package that leaves the fewest copies; those whose copies are unknown do not compete.

    Parameters
    ----------
    packages : iterable of packages
        Each a sequence of names of measures.
    world : World, optional
        The assumptions; the course's when left out.

    Returns
    -------
    tuple of str
        Its measures, in the order of `MEASURES`.

    Raises
    ------
    ContrechampError
        When no package has a known number of copies.
    """
    known = {measures(package): copies(package, world) for package in packages}
    known = {package: number for package, number in known.items() if math.isfinite(number)}
    if not known:
        raise ContrechampError(_("No package has a known number of copies, so none can be called best."))
    return min(known, key=known.__getitem__)


def sensitivity(first: Package, second: Package, world: World | None = None) -> "pd.DataFrame":
    """Move one assumption at a time: what it does to the copies of `first`, and to its lead over `second`.

    The clock is not moved: its hours are chosen, not unknown.

    Parameters
    ----------
    first, second : packages
        Without offences: what is unknown cannot be moved.
    world : World, optional
        Where the other assumptions stay.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``name``, the widest ratio first, as in a tornado chart: ``meaning``, ``low``, ``high``;
        ``copies_low`` and ``copies_high``, those of `first` at each end; ``times``, the most copies of `first` divided
        by the fewest; ``ratio_low``, ``ratio_high``, copies of `first` divided by those of `second` at each end, below
        one where `first` wins; ``ratio``, the same where nothing is moved; ``changes``, whether the other package wins
        at one of the ends.

    Raises
    ------
    ContrechampError
        When a package holds offences.
    """
    base = world or World()
    if "offences" in measures(first) + measures(second):
        raise ContrechampError(_("sensitivity(…) takes packages without offences: their effect has no number to move."))
    now = copies(first, base) / copies(second, base)
    table = assumptions()[["meaning", "low", "high"]].drop(index=list(_NOT_MOVED))
    for end in ("low", "high"):
        moved = [_with(base, {one: value}) for one, value in table[end].items()]
        table[f"copies_{end}"] = [copies(first, world) for world in moved]
        table[f"ratio_{end}"] = [copies(first, world) / copies(second, world) for world in moved]
    reached = table[["copies_low", "copies_high"]].assign(now=copies(first, base))
    table["times"] = reached.max(axis=1) / reached.min(axis=1)
    table["ratio"] = now
    table["changes"] = (table[["ratio_low", "ratio_high"]] < 1).ne(now < 1).any(axis=1)
    width = (table["ratio_high"] / table["ratio_low"]).map(math.log).abs()
    return table.loc[width.sort_values(ascending=False, kind="stable").index]


def wins(packages: Iterable[Package], draws: int = 100, random_state: int = 0) -> "pd.Series[int]":
    """Count which package leaves the fewest copies when all assumptions move at once, each anywhere in its range.

    The counts say whether the winner depends on the assumptions. They are no chances: nobody knows where in its range
    an assumption lies, nor how far some lie together.

    Parameters
    ----------
    packages : iterable of packages
    draws : int, 1 to 10,000
        About 50 milliseconds of processor time each.
    random_state : int
        Seed, zero or more.

    Returns
    -------
    pandas.Series of int
        Wins of each package that won at all, by its name, the most first.
    """
    import pandas as pd

    check_whole("draws", draws, 1, 10_000)
    check_whole("random_state", random_state, 0, 2**32)
    tried = [measures(package) for package in packages]
    rng = np.random.default_rng(random_state)
    ranges = assumptions().drop(index=list(_NOT_MOVED))[["low", "high"]]
    won = [name(best(tried, _drawn(ranges, rng))) for _draw in range(draws)]
    return pd.Series(won, dtype="string").value_counts(sort=False).sort_values(ascending=False, kind="stable")


def _drawn(ranges: "pd.DataFrame", rng: np.random.Generator) -> World:
    """Return a world with each assumption drawn evenly from its range; hours are whole."""
    drawn = {
        one: float(rng.integers(round(low), round(high) + 1) if one in _HOURS else rng.uniform(low, high))
        for one, low, high in ranges.itertuples()
    }
    return _with(World(), drawn)


def _with(world: World, changes: dict[str, float]) -> World:
    made: dict[str, Any] = {one: int(value) if one in _HOURS else float(value) for one, value in changes.items()}
    return replace(world, **made)
