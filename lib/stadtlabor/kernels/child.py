"""From a copy of the template to a process of its own."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import select
import signal
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path
from typing import Any

__all__ = ["become", "descriptors"]


def become(request: dict[str, Any], stdio: list[int], owner: int, kept: set[int]) -> None:
    """Take off everything that belongs to the template and put on what was asked for.

    Parameters
    ----------
    request
        ``argv``, ``env``, ``cwd``; where stated ``uid`` and ``gid``.
    stdio
        Descriptors that become standard input, output and error.
    owner
        Pidfd of the process that asked: this one ends when that one does.
    kept
        Descriptors that were open before the template began to serve.
    """
    os.setsid()
    _default_signals()
    for number, fd in enumerate(stdio):
        os.dup2(fd, number)
    _close_all_but({0, 1, 2, owner, *kept})
    os.umask(0o077)
    if os.geteuid() == 0 and request.get("uid") is not None:
        os.setgroups([])
        os.setgid(request["gid"])
        os.setuid(request["uid"])
    # After the change of user: a person's folder need not be open to anyone else.
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    _forget()
    sys.argv = list(request["argv"])
    threading.Thread(target=_end_with, args=(owner,), name="owner", daemon=True).start()


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
