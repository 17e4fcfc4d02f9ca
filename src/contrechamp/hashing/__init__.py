"""Perceptual hashes and exact near-match search: how listed pictures are found again without being looked at.

The students' hash is `phash`; `pdq` serves at the length that services use. Distances under edits are shown for
`phash` only.

>>> from contrechamp.hashing import distance, phash
>>> from contrechamp.imaging import launder, make_images
>>> picture = next(iter(make_images(1, size=128))).pixels
>>> distance(phash(picture), phash(launder(picture, "jpeg:75"))) < 8
True
"""

from contrechamp.hashing.ondevice import HashList, Message, Platform, make_on_device
from contrechamp.hashing.papers import add_caption, make_form
from contrechamp.hashing.pdq import pdq
from contrechamp.hashing.phash import detail, distance, phash, sketch
from contrechamp.hashing.pictures import read_picture
from contrechamp.hashing.scale import chance_match, screening
from contrechamp.hashing.search import HashIndex, pack, prefix_kept, same_prefix, scan

__all__ = [
    "HashIndex",
    "HashList",
    "Message",
    "Platform",
    "add_caption",
    "chance_match",
    "detail",
    "distance",
    "make_form",
    "make_on_device",
    "pack",
    "pdq",
    "phash",
    "prefix_kept",
    "read_picture",
    "same_prefix",
    "scan",
    "screening",
    "sketch",
]
