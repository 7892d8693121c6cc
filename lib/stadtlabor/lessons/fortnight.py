"""Two weeks of a school's heat, hour by hour: school days, weekends and nights apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from stadtlabor.klimaschule.school import School
from stadtlabor.lessons.scene import SceneError
from stadtlabor.lessons.schools import meter_of
from stadtlabor.ui.texts import date, text

__all__ = ["DAYTIME", "Fortnight", "fortnight"]

DAYS = 14
DAYTIME = (6, 18)
"""Hours in which a school would be warm, from–to."""

NIGHT = (20, 4)
LEAST_SHARE = 0.9


@dataclass(frozen=True)
class Fortnight:
    """Heat of two weeks.

    Attributes
    ----------
    hours
        One row per hour, index local time: ``kw``, ``kind`` (day type), ``hour``.
    week_kwh, weekend_kwh
        Heat on Saturdays and Sundays, and on all other days, kWh.
    school_day_kw, weekend_day_kw, weekend_night_kw
        Mean power in the daytime of school days, and of weekends by day and by night, kW.
    saved_kwh
        What a weekend's days would need less if they were heated like its nights, per weekend.
    """

    hours: pd.DataFrame
    week_kwh: float
    weekend_kwh: float
    school_day_kw: float
    weekend_day_kw: float
    weekend_night_kw: float
    saved_kwh: tuple[float, ...]

    @property
    def difference_kw(self) -> float:
        """Weekend by day minus weekend by night, kW."""
        return self.weekend_day_kw - self.weekend_night_kw

    @property
    def weekends(self) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
        """From and to of each weekend."""
        days = pd.DatetimeIndex(self.hours.index[self.hours["kind"] == "weekend"]).normalize()
        first = [day for day in days.unique() if day.day_of_week == 5]
        return [(day, day + pd.Timedelta(days=2)) for day in first]


def fortnight(school: School, start: str) -> Fortnight:
    """Look at two weeks of a school's heat.

    Parameters
    ----------
    school
        With a heat meter.
    start
        First day, a Monday: ``2026-01-12``.

    Raises
    ------
    SceneError
        In German, if the meter does not hold these weeks.
    """
    power = meter_of(school, "heat").power_kw.resample("1h").mean()
    first = pd.Timestamp(start, tz=pd.DatetimeIndex(power.index).tz)
    power = power[(power.index >= first) & (power.index < first + pd.Timedelta(days=DAYS))]
    if power.notna().sum() < LEAST_SHARE * DAYS * 24:
        raise SceneError(text("weekendheat.no_weeks", school=school.name, start=date(first)))
    index = pd.DatetimeIndex(power.index)
    days = index.normalize()
    types = school.day_types(pd.DatetimeIndex(days.unique()))
    hours = pd.DataFrame(
        {
            "kw": power.to_numpy(),
            "kind": np.asarray(types.astype(str))[np.searchsorted(days.unique(), days)],
            "hour": index.hour,
        },
        index=index,
    )
    free = hours["kind"] == "weekend"
    by_day = hours["hour"].between(DAYTIME[0], DAYTIME[1] - 1)
    by_night = (hours["hour"] >= NIGHT[0]) | (hours["hour"] < NIGHT[1])
    night_kw = float(hours["kw"][free & by_night].mean())
    more = (hours["kw"] - night_kw)[free & by_day]
    weeks = pd.DatetimeIndex(more.index).isocalendar().week.to_numpy()
    return Fortnight(
        hours=hours,
        week_kwh=float(hours["kw"][~free].sum()),
        weekend_kwh=float(hours["kw"][free].sum()),
        school_day_kw=float(hours["kw"][(hours["kind"] == "school") & by_day].mean()),
        weekend_day_kw=float(hours["kw"][free & by_day].mean()),
        weekend_night_kw=night_kw,
        saved_kwh=tuple(float(v) for v in more.groupby(weeks, sort=False).sum()),
    )
