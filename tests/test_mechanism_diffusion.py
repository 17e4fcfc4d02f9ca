"""The toy diffusion model: sums that hold, drawings that are what was asked and no copies, bad input named."""

import doctest
import hashlib
import json
import shutil
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contrechamp.datasets import store
from contrechamp.errors import ContrechampError
from contrechamp.mechanism import denoiser, diffusion, glyphs, judging
from contrechamp.mechanism.diffusion import ExactDenoiser, add_noise, estimate, generate, weights

ASKED = np.tile(np.arange(len(glyphs.KINDS)), 25)


@pytest.fixture(autouse=True)
def _in_english(monkeypatch):
    monkeypatch.setenv("CONTRECHAMP_LANG", "en")


@pytest.fixture(scope="module")
def network():
    return denoiser.load_denoiser()


@pytest.fixture(scope="module")
def known():
    return denoiser.training_drawings()


@pytest.fixture(scope="module")
def yardstick(known):
    held_out = glyphs.draw_objects(600, random_state=99)[0]
    return np.median(judging.nearest(held_out, known[0])[0])


def test_the_squares_of_the_two_weights_sum_to_one_and_the_picture_only_fades():
    table = np.array([weights(step) for step in range(diffusion.STEPS + 1)])
    assert np.allclose((table**2).sum(axis=1), 1)
    assert np.all(np.diff(table[:, 0]) < 0)
    assert table[-1, 0] < 0.15


def test_noise_is_the_weighted_sum_of_the_points_and_of_normal_noise():
    points = np.array([[2.0, -1.0]] * 20_000)
    noisy = add_noise(points, 20, random_state=1)
    picture, noise = weights(20)
    assert noisy.mean(axis=0) == pytest.approx(picture * points[0], abs=0.03)
    assert noisy.std(axis=0) == pytest.approx([noise, noise], abs=0.03)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, diffusion.STEPS), st.integers(2, 12), st.integers(0, 2**32))
def test_the_exact_estimate_is_the_posterior_mean_of_the_examples(step, number, seed):
    rng = np.random.default_rng(seed)
    examples, noisy = rng.normal(size=(number, 2)), rng.normal(size=2)
    picture, noise = weights(step)
    logs = np.array([-((noisy - picture * e) ** 2).sum() / (2 * noise**2) for e in examples])
    share = np.exp(logs - logs.max())
    wanted = (share[:, None] * examples).sum(axis=0) / share.sum()
    assert ExactDenoiser(examples)(noisy[None], step, np.array([0]))[0] == pytest.approx(wanted, abs=1e-9)


def test_the_exact_estimate_gives_the_score_of_the_noisy_examples():
    examples, step = np.array([[1.0, 0.5], [-1.0, 0.0], [0.3, -2.0]]), 25
    picture, noise = weights(step)

    def log_density(x):
        return np.log(np.exp(-((x - picture * examples) ** 2).sum(axis=1) / (2 * noise**2)).sum())

    x, small = np.array([0.4, 0.1]), 1e-5
    slope = [(log_density(x + d) - log_density(x - d)) / (2 * small) for d in small * np.eye(2)]
    clean = ExactDenoiser(examples)(x[None], step, np.array([0]))[0]
    assert (picture * clean - x) / noise**2 == pytest.approx(slope, abs=1e-6)


def test_the_exact_formula_returns_its_examples_and_those_of_the_label_only():
    turn = np.arange(30) / 30 * 2 * np.pi
    points = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    labels = np.arange(30) % 2
    ends = generate(ExactDenoiser(points, labels), [1] * 200, limit=None, random_state=3)
    distance, row = judging.nearest(ends, points)
    assert np.median(distance) < 0.02
    assert set(labels[row]) == {1}
    assert len(set(row)) == 15


