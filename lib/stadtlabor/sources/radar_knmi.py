"""Rain sums of the Dutch weather service in its own HDF5 layout.

Source: KNMI, Technical Report 293 (HDF5 data format): ``image1/image_data`` with a calibration
formula, the first row in the north; the grid is told as offsets in cells.
"""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyproj
import xarray as xr

from stadtlabor.sources.http import SourceError
from stadtlabor.sources.radar_frame import grid_frame
from stadtlabor.sources.radar_quality import Quality

__all__ = ["parse_knmi"]

FORMULA = re.compile(r"GEO\s*=\s*([-+.\deE]+)\s*\*\s*PV\s*\+\s*([-+.\deE]+)")
MINUTES = re.compile(r"_(\d+)min")
"""Length of the interval in a product's name, for files whose start is their end."""
KILOMETRE = 1000.0


def parse_knmi(body: bytes, name: str) -> xr.DataArray:
    """Read one field of sums, for example ``RAD_NL25_RAP_5min_201008260000.h5``.

    Parameters
    ----------
    body
        The file.
    name
        Its name, for messages.

    Returns
    -------
    xarray.DataArray
        Rain rate in mm/h; see :func:`stadtlabor.sources.radar_frame.grid_frame`.

    Raises
    ------
    SourceError
        In German, if the file holds no sums or not the time they belong to.
    """
    import h5py

    with h5py.File(io.BytesIO(body)) as file:
        numbers = file["image1/image_data"][()]
        image, scale = dict(file["image1"].attrs), dict(file["image1/calibration"].attrs)
        place, overview = dict(file["geographic"].attrs), dict(file["overview"].attrs)
        projection = _text(file["geographic/map_projection"].attrs["projection_proj4_params"])
    parameter = _text(image.get("image_geo_parameter", ""))
    formula = FORMULA.search(_text(scale["calibration_formulas"]))
    if "DBZ" in parameter.upper() or formula is None:
        raise SourceError(
            f"{name}: Die Datei enthält {parameter or 'Unbekanntes'}, keine Regensumme. "
            "Bitte ein Regenprodukt wählen."
        )
    sums = float(formula[1]) * numbers.astype("float64") + float(formula[2])
    unseen = numbers == _number(scale.get("calibration_out_of_image", np.iinfo("u2").max))
    missing = _number(scale.get("calibration_missing_data", 0))
    # Zero is a sum as well: in rain products it is dry, whatever the file calls missing.
    unseen |= (numbers == missing) & (missing != 0)
    sums[unseen] = np.nan
    start, end = (
        _time(_text(overview[f"product_datetime_{key}"]), name) for key in ("start", "end")
    )
    seconds = round((end - start).total_seconds())
    span = MINUTES.search(f"{name} {_text(image.get('image_product_name', ''))}")
    if seconds <= 0 and span:
        seconds = int(span[1]) * 60
    if seconds <= 0:
        raise SourceError(f"{name}: Die Datei nennt keine Zeitspanne zu ihrer Regensumme.")
    across, down = (_number(place[f"geo_pixel_size_{axis}"]) for axis in "xy")
    columns = np.arange(numbers.shape[1]) + 0.5 + _number(place["geo_column_offset"])
    rows = np.arange(numbers.shape[0]) + 0.5 + _number(place["geo_row_offset"])
    quality = np.where(unseen, np.uint8(Quality.NODATA), np.uint8(0))
    attrs = {
        "long_name": "Niederländische Radarsumme",
        "product": "KNMI",
        "dataset": "rain-radar-dutch",
        "source": "KNMI",
        "licence": "in der Datei nicht genannt",
        "simulated": False,
        "crs_wkt": _crs(projection),
    }
    # Steps to the south are negative, so that row 0 has the largest y.
    y = rows * down * KILOMETRE
    rates = sums * (3600 / seconds)
    if y[0] > y[-1]:
        rates, y, quality = rates[::-1], y[::-1], quality[::-1]
    return grid_frame(rates, columns * across * KILOMETRE, y, end, seconds, attrs, quality)


def _crs(projection: str) -> str:
    """Return the projection in metres; files state it in kilometres, in one of two ways."""
    told = dict(re.findall(r"\+?(\w+)=(\S+)", projection))
    told.pop("units", None)
    for axis in ("a", "b"):
        radius = float(told[axis])
        told[axis] = repr(radius * KILOMETRE if radius < 10_000 else radius)
    plain = " ".join(f"+{key}={value}" for key, value in told.items())
    return str(pyproj.CRS.from_proj4(f"{plain} +units=m +no_defs").to_wkt())


def _text(value: Any) -> str:
    plain = np.ravel(value)[0] if isinstance(value, np.ndarray) else value
    return plain.decode() if isinstance(plain, bytes) else str(plain)


def _number(value: Any) -> float:
    return float(np.ravel(value)[0])


def _time(stamp: str, name: str) -> datetime:
    """Read ``26-AUG-2010;00:05:00.000``; the months are English in any language of the system."""
    found = re.match(r"(\d{2})-([A-Z]{3})-(\d{4});(\d{2}):(\d{2}):(\d{2})", stamp.upper())
    months = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"
    if not found or found[2] not in re.findall("...", months):
        raise SourceError(f"{name}: Die Zeit „{stamp}“ ist nicht lesbar. Bitte die Datei prüfen.")
    month = months.index(found[2]) // 3 + 1
    day, year, hour, minute, second = (int(found[n]) for n in (1, 3, 4, 5, 6))
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
