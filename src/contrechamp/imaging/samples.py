"""The shipped sample in ``datasets/images``: what it holds, how it is made again, how it is compared.

``contrechamp data rebuild`` makes every file again from the manifest's recipes and compares. Bytes agree on one machine
with the same versions; elsewhere rounding may differ, so pixels are compared with a tolerance.
"""

import hashlib
import io
import json
import platform
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np
from PIL import Image

from contrechamp import home
from contrechamp.errors import ContrechampError
from contrechamp.imaging import jpeg
from contrechamp.imaging.dataset import SCENES, UNSEEN_GENERATORS, Recipe, camera_of, plan, render
from contrechamp.imaging.edits import make_edit
from contrechamp.imaging.generators import GENERATORS
from contrechamp.imaging.seeds import ROOT
from contrechamp.language import gettext as _

#: Scenes of each split in the sample: one of each kind. Edits: two of each kind on the object, two beside it.
SCENES_OF_EACH_SPLIT, EDITS = 6, 12
#: Another machine may round otherwise: so many grey levels on average are still the same picture.
TOLERANCE = 1.0


def main(write: bool = False) -> int:
    """Make the sample again and compare it with the manifest, or write both.

    Parameters
    ----------
    write : bool
        Write every file and the manifest in place of comparing: a maintainer's step.

    Returns
    -------
    int
        Exit status: 0 when all files agree (or were written), else 1; what differs is printed, a line a file.

    Raises
    ------
    ContrechampError
        Outside a checkout of the repository, or when the manifest is missing or damaged.
    """
    if write:
        return _write()
    manifest = read_manifest()
    wrong = [f"{entry['path']}: {says}" for entry in manifest["files"] if (says := differs(entry))]
    for line in wrong:
        print(line)
    made = sum(entry["kind"] != "screenshot" for entry in manifest["files"])
    print(_("{right} of {made} files agree with their recipes.").format(right=made - len(wrong), made=made))
    return 1 if wrong else 0


def recipes() -> Iterator[dict]:
    """Yield what the sample holds: path, kind and recipe of each file, without bytes.

    Yields
    ------
    dict
        ``path``, ``kind`` (``"picture"``, ``"edit"``, ``"untouched"``, ``"mask"``), ``split``, ``scene``, ``made_by``,
        ``camera``, ``size``; a picture has its JPEG ``quality``, the others ``hard``.
    """
    for split in SCENES:
        for recipe in plan(SCENES_OF_EACH_SPLIT, split):
            path = f"datasets/images/{split}/{recipe.scene}_{recipe.made_by}.jpg"
            yield {"path": path, "kind": "picture", "split": split, "scene": recipe.scene, "made_by": recipe.made_by,
                   "camera": recipe.camera, "quality": recipe.quality, "size": recipe.size}  # fmt: skip
    for number in range(EDITS):
        split = "train" if number % 2 == 0 else "test"
        scene = SCENES[split][100 * 6 + number]
        seen = [name for name in GENERATORS if split == "test" or name not in UNSEEN_GENERATORS]
        edit = {"split": split, "scene": scene, "made_by": seen[number % len(seen)], "camera": camera_of(scene),
                  "size": 256, "hard": number % 4 >= 2}  # fmt: skip
        for kind, ending in (("edit", "jpg"), ("untouched", "jpg"), ("mask", "png")):
            yield {"path": f"datasets/images/edits/{scene}_{kind}.{ending}", "kind": kind, **edit}


