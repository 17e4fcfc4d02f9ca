"""What happens to a signed file: saved again, its manifest cut out, put back, put into another file.

Saving again is what phones, programs and platforms do all day, mostly without meaning harm; the manifest is then gone.
"""

import io
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

from contrechamp.errors import ContrechampError
from contrechamp.imaging import jpeg, make_scene, shoot
from contrechamp.imaging.pictures import as_picture
from contrechamp.language import gettext as _

_MANIFEST = b"caBX"  # the chunk of a PNG file that holds a manifest store


def picture_file(scene: int, size: int = 128) -> bytes:
    """Return a drawn scene, as a simulated camera takes it, as a PNG file without a manifest.

    Parameters
    ----------
    scene : int
        Number of the scene, from 0; see `contrechamp.imaging.make_scene`.
    size : int
        Height and width in pixels: a multiple of 16 from 64 to 512.

    Returns
    -------
    bytes
        A PNG file.

    Raises
    ------
    ContrechampError
        When the scene or the size is not allowed.
    """
    return png_file(np.round(255 * shoot(make_scene(scene, size), 1)).astype(np.uint8))


def png_file(pixels: np.ndarray) -> bytes:
    """Return pixels as a PNG file. The same pixels give the same bytes on one machine.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width, 3)

    Returns
    -------
    bytes
        Without a manifest.

    Raises
    ------
    ContrechampError
        When `pixels` is no colour picture of uint8.

    References
    ----------
    ISO/IEC 15948, "Portable Network Graphics (PNG): Functional specification".
    """
    file = io.BytesIO()
    Image.fromarray(as_picture(pixels)).save(file, "PNG")
    return file.getvalue()


def save_again(file: bytes, quality: int | None = None) -> bytes:
    """Return the file as a program saves it that knows nothing of manifests.

    Parameters
    ----------
    file : bytes
        An image file.
    quality : int, optional
        JPEG quality, 1..100; a PNG file is written when left out.

    Returns
    -------
    bytes
        Without a manifest; a PNG keeps every pixel.

    Raises
    ------
    ContrechampError
        When the file is damaged or no image, or the quality is out of range.
    """
    pixels = jpeg.decode(file)
    return png_file(pixels) if quality is None else jpeg.encode(pixels, quality)


def take_manifest(file: bytes) -> bytes:
    """Return the manifest store that lies in a PNG file.

    Parameters
    ----------
    file : bytes
        A PNG file.

    Returns
    -------
    bytes
        The content of the chunk ``caBX``: a JUMBF box, as the C2PA specification lays down for PNG.

    Raises
    ------
    ContrechampError
        When the file is no PNG or holds none.
    """
    for kind, content in _chunks(file):
        if kind == _MANIFEST:
            return content
    raise ContrechampError(_("This PNG file holds no Content Credentials."))


def put_manifest(file: bytes, store: bytes) -> bytes:
    """Return a PNG file with a manifest store in it, whether it belongs there or not: the reader is to find out.

    Parameters
    ----------
    file : bytes
        A PNG file. A manifest that it holds already is left out.
    store : bytes
        A manifest store, from `take_manifest`. Nothing in it is checked.

    Returns
    -------
    bytes
        The PNG file with the store right after its header; the first eight bytes alone when the file is no PNG.
    """
    made = file[:8]
    for kind, content in _chunks(file):
        if kind != _MANIFEST:
            made += _chunk(kind, content)
        if kind == b"IHDR":
            made += _chunk(_MANIFEST, store)
    return made


def _chunks(file: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 8
    while place + 8 <= len(file) and file.startswith(b"\x89PNG"):
        (length,) = struct.unpack(">I", file[place : place + 4])
        yield file[place + 4 : place + 8], file[place + 8 : place + 8 + length]
        place += 12 + length


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
