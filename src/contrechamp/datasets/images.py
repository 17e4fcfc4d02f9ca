"""The shipped sample of synthetic pictures. More of them: `contrechamp.imaging.make_images`."""

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contrechamp.datasets import store
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

#: What `load_images` can be asked for.
SPLITS = ("train", "test")


@dataclass(frozen=True)
class ImageSample:
    """Pictures and what is known of each.

    Attributes
    ----------
    pixels : list of ndarray of uint8, shape (height, width, 3)
    table : DataFrame
        One row per picture, in the same order: path, kind, split, scene, made_by, camera, quality, size, sha256.
    masks : list of ndarray of bool, shape (height, width)
        True where a picture was edited; empty when no edits were asked for.
    """

    pixels: list["np.ndarray"]
    table: "pd.DataFrame"
    masks: list["np.ndarray"]


def load_images(split: str | None = None, edits: bool = False) -> ImageSample:
    """Read the shipped sample.

    Parameters
    ----------
    split : {"train", "test"}, optional
        Left out: both.
    edits : bool
        True: the edited pictures with their masks; False: whole pictures, one scene in every class.

    Returns
    -------
    ImageSample

    Raises
    ------
    ContrechampError
        When there is no such split, or a file of the sample is missing or damaged.
    """
    import numpy as np
    import pandas as pd

    if split not in (None, *SPLITS):
        raise ContrechampError(
            _("There is no split {split!r}. Known: {names}.").format(split=split, names=", ".join(SPLITS))
        )
    kind = "edit" if edits else "picture"
    rows = [row for row in _entries() if row["kind"] == kind and split in (None, row["split"])]
    pixels = [_read(row) for row in rows]
    truth = {(row["scene"]): row for row in _entries() if row["kind"] == "mask"}
    masks = [_read(truth[row["scene"]])[..., 0] > 127 for row in rows] if edits else []
    return ImageSample([np.asarray(p) for p in pixels], pd.DataFrame(rows), masks)


def _entries() -> list[dict[str, Any]]:
    manifest = store.read_json("images/manifest.json")
    try:
        rows = [row for row in manifest["files"] if row["kind"] != "screenshot"]
        if all({"path", "sha256", "split", "scene"} <= set(row) for row in rows):
            return rows
    except (KeyError, TypeError):
        pass
    raise ContrechampError(_("datasets/images/manifest.json is damaged. Restore it."))


def _read(row: dict[str, Any]) -> "np.ndarray":
    """Return the pixels of one file, after comparing it with the manifest."""
    import numpy as np
    from PIL import Image

    data = store.path(row["path"].removeprefix("datasets/")).read_bytes()
    if hashlib.sha256(data).hexdigest() != row["sha256"]:
        raise ContrechampError(
            _("{path} is not the file that the manifest describes. Restore it.").format(path=row["path"])
        )
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))
