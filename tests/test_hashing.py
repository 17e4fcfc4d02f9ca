"""Perceptual hashes, exact near-match search, matching on the device: right values, nothing missed, plain refusals."""

import io
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from contrechamp import hashing
from contrechamp.errors import ContrechampError
from contrechamp.hashing import search
from contrechamp.imaging import launder, make_scene, shoot
from contrechamp.imaging.jpeg import decode

#: What imagehash 4.3.2 and pdqhash 0.2.8 gave, written by `python benchmarks/hashing/measure.py`.
GOLDEN = json.loads((Path(__file__).parent / "hash_golden.json").read_text(encoding="utf-8"))


@cache
def photograph(scene, side=128):
    return np.round(255 * shoot(make_scene(scene, side), 1)).astype(np.uint8)


def tiles(number):
    rng = np.random.Generator(np.random.PCG64(number))
    rows, columns, step = (int(n) for n in rng.integers((4, 4, 9), (12, 12, 30)))
    colours = rng.integers(0, 256, (rows, columns, 3), dtype=np.uint8)
    return colours.repeat(step, axis=0).repeat(step, axis=1)


def picture(name):
    """Make a picture of whole numbers again, as the benchmark made it for the peers."""
    kind, _space, number = name.partition(" ")
    if kind == "flat":
        return np.full((128, 128, 3), int(number), np.uint8)
    if kind == "slope":
        slope = np.linspace(0, 255, 128).astype(np.uint8)
        return np.repeat(np.tile(slope, (96, 1))[:, :, None], 3, axis=2)
    if kind == "noise":
        return np.random.default_rng(1).integers(0, 256, (100, 131, 3), dtype=np.uint8)
    if kind == "sample":
        return decode((ROOT / "datasets" / "images" / number).read_bytes())
    return hashing.make_form(int(number)) if kind == "form" else tiles(int(number))


NAMES = [name for name in GOLDEN if not name.startswith(("pdq ", "quality "))]


def hexadecimal(bits):
    return hashing.pack(bits).tobytes().hex()


# ---- the hashes themselves ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_phash_is_bit_for_bit_that_of_imagehash(name):
    assert hexadecimal(hashing.phash(picture(name))) == GOLDEN[name]


def test_golden_hashes_cover_blank_and_rich_pictures():
    assert {name.split()[0] for name in NAMES} == {"flat", "form", "noise", "sample", "slope", "tiles"}
    assert len({GOLDEN[name] for name in NAMES}) > 30


def reference(name):
    return np.unpackbits(np.frombuffer(bytes.fromhex(GOLDEN["pdq " + name]), dtype=np.uint8)).astype(bool)


@pytest.mark.parametrize("name", [name for name in NAMES if name.split()[0] in ("sample", "form", "noise")])
def test_pdq_is_within_four_bits_of_the_reference(name):
    assert hashing.distance(hashing.pdq(picture(name))[0], reference(name)) <= 4


@pytest.mark.parametrize("name", NAMES)
def test_pdq_differs_from_the_reference_only_where_rounding_decides(name):
    """Walls, slopes and mirror-like tiles have waves that are nought but for rounding, all at the median."""
    from contrechamp.hashing.pdq import shrink, waves_of

    waves = waves_of(shrink(picture(name))).ravel()[::-1]
    differ = hashing.pdq(picture(name))[0] != reference(name)
    away = np.abs(waves - np.partition(waves, 127)[127])
    assert (away[differ] < 1e-3).all()  # waves are sums of grey levels: hundreds where there is something to see


@pytest.mark.parametrize("name", NAMES)
def test_pdq_has_the_quality_of_the_reference(name):
    assert abs(hashing.pdq(picture(name))[1] - GOLDEN["quality " + name]) <= 1


@pytest.mark.parametrize("name", [name for name in NAMES if GOLDEN["quality " + name] == 0])
def test_pdq_says_of_a_blank_picture_that_it_is_not_to_be_trusted(name):
    assert hashing.pdq(picture(name))[1] == 0


@pytest.mark.parametrize("chain", ["jpeg:60", "webp:60", "resize:0.5", "resize:1.7", "blur:1", "social"])
def test_phash_hardly_moves_when_a_picture_is_saved_or_shrunk(chain):
    moved = [
        hashing.distance(hashing.phash(p), hashing.phash(launder(p, chain))) for p in map(photograph, range(40, 60))
    ]
    assert max(moved) <= hashing.ondevice.MOST


