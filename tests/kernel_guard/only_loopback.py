"""Bring up the loopback interface of a fresh network namespace, then become the command given as arguments.

    unshare -rn python only_loopback.py COMMAND …

In such a namespace nothing but the machine itself can be reached, whatever a C extension tries. Linux only.
"""

import fcntl
import os
import socket
import struct
import sys

_SET_FLAGS, _UP_AND_RUNNING = 0x8914, 0x41  # SIOCSIFFLAGS; IFF_UP | IFF_RUNNING

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
    fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", _UP_AND_RUNNING))
os.execvp(sys.argv[1], sys.argv[1:])
