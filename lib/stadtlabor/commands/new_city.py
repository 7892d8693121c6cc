"""``stadtlabor new-city``: the same laboratory for another municipality."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from stadtlabor.blueprint import (
    TODO,
    BlueprintError,
    Station,
    begin,
    draft,
    make,
    stations,
    trial,
)
from stadtlabor.blueprint.draft import RANGE_KM
from stadtlabor.blueprint.station_list import FILE, fetch, parse
from stadtlabor.blueprint.words import text
from stadtlabor.city import CityError
from stadtlabor.settings import home
from stadtlabor.sources.dwd_station import BASE
from stadtlabor.sources.http import SourceError
from stadtlabor.sources.names import slug

__all__ = ["new_city"]


@click.command()
@click.argument("name")
@click.option("--ags", prompt=text("ask.ags"), help="Amtlicher Gemeindeschlüssel, 8 Ziffern.")
@click.option("--lat", prompt=text("ask.lat"), help="Mitte: Breite in Grad, Punkt oder Komma.")
@click.option("--lon", prompt=text("ask.lon"), help="Mitte: Länge in Grad, Punkt oder Komma.")
@click.option("--kontakt", "contact", help="Mailadresse des Stadtlabors dieser Stadt.")
@click.option("--ordner", "folder", type=click.Path(path_type=Path, file_okay=False),
              help="Wohin geschrieben wird; sonst ein Ordner mit dem Namen der Stadt.")  # fmt: skip
@click.option("--liste", "listed", type=click.Path(path_type=Path, dir_okay=False),
              help=f"Schon geladene Stationsliste ({FILE}).")  # fmt: skip
@click.option("--ohne-netz", "offline", is_flag=True, help="Fragt den Wetterdienst nicht.")
@click.option("--ohne-probe", "untried", is_flag=True, help="Lässt die simulierte Stadt nicht an.")
@click.option("--dwd", "base", default=BASE, hidden=True)
def new_city(
    name: str, ags: str, lat: str, lon: str, contact: str | None, folder: Path | None,
    listed: Path | None, offline: bool, untried: bool, base: str,
) -> None:  # fmt: skip
    """Legt eine Stadt an: Stadtdatei, Karten der Datensätze, Liste der Aufgaben."""
    place = (folder or Path(slug(name) or "stadt")).absolute()
    try:
        known, source = _stations(listed, offline, base)
        found = draft(name, ags, _degrees("--lat", lat), _degrees("--lon", lon), known, source,
                      contact)  # fmt: skip
        make(found, place)
    except (BlueprintError, SourceError, CityError) as error:
        raise click.ClickException(str(error)) from error
    km = f"{found.station_km:.1f}".replace(".", ",")
    click.echo(text("made.station", name=found.station.name, id=found.station.id, km=km))
    names = ", ".join(radar.name for radar in found.radars)
    click.echo(text("made.radars", names=names) if names
               else text("made.no_radar", km=f"{RANGE_KM:.0f}"))  # fmt: skip
    click.echo(text("made.portal", name=(found.portal or found.search).name))
    click.echo(text("made.written", folder=place))
    if not untried:
        _try(place)
    click.echo(f"\n{text('made.next')}")
    for line in begin(place):
        click.echo(f"  {line}")
    click.echo(f"\n{(place / TODO).read_text('utf-8')}")


def _stations(listed: Path | None, offline: bool, base: str) -> tuple[tuple[Station, ...], str]:
    """Return the stations to choose from, and how to name where they were looked up."""
    if listed is not None:
        try:
            content = listed.read_bytes()
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise BlueprintError(text("fault.list", file=listed, reason=reason)) from error
        return parse(content.decode("latin-1")), _today(listed.stat().st_mtime)
    if not offline:
        keep = home() / "blueprint"
        try:
            found = fetch(keep, base)
        except SourceError:
            click.echo(text("made.stations_kept", count=len(stations())))
        else:
            click.echo(text("made.stations_fetched", folder=keep))
            return found, _today(datetime.now(UTC).timestamp())
    return stations(), text("source.kept")


def _today(stamp: float) -> str:
    return text("source.fetched", day=f"{datetime.fromtimestamp(stamp, UTC):%d.%m.%Y}")


def _degrees(option: str, told: str) -> float:
    try:
        return float(told.strip().rstrip("°").replace(",", "."))
    except ValueError as error:
        raise BlueprintError(text("fault.degrees", option=option, told=told)) from error


def _try(place: Path) -> None:
    click.echo(text("made.trial"))
    try:
        counts, seconds = trial(place)
    except BlueprintError as error:
        raise click.ClickException(text("made.trial_bad", reason=error)) from error
    for dataset, count in sorted(counts.items()):
        click.echo(text("made.trial_row", dataset=dataset, count=count))
    click.echo(text("made.trial_good", count=len(counts), seconds=f"{seconds:.0f}"))
