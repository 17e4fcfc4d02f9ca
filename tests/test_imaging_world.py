"""Scenes, cameras, generators, edits, laundering and splits of the synthetic picture world."""

import hashlib
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from contrechamp import imaging
from contrechamp.errors import ContrechampError
from contrechamp.imaging import cameras, dataset, demosaicing, edits, jpeg, samples, seeds
from contrechamp.imaging.generators.plain import generate_plain

DIGEST = """
import hashlib
from contrechamp.imaging import CLASSES, Recipe, make_edit, render
digest = hashlib.sha256()
for scene in (0, 5, 1_000_003):
    for name in CLASSES:
        digest.update(render(Recipe(scene, name)).file)
digest.update(make_edit(3, 1, "codebook", 128).file)
print(digest.hexdigest())
"""


def digest(folder, threads):
    env = {**os.environ, **{f"{name}_NUM_THREADS": str(threads) for name in ("OMP", "OPENBLAS", "MKL")}}
    done = subprocess.run(
        [sys.executable, "-c", DIGEST], cwd=folder, env=env, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.slow
def test_bytes_are_the_same_on_two_runs_with_other_threads_and_in_another_folder(tmp_path, root):
    assert digest(tmp_path, 1) == digest(root, 2) == digest(tmp_path, 4)


@pytest.mark.parametrize("scene_id", range(6))
def test_each_kind_of_scene_has_light_and_an_object(scene_id):
    scene = imaging.make_scene(scene_id, 64)
    assert scene.kind == imaging.KINDS[scene_id]
    assert scene.radiance.shape == (64, 64, 3) and scene.radiance.dtype == np.float32
    assert 0 <= scene.radiance.min() <= scene.radiance.max() <= 1
    assert 0.01 < scene.mask.mean() < 0.25


def test_no_paint_has_a_hue_of_skin():
    import colorsys

    from contrechamp.imaging.fields import colour

    for number in range(500):
        paint = colour(seeds.stream("scene", number), (0.3, 0.8), (0.3, 0.8))
        assert 0.16 < colorsys.rgb_to_hsv(*map(float, paint))[0] < 0.93


def test_eight_cameras_differ_and_use_three_demosaicers():
    made = [cameras.camera(i) for i in imaging.CAMERAS]
    assert len(made) == 8 and len({c.blur for c in made}) == 8
    assert {c.demosaicer for c in made} == set(demosaicing.DEMOSAICERS)
    assert not set(imaging.TRAINING_CAMERAS) & set(imaging.UNSEEN_CAMERAS)


@pytest.mark.parametrize("name", demosaicing.DEMOSAICERS)
@pytest.mark.parametrize("phase", range(4))
def test_a_demosaicer_keeps_grey_grey_and_what_was_measured(name, phase):
    flat = np.full((16, 16, 3), 0.4, np.float32)
    filled = demosaicing.DEMOSAICERS[name](demosaicing.mosaic(flat, phase), phase)
    assert np.allclose(filled, 0.4, atol=1e-5)


def test_a_generator_keeps_exactly_the_colours_of_its_source():
    taken = imaging.shoot(imaging.make_scene(4), 1)
    for name in imaging.GENERATORS:
        made = imaging.generate(name, taken, 4)
        assert np.array_equal(np.sort(made, axis=None), np.sort(taken, axis=None)), name
        assert not np.array_equal(made, taken)


def test_without_grain_a_picture_is_smoother_and_the_generator_forgets_nothing():
    taken = imaging.shoot(imaging.make_scene(4), 1)
    before = {name: imaging.generate(name, taken, 4) for name in imaging.GENERATORS}
    for name, usual in before.items():
        plain = generate_plain(name, taken, 4)
        assert np.array_equal(np.sort(plain, axis=None), np.sort(taken, axis=None)), name
        assert np.array_equal(imaging.generate(name, taken, 4), usual), name
        rough, smooth = (np.abs(np.diff(picture, n=2, axis=0)).mean() for picture in (usual, plain))
        assert np.array_equal(plain, usual) if name == "interlaced" else smooth < 0.8 * rough, (name, smooth / rough)


def test_every_class_of_a_scene_has_the_same_quality_tables_and_no_exif():
    from io import BytesIO

    from PIL import Image

    seen = {}
    for picture in imaging.make_images(2, "test", size=64):
        with Image.open(BytesIO(picture.file)) as image:
            assert not image.getexif() and "exif" not in image.info
            seen.setdefault(picture.recipe.scene, set()).add(str(image.quantization))
    assert [len(tables) for tables in seen.values()] == [1, 1]


def test_splits_share_no_scene_no_camera_and_the_test_has_unseen_generators():
    train, test = imaging.plan(200, "train"), imaging.plan(200, "test")
    imaging.check_apart(train, test)
    assert {r.made_by for r in test} - {r.made_by for r in train} == set(imaging.UNSEEN_GENERATORS)
    for wrong in (train[:3], [dataset.Recipe(train[0].scene, "diffusion")]):
        with pytest.raises(ContrechampError, match="share scene"):
            imaging.check_apart(train, wrong)
    with pytest.raises(ContrechampError, match="no generator"):
        imaging.check_apart(train, [r for r in test if r.made_by == "nearest"])


def test_half_of_the_edits_are_off_the_object_and_nothing_else_changes():
    sides = [edits.edits_object(i) for i in range(24)]
    assert sum(sides) == 12
    for scene_id in (2, 8):
        edit = imaging.make_edit(scene_id, 2, "nearest", 128)
        covered = (edit.mask & edit.object_mask).sum() / edit.object_mask.sum()
        assert covered > 0.95 if edit.on_object else covered < 0.3
        far = edit.pixels.astype(int) - edit.untouched
        blocks = np.kron(edit.mask.reshape(16, 8, 16, 8).any(axis=(1, 3)), np.ones((8, 8))).astype(bool)
        assert np.abs(far[~blocks]).max() == 0
        assert np.abs(far[edit.mask]).mean() > 3


def test_a_second_save_is_finer_or_when_hard_coarser_than_the_first():
    for scene_id in range(4):
        first, second = imaging.make_edit(scene_id, 0, "nearest", 64).qualities
        assert first < second
        first, second = imaging.make_edit(scene_id, 0, "nearest", 64, hard=True).qualities
        assert first > second


@pytest.mark.parametrize("name", imaging.OPERATIONS)
def test_laundering_is_seeded_and_changes_the_picture(name):
    pixels = next(imaging.make_images(1, classes=["camera"])).pixels
    once, twice = imaging.launder(pixels, name, 5), imaging.launder(pixels, name, 5)
    assert np.array_equal(once, twice)
    assert once.shape != pixels.shape or not np.array_equal(once, pixels)


def test_a_chain_is_its_operations_one_after_the_other():
    pixels = next(imaging.make_images(1, classes=["camera"], size=64)).pixels
    chained = imaging.launder(pixels, "blur:0.8+jpeg:60")
    assert np.array_equal(chained, jpeg.again(imaging.launder(pixels, "blur:0.8"), 60))


def test_progress_is_told_and_pictures_are_made_one_at_a_time():
    told = []
    made = imaging.make_images(1, classes=["camera", "nearest"], size=64, progress=lambda *n: told.append(n))
    assert told == []
    list(made)
    assert told == [(1, 2), (2, 2)]


GREY = np.zeros((32, 32, 3), np.uint8)
BAD = [
    (lambda: imaging.make_scene(-1), "from 0"),
    (lambda: imaging.make_scene(0, -64), "from 64 to 512"),
    (lambda: imaging.make_scene(0, 10**9), "from 64 to 512"),
    (lambda: imaging.make_scene(0, 100), "multiple of 16"),
    (lambda: imaging.make_scene(1.5), "whole number"),
    (lambda: imaging.camera(8), "Known: 0, 1"),
    (lambda: imaging.shoot(np.zeros((4, 5)), 0), "shape"),
    (lambda: imaging.generate("gan", np.zeros((64, 64, 3))), "Known: transposed"),
    (lambda: imaging.generate("nearest", np.zeros((64, 32, 3))), "shape"),
    (lambda: generate_plain("gan", np.zeros((64, 64, 3))), "Known: transposed"),
    (lambda: generate_plain("nearest", np.zeros((64, 32, 3))), "shape"),
    (lambda: generate_plain("nearest", np.zeros((100, 100, 3))), "multiple of 16"),
    (lambda: imaging.make_images(0), "from 1"),
    (lambda: imaging.make_images(1, "validation"), "Known: train, test"),
    (lambda: imaging.make_images(1, classes=["photo"]), "Known: camera"),
    (lambda: imaging.make_images(1, "train", ["diffusion"]), "held out"),
    (lambda: imaging.render(dataset.Recipe(5_000_000, "camera")), "no split"),
    (lambda: imaging.make_edit(0, 0, "nearest", 64, mask=np.ones((32, 32), bool)), r"\(64, 64\)"),
    (lambda: imaging.make_edit(0, 0, "nearest", 64, mask=np.zeros((64, 64), bool)), "no pixel"),
    (lambda: imaging.launder(GREY, ""), "one to 8"),
    (lambda: imaging.launder(GREY, "melt"), "Known: jpeg"),
    (lambda: imaging.launder(GREY, "jpeg:500"), "from 10 to 100"),
    (lambda: imaging.launder(GREY, "jpeg:x"), "from 10 to 100"),
    (lambda: imaging.launder(GREY, "crop:3"), "no number"),
    (lambda: imaging.launder(GREY, "resize:0.5"), "16 x 16"),
    (lambda: imaging.launder(GREY.astype(float), "jpeg"), "uint8"),
    (lambda: jpeg.decode(b"no picture"), "damaged"),
    (lambda: seeds.stream("luck"), "Known: scene"),
]


@pytest.mark.parametrize(("call", "says"), BAD, ids=range(len(BAD)))
def test_bad_input_gets_one_sentence_that_names_what_is_allowed(call, says):
    with pytest.raises(ContrechampError, match=says):
        call()


def test_the_world_is_the_one_that_was_measured(root):
    frozen = json.loads((root / "benchmarks" / "imaging" / "world.json").read_text(encoding="utf-8"))
    manifest = samples.read_manifest()
    text = "".join(e["sha256"] for e in manifest["files"] if e["kind"] != "screenshot")
    assert hashlib.sha256(text.encode()).hexdigest() == frozen["sample"], (
        "the world changed: restate the detection tables"
    )
