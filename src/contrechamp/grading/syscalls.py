"""A filter of system calls for a hand-in's process, as the small program that the Linux kernel runs (seccomp, cBPF).

Namespaces hide files and the network; they do not make processes scarce nor the kernel small. The filter does: a
hand-in starts no process (threads are allowed), makes no namespace, opens no socket but a local one, and reaches none
of the rarely used calls in which kernels have been broken. It is a second wall, not the first.

Numbers of calls: ``arch/x86/entry/syscalls/syscall_64.tbl`` and ``include/uapi/asm-generic/unistd.h`` of Linux.
Instructions: ``include/uapi/linux/filter.h`` and ``seccomp.h``.
"""

import errno
import struct

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _MACHINE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data; the low half of the argument
_THREAD = 0x00010000  # CLONE_THREAD
_UNIX = 1  # AF_UNIX
_OTHER_ABI = 0x40000000  # calls of the x32 interface begin here

# Name of the call: number on x86-64, number on the machines with the generic table. None: the machine lacks it.
_REFUSED: dict[str, tuple[int | None, int | None]] = {
    "fork": (57, None),
    "vfork": (58, None),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    # Memory that no limit of this process counts.
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "syslog": (103, 116),
    "fanotify_init": (300, 262),
}
_CLONE, _CLONE3, _SOCKET = (56, 220), (435, 435), (41, 198)
_MACHINES = {"x86_64": (0xC000003E, 0), "amd64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1), "arm64": (0xC00000B7, 1)}


def program(machine: str) -> bytes | None:
    """Return the filter for a machine, or None when we have no table of its calls.

    Parameters
    ----------
    machine : str
        As `platform.machine` names it.

    Returns
    -------
    bytes or None
        Eight bytes an instruction, in the machine's order, as ``bwrap --seccomp`` takes them.

    Examples
    --------
    >>> program("x86_64")[:8].hex()
    '2000000004000000'
    """
    if machine.lower() not in _MACHINES:
        return None
    audit, column = _MACHINES[machine.lower()]
    code = [_step(_LOAD, _MACHINE), *_unless(_EQUAL, audit, _KILL), _step(_LOAD, _NUMBER)]
    if column == 0:
        code += _when(_AT_LEAST, _OTHER_ABI, _ERRNO | errno.EPERM)
    for numbers in _REFUSED.values():
        if (number := numbers[column]) is not None:
            code += _when(_EQUAL, number, _ERRNO | errno.EPERM)
    # The C library asks clone3 first and falls back on clone, whose flags can be read here.
    code += _when(_EQUAL, _CLONE3[column], _ERRNO | errno.ENOSYS)
    code += _first_argument(_CLONE[column], _ANY_BIT, _THREAD, errno.EPERM)
    code += _first_argument(_SOCKET[column], _EQUAL, _UNIX, errno.EACCES)
    return b"".join([*code, _step(_RETURN, _ALLOW)])


def _step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("=HBBI", code, yes, no, value)


def _when(test: int, value: int, answer: int) -> list[bytes]:
    return [_step(test, value, 0, 1), _step(_RETURN, answer)]


def _unless(test: int, value: int, answer: int) -> list[bytes]:
    return [_step(test, value, 1, 0), _step(_RETURN, answer)]


def _first_argument(number: int, test: int, value: int, refusal: int) -> list[bytes]:
    """Allow a call when its first argument passes the test, refuse it otherwise, and go on at any other call."""
    return [
        _step(_EQUAL, number, 0, 4),
        _step(_LOAD, _FIRST_ARGUMENT),
        _step(test, value, 0, 1),
        _step(_RETURN, _ALLOW),
        _step(_RETURN, _ERRNO | refusal),
    ]
