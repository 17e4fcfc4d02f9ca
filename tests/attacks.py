"""Hand-ins that try to escape, to forge points or to stop the class; and the ordinary ones that must not notice.

An attack is the text of one or more cells of a toy exercise of three questions. Each attack that goes wrong for its
author sets ``ran``; each that succeeds sets ``leak``: both are collected like answers. ``python attacks.py WAY`` grades
them all and prints what came out, so that the same set runs as root and as an ordinary user.
"""

import contextlib
import json
import os
import re
import socket
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from contrechamp.grading import code, room
from contrechamp.grading.collected import judge
from contrechamp.grading.exercise import Exercise
from contrechamp.grading.notebook import read
from contrechamp.grading.sandbox import Limits

SECRET = 731_942.25  # the expected value, which no process of a hand-in may hold
LIMITS = Limits(cpu=2, wall=12.0, cell_cpu=0.5, cell_wall=1.5, memory=512 << 20)

CHECKS = [
    {"id": "99.E1", "points": 3, "values": {"a": {"kind": "number", "expected": SECRET, "tolerance": 0.01}}},
    {
        "id": "99.E2",
        "points": 2,
        "values": {
            "double": {
                "kind": "function",
                "returns": "number",
                "tolerance": 0.01,
                "expected": [6, 0, 1462.5, -8],
                "cases": [
                    {"inputs": [3], "hidden": False},
                    {"inputs": [0], "hidden": False},
                    {"inputs": [731.25], "hidden": True},
                    {"inputs": [-4], "hidden": True},
                ],
            }
        },
    },
    {"id": "99.E3", "points": 1, "values": {"c": {"kind": "number", "expected": 12, "tolerance": 0}}},
    {
        "id": "99.E4",
        "points": 0,
        "values": {"ran": {"kind": "text", "expected": "yes"}, "leak": {"kind": "text", "expected": "nothing"}},
    },
]
SET_UP = "from contrechamp.lesson import check"
STUBS = ["a = ...", "def double(n):\n    ...", "c = ...", "pass"]
HONEST = ["a = 1", "def double(n):\n    return 2 * n", "c = 3 * 4", "pass"]


def notebook(answers, marks=(1, 2, 3, 4)):
    """Return the toy exercise with these answers."""
    cells = [{"id": "set-up", "cell_type": "code", "source": SET_UP, "metadata": {}, "outputs": []}]
    for number, answer in zip(marks, answers, strict=True):
        names = list(CHECKS[number - 1]["values"])
        call = f'check("99.E{number}", {", ".join(f"{name}={name}" for name in names)})'
        for kind, source in (("answer", answer), ("check", call if number < 4 else "pass")):
            mark = {"grade_id": f"99-E{number}-{kind}"}
            cells.append(
                {
                    "id": f"{number}-{kind}",
                    "cell_type": "code",
                    "source": source,
                    "metadata": {"nbgrader": mark},
                    "outputs": [],
                }
            )
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"contrechamp": {"lang": "en", "exercise": "99"}},
        "cells": cells,
    }


EXERCISE = Exercise("99", {"main": {"checks": CHECKS, "open": []}})
HANDED_OUT = read(json.dumps(notebook(STUBS)).encode(), "en").cells

PRELUDE = """
import builtins, ctypes, gc, json, os, resource, signal, socket, struct, sys, threading, time
ran, leak = "yes", "nothing"
a = 0
def attempt(action):
    # What succeeds is a breach; what is refused is as it should be.
    global leak
    try:
        got = action()
    except (Exception, SystemExit) as error:
        return error
    leak = str(got)[:300] or "done"
def call(number, *arguments):
    libc = ctypes.CDLL(None, use_errno=True)
    got = libc.syscall(ctypes.c_long(number), *(ctypes.c_long(x) for x in arguments))
    if got < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return got
def frame(content):
    return struct.pack(">I", len(content)) + content
def shout(content):
    # Into every open file: one of them is the way out.
    for number in range(3, 64):
        try:
            os.write(number, content)
        except OSError:
            pass
"""


@dataclass(frozen=True)
class Attack:
    """An attack: its cells, and how the hand-in may end. Points are those of the second and third question."""

    first: str
    second: str = HONEST[1]
    third: str = HONEST[2]
    status: tuple[str, ...] = ("graded",)
    points: tuple[float | None, float | None] = (2.0, 1.0)
    ran: bool = True  # the witness at the end is reached


