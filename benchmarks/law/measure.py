"""CPU time of the law data: loading and each query on the real records, and growth to 20,000 synthetic ones.

Run in the repository: ``python benchmarks/law/measure.py``. It writes ``results.json`` beside itself; the predictions
in ``README.md`` were written before. Synthetic records are copies of the real ones under new ids, in their own folder.
"""

import csv
import itertools
import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLES = {
    "provisions": "id",
    "provision_conducts": "provision",
    "provision_materials": "provision",
    "clocks": "provision",
}


def grown(folder: Path, records: int) -> Path:
    """Copy the law data into a home of its own with `records` provisions, and return the home."""
    shutil.copytree(ROOT / "datasets" / "law", folder / "datasets" / "law")
    (folder / "locale").mkdir()
    names = [row["id"] for row in _rows(folder, "provisions")]
    copies = [(name, f"{name}-copy{number // len(names)}" if number >= len(names) else name)
              for number, name in zip(range(records), itertools.cycle(names), strict=False)]  # fmt: skip
    for table, key in TABLES.items():
        rows = _rows(folder, table)
        by_name: dict[str, list[dict[str, str]]] = {}
        for row in rows:
            by_name.setdefault(row[key], []).append(row)
        with (folder / "datasets" / "law" / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            for name, copy in copies:
                writer.writerows(row | {key: copy} for row in by_name.get(name, ()))
    return folder


def _rows(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / "datasets" / "law" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cpu(run: Callable[[], object], repeats: int) -> float:
    """Return the median CPU milliseconds of a call."""
    times = []
    for _ in range(repeats):
        begun = time.process_time()
        run()
        times.append(1000 * (time.process_time() - begun))
    return round(statistics.median(times), 1)


def measured(home: Path, repeats: int) -> dict[str, float]:
    """Return the milliseconds of loading for the first time and of each query, for the data of a home."""
    os.environ["CONTRECHAMP_HOME"] = str(home)
    os.environ["CONTRECHAMP_LANG"] = "en"
    from contrechamp import law
    from contrechamp.datasets import frames, load_provisions

    def first() -> object:
        frames._typed_rows.cache_clear()
        frames._descriptor.cache_clear()
        return load_provisions(as_of="2026-12-02")

    case = law.Case(("FR",), ("dissemination",), ("synthetic_intimate",), age=30)
    first()  # pandas is imported here
    return {
        "load, file not read yet": cpu(first, repeats),
        "load again": cpu(lambda: load_provisions(as_of="2026-12-02"), repeats),
        "select": cpu(lambda: law.select(jurisdiction="FR", conduct="creation", age=30), repeats),
        "search": cpu(lambda: law.search("label california"), repeats),
        "coverage": cpu(lambda: law.coverage(material="synthetic_intimate"), repeats),
        "deadlines": cpu(lambda: law.deadlines("us-ca-sb981", "2026-12-02T10:00-08:00"), repeats),
        "look_at": cpu(lambda: law.look_at(case), repeats),
        "scenario": cpu(lambda: law.scenario("s02"), repeats),
    }


def main() -> None:
    """Measure at each size and write the results."""
    results: dict[str, dict[str, float]] = {}
    for records in (201, 1_000, 5_000, 20_000):
        with tempfile.TemporaryDirectory() as folder:
            results[str(records)] = measured(grown(Path(folder), records), 7 if records < 5_000 else 3)
        print(records, results[str(records)], flush=True)
    path = Path(__file__).with_name("results.json")
    path.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
