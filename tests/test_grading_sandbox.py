"""The room itself: the filter of calls, what is said where it cannot be made, and that no system stops at an import."""

import errno
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path

import attacks
import pytest
import rooms
from hypothesis import given
from hypothesis import strategies as st

from contrechamp.errors import ContrechampError
from contrechamp.grading import preflight, room, sandbox, syscalls
from contrechamp.grading.scratch import Scratch

MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW, KILL = 0x7FFF0000, 0x80000000


def verdict(code, machine, number, first=0):
    """Run a filter as the kernel does, on one call."""
    data = struct.pack("=iIQ6Q", number if number < 2**31 else number - 2**32, machine, 0, first, 0, 0, 0, 0, 0)
    steps = [struct.unpack("=HBBI", code[at : at + 8]) for at in range(0, len(code), 8)]
    place = loaded = 0
    while True:
        what, yes, no, value = steps[place]
        place += 1
        if what == 0x20:
            loaded = struct.unpack_from("=I", data, value)[0]
        elif what == 0x06:
            return value
        else:
            test = {0x15: loaded == value, 0x35: loaded >= value, 0x45: bool(loaded & value)}[what]
            place += yes if test else no


def refused(number):
    return 0x00050000 | number


@pytest.mark.parametrize("machine", MACHINES)
def test_every_call_of_the_table_is_refused_and_the_others_are_allowed(machine):
    code, column = syscalls.program(machine), list(MACHINES).index(machine)
    listed = {numbers[column] for numbers in syscalls._REFUSED.values()} - {None}
    special = {syscalls._CLONE[column], syscalls._CLONE3[column], syscalls._SOCKET[column]}
    assert len(listed) > 40
    for number in range(600):
        expected = refused(errno.EPERM) if number in listed else ALLOW
        if number not in special:
            assert verdict(code, MACHINES[machine], number) == expected, number


@pytest.mark.parametrize("machine", MACHINES)
@given(flags=st.integers(0, 2**32 - 1))
def test_only_threads_are_made(machine, flags):
    code, column = syscalls.program(machine), list(MACHINES).index(machine)
    answer = verdict(code, MACHINES[machine], syscalls._CLONE[column], flags)
    assert answer == (ALLOW if flags & 0x10000 else refused(errno.EPERM))
    assert verdict(code, MACHINES[machine], syscalls._CLONE3[column], flags) == refused(errno.ENOSYS)


@pytest.mark.parametrize("machine", MACHINES)
@given(family=st.integers(0, 2**32 - 1))
def test_only_local_sockets_are_opened(machine, family):
    code, column = syscalls.program(machine), list(MACHINES).index(machine)
    answer = verdict(code, MACHINES[machine], syscalls._SOCKET[column], family)
    assert answer == (ALLOW if family == 1 else refused(errno.EACCES))


@given(number=st.integers(0, 2**32 - 1))
def test_calls_by_another_door_are_refused_or_fatal(number):
    code = syscalls.program("x86_64")
    assert verdict(code, 0x40000003, number) == KILL  # 32-bit calls on a 64-bit machine
    if number >= 0x40000000:
        assert verdict(code, MACHINES["x86_64"], number) == refused(errno.EPERM)


def test_a_machine_without_a_table_has_no_filter_rather_than_a_wrong_one():
    assert syscalls.program("riscv64") is None


@pytest.mark.skipif(not Path("/usr/include/asm-generic/unistd.h").is_file(), reason="no kernel headers here")
def test_the_numbers_are_those_of_the_kernels_own_headers():
    import re

    tables = []
    for path in ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "/usr/include/asm-generic/unistd.h"):
        text = Path(path).read_text(encoding="utf-8") if Path(path).is_file() else ""
        tables.append({name: int(n) for name, n in re.findall(r"#define __NR(?:3264)?_(\w+)[ \t]+(\d+)", text)})
    calls = syscalls._REFUSED | {"clone": syscalls._CLONE, "clone3": syscalls._CLONE3, "socket": syscalls._SOCKET}
    for name, numbers in calls.items():
        for number, table in zip(numbers, tables, strict=True):
            if table:
                assert table.get(name, number) == number, name


@pytest.mark.parametrize(
    ("system", "words"),
    [
        ("Darwin", ["macOS", "Linux computer"]),
        ("Windows", ["wsl --install"]),
        ("FreeBSD", ["FreeBSD", "Linux only"]),
    ],
)
def test_a_system_without_a_sandbox_is_told_what_to_do(system, words):
    says = preflight.missing("en", system)
    assert all(word in says for word in words)


SAID = {
    "bwrap: setting up uid map: Permission denied": (
        1,
        ["AppArmor", "apparmor_parser -r", "apt install apparmor-profiles"],
    ),
    "bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted": (1, ["AppArmor", "apparmor_parser -r"]),
    "bwrap: No permissions to create new namespace": (0, ["namespaces", "max_user_namespaces"]),
    "bwrap: Creating new namespace failed: Operation not permitted": (None, ["container"]),
    "bwrap: Unknown option --size": (None, ["too old", "0.7"]),
    "bwrap: something new": (None, ["Bubblewrap says: bwrap: something new"]),
    "": (None, ["does not work here"]),
}


