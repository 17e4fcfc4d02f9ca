"""JPEG files in memory: written without EXIF, always with Pillow's tables of the quality asked for."""

import io

import numpy as np
from PIL import Image, UnidentifiedImageError

from contrechamp.errors import ContrechampError
from contrechamp.imaging.pictures import as_picture
from contrechamp.imaging.seeds import whole
from contrechamp.language import gettext as _


def rounded(picture: np.ndarray) -> np.ndarray:
    """Round a picture 0..1 to uint8 0..255."""
    return np.round(np.clip(picture, 0, 1) * np.float32(255)).astype(np.uint8)


def encode(pixels: np.ndarray, quality: int, halve_colour: bool = False) -> bytes:
    """Return the bytes of a JPEG file.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
    quality : int
        1..100.
    halve_colour : bool
        Keep colour at half size (4:2:0), as networks do.

    Returns
    -------
    bytes
        A JPEG file without EXIF.

    Raises
    ------
    ContrechampError
        When `pixels` is no colour picture of uint8, or the quality is out of range.
    """
    pixels, quality, file = as_picture(pixels), whole("JPEG quality", quality, 1, 100), io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality, subsampling=2 if halve_colour else 0)
    return file.getvalue()


def decode(file: bytes) -> np.ndarray:
    """Return the pixels of an image file.

    Parameters
    ----------
    file : bytes
        JPEG, PNG, WebP or whatever else Pillow reads.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        Red, green, blue; transparency is dropped, grey becomes three equal channels.

    Raises
    ------
    ContrechampError
        When the bytes are no image file, or a damaged one.
    """
    try:
        with Image.open(io.BytesIO(file)) as image:
            return np.asarray(image.convert("RGB"))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise ContrechampError(_("This is no image file, or a damaged one.")) from None


def again(pixels: np.ndarray, quality: int, halve_colour: bool = False) -> np.ndarray:
    """Return what is left of a picture after one JPEG."""
    return decode(encode(pixels, quality, halve_colour))
