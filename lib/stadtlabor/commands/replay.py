"""``stadtlabor replay``: feeds recorded real files through the true connectors."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import click

from stadtlabor.commands.owner import act_as_owner, leave_to_owner
from stadtlabor.observations import Batch
from stadtlabor.settings import home, settings
from stadtlabor.sources import DecodeError, Delivery, Fetcher, Request, SourceError, decode
from stadtlabor.sources.recording import Recorded, Recorder, search
from stadtlabor.sources.server import serve

__all__ = ["replay"]

SHOWN_PROBLEMS = 3
PATIENCE_S = 60.0


@dataclass
class Told:
    """What a replay has fed so far."""

    files: int = 0
    rows: int = 0
    frames: int = 0
    problems: int = 0
    unreadable: int = 0


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--pace", type=float, default=0.0, help="Sekunden zwischen zwei Radarbildern.")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]),
    help="Radarbilder nur bis zu dieser Zeit (UTC).",
)
def replay(folder: Path, pace: float, until: datetime | None) -> None:
    """Spielt aufgezeichnete echte Dateien aus FOLDER ein, als kämen sie vom Anbieter."""
    known, strange = search(folder)
    if until is not None:
        last = until.replace(tzinfo=UTC)
        known = [r for r in known if r.time is None or r.time <= last]
    if not known:
        raise click.ClickException(
            f"In {folder} liegt keine Datei, die erkannt wird. Welche Namen erkannt werden, steht "
            "in lib/stadtlabor/sources/recordings.toml."
        )
    told = _feed(known, pace)
    for path in strange:
        click.echo(f"Nicht erkannt und übergangen: {path.relative_to(folder)}")
    click.echo(
        f"\nEingespielt: {told.files} Dateien mit {told.rows} Werten und {told.frames} "
        f"Radarbildern; {told.problems} Hinweise, {told.unreadable} Dateien nicht lesbar."
    )
    act_as_owner(home() / "store")  # the recorded files may have been for root alone
    _ingest()
    shown = sorted({r.show for r in known if r.show})
    host, port = settings().serve.host, settings().serve.port
    for page in shown:
        click.echo(f"Ansehen: http://{host}:{port}{page}")


def _feed(known: list[Recorded], pace: float) -> Told:
    """Fetch each file from the local provider, tell what is in it, lay it into the inbox."""
    told = Told()
    server = serve(Recorder(known).answer, 0)
    Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        with Fetcher() as fetcher:
            for n, recorded in enumerate(known):
                if pace and n and recorded.time is not None:
                    time.sleep(pace)
                    _ingest()
                try:
                    delivery = fetcher.fetch(Request(recorded.kind, base + recorded.url_path))
                except SourceError as error:
                    click.echo(str(error), err=True)
                    told.unreadable += 1
                    continue
                if delivery is not None:
                    _take(replace(delivery, name=recorded.name), told)
    finally:
        server.shutdown()
        server.server_close()
    return told


def _take(delivery: Delivery, told: Told) -> None:
    try:
        found = decode(delivery)
    except DecodeError as error:
        click.echo(f"Nicht lesbar – {error}")
        told.unreadable += 1
        return
    told.files += 1
    if isinstance(found, Batch):
        told.rows += len(found.frame)
        told.problems += len(found.problems)
        click.echo(
            f"{delivery.name}: {len(found.frame)} Werte in {len(found.datastreams)} Reihen, "
            f"{len(found.problems)} Hinweise"
        )
        for problem in found.problems[:SHOWN_PROBLEMS]:
            click.echo(f"  – {problem}")
        if len(found.problems) > SHOWN_PROBLEMS:
            click.echo(f"  – … und {len(found.problems) - SHOWN_PROBLEMS} weitere")
    else:
        told.frames += found.sizes["time"]
        rain = f"{float(found.max()):.1f}".replace(".", ",")
        click.echo(
            f"{delivery.name}: {found.sizes['time']} Radarbilder, stärkster Regen {rain} mm/h"
        )
    _lay(delivery)


def _lay(delivery: Delivery) -> None:
    """Lay the bytes into the inbox; the dot keeps the ingest away until the file is whole."""
    folder = home() / "inbox" / delivery.kind
    folder.mkdir(parents=True, exist_ok=True)
    leave_to_owner(folder)
    draft = folder / f".{delivery.name}"
    draft.write_bytes(delivery.body)
    leave_to_owner(draft)
    draft.replace(folder / delivery.name)


def _ingest() -> None:
    """Wait until the ingest has taken the inbox; take it ourselves where none is running."""
    from stadtlabor.city import city
    from stadtlabor.ingest import Collector
    from stadtlabor.store import StoreLockedError

    # Every problem has been counted and the first ones shown already.
    logging.getLogger("stadtlabor.ingest").setLevel(logging.ERROR)
    try:
        health = Collector(home(), city(), settings()).once(ask=False)
    except StoreLockedError:
        deadline = time.monotonic() + PATIENCE_S
        while _waiting() and time.monotonic() < deadline:
            time.sleep(0.2)
        if _waiting():
            click.echo("Der Datenempfang hat noch nicht alles aufgenommen; er arbeitet weiter.")
    else:
        click.echo(
            f"Gespeichert: {health['rows']} Werte und {health['grids']} Radarbilder "
            "(der Datenempfang lief nicht; replay hat selbst gespeichert)."
        )


def _waiting() -> bool:
    return any(p.is_file() and not p.name.startswith(".") for p in (home() / "inbox").glob("*/*"))
