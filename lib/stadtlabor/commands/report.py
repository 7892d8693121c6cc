"""``stadtlabor report``: from a school's zip to footprint, plan and report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from stadtlabor.report import Result

__all__ = ["report"]


@click.command()
@click.argument("source", metavar="SCHULE.zip", type=click.Path(path_type=Path))
@click.option(
    "--into", required=True, metavar="ORDNER", type=click.Path(path_type=Path),
    help="Ordner für Bericht, Tabellen und Plan; er wird angelegt.",
)  # fmt: skip
def report(source: Path, into: Path) -> None:
    """Macht aus der Zip-Datei einer Schule Fußabdruck, Plan und Bericht.

    In die Zip-Datei gehören: schule.toml (Name, Zeitraum, Zahl der Personen), Lastgänge,
    Rechnungen oder Zählerstände, Listen zu Abfall und Einkauf, eine Umfrage zum Schulweg. Alles
    darf fehlen; was fehlt, wird genannt.
    """
    from stadtlabor.klimaschule.dossier import DossierError, read_zip
    from stadtlabor.report import make

    try:
        result = make(read_zip(source))
    except DossierError as error:
        raise click.ClickException(str(error)) from None
    try:
        for name, content in result.files.items():
            path = into / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        raise click.ClickException(
            f"{into}: Der Ordner lässt sich nicht schreiben ({error.strerror}). "
            "Bitte einen anderen Ordner nennen."
        ) from None
    _tell(result, into)


def _tell(result: Result, into: Path) -> None:
    from stadtlabor.report.words import kilograms, tonnes

    balance = result.balance
    click.echo(f"{balance.inputs.school}, {balance.inputs.title}")
    if balance.lines.empty:
        click.echo("Noch keine Menge mit Faktor: Es gibt keine Summe.")
    else:
        click.echo(
            f"Summe: {tonnes(balance.total_kg)} t CO2e "
            f"({tonnes(balance.low_kg)} bis {tonnes(balance.high_kg)} t)"
        )
        without = {line.field for line in result.lines if line.kg is None}
        for key, row in balance.by_field.dropna().iterrows():
            kg = float(row["kg"])
            said = f"{kilograms(kg)} kg" if kg or key not in without else "keine Summe"
            mark = " (unvollständig, siehe unten)" if key in without else ""
            click.echo(f"  {row['name']}: {said}{mark}")
    if balance.market_kg is not None:
        click.echo(f"Nach Stromvertrag: {tonnes(balance.market_kg)} t")
    if result.missing:
        click.echo("Es fehlt:")
        for said in result.missing:
            click.echo(f"- {said}")
    if result.fault:
        click.echo(f"! {result.fault}")
    click.echo(f"Fertig: {into}")
