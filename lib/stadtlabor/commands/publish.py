"""``stadtlabor publish``: check, list, verify and revoke public notebooks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from stadtlabor.commands.owner import act_as_owner
from stadtlabor.publishing.errors import PublishingError
from stadtlabor.publishing.words import said
from stadtlabor.settings import home

__all__ = ["publish"]


class Plain(click.ClickException):
    """A sentence for people, without click's own English word before it."""

    def show(self, file: Any = None) -> None:
        """Write the sentence."""
        click.echo(self.message, err=True, file=file)


@click.group()
def publish() -> None:
    """Veröffentlicht Notebooks. Freigegeben wird auf den Seiten des Amts."""


@publish.command("hand-in")
@click.argument("notebook", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def hand_in_(notebook: Path) -> None:
    """Reicht ein Notebook zur Prüfung ein."""
    from stadtlabor.publishing.widget import hand_in

    try:
        click.echo(said("command.handed", id=hand_in(notebook)))
    except PublishingError as error:
        raise Plain(str(error)) from None


@publish.command()
def check() -> None:
    """Prüft, was eingereicht ist; sonst macht das der Dienst „render“."""
    from stadtlabor.publishing import places
    from stadtlabor.publishing.desk import collect
    from stadtlabor.publishing.queue import work_once

    # Strangers' notebooks run as the user of "render" does; that one writes no history.
    act_as_owner(places.checks())
    own = os.access(places.root(), os.W_OK) or not places.root().exists()
    if own:
        collect()
    click.echo(said("command.checked", count=work_once()))
    if own:
        collect()


@publish.command("list")
def list_() -> None:
    """Zeigt alle eingereichten Notebooks und wie sie stehen."""
    from stadtlabor.publishing.history import verify as whole
    from stadtlabor.publishing.state import submissions

    act_as_owner(home() / "publishing")
    found = submissions()
    for one in found:
        state = said(f"states.{one.state}")
        click.echo(said("command.line", state=f"{state:10}", slug=one.slug,
                        hash=one.hash[:12] or "–", title=one.title))  # fmt: skip
        for fault in one.faults:
            click.echo(f"            {fault}")
    if not found:
        click.echo(said("command.nothing"))
    if not whole():
        raise Plain(said("command.tampered"))


@publish.command()
@click.argument("hash_", metavar="HASH")
def verify(hash_: str) -> None:
    """Rechnet eine Veröffentlichung aus ihren abgelegten Daten neu und vergleicht."""
    from stadtlabor.publishing import places
    from stadtlabor.publishing.verify import verify as again

    act_as_owner(places.checks())
    try:
        found = again(hash_)
    except PublishingError as error:
        raise Plain(str(error)) from None
    facts = found.version.facts
    if found.other_code:
        click.echo(said("command.other_code", hash=facts["code_hash"][:12]))
    if found.differences:
        raise Plain(said("command.different", names=", ".join(found.differences)))
    counts = {"results": len(facts["result"]), "pictures": len(facts["figure_hashes"])}
    click.echo(said("command.same", **counts, hash=found.version.hash[:12]))


@publish.command()
@click.argument("hash_", metavar="HASH")
@click.option("--why", required=True, help="Grund, öffentlich zu lesen.")
def revoke(hash_: str, why: str) -> None:
    """Zieht eine Veröffentlichung zurück."""
    from stadtlabor.publishing.desk import revoke as take_back
    from stadtlabor.publishing.state import public

    act_as_owner(home() / "publishing")
    found = next((one for one in public() if one.hash.startswith(hash_) or one.slug == hash_), None)
    if found is None:
        raise Plain(said("version.unknown", hash=hash_[:12]))
    try:
        take_back(found.id, "betrieb", why)
    except PublishingError as error:
        raise Plain(str(error)) from None
    click.echo(said("command.revoked", title=found.title))
