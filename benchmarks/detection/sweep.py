"""Makes and measures the pictures of the benchmark, a few scenes at a time, and keeps the features on disk.

A run that was stopped goes on where it was: what is in ``work/`` is not made again, unless the code of the traces, or
the world, changed.
"""

import argparse
import hashlib
import inspect
import json
import os
import site
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from operations import FAMILIES, KEPT_OUT, TRAINED, apply, drawn

from contrechamp.forensics import blocks, cfa, cooccurrence, jpeg_traces, residual, spectrum
from contrechamp.forensics.features import TraceFeatures
from contrechamp.forensics.splits import Collection
from contrechamp.imaging import CLASSES, GENERATORS, Recipe, render
from contrechamp.imaging.dataset import SCENES
from contrechamp.imaging.seeds import stream

HERE = Path(__file__).resolve().parent
#: Name of a set -> (split, first scene, scenes, scenes of one job).
SETS = {
    "train": ("train", 0, 200, 10),
    "test": ("test", 0, 200, 10),
    "test_genuine": ("test", 300, 1_060, 60),
}
#: Another scene for the choice of operations: streams of the world are never used twice.
_CHOICE = 77_000_000


def digest() -> str:
    """Return a short hash of all that the features depend on."""
    found = hashlib.sha256((HERE.parent / "imaging" / "world.json").read_bytes())
    for module in (blocks, cfa, cooccurrence, jpeg_traces, residual, spectrum):
        found.update(Path(module.__file__).read_bytes())
    found.update((HERE / "operations.py").read_bytes() + inspect.getsource(shown).encode())
    return found.hexdigest()[:12]


def folder() -> Path:
    return HERE / "work" / digest()


def jobs(names=tuple(SETS)) -> list[tuple[str, int, int]]:
    """Return all jobs: name of the set, first scene, number of scenes."""
    listed = []
    for name in names:
        split, first, count, step = SETS[name]
        begin = SCENES[split][0] + first
        listed += [(name, begin + k, min(step, count - k)) for k in range(0, count, step)]
    return listed


def file_of(job: tuple[str, int, int], where: Path | None = None) -> Path:
    return (where or folder()) / f"{job[0]}_{job[1]}_{job[2]}.npz"


def shown(name: str, scene: int) -> list[tuple[str, list[str]]]:
    """Return which classes of a scene are measured, and after which operations."""
    rng = stream("launder", _CHOICE, scene)
    if name == "train":  # genuine pictures are one class in seven: they get all families, the others two each
        genuine = ["none", *(drawn(family, rng) for family in FAMILIES)]
        two = {g: rng.permutation(FAMILIES)[:2] for g in GENERATORS}
        return [("camera", genuine)] + [(g, ["none", *(drawn(str(f), rng) for f in two[g])]) for g in GENERATORS]
    if name == "test_genuine":
        return [("camera", ["none"])]
    every = ["none", *TRAINED, *KEPT_OUT]
    laundered = {"camera"}
    if scene % 2 == 0:  # every second scene has one of its generators laundered too, in turn
        laundered.add(GENERATORS[scene // 2 % len(GENERATORS)])
    return [(made_by, every if made_by in laundered else ["none"]) for made_by in CLASSES]


def work(job: tuple[str, int, int], where: str) -> str:
    """Do one job, unless it was done; return the name of its file."""
    path = file_of(job, Path(where))
    if path.is_file():
        return path.name
    rows, pixels = [], []
    for scene in range(job[1], job[1] + job[2]):
        for made_by, operations in shown(job[0], scene):
            recipe = Recipe(scene, made_by)
            picture = render(recipe).pixels
            for operation in operations:
                pixels.append(apply(picture, operation, scene * 10 + CLASSES.index(made_by)))
                rows.append((scene, recipe.camera, made_by, recipe.kind, operation))
    features = TraceFeatures().transform(pixels)
    columns = {
        n: np.array(v)
        for n, v in zip(("scene", "camera", "made_by", "kind", "operation"), zip(*rows, strict=True), strict=True)
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part.npz")
    np.savez(part, features=features, **columns)
    part.replace(path)
    return path.name


def run(todo: list, backend: str = "joblib", workers: int = 1, where: Path | None = None, quiet: bool = False) -> None:
    """Do the jobs that are not done, with progress."""
    where = where or folder()
    left = [job for job in todo if not file_of(job, where).is_file()]
    start = time.monotonic()
    for done, _name in enumerate(_results(left, str(where), backend, workers), start=1):
        if not quiet:
            spent = time.monotonic() - start
            minutes = spent / done * (len(left) - done) / 60
            text = f"\r{len(todo) - len(left) + done}/{len(todo)} jobs, {minutes:.1f} min left "
            print(text, end="\n" if done == len(left) else "", file=sys.stderr, flush=True)


def _results(left: list, where: str, backend: str, workers: int):
    if backend == "dask":  # optional: pip install "dask[distributed]"
        from dask.distributed import Client, LocalCluster, as_completed

        with (
            LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster,
            Client(cluster) as client,
        ):
            client.run(site.addsitedir, str(HERE))  # workers must find these modules
            for future in as_completed(client.map(work, left, where=where, pure=False)):
                yield future.result()
        return
    from joblib import Parallel, delayed

    yield from Parallel(n_jobs=workers, return_as="generator_unordered")(delayed(work)(job, where) for job in left)


def load(name: str, where: Path | None = None) -> Collection:
    """Return the features of a set, in the order of its jobs."""
    parts = [np.load(file_of(job, where)) for job in jobs([name])]
    table = pd.concat(
        [pd.DataFrame({n: part[n] for n in part.files if n != "features"}) for part in parts], ignore_index=True
    )
    return Collection(np.concatenate([part["features"] for part in parts]), table)


def options(text: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=text)
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--backend", choices=("joblib", "dask"), default="joblib")
    parser.add_argument("--again", action="store_true", help="compute sections again")
    parser.add_argument("--sections", nargs="*", help="these sections only")
    parser.add_argument("--write-scores", action="store_true", help="write datasets/detection, which lessons read")
    return parser.parse_args()


if __name__ == "__main__":
    asked = options(__doc__)
    run(jobs(), asked.backend, asked.jobs)
    print(json.dumps({name: len(load(name)) for name in SETS}))
