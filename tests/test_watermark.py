"""Marks: what goes in comes out, chance is bounded, bad input gets one sentence, attacks show what they show."""

import contextlib
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from scipy import stats

from contrechamp.errors import ContrechampError
from contrechamp.imaging import jpeg, make_scene, shoot
from contrechamp.watermark import (
    BoundSpreadSpectrum,
    Hybrid,
    LastBit,
    LogPolar,
    Quantisation,
    SpreadSpectrum,
    TreeRing,
    attacks,
    coding,
    evidence,
    keys,
    log_polar,
    masking,
    pictures,
    tree_ring,
)
from contrechamp.watermark.denoising import denoise
from contrechamp.watermark.edits import EDITS, edit

WRITING = [LastBit, Quantisation, SpreadSpectrum, BoundSpreadSpectrum, LogPolar, Hybrid]
ALL = [*WRITING, TreeRing]
FEW = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))


def scene(number, size=256):
    return jpeg.rounded(shoot(make_scene(number, size), number % 8, number))


def psnr(one, other):
    return 10 * math.log10(255**2 / np.mean((one.astype(float) - other) ** 2))


@pytest.fixture(scope="module")
def landscape():
    return scene(3, 512)


@pytest.fixture(scope="module")
def marked(landscape):
    return Hybrid("our key").embed(landscape, b"CC26")


# What goes in comes out


