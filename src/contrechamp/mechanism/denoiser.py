"""A small neural network that learns to estimate the drawing under the noise, in NumPy and readable in class.

Two hidden layers see the noisy drawing, the step and the name of the object; now and then the name is hidden, so that
the network also learns to draw without one. Training takes about 25 CPU seconds; the result is kept in
``datasets/mechanism/denoiser.npz``, which ``python -m contrechamp.mechanism.denoiser`` writes again.
"""

import json
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from contrechamp import home
from contrechamp.datasets import store
from contrechamp.errors import ContrechampError
from contrechamp.language import gettext as _
from contrechamp.mechanism.diffusion import STEPS, weights
from contrechamp.mechanism.glyphs import KINDS, PIXELS, check_number, draw_objects, generator

CACHE = "mechanism/denoiser.npz"
RECIPE = {"drawings": 6000, "drawings_seed": 7, "updates": 3000, "hidden": 224, "seed": 1}
PROBE = 40  # updates whose losses are stored, so that a test can compare the first moments of a new training
BATCH = 192
UNNAMED = 0.15  # share of the drawings whose name is hidden during training
_WAVES = np.exp(np.linspace(0, np.log(60), 8))

Array = np.ndarray
Weights = dict[str, Array]


@dataclass
class LearnedDenoiser:
    """A trained network; call it as ``denoiser(noisy, step, labels)``.

    Attributes
    ----------
    weights : dict of str to array
        Three matrices and three rows of constants.
    losses : array
        Mean squared error of each update, per pixel.
    recipe : dict
        What it was trained with.
    """

    weights: Weights
    losses: Array = field(default_factory=lambda: np.empty(0))
    recipe: dict[str, Any] = field(default_factory=dict)
    size: int = PIXELS

    def __call__(self, noisy: Array, step: int, labels: Array) -> Array:
        """Return the estimated drawings, shape (n, 256)."""
        noisy = np.asarray(noisy)
        if noisy.ndim != 2 or noisy.shape[1] != PIXELS:
            raise ContrechampError(
                _("This network was trained on {pixels} pixels a drawing; it was given the shape {shape}.").format(
                    pixels=PIXELS, shape=noisy.shape
                )
            )
        weights(step)  # refuses a step that there is not
        told = _told(np.full(len(noisy), step), np.asarray(labels))
        return _forward(self.weights, noisy.astype(self.weights["in"].dtype), told)[0]


