"""A local socket whose other end is known: the system says which user connects."""

from __future__ import annotations

import asyncio
import socket
import struct
from pathlib import Path
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from stadtlabor.kernels.wire import reach

__all__ = ["LocalProtocol", "listen"]

_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid: struct ucred of unix(7)


class LocalProtocol(HttpToolsProtocol):
    """Tells the application the system user at the other end as ``("local", uid)``."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Ask the operating system who has connected."""
        super().connection_made(transport)
        connected: Any = transport.get_extra_info("socket")
        if connected is not None and connected.family == socket.AF_UNIX:
            found = connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
            self.client = ("local", _CREDENTIALS.unpack(found)[1])


def listen(path: Path) -> socket.socket:
    """Return a listening socket that every system user of this machine may connect to."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with reach(path) as way:
        listening.bind(way)
    path.chmod(0o666)
    listening.listen(512)
    return listening
