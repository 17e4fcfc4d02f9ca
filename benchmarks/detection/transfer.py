"""Do detectors trained on drawn scenes say anything about photographs? Asked here alone, of photographs on this disk.

No real generator is at hand offline, so a photograph's "fake" is its round trip through one of our generators: same
content, same colours, redrawn. Each photograph gives a few crops, cut off the eight-pixel grid of its own JPEG, so that
an old grid lies across the new one in genuine crops and in what the round trips were made from alike; part of the
JPEG's history is erased by redrawing all the same, and that confound stays.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import sweep
from PIL import Image

from contrechamp.forensics import intervals, metrics
from contrechamp.forensics.evaluation import Judged, asked
from contrechamp.forensics.features import TraceFeatures
from contrechamp.forensics.splits import COLUMNS, Collection
from contrechamp.imaging import GENERATORS, jpeg
from contrechamp.imaging.generators import generate
from contrechamp.imaging.seeds import stream

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import photographs

SIDE, CROPS, QUALITY, CAMERA = 128, 4, 92, 99
_FIRST = 88_000_000  # numbers for crops, far from every scene of the world


def crops(file: Path, number: int) -> list[np.ndarray]:
    """Return crops of a photograph at its own resolution, each off the eight-pixel grid, none mostly clipped."""
    with Image.open(file) as image:
        pixels = np.asarray(image.convert("RGB"))
    rng = stream("launder", _FIRST, number)
    found: list[np.ndarray] = []
    for _try in range(60):
        top, left = (8 * int(rng.integers(1, (side - SIDE) // 8 - 1)) + 3 for side in pixels.shape[:2])
        crop = pixels[top : top + SIDE, left : left + SIDE]
        if ((crop == 0) | (crop == 255)).mean() < 0.1 and crop.std() > 8:
            found.append(crop)
        if len(found) == CROPS:
            break
    return found


def collection() -> Collection | None:
    """Return the features of genuine crops and their round trips, the photograph in place of the scene."""
    files = photographs.files()
    if not files:
        return None
    path = sweep.folder() / "transfer.npz"
    if not path.is_file():
        rows, pixels = [], []
        for number, file in enumerate(files.values()):
            for part, crop in enumerate(crops(file, number)):
                taken = crop.astype(np.float32) / 255
                for made_by in ("camera", *GENERATORS):
                    redrawn = taken if made_by == "camera" else generate(made_by, taken, _FIRST + 10 * number + part)
                    pixels.append(jpeg.again(jpeg.rounded(redrawn), QUALITY))
                    rows.append((_FIRST + number, CAMERA, made_by, "photograph", "none"))
            print(f"\rphotographs: {number + 1} of {len(files)}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        columns = {c: np.array(v) for c, v in zip(COLUMNS, zip(*rows, strict=True), strict=True)}
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, features=TraceFeatures().transform(pixels), **columns)
    held = np.load(path)
    return Collection(held["features"], pd.DataFrame({c: held[c] for c in COLUMNS}))


def table(detectors: dict) -> dict | None:
    """Return for each detector its false positive rate on photographs, and AUC and TPR for each round trip.

    Intervals are over photographs, given these generators.
    """
    test = collection()
    if test is None:
        return None
    genuine = test.table["made_by"] == "camera"
    found: dict = {"photographs": int(test.table["scene"].nunique()), "genuine_crops": int(genuine.sum())}
    for name, detector in detectors.items():
        judged = asked(detector, test)
        called = judged.where(made_by="camera").table
        flagged = (called["called"] == 1).to_numpy()
        row: dict = {"fpr": [flagged.mean(), *_over_photographs(called["scene"], flagged)], "generators": {}}
        row["answered"] = float((called["called"] != -1).mean())
        for made_by in GENERATORS:
            pair = judged.where(made_by=["camera", made_by])
            row["generators"][made_by] = {"auc": _ranked(pair), "tpr": _found(judged.where(made_by=made_by))}
        row["mean_auc"] = float(np.mean([one["auc"][0] for one in row["generators"].values()]))
        found[name] = row
    return found


def _ranked(judged: Judged) -> list[float]:
    y, p, photograph = (judged.table[c].to_numpy() for c in ("synthetic", "probability", "scene"))
    return [metrics.auc(y, p), *intervals.bootstrap(metrics.auc, photograph, y, p, draws=300)]


def _found(judged: Judged) -> float:
    return float((judged.table["called"] == 1).mean())


def _over_photographs(photograph: pd.Series, flagged: np.ndarray) -> tuple[float, float]:
    """Return a 95 % interval of a share, photographs drawn anew."""
    rng = np.random.default_rng(0)
    by = pd.Series(flagged).groupby(photograph.to_numpy()).agg(["sum", "count"]).to_numpy()
    drawn = by[rng.integers(0, len(by), (2000, len(by)))].sum(axis=1)
    low, high = np.quantile(drawn[:, 0] / drawn[:, 1], [0.025, 0.975])
    return float(low), float(high)
