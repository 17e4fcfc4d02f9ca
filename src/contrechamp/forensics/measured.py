"""Measured pictures: made and measured here, or read from the repository, where lessons find them ready.

`collect` makes pictures and measures them (about 25 CPU milliseconds each). `load_features`, `load_scores`,
`load_edits` and `load_locator` read what `benchmarks/detection` computed once; the same call of `collect` gives the
same features, up to their rounding.
"""

import io
import zipfile
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from contrechamp.datasets import store
from contrechamp.errors import ContrechampError
from contrechamp.forensics.features import TraceFeatures
from contrechamp.forensics.localisation import NAMES, EditLocator
from contrechamp.forensics.splits import COLUMNS, Collection
from contrechamp.forensics.trees import BoostedTrees
from contrechamp.imaging import launder
from contrechamp.imaging.dataset import CLASSES, make_images
from contrechamp.language import gettext as _

FOLDER = "detection"
#: What is measured of a map: its ranking of pixels, its overlap, and how much of the picture it calls edited.
EDIT_SCORES = ("pixel_auc", "object_auc", "iou", "called")


def collect(
    scenes: int,
    split: str = "train",
    classes: Sequence[str] | None = None,
    operations: Sequence[str] = ("none",),
    size: int = 128,
    progress: bool | Callable[[int, int], None] = False,
) -> Collection:
    """Make pictures, let things happen to them, measure them.

    Parameters
    ----------
    scenes : int
        Each is shown in every class and after every operation.
    split : {"train", "test"}
        As for `contrechamp.imaging.make_images`: other scenes, other cameras.
    classes : sequence of str, optional
        From `contrechamp.imaging.CLASSES`; left out: all.
    operations : sequence of str
        ``"none"``, or chains for `contrechamp.imaging.launder`, for example ``"jpeg:75"``.
    size : int
        Side in pixels.
    progress : bool or callable
        As for `make_images`.

    Returns
    -------
    Collection

    Raises
    ------
    ContrechampError
        As `make_images` and `launder`.

    Examples
    --------
    >>> collect(1, classes=["camera", "nearest"], operations=["none", "jpeg:75"], size=64).features.shape
    (4, 444)
    """
    rows, pixels = [], []
    classes = CLASSES if classes is None else classes
    for picture in make_images(scenes, split, classes, size, hold_out=(), progress=progress):
        recipe = picture.recipe
        for operation in operations:
            rows.append((recipe.scene, recipe.camera, recipe.made_by, recipe.kind, operation))
            pixels.append(after(picture.pixels, operation, recipe.scene, recipe.made_by))
    return Collection(TraceFeatures().transform(pixels), pd.DataFrame(rows, columns=list(COLUMNS)))


def after(pixels: np.ndarray, operation: str, scene: int, made_by: str) -> np.ndarray:
    """Return a picture after an operation; scene and class choose what the operation leaves to chance."""
    return pixels if operation == "none" else launder(pixels, operation, scene * 10 + CLASSES.index(made_by))


def load_features(split: str = "train") -> Collection:
    """Read the features of shipped measurements: untouched pictures of every class.

    Parameters
    ----------
    split : {"train", "test"}

    Returns
    -------
    Collection
        As ``collect(scenes, split)`` gives, rounded to half precision.

    Raises
    ------
    ContrechampError
        When there is no such split, or the file is missing or damaged.
    """
    if split not in ("train", "test"):
        raise ContrechampError(
            _("There is no split {split!r}. Known: {names}.").format(split=split, names="train, test")
        )
    name = f"{FOLDER}/features_{split}.npz"
    try:
        with np.load(io.BytesIO(store.path(name).read_bytes())) as held:
            table = pd.DataFrame({column: held[column] for column in COLUMNS})
            if list(held["names"]) != list(TraceFeatures().get_feature_names_out()):
                raise ValueError
            return Collection(held["features"].astype(np.float32), table)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        raise ContrechampError(
            _("datasets/{name} is damaged, or of another version. Restore it.").format(name=name)
        ) from None


def load_scores() -> pd.DataFrame:
    """Read what four detectors said of all test pictures of the benchmark: one row per picture and operation.

    Returns
    -------
    DataFrame
        ``scene``, ``camera``, ``made_by``, ``kind``, ``operation``; ``synthetic`` (0 or 1). Probabilities of synthetic:
        ``logistic`` and ``machine`` (trained on untouched pictures), ``augmented`` (a machine trained on laundered ones
        too). Calls at the threshold fixed in training, 1 or 0: ``called_logistic``, ``called_machine``,
        ``called_augmented``; and ``called_cautious``, 1, 0 or -1: the augmented machine with the right to say nothing.
        ``strangeness``: distance from the training pictures.

    Raises
    ------
    ContrechampError
        When the file is missing or damaged.
    """
    name = f"{FOLDER}/scores.csv"
    numbers = dict.fromkeys(("logistic", "machine", "augmented", "strangeness"), float)
    called = [f"called_{name}" for name in ("logistic", "machine", "augmented", "cautious")]
    return _table(name, {**numbers, **dict.fromkeys(("scene", "camera", "synthetic", *called), int)})


def load_edits() -> pd.DataFrame:
    """Read what four maps said of the edited pictures of the benchmark, and of their twins that nobody edited.

    Returns
    -------
    DataFrame
        One row per picture and map. ``set``: ``"seen"`` and ``"hard"`` (generators that the locator knows; second JPEG
        weaker, stronger than the first), ``"unseen"`` (other generators, weaker) and ``"hard_weaker"`` (the scenes of
        ``"hard"``, second JPEG weaker). ``scene``, ``camera``, ``made_by``, ``first``, ``second`` (JPEG qualities),
        ``picture`` (``"edited"`` or ``"untouched"``), ``map`` (``"ela"``, ``"ghost"``, ``"noise"``, ``"learned"``).
        ``pixel_auc`` and ``iou`` with the mask of the edit, for twins too; ``object_auc`` with the outline of the
        scene's object (NaN where it has none); ``called``, share of the picture above ``limit``, which was chosen on
        training edits.

    Raises
    ------
    ContrechampError
        When the file is missing or damaged.
    """
    whole = dict.fromkeys(("scene", "camera", "first", "second"), int)
    return _table(f"{FOLDER}/edits.csv", whole | dict.fromkeys(("limit", *EDIT_SCORES), float))


def load_locator() -> EditLocator:
    """Read the locator that the benchmark trained on 48 edits of training scenes and cameras, by known generators.

    Returns
    -------
    EditLocator
        Trained, with the threshold that was chosen on training edits.

    Raises
    ------
    ContrechampError
        When the file is missing or damaged, or the maps of this version have other names.
    """
    name = f"{FOLDER}/locator.npz"
    locator = EditLocator()
    try:
        with np.load(io.BytesIO(store.path(name).read_bytes())) as held:
            if list(held["names"]) != list(NAMES):
                raise ValueError
            locator.model_ = BoostedTrees.from_arrays(held)
            locator.threshold_ = float(held["threshold"])
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        raise ContrechampError(
            _("datasets/{name} is damaged, or of another version. Restore it.").format(name=name)
        ) from None
    return locator


def _table(name: str, types: dict[str, type]) -> pd.DataFrame:
    """Read a table of ``datasets/`` with its types, or say that it is damaged; an empty cell is NaN."""
    rows = pd.DataFrame(store.read_rows(name))
    try:
        return rows.replace("", np.nan).astype(types)
    except (KeyError, ValueError):
        raise ContrechampError(
            _("datasets/{name} is damaged, or of another version. Restore it.").format(name=name)
        ) from None
