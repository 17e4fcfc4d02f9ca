"""How copies of one picture spread, and what a take-down clock changes: a branching process with delay.

A toy, for the classroom: it counts copies, never people, in hours. Of its numbers one rests on a record; all others are
assumptions, listed with their ranges by `assumptions`. It forecasts nothing about any platform, and it knows only
*that* a copy may escape a match, not how.

Each hour, each copy online gives a Poisson number of new ones (Galton and Watson's process, in hours instead of
generations). The mean falls by half every ``half_life`` hours. A copy of which notice is given comes down after the
delay of the notice plus the clock. A list of fingerprints blocks a new copy that matches; an altered copy, and all that
descends from it, does not match.

References
----------
Galton, F. and Watson, H. W. (1875). On the probability of the extinction of families. Journal of the
Anthropological Institute of Great Britain and Ireland 4, 138-144.

Crump, K. S. and Mode, C. J. (1968). A general age-dependent branching process. Journal of Mathematical Analysis
and Applications 24, 494-508. Removal after a delay makes the process depend on age.
"""

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _
from contrechamp.mechanism.ranges import check_number, check_whole

if TYPE_CHECKING:
    import pandas as pd

EXACT, ALTERED = 0, 1  # kinds of copy: the picture as first posted, or changed so that it no longer matches
_MOST_HOURS, _MOST_CLOCK, _MOST_RUNS, _MOST_COPIES = 2000, 100_000, 100_000, 1e9
# name: value, low, high, id of the record that supports the value (None: an assumption)
_VALUES: dict[str, tuple[float, float, float, str | None]] = {
    "rate": (0.08, 0.04, 0.12, None),
    "half_life": (48, 24, 96, None),
    "notice_after": (6, 1, 24, None),
    "noticed": (0.8, 0.5, 1.0, None),
    "removed": (0.899, 0.5, 1.0, "esafety-2018-23-removed"),
    "matching": (0.0, 0.0, 0.9, None),
    "altered": (0.1, 0.0, 0.5, None),
    "listed_after": (12, 2, 48, None),
}
_SHARES = ("noticed", "removed", "matching", "altered")
_DELAYS = ("notice_after", "listed_after")


@dataclass(frozen=True)
class Spread:
    """The assumptions of one run of the model; change one with ``Spread(rate=0.1)``.

    Parameters
    ----------
    rate : float, 0 to 1
        New copies an hour from each copy online, in the first hour.
    half_life : float, hours
        Interest fades: after so many hours each copy gives half as many new ones.
    notice_after : int, hours
        From the appearance of a copy to the notice that starts its clock.
    noticed : float, 0 to 1
        Share of copies of which anybody gives notice.
    removed : float, 0 to 1
        Share of noticed copies that come down when the clock has run out.
    matching : float, 0 to 1
        Share of matching copies that the list of fingerprints stops, or finds online on the hour it is filled.
        Zero: no list.
    altered : float, 0 to 1
        Share of new copies that no longer match.
    listed_after : int, hours
        From the first post to its fingerprint on the list.
    hours : int
        How long we watch.

    Raises
    ------
    ContrechampError
        When a value is outside its range; the sentence names it.
    """

    rate: float = _VALUES["rate"][0]
    half_life: float = _VALUES["half_life"][0]
    notice_after: int = int(_VALUES["notice_after"][0])
    noticed: float = _VALUES["noticed"][0]
    removed: float = _VALUES["removed"][0]
    matching: float = _VALUES["matching"][0]
    altered: float = _VALUES["altered"][0]
    listed_after: int = int(_VALUES["listed_after"][0])
    hours: int = 168

    def __post_init__(self) -> None:
        for name in ("rate", *_SHARES):
            check_number(name, getattr(self, name), 0, 1)
        check_number("half_life", self.half_life, 1, 1e6)
        for name in _DELAYS:
            check_whole(name, getattr(self, name), 0, _MOST_CLOCK)
        check_whole("hours", self.hours, 1, _MOST_HOURS)

    def rates(self) -> np.ndarray:
        """Return the mean number of new copies an hour from one copy, by hour since the first post: shape (hours,)."""
        return self.rate * 0.5 ** (np.arange(self.hours) / self.half_life)

    def delay(self, clock: int | None) -> int | None:
        """Return the age at which a noticed copy comes down.

        Parameters
        ----------
        clock : int or None
            Hours from the notice, 0 or more; None where nobody has to remove it.

        Returns
        -------
        int or None
            Hours since the copy was posted: the time until the notice, then the clock. None without a clock.

        Raises
        ------
        ContrechampError
            When the clock is no whole number of hours, or out of range.
        """
        if clock is None:
            return None
        check_whole("clock", clock, 0, _MOST_CLOCK)
        return self.notice_after + clock


