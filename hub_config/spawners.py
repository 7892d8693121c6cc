"""How people's servers start: the class for each setting, and what it is told."""

from __future__ import annotations

import os
import sys
from typing import Any

from traitlets.config import Config

from hub_config import people
from hub_config.spawner import ForkingSpawner, HomeSpawner
from stadtlabor import forks, labs, separation
from stadtlabor.dataservice import address
from stadtlabor.settings import Labs, Settings, home, root

__all__ = ["ENV_KEEP", "configuration", "warn"]

ENV_KEEP = ["PATH", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR"]
"""Variables of the hub that a person's server may see."""

COMMAND = [sys.executable, "-m", "jupyterhub.singleuser"]


def configuration(settings: Settings) -> Config:
    """Return the hub's settings for the spawner that is set; templates are on their way.

    A setting that cannot work ends the hub with a German sentence.
    """
    chosen = settings.labs
    fault = labs.servers_fault(chosen)
    if fault:
        sys.exit(f"{fault.text}. {fault.remedy}")
    common = {
        "env_keep": ENV_KEEP,
        "disable_user_config": True,
        "default_url": "/lab/tree/Kurs",
        "poll_interval": 5,
        "start_timeout": 120,
        "http_timeout": 120,
    }
    made = {"systemd": _systemd, "kubernetes": _kubernetes}.get(chosen.servers, _local)(chosen)
    made.merge(Config(Spawner=common))
    return made


def warn(settings: Settings) -> None:
    """Write into the hub's log what is not separated or not limited, and why."""
    fault = labs.limits_fault(settings.labs)
    told = [separation.warning(), f"{fault.text} {fault.remedy}" if fault else ""]
    for text in filter(None, told):
        print(f"WARNUNG: {text}", file=sys.stderr, flush=True)


def _environment() -> dict[str, str]:
    """Return what a server and its kernels need to find library, data and configuration."""
    named = (
        "STADTLABOR_SETTINGS", "STADTLABOR_CITY", "STADTLABOR_NOTEBOOKS", "STADTLABOR_DATASETS"
    )  # fmt: skip
    return {
        "STADTLABOR_ROOT": str(root()),
        "STADTLABOR_HOME": str(home()),
        "JUPYTER_CONFIG_PATH": str(root() / "hub_config" / "server"),
        "LANG": os.environ.get("LANG", "C.UTF-8"),
        address.ADDRESS: address.local(),
        **{name: os.environ[name] for name in named if name in os.environ},
    }


def _local(chosen: Labs) -> Config:
    """Processes of this machine."""
    forking = chosen.servers == "forked"
    if forking:
        _start_templates()
    return Config(
        JupyterHub={"spawner_class": ForkingSpawner if forking else HomeSpawner},
        HomeSpawner={
            "home_dir_template": str(home() / "homes" / "{username}"),
            "cmd": COMMAND,
            "environment": _environment(),
        },
    )


def _start_templates() -> None:
    servers = forks.template("servers", forks.SERVER)
    kernels = [forks.template(level, group=people.group(level)) for level in forks.LEVELS]
    if separation.separation().own:
        # People could neither start these nor start them again.
        forks.keep(servers, *kernels)
    else:
        forks.warm(servers, kernels[0])


def _limits(chosen: Labs) -> dict[str, Any]:
    return {
        "mem_limit": f"{chosen.memory_mb}M" if chosen.memory_mb else None,
        "cpu_limit": chosen.cpus or None,
    }


def _systemd(chosen: Labs) -> Config:
    """Units of systemd, each under a system user that exists as long as it runs."""
    from systemdspawner import SystemdSpawner

    class UnitSpawner(SystemdSpawner):
        def _expand_user_vars(self, string: str) -> str:
            # Names of units and of folders in /var/lib, where a person called docker must find
            # nothing of docker's.
            own = string.replace("{USERNAME}", f"stadtlabor-{self.user.name}")
            return str(super()._expand_user_vars(own))

    return Config(
        JupyterHub={"spawner_class": UnitSpawner},
        SystemdSpawner={
            "cmd": COMMAND,
            "environment": _environment(),
            "dynamic_users": True,
            "isolate_tmp": True,
            "isolate_devices": True,
            "disable_user_sudo": True,
            **_limits(chosen),
        },
    )


def _kubernetes(chosen: Labs) -> Config:
    """Pods of the cluster that the hub runs in; the image brings library and data access."""
    return Config(
        JupyterHub={
            "spawner_class": "kubespawner.KubeSpawner",
            # Pods are other machines; the cluster's own rules keep everybody else out.
            "hub_ip": "0.0.0.0",  # noqa: S104
        },
        KubeSpawner={
            "image": chosen.image,
            "cmd": ["jupyterhub-singleuser"],
            "storage_pvc_ensure": True,
            "storage_capacity": "2Gi",
            "environment": {"JUPYTER_CONFIG_PATH": "/opt/stadtlabor/hub_config/server"},
            **_limits(chosen),
        },
    )
