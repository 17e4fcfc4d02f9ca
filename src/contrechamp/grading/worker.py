"""The process in which one hand-in's code runs, and nothing of the teacher's.

It is started as a script in the sandbox of `contrechamp.grading.sandbox`, reads one job from its input, and writes to
its output one small JSON object after another, each behind its length: which step begins, which values were found. It
knows the code, the names that the checks ask for and, for functions, what they are called with; it knows no expected
value. The student's code shares this process and may send whatever it likes. That is no more than writing the same
values in the notebook: what they are worth is decided elsewhere.

Only the standard library is imported before the job says where the course is.
"""

import json
import os
import re
import signal
import struct
import sys
import types
from collections.abc import Callable
from typing import Any

Send = Callable[[dict[str, Any]], None]

_NOTEBOOK_ONLY = re.compile(r"^([ \t]*)(?:[%!?].*|[\w.%]+\?{1,2})[ \t]*$", re.MULTILINE)  # %magic, !command, name?
_QUIET = ("answer", "hint", "quiz", "result", "show", "slider")
_AGAIN = 0.2  # seconds until a cell that caught the end of its time is told again


class OutOfTime(BaseException):
    """A cell has used up its time. No ``except Exception`` of a student's stops it."""


def main() -> None:
    """Read a job, take its steps, tell what was found, and end without any exit function of the student's."""
    job = json.loads(sys.stdin.buffer.read())
    send = _output()
    sys.path[:0] = job["paths"]
    given: dict[str, dict[str, Any]] = {}
    take = _steps(given, job["limits"])  # imports what it needs before a student's module can be in the way
    _show_scratch(job["scratch"])
    _limit(job["limits"])
    space = _namespace(given)
    send({"ready": True})
    for number, step in enumerate(job["steps"]):
        send({"begin": number})
        try:
            told = take(step, space)
        except MemoryError:
            space.clear()
            given.clear()
            send({"end": number, "error": "MemoryError"})
            os._exit(3)
        send({"end": number, **told})
    used = os.times()
    send({"done": True, "cpu": used.user + used.system})
    os._exit(0)


def _output() -> Send:
    """Keep the output for ourselves and send what students print to nowhere."""
    private = os.fdopen(os.dup(1), "wb", buffering=0)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    os.close(nowhere)
    dumps, pack, write = json.dumps, struct.pack, private.write

    def send(message: dict[str, Any]) -> None:
        content = dumps(message, allow_nan=False).encode()
        rest = memoryview(pack(">I", len(content)) + content)
        while rest:
            rest = rest[write(rest) :]

    return send


def _show_scratch(number: int | None) -> None:
    """Hand our open scratch folder out, so that its files can be counted from outside, and close the way it took."""
    if number is None:
        return
    import socket

    folder = os.open("/tmp", os.O_RDONLY)
    with socket.socket(fileno=number) as way_out:
        socket.send_fds(way_out, [b"."], [folder])
    os.close(folder)


