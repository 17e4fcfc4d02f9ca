"""The sheet on which bars and intervals are drawn: labelled rows under a title, and a measured axis.

Lengths are in inches along the rows, so that rows with long labels are higher and marks keep their thickness.
"""

import math
from collections.abc import Sequence
from functools import cache

from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from contrechamp import language
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _
from contrechamp.lesson.figures import DPI, INK, WIDTH

_TEXT, _HEADING = 11.5, 13  # points
_LINE, _HEADING_LINE = 0.235, 0.27  # inches
_AROUND = 0.24  # inches around the letters of a row
_LABELS = 0.36  # the largest share of the width for the labels of the rows
_GAP = 6  # pixels between a mark and its number


class Rows:
    """A figure with one labelled row for each label, the first on top.

    Parameters
    ----------
    labels : sequence of str
        In the reader's language.
    strong : sequence of bool
        Which rows are written in bold.
    title : str
        The finding; translated here.
    scale : {"linear", "log"}

    Attributes
    ----------
    figure : matplotlib.figure.Figure
    ax : matplotlib.axes.Axes
    places : list of float
        Where each row is on the vertical axis.
    """

    def __init__(self, labels: Sequence[str], strong: Sequence[bool], title: str, scale: str) -> None:
        if not isinstance(title, str) or not title.strip():
            raise ContrechampError(_("This figure has no title. Give it one that states the finding: title=…"))
        self.strong, self.scale = list(strong), scale
        self.reach: tuple[float, float] | None = None  # where the marks are, when the axis is longer than that
        heading = wrap(_(title), WIDTH - 0.3, _HEADING, bold=True)
        names = [wrap(label, WIDTH * _LABELS, _TEXT, bold) for label, bold in zip(labels, strong, strict=True)]
        heights = [_AROUND + _LINE * (name.count("\n") + 1) for name in names]
        self.places = [sum(heights[:row]) + height / 2 for row, height in enumerate(heights)]
        top = 0.15 + _HEADING_LINE * (heading.count("\n") + 1)
        self.figure = Figure(figsize=(WIDTH, round(top + sum(heights) + 0.45, 2)), dpi=DPI)
        self.figure.suptitle(heading, x=0.1 / WIDTH, ha="left", linespacing=1.25)
        self.ax = self.figure.add_subplot()
        self.ax.set_xscale(scale)
        self.ax.set_ylim(sum(heights), 0)
        self.ax.set_yticks(self.places, names, linespacing=1.2)
        self.ax.tick_params(axis="y", pad=8)
        for tick, bold in zip(self.ax.get_yticklabels(), strong, strict=True):
            tick.set_fontweight("bold" if bold else "normal")
        self.ax.grid(visible=False, axis="y")
        self.ax.spines["left"].set_visible(False)

    def write_at_ends(self, ends: Sequence[float], texts: Sequence[str], start: float) -> None:
        """Write a text at the end of each mark, and widen the axis so that every text fits.

        Parameters
        ----------
        ends : sequence of float
            Where the marks end. Below `start`, the text stands on the left.
        texts : sequence of str
            One for each row, from the top.
        start : float
            Where all marks begin.
        """
        room = self._width() - 4
        steps = [self._along(end) - self._along(start) for end in ends]
        widths = [text_width(text, _TEXT, bold) + _GAP for text, bold in zip(texts, self.strong, strict=True)]
        right = [(step, width) for step, width in zip(steps, widths, strict=True) if step >= 0] + [(0.0, 0.0)]
        left = [(-step, width) for step, width in zip(steps, widths, strict=True) if step < 0] + [(0.0, 0.0)]
        # The largest number of pixels a step may take, so that each pair of texts left and right fits.
        pairs = [(r + le, room - wr - wl) for r, wr in right for le, wl in left if r + le > 0]
        pixels = min((space / length for length, space in pairs), default=room)
        ahead = max(step + width / pixels for step, width in right)
        behind = max(step + width / pixels for step, width in left)
        self.ax.set_xlim(self._back(self._along(start) - behind), self._back(self._along(start) + ahead))
        self.reach = min(start, *ends), max(start, *ends)
        for place, end, step, text, bold in zip(self.places, ends, steps, texts, self.strong, strict=True):
            self.ax.annotate(
                text,
                (end, place),
                xytext=((-_GAP if step < 0 else _GAP) * 72 / DPI, 0),
                textcoords="offset points",
                ha="right" if step < 0 else "left",
                va="center_baseline",
                fontweight="bold" if bold else "normal",
                in_layout=False,  # its room was measured above
            )

    def write_on_the_right(self, texts: Sequence[str]) -> None:
        """Write a column of texts beside the axis.

        Parameters
        ----------
        texts : sequence of str
            One for each row, from the top, in the reader's language.
        """
        self.ax.margins(x=0.05)
        beside = self.ax.get_yaxis_transform()
        for place, text, bold in zip(self.places, texts, self.strong, strict=True):
            weight = "bold" if bold else "normal"
            self.ax.text(1.03, place, text, transform=beside, va="center_baseline", fontweight=weight)

    def draw_reference(self, place: float, text: str) -> None:
        """Draw a dashed line from top to bottom, its name at the top.

        Parameters
        ----------
        place : float
            On the measured axis, in its unit.
        text : str
            The name; line breaks in it are kept.
        """
        self.ax.axvline(place, color=INK, linewidth=1.8, linestyle="--", zorder=1)
        self.ax.annotate(
            text,
            (place, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 4),
            textcoords="offset points",
            ha="center",
            va="bottom",
        )
        self._grow(_LINE * (text.count("\n") + 1))

    def write_axis(self, words: str) -> None:
        """Write the axis in the reader's language, with room between its numbers, and say when it is logarithmic.

        Parameters
        ----------
        words : str
            What is measured, and its unit, in the reader's language; empty: nothing is written but the numbers.
        """
        low, high = self.reach or sorted(self.ax.get_xlim())
        left, right = self.ax.get_xlim()
        share = (self._along(high) - self._along(low)) / (self._along(right) - self._along(left))
        decimals = max(1 - math.floor(math.log10(high - low)), 0) if high > low else 0
        widest = max(text_width(language.number(round(end, decimals)), _TEXT) for end in (low, high))
        room = max(self._width() * share / (1.6 * widest), 1)
        if self.scale == "log":
            ticks = _log_ticks(low, high, int(room + 1))
            note = _("logarithmic scale: equal steps multiply by the same number")
            words = f"{words} ({note})" if words else note
        else:
            steps = MaxNLocator(nbins=int(min(room, 5)), steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
            ticks = [tick for tick in steps if low <= tick <= high]
        self.ax.xaxis.set_major_locator(FixedLocator(ticks))
        self.ax.xaxis.set_minor_locator(NullLocator())
        self.ax.xaxis.set_major_formatter(FuncFormatter(lambda place, _index: language.number(place)))
        if words:
            start = self.ax.get_window_extent().x0 / DPI
            words = wrap(words, WIDTH - start - 0.15, _TEXT)
            self.ax.set_xlabel(words, loc="left", linespacing=1.2)
            self._grow(_LINE * (words.count("\n") + 1))

    def _grow(self, inches: float) -> None:
        """Make the figure higher, so that what is added does not press the rows together; in whole pixels."""
        self.figure.set_figheight(round((self.figure.get_figheight() + inches) * DPI) / DPI)

    def _width(self) -> float:
        """Return the width of the axis in pixels, as the labels of the rows leave it."""
        self.figure.draw_without_rendering()
        return float(self.ax.get_window_extent().width)

    def _along(self, place: float) -> float:
        return math.log10(place) if self.scale == "log" else place

    def _back(self, along: float) -> float:
        return 10.0**along if self.scale == "log" else along


def _log_ticks(low: float, high: float, most: int) -> list[float]:
    """Return powers of ten, every one or every second, …; or 1, 2, 5 times such when fewer than two are in reach."""
    powers = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 1)
    for digits in ((1,), (1, 2, 5)):
        ticks = [digit * 10.0**power for power in powers for digit in digits]
        ticks = [tick for tick in ticks if low * 0.999 <= tick <= high * 1.001]
        if len(ticks) > 1:
            break
    return ticks[:: max(math.ceil(len(ticks) / most), 1)]


def wrap(text: str, inches: float, points: float, bold: bool = False) -> str:
    """Break a text at ordinary spaces so that no line is wider than asked; a longer word stays whole.

    Parameters
    ----------
    text : str
        Without line breaks.
    inches : float
        The largest width.
    points : float
        Size of the letters (DejaVu Sans).
    bold : bool

    Returns
    -------
    str
    """
    lines: list[str] = []
    for word in text.split(" "):
        if lines and text_width(f"{lines[-1]} {word}", points, bold) <= inches * DPI:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return "\n".join(lines)


def text_width(text: str, points: float, bold: bool = False) -> float:
    """Return the width of a line of text in pixels."""
    letters = FontProperties(family=["DejaVu Sans"], size=points, weight="bold" if bold else "normal")
    return float(_renderer().get_text_width_height_descent(text, letters, False)[0])


@cache
def _renderer() -> RendererAgg:
    return RendererAgg(1, 1, DPI)
