"""Questions put to the law data: which rules to look at, who must act by when, what is still open.

Nothing here gives a verdict. A filter gives records to read; an empty result means *no record here*; a clock is
computed only where a text has a number; a fictional case gets questions, a contested point and where to ask. Not legal
advice.
"""

from contrechamp.law.cases import Case, Opening, look_at, scenario
from contrechamp.law.coverage import coverage, coverage_words
from contrechamp.law.deadlines import (
    Deadline,
    acknowledgement_deadline,
    deadlines,
    decision_deadline,
    police_request_deadline,
    removal_deadline,
)
from contrechamp.law.selection import search, select

__all__ = [
    "Case",
    "Deadline",
    "Opening",
    "acknowledgement_deadline",
    "coverage",
    "coverage_words",
    "deadlines",
    "decision_deadline",
    "look_at",
    "police_request_deadline",
    "removal_deadline",
    "scenario",
    "search",
    "select",
]
