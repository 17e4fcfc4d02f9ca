"""Traces of the colour filter array: noise that repeats with the two-by-two tile of the mosaic.

A camera measures one colour per pixel and interpolates the others. Interpolated values are smoother than measured ones,
and channels share their noise in a way that depends on the place within the tile. Here are the covariances of the
residual between places of the tile, split into their mean over the tile and what alternates within it.

What alternates changes its sign when the tile begins elsewhere, so features take absolute values, and products whose
signs cancel: they do not depend on where the tile begins, nor on a crop.

References
----------
A. Popescu, H. Farid, "Exposing digital forgeries in color filter array interpolated images", IEEE TSP, 2005.
A. Gallagher, T. Chen, "Image authentication by detecting traces of demosaicing", CVPR workshops, 2008.
P. Ferrara, T. Bianchi, A. De Rosa, A. Piva, "Image forgery localization via fine-grained analysis of CFA artifacts",
IEEE TIFS, 2012 (variance of prediction errors by place).
"""

import numpy as np

from contrechamp.forensics.pictures import luma
from contrechamp.forensics.residual import mean_of_neighbours

PAIRS = ((0, 0), (1, 1), (2, 2), (0, 1), (1, 2), (0, 2))
#: Steps (down, right) between the pixels compared; each is averaged with its mirror image (right, down).
STEPS = ((0, 0), (0, 1), (1, 1), (0, 2))
_PARTS = {(0, 0): ("mean", "axis", "diagonal"), (1, 1): ("mean", "axis", "diagonal")}
_LONG = ("mean", "along", "across", "diagonal")
_LITTLE = np.float32(1e-3)

NAMES = (
    *(
        f"cfa_{'rgb'[a]}{'rgb'[b]}_{dy}{dx}_{part}"
        for dy, dx in STEPS
        for a, b in PAIRS
        for part in _PARTS.get((dy, dx), _LONG)
    ),
    *(f"cfa_phase_{name}" for name in ("rb_axis", "rb_diagonal", "rg_diagonal", "r_triple", "b_triple")),
    *(f"cfa_diagonals_{c}" for c in "rgb"),
)


def cross_residual(batch: np.ndarray) -> np.ndarray:
    """Return pictures minus the mean of their four neighbours: (n, h, w, c) to (n, h - 2, w - 2, c)."""
    four = batch[:, :-2, 1:-1] + batch[:, 2:, 1:-1] + batch[:, 1:-1, :-2] + batch[:, 1:-1, 2:]
    return batch[:, 1:-1, 1:-1] - four / np.float32(4)


