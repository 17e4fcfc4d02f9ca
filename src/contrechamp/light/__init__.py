"""The light track: what its notebooks use in a browser, where neither NumPy nor pandas nor matplotlib exists.

Tables, drawings as SVG, small grey pictures and legal records, in pure Python. Everything else that the light track
shows (quizzes, deadlines, help lines, results) is the library's own. Not for the other lessons: `contrechamp.lesson`
serves them.
"""

from contrechamp.light.drawing import bars, draw
from contrechamp.light.pictures import blocks, pot
from contrechamp.light.questions import questions
from contrechamp.light.records import clock_name, provision, state
from contrechamp.light.tables import table

__all__ = ["bars", "blocks", "clock_name", "draw", "pot", "provision", "questions", "state", "table"]
