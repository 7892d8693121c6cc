"""From a copy of the template to a process of its own."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import select
import signal
import socket
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path
from typing import Any

from stadtlabor.kernels import limits, user
from stadtlabor.kernels.jobs import JOBS
from stadtlabor.kernels.wire import peer, receive

__all__ = ["become", "descriptors"]


def become(link: socket.socket, kept: set[int]) -> str:
    """Take off everything that belongs to the template and put on what is asked for.

    The message is read here and not in the template: what one person sends, with tokens in it,
    must leave no trace in the memory that the next person's copy is made of. And it is read with
    the rights of the one who sent it: only root may ask for another user.

    Parameters
    ----------
    link
        To the one who asks; a message waits in it.
    kept
        Descriptors that were open before the template began to serve.

    Returns
    -------
    str
        The job to do.

    Raises
    ------
    OSError, ValueError
        If the request cannot be met; nothing has been done for it.
    """
    os.setsid()
    _default_signals()
    who = peer(link)
    owner = os.pidfd_open(who.pid)
    _close_all_but({0, 1, 2, owner, link.fileno(), *kept})
    if os.geteuid() == 0 and who.uid != 0:
        limits.join(who.pid, owner)
        user.change(who.uid, who.gid)
    elif who.uid not in (0, os.geteuid()):
        raise PermissionError("another user")
    request, stdio = receive(link)
    _check(request, stdio)
    for number, fd in enumerate(stdio):
        os.dup2(fd, number)
        os.close(fd)
    os.umask(0o077)
    if who.uid == 0 and request.get("uid") is not None:
        user.change(request["uid"], request["gid"])
    # After the change of user: a person's folder need not be open to anyone else.
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    _forget()
    sys.argv = list(request["argv"])
    threading.Thread(target=_end_with, args=(owner,), name="owner", daemon=True).start()
    return str(request["job"])


def _check(request: dict[str, Any], stdio: list[int]) -> None:
    if not isinstance(request, dict) or request.get("job") not in JOBS:
        raise ValueError("unknown job")
    if len(stdio) != 3:
        raise ValueError("standard input, output and error are missing")


def _default_signals() -> None:
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def descriptors() -> set[int]:
    """Return the file descriptors of this process, and one more that the look itself needed."""
    return {int(entry.name) for entry in Path("/proc/self/fd").iterdir()}


def _close_all_but(kept: set[int]) -> None:
    for fd in descriptors() - kept:
        with contextlib.suppress(OSError):
            os.close(fd)


def _forget() -> None:
    """Draw anew what must differ between siblings, look up anew what depends on surroundings."""
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(int.from_bytes(os.urandom(4), "little"))
    uuid._node = None  # type: ignore[attr-defined]
    multiprocessing.current_process().authkey = os.urandom(32)
    tempfile.tempdir = None
    time.tzset()


def _end_with(owner: int) -> None:
    """Wait until the owner is gone, then end this process and all it has started."""
    waiting = select.poll()
    waiting.register(owner, select.POLLIN)
    waiting.poll()
    os.killpg(0, signal.SIGKILL)
