"""Where the hub is found behind the proxy."""

from __future__ import annotations

from stadtlabor.settings import Settings

__all__ = ["BASE_URL", "api"]

BASE_URL = "/labor/"


def api(settings: Settings) -> str:
    """Return the address of the hub's API for services of this machine."""
    return f"http://127.0.0.1:{settings.serve.hub_port}{BASE_URL}hub/api"