def test_the_walk_back_passes_through_what_the_way_out_made_of_the_same_points():
    point = np.array([[3.0, -2.0]])
    _, seen = generate(ExactDenoiser(point), np.zeros(20_000, dtype=int), limit=None, watch=[10, 4, 0], random_state=2)
    for step in (10, 4):
        picture, noise = weights(step)
        assert seen[step].mean(axis=0) == pytest.approx(picture * point[0], abs=0.012)
        assert seen[step].std(axis=0) == pytest.approx([noise, noise], abs=0.01)
    assert np.abs(seen[0] - point).max() < 1e-9


def test_the_network_draws_what_is_asked_by_a_judge_with_drawings_of_its_own(network):
    assert judging.JUDGE_SEED != denoiser.DRAWINGS_SEED
    for seed in (11, 12):
        made = generate(network, ASKED, random_state=seed)
        right = judging.judged(made) == ASKED
        assert right.mean() >= 0.95
        assert min(right[kind == ASKED].mean() for kind in range(6)) >= 0.9


def test_the_judge_shares_no_drawing_with_the_training_set_and_knows_drawings_it_has_not_seen(known):
    own = glyphs.draw_objects(1200, random_state=judging.JUDGE_SEED)[0]
    assert judging.nearest(own, known[0])[0].min() > 0.1
    held_out, labels = glyphs.draw_objects(600, random_state=99)
    assert judging.agreement(held_out, labels) >= 0.99
    assert judging.agreement(held_out, np.roll(labels, 1)) < 0.05


def test_the_network_does_not_copy_and_the_exact_formula_does(network, known, yardstick):
    made = generate(network, ASKED, random_state=11)
    assert np.median(judging.nearest(made, known[0])[0]) >= 0.9 * yardstick
    copied = generate(ExactDenoiser(*known), ASKED[:30], random_state=11)
    assert np.median(judging.nearest(copied, known[0])[0]) < 0.1 * yardstick


def test_guidance_buys_agreement_and_then_costs_likeness(network, known, yardstick):
    drawn = {w: generate(network, ASKED, guidance=w, random_state=4) for w in (0, 1, 10)}
    agreement = {w: judging.agreement(made, ASKED) for w, made in drawn.items()}
    far = {w: np.median(judging.nearest(made, known[0])[0]) / yardstick for w, made in drawn.items()}
    assert agreement[0] < 0.35 < 0.95 < agreement[1]
    assert far[1] < 1.2 and far[10] > 2


def test_guidance_extrapolates_from_the_estimate_without_a_name():
    points = np.array([[1.0, 0.0], [-1.0, 0.0]])
    exact, noisy, step = ExactDenoiser(points, [0, 1]), np.array([[0.1, 0.2]]), 30
    named, unnamed = (exact(noisy, step, np.array([label])) for label in (0, diffusion.NO_NAME))
    assert estimate(exact, noisy, step, np.array([0]), 3.0) == pytest.approx(unnamed + 3 * (named - unnamed))
    assert estimate(exact, noisy, step, np.array([0]), 0) == pytest.approx(unnamed)


@settings(deadline=None, max_examples=15)
@given(st.lists(st.booleans(), min_size=256, max_size=256), st.integers(0, 2**32), st.sampled_from([0, 1.0, 4.0]))
def test_filling_changes_nothing_outside_the_mask_whatever_the_mask(network, mask, seed, guidance):
    keep, labels = glyphs.draw_objects(3, random_state=seed)
    mask = np.array(mask)
    filled = generate(network, labels, keep=keep, mask=mask, guidance=guidance, random_state=seed)
    assert np.array_equal(filled[:, ~mask], keep[:, ~mask])
    if mask.sum() > 3:
        assert not np.array_equal(filled[:, mask], keep[:, mask])


def test_filling_half_of_a_drawing_fits_the_kept_half_better_than_a_drawing_pasted_in(network):
    keep, labels = glyphs.draw_objects(120, random_state=31)
    right = np.tile(np.arange(16) >= 8, 16)
    filled = generate(network, labels, keep=keep, mask=right, random_state=5)
    fresh = np.where(right, generate(network, labels, random_state=5), keep)

    def seam(pictures):
        pictures = pictures.reshape(-1, 16, 16)
        return np.abs(pictures[:, :, 8] - pictures[:, :, 7]).mean()

    assert seam(filled) < 0.75 * seam(fresh)


