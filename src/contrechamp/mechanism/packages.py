"""Packages of measures put to the models of safeguards and of spread: what each leaves, what it costs, whom it costs.

A toy for choosing with open eyes. It joins `contrechamp.mechanism.safeguards` (what gets past the filters) to
`contrechamp.mechanism.spread` (how copies of what got past spread, and when they come down). It forecasts nothing, and
it evaluates no law and no service: nearly all its numbers are assumptions, listed with their ranges by `assumptions`.
What an offence deters is in none of our sources, so it has no number here: what depends on it is nan, which means
*unknown* and is never replaced by zero. `break_even` turns the question round. Which assumption decides between
packages is asked in `contrechamp.mechanism.robustness`.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Any, TypeAlias

from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _
from contrechamp.mechanism import safeguards, spread
from contrechamp.mechanism.ranges import check_number

if TYPE_CHECKING:
    import pandas as pd

#: The measures, in the order in which they act.
MEASURES = ("offences", "safeguards", "matching", "support", "clock")
Package: TypeAlias = "Iterable[str] | str"

REQUESTS = 1000  # abusive requests, of which `outcomes` says what becomes
_FILTERS = ("data_filter", "request_filter", "output_filter")
_FROM_SPREAD = ("rate", "half_life", "notice_after", "noticed", "removed", "altered", "listed_after")
# name: value, low, high. None of them was measured.
_OWN: dict[str, tuple[float, float, float]] = {
    "covered": (0.5, 0.2, 0.9),
    "elsewhere": (0.3, 0.0, 0.8),
    "cause": (0.6, 0.3, 0.9),
    "posted": (0.2, 0.05, 0.5),
    "joined": (0.6, 0.2, 0.9),
    "voluntary": (120, 72, 168),
    "clock": (48, 24, 72),
    "sooner": (0.5, 0.2, 1.0),
    "found": (0.5, 0.0, 0.8),
    "spared": (0.7, 0.3, 0.9),
    "wrongly": (0.05, 0.01, 0.2),
    "haste": (2.0, 1.0, 5.0),
}


@dataclass(frozen=True)
class World:
    """All that the model takes for granted; change one with ``World(covered=0.8)``.

    Parameters
    ----------
    covered : float, 0 to 1
        Share of abusive requests made to services that a duty of safeguards reaches.
    elsewhere : float, 0 to 1
        Share of the requests stopped there that are made again, with success, at a service out of reach.
    cause : float, 0 to 1
        Shared cause of the holes of the filters, as in `safeguards.all_miss`.
    posted : float, 0 to 1
        Share of the pictures made that are posted.
    rate, half_life, notice_after, noticed, removed, altered, listed_after
        As in `spread.Spread`.
    joined : float, 0 to 1
        Share of uploads that pass a list of fingerprints, where there is one.
    voluntary : int, hours
        From notice to removal where no law sets a clock.
    clock : int, hours
        From notice to removal where a law sets one. At most `voluntary`.
    sooner : float, 0 to 1
        With support, the share of the delay of a notice that is left.
    found : float, 0 to 1
        With support, the share of the copies otherwise left without notice that get one.
    spared : float, 0 to 1
        With support, the share of notices that somebody else writes for the person targeted.
    wrongly : float, zero or more
        Lawful posts removed for each removal of a copy, without haste.
    haste : float, 1 or more
        How many times as many, under a clock.
    deterred : float, 0 to 1, or None
        Share of abusive requests that an offence deters. None: unknown.

    Raises
    ------
    ContrechampError
        When a value is outside its range; the sentence names it.
    """

    covered: float = _OWN["covered"][0]
    elsewhere: float = _OWN["elsewhere"][0]
    cause: float = _OWN["cause"][0]
    posted: float = _OWN["posted"][0]
    rate: float = spread.Spread.rate
    half_life: float = spread.Spread.half_life
    notice_after: int = spread.Spread.notice_after
    noticed: float = spread.Spread.noticed
    removed: float = spread.Spread.removed
    joined: float = _OWN["joined"][0]
    altered: float = spread.Spread.altered
    listed_after: int = spread.Spread.listed_after
    voluntary: int = int(_OWN["voluntary"][0])
    clock: int = int(_OWN["clock"][0])
    sooner: float = _OWN["sooner"][0]
    found: float = _OWN["found"][0]
    spared: float = _OWN["spared"][0]
    wrongly: float = _OWN["wrongly"][0]
    haste: float = _OWN["haste"][0]
    deterred: float | None = None

    def __post_init__(self) -> None:
        shares = ("covered", "elsewhere", "cause", "posted", "joined", "sooner", "found", "spared")
        for name in shares + (("deterred",) if self.deterred is not None else ()):
            check_number(name, getattr(self, name), 0, 1)
        check_number("wrongly", self.wrongly, 0, 100)
        check_number("haste", self.haste, 1, 100)
        self.course(())  # the numbers of the spread are checked by their own model
        self.course(("clock",))
        if self.clock > self.voluntary:
            raise ContrechampError(
                _("clock is {clock} hours, and must not be longer than voluntary, {voluntary} hours.").format(
                    clock=self.clock, voluntary=self.voluntary
                )
            )

    def course(self, package: Package) -> tuple[spread.Spread, int]:
        """Return how one posted picture spreads under a package, and the hours from notice to removal.

        Parameters
        ----------
        package : str or sequence of str
            Measures, from `MEASURES`; none or more.

        Returns
        -------
        spread : Spread
            The numbers of the spread, changed by ``matching`` and ``support`` where they are in the package.
        hours : int
            `clock` with a clock in the package, else `voluntary`.

        Raises
        ------
        ContrechampError
            For a measure that the model does not know, or numbers that the spread does not allow.
        """
        chosen = measures(package)
        changes: dict[str, Any] = {name: getattr(self, name) for name in _FROM_SPREAD}
        if "matching" in chosen:
            changes["matching"] = self.joined
        made = spread.Spread(**changes)
        if "support" in chosen:
            noticed = made.noticed + self.found * (1 - made.noticed)
            made = replace(made, notice_after=round(made.notice_after * self.sooner), noticed=noticed)
        hours = self.clock if "clock" in chosen else self.voluntary
        made.delay(hours)
        return made, hours


def measures(package: Package) -> tuple[str, ...]:
    """Return the measures of a package, each once, in the order of `MEASURES`.

    Parameters
    ----------
    package : str or sequence of str
        One measure, or several in any order.

    Returns
    -------
    tuple of str

    Raises
    ------
    ContrechampError
        For a measure that the model does not know.

    Examples
    --------
    >>> measures(["clock", "support"])
    ('support', 'clock')
    """
    given = (package,) if isinstance(package, str) else tuple(package)
    for name in given:
        if name not in MEASURES:
            raise ContrechampError(
                _("There is no measure {name}. Choose from: {known}.").format(
                    name=repr(name), known=", ".join(MEASURES)
                )
            )
    return tuple(name for name in MEASURES if name in given)


def name(package: Package) -> str:
    """Return the measures of a package in the reader's language, joined by a plus."""
    words = _words()
    return " + ".join(words[one] for one in measures(package)) or _("no measure")


