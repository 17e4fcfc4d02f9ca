"""One hand-in, one process, one room without doors: started, watched, and gone when its time is over.

What the room holds and lacks is said in `contrechamp.grading.room`. What comes out of it is a list of small JSON
objects, which are read here as a stranger's.
"""

import contextlib
import json
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, Literal

from contrechamp.grading import room
from contrechamp.grading.room import Way
from contrechamp.grading.scratch import Scratch

Ending = Literal["done", "died", "time", "output", "entries", "broken"]

_MIB = 1 << 20
_KEPT = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR")  # what a process without a room needs to start
_LOOK = 0.05  # seconds between two looks at the scratch space; it grows by some ten thousand files a second


@dataclass(frozen=True)
class Limits:
    """What one hand-in may use.

    Attributes
    ----------
    cpu, wall : int, float
        CPU seconds and seconds of the whole process.
    cell_cpu, cell_wall : float
        The same for one cell; the cells after it still run.
    memory : int
        Bytes of address space, of which NumPy reserves more than it uses.
    file, scratch : int
        Bytes of one file that is written, and of all of them. They lie in memory and are forgotten.
    entries : int
        Files and folders that lie there at one time, empty ones too.
    files, tasks : int
        Open files, threads.
    output : int
        Bytes of all that the worker sends.
    """

    cpu: int = 60
    wall: float = 150.0
    cell_cpu: float = 15.0
    cell_wall: float = 45.0
    memory: int = 1536 * _MIB
    file: int = 16 * _MIB
    scratch: int = 32 * _MIB
    entries: int = 10_000
    files: int = 128
    tasks: int = 48
    output: int = 2 * _MIB


@dataclass
class Ran:
    """What came out of a room.

    Attributes
    ----------
    messages : list of dict
        What the worker, or the student's code in its name, has sent. Untrusted.
    ending : {"done", "died", "time", "output", "entries", "broken"}
        All steps taken; the process ended before; it was stopped for its time; it sent too much, or no JSON; it made
        too many files; the worker did not even start.
    detail : str
        For `broken`, what the system said.
    """

    messages: list[dict[str, Any]] = field(default_factory=list)
    ending: Ending = "died"
    detail: str = ""


def run(steps: Sequence[Mapping[str, Any]], limits: Limits, way: Way, lang: str = "en") -> Ran:
    """Take the steps of one hand-in in a fresh process, which is gone when this returns.

    Parameters
    ----------
    steps : sequence of mapping
        ``{"run": source}``, with ``"otherwise"`` for a set-up cell; ``{"check": id, "names": […], "cases": {…}}``.
    limits : Limits
    way : {"user", "root", "trust"}
        As `contrechamp.grading.preflight.way` found it.
    lang : str
        Language of the notebook.

    Returns
    -------
    Ran
        How it ended and what it said, read as a stranger's.

    Raises
    ------
    OSError
        When no process can be started at all.
    """
    # Those who trust run the code in the open, where there is no space of its own whose files could be counted.
    counted = contextlib.nullcontext() if way == "trust" else Scratch()
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said, counted as scratch:
        job = {
            "paths": room.paths(),
            "limits": {**vars(limits), "isolated": way != "trust"},
            "scratch": scratch.theirs if scratch else None,
            "steps": list(steps),
        }
        given.write(json.dumps(job).encode())
        given.seek(0)
        ran = _watch(_start(way, limits, lang, given, said, scratch), limits, scratch)
        if ran.ending == "broken":
            said.seek(0)
            ran.detail = said.read(2000).decode(errors="replace").strip()
    return ran


def _start(
    way: Way, limits: Limits, lang: str, given: IO[bytes], said: IO[bytes], scratch: Scratch | None
) -> "subprocess.Popen[bytes]":
    if scratch is None:
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        return subprocess.Popen(
            room.worker(),
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=said,
            env=kept | room.environment(lang),
            cwd=tempfile.gettempdir(),
            start_new_session=True,
        )
    command, inherited = room.command(way, limits.scratch, lang)
    try:
        return subprocess.Popen(
            command,
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=said,
            env={"PATH": os.defpath},
            pass_fds=(*inherited, scratch.theirs),
            start_new_session=True,
        )
    finally:
        for number in inherited:
            os.close(number)


def _watch(process: "subprocess.Popen[bytes]", limits: Limits, scratch: Scratch | None) -> Ran:
    """Read until the worker is done, dead, late, too loud or has made too many files; then leave nothing of it."""
    ran = Ran()
    reader = threading.Thread(target=_read, args=(process, limits.output, ran), daemon=True)
    deadline = time.monotonic() + limits.wall
    stopped: Ending | None = None
    try:
        reader.start()
        while reader.is_alive() and stopped is None:
            reader.join(max(0.0, min(_LOOK, deadline - time.monotonic())))
            if scratch and scratch.entries() > limits.entries:
                stopped = "entries"
            elif reader.is_alive() and time.monotonic() >= deadline:
                stopped = "time"
        if stopped is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1)  # an orderly end, which counts its CPU seconds
    finally:
        _end(process)
        status = process.wait()
        reader.join(5)
        if process.stdout is not None and not reader.is_alive():
            process.stdout.close()
    if ran.ending == "died":
        if stopped is not None:
            ran.ending = stopped
        elif not ran.messages:
            ran.ending = "broken"
        elif status in (128 + 24, -24):  # SIGXCPU
            ran.ending = "time"
    return ran


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Kill bubblewrap, with which the whole room goes, and what it has started in its first moments.

    A child that is not yet told to die with its parent would wait for it for ever, so the group is killed.
    """
    if process.poll() is None and hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def _read(process: "subprocess.Popen[bytes]", most: int, ran: Ran) -> None:
    """Collect messages as they come, so that what was found before an end is kept."""
    assert process.stdout is not None
    content, total = bytearray(), 0
    while chunk := os.read(process.stdout.fileno(), 65_536):
        total += len(chunk)
        content += chunk
        try:
            if total > most:
                raise ValueError
            for message in _messages(content, most):
                ran.messages.append(message)
                if message.get("done") is True:
                    ran.ending = "done"
                    return
        except (ValueError, RecursionError):
            ran.ending = "output"
            _end(process)
            return


def _messages(content: bytearray, most: int) -> Iterator[dict[str, Any]]:
    """Take whole messages off the front of what has come."""
    while len(content) >= 4:
        length = int.from_bytes(content[:4], "big")
        if length > most:
            raise ValueError
        if len(content) < 4 + length:
            return
        message = json.loads(bytes(content[4 : 4 + length]), parse_constant=_refuse)
        del content[: 4 + length]
        if not isinstance(message, dict):
            raise ValueError
        yield message


def _refuse(word: str) -> None:
    raise ValueError(word)  # NaN and Infinity are no JSON
