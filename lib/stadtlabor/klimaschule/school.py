"""A school with its meters, its weather and its calendar: what every analysis starts from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from stadtlabor import data
from stadtlabor.city import city
from stadtlabor.observations import Quality
from stadtlabor.schooldays import day_types

__all__ = ["Meter", "Prices", "School", "SchoolError", "open_school"]

DATASET = "school-energy"


class SchoolError(ValueError):
    """A school cannot be opened; the message says in German why and what to do."""


@dataclass(frozen=True)
class Meter:
    """One meter.

    Attributes
    ----------
    medium
        ``electricity``, ``heat``, ``gas``, ``water``, ``solar`` or ``feed_in``.
    values
        Amount per interval in ``unit``; index: start of the interval, local time, ascending.
        What is missing is not there or NaN.
    interval_s
        Length of the interval, seconds.
    unit
        ``kWh`` or ``m³``.
    quality
        :class:`stadtlabor.observations.Quality` bits, index as ``values``.
    name, source, licence
        German.
    """

    medium: str
    values: pd.Series
    interval_s: int
    unit: str = "kWh"
    quality: pd.Series | None = None
    name: str = ""
    source: str = ""
    licence: str = ""

    @property
    def simulated(self) -> bool:
        """True if any value was invented."""
        if self.quality is None:
            return False
        return bool((self.quality.astype(int) & int(Quality.SIMULATED)).any())

    @property
    def power_kw(self) -> pd.Series:
        """Mean power per interval in kW (of kWh)."""
        return self.values * 3600 / self.interval_s

    def between(self, start: pd.Timestamp, end: pd.Timestamp) -> Meter:
        """Return the same meter from ``start`` up to, not including, ``end``."""
        inside = (self.values.index >= start) & (self.values.index < end)
        quality = None if self.quality is None else self.quality[inside]
        return replace(self, values=self.values[inside], quality=quality)


@dataclass(frozen=True)
class Prices:
    """What a unit costs, Euro.

    Attributes
    ----------
    electricity, heat
        € per kWh.
    water
        € per m³ with waste water.
    source
        German; shown beside every amount of money.
    """

    electricity: float
    heat: float
    water: float
    source: str


@dataclass(frozen=True)
class School:
    """A school and everything measured there.

    Attributes
    ----------
    id, name, kind
        Identifier, German name and Schulart.
    pupils, floor_area_m2
        Size; None where unknown.
    meters
        Its meters.
    temperature_c
        Outdoor air temperature in °C, hourly or daily, local time; None where no station is.
    prices
        None where none are stated: then no amount of money is shown.
    free_days
        Days off beyond the holidays of the state.
    state
        Federal state of the holidays.
    """

    id: str
    name: str
    kind: str = ""
    pupils: int | None = None
    floor_area_m2: float | None = None
    meters: tuple[Meter, ...] = ()
    temperature_c: pd.Series | None = None
    prices: Prices | None = None
    free_days: Collection[date] = field(default_factory=tuple)
    state: str = "BY"

    def meter(self, medium: str) -> Meter | None:
        """Return the first meter of a medium; ``heat`` also finds gas that heats."""
        wanted = ("heat", "gas") if medium == "heat" else (medium,)
        return next((m for w in wanted for m in self.meters if m.medium == w), None)

    def day_types(self, days: pd.DatetimeIndex) -> pd.Series:
        """Return the kind of each day of this school (:func:`stadtlabor.schooldays.day_types`)."""
        return day_types(days, self.state, self.free_days)

    @property
    def simulated(self) -> bool:
        """True if any meter holds invented values."""
        return any(meter.simulated for meter in self.meters)


def open_school(
    school: str, start: pd.Timestamp | str | None = None, end: pd.Timestamp | str | None = None
) -> School:
    """Read a school of the city, or any thing with stored meters, from the store.

    Parameters
    ----------
    school
        Id in ``city.toml`` or of a thing in the dataset ``school-energy``.
    start, end
        From ``start`` up to, not including, ``end``; default: everything.

    Raises
    ------
    SchoolError
        In German, if nothing is measured there.
    """
    series = data.datastreams(DATASET)
    mine = series[(series["thing"] == school) | series["thing"].str.startswith(f"{school}-")]
    known = next((s for s in city().schools if s.id == school), None)
    if mine.empty:
        names = ", ".join(f"„{thing}“" for thing in sorted(set(series["thing"]))[:5])
        raise SchoolError(
            f"Von „{school}“ gibt es noch keine Zählerwerte. "
            + (f"Es gibt Werte von {names}." if names else "Bitte zuerst eine Datei einlesen.")
        )
    meters = tuple(_meter(row, start, end) for row in mine.to_dict("records"))
    prices = city().prices
    return School(
        id=school,
        name=known.name if known else str(mine.iloc[0]["thing_name"] or school),
        kind=known.kind if known else "",
        pupils=known.pupils if known else None,
        floor_area_m2=known.floor_area_m2 if known else None,
        meters=meters,
        temperature_c=_temperature(start, end) if known else None,
        prices=Prices(**prices.model_dump()) if prices else None,
        free_days=tuple(known.free_days) if known else (),
        state=city().city.state,
    )


def _meter(
    row: Mapping[Any, Any], start: pd.Timestamp | str | None, end: pd.Timestamp | str | None
) -> Meter:
    frame = data.read(DATASET, str(row["id"]), start, end)
    index = pd.DatetimeIndex(frame["time"]).tz_convert(city().city.timezone)
    quality = frame["quality"].to_numpy(dtype="int8")
    suspect = (quality & int(Quality.SUSPECT)) != 0
    values = np.where(suspect, np.nan, frame["value"].to_numpy(dtype="float64"))
    return Meter(
        medium=str(row["observed_property"]),
        values=pd.Series(values, index=index, name=str(row["unit"])),
        interval_s=int(str(row["interval_s"])),
        unit=str(row["unit"]),
        quality=pd.Series(quality, index=index),
        name=str(row["thing_name"]),
        source=str(row["source"]),
        licence=str(row["licence"]),
    )


def _temperature(
    start: pd.Timestamp | str | None, end: pd.Timestamp | str | None
) -> pd.Series | None:
    """Return the hourly (else daily) air temperature of the city's station."""
    known = set(data.datastreams("weather")["id"])
    station = city().weather.station.id
    wanted = [f"weather/{station}/air-temperature-{grain}" for grain in ("hourly", "daily")]
    found = next((name for name in wanted if name in known), None)
    if found is None:
        return None
    frame = data.read("weather", found, start, end)
    index = pd.DatetimeIndex(frame["time"]).tz_convert(city().city.timezone)
    return pd.Series(frame["value"].to_numpy(), index=index, name="temperature_c")
