"""``stadtlabor warn``: warn of heavy rain, and say how it stands."""

from __future__ import annotations

import logging
import os
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from stadtlabor.city import CityError, city
from stadtlabor.commands.owner import act_as_owner, leave_to_owner
from stadtlabor.settings import home, settings

if TYPE_CHECKING:
    from stadtlabor.catchments import RainWarning
    from stadtlabor.promotion.pipeline import Pipeline
    from stadtlabor.rain.warning.service import Service, Turn

__all__ = ["warn"]

PAUSE_S = 10.0
"""Between two looks: a frame comes every five minutes, a fault is shown within one look."""


@click.group()
def warn() -> None:
    """Warnt vor Starkregen. Versuchsbetrieb: keine Nachricht geht an MoWaS."""
    act_as_owner(_folder())
    logging.getLogger("papermill").setLevel(logging.WARNING)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)


@warn.command()
def run() -> None:
    """Sieht laufend nach neuen Radarbildern, bis der Prozess beendet wird."""
    stop = _stop()
    if not _catchments():
        stop.wait()
        return
    service = _service(warm=True)
    while not stop.is_set():
        turn = service.turn(datetime.now(UTC))
        for message in turn.messages:
            click.echo(f"{message.kind} {message.identifier}: Stufe {message.level}")
        stop.wait(PAUSE_S)
    service.close()


@warn.command()
def once() -> None:
    """Sieht einmal nach und endet."""
    service = _service()
    turn = service.turn(datetime.now(UTC))
    service.close()
    _tell(turn)


@warn.command()
def status() -> None:
    """Sagt, wie es steht; endet mit 2, wo nichts Verlässliches da ist."""
    from stadtlabor.rain.warning.display import display

    shown = display(_folder(), _warning(), datetime.now(UTC))
    click.echo(shown.sentence)
    for reason in shown.reasons:
        click.echo(f"- {reason}")
    for area in shown.areas:
        click.echo(f"{area.name}: {area.sentence}")
    if shown.stale:
        raise SystemExit(2)


@warn.command()
def test() -> None:
    """Bestellt eine Probe der Warnwege beim laufenden Dienst."""
    _leave("test")
    click.echo(
        "Bestellt. Der laufende Dienst sendet die Probe beim nächsten Blick. Läuft keiner: "
        "stadtlabor warn once"
    )


@warn.command()
@click.confirmation_option(prompt="Sind die Radardaten geprüft und richtig?")
def trust() -> None:
    """Sagt dem Dienst, dass jemand die Daten geprüft hat: Er fängt neu an zu vergleichen."""
    _leave("trust")
    click.echo("Vermerkt. Der Dienst beginnt mit den nächsten Radarbildern neu.")


@warn.command()
@click.option("--once", "single", is_flag=True, help="Nur einmal nachsehen.")
def guard(single: bool) -> None:
    """Achtet auf das Lebenszeichen des Warndienstes und ruft den Betrieb, wenn es ausbleibt."""
    from stadtlabor.rain.warning.guard import Guard
    from stadtlabor.rain.warning.rules import rules

    stop = _stop()
    if not single and not _catchments():
        stop.wait()
        return
    watchman = Guard(_folder(), _warning())
    # Both services start together: what has not lived yet cannot have died.
    if not single and stop.wait(60 * float(rules("service")["silent_min"])):
        return
    while True:
        silent = watchman.look(datetime.now(UTC))
        if single:
            click.echo("Kein Lebenszeichen." if silent else "Der Warndienst lebt.")
            raise SystemExit(2 if silent else 0)
        if stop.wait(60):
            return


