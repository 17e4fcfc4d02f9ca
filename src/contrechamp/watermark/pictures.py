"""Pictures in and out of a mark: what is accepted, the grey working copy, and adding the mark without passing a limit.

All marks but the last-bit one are written into brightness, since JPEG and networks halve the resolution of colour.
They work on a copy of about 512 x 512 pixels in all, whatever the size of the picture: so the same mark is read
after the picture was shrunk or enlarged, and large pictures cost little more than small ones.
"""

import math

import numpy as np
from PIL import Image

from contrechamp.imaging import pictures

#: Shortest side of a picture that can carry a mark, longest side, and root of the area of the working copy, in pixels.
SMALLEST, LARGEST, WORKING = 128, 16384, 512


def as_picture(image: np.ndarray) -> np.ndarray:
    """Return `image` when it can carry or show a mark, or say why it cannot.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width, 3)
        Each side 128 to 16384 pixels.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        The same array, not a copy.

    Raises
    ------
    ContrechampError
        When it is no array of uint8 of shape (height, width, 3), or a side is shorter than 128 or longer than 16384.
    """
    return pictures.as_picture(image, SMALLEST, LARGEST)


def working_copy(pixels: np.ndarray) -> np.ndarray:
    """Return the brightness 0..255 at working size, float32, with the proportions of the picture.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)

    Returns
    -------
    ndarray of float32
        About 512 x 512 pixels in all.
    """
    height, width = pixels.shape[:2]
    zoom = WORKING / math.sqrt(height * width)
    grey = Image.fromarray(np.ascontiguousarray(pixels)).convert("L")
    if zoom < 0.5:
        grey = grey.reduce(int(1 / zoom))
    size = (round(width * zoom), round(height * zoom))
    if grey.size != size:
        grey = grey.resize(size, Image.Resampling.BILINEAR if zoom < 1 else Image.Resampling.BICUBIC)
    return np.asarray(grey, np.float32)


def energy(psnr: float) -> float:
    """Return the mean squared change, in grey levels squared, at a peak signal-to-noise ratio in dB.

    Parameters
    ----------
    psnr : float
        In dB.

    Returns
    -------
    float
    """
    return 255.0**2 * 10 ** (-psnr / 10)


def add(pixels: np.ndarray, mark: np.ndarray, allowed: float) -> np.ndarray:
    """Add a mark to all three colours, rounded, and never with more energy than allowed.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
    mark : ndarray of float32, two-dimensional
        Change of brightness, of the working copy's shape or the picture's.
    allowed : float
        Largest mean squared change, in grey levels squared.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        Cut off at 0 and 255, which takes energy away and adds none.
    """
    if mark.shape != pixels.shape[:2]:
        height, width = pixels.shape[:2]
        planned = float(np.mean(np.square(mark)))
        mark = np.asarray(Image.fromarray(mark).resize((width, height), Image.Resampling.BICUBIC))
        mark = mark * np.float32(math.sqrt(planned / (float(np.mean(np.square(mark))) + 1e-9)))  # resizing blurs
    whole = np.rint(mark).astype(np.int16)
    while (spent := float(np.mean(np.square(whole, dtype=np.float32)))) > allowed:
        mark = mark * np.float32(0.998 * math.sqrt(allowed / spent))
        whole = np.rint(mark).astype(np.int16)
    marked = np.empty_like(pixels)
    for top in range(0, len(pixels), 64):  # bands stay in the processor's cache
        band = slice(top, top + 64)
        marked[band] = np.clip(pixels[band] + whole[band, :, None], 0, 255)
    return marked
