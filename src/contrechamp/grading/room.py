"""The room of a hand-in: what bubblewrap shows of this computer, and what it hides.

It holds the Python that runs now, its packages, the course's package and data, and a little scratch space in memory. It
lacks the network, the home folder, other hand-ins, other processes, ``/proc``, the files with the expected answers, and
every variable of the teacher's environment.

Two ways lead in. An ordinary user's bubblewrap makes a namespace of users. Root's does not: a process that is root
outside would escape the limit on processes, so the worker becomes a user of its own, new for each hand-in. `trust` is
the third way, without any room: for one's own code, where bubblewrap does not exist.
"""

import os
import platform
import secrets
import shutil
import sys
import sysconfig
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Literal

from contrechamp import home
from contrechamp.grading import syscalls

Way = Literal["user", "root", "trust"]

WORKER = Path(__file__).with_name("worker.py")
HIDDEN_ROOMS = ("checks", "quizzes")  # of the data: what they hold is what hand-ins are compared with
_LINKED = ("bin", "lib", "lib32", "lib64", "libx32", "sbin")
_UIDS = range(61_184, 65_520)  # no login has them: systemd keeps them for services that come and go


def command(way: Way, scratch: int, lang: str) -> tuple[list[str], tuple[int, ...]]:
    """Return the command that runs the worker in a room, and the open files that it inherits and the caller closes.

    Parameters
    ----------
    way : {"user", "root"}
    scratch : int
        Bytes of the scratch space.
    lang : str
        Language of the notebook.

    Returns
    -------
    words : list of str
        The command.
    inherited : tuple of int
        Descriptors of the open files.
    """
    words = list(_room(way, scratch))
    for name, value in environment(lang).items():
        words += ["--setenv", name, value]
    filters, inherited = _filter()
    become = _setpriv(str(secrets.choice(_UIDS))) if way == "root" else []
    return [*words, *filters, "--", *become, *worker()], inherited


def worker() -> list[str]:
    """Return the command of the worker itself: Python without the user's own settings and packages."""
    return [_python(), "-I", "-S", "-B", "-X", "utf8", str(WORKER)]


def environment(lang: str) -> dict[str, str]:
    """Return all that the worker sees of an environment: one thread, no display, the language of the notebook.

    Parameters
    ----------
    lang : str
        Language of the notebook.

    Returns
    -------
    dict of str to str
    """
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


def paths() -> list[str]:
    """Return the folders that hold our package and those that it needs.

    Returns
    -------
    list of str
        Real paths, each once, ours first.
    """
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
    yield from ("--symlink", "/tmp", "/dev/shm")  # one scratch space, so that one count holds for all
    yield from ("--remount-ro", "/", "--chdir", "/tmp", "--setenv", "HOME", "/tmp", "--setenv", "PATH", "/usr/bin")


def _folders() -> Iterator[str]:
    """Yield the options that show Python, its packages, the course's package and data, and hide the answers."""
    base = Path(_python()).parent.parent
    shown = dict.fromkeys([base, Path(os.path.realpath(sys.base_prefix)), *map(Path, paths()[1:])])
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
