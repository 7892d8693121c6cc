"""``stadtlabor up``: check, start everything, say where it is."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import Any

import click

from stadtlabor.commands.doctor import Level, checks
from stadtlabor.separation import warning
from stadtlabor.settings import home, root, settings

__all__ = ["up"]

READY_WITHIN_S = 120.0


@click.command()
def up() -> None:
    """Startet das Stadtlabor und läuft, bis du Strg+C drückst."""
    fatal = [check for check in checks() if check.level is Level.FATAL]
    for check in fatal:
        click.secho(f"✗ {check.text}", fg="red", err=True)
        click.echo(f"  {check.remedy}", err=True)
    if fatal:
        raise SystemExit(1)
    address = f"http://{settings().serve.host}:{settings().serve.port}"
    hub = _start()
    # `kill` must end the hub too, not this process alone.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        if not _answers(f"{address}/", hub):
            click.echo(f"Das Stadtlabor startet nicht. Bitte lies {home() / 'logs' / 'hub.log'}.")
            raise SystemExit(1)
        _greet(address)
        hub.wait()
        click.echo(f"Der Hub ist beendet. Näheres steht in {home() / 'logs' / 'hub.log'}.")
        raise SystemExit(1)
    except KeyboardInterrupt:
        click.echo("\nDas Stadtlabor wird beendet …")
    finally:
        _stop(hub)


def _start() -> subprocess.Popen[bytes]:
    """Start JupyterHub in a session of its own, so that Strg+C reaches it through us alone."""
    config = root() / "hub_config" / "jupyterhub_config.py"
    log = home() / "logs" / "hub.log"
    launch = [sys.executable, "-I", "-S", str(root() / "hub_config" / "launch.py"), "--hub"]
    hub = [sys.executable, "-m", "stadtlabor.hub", "-f", str(config)]
    return subprocess.Popen([*launch, str(log), *hub], cwd=root(), start_new_session=True)


def _stop(hub: subprocess.Popen[bytes]) -> None:
    """End the hub, which ends its services and servers."""
    hub.send_signal(signal.SIGTERM)
    with contextlib.suppress(KeyboardInterrupt):
        hub.wait()


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


def _answers(url: str, hub: subprocess.Popen[bytes]) -> bool:
    """Wait until the start page is there; False where the hub ended or time is up."""
    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until and hub.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310  # our own address
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    return False


def _greet(address: str) -> None:
    """Print address, login and where the logs are."""
    stated = os.environ.get("STADTLABOR_DEV_PASSWORD")
    password = stated or (home() / "development-password").read_text(encoding="utf-8").strip()
    click.secho(f"\nDas Stadtlabor läuft: {address}/", bold=True)
    click.echo(f"  Anmelden: beliebiger Name (a–z, 0–9, -), Passwort {password}")
    click.echo(f"  Protokolle: {home() / 'logs'}")
    click.secho("  Nur zum Ausprobieren: Alle nutzen dasselbe Passwort.", fg="yellow")
    if told := warning():
        click.secho(f"  Achtung: {told}", fg="yellow", bold=True)
    click.echo("  Beenden: Strg+C\n")
