"""Photographs without people that benchmarks may read where they are installed; none is part of the repository.

Debian packages mate-backgrounds, lomiri-wallpapers-16.04, lomiri-wallpapers-20.04 and plasma-workspace-wallpapers::

    apt-get download PACKAGE && dpkg -x PACKAGE*.deb FOLDER
    export CONTRECHAMP_PHOTOGRAPHS=FOLDER

Their licences stand in each package's ``copyright``. No notebook and no test reads them.
"""

import os
from pathlib import Path

#: Beginnings of file names. Looked at one by one: what shows a person, or part of one, drawings, renders are left out.
PHOTOGRAPHS = [
    "Bridge_by", "Dragonfly_by", "Picture_0B_by", "Picture_1A_by", "Wine_by", "aitzgorri_by",
    "free_by", "friends_by", "life_by", "Aqua", "Blinds", "Dune", "FreshFlower", "Garden", "GreenMeadow",
    "LadyBird", "RainDrops", "Storm", "TwoWings", "nature/Wood", "YellowFlower", "picosdeeuropa_by",
    "seeding_by", "sunset_by", "BytheWater", "ColdRipple", "ColorfulCups", "DarkestHour", "EveningGlow",
    "FallenLeaf", "Grey", "Kite", "OneStandsOut", "Path/", "summer_1am",
]  # fmt: skip


def files() -> dict[str, Path]:
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