@pytest.mark.parametrize("mark", WRITING)
@pytest.mark.parametrize("bits", coding.PAYLOADS)
def test_each_mark_gives_back_each_length_of_message(mark, bits, landscape):
    message = bytes(range(200, 200 + bits // 8))
    seen = mark("a key", bits).detect(mark("a key", bits).embed(landscape, message))
    assert (seen.message, seen.found) == (message, True)


@pytest.mark.parametrize("mark", WRITING)
@pytest.mark.parametrize(("height", "width"), [(128, 128), (128, 700), (333, 256), (1024, 768)])
def test_each_mark_works_at_sizes_and_proportions_from_128(mark, height, width):
    rng = np.random.default_rng(1)
    low = Image.fromarray(rng.integers(40, 210, (height // 8, width // 8, 3), np.uint8)).resize((width, height))
    picture = np.clip(np.asarray(low) + rng.normal(0, 4, (height, width, 3)), 0, 255).astype(np.uint8)
    assert mark("a key").detect(mark("a key").embed(picture, b"size")).message == b"size"


@pytest.mark.parametrize("mark", [SpreadSpectrum, LogPolar, Hybrid])
@pytest.mark.parametrize("asked", [38, 42, 45])
def test_a_marked_picture_keeps_the_signal_to_noise_ratio_asked_for(mark, asked):
    for number in range(6):
        picture = scene(number)
        assert psnr(mark("a key", psnr=asked).embed(picture, b"dist"), picture) >= asked


@pytest.mark.parametrize("mark", WRITING)
@FEW
@given(message=st.binary(min_size=4, max_size=4), key=st.text(min_size=1, max_size=20), number=st.integers(0, 5))
def test_any_key_and_message_come_back_and_another_key_finds_nothing(mark, message, key, number):
    picture = mark(key).embed(scene(number, 192), message)
    assert mark(key).detect(picture).message == message
    assert not mark(key + " ").detect(picture).found


def test_an_unmarked_picture_holds_no_mark(landscape):
    for mark in WRITING:
        seen = mark("our key").detect(landscape)
        assert (seen.found, seen.message) == (False, None)


def test_embedding_leaves_the_picture_that_was_given_as_it_was(landscape):
    before = landscape.copy()
    for mark in WRITING:
        mark("our key").embed(landscape, b"CC26")
    assert np.array_equal(before, landscape)


def test_chips_are_those_of_every_machine():
    assert keys.stretch(b"our key", "spread spectrum", 4).tolist() == STRETCHED
    assert keys.owners(12, 4).tolist() == OWNERS


STRETCHED = [2, 194, 107, 6]
OWNERS = [0, 0, 0, 2, 1, 2, 2, 3, 1, 3, 1, 3]


# What the hybrid stands


@pytest.mark.parametrize("name", [name for name in EDITS if name != "JPEG 15"])
def test_the_hybrid_gives_its_message_after_each_edit(name, marked):
    assert Hybrid("our key").detect(edit(marked, EDITS[name], 1)).message == b"CC26"


def test_there_are_twenty_six_edits_and_a_seed_repeats_them(landscape):
    assert len(EDITS) == 26
    for chain in ("noise:15", "screenshot"):
        assert np.array_equal(edit(landscape, chain, 4), edit(landscape, chain, 4))
        assert not np.array_equal(edit(landscape, chain, 4), edit(landscape, chain, 5))


@pytest.mark.parametrize(("chain", "angle", "scale", "mirrored"), [
    ("rotate:5", 5, 1, False),
    ("rotate:-40", -40, 1, False),
    ("rotate:80", 80, 1, False),
    ("cut:0.5", 0, math.sqrt(0.5), False),
    ("cut:0.3+resize:2", 0, math.sqrt(0.7), False),
    ("resize:0.6", 0, 1, False),
    ("mirror+jpeg:75", 0, 1, True),
])  # fmt: skip
def test_the_log_polar_mark_tells_how_a_picture_was_turned_and_cut(chain, angle, scale, mirrored, marked):
    told = LogPolar("our key").detect(edit(marked, chain)).geometry
    assert abs(told.angle - angle) < 1
    assert abs(told.scale / scale - 1) < 0.02
    assert told.mirrored is mirrored


def test_turning_kills_spread_spectrum_and_a_jpeg_kills_the_last_bit_and_quantisation(landscape):
    for mark, chain in ((SpreadSpectrum, "rotate:5"), (LastBit, "jpeg:95"), (Quantisation, "jpeg:15")):
        written = mark("our key").embed(landscape, b"CC26")
        assert not mark("our key").detect(edit(written, chain)).found


def test_spread_spectrum_is_read_after_a_picture_was_made_smaller_or_larger(landscape):
    written = SpreadSpectrum("our key").embed(landscape, b"CC26")
    for chain in ("resize:0.5", "resize:1.37"):
        assert SpreadSpectrum("our key").detect(edit(written, chain)).message == b"CC26"


# Chance


@given(st.floats(0.1, 30))
def test_hoeffding_is_never_below_the_chance_that_it_bounds(z):
    assert evidence.hoeffding(z) >= stats.norm.sf(z)


@given(st.integers(1, 200), st.floats(1, 10))
def test_the_bound_of_squares_is_never_below_the_chi_square_tail(bits, times):
    assert evidence.chi_square_bound(bits * times, bits) >= stats.chi2.sf(bits * times, bits) * 0.999


@given(st.lists(st.floats(0.01, 5), min_size=2, max_size=10))
def test_the_bound_of_squares_holds_for_all_coin_tosses_of_few_values(values):
    values = np.array(values)
    tosses = np.array(np.meshgrid(*[[-1, 1]] * len(values))).reshape(len(values), -1).T
    squares = (tosses @ values) ** 2 / np.sum(values**2)
    for total in np.unique(squares.round(9)):
        assert np.mean(squares >= total - 1e-9) <= evidence.chi_square_bound(total - 1e-9, 1) + 1e-12


def test_fishers_product_is_uniform_or_above_for_uniform_pairs():
    pairs = np.random.default_rng(0).random((20000, 2))
    p = np.array([evidence.both(*pair) for pair in pairs])
    for level in (0.05, 0.01, 0.001):
        assert stats.binomtest(int((p < level).sum()), len(p), level, alternative="greater").pvalue > 0.01


@pytest.mark.parametrize("mark", ALL)
def test_wrong_keys_find_no_more_than_the_rate_stated(mark):
    """Twelve pictures, every second one marked, with forty other keys each."""
    p = []
    for number in range(12):
        picture = scene(number, 128)
        if number % 2 and mark is not TreeRing:
            picture = mark("our key").embed(picture, b"CC26")
        features = mark("our key").features(picture)
        p += [mark(f"wrong {number} {k}").judge(features).p_value for k in range(40)]
    for level in (0.05, 0.01, 0.001):
        assert stats.binomtest(int((np.array(p) < level).sum()), len(p), level, alternative="greater").pvalue > 0.01


@st.composite
def any_pictures(draw):
    height, width = draw(st.integers(128, 200)), draw(st.integers(128, 200))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    kind = draw(st.sampled_from(["noise", "flat", "black", "white", "stripes", "ramp", "dots", "last bits"]))
    if kind == "noise":
        return rng.integers(0, 256, (height, width, 3), np.uint8)
    picture = np.full((height, width, 3), {"black": 0, "white": 255}.get(kind, draw(st.integers(0, 255))), np.uint8)
    if kind == "stripes":
        picture[:: draw(st.integers(2, 16))] = 255
    if kind == "ramp":
        picture[:] = np.linspace(0, 255, width, dtype=np.uint8)[None, :, None]
    if kind == "dots":
        picture[rng.random((height, width)) < 0.01] = 255
    if kind == "last bits":
        picture ^= rng.integers(0, 2, picture.shape, np.uint8)
    return picture


@pytest.mark.parametrize("mark", ALL)
@FEW
@given(picture=any_pictures(), key=st.binary(min_size=1, max_size=8))
def test_detectors_neither_fail_nor_find_anything_in_pictures_of_any_kind(mark, picture, key):
    seen = mark(key, level=1e-6).detect(picture)
    assert 0 < seen.p_value <= 1 and math.isfinite(seen.score)
    assert (seen.found, seen.message) == (False, None)


@pytest.mark.parametrize("mark", WRITING)
@FEW
@given(picture=any_pictures())
def test_embedding_never_fails_on_pictures_of_any_kind(mark, picture):
    assert mark("our key").embed(picture, b"CC26").shape == picture.shape


# Error correction


@given(st.binary(min_size=4, max_size=4), st.sets(st.integers(0, 63), max_size=6))
def test_six_wrong_bits_that_were_not_sure_are_put_right(message, wrong):
    read = coding.encode(message, 32) * 3.0
    read[list(wrong)] *= -0.3
    assert coding.decode(read)[0] == message


def test_soft_reading_mends_more_than_a_decoder_of_bytes():
    from reedsolo import ReedSolomonError, RSCodec

    rng, soft, hard = np.random.default_rng(3), 0, 0
    for _trial in range(100):
        message = rng.bytes(4)
        read = 1.1 * coding.encode(message, 32) + rng.standard_normal(64)
        soft += coding.decode(read)[0] == message
        with contextlib.suppress(ReedSolomonError):
            hard += bytes(RSCodec(4).decode(np.packbits(read > 0).tobytes())[0]) == message
    assert soft >= 75 > 30 > hard


@pytest.mark.parametrize("strength", [0.3, 0.6, 0.9, 1.2])
def test_a_message_that_is_called_sure_is_right(strength):
    rng, told, wrong = np.random.default_rng(5), 0, 0
    for _trial in range(300):
        message = rng.bytes(4)
        likeliest, confidence = coding.decode(strength * coding.encode(message, 32) + rng.standard_normal(64))
        told += confidence >= 0.999
        wrong += confidence >= 0.999 and likeliest != message
    assert wrong <= 0.01 * max(told, 100)


def test_bits_that_were_all_turned_round_give_no_other_message(landscape):
    mark = LastBit("our key")
    turned = mark.detect(mark.embed(landscape, b"ours") ^ 1)
    assert turned.found and turned.message is None
    read = np.full(64, 40.0) * coding.encode(b"ours", 32)
    assert coding.decode(-read)[1] == 0 and coding.decode(read)[0] == b"ours"


@given(st.lists(st.floats(-1e3, 1e3), min_size=32, max_size=32))
def test_the_reader_of_words_never_fails(read):
    message, confidence = coding.decode(np.array(read))
    assert len(message) == 2 and 0 <= confidence <= 1


# The eye


def test_a_flat_area_stays_under_the_cap_and_pays_for_it():
    picture = np.full((512, 512, 3), 180, np.uint8)
    picture[:, 256:] = np.random.default_rng(0).integers(80, 220, (512, 256, 3))
    change = SpreadSpectrum("our key").embed(picture, b"CC26").astype(float) - picture
    assert change[:, :240].std() < 1.2 * masking.FLOOR < change[:, 272:].std()
    flat = picture[:, :256]
    assert psnr(SpreadSpectrum("our key").embed(flat, b"CC26"), flat) > 47


def test_a_clean_edge_on_an_even_ground_gets_no_fringe_of_noise():
    poster = np.full((512, 512, 3), 200, np.uint8)
    poster[150:350, 150:350] = 40
    change = Hybrid("our key").embed(poster, b"CC26").astype(int) - poster
    assert np.abs(change[140:150, 150:350]).max() <= 8


# Tree ring


def test_a_tree_ring_is_found_in_what_was_drawn_with_it_and_after_jpeg():
    mark = TreeRing("our generator")
    for seed in range(3):
        assert mark.detect(mark.draw(seed)).found
        assert mark.detect(edit(mark.draw(seed), "jpeg:15")).found
        assert not mark.detect(mark.draw(seed, marked=False)).found
        assert not TreeRing("another").detect(mark.draw(seed)).found


def test_rings_counted_twice_make_chance_look_like_evidence_and_counted_once_do_not():
    mark = TreeRing("our generator")
    latents = [mark.features(mark.draw(seed, marked=False)) for seed in range(30)]
    others = [TreeRing(f"other {k}").rings() for k in range(40)]
    once, twice = (
        np.array([tree_ring.ring_p_value(latent, rings, independent) for latent in latents for rings in others])
        for independent in (True, False)
    )
    assert np.mean(once < 0.01) <= 0.01 < 0.015 < np.mean(twice < 0.01)


def test_the_latent_is_read_back_from_the_picture():
    latent = np.random.default_rng(0).standard_normal((64, 64))
    again = tree_ring.latent_of(tree_ring.paint(latent))
    assert np.corrcoef(latent.ravel(), again.ravel())[0, 1] > 0.98


# Attacks


def test_averaging_marked_pictures_tells_the_secret_of_a_fixed_pattern_and_forges_it():
    mark = attacks.FixedPattern(7, (128, 128))
    few, many = (attacks.average([mark.embed(scene(number, 128)) for number in range(count)]) for count in (2, 40))
    secret = attacks.residual_of_grey(mark.noise)
    assert attacks.correlation(few, secret) < 0.6 < attacks.correlation(many, secret)
    innocent = scene(101, 128)
    forged = attacks.shifted(innocent, many * np.float32(mark.noise.std() / many.std()))
    assert mark.score(forged) > 10 > 4 > abs(mark.score(innocent))


def test_a_copied_mark_is_accepted_on_another_picture_unless_it_is_bound_to_its_own(landscape):
    other = scene(100, 512)
    for mark, accepted in ((SpreadSpectrum, True), (Hybrid, True), (BoundSpreadSpectrum, False)):
        forged = attacks.copy(mark("our key").embed(landscape, b"CC26"), other)
        assert psnr(forged, other) > 35
        assert mark("our key").detect(forged).found is accepted


@pytest.mark.parametrize("chain", ["jpeg:30", "resize:0.5", "noise:15", "blur:2", "gamma:0.7", "brightness:1.3"])
def test_a_bound_mark_is_read_after_edits_that_keep_the_layout(chain, landscape):
    mark = BoundSpreadSpectrum("our key")
    assert mark.detect(edit(mark.embed(landscape, b"CC26"), chain)).message == b"CC26"


def test_two_owners_can_each_show_a_mark_in_the_same_picture(marked):
    twice = attacks.write_over(marked, Hybrid("their key"), b"THEY")
    assert Hybrid("our key").detect(twice).message == b"CC26"
    assert Hybrid("their key").detect(twice).message == b"THEY"


def test_denoising_takes_noise_away_and_leaves_edges():
    step = np.full((128, 128, 3), 60, np.uint8)
    step[:, 64:] = 190
    noisy = edit(step, "noise:5")
    clean = denoise(noisy, 8)
    assert (clean.astype(float) - step).std() < 0.5 * (noisy.astype(float) - step).std()
    assert int(clean[64, 66, 0]) - int(clean[64, 61, 0]) > 115


@pytest.mark.parametrize(("call", "said"), [
    (lambda p: attacks.average([]), "at least one picture"),
    (lambda p: attacks.average([p, p[:200]]), "same size"),
    (lambda p: attacks.copy(p, p[:200]), "same size"),
    (lambda p: edit(p, "rotate:5+spin"), "no operation 'spin'"),
    (lambda p: edit(p, "rotate:400"), "from -180 to 180"),
    (lambda p: edit(p, ""), "one to 8 operations"),
])  # fmt: skip
def test_an_impossible_attack_gets_one_sentence(call, said, landscape):
    with pytest.raises(ContrechampError, match=said):
        call(landscape)


# Bad input

GOOD = np.full((128, 128, 3), 90, np.uint8)
PICTURES = [
    (None, "not a picture"),
    (b"\xff\xd8\xff", "not a picture"),
    ("picture.png", "not a picture"),
    (GOOD.astype(float), "float64"),
    (GOOD > 3, "bool"),
    (GOOD[..., 0], r"\(128, 128\)"),
    (np.dstack([GOOD, GOOD[..., :1]]), r"\(128, 128, 4\)"),
    (Image.fromarray(GOOD).convert("P"), "convert"),
    (Image.fromarray(GOOD).convert("1"), "convert"),
    (GOOD[:127], "too small"),
    (GOOD[:, :0], "too small"),
    (np.broadcast_to(np.uint8(0), (128, 16385, 3)), "too large"),
]


@pytest.mark.parametrize("mark", ALL)
@pytest.mark.parametrize(("picture", "said"), PICTURES)
def test_what_is_no_usable_picture_gets_one_sentence(mark, picture, said):
    with pytest.raises(ContrechampError, match=said):
        mark("our key").detect(picture)
    if mark is not TreeRing:
        with pytest.raises(ContrechampError, match=said):
            mark("our key").embed(picture, b"CC26")


def test_a_truncated_file_is_refused_before_a_detector_sees_it(marked):
    with pytest.raises(ContrechampError, match="damaged"):
        jpeg.decode(jpeg.encode(marked, 90)[:2000])


@pytest.mark.parametrize("mark", WRITING)
@pytest.mark.parametrize("message", [b"", b"CC2", b"CC26!", "CC26", 2026, None])
def test_a_message_of_another_length_or_kind_is_refused(mark, message):
    with pytest.raises(ContrechampError, match=r"bytes"):
        mark("our key").embed(GOOD, message)


@pytest.mark.parametrize(("wrong", "said"), [
    ({"key": ""}, "A key is"), ({"key": 7}, "A key is"), ({"key": None}, "A key is"),
    ({"bits": 33}, "16, 32, 48, 64"), ({"bits": "32"}, "16, 32, 48, 64"),
    ({"psnr": 10}, "30 to 60"), ({"psnr": math.nan}, "30 to 60"), ({"psnr": "high"}, "30 to 60"),
    ({"level": 0}, "between 0 and 1"), ({"level": 1}, "between 0 and 1"),
])  # fmt: skip
def test_a_mark_that_cannot_be_made_says_why(wrong, said):
    with pytest.raises(ContrechampError, match=said):
        Hybrid(**{"key": "our key", **wrong})


def test_a_tree_ring_says_that_it_cannot_be_added():
    with pytest.raises(ContrechampError, match="draw"):
        TreeRing("our key").embed(GOOD, b"CC26")


def test_pilots_and_message_share_no_cell():
    pilots, rest = log_polar.roles()
    assert sorted([*pilots, *rest]) == list(range(log_polar.CELLS))


def test_a_mark_never_spends_more_energy_than_allowed():
    mark = np.random.default_rng(0).normal(0, 3, (128, 128)).astype(np.float32)
    added = pictures.add(np.full((128, 128, 3), 128, np.uint8), mark, 4.0).astype(float) - 128
    assert 3.8 < np.mean(added**2) <= 4.0
