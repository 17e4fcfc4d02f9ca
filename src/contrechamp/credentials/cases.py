"""What can happen to a signed picture, played through: each case makes its files anew and is judged by our reader."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from contrechamp.credentials import files
from contrechamp.credentials.certificates import Authority, Signer
from contrechamp.credentials.reading import Report, read
from contrechamp.credentials.signing import sign
from contrechamp.imaging import jpeg
from contrechamp.language import gettext as _

if TYPE_CHECKING:
    import pandas as pd


@dataclass
class Classroom:
    """Two authorities, two signers and their pictures: the cast of the cases.

    Attributes
    ----------
    ours, theirs : Authority
        A root that the reader trusts, and one that it does not.
    newspaper : Signer
        Vouched for by `ours`.
    impostor : Signer
        Has the name of the newspaper, vouched for by `theirs`.
    """

    ours: Authority = field(default_factory=lambda: Authority("Classroom root"))
    theirs: Authority = field(default_factory=lambda: Authority("Somebody's root"))

    @cached_property
    def newspaper(self) -> Signer:
        """A signer on whose root the reader relies."""
        return self.ours.issue("School newspaper")

    @cached_property
    def impostor(self) -> Signer:
        """A signer of the same name whom nobody vouches for."""
        return self.theirs.issue("School newspaper")

    @cached_property
    def plain(self) -> bytes:
        """A picture without credentials."""
        return files.picture_file(4)

    @cached_property
    def signed(self) -> bytes:
        """The same picture, signed by the newspaper as generated."""
        return sign(self.plain, self.newspaper, "generated")

    def pixel_changed(self) -> bytes:
        """Change one pixel by one level and keep the manifest."""
        pixels = jpeg.decode(self.signed).copy()
        pixels[5, 5, 0] ^= 1
        return files.put_manifest(files.png_file(pixels), files.take_manifest(self.signed))

    def moved(self) -> bytes:
        """Put the manifest into another picture."""
        return files.put_manifest(files.picture_file(10), files.take_manifest(self.signed))

    def claim_edited(self) -> bytes:
        """Let the manifest say "captured" instead of "generated", with a word of the same length."""
        store = files.take_manifest(self.signed).replace(b"trainedAlgorithmicMedia", b"digitalCaptureByACamera")
        return files.put_manifest(self.plain, store)

    def put_back(self) -> bytes:
        """Save the picture again, and put the manifest back into the very same bytes."""
        return files.put_manifest(files.save_again(self.signed), files.take_manifest(self.signed))

    def byte_flipped(self) -> bytes:
        """Sign a JPEG and flip one bit in the middle of its picture."""
        file = bytearray(sign(jpeg.encode(jpeg.decode(self.plain), 90), self.newspaper, "generated"))
        file[-len(file) // 4] ^= 16
        return bytes(file)

    def edit_of(self, parent: bytes) -> bytes:
        """Cut a picture, say that it was generated in part, name the parent, sign.

        Parameters
        ----------
        parent : bytes
            A PNG or JPEG file, with or without a manifest; at least 17 pixels high and wide.

        Returns
        -------
        bytes
            A PNG file, eight pixels smaller on each side, signed by the newspaper.
        """
        cut = files.png_file(np.ascontiguousarray(jpeg.decode(parent)[8:-8, 8:-8]))
        return sign(cut, self.newspaper, "edited by generation", parent=parent, actions=("c2pa.cropped", "c2pa.edited"))


#: Name of a case -> how its file is made, and which roots its reader trusts.
CASES: dict[str, tuple[Callable[[Classroom], bytes], Callable[[Classroom], list[bytes]]]] = {
    "signed, nobody trusted": (lambda room: room.signed, lambda room: []),
    "signed, its root trusted": (lambda room: room.signed, lambda room: [room.ours.root]),
    "signed, another root trusted": (lambda room: room.signed, lambda room: [room.theirs.root]),
    "the same name, another root": (
        lambda room: sign(room.plain, room.impostor, "captured"), lambda room: [room.ours.root]),
    "one pixel changed": (Classroom.pixel_changed, lambda room: [room.ours.root]),
    "one bit of a JPEG changed": (Classroom.byte_flipped, lambda room: [room.ours.root]),
    "manifest put into another picture": (Classroom.moved, lambda room: [room.ours.root]),
    "claim edited": (Classroom.claim_edited, lambda room: [room.ours.root]),
    "saved again": (lambda room: files.save_again(room.signed, 95), lambda room: [room.ours.root]),
    "manifest put back into the same bytes": (Classroom.put_back, lambda room: [room.ours.root]),
    "edited, the parent named": (lambda room: room.edit_of(room.signed), lambda room: [room.ours.root]),
    "edited, the parent tampered with": (
        lambda room: room.edit_of(room.pixel_changed()), lambda room: [room.ours.root]),
}  # fmt: skip


def play(names: list[str] | None = None, room: Classroom | None = None) -> dict[str, Report]:
    """Play cases through and return what the reader reports.

    Parameters
    ----------
    names : list of str, optional
        From `CASES`; all twelve when left out.
    room : Classroom, optional
        The cast; made anew when left out.

    Returns
    -------
    dict of str to Report
        By the names of `CASES`, in the order asked.

    Raises
    ------
    KeyError
        For a name that `CASES` does not have.
    """
    room = room or Classroom()
    return {name: read(CASES[name][0](room), CASES[name][1](room)) for name in names or CASES}


def _names() -> dict[str, str]:
    """Return the names of the cases in the reader's language."""
    return {
        "signed, nobody trusted": _("signed, nobody trusted"),
        "signed, its root trusted": _("signed, its root trusted"),
        "signed, another root trusted": _("signed, another root trusted"),
        "the same name, another root": _("the same name, another root"),
        "one pixel changed": _("one pixel changed"),
        "one bit of a JPEG changed": _("one bit of a JPEG changed"),
        "manifest put into another picture": _("manifest put into another picture"),
        "claim edited": _("claim edited"),
        "saved again": _("saved again"),
        "manifest put back into the same bytes": _("manifest put back into the same bytes"),
        "edited, the parent named": _("edited, the parent named"),
        "edited, the parent tampered with": _("edited, the parent tampered with"),
    }


def as_table(reports: dict[str, Report]) -> "pd.DataFrame":
    """Return reports as a table without anything that changes from run to run: no serial number, time or key.

    Parameters
    ----------
    reports : dict of str to Report
        From `play`; a name that is none of `CASES` is shown as it is.

    Returns
    -------
    pandas.DataFrame
        Columns ``case``, ``state``, ``failure`` (codes of the specification), ``signer`` (as claimed) and
        ``broken_parents``.
    """
    import pandas as pd

    names = _names()
    rows = [
        (
            names.get(name, name),
            report.state,
            ", ".join(report.failures) or "-",
            report.claimed_name or "-",
            report.broken_parents,
        )
        for name, report in reports.items()
    ]
    return pd.DataFrame(rows, columns=["case", "state", "failure", "signer", "broken_parents"])
