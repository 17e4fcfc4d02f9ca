"""A pytest plugin for nbval: note what each notebook's kernel used, just before it stops.

Loaded with ``-p notebook_usage`` by `tests/test_notebooks.py`. Measuring the kernels that run anyway costs nothing;
a second run to measure would double the price of the suite. Lines of JSON go to the file that
``CONTRECHAMP_USAGE`` names.
"""

import json
import os
from pathlib import Path

import psutil
import pytest


def peak_bytes(process):
    """Return the largest resident size so far: exact on Linux and Windows, the present size on macOS."""
    status = Path(f"/proc/{process.pid}/status")
    if status.is_file():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    memory = process.memory_info()
    return getattr(memory, "peak_wset", memory.rss)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item, nextitem):
    book = item.parent
    kernel = getattr(book, "kernel", None)
    if kernel is None or (nextitem is not None and nextitem.parent is book) or not kernel.is_alive():
        return
    process = psutil.Process(kernel.km.provisioner.pid)
    times = process.cpu_times()
    line = {"path": str(book.path), "cpu": times.user + times.system, "peak": peak_bytes(process)}
    with Path(os.environ["CONTRECHAMP_USAGE"]).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
