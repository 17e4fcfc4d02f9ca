"""Error correction: a message of k bytes travels as a Reed-Solomon word of 2k bytes, read with all that is known of it.

`reedsolo` makes the words. A Reed-Solomon decoder is told bytes, right or wrong. A watermark detector knows more:
how sure it is of each bit. `decode` keeps that: it trusts the surest bits, rebuilds the word from them, tries every
change of one or two of them, and takes the word that agrees best (ordered statistics decoding).

References
----------
I. S. Reed, G. Solomon, "Polynomial codes over certain finite fields", J. SIAM 8, 1960. M. Fossorier, S. Lin,
"Soft-decision decoding of linear block codes based on ordered statistics", IEEE Trans. Inf. Theory 41, 1995.
"""

from functools import lru_cache
from itertools import combinations

import numpy as np
from reedsolo import RSCodec

from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _

#: Payloads that marks may carry, in bits.
PAYLOADS = (16, 32, 48, 64)
#: Evidence against a word, in deviations, that no noise explains (about one in a billion readings of a bit).
CONTRARY = 6.0


def as_message(message: bytes, bits: int) -> bytes:
    """Return the message, or say how long it must be.

    Parameters
    ----------
    message : bytes
    bits : int
        What the mark carries, a multiple of 8.

    Returns
    -------
    bytes

    Raises
    ------
    ContrechampError
        When it is not bytes, or has another length.
    """
    if not isinstance(message, bytes | bytearray):
        raise ContrechampError(
            _("A message is bytes, for example b'2026', not {kind}.").format(kind=type(message).__name__)
        )
    if 8 * len(message) != bits:
        raise ContrechampError(
            _("This mark carries exactly {wanted} bytes; the message has {length}. Shorten it, or pad it.").format(
                wanted=bits // 8, length=len(message)
            )
        )
    return bytes(message)


def encode(message: bytes, bits: int) -> np.ndarray:
    """Return the word of a message, float32, shape (2 * bits,), each -1 or 1.

    Parameters
    ----------
    message : bytes
    bits : int
        What the mark carries, a multiple of 8.

    Returns
    -------
    ndarray of float32, shape (2 * bits,)

    Raises
    ------
    ContrechampError
        When the message is not bytes, or has another length than the mark carries.

    Examples
    --------
    >>> encode(b"mark", 32).shape
    (64,)
    """
    word = RSCodec(bits // 8).encode(as_message(message, bits))
    return np.unpackbits(np.frombuffer(word, np.uint8)).astype(np.float32) * 2 - 1


def decode(read: np.ndarray) -> tuple[bytes, float]:
    """Return the likeliest message, and how likely it is.

    Parameters
    ----------
    read : ndarray of float, shape (2 * bits,)
        For each bit of the word its evidence in units of its deviation: positive for 1, negative for 0.

    Returns
    -------
    message : bytes
    confidence : float
        Share of the best word among all words that were tried, 0..1, if the noise is Gaussian. Of 0.5 or less, the
        message is hardly more than a guess. Zero when a bit says the opposite of the word by more than `CONTRARY`
        deviations: noise does not do that. An edit that turns every last bit round does, and the word nearest to such a
        reading is another message.

    Examples
    --------
    >>> read = encode(b"mark", 32).astype(float)
    >>> read[:9] *= -0.4
    >>> decode(read)[0]
    b'mark'
    """
    read = np.asarray(read, float)
    order = np.argsort(-np.abs(read), kind="stable")
    sure, rows = _solve(order, len(read) // 2)
    bits = read > 0
    first = bits[sure].astype(np.uint8) @ rows % 2
    flips = _flips(len(sure))
    words = (first ^ (flips @ rows.astype(np.float32) % 2).astype(np.uint8)).astype(np.float32)
    agreement = (2 * words - 1) @ read
    best = int(np.argmax(agreement))
    strength = np.sqrt(max(float(np.mean(read**2)) - 1, 0.0))
    confidence = 1 / np.exp(strength * (agreement - agreement[best])).sum()
    if np.any((2 * words[best] - 1) * read < -CONTRARY):
        confidence = 0.0
    return np.packbits(words[best].astype(np.uint8))[: len(read) // 16].tobytes(), float(confidence)


@lru_cache(maxsize=len(PAYLOADS))
def _generator(bits: int) -> np.ndarray:
    """Return the words of the messages with a single bit set, uint8, shape (bits, 2 * bits): the code is linear."""
    codec = RSCodec(bits // 8)
    units = (np.packbits(row).tobytes() for row in np.eye(bits, dtype=np.uint8))
    return np.array([np.unpackbits(np.frombuffer(codec.encode(unit), np.uint8)) for unit in units])


def _solve(order: np.ndarray, bits: int) -> tuple[np.ndarray, np.ndarray]:
    """Find the surest places that determine a word, and the word that each of them stands for (Gauss, modulo two)."""
    rows = _generator(bits).copy()
    sure: list[int] = []
    for place in order.tolist():
        below = np.flatnonzero(rows[len(sure) :, place])
        if not below.size:
            continue
        here, pivot = len(sure), len(sure) + int(below[0])
        rows[[here, pivot]] = rows[[pivot, here]]
        others = rows[:, place].astype(bool)
        others[here] = False
        rows[others] ^= rows[here]
        sure.append(place)
        if len(sure) == bits:
            break
    return np.array(sure), rows


@lru_cache(maxsize=len(PAYLOADS))
def _flips(bits: int) -> np.ndarray:
    """Return all changes of at most two of `bits` places, float32, shape (1 + bits + bits * (bits - 1) / 2, bits)."""
    pairs = [(), *((i,) for i in range(bits)), *combinations(range(bits), 2)]
    flips = np.zeros((len(pairs), bits), np.float32)
    for row, places in enumerate(pairs):
        flips[row, list(places)] = 1
    return flips
