"""Contrechamp: the library behind the lessons on generative image abuse.

Import from its rooms (`contrechamp.lesson`, `contrechamp.datasets`, …); this module holds the version only, so that
importing it costs nothing.
"""

__version__ = "0.1.0"
