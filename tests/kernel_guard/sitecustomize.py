"""Refuse the network inside the kernels that the tests start, except the machine itself (loopback).

Python imports a module of this name when it starts. The tests put this folder first on ``PYTHONPATH``, so that every
kernel loads it; a ``sitecustomize`` that exists elsewhere (Debian ships one) is run as well.

What it is: a tripwire for lessons that fetch something, in one plain sentence. What it is not: a prison. It patches
Python's ``socket`` module, and a C extension with its own sockets passes it (ZeroMQ does, which is how the kernel keeps
talking). `tests/test_network_guard.py` therefore also runs a lesson in a network namespace where the system allows one.
"""

import importlib.machinery
import importlib.util
import ipaddress
import socket
import sys
from pathlib import Path

_REFUSAL = "The network is refused while lessons are tested: {what}. A lesson must work without it."


class NetworkRefused(ConnectionError):
    """A lesson tried to leave the machine."""


def _is_loopback(host):
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in (None, "", "localhost"):  # the empty name means "any address of mine" to bind and getaddrinfo
        return True
    try:
        address = ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    # Connecting to 0.0.0.0 or :: reaches the machine itself.
    return (mapped or address).is_loopback or (mapped or address).is_unspecified


def _refuse_unless_local(sock, address):
    if sock.family not in (socket.AF_INET, socket.AF_INET6):
        return  # AF_UNIX and the like never leave the machine
    if isinstance(address, tuple) and address and _is_loopback(address[0]):
        return
    raise NetworkRefused(_REFUSAL.format(what=f"connection to {address!r}"))


def _guarded(name):
    original = getattr(socket.socket, name)

    def method(self, *args):
        # The address is the last argument of sendto (which takes optional flags before it) and the only one of connect.
        if args:
            _refuse_unless_local(self, args[-1])
        return original(self, *args)

    method.__name__ = name
    return method


def _guarded_sendmsg(original):
    def sendmsg(self, buffers, ancdata=(), flags=0, address=None):
        if address is None:
            return original(self, buffers, ancdata, flags)
        _refuse_unless_local(self, address)
        return original(self, buffers, ancdata, flags, address)

    return sendmsg


def _guarded_lookup(name):
    original = getattr(socket, name)

    def function(host, *args, **kwargs):
        if not _is_loopback(host):
            raise NetworkRefused(_REFUSAL.format(what=f"look-up of {host!r}"))
        return original(host, *args, **kwargs)

    function.__name__ = name
    return function


def install():
    """Replace the calls that can reach another machine."""
    for name in ("connect", "connect_ex", "sendto"):
        setattr(socket.socket, name, _guarded(name))
    if hasattr(socket.socket, "sendmsg"):  # absent on Windows
        socket.socket.sendmsg = _guarded_sendmsg(socket.socket.sendmsg)
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        setattr(socket, name, _guarded_lookup(name))


def chain():
    """Run the ``sitecustomize`` that this one hides, if there is one."""
    here = Path(__file__).resolve().parent
    elsewhere = [path for path in sys.path if Path(path).resolve() != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", elsewhere)
    if spec and spec.loader:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


install()
chain()