@dataclass(frozen=True)
class Course:
    """What happened, hour by hour from the first post (hour 0).

    Attributes
    ----------
    new, online : ndarray, shape (hours + 1,) or (runs, hours + 1)
        Copies that appeared in that hour, the first post included; copies online at its end.
    """

    new: np.ndarray
    online: np.ndarray

    @property
    def made(self) -> np.ndarray:
        """Copies that have appeared up to each hour."""
        return self.new.cumsum(axis=-1)

    @property
    def total(self) -> Any:
        """Copies that appeared in all: a number, or one for each run."""
        return self.new.sum(axis=-1)

    @property
    def copy_hours(self) -> Any:
        """Hours online, added up over all copies."""
        return self.online.sum(axis=-1)


def expected_course(spread: Spread, clock: int | None) -> Course:
    """Return the expected copies, exactly: no chance, no runs.

    The expected new copies of an hour are the sum, over all earlier hours, of the copies that appeared then, times the
    share still online, times the rate. Nothing is drawn.

    Parameters
    ----------
    spread : Spread
    clock : int or None
        Hours from notice to removal; None: nothing is removed.

    Returns
    -------
    Course
        Arrays of shape (hours + 1,).

    Examples
    --------
    One copy an hour from each copy, none removed: the number doubles.

    >>> doubling = Spread(rate=1, half_life=1e6, hours=3)
    >>> expected_course(doubling, None).made.round(2).tolist()
    [1.0, 2.0, 4.0, 8.0]
    """
    _check_growth(spread)
    born = np.zeros((2, spread.hours + 1))
    born[EXACT, 0] = 1
    rates, delay = spread.rates(), spread.delay(clock)
    online = born * _share_online(spread, delay, EXACT, 0)
    for hour in range(1, spread.hours + 1):
        given = rates[hour - 1] * online[:, hour - 1]
        passed = 1 - spread.matching * (hour >= spread.listed_after)
        born[EXACT, hour] = given[EXACT] * (1 - spread.altered) * passed
        born[ALTERED, hour] = given[EXACT] * spread.altered + given[ALTERED]
        for kind in (EXACT, ALTERED):
            online[kind, hour] = born[kind, : hour + 1] @ _share_online(spread, delay, kind, hour)
    return Course(born.sum(axis=0), online.sum(axis=0))


def _share_online(spread: Spread, delay: int | None, kind: int, hour: int) -> np.ndarray:
    """Return, for each hour of appearance up to `hour`, the share of its copies that are still online."""
    appeared = np.arange(hour + 1)
    share = np.ones(hour + 1)
    if delay is not None:
        share[hour - appeared >= delay] -= spread.noticed * spread.removed
    if kind == EXACT and hour >= spread.listed_after:
        share[appeared < spread.listed_after] *= 1 - spread.matching
    return share


def simulate_spread(
    spread: Spread, clock: int | None, *, runs: int = 1000, random_state: int | np.random.Generator | None = None
) -> Course:
    """Let chance decide, `runs` times over.

    All copies of one kind draw together: a sum of Poisson numbers is a Poisson number. Removal is one binomial draw for
    all copies that appeared in the same hour.

    Parameters
    ----------
    spread : Spread
    clock : int or None
        Hours from notice to removal; None: nothing is removed.
    runs : int, 1 to 100,000
    random_state : int or numpy.random.Generator, optional
        The seed: the same seed, the same runs.

    Returns
    -------
    Course
        Arrays of whole numbers of shape (runs, hours + 1).
    """
    check_whole("runs", runs, 1, _MOST_RUNS)
    _check_growth(spread)
    rng, delay, rates = _generator(random_state), spread.delay(clock), spread.rates()
    standing = np.zeros((2, spread.hours + 1, runs), dtype=np.int64)  # by kind and hour of appearance
    standing[EXACT, 0] = 1
    new = np.zeros((runs, spread.hours + 1), dtype=np.int64)
    online = np.zeros_like(new)
    for hour in range(spread.hours + 1):
        if hour == 0:
            new[:, 0] = 1
        else:
            given = rng.poisson(rates[hour - 1] * standing.sum(axis=1))
            changed = rng.binomial(given[EXACT], spread.altered)
            matching = spread.matching if hour >= spread.listed_after else 0.0
            standing[EXACT, hour] = rng.binomial(given[EXACT] - changed, 1 - matching)
            standing[ALTERED, hour] = changed + given[ALTERED]
            new[:, hour] = standing[:, hour].sum(axis=0)
        if spread.matching and hour == spread.listed_after:
            standing[EXACT, :hour] = rng.binomial(standing[EXACT, :hour], 1 - spread.matching)
        if delay is not None and hour >= delay:
            leaving = standing[:, hour - delay]
            standing[:, hour - delay] = rng.binomial(leaving, 1 - spread.noticed * spread.removed)
        online[:, hour] = standing.sum(axis=(0, 1))
    return Course(new, online)


