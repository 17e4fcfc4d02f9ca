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
from contrechamp.datasets.law import (
    law_as_of,
    load_clocks,
    load_conducts,
    load_jurisdictions,
    load_law_sources,
    load_law_terms,
    load_materials,
    load_proceedings,
    load_provisions,
    load_scenarios,
)

__all__ = [
    "as_of",
    "help_card",
    "law_as_of",
    "load_claims",
    "load_clocks",
    "load_conducts",
    "load_field_results",
    "load_first_steps",
    "load_images",
    "load_jurisdictions",
    "load_law_sources",
    "load_law_terms",
    "load_materials",
    "load_proceedings",
    "load_provisions",
    "load_references",
    "load_scenarios",
    "load_sources",
    "load_statistics",
    "load_support",
    "load_table",
    "load_timeline",
]
