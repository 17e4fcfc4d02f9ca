"""Where the eye would see a mark: flat areas. The cap that holds it down there, and what that costs.

A sky or a poster hides nothing, a meadow hides much. The mark may be as strong as a fixed share of what goes on
around a pixel, plus a floor that is hardly visible on an even area. What a flat area may not carry goes to busier
ones, as far as they can take it; what none can take is not spent. On a flat picture the mark is then weaker than
the agreed distortion would allow: the cap wins over robustness.
"""

import numpy as np
from PIL import Image
from scipy import ndimage as ndi

#: Strongest mark on an even area, in grey levels (root mean square), and share of the activity allowed on top.
FLOOR, SHARE = 0.7, 0.6
#: Side of a cell and width of the neighbourhood, in pixels of the working copy and in cells.
CELL, AROUND = 4, 5


def spare_flat_areas(mark: np.ndarray, grey: np.ndarray, allowed: float) -> np.ndarray:
    """Scale a mark to the energy allowed, but nowhere above what its surroundings hide.

    Parameters
    ----------
    mark, grey : ndarray of float32, shape (height, width)
        The change and the picture at working size.
    allowed : float
        Mean squared change, in grey levels squared.

    Returns
    -------
    ndarray of float32, shape (height, width)
        With at most the energy allowed.
    """
    hidden = FLOOR + SHARE * activity(grey)
    strength = np.sqrt(ndi.uniform_filter(cell_means(mark * mark), AROUND, mode="nearest")) + np.float32(1e-6)
    room, power = hidden / strength, strength * strength
    gain = np.float32(np.sqrt(allowed / power.mean()))
    for _round in range(8):  # what capped cells may not take, free ones take
        capped = room < gain
        left = allowed - np.where(capped, hidden * hidden, 0).mean()
        if left <= 0 or capped.all():
            break
        gain = np.float32(np.sqrt(left / np.where(capped, 0, power).mean()))
    height, width = grey.shape
    gains = np.minimum(room, gain).astype(np.float32)
    whole = (width // CELL * CELL, height // CELL * CELL)
    smooth = np.asarray(Image.fromarray(gains).resize(whole, Image.Resampling.BILINEAR))
    spared = np.zeros_like(mark)
    spared[: whole[1], : whole[0]] = mark[: whole[1], : whole[0]] * smooth
    return spared


def activity(grey: np.ndarray) -> np.ndarray:
    """Return how much goes on around each cell, in grey levels, float32, shape (height // 4, width // 4).

    The deviation inside each cell of 4 x 4 pixels. Neighbours are averaged by their fourth roots, so that the rim
    of a shape on an even ground counts little: noise beside a clean edge is seen at once.
    """
    spread = np.sqrt(np.maximum(cell_means(grey * grey) - cell_means(grey) ** 2, 0))
    return ndi.uniform_filter(spread**0.25, AROUND, mode="nearest") ** 4


def cell_means(picture: np.ndarray) -> np.ndarray:
    """Return the mean of each whole cell of 4 x 4 pixels."""
    rows, columns = picture.shape[0] // CELL, picture.shape[1] // CELL
    bands = picture[: rows * CELL].reshape(rows, CELL, -1).sum(axis=1)
    return bands[:, : columns * CELL].reshape(rows, columns, CELL).sum(axis=2) / np.float32(CELL * CELL)
