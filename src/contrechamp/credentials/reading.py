"""Read a manifest and say what it is worth: four states, the claims, and warnings that a badge would hide.

`Valid` is not `Trusted`: anybody can make a certificate with any name on it, and a signature made with it is valid.
And a trusted child may have a parent that was tampered with; the library then still says "Trusted", and the failure
stands in the list of ingredients only. This reader looks there.
"""

import datetime
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import c2pa
from PIL import Image

from contrechamp.credentials.signing import OFFLINE, media_type
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _

#: What an informational or expected entry is, and not a failure of its own.
_UNTRUSTED = "signingCredential.untrusted"


@dataclass(frozen=True)
class Report:
    """What a file's Content Credentials say and what they are worth.

    Attributes
    ----------
    state : str
        ``none``: no manifest. ``elsewhere``: the file names a server that keeps it; it was not asked. ``invalid``: file
        and manifest do not belong together, or the manifest was changed. ``valid``: unchanged since somebody signed
        it. ``trusted``: valid, and the signer is vouched for by a root on the reader's list.
    failures : tuple of str
        Codes of the C2PA specification, sorted, each once.
    claimed_name : str or None
        The name in the signer's certificate: a fact only when `state` is ``trusted``, and then only as good as the
        root.
    source_type : str or None
        The last IPTC term that the manifest claims, for example ``trainedAlgorithmicMedia``.
    actions : tuple of str
    parents : int
        Files on which it says to be based.
    broken_parents : int
        Those among them, at any depth, whose own bytes or manifest failed when they were taken in.
    bindings : tuple of str
        Values of soft bindings: what a watermark or a hash of the picture should be.
    warnings : tuple of str
        Sentences for people, in the reader's language.
    """

    state: str
    failures: tuple[str, ...] = ()
    claimed_name: str | None = None
    source_type: str | None = None
    actions: tuple[str, ...] = ()
    parents: int = 0
    broken_parents: int = 0
    bindings: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def read(
    file: bytes,
    trust: Sequence[bytes] = (),
    *,
    store: bytes | None = None,
    now: datetime.datetime | None = None,
) -> Report:
    """Read and judge the Content Credentials of a picture file. Nothing is asked of the network.

    Parameters
    ----------
    file : bytes
        A PNG or JPEG file.
    trust : sequence of bytes
        Root certificates, PEM, of the authorities that you trust. None: nobody is trusted.
    store : bytes, optional
        A manifest store that was kept apart from the file; it is judged against the file.
    now : datetime.datetime, with a time zone, optional
        Actions that are dated later are warned of.

    Returns
    -------
    Report

    Raises
    ------
    ContrechampError
        When the file is no PNG or JPEG, is damaged, or its manifest cannot be read (for instance because it follows a
        later specification).

    Examples
    --------
    >>> from contrechamp.credentials import Authority, picture_file, sign
    >>> authority = Authority("Classroom root")
    >>> file = sign(picture_file(1), authority.issue("School newspaper"), "drawn")
    >>> read(file).state, read(file, trust=[authority.root]).state
    ('valid', 'trusted')
    """
    mime = media_type(file)
    settings: dict[str, Any] = {"verify": {**OFFLINE["verify"], "verify_trust": True, "verify_after_reading": True}}
    if trust:
        settings["trust"] = {"trust_anchors": b"\n".join(trust).decode("ascii")}
    try:
        with c2pa.Reader(mime, io.BytesIO(file), store, context=c2pa.Context.from_dict(settings)) as reader:
            said, state = json.loads(reader.json()), str(reader.get_validation_state()).lower()
    except c2pa.C2paError.ManifestNotFound:
        _check_whole(file)
        return Report("none", warnings=(_("No Content Credentials. That proves nothing, in either direction."),))
    except c2pa.C2paError as error:
        if "must fetch remote manifest" in str(error):
            return Report("elsewhere", warnings=(_kept_elsewhere(),))
        raise ContrechampError(
            _(
                "The Content Credentials of this file cannot be read: they are damaged, or of a kind that this reader "
                "does not know. Judge the file as one without credentials."
            )
        ) from None
    return _judge(said, state, now or datetime.datetime.now(datetime.UTC))


