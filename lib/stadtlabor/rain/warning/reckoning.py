"""Who assesses the catchments: the notebook in operation, or a function called directly."""

from __future__ import annotations

import hashlib
import json
import logging
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pandas as pd
import xarray as xr

from stadtlabor import data
from stadtlabor.catchments import RainWarning
from stadtlabor.kernels import ForkError
from stadtlabor.promotion.archive import Run
from stadtlabor.promotion.code import code_hash, commit
from stadtlabor.promotion.errors import PromotionError
from stadtlabor.promotion.execution import perform
from stadtlabor.promotion.operation import resolve
from stadtlabor.promotion.pipeline import Pipeline
from stadtlabor.promotion.worker import template
from stadtlabor.rain.warning.assessment import assess
from stadtlabor.rain.warning.feed import Feed
from stadtlabor.rain.warning.outlook import Assessment
from stadtlabor.rain.warning.rules import rules
from stadtlabor.rain.warning.watch import Verdict, Watch

__all__ = [
    "Direct",
    "Nowcast",
    "Promoted",
    "Reckoned",
    "Reckoning",
    "assessment_of",
    "settings_name",
]

log = logging.getLogger(__name__)

Nowcast = Callable[[xr.DataArray], xr.DataArray]

PIPELINE = "regenwarnung"
STEP = timedelta(minutes=5)
SPAN = timedelta(hours=6)
RECENT = 6
"""Frames that a nowcast gets."""


@dataclass(frozen=True)
class Reckoned:
    """An assessment, and what it was made from.

    Attributes
    ----------
    assessment
        Of all catchments.
    provenance
        Names → hashes and versions, for the message.
    origin
        What is needed to do it again: ``pipeline``, ``run``, ``notebook_hash``, ``passed``,
        ``code_hash``, ``environment``, ``commit``; empty where no notebook stands behind it.
    """

    assessment: Assessment
    provenance: dict[str, str]
    origin: dict[str, Any] = field(default_factory=dict)


class Reckoning(Protocol):
    """Makes an assessment of the frames that the watch believes."""

    def reckon(self, verdict: Verdict, watch: Watch) -> Reckoned:
        """Assess the catchments at the newest good frame.

        Raises
        ------
        ValueError
            If nothing may be said (German sentence).
        """


class Direct:
    """Calls a nowcast in this process.

    Parameters
    ----------
    feed
        Whose frames are used.
    settings
        Catchments and levels.
    nowcast
        Makes the next hour of the good frames.
    """

    def __init__(self, feed: Feed, settings: RainWarning, nowcast: Nowcast) -> None:
        self._feed, self._settings, self._nowcast = feed, settings, nowcast

    def reckon(self, verdict: Verdict, watch: Watch) -> Reckoned:
        """Assess the catchments at the newest good frame."""
        past = _past(verdict, watch)
        window = self._feed.window(past)
        recent = window.isel(time=slice(-min(len(verdict.good), RECENT), None))
        levels = self._settings.levels
        found = assess(window, self._nowcast(recent), self._settings.catchments, levels)
        told = {"data": self._feed.version(), "code": code_hash(), "commit": commit()}
        return Reckoned(found, _common(self._settings, watch, past) | told)


