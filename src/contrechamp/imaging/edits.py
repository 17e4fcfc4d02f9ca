"""Masked edits of an object or of the background, with the truth: which pixels were changed.

A picture is taken and saved (first JPEG). A region of it is given another tint in the world, drawn again by a generator
and blended in; the result is saved (second JPEG). In half of the edits the region is the object, in the other half the
same outline beside it: a detector that only finds objects is right half of the time.

Objects only: nothing here edits a picture that it did not make, since the input is a scene's number.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage as ndi

from contrechamp.errors import ContrechampError
from contrechamp.imaging import jpeg
from contrechamp.imaging.cameras import shoot
from contrechamp.imaging.generators import generate
from contrechamp.imaging.scenes import Scene, make_scene
from contrechamp.imaging.seeds import stream
from contrechamp.language import gettext as _

#: JPEG qualities (low, high; high not included): the first save; the second, above the first or, when hard, below it.
FIRST, SECOND, SECOND_HARD = (70, 90), (90, 97), (60, 70)


@dataclass(frozen=True)
class Edit:
    """An edited picture and its twin without edit.

    Attributes
    ----------
    pixels : ndarray of uint8, shape (size, size, 3)
    untouched : ndarray of uint8, shape (size, size, 3)
        The same scene, camera and two JPEGs, without the edit.
    saved : ndarray of uint8, shape (size, size, 3)
        The picture after its first JPEG, before the edit.
    mask : ndarray of bool, shape (size, size)
        True where pixels were replaced.
    object_mask : ndarray of bool, shape (size, size)
    on_object : bool
    qualities : tuple of int
        Of the first and of the second JPEG.
    file : bytes
        The edited picture as a JPEG file.
    """

    pixels: np.ndarray
    untouched: np.ndarray
    saved: np.ndarray
    mask: np.ndarray
    object_mask: np.ndarray
    on_object: bool
    qualities: tuple[int, int]
    file: bytes


def make_edit(
    scene_id: int, camera: int, generator: str, size: int = 256, hard: bool = False, mask: np.ndarray | None = None
) -> Edit:
    """Take a picture of a scene and edit a region of it.

    Parameters
    ----------
    scene_id, camera : int
    generator : str
        One of `generators.GENERATORS`.
    size : int
        As for `make_scene`.
    hard : bool
        Save the second time at a lower quality than the first, which wipes out the first save's trace.
    mask : ndarray of bool, shape (size, size), optional
        The region; left out: the object or the same outline beside it, by the number of the scene.

    Returns
    -------
    Edit

    Raises
    ------
    ContrechampError
        When an id is unknown, or the mask has another shape than the picture, or selects nothing.
    """
    scene, rng = make_scene(scene_id, size), stream("edit", scene_id)
    on_object = edits_object(scene_id)
    first, second = int(rng.integers(*FIRST)), int(rng.integers(*(SECOND_HARD if hard else SECOND)))
    if mask is None:
        mask = scene.mask if on_object else beside(scene.mask)
    mask = np.asarray(mask)
    _check_mask(mask, size)
    weight, truth = feathered(mask)
    saved = jpeg.again(jpeg.rounded(shoot(scene, camera, scene_id)), first)
    other = generate(generator, shoot(tinted(scene, mask, rng), camera, scene_id + 1), scene_id)
    mixed = jpeg.rounded(saved / np.float32(255) * (1 - weight) + other * weight)
    mixed = np.where(truth[..., None], mixed, saved)
    file = jpeg.encode(mixed, second)
    untouched = jpeg.again(saved, second)
    return Edit(jpeg.decode(file), untouched, saved, truth, scene.mask, on_object, (first, second), file)


def edits_object(scene_id: int) -> bool:
    """Return whether the edit of a scene is on its object: every second scene of each kind."""
    return scene_id // 6 % 2 == 0


def beside(mask: np.ndarray) -> np.ndarray:
    """Return the outline of an object moved to where it covers least of the object and is cut off least.

    Parameters
    ----------
    mask : ndarray of bool, shape (size, size)
        The object. Moves are tried in steps of an eighth of the side, up to half of it each way.

    Returns
    -------
    ndarray of bool, shape (size, size)
        Without any pixel of the object itself.
    """
    size, best, least = len(mask), mask, np.inf
    for down in range(-size // 2, size // 2 + 1, size // 8):
        for right in range(-size // 2, size // 2 + 1, size // 8):
            moved = ndi.shift(mask.astype(np.uint8), (down, right), order=0).astype(bool)
            cost = 2 * (moved & mask).sum() + mask.sum() - moved.sum()
            if cost < least:
                best, least = moved & ~mask, cost
    return best


def tinted(scene: Scene, mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the scene's light (size, size, 3) with another tint inside the mask, never a redder one."""
    gains = np.array([(0.8, 1.0, 1.2), (0.8, 1.2, 1.0), (1.0, 0.8, 1.2), (1.0, 1.2, 0.8)][int(rng.integers(4))])
    return np.where(mask[..., None], np.clip(scene.radiance * gains.astype(np.float32), 0, 1), scene.radiance)


def feathered(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the weight of the new pixels, float32 (size, size, 1), and the pixels where it is not negligible."""
    wide = ndi.binary_dilation(mask, iterations=3)
    weight = ndi.gaussian_filter(wide.astype(np.float32), 1.2)
    return weight[..., None], weight > 0.02


def _check_mask(mask: np.ndarray, size: int) -> None:
    if mask.shape != (size, size) or mask.dtype != bool:
        raise ContrechampError(
            _(
                "The mask must be an array of bool of shape {wanted}, as the picture, not {dtype} of shape {shape}."
            ).format(wanted=(size, size), dtype=mask.dtype, shape=mask.shape)
        )
    if not mask.any():
        raise ContrechampError(_("The mask selects no pixel. Mark at least one as True."))
