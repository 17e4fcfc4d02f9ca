"""Compare two stored pictures with the tolerance that different machines need."""

import base64
import io

import numpy as np
from PIL import Image

TOLERANCE = 0.01  # share of pixels that may differ: fonts are hinted differently across machines


def difference(first: str, second: str) -> float:
    """Return the share of pixels that differ between two base64 PNGs, from 0 to 1; 1 when their sizes differ.

    Parameters
    ----------
    first, second : str
        Base64 text as it stands in a notebook.
    """
    if first == second:
        return 0.0
    a, b = _pixels(first), _pixels(second)
    if a.shape != b.shape:
        return 1.0
    return float(np.any(a != b, axis=-1).mean())


def same(first: str, second: str) -> bool:
    """Return True when two pictures have one size and at most 1 % of their pixels differ."""
    return difference(first, second) <= TOLERANCE


def _pixels(text: str) -> np.ndarray:
    with Image.open(io.BytesIO(base64.b64decode(text))) as image:
        return np.asarray(image.convert("RGB"))
