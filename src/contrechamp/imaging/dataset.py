"""Data sets of the picture world: the same scene in every class, split by scene, camera and generator.

A *recipe* is all that is needed to make a picture again; `render` makes it. Labels cannot be guessed from what is
shown, from colours or from JPEG tables: every class shows the same scenes, with exactly the same colours, saved at a
quality that is drawn for the scene.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from contrechamp.errors import ContrechampError
from contrechamp.imaging import jpeg
from contrechamp.imaging.cameras import TRAINING_CAMERAS, UNSEEN_CAMERAS, shoot
from contrechamp.imaging.generators import GENERATORS, generate
from contrechamp.imaging.scenes import allowed_size, kind_of, make_scene
from contrechamp.imaging.seeds import stream, whole
from contrechamp.language import gettext as _

#: Class of pictures that come from a camera; all others are named for their generator.
GENUINE = "camera"
CLASSES = (GENUINE, *GENERATORS)
#: Generators that training never sees unless another choice is made.
UNSEEN_GENERATORS = ("bilinear", "diffusion")
#: JPEG qualities, drawn for each scene, the same for all classes.
QUALITIES = (88, 90, 92, 95, 97)
#: Scenes of each split: training and test share none.
SCENES = {"train": range(0, 1_000_000), "test": range(1_000_000, 2_000_000)}
_DEVICES = {"train": TRAINING_CAMERAS, "test": UNSEEN_CAMERAS}


@dataclass(frozen=True)
class Recipe:
    """What makes a picture again. Split, camera and quality follow from the scene.

    Attributes
    ----------
    scene : int
        Number of the scene, 0..1999999; see `SCENES`.
    made_by : str
        One of `CLASSES`.
    size : int
        Height and width in pixels: a multiple of 16 from 64 to 512.
    """

    scene: int
    made_by: str
    size: int = 128

    @property
    def split(self) -> str:
        """``"train"`` or ``"test"``."""
        return split_of(self.scene)

    @property
    def kind(self) -> str:
        """Kind of the scene."""
        return kind_of(self.scene)

    @property
    def camera(self) -> int:
        """Camera that takes this scene: a training camera for training scenes, an unseen one for test scenes."""
        return camera_of(self.scene)

    @property
    def quality(self) -> int:
        """JPEG quality of this scene."""
        return int(stream("quality", self.scene).choice(QUALITIES))


@dataclass(frozen=True)
class Picture:
    """A picture with its recipe.

    Attributes
    ----------
    recipe : Recipe
    file : bytes
        A JPEG file.
    pixels : ndarray of uint8, shape (size, size, 3)
    """

    recipe: Recipe
    file: bytes
    pixels: np.ndarray

    @property
    def synthetic(self) -> bool:
        """False for a camera's picture, True for a generator's."""
        return self.recipe.made_by != GENUINE


def split_of(scene_id: int) -> str:
    """Return the split that a scene belongs to.

    Parameters
    ----------
    scene_id : int
        0..999999 for training, 1000000..1999999 for the test.

    Returns
    -------
    {"train", "test"}

    Raises
    ------
    ContrechampError
        When the scene lies in neither range, as those do from which generators learn.
    """
    for name, scenes in SCENES.items():
        if scene_id in scenes:
            return name
    raise ContrechampError(
        _("Scene {scene!r} belongs to no split: training has 0 to 999999, test 1000000 to 1999999.").format(
            scene=scene_id
        )
    )


def camera_of(scene_id: int) -> int:
    """Return the camera that takes a scene."""
    return int(stream("which_camera", scene_id).choice(_DEVICES[split_of(scene_id)]))


def render(recipe: Recipe) -> Picture:
    """Make the picture of a recipe.

    Parameters
    ----------
    recipe : Recipe
        Any; it is checked here, not when it is written down.

    Returns
    -------
    Picture
        The same each time on one machine; elsewhere rounding may differ.

    Raises
    ------
    ContrechampError
        When the scene, the class or the size does not exist.
    """
    _check_classes([recipe.made_by])
    taken = _taken(recipe.scene, allowed_size(recipe.size))
    if recipe.made_by != GENUINE:
        taken = generate(recipe.made_by, taken, recipe.scene)
    file = jpeg.encode(jpeg.rounded(taken), recipe.quality)
    return Picture(recipe, file, jpeg.decode(file))


@lru_cache(maxsize=2)
def _taken(scene_id: int, size: int) -> np.ndarray:
    """Return the camera's picture of a scene; kept for the other classes of the same scene."""
    taken = shoot(make_scene(scene_id, size), camera_of(scene_id), scene_id)
    taken.flags.writeable = False
    return taken


