"""What kind of day it is for a city centre: holidays by country and state, Advent, bridge days."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import holidays
import numpy as np
import pandas as pd

from stadtlabor.city import city
from stadtlabor.schooldays import day_kind

__all__ = ["Calendar", "calendar_of", "day_table", "zone_of"]

FAR = 15
"""Days further from a holiday than this are all alike."""

WORKDAY, SATURDAY, SUNDAY = 0, 1, 2


@dataclass(frozen=True)
class Calendar:
    """Whose holidays count.

    Attributes
    ----------
    country
        ISO 3166 code, for example ``DE``.
    state
        Code of the state in the library ``holidays``, for example ``BY``; may be empty.
    timezone
        Zone of the local day.
    """

    country: str
    state: str
    timezone: str


@cache
def _facts() -> dict[str, Any]:
    text = files("stadtlabor.innenstadt.footfall").joinpath("calendars.toml").read_text("utf-8")
    return tomllib.loads(text)


def zone_of(frame: pd.DataFrame) -> str:
    """Return the zone in which a frame of counts was read, else that of the city."""
    report = frame.attrs.get("report")
    named = str(getattr(report, "timezone", "UTC"))
    return city().city.timezone if named == "UTC" else named


def calendar_of(
    frame: pd.DataFrame, calendar: str | tuple[str, str] | Calendar | None = None
) -> Calendar:
    """Return the calendar for a frame of counts.

    Parameters
    ----------
    frame
        Counts; the zone in ``attrs["report"]`` counts where ``calendar`` names none.
    calendar
        ``"GB/ENG"``, ``"CH"``, ``("AU", "VIC")`` or a :class:`Calendar`. Default: by the zone of
        the frame, else country and state of ``city.toml``.

    Raises
    ------
    ValueError
        In German, if country or state is unknown.
    """
    if isinstance(calendar, Calendar):
        return calendar
    zone = zone_of(frame)
    if calendar is None:
        code = str(_facts()["zones"].get(zone, f"DE/{city().city.state}"))
    else:
        code = calendar if isinstance(calendar, str) else "/".join(calendar)
    country, _, state = code.replace("-", "/").upper().partition("/")
    try:
        holidays.country_holidays(country, subdiv=state or None, years=2026)
    except NotImplementedError as error:
        raise ValueError(
            f"Kalender „{code}“: Land oder Bundesland ist nicht bekannt. Bitte zum Beispiel "
            "„DE/BY“ oder „GB/ENG“ angeben."
        ) from error
    if zone == city().city.timezone and country != "DE":
        known = {v.partition("/")[0]: k for k, v in _facts()["zones"].items()}
        zone = known.get(country, zone)
    return Calendar(country, state, zone)


@cache
def _free_days(country: str, state: str, year: int) -> dict[date, str]:
    wanted = _facts()["categories"].get(f"{country}/{state}")
    found = holidays.country_holidays(country, subdiv=state or None, years=year, categories=wanted)
    return {day: str(name) for day, name in found.items()}


def day_table(days: pd.DatetimeIndex, calendar: Calendar) -> pd.DataFrame:
    """Describe local days.

    Parameters
    ----------
    days
        Days without zone, in a row without gaps.
    calendar
        Whose holidays count.

    Returns
    -------
    DataFrame
        Index ``days``; ``kind`` (0 Monday–Friday, 1 Saturday, 2 Sunday or public holiday),
        ``weekday``, ``holiday``, ``name`` (of the holiday), ``since`` and ``until`` (days since the
        last and until the next public holiday, at most :data:`FAR`), ``bridge`` (a working day
        between days off), ``run`` (length of the run of days off that the day belongs to or stands
        before), ``school_free`` (NaN where not known), ``half_day``, ``advent`` (day of Advent's
        market season, 0 outside), ``christmas`` (days until 25 December within 45 days, else 99),
        ``day_of_year``.
    """
    first, last = days[0].date(), days[-1].date()
    margin = timedelta(days=FAR + 1)
    span = pd.date_range(first - margin, last + margin)
    free: dict[date, str] = {}
    for year in range(span[0].year, span[-1].year + 1):
        free |= _free_days(calendar.country, calendar.state, year)
    off = np.array([d.date() in free for d in span])
    weekday = span.day_of_week.to_numpy()
    rest = off | (weekday == 6)
    weekend = rest | (weekday == 5)
    table = pd.DataFrame(index=span)
    table["kind"] = np.where(rest, SUNDAY, np.where(weekday == 5, SATURDAY, WORKDAY))
    table["weekday"] = weekday
    table["holiday"] = off
    table["name"] = [free.get(d.date(), "") for d in span]
    table["since"] = _distance(off)
    table["until"] = _distance(off[::-1])[::-1]
    before, after = np.roll(weekend, 1), np.roll(weekend, -1)
    table["bridge"] = ~weekend & before & after
    loose = weekend | table["bridge"].to_numpy()
    group = np.cumsum(np.r_[True, loose[1:] != loose[:-1]])
    length = pd.Series(loose).groupby(group).transform("sum").to_numpy()
    table["run"] = np.where(loose, length, np.where(np.roll(loose, -1), np.roll(length, -1), 0))
    table["half_day"] = np.isin(span.strftime("%m-%d"), _facts()["half_days"]["days"])
    table["advent"] = [_advent(d.date(), calendar.country) for d in span]
    until = np.array([(date(d.year, 12, 25) - d.date()).days for d in span])
    table["christmas"] = np.where((until >= -6) & (until <= 45), until, 99)
    table["day_of_year"] = span.day_of_year
    table["school_free"] = np.nan
    if calendar.country == "DE" and calendar.state == "BY":
        kinds = [day_kind(d.date(), "BY") for d in span]
        table["school_free"] = [float(kind == "school_holiday") for kind in kinds]
    return table.loc[days]


def _distance(marks: np.ndarray) -> np.ndarray:
    """Return the number of days since the last mark, at most :data:`FAR`."""
    place = np.where(marks, np.arange(len(marks)), -FAR - len(marks))
    return np.minimum(np.arange(len(marks)) - np.maximum.accumulate(place), FAR)


def _advent(day: date, country: str) -> int:
    """Return the day of the season of Christmas markets, 1 = Monday before the first Advent."""
    if country not in _facts()["advent"]["countries"]:
        return 0
    christmas = date(day.year, 12, 25)
    first = christmas - timedelta(days=christmas.isoweekday() + 21)  # the first Sunday of Advent
    number = (day - (first - timedelta(days=6))).days + 1
    return number if number >= 1 and day < date(day.year, 12, 24) else 0
