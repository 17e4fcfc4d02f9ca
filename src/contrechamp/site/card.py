"""The picture that stands for the site where its address is shared: words and two facing frames, drawn by code."""

import io

from contrechamp.language import gettext

_INK, _PAPER, _LINE = "#1b2a41", "#f7f5f0", "#0072b2"


def draw(lang: str) -> bytes:
    """Return the social card of a language as PNG, 1200 by 630 pixels.

    Parameters
    ----------
    lang : str
        Language code.
    """
    from matplotlib.figure import Figure
    from matplotlib.patches import FancyArrowPatch, Rectangle

    figure = Figure(figsize=(12, 6.3), dpi=100, facecolor=_PAPER)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 12), ylim=(0, 6.3))
    axes.axis("off")
    # Shot and reverse shot: the second frame looks back at the first.
    axes.add_patch(Rectangle((8.2, 2.2), 1.2, 1.9, fill=False, lw=5, ec=_INK))
    axes.add_patch(Rectangle((10.2, 2.2), 1.2, 1.9, fill=False, lw=5, ec=_LINE))
    axes.add_patch(FancyArrowPatch((10.1, 2.75), (9.5, 2.75), arrowstyle="-|>", mutation_scale=28, color=_LINE, lw=3))
    axes.text(0.7, 4.6, "Contrechamp", fontsize=58, fontweight="bold", color=_INK, va="center")
    says = gettext(
        "Generative image abuse:\nhow it works, what detectors miss,\nwhat the law says, where help is.", lang
    )
    axes.text(0.75, 2.7, says, fontsize=25, color=_INK, va="center", linespacing=1.5)
    axes.text(
        0.75, 0.8, gettext("A tested course. Every number has a source or a cell.", lang), fontsize=18, color=_INK
    )
    written = io.BytesIO()
    figure.savefig(written, format="png", metadata={"Software": None})
    return written.getvalue()
