"""Moving a slider where somebody sits at the keyboard, and the static result everywhere else.

The identifiers of widgets are random, so a stored notebook never holds one: lessons are built, tested and printed
with the start values.
"""

import os
import sys
from collections.abc import Callable
from typing import Any

from contrechamp import language
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _


def slider(function: Callable[..., Any], /, **ranges: tuple[float, float, float, float]) -> None:
    """Call `function` with values that the reader moves, or once with the start values.

    Parameters
    ----------
    function : callable
        Takes one keyword argument for each range; shows its figure with ``show`` or returns a table or a number.
    **ranges
        ``name=(low, high, step, start)``. Whole numbers give a slider of whole numbers.

    Raises
    ------
    ContrechampError
        When a range is no range, or `function` returns a figure instead of showing it with its description.
    """
    starts = {name: _start(name, values) for name, values in ranges.items()}
    if not ranges or not callable(function):
        raise ContrechampError(_("slider(…) needs a function and at least one range: name=(low, high, step, start)."))
    if is_interactive():
        from IPython.display import display

        display(controls(function, ranges))
        return
    words = ", ".join(f"{name} = {language.number(value)}" for name, value in starts.items())
    print(_("Drawn with {values}. In the course's own JupyterLab you can move the values.").format(values=words))
    _display(function(**starts))


def is_interactive() -> bool:
    """Say whether a person at a live notebook asked for this cell.

    Two things must hold. ``contrechamp lab`` started the kernel: it alone sets ``CONTRECHAMP_INTERACTIVE=1``. And
    whoever sent the cell can be asked for input: JupyterLab can; nbclient, nbconvert and nbval cannot, even when
    they inherit that variable from a terminal inside JupyterLab.

    Returns
    -------
    bool
    """
    if os.environ.get("CONTRECHAMP_INTERACTIVE") != "1" or "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is None:
        return False
    return bool(kernel.get_parent("shell").get("content", {}).get("allow_stdin"))


def controls(function: Callable[..., Any], ranges: dict[str, tuple[float, float, float, float]]) -> Any:
    """Return the widget: one labelled slider a range, and under them what `function` shows.

    Parameters
    ----------
    function : callable
        Takes one keyword argument for each range.
    ranges : dict of str to tuple
        ``(low, high, step, start)`` by name; four whole numbers give a slider of whole numbers. The name is translated,
        with spaces for underscores.

    Returns
    -------
    ipywidgets.interactive
    """
    import ipywidgets

    sliders = {}
    for name, (low, high, step, start) in ranges.items():
        whole = all(isinstance(number, int) for number in (low, high, step, start))
        kind = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
        sliders[name] = kind(
            min=low,
            max=high,
            step=step,
            value=start,
            description=_(name.replace("_", " ")),
            continuous_update=False,  # one drawing when the hand lets go, and for each press of an arrow key
            style={"description_width": "initial"},
        )
    return ipywidgets.interactive(lambda **values: _display(function(**values)), **sliders)


def _start(name: str, values: Any) -> float:
    numbers = list(values) if isinstance(values, tuple | list) else []
    plain = all(isinstance(number, int | float) and not isinstance(number, bool) for number in numbers)
    if len(numbers) == 4 and plain:
        low, high, step, start = numbers
        if low < high and 0 < step <= high - low and low <= start <= high:
            return start
    raise ContrechampError(
        _(
            "slider(…): {name} needs four numbers (low, high, step, start), with low < high, a step above zero "
            "and a start between low and high."
        ).format(name=name)
    )


def _display(shown: Any) -> None:
    """Display what a function returned; None means that it has shown its result itself."""
    if shown is None:
        return
    if "matplotlib.figure" in sys.modules and isinstance(shown, sys.modules["matplotlib.figure"].Figure):
        raise ContrechampError(
            _("slider(…): the function returns a figure. Let it call show(fig, alt=…) instead, which describes it.")
        )
    from IPython.display import display

    display(shown)
