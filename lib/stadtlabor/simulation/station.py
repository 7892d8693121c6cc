"""Simulated archives of the weather station, packed as the German weather service packs them."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import numpy as np
import pandas as pd

from stadtlabor.city import Station
from stadtlabor.simulation.rain import Sky
from stadtlabor.simulation.weather import temperature

__all__ = ["Instruments"]

RECENT_DAYS = 500
NOTE = "Metadaten_simuliert.txt"


class Instruments:
    """The readings of one simulated weather station.

    Parameters
    ----------
    station
        Number and position.
    seed
        Of the installation.
    sky
        Rain over the city.
    """

    def __init__(self, station: Station, seed: int, sky: Sky) -> None:
        self._station, self._seed, self._sky = station, seed, sky

    def archive(self, path: str, now: datetime) -> bytes | None:
        """Return the zip archive at a path of DWD's climate data centre; None if there is none.

        Parameters
        ----------
        path
            Path below ``…/observations_germany/climate/``.
        now
            Instant of the question, UTC; nothing later is told.
        """
        n = self._station.id
        tables = {
            f"10_minutes/air_temperature/now/10minutenwerte_TU_{n}_now.zip": self._ten_minutes,
            f"10_minutes/precipitation/now/10minutenwerte_nieder_{n}_now.zip": self._rain_now,
            f"hourly/air_temperature/recent/stundenwerte_TU_{n}_akt.zip": self._hours,
            f"hourly/precipitation/recent/stundenwerte_RR_{n}_akt.zip": self._rain_hours,
            f"daily/kl/recent/tageswerte_KL_{n}_akt.zip": self._days,
        }
        if path not in tables:
            return None
        product, table = tables[path](pd.Timestamp(now).tz_convert("UTC"))
        return self._pack(product, table)

    def _pack(self, product: str, table: pd.DataFrame) -> bytes:
        days = table["MESS_DATUM"].str.slice(0, 8)
        name = f"{product}_{days.iloc[0]}_{days.iloc[-1]}_{self._station.id}.txt"
        table.insert(0, "STATIONS_ID", self._station.id)
        table["eor"] = "eor"
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, table.to_csv(sep=";", index=False, lineterminator="\r\n"))
            archive.writestr(NOTE, "Simulierte Werte, keine echte Messung\r\n")
        return packed.getvalue()

    def _rain(self, first: int, last: int) -> pd.Series:
        """Return 5-minute sums of whole UTC days by the end of each interval."""
        here = self._station
        sums = np.concatenate([self._sky.at(here.lat, here.lon, d) for d in range(first, last + 1)])
        start = pd.Timestamp(first * 86_400, unit="s", tz="UTC")
        return pd.Series(sums, pd.date_range(start, periods=len(sums), freq="5min")).shift(
            freq="5min"
        )

    def _ten_minutes(self, now: pd.Timestamp) -> tuple[str, pd.DataFrame]:
        times = pd.date_range(now.normalize(), now, freq="10min")
        table = {"MESS_DATUM": times.strftime("%Y%m%d%H%M"), "QN": 2, "PP_10": -999}
        table |= {"TT_10": temperature(self._seed, times), "TM5_10": -999, "RF_10": -999}
        return "produkt_zehn_now_tu", pd.DataFrame(table)

    def _rain_now(self, now: pd.Timestamp) -> tuple[str, pd.DataFrame]:
        day = int(now.timestamp() // 86_400)
        rain = self._rain(day - 1, day)
        sums = rain.resample("10min", closed="right", label="right").sum().round(2)
        sums = sums[(sums.index <= now) & (sums.index >= now.normalize())]
        table = {
            "MESS_DATUM": pd.DatetimeIndex(sums.index).strftime("%Y%m%d%H%M"),
            "QN": 2,
            "RWS_10": sums.to_numpy(),
        }
        return "produkt_zehn_now_rr", pd.DataFrame(table)

    def _hours(self, now: pd.Timestamp) -> tuple[str, pd.DataFrame]:
        times = pd.date_range(now.normalize() - pd.Timedelta(days=RECENT_DAYS), now, freq="h")
        table = {"MESS_DATUM": times.strftime("%Y%m%d%H"), "QN_9": 3}
        return "produkt_tu_stunde", pd.DataFrame(
            {**table, "TT_TU": temperature(self._seed, times), "RF_TU": -999}
        )

    def _rain_hours(self, now: pd.Timestamp) -> tuple[str, pd.DataFrame]:
        day = int(now.timestamp() // 86_400)
        rain = self._rain(day - RECENT_DAYS, day)
        # Hour 11 holds 9:51 to 10:50, so the sums end at minute 50 and are named ten minutes later.
        sums = rain.resample("h", closed="right", label="right", offset="50min").sum().round(2)
        sums = sums.shift(freq="10min")
        sums = sums[(sums.index <= now) & (sums.index > sums.index[0])]
        table = {
            "MESS_DATUM": pd.DatetimeIndex(sums.index).strftime("%Y%m%d%H"),
            "QN_8": 3,
            "R1": sums.to_numpy(),
        }
        return "produkt_rr_stunde", pd.DataFrame(table)

    def _days(self, now: pd.Timestamp) -> tuple[str, pd.DataFrame]:
        first = now.normalize() - pd.Timedelta(days=RECENT_DAYS)
        hours = pd.date_range(first, now.normalize(), freq="h", inclusive="left")
        warmth = pd.Series(temperature(self._seed, hours), hours).resample("D")
        day = int(now.timestamp() // 86_400)
        rain = self._rain(day - RECENT_DAYS, day)
        # A day's rain runs from 5:50 to 5:50 UTC.
        sums = rain.resample("24h", closed="right", label="left", offset="5h50min").sum()
        sums.index = pd.DatetimeIndex(sums.index).normalize()
        table = pd.DataFrame({"TMK": warmth.mean().round(1), "TXK": warmth.max()})
        table["TNK"], table["RSK"] = warmth.min(), sums.round(1)
        table = table.reset_index(names="MESS_DATUM").fillna(-999)
        table["MESS_DATUM"] = table["MESS_DATUM"].dt.strftime("%Y%m%d")
        table.insert(1, "QN_4", 3)
        return "produkt_klima_tag", table
