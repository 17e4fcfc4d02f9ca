"""Trees kept as numbers answer as the model that they came from, and a damaged file is found out."""

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from contrechamp.forensics.trees import BoostedTrees


@pytest.fixture(scope="module")
def model():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 5))
    y = (X[:, 0] * X[:, 1] + 0.3 * X[:, 2] > 0.2).astype(int)
    return HistGradientBoostingClassifier(max_iter=20, max_leaf_nodes=7, random_state=0).fit(X, y)


def asked():
    return np.random.default_rng(1).normal(size=(300, 5)).astype(np.float32)


def test_trees_kept_as_numbers_answer_bit_for_bit_as_the_model(model):
    trees = BoostedTrees.of(model)
    assert np.array_equal(trees.predict_proba(asked()), model.predict_proba(asked()))
    assert len(trees.roots) == 20 and np.ptp(trees.predict_proba(asked())[:, 1]) > 0.5


def test_what_was_written_to_a_file_answers_the_same(model, tmp_path):
    np.savez(tmp_path / "trees.npz", **BoostedTrees.of(model).arrays())
    with np.load(tmp_path / "trees.npz", allow_pickle=False) as held:
        again = BoostedTrees.from_arrays(held)
    assert np.array_equal(again.predict_proba(asked()), model.predict_proba(asked()))


def cut_short(held):
    return held | {"value": held["value"][:-1]}


def leads_outside(held):
    return held | {"right": np.where(held["leaf"], held["right"], 60_000)}


def leads_back(held):
    return held | {"left": np.zeros_like(held["left"])}


@pytest.mark.parametrize("damage", [cut_short, leads_outside, leads_back])
def test_damaged_trees_are_refused_and_never_walked(model, damage):
    with pytest.raises(ValueError, match="trees"):
        BoostedTrees.from_arrays(damage(BoostedTrees.of(model).arrays()))


def test_a_file_without_a_part_names_the_part(model):
    held = BoostedTrees.of(model).arrays()
    del held["limit"]
    with pytest.raises(KeyError, match="limit"):
        BoostedTrees.from_arrays(held)
