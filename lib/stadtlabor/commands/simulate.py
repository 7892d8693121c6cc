"""``stadtlabor simulate``: lets the simulated city send."""

from __future__ import annotations

import signal
from datetime import UTC, datetime
from threading import Event, Thread

import click

from stadtlabor.city import CityError, city
from stadtlabor.commands.owner import act_as_owner
from stadtlabor.settings import SettingsError, home, settings

__all__ = ["simulate"]

LOOK_EVERY_S = 600.0


@click.command()
@click.option("--once", is_flag=True, help="Nur Dateien und die letzten 75 Minuten, dann Ende.")
def simulate(once: bool) -> None:
    """Lässt die simulierte Stadt senden: Zähler, Regen, Wetter und Schulen."""
    from stadtlabor.simulation import Devices, Office, Provider
    from stadtlabor.sources.server import serve

    act_as_owner(home() / "simulation")
    try:
        here, how = city(), settings()
    except (CityError, SettingsError) as error:
        raise click.ClickException(str(error)) from error
    seed = how.simulation.seed
    office = Office(here, seed, home())
    devices = Devices(here, how)
    if once:
        click.echo(f"Dateien der Schulen geschrieben: {office.write(datetime.now(UTC))}")
        try:
            click.echo(f"Nachrichten der Geräte gesendet: {devices.send_once()}")
        except ConnectionError as error:
            raise click.ClickException(str(error)) from error
        return
    try:
        server = serve(Provider(here, seed).answer, how.simulation.port)
    except OSError as error:
        raise click.ClickException(
            f"Port {how.simulation.port} ist belegt. Läuft die Simulation schon? Sonst in "
            "hub_config/settings.toml unter [simulation] einen anderen Port eintragen."
        ) from error
    stop = Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    Thread(target=server.serve_forever, daemon=True).start()
    sender = Thread(target=devices.run, args=(stop,))
    sender.start()
    click.echo(f"Die simulierte Stadt sendet (Anbieter: http://127.0.0.1:{how.simulation.port}).")
    while True:
        written = office.write(datetime.now(UTC))
        if written:
            click.echo(f"Dateien der Schulen geschrieben: {written}")
        if stop.wait(LOOK_EVERY_S):
            break
    server.shutdown()
    server.server_close()
    sender.join()
