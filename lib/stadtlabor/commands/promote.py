"""``stadtlabor promote``: from a notebook to operation, and back through its provenance."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click
import pandas as pd

from stadtlabor import promotion
from stadtlabor.commands.owner import act_as_owner
from stadtlabor.promotion import Pipeline, PromotionError, Run
from stadtlabor.promotion.archive import find
from stadtlabor.promotion.execution import perform
from stadtlabor.promotion.parameters import checked, read_parameters
from stadtlabor.promotion.registry import verify
from stadtlabor.promotion.schedule import issues_between
from stadtlabor.settings import home, root

__all__ = ["promote", "rollback", "runs"]


class Promote(click.Group):
    """A group that takes a notebook in place of a subcommand."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the subcommand; ``add`` where the first word is a notebook."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["add", *args]
        return super().resolve_command(ctx, args)


class Plain(click.ClickException):
    """A sentence for people, without click's own English word before it."""

    def show(self, file: Any = None) -> None:
        """Write the sentence."""
        click.echo(self.message, err=True, file=file)


@click.group(cls=Promote)
def promote() -> None:
    """Bringt ein Notebook in den Betrieb: stadtlabor promote NOTEBOOK --as NAME.

    Weitere Schritte: accept, run, replay, rerun, show.
    """
    act_as_owner(home() / "runs")


@promote.command()
@click.argument("notebook")
@click.option("--as", "name", required=True, help="Name im Betrieb.")
@click.option("-p", "--parameter", "words", multiple=True, help="Angabe wie tage=60; mehrfach.")
@click.option("--cron", default="", help="Zeitplan wie in crontab, Ortszeit: „30 4 * * *“.")
@click.option("--dataset", "datasets", multiple=True, help="Radardaten, deren Bilder es auslösen.")
@click.option("--gated", is_flag=True, help="Spätere Fassungen brauchen einen Beleg.")
@click.option("--why", default="angemeldet", help="Grund, für das Verzeichnis.")
def add(
    notebook: str,
    name: str,
    words: tuple[str, ...],
    cron: str,
    datasets: tuple[str, ...],
    gated: bool,
    why: str,
) -> None:
    """Meldet ein Notebook als Fassung an.

    Sie geht gleich in den Betrieb; mit --gated nur die erste.
    """
    path = _notebook(notebook)
    try:
        known = read_parameters(path.read_text(encoding="utf-8"), path.name)
        given = checked(known, _split(words), path.name, words=True)
        pipeline = _pipeline(path, name, given, cron, list(datasets), gated)
        version = promotion.register(pipeline, why, alias="" if pipeline.gated else "champion")
        now = promotion.state(name)
    except (PromotionError, OSError) as error:
        raise Plain(str(error)) from None
    said = "im Betrieb" if now.champion == version.number else "steht zur Wahl"
    click.echo(f"{name}: Fassung {version.number} {said} ({version.id[:12]}).")


@promote.command()
@click.argument("name")
@click.option("--evidence", required=True, help="Lauf der Auswertung: PIPELINE/LAUF.")
@click.option("--why", required=True, help="Grund, für das Verzeichnis.")
@click.option("--margin", type=float, default=0.0, help="Erlaubter Verlust auf einem Ereignis.")
def accept(name: str, evidence: str, why: str, margin: float) -> None:
    """Lässt den Beleg entscheiden, ob die neue Fassung die alte ablöst."""
    try:
        verdict = promotion.decide(name, _run(evidence), why, margin=margin)
    except PromotionError as error:
        raise Plain(str(error)) from None
    click.echo(
        f"Vorsprung {_n(verdict.difference)} (95 %: {_n(verdict.low)} bis {_n(verdict.high)}) "
        f"über {verdict.events} Ereignisse und {verdict.blocks} Blöcke."
    )
    if not verdict.accepted:
        raise Plain("Abgelehnt. " + " ".join(verdict.faults))
    click.echo(f"{name}: Fassung {promotion.state(name).champion} ist im Betrieb.")


@promote.command("run")
@click.argument("name")
@click.option("-p", "--parameter", "words", multiple=True, help="Angabe wie tage=60; mehrfach.")
@click.option("--version", default="champion", help="champion, challenger oder eine Nummer.")
def run_(name: str, words: tuple[str, ...], version: str) -> None:
    """Rechnet einmal, sofern nicht genau das schon gerechnet ist."""
    try:
        pipeline = promotion.resolve(name, version)
        known = read_parameters(pipeline.source(), pipeline.notebook)
        given = checked(known, _split(words), pipeline.notebook, words=True)
        done = promotion.run(pipeline, **given)
    except PromotionError as error:
        raise Plain(str(error)) from None
    _tell(done)


@promote.command()
@click.argument("name")
@click.option("--from", "start", required=True, help="Erste Ausgabezeit, UTC.")
@click.option("--to", "end", required=True, help="Letzte Ausgabezeit, UTC.")
@click.option("--dataset", help="Radardaten; ohne Angabe die ersten der Pipeline.")
@click.option("--version", default="champion", help="champion, challenger oder eine Nummer.")
def replay(name: str, start: str, end: str, dataset: str | None, version: str) -> None:
    """Rechnet einen vergangenen Zeitraum nach, auf demselben Weg wie im Betrieb."""
    try:
        pipeline = promotion.resolve(name, version)
        if not pipeline.datasets:
            raise PromotionError(
                f"„{name}“ rechnet nicht nach Radarbildern. Bitte mit promote run einzeln rechnen."
            )
        grid = dataset or pipeline.datasets[0]
        issues = issues_between(pipeline, grid, _utc(start), _utc(end))
    except PromotionError as error:
        raise Plain(str(error)) from None
    failed = 0
    for issue in issues:
        try:
            given = {"dataset": grid, "issue": issue.isoformat()}
            _tell(*perform(pipeline, given, issue))
        except PromotionError as error:
            failed += 1
            click.echo(str(error), err=True)
    click.echo(f"{len(issues) - failed} von {len(issues)} Ausgabezeiten gerechnet.")
    if failed or not issues:
        raise Plain("Nicht alles gelang." if issues else "In diesem Zeitraum liegen keine Bilder.")


