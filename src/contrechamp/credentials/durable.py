"""Durable credentials: when the manifest is gone, a watermark leads back to it, and a hash says whether it fits.

Three things hold together. The watermark carries a number; a registry keeps the signed manifest under that number; and
the manifest names the number and the perceptual hash of the picture that was signed. A mark copied onto another picture
leads to a manifest whose hash does not fit. What remains is trust in the registry, and the words of the signer.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from contrechamp.credentials.certificates import Signer
from contrechamp.credentials.files import png_file
from contrechamp.credentials.reading import Report, read
from contrechamp.credentials.signing import sign_with_store
from contrechamp.errors import ContrechampError
from contrechamp.hashing import distance, pack, phash
from contrechamp.language import gettext as _

_LABEL, _NAME = "c2pa.soft-binding", "org.contrechamp.classroom"
#: So many of the 64 bits may differ between the picture that was signed and the one that is found.
MOST = 12


class Found(Protocol):
    """What a watermark's detector returns, as far as it is used here."""

    @property
    def p_value(self) -> float:
        """How often a picture without the mark would give so much evidence, at most."""

    @property
    def message(self) -> bytes | None:
        """The message, when a mark was found."""


class Mark(Protocol):
    """A watermark: any mark of `contrechamp.watermark`, or another that keeps to its protocol."""

    def embed(self, image: np.ndarray, message: bytes) -> np.ndarray:
        """Return the image with a message in it."""

    def detect(self, image: np.ndarray) -> Found:
        """Return what was found in an image."""


@dataclass(frozen=True)
class Recovered:
    """What a registry says about a picture that came without credentials.

    Attributes
    ----------
    outcome : str
        ``no mark``; ``unknown number``: a mark, but nothing is registered under it; ``another picture``: the manifest
        belongs to a picture that looks different, so the mark was copied; ``recovered``.
    p_value : float
        Of the mark that was found.
    report : Report or None
        The manifest, judged against the trust list, when one was found. Its state says ``invalid`` by itself, since
        the bytes are no longer those that were signed; `signature` says what still holds.
    signature : str
        ``trusted``, ``valid`` or ``invalid``: the signature over the claims, apart from the bytes of the picture.
    """

    outcome: str
    p_value: float = 1.0
    report: Report | None = None
    signature: str = "invalid"


class Registry:
    """Keeps signed manifests under the numbers that watermarks carry.

    Parameters
    ----------
    mark : Mark
        The watermark whose messages are the numbers.
    bits : int
        Length of a message, a multiple of 8.
    least_p : float
        A mark counts as found when its p-value is at most this.
    """

    def __init__(self, mark: Mark, bits: int = 32, least_p: float = 1e-6):
        self._mark, self._bits, self._least = mark, bits, least_p
        self._kept: dict[bytes, bytes] = {}

    def publish(self, image: np.ndarray, number: int, signer: Signer, source_type: str) -> bytes:
        """Mark a picture, sign it, keep the manifest, and return the file that goes out.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width, 3)
            Large enough for the mark.
        number : int
            From 0; must fit into the bits of a message, and be free.
        signer : Signer
        source_type : str
            One of `signing.SOURCE_TYPES`.

        Returns
        -------
        bytes
            A PNG file with mark and manifest. The manifest names the number and the hash of the marked picture.

        Raises
        ------
        ContrechampError
            When the number is taken or does not fit into the message, the source type is unknown, or the certificate is
            not valid today.
        """
        message = self._message(number)
        if message in self._kept:
            raise ContrechampError(_("The number {number} is taken in this registry.").format(number=number))
        marked = self._mark.embed(image, message)
        value = message.hex() + "/" + pack(phash(marked)).tobytes().hex()
        binding = {"label": _LABEL, "data": {"alg": _NAME, "blocks": [{"scope": {}, "value": value}]}}
        file, store = sign_with_store(png_file(marked), signer, source_type, assertions=[binding])
        self._kept[message] = store
        return file

    def recover(self, image: np.ndarray, trust: tuple[bytes, ...] = ()) -> Recovered:
        """Look up the manifest of a picture that lost it.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width, 3)
            Large enough for the mark.
        trust : tuple of bytes
            Root certificates, PEM, of the authorities that you trust. None: nobody is trusted.

        Returns
        -------
        Recovered
            Its outcome is ``no mark`` when the p-value of what was found is above the registry's limit.
        """
        found = self._mark.detect(image)
        if found.message is None or not found.p_value <= self._least:
            return Recovered("no mark", float(found.p_value))
        message = found.message
        if message not in self._kept:
            return Recovered("unknown number", float(found.p_value))
        report = read(png_file(image), trust, store=self._kept[message])
        outcome = "recovered" if _fits(report, message, image) else "another picture"
        return Recovered(outcome, float(found.p_value), report, _signature(report))

    def _message(self, number: int) -> bytes:
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 2**self._bits:
            raise ContrechampError(
                _("A number of {bits} bits is wanted, not {number!r}.").format(bits=self._bits, number=number)
            )
        return number.to_bytes(self._bits // 8, "big")


def _fits(report: Report, message: bytes, image: np.ndarray) -> bool:
    """Say whether the signed claims name this number and a picture that looks like this one."""
    for binding in report.bindings:
        number, _slash, signed = binding.partition("/")
        if number == message.hex() and len(signed) == 16:
            bits = np.unpackbits(np.frombuffer(bytes.fromhex(signed), dtype=np.uint8)).astype(bool)
            return distance(phash(image), bits) <= MOST
    return False


def _signature(report: Report) -> str:
    """Say what a signature is worth when nothing but the bytes of the picture changed."""
    rest = set(report.failures) - {"assertion.dataHash.mismatch"}
    if not rest:
        return "trusted"
    return "valid" if rest == {"signingCredential.untrusted"} else "invalid"
