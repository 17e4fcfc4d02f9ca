"""Prints the tables of this folder and writes ``results.json``: ``python benchmarks/detection/measure.py``.

First the sweep (`sweep.py`) makes and measures what is missing; then each section is computed, and kept: a section that
stands in ``work/sections`` for the same features is not computed again (``--again`` does).
"""

import hashlib
import json
import sys
import time
from pathlib import Path

import held_out
import joblib
import locate
import numpy as np
import sensors
import sweep
import transfer
from operations import FAMILIES, KEPT_OUT, TRAINED, family

from contrechamp.forensics import (
    AbstainingDetector,
    Detector,
    Split,
    detectors,
    intervals,
    leave_one_generator_out,
    metrics,
    shuffled,
)
from contrechamp.forensics import abstention as abstaining
from contrechamp.forensics.detectors import MODELS, fitted, margin_of
from contrechamp.forensics.evaluation import Judged, asked, base_rates, by_cell, by_operation, judge, summary
from contrechamp.forensics.features import FAMILIES as TRACES
from contrechamp.forensics.features import TraceFeatures, family_columns
from contrechamp.forensics.splits import Collection, joined
from contrechamp.imaging import GENERATORS, Recipe, render

HERE = Path(__file__).resolve().parent
KINDS_OF_CALL = ("logistic", "machine", "augmented", "cautious")


class Data:
    """The collections of the benchmark, read once, and trained detectors, kept beside the features."""

    def __init__(self, trained_only: bool = False):
        self.train = sweep.load("train")
        self.clean = self.train.where(operation="none")
        if not trained_only:
            self.test = joined([sweep.load("test"), sweep.load("test_genuine")])
            self.test_clean = self.test.where(operation="none")
        self._judged: dict[str, Judged] = {}

    def trained(self, name: str):
        """Return one of the detectors, trained; from disk when it was trained before on the same features."""
        train = self.train if name in ("augmented", "cautious") else self.clean
        new = AbstainingDetector() if name == "cautious" else Detector(name if name in MODELS else "machine")
        operations = (train.table["operation"],) if name == "cautious" else ()
        return kept(name, lambda: new.fit(train.features, train.synthetic, train.camera, *operations))

    def judged(self, name: str) -> Judged:
        """Return what a detector says of all test pictures, after any operation."""
        if name not in self._judged:
            Split(self.train, self.test)  # refuses when anything is shared
            self._judged[name] = asked(self.trained(name), self.test)
        return self._judged[name]


def kept(name: str, make):
    """Return what `make` returns, from disk when it was made before by the same code from the same features."""
    code = hashlib.sha256(b"".join(Path(m.__file__).read_bytes() for m in (detectors, abstaining))).hexdigest()[:8]
    path = sweep.folder() / "models" / f"{name}_{code}.joblib"
    if not path.is_file():
        path.parent.mkdir(exist_ok=True)
        made = make()
        joblib.dump(made, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)
    return joblib.load(path)


def plain(name: str, train: Collection):
    """Return a machine without calibration, for figures that need no more than a ranking."""
    return kept(name, lambda: fitted("machine", train.features.astype(float), train.synthetic))


def without_family(data: Data, name: str):
    """Return a machine that saw no operation of a family."""
    return plain(f"without_{name}", data.train.rows((data.train.table["operation"].map(family) != name).to_numpy()))


def without_generator(model: str, name: str, train: Collection) -> Detector:
    """Return a calibrated detector that did not see a generator."""
    new = Detector(model)
    return kept(f"{model}_without_{name}", lambda: new.fit(train.features, train.synthetic, train.camera))


def with_interval(judged: Judged, draws: int = 300) -> list[float]:
    table = judged.table
    y, p = table["synthetic"].to_numpy(), table["probability"].to_numpy()
    return [metrics.auc(y, p), *intervals.bootstrap(metrics.auc, table["scene"].to_numpy(), y, p, draws=draws)]


def in_distribution(data: Data) -> dict:
    found = {}
    for name in MODELS:
        judged = data.judged(name).where(operation="none")
        found[name] = summary(judged).to_dict(orient="index")
        found[name]["pictures"], found[name]["threshold"] = len(judged.table), judged.detector.threshold_
    return found


def traces(data: Data) -> dict:
    """Each family of traces alone, with the logistic regression."""
    found = {}
    for name in TRACES:
        columns = family_columns([name])
        one = [Collection(c.features[:, columns], c.table) for c in (data.clean, data.test_clean)]
        found[name] = with_interval(judge(Split(*one), Detector("logistic")))
    return found


def generators_left_out(data: Data) -> dict:
    found = {}
    for model in ("logistic", "machine"):
        found[model] = {}
        for name, split in leave_one_generator_out(data.clean, data.test_clean):
            judged = asked(without_generator(model, name, split.train), split.test)
            found[model][name] = {"auc": with_interval(judged), "tpr": summary(judged, 2).loc["tpr", "value"]}
        values = [row["auc"][0] for row in found[model].values()]
        found[model]["min"], found[model]["mean"] = min(values), float(np.mean(values))
    return found


