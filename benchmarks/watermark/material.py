"""The pictures of this benchmark, none of which served to choose a number of the marks."""

import os
from pathlib import Path

import numpy as np
from PIL import Image

from contrechamp.imaging import KINDS, jpeg, make_scene, shoot

KEYS = [f"benchmark key {number}" for number in range(5)]
#: Scenes: the marks were tuned on scenes below 200; these come from the other split.
FIRST_SCENE, SCENES, SIDE = 1_500_000, 168, 512
#: Photographs that were looked at one by one: no people. File names in the Debian packages mate-backgrounds,
#: lomiri-wallpapers-16.04, lomiri-wallpapers-20.04 and plasma-workspace-wallpapers. No part of the repository.
PHOTOGRAPHS = [
    "Bridge_by", "Dragonfly_by", "Kleiber_by", "Picture_0B_by", "Picture_1A_by", "Wine_by", "aitzgorri_by",
    "free_by", "friends_by", "life_by", "Aqua", "Blinds", "Dune", "FreshFlower", "Garden", "GreenMeadow",
    "LadyBird", "RainDrops", "Storm", "TwoWings", "nature/Wood", "YellowFlower", "picosdeeuropa_by",
    "seeding_by", "sunset_by", "BytheWater", "ColdRipple", "ColorfulCups", "DarkestHour", "EveningGlow",
    "FallenLeaf", "Grey", "Kite", "OneStandsOut", "Path/", "summer_1am",
]  # fmt: skip


def scene(number: int, size: int = SIDE) -> np.ndarray:
    """Return the `number`-th test scene as a picture."""
    scene_id = FIRST_SCENE + number
    return jpeg.rounded(shoot(make_scene(scene_id, size), number % 8, scene_id))


def photograph_files() -> dict[str, Path]:
    """Return the photographs under the folder that CONTRECHAMP_PHOTOGRAPHS names; none when it names none."""
    folder = os.environ.get("CONTRECHAMP_PHOTOGRAPHS")
    if not folder:
        return {}
    known = sorted(Path(folder).rglob("*.jp*g")) + sorted(Path(folder).rglob("*.png"))
    chosen = {}
    for name in PHOTOGRAPHS:
        files = [file for file in known if f"/{name}" in file.as_posix() and "screenshot" not in file.name]
        if files:
            chosen[name] = max(files, key=lambda file: file.stat().st_size)
    return chosen


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
    return scenes + [(f"photograph {name}", str(file)) for name, file in photograph_files().items()]


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