@warn.command()
@click.argument("source", metavar="ORDNER", type=click.Path(path_type=Path, exists=True))
@click.option("--speed", type=float, default=None, help="So viel schneller als in echt.")
@click.option(
    "--spacing", type=float, default=None, metavar="KM",
    help="Kreise in diesem Abstand statt der Gebiete der Stadt; ohne das Notebook.",
)  # fmt: skip
def replay(source: Path, speed: float | None, spacing: float | None) -> None:
    """Spielt ein aufgezeichnetes Unwetter durch denselben Weg, ohne jemanden zu warnen."""
    from stadtlabor.promotion.errors import PromotionError
    from stadtlabor.rain.warning.replay import play

    paths = [p for p in source.iterdir() if p.is_file() and p.suffix not in (".md", ".txt")]
    target = _folder() / "replays" / source.name
    count = 0
    try:
        pipeline = None if spacing else _moved(target)
        for now, turn, seconds in play(
            paths, target, _warning(), speed, spacing_km=spacing, pipeline=pipeline
        ):
            count += len(turn.messages)
            many = len(turn.messages)
            click.echo(f"{now:%d.%m.%Y %H:%M} UTC: {many} Nachrichten, {seconds:.1f} s")
    except (ValueError, PromotionError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{count} Nachrichten in {target / 'outbox'}")


@warn.command()
@click.argument("identifier", metavar="NACHRICHT")
def rerun(identifier: str) -> None:
    """Rechnet eine veröffentlichte Nachricht aus ihrer Herkunft nach und vergleicht Byte für Byte.

    NACHRICHT ist der Name aus der CAP-Datei (identifier).
    """
    from stadtlabor.rain.warning.proof import prove
    from stadtlabor.rain.warning.words import warning_texts

    words = warning_texts()["proof"]
    try:
        found = prove(_home_of(identifier), identifier)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(words["run"].format(run=found.run) if found.run else words["held_same"])
    if found.surroundings:
        click.echo(words["other"].format(what=", ".join(found.surroundings)))
    if not found.same:
        click.echo("\n".join([words["different"], *found.differences]))
        raise SystemExit(1)
    click.echo(words["same"].format(identifier=identifier))


def _home_of(identifier: str) -> Path:
    """Return the folder whose journal knows a message; a replay is its own home."""
    from stadtlabor.rain.warning.journal import Journal

    for folder in sorted((_folder() / "replays").glob("*")):
        if Journal(folder).has("message", identifier):
            os.environ["STADTLABOR_HOME"] = str(folder.resolve())
            return folder.resolve()
    return _folder()


def _moved(target: Path) -> Pipeline:
    """Make the folder of a replay the home; return the notebook in operation, brought along."""
    from stadtlabor.promotion.archive import keep_source
    from stadtlabor.promotion.operation import resolve
    from stadtlabor.rain.warning.reckoning import PIPELINE

    pipeline = resolve(PIPELINE)
    source = pipeline.source()
    target.mkdir(parents=True, exist_ok=True)
    os.environ["STADTLABOR_HOME"] = str(target.resolve())
    return pipeline.model_copy(update={"notebook_hash": keep_source(source)})


def _stop() -> threading.Event:
    """Return what is set when the process is asked to end."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _catchments() -> bool:
    """Tell whether there is anything to warn of; a service without waits and disturbs nobody."""
    try:
        there = city().warning is not None
    except CityError as error:
        raise click.ClickException(str(error)) from error
    if not there:
        click.echo(
            "In city.toml fehlt die Tabelle [warning]: Ohne Gebiete und Stufen wird nicht gewarnt. "
            "Bitte dort eintragen und den Dienst neu starten."
        )
    return there


def _folder() -> Path:
    return home() / "warning"


def _warning() -> RainWarning:
    try:
        found = city().warning
    except CityError as error:
        raise click.ClickException(str(error)) from error
    if found is None:
        raise click.ClickException(
            "In city.toml fehlt die Tabelle [warning]: Ohne Gebiete und Stufen wird nicht gewarnt. "
            "Bitte dort eintragen."
        )
    return found


def _service(warm: bool = False) -> Service:
    from stadtlabor.rain.warning.channels import ways
    from stadtlabor.rain.warning.feed import StoreFeed
    from stadtlabor.rain.warning.parcel import ChannelError
    from stadtlabor.rain.warning.reckoning import Promoted
    from stadtlabor.rain.warning.service import Service
    from stadtlabor.store import StoreError
    from stadtlabor.store.opening import grid_datasets

    warning = _warning()
    dataset = "rain-radar" if settings().sources.dwd == "live" else "rain-radar-simulated"
    try:
        feed = StoreFeed(dataset, city())
        reckoning = Promoted(dataset, warning)
        out = ways(warning.channels, _folder())
        service = Service(_folder(), warning, feed, out, reckoning=reckoning)
    except (StoreError, ChannelError) as error:
        raise click.ClickException(str(error)) from error
    if warm and dataset in grid_datasets():  # without radar there is nothing to hurry for
        reckoning.warm()
    return service


def _leave(wish: str) -> None:
    _folder().mkdir(parents=True, exist_ok=True)
    mark = _folder() / wish
    mark.touch()
    leave_to_owner(mark)


def _tell(turn: Turn) -> None:
    from stadtlabor.rain.warning.words import reason_sentences

    zone = ZoneInfo(city().city.timezone)
    newest = turn.verdict.newest
    stand = f"{newest.astimezone(zone):%d.%m.%Y, %H:%M} Uhr" if newest else "noch kein Radarbild"
    click.echo(f"Stand: {stand}")
    for sentence in reason_sentences(turn.verdict.reasons):
        click.echo(f"Keine verlässlichen Daten: {sentence}")
    for message in turn.messages:
        click.echo(f"{message.kind} {message.identifier}: Stufe {message.level}")
    for way, sentence in turn.failed.items():
        click.echo(f"Weg „{way}“: {sentence}", err=True)
