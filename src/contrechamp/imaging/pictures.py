"""What a picture is: an array of uint8 of shape (height, width, 3), sRGB. What is none is told so here."""

import numpy as np

from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _


def as_picture(image: np.ndarray, smallest: int = 1, largest: int | None = None) -> np.ndarray:
    """Return `image` when it is a colour picture of a size that can be used, or say what it is instead.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width, 3)
    smallest : int
        Pixels that each side must have at least.
    largest : int, optional
        Pixels that no side may exceed; without a limit when left out.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        The same array, not a copy.

    Raises
    ------
    ContrechampError
        When it is a file's bytes, a name or nothing, an array of another type or shape, or of a side out of range.
        Transparency is refused, not guessed at: on two backgrounds one file is two pictures.

    Examples
    --------
    >>> as_picture(np.zeros((2, 5, 3), np.uint8)).shape
    (2, 5, 3)
    """
    if isinstance(image, bytes | bytearray | str) or image is None:
        raise ContrechampError(
            _(
                "This is {kind}, not a picture. A picture is an array of uint8 of shape (height, width, 3): open a "
                "file first, for example with contrechamp.imaging.jpeg.decode."
            ).format(kind=type(image).__name__)
        )
    pixels = np.asarray(image)
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        raise ContrechampError(
            _(
                "This picture has the shape {shape}: four channels, the last for transparency. Lay it on a background "
                "first, and keep three."
            ).format(shape=pixels.shape)
        )
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise ContrechampError(
            _(
                "A picture is an array of uint8 of shape (height, width, 3), not {dtype} of shape {shape}. Grey, "
                "1-bit, palette and transparent pictures become one with Pillow's convert('RGB')."
            ).format(dtype=pixels.dtype, shape=pixels.shape)
        )
    height, width = pixels.shape[:2]
    if min(height, width) < smallest:
        raise ContrechampError(
            _("This picture is too small: {height} x {width} pixels. Each side must have at least {low}.").format(
                height=height, width=width, low=smallest
            )
        )
    if largest is not None and max(height, width) > largest:
        raise ContrechampError(
            _("This picture is too large: {height} x {width} pixels. No side may have more than {high}.").format(
                height=height, width=width, high=largest
            )
        )
    return pixels
