"""Random numbers of the picture world: one independent stream for each purpose and each id.

A stream is named, never shared: a change in how cameras draw noise cannot change a scene. Streams depend on nothing but
their name and ids; not on order of calls, folder, clock or number of threads.
"""

import numpy as np

from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _

#: The year, month and day on which the world was first measured; a new root is a new world.
ROOT = 20261122

#: Number of each stream. Numbers are never reused: old recipes must keep their bytes.
STREAMS = {
    "scene": 1,
    "camera": 2,
    "shot": 3,
    "sensor": 4,
    "fit": 5,
    "generate": 6,
    "quality": 7,
    "which_camera": 8,
    "edit": 9,
    "launder": 10,
}

_LARGEST = 2**63 - 1


def stream(name: str, *ids: int) -> np.random.Generator:
    """Return the random generator of one stream.

    Parameters
    ----------
    name : str
        One of `STREAMS`.
    *ids : int
        What the stream belongs to, for example a scene and a camera; whole numbers from 0.

    Returns
    -------
    numpy.random.Generator
        Always in the same state for the same name and ids.

    Raises
    ------
    ContrechampError
        When the name is unknown, or an id is no whole number from 0.

    Examples
    --------
    >>> int(stream("scene", 7).integers(1000)) == int(stream("scene", 7).integers(1000))
    True
    """
    if name not in STREAMS:
        raise ContrechampError(
            _("There is no stream {name}. Known: {names}.").format(name=name, names=", ".join(STREAMS))
        )
    entropy = [ROOT, STREAMS[name], *[whole("id", number) for number in ids]]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy)))


def whole(name: str, number: object, low: int = 0, high: int = _LARGEST) -> int:
    """Return a number as an int, when it is whole and within a range.

    Parameters
    ----------
    name : str
        What the number is, for the message.
    number : object
        Taken as it comes from a caller; True and False are no numbers here, 1.0 is not whole.
    low, high : int
        Smallest and largest allowed, both included.

    Returns
    -------
    int

    Raises
    ------
    ContrechampError
        When it is anything but an int (Python's or NumPy's) from `low` to `high`.
    """
    if isinstance(number, bool) or not isinstance(number, int | np.integer) or not low <= number <= high:
        raise ContrechampError(
            _("{name} must be a whole number from {low} to {high}, not {number!r}.").format(
                name=name, low=low, high=high, number=number
            )
        )
    return int(number)
