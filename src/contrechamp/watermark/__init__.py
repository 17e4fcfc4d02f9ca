"""Marks that nobody sees: hide a message in a picture, find it again, and say how sure that is.

>>> from contrechamp.imaging import make_images
>>> from contrechamp.watermark import SpreadSpectrum
>>> picture = next(iter(make_images(1, size=128))).pixels
>>> SpreadSpectrum("our key").detect(SpreadSpectrum("our key").embed(picture, b"ours")).message
b'ours'
"""

from contrechamp.watermark.bound import BoundSpreadSpectrum
from contrechamp.watermark.hybrid import Hybrid
from contrechamp.watermark.last_bit import LastBit
from contrechamp.watermark.log_polar import LogPolar
from contrechamp.watermark.protocol import Detection, Geometry, Watermark
from contrechamp.watermark.quantisation import Quantisation
from contrechamp.watermark.spread_spectrum import SpreadSpectrum
from contrechamp.watermark.tree_ring import TreeRing

__all__ = [
    "BoundSpreadSpectrum",
    "Detection",
    "Geometry",
    "Hybrid",
    "LastBit",
    "LogPolar",
    "Quantisation",
    "SpreadSpectrum",
    "TreeRing",
    "Watermark",
]
