"""One hand-in, one process, one room without doors: bubblewrap around the worker, limits, and a narrow way out.

What the room holds: the Python that runs now, its packages, the course's package and data, a little scratch space in
memory. What it lacks: the network, the home folder, other hand-ins, other processes, ``/proc``, the files with the
expected answers, and every variable of the teacher's environment. What comes out is a list of small JSON objects, which
are read here as a stranger's.

Two ways lead in. An ordinary user's bubblewrap makes a namespace of users. Root's does not: a process that is root
outside would escape the limit on processes, so the worker becomes a user of its own, new for each hand-in. `trust` is
the third way, without any room: for one's own code, where bubblewrap does not exist.
"""

import contextlib
import json
import os
import platform
import secrets
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, Literal

from contrechamp import home
from contrechamp.grading import syscalls

Way = Literal["user", "root", "trust"]
Ending = Literal["done", "died", "time", "output", "broken"]

WORKER = Path(__file__).with_name("worker.py")
HIDDEN_ROOMS = ("checks", "quizzes")  # of the data: what they hold is what hand-ins are compared with
_MIB = 1 << 20
_LINKED = ("bin", "lib", "lib32", "lib64", "libx32", "sbin")
_KEPT = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR")  # what a process without a room needs to start
_UIDS = range(61_184, 65_520)  # no login has them: systemd keeps them for services that come and go


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
    ending : {"done", "died", "time", "output", "broken"}
        All steps taken; the process ended before; it was stopped for its time; it sent too much, or no JSON; the
        worker did not even start.
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

    Raises
    ------
    OSError
        When no process can be started at all.
    """
    job = {"paths": _paths(), "limits": {**vars(limits), "isolated": way != "trust"}, "steps": list(steps)}
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
        given.write(json.dumps(job).encode())
        given.seek(0)
        ran = _watch(_start(way, limits, lang, given, said), limits)
        if ran.ending == "broken":
            said.seek(0)
            ran.detail = said.read(2000).decode(errors="replace").strip()
    return ran


def _start(way: Way, limits: Limits, lang: str, given: IO[bytes], said: IO[bytes]) -> "subprocess.Popen[bytes]":
    command = [_python(), "-I", "-S", "-B", "-X", "utf8", str(WORKER)]
    environment = _environment(lang)
    if way == "trust":
        kept = {
            name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR") if name in os.environ
        }
        return subprocess.Popen(
            command,
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=said,
            env=kept | environment,
            cwd=tempfile.gettempdir(),
            start_new_session=True,
        )
    room = list(_room(way, limits.scratch))
    for name, value in environment.items():
        room += ["--setenv", name, value]
    filters, inherited = _filter()
    if way == "root":
        uid = str(secrets.choice(_UIDS))
        command = [*_setpriv(uid), *command]
    try:
        return subprocess.Popen(
            [*room, *filters, "--", *command],
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=said,
            env={"PATH": os.defpath},
            pass_fds=inherited,
        )
    finally:
        for number in inherited:
            os.close(number)


def _watch(process: "subprocess.Popen[bytes]", limits: Limits) -> Ran:
    """Read until the worker is done, dead, late or too loud; then leave nothing of it."""
    ran = Ran()
    reader = threading.Thread(target=_read, args=(process, limits.output, ran), daemon=True)
    try:
        reader.start()
        reader.join(limits.wall)
        if reader.is_alive():
            ran.ending = "time"
        else:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1)  # an orderly end, which counts its CPU seconds
    finally:
        process.kill()  # of bubblewrap: the whole room goes with it
        status = process.wait()
        reader.join(5)
        if process.stdout is not None and not reader.is_alive():
            process.stdout.close()
    if ran.ending == "died":
        if not ran.messages:
            ran.ending = "broken"
        elif status in (128 + 24, -24):  # SIGXCPU
            ran.ending = "time"
    return ran


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
            process.kill()
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


def _environment(lang: str) -> dict[str, str]:
    """Return all that the worker sees of an environment: one thread, no display, the language of the notebook."""
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")}
    root = home.checkout()
    return {
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "MPLBACKEND": "Agg",
        "CONTRECHAMP_LANG": lang,
        **({"CONTRECHAMP_HOME": str(root)} if root else {}),
        **threads,
    }


@lru_cache(maxsize=1)
def _python() -> str:
    """Return the interpreter itself, not the link to it in an environment."""
    return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)


def _paths() -> list[str]:
    """Return the folders that hold our package and those that it needs."""
    ours = str(Path(__file__).resolve().parents[2])
    named = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    others = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    found = dict.fromkeys(os.path.realpath(path) for path in (ours, *named, *others))
    return [path for path in found if Path(path).is_dir()]


def _filter() -> tuple[list[str], tuple[int, ...]]:
    """Return the option that loads the filter of system calls, and the open file that it reads."""
    code = syscalls.program(platform.machine())
    if code is None:
        return [], ()
    end, start = os.pipe()
    os.write(start, code)  # far below what a pipe holds
    os.close(start)
    return ["--seccomp", str(end)], (end,)


def _setpriv(uid: str) -> list[str]:
    return [
        shutil.which("setpriv") or "setpriv",
        *("--reuid", uid, "--regid", uid, "--clear-groups"),
        *("--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"),
    ]


def _room(way: Way, scratch: int) -> Iterator[str]:
    """Yield the words of a bubblewrap command, from its name to the read-only floor."""
    yield from (shutil.which("bwrap") or "bwrap", "--die-with-parent", "--new-session", "--clearenv")
    yield from ("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try")
    yield from ("--hostname", "room")
    if way == "user":
        yield from ("--unshare-user", "--uid", "65534", "--gid", "65534")
    else:  # what setpriv needs to become somebody else, and then drops
        yield from ("--cap-drop", "ALL")
        for power in ("SETUID", "SETGID", "SETPCAP"):
            yield from ("--cap-add", f"CAP_{power}")
    yield from ("--perms", "1777", "--size", str(scratch), "--tmpfs", "/tmp")
    yield from ("--ro-bind", "/usr", "/usr", "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache")
    for name in _LINKED:
        place = Path("/", name)
        if place.is_symlink():
            yield from ("--symlink", str(place.readlink()), str(place))
        elif place.is_dir():
            yield from ("--ro-bind", str(place), str(place))
    yield from _folders()
    yield from ("--perms", "0755", "--dir", "/dev")
    for device in ("null", "zero", "urandom", "random"):
        yield from ("--dev-bind", f"/dev/{device}", f"/dev/{device}")
    yield from ("--perms", "1777", "--size", str(_MIB), "--tmpfs", "/dev/shm")
    yield from ("--remount-ro", "/", "--chdir", "/tmp", "--setenv", "HOME", "/tmp", "--setenv", "PATH", "/usr/bin")


def _folders() -> Iterator[str]:
    """Yield the options that show Python, its packages, the course's package and data, and hide the answers."""
    base = Path(_python()).parent.parent
    shown = dict.fromkeys([base, Path(os.path.realpath(sys.base_prefix)), *map(Path, _paths()[1:])])
    package = WORKER.resolve().parent.parent
    rooms = [home.room(name).resolve() for name in ("datasets", "locale")]
    made: set[Path] = set()
    for place in [*shown, package, *rooms]:
        if any(place.is_relative_to(other) for other in made | {Path("/usr")}):
            continue
        for parent in reversed(place.parents[:-1]):
            yield from ("--perms", "0755", "--dir", str(parent))
        yield from ("--ro-bind", str(place), str(place))
        made.add(place)
    for name in HIDDEN_ROOMS:
        if (rooms[0] / name).is_dir():
            yield from ("--perms", "0755", "--size", "4096", "--tmpfs", str(rooms[0] / name))
            yield from ("--remount-ro", str(rooms[0] / name))
