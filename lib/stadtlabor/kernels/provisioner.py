"""Start kernels by forking: a drop-in for Jupyter's own way."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Dict, Float, List, Unicode

from stadtlabor.kernels.client import Fork, ForkError, Template
from stadtlabor.kernels.late import LATE

__all__ = ["ForkedProvisioner"]

_LAUNCHER = ["-m", "ipykernel_launcher"]


class ForkedProvisioner(LocalProvisioner):
    """Forks Python kernels of this very interpreter; all else is launched as ever.

    Chosen for all kernels by ``KernelProvisionerFactory.default_provisioner_name =
    "forked-provisioner"``. After any error the normal launcher starts the kernel and the log says
    why. Switch the history of public kernels off (``arguments``,
    ``--HistoryManager.enabled=False``): it would open a database in each.
    """

    trust = Unicode("default", help="Trust level: levels never share a template.").tag(config=True)
    preload = List(
        Unicode(), help="Modules that kernels will want, or module:function to call."
    ).tag(config=True)
    watched = List(Unicode(), help="Files whose change retires the template.").tag(config=True)
    folder = Unicode("", help="Folder of the sockets: this user's, or root's.").tag(config=True)
    arguments = List(Unicode(), help="Further arguments of every kernel.").tag(config=True)
    environment = Dict(help="Variables with which the template imports.").tag(config=True)
    hours = Float(12.0, help="Age at which a template is replaced.").tag(config=True)
    patience_s = Float(10.0, help="Wait so long for a template that starts.").tag(config=True)

    def template(self) -> Template:
        """Return the template of these settings."""
        return Template(
            self.trust,
            [*LATE, *self.preload],
            [Path(name) for name in self.watched],
            Path(self.folder) if self.folder else None,
            self.environment,
            self.hours,
            self.patience_s,
        )

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Add the further arguments, forked or not."""
        stated = kwargs.pop("extra_arguments", None) or []
        return await super().pre_launch(extra_arguments=[*stated, *self.arguments], **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel, or launch it where that cannot be done."""
        try:
            fork = await asyncio.to_thread(self._fork, cmd, kwargs)
        except (ForkError, OSError) as error:
            self.log.warning("kernel is launched, not forked: %s", error)
            return await super().launch_kernel(cmd, **kwargs)
        self.process = fork  # type: ignore[assignment]
        # Known beforehand: the fork leads its own group, but may not have got so far yet.
        self.pid = self.pgid = fork.pid
        self.cwd = kwargs.get("cwd", Path.cwd())
        return self.connection_info

    def _fork(self, cmd: list[str], kwargs: dict[str, Any]) -> Fork:
        if sys.platform != "linux":
            raise ForkError("only Linux can do it")
        if cmd[1:3] != _LAUNCHER or Path(cmd[0]).resolve() != Path(sys.executable).resolve():
            raise ForkError(f"{' '.join(cmd[:3])} is not a Python kernel of this interpreter")
        nowhere = os.open(os.devnull, os.O_RDWR)
        try:
            out, err = (_descriptor(kwargs.get(n), f, nowhere) for n, f in _OUTPUT)
            return self.template().fork(
                "kernel",
                ["ipykernel_launcher", *cmd[3:]],
                kwargs.get("env") or dict(os.environ),
                str(kwargs.get("cwd") or Path.cwd()),
                (nowhere, out, err),
            )
        finally:
            os.close(nowhere)


_OUTPUT = (("stdout", 1), ("stderr", 2))


def _descriptor(stated: Any, own: int, nowhere: int) -> int:
    """Return where output goes: as stated, by default where this process writes its own."""
    if stated is None:
        return own
    if stated == subprocess.DEVNULL:
        return nowhere
    if isinstance(stated, int) and stated >= 0:
        return stated
    if hasattr(stated, "fileno"):
        return int(stated.fileno())
    raise ForkError("output through a pipe cannot be forked")
