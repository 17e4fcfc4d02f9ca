"""Where was it changed? Maps of traces, block by block, and a classifier that reads them.

All maps are relative to the rest of the picture, and none says what is shown (brightness, edges): a locator that knows
content finds objects, not edits. Look at the un-edited twin with the same mask to see that (`benchmarks/detection`).

References
----------
H. Farid, "Exposing digital forgeries from JPEG ghosts", IEEE TIFS, 2009.
P. Ferrara, T. Bianchi, A. De Rosa, A. Piva, "Image forgery localization via fine-grained analysis of CFA artifacts",
IEEE TIFS, 2012.
B. Mahdian, S. Saic, "Using noise inconsistencies for blind image forensics", Image and Vision Computing, 2009.
"""

from collections.abc import Sequence

import numpy as np
from scipy import ndimage as ndi
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from contrechamp.errors import ContrechampError
from contrechamp.forensics.cfa import cross_residual
from contrechamp.forensics.jpeg_traces import change_of_saving, error_level
from contrechamp.forensics.pictures import as_pictures
from contrechamp.language import gettext as _

SIDE = 8
#: Qualities at which ghosts are looked for, and widths (in blocks) of the blur that maps are seen through.
QUALITIES, WIDTHS = tuple(range(58, 96, 4)), (0.7, 1.8)
_LAGS = ((0, 1), (1, 0), (1, 1), (0, 2), (2, 0))
_LITTLE = np.float32(0.15)

_ONE_WIDTH = (
    *(f"noise_{c}" for c in "rgb"),
    *(f"shared_{pair}" for pair in ("rg", "gb", "rb")),
    *(f"lag_{dy}{dx}" for dy, dx in _LAGS),
    *(f"tile_{c}_{part}" for c in "rgb" for part in ("row", "column", "both")),
    *(f"ghost_{q}" for q in QUALITIES),
    "ghost_of_first_save",
)
NAMES = tuple(f"{name}_w{width}" for width in WIDTHS for name in _ONE_WIDTH)


def ghost_map(pixels: np.ndarray, quality: int) -> np.ndarray:
    """Return how much each block changes when the picture is saved again at a quality.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
    quality : int
        1..100.

    Returns
    -------
    ndarray of float32, shape (height // 8, width // 8)
        Mean squared difference in grey levels.

    References
    ----------
    H. Farid, "Exposing digital forgeries from JPEG ghosts", IEEE TIFS, 2009.
    """
    return block_means((change_of_saving(pixels, quality) ** 2).mean(axis=2))


