"""The template: imports once, forks per session, does nothing else.

Run as ``python -m stadtlabor.kernels.template CONFIGURATION`` (JSON) by
:class:`stadtlabor.kernels.client.Template`. It holds no event loop, no socket of a library and no
thread of ours, so that a copy of it is whole.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import threading
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

from stadtlabor.kernels.child import become, descriptors
from stadtlabor.kernels.jobs import JOBS
from stadtlabor.kernels.key import stamp
from stadtlabor.kernels.wire import peer, reach, send

__all__ = ["Server", "main"]

_LOOK_S = 0.5
_PATIENCE_S = 5.0
_BREATH_S = 0.05
_BACKLOG = 128
_MOST_SILENT = 64
"""Links that may be open without a word; beyond, whoever has most of them loses the oldest."""


class Server:
    """Forks for those who ask until it is out of date or its owner is gone.

    It reads no message: a copy of it does, see :func:`stadtlabor.kernels.child.become`. So nobody
    can keep it waiting, and no copy finds in its memory what others have sent.

    Parameters
    ----------
    configuration
        ``socket`` (path), ``group`` (who may open it too, or None), ``owner`` (process id),
        ``watched`` (files), ``hours`` (age at which it retires).
    """

    def __init__(self, configuration: dict[str, Any]) -> None:
        self._path = Path(configuration["socket"])
        self._group: int | None = configuration["group"]
        self._watched = [Path(name) for name in configuration["watched"]]
        self._stamp = stamp(self._watched)
        self._until = time.monotonic() + configuration["hours"] * 3600
        self.kept = descriptors()
        self._children: dict[int, tuple[int, socket.socket]] = {}
        self._silent: dict[int, tuple[socket.socket, int, float]] = {}
        self._select = selectors.DefaultSelector()
        self._owner = os.pidfd_open(configuration["owner"])
        self._select.register(self._owner, selectors.EVENT_READ)
        self._listener: socket.socket | None = None

    def listen(self) -> None:
        """Open the socket. From now on a request waits until :meth:`serve` takes it."""
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        listener.setblocking(False)
        self._path.unlink(missing_ok=True)
        before = os.umask(0o177)
        with reach(self._path) as way:
            listener.bind(way)
        os.umask(before)
        if self._group is not None:
            os.chown(self._path, -1, self._group)
            self._path.chmod(0o660)
        listener.listen(_BACKLOG)
        self._select.register(listener, selectors.EVENT_READ)
        self._listener = listener

    def serve(self) -> socket.socket | None:
        """Work until retired and without children; in a child return the link to its owner."""
        while self._listener or self._children or self._silent:
            for chosen, _ in self._select.select(_LOOK_S):
                if chosen.fd == self._owner:
                    self._retire()
                    return None
                if chosen.fd in self._children:
                    self._reap(chosen.fd)
                elif chosen.fd in self._silent:
                    link = self._fork(chosen.fd)
                    if link:
                        return link
                elif self._listener and chosen.fd == self._listener.fileno():
                    self._accept(self._listener)
            self._drop_silent()
            if self._listener and self._out_of_date():
                self._retire()
        return None

    def _out_of_date(self) -> bool:
        return time.monotonic() > self._until or stamp(self._watched) != self._stamp

    def _retire(self) -> None:
        """Take no more requests; living children go on."""
        if self._listener:
            self._path.unlink(missing_ok=True)
            self._select.unregister(self._listener)
            self._listener.close()
            self._listener = None

    def _accept(self, listener: socket.socket) -> None:
        """Wait for the first word of one more, together with all others."""
        try:
            link, _ = listener.accept()
        except OSError as error:  # hung up meanwhile, or too many files are open
            print(f"not accepted: {error}", file=sys.stderr, flush=True)
            time.sleep(_BREATH_S)
            return
        link.settimeout(_PATIENCE_S)
        self._silent[link.fileno()] = link, peer(link).uid, time.monotonic()
        self._select.register(link, selectors.EVENT_READ)

    def _drop_silent(self) -> None:
        """Hang up on those who say nothing: after a while, or where one user has very many."""
        now = time.monotonic()
        late = [fd for fd, (_, _, since) in self._silent.items() if now - since > _PATIENCE_S]
        for fd in late:
            self._hang_up(fd)
        while len(self._silent) > _MOST_SILENT:
            uids = Counter(uid for _, uid, _ in self._silent.values())
            most = uids.most_common(1)[0][0]
            self._hang_up(next(fd for fd, (_, uid, _) in self._silent.items() if uid == most))

    def _hang_up(self, fd: int) -> None:
        self._take(fd).close()

    def _take(self, fd: int) -> socket.socket:
        self._select.unregister(fd)
        return self._silent.pop(fd)[0]

    def _fork(self, fd: int) -> socket.socket | None:
        """Fork for one who has spoken; return the link in the child, None in the template."""
        link = self._take(fd)
        try:
            if not link.recv(1, socket.MSG_PEEK):  # only wanted to know whether we are there
                link.close()
                return None
            child = os.fork()
        except OSError as error:
            print(f"not forked: {error}", file=sys.stderr, flush=True)
            link.close()
            return None
        if child == 0:
            self._let_go()
            return link
        handle = os.pidfd_open(child)
        self._children[handle] = child, link
        self._select.register(handle, selectors.EVENT_READ)
        return None

    def _let_go(self) -> None:
        """Close what is Python's: an object that is collected later would close a number in use."""
        self._select.close()
        links = [known for _, known in self._children.values()]
        for each in (self._listener, *links, *(link for link, _, _ in self._silent.values())):
            if each:
                each.close()

    def _reap(self, handle: int) -> None:
        """Tell the owner of a child how it ended."""
        child, link = self._children.pop(handle)
        self._select.unregister(handle)
        os.close(handle)
        _, status = os.waitpid(child, 0)
        # If the owner is gone, nobody wants to know.
        with link, contextlib.suppress(OSError):
            send(link, {"exit": os.waitstatus_to_exitcode(status)})


def main(configuration: dict[str, Any]) -> None:
    """Import, freeze, serve; a child runs its job and ends the process."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the owner to deal with
    server = Server(configuration)
    server.listen()
    for name in configuration["preload"]:
        _preload(name)
    # Collected now and never looked at again: the collector would touch, and so copy, every page.
    gc.collect()
    gc.freeze()
    link = server.serve()
    if link:
        _work(link, server.kept)
    os._exit(0)  # nothing of ours is left to do, and libraries only complain of each other


def _preload(name: str) -> None:
    """Import a module; of ``module:function`` call the function too, which must start no thread."""
    module, _, function = name.partition(":")
    try:
        found = importlib.import_module(module)
        if function:
            getattr(found, function)()
    except Exception as error:  # forks do without, only slower
        print(f"not preloaded: {name}: {error}", file=sys.stderr, flush=True)


def _work(link: socket.socket, kept: set[int]) -> None:
    """Become what is asked for, run its job and end the process as Python would."""
    try:
        job = become(link, kept)
        # Only now does the owner get hold of it: until here it may be another user's.
        handle = os.pidfd_open(os.getpid())
        send(link, {"pid": os.getpid()}, [handle])
        os.close(handle)
        link.close()
    except BaseException as error:
        # Never go on with half of it done; the owner launches its process as ever.
        with contextlib.suppress(OSError):
            send(link, {"error": str(error) or type(error).__name__})
        os._exit(1)
    code = 0
    try:
        JOBS[job]()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    finally:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
