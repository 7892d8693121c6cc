"""Radar rain in netCDF as the OpenSense community keeps it (OpenMRG, poligrain)."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pandas as pd
import pyproj
import xarray as xr

from stadtlabor.sources.http import SourceError
from stadtlabor.sources.radar_frame import grid_frame
from stadtlabor.sources.radar_quality import Quality

__all__ = ["parse_netcdf"]


def parse_netcdf(body: bytes, name: str) -> list[xr.DataArray]:
    """Read a sequence of rates: ``rainfall_amount`` (``time``, ``y``, ``x``) with ``proj_string``.

    The unit is not told in such files; it is mm/h by the description of the data set (OpenMRG, doi
    10.5281/zenodo.6673750). Times are taken as starts of intervals: so taken, gauges and radar of
    OpenMRG agree best.

    Parameters
    ----------
    body
        The file.
    name
        Its name, for messages.

    Raises
    ------
    SourceError
        In German, if rain or projection are not in the file.
    """
    with xr.open_dataset(io.BytesIO(body), engine="h5netcdf") as data:
        if "rainfall_amount" not in data or not {"time", "y", "x"} <= set(data.dims):
            raise SourceError(f"{name}: Die Datei enthält keine Felder mit Regen. Bitte prüfen.")
        rain = data["rainfall_amount"].transpose("time", "y", "x").sortby(["y", "x"]).load()
        told = dict(data.attrs)
    times = pd.DatetimeIndex(rain["time"].to_numpy())
    seconds = round((times[1:] - times[:-1]).min().total_seconds()) if len(times) > 1 else 0
    if "proj_string" not in told or seconds <= 0:
        raise SourceError(f"{name}: Die Datei nennt kein Kartennetz oder keine Zeitschritte.")
    attrs: dict[str, Any] = {
        "long_name": str(told.get("title", "Radarregen")),
        "product": "OpenMRG",
        "dataset": "rain-openmrg",
        "source": str(told.get("source", "nicht genannt")),
        "licence": str(told.get("license", "nicht genannt")),
        "simulated": False,
        "crs_wkt": str(pyproj.CRS.from_user_input(told["proj_string"]).to_wkt()),
    }
    x, y = (rain[axis].to_numpy().astype("float64") for axis in "xy")
    made = []
    for start, field in zip(times, rain.to_numpy(), strict=True):
        end = (start + pd.Timedelta(seconds=seconds)).to_pydatetime()
        unseen = np.where(np.isfinite(field), np.uint8(0), np.uint8(Quality.NODATA))
        made.append(grid_frame(field, x, y, end, seconds, attrs, unseen))
    return made
