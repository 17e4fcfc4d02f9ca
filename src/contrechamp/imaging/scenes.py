"""Scenes of six kinds, painted by code from a number: the world in front of the lens.

A scene is light (linear radiance), not yet a picture: `cameras.shoot` takes the picture. Each scene has one main object
with its mask, so that edits can be made on it or beside it. No scene shows people: see `bodies` and `fields.HUES`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import ndimage as ndi

from contrechamp.errors import ContrechampError
from contrechamp.imaging import bodies
from contrechamp.imaging.fields import blend, cloud, colour, grid
from contrechamp.imaging.seeds import stream, whole
from contrechamp.language import gettext as _

#: Smallest and largest side in pixels, and what a side must be a multiple of (generators halve it, JPEG cuts blocks).
SMALLEST, LARGEST, MULTIPLE = 64, 512, 16


@dataclass(frozen=True)
class Scene:
    """What is in front of the lens.

    Attributes
    ----------
    id : int
    kind : str
        One of `KINDS`.
    radiance : ndarray of float32, shape (size, size, 3)
        Linear light, red, green, blue, 0..1.
    mask : ndarray of bool, shape (size, size)
        True where the main object is seen.
    """

    id: int
    kind: str
    radiance: np.ndarray
    mask: np.ndarray


def make_scene(scene_id: int, size: int = 128) -> Scene:
    """Paint one scene.

    Parameters
    ----------
    scene_id : int
        Any whole number from 0; its remainder by six chooses the kind.
    size : int
        Height and width in pixels: a multiple of 16 from 64 to 512.

    Returns
    -------
    Scene

    Raises
    ------
    ContrechampError
        When the id or the size is not allowed.

    Examples
    --------
    >>> scene = make_scene(4, size=64)
    >>> scene.kind, scene.radiance.shape, bool(scene.mask.any())
    ('still_life', (64, 64, 3), True)
    """
    rng, size = stream("scene", scene_id), allowed_size(size)
    kind = kind_of(scene_id)
    picture, mask = _furnish(kind, BACKGROUNDS[kind](rng, size), rng)
    picture = np.maximum(picture, np.float32(0.002))
    picture /= max(1.0, float(np.quantile(picture[::2, ::2], 0.995)))
    return Scene(int(scene_id), kind, np.minimum(picture, np.float32(1)), mask)


def kind_of(scene_id: int) -> str:
    """Return the kind of a scene."""
    return KINDS[whole("scene", scene_id) % len(KINDS)]


def allowed_size(size: int) -> int:
    """Refuse a size that no picture may have.

    Parameters
    ----------
    size : int
        Height and width in pixels.

    Returns
    -------
    int
        The same number: a multiple of 16 from 64 to 512.

    Raises
    ------
    ContrechampError
        For anything else, naming what is allowed.
    """
    size = whole("size", size, SMALLEST, LARGEST)
    if size % MULTIPLE:
        raise ContrechampError(
            _("size must be a multiple of {step}, for example 64, 128 or 256, not {size}.").format(
                step=MULTIPLE, size=size
            )
        )
    return size


def _furnish(kind: str, picture: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Place the objects; return the picture and the mask of the last one, which stands in front of the others."""
    size, light = len(picture), bodies.light_from(rng)
    mask = np.zeros((size, size), bool)
    for _number in range({"shapes": 5, "still_life": 3}.get(kind, 1)):
        centre = (rng.uniform(0.25, 0.75), rng.uniform(0.3, 0.7))
        radii = (rng.uniform(0.10, 0.20), rng.uniform(0.10, 0.20))
        turned = kind == "still_life" or rng.random() < 0.3
        body = (bodies.vessel if turned else bodies.block)(rng, size, centre, radii)
        picture, mask = bodies.place(picture, body, light, rng), body.outline
    return picture, mask


def _grain(rng: np.random.Generator, size: int) -> np.ndarray:
    """Return coarse and fine unevenness of a surface, about 1, shape (size, size, 1)."""
    coarse = 1 + np.float32(rng.uniform(0.03, 0.10)) * cloud(rng, size, rng.uniform(1.4, 2.4))
    fine = 1 + np.float32(rng.uniform(0.01, 0.05)) * cloud(rng, size, rng.uniform(0.6, 1.2))
    return (coarse * fine)[..., None]


def gradient(rng: np.random.Generator, size: int) -> np.ndarray:
    """Return a wall lit unevenly: one colour fades into another."""
    (y, x), angle = grid(size), rng.uniform(0, 2 * np.pi)
    across = np.float32(np.cos(angle)) * (x - 0.5) + np.float32(np.sin(angle)) * (y - 0.5) + 0.5
    return blend(colour(rng), colour(rng), across) * _grain(rng, size)


