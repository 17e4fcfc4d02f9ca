"""What happens to pictures here: operations that training may see, and operations kept out of all tuning."""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageFilter
from scipy import ndimage as ndi

from contrechamp.imaging import jpeg, launder

#: Families that augmentation draws from.
FAMILIES = ("crop", "jpeg", "resize", "social", "screenshot")
#: Named operations of those families, for the test; the family is the word before the colon.
TRAINED = ("crop", "jpeg:95", "jpeg:75", "jpeg:50", "resize:0.75", "resize:0.5", "social", "screenshot")
#: Kept out of training and of all tuning.
KEPT_OUT = ("blur:1", "webp:80", "noise", "sharpen", "tone", "rotate", "median", "blur:0.6+webp:60")


def family(operation: str) -> str:
    return operation.partition(":")[0]


def drawn(name: str, rng: np.random.Generator) -> str:
    """Return a chain of one family, its number drawn over a range."""
    if name == "jpeg":
        return f"jpeg:{int(rng.integers(45, 97))}"
    if name == "resize":
        return f"resize:{rng.choice([rng.uniform(0.45, 0.95), rng.uniform(1.05, 1.4)]):.2f}"
    return name


def apply(pixels: np.ndarray, operation: str, seed: int) -> np.ndarray:
    if operation == "none":
        return pixels
    own = OWN.get(operation)
    return launder(pixels, operation, seed) if own is None else own(pixels, np.random.default_rng([20261122, seed]))


def _noise(pixels, rng):
    return np.clip(np.round(pixels + 3 * rng.standard_normal(pixels.shape)), 0, 255).astype(np.uint8)


def _sharpen(pixels, rng):
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.UnsharpMask(1.5, 120, 0)))


def _tone(pixels, rng):
    """Another brightness and contrast, as an app's slider does."""
    gamma, gain = rng.uniform(0.75, 1.3), rng.uniform(0.85, 1.1)
    return jpeg.rounded(np.clip(gain * (pixels / np.float32(255)) ** np.float32(gamma), 0, 1))


def _rotate(pixels, rng):
    turned = Image.fromarray(pixels).rotate(rng.uniform(2, 6), Image.Resampling.BICUBIC)
    return np.asarray(turned)[8:-8, 8:-8].copy()


def _median(pixels, rng):
    return ndi.median_filter(pixels, size=(3, 3, 1))


OWN: dict[str, Callable] = {
    "noise": _noise,
    "sharpen": _sharpen,
    "tone": _tone,
    "rotate": _rotate,
    "median": _median,
}