def diagonal_peak(batch: np.ndarray) -> np.ndarray:
    """Return how strongly the residual's size alternates from diagonal to diagonal.

    Parameters
    ----------
    batch : ndarray of float32, shape (n, height, width, channels)

    Returns
    -------
    ndarray of float32, shape (n, channels)
        Spectrum of the diagonals' means at one half, over its median: about 1 without a mosaic, well above with one.

    References
    ----------
    A. Gallagher, T. Chen, "Image authentication by detecting traces of demosaicing", CVPR workshops, 2008.
    """
    size = np.minimum(np.abs(cross_residual(batch)), 20)
    n, height, width, channels = size.shape
    diagonal = np.add.outer(np.arange(height), np.arange(width))
    used = (diagonal >= min(height, width) // 2) & (diagonal < height + width - min(height, width) // 2)
    order = (diagonal - diagonal[used].min())[used]
    count = np.bincount(order)
    length = len(count) // 2 * 2
    means = np.empty((n, channels, length))
    for number, c in np.ndindex(n, channels):
        means[number, c] = (np.bincount(order, size[number, ..., c][used]) / count)[:length]
    means -= means.mean(axis=2, keepdims=True)
    power = np.abs(np.fft.rfft(means, axis=2))
    return power[..., -1] / (np.median(power[..., 1:], axis=2) + 1e-6)


def tile_covariances(batch: np.ndarray) -> dict[tuple[int, int], np.ndarray]:
    """Return covariances of the residual for each place of the two-by-two tile.

    Parameters
    ----------
    batch : ndarray of float32, shape (n, height, width, 3)
        Sides even.

    Returns
    -------
    dict
        Step (down, right) -> ndarray (n, 3, 3, 2, 2): channel at the place, channel at the place plus step, row and
        column of the place. Busy parts of a picture count less: the residual is divided by its local size.
    """
    residual = cross_residual(batch)
    size = mean_of_neighbours((residual**2).mean(axis=3))
    residual = residual[:, 1:-1, 1:-1] / np.sqrt(size + np.float32(0.5))[..., None]
    n, height, width, _channels = residual.shape
    rows, columns = height // 2, width // 2
    tiles = residual[:, : 2 * rows, : 2 * columns].reshape(n, rows, 2, columns, 2, 3)
    tiles = np.ascontiguousarray(tiles.transpose(0, 2, 4, 5, 1, 3))  # place, channel, then tile by tile
    here = tiles[..., :-1, :-1].reshape(n, 12, -1)
    moved = {
        (dy, dx): tiles[..., dy : rows - 1 + dy, dx : columns - 1 + dx].reshape(n, 12, -1)
        for dy, dx in ((0, 0), (0, 1), (1, 0), (1, 1))
    }
    matrix = {
        step: (here @ other.transpose(0, 2, 1)).reshape(n, 2, 2, 3, 2, 2, 3) / here.shape[2]
        for step, other in moved.items()
    }
    found = {}
    for dy, dx in {*STEPS, *((dx, dy) for dy, dx in STEPS)}:
        covariance = np.empty((n, 3, 3, 2, 2), np.float32)
        for y, x in np.ndindex(2, 2):
            to_y, to_x = y + dy, x + dx
            covariance[..., y, x] = matrix[to_y // 2, to_x // 2][:, y, x, :, to_y % 2, to_x % 2, :]
        found[dy, dx] = covariance
    return found


def alternation(covariance: np.ndarray) -> dict[str, np.ndarray]:
    """Split values at the four places (..., 2, 2) into their mean and what alternates by row, by column and by both."""
    first, second, third, fourth = (covariance[..., y, x] for y, x in np.ndindex(2, 2))
    return {
        "mean": (first + second + third + fourth) / 4,
        "row": (first + second - third - fourth) / 4,
        "column": (first - second + third - fourth) / 4,
        "both": (first - second - third + fourth) / 4,
    }


def measure(batch: np.ndarray) -> np.ndarray:
    """Return the features of this family, shape (n, len(NAMES))."""
    tiles = {step: alternation(covariance) for step, covariance in tile_covariances(batch).items()}
    power = np.diagonal(tiles[0, 0]["mean"], axis1=1, axis2=2) + _LITTLE
    found = []
    for dy, dx in STEPS:
        for a, b in PAIRS:
            scale = np.sqrt(power[:, a] * power[:, b])
            found += [part / scale for part in _parts(tiles[dy, dx], tiles[dx, dy], (dy, dx), a, b)]
    own = {part: np.diagonal(tiles[0, 0][part], axis1=1, axis2=2) / power for part in ("row", "column", "both")}
    phases = [
        own["row"][:, 0] * own["row"][:, 2] + own["column"][:, 0] * own["column"][:, 2],
        own["both"][:, 0] * own["both"][:, 2],
        own["both"][:, 0] * own["both"][:, 1],
        own["row"][:, 0] * own["column"][:, 0] * own["both"][:, 0],
        own["row"][:, 2] * own["column"][:, 2] * own["both"][:, 2],
    ]
    # The own power at step (0, 0) is 1 by construction; the logarithm of its size says how rough the picture is.
    return np.column_stack([*found, *map(np.cbrt, phases), np.log(diagonal_peak(batch) + _LITTLE)])


def _parts(ahead: dict, mirrored: dict, step: tuple[int, int], a: int, b: int) -> list[np.ndarray]:
    """Return mean and alternations of one pair of channels at one step, averaged with the step's mirror image."""

    def pick(tiles: dict, part: str) -> np.ndarray:
        return (tiles[part][:, a, b] + tiles[part][:, b, a]) / 2

    mean = (pick(ahead, "mean") + pick(mirrored, "mean")) / 2
    diagonal = (np.abs(pick(ahead, "both")) + np.abs(pick(mirrored, "both"))) / 2
    along = (np.abs(pick(ahead, "column")) + np.abs(pick(mirrored, "row"))) / 2
    across = (np.abs(pick(ahead, "row")) + np.abs(pick(mirrored, "column"))) / 2
    if step in _PARTS:
        return [mean, (along + across) / 2, diagonal]
    return [mean, along, across, diagonal]


def colour_difference_roughness(batch: np.ndarray) -> np.ndarray:
    """Return the residual's size of red minus green and blue minus green relative to that of luma, shape (n, 2).

    Demosaicing interpolates colour differences, so they are smoother than brightness.
    """
    residual = cross_residual(batch)
    grey = np.abs(luma(residual)).mean(axis=(1, 2))
    differences = [np.abs(residual[..., c] - residual[..., 1]).mean(axis=(1, 2)) for c in (0, 2)]
    return np.column_stack(differences) / (grey[:, None] + _LITTLE)
