"""What detectors take: arrays of pixels, checked, and grouped by shape so that traces are measured on many at once."""

import os
from collections.abc import Iterator, Sequence

import numpy as np

from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _

#: Smallest side in pixels that leaves enough to measure, and how many pixels are worked on at once.
SMALLEST, AT_ONCE = 32, 250_000
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def as_pictures(pictures: Sequence[np.ndarray] | np.ndarray) -> list[np.ndarray]:
    """Return the pictures as a list, after checking each.

    Parameters
    ----------
    pictures : sequence of ndarray of uint8, each of shape (height, width, 3)
        Sides may differ from picture to picture; an array of shape (n, height, width, 3) will do.

    Returns
    -------
    list of ndarray of uint8
        The same arrays, not copies.

    Raises
    ------
    TypeError
        When a path, a name or a file is given: detectors of this course take arrays only.
    ContrechampError
        When there is no picture, or one is grey, has a fourth channel, is not of uint8, is too small, holds NaN or is
        of one colour all over. The message says which one and what to do.
    """
    refuse_files(pictures)
    if isinstance(pictures, np.ndarray) and pictures.ndim != 4 and pictures.dtype != object:
        raise ContrechampError(
            _("Detectors take a list of pictures, not one array of shape {shape}: write [picture].").format(
                shape=pictures.shape
            )
        )
    try:
        listed = list(pictures)
    except TypeError:
        raise ContrechampError(_("Detectors take a list of pictures, each an array of uint8.")) from None
    if not listed:
        raise ContrechampError(_("There is no picture in the list."))
    for number, picture in enumerate(listed):
        _check(number, picture)
    return listed


def in_batches(pictures: list[np.ndarray]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Group pictures of one shape, as many at a time as have `AT_ONCE` pixels together.

    Parameters
    ----------
    pictures : list of ndarray of uint8, each of shape (height, width, 3)
        Checked: see `as_pictures`.

    Yields
    ------
    numbers : ndarray of int, shape (m,)
        Places in the list.
    batch : ndarray of float32, shape (m, height, width, 3)
        Values 0..255; a side that is odd loses its last row or column.
    """
    shapes: dict[tuple[int, ...], list[int]] = {}
    for number, picture in enumerate(pictures):
        shapes.setdefault(picture.shape, []).append(number)
    for (height, width, _channels), numbers in shapes.items():
        step = max(1, AT_ONCE // (height * width))
        for start in range(0, len(numbers), step):
            some = numbers[start : start + step]
            batch = np.stack([pictures[n][: height // 2 * 2, : width // 2 * 2] for n in some])
            yield np.array(some), batch.astype(np.float32)


def luma(batch: np.ndarray) -> np.ndarray:
    """Return brightness as JPEG weighs it (ITU-R BT.601): (..., 3) to (...).

    Parameters
    ----------
    batch : ndarray, shape (..., 3)
        Red, green, blue, in any unit.

    Returns
    -------
    ndarray, shape (...)
        In the same unit.

    References
    ----------
    ITU-R Recommendation BT.601: weights 0.299, 0.587 and 0.114.
    """
    return batch @ _LUMA


def refuse_files(given: object) -> None:
    """Refuse what could hold a picture of somebody.

    Parameters
    ----------
    given : object
        What a caller gave for pictures; of a list or tuple, the first member is looked at too.

    Raises
    ------
    TypeError
        For a path, a name, bytes or an open file; the message gives the reason.
    """
    first = given[0] if isinstance(given, list | tuple) and given else given
    if any(isinstance(one, str | bytes | os.PathLike) or hasattr(one, "read") for one in (given, first)):
        raise TypeError(
            _(
                "Detectors of this course take arrays, not files or paths: they are for pictures that the course "
                "draws itself, and no picture of anybody is to be loaded. SAFETY.md gives the reasons."
            )
        )


def _check(number: int, picture: object) -> None:
    refuse_files(picture)
    if not isinstance(picture, np.ndarray):
        raise ContrechampError(_("Picture {number} is no array. Give arrays of uint8.").format(number=number))
    problem = _problem(picture)
    if problem:
        raise ContrechampError(
            _("Picture {number} (shape {shape}, {dtype}): {problem}").format(
                number=number, shape=picture.shape, dtype=picture.dtype, problem=problem
            )
        )


def _problem(picture: np.ndarray) -> str:
    """Return what is wrong with an array and what to do, or an empty string."""
    if picture.ndim == 2 or (picture.ndim == 3 and picture.shape[2] == 1):
        return _("it is grey. Traces of the colour mosaic need red, green and blue.")
    if picture.ndim != 3 or picture.shape[2] not in (3, 4):
        return _("a picture has the shape (height, width, 3).")
    if picture.shape[2] == 4:
        return _("it has a fourth channel. Keep the first three: picture[..., :3].")
    if picture.dtype.kind == "f" and not np.isfinite(picture).all():
        return _("it holds values that are no numbers (NaN or infinity). Find out where they come from.")
    if picture.dtype == np.uint16:
        return _("it has 16 bits. Divide by 257, round, and change the type to uint8.")
    if picture.dtype != np.uint8:
        return _("its values must be whole numbers from 0 to 255, of type uint8.")
    if min(picture.shape[:2]) < SMALLEST:
        return _("it is too small to measure. Both sides must have {low} pixels or more.").format(low=SMALLEST)
    if (picture == picture[:1, :1]).all():
        return _("it is of one colour all over. There is no trace to measure in it.")
    return ""