@promote.command()
@click.argument("name")
def rerun(name: str) -> None:
    """Wiederholt einen Lauf aus seiner Herkunft und vergleicht Byte für Byte."""
    try:
        found = promotion.rerun(_run(name))
    except PromotionError as error:
        raise Plain(str(error)) from None
    if found.surroundings:
        click.echo(
            f"Anders als damals: {', '.join(found.surroundings)}. Damaliger Stand: "
            f"{found.run.commit or 'unbekannt'}."
        )
    if not found.same:
        raise Plain(f"Verschieden: {', '.join(found.differences)}")
    click.echo("Gleich, Byte für Byte: alle Ergebnisse, Bilder und Ausgaben der Zellen.")


@promote.command()
@click.argument("name")
def show(name: str) -> None:
    """Zeigt Fassungen und Entscheidungen."""
    now = promotion.state(name)
    for version in now.versions.values():
        mark = {now.champion: "im Betrieb", now.challenger: "zur Wahl"}.get(version.number, "")
        click.echo(f"{version.number:3}  {version.id}  {mark}")
    for event in now.events:
        click.echo(f"{event.at:%d.%m.%Y %H:%M} UTC  {event.kind}  {event.who}: {event.why}")
    if not verify():
        raise Plain("Das Verzeichnis wurde verändert. Bitte aus der Sicherung zurückholen.")


@click.command()
@click.argument("name", required=False)
@click.option("--last", default=10, help="So viele.")
def runs(name: str | None, last: int) -> None:
    """Zeigt die letzten Läufe."""
    try:
        names = [name] if name else [pipeline.name for pipeline in promotion.in_operation()]
    except PromotionError as error:
        raise Plain(str(error)) from None
    for each in names:
        for done in promotion.runs(each)[:last]:
            _tell(done)


@click.command()
@click.argument("name")
@click.option("--why", required=True, help="Grund, für das Verzeichnis.")
def rollback(name: str, why: str) -> None:
    """Stellt die vorige Fassung wieder in den Betrieb."""
    act_as_owner(home() / "runs")
    clock = time.monotonic()
    try:
        version = promotion.rollback(name, why)
    except PromotionError as error:
        raise Plain(str(error)) from None
    took = f"{time.monotonic() - clock:.1f}".replace(".", ",")
    click.echo(f"{name}: Fassung {version.number} ist wieder im Betrieb, nach {took} s.")


def _pipeline(
    path: Path, name: str, given: dict[str, Any], cron: str, datasets: list[str], gated: bool
) -> Pipeline:
    from pydantic import ValidationError

    below = root() / "notebooks"
    notebook = path.relative_to(below) if path.is_relative_to(below) else path
    listed = {each.name: each for each in promotion.read_pipelines()}.get(name)
    if listed:
        parameters = {**listed.parameters, **given}
        return listed.model_copy(update={"notebook": str(notebook), "parameters": parameters})
    try:
        return Pipeline(
            name=name, notebook=str(notebook), cron=cron, datasets=datasets, parameters=given,
            gated=gated or _gated(name),
        )  # fmt: skip
    except ValidationError as error:
        faults = "; ".join(f"{fault['loc'][0]}: {fault['msg']}" for fault in error.errors())
        raise PromotionError(f"{faults}. Ein Name besteht aus a–z, 0–9 und „-“.") from None


def _gated(name: str) -> bool:
    """Tell whether an earlier version was registered as gated: nobody leaves that by accident."""
    now = promotion.state(name)
    return any(version.settings.get("gated") for version in now.versions.values())


def _notebook(stated: str) -> Path:
    for path in (Path(stated), root() / "notebooks" / stated):
        if path.is_file():
            return path.resolve()
    raise Plain(f"Das Notebook „{stated}“ gibt es nicht. Bitte den Pfad prüfen.")


def _split(words: tuple[str, ...]) -> dict[str, str]:
    for word in words:
        if "=" not in word:
            raise Plain(f"„{word}“ ist keine Angabe. Bitte so schreiben: tage=60.")
    return {name: value for name, _, value in (word.partition("=") for word in words)}


def _run(stated: str) -> Run:
    pipeline, _, name = stated.partition("/")
    found = find(pipeline, name) if name else None
    if not found:
        raise PromotionError(
            f"Den Lauf „{stated}“ gibt es nicht. Bitte so schreiben: PIPELINE/LAUF. Die letzten "
            "zeigt stadtlabor runs."
        )
    return found


def _utc(stated: str) -> pd.Timestamp:
    try:
        moment = pd.Timestamp(stated)
    except ValueError:
        raise PromotionError(
            f"„{stated}“ ist kein Zeitpunkt. Bitte so schreiben: 2026-11-22T14:30 (UTC)."
        ) from None
    return moment.tz_localize("UTC") if moment.tz is None else moment.tz_convert("UTC")


def _tell(run: Run, fresh: bool = True) -> None:
    seconds = f"{run.seconds:.1f}".replace(".", ",")
    word = "gelungen" if run.status == "done" else f"misslungen: {run.reason}"
    again = "" if fresh else ", war schon gerechnet"
    name = f"{run.pipeline}/{run.folder.name}"
    click.echo(f"{name}  {word}, {seconds} s, {run.data_version or 'keine Daten'}{again}")


def _n(value: float) -> str:
    return f"{value:.4f}".replace(".", ",")
