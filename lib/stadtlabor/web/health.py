"""The state of the services as they write it themselves into ``home()/status``."""

from __future__ import annotations

import json
from typing import Any

from stadtlabor.settings import home

__all__ = ["health"]


def health() -> dict[str, Any]:
    """Return the content of every status file by the name of its service.

    A file that is being replaced or is faulty counts as ``{"state": "unreadable"}``.
    """
    services: dict[str, Any] = {}
    for path in sorted((home() / "status").glob("*.json")):
        try:
            services[path.stem] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            services[path.stem] = {"state": "unreadable"}
    return {"state": "ok", "services": services}
