"""How long the code of hand-ins may run: all notebooks of one student together, and all hand-ins of one run.

Each notebook has limits of its own, but nobody counts the notebooks: an archive with two hundred that sleep would keep
a class waiting for a night. Time is counted as it passes, because what sleeps uses no CPU. And one notebook that sleeps
must not cost the others of its student their grade: each has its share, and leaves what it does not use.
"""

import time
from dataclasses import dataclass, field, replace

HAND_IN = 300.0
"""Seconds for all notebooks of one student."""

RUN = 7200.0
"""Seconds after which one run of the command begins no further hand-in; the next run goes on from there."""

FAIR = 20.0
"""Seconds that a notebook may use at least, however many wait behind it: an honest one needs a few."""

_LEAST = 1.0  # seconds below which no notebook is begun


@dataclass(frozen=True)
class Allowance:
    """The time of one hand-in, from its first notebook on.

    Attributes
    ----------
    ends : float
        When it is used up, on the clock of `time.monotonic`.
    seconds : float
        How long it was.
    run_is_over : bool
        The run's time was used up before this hand-in began, so that nothing of it is run now.
    fair : float
        Seconds that the share of a notebook has at least.
    """

    ends: float
    seconds: float
    run_is_over: bool = False
    fair: float = FAIR

    def share(self, waiting: int) -> "Allowance":
        """Return what one notebook may use now: its part of what is left, or the fair minimum, if there is so much.

        Parameters
        ----------
        waiting : int
            How many notebooks are still to be run, this one included.

        Examples
        --------
        >>> whole = RunClock(hand_in=300).begin()
        >>> [round(whole.share(waiting).left) for waiting in (1, 3, 100)]
        [300, 100, 20]
        """
        part = max(self.fair, self.left / max(1, waiting))
        return replace(self, ends=min(self.ends, time.monotonic() + part))

    @property
    def left(self) -> float:
        """Seconds that are left, never below nought."""
        return max(0.0, self.ends - time.monotonic())

    @property
    def is_used_up(self) -> bool:
        """Whether no further notebook is begun."""
        return self.run_is_over or self.left < _LEAST


@dataclass(frozen=True)
class RunClock:
    """The clock of one run of the command.

    Attributes
    ----------
    hand_in, run : float
        Seconds for one hand-in, and for the run.
    fair : float
        Seconds that the share of one notebook has at least.
    began : float
        When the run began, as `time.monotonic` counts.
    """

    hand_in: float = HAND_IN
    run: float = RUN
    fair: float = FAIR
    began: float = field(default_factory=time.monotonic)

    def begin(self) -> Allowance:
        """Return what a hand-in that begins now may use."""
        now = time.monotonic()
        return Allowance(now + self.hand_in, self.hand_in, now >= self.began + self.run, self.fair)
