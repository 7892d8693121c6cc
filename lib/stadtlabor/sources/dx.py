"""Local scans (DX) of the German weather service: polar, raw, full of ground echoes.

A scan has 360 rays of 128 bins of 1 km. Ground echoes go by the filter of Gabella and Notarpietro
(2002) and by the flag in the file; what is left becomes rain on a grid of 1 km around the radar
(each cell takes the bin that its centre lies in). Nothing corrects attenuation or the height of the
beam: a scan shows where it rains better than how much.
"""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import xarray as xr

from stadtlabor.sources.http import SourceError
from stadtlabor.sources.radar_frame import grid_frame
from stadtlabor.sources.radar_quality import Quality
from stadtlabor.sources.radar_rain import rain_rate, relations

__all__ = ["parse_dx"]

NAME = re.compile(r"dx_(\d{5})-(\d{10})-([a-z]{3})---bin")
SHAPE = (360, 128)
RANGE_KM = 128
INTERVAL_S = 300
# As in wradlib's documentation ("recipe 1") for these very scans; there on the mean of an event.
FILTER = {"tr1": 12, "n_p": 6, "tr2": 1.1}


def parse_dx(body: bytes, name: str) -> xr.DataArray:
    """Read one scan.

    Parameters
    ----------
    body
        The file.
    name
        Its name; it tells the radar and, with the year, the time.

    Returns
    -------
    xarray.DataArray
        Rain rate in mm/h on 256 × 256 cells of 1 km around the radar, ``attrs["product"]`` for
        example ``DX-TUR``. ``time`` is five minutes before the stamp of the scan, as in the
        composites made of such scans.

    Raises
    ------
    SourceError
        In German, if the radar is unknown or the scan incomplete.
    """
    from wradlib.classify import filter_gabella
    from wradlib.io import read_dx
    from wradlib.io.radolan import dwdlocs

    found = NAME.search(name)
    if not found or found[3] not in dwdlocs:
        raise SourceError(
            f"{name}: Radar und Zeit stehen nicht im Dateinamen "
            "(raa00-dx_NNNNN-JJMMTThhmm-xxx---bin). Bitte die Datei nicht umbenennen."
        )
    dbz, told = read_dx(io.BytesIO(body))
    if dbz.shape != SHAPE or len(np.unique(np.floor(told["azim"]))) != SHAPE[0]:
        raise SourceError(f"{name}: Dem Scan fehlen Strahlen. Bitte neu laden.")
    order = np.argsort(told["azim"])
    dbz, flagged = dbz[order], told["clutter"][order]
    clutter = filter_gabella(dbz, **FILTER) | flagged
    silent = dbz <= relations()["rvp6"]["offset"]
    rate, capped = rain_rate(np.where(silent, -np.inf, dbz))
    quality = np.zeros(SHAPE, dtype="uint8")
    quality[clutter] |= int(Quality.CLUTTER)
    quality[capped & ~clutter] |= int(Quality.CAPPED)
    rate[clutter] = np.nan
    ray, bins, seen = _bins()
    place, relation = dwdlocs[found[3]], relations()["standard"]
    axis = 1000.0 * (np.arange(-RANGE_KM, RANGE_KM) + 0.5)
    attrs: dict[str, Any] = {
        "long_name": "Regenrate eines einzelnen Radars",
        "product": f"DX-{found[3].upper()}",
        "dataset": "rain-radar-local",
        "source": "Deutscher Wetterdienst",
        "licence": "CC BY 4.0",
        "simulated": False,
        "crs_wkt": _crs(place["lat"], place["lon"]),
        "clutter_cells": int(clutter.sum()),
        "zr_a": relation["a"],
        "zr_b": relation["b"],
    }
    end = datetime.strptime(found[2], "%y%m%d%H%M").replace(tzinfo=UTC)
    return grid_frame(
        np.where(seen, rate[ray, bins], np.nan),
        axis,
        axis,
        end,
        INTERVAL_S,
        attrs,
        np.where(seen, quality[ray, bins], np.uint8(Quality.NODATA)),
    )


@cache
def _bins() -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """Return ray, bin and whether there is one for each cell, first row in the south."""
    axis = np.arange(-RANGE_KM, RANGE_KM) + 0.5
    east, north = np.meshgrid(axis, axis)
    distance = np.hypot(east, north)
    azimuth = np.degrees(np.arctan2(east, north)) % 360
    return (
        np.minimum(azimuth.astype("intp"), SHAPE[0] - 1),
        np.minimum(distance.astype("intp"), SHAPE[1] - 1),
        distance < RANGE_KM,
    )


@cache
def _crs(lat: float, lon: float) -> str:
    plain = f"+proj=aeqd +lat_0={lat} +lon_0={lon} +ellps=WGS84 +units=m +no_defs"
    return str(pyproj.CRS.from_proj4(plain).to_wkt())
