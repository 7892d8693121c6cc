"""Turn wall-clock times into UTC without losing or inventing the hours of the clock change."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

__all__ = ["MISSING_HOUR", "SINGLE_HOUR", "to_utc"]

MISSING_HOUR = "Diese Uhrzeit gibt es wegen der Zeitumstellung nicht"
SINGLE_HOUR = "Die doppelte Stunde der Zeitumstellung steht nur einmal da; als Sommerzeit gedeutet"


def to_utc(
    wall: pd.DatetimeIndex, timezone: str, series: pd.Series | None = None
) -> tuple[pd.DatetimeIndex, pd.Series]:
    """Convert wall-clock times to UTC.

    In the hour that autumn gives twice, the first appearance of a time is summer time and the
    second standard time, in the order of the file; a file that runs backwards is read backwards.

    Parameters
    ----------
    wall
        Times without zone.
    timezone
        Name of the zone, for example ``Europe/Berlin``.
    series
        Which series each time belongs to; default: one.

    Returns
    -------
    tuple
        UTC times (NaT where the wall clock never showed that time) and, per row, a German remark
        or an empty string.
    """
    belongs = (
        pd.Series(0, index=range(len(wall))) if series is None else series.reset_index(drop=True)
    )
    frame = pd.DataFrame({"wall": wall, "series": belongs})
    nth = frame.groupby(["series", "wall"], dropna=False).cumcount().to_numpy()
    times = frame.groupby(["series", "wall"], dropna=False)["wall"].transform("size").to_numpy()
    order = np.diff(np.asarray(wall.dropna()).astype("int64"))
    if len(order) and (order < 0).mean() > 0.5:
        nth = times - 1 - nth
    zone = ZoneInfo(timezone)
    summer = wall.tz_localize(zone, ambiguous=np.ones(len(wall), dtype=bool), nonexistent="NaT")
    winter = wall.tz_localize(zone, ambiguous=np.zeros(len(wall), dtype=bool), nonexistent="NaT")
    unreal = np.asarray(summer.isna())
    doubled = np.asarray(summer != winter) & ~unreal
    later = doubled & (nth > 0)
    utc = summer.tz_convert("UTC").where(~later, winter.tz_convert("UTC"))
    remark = pd.Series("", index=range(len(wall)), dtype="str")
    remark[unreal & ~np.asarray(wall.isna())] = MISSING_HOUR
    remark[doubled & (times == 1)] = SINGLE_HOUR
    return utc, remark
