"""The shipped pictures: each has a recipe that makes it again, none comes from outside."""

import hashlib
import json

import pytest
from PIL import Image

from contrechamp.cli import main
from contrechamp.datasets import load_images
from contrechamp.errors import ContrechampError
from contrechamp.imaging import samples

ENDINGS = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".bmp", ".tif", ".tiff", ".avif", ".heic", ".ico"}
SIGNS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"<svg")


def images(root):
    """Return the image files of a folder: by their ending or by their first bytes."""
    # Not of the repository: environments (the second Python of CI has its own in .contrechamp), answers, caches.
    left_out = {".git", ".venv", ".contrechamp", "work", "dist", "build", "__pycache__"}
    for file in sorted(root.rglob("*")):
        if left_out & set(file.relative_to(root).parts) or not file.is_file():
            continue
        with file.open("rb") as stream:
            start = stream.read(12)
        webp = start[:4] == b"RIFF" and start[8:] == b"WEBP"
        if file.suffix.lower() in ENDINGS or start.startswith(SIGNS) or webp or start[4:8] == b"ftyp":
            yield file


def strangers(root):
    """Return image files without a recipe, or other than the manifest says, or with a note inside."""
    manifest = json.loads((root / "datasets" / "images" / "manifest.json").read_text(encoding="utf-8"))
    known = {entry["path"]: entry for entry in manifest["files"]}
    for file in images(root):
        name = file.relative_to(root).as_posix()
        entry = known.get(name)
        if entry is None or hashlib.sha256(file.read_bytes()).hexdigest() != entry["sha256"]:
            yield f"{name}: no entry with its bytes"
            continue
        if entry["kind"] == "screenshot":
            if not (root / entry["script"]).is_file():
                yield f"{name}: no script"
            continue
        with Image.open(file) as image:
            if image.getexif() or set(image.info) & {"exif", "xmp", "comment", "icc_profile", "photoshop"}:
                yield f"{name}: a note inside"


def test_every_image_file_has_a_recipe_and_no_note_from_outside(root):
    assert list(strangers(root)) == []


@pytest.mark.parametrize("name", ["datasets/images/train/planted.jpg", "guide/planted.png", "exercises/planted.txt"])
def test_a_planted_image_is_found(repository, name):
    (repository / name).parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8)).save(repository / name, "JPEG")
    assert list(strangers(repository)) == [f"{name}: no entry with its bytes"]


@pytest.mark.slow
def test_each_picture_of_the_sample_is_what_its_recipe_makes(root):
    manifest = samples.read_manifest()
    assert {e["path"]: samples.differs(e) for e in manifest["files"] if samples.differs(e)} == {}
    wanted = [{k: v for k, v in e.items() if k != "sha256"} for e in manifest["files"] if e["kind"] != "screenshot"]
    assert wanted == list(samples.recipes())


def test_a_recipe_of_another_picture_is_noticed():
    entry = dict(samples.read_manifest()["files"][0], scene=5)
    assert "recipe" in samples.differs(entry)


def test_the_sample_is_small(root):
    assert sum(file.stat().st_size for file in (root / "datasets" / "images").rglob("*")) < 3_000_000


def test_the_sample_is_read_with_its_recipes():
    train, test = load_images("train"), load_images("test")
    assert len(train.pixels) == len(train.table) == 30 and len(test.pixels) == 42
    assert not set(train.table.scene) & set(test.table.scene)
    assert not set(train.table.camera) & set(test.table.camera)
    edited = load_images(edits=True)
    assert [m.shape for m in edited.masks] == [p.shape[:2] for p in edited.pixels] and len(edited.masks) == 12


def damage_picture(images):
    next((images / "train").glob("*.jpg")).write_bytes(b"no")


def damage_manifest(images):
    (images / "manifest.json").write_text('{"files": [{}]}', encoding="utf-8")


@pytest.mark.parametrize(("damage", "says"), [(damage_picture, "not the file"), (damage_manifest, "damaged")])
def test_a_damaged_sample_or_manifest_gets_one_sentence(repository, damage, says):
    damage(repository / "datasets" / "images")
    with pytest.raises(ContrechampError, match=says):
        load_images("train")


def test_an_unknown_split_or_action_gets_one_sentence(capsys):
    with pytest.raises(ContrechampError, match="Known: train, test"):
        load_images("validation")
    assert main(["data", "rebild"]) == 2
    assert "rebild" in capsys.readouterr().err
