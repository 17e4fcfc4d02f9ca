"""Print the figures of this folder and write ``results.json``: ``python benchmarks/mechanism/measure.py``."""

import json
import time
from pathlib import Path

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier

from contrechamp.datasets import store
from contrechamp.mechanism import denoiser, diffusion, glyphs, judging

HERE = Path(__file__).resolve().parent
ASKED = np.tile(np.arange(len(glyphs.KINDS)), 50)
SEEDS = range(100, 110)
HELD_OUT_SEED, SECOND_JUDGE_SEED = 99, 4_002  # used by nothing that is judged here
CLOCK = time.process_time


def main() -> None:
    known, labels = denoiser.training_drawings()
    start = CLOCK()
    trained = denoiser.train(known, labels, progress=print)
    seconds = CLOCK() - start
    network = denoiser.load_denoiser()
    yard = typical(glyphs.draw_objects(600, random_state=HELD_OUT_SEED)[0], known)
    results = {
        "training_cpu_seconds": round(seconds, 1),
        "cached_state_kib": round(store.path(denoiser.CACHE).stat().st_size / 1024),
        "yardstick": round(yard, 3),
        "guidance": {str(w): drawn(network, w, known, yard) for w in (0, 0.5, 1, 1.5, 3, 10)},
        "trained_again": drawn(trained, 1, known, yard),
        "exact_formula_ratio": round(typical(copies(known, labels), known) / yard, 4),
        "judge": judge_alone(),
        "second_judge": second_judge(network),
        "change_outside_mask": change_outside(network),
        "cpu_seconds_per_hundred_drawings": speed(network),
    }
    (HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=1))


def typical(made, known) -> float:
    """Return the median distance to the nearest training drawing."""
    return float(np.median(judging.nearest(made, known)[0]))


def drawn(network, guidance: float, known, yard: float) -> dict:
    """Draw three hundred objects with each of ten seeds; return agreement and distance over the yardstick."""
    made = [diffusion.generate(network, ASKED, guidance=guidance, random_state=seed) for seed in SEEDS]
    ratios = [typical(pictures, known) / yard for pictures in made]
    right = np.array([judging.judged(pictures) == ASKED for pictures in made])
    kinds = [right[:, kind == ASKED].mean() for kind in range(len(glyphs.KINDS))]
    return {
        "agreement": round(float(right.mean()), 4),
        "agreement_worst_kind": round(float(min(kinds)), 4),
        "ratio": round(float(np.median(ratios)), 3),
        "ratio_lowest_of_ten_seeds": round(min(ratios), 3),
    }


def copies(known, labels):
    return diffusion.generate(diffusion.ExactDenoiser(known, labels), ASKED, random_state=SEEDS[0])


def judge_alone() -> dict:
    """Say how the judge does on drawings that nobody learned from, and on what is no drawing."""
    held, labels = glyphs.draw_objects(600, random_state=HELD_OUT_SEED)
    rng = np.random.default_rng(5)
    noise = rng.standard_normal(held.shape)
    other = rng.permutation(len(held))
    differs = labels != labels[other]
    mixed, first = (0.5 * (held + held[other]))[differs], labels[differs]
    return {
        "held_out": round(judging.agreement(held, labels), 4),
        "noise": round(judging.agreement(noise, labels), 4),
        "half_and_half_called_by_the_first": round(judging.agreement(mixed, first), 4),
    }


def second_judge(network) -> dict:
    """Ask a judge of another family, with drawings of its own, about the same pictures."""
    pictures, labels = glyphs.draw_objects(1200, random_state=SECOND_JUDGE_SEED)
    judge = ExtraTreesClassifier(200, random_state=0).fit(pictures, labels)
    made = [diffusion.generate(network, ASKED, random_state=seed) for seed in SEEDS]
    return {"agreement": round(float(np.mean([(judge.predict(drawings) == ASKED).mean() for drawings in made])), 4)}


def change_outside(network) -> float:
    """Fill the right half of drawings that nobody learned from; return the largest change of a pixel outside."""
    held = glyphs.draw_objects(300, random_state=HELD_OUT_SEED)[0]
    mask = np.tile(np.arange(glyphs.SIDE) >= glyphs.SIDE // 2, glyphs.SIDE)
    filled = diffusion.generate(network, ASKED, keep=held, mask=mask, random_state=1)
    return float(np.abs(filled - held)[:, ~mask].max())


def speed(network) -> float:
    start = CLOCK()
    for seed in range(5):
        diffusion.generate(network, ASKED[:100], random_state=seed)
    return round((CLOCK() - start) / 5, 3)


if __name__ == "__main__":
    main()