def test_the_same_seed_gives_the_same_drawings_and_another_seed_others(network):
    one, same, other = (generate(network, ASKED[:6], random_state=seed) for seed in (8, 8, 9))
    assert np.array_equal(one, same)
    assert np.abs(one - other).max() > 0.5


def test_the_watched_states_begin_with_noise_and_end_with_the_drawings(network):
    made, seen = generate(network, [0] * 200, watch=[60, 0])
    assert seen[60].std() == pytest.approx(1, abs=0.02)
    assert np.array_equal(seen[0], made)


def test_the_first_updates_of_a_new_training_are_those_of_the_cached_state(known, network):
    again = denoiser.train(*known, stop=denoiser.PROBE)
    assert len(network.losses) == denoiser.PROBE
    assert np.allclose(again.losses, network.losses, rtol=1e-3)
    assert network.recipe == {"updates": denoiser.UPDATES, "hidden": denoiser.HIDDEN, "seed": denoiser.SEED}


@pytest.mark.slow
def test_a_new_training_draws_what_the_cached_state_draws(known, network, yardstick):
    again = denoiser.train(*known)
    made, stored = (generate(net, ASKED, random_state=11) for net in (again, network))
    # Half precision, and another machine's roundings, move a few edges; the drawings stay the same drawings.
    assert np.median(np.linalg.norm(made - stored, axis=1)) < 0.25 * yardstick
    assert judging.agreement(made, ASKED) >= 0.95


def test_the_slope_of_the_error_is_what_small_changes_of_the_weights_say():
    rng = np.random.default_rng(0)
    net = {name: value.astype(float) for name, value in denoiser._first_weights(5, rng).items()}
    noisy, clean = rng.normal(size=(4, 256)), rng.normal(size=(4, 256))
    told = denoiser._told(np.array([1, 20, 40, 60]), np.array([0, 3, -1, 5])).astype(float)
    slope = denoiser._loss_and_slope(net, noisy, told, clean)[1]
    for name, value in net.items():
        place = tuple(rng.integers(0, size) for size in value.shape)
        ends = []
        for change in (1e-5, -1e-5):
            moved = {**net, name: value.copy()}
            moved[name][place] += change
            ends.append(denoiser._loss_and_slope(moved, noisy, told, clean)[0] * clean.shape[1])
        assert slope[name][place] == pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-4, abs=1e-7), name


def test_training_tells_its_progress_ten_times_and_the_error_falls(known):
    lines = []
    pupil = denoiser.train(*known, updates=100, hidden=32, progress=lines.append)
    assert len(lines) == 10
    assert lines[-1].startswith("update 100 of 100: error 0.")
    assert pupil.losses[-10:].mean() < 0.5 * pupil.losses[:10].mean()


def test_a_network_trained_on_few_drawings_copies_them(known):
    few, labels = known[0][:12], known[1][:12]
    pupil = denoiser.train(few, labels, updates=600, hidden=128)
    made = generate(pupil, ASKED[:60], random_state=3)
    held_out = glyphs.draw_objects(300, random_state=99)[0]
    distance = [np.median(judging.nearest(pictures, few)[0]) for pictures in (made, held_out)]
    assert distance[0] < 0.5 * distance[1]


def test_drawings_are_small_objects_in_range_and_no_two_alike():
    pictures, labels = glyphs.draw_objects(600, random_state=1)
    assert pictures.shape == (600, 256) and pictures.dtype == np.float32
    assert pictures.min() >= -1 and pictures.max() <= 1
    assert np.bincount(labels).tolist() == [100] * 6
    assert len(np.unique(pictures.round(3), axis=0)) == 600
    ink = (pictures > 0).mean(axis=1)
    assert ink.min() > 0.05 and ink.max() < 0.6
    for label in range(6):
        assert set(judging.judged(glyphs.draw_objects(40, glyphs.KINDS[label], 5)[0])) == {label}


