"""What is in operation under a name, and how to run it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from stadtlabor import data
from stadtlabor.promotion import registry
from stadtlabor.promotion.archive import Run
from stadtlabor.promotion.errors import PipelineError, PromotionError
from stadtlabor.promotion.execution import perform
from stadtlabor.promotion.pipeline import Pipeline, read_pipelines
from stadtlabor.promotion.schedule import STEP
from stadtlabor.promotion.versions import ALIASES, Version, state

__all__ = ["in_operation", "resolve", "run"]


def run(pipeline: str | Pipeline, **parameters: Any) -> Run:
    """Run a pipeline with parameters, unless just that was done before.

    Parameters
    ----------
    pipeline
        Name of what is in operation, or a pipeline of one's own.
    **parameters
        Values for the notebook's ``parameters`` cell. A pipeline of a grid takes its first
        ``dataset`` and the newest ``issue`` where none is named.

    Returns
    -------
    Run
        Good; new, or found in the archive.

    Raises
    ------
    PromotionError
        German: unknown name, unknown parameter, wrong type (nothing was started), or a failed run.
    """
    chosen = resolve(pipeline) if isinstance(pipeline, str) else pipeline
    issue = None
    if chosen.datasets:
        dataset = parameters.setdefault("dataset", chosen.datasets[0])
        issue = _issue(dataset, parameters.get("issue") or "")
        parameters["issue"] = issue.isoformat()
    return perform(chosen, parameters, issue)[0]


def resolve(name: str, alias: str = "champion") -> Pipeline:
    """Return the pipeline that a name stands for.

    Parameters
    ----------
    name
        As in ``pipelines.toml`` or in the registry.
    alias
        ``champion``, ``challenger``, or the number of a version.

    Raises
    ------
    PromotionError
        If there is none (German sentence).
    """
    try:
        listed = {pipeline.name: pipeline for pipeline in read_pipelines()}
    except PipelineError as error:
        raise PromotionError(str(error)) from error
    now = state(name)
    if alias not in ALIASES and not alias.isdigit():
        raise PromotionError(f"„{alias}“ ist weder champion noch challenger noch eine Nummer.")
    number = getattr(now, alias) if alias in ALIASES else int(alias)
    if number in now.versions:
        return _of_version(now.versions[number], listed.get(name))
    if alias == "champion" and name in listed:
        return listed[name]
    if now.versions or name in listed:
        raise PromotionError(f"Von „{name}“ gibt es keine Fassung „{alias}“.")
    known = ", ".join(sorted({*listed, *registry.names()})) or "keine"
    raise PromotionError(f"Es gibt keine Pipeline „{name}“. Bekannt sind: {known}.")


def in_operation() -> list[Pipeline]:
    """Return all champions: of the list, and of what was registered by command.

    Raises
    ------
    PromotionError
        If the list cannot be read (German sentence).
    """
    try:
        listed = [pipeline.name for pipeline in read_pipelines()]
    except PipelineError as error:
        raise PromotionError(str(error)) from error
    further = [name for name in registry.names() if name not in listed and state(name).champion]
    return [resolve(name) for name in [*listed, *further]]


def _of_version(version: Version, listed: Pipeline | None) -> Pipeline:
    """Return a version to run; when and with which limits it runs is as the list says now."""
    stored = Pipeline.model_validate(version.settings)
    frame = listed or stored
    own = {"parameters": stored.parameters, "notebook": stored.notebook}
    pinned = {"version": version.number, "notebook_hash": version.notebook_hash}
    return frame.model_copy(update={**own, **pinned})


def _issue(dataset: str, stated: str) -> pd.Timestamp:
    try:
        if stated:
            issue = pd.Timestamp(stated)
            return issue.tz_localize("UTC") if issue.tz is None else issue.tz_convert("UTC")
        times = data.grid_times(dataset)
    except data.DataError as error:
        raise PromotionError(str(error)) from error
    except ValueError:
        raise PromotionError(
            f"„{stated}“ ist kein Zeitpunkt. Bitte so schreiben: 2026-11-22 14:30 (UTC)."
        ) from None
    if times.empty:
        raise PromotionError(
            f"In „{dataset}“ liegt noch kein Bild. Bitte warten, bis Daten empfangen sind."
        )
    return times[-1] + STEP
