"""One JupyterLab per person: home folder, environment, German progress messages."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from jupyterhub.spawner import SimpleLocalProcessSpawner

from stadtlabor.settings import home, root

__all__ = ["ENV_KEEP", "HomeSpawner", "environment"]

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


class HomeSpawner(SimpleLocalProcessSpawner):
    """A server as a local process with its home in ``home()/homes``.

    All servers run as the hub's own system user: nothing but politeness keeps one person out of
    another's folder. For one machine and trial only.
    """

    async def start(self) -> Any:
        """Make the home folder and start the server."""
        Path(self.home_dir).mkdir(mode=0o700, parents=True, exist_ok=True)
        return await super().start()

    async def progress(self) -> AsyncIterator[dict[str, Any]]:
        """Tell in German what is happening."""
        yield {"progress": 30, "message": "Deine Arbeitsumgebung startet …"}
        yield {"progress": 60, "message": "Gleich geht es los …"}
