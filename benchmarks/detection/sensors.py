"""PRNU: does the fingerprint find the camera, and does a generator wipe it out?"""

import numpy as np

from contrechamp.forensics.intervals import bootstrap
from contrechamp.forensics.metrics import auc, tpr_at_fpr
from contrechamp.forensics.prnu import fingerprint, ncc, pce
from contrechamp.imaging import CAMERAS, GENERATORS, generate, jpeg, make_scene, shoot
from contrechamp.imaging.seeds import stream

SIZE, REFERENCES, TESTS = 256, 24, 64


def even(camera: int, number: int) -> np.ndarray:
    """A picture of an even, bright wall."""
    rng = stream("shot", camera, 500_000 + number)
    light = np.full((SIZE, SIZE, 3), rng.uniform(0.25, 0.6), np.float32)
    return jpeg.again(jpeg.rounded(shoot(light, camera, 500_000 + number)), 95)


def table() -> dict:
    patterns = {c: fingerprint([even(c, n) for n in range(REFERENCES)]) for c in CAMERAS}
    same, other, peaks, redrawn, scenes = [], [], [], [], []
    for k in range(TESTS):
        scene, camera = 1_500_000 + k, CAMERAS[k % len(CAMERAS)]
        taken = shoot(make_scene(scene, SIZE), camera, scene)
        picture = jpeg.again(jpeg.rounded(taken), 90)
        found = {c: ncc(picture, pattern) for c, pattern in patterns.items()}
        same.append(found.pop(camera))
        other.append(list(found.values()))
        peaks.append((pce(picture, patterns[camera]), max(pce(picture, patterns[c]) for c in found)))
        made = generate(GENERATORS[k % len(GENERATORS)], taken, scene)
        redrawn.append(ncc(jpeg.again(jpeg.rounded(made), 90), patterns[camera]))
        scenes.append(scene)
    y = np.repeat([1, 0], [TESTS, TESTS * len(other[0])])
    score = np.concatenate([same, np.ravel(other)])
    which = np.concatenate([scenes, np.repeat(scenes, len(other[0]))])
    against = np.repeat([1, 0], TESTS)
    return {
        "auc": [auc(y, score), *bootstrap(auc, which, y, score, draws=200)],
        "tpr_at_fpr_1e-3": tpr_at_fpr(y, score, 1e-3),
        "right_camera_has_the_largest_peak": float(np.mean([a > b for a, b in peaks])),
        "pce_same_median": float(np.median([a for a, _b in peaks])),
        "pce_other_max": float(np.max([b for _a, b in peaks])),
        "ncc_same": [float(np.mean(same)), float(np.std(same))],
        "ncc_other": [float(np.mean(other)), float(np.std(other))],
        "ncc_redrawn_by_a_generator": [float(np.mean(redrawn)), float(np.std(redrawn))],
        "auc_same_against_redrawn": auc(against, np.concatenate([same, redrawn])),
    }
