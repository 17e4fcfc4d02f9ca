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
    """Return a key as bytes.

    Parameters
    ----------
    key : str or bytes
        At least one sign; a text is taken as UTF-8.

    Returns
    -------
    bytes

    Raises
    ------
    ContrechampError
        When it is empty or of another type.
    """
    if not isinstance(key, str | bytes) or not key:
        raise ContrechampError(_("A key is a text or bytes, at least one sign long, not {key!r}.").format(key=key))
    return key.encode("utf-8") if isinstance(key, str) else key


def stretch(key: bytes, purpose: str, length: int) -> np.ndarray:
    """Return bytes that follow from a key; each purpose has its own.

    Parameters
    ----------
    key : bytes
    purpose : str
        A name that no other use of the same key has.
    length : int
        How many bytes, from 0.

    Returns
    -------
    ndarray of uint8, shape (length,)
        Not writeable.

    References
    ----------
    NIST, FIPS 202, "SHA-3 Standard: Permutation-Based Hash and Extendable-Output Functions", 2015 (SHAKE-256).
    """
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
    """Return which bit each place belongs to: scattered, and public.

    Parameters
    ----------
    count : int
        Number of places.
    bits : int
        Number of bits, from 1.

    Returns
    -------
    ndarray of int64, shape (count,)
        0..bits - 1, each as often as the others or once more. Not writeable.
    """
    order = np.argsort(stretch(b"public", f"owners {bits}", 4 * count).view("<u4"), kind="stable")
    owner = np.empty(count, np.int64)
    owner[order] = np.arange(count) % bits
    owner.flags.writeable = False
    return owner
