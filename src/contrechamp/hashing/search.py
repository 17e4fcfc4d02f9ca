"""Find every listed hash within a distance, exactly, without comparing with each: multi-index hashing.

If two hashes of 16 words differ in at most 31 bits, some word differs in at most one: 16 words with two differing bits
each would already make 32. So it is enough to look up each word of the query, and each word one bit away, in a table,
and to compare with what is found there. Nothing within the distance is missed.

References
----------
M. Norouzi, A. Punjani, D. J. Fleet, "Fast Search in Hamming Space with Multi-Index Hashing", CVPR 2012
(arXiv 1307.2982).
"""

from itertools import combinations

import numpy as np

from contrechamp.errors import ContrechampError
from contrechamp.hashing.phash import as_bits
from contrechamp.imaging.seeds import whole
from contrechamp.language import gettext as _

WORD = 16  # bits
_FARTHEST = 2  # bits of a word that are tried; beyond, comparing with each hash is quicker


def pack(bits: np.ndarray) -> np.ndarray:
    """Return hashes of n bits as rows of n / 8 bytes.

    Parameters
    ----------
    bits : ndarray of bool, shape (n,) or (count, n)
        n is a multiple of 64.

    Returns
    -------
    ndarray of uint8, shape (n / 8,) or (count, n / 8)

    Raises
    ------
    ContrechampError
        When they are no trues and falses, or no multiple of 64 in a row.
    """
    bits = np.asarray(bits)
    if bits.dtype != np.bool_ or bits.ndim not in (1, 2) or not bits.shape[-1] or bits.shape[-1] % 64:
        raise ContrechampError(
            _(
                "Hashes to be packed are trues and falses, a multiple of 64 in a row, not {dtype} of shape {shape}."
            ).format(dtype=bits.dtype, shape=bits.shape)
        )
    return np.packbits(bits, axis=-1)


class HashIndex:
    """An index of listed hashes for exact search within a distance.

    Parameters
    ----------
    packed : ndarray of uint8, shape (count, bytes)
        Hashes as `pack` gives them; 8 bytes for 64 bits, 32 for 256.

    Raises
    ------
    ContrechampError
        When `packed` has another type or shape.

    Notes
    -----
    The tables take 4 bytes a word and hash, 64 MB for a million hashes of 256 bits, beside the hashes themselves.

    Examples
    --------
    >>> listed = np.random.default_rng(0).integers(0, 256, (1000, 32), dtype=np.uint8)
    >>> altered = listed[7].copy()
    >>> altered[:10] ^= 7  # three bits in each of ten bytes
    >>> rows, distances = HashIndex(listed).near(altered)
    >>> rows.tolist(), distances.tolist()
    ([7], [30])
    """

    def __init__(self, packed: np.ndarray):
        self._rows = _as_packed(packed)
        self._long = self._rows.view(np.uint64)
        words = self._rows.view("<u2")
        self.count, self.words = words.shape
        self._order = np.empty((self.words, self.count), dtype=np.int32)
        self._start = np.empty((self.words, 2**WORD + 1), dtype=np.int32)
        for place in range(self.words):
            self._order[place] = np.argsort(words[:, place], kind="stable")
            counts = np.bincount(words[:, place], minlength=2**WORD)
            self._start[place] = np.concatenate([[0], np.cumsum(counts)])

    def near(self, query: np.ndarray, most: int = 31) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of all hashes within a distance of a query, and their distances.

        Parameters
        ----------
        query : ndarray of uint8, shape (bytes,)
        most : int, bits
            The largest distance that counts as a match.

        Returns
        -------
        rows : ndarray of int, shape (found,)
            In rising order.
        distances : ndarray of int, shape (found,)
        """
        query, most = _as_query(query, self._rows.shape[1]), whole("most", most, 0, 8 * self._rows.shape[1])
        if most // self.words > _FARTHEST:
            return scan(self._rows, query, most)
        rows = self._candidates(query, most)
        distances = np.bitwise_count(self._long[rows] ^ query.view(np.uint64)).sum(axis=1, dtype=int)
        kept, first = np.unique(rows[distances <= most], return_index=True)
        return kept.astype(int), distances[distances <= most][first]

    def _candidates(self, query: np.ndarray, most: int) -> np.ndarray:
        """Return the rows that share a word with the query, up to as many flipped bits as the distance asks for."""
        words = query.view("<u2").astype(np.int64)
        deep = most % self.words + 1  # so many words need the full radius, the others one less
        found = []
        for places, radius in ((np.arange(deep), most // self.words),
                               (np.arange(deep, self.words), most // self.words - 1)):  # fmt: skip
            if not len(places) or radius < 0:
                continue
            tried = words[places, None] ^ _flips(radius)
            begin = self._start[places[:, None], tried]
            many = (self._start[places[:, None], tried + 1] - begin).ravel()
            begin = (begin + places[:, None] * self.count).ravel()
            ends = np.cumsum(many)
            found.append(self._order.ravel()[np.repeat(begin - ends + many, many) + np.arange(ends[-1])])
        return np.concatenate(found)


def scan(packed: np.ndarray, query: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what `HashIndex.near` returns, by comparing with each hash: slower, and the measure for the index.

    Parameters
    ----------
    packed : ndarray of uint8, shape (count, bytes)
    query : ndarray of uint8, shape (bytes,)
    most : int
        Bits that may differ.

    Returns
    -------
    rows, distances : ndarray of int, shape (found,)
        Places in `packed`, rising, and bits that differ.

    Raises
    ------
    ContrechampError
        When list and query do not fit together.
    """
    packed = _as_packed(packed)
    query = _as_query(query, packed.shape[1])
    distances = np.bitwise_count(packed.view(np.uint64) ^ query.view(np.uint64)).sum(axis=1, dtype=int)
    rows = np.flatnonzero(distances <= most)
    return rows, distances[rows]


