"""Grading code: what a hand-in costs in the sandbox, beside nbgrader on the same hand-ins.

    python benchmarks/grading/code.py [--nbgrader FOLDER] [--many 300]

CPU seconds are counted by the kernel for everything that a hand-in starts, bubblewrap included: this process adopts the
orphans of its children and waits for them. Wall seconds depend on who else uses the machine; the load is noted.
nbgrader lives in an environment of its own (FOLDER, or a new one); its kernel is the environment of the course.
"""

import argparse
import copy
import ctypes
import json
import os
import platform
import resource
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "tests"))

import nbgrader_peer  # noqa: E402  (beside the tests, which use it too)

from contrechamp.authoring import exercises as authoring  # noqa: E402
from contrechamp.authoring import sources  # noqa: E402
from contrechamp.grading import code, exercise, preflight, sandbox  # noqa: E402
from contrechamp.grading.collected import judge  # noqa: E402

LESSON = "07"  # its exercise imports NumPy and nothing heavier
ANSWERS = {
    "right": {},
    "half": {"07-E1-answer": "third = 12\nthird_kept = 1", "07-E2-answer": "online_b = 77\nonline_c = 1\nreply = 'b'"},
    "wrong": {"07-E1-answer": "third, third_kept = 1, 1", "07-E3-answer": "saved_low = saved_high = 1\nwrite = 'a'"},
    "fails": {"07-E1-answer": "third = 1 / 0"},
}
KINDS = ("right", "right", "half", "wrong", "fails")
PREDICTED = {
    "overhead_cpu_seconds": 0.15,
    "cpu_seconds": 0.4,
    "a_second_on_two_cores": 4,
    "worker_mebibytes": 90,
    "teacher_growth_mebibytes": 5,
    "nbgrader_cpu_seconds": 5,
}
_CHILD_SUBREAPER = 36


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nbgrader", help="environment that holds nbgrader (left out: a new one)")
    parser.add_argument("--many", type=int, default=300, help="hand-ins for the memory of the teacher's process")
    parser.add_argument("--peers", type=int, default=10, help="hand-ins for nbgrader")
    args = parser.parse_args()
    if args.nbgrader:
        os.environ["CONTRECHAMP_NBGRADER"] = args.nbgrader
    ctypes.CDLL(None).prctl(_CHILD_SUBREAPER, 1, 0, 0, 0)
    measured = {"load": os.getloadavg()[0], "python": platform.python_version(), "way": preflight.way()}
    class_of = hand_ins(max(args.many, args.peers))
    measured |= ours(class_of[:40])
    measured |= growth(class_of[: args.many])
    measured |= beside(class_of[: args.peers])
    measured["load_after"] = os.getloadavg()[0]
    content = {"lesson": LESSON, "predicted": PREDICTED, "measured": measured}
    (HERE / "code.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(content, indent=1))


def source():
    return sources.read(next((sources.root() / "exercises").glob(f"{LESSON}_*.md")))


def notebook(cells):
    made = nbformat.v4.new_notebook(cells=cells)
    made.metadata["contrechamp"] = {"exercise": LESSON, "lang": "en", "variant": "main"}
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return made


def hand_ins(count):
    """Return hand-ins of several kinds, each a little different."""
    # The solution without the hidden tests, as a student would hand it in.
    solved = copy.deepcopy(source().cells)
    for cell, marked in zip(solved, authoring.student_cells(source()), strict=True):
        cell.metadata = marked.metadata
    made = []
    for number in range(count):
        book = notebook(copy.deepcopy(solved))
        for cell in book.cells:
            mark = cell.metadata.get("nbgrader", {}).get("grade_id")
            cell.source = ANSWERS[KINDS[number % len(KINDS)]].get(mark, cell.source)
            if cell.cell_type == "code":
                cell.source += f"\n# hand-in {number}"
        made.append(nbformat.writes(book).encode())
    return made


def cpu():
    """Return the CPU seconds of this process and of all that it has started and that has ended."""
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                break
        except ChildProcessError:
            break
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def ours(class_of):
    """Measure one hand-in after another, then two at a time."""
    asked = exercise.load(LESSON)
    collect = code.collector(asked, False, "en")
    way = preflight.way()
    collect(class_of[0])
    start = cpu()
    for content in class_of:
        collect(content)
    each = (cpu() - start) / len(class_of)
    start = cpu()
    imports = (
        "import numpy\nfrom contrechamp.lesson import check, hint\nfrom contrechamp.mechanism.spread import Spread"
    )
    for _number in range(10):
        sandbox.run([{"run": imports}], sandbox.Limits(), way)
    with_imports = (cpu() - start) / 10
    start = cpu()
    for _number in range(10):
        sandbox.run([], sandbox.Limits(), way)
    empty = (cpu() - start) / 10
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    began = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(collect, class_of))
    wall = time.perf_counter() - began
    return {
        "cpu_seconds": round(each, 3),
        "of_which_imports": round(with_imports - empty, 3),
        "overhead_cpu_seconds": round(each - (with_imports - empty), 3),
        "a_second_on_two_cores_by_cpu": round(2 / each, 2),
        "a_second_two_at_a_time_by_the_clock": round(len(class_of) / wall, 2),
        "worker_mebibytes": round(peak),
    }


def growth(class_of):
    """Grade many and say how much the teacher's process has grown between the fiftieth and the last."""
    collect = code.collector(exercise.load(LESSON), False, "en")
    sizes = []
    with ThreadPoolExecutor(2) as pool:
        for _done in pool.map(collect, class_of):
            sizes.append(int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20)
    first = min(50, len(sizes) - 1)
    return {"hand_ins": len(sizes), "teacher_growth_mebibytes": round(sizes[-1] - sizes[first], 1)}


def beside(class_of):
    """Give the same hand-ins to nbgrader, and compare the points."""
    asked = exercise.load(LESSON)
    collect = code.collector(asked, False, "en")
    mine = [[outcome.points for outcome in judge(collect(content), asked.checks("main"))] for content in class_of]
    with tempfile.TemporaryDirectory() as folder:
        peer = nbgrader_peer.Class(nbgrader_peer.make(folder), Path(folder) / "class")
        book = nbformat.writes(notebook(authoring.solution_cells(source())))
        (peer.folder / "source/ps1/seven.ipynb").write_text(book, encoding="utf-8")
        peer.run("generate_assignment", "ps1", "--create")
        for number, content in enumerate(class_of):
            peer.hand_in(f"s{number:03}", "seven.ipynb", content.decode())
        start, began = cpu(), time.perf_counter()
        peer.run("autograde", "ps1")
        used, wall = cpu() - start, time.perf_counter() - began
        scores = peer.scores()
    names = [f"{check['id']}-check".replace(".", "-") for check in asked.checks("main")]
    theirs = [[scores[f"s{number:03}"][name][0] for name in names] for number in range(len(class_of))]
    return {
        "nbgrader_hand_ins": len(class_of),
        "nbgrader_cpu_seconds": round(used / len(class_of), 2),
        "nbgrader_wall_seconds": round(wall / len(class_of), 2),
        "same_points": mine == theirs,
        "differences": [[one, other] for one, other in zip(mine, theirs, strict=True) if one != other],
    }


if __name__ == "__main__":
    main()
