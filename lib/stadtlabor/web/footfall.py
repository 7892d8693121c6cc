"""How many people were counted in the last hour. Imports the store, which takes a while."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from stadtlabor import data
from stadtlabor.city import city
from stadtlabor.ui.note import note
from stadtlabor.ui.texts import age, number, time
from stadtlabor.web.figures import KeyFigure
from stadtlabor.web.texts import texts

__all__ = ["last_hour"]

HOUR = pd.Timedelta(hours=1)
STALE = pd.Timedelta(minutes=30)
LOOK_BACK = pd.Timedelta(days=1)
ENOUGH = 0.9
"""Share of an hour's values that must be there."""


def last_hour(moment: datetime) -> KeyFigure | None:
    """Count the people at the city's own live counters in the last hour that has data.

    Parameters
    ----------
    moment
        Time of the question, with a time zone.

    Returns
    -------
    KeyFigure or None
        None while nothing was counted within the last day.
    """
    now = pd.Timestamp(moment)
    series = data.datastreams("footfall")
    own = series[series["thing"].isin([counter.id for counter in city().counters])]
    # In the first hour after a start the live series tell too little; then the last full hour.
    for ending in ("/live", "/hour"):
        chosen = own[own["id"].str.endswith(ending)]
        counted = _counted(chosen, now)
        if counted is not None:
            break
    else:
        return None
    interval = pd.Timedelta(seconds=int(chosen["interval_s"].max()))
    end = counted["time"].max() + interval
    small_print = note(counted)
    words, zone = texts()["start"], city().city.timezone
    start_local, end_local = ((i.tz_convert(zone)) for i in (end - HOUR, end))
    period = words["figure_period"].format(start=time(start_local), end=time(end_local))
    if now - end > STALE:
        period += " " + words["figure_stale"].format(age=age(now - end))
    return KeyFigure(
        value=number(float(counted["value"].sum())),
        period=period,
        simulated=small_print.simulated,
        source="; ".join(small_print.sources),
        licence="; ".join(small_print.licences),
    )


def _counted(series: pd.DataFrame, now: pd.Timestamp) -> pd.DataFrame | None:
    """Return the values of the last hour with data; None where too many of them are missing."""
    if series.empty:
        return None
    frame = data.read("footfall", series["id"].tolist(), start=now - LOOK_BACK, end=now)
    if frame.empty:
        return None
    interval = pd.Timedelta(seconds=int(series["interval_s"].max()))
    counted = frame[frame["time"] >= frame["time"].max() + interval - HOUR]
    counted.attrs = frame.attrs
    expected = len(series) * (HOUR / interval)
    return counted if len(counted) >= ENOUGH * expected else None
