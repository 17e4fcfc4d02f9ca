"""Matching without handing over the picture: the hash is made on the device, and nothing but the hash leaves it.

The roles are those that StopNCII.org (adults) and Take It Down (pictures from before the age of eighteen) describe in
their public pages: a person's device, a service that keeps a list of hashes, platforms that take part and compare what
is uploaded to them. A model to count what each role holds; it sends nothing anywhere.
"""

from dataclasses import dataclass

import numpy as np

from contrechamp.errors import ContrechampError
from contrechamp.hashing.phash import detail, phash
from contrechamp.hashing.search import HashIndex, pack
from contrechamp.language import gettext as _

#: A match differs in at most so many of the 64 bits; a picture with less detail (grey levels) is not judged.
MOST, LEAST_DETAIL = 8, 1.0


@dataclass(frozen=True)
class Message:
    """All that leaves the device: eight bytes. No picture, no name, no address.

    Attributes
    ----------
    hash : bytes
        The 64 bits of `phash`.
    """

    hash: bytes


def make_on_device(picture: np.ndarray, least_detail: float = LEAST_DETAIL) -> Message:
    """Return the message that a device sends for a picture; the picture stays where it is.

    Parameters
    ----------
    picture : ndarray of uint8, shape (height, width, 3)
        Each side at least 32 pixels.
    least_detail : float, grey levels
        Pictures with less are refused.

    Returns
    -------
    Message
        The hash, and nothing else.

    Raises
    ------
    ContrechampError
        When the picture has too little detail: its hash would match every blank wall.
    """
    if detail(picture) < least_detail:
        raise ContrechampError(
            _("This picture has hardly any detail. Its hash would match many others, so none is made.")
        )
    return Message(pack(phash(picture)).tobytes())


class HashList:
    """What the service keeps: a case number for each hash, and whether the person withdrew it.

    Examples
    --------
    >>> cases = HashList()
    >>> number = cases.add(Message(bytes(8)))
    >>> cases.withdraw(number)
    >>> len(cases.listed()[0])
    0
    """

    def __init__(self) -> None:
        self._hashes: dict[int, bytes] = {}
        self._given = 0

    def add(self, message: Message) -> int:
        """Take a message into the list and return its case number, with which it can be withdrawn.

        Parameters
        ----------
        message : Message

        Returns
        -------
        int
            From 1; no number is given twice.
        """
        self._given += 1
        self._hashes[self._given] = message.hash
        return self._given

    def withdraw(self, number: int) -> None:
        """Take a case off the list.

        Parameters
        ----------
        number : int
            What `add` returned.

        Raises
        ------
        ContrechampError
            When no such case is on the list.
        """
        if number not in self._hashes:
            raise ContrechampError(_("There is no case {number} on this list.").format(number=number))
        del self._hashes[number]

    def listed(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the case numbers, shape (count,), and the hashes, uint8, shape (count, 8): what platforms get.

        Returns
        -------
        numbers : ndarray of int, shape (count,)
        hashes : ndarray of uint8, shape (count, 8)
        """
        hashes = b"".join(self._hashes.values())
        return np.array(list(self._hashes), dtype=int), np.frombuffer(hashes, dtype=np.uint8).reshape(-1, 8)


class Platform:
    """A platform that takes part: it holds hashes of the list and the pictures uploaded to it, and compares.

    Parameters
    ----------
    cases : HashList
        As it stands now; a list that changes later is fetched again.
    most : int, bits
        The largest distance that counts as a match.
    least_detail : float, grey levels
        Uploads with less are not judged: the quality gate.
    """

    def __init__(self, cases: HashList, most: int = MOST, least_detail: float = LEAST_DETAIL):
        self._numbers, hashes = cases.listed()
        self._index = HashIndex(hashes) if len(hashes) else None
        self._most, self._least = most, least_detail

    def compare(self, upload: np.ndarray) -> list[int]:
        """Return the case numbers that an upload matches.

        A match says "looks like a listed picture", no more: what happens next is for a human review to decide. An
        empty list says nothing about the picture; it may be new, altered, or without detail.

        Parameters
        ----------
        upload : ndarray of uint8, shape (height, width, 3)

        Returns
        -------
        list of int
            Case numbers; empty when nothing matches or the upload has too little detail.

        Raises
        ------
        ContrechampError
            When it is no picture, or a side is shorter than 32 pixels.
        """
        if self._index is None or detail(upload) < self._least:
            return []
        rows, _distances = self._index.near(pack(phash(upload)), self._most)
        return self._numbers[rows].tolist()
