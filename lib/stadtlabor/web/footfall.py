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
    own = {counter.id for counter in city().counters}
    live = series[series["thing"].isin(own) & series["id"].str.endswith("/live")]
    if live.empty:
        return None
    frame = data.read("footfall", live["id"].tolist(), start=now - LOOK_BACK, end=now)
    if frame.empty:
        return None
    interval = pd.Timedelta(seconds=int(live["interval_s"].max()))
    end = frame["time"].max() + interval
    counted = frame[frame["time"] >= end - HOUR]
    counted.attrs = frame.attrs
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
