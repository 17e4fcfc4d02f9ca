"""How detectors of synthetic pictures work, and how they are judged: traces, features, detectors, evaluation.

>>> from contrechamp.forensics import TraceFeatures
>>> from contrechamp.imaging import Recipe, render
>>> TraceFeatures(["spectrum"]).transform([render(Recipe(0, "nearest", 64)).pixels]).shape
(1, 58)

Toys for learning. Nothing here says how well a detector works on real pictures.
"""

from contrechamp.forensics.abstention import AbstainingDetector, selective
from contrechamp.forensics.detectors import Detector
from contrechamp.forensics.features import FAMILIES, TraceFeatures
from contrechamp.forensics.prnu import fingerprint, identify, ncc, pce
from contrechamp.forensics.splits import Collection, Split, leave_one_generator_out, shuffled

__all__ = [
    "FAMILIES",
    "AbstainingDetector",
    "Collection",
    "Detector",
    "Split",
    "TraceFeatures",
    "fingerprint",
    "identify",
    "leave_one_generator_out",
    "ncc",
    "pce",
    "selective",
    "shuffled",
]