def test_a_large_table_of_neighbours_is_worked_out_in_blocks_with_the_same_answer():
    rng = np.random.default_rng(1)
    pictures, training = rng.normal(size=(1203, 3)), rng.normal(size=(50, 3))
    distance, row = judging.nearest(pictures, training)
    table = np.linalg.norm(pictures[:, None] - training, axis=2)
    assert np.array_equal(row, table.argmin(axis=1))
    assert distance == pytest.approx(table.min(axis=1))


def test_a_saved_network_draws_the_same_after_reading_it_back(network, tmp_path):
    denoiser.save(network, tmp_path / "mine.npz")
    back = denoiser.load_denoiser(tmp_path / "mine.npz")
    assert np.array_equal(generate(back, [0, 5]), generate(network, [0, 5]))
    assert back.recipe == network.recipe


def test_the_manifest_describes_the_cached_state_and_its_recipe():
    (entry,) = store.read_json(denoiser.MANIFEST)["files"]
    data = store.path(denoiser.CACHE).read_bytes()
    assert entry["sha256"] == hashlib.sha256(data).hexdigest()
    assert len(data) < 500 * 1024
    recipe = {name: entry[name] for name in ("drawings", "drawings_seed", "updates", "hidden", "seed")}
    assert list(recipe.values()) == [
        denoiser.DRAWINGS, denoiser.DRAWINGS_SEED, denoiser.UPDATES, denoiser.HIDDEN, denoiser.SEED
    ]  # fmt: skip


PICTURES, LABELS = glyphs.draw_objects(6)
RAGGED = [[1.0, 2.0], [3.0]]
HOLE = np.full((6, 256), np.nan)
MASK = np.ones(256)

