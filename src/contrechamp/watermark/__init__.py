"""Marks that nobody sees: hide a message in a picture, find it again, and say how sure that is.

>>> import numpy as np
>>> from contrechamp.watermark import SpreadSpectrum
>>> picture = np.random.default_rng(0).integers(60, 180, (256, 256, 3), np.uint8)
>>> SpreadSpectrum("our key").detect(SpreadSpectrum("our key").embed(picture, b"ours")).message
b'ours'
"""

from contrechamp.watermark.hybrid import Hybrid
from contrechamp.watermark.last_bit import LastBit
from contrechamp.watermark.log_polar import LogPolar
from contrechamp.watermark.protocol import Detection, Geometry, Watermark
from contrechamp.watermark.quantisation import Quantisation
from contrechamp.watermark.spread_spectrum import SpreadSpectrum

__all__ = ["Detection", "Geometry", "Hybrid", "LastBit", "LogPolar", "Quantisation", "SpreadSpectrum", "Watermark"]
