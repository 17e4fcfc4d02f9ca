"""Localisation: learned maps against plain ones, on generators seen and unseen, after a weaker and a stronger JPEG.

``python benchmarks/detection/locate.py --write`` makes what is missing (about four CPU minutes), writes what lessons
read (``datasets/detection/edits.csv`` and ``locator.npz``) and puts the table into ``results.json``; `report.py` prints
it.
"""

import hashlib
import json
import sys
from pathlib import Path

import edited
import numpy as np
import pandas as pd

from contrechamp.forensics import localisation
from contrechamp.forensics.localisation import NAMES, PLAIN, EditLocator, iou, maps, pixel_auc
from contrechamp.forensics.measured import EDIT_SCORES
from contrechamp.forensics.trees import BoostedTrees
from contrechamp.imaging.dataset import camera_of

HERE = Path(__file__).resolve().parent
SHIPPED = HERE.parent.parent / "datasets" / "detection"
TESTS = tuple(name for name in edited.SETS if name != "train")
_PICTURES = {"edited": "pixels", "untouched": "untouched"}


def kept(name: str, which: str, what: str, measure) -> np.ndarray:
    """Return a measurement of a set's pictures, kept in ``work/`` for the same code, six at a time."""
    code = hashlib.sha256(Path(localisation.__file__).read_bytes()).hexdigest()[:8]
    pictures, found = edited.made(name)[which], []
    for start in range(0, len(pictures), 6):
        path = HERE / "work" / "edits" / f"{what}_{code}_{name}_{which}_{start}.npy"
        if not path.is_file():
            np.save(path, np.stack([measure(p) for p in pictures[start : start + 6]]).astype(np.float32))
            done = f"{name} {which}: {min(start + 6, len(pictures))}/{len(pictures)} {what}"
            print(done, file=sys.stderr, flush=True)
        found.append(np.load(path))
    return np.concatenate(found)


def measured(name: str, which: str = "pixels") -> np.ndarray:
    """Return what the locator reads: the maps of a set's pictures, (n, 32, 32, maps)."""
    return kept(name, which, "maps", maps)


def trained() -> tuple[EditLocator, dict[str, float]]:
    """Return the locator, and for each map the limit above which it says "edited": both from training edits alone."""
    train = edited.made("train")
    locator = EditLocator().fit_maps(list(measured("train")), train["masks"])
    limits = {name: best_limit(kept("train", "pixels", name, draw), train["masks"]) for name, draw in PLAIN.items()}
    return locator, limits | {"learned": locator.threshold_}


def judged(locator: EditLocator, limits: dict[str, float]) -> pd.DataFrame:
    """Return one row per test picture, twin or edited, and map: what `measured.load_edits` describes."""
    rows = []
    for name in TESTS:
        test = edited.made(name)
        for picture, which in _PICTURES.items():
            drawn = {other: kept(name, which, other, draw) for other, draw in PLAIN.items()}
            drawn["learned"] = [locator.read(m, test["masks"].shape[1:]) for m in measured(name, which)]
            for k, scene in enumerate(test["scenes"]):
                about = (name, scene, camera_of(scene), test["made_by"][k], *test["qualities"][k], picture)
                mask, thing = test["masks"][k], test["object_masks"][k]
                for other, suspects in drawn.items():
                    suspect, called = suspects[k], suspects[k] > limits[other]
                    scores = (auc(mask, suspect), auc(thing, suspect) if thing.any() else np.nan, iou(mask, called))
                    rows.append((*about, other, limits[other], *scores, called.mean()))
    about = ("set", "scene", "camera", "made_by", "first", "second", "picture", "map", "limit")
    return pd.DataFrame(rows, columns=[*about, *EDIT_SCORES])


def table() -> dict:
    return summary(judged(*trained()))


def summary(rows: pd.DataFrame) -> dict:
    """Return means with intervals for each set and map, and the control: the locator on pictures nobody edited."""
    found = {}
    for name in TESTS:
        here = rows[(rows["set"] == name) & (rows["picture"] == "edited")]
        twins = rows[(rows["set"] == name) & (rows["picture"] == "untouched")]
        found[name] = {m: {s: interval(of[s]) for s in ("pixel_auc", "iou")} for m, of in here.groupby("map")}
        found[name]["twins"] = {m: interval(of["pixel_auc"]) for m, of in twins.groupby("map")}
        learned = twins[twins["map"] == "learned"]
        found[name]["control_same_mask"] = interval(learned["pixel_auc"])
        found[name]["control_object"] = interval(learned["object_auc"].dropna())
        found[name]["control_area_called"] = float(learned["called"].mean())
    return found


def auc(mask: np.ndarray, suspect: np.ndarray) -> float:
    """Return the AUC on one pixel in four."""
    return pixel_auc(mask[::2, ::2], suspect[::2, ::2])


def best_limit(suspect: np.ndarray, masks: np.ndarray) -> float:
    """Return the limit with the best mean overlap on training pictures."""
    levels = np.quantile(np.concatenate([s[::4, ::4].ravel() for s in suspect]), np.linspace(0.5, 0.98, 17))
    few = [(m[::2, ::2], s[::2, ::2]) for m, s in zip(masks, suspect, strict=True)]
    return float(levels[int(np.argmax([np.mean([iou(m, s > level) for m, s in few]) for level in levels]))])


def interval(values) -> list[float]:
    """Return the mean with its 95 % interval when pictures (one a scene) are drawn again."""
    values = np.array(values)
    drawn = np.random.default_rng(0).integers(0, len(values), (500, len(values)))
    return [float(values.mean()), *map(float, np.quantile(values[drawn].mean(axis=1), (0.025, 0.975)))]


def write() -> None:
    """Write the shipped files, and the table among the results of the whole benchmark."""
    from measure import rounded

    locator, limits = trained()
    rows = judged(locator, limits)
    decimals = dict.fromkeys(EDIT_SCORES, 4)
    rows.round(decimals | {"limit": 6}).to_csv(SHIPPED / "edits.csv", index=False, lineterminator="\n")
    trees = BoostedTrees.of(locator.model_).arrays()
    np.savez_compressed(
        SHIPPED / "locator.npz", names=np.array(NAMES), threshold=np.float64(locator.threshold_), **trees
    )
    file = HERE / "results.json"
    results = json.loads(file.read_text(encoding="utf-8"))
    results["localisation"] = rounded(summary(rows))
    file.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        write()
    else:
        print(json.dumps(table(), indent=1))
