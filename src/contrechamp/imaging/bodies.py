"""Solid objects of the scenes: turned vessels and rounded blocks, lit from one side, with a shadow.

Outlines are those of pots and blocks, colours leave out those of skin (see `fields.HUES`). Nothing here draws a living
thing.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage as ndi

from contrechamp.imaging.fields import cloud, colour, grid


@dataclass(frozen=True)
class Body:
    """One object as seen by the camera.

    Attributes
    ----------
    outline : ndarray of bool, shape (size, size)
    normal_x, normal_y : ndarray of float32, shape (size, size)
        Direction of the surface, -1..1; meaningful inside the outline.
    """

    outline: np.ndarray
    normal_x: np.ndarray
    normal_y: np.ndarray


def vessel(rng: np.random.Generator, size: int, centre: tuple[float, float], radii: tuple[float, float]) -> Body:
    """Return a pot as a potter's wheel makes it: a profile turned about a vertical axis, with a lip and a handle.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws the profile: two numbers.
    size : int
        Side of the picture in pixels.
    centre, radii : tuple of float
        Where the pot stands and how far it reaches, each (across, down), as shares of the side.

    Returns
    -------
    Body
        Arrays of shape (size, size).
    """
    y, x = grid(size)
    u, v = (x - centre[0]) / radii[0], (y - centre[1]) / radii[1]
    belly, phase = rng.uniform(1.2, 2.6), rng.uniform(-0.9, 0.9)
    profile = 0.66 + 0.30 * np.cos(v * belly + phase)
    profile = np.where(np.abs(v) > 0.88, profile + 0.14, profile)  # foot and lip stand out, as on thrown pots
    outline = (np.abs(v) < 1) & (np.abs(u) < profile)
    handle = np.hypot((u - 0.85) / 0.5, (v + 0.1) / 0.5)
    outline |= (np.abs(handle - 0.85) < 0.16) & (u > 0.5)
    return Body(outline, np.clip(u / np.maximum(profile, 0.05), -1, 1), 0.25 * v)


def block(rng: np.random.Generator, size: int, centre: tuple[float, float], radii: tuple[float, float]) -> Body:
    """Return a rounded block: a superellipse, between a lozenge, a ball and a box.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws the exponent, from 1.6 (nearly a lozenge) to 3.6 (nearly a box).
    size : int
        Side of the picture in pixels.
    centre, radii : tuple of float
        Where the block stands and how far it reaches, each (across, down), as shares of the side.

    Returns
    -------
    Body
        Arrays of shape (size, size).
    """
    y, x = grid(size)
    u, v = (x - centre[0]) / radii[0], (y - centre[1]) / radii[1]
    power = rng.uniform(1.6, 3.6)
    outline = np.abs(u) ** power + np.abs(v) ** power < 1
    return Body(outline, np.clip(u, -1, 1), np.clip(v, -1, 1))


def light_from(rng: np.random.Generator) -> np.ndarray:
    """Return the direction to the lamp: above, in front, somewhat to one side; unit length, shape (3,)."""
    direction = np.array([rng.uniform(-0.7, 0.7), -0.6, 0.8], dtype=np.float32)
    return direction / np.linalg.norm(direction)


def place(picture: np.ndarray, body: Body, light: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw a body into a picture: shadow, diffuse and specular light.

    Parameters
    ----------
    picture : ndarray of float32, shape (size, size, 3)
        Linear light; not changed.
    body : Body
        Of the same size.
    light : ndarray of float32, shape (3,)
        Direction to the lamp (across, down, towards the camera), as `light_from` draws it.
    rng : numpy.random.Generator
        Draws gloss, paint and glaze.

    Returns
    -------
    ndarray of float32, shape (size, size, 3)
        Linear light, from 0; above 1 where gloss and paint add up: `make_scene` scales it.

    References
    ----------
    B. T. Phong, "Illumination for computer generated pictures", Communications of the ACM, 1975.
    """
    size = len(picture)
    facing = np.sqrt(np.clip(1 - body.normal_x**2 - body.normal_y**2, 0.02, 1))
    diffuse = np.clip(body.normal_x * light[0] + body.normal_y * light[1] + facing * light[2], 0.05, 1)
    gloss = np.float32(rng.uniform(0, 0.5)) * diffuse ** np.float32(rng.uniform(10, 40))
    paint = colour(rng, (0.3, 0.8), (0.3, 0.8))
    glaze = 1 + np.float32(rng.uniform(0.03, 0.12)) * cloud(rng, size, rng.uniform(1.2, 2.2))
    surface = paint * (diffuse * glaze)[..., None] + gloss[..., None]
    step = max(1, round(0.03 * size))
    shadow = np.roll(body.outline.astype(np.float32), (step, step if light[0] < 0 else -step), (0, 1))
    shadow = ndi.gaussian_filter(shadow, 0.015 * size)
    darker = picture * (1 - np.float32(0.45) * shadow)[..., None]
    return np.where(body.outline[..., None], surface, darker).astype(np.float32)
