"""Figures as every reader meets them: one style, a small picture of fixed size, and the same finding in words.

`show` is the only way in which a lesson displays a figure. It is for matplotlib figures; tables go through
`contrechamp.lesson.table`.
"""

import base64
import datetime
import io
import string
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from contrechamp import language
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _
from contrechamp.lesson.lines import wrap

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from PIL.Image import Image

DPI = 100
WIDTH = 7.0  # inches, hence 700 pixels: fits beside the file list of JupyterLab on a 1280-pixel screen
_WIDEST = 1000  # pixels
_SHORTEST = 40  # characters of a description that says a finding

# Okabe and Ito (2008), the members with at least 3:1 against white; text is written in INK only (12.6:1).
BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
INK, GREY, GRID = "#333333", "#8C8C8C", "#E3E3E3"  # GREY has 3.4:1, enough for bars and dots of context

_STYLE: dict[str, Any] = {
    "font.family": ["DejaVu Sans"],  # comes with matplotlib: the same letters on every system
    "font.size": 11.5,
    "axes.titlesize": 13,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 11.5,
    "xtick.labelsize": 11.5,
    "ytick.labelsize": 11.5,
    "legend.fontsize": 11.5,
    "figure.titlesize": 13,
    "figure.titleweight": "bold",
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.titlecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "lines.linewidth": 2.0,  # points: 2.8 pixels at 100 dpi
    "lines.markersize": 8,
    "lines.markeredgewidth": 1.8,
    "patch.linewidth": 1.5,
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "savefig.facecolor": "white",
    "figure.figsize": (WIDTH, 3.6),
    "figure.dpi": DPI,
    "savefig.dpi": DPI,
    "savefig.bbox": None,  # a tight box would make the size depend on the letters
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.w_pad": 0.1,
    "figure.constrained_layout.h_pad": 0.08,
    "image.cmap": "cividis",
}


@contextmanager
def style() -> Iterator[None]:
    """Draw in the house style inside a ``with`` block.

    Letters of 11 points and more, lines of 2 pixels and more, a light grid, no frame, the colours of Okabe and Ito that
    have enough contrast with white.

    Yields
    ------
    None
        Outside the block, matplotlib's settings are as they were.

    References
    ----------
    M. Okabe, K. Ito, "Color Universal Design (CUD): How to make figures and presentations that are friendly to
    colorblind people", 2008. W3C, "Web Content Accessibility Guidelines (WCAG) 2.2", 2023, 1.4.11: contrast of 3:1.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> with style():
    ...     fig, ax = plt.subplots()
    >>> plt.close(fig)
    """
    import matplotlib
    from cycler import cycler

    # Lines differ in colour and in dashes, so that colour is never alone.
    lines = cycler(color=[BLUE, VERMILLION, GREEN, PURPLE, INK]) + cycler(linestyle=["-", "--", "-.", ":", (0, (5, 1))])
    settings: Any = {**_STYLE, "axes.prop_cycle": lines}
    with matplotlib.rc_context(settings):
        yield


def show(fig: "Figure", alt: str, **values: object) -> None:
    """Show a figure, then its description in words: what the figure shows and what follows from it.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        Closed afterwards. At most 1000 pixels wide (10 inches; pictures are written at 100 dpi).
    alt : str
        The description, at least 40 characters: the kind of figure, its axes, its finding. It is translated by the
        catalogue, then its ``{name}`` fields are filled. A field may carry a number pattern of Babel: ``{rise:+0;-0}``.
    **values
        What the fields stand for. Numbers and dates are written as the reader's language does, texts are translated.

    Raises
    ------
    ContrechampError
        When `fig` is no figure or too wide, or the description is too short or has a field without a value.
    """
    text = describe(alt, values)
    picture = png(fig)
    publish(
        {"image/png": base64.b64encode(picture).decode("ascii"), "text/plain": "<figure>"},
        {"image/png": {"alt": text}},
    )
    print(wrap(_("Figure: {text}").format(text=text)))
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close(fig)


def describe(alt: str, values: dict[str, Any]) -> str:
    """Return a figure's description in the reader's language, its fields filled.

    Parameters
    ----------
    alt : str
        At least 40 characters; line breaks and repeated spaces do not count. Fields as for `show`.
    values : dict of str to object
        What the fields stand for.

    Returns
    -------
    str
        On one line.

    Raises
    ------
    ContrechampError
        When it is too short, a field has no name or no value, or a value is not finite.

    Examples
    --------
    >>> describe("Two bars: in 2024 there were {before}, in 2025 there were {after}.", {"before": 13, "after": 3440})
    'Two bars: in 2024 there were 13, in 2025 there were 3,440.'
    """
    if not isinstance(alt, str) or len(" ".join(alt.split())) < _SHORTEST:
        raise ContrechampError(
            _(
                "This figure has no sufficient description. Give show(fig, alt=…) a sentence of at least {length} "
                "characters that says what the figure shows."
            ).format(length=_SHORTEST)
        )
    try:
        text = _Fields().vformat(_(" ".join(alt.split())), (), values)
    except KeyError as error:
        raise ContrechampError(
            _("The description of this figure has a field {field} without a value: add it to show(…).").format(
                field="{" + str(error.args[0]) + "}"
            )
        ) from None
    except (ValueError, IndexError, AttributeError, TypeError) as error:
        raise ContrechampError(
            _("The description of this figure cannot be filled in: {reason}.").format(reason=error)
        ) from None
    return text


