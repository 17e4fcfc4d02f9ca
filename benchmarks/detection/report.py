"""Writes the measured tables into this folder's README, between the two markers, from ``results.json``."""

import json
from pathlib import Path

from contrechamp.forensics import measured, metrics

HERE = Path(__file__).resolve().parent
BEGIN, END = "<!-- measured: written by report.py -->", "<!-- end of measured -->"

NEEDED = (
    "in_distribution",
    "generators_left_out",
    "laundering",
    "abstention",
    "calibration",
    "cells",
    "shuffled_labels",
    "prnu",
    "speed",
)


def three(value: list[float]) -> str:
    """Write a value with its interval."""
    return f"{value[0]:.3f} ({value[1]:.3f} to {value[2]:.3f})"


def named(row: dict) -> str:
    return three([row["value"], row["low"], row["high"]])


def share(value: float) -> str:
    return f"{100 * value:.1f} %"


def bounded(row: dict) -> str:
    return f"{share(row['fpr'])} ({share(row['fpr_low'])} to {share(row['fpr_high'])})"


def line(*cells: object) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def against(value: float, aim: float, above: bool = True) -> str:
    return "hit" if (value >= aim if above else value <= aim) else "**missed**"


def main_table(r: dict) -> list[str]:
    """What was expected beside what was measured; the aims are those of the predictions."""
    one, out, wash, rest, cal = (
        r[k] for k in ("in_distribution", "generators_left_out", "laundering", "abstention", "calibration")
    )
    keep = one["machine"]
    rows = [line("what", "aim", "expected", "measured (95 % interval over scenes)", "aim"), line(*["---"] * 5)]

    def add(what, aim, expected, shown, verdict=""):
        rows.append(line(what, aim, expected, shown, verdict))

    for name, expected in (("logistic", "0.985"), ("trees", "0.97"), ("machine", "0.99")):
        auc = one[name]["auc"]
        add(f"in distribution: AUC, {name}", "≥ 0.99", expected, named(auc), against(auc["value"], 0.99))
    add(
        "FPR at the threshold chosen in training",
        "≤ 5 %",
        "5 %",
        named(keep["fpr"]),
        against(keep["fpr"]["value"], 0.05, False),
    )
    add("TPR at that threshold", "", "", named(keep["tpr"]))
    worst = max(
        (cell["high"], name, cell)
        for key in ("machine by camera", "machine by kind")
        for name, cell in r["cells"][key].items()
    )
    add(
        f"FPR in the worst cell (here {worst[1]}, {worst[2]['genuine']} pictures), upper bound",
        "≤ 12 %",
        "20 %",
        f"{share(worst[2]['fpr'])}, bound {share(worst[0])}",
        against(worst[0], 0.12, False),
    )
    for model in ("logistic", "machine"):
        table = {k: v for k, v in out[model].items() if k not in ("min", "mean")}
        low = min(table, key=lambda g: table[g]["auc"][0])
        bar = model == "machine"
        add(
            f"leave one generator out, {model}: smallest AUC",
            "≥ 0.90",
            "0.90, on interlaced or codebook" if bar else "",
            f"{three(table[low]['auc'])}, {low}",
            against(out[model]["min"], 0.90),
        )
        add(
            f"leave one generator out, {model}: mean AUC",
            "≥ 0.96",
            "0.95" if bar else "",
            f"{out[model]['mean']:.3f}",
            against(out[model]["mean"], 0.96),
        )
    for operation, aim, expected in (
        ("jpeg:75", 0.98, "0.96"),
        ("jpeg:50", 0.95, "0.91"),
        ("resize:0.5", 0.88, "0.78"),
        ("social", 0.93, "0.88"),
        ("screenshot", 0.92, "0.85"),
    ):
        auc = wash[operation]["auc_augmented"]
        add(f"{operation}, family in training: AUC", f"≥ {aim}", expected, three(auc), against(auc[0], aim))
    add("jpeg:75, family left out: AUC", "none", "0.90", three(wash["jpeg:75"]["auc_family_left_out"]))
    add("screenshot, family left out: AUC", "none", "0.70", three(wash["screenshot"]["auc_family_left_out"]))
    add("blur:1, never in training: AUC", "none", "0.55", three(wash["blur:1"]["auc_augmented"]))
    add("clean-trained: FPR after jpeg:75", "none", "60 %", share(wash["jpeg:75"]["fpr_clean"]))
    add("clean-trained: AUC on screenshots", "none", "0.60", three(wash["screenshot"]["auc_clean"]))
    trained = [o for o in wash if "auc_family_left_out" in wash[o]]
    kept_out = [o for o in wash if o not in trained and o != "none"]
    told = rest["operations"]
    for label, group, expected in (("trained", trained, "6 %"), ("kept out", kept_out, "10 %")):
        worst_op = max(group, key=lambda o: told[o]["fpr"])
        few = sum(told[o]["fpr"] <= 0.05 for o in group)
        add(
            f"abstaining: FPR over all genuine pictures, worst {label} operation ({worst_op})",
            "≤ 5 %",
            expected,
            f"{bounded(told[worst_op])}; {few} of {len(group)} operations at 5 % or less",
            against(told[worst_op]["fpr"], 0.05, False),
        )
    least = min(told["none"]["coverage_genuine"], told["none"]["coverage_synthetic"])
    add(
        "abstaining: coverage of genuine pictures and of fakes, untouched",
        "≥ 0.80",
        "0.85",
        f"{told['none']['coverage_genuine']:.2f}, {told['none']['coverage_synthetic']:.2f}",
        against(least, 0.80),
    )
    worst_op = min(trained, key=lambda o: min(told[o]["coverage_genuine"], told[o]["coverage_synthetic"]))
    least = min(told[worst_op]["coverage_genuine"], told[worst_op]["coverage_synthetic"])
    add(
        f"abstaining: least coverage, trained operations ({worst_op})",
        "≥ 0.50",
        "0.40 on screenshots",
        f"{least:.2f}",
        against(least, 0.50),
    )
    add(
        "ECE in distribution, machine",
        "≤ 0.05",
        "0.04",
        three(cal["machine"]["none"]["ece"]) + f", n = {cal['machine']['none']['pictures']}",
        against(cal["machine"]["none"]["ece"][0], 0.05, False),
    )
    for operation in ("jpeg:75", "screenshot", "social"):
        row = cal["augmented"][operation]
        add(
            f"ECE after {operation}, recalibrated on 50 (before)",
            "≤ 0.08",
            "0.08",
            f"{three(row['after']['ece'])} ({row['before']['ece'][0]:.3f})",
            against(row["after"]["ece"][0], 0.08, False),
        )
    dealt, true = (r["shuffled_labels"][k] for k in ("dealt_labels", "true_labels"))
    add("shuffled labels: AUC on labels dealt anew", "0.5", "0.47 to 0.53", f"{min(dealt):.3f} to {max(dealt):.3f}")
    add("the same on true labels", "none", "", f"{min(true):.3f} to {max(true):.3f}")
    if "localisation" in r:
        for name, aims, expected in (
            ("seen", (0.98, 0.80), "0.97, 0.72"),
            ("unseen", (0.95, 0.65), "0.95, 0.65"),
            ("hard", (0.95, 0.50), "0.88, 0.35"),
        ):
            row = r["localisation"][name]["learned"]
            both = "hit" if row["pixel_auc"][0] >= aims[0] and row["iou"][0] >= aims[1] else "**missed**"
            add(
                f"localisation, {name}: pixel AUC, IoU",
                f"≥ {aims[0]}, ≥ {aims[1]:.2f}",
                expected,
                f"{three(row['pixel_auc'])}, {three(row['iou'])}",
                both,
            )
        control = r["localisation"]["seen"]["control_same_mask"]
        add(
            "un-edited twins, same mask",
            "0.45 to 0.55",
            "0.50",
            three(control),
            "hit" if 0.45 <= control[0] <= 0.55 else "**missed**",
        )
        ela = [r["localisation"][name]["ela"]["pixel_auc"][0] for name in ("seen", "hard")]
        add("ELA: second JPEG weaker, then stronger", "none", "0.70, then 0.45", f"{ela[0]:.3f}, then {ela[1]:.3f}")
    add("PRNU at 256²: AUC", "≥ 0.999", "1.000", three(r["prnu"]["auc"]), against(r["prnu"]["auc"][0], 0.999))
    add(
        "features, CPU per 128² picture: one by one, in a batch",
        "≤ 12 ms",
        "10 ms, 4 ms",
        f"{r['speed']['one_by_one_ms']:.1f} ms, {r['speed']['in_a_batch_ms']:.1f} ms",
        against(r["speed"]["one_by_one_ms"], 12, False),
    )
    if "further" in r:
        both = r["further"]["machine"]["further generator, further camera"]
        add("**further generator and further camera: AUC, machine**", "none", "0.93", named(both["auc"]))
        add("the same: FPR at the chosen threshold", "none", "10 %", named(both["fpr"]))
    if "transfer" in r:
        for name, expected in (("machine", "40 %"), ("augmented", "15 %")):
            fpr = r["transfer"][name]["fpr"]
            shown = f"{share(fpr[0])} ({share(fpr[1])} to {share(fpr[2])})"
            add(f"photographs: FPR, {name}", "≤ 10 %", expected, shown, against(fpr[0], 0.10, False))
        for name, expected in (("machine", "0.80"), ("augmented", "0.85")):
            mean = r["transfer"][name]["mean_auc"]
            what = f"photographs: mean AUC over round trips, {name}"
            add(what, "≥ 0.90", expected, f"{mean:.3f}", against(mean, 0.90))
    return rows