def _judge(said: dict[str, Any], state: str, now: datetime.datetime) -> Report:
    manifest = said["manifests"][said["active_manifest"]]
    results = said.get("validation_results", {}).get("activeManifest", {})
    actions = list(_actions(manifest))
    ingredients = manifest.get("ingredients", [])
    broken = sum(_is_broken(ingredient) for ingredient in _all_ingredients(said))
    name = manifest.get("signature_info", {}).get("common_name")
    sources = [action["digitalSourceType"] for action in actions if action.get("digitalSourceType")]
    failures = tuple(sorted({entry["code"] for entry in results.get("failure", [])}))
    return Report(
        state=state,
        failures=failures,
        claimed_name=name,
        source_type=sources[-1].rpartition("/")[2] if sources else None,
        actions=tuple(action["action"] for action in actions),
        parents=len(ingredients),
        broken_parents=broken,
        bindings=tuple(_bindings(manifest)),
        warnings=tuple(_warnings(state, name, failures, ingredients, broken, actions, now)),
    )


def _warnings(state: str, name: str | None, failures: tuple[str, ...], ingredients: list[dict[str, Any]], broken: int,
              actions: list[dict[str, Any]], now: datetime.datetime) -> Iterator[str]:  # fmt: skip
    if state == "invalid":
        yield _("File and credentials do not belong together, or one was changed. Believe none of the claims.")
    elif state == "valid":
        yield _(
            "Nobody on your trust list vouches for this signer. The name {name} is only what the signer wrote."
        ).format(name=name)
    if any(code in ("signingCredential.expired", "claimSignature.outsideValidity") for code in failures):
        yield _("The signer's certificate has expired, and nothing proves that the signature is older.")
    if broken:
        yield _(
            "A picture that this one is based on was tampered with before it was taken in. The signature on this one "
            "does not mend that."
        )
    if any(not ingredient.get("validation_results") for ingredient in ingredients):
        yield _("A picture that this one is based on came without credentials: its story begins here.")
    if any(_is_later(action.get("when"), now) for action in actions):
        yield _("A step is dated in the future. A date in a manifest is a claim like any other.")


def _kept_elsewhere() -> str:
    return _("The credentials are kept on a server. It was not asked: asking would tell it who looks at this picture.")


def _actions(manifest: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for assertion in manifest.get("assertions", []):
        if str(assertion.get("label", "")).startswith("c2pa.actions"):
            yield from assertion.get("data", {}).get("actions", [])


def _bindings(manifest: dict[str, Any]) -> Iterator[str]:
    for assertion in manifest.get("assertions", []):
        if str(assertion.get("label", "")).startswith("c2pa.soft-binding"):
            yield from (str(block.get("value", "")) for block in assertion.get("data", {}).get("blocks", []))


def _all_ingredients(said: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for manifest in said["manifests"].values():
        yield from manifest.get("ingredients", [])


def _is_broken(ingredient: dict[str, Any]) -> bool:
    """Say whether an ingredient failed in anything else than being vouched for."""
    results = ingredient.get("validation_results") or {}
    found = list(results.get("activeManifest", {}).get("failure", []))
    for delta in results.get("ingredientDeltas", []):
        found += delta.get("validationDeltas", {}).get("failure", [])
    return any(entry.get("code") != _UNTRUSTED for entry in found)


def _is_later(when: Any, now: datetime.datetime) -> bool:
    try:
        stated = datetime.datetime.fromisoformat(when)
    except (TypeError, ValueError):
        return False
    return (stated if stated.tzinfo else stated.replace(tzinfo=datetime.UTC)) > now


def _check_whole(file: bytes) -> None:
    """Say so when a file without a manifest is no whole picture either."""
    try:
        with Image.open(io.BytesIO(file)) as image:
            image.load()
    except Exception:  # Pillow's readers raise whatever a damaged file makes them stumble on
        raise ContrechampError(
            _("This picture file is damaged or ends too early, so nothing can be said about its credentials.")
        ) from None
