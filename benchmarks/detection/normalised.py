"""Would maps leak less content if content were subtracted from them? Four attempts, judged on training edits alone.

``python benchmarks/detection/normalised.py`` prints the table that README.md quotes (about two CPU minutes). Edits and
their un-edited twins are left out in three parts; the test is not asked. "Control" is the AUC of the mask on the twin:
a locator that knows no content gets one half.
"""

import edited
import locate
import numpy as np
from scipy import ndimage as ndi
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GroupKFold

from contrechamp.forensics.localisation import NAMES, WIDTHS, block_means, enlarged
from contrechamp.forensics.pictures import luma

_HALF = len(NAMES) // len(WIDTHS)
_POWERS = slice(0, 3)  # noise of red, green and blue come first among the maps of a width


def without_content(found: np.ndarray, pixels: np.ndarray) -> np.ndarray:
    """Return maps minus what brightness and texture of the same blocks predict of them within the picture."""
    grey = ndi.gaussian_filter(luma(pixels[None].astype(np.float32))[0], 2.0)
    down, right = np.gradient(grey)
    parts = []
    for place, width in enumerate(WIDTHS):
        bright = ndi.gaussian_filter(block_means(grey), width) / 128 - 1
        texture = np.log(ndi.gaussian_filter(block_means(down**2 + right**2), width) + 0.3)
        texture -= texture.mean()
        known = np.stack([bright, bright**2, texture, texture**2, bright * texture], axis=-1)
        parts.append(rest(found[..., place * _HALF : (place + 1) * _HALF], known, 3.0))
    return np.concatenate(parts, axis=-1)


def without_power(found: np.ndarray, pixels: np.ndarray) -> np.ndarray:
    """Return maps minus what the strength of the noise predicts of them; the strength itself is left out."""
    parts = []
    for place in range(len(WIDTHS)):
        here = found[..., place * _HALF : (place + 1) * _HALF]
        power = here[..., _POWERS]
        level = power.mean(axis=-1)
        known = np.stack([level, level**2, power[..., 0] - power[..., 1], power[..., 2] - power[..., 1]], axis=-1)
        parts.append(rest(here[..., 3:], known, 1.0))
    return np.concatenate(parts, axis=-1)


def without_noise(found: np.ndarray, pixels: np.ndarray) -> np.ndarray:
    """Return maps without the three of the noise's strength."""
    return found[..., [not name.startswith("noise_") for name in NAMES]]


def rest(found: np.ndarray, known: np.ndarray, ridge: float) -> np.ndarray:
    """Return what a ridge regression on `known` leaves of maps (h, w, maps), median 0."""
    x = np.column_stack([np.ones(known[..., 0].size), known.reshape(-1, known.shape[-1])])
    y = found.reshape(-1, found.shape[-1])
    weight = ridge * np.diag([0.0, *np.ones(known.shape[-1])])
    left = y - x @ np.linalg.solve(x.T @ x + weight, x.T @ y)
    return (left - np.median(left, axis=0)).reshape(found.shape)


#: Name -> what is done to the maps of a picture; whether un-edited twins are among the training pictures.
ATTEMPTS = {
    "as it is": (lambda found, pixels: found, False),
    "un-edited twins in training": (lambda found, pixels: found, True),
    "content subtracted": (without_content, False),
    "content subtracted, twins in training": (without_content, True),
    "noise power subtracted": (without_power, False),
    "noise power left out": (without_noise, False),
}


def left_out(edits: np.ndarray, twins: np.ndarray, made: dict, with_twins: bool) -> dict[str, float]:
    """Return mean AUC on edits and twins left out of training."""
    masks, weaker = made["masks"], made["qualities"][:, 1] > made["qualities"][:, 0]
    truth = np.array([block_means(mask.astype(np.float32)) > 0.5 for mask in masks])
    found = np.empty((len(edits), 3))
    for learned, left in GroupKFold(3).split(edits, groups=np.arange(len(edits))):
        x, y = [edits[learned]], [truth[learned]]
        if with_twins:
            x, y = [*x, twins[learned]], [*y, np.zeros_like(truth[learned])]
        model = HistGradientBoostingClassifier(max_leaf_nodes=15, l2_regularization=1.0, random_state=0)
        model.fit(np.concatenate(x).reshape(-1, edits.shape[-1]), np.concatenate(y).ravel())
        for k in left:
            read = [
                enlarged(
                    model.predict_proba(m[k].reshape(-1, m.shape[-1]))[:, 1].reshape(truth[k].shape), masks[k].shape
                )
                for m in (edits, twins)
            ]
            thing = made["object_masks"][k]
            found[k] = [
                *(locate.auc(masks[k], p) for p in read),
                locate.auc(thing, read[1]) if thing.any() else np.nan,
            ]
    return {
        "second JPEG weaker": found[weaker, 0].mean(),
        "stronger": found[~weaker, 0].mean(),
        "control, same mask": found[:, 1].mean(),
        "control, object": np.nanmean(found[:, 2]),
    }


if __name__ == "__main__":
    made = edited.made("train")
    both = [(locate.measured("train", which), made[which]) for which in ("pixels", "untouched")]
    for name, (change, with_twins) in ATTEMPTS.items():
        edits, twins = (np.stack([change(m, p) for m, p in zip(*pair, strict=True)]) for pair in both)
        row = left_out(edits, twins, made, with_twins)
        print(f"| {name} | " + " | ".join(f"{v:.3f}" for v in row.values()) + " |", flush=True)
