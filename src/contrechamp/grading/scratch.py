"""How many files lie in the scratch space of a hand-in, counted from outside while its code runs.

Bubblewrap limits the bytes of the space and not its files, and an empty file has no bytes: it costs the kernel about a
kilobyte of memory that no limit of a process counts. So the worker hands its open scratch folder out, before the first
line of a student's runs, and whoever watches asks the kernel how many files that file system holds.
"""

import os
import socket
from contextlib import suppress
from types import TracebackType


class Scratch:
    """The line through which the worker shows its scratch folder, and the count of what lies there.

    Attributes
    ----------
    theirs : int
        The end that the worker inherits, as the number of an open file.
    """

    def __init__(self) -> None:
        self._ours, self._end = socket.socketpair()
        self._ours.setblocking(False)
        self._folder: int | None = None
        self.theirs = self._end.fileno()

    def __enter__(self) -> "Scratch":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ours.close()
        self._end.close()
        if self._folder is not None:
            os.close(self._folder)  # the space is gone with the last that holds it open

    def entries(self) -> int:
        """Return how many files, folders and links there are now, of any size; nought before the worker has begun.

        Returns
        -------
        int
        """
        if self._folder is None:
            found: list[int] = []
            if not hasattr(socket, "recv_fds"):
                return 0  # on Windows, where there is no sandbox and nothing is handed out
            with suppress(BlockingIOError):
                found = socket.recv_fds(self._ours, 1, 1)[1]
            if not found:
                return 0
            self._folder = found[0]
        status = os.fstatvfs(self._folder)
        return status.f_files - status.f_ffree
