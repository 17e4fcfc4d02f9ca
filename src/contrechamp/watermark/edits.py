"""Twenty-six things that happen to a marked picture on its way: named, composable, repeatable.

They add to the operations of `contrechamp.imaging.laundering`; chains are written in the same way. They serve to
try our own toy marks.
"""

import numpy as np
from PIL import Image, ImageFilter

from contrechamp.imaging import laundering
from contrechamp.imaging.laundering import Operation
from contrechamp.watermark.denoising import denoise


def edit(pixels: np.ndarray, chain: str, seed: int = 0) -> np.ndarray:
    """Pass a picture through a chain of operations.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
    chain : str
        A value of `EDITS`, or names from `OPERATIONS` joined by ``+``, for example ``"rotate:5+jpeg:75"``.
    seed : int
        Chooses what is left to chance.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)

    Raises
    ------
    ContrechampError
        As `contrechamp.imaging.laundering.launder` does.

    Examples
    --------
    >>> edit(np.zeros((128, 200, 3), np.uint8), EDITS["crop to half"]).shape
    (90, 141, 3)
    """
    return laundering.launder(pixels, chain, seed, OPERATIONS)


def _keep(pixels: np.ndarray, number: float, rng: np.random.Generator) -> np.ndarray:
    return pixels


def _cut(pixels: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Cut away a share of the area; what is left keeps its proportions and lies off centre."""
    height, width = (int(side * np.sqrt(1 - share)) for side in pixels.shape[:2])
    top, left = int((pixels.shape[0] - height) * 0.3), int((pixels.shape[1] - width) * 0.7)
    return np.ascontiguousarray(pixels[top : top + height, left : left + width])


def _rotate(pixels: np.ndarray, degrees: float, rng: np.random.Generator) -> np.ndarray:
    """Turn anticlockwise in the same frame; corners become black."""
    return np.asarray(Image.fromarray(pixels).rotate(degrees, Image.Resampling.BICUBIC))


def _mirror(pixels: np.ndarray, number: float, rng: np.random.Generator) -> np.ndarray:
    return np.ascontiguousarray(pixels[:, ::-1])


def _noise(pixels: np.ndarray, deviation: float, rng: np.random.Generator) -> np.ndarray:
    noise = rng.standard_normal(pixels.shape, dtype=np.float32) * np.float32(deviation)
    return np.clip(np.rint(pixels + noise), 0, 255).astype(np.uint8)


def _median(pixels: np.ndarray, width: float, rng: np.random.Generator) -> np.ndarray:
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.MedianFilter(2 * (int(width) // 2) + 1)))


def _by_table(pixels: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)[pixels]


def _brightness(pixels: np.ndarray, factor: float, rng: np.random.Generator) -> np.ndarray:
    return _by_table(pixels, np.arange(256) * factor)


def _gamma(pixels: np.ndarray, power: float, rng: np.random.Generator) -> np.ndarray:
    return _by_table(pixels, 255 * (np.arange(256) / 255) ** power)


def _denoise(pixels: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    return denoise(pixels, strength)


#: Name -> operation: those of the picture world, and those that marks are tried with besides.
OPERATIONS = {
    **laundering.OPERATIONS,
    "keep": Operation(_keep),
    "cut": Operation(_cut, (0.0, 0.9, 0.25)),
    "rotate": Operation(_rotate, (-180, 180, 5)),
    "mirror": Operation(_mirror),
    "noise": Operation(_noise, (0, 60, 5)),
    "median": Operation(_median, (1, 15, 5)),
    "brightness": Operation(_brightness, (0.1, 4, 1.3)),
    "gamma": Operation(_gamma, (0.2, 5, 0.7)),
    "denoise": Operation(_denoise, (0.5, 30, 5)),
}

#: The twenty-six edits: name -> chain.
EDITS = {
    "none": "keep",
    "JPEG 95": "jpeg:95",
    "JPEG 75": "jpeg:75",
    "JPEG 50": "jpeg:50",
    "JPEG 30": "jpeg:30",
    "JPEG 15": "jpeg:15",
    "half size and back": "resize:0.5+resize:2",
    "half size": "resize:0.5",
    "size x 1.37": "resize:1.37",
    "crop a tenth": "cut:0.1",
    "crop a quarter": "cut:0.25",
    "crop to half": "cut:0.5",
    "crop a quarter, enlarge": "cut:0.25+resize:1.1547",
    "turn 5": "rotate:5",
    "turn 5 and back": "rotate:5+rotate:-5",
    "turn 30": "rotate:30",
    "mirror": "mirror",
    "noise 5": "noise:5",
    "noise 15": "noise:15",
    "blur 1": "blur:1",
    "blur 2": "blur:2",
    "median 5": "median:5",
    "brightness x 1.3": "brightness:1.3",
    "gamma 0.7": "gamma:0.7",
    "screenshot": "screenshot",
    "denoise": "denoise:5",
}
