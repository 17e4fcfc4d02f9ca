"""Keys: from a secret to as many coin tosses as a mark needs, the same on every machine.

The tosses come from SHAKE-256, not from NumPy's generators, whose streams may change between versions. Whoever has
the key can read, remove and forge the mark: a watermark key is a secret, but it is no signature.
"""

import hashlib
from functools import lru_cache

import numpy as np

from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _


def as_key(key: str | bytes) -> bytes:
    """Return the key as bytes, or say what a key must be."""
    if not isinstance(key, str | bytes) or not key:
        raise ContrechampError(_("A key is a text or bytes, at least one sign long, not {key!r}.").format(key=key))
    return key.encode("utf-8") if isinstance(key, str) else key


def stretch(key: bytes, purpose: str, length: int) -> np.ndarray:
    """Return `length` bytes, uint8, that follow from the key; each purpose has its own."""
    seed = len(key).to_bytes(8, "big") + key + purpose.encode()
    return np.frombuffer(hashlib.shake_256(b"contrechamp watermark 1" + seed).digest(length), np.uint8)


def chips(key: bytes, purpose: str, count: int) -> np.ndarray:
    """Return `count` coin tosses of the key, float32, each -1 or 1.

    Examples
    --------
    >>> chips(b"a key", "example", 6)
    array([-1.,  1.,  1.,  1.,  1.,  1.], dtype=float32)
    """
    tosses = np.unpackbits(stretch(key, purpose, (count + 7) // 8), count=count)
    return tosses.astype(np.float32) * 2 - 1


def fractions(key: bytes, purpose: str, count: int) -> np.ndarray:
    """Return `count` numbers from 0 to 1, float32, evenly spread."""
    pairs = stretch(key, purpose, 2 * count).view("<u2")
    return (pairs.astype(np.float32) + np.float32(0.5)) / np.float32(65536)


@lru_cache(maxsize=32)
def owners(count: int, bits: int) -> np.ndarray:
    """Return which bit each of `count` places belongs to: the same number of places each, scattered, and public.

    The chips hide the message; where its bits are need not be hidden.
    """
    order = np.argsort(stretch(b"public", f"owners {bits}", 4 * count).view("<u4"), kind="stable")
    owner = np.empty(count, np.int64)
    owner[order] = np.arange(count) % bits
    owner.flags.writeable = False
    return owner
