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
from pathlib import Path
from typing import Any

from stadtlabor.kernels.child import become, descriptors
from stadtlabor.kernels.jobs import JOBS
from stadtlabor.kernels.key import stamp
from stadtlabor.kernels.wire import peer, receive, send

__all__ = ["Server", "main"]

_LOOK_S = 0.5
_PATIENCE_S = 5.0
_BACKLOG = 128


class Server:
    """Answers requests for forks until it is out of date or its owner is gone.

    Parameters
    ----------
    configuration
        ``socket`` (path), ``owner`` (process id), ``watched`` (files), ``hours`` (age at which it
        retires).
    """

    def __init__(self, configuration: dict[str, Any]) -> None:
        self._path = Path(configuration["socket"])
        self._watched = [Path(name) for name in configuration["watched"]]
        self._stamp = stamp(self._watched)
        self._pid = os.getpid()
        self._until = time.monotonic() + configuration["hours"] * 3600
        self._kept = descriptors()
        self._children: dict[int, tuple[int, socket.socket]] = {}
        self._select = selectors.DefaultSelector()
        self._owner = os.pidfd_open(configuration["owner"])
        self._select.register(self._owner, selectors.EVENT_READ)
        self._listener: socket.socket | None = None

    def listen(self) -> None:
        """Open the socket. From now on a request waits until :meth:`serve` takes it."""
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._path.unlink(missing_ok=True)
        listener.bind(str(self._path))
        self._path.chmod(0o600)
        listener.listen(_BACKLOG)
        self._select.register(listener, selectors.EVENT_READ)
        self._listener = listener

    def serve(self) -> dict[str, Any] | None:
        """Work until retired and without children; in a child return its request."""
        while self._listener or self._children:
            for chosen, _ in self._select.select(_LOOK_S):
                if chosen.fd == self._owner:
                    self._retire()
                    return None
                if chosen.fd in self._children:
                    self._reap(chosen.fd)
                else:
                    request = self._answer()
                    if request:
                        return request
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

    def _answer(self) -> dict[str, Any] | None:
        """Fork for one request; return it in the child, None in the template."""
        if self._listener is None:
            return None
        link, _ = self._listener.accept()
        link.settimeout(_PATIENCE_S)
        fds: list[int] = []
        try:
            pid, uid = peer(link)
            request, fds = receive(link)
            if not request:  # only wanted to know whether we are there
                link.close()
                return None
            fault = self._fault(uid, request, fds)
            if fault:
                send(link, {"error": fault})
                link.close()
                return None
            owner = os.pidfd_open(pid)
            child = os.fork()
            if child == 0:
                self._let_go(link)
                become(request, fds, owner, self._kept)
                return request
            os.close(owner)
            handle = os.pidfd_open(child)
            self._children[handle] = child, link
            self._select.register(handle, selectors.EVENT_READ)
            try:
                send(link, {"pid": child}, [handle])
            except OSError:
                signal.pidfd_send_signal(handle, signal.SIGKILL)  # nobody waits for it any more
                raise
        except (OSError, ValueError) as error:
            # One who hangs up or sends nonsense must not end the service for all.
            print(f"request refused: {error}", file=sys.stderr, flush=True)
            if not any(known is link for _, known in self._children.values()):
                link.close()
        finally:
            if os.getpid() == self._pid:
                for fd in fds:
                    os.close(fd)
        return None

    def _let_go(self, link: socket.socket) -> None:
        """Close what is Python's: an object that is collected later would close a number in use."""
        self._select.close()
        for each in (link, self._listener, *(known for _, known in self._children.values())):
            if each:
                each.close()

    def _fault(self, uid: int, request: dict[str, Any], fds: list[int]) -> str:
        if uid not in (0, os.geteuid()):
            return "another user"
        if request.get("job") not in JOBS:
            return f"unknown job {request.get('job')!r}"
        if len(fds) != 3:
            return "standard input, output and error are missing"
        return ""

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
    request = server.serve()
    if request:
        _work(request["job"])
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


def _work(job: str) -> None:
    """Run the job of a child and end the process as Python would."""
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