def pairs(among: Sequence[str] = ("safeguards", "matching", "support", "clock")) -> list[tuple[str, ...]]:
    """Return every package of two measures; offences are left out, since what they do has no number.

    Examples
    --------
    >>> len(pairs()), len(pairs(MEASURES))
    (6, 10)
    """
    return list(combinations(measures(among), 2))


def made(package: Package, world: World | None = None) -> float:
    """Return how many pictures are made of `REQUESTS` abusive requests.

    Without safeguards, each request makes one. With them, three filters stand at the services that are covered; of
    the requests that they stop, some are made elsewhere.

    Parameters
    ----------
    package : sequence of str
        Names of measures.
    world : World, optional
        The assumptions; the course's when left out.

    Returns
    -------
    float
        nan when the package has offences and ``deterred`` is unknown.
    """
    world, chosen = world or World(), measures(package)
    requests = float(REQUESTS)
    if "offences" in chosen:
        requests *= math.nan if world.deterred is None else 1 - world.deterred
    if "safeguards" not in chosen:
        return requests
    stopped = world.covered * (1 - _past_filters(world.cause))
    return requests * (1 - stopped * (1 - world.elsewhere))


def copies(package: Package, world: World | None = None) -> float:
    """Return the expected copies, in the week after each post, that come of `REQUESTS` abusive requests.

    Parameters
    ----------
    package : sequence of str
        Names of measures.
    world : World, optional
        The assumptions; the course's when left out.

    Returns
    -------
    float
        nan where the effect of a measure is unknown.

    Examples
    --------
    Offences have no number, so a package that holds them has none.

    >>> copies(["clock"]) < copies([]), copies(["offences", "clock"])
    (True, nan)
    """
    world = world or World()
    return made(package, world) * world.posted * _copies_of_one_post(*world.course(package))


def outcomes(packages: Iterable[Package], world: World | None = None) -> "pd.DataFrame":
    """Return what each package leaves and what it costs, one row a package.

    Parameters
    ----------
    packages : iterable of packages
        Each a list of names from `MEASURES`.
    world : World, optional

    Returns
    -------
    pandas.DataFrame
        ``package`` (tuple) and ``name``; of 1,000 abusive requests: ``made`` (pictures), ``copies``,
        ``notices`` (those that the person targeted writes), ``lawful_removed`` (posts); then ``harmless_stopped`` (of
        a million harmless requests) and ``compared`` (of a hundred uploads of anybody, those put to the list). nan is
        unknown.
    """
    import pandas as pd

    world = world or World()
    return pd.DataFrame([_outcome(measures(package), world) for package in packages])


