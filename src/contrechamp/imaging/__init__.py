"""The synthetic picture world: scenes, cameras, generators, edits, laundering. All of it is drawn by code.

>>> from contrechamp.imaging import make_images
>>> next(iter(make_images(1, size=64))).pixels.shape
(64, 64, 3)
"""

from contrechamp.imaging.cameras import CAMERAS, TRAINING_CAMERAS, UNSEEN_CAMERAS, camera, shoot
from contrechamp.imaging.dataset import (
    CLASSES,
    UNSEEN_GENERATORS,
    Picture,
    Recipe,
    check_apart,
    make_images,
    plan,
    render,
)
from contrechamp.imaging.edits import Edit, make_edit
from contrechamp.imaging.generators import GENERATORS, generate
from contrechamp.imaging.laundering import OPERATIONS, launder
from contrechamp.imaging.scenes import KINDS, Scene, make_scene

__all__ = [
    "CAMERAS",
    "CLASSES",
    "GENERATORS",
    "KINDS",
    "OPERATIONS",
    "TRAINING_CAMERAS",
    "UNSEEN_CAMERAS",
    "UNSEEN_GENERATORS",
    "Edit",
    "Picture",
    "Recipe",
    "Scene",
    "camera",
    "check_apart",
    "generate",
    "launder",
    "make_edit",
    "make_images",
    "make_scene",
    "plan",
    "render",
    "shoot",
]
