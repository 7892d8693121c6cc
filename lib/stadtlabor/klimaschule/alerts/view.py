"""Everything the rules look at: days, their kinds, the weather and the meters as tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.city import city
from stadtlabor.klimaschule.alerts.profile import Profile, profile, runs
from stadtlabor.klimaschule.energy import HeatingModel, heating_model
from stadtlabor.klimaschule.school import School, SchoolError

__all__ = ["View", "view"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

MEMORY_DAYS = 400
LONGEST_DAYS = 4000


@dataclass(frozen=True)
class View:
    """A school from at most 400 days before the asked period to its end.

    Attributes
    ----------
    school
        The school.
    days
        Local days without zone.
    first
        Position of the first asked day in ``days``; all from there on are asked for.
    kinds
        Kind of each day.
    temperature_c, hourly_c
        Daily means and hourly values (days, 24) of the outdoor air, NaN where unknown.
    profiles
        Meter by medium.
    """

    school: School
    days: pd.DatetimeIndex
    first: int
    kinds: npt.NDArray[np.object_]
    temperature_c: Floats
    hourly_c: Floats
    profiles: dict[str, Profile]

    def span(self, first: int, last: int) -> tuple[pd.Timestamp, pd.Timestamp]:
        """Return the first day and the day after the last (positions, both inclusive)."""
        return self.days[first], self.days[last] + pd.Timedelta(days=1)

    @cached_property
    def is_school(self) -> Flags:
        """School days."""
        return np.asarray(self.kinds == "school")

    @cached_property
    def term_weekend(self) -> Flags:
        """Weekend days with school in the week before and the week after."""
        before = np.array([self.is_school[max(0, n - 3) : n].any() for n in range(len(self.days))])
        after = np.array([self.is_school[n + 1 : n + 4].any() for n in range(len(self.days))])
        return np.asarray((self.kinds == "weekend") & before & after)

    @cached_property
    def holidays(self) -> list[tuple[int, int]]:
        """Start and end (exclusive) of holidays with at least four free weekdays."""
        free = self.kinds != "school"
        weekday = self.days.day_of_week.to_numpy() < 5
        return [(a, b) for a, b in runs(free) if weekday[a:b].sum() >= 4]

    @cached_property
    def holiday(self) -> Flags:
        """Days of these holidays."""
        inside = np.zeros(len(self.days), dtype=bool)
        for a, b in self.holidays:
            inside[a:b] = True
        return inside

    @cached_property
    def weekday(self) -> npt.NDArray[np.int32]:
        """0 = Monday."""
        return self.days.day_of_week.to_numpy()

    @cached_property
    def heat(self) -> Profile | None:
        """The meter that heats."""
        return self.profiles.get("heat") or self.profiles.get("gas")

    @cached_property
    def model(self) -> HeatingModel | None:
        """Heating model of the time before the asked period; None without a winter there."""
        return self._model(0, self.first)

    @cached_property
    def model_now(self) -> HeatingModel | None:
        """Heating model of the asked period."""
        return self._model(self.first, len(self.days))

    def _model(self, first: int, last: int) -> HeatingModel | None:
        heat = self.heat
        if heat is None or last - first < 60:
            return None
        days, part = self.days[first:last], slice(first, last)
        try:
            model = heating_model(
                pd.Series(heat.daily[part], days),
                pd.Series(self.temperature_c[part], days),
                pd.Series(self.kinds[part], days),
            )
        except (ValueError, np.linalg.LinAlgError):
            return None
        enough = model.heating_days >= 40 and model.weather_driven
        return model if enough and np.isfinite(model.slope_kwh_per_k) else None


def view(school: School, start: object, end: object) -> View:
    """Lay a school out.

    Parameters
    ----------
    start, end
        Days; ``end`` exclusive.

    Raises
    ------
    SchoolError
        In German, if the period is none or longer than ten years.
    """
    zone = city().city.timezone
    begin, until = _day(start, zone), _day(end, zone)
    if not begin < until or (until - begin).days > LONGEST_DAYS:
        raise SchoolError(
            "Der Zeitraum passt nicht: Das Ende muss nach dem Anfang liegen, "
            "höchstens zehn Jahre danach. Bitte andere Tage wählen."
        )
    earliest = begin
    for meter in school.meters:
        index = pd.DatetimeIndex(meter.values.index)
        if len(index) and not pd.isna(index.min()):
            earliest = min(earliest, _day(index.min(), zone))
    earliest = max(earliest, begin - pd.Timedelta(days=MEMORY_DAYS))
    days = pd.date_range(earliest, until, freq="D", inclusive="left")
    profiles: dict[str, Profile] = {}
    for meter in school.meters:
        if meter.medium not in profiles and len(meter.values):
            profiles[meter.medium] = profile(meter, days, zone)
    daily_c, hourly_c = _weather(school.temperature_c, days, zone)
    return View(
        school=school,
        days=days,
        first=(begin - earliest).days,
        kinds=school.day_types(days).to_numpy(dtype=object),
        temperature_c=daily_c,
        hourly_c=hourly_c,
        profiles=profiles,
    )


def _day(when: object, zone: str) -> pd.Timestamp:
    if not isinstance(when, str | date | np.datetime64):
        raise SchoolError("Anfang und Ende müssen Tage sein, zum Beispiel 2026-09-01.")
    stamp = pd.Timestamp(when)
    if stamp.tz is not None:
        stamp = stamp.tz_convert(zone).tz_localize(None)
    return stamp.normalize()


def _weather(series: pd.Series | None, days: pd.DatetimeIndex, zone: str) -> tuple[Floats, Floats]:
    """Return daily means and hourly values; days with a single value have it in every hour."""
    hourly = np.full((len(days), 24), np.nan)
    if series is not None and len(series) and len(days):
        index = pd.DatetimeIndex(series.index)
        wall = index if index.tz is None else index.tz_convert(zone).tz_localize(None)
        values = pd.to_numeric(series, errors="coerce").to_numpy(dtype=float)
        at = (wall.normalize() - days[0]).days.to_numpy()
        good = np.isfinite(values) & (at >= 0) & (at < len(days)) & (np.abs(values) < 60)
        hourly[at[good].astype(int), wall.hour.to_numpy()[good]] = values[good]
    known = np.isfinite(hourly)
    number = known.sum(axis=1)
    total = np.where(known, hourly, 0).sum(axis=1)
    usable = (number >= 20) | (number == 1)
    daily = np.where(usable, total / np.maximum(number, 1), np.nan)
    return daily, np.where(known, hourly, daily[:, None])
