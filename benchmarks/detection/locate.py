"""Localisation: learned maps against plain ones, on generators seen and unseen, after a weaker and a stronger JPEG."""

import edited
import numpy as np

from contrechamp.forensics.localisation import PLAIN, EditLocator, iou, maps, pixel_auc


def table() -> dict:
    train = edited.made("train")
    measured = [maps(p) for p in train["pixels"]]
    locator = EditLocator().fit_maps(measured, train["masks"])
    limits = {name: best_limit([plain(p) for p in train["pixels"]], train["masks"]) for name, plain in PLAIN.items()}
    found = {}
    for name in ("seen", "unseen", "hard"):
        test = edited.made(name)
        learned = [locator.read(maps(p), p.shape[:2]) for p in test["pixels"]]
        found[name] = {"learned": scored(learned, test["masks"], locator.threshold_)}
        for other, plain in PLAIN.items():
            found[name][other] = scored([plain(p) for p in test["pixels"]], test["masks"], limits[other])
        twins = [locator.read(maps(p), p.shape[:2]) for p in test["untouched"]]
        found[name]["control_same_mask"] = interval(
            [pixel_auc(m, p) for m, p in zip(test["masks"], twins, strict=True)]
        )
        found[name]["control_object"] = interval(
            [pixel_auc(m, p) for m, p in zip(test["object_masks"], twins, strict=True) if m.any()]
        )
        found[name]["control_area_called"] = float(np.mean([(p > locator.threshold_).mean() for p in twins]))
    return found


def scored(suspect: list[np.ndarray], masks: np.ndarray, limit: float) -> dict:
    return {
        "pixel_auc": interval([pixel_auc(m, s) for m, s in zip(masks, suspect, strict=True)]),
        "iou": interval([iou(m, s > limit) for m, s in zip(masks, suspect, strict=True)]),
    }


def best_limit(suspect: list[np.ndarray], masks: np.ndarray) -> float:
    """Return the limit with the best mean overlap on training pictures."""
    levels = np.quantile(np.concatenate([s[::4, ::4].ravel() for s in suspect]), np.linspace(0.5, 0.98, 17))
    mean = [np.mean([iou(m, s > level) for m, s in zip(masks, suspect, strict=True)]) for level in levels]
    return float(levels[int(np.argmax(mean))])


def interval(values: list[float]) -> list[float]:
    """Return the mean with its 95 % interval when pictures (one a scene) are drawn again."""
    values = np.array(values)
    drawn = np.random.default_rng(0).integers(0, len(values), (500, len(values)))
    return [float(values.mean()), *map(float, np.quantile(values[drawn].mean(axis=1), (0.025, 0.975)))]


if __name__ == "__main__":
    import json

    print(json.dumps(table(), indent=1))