def photographs(r: dict) -> list[str]:
    """Whether detectors that saw drawn scenes alone say anything about photographs."""
    found = r["transfer"]
    first = f"{found['photographs']} photographs, {found['genuine_crops']} crops of 128²; intervals over photographs."
    names = [name for name in found if isinstance(found[name], dict)]
    made = list(found[names[0]]["generators"])
    rows = [first, "", line("detector", "FPR", "answered", *(f"{one}: AUC / TPR" for one in made)), line(*["---"] * 9)]
    for name in names:
        row = found[name]
        fpr = f"{share(row['fpr'][0])} ({share(row['fpr'][1])} to {share(row['fpr'][2])})"
        pairs = [f"{three(one['auc'])} / {share(one['tpr'])}" for one in row["generators"].values()]
        rows.append(line(name, fpr, share(row["answered"]), *pairs))
    return rows


def washed(r: dict) -> list[str]:
    rows = [
        line("operation", "AUC, clean-trained", "FPR / TPR", "AUC, augmented", "FPR / TPR", "AUC, family left out"),
        line(*["---"] * 6),
    ]
    for operation, row in r["laundering"].items():
        left = (
            three(row["auc_family_left_out"])
            if "auc_family_left_out" in row
            else ""
            if operation == "none"
            else "never trained"
        )
        rates = [f"{share(row['fpr_' + n])} / {share(row['tpr_' + n])}" for n in ("clean", "augmented")]
        rows.append(line(operation, three(row["auc_clean"]), rates[0], three(row["auc_augmented"]), rates[1], left))
    return rows