FORGED = "class Same(float):\n    " + "\n    ".join(
    f"def __{name}__(self, *rest): return {value}"
    for name, value in {
        "eq": "True",
        "ne": "False",
        "lt": "True",
        "le": "True",
        "gt": "True",
        "ge": "True",
        "sub": "Same(0)",
        "rsub": "Same(0)",
        "abs": "Same(0)",
        "float": "0.0",
        "bool": "True",
        "hash": "0",
        "round": "0",
    }.items()
)
LOOK = """
seen, stack = set(), [gc.get_objects(), sys._getframe(), sys.modules]
while stack and len(seen) < 200_000:
    thing = stack.pop()
    if id(thing) in seen:
        continue
    seen.add(id(thing))
    if type(thing) is float and 731_900 < thing < 731_980:
        leak = f"found {thing}"
    if type(thing) is dict and {"expected", "tolerance"} & {key for key in thing if type(key) is str}:
        leak = "a check"
    if type(thing) in (dict, list, tuple) or type(thing).__name__ == "frame":
        stack.extend(gc.get_referents(thing))
"""
DIES = {"status": ("crashed",), "ran": False}
LATE = {"status": ("timed_out",)}
ENDLESS = {"status": ("timed_out",), "ran": False}
# A cell that breaks the worker itself ends the process without a word: it is left out, the rest is run again.
BREAKS = {"status": ("graded", "crashed", "timed_out"), "ran": False}

