"""Makes the edited pictures of the localisation table and keeps them in ``work/``, six at a time."""

import sys
from pathlib import Path

import numpy as np

from contrechamp.imaging import GENERATORS, UNSEEN_GENERATORS, make_edit
from contrechamp.imaging.dataset import SCENES, camera_of

HERE = Path(__file__).resolve().parent
SEEN = tuple(name for name in GENERATORS if name not in UNSEEN_GENERATORS)
#: Name of a set -> (split, first scene, edits, generators in turn, second JPEG: weaker, stronger or in turn).
SETS = {
    "train": ("train", 0, 48, SEEN, "both"),
    "seen": ("test", 2000, 24, SEEN, "weaker"),
    "unseen": ("test", 2200, 24, UNSEEN_GENERATORS, "weaker"),
    "hard": ("test", 2400, 24, SEEN, "stronger"),
    "hard_weaker": ("test", 2400, 24, SEEN, "weaker"),  # the same edits: only the second JPEG differs
}


def made(name: str, where: Path = HERE / "work" / "edits") -> dict[str, np.ndarray]:
    """Return pixels and untouched (n, 256, 256, 3), masks, object_masks, scenes, made_by, qualities (n, 2)."""
    split, first, count, generators, second = SETS[name]
    parts = []
    for start in range(0, count, 6):
        path = where / f"{name}_{first}_{start}.npz"
        if not path.is_file():
            rows = []
            for k in range(start, min(start + 6, count)):
                scene = SCENES[split][first + k]
                hard = second == "stronger" or (second == "both" and k // len(generators) % 2 == 1)
                made_by = generators[k % len(generators)]
                edit = make_edit(scene, camera_of(scene), made_by, 256, hard)
                rows.append((edit.pixels, edit.untouched, edit.mask, edit.object_mask, scene, made_by, edit.qualities))
            names = ("pixels", "untouched", "masks", "object_masks", "scenes", "made_by", "qualities")
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(".part.npz")
            np.savez(part, **dict(zip(names, map(np.array, zip(*rows, strict=True)), strict=True)))
            part.replace(path)
            print(f"{name}: {min(start + 6, count)}/{count} edits", file=sys.stderr, flush=True)
        parts.append(np.load(path))
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0].files}


if __name__ == "__main__":
    for each in SETS:
        made(each)
