"""Localisation: learned maps against plain ones, on generators seen and unseen, after a weaker and a stronger JPEG."""

import hashlib
import sys
from pathlib import Path

import edited
import numpy as np

from contrechamp.forensics import localisation
from contrechamp.forensics.localisation import NAMES, EditLocator, ela, enlarged, iou, maps, pixel_auc

HERE = Path(__file__).resolve().parent
#: Plain maps that the learned ones contain: each is read off the maps measured anyway.
_GHOST, _NOISE = NAMES.index("ghost_of_first_save_w0.7"), NAMES.index("noise_g_w0.7")


def measured(name: str, which: str = "pixels") -> np.ndarray:
    """Return the maps of a set's pictures (n, 32, 32, maps), kept in ``work/`` for the same code."""
    code = hashlib.sha256(Path(localisation.__file__).read_bytes()).hexdigest()[:8]
    pictures, found = edited.made(name)[which], []
    for start in range(0, len(pictures), 6):
        path = HERE / "work" / "edits" / f"maps_{code}_{name}_{which}_{start}.npy"
        if not path.is_file():
            np.save(path, np.stack([maps(p) for p in pictures[start : start + 6]]).astype(np.float32))
            print(f"{name} {which}: {min(start + 6, len(pictures))}/{len(pictures)} maps", file=sys.stderr, flush=True)
        found.append(np.load(path))
    return np.concatenate(found)


def plain(pictures: np.ndarray, found: np.ndarray) -> dict[str, list[np.ndarray]]:
    """Return the maps that need no training, for all pictures."""
    shape = pictures.shape[1:3]
    return {
        "ela": [ela(p) for p in pictures],
        "ghost": [enlarged(m[..., _GHOST], shape) for m in found],
        "noise": [enlarged(np.abs(m[..., _NOISE]), shape) for m in found],
    }


def table() -> dict:
    train, train_maps = edited.made("train"), measured("train")
    locator = EditLocator().fit_maps(list(train_maps), train["masks"])
    limits = {n: best_limit(s, train["masks"]) for n, s in plain(train["pixels"], train_maps).items()}
    found = {}
    for name in ("seen", "unseen", "hard"):
        test, test_maps = edited.made(name), measured(name)
        shape = test["masks"].shape[1:]
        learned = [locator.read(m, shape) for m in test_maps]
        found[name] = {"learned": scored(learned, test["masks"], locator.threshold_)}
        for other, suspect in plain(test["pixels"], test_maps).items():
            found[name][other] = scored(suspect, test["masks"], limits[other])
        twins = [locator.read(m, shape) for m in measured(name, "untouched")]
        for control, masks in (("control_same_mask", test["masks"]), ("control_object", test["object_masks"])):
            found[name][control] = interval([auc(m, p) for m, p in zip(masks, twins, strict=True) if m.any()])
        found[name]["control_area_called"] = float(np.mean([(p > locator.threshold_).mean() for p in twins]))
    return found


def auc(mask: np.ndarray, suspect: np.ndarray) -> float:
    """Return the AUC on one pixel in four."""
    return pixel_auc(mask[::2, ::2], suspect[::2, ::2])


def scored(suspect: list[np.ndarray], masks: np.ndarray, limit: float) -> dict:
    return {
        "pixel_auc": interval([auc(m, s) for m, s in zip(masks, suspect, strict=True)]),
        "iou": interval([iou(m, s > limit) for m, s in zip(masks, suspect, strict=True)]),
    }


def best_limit(suspect: list[np.ndarray], masks: np.ndarray) -> float:
    """Return the limit with the best mean overlap on training pictures."""
    levels = np.quantile(np.concatenate([s[::4, ::4].ravel() for s in suspect]), np.linspace(0.5, 0.98, 17))
    few = [(m[::2, ::2], s[::2, ::2]) for m, s in zip(masks, suspect, strict=True)]
    return float(levels[int(np.argmax([np.mean([iou(m, s > level) for m, s in few]) for level in levels]))])


def interval(values: list[float]) -> list[float]:
    """Return the mean with its 95 % interval when pictures (one a scene) are drawn again."""
    values = np.array(values)
    drawn = np.random.default_rng(0).integers(0, len(values), (500, len(values)))
    return [float(values.mean()), *map(float, np.quantile(values[drawn].mean(axis=1), (0.025, 0.975)))]


if __name__ == "__main__":
    for each in edited.SETS:
        measured(each)
        if each != "train":
            measured(each, "untouched")
