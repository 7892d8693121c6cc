"""The processes that JupyterHub starts, watches and restarts."""

from __future__ import annotations

import os
import signal
import sys
import weakref
from pathlib import Path
from typing import Any, ClassVar

from jupyterhub.services import service as hub_services
from traitlets import Integer

from hub_config import address, people
from hub_config.launch import KEEP, STORE
from stadtlabor.dataservice.address import ADDRESS, local
from stadtlabor.separation import separation
from stadtlabor.settings import Settings, home, root

__all__ = ["POLL_S", "culler_role", "launcher", "services", "watch_closely"]

POLL_S = 2
"""Seconds after which a dead service is noticed and started again."""

STOP_S = 5
"""Seconds that a service has to finish its work when it is asked to stop."""

OWN_HOME = ("apps", "render", "realrun")
"""Services that run strangers' notebooks; the others share a folder for their files."""

READERS = ("web", "ingest", "data", "pipelines", "warn", "guard")
"""Services that read or write the data themselves; all others ask the data service."""

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

    Where the hub is root the service is not: it gets the system user that ``people`` names.
    """
    start = [PYTHON, "-I", "-S", str(root() / "hub_config" / "launch.py")]
    if hub:
        start.append("--hub")
    user = people.service(name)
    if user:
        own = name if name in OWN_HOME else "services"
        start += ["--user", str(user.uid), str(home() / own)]
    return [*start, str(home() / "logs" / f"{name}.log"), *command]


def services(settings: Settings) -> list[dict[str, Any]]:
    """Return the managed services in the order of their start.

    The addresses of ``web`` and ``apps`` are routes of the proxy (see ``routes``), not
    ``/services/…`` of the hub: the hub knows these two as processes only.
    """
    program = str(Path(PYTHON).with_name("stadtlabor"))
    commands = {
        "web": [PYTHON, "-m", "stadtlabor.web"],
        "broker": [PYTHON, "-m", "stadtlabor.ingest.broker"],
        "simulation": [program, "simulate"],
        "ingest": [program, "ingest", "run"],
        "drawing": [PYTHON, "-m", "stadtlabor.drawing"],
        "data": _data(settings),
        "apps": [PYTHON, "-m", "stadtlabor.apps"],
        "pipelines": [program, "pipelines", "run"],
        "warn": [program, "warn", "run"],
        "guard": [program, "warn", "guard"],
        "render": [program, "render", "--every", str(settings.render.every_min)],
        "realrun": [PYTHON, "-m", "stadtlabor.realrun"],
    }
    if settings.ingest.broker != "embedded":
        del commands["broker"]
    if not settings.simulation.enabled:
        del commands["simulation"]
    if not settings.render.enabled:
        del commands["render"]
    # What the hub itself passes on is narrower than what the launcher lets through.
    environment = {name: os.environ[name] for name in KEEP if name in os.environ}
    managed = [
        {"name": name, "command": launcher(name, command)} for name, command in commands.items()
    ]
    timeout = f"--timeout={settings.culling.server_idle_s}"
    culler = launcher("culler", [PYTHON, "-m", "jupyterhub_idle_culler", timeout], hub=True)
    managed.append({"name": "culler", "command": culler})
    # Kernels of strangers read what the policies let them, not the files.
    told = {ADDRESS: local()} if separation().own or settings.store.url else {}
    # Keys of an object store are for the services that read or write the data themselves.
    keys = {name: os.environ[name] for name in STORE if name in os.environ}
    return [
        {
            **entry,
            "cwd": str(root()),
            "environment": environment
            | (told if entry["name"] in OWN_HOME else {})
            | (keys if entry["name"] in READERS else {}),
            "display": False,
        }
        for entry in managed
    ]


def _data(settings: Settings) -> list[str]:
    """Return the command of the data service, told who is who on this machine."""
    command = [PYTHON, "-m", "stadtlabor.dataservice", "--hub", address.api(settings)]
    known = {name: people.service(name) for name in OWN_HOME}
    if all(known.values()):
        command += ["--people", str(home() / "run" / "people")]
        command += [f"--service={name}={user.uid}" for name, user in known.items() if user]
    return command


def culler_role() -> dict[str, Any]:
    """Return the role of the idle culler: it may stop servers and do nothing else."""
    scopes = ["list:users", "read:users:activity", "read:servers", "delete:servers"]
    return {"name": "culler", "scopes": scopes, "services": ["culler"]}


class ServiceSpawner(hub_services._ServiceSpawner):
    """The hub's own starter of services, looking more often and waiting less.

    The hub has no setting for these: it looks every 30 s and ends one service after the other,
    each with up to 20 s of patience.
    """

    poll_interval = Integer(POLL_S)
    interrupt_timeout = Integer(STOP_S)
    term_timeout = Integer(STOP_S)
    told = False
    running: ClassVar[weakref.WeakSet[ServiceSpawner]] = weakref.WeakSet()

    def start(self) -> None:
        """Start the process."""
        super().start()
        self.told = False
        self.running.add(self)

    async def stop(self, now: bool = False) -> None:
        """End the process and have all others end meanwhile: the hub only stops all at once."""
        for each in list(self.running):
            if not each.told:
                each.told = True
                each.stop_polling()  # or it would be started again
                await each._signal(signal.SIGINT)
        # Told twice a process would drop what it is finishing.
        await self.wait_for_death(self.interrupt_timeout)
        await super().stop(now=True)


def watch_closely() -> None:
    """Let the hub notice a dead service after :data:`POLL_S` seconds."""
    hub_services._ServiceSpawner = ServiceSpawner
