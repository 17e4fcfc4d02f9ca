"""Sign a picture file: attach a manifest that says how the picture came to be, and bind both to a certificate.

The work is done by the official library, c2pa-python. This module fixes what a lesson should not have to think of: no
time stamp from the network, no thumbnail, only claims that the specification knows.

References
----------
C2PA, "Content Credentials: C2PA Technical Specification", 2.x, spec.c2pa.org; IPTC, "Digital Source Type"
(cv.iptc.org/newscodes/digitalsourcetype).
"""

import io
from collections.abc import Sequence
from typing import Any

import c2pa

from contrechamp.credentials.certificates import Signer
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _

_IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
#: How a picture may have come to be: our short word -> term of the IPTC's list, as it stands in a manifest.
SOURCE_TYPES = {
    "captured": "digitalCapture",
    "drawn": "digitalCreation",
    "generated": "trainedAlgorithmicMedia",
    "edited by generation": "compositeWithTrainedAlgorithmicMedia",
}
#: Actions of the specification that may follow the first one in this course.
ACTIONS = ("c2pa.cropped", "c2pa.edited", "c2pa.filtered", "c2pa.resized", "c2pa.color_adjustments")
_MAGIC = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def sign(
    file: bytes,
    signer: Signer,
    source_type: str = "drawn",
    *,
    made_by: str = "Contrechamp classroom",
    parent: bytes | None = None,
    actions: Sequence[str] = (),
    assertions: Sequence[dict[str, Any]] = (),
) -> bytes:
    """Return the file with a signed manifest in it.

    Parameters
    ----------
    file : bytes
        A PNG or JPEG file. A manifest that it bears already is not kept, unless the file is given as `parent` too.
    signer : Signer
    source_type : str
        One of `SOURCE_TYPES`: what the signer claims. Nobody checks it against the pixels.
    made_by : str
        The program that is said to have made it.
    parent : bytes, optional
        The file of which this one is an edit; its own manifest, if any, is taken along.
    actions : sequence of str
        What was done after it was made or opened; from `ACTIONS`.
    assertions : sequence of dict
        Further assertions, ``{"label": …, "data": …}``, as c2pa-python takes them.

    Returns
    -------
    bytes

    Raises
    ------
    ContrechampError
        When the file is no PNG or JPEG, a claim is unknown, or the certificate is not valid today.
    """
    return sign_with_store(
        file, signer, source_type, made_by=made_by, parent=parent, actions=actions, assertions=assertions
    )[0]


def sign_with_store(file: bytes, signer: Signer, source_type: str = "drawn", *, made_by: str = "Contrechamp classroom",
                    parent: bytes | None = None, actions: Sequence[str] = (),
                    assertions: Sequence[dict[str, Any]] = ()) -> tuple[bytes, bytes]:  # fmt: skip
    """Return what `sign` returns, and the manifest store alone, so that it can be kept elsewhere too.

    Parameters
    ----------
    file, signer, source_type, made_by, parent, actions, assertions
        As for `sign`.

    Returns
    -------
    signed : bytes
        The file with the manifest in it.
    store : bytes
        The manifest store (JUMBF).

    Raises
    ------
    ContrechampError
        As for `sign`.
    """
    mime = media_type(file)
    manifest = {
        "title": "picture",
        "format": mime,
        "claim_generator_info": [{"name": made_by, "version": "1.0"}],
        "assertions": [_actions(source_type, parent is not None, actions), *assertions],
    }
    context = c2pa.Context.from_dict({"builder": {"thumbnail": {"enabled": False}}, **OFFLINE})
    signed = io.BytesIO()
    try:
        key = c2pa.Signer.from_info(c2pa.C2paSignerInfo(b"es256", signer.chain, signer.key, None))
        builder = c2pa.Builder(manifest, context=context)
        if parent is not None:
            about = {"title": "parent", "relationship": "parentOf", "label": "parent"}
            builder.add_ingredient(about, media_type(parent), io.BytesIO(parent))
        store = builder.sign(key, mime, io.BytesIO(file), signed)
    except c2pa.C2paError as error:
        raise ContrechampError(_why(error)) from None
    return signed.getvalue(), store


#: Nothing is asked of the network: neither manifests kept elsewhere nor the state of certificates.
OFFLINE = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}


def media_type(file: bytes) -> str:
    """Return the media type of a picture file by its first bytes.

    Parameters
    ----------
    file : bytes
        Only its first bytes are looked at.

    Returns
    -------
    {"image/png", "image/jpeg"}

    Raises
    ------
    ContrechampError
        When it is neither, or not given as bytes.
    """
    if not isinstance(file, bytes | bytearray):
        raise ContrechampError(
            _("A picture file is read from its bytes, not from a value of type {type}.").format(
                type=type(file).__name__
            )
        )
    for magic, mime in _MAGIC.items():
        if file.startswith(magic):
            return mime
    raise ContrechampError(_("This is neither a PNG nor a JPEG file. Save the picture as one of them first."))


def _actions(source_type: str, edit: bool, actions: Sequence[str]) -> dict[str, Any]:
    """Return the assertion that says how the picture came to be."""
    if source_type not in SOURCE_TYPES:
        raise ContrechampError(
            _("There is no source type {name!r} here. Known: {names}.").format(
                name=source_type, names=", ".join(SOURCE_TYPES)
            )
        )
    for action in actions:
        if action not in ACTIONS:
            raise ContrechampError(
                _("There is no action {name!r} here. Known: {names}.").format(name=action, names=", ".join(ACTIONS))
            )
    origin = _IPTC + SOURCE_TYPES[source_type]
    if edit:
        first = {"action": "c2pa.opened", "parameters": {"ingredientIds": ["parent"]}}
        rest = [{"action": action, "digitalSourceType": origin} for action in actions or ("c2pa.edited",)]
    else:
        first = {"action": "c2pa.created", "digitalSourceType": origin}
        rest = [{"action": action} for action in actions]
    return {"label": "c2pa.actions.v2", "data": {"actions": [first, *rest]}}


def _why(error: Exception) -> str:
    said = str(error)
    if "not valid at time of signing" in said:
        return _("This certificate is not valid today: it has expired, or begins later. Nothing was signed.")
    if "could not be parsed" in said or "fill whole buffer" in said or "IoError" in said or said.startswith("Io"):
        return _("This picture file is damaged or ends too early. Nothing was signed.")
    return _("The picture could not be signed: {reason}.").format(reason=said.rstrip("."))
