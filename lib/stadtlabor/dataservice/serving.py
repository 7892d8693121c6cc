"""A data service inside this process, for runs where all share one system user."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from stadtlabor.dataservice.address import ADDRESS

__all__ = ["serving"]


@contextmanager
def serving(path: Path, log: str, services: Mapping[int, str] | None = None) -> Iterator[str]:
    """Serve at a socket while this is entered, and say so in the environment.

    Parameters
    ----------
    path
        Where the socket will lie.
    log
        Name of the decision log.
    services
        System user to name of the service that asks, see :class:`Identity`; default: everybody
        is a visitor.

    Yields
    ------
    str
        Address of the service.
    """
    import uvicorn

    from stadtlabor.dataservice.identity import Identity
    from stadtlabor.dataservice.opening import desk
    from stadtlabor.dataservice.server import application
    from stadtlabor.dataservice.sockets import LocalProtocol, listen

    who = Identity("", dict(services or {}), None, None)
    server = uvicorn.Server(
        uvicorn.Config(
            application(desk(log), who), http=LocalProtocol, lifespan="off",
            access_log=False, log_level="warning",
        )
    )  # fmt: skip
    listening = listen(path)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    before = os.environ.get(ADDRESS)
    os.environ[ADDRESS] = address = f"unix:{path.resolve()}"
    try:
        yield address
    finally:
        if before is None:
            os.environ.pop(ADDRESS, None)
        else:
            os.environ[ADDRESS] = before
        server.should_exit = True
        thread.join(10)
        path.unlink(missing_ok=True)
