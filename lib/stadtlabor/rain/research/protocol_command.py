"""The command behind ``python -m stadtlabor.rain.research.protocol``."""

from __future__ import annotations

from pathlib import Path

import click
import pandas as pd

from stadtlabor.rain.research.archive import file_times
from stadtlabor.rain.research.catrare import read_catrare
from stadtlabor.rain.research.protocol import jobs, rules, run, summary

__all__ = ["main"]


@click.command(help="Prüft Regenvorhersagen an den Starkregenereignissen des CatRaRE-Katalogs.")
@click.argument("archive", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("catalogue", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--into", required=True, type=click.Path(file_okay=False, path_type=Path),
              help="Ordner der Ergebnisse; ein abgebrochener Lauf geht dort weiter.")  # fmt: skip
@click.option("--methods", default="champion,persistence", show_default=True,
              help="Verfahren, durch Komma getrennt.")  # fmt: skip
@click.option("--from", "first", default=None, help="Nur Ereignisse ab diesem Tag (JJJJ-MM-TT).")
@click.option("--to", "last", default=None, help="Nur Ereignisse vor diesem Tag.")
@click.option("--cluster", default=None, help="Adresse eines Dask-Clusters; sonst dieser Rechner.")
@click.option("--local", default="processes", show_default=True,
              type=click.Choice(["processes", "threads", "synchronous"]),
              help="Womit auf diesem Rechner gerechnet wird.")  # fmt: skip
def main(
    archive: Path,
    catalogue: Path,
    into: Path,
    methods: str,
    first: str | None,
    last: str | None,
    cluster: str | None,
    local: str,
) -> None:
    """Run the protocol and print its table."""
    try:
        files = file_times(archive)
        events = read_catrare(catalogue)
        if first:
            events = events[events["start"] >= pd.Timestamp(first)]
        if last:
            events = events[events["start"] < pd.Timestamp(last)]
        names = [name.strip() for name in methods.split(",")]
        todo, left = jobs(files, events, {name: name for name in names})
        click.echo(
            f"{len(todo)} Ereignisse; ausgelassen: {left['long']} mit 6 Stunden oder mehr, "
            f"{left['frames']} ohne lückenlose Radarbilder."
        )
        if not todo:
            raise ValueError("Kein Ereignis des Katalogs liegt in diesem Archiv.")
        scheduler = _client(cluster) if cluster else local
        found = run(files, events, names, into=into, scheduler=scheduler, told=_progress)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    table = summary(found)
    found.to_parquet(into / "events.parquet", index=False)
    table.reset_index().to_csv(into / "summary.csv", index=False)
    shown = [c for c in table if c == "csi" or str(c).startswith("fss")]
    click.echo(table[["events", "issues", *shown]].round(3).to_string())
    click.echo(_compared(len(todo)))


def _client(address: str) -> object:
    try:
        from distributed import Client
    except ImportError:
        raise ValueError(
            "Für einen Cluster fehlt das Paket distributed. Bitte installieren oder --local nehmen."
        ) from None
    return Client(address)


def _progress(done: int, of: int) -> None:
    click.echo(f"{done} von {of} Ereignissen", err=True)


def _compared(events: int) -> str:
    published = rules()["rules"]["events"]
    lines = [f"Veröffentlicht (CSI, {published} Ereignisse, NHESS 25, 41):"]
    thresholds = rules()["rules"]["thresholds_mm"]
    for name, values in rules()["csi"].items():
        told = "  ".join(f"{t} mm {v:.3f}" for t, v in zip(thresholds, values, strict=True))
        lines.append(f"  {name:14} {told.replace('.', ',')}")
    if events < published:
        lines.append(
            f"Hier sind es {events} Ereignisse: Ein Vergleich mit diesen Zahlen gilt noch nicht."
        )
    return "\n".join(lines)