def trained_on_one(data: Data) -> dict:
    """Train on one generator alone, test on each: AUC of the machine."""
    found = {}
    for name in GENERATORS:
        model = plain(f"only_{name}", data.clean.where(made_by=["camera", name]))
        margin = margin_of(model, data.test_clean.features.astype(float))
        found[name] = {}
        for other in GENERATORS:
            rows = data.test_clean.table["made_by"].isin(["camera", other]).to_numpy()
            found[name][other] = metrics.auc(data.test_clean.synthetic[rows], margin[rows])
    return found


def laundering(data: Data) -> dict:
    """AUC and FPR after each operation: trained on untouched pictures, on all families, on all families but its own."""
    found = {}
    clean, full = data.judged("machine"), data.judged("augmented")
    without = {name: without_family(data, name) for name in FAMILIES}
    tables = {"clean": by_operation(clean), "augmented": by_operation(full)}
    for operation in ("none", *TRAINED, *KEPT_OUT):
        row = {f"fpr_{n}": t.loc[operation, "fpr"] for n, t in tables.items()}
        row |= {f"tpr_{n}": t.loc[operation, "tpr"] for n, t in tables.items()}
        row["auc_clean"] = with_interval(clean.where(operation=operation), 100)
        row["auc_augmented"] = with_interval(full.where(operation=operation), 100)
        if operation in TRAINED:
            test = data.test.where(operation=operation)
            margin = margin_of(without[family(operation)], test.features.astype(float))
            low, high = intervals.bootstrap(metrics.auc, test.scene, test.synthetic, margin, draws=100)
            row["auc_family_left_out"] = [metrics.auc(test.synthetic, margin), low, high]
        row["genuine"], row["synthetic"] = (int(tables["clean"].loc[operation, c]) for c in ("genuine", "synthetic"))
        found[operation] = row
    return found


def abstention(data: Data) -> dict:
    judged = data.judged("cautious")
    table = by_operation(judged)
    table["fpr_low"], table["fpr_high"] = zip(
        *(intervals.share_interval(round(f * n), int(n)) for f, n in zip(table["fpr"], table["genuine"], strict=True)),
        strict=True,
    )
    detector = judged.detector
    limits = {"high": detector.high_, "low": detector.low_, "farthest": detector.farthest_}
    clean = judged.where(operation="none").table
    coverage, risk = metrics.risk_coverage(clean["synthetic"].to_numpy(), clean["probability"].to_numpy())
    curve = {f"{c:.2f}": float(risk[np.searchsorted(coverage, c - 1e-9)]) for c in (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)}
    return {"limits": limits, "risk_at_coverage": curve, "operations": table.to_dict(orient="index")}


def calibration(data: Data) -> dict:
    """ECE and Brier, untouched; then after JPEG 75 and screenshots, before and after recalibration on 50 pictures."""
    found = {}
    for name in ("logistic", "machine", "augmented"):
        judged = data.judged(name)
        found[name] = {"none": _calibration(judged.where(operation="none"))}
        for operation in ("jpeg:75", "screenshot", "social"):
            part = data.test.where(operation=operation)
            fifty, rest = _fifty(part)
            again = judged.detector.recalibrate(fifty.features, fifty.synthetic)
            found[name][operation] = {
                "before": _calibration(asked(judged.detector, rest)),
                "after": _calibration(asked(again, rest)),
            }
    return found


def _fifty(part: Collection) -> tuple[Collection, Collection]:
    """Split off 25 genuine and 25 synthetic pictures; the rest has no scene of theirs."""
    rng = np.random.default_rng(0)
    chosen = np.concatenate([rng.permutation(np.flatnonzero(part.synthetic == k))[:25] for k in (0, 1)])
    return part.rows(chosen), part.rows(~np.isin(part.scene, part.scene[chosen]))


def _calibration(judged: Judged) -> dict:
    y, p, scene = (judged.table[c].to_numpy() for c in ("synthetic", "probability", "scene"))
    return {
        "ece": [metrics.ece(y, p), *intervals.bootstrap(metrics.ece, scene, y, p, draws=200)],
        "brier": metrics.brier(y, p),
        "pictures": len(y),
    }


def cells(data: Data) -> dict:
    found = {}
    for name in ("machine", "augmented", "cautious"):
        judged = data.judged(name).where(operation="none")
        for columns in (["camera"], ["kind"]):
            found[f"{name} by {columns[0]}"] = by_cell(judged, *columns).rename(index=str).to_dict(orient="index")
    return found


def rates(data: Data) -> dict:
    found = {}
    for name, operation in (("machine", "none"), ("augmented", "none"), ("augmented", "jpeg:75"), ("cautious", "none")):
        table = summary(data.judged(name).where(operation=operation), 2)["value"]
        rows = base_rates(table["tpr"], table["fpr"]).set_index("prevalence")
        found[f"{name}, {operation}"] = {
            "tpr": table["tpr"],
            "fpr": table["fpr"],
            **rows["ppv"].rename(index=str).to_dict(),
        }
    return found


