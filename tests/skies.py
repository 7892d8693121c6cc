"""Simulated radar frames up to now, for tests of what shows the present."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import xarray as xr

from stadtlabor.city import city
from stadtlabor.rain import around
from stadtlabor.rain.research.event import storm_times
from stadtlabor.settings import settings
from stadtlabor.simulation.rain import Sky
from stadtlabor.store import GridStore

__all__ = ["rained"]

KM = 128


def rained(home: Path, frames: int = 8, age_min: float = 3) -> xr.DataArray:
    """Store frames of a simulated storm as if the newest had ended so many minutes ago."""
    sky, centre = Sky(city(), settings().simulation.seed), city().city.centre
    peak = storm_times()[0].tz_localize("UTC") + pd.Timedelta("30min")
    parts = []
    for n in range(frames):
        end = peak - (frames - 1 - n) * pd.Timedelta("5min")
        parts.append(around(sky.field(end.to_pydatetime()), centre.lat, centre.lon, KM))
    rain = xr.concat(parts, "time")
    last = pd.Timestamp.now("UTC").tz_localize(None) - pd.Timedelta(minutes=age_min + 5)
    times = pd.date_range(end=last.floor("5min"), periods=frames, freq="5min")
    rain = rain.assign_coords(time=times.astype("datetime64[ns]"))
    rain.attrs.pop("clutter_cells", None)
    (home / "store").mkdir(parents=True, exist_ok=True)
    store = GridStore(home / "store")
    store.write_grid(rain)
    store.close()
    return rain
