"""One JupyterLab per person: home folder, system user, German progress messages."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from jupyterhub.spawner import SimpleLocalProcessSpawner
from jupyterhub.utils import random_port
from traitlets import Any as AnyTrait

from hub_config import access, homes, limits, people
from stadtlabor import forks
from stadtlabor.dataservice.address import PURPOSE
from stadtlabor.kernels import Fork, ForkError
from stadtlabor.kernels.user import no_new_rights

__all__ = ["ForkingSpawner", "HomeSpawner"]


class HomeSpawner(SimpleLocalProcessSpawner):
    """A server as a local process with its home in ``home()/homes``.

    Under a system user of the person's own where that is possible (see
    ``stadtlabor.separation``), under the hub's otherwise: then nothing but politeness keeps one
    person out of another's folder.
    """

    def trust(self) -> str:
        """Return the person's level of trust."""
        return people.level(self.user.admin, [group.name for group in self.user.groups])

    def account(self) -> people.User | None:
        """Return the person's system user, None where that is the hub's."""
        return people.person(self.user.name, self.trust())

    def get_env(self) -> dict[str, str]:
        """Return the server's environment."""
        return {
            **super().get_env(),
            "JUPYTER_RUNTIME_DIR": str(homes.runtime(self.user.name)),
            "STADTLABOR_LEVEL": self.trust(),
            PURPOSE: access.purpose([group.name for group in self.user.groups]),
        }

    def make_preexec_fn(self, name: str) -> Callable[[], None]:
        """Return what a launched server does before it is one, already as its own user."""
        begin = super().make_preexec_fn(name)
        if self.account() is None:
            return begin  # type: ignore[no-any-return]

        def prepare() -> None:
            no_new_rights()
            begin()

        return prepare

    async def start(self) -> Any:
        """Make the folders and start the server."""
        user = self._make_folders()
        if user:
            self.popen_kwargs = {
                "user": user.uid,
                "group": user.gid,
                "extra_groups": [],
                "umask": 0o077,
            }
        return self._limited(await super().start())

    def _make_folders(self) -> people.User | None:
        user = self.account()
        homes.make(Path(self.home_dir), self.user.name, user)
        reader = people.service("data")
        if user and reader:
            homes.announce(self.user.name, user, reader)
        return user

    def _limited(self, address: Any) -> Any:
        """Put the server under the person's limits; its kernels follow it."""
        limits.place(self.pid, self.user.name)
        return address

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
        user = self._make_folders()
        self.port: int = self.port or random_port()
        try:
            self.proc = await asyncio.to_thread(self._fork, user)
        except (ForkError, OSError) as error:
            self.log.warning("server is launched, not forked: %s", error)
            return await super().start()
        self.pid = self.proc.pid
        return self._limited((self.ip or "127.0.0.1", self.port))

    def _fork(self, user: people.User | None) -> Fork:
        nowhere = os.open(os.devnull, os.O_RDWR)
        try:
            return forks.template("servers", forks.SERVER).fork(
                "single-user-server",
                ["jupyterhub-singleuser", *self.get_args()],
                self.get_env(),
                self.home_dir,
                (nowhere, 1, 2),
                **({"uid": user.uid, "gid": user.gid} if user else {}),
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
