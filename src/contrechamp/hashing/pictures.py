"""What a hash can be made of: a colour picture that is large enough, from an array or from a file.

Transparency is refused instead of guessed at: two viewers that lay the same file on two backgrounds would see, and
hash, two pictures. Palettes, grey and black-and-white files say plainly what their pixels are, and are taken.
"""

import io

import numpy as np
from PIL import Image

from contrechamp.errors import ContrechampError
from contrechamp.imaging.pictures import as_picture
from contrechamp.language import gettext as _

#: Below this side, in pixels, a picture has no more detail than its hash, and nothing can be told.
SMALLEST_SIDE = 32
#: Above this many pixels a file is not unpacked: a few kilobytes can claim gigabytes.
MOST_PIXELS = 64_000_000


def as_hashable(picture: np.ndarray) -> np.ndarray:
    """Return `picture` when a hash can be made of it, or say what is in the way.

    Parameters
    ----------
    picture : ndarray of uint8, shape (height, width, 3)

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        The same array, not a copy.

    Raises
    ------
    ContrechampError
        When it is no colour picture of uint8, has a fourth channel, or has a side below `SMALLEST_SIDE`.
    """
    return as_picture(picture, SMALLEST_SIDE)


def read_picture(file: bytes) -> np.ndarray:
    """Return the pixels of a picture file, ready to be hashed.

    Parameters
    ----------
    file : bytes
        Content of a PNG, JPEG, WebP or other file that Pillow reads.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)

    Raises
    ------
    ContrechampError
        When the file is no picture, ends too early, has transparency, is huge, or is too small.
    """
    if not isinstance(file, bytes | bytearray):
        raise ContrechampError(
            _("A picture file is read from its bytes, not from a value of type {type}.").format(
                type=type(file).__name__
            )
        )
    try:
        with Image.open(io.BytesIO(file)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ContrechampError(
                    _("This file claims {height} x {width} pixels, more than this course unpacks.").format(
                        height=image.height, width=image.width
                    )
                )
            transparent = image.has_transparency_data and np.asarray(image.convert("RGBA"))[..., 3].min() < 255
            pixels = np.asarray(image.convert("RGB"))
    except ContrechampError:
        raise
    except Exception:  # Pillow's readers raise whatever a damaged file makes them stumble on
        raise ContrechampError(
            _("This is no picture file, or it is damaged or ends too early. Nothing was hashed.")
        ) from None
    if transparent:
        raise ContrechampError(
            _("This file has transparent parts, so its look depends on the viewer. Save it without transparency first.")
        )
    return as_hashable(pixels)
