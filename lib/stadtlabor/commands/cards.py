"""``stadtlabor cards``: are the cards of all data sets good, and what do portals get of them."""

from __future__ import annotations

from pathlib import Path

import click

from stadtlabor.catalogue import folder, shelf
from stadtlabor.catalogue.policy import PolicyError, policy
from stadtlabor.catalogue.vocabulary import known

__all__ = ["cards"]


@click.command()
@click.option("--datei", "path", type=click.Path(dir_okay=False, path_type=Path),
              help="Schreibt den Katalog (DCAT-AP.de): katalog.ttl, .rdf, .jsonld.")  # fmt: skip
@click.option("--adresse", "base", default="https://stadtlabor.example.org", show_default=True,
              help="Öffentliche Adresse der Seiten, ohne Schrägstrich am Ende.")  # fmt: skip
@click.option("--verzeichnis", "listed", type=click.Path(dir_okay=False, path_type=Path),
              help="Schreibt das Verzeichnis der Verarbeitungen: .csv oder .html.")  # fmt: skip
def cards(path: Path | None, base: str, listed: Path | None) -> None:
    """Prüft die Karten aller Datensätze; schreibt auf Wunsch den Katalog für Datenportale."""
    found = shelf()
    faults = list(found.faults)
    for card in found.cards.values():
        try:
            title = policy(folder() / "policies", card.policy).title
        except PolicyError as error:
            faults.append(str(error))
            title = f"✗ {card.policy}"
        mark = ", simuliert" if card.simulated else ""
        access = known("access")[card.access]
        click.echo(f"{card.id:<22} {card.title} ({access}, Regeln: {title}{mark})")
    for fault in dict.fromkeys(faults):
        click.echo(f"✗ {fault}", err=True)
    if path is not None:
        _write(path, base.rstrip("/"))
    if listed is not None:
        _list(listed, faults)
    if faults:
        raise click.ClickException(f"Bitte berichtigen, was oben mit ✗ steht ({folder()}).")
    click.echo(f"{len(found.cards)} Karten, alle in Ordnung.")


def _write(path: Path, base: str) -> None:
    from stadtlabor.catalogue.content import lacking
    from stadtlabor.catalogue.dcat import catalogue
    from stadtlabor.catalogue.rdf import KINDS, written

    kind = path.suffix.removeprefix(".")
    if kind not in KINDS:
        raise click.ClickException(
            f"„{path.name}“ hat keine bekannte Endung. Möglich sind .{', .'.join(KINDS)}."
        )
    document = catalogue(shelf().cards.values(), base)
    missing = lacking(document)
    if missing:
        raise click.ClickException("\n".join(missing))
    path.write_bytes(written(document, kind))
    click.echo(f"{path.name}: {len(document['dcat:dataset'])} Datensätze geschrieben.")


def _list(path: Path, faults: list[str]) -> None:
    from stadtlabor.retention.activities import as_csv, as_html, register

    kinds = {".csv": as_csv, ".html": as_html}
    if path.suffix not in kinds:
        raise click.ClickException(
            f"„{path.name}“ hat keine bekannte Endung. Möglich sind {', '.join(kinds)}."
        )
    if faults:
        raise click.ClickException(
            "Das Verzeichnis wäre unvollständig. Bitte zuerst berichtigen, was oben mit ✗ steht."
        )
    rows = register()
    path.write_bytes(kinds[path.suffix](rows))
    click.echo(f"{path.name}: {len(rows)} Verarbeitungen geschrieben (Entwurf).")
