"""How detectors of synthetic pictures work, and how they are judged: traces, features, detectors, evaluation.

>>> from contrechamp.forensics import TraceFeatures
>>> from contrechamp.imaging import Recipe, render
>>> TraceFeatures(["spectrum"]).transform([render(Recipe(0, "nearest", 64)).pixels]).shape
(1, 58)

Which lesson uses what:

- 08, a camera's traces: `residual.noise_residual`, `residual.noise_level`, `cfa.diagonal_peak`, `cfa.tile_covariances`;
  whose camera was it: `fingerprint`, `ncc`, `pce`, `identify`.
- 09, a generator's traces: `spectrum.log_spectrum`, `spectrum.radial_spectrum`, `spectrum.lattice_peak`,
  `blocks.block_dct`, `jpeg_traces.grid_profile`.
- 10, training honestly: `measured.load_features` (or `measured.collect`, which recomputes them), `Split`,
  `evaluation.judge`, `evaluation.summary`, `metrics.reliability`, `shuffled`.
- 11, failing: `measured.load_scores`, `evaluation.by_operation`, `evaluation.by_cell`, `evaluation.base_rates`,
  `metrics.prior_shift`, `metrics.risk_coverage`, `Detector.recalibrate`, `AbstainingDetector.answers`, `selective`.
- 12, finding the edit: `localisation.ela`, `localisation.ghost`, `localisation.noise`, `localisation.maps`,
  `localisation.EditLocator`, `localisation.pixel_auc`, `localisation.iou`; `measured.load_edits` and
  `measured.load_locator`, which the benchmark trained.

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
