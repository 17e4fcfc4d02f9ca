"""The course's data as DataFrames that keep grade, source, date and caveat beside each value.

pandas is imported by the loaders, not by this module, so that the command line starts fast.
"""

from contrechamp.datasets.awareness import as_of, load_sources, load_statistics

__all__ = ["as_of", "load_sources", "load_statistics"]
