"""Whether every person gets a system user of their own, and if not, why not.

With a user each, people cannot read each other's files, processes and kernels. That takes a hub
that runs as root, and a Python, a checkout and a home that the other users can get at.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from stadtlabor.settings import home, notebooks, root, settings

__all__ = ["USERS", "Facts", "Separation", "closed", "decide", "separation", "shared", "warning"]

USERS = 100_000
"""So many system users from ``[labs] first_uid`` on are ours."""

# chown, dac_override, fowner, kill, setgid, setuid; as numbered in linux/capability.h
_NEEDED = sum(1 << number for number in (0, 1, 3, 5, 6, 7))


@dataclass(frozen=True)
class Facts:
    """What the decision depends on.

    Attributes
    ----------
    uid
        Of this process.
    capabilities
        Its effective capabilities as bits.
    known
        Whether this system, which may be a container, knows the users that we would give.
    closed
        A file or folder that other users need and cannot get at.
    lacking
        The right that they lack there: ``x`` to pass, ``r`` to read.
    """

    uid: int
    capabilities: int
    known: bool
    closed: Path | None
    lacking: str = "x"


@dataclass(frozen=True)
class Separation:
    """The decision; where it is no, a German reason and what to do."""

    own: bool
    reason: str = ""
    remedy: str = ""


def decide(facts: Facts, first_uid: int) -> Separation:
    """Tell whether people can have system users of their own."""
    if facts.uid != 0:
        return Separation(
            False,
            "Das Stadtlabor läuft nicht als root",
            "Für getrennte Systemnutzer bitte als root starten, am besten als Systemdienst.",
        )
    if facts.capabilities & _NEEDED != _NEEDED:
        return Separation(
            False,
            "Root darf in diesem Container den Systemnutzer nicht wechseln",
            "Bitte dem Container SETUID, SETGID, CHOWN, FOWNER, KILL und DAC_OVERRIDE erlauben.",
        )
    if not facts.known:
        return Separation(
            False,
            f"Systemnutzer ab Nummer {first_uid} gibt es in diesem Container nicht",
            "Bitte „first_uid“ unter [labs] in settings.toml kleiner wählen oder dem Container "
            "mehr Nummern geben.",
        )
    if facts.closed:
        return Separation(
            False,
            f"{facts.closed} ist für andere Systemnutzer verschlossen",
            "Bitte das Stadtlabor und sein Python dorthin legen, wo alle lesen dürfen (zum "
            f"Beispiel /opt), oder es öffnen: chmod o+{facts.lacking} {facts.closed}",
        )
    return Separation(True)


def closed(readable: Iterable[Path], passable: Iterable[Path] = ()) -> Path | None:
    """Return the first file or folder that other system users cannot get at, None where none is.

    Parameters
    ----------
    readable
        Must be readable itself, and all folders above it passable.
    passable
        Only the folders above it must be; it need not exist yet.
    """
    for each in readable:
        for path in (each.absolute(), each.resolve()):
            shut = _above(path)
            if shut:
                return shut
            wanted = 0o005 if path.is_dir() else 0o004
            if path.stat().st_mode & wanted != wanted:
                return path
    for each in passable:
        shut = _above(each.resolve())
        if shut:
            return shut
    return None


def _above(path: Path) -> Path | None:
    for folder in reversed(path.parents):
        if folder.exists() and not folder.stat().st_mode & 0o001:
            return folder
    return None


@cache
def separation() -> Separation:
    """Return the decision for this process."""
    first = settings().labs.first_uid
    return decide(_facts(first), first)


def shared() -> bool:
    """Tell whether people's servers run under one common system user."""
    return settings().labs.servers in ("forked", "launched") and not separation().own


def warning() -> str:
    """Return in German what is not separated and why, empty where everybody is by themselves."""
    if not shared():
        return ""
    found = separation()
    return (
        "Alle Personen teilen sich einen Systemnutzer: Wer hier programmiert, kann Dateien und "
        f"Kerne aller anderen lesen und ändern. Grund: {found.reason}. {found.remedy}"
    )


def _facts(first_uid: int) -> Facts:
    uid = os.getuid()
    if uid != 0 or sys.platform != "linux":
        return Facts(uid or 1, 0, False, None)
    stated = os.environ.get("STADTLABOR_SETTINGS")
    needed = [Path(sys.prefix), Path(sys.base_prefix), root(), root() / "lib", notebooks()]
    needed += [root() / "hub_config", Path(stated) if stated else root() / "city.toml"]
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    told = next(line for line in status.splitlines() if line.startswith("CapEff:"))
    shut = closed(needed, [home()])
    passable = shut is not None and (shut.is_file() or bool(shut.stat().st_mode & 0o001))
    capabilities = int(told.split()[1], 16)
    return Facts(uid, capabilities, _known(first_uid), shut, "r" if passable else "x")


def _known(first_uid: int) -> bool:
    """Tell whether the user namespace holds our block of numbers, as users and as groups."""
    return all(
        any(
            int(inside) <= first_uid and first_uid + USERS <= int(inside) + int(count)
            for inside, _, count in map(str.split, Path(table).read_text("ascii").splitlines())
        )
        for table in ("/proc/self/uid_map", "/proc/self/gid_map")
    )
