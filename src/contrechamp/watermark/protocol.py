"""What every mark can do: write a message into a picture, and say with which error it found one.

A detector answers with a p-value: how often, at most, would a picture that does not hold a mark of this key give so
much evidence? Only when that is below the level agreed beforehand is anything called found; only then, and only
when its bits are sure enough, is there a message. Whether a mark was found says nothing about who put it there.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _
from contrechamp.watermark import coding, keys, pictures
from contrechamp.watermark.evidence import chi_square_bound

#: p-value below which a mark counts as found, unless another level is chosen.
LEVEL = 1e-6
#: A message is told only when it holds this share of the belief in all words that were tried (see `coding.decode`).
SURE = 0.999


@dataclass(frozen=True)
class Geometry:
    """How the picture was turned and cut since it was marked.

    Attributes
    ----------
    angle : float
        Degrees, anticlockwise, -90..90: half turns look alike to the detector.
    scale : float
        Side of what is left by side of the whole, in the content's own measure: 0.5 when half of the height and
        width was cut away, 1 when the picture was only shrunk or enlarged.
    mirrored : bool
        True when left and right were exchanged.
    """

    angle: float = 0.0
    scale: float = 1.0
    mirrored: bool = False


@dataclass(frozen=True)
class Detection:
    """What a detector says about one picture.

    Attributes
    ----------
    score : float
        Evidence, in the detector's own unit; more is more.
    p_value : float
        Bound on the chance of so much evidence without a mark of this key, 0..1.
    message : bytes or None
        The message, when a mark was found and its bits are sure.
    geometry : Geometry or None
        How the picture was changed, when the detector can tell.
    read : ndarray of float, shape (2 * bits,)
        Evidence for each bit of the word that carries the message, in units of its deviation.
    level : float
        The level that was agreed.
    """

    score: float
    p_value: float
    message: bytes | None = None
    geometry: Geometry | None = None
    read: np.ndarray = field(default_factory=lambda: np.zeros(0), repr=False, compare=False)
    level: float = LEVEL

    @property
    def found(self) -> bool:
        """Whether the p-value is below the level."""
        return self.p_value < self.level


class Watermark(ABC):
    """A mark with its key. Subclasses say what is read from a picture and what the key makes of it.

    Parameters
    ----------
    key : str or bytes
        The secret. The same key marks and detects.
    bits : int
        Length of the message in bits: 16, 32, 48 or 64.
    psnr : float
        Peak signal-to-noise ratio, in dB, that the marked picture keeps at least, 30..60; where the eye would see
        the mark in flat areas, it keeps more. The detector does not need it.
    level : float
        p-value below which a mark counts as found.

    Raises
    ------
    ContrechampError
        When one of them is not allowed.
    """

    def __init__(self, key: str | bytes, bits: int = 32, psnr: float = 42.0, level: float = LEVEL):
        if bits not in coding.PAYLOADS:
            raise ContrechampError(
                _("A mark carries {known} bits, not {bits!r}.").format(
                    known=", ".join(map(str, coding.PAYLOADS)), bits=bits
                )
            )
        if not isinstance(psnr, int | float) or not 30 <= psnr <= 60:
            raise ContrechampError(_("psnr is a number of dB from 30 to 60, not {psnr!r}.").format(psnr=psnr))
        if not isinstance(level, int | float) or not 0 < level < 1:
            raise ContrechampError(_("level is a p-value between 0 and 1, not {level!r}.").format(level=level))
        self.key, self.bits, self.psnr, self.level = keys.as_key(key), bits, float(psnr), float(level)

    def embed(self, image: np.ndarray, message: bytes) -> np.ndarray:
        """Return the picture with the message in it.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width, 3)
            Each side at least 128 pixels.
        message : bytes
            Exactly ``bits / 8`` bytes.

        Returns
        -------
        ndarray of uint8, shape (height, width, 3)

        Raises
        ------
        ContrechampError
            When picture or message cannot be used.
        """
        pixels, word = pictures.as_picture(image), coding.encode(message, self.bits)
        allowed = pictures.energy(self.psnr)
        return pictures.add(pixels, self.change(pictures.working_copy(pixels), word, allowed), allowed)

    def detect(self, image: np.ndarray) -> Detection:
        """Look for a mark of this key. Needs neither the original picture nor its size.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width, 3)
            Each side at least 128 pixels.

        Returns
        -------
        Detection

        Raises
        ------
        ContrechampError
            When the picture cannot be used.
        """
        return self.judge(self.features(pictures.as_picture(image)))

    @abstractmethod
    def change(self, grey: np.ndarray, word: np.ndarray, allowed: float) -> np.ndarray:
        """Return what to add to the brightness so that it carries the word.

        Parameters
        ----------
        grey : ndarray of float32, shape (height, width)
            Brightness 0..255 at working size; see `pictures.working_copy`.
        word : ndarray of float, shape (2 * bits,)
            -1 or 1, from `coding.encode`.
        allowed : float
            Mean squared change that may be spent, in grey levels squared.

        Returns
        -------
        ndarray of float32, shape (height, width)
            In grey levels. `pictures.add` scales it down where it passes what is allowed.
        """

    @abstractmethod
    def features(self, pixels: np.ndarray) -> Any:
        """Return what the detector reads from a picture before it knows the key.

        Parameters
        ----------
        pixels : ndarray of uint8, shape (height, width, 3)
            Each side 128 to 16384 pixels.

        Returns
        -------
        object
            Whatever `judge` takes: an array, for most marks.
        """

    @abstractmethod
    def judge(self, features: Any) -> Detection:
        """Return what the key makes of the features.

        Parameters
        ----------
        features : object
            From `features`.

        Returns
        -------
        Detection
        """

    def decide(self, read: np.ndarray, p_value: float | None = None, **told: Any) -> Detection:
        """Turn the evidence for each bit into a `Detection`.

        Parameters
        ----------
        read : ndarray of float, shape (2 * bits,)
            In units of its deviation, from `evidence.read_bits`.
        p_value : float, optional
            Bound on chance, 0..1; left out: from the evidence alone (`evidence.chi_square_bound`).
        **told
            ``score`` and ``geometry`` of the detection; the score is the sum of the squares of `read` when left out.

        Returns
        -------
        Detection
            With a message only when the p-value is below the level and its share of belief is `SURE` or more.
        """
        score = float(read @ read)
        if p_value is None:
            p_value = chi_square_bound(score, len(read))
        message = None
        if p_value < self.level:
            likeliest, confidence = coding.decode(read)
            message = likeliest if confidence >= SURE else None
        return Detection(told.pop("score", score), p_value, message, read=read, level=self.level, **told)
