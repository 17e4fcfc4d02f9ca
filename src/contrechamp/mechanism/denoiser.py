"""A small neural network that learns to estimate the drawing under the noise, in NumPy and readable in class.

Two hidden layers see the noisy drawing, the step and the name of the object; now and then the name is hidden, so that
the network also learns to draw without one. Training takes about 20 CPU seconds; the result is kept in
``datasets/mechanism/denoiser.npz``, which ``python -m contrechamp.mechanism.denoiser`` writes again.
"""

import hashlib
import io
import json
import platform
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from contrechamp import files, home
from contrechamp.datasets import store
from contrechamp.errors import ContrechampError
from contrechamp.imaging.seeds import whole
from contrechamp.language import gettext as _
from contrechamp.mechanism.diffusion import STEPS, weights
from contrechamp.mechanism.glyphs import KINDS, NO_NAME, PIXELS, check_labels, check_rows, draw_objects

CACHE, MANIFEST = "mechanism/denoiser.npz", "mechanism/manifest.json"
DRAWINGS, DRAWINGS_SEED = 6000, 7  # what the network kept in datasets/ has learned from
UPDATES, HIDDEN, SEED = 3000, 224, 1  # and how
MOST_UPDATES, MOST_HIDDEN = 20_000, 1024
PROBE = 40  # updates whose losses are stored, so that a test can compare the first moments of a new training
BATCH = 192
UNNAMED = 0.15  # share of the drawings whose name is hidden during training
_WAVES = np.exp(np.linspace(0, np.log(60), 8))
_KEPT = np.array([weights(step) for step in range(STEPS + 1)], dtype=np.float32)

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
    size : int
        Numbers in a drawing, 256.
    kinds : range
        Places in `KINDS`, for all of which it can be asked.
    """

    weights: Weights
    losses: Array = field(default_factory=lambda: np.empty(0))
    recipe: dict[str, Any] = field(default_factory=dict)
    size: int = PIXELS
    kinds = range(len(KINDS))

    def __call__(self, noisy: Array, step: int, labels: Array) -> Array:
        """Return the estimated drawings, shape (n, 256)."""
        noisy = check_rows(noisy, PIXELS)
        labels = check_labels(labels, len(noisy), self.kinds)
        weights(step)  # refuses a step that there is not
        told = _told(np.full(len(noisy), step), labels)
        return _forward(self.weights, noisy.astype(np.float32), told)[0]


class Adam:
    """How far each weight is moved: along the mean of its recent slopes, by their usual size [1]_.

    .. [1] D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", ICLR (2015).

    Parameters
    ----------
    net : dict of str to ndarray
        The weights that are to be moved, by name; only their shapes are taken.
    """

    def __init__(self, net: Weights) -> None:
        self.mean = {name: np.zeros_like(value) for name, value in net.items()}
        self.square = {name: np.zeros_like(value) for name, value in net.items()}
        self.moves = 0

    def move(self, net: Weights, slope: Weights, rate: float) -> None:
        """Move all weights of a network once, in place.

        Parameters
        ----------
        net : dict of str to ndarray of float32
            The weights, by name: those of the beginning, as the last move left them.
        slope : dict of str to ndarray
            Slope of the error along each weight, of the same shapes.
        rate : float
            About how far a weight is moved, above 0.
        """
        self.moves += 1
        for name in net:
            self.mean[name] = 0.9 * self.mean[name] + 0.1 * slope[name]
            self.square[name] = 0.99 * self.square[name] + 0.01 * slope[name] ** 2
            push = self.mean[name] / (1 - 0.9**self.moves)
            size = np.sqrt(self.square[name] / (1 - 0.99**self.moves)) + 1e-8
            net[name] = (net[name] - rate * push / size).astype(np.float32)


def train(
    pictures: Array,
    labels: Array,
    *,
    updates: int = UPDATES,
    hidden: int = HIDDEN,
    random_state: int = SEED,
    stop: int | None = None,
    progress: Callable[[str], Any] | None = None,
) -> LearnedDenoiser:
    """Teach a new network to estimate drawings under noise.

    Parameters
    ----------
    pictures : array of shape (n, 256)
        Two or more drawings, from -1 to 1.
    labels : array of int of shape (n,)
        Places in `KINDS`.
    updates : int
        How many small corrections, from 1 to 20,000. Three thousand take about 20 CPU seconds.
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
    updates, hidden = whole("updates", updates, 1, MOST_UPDATES), whole("hidden", hidden, 1, MOST_HIDDEN)
    losses = np.empty(updates if stop is None else whole("stop", stop, 1, updates))
    rng = np.random.default_rng(whole("random_state", random_state))
    net = _first_weights(hidden, rng)
    average = {name: value.copy() for name, value in net.items()}  # a running mean draws better than the last state
    adam = Adam(net)
    for update in range(len(losses)):
        losses[update], slope = _loss_and_slope(net, *_batch(pictures, labels, rng))
        rate = 1.5e-3 * min(1, update / 100) * (0.5 + 0.5 * np.cos(np.pi * update / updates) + 0.02)
        adam.move(net, slope, rate)
        for name in net:
            average[name] += np.float32(0.005 if update > 200 else 0.05) * (net[name] - average[name])
        if progress and (update + 1) % max(1, updates // 10) == 0:
            progress(_progress_line(losses[: update + 1], updates))
    return LearnedDenoiser(average, losses, {"updates": len(losses), "hidden": hidden, "seed": random_state})


def load_denoiser(path: Path | None = None) -> LearnedDenoiser:
    """Return the network trained in advance, with the recipe and the first losses of its training.

    Parameters
    ----------
    path : pathlib.Path, optional
        Another file written by `save`. Left out, the file of the course is read, and compared with its manifest.

    Returns
    -------
    LearnedDenoiser
        Weights as float32, stored in half precision; the losses are those of the first `PROBE` updates.

    Raises
    ------
    ContrechampError
        When the file is missing or damaged, or is not the one of the manifest.
    """
    name = f"datasets/{CACHE}" if path is None else str(path)
    try:
        data = (store.path(CACHE) if path is None else path).read_bytes()
        if path is None and hashlib.sha256(data).hexdigest() != store.read_json(MANIFEST)["files"][0]["sha256"]:
            raise ValueError
        return _parse(data)
    except (OSError, ValueError, KeyError, TypeError, IndexError, EOFError, zipfile.BadZipFile):
        raise ContrechampError(
            _("The trained network in {path} is missing or damaged. Restore the file, or train anew: train(…).").format(
                path=name
            )
        ) from None


def save(denoiser: LearnedDenoiser, path: Path) -> None:
    """Write a network in half precision, with its recipe and its first losses.

    Parameters
    ----------
    denoiser : LearnedDenoiser
    path : pathlib.Path
        A file ending in ``.npz``; one that is there is overwritten.
    """
    small: dict[str, Any] = {name: value.astype(np.float16) for name, value in denoiser.weights.items()}
    np.savez_compressed(path, losses=denoiser.losses[:PROBE], recipe=np.array(json.dumps(denoiser.recipe)), **small)


def training_drawings() -> tuple[Array, Array]:
    """Return the drawings, shape (6000, 256), and labels from which the network trained in advance has learned."""
    return draw_objects(DRAWINGS, random_state=DRAWINGS_SEED)


def _parse(data: bytes) -> LearnedDenoiser:
    """Return the network of a file, or raise ValueError when a matrix is missing, of another shape or not finite."""
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        found = {name: file[name] for name in file.files}
    recipe = json.loads(str(found.pop("recipe")))
    losses = found.pop("losses")
    net = {name: value.astype(np.float32) for name, value in found.items()}
    if {name: value.shape for name, value in net.items()} != _shapes(recipe["hidden"]):
        raise ValueError
    if not all(np.isfinite(value).all() for value in net.values()):
        raise ValueError
    return LearnedDenoiser(net, losses, recipe)


def _batch(pictures: Array, labels: Array, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """Return noisy drawings at steps drawn by lot, what the network is told of each, and the drawings themselves."""
    chosen = rng.integers(0, len(pictures), BATCH)
    steps = rng.integers(1, STEPS + 1, BATCH)
    clean = pictures[chosen]
    noise = rng.standard_normal(clean.shape, dtype=np.float32)
    names = np.where(rng.random(BATCH) < UNNAMED, NO_NAME, labels[chosen])
    return _KEPT[steps, :1] * clean + _KEPT[steps, 1:] * noise, _told(steps, names), clean


def _progress_line(losses: Array, updates: int) -> str:
    return _("update {update} of {updates}: error {loss}").format(
        update=len(losses), updates=updates, loss=f"{losses[-50:].mean():.3f}"
    )


def _shapes(hidden: int) -> dict[str, tuple[int, ...]]:
    told = 2 * len(_WAVES) + len(KINDS)
    shapes = {"in": (PIXELS + told, hidden), "mid": (hidden + told, hidden), "out": (hidden + told, PIXELS)}
    return shapes | {f"{name}_constant": shape[1:] for name, shape in shapes.items()}


def _first_weights(hidden: int, rng: np.random.Generator) -> Weights:
    gain = {"in": 1.4, "mid": 1.4, "out": 0.5}
    drawn = {name: rng.standard_normal(_shapes(hidden)[name]) for name in gain}
    net = {name: (value * gain[name] / np.sqrt(len(value))).astype(np.float32) for name, value in drawn.items()}
    return net | {f"{name}_constant": np.zeros(drawn[name].shape[1], dtype=np.float32) for name in gain}


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
    pictures = check_rows(pictures, PIXELS)
    if len(pictures) < 2:
        raise ContrechampError(_("Training needs two drawings or more."))
    labels = check_labels(labels, len(pictures), range(len(KINDS)))
    return pictures.astype(np.float32), labels


def main() -> int:
    """Train again, and write the cached state and its manifest into the checkout: a maintainer's step.

    Returns
    -------
    int
        Exit status, 0.

    Raises
    ------
    ContrechampError
        Outside a checkout of the repository.
    """
    root = home.checkout()
    if root is None:
        raise ContrechampError(_("This command needs the repository: an installed package has no state to write."))
    denoiser = train(*training_drawings(), progress=print)
    path = root / "datasets" / CACHE
    save(denoiser, path)
    entry = {
        "path": f"datasets/{CACHE}",
        "kind": "network",
        "drawings": DRAWINGS,
        "drawings_seed": DRAWINGS_SEED,
        **denoiser.recipe,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    versions = {"numpy": np.__version__, "python": platform.python_version()}
    manifest = {"licence": "CC-BY-4.0", "versions": versions, "files": [entry]}
    files.replace(root / "datasets" / MANIFEST, (json.dumps(manifest, indent=1) + "\n").encode())
    print(f"{path}: {path.stat().st_size / 1024:.0f} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
