"""A wire between browser and server that counts what passes.

The browser's own tools tell the length of websocket messages before they are packed.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

PIECE = 65_536


class Wire:
    """Passes connections on to a server.

    Attributes
    ----------
    bytes
        So many have passed, both ways, headers included.
    port
        Where to connect to, on 127.0.0.1.
    """

    def __init__(self, port: int) -> None:
        self.bytes = 0
        self.port = 0
        self._behind = port

    def serve(self, ready: threading.Event) -> None:
        """Pass on until :meth:`stop`."""
        with suppress(asyncio.CancelledError):
            asyncio.run(self._serve(ready))

    async def _serve(self, ready: threading.Event) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await server.serve_forever()

    def stop(self) -> None:
        """End :meth:`serve` from another thread."""
        assert self._task is not None
        self._loop.call_soon_threadsafe(self._task.cancel)

    async def _pass_on(self, asked: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        with suppress(asyncio.CancelledError):  # the wire is taken away while it is open
            heard, asks = await asyncio.open_connection("127.0.0.1", self._behind)
            await asyncio.gather(self._copy(asked, asks), self._copy(heard, answers))

    async def _copy(self, source: asyncio.StreamReader, goal: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while piece := await source.read(PIECE):
                self.bytes += len(piece)
                goal.write(piece)
                await goal.drain()
        goal.close()


@contextmanager
def wired(address: str) -> Iterator[tuple[Wire, str]]:
    """Lay a wire to the server of an address; yields it and the address at its other end."""
    parts = urlsplit(address)
    wire, ready = Wire(parts.port or 80), threading.Event()
    thread = threading.Thread(target=wire.serve, args=(ready,), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield wire, parts._replace(netloc=f"127.0.0.1:{wire.port}").geturl()
    finally:
        wire.stop()
        thread.join(10)
