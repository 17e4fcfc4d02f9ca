"""What happens to a picture on its way: saved again, shrunk, cropped, blurred, shared, captured from a screen.

Operations have names, some take a number after a colon, and a plus sign puts one after the other:
``"crop+resize:0.5+jpeg:75"``. They act on our own synthetic pictures, to show how detectors fail.
"""

import io
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import ndimage as ndi

from contrechamp.errors import ContrechampError
from contrechamp.imaging import jpeg
from contrechamp.imaging.pictures import as_picture
from contrechamp.imaging.seeds import stream
from contrechamp.language import gettext as _

#: A chain has at most so many operations, and no picture may become smaller or larger than this side.
LONGEST, SMALLEST_SIDE, LARGEST_SIDE = 8, 24, 2048


@dataclass(frozen=True)
class Operation:
    """One named operation.

    Attributes
    ----------
    does : callable
        Takes pixels (ndarray of uint8), the number, and a random generator; returns pixels.
    takes : tuple of float, optional
        The number after the colon: lowest, highest, and what is used where none is given. None: it takes no number.
    """

    does: Callable[[np.ndarray, float, np.random.Generator], np.ndarray]
    takes: tuple[float, float, float] | None = None


def launder(
    pixels: np.ndarray, chain: str, seed: int = 0, operations: Mapping[str, Operation] | None = None
) -> np.ndarray:
    """Pass a picture through a chain of operations.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
    chain : str
        Names from `OPERATIONS` joined by ``+``, for example ``"resize:0.5+jpeg:75"`` or ``"screenshot"``.
    seed : int
        Chooses what the operation leaves to chance.
    operations : mapping of str to Operation, optional
        The operations that have names here; left out: `OPERATIONS`.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        Of another size after ``crop``, ``resize``, ``social`` or ``screenshot``.

    Raises
    ------
    ContrechampError
        When an operation or number is unknown, the chain is empty or too long, or the picture would become too small
        or too large.
    """
    pixels = as_picture(pixels)
    for position, (operation, number) in enumerate(parse(chain, operations)):
        pixels = operation.does(pixels, number, stream("launder", seed, position))
    return pixels


def parse(chain: str, operations: Mapping[str, Operation] | None = None) -> list[tuple[Operation, float]]:
    """Return the operations of a chain with their numbers.

    Parameters
    ----------
    chain : str
        One to eight names joined by ``+``, some with a number after a colon; spaces about a name do not count.
    operations : mapping of str to Operation, optional
        The operations that have names here; left out: `OPERATIONS`.

    Returns
    -------
    list of (Operation, float)
        The number is 0 for an operation that takes none.

    Raises
    ------
    ContrechampError
        When the chain is no text, empty or longer than eight; when a name is unknown; when what follows a colon is no
        number, lies outside what the operation takes, or follows an operation that takes none.
    """
    words = [word.strip() for word in chain.split("+")] if isinstance(chain, str) and chain.strip() else []
    if not 1 <= len(words) <= LONGEST:
        raise ContrechampError(
            _(
                "A chain has one to {most} operations joined by +, for example resize:0.5+jpeg:75, not {chain!r}."
            ).format(most=LONGEST, chain=chain)
        )
    return [_operation(word, OPERATIONS if operations is None else operations) for word in words]


def _operation(word: str, operations: Mapping[str, Operation]) -> tuple[Operation, float]:
    name, colon, text = word.partition(":")
    if name not in operations:
        raise ContrechampError(
            _("There is no operation {name!r}. Known: {names}.").format(name=name, names=", ".join(operations))
        )
    operation = operations[name]
    if operation.takes is None:
        if colon:
            raise ContrechampError(_("The operation {name} takes no number.").format(name=name))
        return operation, 0.0
    low, high, usual = operation.takes
    try:
        number = float(text) if colon else usual
    except ValueError:
        number = math.nan
    if not low <= number <= high:
        raise ContrechampError(
            _("The operation {name} takes a number from {low} to {high}, not {text}.").format(
                name=name, low=low, high=high, text=text or "-"
            )
        )
    return operation, number


def _jpeg(pixels: np.ndarray, quality: float, rng: np.random.Generator) -> np.ndarray:
    return jpeg.again(pixels, round(quality))


def _webp(pixels: np.ndarray, quality: float, rng: np.random.Generator) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "WEBP", quality=round(quality))
    return jpeg.decode(file.getvalue())


def _resize(
    pixels: np.ndarray, factor: float, rng: np.random.Generator | None, how: Image.Resampling = Image.Resampling.BICUBIC
) -> np.ndarray:
    height, width = (round(side * factor) for side in pixels.shape[:2])
    if min(height, width) < SMALLEST_SIDE or max(height, width) > LARGEST_SIDE:
        raise ContrechampError(
            _("This chain makes the picture {height} x {width}; sides must stay from {low} to {high}.").format(
                height=height, width=width, low=SMALLEST_SIDE, high=LARGEST_SIDE
            )
        )
    return np.asarray(Image.fromarray(pixels).resize((width, height), how))


def _crop(pixels: np.ndarray, number: float, rng: np.random.Generator) -> np.ndarray:
    """Cut one to seven pixels off each side: the eight-pixel grid of JPEG no longer fits."""
    top, left, bottom, right = rng.integers(1, 8, 4)
    cut = pixels[top : pixels.shape[0] - bottom, left : pixels.shape[1] - right]
    return _resize(cut, 1.0, None) if min(cut.shape[:2]) < SMALLEST_SIDE else np.ascontiguousarray(cut)


def _blur(pixels: np.ndarray, width: float, rng: np.random.Generator) -> np.ndarray:
    return jpeg.rounded(ndi.gaussian_filter(pixels / np.float32(255), (width, width, 0)))


def _social(pixels: np.ndarray, number: float, rng: np.random.Generator) -> np.ndarray:
    """Shrink to four fifths and save at 70 with halved colour, as platforms do on upload."""
    return jpeg.again(_resize(pixels, 0.8, rng, Image.Resampling.LANCZOS), 70, halve_colour=True)


def _screenshot(pixels: np.ndarray, number: float, rng: np.random.Generator) -> np.ndarray:
    """Show enlarged on a screen of slightly other tone, cut, shrink, save: nearly every fine trace goes."""
    shown = _resize(pixels, rng.uniform(1.2, 1.6), rng, Image.Resampling.BILINEAR) / np.float32(255)
    shown = _crop(jpeg.rounded(shown ** np.float32(rng.uniform(0.97, 1.03))), 0, rng)
    kept = _resize(shown, rng.uniform(0.7, 0.85), rng, Image.Resampling.LANCZOS)
    return jpeg.again(kept, int(rng.integers(75, 86)), halve_colour=True)


#: Name -> operation.
OPERATIONS = {
    "jpeg": Operation(_jpeg, (10, 100, 75)),
    "webp": Operation(_webp, (10, 100, 80)),
    "resize": Operation(_resize, (0.1, 4.0, 0.5)),
    "crop": Operation(_crop),
    "blur": Operation(_blur, (0.3, 5.0, 1.0)),
    "social": Operation(_social),
    "screenshot": Operation(_screenshot),
}
