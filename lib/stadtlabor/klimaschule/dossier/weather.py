"""Outdoor temperature: from a file of the weather service in the zip, else from the store."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import pandas as pd

from stadtlabor import data
from stadtlabor.city import city
from stadtlabor.klimaschule.dossier.entry import FileNote, Period
from stadtlabor.klimaschule.dossier.packed import Member
from stadtlabor.klimaschule.dossier.texts import day, number, text
from stadtlabor.settings import SettingsError

__all__ = ["Weather", "is_weather", "read_weather", "stored_weather"]

MISSING = -999.0
ROOM_C, LIMIT_C = 20.0, 15.0


@dataclass(frozen=True)
class Weather:
    """Daily mean temperature in °C by local day (without zone), and its source."""

    temperature_c: pd.Series
    source: str

    def degree_days(self, period: Period) -> float | None:
        """Return G20/15 of the period in Kd; None where a day is missing."""
        values = self.temperature_c.reindex(period.days)
        if values.isna().any():
            return None
        return float(np.where(values < LIMIT_C, ROOM_C - values, 0.0).sum())

    def localised(self, zone: str) -> pd.Series:
        """Return the series with the days' begin in a zone."""
        series = self.temperature_c.copy()
        series.index = pd.DatetimeIndex(series.index).tz_localize(zone)
        return series


def is_weather(member: Member) -> bool:
    """Tell whether a file is a daily file of the weather service (``produkt_klima_tag_…``)."""
    start = member.body[:400].upper()
    return b"MESS_DATUM" in start and b"TMK" in start


def read_weather(member: Member, note: FileNote) -> Weather | None:
    """Read the daily means (TMK); None where none are there, which the note then tells."""
    note.role = text("role.weather")
    try:
        frame = pd.read_csv(
            io.BytesIO(member.body), sep=";", skipinitialspace=True, encoding="latin-1"
        )
        frame.columns = [str(c).strip().upper() for c in frame.columns]
        days = pd.to_datetime(frame["MESS_DATUM"].astype("str").str.strip(), format="%Y%m%d")
        values = pd.to_numeric(frame["TMK"], errors="coerce")
        station = str(frame["STATIONS_ID"].iloc[0]) if "STATIONS_ID" in frame else ""
    except (ValueError, KeyError, IndexError, pd.errors.ParserError):
        note.tell(text("file.weather"), text("remedy.weather"))
        return None
    series = pd.Series(values.where(values > MISSING).to_numpy(), index=pd.DatetimeIndex(days))
    series = series[~series.index.duplicated()].sort_index().dropna()
    if series.empty:
        note.tell(text("file.weather"), text("remedy.weather"))
        return None
    note.used = True
    first, last = series.index[0], series.index[-1]
    note.facts.append(
        text("weather.read", days=number(len(series)), first=day(first), last=day(last))
    )
    invented = "simuliert" in member.name.lower()
    told = text("weather.simulated") if invented else text("weather.source", station=station)
    return Weather(series, told)


def stored_weather(period: Period) -> Weather | None:
    """Return the city's own weather, daily means; None where it is not there or is simulated."""
    try:
        known = set(data.datastreams("weather")["id"])
        station = city().weather.station
        wanted = f"weather/{station.id}/air-temperature-daily"
        if wanted not in known:
            return None
        frame = data.read("weather", wanted, period.start, period.stop)
    except (data.DataError, SettingsError, OSError):
        return None
    if frame.empty or frame.attrs.get("simulated"):
        return None
    local = pd.DatetimeIndex(frame["time"]).tz_convert(period.zone).tz_localize(None).normalize()
    series = pd.Series(frame["value"].to_numpy(dtype="float64"), index=local)
    series = series[~series.index.duplicated()].sort_index()
    return Weather(series, text("weather.stored", station=station.name))