def texture(rng: np.random.Generator, size: int) -> np.ndarray:
    """Return a woven or rippled surface: bent waves over noise of one direction.

    Parameters
    ----------
    rng : numpy.random.Generator
    size : int
        Side in pixels.

    Returns
    -------
    ndarray of float32, shape (size, size, 3)
        Linear light from about 0, not yet scaled to 0..1.
    """
    picture, (y, x) = gradient(rng, size), grid(size)
    bend = np.float32(0.03) * cloud(rng, size, 3.0)
    fx, fy, phase = rng.uniform(4, 22), rng.uniform(4, 22), rng.uniform(0, 2 * np.pi)
    wave = np.sin(
        np.float32(2 * np.pi) * (np.float32(fx) * (x + bend) + np.float32(fy) * (y - bend)) + np.float32(phase)
    )
    ripple = 1 + np.float32(rng.uniform(0.15, 0.45)) * wave[..., None] * rng.uniform(0.4, 1, 3).astype(np.float32)
    return picture * ripple * (1 + np.float32(0.12) * cloud(rng, size, 1.0, rng.uniform(0.3, 3)))[..., None]


def landscape(rng: np.random.Generator, size: int) -> np.ndarray:
    """Return ridges one behind the other under a sky with clouds.

    Parameters
    ----------
    rng : numpy.random.Generator
    size : int
        Side in pixels.

    Returns
    -------
    ndarray of float32, shape (size, size, 3)
        Linear light from about 0, not yet scaled to 0..1.
    """
    y, _x = grid(size)
    haze = np.clip(cloud(rng, size, 2.6, 2.0), 0, 2)[..., None] * np.float32(0.12)
    picture = (1 - np.float32(0.45) * y)[..., None] * colour(rng, (0.05, 0.45), (0.5, 0.9)) + haze
    for number in range(int(rng.integers(2, 5))):
        ridge = ndi.gaussian_filter1d(np.cumsum(rng.standard_normal(size)), 1.5, mode="wrap")
        ridge = (ridge - ridge.mean()) / (ridge.std() + 1e-9)
        below = y > (0.35 + 0.14 * number + 0.05 * ridge)[None, :]
        ground = colour(rng, (0.2, 0.7), (0.1, 0.45)) * np.float32(0.6 + 0.15 * number)
        rough = 1 + np.float32(0.28) * cloud(rng, size, rng.uniform(1.0, 1.8))
        picture = np.where(below[..., None], ground * rough[..., None], picture)
    return picture.astype(np.float32)


def still_life(rng: np.random.Generator, size: int) -> np.ndarray:
    """Return a wall and a grained table top, on which the vessels will stand.

    Parameters
    ----------
    rng : numpy.random.Generator
    size : int
        Side in pixels.

    Returns
    -------
    ndarray of float32, shape (size, size, 3)
        Linear light from about 0, not yet scaled to 0..1.
    """
    wall, (y, _x) = gradient(rng, size), grid(size)
    rings = np.float32(2 * np.pi) * (np.float32(rng.uniform(10, 25)) * y + np.float32(0.5) * cloud(rng, size, 2.8))
    table = colour(rng, (0.2, 0.5), (0.2, 0.5)) * (1 + np.float32(0.12) * np.sin(rings))[..., None] * _grain(rng, size)
    return np.where((y > rng.uniform(0.55, 0.68))[..., None], table, wall).astype(np.float32)


def document(rng: np.random.Generator, size: int) -> np.ndarray:
    """Return a sheet with lines of strokes that look like writing and say nothing."""
    paper = colour(rng, (0.0, 0.15), (0.7, 0.92)) * (1 + (_grain(rng, size) - 1) * np.float32(0.3))
    return blend(paper, colour(rng, (0.1, 0.6), (0.02, 0.2)), _strokes(rng, size))


def _strokes(rng: np.random.Generator, size: int) -> np.ndarray:
    """Return 1 where there is ink: words made of upright and level strokes, line by line."""
    ink, margin = np.zeros((size, size), np.float32), size // 12
    line = int(rng.integers(max(6, size // 18), size // 9))
    for top in range(margin, size - margin - line, line):
        left = margin
        while left < size - margin:
            width = int(rng.integers(2, max(4, line // 2)))
            if rng.random() < 0.8:  # else a space between words
                foot = top + int(rng.integers(line // 2, max(line // 2 + 1, int(line * 0.75))))
                ink[top + int(rng.integers(0, line // 2)) : foot, left : left + 1 + int(rng.integers(0, 2))] = 1
                ink[top + int(rng.integers(0, int(line * 0.7))), left : left + width] = 1
            left += width + 1
    return ink


#: Kind of scene -> its painter, in the order in which ids go round.
BACKGROUNDS: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "gradient": gradient,
    "texture": texture,
    "shapes": gradient,
    "landscape": landscape,
    "still_life": still_life,
    "document": document,
}
KINDS = tuple(BACKGROUNDS)
