"""``stadtlabor tiles``: fetch the map once, for workshops without a net."""

from __future__ import annotations

import time

import click

from stadtlabor.city import city
from stadtlabor.settings import home
from stadtlabor.sources.http import SourceError
from stadtlabor.sources.tiles import FOLDER, ZOOMS, TileStore, tiles_of

__all__ = ["tiles"]

PAUSE_S = 0.1
"""Between two requests, so that nobody else at the service has to wait."""


@click.command()
@click.option("--bis", "deepest", type=click.IntRange(12, 18), default=16, show_default=True,
              help="Feinste Stufe: 16 zeigt Straßen, 18 einzelne Häuser.")  # fmt: skip
def tiles(deepest: int) -> None:
    """Lädt die Hintergrundkarte der Stadt auf diesen Rechner."""
    kept = TileStore(home() / FOLDER, city().map, city().city.bounding_box)
    if kept.base is None:
        raise click.ClickException("In city.toml steht kein Kartendienst. Bitte [map] eintragen.")
    wanted = [t for zoom in ZOOMS if zoom <= deepest for t in tiles_of(kept.window, zoom)]
    missing = [tile for tile in wanted if kept.kept(tile) is None]
    click.echo(f"{len(wanted)} Kacheln, {len(missing)} fehlen noch.")
    with click.progressbar(missing, label="Karte") as rows:
        for tile in rows:
            try:
                kept.fetch(tile)
            except SourceError as error:
                raise click.ClickException(f"{error} Was schon da ist, bleibt.") from None
            time.sleep(PAUSE_S)
    click.echo(f"Fertig. Quelle: {kept.base.attribution}")
