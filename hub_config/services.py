"""The processes that JupyterHub starts, watches and restarts."""

from __future__ import annotations

import os
import sys
from typing import Any

from jupyterhub.services import service as hub_services
from traitlets import default

from hub_config.launch import KEEP
from stadtlabor.settings import Settings, home, root

__all__ = ["POLL_S", "culler_role", "launcher", "services", "watch_closely"]

POLL_S = 4
"""Seconds after which a dead service is noticed and started again."""

PYTHON = sys.executable


def launcher(name: str, command: list[str], *, hub: bool = False) -> list[str]:
    """Return the command that starts a service with a log of its own and little environment.

    Parameters
    ----------
    name
        Name of the log file in ``home()/logs``.
    command
        Program with an absolute path, and its arguments.
    hub
        True where the service calls the hub and so needs its token.
    """
    start = [PYTHON, "-I", "-S", str(root() / "hub_config" / "launch.py")]
    return [*start, *(["--hub"] if hub else []), str(home() / "logs" / f"{name}.log"), *command]


def services(settings: Settings) -> list[dict[str, Any]]:
    """Return the managed services in the order of their start.

    The addresses of ``web`` and ``apps`` are routes of the proxy (see ``routes``), not
    ``/services/…`` of the hub: the hub knows these two as processes only.
    """
    commands = {
        "web": ["-m", "stadtlabor.web"],
        "broker": ["-m", "stadtlabor.ingest.broker"],
        "simulation": ["-m", "stadtlabor.cli", "simulate"],
        "ingest": ["-m", "stadtlabor.cli", "ingest", "run"],
        "apps": ["-m", "stadtlabor.apps"],
        "pipelines": ["-m", "stadtlabor.cli", "pipelines", "run"],
    }
    if settings.ingest.broker != "embedded":
        del commands["broker"]
    if not settings.simulation.enabled:
        del commands["simulation"]
    # What the hub itself passes on is narrower than what the launcher lets through.
    environment = {name: os.environ[name] for name in KEEP if name in os.environ}
    managed = [
        {"name": name, "command": launcher(name, [PYTHON, *arguments])}
        for name, arguments in commands.items()
    ]
    idle = ["-m", "jupyterhub_idle_culler", f"--timeout={settings.culling.server_idle_s}"]
    managed.append({"name": "culler", "command": launcher("culler", [PYTHON, *idle], hub=True)})
    return [
        {**entry, "cwd": str(root()), "environment": environment, "display": False}
        for entry in managed
    ]


def culler_role() -> dict[str, Any]:
    """Return the role of the idle culler: it may stop servers and do nothing else."""
    scopes = ["list:users", "read:users:activity", "read:servers", "delete:servers"]
    return {"name": "culler", "scopes": scopes, "services": ["culler"]}


class ServiceSpawner(hub_services._ServiceSpawner):  # type: ignore[misc]
    """The hub's own starter of services, looking more often.

    The hub has no setting for this interval and takes 30 s.
    """

    @default("poll_interval")
    def _poll_interval(self) -> int:
        return POLL_S


def watch_closely() -> None:
    """Let the hub notice a dead service after :data:`POLL_S` seconds."""
    hub_services._ServiceSpawner = ServiceSpawner