def first_quality(pixels: np.ndarray, qualities: Sequence[int] = tuple(range(58, 94))) -> int:
    """Return the quality at which saving again changes the picture least for its neighbourhood: the ghost's dip.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)
    qualities : sequence of int
        In rising order, at least five.
    """
    height, width = (max(side // 2, 128) // SIDE * SIDE for side in pixels.shape[:2])
    top, left = ((side - part) // 2 // SIDE * SIDE for side, part in zip(pixels.shape, (height, width), strict=False))
    pixels = np.ascontiguousarray(pixels[max(top, 0) :, max(left, 0) :][:height, :width])  # the middle is enough
    curve = np.log([np.median(ghost_map(pixels, q)) + _LITTLE for q in qualities])
    usual = ndi.uniform_filter1d(curve, 5, mode="nearest")
    return int(qualities[int((curve - usual)[1:-1].argmin()) + 1])


def maps(pixels: np.ndarray) -> np.ndarray:
    """Return what each block's traces say, relative to the rest of the picture.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)

    Returns
    -------
    ndarray of float32, shape (height // 8, width // 8, len(NAMES))
        Median 0 over the picture.
    """
    height, width = (side // SIDE * SIDE for side in pixels.shape[:2])
    pixels = np.ascontiguousarray(pixels[:height, :width])
    means = _moments(pixels)
    ghosts = np.log(np.stack([ghost_map(pixels, q) for q in QUALITIES], axis=-1) + _LITTLE)
    own = np.log(ghost_map(pixels, first_quality(pixels)) + _LITTLE)
    found = []
    for width_of_blur in WIDTHS:
        smooth = {name: ndi.gaussian_filter(plane, width_of_blur) for name, plane in means.items()}
        found += _relative(smooth)
        ghost = ndi.gaussian_filter(ghosts, (width_of_blur, width_of_blur, 0))
        level = ghost.mean(axis=2)
        found += [*np.moveaxis(ghost - level[..., None], 2, 0), ndi.gaussian_filter(own, width_of_blur) - level]
    stacked = np.stack(found, axis=-1).astype(np.float32)
    return stacked - np.median(stacked, axis=(0, 1))


def _moments(pixels: np.ndarray) -> dict[str, np.ndarray]:
    """Return block means of products of the residual: of channels, of neighbours, of places in the tile."""
    residual = np.clip(cross_residual(pixels[None].astype(np.float32))[0], -12, 12)
    residual = np.pad(residual, ((1, 1), (1, 1), (0, 0)))
    rr, gg, bb = np.moveaxis(residual**2, 2, 0)
    r, g, b = np.moveaxis(residual, 2, 0)
    planes = {"r": rr, "g": gg, "b": bb, "rg": r * g, "gb": g * b, "rb": r * b}
    planes |= {f"lag_{dy}{dx}": g * np.roll(g, (-dy, -dx), (0, 1)) for dy, dx in _LAGS}
    y, x = np.indices(g.shape) % 2
    for part, sign in (("row", 1 - 2 * y), ("column", 1 - 2 * x), ("both", 1 - 2 * (y ^ x))):
        planes |= {f"{c}_{part}": planes[c] * sign.astype(np.float32) for c in "rgb"}
    return {name: block_means(plane) for name, plane in planes.items()}


def _relative(smooth: dict[str, np.ndarray]) -> list[np.ndarray]:
    """Turn smoothed moments into logarithms, correlations, and agreement with the picture's own tile."""
    power = {c: smooth[c] + _LITTLE for c in "rgb"}
    found = [np.log(power[c]) for c in "rgb"]
    found += [smooth[a + b] / np.sqrt(power[a] * power[b]) for a, b in ("rg", "gb", "rb")]
    found += [smooth[f"lag_{dy}{dx}"] / power["g"] for dy, dx in _LAGS]
    for c in "rgb":
        for part in ("row", "column", "both"):
            local = smooth[f"{c}_{part}"] / power[c]
            found.append(local * np.sign(np.median(local)))
    return found


def block_means(plane: np.ndarray) -> np.ndarray:
    """Return the mean of each block of eight by eight: (h, w) to (h // 8, w // 8)."""
    rows, columns = plane.shape[0] // SIDE, plane.shape[1] // SIDE
    return plane[: rows * SIDE, : columns * SIDE].reshape(rows, SIDE, columns, SIDE).mean(axis=(1, 3))


def enlarged(blocks: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return a map of blocks as a map of pixels, by straight lines between the blocks' centres."""
    at = [(np.arange(side) + 0.5) / SIDE - 0.5 for side in shape]
    return ndi.map_coordinates(blocks, np.meshgrid(*at, indexing="ij"), order=1, mode="nearest")


# --- maps that need no training


def ela(pixels: np.ndarray, quality: int = 90) -> np.ndarray:
    """Return error level analysis smoothed over 17 pixels, shape (height, width): brighter is more suspect."""
    return ndi.uniform_filter(error_level(pixels, quality), 17)


def ghost(pixels: np.ndarray) -> np.ndarray:
    """Return the ghost at the quality of the first save, shape (height, width): larger where it was not saved so."""
    level = np.mean([np.log(ghost_map(pixels, q) + _LITTLE) for q in QUALITIES], axis=0)
    own = np.log(ghost_map(pixels, first_quality(pixels)) + _LITTLE) - level
    return enlarged(ndi.gaussian_filter(own, 1.0), pixels.shape[:2])


def noise(pixels: np.ndarray) -> np.ndarray:
    """Return how far the local noise is from the picture's usual noise, shape (height, width), in nepers."""
    power = block_means((cross_residual(pixels[None].astype(np.float32))[0] ** 2).mean(axis=2))
    level = np.log(ndi.gaussian_filter(power, 1.0) + _LITTLE)
    return enlarged(np.abs(level - np.median(level)), pixels.shape[:2])


#: Name -> function of pixels that returns a map (height, width); nothing is learned.
PLAIN = {"ela": ela, "ghost": ghost, "noise": noise}


class EditLocator(BaseEstimator):
    """Learn from edited pictures and their masks what an edit looks like in the maps.

    Parameters
    ----------
    rounds : int
        Trees of the gradient boosting.

    Attributes
    ----------
    threshold_ : float
        Probability with the best mean overlap (IoU) on training pictures left out.
    """

    def __init__(self, rounds: int = 100):
        self.rounds = rounds

    def fit(self, pictures: Sequence[np.ndarray], masks: Sequence[np.ndarray]) -> "EditLocator":
        """Train.

        Parameters
        ----------
        pictures : sequence of ndarray of uint8, shape (height, width, 3)
        masks : sequence of ndarray of bool, shape (height, width)
            True where a picture was edited.

        Raises
        ------
        TypeError, ContrechampError
            As `as_pictures`; when a mask does not fit, or there are fewer than four pictures.
        """
        pictures = as_pictures(pictures)
        if len(pictures) != len(masks) or len(pictures) < 4:
            raise ContrechampError(_("A locator learns from four pictures or more, with a mask for each."))
        for picture, mask in zip(pictures, masks, strict=True):
            check_mask(mask, picture.shape[:2])
        return self.fit_maps([maps(picture) for picture in pictures], masks)

    def fit_maps(self, measured: list[np.ndarray], masks: Sequence[np.ndarray]) -> "EditLocator":
        """Train on maps that were measured before."""
        truth = [block_means(mask.astype(np.float32)) > 0.5 for mask in masks]
        X = np.concatenate([m.reshape(-1, m.shape[2]) for m in measured])
        y = np.concatenate([t.ravel() for t in truth])
        which = np.repeat(np.arange(len(measured)), [t.size for t in truth])
        seen = np.empty(len(y))
        for learned, left in GroupKFold(3).split(X, y, which):
            seen[left] = self._model().fit(X[learned], y[learned]).predict_proba(X[left])[:, 1]
        left_out = [enlarged(seen[which == n].reshape(t.shape), masks[n].shape) for n, t in enumerate(truth)]
        levels = np.linspace(0.1, 0.9, 17)
        few = [(m[::2, ::2], p[::2, ::2]) for m, p in zip(masks, left_out, strict=True)]
        overlap = [np.mean([iou(m, p > level) for m, p in few]) for level in levels]
        self.threshold_ = float(levels[np.argmax(overlap)])
        self.model_ = self._model().fit(X, y)
        return self

    def predict_proba(self, pictures: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Return for each picture the probability that a pixel was edited, shape (height, width).

        Parameters
        ----------
        pictures : sequence of ndarray of uint8, shape (height, width, 3)

        Returns
        -------
        list of ndarray of float, shape (height, width)
            0..1.

        Raises
        ------
        ContrechampError
            When the locator is not trained, or a picture cannot be used.
        """
        return [self.read(maps(picture), picture.shape[:2]) for picture in as_pictures(pictures)]

    def predict(self, pictures: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Return for each picture a mask of bool of what looks edited.

        Parameters
        ----------
        pictures : sequence of ndarray of uint8, shape (height, width, 3)

        Returns
        -------
        list of ndarray of bool, shape (height, width)

        Raises
        ------
        ContrechampError
            When the locator is not trained, or a picture cannot be used.
        """
        return [p > self.threshold_ for p in self.predict_proba(pictures)]

    def read(self, measured: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
        """Return the probability map of maps that were measured before."""
        if not hasattr(self, "model_"):
            raise ContrechampError(_("This locator is not trained yet. Call fit(pictures, masks) first."))
        p = self.model_.predict_proba(measured.reshape(-1, measured.shape[2]))[:, 1]
        return enlarged(p.reshape(measured.shape[:2]), shape)

    def _model(self) -> HistGradientBoostingClassifier:
        return HistGradientBoostingClassifier(
            max_iter=self.rounds, learning_rate=0.1, max_leaf_nodes=15, l2_regularization=1.0, random_state=0
        )


def pixel_auc(mask: np.ndarray, score: np.ndarray) -> float:
    """Return the AUC over the pixels of one picture: 0.5 is what a map without knowledge gets.

    Parameters
    ----------
    mask : ndarray of bool, shape (height, width)
        True where the picture was edited.
    score : ndarray of float, shape (height, width)
        Larger where an edit is suspected.

    Returns
    -------
    float
        0..1.

    Raises
    ------
    ContrechampError
        When the mask is of another type or shape, or is true everywhere or nowhere.
    """
    check_mask(mask, np.shape(score))
    return float(roc_auc_score(mask.ravel(), score.ravel()))


def iou(mask: np.ndarray, called: np.ndarray) -> float:
    """Return the overlap of truth and call: pixels in both over pixels in either, 0..1.

    Parameters
    ----------
    mask, called : ndarray of bool, shape (height, width)

    Returns
    -------
    float
        1 when both are empty.
    """
    either = (mask | called).sum()
    return float((mask & called).sum() / either) if either else 1.0


def check_mask(mask: np.ndarray, shape: tuple[int, ...]) -> None:
    """Say so when a mask is not of bool, has another shape, or is true everywhere or nowhere.

    Parameters
    ----------
    mask : ndarray of bool, shape (height, width)
    shape : tuple of int
        Height and width of the picture.

    Raises
    ------
    ContrechampError
        When it is none.
    """
    if np.shape(mask) != tuple(shape) or np.asarray(mask).dtype != bool or mask.all() or not mask.any():
        raise ContrechampError(
            _("A mask is an array of bool of shape {shape}, true for some pixels and false for others.").format(
                shape=tuple(shape)
            )
        )