def prefix_kept(bits: int, prefix: int, changed: int) -> float:
    """Return how often a prefix of a hash stays as it is when some of its bits change, each place as likely as another.

    Password checkers ask a server for all entries with the same prefix, so that it does not learn the password. With a
    near match the prefix itself may have changed, and the entry is missed.

    Parameters
    ----------
    bits : int
        Length of a hash, 1..4096.
    prefix, changed : int
        Bits of the prefix, bits that change; 0..`bits`.

    Returns
    -------
    float
        A probability, 0..1.

    Raises
    ------
    ContrechampError
        When a number is out of range.

    Examples
    --------
    >>> round(prefix_kept(bits=64, prefix=16, changed=4), 2)
    0.31
    """
    bits = whole("bits", bits, 1, 4096)
    prefix, changed = whole("prefix", prefix, 0, bits), whole("changed", changed, 0, bits)
    free = bits - prefix - np.arange(changed)
    return float(np.prod(np.maximum(free, 0) / (bits - np.arange(changed))))


def same_prefix(a: np.ndarray, b: np.ndarray, prefix: int) -> bool:
    """Say whether two hashes begin with the same bits.

    Parameters
    ----------
    a, b : ndarray of bool, shape (n,)
    prefix : int
        How many bits.

    Returns
    -------
    bool

    Raises
    ------
    ContrechampError
        When one is no array of bits.
    """
    return bool((as_bits(a)[:prefix] == as_bits(b)[:prefix]).all())


def _flips(radius: int) -> np.ndarray:
    """Return the patterns of a word with at most `radius` bits set."""
    return np.array([sum(1 << bit for bit in chosen)
                     for size in range(radius + 1) for chosen in combinations(range(WORD), size)])  # fmt: skip


def _as_packed(packed: np.ndarray) -> np.ndarray:
    packed = np.asarray(packed)
    if packed.dtype != np.uint8 or packed.ndim != 2 or not packed.size or packed.shape[1] % 8:
        raise ContrechampError(
            _("A list of hashes is an array of uint8 of shape (count, bytes), bytes a multiple of 8, not {dtype} of "
              "shape {shape}. The function pack makes one.").format(dtype=packed.dtype, shape=packed.shape)
        )  # fmt: skip
    return np.ascontiguousarray(packed)


def _as_query(query: np.ndarray, length: int) -> np.ndarray:
    query = np.asarray(query)
    if query.dtype != np.uint8 or query.shape != (length,):
        raise ContrechampError(
            _("The hash that is looked for has {length} bytes of uint8 here, not {dtype} of shape {shape}.").format(
                length=length, dtype=query.dtype, shape=query.shape
            )
        )
    return np.ascontiguousarray(query)