def make_images(
    scenes: int,
    split: str = "train",
    classes: Sequence[str] | None = None,
    size: int = 128,
    hold_out: Sequence[str] = UNSEEN_GENERATORS,
    progress: bool | Callable[[int, int], None] = False,
) -> Iterator[Picture]:
    """Make pictures one after the other; memory does not grow with their number.

    Parameters
    ----------
    scenes : int
        Number of scenes; each is shown in every class.
    split : {"train", "test"}
        Training: scenes and cameras of its own, no generator of `hold_out`. Test: other scenes, unseen cameras.
    classes : sequence of str, optional
        From `CLASSES`; left out: all that the split may show.
    size : int
        As for `make_scene`.
    hold_out : sequence of str
        Generators that training must not see.
    progress : bool or callable
        True writes a line to stderr; a function is called with (made, to make).

    Yields
    ------
    Picture

    Raises
    ------
    ContrechampError
        At the call: when a number, split, class or size is not allowed, or training asks for a held-out generator.

    Examples
    --------
    >>> [picture.recipe.made_by for picture in make_images(1, classes=["camera", "nearest"], size=64)]
    ['camera', 'nearest']
    """
    recipes = plan(scenes, split, classes, size, hold_out)
    return _stream(recipes, _teller(progress))


def plan(
    scenes: int,
    split: str = "train",
    classes: Sequence[str] | None = None,
    size: int = 128,
    hold_out: Sequence[str] = UNSEEN_GENERATORS,
) -> list[Recipe]:
    """Return the recipes that `make_images` follows, without making a picture.

    Parameters
    ----------
    scenes : int
        Number of scenes, 1..1000000; the first ones of the split.
    split : {"train", "test"}
    classes : sequence of str, optional
        From `CLASSES`; left out: all, in training all but `hold_out`.
    size : int
        As for `make_scene`.
    hold_out : sequence of str
        Classes that training must not see; without effect on the test.

    Returns
    -------
    list of Recipe
        ``scenes * len(classes)`` of them, scene by scene.

    Raises
    ------
    ContrechampError
        When the number of scenes, the split, a class or the size is not allowed, or training asks for a class of
        `hold_out`.
    """
    if split not in SCENES:
        raise ContrechampError(
            _("There is no split {split!r}. Known: {names}.").format(split=split, names=", ".join(SCENES))
        )
    scenes, size = whole("scenes", scenes, 1, len(SCENES[split])), allowed_size(size)
    _check_classes(hold_out)
    held = set(hold_out) if split == "train" else set()
    classes = [name for name in CLASSES if name not in held] if classes is None else list(classes)
    _check_classes(classes)
    if held.intersection(classes):
        raise ContrechampError(
            _("Training must not see {names}: they are held out for the test. Change classes or hold_out.").format(
                names=", ".join(sorted(held.intersection(classes)))
            )
        )
    return [Recipe(scene, name, size) for scene in SCENES[split][:scenes] for name in classes]


def check_apart(train: Sequence[Recipe], test: Sequence[Recipe]) -> None:
    """Refuse two sets that share a scene or a camera, or a test without a generator of its own.

    Parameters
    ----------
    train, test : sequence of Recipe

    Raises
    ------
    ContrechampError
        Naming what is shared (the first five ids), or that no generator was held out.
    """
    for name in ("scene", "camera"):
        shared = {getattr(r, name) for r in train} & {getattr(r, name) for r in test}
        if shared:
            raise ContrechampError(
                _("Training and test share {name} {ids}: the test would be too easy.").format(
                    name=name, ids=", ".join(map(str, sorted(shared)[:5]))
                )
            )
    if not {r.made_by for r in test} - {r.made_by for r in train}:
        raise ContrechampError(_("The test has no generator that training has not seen: hold one out."))


def _stream(recipes: list[Recipe], tell: Callable[[int, int], None]) -> Iterator[Picture]:
    for made, recipe in enumerate(recipes, start=1):
        yield render(recipe)
        tell(made, len(recipes))


def _teller(progress: bool | Callable[[int, int], None]) -> Callable[[int, int], None]:
    if callable(progress):
        return progress

    def tell(made: int, total: int) -> None:
        if progress and (made == total or made % 20 == 0):
            print(f"\r{made}/{total}", end="\n" if made == total else "", file=sys.stderr, flush=True)

    return tell


def _check_classes(names: Sequence[str]) -> None:
    unknown = [name for name in names if name not in CLASSES]
    if unknown or isinstance(names, str) or not isinstance(names, Sequence):
        raise ContrechampError(
            _("There is no class {name!r}. Known: {names}.").format(
                name=unknown[0] if unknown else names, names=", ".join(CLASSES)
            )
        )