def test_phash_of_a_mirror_image_is_another_hash():
    moved = [hashing.distance(hashing.phash(p), hashing.phash(p[:, ::-1])) for p in map(photograph, range(40, 60))]
    assert min(moved) > 2 * hashing.ondevice.MOST


def test_scenes_without_relation_are_about_half_the_bits_apart():
    hashes = np.array([hashing.phash(photograph(scene)) for scene in range(60)])
    apart = (hashes[:, None] != hashes[None]).sum(axis=2)[np.triu_indices(60, 1)]
    assert 28 < apart.mean() < 34


def test_many_forms_with_other_numbers_match_one_another():
    forms = np.array([hashing.phash(hashing.make_form(number)) for number in range(40)])
    apart = (forms[:, None] != forms[None]).sum(axis=2)[np.triu_indices(40, 1)]
    assert (apart <= 8).mean() > 0.3
    assert len({hashing.make_form(number).tobytes() for number in range(40)}) == 40


def test_blank_walls_of_any_grey_have_one_hash_and_no_detail():
    walls = [np.full((90, 120, 3), grey, np.uint8) for grey in (20, 90, 200)]
    assert len({hexadecimal(hashing.phash(wall)) for wall in walls}) == 1
    assert max(map(hashing.detail, walls)) == 0 < hashing.ondevice.LEAST_DETAIL < hashing.detail(photograph(3))


def test_a_sketch_resembles_its_own_picture_more_than_another():
    from contrechamp.hashing.phash import small_grey

    scenes = [photograph(scene) for scene in range(30)]
    greys = [small_grey(p).astype(float).ravel() for p in scenes]
    drawn = [hashing.sketch(hashing.phash(p)).ravel() for p in scenes]
    own = [np.corrcoef(a, b)[0, 1] for a, b in zip(drawn, greys, strict=True)]
    other = [np.corrcoef(a, greys[(n + 1) % 30])[0, 1] for n, a in enumerate(drawn)]
    assert np.mean(own) > 0.5 > 0.3 > np.mean(other)


# ---- search ---------------------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), width=st.sampled_from([8, 16, 32]), most=st.integers(0, 60))
def test_the_index_finds_exactly_what_comparing_with_each_hash_finds(seed, width, most):
    rng = np.random.default_rng(seed)
    most = min(most, 8 * width)
    centre = rng.integers(0, 256, width, dtype=np.uint8)
    far = rng.integers(0, 256, (40, width), dtype=np.uint8)
    near = np.tile(np.unpackbits(centre), (160, 1))
    for row, count in zip(
        near, rng.integers(0, min(64, 8 * width), 160), strict=True
    ):  # at all distances, also the edge
        row[rng.choice(8 * width, count, replace=False)] ^= 1
    listed = np.concatenate([far, np.packbits(near, axis=1)])
    index_rows, index_distances = hashing.HashIndex(listed).near(centre, most)
    rows, distances = hashing.scan(listed, centre, most)
    assert index_rows.tolist() == rows.tolist() and index_distances.tolist() == distances.tolist()


def test_at_31_bits_every_word_may_differ_and_the_hash_is_still_found():
    centre = np.zeros(32, dtype=np.uint8)
    worst = np.zeros((1, 256), dtype=bool)
    worst[0, np.r_[0:256:16, 1:240:16]] = True  # two bits in fifteen words, one in the last
    listed = hashing.pack(worst)
    assert hashing.HashIndex(listed).near(centre, 31)[1].tolist() == [31]
    assert hashing.HashIndex(listed).near(centre, 30)[1].tolist() == []


def test_equal_hashes_in_the_list_are_all_found():
    listed = np.tile(np.arange(8, dtype=np.uint8), (5, 1))
    assert hashing.HashIndex(listed).near(listed[0], 0)[0].tolist() == [0, 1, 2, 3, 4]


def test_a_prefix_is_kept_as_often_as_counting_says():
    rng = np.random.default_rng(0)
    kept = np.mean([rng.choice(64, 4, replace=False).min() >= 16 for _ in range(20_000)])
    assert abs(hashing.prefix_kept(bits=64, prefix=16, changed=4) - kept) < 0.015
    assert hashing.prefix_kept(64, 64, 1) == 0 and hashing.prefix_kept(64, 0, 64) == 1


