"""Find or start the template that fits, and have it fork."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from stadtlabor.kernels.key import template_key
from stadtlabor.kernels.wire import connect, receive, send

__all__ = ["Fork", "ForkError", "Template"]

_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "VIRTUAL_ENV", "PYTHONPATH", "TMPDIR")
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_QUIET = {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}  # the debugger warns of what is harmless here
_EXIT_S = 1.0
_SUCCESSOR_S = 10.0
"""Wait so long for a template that another user keeps running: it may just be exchanged."""


class ForkError(RuntimeError):
    """No fork was made; the message says why."""


class Fork:
    """A forked process, to be handled like a :class:`subprocess.Popen`.

    It is known by a pidfd, never by its number alone: a number may be given to another process.
    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int, handle: int, link: Any) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._handle, self._link = handle, link

    def poll(self) -> int | None:
        """Return the exit code, None while the process lives."""
        if self.returncode is None and _ended(self._handle, 0):
            self.returncode = self._exit_code()
            os.close(self._handle)
            self._link.close()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return the exit code."""
        if self.returncode is None and not _ended(self._handle, timeout):
            raise subprocess.TimeoutExpired("fork", timeout or 0.0)
        return self.poll() or 0

    def send_signal(self, number: int) -> None:
        """Send a signal; one that has ended gets none."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, number)

    def terminate(self) -> None:
        """Ask the process to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process."""
        self.send_signal(signal.SIGKILL)

    def _exit_code(self) -> int:
        """Return what the template says; without a template nobody knows, so 1."""
        try:
            self._link.settimeout(_EXIT_S)
            told, _ = receive(self._link)
            return int(told.get("exit", 1))
        except (OSError, ValueError):
            return 1


class Template:
    """A template process, started when first wanted and shared by all with the same key.

    Parameters
    ----------
    trust
        Trust level; forks of different levels never come from the same template.
    preload
        Modules to import; of ``module:function`` the function is called too, once.
    watched
        Files whose change makes the template out of date, such as a lock file.
    folder
        Where sockets lie; only this user or root may write there. Where it is root's, root starts
        the templates and everybody else uses them. Default: below the system's temporary folder.
    environment
        Variables of the template's own process, in which modules are imported, besides the few
        that every process needs. Forks do not see them.
    hours
        Age at which a template is replaced.
    patience_s
        How long to wait for a template that is still importing.
    group
        Members of this system group may use the template too (only root can say so). Each of them
        gets forks under its own user and no other.
    """

    def __init__(
        self,
        trust: str,
        preload: Sequence[str],
        watched: Sequence[Path] = (),
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
        hours: float = 12.0,
        patience_s: float = 10.0,
        group: int | None = None,
    ) -> None:
        self.trust, self.preload, self.watched = trust, list(preload), list(watched)
        self.folder = folder or Path(tempfile.gettempdir()) / f"forks-{os.getuid()}"
        self.environment = dict(environment or {})
        self.hours, self.patience_s, self.group = hours, patience_s, group

    @property
    def socket(self) -> Path:
        """Path of the socket of the template that fits now."""
        key = template_key(self.trust, self.preload, self.watched, self.environment)
        return self.folder / f"{self.trust}-{key}.sock"

    def fork(
        self,
        job: str,
        argv: Sequence[str],
        env: Mapping[str, str],
        cwd: str,
        stdio: tuple[int, int, int],
        **further: Any,
    ) -> Fork:
        """Have a process forked that runs a job.

        Parameters
        ----------
        job
            Name in :data:`stadtlabor.kernels.jobs.JOBS`.
        argv, env, cwd
            As for a new program; the environment is exactly ``env``.
        stdio
            Descriptors of standard input, output and error.
        **further
            ``uid``, ``gid``: whose process it shall be; only root is listened to.

        Raises
        ------
        ForkError
            If there is no template and none could be started, or it refuses.
        """
        request = {"job": job, "argv": list(argv), "env": dict(env), "cwd": cwd, **further}
        try:
            try:
                link, answer, fds = self._ask(request, stdio)
            except ConnectionError:
                # It ended with our request still waiting in its socket. Once more, with the next.
                link, answer, fds = self._ask(request, stdio)
        except (OSError, ValueError) as error:
            raise ForkError(f"no answer from the template: {error}") from error
        if "pid" not in answer or not fds:
            link.close()
            raise ForkError(f"the template refuses: {answer.get('error', 'it has ended')}")
        return Fork(answer["pid"], fds[0], link)

    def _ask(
        self, request: dict[str, Any], stdio: tuple[int, int, int]
    ) -> tuple[Any, dict[str, Any], list[int]]:
        link = self._connect()
        try:
            send(link, request, stdio)
            return link, *receive(link)
        except BaseException:
            link.close()
            raise

    def start(self) -> None:
        """Start the template now, so that the first session need not wait.

        Raises
        ------
        ForkError
            If it does not start.
        """
        try:
            self._connect().close()
        except OSError as error:
            raise ForkError(f"the template does not start: {error}") from error

    def running(self) -> bool:
        """Tell whether it runs already; nothing is started."""
        try:
            connect(str(self.socket), self.patience_s).close()
        except OSError:
            return False
        return True

    def _connect(self) -> Any:
        path = self.socket
        if self._kept_by_root():
            return self._await(path)
        with contextlib.suppress(OSError):
            return connect(str(path), self.patience_s)
        with self._alone():
            with contextlib.suppress(OSError):
                return connect(str(path), self.patience_s)
            begun = self._launch(path)
            until = time.monotonic() + self.patience_s
            while begun.poll() is None and time.monotonic() < until:
                with contextlib.suppress(OSError):
                    return connect(str(path), self.patience_s)
                time.sleep(0.02)
        raise ConnectionError("the template ended while it started; its log lies beside its socket")

    def _kept_by_root(self) -> bool:
        if os.getuid() == 0 or not self.folder.is_dir():
            return False
        state = self.folder.stat()
        return state.st_uid == 0 and not state.st_mode & 0o022

    def _await(self, path: Path) -> Any:
        """Connect to a template that is not ours to start."""
        until = time.monotonic() + _SUCCESSOR_S
        while True:
            try:
                return connect(str(path), self.patience_s)
            except (FileNotFoundError, ConnectionError):
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def _launch(self, path: Path) -> subprocess.Popen[bytes]:
        """Start the template with little environment: its copies could read it in /proc."""
        configuration = {
            "socket": str(path),
            "group": self.group,
            "owner": os.getpid(),
            "preload": self.preload,
            "watched": [str(file) for file in self.watched],
            "hours": self.hours,
        }
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        # More threads than one could not be forked.
        environment |= dict.fromkeys(_ONE_THREAD, "1") | _QUIET | self.environment
        with open(path.with_suffix(".log"), "wb", opener=_private) as log:
            return subprocess.Popen(
                [sys.executable, "-m", "stadtlabor.kernels.template", json.dumps(configuration)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
            )

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep a second starter waiting, so that both get the same template."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.group is not None:
            self.folder.chmod(0o711)  # may be passed through; each socket says who may open it
        state = self.folder.stat()
        if state.st_uid != os.getuid() or state.st_mode & 0o066:
            raise PermissionError(f"{self.folder} is open to others")
        with open(self.folder / "start.lock", "wb", opener=_private) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _ended(handle: int, timeout_s: float | None) -> bool:
    waiting = select.poll()
    waiting.register(handle, select.POLLIN)
    return bool(waiting.poll(None if timeout_s is None else timeout_s * 1000))
