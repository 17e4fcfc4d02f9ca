"""One further generator and one further camera, written when the detectors were final, and used once.

They are not part of the picture world: its hash does not know them. The generator redraws texture by bands: it keeps
what is coarse, guesses from it how strong each finer band should be, and fills the band with noise of that strength. It
has no code of half size, no patches, no passes. The camera lies outside the range from which the eight were drawn: more
blur, more noise, stronger smoothing.

References
----------
D. Heeger, J. Bergen, "Pyramid-based texture analysis/synthesis", SIGGRAPH, 1995.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import sweep
from scipy import ndimage as ndi

from contrechamp.forensics.evaluation import Judged
from contrechamp.forensics.features import TraceFeatures
from contrechamp.forensics.splits import COLUMNS, Collection
from contrechamp.imaging import TRAINING_CAMERAS, camera, jpeg, launder, make_scene, shoot
from contrechamp.imaging.cameras import Camera
from contrechamp.imaging.dataset import Recipe, camera_of
from contrechamp.imaging.generators import FITTING_SCENES, same_colours
from contrechamp.imaging.generators.patches import ridge

SCENES, NAME, OPERATION = 120, "pyramid", "jpeg:75"
FURTHER = Camera(
    id=8, blur=0.8, vignette=0.2, exposure=0.95, phase=1, demosaicer="gradient_corrected", uneven=0.012, shot=0.0035,
    read=0.006, balance=(1.05, 1.0, 0.9), saturation=1.1, smoothing=0.6, sharpening=0.3,
)  # fmt: skip
_WIDTHS = (0.45, 0.9)


class Pyramid:
    """Bands of a picture above a blur, redrawn as noise whose strength is guessed from what is coarser."""

    def fit(self, pictures: list[np.ndarray]) -> "Pyramid":
        """Learn for each band how strong it is given the coarser picture, and how colours share it."""
        self.strength, self.mix = [], []
        for width in _WIDTHS:
            bands = [band(p, width) for p in pictures]
            clues = np.concatenate([clue(blurred(p, 2 * width)).reshape(-1, 3) for p in pictures])
            size = np.concatenate([np.abs(b).mean(axis=2).reshape(-1, 1) for b in bands])
            self.strength.append(ridge(clues, size * np.float32(1.25)))
            samples = np.concatenate([b.reshape(-1, 3) for b in bands])
            samples = samples / (samples.std() + 1e-6)
            self.mix.append(np.linalg.cholesky(np.cov(samples.T) + 1e-6 * np.eye(3)).T.astype(np.float32))
        return self

    def generate(self, picture: np.ndarray, key: int) -> np.ndarray:
        """Return the generator's version of a picture (size, size, 3); `key` chooses its noise."""
        rng = np.random.default_rng([20261122, 8, key])
        drawn = blurred(picture, 2 * _WIDTHS[-1])
        coarse = drawn
        for width, strength, mix in reversed(list(zip(_WIDTHS, self.strength, self.mix, strict=True))):
            noise = rng.standard_normal(picture.shape, dtype=np.float32) @ mix
            noise = blurred(noise, width) - blurred(noise, 2 * width)
            size = np.maximum(clue(coarse) @ strength, np.float32(0.001))
            kept = band(picture, width)  # edges stay: where the band is far stronger than its noise would be
            edge = ndi.uniform_filter(np.abs(kept).mean(axis=2, keepdims=True), (3, 3, 1)) > 1.3 * size
            drawn = drawn + np.where(edge, kept, size * noise / (noise.std() + np.float32(1e-6)))
            coarse = drawn
        fine = np.float32(0.004) * (rng.standard_normal(picture.shape, dtype=np.float32) @ self.mix[0])
        return np.clip(drawn + fine, 0, 1)


def blurred(picture: np.ndarray, width: float) -> np.ndarray:
    return ndi.gaussian_filter(picture, (width, width, 0), mode="mirror")


def band(picture: np.ndarray, width: float) -> np.ndarray:
    return blurred(picture, width) - blurred(picture, 2 * width)


def clue(coarse: np.ndarray) -> np.ndarray:
    """Return a constant, the root of the brightness and the local contrast: what strength is guessed from."""
    grey = coarse.mean(axis=2)
    contrast = ndi.uniform_filter(np.abs(grey - ndi.uniform_filter(grey, 7)), 7)
    return np.stack([np.ones_like(grey), np.sqrt(np.maximum(grey, 0.02)), contrast], axis=2)


@lru_cache(maxsize=1)
def generator() -> Pyramid:
    """Return the generator, fitted on the pictures that the six learned from."""
    pictures = [shoot(make_scene(i), TRAINING_CAMERAS[i % len(TRAINING_CAMERAS)], i) for i in FITTING_SCENES]
    return Pyramid().fit(pictures)


def pictures(scene: int):
    """Yield (camera, made_by, pixels): unseen camera and further camera, each genuine and redrawn."""
    quality = Recipe(scene, "camera").quality
    for device in (camera(camera_of(scene)), FURTHER):
        taken = shoot(make_scene(scene), device, scene)
        redrawn = same_colours(generator().generate(taken, scene), taken)
        for made_by, picture in (("camera", taken), (NAME, redrawn)):
            yield device.id, made_by, jpeg.again(jpeg.rounded(picture), quality)


def collection(where: Path | None = None) -> Collection:
    """Return the features of all pictures, untouched and after one operation; kept in ``work/``."""
    path = (where or sweep.folder()) / "further.npz"
    if not path.is_file():
        rows, pixels = [], []
        for scene in range(1_800_000, 1_800_000 + SCENES):
            for device, made_by, picture in pictures(scene):
                for operation in ("none", OPERATION):
                    rows.append((scene, device, made_by, Recipe(scene, "camera").kind, operation))
                    pixels.append(picture if operation == "none" else launder(picture, operation, scene))
        columns = {c: np.array(v) for c, v in zip(COLUMNS, zip(*rows, strict=True), strict=True)}
        np.savez(path, features=TraceFeatures().transform(pixels), **columns)
    held = np.load(path)
    return Collection(held["features"], pd.DataFrame({c: held[c] for c in COLUMNS}))


def questions(judged: Judged) -> dict[str, Judged]:
    """Return the rows that answer each question."""
    unseen = [device for device in judged.table["camera"].unique() if device != FURTHER.id]
    return {
        "further generator, unseen cameras": judged.where(operation="none", camera=unseen),
        "further generator, further camera": judged.where(operation="none", camera=FURTHER.id),
        f"both, {OPERATION}": judged.where(operation=OPERATION, camera=FURTHER.id),
    }