# ---- the device, the list, the platform -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cases():
    kept = hashing.HashList()
    for scene in range(12):
        kept.add(hashing.make_on_device(photograph(scene)))
    return kept


def test_nothing_but_eight_bytes_leaves_the_device():
    message = hashing.make_on_device(photograph(5))
    assert list(vars(message)) == ["hash"] and len(message.hash) == 8


def test_a_platform_finds_copies_that_were_saved_again_and_no_other_scene(cases):
    platform = hashing.Platform(cases)
    for scene in range(12):
        assert scene + 1 in platform.compare(launder(photograph(scene), "social"))
    assert [platform.compare(photograph(scene)) for scene in range(30, 50)].count([]) >= 19


def test_a_case_that_is_withdrawn_matches_no_more(cases):
    number = cases.add(hashing.make_on_device(photograph(77)))
    assert hashing.Platform(cases).compare(photograph(77)) == [number]
    cases.withdraw(number)
    assert hashing.Platform(cases).compare(photograph(77)) == []
    with pytest.raises(ContrechampError, match="no case"):
        cases.withdraw(number)


def test_a_blank_picture_is_neither_listed_nor_matched(cases):
    wall = np.full((128, 128, 3), 90, np.uint8)
    with pytest.raises(ContrechampError, match="hardly any detail"):
        hashing.make_on_device(wall)
    assert hashing.Platform(cases).compare(wall) == []


def test_an_empty_list_matches_nothing():
    assert hashing.Platform(hashing.HashList()).compare(photograph(1)) == []


# ---- at the scale of a platform -------------------------------------------------------------------------------------


def test_alarms_are_copies_and_false_alarms_and_nothing_else():
    day = hashing.screening(1_000_000, prevalence=1e-4, found=0.95, false_alarm=1e-3)
    assert day["matched"] + day["missed"] == pytest.approx(day["copies"]) == pytest.approx(100)
    assert day["right"] == pytest.approx(95 / (95 + 999.9))


def test_without_any_alarm_the_share_that_is_right_is_missing():
    assert np.isnan(hashing.screening(1000, 0, 1, 0)["right"])


def test_chance_alone_matches_as_often_as_fair_coins_do():
    flips = np.random.default_rng(0).integers(0, 2, (200_000, 16)).sum(axis=1)
    assert hashing.chance_match(16, 3) == pytest.approx((flips <= 3).mean(), abs=0.002)
    assert hashing.chance_match(256, 31) < 1e-36


# ---- bad input ------------------------------------------------------------------------------------------------------


def png(mode, **changes):
    file = io.BytesIO()
    image = Image.fromarray(photograph(1)).convert(mode)
    image.save(file, "PNG", **changes)
    return file.getvalue()


ARRAYS = {
    "floats": (np.zeros((64, 64, 3)), "array of uint8"),
    "grey": (np.zeros((64, 64), np.uint8), "array of uint8"),
    "transparency": (np.zeros((64, 64, 4), np.uint8), "four channels"),
    "empty": (np.zeros((0, 64, 3), np.uint8), "too small: 0 x 64 pixels"),
    "tiny": (np.zeros((31, 400, 3), np.uint8), "too small: 31 x 400 pixels"),
    "a text": ("picture.png", "array of uint8"),
    "nothing": (None, "array of uint8"),
}


@pytest.mark.parametrize("function", [hashing.phash, hashing.pdq, hashing.detail, hashing.make_on_device])
@pytest.mark.parametrize(("given", "said"), ARRAYS.values(), ids=ARRAYS.keys())
def test_what_is_no_picture_is_refused_in_a_sentence(function, given, said):
    with pytest.raises(ContrechampError, match=said):
        function(given)


@cache
def jpeg():
    file = io.BytesIO()
    Image.fromarray(photograph(1)).save(file, "JPEG")
    return file.getvalue()


def bomb():
    """A PNG of a few bytes that claims to be 60,000 x 60,000 pixels."""
    import struct
    import zlib

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))