BAD = {
    "drawings, minus one": (lambda _: glyphs.draw_objects(-1), "number must be a whole number from 1 to 20000, not -1"),
    "drawings, none": (lambda _: glyphs.draw_objects(0), "number must be a whole number from 1 to 20000"),
    "drawings, huge": (lambda _: glyphs.draw_objects(10**9), "not 1000000000"),
    "drawings, a word": (lambda _: glyphs.draw_objects("ten"), "not 'ten'"),
    "drawings, a kind": (
        lambda _: glyphs.draw_objects(3, "boat"), "no kind of drawing named 'boat'. Choose among teapot"),
    "drawings, no kind": (lambda _: glyphs.draw_objects(3, []), "Name at least one kind of drawing: teapot"),
    "drawings, a seed": (lambda _: glyphs.draw_objects(3, random_state=-1), "random_state must be a whole number"),
    "outline, huge": (lambda _: glyphs.outline(10**7), "number must be"),
    "a step too far": (lambda _: weights(61), "step must be a whole number from 0 to 60, not 61"),
    "half a step": (lambda _: weights(2.5), "step must be a whole number from 0 to 60, not 2.5"),
    "noise on rows of several lengths": (lambda _: add_noise(RAGGED, 3), "in n columns; this has the shape (2,)"),
    "noise on one row": (lambda _: add_noise([1.0, 2.0], 3), "this has the shape (2,)"),
    "noise on nothing": (lambda _: add_noise(np.empty((0, 2)), 3), "this has the shape (0, 2)"),
    "noise on holes": (lambda _: add_noise(HOLE, 3), "finite numbers"),
    "examples without labels": (lambda _: ExactDenoiser(PICTURES, LABELS[:4]), "one a picture"),
    "an example that is not there": (
        lambda _: generate(ExactDenoiser(PICTURES[:2], LABELS[:2]), [3]), "There is no kind 3 here. Known: 0, 1"),
    "too many distances": (
        lambda _: ExactDenoiser(np.zeros((20_000, 2)))(np.zeros((501, 2)), 3, np.zeros(501, dtype=int)),
        "With 20000 examples, ask for at most 500 pictures at once, not 501"),
    "no denoiser": (lambda _: generate("network", [0]), "generate(…) needs a denoiser"),
    "a name for a label": (lambda net: generate(net, ["teapot"]), "Labels are whole numbers"),
    "one label without a list": (lambda net: generate(net, 3), "Labels are whole numbers"),
    "no labels": (lambda net: generate(net, []), "Labels are whole numbers"),
    "labels of several lengths": (lambda net: generate(net, [[1], [1, 2]]), "Labels are whole numbers"),
    "a label below": (lambda net: generate(net, [-2]), "Labels are whole numbers"),
    "a kind that there is not": (lambda net: generate(net, [6]), "There is no kind 6 here. Known: 0, 1, 2, 3, 4, 5"),
    "the same without guidance": (lambda net: generate(net, [6], guidance=0), "There is no kind 6 here"),
    "huge": (
        lambda net: generate(net, np.zeros(30_000, dtype=int)), "len(labels) must be a whole number from 1 to 20000"),
    "guidance below": (lambda net: generate(net, [0], guidance=-1), "Guidance is a number from 0 to 20, not -1"),
    "guidance above": (lambda net: generate(net, [0], guidance=1e6), "Guidance is a number from 0 to 20"),
    "guidance that is no number": (lambda net: generate(net, [0], guidance=np.nan), "Guidance is a number"),
    "guidance in words": (lambda net: generate(net, [0], guidance="strong"), "not 'strong'"),
    "a seed in words": (lambda net: generate(net, [0], random_state="x"), "random_state must be a whole number"),
    "a limit below": (lambda net: generate(net, [0], limit=-1), "limit is a number above 0, or None, not -1"),
    "a watched step too far": (lambda net: generate(net, [0], watch=[70]), "watch must be a whole number from 0 to 60"),
    "a mask without pictures": (
        lambda net: generate(net, [0], mask=MASK), "needs both: keep=, the pictures, and mask="),
    "pictures without a mask": (lambda net: generate(net, [0] * 6, keep=PICTURES), "needs both"),
    "a mask of another shape": (
        lambda net: generate(net, LABELS, keep=PICTURES, mask=np.ones((16, 16))),
        "mask the shape (256,) with zeros and ones only; their shapes are (6, 256) and (16, 16)"),
    "a mask of other numbers": (lambda net: generate(net, LABELS, keep=PICTURES, mask=MASK / 2), "zeros and ones only"),
    "too few pictures to keep": (
        lambda net: generate(net, LABELS, keep=PICTURES[:5], mask=MASK), "(5, 256) and (256,)"),
    "holes to keep": (lambda net: generate(net, LABELS, keep=HOLE, mask=MASK), "finite numbers"),
    "the network, other sizes": (
        lambda net: net(np.zeros((1, 64)), 3, np.array([0])), "in 256 columns; this has the shape"),
    "training, one drawing": (
        lambda _: denoiser.train(PICTURES[:1], LABELS[:1]), "Training needs two drawings or more"),
    "training, other sizes": (lambda _: denoiser.train(PICTURES[:, :64], LABELS), "in 256 columns"),
    "training, a kind that there is not": (lambda _: denoiser.train(PICTURES, LABELS + 3), "There is no kind 6 here"),
    "training, no updates": (
        lambda _: denoiser.train(PICTURES, LABELS, updates=0), "updates must be a whole number from 1"),
    "training, huge": (
        lambda _: denoiser.train(PICTURES, LABELS, hidden=10**6), "hidden must be a whole number from 1 to 1024"),
    "training, for ever": (lambda _: denoiser.train(PICTURES, LABELS, updates=10**9), "from 1 to 20000"),
    "training, stopped late": (
        lambda _: denoiser.train(PICTURES, LABELS, updates=5, stop=6), "stop must be a whole number from 1 to 5"),
    "judging points": (lambda _: judging.judged(np.zeros((3, 2))), "in 256 columns; this has the shape (3, 2)"),
    "judging without labels": (lambda _: judging.agreement(PICTURES, [1, 2]), "one a picture"),
    "comparing unlike": (
        lambda _: judging.nearest(PICTURES, np.zeros((3, 2))), "256 columns and the training drawings 2"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_input_gets_one_clear_sentence(case, network):
    call, said = BAD[case]
    with pytest.raises(ContrechampError) as caught:
        call(network)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def flipped(data: bytes) -> bytes:
    return data[:5000] + bytes([data[5000] ^ 255]) + data[5001:]


DAMAGED = {
    "empty": lambda data: b"",
    "cut short": lambda data: data[: len(data) // 2],
    "one byte flipped": flipped,
    "no archive at all": lambda data: b"these are no weights",
}


@pytest.fixture
def other_home(root, tmp_path, monkeypatch):
    shutil.copytree(root / "datasets" / "mechanism", tmp_path / "datasets" / "mechanism")
    (tmp_path / "locale").mkdir()
    monkeypatch.setenv("CONTRECHAMP_HOME", str(tmp_path))
    return tmp_path / "datasets" / "mechanism"


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_cached_state_is_refused_in_one_sentence(damage, other_home):
    file = other_home / "denoiser.npz"
    file.write_bytes(DAMAGED[damage](file.read_bytes()))
    with pytest.raises(ContrechampError, match=r"datasets/mechanism/denoiser\.npz is missing or damaged\. Restore"):
        denoiser.load_denoiser()


def test_another_network_in_place_of_the_cached_state_is_refused(other_home, known):
    pupil = denoiser.train(*known, updates=2, hidden=denoiser.HIDDEN)
    denoiser.save(pupil, other_home / "denoiser.npz")
    with pytest.raises(ContrechampError, match="is missing or damaged"):
        denoiser.load_denoiser()
    assert denoiser.load_denoiser(other_home / "denoiser.npz").recipe["updates"] == 2


@pytest.mark.parametrize("text", ["", "{}", "[1]", json.dumps({"files": []}), json.dumps({"files": [{"path": "x"}]})])
def test_a_damaged_manifest_of_the_cached_state_is_refused_in_one_sentence(text, other_home):
    (other_home / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(ContrechampError) as caught:
        denoiser.load_denoiser()
    assert "datasets/mechanism/" in str(caught.value) and "estore the file" in str(caught.value)


def test_a_missing_cached_state_is_named(other_home):
    (other_home / "denoiser.npz").unlink()
    with pytest.raises(ContrechampError, match=r"no data file datasets/mechanism/denoiser\.npz"):
        denoiser.load_denoiser()


def altered(change):
    def alter(network):
        net = {name: value.copy() for name, value in network.weights.items()}
        change(net)
        return denoiser.LearnedDenoiser(net, network.losses, dict(network.recipe))

    return alter


ALTERED = {
    "a matrix is missing": altered(lambda net: net.pop("mid")),
    "a matrix is too small": altered(lambda net: net.update(mid=net["mid"][:-1])),
    "a weight is no number": altered(lambda net: net["out"].__setitem__((0, 0), np.nan)),
    "the recipe tells another size": lambda network: denoiser.LearnedDenoiser(
        network.weights, network.losses, {**network.recipe, "hidden": 10**9}
    ),
    "the recipe is empty": lambda network: denoiser.LearnedDenoiser(network.weights, network.losses, {}),
}


@pytest.mark.parametrize("case", ALTERED)
def test_a_file_of_ones_own_that_holds_no_such_network_is_refused(case, network, tmp_path):
    denoiser.save(ALTERED[case](network), tmp_path / "mine.npz")
    with pytest.raises(ContrechampError, match=r"mine\.npz is missing or damaged"):
        denoiser.load_denoiser(tmp_path / "mine.npz")


def test_writing_the_state_again_is_refused_outside_the_repository(monkeypatch):
    monkeypatch.setattr(denoiser, "home", SimpleNamespace(checkout=lambda: None))
    with pytest.raises(ContrechampError, match="needs the repository"):
        denoiser.main()


@pytest.mark.parametrize("module", [glyphs, diffusion, denoiser, judging], ids=lambda module: module.__name__)
def test_the_examples_in_the_documentation_are_true(module):
    assert doctest.testmod(module).failed == 0