def make(entry: dict) -> bytes:
    """Return the bytes of the file that an entry of the manifest describes.

    Parameters
    ----------
    entry : dict
        With ``path``, ``kind`` and the recipe, as `recipes` yields it.

    Returns
    -------
    bytes
        A JPEG file; for a mask a black and white PNG file.

    Raises
    ------
    ContrechampError
        When the recipe is incomplete or impossible.
    """
    try:
        if entry["kind"] == "picture":
            return render(Recipe(entry["scene"], entry["made_by"], entry["size"])).file
        if entry["kind"] in ("edit", "untouched", "mask"):
            edit = make_edit(entry["scene"], entry["camera"], entry["made_by"], entry["size"], entry["hard"])
            untouched = jpeg.encode(edit.saved, edit.qualities[1])
            return {"edit": edit.file, "untouched": untouched, "mask": png(edit.mask)}[entry["kind"]]
    except KeyError as missing:
        raise ContrechampError(
            _("The manifest's entry for {path} has no {field}. Restore datasets/images/manifest.json.").format(
                path=entry.get("path"), field=missing
            )
        ) from None
    raise ContrechampError(
        _("{path}: no recipe makes a file of kind {kind}.").format(path=entry["path"], kind=entry["kind"])
    )


def differs(entry: dict) -> str:
    """Return what is wrong with a file of the manifest.

    Parameters
    ----------
    entry : dict
        Of the manifest's ``files``.

    Returns
    -------
    str
        Empty when bytes agree, or pixels do within `TOLERANCE` grey levels on average; else what is wrong, to follow
        the path. A screenshot is compared by its size in pixels alone.

    Raises
    ------
    ContrechampError
        Outside a checkout of the repository, or when the entry's recipe is incomplete.
    """
    file = _root() / entry["path"]
    if not file.is_file():
        return _("is missing")
    if entry["kind"] == "screenshot":  # needs Chromium to be made again: size only
        with Image.open(file) as image:
            return "" if list(image.size) == entry["pixels"] else _("has another size than in the manifest")
    stored = file.read_bytes()
    if hashlib.sha256(stored).hexdigest() != entry["sha256"]:
        return _("is not the file of the manifest")
    made = make(entry)
    if made == stored or _close(made, stored):
        return ""
    return _("is not what its recipe makes")


def png(mask: np.ndarray) -> bytes:
    """Return a mask as a black and white PNG file."""
    file = io.BytesIO()
    Image.fromarray(mask.astype(np.uint8) * 255).convert("1").save(file, "PNG", optimize=True)
    return file.getvalue()


def read_manifest() -> dict:
    """Return the manifest of all image files.

    Returns
    -------
    dict
        ``files`` lists them; each has ``path``, ``kind`` and ``sha256``, and its recipe.

    Raises
    ------
    ContrechampError
        When the file is missing or damaged, or the library runs outside a checkout.
    """
    file = _root() / "datasets" / "images" / "manifest.json"
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
        assert all({"path", "kind", "sha256"} <= set(entry) for entry in manifest["files"])
    except (OSError, ValueError, KeyError, TypeError, AssertionError):
        raise ContrechampError(_("datasets/images/manifest.json is missing or damaged. Restore it.")) from None
    return manifest


def _close(made: bytes, stored: bytes) -> bool:
    one, other = jpeg.decode(made).astype(int), jpeg.decode(stored).astype(int)
    return one.shape == other.shape and float(np.abs(one - other).mean()) <= TOLERANCE


def _root() -> Path:
    root = home.checkout()
    if root is None:
        raise ContrechampError(_("This command needs the repository: an installed package has no pictures to rebuild."))
    return root


def _write() -> int:
    """Write every file of the sample, and the manifest with its hashes."""
    files, root = [], _root()
    for entry in recipes():
        data, file = make(entry), root / entry["path"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        files.append({**entry, "sha256": hashlib.sha256(data).hexdigest()})
    picture = root / "docs" / "lesson.png"
    if picture.is_file():
        with Image.open(picture) as image:
            size = list(image.size)
        shot = {"path": "docs/lesson.png", "kind": "screenshot", "script": "docs/make_picture.py", "pixels": size}
        files.append({**shot, "sha256": hashlib.sha256(picture.read_bytes()).hexdigest()})
    versions = {name: version(name) for name in ("numpy", "scipy", "pillow")} | {"python": platform.python_version()}
    manifest = {"licence": "CC-BY-4.0", "seed": ROOT, "versions": versions, "files": files}
    target = root / "datasets" / "images" / "manifest.json"
    target.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return 0
