"""Print the tables of this folder and write ``results.json``: ``python benchmarks/imaging/measure.py [scenes]``."""

import json
import sys
import time
from pathlib import Path

import numpy as np
from features import shortcuts, single_features
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from contrechamp.imaging import CLASSES, GENERATORS, make_images, make_scene, shoot
from contrechamp.imaging.dataset import camera_of
from contrechamp.imaging.generators import generators

HERE = Path(__file__).resolve().parent
CLOCK = time.process_time


def main(scenes: int = 300) -> None:
    generators()
    results = {"test_scenes": scenes, "train_scenes": scenes, "speed": speed()}
    train, test = (gather(scenes, split) for split in ("train", "test"))
    results["generators"] = difficulty(test)
    results["shortcuts"] = shortcut_table(train, test)
    results["file_size_auc"] = {name: auc(test["size"]["camera"], test["size"][name]) for name in GENERATORS}
    (HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=1))


def gather(scenes: int, split: str) -> dict:
    """Make the pictures of a split and keep numbers only."""
    kept = {"single": {}, "size": {}, "psnr": {}, "short": {}}
    for picture in make_images(scenes, split, hold_out=()):
        name = picture.recipe.made_by
        if name == "camera":
            source = picture.pixels.astype(float)
        elif split == "test":
            error = ((picture.pixels - source) ** 2).mean()
            kept["psnr"].setdefault(name, []).append(10 * np.log10(255**2 / error))
        if split == "test":
            kept["single"].setdefault(name, []).append(single_features(picture.pixels))
        kept["size"].setdefault(name, []).append(len(picture.file))
        kept["short"].setdefault(name, []).append(shortcuts(picture.pixels))
    return kept


def auc(genuine, synthetic) -> float:
    """Return the AUC of one number, whichever way round it works."""
    found = roc_auc_score([0] * len(genuine) + [1] * len(synthetic), [*genuine, *synthetic])
    return round(float(max(found, 1 - found)), 4)


def difficulty(test: dict) -> dict:
    table = {}
    for name in GENERATORS:
        single = {
            f: auc([row[f] for row in test["single"]["camera"]], [row[f] for row in test["single"][name]])
            for f in test["single"]["camera"][0]
        }
        best = sorted(single, key=single.get)[::-1][:4]
        table[name] = {
            "psnr_db": round(float(np.mean(test["psnr"][name])), 2),
            "best_single_auc": single[best[0]],
            "best_feature": best[0],
            "next": {f: single[f] for f in best[1:]},
        }
    return table


def shortcut_table(train: dict, test: dict) -> dict:
    models = {
        "logistic": make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=500, class_weight="balanced")),
        "trees": ExtraTreesClassifier(200, min_samples_leaf=3, class_weight="balanced", random_state=0),
        "boosting": HistGradientBoostingClassifier(
            max_iter=60, max_leaf_nodes=8, class_weight="balanced", random_state=0
        ),
    }
    table = {}
    for kind in ("mean_std", "histogram_48", "thumbnail_8x8"):
        x, y, _ = _rows(train, kind)
        x_test, y_test, scene = _rows(test, kind)
        found = {}
        for name, model in models.items():
            score = model.fit(x, y).predict_proba(x_test)[:, 1]
            low, high = interval(y_test, score, scene)
            found[name] = {"auc": round(float(roc_auc_score(y_test, score)), 4), "low": low, "high": high}
        worst = max(found, key=lambda n: abs(found[n]["auc"] - 0.5))
        table[kind] = {"worst": worst, **found[worst], "all": {n: v["auc"] for n, v in found.items()}}
    return table


def _rows(split: dict, kind: str):
    rows = [(s[kind], name != "camera", i) for name in CLASSES for i, s in enumerate(split["short"][name])]
    return np.array([r[0] for r in rows]), np.array([r[1] for r in rows]), np.array([r[2] for r in rows])


def interval(y, score, scene, draws: int = 300):
    """Return the 95 % interval of the AUC when scenes are drawn again."""
    rng, groups = np.random.default_rng(0), [np.flatnonzero(scene == s) for s in range(scene.max() + 1)]
    found = []
    for _ in range(draws):
        rows = np.concatenate([groups[g] for g in rng.integers(0, len(groups), len(groups))])
        found.append(roc_auc_score(y[rows], score[rows]))
    return [round(float(v), 4) for v in np.quantile(found, (0.025, 0.975))]


def speed() -> dict:
    table = {}
    for size in (64, 128, 256, 512):
        count = max(6, 12 * (128 // size) ** 2)
        ids = range(1_000_000, 1_000_000 + count)
        [shoot(make_scene(i, size), camera_of(i), i) for i in ids]
        start = CLOCK()
        [shoot(make_scene(i, size), camera_of(i), i) for i in ids]
        shot, start = (CLOCK() - start) / count, CLOCK()
        made = sum(1 for _ in make_images(6, "test", size=size))
        table[size] = {"scene_camera_ms": round(shot * 1e3, 2), "pictures_per_s": round(made / (CLOCK() - start), 1)}
    return table


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
