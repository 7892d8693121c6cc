"""Run a notebook's cells, and notice every answer of the kernel."""

from __future__ import annotations

import asyncio
from typing import Any

from nbclient import NotebookClient

__all__ = ["Runner"]

WAKE_S = 0.2


class Runner(NotebookClient):
    """nbclient, looking at its sockets again and again while a cell runs.

    A socket of ZeroMQ says only once that something has come. nbclient answers for Output widgets
    (``interact``) past the event loop on the very socket on which it waits for the end of the cell;
    a send at the wrong moment takes the signal away, and the cell would never end.
    """

    async def async_execute_cell(self, *args: Any, **kwargs: Any) -> Any:
        """Run one cell."""
        looking = asyncio.ensure_future(self._look())
        try:
            return await super().async_execute_cell(*args, **kwargs)
        finally:
            looking.cancel()

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(WAKE_S)
            for channel in (self.kc.shell_channel, self.kc.iopub_channel):
                channel.socket._schedule_remaining_events()
