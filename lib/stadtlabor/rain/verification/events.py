"""Nothing that was learnt from a storm is judged on that storm."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import pandas as pd

__all__ = ["leave_one_event_out"]

Event = TypeVar("Event")
Model = TypeVar("Model")


def leave_one_event_out(
    events: Mapping[str, Event],
    fit: Callable[[dict[str, Event]], Model],
    score: Callable[[Model, Event], Mapping[str, float]],
) -> pd.DataFrame:
    """Fit on all events but one and score on that one, for each in turn.

    Parameters
    ----------
    events
        Name → event. Frames of one storm belong to one event: split at random, they tell the model
        what it is asked.
    fit
        Gets the other events, returns a model (or the chosen settings).
    score
        Gets the model and the event left out, returns named scores or counts.

    Returns
    -------
    pandas.DataFrame
        One row per event, in the order given.

    Raises
    ------
    ValueError
        In German, if there are fewer than two events.
    """
    if len(events) < 2:
        raise ValueError(
            "Ein Verfahren lässt sich nur an einem Ereignis prüfen, das es nicht kennt. "
            "Bitte mindestens zwei Ereignisse geben."
        )
    rows = {}
    for name, event in events.items():
        others = {other: value for other, value in events.items() if other != name}
        rows[name] = dict(score(fit(others), event))
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("event")
