"""``stadtlabor status``: what runs, and how fresh the data are."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import click
import httpx

from stadtlabor.settings import SettingsError, home, settings

__all__ = ["status"]

STALE = timedelta(minutes=30)
TIMES = ("updated_at", "checked", "last_message_at")
WORDS = {
    "updated_at": "letzte Meldung",
    "checked": "letzte Prüfung",
    "last_message_at": "letzte Nachricht",
    "received": "Nachrichten",
    "waiting": "warten",
    "dead": "unlesbar",
    "rows": "neue Werte",
}


@click.command()
def status() -> None:
    """Zeigt, was läuft und wie frisch die Daten sind."""
    try:
        chosen = settings()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    now = datetime.now(UTC)
    address = f"http://{chosen.serve.host}:{chosen.serve.port}"
    reached = {name: _answers(address + path) for name, path in _PAGES.items()}
    for name, good in reached.items():
        click.echo(
            f"{'✓' if good else '✗'} {name:<22} {'antwortet' if good else 'antwortet nicht'}"
        )
    for path in sorted((home() / "status").glob("*.json")):
        click.echo(_service(path.stem, path.read_text(encoding="utf-8"), now))
    _datasets(now)
    if not all(reached.values()):
        click.echo(f"Starten: make run. Protokolle: {home() / 'logs'}")
        raise SystemExit(1)


_PAGES = {
    "Seiten": "/health",
    "Apps": "/apps/health",
    "Anmeldung und Labor": "/labor/hub/api/",
}


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).is_success
    except httpx.HTTPError:
        return False


def _service(name: str, text: str, now: datetime) -> str:
    """Sum up one status file in a line."""
    try:
        told: dict[str, Any] = json.loads(text)
    except ValueError:
        return f"! {name:<22} Statusdatei nicht lesbar. Bitte in einer Minute noch einmal prüfen."
    shown = []
    for key, word in WORDS.items():
        value = told.get(key)
        if value is None:
            continue
        if key in TIMES:
            value = f"vor {_age(now - datetime.fromisoformat(value))}"
        shown.append(f"{word} {value}")
    errors = [
        f"{name} ({poll['stand'].split(' Seither')[0]})" if poll.get("stand") else name
        for name, poll in told.get("polls", {}).items()
        if poll.get("error")
    ]
    shown += [f"ohne Antwort: {', '.join(errors)}"] if errors else []
    return f"{'!' if errors else '✓'} {name:<22} {', '.join(shown)}"


def _datasets(now: datetime) -> None:
    """Print for each dataset how old its newest value is."""
    from stadtlabor import data

    for name in data.datasets():
        times = data.grid_times(name)
        newest = times.max() if len(times) else data.latest(name)["time"].max()
        if newest != newest:  # NaT: a dataset without a value
            click.echo(f"! {name:<22} noch kein Wert")
            continue
        age = now - newest.to_pydatetime()
        interval = 0 if len(times) else int(data.datastreams(name)["interval_s"].min())
        fresh = age < STALE + 2 * timedelta(seconds=interval)
        click.echo(f"{'✓' if fresh else '!'} {name:<22} neuester Wert vor {_age(age)}")


def _age(span: timedelta) -> str:
    from stadtlabor.ui.texts import age

    return age(max(span, timedelta(0)), dative=True)