@pytest.mark.parametrize("said", SAID)
def test_what_bubblewrap_says_is_turned_into_what_to_do(said, monkeypatch, tmp_path):
    number, words = SAID[said]
    apparmor, switch = tmp_path / "apparmor", tmp_path / "switch"
    if number == 1:
        apparmor.write_text("1\n", encoding="ascii")
    if number == 0:
        switch.write_text("0\n", encoding="ascii")
    monkeypatch.setattr(preflight, "_APPARMOR", apparmor)
    monkeypatch.setattr(preflight, "_SWITCHES", (switch,))
    says = preflight._remedy(said, "en")
    assert all(word in says for word in words), says


def test_without_bubblewrap_its_package_is_named(monkeypatch):
    monkeypatch.setattr(preflight.shutil, "which", lambda name: None)
    assert "apt install bubblewrap" in preflight.missing("en", "Linux")


def test_files_that_the_other_user_may_not_read_are_named(monkeypatch):
    monkeypatch.setattr(preflight, "_way", lambda: "root")
    says = preflight._remedy("python3: can't open file '/root/x/worker.py': [Errno 13] Permission denied", "en")
    assert "chmod -R a+rX" in says


def test_other_peoples_code_is_refused_without_a_sandbox_unless_trusted(monkeypatch):
    monkeypatch.setattr(preflight, "missing", lambda lang=None: "Nothing here.")
    with pytest.raises(ContrechampError, match=r"Nothing here\.\n.*without --code.*--trust"):
        preflight.way()
    assert preflight.way(trust=True) == "trust"


def test_where_no_open_file_can_be_handed_over_those_who_trust_still_grade(monkeypatch):
    """So it is on Windows, where trust is the only way."""
    monkeypatch.delattr(socket, "recv_fds")
    with Scratch() as scratch:
        assert scratch.entries() == 0

    def never(*_):
        raise AssertionError("nothing is counted for those who trust")

    monkeypatch.setattr(sandbox, "Scratch", never)
    ran = sandbox.run([{"run": "x = 1"}], sandbox.Limits(), "trust")
    assert ran.ending == "done", ran.detail


def test_a_sandbox_that_works_is_taken_even_by_those_who_trust():
    found = rooms.need_sandbox()
    assert preflight.way(trust=True) == found


@pytest.mark.parametrize("wall", [0.0, 0.002, 0.005, 0.01, 0.02])
def test_a_room_that_is_closed_while_it_is_made_leaves_no_process(wall):
    way = rooms.need_sandbox()
    for _time in range(8):
        # Whether such a short time is up before or after the line was run depends on the machine.
        assert sandbox.run([{"run": "x = 1"}], sandbox.Limits(wall=wall), way).ending in ("time", "done")
    assert attacks.workers() == []


def test_no_memory_is_held_beyond_the_limits_by_the_kernels_mailboxes():
    cell = """
import ctypes
kernel = ctypes.CDLL(None)
made = [call(0, *rest) >= 0 for call, rest in
        ((kernel.shmget, (10**9, 0o1600)), (kernel.msgget, (0o1600,)), (kernel.semget, (9, 0o1600)))]
"""
    steps = [{"run": cell}, {"check": "x", "names": ["made"]}]
    ran = sandbox.run(steps, sandbox.Limits(), rooms.need_sandbox())
    assert [message["values"] for message in ran.messages if "check" in message] == [{"made": [False] * 3}]


def test_a_bubblewrap_that_does_nothing_is_found_out(monkeypatch, tmp_path):
    rooms.need_sandbox()
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\nexit 0\n", encoding="ascii")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert preflight.missing("en") is not None


def test_a_room_that_cannot_be_made_is_no_crash_of_the_student(monkeypatch):
    rooms.need_sandbox()
    monkeypatch.setattr(room, "_folders", lambda: iter(["--ro-bind", "/nowhere", "/nowhere"]))
    ran = sandbox.run([{"run": "x = 1"}], sandbox.Limits(), preflight._way())
    assert ran.ending == "broken"
    assert "/nowhere" in ran.detail


def test_the_modules_are_imported_where_the_system_is_not_posix():
    blocked = ("resource", "pwd", "grp", "fcntl", "termios")
    script = f"""
import sys
for name in {blocked!r}:
    sys.modules[name] = None
import os, platform, signal
for module, names in ((os, ("geteuid", "getuid", "fork", "pipe2", "setsid")), (signal, ("setitimer", "SIGPROF"))):
    for name in names:
        if hasattr(module, name):
            delattr(module, name)
platform.system = lambda: "Windows"
from contrechamp.grading import code, preflight, sandbox, worker
assert "wsl" in preflight.missing("en")
try:
    preflight.way()
except Exception as error:
    print(type(error).__name__)
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ran.stdout.strip() == "ContrechampError", ran.stderr
