"""Traces of cameras, generators and JPEG: each measure answers to the cause it is named for, and to bad input."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone

from contrechamp.errors import ContrechampError
from contrechamp.forensics import blocks, cfa, cooccurrence, jpeg_traces, pictures, prnu, residual, spectrum
from contrechamp.forensics.features import FAMILIES, TraceFeatures, family_columns
from contrechamp.imaging import jpeg, make_scene, shoot
from contrechamp.imaging.demosaicing import DEMOSAICERS, mosaic
from contrechamp.imaging.generators.upsampling import zeros_between


def noise(seed=0, size=64, deviation=20.0, channels=3):
    return 128 + deviation * np.random.default_rng(seed).standard_normal((1, size, size, channels)).astype(np.float32)


def taken(scene, camera, size=128, shot=None):
    return jpeg.rounded(shoot(make_scene(scene, size), camera, scene if shot is None else shot))


@pytest.fixture(scope="module")
def some():
    return [taken(number, number % 5, 64) for number in range(4)]


# --- what a measure answers to


@pytest.mark.parametrize("name", DEMOSAICERS)
@pytest.mark.parametrize("phase", range(4))
def test_a_mosaic_shows_as_a_diagonal_peak_wherever_its_tile_begins_and_plain_noise_does_not(name, phase):
    light = noise(phase, 96, 0.1)[0] / 255
    filled = 255 * DEMOSAICERS[name](mosaic(light, phase), phase)[None]
    with_mosaic, without = cfa.diagonal_peak(filled)[0, 1], cfa.diagonal_peak(noise(phase, 96))[0, 1]
    assert with_mosaic > 8 > without


def test_colour_mosaic_features_do_not_depend_on_where_the_tile_begins():
    picture = taken(3, 1)[None].astype(np.float32)
    found = [cfa.measure(picture[:, dy : dy + 126, dx : dx + 126])[0] for dy, dx in np.ndindex(2, 2)]
    spread = np.ptp(found, axis=0)
    peaks = np.array([name.startswith("cfa_diagonals") for name in cfa.NAMES])
    assert spread[~peaks].max() < 0.01 and spread[peaks].max() < 1.5
    moved = [cfa.tile_covariances(picture[:, dy : dy + 126, dx : dx + 126])[0, 0] for dy, dx in ((0, 0), (0, 1))]
    signs = [cfa.alternation(m)["both"][0, 1, 1] for m in moved]
    assert signs[0] * signs[1] < 0, "moving the tile must turn the sign: otherwise this test proves nothing"


def test_the_tile_covariance_is_that_of_a_plain_loop():
    picture = noise(1, 20)
    covariance = cfa.tile_covariances(picture)
    plain = cfa.cross_residual(picture)
    size = residual.mean_of_neighbours((plain**2).mean(axis=3))
    plain = (plain[:, 1:-1, 1:-1] / np.sqrt(size + 0.5)[..., None])[0]
    for (dy, dx), found in covariance.items():
        for y, x, a, b in ((0, 1, 0, 1), (1, 0, 2, 2), (1, 1, 1, 0)):
            rows, columns = range(y, len(plain) - 2, 2), range(x, plain.shape[1] - 2, 2)
            wanted = np.mean([plain[r, c, a] * plain[r + dy, c + dx, b] for r in rows for c in columns])
            assert found[0, a, b, y, x] == pytest.approx(wanted, abs=1e-4)


@pytest.mark.parametrize("place", [(0.5, 0.0), (0.0, 0.5), (0.5, 0.5), (0.25, 0.25)])
def test_a_wave_shows_as_a_lattice_peak_at_its_own_place_alone(place):
    y, x = np.mgrid[0:64, 0:64]
    wave = noise(5, 64, 1.0)[..., 0] + 2 * np.cos(2 * np.pi * (place[0] * y + place[1] * x)).astype(np.float32)
    found = {other: spectrum.lattice_peak(spectrum.log_spectrum(wave), other)[0] for other in spectrum.LATTICE}
    assert max(found, key=found.get) == place and found[place] > 4


def test_enlarging_with_zeros_leaves_peaks_and_the_camera_does_not():
    small = noise(2, 64)[0]
    wide = zeros_between(small)[None, ..., 1]
    assert spectrum.lattice_peak(spectrum.log_spectrum(wide), (0.5, 0.5))[0] > 3
    plain = spectrum.log_spectrum(noise(2, 128)[..., 1])
    assert spectrum.lattice_peak(plain, (0.5, 0.5))[0] < 2.5


def test_the_noise_of_a_camera_grows_with_brightness_and_even_noise_does_not():
    rng = np.random.default_rng(0)
    ramp = np.tile(np.linspace(30, 220, 128, dtype=np.float32), (128, 1))[None, ..., None].repeat(3, axis=3)
    draw = rng.standard_normal(ramp.shape).astype(np.float32)
    names = list(residual.NAMES)
    slope = names.index("noise_with_brightness")
    assert residual.measure(ramp + np.sqrt(ramp / 20) * draw)[0, slope] > 0.5
    assert abs(residual.measure(ramp + 2 * draw)[0, slope]) < 0.2


@pytest.mark.parametrize(("crop", "seam"), [(0, 7), (3, 4)])
def test_the_seam_of_jpeg_blocks_is_found_where_a_crop_has_put_it(crop, seam):
    saved = jpeg.again(jpeg.rounded(noise(3, 128, 30.0)[0] / 255), 30)[None, crop : 64 + crop, crop : 64 + crop]
    profile = jpeg_traces.grid_profile(saved.astype(np.float32).mean(axis=3))[0]
    assert list(profile.argmax(axis=1)) == [seam, seam]


@pytest.mark.parametrize("step", [4, 8, 12])
def test_quantised_coefficients_stand_on_a_comb_with_the_right_step(step):
    plain = np.random.default_rng(0).laplace(0, 15, (1, 3000))
    strength, frequency = jpeg_traces.comb(np.round(plain / step) * step)
    assert strength[0] > jpeg_traces.comb(plain)[0][0] + 1
    multiple = frequency[0] * step
    assert multiple == pytest.approx(round(multiple), abs=0.05) and multiple > 0.9


@pytest.mark.parametrize("first", [60, 70])
def test_the_ghost_of_a_first_save_dips_at_its_quality(first):
    twice = jpeg.again(jpeg.again(taken(4, 2), first), 95)
    qualities = list(range(50, 90, 5))
    curve = jpeg_traces.ghost_curve(twice, qualities)
    near = qualities.index(first)
    assert curve[near] < curve[near - 1] and curve[near] < curve[near + 1]


def test_error_level_analysis_shows_a_region_that_was_saved_less_often():
    saved = jpeg.again(taken(1, 2), 70)
    mixed = saved.copy()
    mixed[32:64, 32:64] = taken(1, 2)[32:64, 32:64]
    level = jpeg_traces.error_level(mixed, 70)
    inside = np.zeros(level.shape, bool)
    inside[32:64, 32:64] = True
    assert level[inside].mean() > 1.5 * level[~inside].mean()


def test_a_law_over_many_powers_of_ten_has_the_first_digits_of_benford():
    numbers = 10 ** np.random.default_rng(0).uniform(0, 4, (1, 40_000))
    assert blocks.first_digits(numbers)[0] == pytest.approx(np.log10(1 + 1 / np.arange(1, 10)), abs=0.01)


def test_the_block_transform_keeps_energy():
    grey = noise(4, 64)[..., 0]
    assert (blocks.block_dct(grey) ** 2).sum() == pytest.approx(((grey - 128) ** 2).sum(), rel=1e-4)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["left", "down", "negative"]))
def test_co_occurrences_do_not_change_when_a_picture_is_mirrored_or_turned_into_its_negative(seed, how):
    picture = np.round(noise(seed, 32, 3.0))
    other = {"left": picture[:, :, ::-1], "down": picture[:, ::-1], "negative": 255 - picture}[how]
    assert cooccurrence.measure(other) == pytest.approx(cooccurrence.measure(picture), abs=0.02)


def test_co_occurrence_patterns_are_few_classes_whose_shares_add_up():
    assert [len(cooccurrence.classes(mirror)[1]) for mirror in (True, False)] == [39, 63]
    found = cooccurrence.measure(noise(0, 32)) ** 2
    assert found.sum() == pytest.approx(4, abs=1e-4)


# --- fingerprints


@pytest.fixture(scope="module")
def patterns():
    flat = [np.full((128, 128, 3), level, np.float32) for level in np.linspace(0.2, 0.6, 16)]
    return {
        camera: prnu.fingerprint(
            [jpeg.again(jpeg.rounded(shoot(light, camera, 90_000 + n)), 97) for n, light in enumerate(flat)]
        )
        for camera in (5, 6, 7)
    }


def test_the_right_camera_has_the_largest_correlation_and_a_strong_peak(patterns):
    for scene in range(6):
        camera = 5 + scene % 3
        picture = jpeg.again(taken(scene, camera), 95)
        peaks = prnu.identify(picture, patterns)
        assert next(iter(peaks)) == camera
        others = [prnu.ncc(picture, pattern) for name, pattern in patterns.items() if name != camera]
        assert prnu.ncc(picture, patterns[camera]) > 1.5 * max(map(abs, others))


def test_a_picture_that_was_moved_is_matched_only_when_the_peak_is_searched_for(patterns):
    picture = np.roll(taken(0, 5), (2, 3), (0, 1))
    assert prnu.pce(picture, patterns[5]) < 10
    assert prnu.pce(picture, patterns[5], search=4) > 20


def test_a_fingerprint_of_another_size_is_refused_with_both_sizes(patterns):
    with pytest.raises(ContrechampError, match="128 x 128"):
        prnu.ncc(taken(0, 5, 64), patterns[5])
    with pytest.raises(ContrechampError, match="one size"):
        prnu.fingerprint([taken(0, 5, 64), taken(0, 5, 128)])


# --- the transformer


def test_features_have_a_name_each_and_all_names_differ(some):
    features = TraceFeatures()
    names = features.get_feature_names_out()
    assert features.transform(some).shape == (4, len(names)) == (4, len(set(names)))


def test_a_picture_has_the_same_features_alone_as_among_others_of_other_sizes(some):
    mixed = [some[0], taken(9, 1, 128), some[1], some[0][:40, :51]]
    together = TraceFeatures().transform(mixed)
    alone = np.concatenate([TraceFeatures().transform([p]) for p in mixed])
    assert together == pytest.approx(alone, rel=1e-4, abs=1e-4)
    assert np.isfinite(together).all()


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_alone_gives_its_columns_of_the_whole(some, family):
    part = TraceFeatures([family])
    assert part.transform(some) == pytest.approx(TraceFeatures().transform(some)[:, family_columns([family])])
    assert clone(part).get_params() == {"families": [family]}


def test_an_unknown_family_is_named():
    with pytest.raises(ContrechampError, match=r"'colour'.*residual"):
        TraceFeatures(["colour"]).fit([])


GOOD = np.random.default_rng(0).integers(0, 256, (40, 40, 3)).astype(np.uint8)
WITH_NAN = GOOD.astype(float)
WITH_NAN[0, 0] = np.nan

BAD = {
    "grey": (GOOD[..., 0], "grey"),
    "one channel": (GOOD[..., :1], "grey"),
    "fourth channel": (np.dstack([GOOD, GOOD[..., 0]]), "first three"),
    "sixteen bits": (GOOD.astype(np.uint16), "257"),
    "NaN": (WITH_NAN, "NaN"),
    "real numbers": (GOOD / 255, "uint8"),
    "one pixel": (GOOD[:1, :1], "too small"),
    "narrow": (GOOD[:, :31], "too small"),
    "constant": (np.full((40, 40, 3), 7, np.uint8), "one colour"),
    "five dimensions": (GOOD[None, None], "shape"),
    "no array": ([[1, 2], [3, 4]], "no array"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_picture_that_cannot_be_measured_is_named_with_what_to_do(name):
    picture, words = BAD[name]
    with pytest.raises(ContrechampError, match=words) as error:
        TraceFeatures().transform([GOOD, picture])
    assert "icture 1" in str(error.value)


@pytest.mark.parametrize("given_instead", ["photo.jpg", b"\xff\xd8", Path("photo.jpg"), ["photo.jpg"], [Path("a")]])
def test_a_path_raises_a_type_error_that_names_the_reason(given_instead):
    with pytest.raises(TypeError, match="no picture of anybody"):
        TraceFeatures().transform(given_instead)


@pytest.mark.parametrize(("given_instead", "words"), [([], "no picture"), (GOOD, r"\[picture\]"), (7, "list")])
def test_what_is_no_list_of_pictures_is_refused(given_instead, words):
    with pytest.raises(ContrechampError, match=words):
        TraceFeatures().transform(given_instead)


def test_odd_sides_lose_a_row_or_a_column_and_no_more():
    [(numbers, batch)] = pictures.in_batches([GOOD[:33, :35]])
    assert list(numbers) == [0] and batch.shape == (1, 32, 34, 3)
