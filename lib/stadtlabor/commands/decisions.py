"""``stadtlabor decisions``: what the data service gave to whom, and what it refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click

from stadtlabor.catalogue.policy import profile
from stadtlabor.city import city
from stadtlabor.dataservice.journal import KEPT, Journal
from stadtlabor.dataservice.opening import place

__all__ = ["decisions"]


@click.command()
@click.option("--datensatz", "dataset", help="Nur Entscheidungen über diesen Datensatz.")
@click.option("--tage", "days", type=click.IntRange(1, KEPT), default=1, show_default=True,
              help="Wie weit zurück.")  # fmt: skip
@click.option("--abgelehnt", "refused", is_flag=True, help="Nur, was abgelehnt wurde.")
@click.option("--melden", "inform", is_flag=True,
              help="Nur, was die Stelle erfahren soll, der die Daten gehören.")  # fmt: skip
def decisions(dataset: str | None, days: int, refused: bool, inform: bool) -> None:
    """Zeigt, was der Datendienst wem gegeben und was er abgelehnt hat."""
    since = datetime.now(UTC) - timedelta(days=days)
    shown = 0
    for entry in _entries(since):
        given = entry.get("given")
        if dataset and entry["question"]["dataset"] != dataset:
            continue
        if (refused and given) or (inform and not (given and given["inform"])):
            continue
        click.echo(_line(entry))
        shown += 1
    click.echo(f"{shown} Entscheidungen. Ältere als {KEPT} Tage werden gelöscht.")


def _entries(since: datetime) -> Iterator[dict[str, Any]]:
    """Yield the decisions of all processes since a moment, oldest first."""
    found = [
        entry
        for folder in sorted((place() / "decisions").glob("*"))
        for entry in Journal(folder).entries()
        if datetime.fromisoformat(entry["at"]) >= since
    ]
    yield from sorted(found, key=lambda entry: str(entry["at"]))


def _line(entry: dict[str, Any]) -> str:
    zone = ZoneInfo(city().city.timezone)
    when = f"{datetime.fromisoformat(entry['at']).astimezone(zone):%d.%m.%Y %H:%M:%S}"
    service = f"Dienst {entry['service']}" if entry.get("service") else ""
    who = entry.get("who") or service or "anonym"
    question = entry["question"]
    purpose = profile()["purposes"].get(f"sl:{question['purpose']}", question["purpose"])
    asked = f"{when}  {who}: {question['dataset']}, {purpose}"
    given = entry.get("given")
    if not given:
        return f"{asked} – abgelehnt: {entry['refused']}"
    held = f", {given['withheld']} Werte zurückgehalten" if given["withheld"] else ""
    rows = f"{given['rows']:,}".replace(",", ".")
    return (
        f"{asked} – {rows} Zeilen aus Version {given['version']}{held} "
        f"(Regel {given['policy']} {given['policy_sha256'][:8]})"
    )