FORGING = {
    "a number that is equal to everything": Attack(FORGED + "\na = Same(0.5)"),
    "an object of a false class": Attack("class X:\n    __class__ = float\n    __eq__ = lambda s, o: True\na = X()"),
    "a metaclass that lies": Attack(
        "class M(type):\n    __module__ = 'numpy'\n    __name__ = property(lambda s: 1 / 0)\n"
        "class X(metaclass=M):\n    __module__ = 'numpy'\n    size = 1\n    item = lambda s: leak\na = X()"
    ),
    "a number that ends Python when it is read": Attack("class X:\n    def __float__(self): raise SystemExit\na = X()"),
    "a number that kills when it is read": Attack(
        "class X:\n    def __float__(self): os._exit(0)\na = X()", status=("crashed",), points=(2.0, 1.0)
    ),
    "looking for the key in memory": Attack(LOOK.replace("200_000", "30_000")),
    "reading frames up to the worker": Attack(
        "frame_ = sys._getframe()\nwhile frame_:\n    for space in (frame_.f_locals, frame_.f_globals):\n"
        "        if 'expected' in space: leak = 'expected'\n"
        "        job = space.get('job') or {}\n"
        "        for step in job.get('steps', []):\n"
        "            if set(step) - {'run', 'otherwise', 'check', 'names', 'cases'}: leak = str(set(step))\n"
        "            if 'check' in step and '1462.5' in json.dumps(step): leak = 'an output'\n"
        "    frame_ = frame_.f_back"
    ),
    "reading __main__": Attack(
        "import __main__\nif {'take', '_steps', 'job', 'given'} & set(vars(__main__)): leak = str(list(vars(__main__)))"
    ),
    "reading the files with the answers": Attack(
        "import contrechamp\nfrom contrechamp import home\n"
        "for room in ('checks', 'quizzes'):\n"
        "    found = os.listdir(home.room('datasets') / room)\n    if found: leak = str(found)\n"
        "for top in ('exercises', 'notebooks', 'tests', '.git', 'guide', 'slides'):\n"
        "    attempt(lambda: os.listdir(home.checkout() / top))"
    ),
    "asking the course for a check": Attack(
        "from contrechamp.lesson import checks\nfor item in ('02.E1', '99.E1', '16.E4'):\n"
        "    attempt(lambda: checks.find(item))"
    ),
    "a patched rule": Attack(
        "from contrechamp.lesson import checks, answers, plain_values\n"
        "checks.evaluate = checks._distance = lambda *x: checks.Verdict('right', 'right')\n"
        "answers.read = answers._float = lambda *x: 731_942\n"
        "plain_values.to_plain = lambda value: {'of': 'right', 'status': 'right', 'points': 3}\n",
        points=None,
        ran=False,
    ),
    "a patched json": Attack(
        'json.dumps = json.JSONEncoder.encode = lambda *x, **y: \'{"points": 3, "status": "right"}\'\n'
        "json.loads = lambda *x, **y: {}",
        **BREAKS,
    ),
    "patched builtins": Attack(
        "for name in ('len', 'isinstance', 'type', 'sum', 'min', 'str', 'dict', 'list', 'memoryview'):\n"
        "    setattr(builtins, name, lambda *x, **y: 0)",
        **{**BREAKS, "points": None},
    ),
    "patched os and struct": Attack("os.write = struct.pack = os.times = os._exit = lambda *x: b''", **BREAKS),
    "a patched NumPy": Attack(
        "import numpy as np\nnp.isclose = np.allclose = np.array_equal = lambda *x, **y: True\na = np.float64(3)"
    ),
    "an array of objects that lie": Attack(FORGED + "\nimport numpy as np\na = np.array([Same(1)], dtype=object)"),
    "points sent beside the values": Attack(
        "shout(frame(json.dumps({'check': '99.E1', 'points': 3, 'status': 'right', 'values': {}, 'end': 1,"
        " 'verdict': 'right'}).encode()))"
    ),
    "values sent in other shapes": Attack(
        "for wrong in ([], 1, None, {'a': {'of': 'right'}}, {'a': {'expected': 1}}, {'b': 731}, {'a': [731] * 9}):\n"
        "    shout(frame(json.dumps({'check': '99.E1', 'values': wrong}).encode()))"
    ),
    "a check that does not exist": Attack(
        "shout(frame(json.dumps({'check': '99.E9', 'values': {'a': 1}}).encode()))\n"
        "shout(frame(json.dumps({'check': ['99.E1'], 'values': {'a': 1}, 'begin': 'x', 'end': []}).encode()))"
    ),
    "the end announced too early": Attack(
        "shout(frame(b'{\"done\": true}'))", status=("cells_missing",), points=(None, None), ran=False
    ),
    "steps announced that do not exist": Attack(
        "shout(frame(json.dumps({'begin': 10**9}).encode()) + frame(json.dumps({'begin': -1, 'end': -1}).encode()))"
    ),
    "only the easy cases": Attack(
        "shout(frame(json.dumps({'check': '99.E2', 'values': {'double': {'of': 'outputs', 'members':"
        " [{'gave': 6}, {'gave': 0}]}}}).encode()))",
        points=(0.0, 1.0),
    ),
    "too many cases": Attack(
        "shout(frame(json.dumps({'check': '99.E2', 'values': {'double': {'of': 'outputs', 'members':"
        " [{'gave': 6}] * 500}}}).encode()))",
        points=(0.0, 1.0),
    ),
    "a length without its message": Attack("shout(b'\\xff\\xff\\xff\\xff')", **DIES),
    "half a message": Attack("shout(b'\\0\\0\\1\\0{\"half')", **DIES),
    "a message that is no object": Attack("shout(frame(b'[1]'))", **DIES),
    "a message that is no UTF-8": Attack("shout(frame(b'\\xff\\xfe{}'))", **DIES),
    "a message nested without end": Attack("shout(frame(b'[' * 200_000 + b']' * 200_000))", **DIES),
    "a number that is none, in a message": Attack("shout(frame(b'{\"a\": NaN}'))", **DIES),
    "a number of a million digits, in a message": Attack(
        "shout(frame(b'{\"begin\": 1' + b'0' * 1_000_000 + b'}'))", **DIES
    ),
    "infinity in disguise": Attack('shout(frame(b\'{"check": "99.E1", "values": {"a": 1e999}}\'))'),
    "values nested without end": Attack(
        "shout(frame(b'{\"check\": \"99.E1\", \"values\": {\"a\": ' + b'[' * 400 + b']' * 400 + b'}}'))"
    ),
    "a flood of messages": Attack("while True: shout(frame(b'{\"begin\": 0}') * 2000)", **BREAKS),
    "a message at exit": Attack(
        "import atexit\natexit.register(lambda: shout(frame(b'{\"points\": 9}')))\nsys.exit()\n", status=("graded",)
    ),
    "a thread that goes on sending": Attack(
        "def speak():\n    while True:\n"
        '        shout(frame(b\'{"check": "99.E3", "values": {"c": 13}}\'))\n        time.sleep(0.01)\n'
        "threading.Thread(target=speak, daemon=True).start()\ntime.sleep(0.1)",
        points=(2.0, 0.0),
    ),
    "a pickle that writes": Attack(
        "class X:\n    def __reduce__(self): return (open, ('@FOLDER@/pwned', 'w'))\na = X()"
    ),
    "not a number": Attack("a = float('nan')"),
    "infinite": Attack("a = float('inf')"),
    "a huge whole number": Attack("a = 10**100_000"),
    "a list of itself": Attack("a = []\na.append(a)"),
    "a collection without end": Attack(
        "class X(list):\n    def __iter__(self):\n        while True: yield 1\n"
        "    def __len__(self): return 10**9\na = X([1])"
    ),
    "half a character": Attack("a = '\\ud800' * 10"),
    "letters that turn the line around": Attack("a = '\\u202e52.249137\\u202c' + '\\u200b' * 1000"),
    "digits of another script": Attack("a = '٧٣١٩٤٢'"),
    "a page in an answer": Attack("a = '<script>alert(1)</script><img src=x onerror=alert(2)>'"),
    "a very long text": Attack("a = 'x' * 10_000_000"),
}
FUNCTIONS = {
    "a function whose results lie": Attack("", second=FORGED + "\ndef double(n): return Same(1)", points=(0.0, 1.0)),
    "the shown cases by heart": Attack("", second="def double(n): return {3: 6, 0: 0}.get(n, 0)", points=(0.0, 1.0)),
    "a function that tells its inputs": Attack(
        "",
        second="def double(n):\n    if n > 700: raise ValueError(f'the input was {n}')\n    return 2 * n",
        points=(0.0, 1.0),
    ),
    "a class for a function": Attack("", second="class double(int): pass", points=(0.0, 1.0)),
    "a function that asks for the answer": Attack(
        "",
        second="def double(n):\n    frame = sys._getframe(1)\n    while frame:\n"
        "        for value in list(frame.f_locals.values()):\n"
        "            if type(value) is list and 1462.5 in value: return value\n"
        "            if type(value) is dict and 'expected' in value: return value['expected']\n"
        "        frame = frame.f_back\n    return 0",
        points=(0.0, 1.0),
    ),
    "a function without end, in one case": Attack(
        "",
        second="def double(n):\n    while n < 0: pass\n    return 2 * n",
        points=(0.0, 1.0),
        status=("graded", "timed_out"),
    ),
    "a function that ends Python": Attack(
        "",
        second="def double(n):\n    if n < 0: os._exit(0)\n    return 2 * n",
        points=(None, 1.0),
        status=("crashed",),
    ),
    "a function that recurs": Attack("", second="def double(n): return double(n)", points=(0.0, 1.0)),
    "a function that returns a flood": Attack("", second="def double(n): return 'x' * 50_000_000", points=(0.0, 1.0)),
    "a generator": Attack("", second="def double(n):\n    while True: yield n", points=(0.0, 1.0)),
    "a function that changes its input": Attack("", second="def double(n):\n    n *= 2\n    return n"),
}
ENDING = {
    "os._exit": Attack("os._exit(0)", **DIES),
    "os.abort": Attack("os.abort()", **DIES),
    "the end of itself": Attack("os.kill(os.getpid(), signal.SIGKILL)", **DIES),
    "the end of everybody": Attack(
        "os.kill(-1, signal.SIGKILL)\nos.kill(-1, signal.SIGTERM)", status=("graded", "crashed")
    ),
    "the end of the parent": Attack(
        "for number in (os.getppid(), 1, @PID@):\n    for what in (signal.SIGTERM, signal.SIGKILL):\n"
        "        try: os.kill(number, what)\n        except OSError: pass",
        status=("graded", "crashed"),
    ),
    "a stop of itself": Attack("os.kill(os.getpid(), signal.SIGSTOP)", **ENDLESS),
    "a wrong address": Attack("ctypes.string_at(1)", **DIES),
    "sys.exit": Attack("sys.exit(0)"),
    "exit()": Attack("exit()"),
    "an interruption": Attack("raise KeyboardInterrupt"),
    "a class of error of its own": Attack(
        "class E(BaseException):\n    def __str__(self): raise SystemExit\n    __repr__ = __str__\nraise E"
    ),
    "a loop": Attack("while True: pass", **LATE),
    "a loop that catches all": Attack(
        "def again():\n    while True:\n        try:\n            while True: pass\n        except BaseException:\n"
        "            try: again()\n            except BaseException: pass\n"
        "while True:\n    try: again()\n    except BaseException: pass",
        status=("timed_out", "crashed"),
        ran=False,
    ),
    "a loop that hears no bell": Attack(
        "signal.setitimer(signal.ITIMER_PROF, 0); signal.setitimer(signal.ITIMER_REAL, 0)\nwhile True: pass",
        **ENDLESS,
    ),
    "a loop that blocks all signals": Attack(
        "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\n"
        "while True: pass",
        status=("timed_out", "crashed"),
        ran=False,
    ),
    "a sleep": Attack("time.sleep(1e6)", **LATE),
    "a computation without end": Attack("10**10**9", **ENDLESS),
    "a pattern without end": Attack("import re\nre.match('(a+)+$', 'a' * 40 + 'b')", **LATE),
    "a recursion": Attack(
        "sys.setrecursionlimit(10**9)\ndef f(): return f()\nf()",
        status=("graded", "crashed", "timed_out"),
        ran=False,
    ),
    "a text that breaks the parser": Attack("pass\n" + "(" * 50_000, ran=False),
    "closed files": Attack("os.closerange(0, 200)", **DIES),
    "the way out bent to a file": Attack(
        "target = os.open('/tmp/out', os.O_CREAT | os.O_RDWR)\nfor n in range(3, 20): os.dup2(target, n)", **BREAKS
    ),
    "modules taken away": Attack("for name in list(sys.modules): del sys.modules[name]", **{**BREAKS, "points": None}),
    "an import hook": Attack(
        "class Hook:\n    def find_spec(self, *x): raise ImportError('mine')\nsys.meta_path.insert(0, Hook())\n"
        "builtins.__import__ = lambda *x, **y: 1 / 0",
        **{**BREAKS, "points": None},
    ),
    "a trace function": Attack(
        "def trace(frame, event, x):\n    frame.f_locals['values'] = {'a': 1}\n    return trace\n"
        "sys.settrace(trace); sys.setprofile(trace); threading.settrace(trace)",
        **{**BREAKS, "points": None},
    ),
    "an audit hook": Attack(
        "def refuse(*x): raise RuntimeError\nsys.addaudithook(refuse)", **{**BREAKS, "points": None}
    ),
    "another program in its place": Attack(
        "os.execv(sys.executable, [sys.executable, '-c', 'import os; os.write(1, b\"x\"); os.write(3, b\"x\")'])",
        **DIES,
    ),
}
USING_UP = {
    "memory": Attack("x = []\nwhile True: x.append(bytearray(10**8))", status=("crashed", "timed_out"), ran=False),
    "memory at once": Attack("attempt(lambda: len(bytearray(3 * 10**9)))"),
    "memory by threads": Attack(
        "def fill():\n    x = []\n    while True: x.append(bytearray(10**8))\n"
        "for _ in range(8): threading.Thread(target=fill, daemon=True).start()\ntime.sleep(0.3)",
        status=("graded", "crashed", "timed_out"),
        points=None,
        ran=False,
    ),
    "processes": Attack(
        "made = 0\nfor _ in range(300):\n    try:\n        if os.fork() == 0: time.sleep(60); os._exit(0)\n"
        "        made += 1\n    except OSError: break\nif made: leak = f'{made} processes'"
    ),
    "processes by other names": Attack(
        "import subprocess, multiprocessing\nattempt(lambda: subprocess.run(['/usr/bin/true']))\n"
        "attempt(lambda: os.posix_spawn('/usr/bin/true', ['true'], {}))\n"
        "attempt(lambda: os.popen('id').read() or 1 / 0)\n"
        "attempt(lambda: os.system('true') == 0 or 1 / 0)\n"
        "for number in (57, 58): attempt(lambda: call(number))\nattempt(lambda: call(56, 17, 0, 0, 0, 0))"
    ),
    "threads": Attack(
        "made = 0\ntry:\n    for _ in range(500):\n"
        "        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        "        made += 1\nexcept RuntimeError: pass\nif made > 60: leak = f'{made} threads'",
    ),
    "output": Attack(
        "line = 'x' * 999_999 + '\\n'\nfor _ in range(100): sys.stdout.write(line); sys.stderr.write(line)\n"
        "for n in (1, 2): [os.write(n, line.encode()) for _ in range(100)]"
    ),
    "one large file": Attack(
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "def write():\n    with open('/tmp/big', 'wb') as f:\n        for _ in range(300): f.write(b'0' * 1_000_000)\n"
        "    return 'large'\nattempt(write)"
    ),
    "many files": Attack(
        "total = 0\ntry:\n    for way, place in enumerate(('/tmp', '/dev/shm', '/dev', '/', '/tmp/d')):\n"
        "        os.makedirs(place, exist_ok=True)\n        for n in range(40):\n            try:\n"
        "                with open(f'{place}/{way}-{n}', 'wb') as f: total += f.write(b'0' * 2_000_000)\n"
        "            except OSError: break\nexcept OSError: pass\nif total > 40_000_000: leak = f'{total} bytes'"
    ),
    "empty files": Attack("for n in range(10**7): os.close(os.open(f'/tmp/{n}', os.O_CREAT))", **DIES),
    "empty folders": Attack("for n in range(10**7): os.mkdir(f'/dev/shm/{n}')", **DIES),
    "second names of one file": Attack(
        "open('/tmp/f', 'w').close()\nfor n in range(10**7): os.link('/tmp/f', f'/tmp/{n}')", **DIES
    ),
    "mailboxes and links to nowhere": Attack(
        "for n in range(10**7):\n    os.mkfifo(f'/tmp/{n}')\n    os.symlink('x', f'/tmp/l{n}')", **DIES
    ),
    "five thousand files": Attack("for n in range(5_000): os.close(os.open(f'/tmp/{n}', os.O_CREAT))"),
    "memory that no limit counts": Attack(
        "attempt(lambda: os.memfd_create('x'))\n"
        "def map_():\n    import mmap\n    kept = [mmap.mmap(-1, 10**8) for _ in range(40)]\n    return len(kept)\n"
        "attempt(map_)"
    ),
    "open files": Attack(
        "kept = []\ntry:\n    for _ in range(5000): kept.append(open(os.devnull))\nexcept OSError: pass\n"
        "if len(kept) > 200: leak = str(len(kept))\nkept.clear()"
    ),
    "limits raised": Attack(
        "for name in ('RLIMIT_AS', 'RLIMIT_NPROC', 'RLIMIT_CPU', 'RLIMIT_FSIZE', 'RLIMIT_CORE'):\n"
        "    which = getattr(resource, name)\n    hard = resource.getrlimit(which)[1]\n"
        "    attempt(lambda: resource.setrlimit(which, (resource.RLIM_INFINITY,) * 2))\n"
        "    attempt(lambda: resource.setrlimit(which, (hard + 1, hard + 1)))\nattempt(lambda: os.nice(-5))"
    ),
}
ESCAPING = {
    "writing outside": Attack(
        "from contrechamp import home\nimport contrechamp\n"
        # Of a checkout below /tmp, the empty folders that lead to what is lent lie in the room's own /tmp.
        "own = [] if str(home.checkout()).startswith('/tmp/') else [home.checkout()]\n"
        "for place in ('/', '/usr', '/dev', '/root', '/home', sys.prefix, os.path.dirname(contrechamp.__file__), "
        "*own, home.room('datasets'), home.room('datasets') / 'checks', '@FOLDER@', '/etc', '/lib/', "
        "'/bin/'):\n"
        "    attempt(lambda: open(f'{place}/pwned', 'w'))\n    attempt(lambda: os.mkdir(f'{place}/pwned'))\n"
        "    attempt(lambda: os.chmod(place, 0o777))"
    ),
    "writing into the course": Attack(
        "import contrechamp.lesson.checks as checks\nattempt(lambda: open(checks.__file__, 'a'))\n"
        "attempt(lambda: os.remove(checks.__file__))\n"
        "attempt(lambda: os.rename(checks.__file__, checks.__file__ + 'x'))"
    ),
    "reading other hand-ins": Attack(
        "attempt(lambda: os.listdir('@FOLDER@'))\nattempt(lambda: open('@FOLDER@/alice.ipynb').read())"
    ),
    "deleting other hand-ins": Attack(
        "import shutil\nattempt(lambda: os.remove('@FOLDER@/alice.ipynb'))\n"
        "shutil.rmtree('@FOLDER@', ignore_errors=True)"
    ),
    "links": Attack(
        "os.symlink('@FOLDER@/alice.ipynb', '/tmp/link')\nattempt(lambda: open('/tmp/link').read())\n"
        "attempt(lambda: open('/tmp/../../..@FOLDER@/alice.ipynb').read())\n"
        "attempt(lambda: os.link('@FOLDER@/alice.ipynb', '/tmp/hard'))\n"
        "attempt(lambda: open('/proc/self/root@FOLDER@/alice.ipynb').read())"
    ),
    "processes and kernel in /proc": Attack(
        "attempt(lambda: os.listdir('/proc'))\nattempt(lambda: os.listdir('/sys'))\n"
        "attempt(lambda: open('/proc/1/environ').read())\nattempt(lambda: open('/proc/self/mem', 'rb').read(1))"
    ),
    "accounts and names": Attack(
        "for name in ('/etc/passwd', '/etc/shadow', '/etc/hostname', '/etc/machine-id', '/etc/resolv.conf'):\n"
        "    attempt(lambda: open(name).read())\nif socket.gethostname() != 'room': leak = socket.gethostname()"
    ),
    "the environment": Attack(
        "if '@SECRET@' in json.dumps(dict(os.environ)): leak = 'secret'\n"
        "odd = set(os.environ) - {'HOME', 'PATH', 'LANG', 'PWD', 'LC_CTYPE', 'PYTHONHASHSEED', 'MPLBACKEND', "
        "'CONTRECHAMP_LANG', 'CONTRECHAMP_HOME'} - {n for n in os.environ if n.endswith('_NUM_THREADS')}\n"
        "if odd: leak = str(sorted(odd))"
    ),
    "the network": Attack(
        "for family in (socket.AF_INET, socket.AF_INET6):\n    attempt(lambda: socket.socket(family))\n"
        "attempt(lambda: socket.create_connection(('127.0.0.1', @PORT@), 1))\n"
        "attempt(lambda: socket.create_connection(('192.0.2.1', 80), 1))\n"
        "attempt(lambda: socket.getaddrinfo('example.org', 80))"
    ),
    "other families of sockets": Attack(
        "for family in (40, 38, 16, 17, 31, 44, 1 << 20):\n"  # vsock, algorithms, netlink, packet, Bluetooth, XDP
        "    for kind in (1, 2, 3):\n        attempt(lambda: socket.socket(family, kind))"
    ),
    "sockets of the host": Attack(
        "for name in ('\\0contrechamp-@PORT@', '@FOLDER@/socket', '/run/dbus/system_bus_socket', "
        "'/var/run/docker.sock'):\n"
        "    s = socket.socket(socket.AF_UNIX)\n    attempt(lambda: s.connect(name))"
    ),
    "open files from outside": Attack(
        "import stat\nfound = []\nfor n in range(3, 128):\n    try: mode = os.fstat(n).st_mode\n"
        "    except OSError: continue\n"
        "    found.append(stat.filemode(mode))\nif len(found) > 1: leak = str(found)\n"
        "attempt(lambda: os.read(0, 1) or 1 / 0)\nattempt(lambda: __import__('fcntl').ioctl(0, 0x5412, b'x'))"
    ),
    "becoming somebody else": Attack(
        "if os.getuid() == 0 or 0 in os.getgroups(): leak = str((os.getuid(), os.getgroups()))\n"
        "for action in (os.setuid, os.setgid, os.seteuid): attempt(lambda: action(0))\n"
        "attempt(lambda: os.setgroups([0]))\nattempt(lambda: os.chroot('/tmp'))\n"
        "attempt(lambda: os.chown('/tmp', 0, 0))\n"
        "attempt(lambda: os.mknod('/tmp/disk', 0o60660, os.makedev(8, 0)))\n"
        "libc = ctypes.CDLL(None)\nif libc.prctl(39, 0, 0, 0, 0) != 1: leak = 'new privileges'"
    ),
    "namespaces, mounts and tracing": Attack(
        # unshare, setns, mount, umount2, pivot_root, chroot, ptrace, open_tree, fsopen, process_vm_readv
        "for n in (272, 308, 165, 166, 155, 161, 101, 428, 430, 310):\n"
        "    for flag in (0x10000000, 0, 0x20000): attempt(lambda: call(n, flag, 0, 0, 0, 0))\n"
        "attempt(lambda: call(435, 0, 0))"
    ),
    "the kernel's cellars": Attack(
        # bpf, perf, userfaultfd, io_uring, keys, kexec, modules, syslog, reboot, file handles, kcmp
        "for n in (321, 298, 323, 425, 426, 427, 248, 249, 250, 246, 320, 175, 313, 103, 169, 303, 304, 312, "
        "447, 300):\n"
        "    attempt(lambda: call(n, 0, 0, 0, 0, 0))\n"
        "attempt(lambda: time.clock_settime(time.CLOCK_REALTIME, 0))\nattempt(lambda: socket.sethostname('x'))"
    ),
    "calls of another machine": Attack(
        "attempt(lambda: call(0x40000000 + 57))\nattempt(lambda: call(0x40000000 + 41, 2, 1, 0))"
    ),
    "a program with more rights": Attack(
        "for name in ('su', 'sudo', 'mount', 'passwd', 'bwrap'):\n"
        "    for room in ('/usr/bin', '/bin'): attempt(lambda: os.spawnv(os.P_WAIT, f'{room}/{name}', [name]) "
        "== 0 or 1 / 0)"
    ),
    "files that Python reads at its start": Attack(
        "for name in ('sitecustomize', 'usercustomize', 'json', 'contrechamp', 'struct'):\n"
        "    open(f'/tmp/{name}.py', 'w').write('raise SystemExit')\nos.environ['PYTHONPATH'] = '/tmp'\n"
        "sys.path.insert(0, '/tmp')"
    ),
    "a letter to the next one": Attack(
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "open('/tmp/letter', 'w').write('x')\nopen('/dev/shm/letter', 'w').write('x')\n"
        "libc.shmget(4321, 100, 0o1666)\nserver = socket.socket(socket.AF_UNIX)\n"
        "server.bind('\\0letter'); server.listen()\n"
        "time.sleep(0.5)"
    ),
    "a letter from the last one": Attack(
        "libc = ctypes.CDLL(None, use_errno=True)\ntime.sleep(0.1)\n"
        "for name in ('/tmp/letter', '/dev/shm/letter'): attempt(lambda: open(name).read())\n"
        "if libc.shmget(4321, 100, 0) >= 0: leak = 'shared memory'\n"
        "attempt(lambda: socket.socket(socket.AF_UNIX).connect('\\0letter'))"
    ),
}
ATTACKS = FORGING | FUNCTIONS | ENDING | USING_UP | ESCAPING