def interval(numbers: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    """Return the range that holds the share `level` of the runs, as much left out below as above.

    It says how far chance alone carries single runs. It says nothing of wrong assumptions.

    Parameters
    ----------
    numbers : array of float, shape (runs,)
    level : float, above 0 and below 1

    Returns
    -------
    (float, float)
        Low and high.

    Raises
    ------
    ContrechampError
        When the numbers are no list of finite ones, or the level is out of range.
    """
    values = np.asarray(numbers, dtype=float)
    if values.ndim != 1 or values.size == 0 or not np.isfinite(values).all():
        raise ContrechampError(_("interval(…) needs a list of finite numbers, one for each run."))
    if not isinstance(level, int | float) or not 0 < level < 1:
        raise ContrechampError(_("interval(…): level lies between 0 and 1, for example 0.95."))
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def next_copies(spread: Spread, clock: int | None) -> float:
    """Return how many copies the first copy gives, on average, before it comes down or we stop watching.

    Above one, a population of copies that all did as much would grow; below one it would die out (Galton and Watson).
    No list of fingerprints is taken into account.

    Parameters
    ----------
    spread : Spread
        The assumptions.
    clock : int or None
        Hours from notice to removal; None without a clock.

    Returns
    -------
    float
        Expected copies.

    Examples
    --------
    >>> round(next_copies(Spread(noticed=1, removed=1, half_life=1e6), 2), 2)
    0.64
    """
    rates, delay = spread.rates(), spread.delay(clock)
    if delay is None:
        return float(rates.sum())
    gone = spread.noticed * spread.removed
    return float(rates[:delay].sum() + (1 - gone) * rates[delay:].sum())


def cost_of_an_hour(spread: Spread, clocks: list[int]) -> np.ndarray:
    """Return the expected copies that one hour more adds, for each clock: shape (len(clocks),).

    Parameters
    ----------
    spread : Spread
        The assumptions.
    clocks : list of int
        Hours from notice to removal.

    Returns
    -------
    ndarray of float, shape (len(clocks),)
        Copies.
    """
    longer = [float(expected_course(spread, clock + 1).total) for clock in clocks]
    return np.array(longer) - [float(expected_course(spread, clock).total) for clock in clocks]


def assumptions() -> "pd.DataFrame":
    """Return what the model takes for granted, in one table.

    Returns
    -------
    DataFrame
        Indexed by ``name``: ``meaning``, ``value``, ``low`` and ``high`` (the range that `sensitivity` tries),
        ``support`` (in words) and ``record`` (the id of the statistic, NA for an assumption).
    """
    import pandas as pd

    meaning = _meanings()
    rows = {
        name: (
            meaning[name], value, low, high,
            _("assumption") if record is None else _("a record of one regulator"), record,
        )
        for name, (value, low, high, record) in _VALUES.items()
    }  # fmt: skip
    columns = ["meaning", "value", "low", "high", "support", "record"]
    made = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("name")
    return made.astype({"value": float, "low": float, "high": float, "record": "string"})


def _meanings() -> dict[str, str]:
    return {
        "rate": _("new copies an hour from each copy, at first"),
        "half_life": _("hours until a copy gives half as many new ones"),
        "notice_after": _("hours from a copy to its notice"),
        "noticed": _("share of copies that get a notice"),
        "removed": _("share of noticed copies that come down"),
        "matching": _("share of known copies that matching stops"),
        "altered": _("share of copies altered so that they escape"),
        "listed_after": _("hours from the first post to the list"),
    }


def sensitivity(clock: int | None, spread: Spread | None = None) -> "pd.DataFrame":
    """Move one assumption at a time to each end of its range; the others stay.

    Parameters
    ----------
    clock : int or None
    spread : Spread, optional
        Where the others stay; the model's own values when left out.

    Returns
    -------
    DataFrame
        Indexed by ``name``, the widest swing first, as in a tornado chart: ``meaning``, ``low``, ``high``,
        ``copies_low``, ``copies_high`` (expected copies at each end) and ``swing``. Without matching the two
        assumptions that concern only the list have a swing of zero.
    """
    base = spread or Spread()
    made = assumptions()[["meaning", "low", "high"]]
    for end in ("low", "high"):
        changed = [_moved(base, name, value) for name, value in made[end].items()]
        made[f"copies_{end}"] = [float(expected_course(moved, clock).total) for moved in changed]
    made["swing"] = (made["copies_high"] - made["copies_low"]).abs()
    return made.sort_values("swing", ascending=False, kind="stable")


def _moved(spread: Spread, name: str, value: float) -> Spread:
    change: dict[str, Any] = {name: int(value) if name in _DELAYS else float(value)}
    return replace(spread, **change)


def _check_growth(spread: Spread) -> None:
    """Refuse what no machine can count: without removal, the copies multiply by 1 + rate each hour."""
    if math.exp(float(np.log1p(spread.rates()).sum())) > _MOST_COPIES:
        raise ContrechampError(
            _("With these values there would be more than a thousand million copies. Lower rate, half_life or hours.")
        )


def _generator(random_state: Any) -> np.random.Generator:
    if isinstance(random_state, np.random.Generator):
        return random_state
    whole = isinstance(random_state, int | np.integer) and not isinstance(random_state, bool)
    if random_state is not None and (not whole or random_state < 0):
        raise ContrechampError(
            _("random_state is {value}, and must be a whole number from 0 up, a NumPy generator, or None.").format(
                value=repr(random_state)
            )
        )
    return np.random.default_rng(random_state)
