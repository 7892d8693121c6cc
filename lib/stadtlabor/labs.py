"""Whether people's servers can start as the settings say, and within the limits they name."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from stadtlabor.kernels.limits import group, mounted
from stadtlabor.settings import Labs

__all__ = ["CONTROLLERS", "Fault", "limited", "limits_fault", "servers_fault"]

CONTROLLERS = ("memory", "cpu")
"""What limits take, by the names that the system has for them."""

_EXTRAS = {"systemd": "systemdspawner", "kubernetes": "kubespawner"}


class Fault(NamedTuple):
    """What is wrong and what to do, in German."""

    text: str
    remedy: str


def servers_fault(labs: Labs) -> Fault | None:
    """Return why people's servers cannot start in the way that is set, None where they can."""
    extra = labs.servers
    if extra not in _EXTRAS:
        return None
    if find_spec(_EXTRAS[extra]) is None:
        return Fault(
            f"Für servers = „{extra}“ fehlt ein Zusatzpaket",
            f'Bitte pip install "stadtlabor[{extra}]" aufrufen oder „servers“ in settings.toml '
            "ändern.",
        )
    if extra == "systemd" and (os.getuid() != 0 or not Path("/run/systemd/system").is_dir()):
        return Fault(
            "servers = „systemd“ braucht einen Rechner mit systemd und ein Stadtlabor als root",
            "Bitte das Stadtlabor als Systemdienst starten oder „servers“ in settings.toml ändern.",
        )
    if extra == "kubernetes" and not labs.image:
        return Fault(
            "servers = „kubernetes“ braucht ein Container-Abbild",
            "Bitte „image“ unter [labs] in settings.toml eintragen.",
        )
    return None


def limited(labs: Labs) -> bool:
    """Tell whether the settings name a limit that this hub itself has to keep."""
    return labs.servers not in _EXTRAS and bool(labs.memory_mb or labs.cpus)


def limits_fault(labs: Labs) -> Fault | None:
    """Return why the limits of the settings cannot be kept here, None where they can."""
    reason = _reason() if limited(labs) else ""
    if not reason:
        return None
    return Fault(
        f"Grenzen für Speicher und Prozessor wirken nicht: {reason}",
        "Bitte das Stadtlabor als Systemdienst mit „Delegate=yes“ starten oder memory_mb und cpus "
        "in settings.toml auf 0 stellen.",
    )


def _reason() -> str:
    hierarchy = mounted()
    if hierarchy is None:
        return "Dieses System hat keine Kontrollgruppen der Version 2 (cgroup v2)."
    own = hierarchy / group("self").lstrip("/")
    try:
        offered = (own / "cgroup.controllers").read_text(encoding="ascii").split()
    except OSError:
        offered = []
    missing = [name for name in CONTROLLERS if name not in offered]
    if missing:
        return f"Die Kontrollgruppe {own} bietet nicht an: {', '.join(missing)}."
    if not os.access(own / "cgroup.subtree_control", os.W_OK):
        return f"In die Kontrollgruppe {own} darf das Stadtlabor nicht schreiben."
    return ""