def silent(r: dict) -> list[str]:
    rows = [
        line("operation", "FPR", "TPR", "fakes called genuine", "coverage, genuine", "coverage, fakes", "pictures"),
        line(*["---"] * 7),
    ]
    for operation, row in r["abstention"]["operations"].items():
        bounds = bounded(row)
        shares = (f"{row[n]:.2f}" for n in ("tpr", "missed", "coverage_genuine", "coverage_synthetic"))
        rows.append(line(operation, bounds, *shares, f"{row['genuine']} + {row['synthetic']}"))
    return rows


def one_by_one(r: dict) -> list[str]:
    left = r["generators_left_out"]
    rows = [line("generator left out", "logistic: AUC", "TPR", "machine: AUC", "TPR"), line(*["---"] * 5)]
    for name in r["trained_on_one"]:
        cells = [
            c for m in ("logistic", "machine") for c in (three(left[m][name]["auc"]), f"{left[m][name]['tpr']:.2f}")
        ]
        rows.append(line(name, *cells))
    names = list(r["trained_on_one"])
    rows += [
        "",
        "Trained on one generator (row), judged on each (column): AUC of the machine.",
        "",
        line("", *names),
        line(*["---"] * (len(names) + 1)),
    ]
    rows += [line(name, *(f"{row[n]:.3f}" for n in names)) for name, row in r["trained_on_one"].items()]
    return rows


