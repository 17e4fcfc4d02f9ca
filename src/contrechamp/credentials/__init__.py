"""Content Credentials: sign a picture, read what it claims, and say what the claim is worth.

A thin layer over c2pa-python. It trusts nobody by itself, asks nothing of the network, and looks into ingredients.
"""

from contrechamp.credentials.cases import CASES, Classroom, as_table, play
from contrechamp.credentials.certificates import Authority, Signer
from contrechamp.credentials.durable import Recovered, Registry
from contrechamp.credentials.files import picture_file, png_file, put_manifest, save_again, take_manifest
from contrechamp.credentials.reading import Report, read
from contrechamp.credentials.signing import ACTIONS, SOURCE_TYPES, sign

__all__ = [
    "ACTIONS",
    "CASES",
    "SOURCE_TYPES",
    "Authority",
    "Classroom",
    "Recovered",
    "Registry",
    "Report",
    "Signer",
    "as_table",
    "picture_file",
    "play",
    "png_file",
    "put_manifest",
    "read",
    "save_again",
    "sign",
    "take_manifest",
]