def nothing(data: Data) -> dict:
    """Shuffled labels: AUC on labels dealt anew (must be one half), and on the true ones, five deals.

    On the true labels a machine that learned nothing may lie far from one half, either way: classes differ along every
    main axis of the features, and a direction drawn by chance is seldom square to that.
    """
    margins = [
        margin_of(plain(f"shuffled_{seed}", shuffled(data.clean, seed)), data.test_clean.features.astype(float))
        for seed in range(5)
    ]
    dealt = [metrics.auc(shuffled(data.test_clean, 100 + seed).synthetic, m) for seed, m in enumerate(margins)]
    return {"dealt_labels": dealt, "true_labels": [metrics.auc(data.test_clean.synthetic, m) for m in margins]}


def speed(data: Data) -> dict:
    pictures = [render(Recipe(scene, "camera")).pixels for scene in range(24)]
    transform = TraceFeatures().transform
    transform(pictures[:2])
    clock = time.process_time
    start = clock()
    transform(pictures)
    together, start = clock() - start, clock()
    for picture in pictures:
        transform([picture])
    return {"in_a_batch_ms": together / 24 * 1e3, "one_by_one_ms": (clock() - start) / 24 * 1e3}


def further(data: Data) -> dict:
    """One generator and one camera that nobody had seen when the detectors were fixed."""
    test = held_out.collection()
    found = {}
    for name in ("machine", "augmented", "cautious"):
        judged = asked(data.judged(name).detector, test)
        found[name] = {}
        for what, rows in held_out.questions(judged).items():
            found[name][what] = summary(rows, 100).to_dict(orient="index")
    return found


SECTIONS = {
    "in_distribution": in_distribution,
    "traces": traces,
    "generators_left_out": generators_left_out,
    "trained_on_one": trained_on_one,
    "laundering": laundering,
    "abstention": abstention,
    "calibration": calibration,
    "cells": cells,
    "base_rates": rates,
    "shuffled_labels": nothing,
    "speed": speed,
    "localisation": lambda data: locate.table(),
    "prnu": lambda data: sensors.table(),
    "further": further,
    "transfer": lambda data: transfer.table({n: data.trained(n) for n in KINDS_OF_CALL}),
}


def rounded(value):
    if isinstance(value, dict):
        return {str(k): rounded(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(v) for v in value]
    return round(float(value), 4) if isinstance(value, float | np.floating) else value


def write_scores(data: Data) -> None:
    """Write what the detectors said of every test picture for the lessons."""
    out = HERE.parent.parent / "datasets" / "detection"
    out.mkdir(parents=True, exist_ok=True)
    base = data.judged("machine").table.drop(columns=["probability", "called"])
    for name in KINDS_OF_CALL:
        if name != "cautious":  # its probabilities are those of the augmented machine
            base[name] = data.judged(name).table["probability"].round(12)  # fewer digits make ties near 0 and 1
        base[f"called_{name}"] = data.judged(name).table["called"]
    far = data.judged("cautious").detector.answers(data.test.features)["strangeness"]
    base["strangeness"] = far.round(3)
    base.to_csv(out / "scores.csv", index=False, lineterminator="\n")
    names = TraceFeatures().get_feature_names_out().astype(str)
    for name, part, scenes in (("train", data.clean, 150), ("test", sweep.load("test").where(operation="none"), 100)):
        kept = part.rows(np.isin(part.scene, np.unique(part.scene)[:scenes]))
        columns = {
            c: kept.table[c].to_numpy().astype(str if c in ("made_by", "kind", "operation") else np.int64)
            for c in kept.table
        }
        np.savez_compressed(
            out / f"features_{name}.npz", features=kept.features.astype(np.float16), names=names, **columns
        )


def main() -> None:
    options = sweep.options(__doc__)
    sweep.run(sweep.jobs(), options.backend, options.jobs)
    where = sweep.folder() / "sections"
    where.mkdir(parents=True, exist_ok=True)
    data, results = Data(), {}
    chosen = options.sections or list(SECTIONS)
    for name, section in SECTIONS.items():
        file = where / f"{name}.json"
        if name in chosen and (options.again or not file.is_file()):
            start = time.process_time()
            found = section(data)
            if found is None:  # photographs are not installed here: the section is left out
                continue
            file.write_text(json.dumps(rounded(found), indent=1), encoding="utf-8")
            print(f"{name}: {time.process_time() - start:.0f} CPU s", file=sys.stderr, flush=True)
        if file.is_file():
            results[name] = json.loads(file.read_text(encoding="utf-8"))
    results["sizes"] = {n: len(c) for n, c in (("train", data.train), ("test", data.test))}
    results["features"] = sweep.digest()
    (HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if options.write_scores:
        write_scores(data)
    for name in chosen:
        print(name, json.dumps(results.get(name), indent=1), sep="\n")


if __name__ == "__main__":
    main()
