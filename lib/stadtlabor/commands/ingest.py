"""``stadtlabor ingest``: collect data, once or for good."""

from __future__ import annotations

import logging
import signal
import threading

import click

from stadtlabor.city import CityError, city
from stadtlabor.commands.owner import act_as_owner
from stadtlabor.ingest import Collector
from stadtlabor.settings import SettingsError, home, settings
from stadtlabor.store import StoreError

__all__ = ["ingest"]


@click.group()
def ingest() -> None:
    """Sammelt Daten von Sensoren, Anbietern und aus dem Eingangsordner."""
    act_as_owner(home() / "store")
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)


@ingest.command()
def once() -> None:
    """Fragt alle Anbieter einmal, liest den Eingangsordner und endet."""
    health = _collector().once()
    click.echo(
        f"{health['rows']} Werte und {health['grids']} Raster aufgenommen, "
        f"{health['dead']} Lieferungen nicht lesbar."
    )
    for name, state in health["polls"].items():
        if state["error"]:
            click.echo(f"{name}: {state['error']}", err=True)


@ingest.command()
def run() -> None:
    """Nimmt laufend an, bis der Prozess beendet wird."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    _collector().run(stop)


def _collector() -> Collector:
    try:
        return Collector(home(), city(), settings())
    except (StoreError, CityError, SettingsError, ValueError) as error:
        raise click.ClickException(str(error)) from error
