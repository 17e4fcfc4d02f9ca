"""The course's data as DataFrames that keep grade, source, date and caveat beside each value.

pandas is imported by the loaders, not by this module, so that the command line starts fast.
"""

from contrechamp.datasets.awareness import (
    as_of,
    load_claims,
    load_field_results,
    load_first_steps,
    load_references,
    load_sources,
    load_statistics,
    load_support,
    load_table,
    load_timeline,
)
from contrechamp.datasets.help_lines import help_card
from contrechamp.datasets.images import load_images

__all__ = [
    "as_of",
    "help_card",
    "load_claims",
    "load_field_results",
    "load_first_steps",
    "load_images",
    "load_references",
    "load_sources",
    "load_statistics",
    "load_support",
    "load_table",
    "load_timeline",
]
