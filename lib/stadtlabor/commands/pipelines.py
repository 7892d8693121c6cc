"""``stadtlabor pipelines``: run promoted notebooks on their schedule."""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime

import click

from stadtlabor.commands.owner import act_as_owner
from stadtlabor.promotion.execution import PromotionError, execute
from stadtlabor.promotion.pipeline import PipelineError, read_pipelines
from stadtlabor.promotion.schedule import due
from stadtlabor.settings import home

__all__ = ["pipelines"]

log = logging.getLogger("stadtlabor.pipelines")

PAUSE_S = 5.0


@click.group()
def pipelines() -> None:
    """Rechnet Notebooks nach Plan und legt sie mit Herkunft ab."""
    act_as_owner(home() / "runs")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("papermill").setLevel(logging.WARNING)


@pipelines.command()
def once() -> None:
    """Rechnet alles, was gerade fällig ist."""
    click.echo(f"{_turn()} Rechnungen fertig.")


@pipelines.command()
def run() -> None:
    """Rechnet, sobald neue Daten da sind, bis zum Abbruch."""
    while True:
        _turn()
        time.sleep(PAUSE_S)


def _turn() -> int:
    """Run what is due; return how many runs ended well."""
    good = 0
    state: dict[str, object] = {"checked": datetime.now(UTC).isoformat()}
    try:
        listed = read_pipelines()
    except PipelineError as error:
        log.error("%s", error)
        listed = []
    for pipeline in listed:
        for dataset in pipeline.datasets:
            for issue in due(pipeline, dataset):
                try:
                    done, fresh = execute(pipeline, dataset, issue)
                except PromotionError as error:
                    log.error("%s", error)
                    state["last_failure"] = str(error)
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
