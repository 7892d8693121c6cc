"""Visitors' kernels: one or two stand ready, so that a visitor waits for no start."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from stadtlabor.memory import give_back

__all__ = ["Kernel", "Kernels"]

log = logging.getLogger(__name__)

START_S = 60
REFILL_S = 0.5
"""Pause before a kernel is started in reserve: whoever came in has the processor to himself."""
LOOK_S = 20.0
CONNECT_S = 60.0
"""So long a page may take to load its script; then its visitor has gone."""


@dataclass
class Kernel:
    """A kernel that answers, and the server's own line to it.

    Attributes
    ----------
    id
        Random; who knows it may talk to the kernel.
    manager, client
        Of ``jupyter_client``.
    """

    id: str
    manager: Any
    client: Any


class Kernels:
    """Hands out kernels and knows how many are in use.

    Parameters
    ----------
    manager
        The server's kernel manager.
    reserve
        How many wait for a visitor.
    """

    def __init__(self, manager: Any, reserve: int) -> None:
        self._manager, self._reserve = manager, reserve
        self._waiting: list[Kernel] = []
        self._given: set[str] = set()
        self._asked = 0
        self._used = False
        self._refilling = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def taken(self) -> int:
        """How many visitors have a kernel or are about to get one."""
        self._given = {each for each in self._given if each in self._manager}
        return len(self._given) + self._asked

    async def take(self, surroundings: Mapping[str, str], folder: str) -> Kernel:
        """Return a kernel for a visitor.

        Parameters
        ----------
        surroundings
            Variables for its environment, besides those of this process.
        folder
            Its working folder.
        """
        self._asked += 1
        self._used = True
        try:
            kernel = await self._next()
            self._given.add(kernel.id)
        finally:
            self._asked -= 1
            self._soon(self._refill(REFILL_S))
        # repr() of a dict of strings is Python that says just that, whatever a visitor put in.
        kernel.client.execute(
            f"import os\nos.environ.update({dict(surroundings)!r})\nos.chdir({folder!r})",
            silent=True,
            store_history=False,
        )
        return kernel

    async def end(self, kernel: str) -> None:
        """End a kernel; nothing happens where it has ended already."""
        if kernel in self._manager:
            await self._manager.shutdown_kernel(kernel)

    def expect(self, kernel: str) -> None:
        """End a kernel later if no page connects to it."""
        self._soon(self._end_unless_used(kernel))

    async def keep_ready(self) -> None:
        """See to it for ever that the reserve is full and is not taken for abandoned."""
        while True:
            for gone in [each for each in self._waiting if each.id not in self._manager]:
                self._drop(gone)
            await self._refill(0)
            for kernel in self._waiting:
                kernel.manager.last_activity = datetime.now(UTC)
            if self._used and not self.taken:
                self._used = False
                give_back()
            await asyncio.sleep(LOOK_S)

    async def _end_unless_used(self, kernel: str) -> None:
        await asyncio.sleep(CONNECT_S)
        if kernel in self._manager and not self._manager.kernel_model(kernel)["connections"]:
            await self.end(kernel)

    async def _next(self) -> Kernel:
        while self._waiting:
            kernel = self._waiting.pop(0)
            if kernel.id in self._manager and await kernel.client.is_alive():
                return kernel
            kernel.client.stop_channels()
        return await self._start()

    def _drop(self, kernel: Kernel) -> None:
        self._waiting.remove(kernel)
        kernel.client.stop_channels()

    async def _start(self) -> Kernel:
        name = await self._manager.start_kernel(kernel_name="python3")
        manager = self._manager.get_kernel(name)
        client = manager.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=START_S)
        except RuntimeError:
            client.stop_channels()
            await self.end(name)
            raise
        client.allow_stdin = False
        return Kernel(name, manager, client)

    async def _refill(self, pause_s: float) -> None:
        await asyncio.sleep(pause_s)
        async with self._refilling:
            # Visitors come first; the last of them leads here again.
            while not self._asked and len(self._waiting) < self._reserve:
                try:
                    self._waiting.append(await self._start())
                except (RuntimeError, OSError):
                    log.exception("Kein Kern in Reserve")
                    return

    def _soon(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
