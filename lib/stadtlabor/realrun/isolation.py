"""Run where nothing gets out: no network, no files but the own folder, no other processes.

New namespaces of Linux (user, network, mounts, processes, messages; see namespaces(7)) that need no
rights. The system user stays the same, so the data service still knows who asks. What is left: the
library and Python, the open part of the store, and the socket of the data service, all read-only.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import resource
import signal
import socket
import struct
import sys
from collections.abc import Callable
from pathlib import Path

from stadtlabor.realrun import view

__all__ = ["alone", "closed_to_others", "fault"]

LIBC = ctypes.CDLL(None, use_errno=True)
_NEW = {"user": 0x10000000, "net": 0x40000000, "mount": 0x00020000, "ipc": 0x08000000,
        "pid": 0x20000000}  # fmt: skip
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1
_REQUEST = struct.Struct("16sH22x")  # struct ifreq of netdevice(7)
_PDEATHSIG, _DUMPABLE, _NO_NEW_PRIVS, _CAPBSET_DROP = 1, 4, 38, 24
_LAST_CAPABILITY = 63
LARGEST_FILE = 1_000_000_000
"""Bytes of a file that a run writes."""


def alone(folder: Path, work: Callable[[], None]) -> None:
    """Do something where nothing gets out, and wait for it.

    Parameters
    ----------
    folder
        The only place that can be written to.
    work
        What to do, in a process of its own; all that it starts ends with it.

    Raises
    ------
    OSError
        If this system does not allow it, or the other process ended badly; nothing was done in
        the first case.
    """
    user, group = os.getuid(), os.getgid()
    _end_with_parent()
    _checked(LIBC.unshare(sum(_NEW.values())), "unshare")
    # Groups cannot be given up any more; the kernel wants this said before the map.
    Path("/proc/self/setgroups").write_text("deny", "ascii")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1", "ascii")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1", "ascii")
    # The first process of the new namespace takes all others with it when it ends.
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(told)
        _inside(folder, work, tell)
    os.close(tell)
    with os.fdopen(told, "rb") as pipe:
        obstacle = pipe.read().decode(errors="replace")
    _, status = os.waitpid(child, 0)
    if obstacle:
        raise OSError(obstacle)
    if status:
        raise ChildProcessError(f"status {status}")


def fault() -> str:
    """Return why runs cannot be closed off on this system, empty where they can."""
    if sys.platform != "linux":
        return sys.platform
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(told)
        try:
            _checked(LIBC.unshare(_NEW["user"] | _NEW["net"] | _NEW["mount"]), "unshare")
            _loopback()  # some systems let namespaces be made and forbid all in them
        except OSError as error:
            os.write(tell, str(error).encode())
        os._exit(0)
    os.close(tell)
    with os.fdopen(told, "rb") as pipe:
        found = pipe.read().decode()
    os.waitpid(child, 0)
    return found


def closed_to_others() -> None:
    """Let no process of the same user look into this one, nor into its memory."""
    _checked(LIBC.prctl(_DUMPABLE, 0, 0, 0, 0), "prctl")


def _inside(folder: Path, work: Callable[[], None], tell: int) -> None:
    """Close everything off, then work; never returns."""
    try:
        _end_with_parent()
        _loopback()
        view.close(folder)
        _limits()
        _checked(LIBC.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl")
        for capability in range(_LAST_CAPABILITY + 1):
            LIBC.prctl(_CAPBSET_DROP, capability, 0, 0, 0)  # those beyond the last are refused
        os.close(tell)
    except BaseException as error:  # whatever it is, nothing may run
        os.write(tell, f"{type(error).__name__}: {error}".encode())
        os._exit(1)
    try:
        work()
    except BaseException:
        os._exit(1)
    os._exit(0)


def _loopback() -> None:
    """Switch the loopback on: the kernel of a notebook talks to its client by it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        found = fcntl.ioctl(link, _SIOCGIFFLAGS, _REQUEST.pack(b"lo", 0))
        flags = _REQUEST.unpack(found)[1] | _IFF_UP
        fcntl.ioctl(link, _SIOCSIFFLAGS, _REQUEST.pack(b"lo", flags))


def _limits() -> None:
    # 1, not 0: by this value alone a handler of crashes outside gets no picture of the memory.
    resource.setrlimit(resource.RLIMIT_CORE, (1, 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))


def _end_with_parent() -> None:
    _checked(LIBC.prctl(_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "prctl")


def _checked(status: int, what: str) -> None:
    if status:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
