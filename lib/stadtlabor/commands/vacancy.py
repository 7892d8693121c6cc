"""``stadtlabor vacancy``: keys of the staff, lists, and the right to be forgotten."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from stadtlabor.commands.owner import act_as_owner
from stadtlabor.settings import home

if TYPE_CHECKING:
    from stadtlabor.innenstadt.vacancy import ImportReport

__all__ = ["vacancy"]

PERSON = "console"
"""Pseudonym of whoever sits at the server, for histories and logs."""
ROLES = ("editor", "agent", "publisher")
SHOWN = 20


@click.group()
def vacancy() -> None:
    """Pflegt das Verzeichnis der Läden: Schlüssel, Listen, Löschungen."""
    act_as_owner(home() / "vacancy")


@vacancy.command()
@click.option("--role", type=click.Choice(ROLES), required=True, help="Was der Schlüssel darf.")
@click.option("--label", required=True, metavar="FUNKTION", help="Funktion, kein Name.")
def invite(role: str, label: str) -> None:
    """Stellt einen Schlüssel aus und zeigt ihn einmal."""
    from stadtlabor.innenstadt.access import AccessError, Keys

    try:
        made, key = Keys().invite(role, label)
    except AccessError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Schlüssel für {made.label} ({role}, Kennung {made.person}):")
    click.echo(f"  {key}")
    click.echo("Er steht nur hier. Eingeben unter /leerstand/amt, oder als Adresse weitergeben:")
    click.echo(f"  /leerstand/amt/oeffnen/{key}")


@vacancy.command()
def keys() -> None:
    """Zeigt, wer einen Schlüssel hat oder hatte."""
    from stadtlabor.innenstadt.access import Keys

    known = Keys().all()
    for one in known:
        state = f"gesperrt am {one.revoked:%d.%m.%Y}" if one.revoked else "gültig"
        click.echo(f"{one.person}  {one.role:<9}  {one.created:%d.%m.%Y}  {state:<22}  {one.label}")
    if not known:
        click.echo("Noch kein Schlüssel. Ausstellen: stadtlabor vacancy invite --help")


@vacancy.command()
@click.argument("person", metavar="KENNUNG")
def revoke(person: str) -> None:
    """Sperrt einen Schlüssel; er öffnet sofort nichts mehr."""
    from stadtlabor.innenstadt.access import AccessError, Keys

    try:
        gone = Keys().revoke(person)
    except AccessError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Gesperrt: {gone.label} ({gone.role}).")


@vacancy.command(name="import")
@click.argument("source", metavar="DATEI", type=click.Path(path_type=Path))
@click.option(
    "--answer", "answers", multiple=True, metavar="ANTWORT", help="Antwort auf eine Frage."
)
@click.option("--reason", default="", metavar="SATZ", help="Woher die Liste ist.")
@click.option("--owners", is_flag=True, help="Angaben zum Eigentum verschlüsselt ablegen.")
@click.option("--dry", is_flag=True, help="Nur ansehen, nichts übernehmen.")
def import_(source: Path, answers: tuple[str, ...], reason: str, owners: bool, dry: bool) -> None:
    """Liest eine Liste von Läden (CSV oder XLSX) in das Verzeichnis ein."""
    from stadtlabor.innenstadt.vacancy import Actor, Owners, Register, VacancyError, take
    from stadtlabor.sources.http import SourceError
    from stadtlabor.web.office_import import put_owners
    from stadtlabor.web.office_table import Asked, read_with

    try:
        report = read_with(source.read_bytes(), source.name, answers)
    except OSError as error:
        said = f"{source}: Die Datei ist nicht lesbar ({error.strerror}). Bitte den Ort prüfen."
        raise click.ClickException(said) from None
    except SourceError as error:
        raise click.ClickException(str(error)) from None
    if isinstance(report, Asked):
        options = "\n".join(f"  --answer {tag}  ({label})" for tag, label in report.options)
        raise click.ClickException(f"{source.name}: {report.question} Bitte ergänzen:\n{options}")
    _tell(report)
    if dry:
        return
    actor = Actor("editor", PERSON)
    try:
        done = take(Register(), report, actor, reason)
        kept = (
            put_owners(Owners(), report, done, actor, "Übernahme aus einer Liste") if owners else 0
        )
    except VacancyError as error:
        raise click.ClickException(str(error)) from None
    click.echo(
        f"Übernommen: {len(done.made)} neu, {len(done.changed)} geändert, "
        f"{len(done.same)} unverändert. Vorgang: {done.operation}"
    )
    if kept:
        click.echo(f"Einheiten mit neuen Angaben zum Eigentum: {kept}.")


@vacancy.command()
@click.argument("unit", metavar="EINHEIT")
@click.option("--why", prompt="Warum", help="Zweck, steht in der Liste der Zugriffe.")
@click.confirmation_option(prompt="Alles zum Eigentum dieser Einheit endgültig löschen?")
def forget(unit: str, why: str) -> None:
    """Löscht alles zum Eigentum einer Einheit und zeigt, wer hineingesehen hat."""
    from stadtlabor.innenstadt.vacancy import Actor, Owners, Register, VacancyError

    try:
        Register().unit(unit)
        store = Owners()
        gone = store.forget(unit, Actor("publisher", PERSON), why)
    except VacancyError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Gelöschte Felder: {gone}.")
    for one in store.audit(unit):
        click.echo(f"{one.at:%d.%m.%Y %H:%M} UTC  {one.actor.person:<10}  {one.what:<7} {one.why}")


def _tell(report: ImportReport) -> None:
    for fact in report.facts:
        click.echo(fact)
    for title, some in (
        ("Nicht übernommen", report.ledger.rejected),
        ("Angepasst", report.ledger.repaired),
        ("Bitte ansehen", report.ledger.doubtful),
    ):
        if some:
            click.echo(f"{title}:")
        for problem in some[:SHOWN]:
            click.echo(f"- {problem}")
        if len(some) > SHOWN:
            click.echo(f"- und {len(some) - SHOWN} weitere")