class _Fields(string.Formatter):
    """Fill ``{name}`` and ``{name:pattern}`` fields as the reader's language writes numbers, dates and words."""

    def get_value(self, key: int | str, args: Any, kwargs: Any) -> Any:
        if isinstance(key, int) or not key:
            raise ValueError("a field needs a name, as in {rise}")
        return kwargs[key]

    def format_field(self, value: Any, format_spec: str) -> str:
        if hasattr(value, "item") and getattr(value, "size", 1) == 1:  # a NumPy scalar
            value = value.item()
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, int | float):
            if value != value or value in (float("inf"), float("-inf")):
                raise ValueError(f"{value} is not a finite number")
            return language.number(value, pattern=format_spec or None)
        if isinstance(value, datetime.date):
            return language.date(value.date() if isinstance(value, datetime.datetime) else value)
        return _(str(value)) if str(value) else ""


def png(fig: "Figure") -> bytes:
    """Return a figure as a small PNG whose size in pixels depends on nothing but the figure.

    No date, no version, no resolution is stored, so that the same figure gives the same bytes on one machine. Colours
    are put in a palette of 256 where nobody can see it; photographs keep theirs.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        At most 10 inches wide. Its resolution becomes 100 dpi; axes write numbers with the reader's decimal sign.

    Returns
    -------
    bytes
        A PNG file without transparency.

    Raises
    ------
    ContrechampError
        When `fig` is no matplotlib figure, or too wide.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from PIL import Image

    if not isinstance(fig, Figure):
        raise ContrechampError(
            _("show(…) needs a matplotlib figure, and got a value of type {type}.").format(type=type(fig).__name__)
        )
    pixels = round(fig.get_figwidth() * DPI)
    if pixels > _WIDEST:
        raise ContrechampError(
            _("This figure is {pixels} pixels wide. Make it at most {most}: figsize={inches} inches.").format(
                pixels=pixels, most=_WIDEST, inches=_WIDEST // DPI
            )
        )
    with style():
        fig.set_dpi(DPI)
        _write_decimals(fig)
        canvas = FigureCanvasAgg(fig)
        canvas.draw()
        drawn = Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba(), "raw", "RGBA", 0, 1)
    flat = Image.new("RGB", drawn.size, "white")
    flat.paste(drawn, mask=drawn.getchannel("A"))
    file = io.BytesIO()
    _palette(flat).save(file, format="PNG", optimize=True)
    return file.getvalue()


def _write_decimals(fig: "Figure") -> None:
    """Write the numbers of ordinary axes with the reader's decimal sign; matplotlib would ask the system's locale."""
    from matplotlib.ticker import ScalarFormatter

    sign = language.number(0.5)[1]
    if sign == ".":
        return

    class Reader(ScalarFormatter):
        def __call__(self, x: float, pos: int | None = None) -> str:
            return super().__call__(x, pos).replace(".", sign)

    for axis in (axis for axes in fig.axes for axis in (axes.xaxis, axes.yaxis)):
        if type(axis.get_major_formatter()) is ScalarFormatter:
            axis.set_major_formatter(Reader())


def _palette(image: "Image") -> "Image":
    """Reduce an image to 256 colours unless some pixel would change visibly."""
    from PIL import Image, ImageChops

    # Maximum coverage keeps rare colours, such as the edges of letters: the error stayed below 8 levels in our charts.
    small = image.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    extrema = ImageChops.difference(image, small.convert("RGB")).getextrema()
    return small if max(high for _low, high in extrema) <= 12 else image  # type: ignore[misc]


def publish(data: dict[str, Any], metadata: dict[str, Any] | None = None) -> bool:
    """Display a ready-made bundle in a notebook, where there is one.

    Parameters
    ----------
    data : dict of str to object
        Media type to content, as Jupyter's message ``display_data`` takes it.
    metadata : dict, optional
        By media type, such as the description of a picture.

    Returns
    -------
    bool
        False when there is no notebook: nothing was shown then, and the caller prints.
    """
    if sys.modules.get("IPython") is None:
        return False
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.display import display

    if not InteractiveShell.initialized():
        return False
    display(data, raw=True, metadata=metadata or {})
    return True
