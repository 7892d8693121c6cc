"""One JupyterLab per person: home folder, environment, German progress messages."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from jupyterhub.spawner import SimpleLocalProcessSpawner
from jupyterhub.utils import random_port
from traitlets import Any as AnyTrait

from stadtlabor import forks
from stadtlabor.kernels import Fork, ForkError
from stadtlabor.settings import home, root, settings

__all__ = ["ENV_KEEP", "ForkingSpawner", "HomeSpawner", "chosen", "environment"]

ENV_KEEP = ["PATH", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR"]
"""Variables of the hub that a person's server may see."""


def environment() -> dict[str, str]:
    """Return what a server and its kernels need to find library, data and configuration."""
    named = ("STADTLABOR_SETTINGS", "STADTLABOR_CITY", "STADTLABOR_NOTEBOOKS")
    return {
        "STADTLABOR_ROOT": str(root()),
        "STADTLABOR_HOME": str(home()),
        "JUPYTER_CONFIG_PATH": str(root() / "hub_config" / "server"),
        "LANG": os.environ.get("LANG", "C.UTF-8"),
        **{name: os.environ[name] for name in named if name in os.environ},
    }


def runtime(name: str) -> Path:
    """Return the folder of the sockets between a person's server and its kernels.

    Not in the home: the path of a socket may have 107 bytes, and a kernel's name takes half.
    """
    here = hashlib.sha256(str(home()).encode()).hexdigest()[:8]
    return Path(tempfile.gettempdir()) / f"stadtlabor-{os.getuid()}-{here}" / name


def own(folder: Path) -> None:
    """Make a folder that nobody else can look into.

    Raises
    ------
    PermissionError
        If it is there and belongs to someone else or is open to others.
    """
    for each in (folder.parent, folder):
        each.mkdir(mode=0o700, parents=True, exist_ok=True)
        state = each.lstat()
        if state.st_uid != os.getuid() or state.st_mode & 0o077 or each.is_symlink():
            raise PermissionError(f"{each} is not ours alone")


class HomeSpawner(SimpleLocalProcessSpawner):
    """A server as a local process with its home in ``home()/homes``.

    All servers run as the hub's own system user: nothing but politeness keeps one person out of
    another's folder. For one machine and trial only.
    """

    def get_env(self) -> dict[str, str]:
        """Return the server's environment."""
        return {**super().get_env(), "JUPYTER_RUNTIME_DIR": str(runtime(self.user.name))}

    async def start(self) -> Any:
        """Make the folders and start the server."""
        self._make_folders()
        return await super().start()

    def _make_folders(self) -> None:
        Path(self.home_dir).mkdir(mode=0o700, parents=True, exist_ok=True)
        own(runtime(self.user.name))

    async def progress(self) -> AsyncIterator[dict[str, Any]]:
        """Tell in German what is happening."""
        yield {"progress": 30, "message": "Deine Arbeitsumgebung startet …"}
        yield {"progress": 60, "message": "Gleich geht es los …"}


class ForkingSpawner(HomeSpawner):
    """The same, forked from a process that has imported JupyterLab.

    After any error the server is launched as ever and the log says why.
    """

    proc = AnyTrait(help="The server's process: launched or forked.")

    async def start(self) -> Any:
        """Make the home folder and fork the server."""
        self._make_folders()
        self.port: int = self.port or random_port()
        try:
            self.proc = await asyncio.to_thread(self._fork)
        except (ForkError, OSError) as error:
            self.log.warning("server is launched, not forked: %s", error)
            return await super().start()
        self.pid = self.proc.pid
        return self.ip or "127.0.0.1", self.port

    def _fork(self) -> Fork:
        nowhere = os.open(os.devnull, os.O_RDWR)
        try:
            return forks.template("servers", forks.SERVER).fork(
                "single-user-server",
                ["jupyterhub-singleuser", *self.get_args()],
                self.get_env(),
                self.home_dir,
                (nowhere, 1, 2),
            )
        finally:
            os.close(nowhere)

    async def poll(self) -> int | None:
        """Return the exit code, None while the server runs."""
        if not isinstance(self.proc, Fork):
            return await super().poll()  # type: ignore[no-any-return]
        status = self.proc.poll()
        if status is not None:
            self.clear_state()
        return status

    async def _signal(self, sig: int) -> bool:
        if not isinstance(self.proc, Fork):
            return await super()._signal(sig)  # type: ignore[no-any-return]
        self.proc.send_signal(sig)
        return self.proc.poll() is None


def chosen() -> type[HomeSpawner]:
    """Return the spawner that the settings name, its templates on their way where it has some."""
    if settings().labs.servers == "launched":
        return HomeSpawner
    forks.warm(forks.template("servers", forks.SERVER), forks.template("people"))
    return ForkingSpawner