def tradeoff(r: dict) -> list[str]:
    """Read points off the DET curves of the shipped scores."""
    limits = (0.001, 0.01, 0.05, 0.1, 0.2)
    rows = [
        "Share of fakes missed when the threshold lets through this share of genuine pictures of the same operation.",
        "The threshold is chosen on the answer here, which no detector in use can do. Where the share is less than one",
        "picture, read: no false alarm at all. `metrics.det` gives the whole curve and the axes of its plot.",
        "",
        line("detector, operation", *(f"FPR {share(limit)}" for limit in limits), "pictures"),
        line(*["---"] * (len(limits) + 2)),
    ]
    scores = measured.load_scores()
    for name in ("logistic", "machine", "augmented"):
        for operation in ("none", "jpeg:75", "screenshot", "resize:0.5"):
            here = scores[scores["operation"] == operation]
            y = here["synthetic"].to_numpy()
            curve = metrics.det(y, here[name].to_numpy())
            missed = (curve["miss"][curve["fpr"] <= limit + 1e-12].min(initial=1.0) for limit in limits)
            rows.append(line(f"{name}, {operation}", *map(share, missed), f"{(y == 0).sum()} + {(y == 1).sum()}"))
    return rows


def where(r: dict) -> list[str]:
    rows = [line("set", "map", "pixel AUC", "IoU"), line(*["---"] * 4)]
    for name, table in r["localisation"].items():
        for kind in ("learned", "ela", "ghost", "noise"):
            rows.append(line(name, kind, three(table[kind]["pixel_auc"]), three(table[kind]["iou"])))
        rows.append(
            line(
                name,
                "learned, on un-edited twins (same mask; object)",
                f"{three(table['control_same_mask'])}; {three(table['control_object'])}",
                "",
            )
        )
    return rows


def rest(r: dict) -> list[str]:
    rows = ["Traces alone (logistic): " + ", ".join(f"{n} {v[0]:.3f}" for n, v in r["traces"].items()) + ".", ""]
    rows += [
        line("detector, operation", "TPR", "FPR", "PPV at 1 in 10", "1 in 100", "1 in 1,000", "1 in 10,000"),
        line(*["---"] * 7),
    ]
    for name, row in r["base_rates"].items():
        rows.append(
            line(
                name, share(row["tpr"]), share(row["fpr"]), *(share(row[k]) for k in ("0.1", "0.01", "0.001", "0.0001"))
            )
        )
    rows += ["", line("cell (genuine pictures, untouched)", "machine", "augmented", "abstaining"), line(*["---"] * 4)]
    for column in ("camera", "kind"):
        for cell in r["cells"][f"machine by {column}"]:
            found = [r["cells"][f"{n} by {column}"][cell] for n in ("machine", "augmented", "cautious")]
            rows.append(
                line(
                    f"{column} {cell} ({found[0]['genuine']})",
                    *(f"{share(c['fpr'])} (to {share(c['high'])})" for c in found),
                )
            )
    return rows


def last(r: dict) -> list[str]:
    rows = [line("detector", "pictures", "AUC", "FPR", "TPR", "ECE"), line(*["---"] * 6)]
    for name, table in r["further"].items():
        rows += [
            line(name, what, *(named(row[k]) for k in ("auc", "fpr", "tpr", "ece"))) for what, row in table.items()
        ]
    return rows


def main() -> None:
    r = json.loads((HERE / "results.json").read_text(encoding="utf-8"))
    sizes = f"{r['sizes']['train']} training and {r['sizes']['test']} test rows (pictures times operations)"
    missing = set(NEEDED) - set(r)
    first = [f"Sections not measured in this run: {', '.join(sorted(missing))}."] if missing else main_table(r)
    parts = [f"{sizes}; features {r['features']}.", "", *first]
    for title, sections, table in (
        ("Laundering", {"laundering"}, washed),
        ("The right to say nothing", {"abstention"}, silent),
        ("Generators left out", {"generators_left_out", "trained_on_one"}, one_by_one),
        ("What is missed at which price (DET)", set(), tradeoff),
        ("Where was it changed?", {"localisation"}, where),
        ("Traces, base rates, cells", {"traces", "base_rates", "cells"}, rest),
        ("Photographs", {"transfer"}, photographs),
        ("One further generator, one further camera: asked once", {"further"}, last),
    ):
        parts += ["", f"### {title}", "", *(table(r) if sections <= set(r) else ["Not measured in this run."])]
    readme = HERE / "README.md"
    text = readme.read_text(encoding="utf-8")
    head, tail = text.split(BEGIN)[0], text.split(END)[1]
    readme.write_text(head + BEGIN + "\n\n" + "\n".join(parts) + "\n\n" + END + tail, encoding="utf-8")


if __name__ == "__main__":
    main()
