"""Which runs are due: the newest frames of each grid that no run speaks for yet."""

from __future__ import annotations

import pandas as pd

from stadtlabor import data
from stadtlabor.promotion.archive import runs
from stadtlabor.promotion.pipeline import Pipeline

__all__ = ["due"]


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
    times = data.grid_times(dataset)
    if len(times) < 2:
        return []
    sequence = (times.to_series().diff() > STEP).cumsum().to_numpy()
    done = {
        run.issue
        for run in runs(pipeline.name)
        if str(run.parameters.get("dataset", "")).partition("@")[0] == dataset
    }
    result: list[pd.Timestamp] = []
    for number in pd.unique(sequence):
        frames = times[sequence == number]
        issues = frames + STEP
        enough = issues[issues >= frames[0] + pd.Timedelta(minutes=pipeline.history_min)]
        result.extend(t for t in enough[-pipeline.catch_up :] if t not in done)
    return result
