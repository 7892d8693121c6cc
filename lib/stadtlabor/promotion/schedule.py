"""Which runs are due: the newest frames of a grid without a run, and clock times that have come."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pandas as pd
from cronsim import CronSim

from stadtlabor import data
from stadtlabor.city import city
from stadtlabor.promotion.archive import runs
from stadtlabor.promotion.pipeline import Pipeline

__all__ = ["STEP", "due", "due_by_clock", "issues_between"]


STEP = pd.Timedelta("5min")
"""Length of a frame's interval, and distance of two frames of one unbroken sequence."""


def due(pipeline: Pipeline, dataset: str) -> list[pd.Timestamp]:
    """Return issue times without a run, oldest first.

    A replayed storm of 2017 and the rain of today can lie in one grid: each unbroken sequence of
    frames is looked at by itself, and of each the newest ``catch_up`` frames are due.

    Parameters
    ----------
    pipeline
        What is run.
    dataset
        Grid.

    Returns
    -------
    list of Timestamp
        UTC, the end of a frame's interval. Only frames with enough history before them.
    """
    done = {
        run.issue
        for run in runs(pipeline.name)
        if str(run.parameters.get("dataset", "")).partition("@")[0] == dataset
    }
    sequences = _sequences(pipeline, dataset)
    return [t for issues in sequences for t in issues[-pipeline.catch_up :] if t not in done]


def due_by_clock(pipeline: Pipeline, now: pd.Timestamp) -> pd.Timestamp | None:
    """Return the last clock time of the schedule, UTC, unless a run was made for it.

    After a pause only the last one is made up for: a report of the night before last helps nobody.
    What reads data of which nothing has come yet is not due.

    Parameters
    ----------
    pipeline
        What is run.
    now
        With time zone.
    """
    if not pipeline.cron or (pipeline.reads and not {*pipeline.reads} & {*data.datasets()}):
        return None
    local = now.tz_convert(ZoneInfo(city().city.timezone)).to_pydatetime()
    last = pd.Timestamp(next(CronSim(pipeline.cron, local, reverse=True))).tz_convert("UTC")
    return None if any(run.issue >= last for run in runs(pipeline.name)) else last


def issues_between(
    pipeline: Pipeline, dataset: str, start: pd.Timestamp, end: pd.Timestamp
) -> list[pd.Timestamp]:
    """Return all issue times of a grid from ``start`` to ``end``, both included, UTC."""
    sequences = _sequences(pipeline, dataset)
    return [t for issues in sequences for t in issues if start <= t <= end]


def _sequences(pipeline: Pipeline, dataset: str) -> list[pd.DatetimeIndex]:
    """Return issue times with enough history, by unbroken sequence."""
    times = data.grid_times(dataset)
    if len(times) < 2:
        return []
    sequence = (times.to_series().diff() > STEP).cumsum().to_numpy()
    result = []
    for number in pd.unique(sequence):
        frames = times[sequence == number]
        issues = frames + STEP
        result.append(issues[issues >= frames[0] + pd.Timedelta(minutes=pipeline.history_min)])
    return result
