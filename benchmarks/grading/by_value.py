"""CPU time and memory of grading by value: from a folder of hand-ins to every table and page.

``python benchmarks/grading/by_value.py`` writes ``by_value.json`` beside it. Each size runs in a process of its own;
seconds are CPU seconds of that process, user and system, imports counted apart. The hand-ins are those of exercise 02
in both languages: right, half right, with misconceptions, not run, damaged, each with a text of its own.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SIZES = (30, 300, 1500)
RUNS = 3


def hand_ins(folder: Path, count: int) -> int:
    """Write a class and return its size in bytes."""
    sys.path.insert(0, str(HERE.parents[1] / "tests"))
    import hand_ins as made

    kinds = [
        made.answered({}),
        made.answered({"02.E2": {"reason": "a"}}, lang="fr"),
        made.answered({"02.E1": {"times": 154}, "02.E3": {"whole": "cannot say"}}),
        made.solution("en", "alternative"),
        made.blank("fr"),
        made.to_bytes(made.solution())[:9000],
    ]
    size = 0
    for number in range(count):
        book = kinds[number % len(kinds)]
        content = book if isinstance(book, bytes) else made.to_bytes(book)
        content = content.replace(b"write your answer in place of this line", f"text {number} ".encode() * 40)
        (folder / f"student {number:04d}.ipynb").write_bytes(content)
        size += len(content)
    return size


def measure(count: int) -> dict[str, float]:
    """Grade a class of that size in this process."""
    from contrechamp.grading import grade

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "in"
        folder.mkdir()
        size = hand_ins(folder, count)
        begun, before = time.perf_counter(), time.process_time()
        grade.main(str(folder), "en", lesson="02", out=str(Path(place) / "out"))
        cpu, wall = time.process_time() - before, time.perf_counter() - begun
        before = time.process_time()
        grade.main(str(folder), "en", lesson="02", out=str(Path(place) / "out"))
        again = time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "hand_ins": count,
        "megabytes": round(size / 1e6, 2),
        "cpu_s": round(cpu, 3),
        "hand_ins_a_cpu_second": round(count / cpu),
        "wall_s": round(wall, 2),
        "second_run_cpu_s": round(again, 3),
        "peak_mb": round(peak),
    }


def main() -> None:
    """Measure each size in fresh processes and write the median by CPU time."""
    if len(sys.argv) > 1:
        print("\n" + json.dumps(measure(int(sys.argv[1]))))
        return
    found = []
    for size in SIZES:
        runs = []
        for _run in range(RUNS):
            environment = {**os.environ, "CONTRECHAMP_LANG": "en"}
            command = [sys.executable, __file__, str(size)]
            done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, env=environment)
            runs.append(json.loads(done.stdout.splitlines()[-1]))
        found.append(sorted(runs, key=lambda run: run["cpu_s"])[RUNS // 2])
        print(found[-1])
    (HERE / "by_value.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