FILES = {
    "a truncated JPEG": (lambda: jpeg()[:-900], "damaged or ends too early"),
    "no picture": (lambda: b"%PDF-1.7 nothing of the kind", "no picture file"),
    "nothing at all": (lambda: b"", "no picture file"),
    "a tiny file that claims a huge picture": (bomb, "no picture file|claims"),
    "transparent parts": (lambda: png("RGBA") and transparent(), "transparent parts"),
    "a path": (lambda: "picture.png", "from its bytes"),
}


def transparent():
    file = io.BytesIO()
    image = Image.fromarray(photograph(1)).convert("RGBA")
    image.putpixel((3, 3), (0, 0, 0, 10))
    image.save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(("make", "said"), FILES.values(), ids=FILES.keys())
def test_a_file_that_cannot_be_hashed_says_why(make, said):
    with pytest.raises(ContrechampError, match=said):
        hashing.read_picture(make())


@pytest.mark.parametrize("mode", ["RGB", "L", "1", "P", "RGBA"])
def test_files_whose_pixels_are_plain_are_read_whatever_their_mode(mode):
    pixels = hashing.read_picture(png(mode))
    assert pixels.shape == (128, 128, 3) and pixels.dtype == np.uint8
    limit = 64 if mode == "1" else 8  # black and white keep less
    assert hashing.distance(hashing.phash(pixels), hashing.phash(photograph(1))) <= limit


@settings(max_examples=100, deadline=None)
@given(junk=st.binary(max_size=300), at=st.integers(0, 5000), kept=st.integers(0, 8000), whole=st.booleans())
def test_no_bytes_whatever_crash_the_reader(junk, at, kept, whole):
    base = jpeg()
    file = junk if not whole else (base[: at % len(base)] + junk + base[at % len(base) :])[:kept]
    try:
        pixels = hashing.read_picture(file)
    except ContrechampError as error:
        assert str(error)
    else:
        assert pixels.dtype == np.uint8 and pixels.ndim == 3 and hashing.phash(pixels).shape == (64,)


@settings(max_examples=60, deadline=None)
@given(arrays(np.uint8, st.tuples(st.integers(32, 90), st.integers(32, 90), st.just(3))))
def test_every_colour_picture_has_a_hash_whose_distance_to_itself_is_nought(pixels):
    bits, quality = hashing.pdq(pixels)
    assert bits.sum() <= 128 and 0 <= quality <= 100
    assert hashing.distance(hashing.phash(pixels), hashing.phash(pixels.copy())) == 0


BAD_CALLS = {
    "hashes of two lengths": (lambda: hashing.distance(np.zeros(64, bool), np.zeros(256, bool)), "64 and of 256"),
    "numbers for bits": (lambda: hashing.distance(np.zeros(64), np.zeros(64)), "row of trues and falses"),
    "bits that fill no bytes": (lambda: hashing.pack(np.zeros(60, bool)), "multiple of 64"),
    "a list of bits": (lambda: hashing.HashIndex(np.zeros((4, 64), bool)), "uint8 of shape"),
    "an empty list": (lambda: hashing.HashIndex(np.zeros((0, 8), np.uint8)), "uint8 of shape"),
    "a query of another length": (lambda: search.HashIndex(np.zeros((1, 8), np.uint8)).near(np.zeros(32, np.uint8)),
                                  "has 8 bytes"),
    "a distance below nought": (lambda: hashing.HashIndex(np.zeros((1, 8), np.uint8)).near(np.zeros(8, np.uint8), -1),
                                "most must be"),
    "a sketch of 256 bits": (lambda: hashing.sketch(np.zeros(256, bool)), "64 bits of phash"),
    "a share above one": (lambda: hashing.screening(10, 2, 1, 0), "prevalence is a share"),
    "no uploads": (lambda: hashing.screening(0, 0.1, 1, 0), "uploads must be"),
    "a prefix longer than the hash": (lambda: hashing.prefix_kept(64, 65, 1), "prefix must be"),
    "a form without lines": (lambda: hashing.make_form(1, lines=0), "lines must be"),
    "a caption of seven digits": (lambda: hashing.add_caption(photograph(1), 1_000_000), "number must be"),
}  # fmt: skip


@pytest.mark.parametrize(("call", "said"), BAD_CALLS.values(), ids=BAD_CALLS.keys())
def test_a_wrong_value_is_refused_in_a_sentence(call, said):
    with pytest.raises(ContrechampError, match=said):
        call()
