"""Where was it changed? Maps answer to what was planted, a locator learns from masks, and knows nothing of content."""

import numpy as np
import pytest
from scipy import ndimage as ndi

from contrechamp.errors import ContrechampError
from contrechamp.forensics import localisation
from contrechamp.forensics.localisation import EditLocator, iou, maps, pixel_auc
from contrechamp.imaging import jpeg, make_scene, shoot


def taken(scene, size=128):
    return jpeg.rounded(shoot(make_scene(scene, size), scene % 5, scene))


def pasted(scene, first=70, second=95, size=128):
    """A picture saved twice, a square of which was smoothed between; its twin without that; the mask."""
    rng = np.random.default_rng(scene)
    top, left = rng.integers(0, size // 16, 2) * 8
    mask = np.zeros((size, size), bool)
    mask[top : top + 56, left : left + 56] = True
    saved = jpeg.again(taken(scene, size), first)
    smooth = ndi.gaussian_filter(taken(scene, size).astype(float), (0.6, 0.6, 0)).round().astype(np.uint8)
    return jpeg.again(np.where(mask[..., None], smooth, saved), second), jpeg.again(saved, second), mask


@pytest.fixture(scope="module")
def learned():
    made = [pasted(scene) for scene in range(12)]
    return EditLocator(rounds=30).fit([m[0] for m in made], [m[2] for m in made])


TEST = [pasted(scene) for scene in (20, 21, 22, 23)]


def test_a_locator_finds_planted_squares_in_other_pictures(learned):
    found = learned.predict_proba([picture for picture, _twin, _mask in TEST])
    assert np.mean([pixel_auc(mask, p) for p, (_p, _t, mask) in zip(found, TEST, strict=True)]) > 0.9
    called = learned.predict([picture for picture, _twin, _mask in TEST])
    assert np.mean([iou(mask, c) for c, (_p, _t, mask) in zip(called, TEST, strict=True)]) > 0.5


def test_the_twin_without_an_edit_shows_nothing_where_the_mask_is(learned):
    found = learned.predict_proba([twin for _picture, twin, _mask in TEST])
    assert np.mean([pixel_auc(mask, p) for p, (_p, _t, mask) in zip(found, TEST, strict=True)]) < 0.75


def test_the_ghost_finds_a_weaker_first_save_and_error_levels_are_brighter_there():
    picture, _twin, mask = pasted(4, 66, 96)
    assert localisation.first_quality(picture) == pytest.approx(66, abs=2)
    assert pixel_auc(mask, localisation.ghost(picture)) > 0.8


def test_maps_are_relative_to_the_picture_and_have_names():
    found = maps(TEST[0][0])
    assert found.shape == (16, 16, len(localisation.NAMES)) and len(set(localisation.NAMES)) == len(localisation.NAMES)
    assert np.abs(np.median(found, axis=(0, 1))).max() < 1e-5


def test_no_map_tells_brightness():
    """A brighter half is content. Maps of the same noise on it must not follow the brightness."""
    rng = np.random.default_rng(0)
    flat = np.full((128, 128, 3), 90.0) + rng.normal(0, 3, (128, 128, 3))
    bright = flat.copy()
    bright[:, 64:] += 60
    bright[:, 56:72] = bright[:, 40:56]  # keep the step itself out of the comparison
    found = maps(bright.round().astype(np.uint8))
    left, right = found[:, :5].reshape(80, -1), found[:, 11:].reshape(80, -1)
    difference = np.abs(left.mean(axis=0) - right.mean(axis=0)) / (left.std(axis=0) + right.std(axis=0) + 0.05)
    assert np.median(difference) < 0.3


def test_a_map_of_blocks_lies_on_its_pixels_when_enlarged():
    blocks = np.arange(16.0).reshape(4, 4)
    wide = localisation.enlarged(blocks, (32, 32))
    assert localisation.block_means(wide)[1:3, 1:3] == pytest.approx(blocks[1:3, 1:3], abs=0.01)


@pytest.mark.parametrize(
    ("mask", "called", "wanted"),
    [([1, 1, 0, 0], [1, 1, 0, 0], 1), ([1, 1, 0, 0], [0, 1, 1, 0], 1 / 3), ([1, 0], [0, 1], 0), ([0, 0], [0, 0], 1)],
)
def test_the_overlap_is_shared_over_either(mask, called, wanted):
    assert iou(np.array(mask, bool), np.array(called, bool)) == pytest.approx(wanted)


PICTURES = [picture for picture, _twin, _mask in TEST]
MASKS = [mask for _picture, _twin, mask in TEST]
BAD = {
    "one mask too few": (PICTURES, MASKS[:3], "mask for each"),
    "too few pictures": (PICTURES[:2], MASKS[:2], "four pictures"),
    "a mask of another size": (PICTURES, [MASKS[0][:64], *MASKS[1:]], r"\(128, 128\)"),
    "a mask of numbers": (PICTURES, [MASKS[0].astype(int), *MASKS[1:]], "bool"),
    "an empty mask": (PICTURES, [np.zeros((128, 128), bool), *MASKS[1:]], "true for some"),
    "a grey picture": ([PICTURES[0][..., 0], *PICTURES[1:]], MASKS, "grey"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_locator_refuses_what_it_cannot_learn_from(name):
    pictures, masks, words = BAD[name]
    with pytest.raises(ContrechampError, match=words):
        EditLocator().fit(pictures, masks)


def test_an_untrained_locator_says_what_to_call_first():
    with pytest.raises(ContrechampError, match="not trained yet"):
        EditLocator().predict(PICTURES[:1])


def test_a_locator_takes_no_path():
    with pytest.raises(TypeError, match="no picture of anybody"):
        EditLocator().predict(["photo.jpg"])
