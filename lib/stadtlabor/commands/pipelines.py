"""``stadtlabor pipelines``: run promoted notebooks on their schedule."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import click
import pandas as pd

from stadtlabor.commands.owner import act_as_owner
from stadtlabor.promotion.errors import PipelineError, PromotionError
from stadtlabor.promotion.execution import perform, sweep
from stadtlabor.promotion.operation import in_operation
from stadtlabor.promotion.pipeline import Pipeline, read_pipelines
from stadtlabor.promotion.schedule import due, due_by_clock
from stadtlabor.promotion.versions import adopt
from stadtlabor.settings import home

__all__ = ["pipelines"]

log = logging.getLogger("stadtlabor.pipelines")

PAUSE_S = 5.0
REFUSED_AGAIN_S = 600.0
"""A run that was refused before it started leaves nothing in the archive; do not ask at once."""

_refused: dict[tuple[str, str, pd.Timestamp], float] = {}


@click.group()
def pipelines() -> None:
    """Rechnet Notebooks nach Plan und legt sie mit Herkunft ab."""
    act_as_owner(home() / "runs")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("papermill").setLevel(logging.WARNING)
    if gone := sweep():
        log.info("%d abgebrochene Läufe entfernt", gone)


@pipelines.command()
def once() -> None:
    """Rechnet alles, was gerade fällig ist."""
    click.echo(f"{_turn()} Rechnungen fertig.")


@pipelines.command()
def run() -> None:
    """Rechnet, sobald neue Daten da sind oder es Zeit ist, bis zum Abbruch."""
    while True:
        _turn()
        time.sleep(PAUSE_S)


def _turn() -> int:
    """Run what is due; return how many runs ended well."""
    good = 0
    state: dict[str, object] = {"checked": datetime.now(UTC).isoformat()}
    try:
        adopt(read_pipelines())
        listed = in_operation()
    except (PipelineError, PromotionError) as error:
        log.error("%s", error)
        state["last_failure"] = str(error)
        listed = []
    for pipeline in listed:
        for given, issue in _due(pipeline):
            call = (pipeline.name, str(given), issue)
            if time.monotonic() < _refused.get(call, 0.0):
                continue
            try:
                done, fresh = perform(pipeline, given, issue)
            except PromotionError as error:
                log.error("%s", error)
                state["last_failure"] = str(error)
                _refused[call] = time.monotonic() + REFUSED_AGAIN_S
                continue
            if fresh:
                good += 1
                log.info("%s %s in %s s", pipeline.name, done.folder.name, done.seconds)
            state["last_issue"] = issue.isoformat()
    status = home() / "status" / "pipelines.json"
    status.parent.mkdir(parents=True, exist_ok=True)
    temporary = status.with_suffix(".tmp")
    temporary.write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
    temporary.replace(status)
    return good


def _due(pipeline: Pipeline) -> Iterator[tuple[dict[str, str], pd.Timestamp]]:
    for dataset in pipeline.datasets:
        for issue in due(pipeline, dataset):
            yield {"dataset": dataset, "issue": issue.isoformat()}, issue
    if clock := due_by_clock(pipeline, pd.Timestamp.now("UTC")):
        yield {}, clock
