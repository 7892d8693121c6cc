"""``stadtlabor person``: what is kept about somebody, erase it, prove that it is gone."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from stadtlabor.commands.owner import act_as_owner, leave_to_owner
from stadtlabor.retention import orders
from stadtlabor.retention.orders import Answer
from stadtlabor.retention.texts import texts
from stadtlabor.settings import home

__all__ = ["person"]

SHOWN = 40
WITHIN_S = 120.0


@click.group()
def person() -> None:
    """Rechte von Personen: Auskunft, Löschung und ihr Nachweis."""


@person.command()
@click.argument("name")
def show(name: str) -> None:
    """Zeigt, was über NAME gespeichert ist. NAME ist der Name der Anmeldung oder einer Abgabe."""
    _checked(name)
    _tell(_counted(name))
    _tell_kept(name)


@person.command()
@click.argument("name")
@click.option("--series", multiple=True, help="Datenreihe der Person, mehrfach möglich.")
@click.option("--yes", is_flag=True, help="Löscht wirklich; sonst wird nur gezeigt, was geschähe.")
@click.option("--datei", "path", type=click.Path(dir_okay=False, path_type=Path),
              help="Wohin die Quittung kommt; sonst in den Ordner des Hubs.")  # fmt: skip
def erase(name: str, series: tuple[str, ...], yes: bool, path: Path | None) -> None:
    """Löscht alles über NAME und die genannten Reihen. Nichts davon kommt zurück."""
    _checked(name)
    _checked_series(series)
    if not yes:
        click.echo("So würde gelöscht (es ist noch nichts geschehen):")
        _tell(_counted(name))
        for one in series:
            click.echo(f"  {'Reihe':>6}  {one}, alle Werte und Summen, alle Versionen")
        _tell_kept(name)
        click.echo("Zum Löschen bitte denselben Befehl mit --yes.")
        return
    receipt = _erased(name, series)
    target = path or home() / "hub" / "erasures" / f"{receipt['receipt']}.json"
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    target.write_text(json.dumps(receipt, ensure_ascii=False, indent=1), encoding="utf-8")
    _tell([(step["where"], step["what"], step["count"]) for step in receipt["steps"]])
    _tell_kept(name)
    seconds = f"{receipt['seconds']:.1f}".replace(".", ",")
    click.echo(f"Gelöscht in {seconds} s. Quittung ohne Namen: {target}")
    if receipt["faults"]:
        raise click.ClickException("\n".join(receipt["faults"]))


@person.command()
@click.argument("text", nargs=-1, required=True)
def proof(text: tuple[str, ...]) -> None:
    """Sucht TEXT in jedem Byte aller Dateien des Stadtlabors, auch in verpackten."""
    from stadtlabor.retention.proof import scan

    begin = time.perf_counter()
    done = scan(home(), list(text))
    for find in done.finds[:SHOWN]:
        click.echo(f"✗ {find.file} ({find.how})")
    for problem in done.unread:
        click.echo(f"Nicht ganz durchsucht: {problem}", err=True)
    size = f"{done.size / 2**20:.1f}".replace(".", ",")
    seconds = f"{time.perf_counter() - begin:.1f}".replace(".", ",")
    searched = f"{done.files} Dateien, {size} MiB, {seconds} s"
    if done.finds:
        raise click.ClickException(f"{len(done.finds)} Fundstellen ({searched}).")
    click.echo(f"Keine Fundstelle ({searched}).")


@person.command("carry-out", hidden=True)
def carry_out() -> None:
    """Führt aus, was dem Empfang aufgetragen ist, wenn keiner läuft."""
    act_as_owner(home() / "store")
    from stadtlabor.city import city
    from stadtlabor.ingest import Collector
    from stadtlabor.settings import settings
    from stadtlabor.store import StoreError, StoreLockedError

    try:
        Collector(home(), city(), settings()).once(ask=False)
    except StoreLockedError:
        return  # the ingest runs, and finds the order
    except StoreError as error:
        raise click.ClickException(str(error)) from error


def _ordered(series: tuple[str, ...]) -> Answer:
    """Have series erased by the ingest, or where none runs, as if by it."""
    folder = home() / "spool" / "erasures"
    folder.mkdir(parents=True, exist_ok=True)
    leave_to_owner(folder)
    name = orders.give(home(), series)
    leave_to_owner(folder / f"{name}.order.json")
    subprocess.run([sys.executable, "-m", "stadtlabor", "person", "carry-out"], check=False)
    answer = orders.await_answer(home(), name, WITHIN_S)
    if answer is None:
        return Answer(fault=texts("places")["faults"]["ingest"].format(seconds=int(WITHIN_S)))
    return answer


def _checked(name: str) -> None:
    from stadtlabor.retention.person import UnknownNameError, check

    try:
        check(name)
    except UnknownNameError as error:
        raise click.ClickException(str(error)) from error


def _checked_series(series: tuple[str, ...]) -> None:
    from stadtlabor.store import Store

    if not series:
        return
    store = Store(home() / "store")
    for name in series:
        if name not in [d.id for d in store.datastreams(name.split("/", 1)[0])]:
            raise click.ClickException(
                f"Die Datenreihe „{name}“ gibt es nicht. Bitte den Namen prüfen; gelöscht wurde "
                "noch nichts."
            )


def _counted(name: str) -> list[tuple[str, str, int]]:
    from stadtlabor.retention.person import PLACES

    return [(place.where, place.what, place.count(home(), name)) for place in PLACES]


def _tell(found: list[tuple[str, str, int]]) -> None:
    for where, what, count in found:
        if count:
            click.echo(f"  {count:>6}  {where}: {what}")
    if not any(count for *_, count in found):
        click.echo("  Unter diesem Namen ist an den bekannten Orten nichts gespeichert.")


def _tell_kept(name: str) -> None:
    from stadtlabor.retention.person import kept

    for where, count, advice in kept(home(), name):
        click.echo(f"  bleibt  {where}: {count} Stellen. {advice}")


def _erased(name: str, series: tuple[str, ...]) -> dict[str, Any]:
    from stadtlabor.retention.hub import HubFaultError
    from stadtlabor.retention.person import PLACES

    begin = time.perf_counter()
    steps: list[dict[str, Any]] = []
    faults: list[str] = []
    words = texts("places")
    if series:
        answer = _ordered(series)
        faults += [answer.fault] if answer.fault else []
        counts = (answer.values, answer.deliveries, answer.files)
        for key, count in zip(("series", "deliveries", "uploads"), counts, strict=True):
            steps.append({**words[key], "count": count})
    for place in PLACES:
        try:
            count = place.erase(home(), name)
        except (HubFaultError, OSError) as error:
            faults.append(str(error))
            if place.key == "hub":
                break  # while the server runs, it would write everything anew
        else:
            steps.append({"where": place.where, "what": place.what, "count": count})
    return {
        "receipt": f"{datetime.now(UTC):%Y-%m-%d}-{secrets.token_hex(4)}",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.perf_counter() - begin, 3),
        "steps": [step for step in steps if step["count"]],
        "faults": faults,
    }