class Promoted:
    """Reads what the notebook in operation has recorded; it is run unless that was done.

    Parameters
    ----------
    dataset
        Grid of the store.
    settings
        Catchments and levels, as the notebook finds them in the city's file.
    pipeline
        Name of what is in operation, or a pipeline of one's own.
    """

    def __init__(
        self, dataset: str, settings: RainWarning, pipeline: str | Pipeline = PIPELINE
    ) -> None:
        self._dataset, self._settings, self._pipeline = dataset, settings, pipeline

    def warm(self) -> None:
        """Start what runs are forked from, so that the first frame need not wait for it."""
        if sys.platform != "linux":
            return  # nothing is forked there
        try:
            template().start()
        except (ForkError, OSError) as error:
            log.warning("runs will be launched, not forked: %s", error)

    def reckon(self, verdict: Verdict, watch: Watch) -> Reckoned:
        """Assess the catchments at the newest good frame."""
        past, newest = _past(verdict, watch), verdict.good[-1]
        issue = pd.Timestamp(newest)
        # Just what `stadtlabor pipelines run` asks for: whoever comes second finds the run.
        given: dict[str, Any] = {"dataset": self._dataset, "issue": issue.isoformat()}
        if doubtful := self._doubtful(past, newest):
            given["without"] = doubtful
        try:
            run, _ = perform(self._limited(), given, issue)
            found = assessment_of(run.result, newest, self._settings)
        except (PromotionError, data.DataError) as error:
            raise ValueError(str(error)) from error
        return Reckoned(found, _common(self._settings, watch, past) | _told(run), _origin(run))

    def _limited(self) -> Pipeline:
        """Return what is in operation, given up before displays call the service silent."""
        name = self._pipeline
        chosen = resolve(name) if isinstance(name, str) else name
        longest = min(chosen.timeout_s, float(rules("service")["run_s"]))
        # Tried twice at most: that, too, ends before the service would be called silent.
        tries = {"timeout_s": longest, "retries": min(chosen.retries, 1), "backoff_s": 1}
        return chosen.model_copy(update=tries)

    def _doubtful(self, past: list[datetime], newest: datetime) -> list[str]:
        """Return the starts of frames in the store that the watch does not stand for, UTC."""
        ends = {time.to_pydatetime() + STEP for time in data.grid_times(self._dataset)}
        odd = sorted(end for end in ends - set(past) if newest - SPAN < end <= newest)
        return [(end - STEP).replace(tzinfo=None).isoformat() for end in odd]


def assessment_of(result: dict[str, Any], issued: datetime, settings: RainWarning) -> Assessment:
    """Read and check the assessment that a run has recorded.

    Parameters
    ----------
    result
        Of the run.
    issued
        Time that it must speak for.
    settings
        Levels that it must speak of.

    Raises
    ------
    ValueError
        If it is missing, for another time, or holds anything but probabilities: what is not known
        must never look like no rain.
    """
    try:
        found = Assessment.from_dict(result["assessment"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ValueError(
            "Das Notebook im Betrieb nennt keine Einschätzung der Gebiete. Bitte eine Fassung in "
            "den Betrieb bringen, die mit record(assessment=…) endet."
        ) from None
    if found.issued != issued:
        raise ValueError(
            f"Das Notebook hat für {found.issued:%d.%m.%Y %H:%M} UTC gerechnet statt für "
            f"{issued.astimezone(UTC):%d.%m.%Y %H:%M} UTC."
        )
    for outlook in found.outlooks:
        hour = [outlook.hour.get(level.level, math.nan) for level in settings.levels]
        longer = [
            outlook.six_hours.get(level.level, math.nan)
            for level in settings.levels if level.six_hours_mm
        ]  # fmt: skip
        if not all(0 <= p <= 1 for p in (*hour, *longer, outlook.unseen)):
            raise ValueError(
                f"Das Notebook nennt für „{outlook.catchment}“ keine Wahrscheinlichkeit für jede "
                "Stufe."
            )
    return found


def settings_name(settings: RainWarning) -> str:
    """Return under which name the journal keeps these settings: ``settings:`` and their SHA-256."""
    return f"settings:{hashlib.sha256(settings.model_dump_json().encode()).hexdigest()}"


def _past(verdict: Verdict, watch: Watch) -> list[datetime]:
    newest = verdict.good[-1]
    return [end for end in watch.good if timedelta(0) <= newest - end < SPAN]


def _common(settings: RainWarning, watch: Watch, past: list[datetime]) -> dict[str, str]:
    contents = "".join(watch.contents(past))
    return {
        "frames": hashlib.sha256(contents.encode()).hexdigest(),
        "settings": settings_name(settings).partition(":")[2],
    }


def _told(run: Run) -> dict[str, str]:
    return {
        "data": run.data_version,
        "run": f"{run.pipeline}/{run.folder.name}",
        "key": run.key,
        "version": str(run.version),
        "notebook": run.notebook_hash,
        "parameters": run.parameter_hash,
        "inputs": run.input_hash,
        "code": run.code_hash,
        "environment": hashlib.sha256(_json(run.environment)).hexdigest(),
        "commit": run.commit,
    }


def _origin(run: Run) -> dict[str, Any]:
    names = ("pipeline", "notebook_hash", "passed", "code_hash", "environment", "commit")
    return {name: getattr(run, name) for name in names} | {"run": run.folder.name}


def _json(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True).encode()
