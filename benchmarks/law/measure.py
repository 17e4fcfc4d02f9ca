"""CPU time of the law data: loading and each query on the real records, and growth to 20,000 synthetic ones.

Run in the repository: ``python benchmarks/law/measure.py``. It writes ``results.json`` beside itself; the predictions in
``README.md`` were written before. Synthetic records are copies of the real ones under new ids, in a folder of their own.
"""

import csv
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
    for table, key in TABLES.items():
        path = folder / "datasets" / "law" / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        originals = [row[key] for row in rows] if table == "provisions" else GROWN
        if table == "provisions":
            GROWN[:] = originals
        copies = -(-records // len(GROWN))
        wanted = {
            f"{name}-{copy}" if copy else name
            for copy in range(copies)
            for name in GROWN[: records - copy * len(GROWN)]
        }
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            for copy in range(copies):
                for row in rows:
                    name = f"{row[key]}-{copy}" if copy else row[key]
                    if name in wanted:
                        writer.writerow(row | {key: name})
    return folder


GROWN: list[str] = []


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