RAW = {
    "nothing": b"",
    "half a notebook": json.dumps(notebook(HONEST)).encode()[:700],
    "no text": bytes(range(256)) * 20,
    "a list": b"[]",
    "a number": b"7",
    "no cells": b'{"nbformat": 4}',
    "cells that are none": b'{"cells": 7}',
    "nested without end": b"[" * 500_000,
    "not a number": b'{"cells": NaN}',
    "a huge number": b'{"cells": ' + b"9" * 100_000 + b"}",
}
META = {"contrechamp": {"exercise": "99", "lang": "en"}}
CELL = {"cell_type": "code", "source": "a = 1"}
ODD = {
    "cells of other types": {
        "metadata": META,
        "cells": [None, 7, "x", [], {"cell_type": "code"}, {"cell_type": "code", "source": 7}],
    },
    "sources that are lists of things": {"metadata": META, "cells": [{"cell_type": "code", "source": ["a", 1, None]}]},
    "metadata of other types": {
        "metadata": [],
        "cells": [{"cell_type": "code", "source": "a = 1", "metadata": 7, "id": {}}],
    },
    "marks of other types": {
        "metadata": META | {"kernelspec": 7},
        "cells": [{"cell_type": "code", "source": "a = 1", "metadata": {"nbgrader": {"grade_id": ["x"]}}}],
    },
    "an exercise of no lesson": {"metadata": {"contrechamp": {"exercise": "../99"}}, "cells": []},
    "an exercise of another type": {
        "metadata": {"contrechamp": {"exercise": [99], "variant": {}, "lang": 7}},
        "cells": [],
    },
    "too much code": {"metadata": META, "cells": [{"cell_type": "code", "source": "#" * 3_000_000}]},
}