def train(
    pictures: Array,
    labels: Array,
    *,
    updates: int = RECIPE["updates"],
    hidden: int = RECIPE["hidden"],
    random_state: int = RECIPE["seed"],
    stop: int | None = None,
    progress: Callable[[str], Any] | None = None,
) -> LearnedDenoiser:
    """Teach a new network to estimate drawings under noise.

    Parameters
    ----------
    pictures : array of shape (n, 256)
    labels : array of int of shape (n,)
        Places in `KINDS`.
    updates : int
        How many small corrections, from 1 to 20,000. Three thousand take about 25 CPU seconds.
    hidden : int
        Units in each hidden layer, from 1 to 1,024.
    random_state : int
        Seed of first weights, noise and order.
    stop : int, optional
        Stop after so many updates, as if interrupted.
    progress : callable, optional
        Called with one line of text ten times, for example ``print``.

    Returns
    -------
    LearnedDenoiser

    Raises
    ------
    ContrechampError
        When shapes or numbers are not allowed.
    """
    pictures, labels = _check_examples(pictures, labels)
    check_number(updates, 20_000, _("updates"))
    check_number(hidden, 1024, _("hidden units"))
    check_number(updates if stop is None else stop, updates, _("updates"))
    rng = generator(random_state)
    now = _first_weights(hidden, rng)
    average = {name: value.copy() for name, value in now.items()}  # a running mean draws better than the last state
    speed = {name: np.zeros_like(value) for name, value in now.items()}
    spread = {name: np.zeros_like(value) for name, value in now.items()}
    kept = np.array([weights(step) for step in range(STEPS + 1)], dtype=np.float32)
    losses = np.empty(updates if stop is None else stop)
    for update in range(len(losses)):
        chosen = rng.integers(0, len(pictures), BATCH)
        steps = rng.integers(1, STEPS + 1, BATCH)
        clean = pictures[chosen]
        noise = rng.standard_normal(clean.shape, dtype=np.float32)
        noisy = kept[steps, :1] * clean + kept[steps, 1:] * noise
        names = np.where(rng.random(BATCH) < UNNAMED, -1, labels[chosen])
        losses[update], slope = _loss_and_slope(now, noisy, _told(steps, names), clean)
        rate = 1.5e-3 * min(1, update / 100) * (0.5 + 0.5 * np.cos(np.pi * update / updates) + 0.02)
        for name in now:  # Adam (Kingma and Ba, 2015)
            speed[name] = 0.9 * speed[name] + 0.1 * slope[name]
            spread[name] = 0.99 * spread[name] + 0.01 * slope[name] ** 2
            push = speed[name] / (1 - 0.9 ** (update + 1))
            size = np.sqrt(spread[name] / (1 - 0.99 ** (update + 1))) + 1e-8
            now[name] = (now[name] - rate * push / size).astype(np.float32)
            average[name] += np.float32(0.005 if update > 200 else 0.05) * (now[name] - average[name])
        if progress and (update + 1) % max(1, updates // 10) == 0:
            progress(
                _("update {update} of {updates}: error {loss}").format(
                    update=update + 1, updates=updates, loss=f"{losses[max(0, update - 50) : update + 1].mean():.3f}"
                )
            )
    recipe = {"drawings": len(pictures), "updates": len(losses), "hidden": hidden, "seed": random_state}
    return LearnedDenoiser(average, losses, recipe)


def load_denoiser(path: Path | None = None) -> LearnedDenoiser:
    """Return the network trained in advance, with the recipe and the first losses of its training.

    Parameters
    ----------
    path : pathlib.Path, optional
        Another file written by `save`.

    Raises
    ------
    ContrechampError
        When the file is missing or damaged.
    """
    path = store.path(CACHE) if path is None else path
    mend = "python -m contrechamp.mechanism.denoiser"
    try:
        with np.load(path, allow_pickle=False) as file:
            found = {name: file[name] for name in file.files}
        recipe = json.loads(str(found.pop("recipe")))
        losses = found.pop("losses")
        network = {name: value.astype(np.float32) for name, value in found.items()}
        shapes = {
            name: value.shape for name, value in _first_weights(recipe["hidden"], np.random.default_rng(0)).items()
        }
        good = {name: value.shape for name, value in network.items()} == shapes
        good = good and all(np.isfinite(value).all() for value in network.values())
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        good = False
    if not good:
        raise ContrechampError(
            _("The trained network in {path} is missing or damaged. Write it again with: {command}").format(
                path=path, command=mend
            )
        )
    return LearnedDenoiser(network, losses, recipe)


def save(denoiser: LearnedDenoiser, path: Path) -> None:
    """Write a network in half precision, with its recipe and its first losses."""
    small: dict[str, Any] = {name: value.astype(np.float16) for name, value in denoiser.weights.items()}
    np.savez_compressed(path, losses=denoiser.losses[:PROBE], recipe=np.array(json.dumps(denoiser.recipe)), **small)


def training_drawings() -> tuple[Array, Array]:
    """Return the drawings, shape (6000, 256), and labels from which the network trained in advance has learned."""
    return draw_objects(RECIPE["drawings"], random_state=RECIPE["drawings_seed"])


def _first_weights(hidden: int, rng: np.random.Generator) -> Weights:
    told = 2 * len(_WAVES) + len(KINDS)
    shapes = {"in": (PIXELS + told, hidden), "mid": (hidden + told, hidden), "out": (hidden + told, PIXELS)}
    gain = {"in": 1.4, "mid": 1.4, "out": 0.5}
    found = {
        name: (rng.standard_normal(shape) * gain[name] / np.sqrt(shape[0])).astype(np.float32)
        for name, shape in shapes.items()
    }
    return found | {f"{name}_constant": np.zeros(shape[1], dtype=np.float32) for name, shape in shapes.items()}


def _told(steps: Array, labels: Array) -> Array:
    """Return what the network is told beside the picture: the step, as waves, and the name, as one 1 or none."""
    angle = 2 * steps[:, None] / STEPS * _WAVES
    name = labels[:, None] == np.arange(len(KINDS))
    return np.concatenate([np.sin(angle), np.cos(angle), name], axis=1).astype(np.float32)


def _bend(x: Array) -> tuple[Array, Array]:
    """Return a smooth ramp (SiLU) and its slope."""
    gate = 1 / (1 + np.exp(-x))
    return x * gate, gate * (1 + x * (1 - gate))


def _forward(net: Weights, noisy: Array, told: Array) -> tuple[Array, tuple[Array, ...]]:
    first_in = np.concatenate([noisy, told], axis=1)
    first, first_slope = _bend(first_in @ net["in"] + net["in_constant"])
    mid_in = np.concatenate([first, told], axis=1)
    bent, mid_slope = _bend(mid_in @ net["mid"] + net["mid_constant"])
    out_in = np.concatenate([first + bent, told], axis=1)
    return out_in @ net["out"] + net["out_constant"], (first_in, first_slope, mid_in, mid_slope, out_in)


def _loss_and_slope(net: Weights, noisy: Array, told: Array, clean: Array) -> tuple[float, Weights]:
    """Return the mean squared error and its slope for each weight, by the chain rule from the last layer back."""
    estimate, (first_in, first_slope, mid_in, mid_slope, out_in) = _forward(net, noisy, told)
    error = estimate - clean
    hidden = net["mid"].shape[1]
    back = 2 * error / len(error)
    to_mid = (back @ net["out"].T)[:, :hidden]
    at_mid = to_mid * mid_slope
    at_first = ((at_mid @ net["mid"].T)[:, :hidden] + to_mid) * first_slope
    slope = {"in": first_in.T @ at_first, "mid": mid_in.T @ at_mid, "out": out_in.T @ back}
    constants = {"in_constant": at_first.sum(0), "mid_constant": at_mid.sum(0), "out_constant": back.sum(0)}
    return float((error**2).mean()), slope | constants


def _check_examples(pictures: Any, labels: Any) -> tuple[Array, Array]:
    pictures, labels = np.asarray(pictures), np.asarray(labels)
    fits = pictures.ndim == 2 and pictures.shape[1] == PIXELS and labels.shape == (len(pictures),) and len(pictures) > 1
    if not fits or not np.issubdtype(labels.dtype, np.integer) or not set(np.unique(labels)) <= set(range(len(KINDS))):
        raise ContrechampError(
            _("Training needs two drawings or more of {pixels} pixels and one label each, from 0 to {last}.").format(
                pixels=PIXELS, last=len(KINDS) - 1
            )
        )
    if not np.isfinite(pictures).all():
        raise ContrechampError(_("A training drawing holds a value that is no finite number."))
    return pictures.astype(np.float32), labels


def main() -> int:
    """Train again and write the cached state."""
    path = home.room("datasets") / CACHE
    path.parent.mkdir(exist_ok=True)
    denoiser = train(*training_drawings(), progress=print)
    denoiser.recipe = RECIPE
    save(denoiser, path)
    print(f"{path}: {path.stat().st_size / 1024:.0f} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