def undominated(table: "pd.DataFrame", columns: Sequence[str]) -> "pd.Series[bool]":
    """Say for each row whether no other is at least as good in all columns and better in one; less is better.

    Rows with a nan are not judged: the answer is False for them, and they beat nobody.

    Parameters
    ----------
    table : DataFrame
        A row a package.
    columns : sequence of str
        Columns of numbers, in each of which less is better.

    Returns
    -------
    Series of bool
        With the index of `table`.
    """
    import pandas as pd

    values = table[list(columns)]
    known = values.notna().all(axis=1)
    best = [
        bool(known[row])
        and not any((values.loc[other] <= values.loc[row]).all() and (values.loc[other] < values.loc[row]).any()
                    for other in values.index[known])
        for row in values.index
    ]  # fmt: skip
    return pd.Series(best, index=table.index)


def break_even(package: Package, rival: Package, world: World | None = None) -> float:
    """Return the share that offences must deter for the package that holds them to leave no more copies than a rival.

    Parameters
    ----------
    package : sequence of str
        Names of measures, ``offences`` among them.
    rival : sequence of str
        Names of measures, without ``offences``.
    world : World, optional
        The assumptions; the course's when left out.

    Returns
    -------
    float
        From 0 (the package does as well without them) to 1.

    Raises
    ------
    ContrechampError
        When the package holds no offences, or the rival does.
    """
    chosen, other = measures(package), measures(rival)
    if "offences" not in chosen or "offences" in other:
        raise ContrechampError(
            _("break_even(…) compares a package with offences to one without: give them in this order.")
        )
    rest = copies([one for one in chosen if one != "offences"], world)
    return max(0.0, 1 - copies(other, world) / rest)


def assumptions() -> "pd.DataFrame":
    """Return what the model takes for granted, in one table.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``name``: ``meaning``, ``value``, ``low`` and ``high`` (the range that `robustness.sensitivity`
        tries), and ``support`` in words. ``clock`` is no unknown but a choice; ``deterred`` has no value and no
        range.
    """
    import pandas as pd

    taken = spread.assumptions()
    meaning, rows = _meanings(), {}
    for field in fields(World):
        if field.name in _FROM_SPREAD:
            rows[field.name] = tuple(taken.loc[field.name, ["meaning", "value", "low", "high", "support"]])
        elif field.name in _OWN:
            support = _("chosen by the law") if field.name == "clock" else _("assumption")
            rows[field.name] = (meaning[field.name], *_OWN[field.name], support)
        else:
            rows[field.name] = (meaning[field.name], math.nan, math.nan, math.nan, _("unknown"))
    columns = ["meaning", "value", "low", "high", "support"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("name")


def _outcome(package: tuple[str, ...], world: World) -> dict[str, Any]:
    """Return one row of `outcomes`."""
    number = copies(package, world)
    course, _hours = world.course(package)
    noticed = number * course.noticed
    hasty = world.haste if "clock" in package else 1.0
    alone = 1 - world.spared if "support" in package else 1.0
    stopped = world.covered * _harmless_stopped(world.cause) if "safeguards" in package else 0.0
    return {
        "package": package,
        "name": name(package),
        "made": made(package, world),
        "copies": number,
        "notices": noticed * alone,
        "lawful_removed": noticed * course.removed * world.wrongly * hasty,
        "harmless_stopped": 1e6 * stopped,
        "compared": 100 * world.joined if "matching" in package else 0.0,
    }


@lru_cache(maxsize=4096)
def _copies_of_one_post(course: spread.Spread, hours: int) -> float:
    return float(spread.expected_course(course, hours).total)


@lru_cache(maxsize=512)
def _past_filters(cause: float) -> float:
    return safeguards.all_miss(_filters()["miss"], cause)


@lru_cache(maxsize=512)
def _harmless_stopped(cause: float) -> float:
    return safeguards.any_blocks(_filters()["blocks_harmless"], cause)


def _filters() -> "pd.DataFrame":
    """Return the three layers that a service can put before a picture is shown."""
    return safeguards.toy_layers().loc[list(_FILTERS)]


def _words() -> dict[str, str]:
    return {
        "offences": _("offences"),
        "safeguards": _("safeguards"),
        "matching": _("matching"),
        "support": _("support"),
        "clock": _("clock"),
    }


def _meanings() -> dict[str, str]:
    return {
        "covered": _("share of abusive requests at services that a duty reaches"),
        "elsewhere": _("share of stopped requests that succeed elsewhere"),
        "cause": _("shared cause of the filters' holes"),
        "posted": _("share of pictures made that are posted"),
        "joined": _("share of uploads that pass the list"),
        "voluntary": _("hours from notice to removal without a law"),
        "clock": _("hours from notice to removal under the law"),
        "sooner": _("share of the wait for a notice left with support"),
        "found": _("share of unnoticed copies that support finds"),
        "spared": _("share of notices that support writes"),
        "wrongly": _("lawful posts removed for each copy removed"),
        "haste": _("how many times as many under a clock"),
        "deterred": _("share of abusive requests that offences deter"),
    }
