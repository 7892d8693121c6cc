"""One storm to work with: simulated, recorded in files, or out of the store."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyproj
import xarray as xr

from stadtlabor.city import city
from stadtlabor.rain import around
from stadtlabor.settings import settings

__all__ = ["SIMULATED", "event", "storm_times"]

SIMULATED = "simuliert"
"""``simuliert-1`` is the heaviest storm of the simulated summer over the city, and so on."""

SUMMER = ("2026-06-01", "2026-08-31")
MOST = 9
FRAMES_BEFORE, FRAMES_AFTER = 18, 42
"""A simulated storm reaches from 90 minutes before its heaviest hour to 3.5 hours after it began.
"""


def event(
    source: str = f"{SIMULATED}-1",
    *,
    start: str | None = None,
    end: str | None = None,
    km: float | None = 192.0,
    centre: tuple[float, float] | None = None,
) -> xr.DataArray:
    """Load the radar frames of one storm.

    Parameters
    ----------
    source
        ``simuliert-1`` to ``simuliert-9``; a radar file or a folder of such files; or a data set of
        the store, also with its version (``rain-radar-simulated@12``).
    start, end
        Only these intervals, UTC (ISO), the end not included.
    km
        Side of the square that is cut out; None takes all.
    centre
        Its middle (latitude, longitude). Without it, the city; for files of places without rain
        over the city, the cell with the largest sum.

    Returns
    -------
    xarray.DataArray
        Radar grid (``time``, ``y``, ``x``; mm/h), in memory.

    Raises
    ------
    ValueError, stadtlabor.data.DataError
        In German, if there is no such storm or nothing in this period.
    """
    if match := re.fullmatch(rf"{SIMULATED}-(\d+)", source):
        return _between(_simulated(int(match[1]), km or 192.0, centre), start, end)
    if Path(source).exists():
        from stadtlabor.rain.reading import read

        found = _between(read(source), start, end)
        return found if km is None else around(found, *(centre or _middle(found)), km)
    from stadtlabor import data

    found = data.grid(source, start=start, end=end)
    if not found.sizes["time"]:
        raise ValueError(f"In {source} liegt in diesem Zeitraum kein Radarbild.")
    return found.load() if km is None else around(found, *(centre or _home()), km).load()


@cache
def storm_times(number: int = MOST) -> list[pd.Timestamp]:
    """Return the start of the heaviest hour over the city on each of the wettest simulated days.

    Parameters
    ----------
    number
        So many days, the wettest hour first.
    """
    from stadtlabor.simulation.rain import Sky

    sky = Sky(city(), settings().simulation.seed)
    found = []
    for day in pd.date_range(*SUMMER):
        sums = sky.at(*_home(), (day - pd.Timestamp(0)).days)
        hours = np.convolve(sums, np.ones(12), "valid")
        found.append((-float(hours.max()), day + pd.Timedelta(minutes=5 * int(hours.argmax()))))
    return [time for _, time in sorted(found)[:number]]


def _simulated(rank: int, km: float, centre: tuple[float, float] | None) -> xr.DataArray:
    from stadtlabor.simulation.rain import Sky

    if not 1 <= rank <= MOST:
        raise ValueError(f"Es gibt {SIMULATED}-1 bis {SIMULATED}-{MOST}. Bitte eines davon wählen.")
    sky = Sky(city(), settings().simulation.seed)
    peak = storm_times()[rank - 1].tz_localize("UTC")
    ends = peak + pd.to_timedelta(5 * np.arange(-FRAMES_BEFORE, FRAMES_AFTER), unit="min")
    place = centre or _home()
    return xr.concat([around(sky.field(e.to_pydatetime()), *place, km) for e in ends], "time")


def _between(rain: xr.DataArray, start: str | None, end: str | None) -> xr.DataArray:
    times = rain["time"].to_index()
    wanted = np.ones(len(times), dtype=bool)
    if start:
        wanted &= times >= pd.Timestamp(start)
    if end:
        wanted &= times < pd.Timestamp(end)
    if not wanted.any():
        raise ValueError(
            f"In diesem Zeitraum liegt kein Radarbild. Es gibt Bilder von {times[0]:%d.%m.%Y %H:%M}"
            f" bis {times[-1]:%d.%m.%Y %H:%M} UTC."
        )
    return rain.isel(time=wanted)


def _home() -> tuple[float, float]:
    return city().city.centre.lat, city().city.centre.lon


def _middle(rain: xr.DataArray) -> tuple[float, float]:
    """Return the city where it rained over it, or the place with the largest sum."""
    try:
        if float(around(rain, *_home(), 32).max()) >= 1.0:
            return _home()
    except ValueError:
        pass  # the city lies outside
    total = rain.sum("time").to_numpy()
    row, column = np.unravel_index(int(total.argmax()), total.shape)
    back = pyproj.Transformer.from_crs(rain.attrs["crs_wkt"], "EPSG:4326", always_xy=True)
    lon, lat = back.transform(float(rain["x"][column]), float(rain["y"][row]))
    return float(lat), float(lon)