def hand_in(attack, places):
    """Return the bytes of an attack's notebook."""
    answers = [PRELUDE + attack.first, attack.second, attack.third, "pass"]
    for name, value in places.items():
        answers = [answer.replace(f"@{name}@", str(value)) for answer in answers]
    return json.dumps(notebook(answers)).encode()


def grade(content, way):
    """Grade a hand-in and return what is known of it, as plain JSON."""
    started = time.monotonic()
    collected = code.collect(content, EXERCISE, lambda *any_: HANDED_OUT, LIMITS, way)
    outcomes = judge(collected, CHECKS)
    witness = collected.values.get("99.E4", {})
    return {
        "status": collected.status,
        "points": [outcome.points for outcome in outcomes[:3]],
        "messages": [outcome.message for outcome in outcomes],
        "notes": list(collected.notes),
        "ran": witness.get("ran"),
        "leak": witness.get("leak"),
        "seconds": round(time.monotonic() - started, 2),
    }


class Outside:
    """What stands around the room: other hand-ins, a secret, ears on the network."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.heard = []
        (self.folder / "alice.ipynb").write_text("mine", encoding="utf-8")
        os.environ["TEACHERS_TOKEN"] = "hush-hush-4711"
        self.ears = [
            socket.create_server(("127.0.0.1", 0)),
            socket.socket(socket.AF_UNIX),
            socket.socket(socket.AF_UNIX),
        ]
        self.port = self.ears[0].getsockname()[1]
        self.ears[1].bind(str(self.folder / "socket"))
        self.ears[2].bind(f"\0contrechamp-{self.port}")
        for ear in self.ears:
            ear.listen()
            threading.Thread(target=self._listen, args=(ear,), daemon=True).start()
        self.places = {"FOLDER": self.folder, "PORT": self.port, "PID": os.getpid(), "SECRET": "hush-hush-4711"}

    def _listen(self, ear):
        while True:
            try:
                ear.accept()
            except OSError:
                return
            self.heard.append(ear.getsockname())

    def harmed(self):
        """Return what has changed outside."""
        found = sorted(path.name for path in self.folder.iterdir())
        harm = [] if found == ["alice.ipynb", "socket"] else [f"files: {found}"]
        if (self.folder / "alice.ipynb").read_text(encoding="utf-8") != "mine":
            harm.append("a hand-in was changed")
        return harm + [f"heard at {place}" for place in self.heard]


def run_all(way):
    """Grade all attacks, two at a time, with honest hand-ins between them; return every result."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        outside = Outside(folder)
        jobs = {}
        for number, (name, attack) in enumerate(ATTACKS.items()):
            jobs[name] = hand_in(attack, outside.places)
            if number % 6 == 0:
                jobs[f"honest {number}"] = json.dumps(notebook(HONEST)).encode()
        jobs |= {f"raw {name}": content for name, content in RAW.items()}
        jobs |= {f"odd {name}": json.dumps(content).encode() for name, content in ODD.items()}
        results = dict(zip(jobs, pool.map(lambda content: grade(content, way), jobs.values()), strict=True))
        return {
            "results": results,
            "harmed": outside.harmed(),
            "uid": os.getuid(),
            "left": workers(),
            "mebibytes": highest_memory() >> 10,
        }


def highest_memory():
    """Return the most memory that this program has held, KiB; ru_maxrss would count the parent that started it."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])


def workers():
    """Return the workers of this very checkout that still run, after a moment to end."""
    for _second in range(10):
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
                found += [line] if str(room.WORKER) in line else []
        if not found:
            break
        time.sleep(0.2)
    return found


if __name__ == "__main__":
    json.dump(run_all(sys.argv[1]), sys.stdout)
