"""What lessons import: show a figure, read a table, publish a result, check an answer, ask a quiz, move a slider.

Names are loaded when first asked for, so that ``from contrechamp.lesson import check, quiz`` needs neither NumPy nor
matplotlib nor pandas.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contrechamp.language import gettext as _
    from contrechamp.lesson.charts import bars, intervals
    from contrechamp.lesson.checks import check, hint
    from contrechamp.lesson.figures import show, style
    from contrechamp.lesson.grids import grid
    from contrechamp.lesson.interactive import slider
    from contrechamp.lesson.quizzes import answer, quiz
    from contrechamp.lesson.results import result
    from contrechamp.lesson.sheets import clouds, pictures
    from contrechamp.lesson.tables import table

__all__ = [
    "_",
    "answer",
    "bars",
    "check",
    "clouds",
    "grid",
    "hint",
    "intervals",
    "pictures",
    "quiz",
    "result",
    "show",
    "slider",
    "style",
    "table",
]

_HOME = {
    "answer": "contrechamp.lesson.quizzes",
    "bars": "contrechamp.lesson.charts",
    "check": "contrechamp.lesson.checks",
    "clouds": "contrechamp.lesson.sheets",
    "grid": "contrechamp.lesson.grids",
    "hint": "contrechamp.lesson.checks",
    "intervals": "contrechamp.lesson.charts",
    "pictures": "contrechamp.lesson.sheets",
    "quiz": "contrechamp.lesson.quizzes",
    "result": "contrechamp.lesson.results",
    "show": "contrechamp.lesson.figures",
    "slider": "contrechamp.lesson.interactive",
    "style": "contrechamp.lesson.figures",
    "table": "contrechamp.lesson.tables",
}


def __getattr__(name: str) -> Any:
    if name == "_":
        found: Any = import_module("contrechamp.language").gettext
    elif name in _HOME:
        found = getattr(import_module(_HOME[name]), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
