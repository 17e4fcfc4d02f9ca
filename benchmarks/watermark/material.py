"""The pictures of this benchmark, none of which served to choose a number of the marks."""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

from contrechamp.imaging import KINDS, jpeg, make_scene, shoot

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import photographs

KEYS = [f"benchmark key {number}" for number in range(5)]
#: Scenes: the marks were tuned on scenes below 200; these come from the other split.
FIRST_SCENE, SCENES, SIDE = 1_500_000, 168, 512


def scene(number: int, size: int = SIDE) -> np.ndarray:
    """Return the `number`-th test scene as a picture."""
    scene_id = FIRST_SCENE + number
    return jpeg.rounded(shoot(make_scene(scene_id, size), number % 8, scene_id))


def photograph(file: Path) -> np.ndarray:
    """Return a photograph with its proportions at about the area of a scene."""
    with Image.open(file) as image:
        image.draft("RGB", (1400, 1400))
        zoom = SIDE / (image.size[0] * image.size[1]) ** 0.5
        size = tuple(round(side * zoom) for side in image.size)
        return np.asarray(image.convert("RGB").resize(size, Image.Resampling.LANCZOS))


def pictures() -> list[tuple[str, str]]:
    """Return name and source of every picture; scenes of all kinds first, in turn."""
    scenes = [(f"scene {number} {KINDS[(FIRST_SCENE + number) % 6]}", str(number)) for number in range(SCENES)]
    return scenes + [(f"photograph {name}", str(file)) for name, file in photographs.files().items()]


def load(source: str) -> np.ndarray:
    """Return a picture by its source."""
    return scene(int(source)) if source.isdigit() else photograph(Path(source))


def enlarged(size: int) -> np.ndarray:
    """Return a picture of any size for timing: scenes laid side by side."""
    if size <= SIDE:
        return scene(3, size)
    across = size // SIDE
    rows = [np.hstack([scene(3 + across * row + column) for column in range(across)]) for row in range(across)]
    return np.vstack(rows)
