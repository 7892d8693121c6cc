"""Put counts, calendar and weather side by side for the forecast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.innenstadt.footfall.calendar import Calendar, calendar_of, day_table
from stadtlabor.innenstadt.footfall.flags import flag_as_known, sound
from stadtlabor.innenstadt.footfall.grid import Floats, Grid, hourly
from stadtlabor.innenstadt.footfall.weather import weather_grid

__all__ = ["Prepared", "Target", "prepare"]

Target = Literal["published", "true"]
Kinds = npt.NDArray[np.int64]

LOOK_BACK_DAYS = 1200
"""Older days serve nobody and cost memory."""


@dataclass(frozen=True)
class Prepared:
    """What the forecast works on.

    Attributes
    ----------
    grid
        Counts as published, up to the last day to be forecast.
    training
        The same without values that speak against themselves.
    table
        Description of the days (:func:`~stadtlabor.innenstadt.footfall.calendar.day_table`).
    weather
        Blocks of shape (day, 24) by quantity.
    """

    grid: Grid
    training: Floats
    table: pd.DataFrame
    weather: dict[str, Floats]

    @property
    def kind(self) -> Kinds:
        """Kind of each day: Monday–Friday, Saturday, Sunday or holiday."""
        return self.table["kind"].to_numpy(dtype="int64")

    @property
    def kind_of_week(self) -> Kinds:
        """Weekday of each day (0 = Monday), public holidays as Sunday."""
        weekday = self.table["weekday"].to_numpy(dtype="int64")
        return np.where(self.kind == 2, 6, np.where(self.kind == 1, 5, weekday))


def prepare(
    frame: pd.DataFrame,
    first: pd.Timestamp,
    last: pd.Timestamp,
    weather: pd.DataFrame | None,
    calendar: str | tuple[str, str] | Calendar | None,
    target: Target,
    known_until: pd.Timestamp | None = None,
) -> Prepared:
    """Prepare counts for forecasts of the days ``first`` to ``last`` (local, without zone).

    Parameters
    ----------
    frame
        Counts as read, or flagged; flags are found anew, as they could have been known at the time.
    first, last
        Days to be forecast.
    weather
        See :func:`~stadtlabor.innenstadt.footfall.weather.weather_grid`.
    calendar
        Country and state.
    target
        ``published``: an hour that the publisher has been sending as zero again and again goes on
        like that, and the forecast says what will be published. ``true``: such zeros are left out,
        and the forecast says how many people will be there.
    known_until
        Local midnight from which on counts are hidden; default: nothing is.
    """
    holds = calendar_of(frame, calendar)
    early = first - pd.Timedelta(days=LOOK_BACK_DAYS)
    local = frame["start"].dt.tz_convert(holds.timezone).dt.tz_localize(None)
    use = local >= early
    if known_until is not None:
        use &= local < known_until
    known = frame[use]
    if known.empty:
        raise ValueError(
            f"Vor dem {first:%d.%m.%Y} gibt es keine Zählung. Bitte einen späteren Tag wählen."
        )
    known.attrs = frame.attrs
    counts = known.drop(columns=["flag", "cause"], errors="ignore")
    counts = counts[counts["pedestrians"].notna()]
    counts.attrs = frame.attrs
    flagged = hourly(flag_as_known(counts, holds, first))
    keep = ("recurring_zero_hour",) if target == "published" else ()
    flagged = flagged.assign(sound=sound(flagged, keep))
    begin = flagged["start"].min().tz_convert(holds.timezone).tz_localize(None).normalize()
    days = pd.date_range(begin, max(last, begin))
    grid = Grid.of(flagged, holds.timezone, days=days)
    training = Grid.of(flagged, holds.timezone, "sound", grid.counters, days)
    return Prepared(
        grid,
        training.values,
        day_table(days, holds),
        weather_grid(weather, days, holds.timezone),
    )