def _limit(limits: dict[str, Any]) -> None:
    """Lower this process's own limits for good, where the system has any."""
    try:
        import resource
    except ImportError:  # Windows
        return
    wanted = {
        "RLIMIT_AS": limits["memory"],
        "RLIMIT_FSIZE": limits["file"],
        "RLIMIT_NOFILE": limits["files"],
        "RLIMIT_CORE": 0,
        "RLIMIT_MEMLOCK": 0,
        "RLIMIT_MSGQUEUE": 0,
    }
    if limits["isolated"]:  # elsewhere it would count whatever else this user runs
        wanted["RLIMIT_NPROC"] = limits["tasks"]
    for name, most in wanted.items():
        if (which := getattr(resource, name, None)) is not None:
            hard = resource.getrlimit(which)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(which, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu"], limits["cpu"] + 1))  # a second to be told why


def _namespace(given: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the notebook's namespace, in which nothing is shown, and a check only notes what it is given."""
    import contrechamp.lesson as lesson

    def check(item: Any = None, /, **values: Any) -> None:
        if type(item) is str:
            given[item.partition("@")[0].strip().upper()] = values  # without the code of a class's paper

    for name in _QUIET:
        setattr(lesson, name, _nothing)
    lesson.check = check
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    sys.argv = [""]
    module.__dict__.update(display=_nothing, get_ipython=_nothing, exit=_stop, quit=_stop)
    return module.__dict__


def _nothing(*args: Any, **named: Any) -> None:
    """Stand in for what a notebook shows."""


def _stop(*args: Any) -> None:
    raise SystemExit


def _steps(
    given: dict[str, dict[str, Any]], limits: dict[str, Any]
) -> Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]]:
    """Return the function that takes one step: run a cell, or read the values of a check."""
    from contrechamp.lesson.functions import call
    from contrechamp.lesson.plain_values import to_plain

    def read(value: Any, cases: Any) -> Any:
        """Return a value as plain JSON; a function is called with the inputs of each case."""
        found = (lambda: call(value, cases)) if cases is not None and callable(value) else (lambda: value)
        plain, error = _timed(lambda: to_plain(found()), limits)
        return {"of": "unreadable"} if error else plain

    def take(step: dict[str, Any], space: dict[str, Any]) -> dict[str, Any]:
        if "run" in step:
            return {"error": _run(step, space, limits)}
        named = space | given.get(step["check"].upper(), {})  # as in the notebook: what the check was called with
        cases = step.get("cases", {})
        values = {name: read(named[name], cases.get(name)) for name in step["names"] if name in named}
        return {"check": step["check"], "values": values}

    return take


def _run(step: dict[str, Any], space: dict[str, Any], limits: dict[str, Any]) -> str | None:
    """Run a cell and return what went wrong; a damaged set-up cell is run again as it was handed out."""
    error = _cell(step["run"], space, limits)
    if error and "otherwise" in step:
        _cell(step["otherwise"], space, limits)
    return error


def _cell(source: str, space: dict[str, Any], limits: dict[str, Any]) -> str | None:
    try:
        code = compile(source, "<cell>", "exec")
    except MemoryError:
        raise
    except BaseException:  # a syntax error, or what only Jupyter understands
        try:
            code = compile(_NOTEBOOK_ONLY.sub(r"\1pass", source), "<cell>", "exec")
        except MemoryError:  # also the parser's, for code nested too deeply
            return "SyntaxError: nested too deeply"
        except BaseException as error:
            return _said(error)
    return _timed(lambda: exec(code, space), limits)[1]


_armed = False


def _timed(action: Callable[[], Any], limits: dict[str, Any]) -> tuple[Any, str | None]:
    """Return what an action gave, and what went wrong, in a line."""
    try:
        try:
            _arm(limits["cell_cpu"], limits["cell_wall"])
            return action(), None
        finally:
            _disarm()
    except MemoryError:
        raise
    except BaseException as error:
        _disarm()  # the bell may have rung while it was being put away
        return None, _said(error)


def _arm(cpu: float, wall: float) -> None:
    """Set two bells: one for CPU seconds, which a busy computer does not shorten, one for seconds spent asleep."""
    global _armed
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGPROF, _ring)
        signal.signal(signal.SIGALRM, _ring)
        _armed = True
        signal.setitimer(signal.ITIMER_PROF, cpu, _AGAIN)
        signal.setitimer(signal.ITIMER_REAL, wall, _AGAIN)


def _disarm() -> None:
    global _armed
    _armed = False
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _ring(*args: Any) -> None:
    if _armed:
        raise OutOfTime


def _said(error: BaseException) -> str:
    """Name an error in a line, whatever its own methods do."""
    if isinstance(error, OutOfTime):
        return "timeout"
    kind = type(error)
    try:
        name = str(type.__getattribute__(kind, "__name__"))
        said = str(error) if kind.__module__ == "builtins" else ""
        return (f"{name}: {said}" if said else name)[:300]
    except MemoryError:
        raise
    except BaseException:
        return "error"


if __name__ == "__main__":
    main()
