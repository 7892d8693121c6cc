"""Radar composites in ODIM_H5: German weather service, MeteoSwiss, OPERA and others.

Source: EUMETNET OPERA, "Data Information Model for the HDF5 file format" (ODIM_H5) 2.3. The first
row of an image lies in the north; ``nodata`` was not seen, ``undetect`` was seen and is dry.
"""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import xarray as xr

from stadtlabor.sources.http import SourceError
from stadtlabor.sources.radar_binary import known
from stadtlabor.sources.radar_frame import frame, grid_frame
from stadtlabor.sources.radar_quality import Quality
from stadtlabor.sources.radar_rain import rain_rate

__all__ = ["parse_odim"]

GERMAN = re.compile(r"ORG:78\b")
"""Originating centre (WMO table C-11) in ``what/source`` of DWD's files."""

SNAPSHOT_S = 300
"""Interval of a rate without a span of its own: what the next snapshot replaces. Stated in the
attribute ``interval_assumed``."""


def parse_odim(body: bytes, name: str) -> xr.DataArray:
    """Read one composite of rain sums (ACRR), rates (RATE) or echoes (DBZH).

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
        In German, if the file holds no rain or its grid is not told.
    """
    import h5py

    with h5py.File(io.BytesIO(body)) as file:
        group, what = _image(file, name)
        data = group["data"][()]
        span = {**_attributes(file, "what"), **_attributes(group.parent, "what")}
        told, where = _attributes(file, "what"), _attributes(file, "where")
        where |= _attributes(group.parent, "where")
    nodata = data == what.get("nodata", np.nan)
    dry = data == what.get("undetect", np.nan)
    values: npt.NDArray[np.floating[Any]] = data.astype("float64")
    values = what.get("offset", 0.0) + what.get("gain", 1.0) * values
    values[nodata] = np.nan
    quality = np.where(nodata, np.uint8(Quality.NODATA), np.uint8(0))
    issued = _time(told, "date", "time")
    end = _time(span, "enddate", "endtime") if "enddate" in span else issued
    if GERMAN.search(_text(told.get("source", ""))):
        if what["quantity"] != "ACRR":
            raise SourceError(f"{name}: Die Datei enthält {what['quantity']}, keine Regenmenge.")
        product = _text(span.get("prodname", ""))[:2]
        kind = known(product, name)
        sums = np.where(dry, 0.0, values)[::-1]
        made_at = issued if kind["forecast"] else None
        return frame(sums, product, end, made_at, quality=quality[::-1], ellipsoid=True)
    start = _time(span, "startdate", "starttime") if "startdate" in span else end
    seconds = round((end - start).total_seconds())
    rate: npt.NDArray[np.floating[Any]] = np.where(dry, 0.0, values)
    if what["quantity"] == "ACRR":
        if seconds <= 0:
            raise SourceError(f"{name}: Die Datei nennt keine Zeitspanne zu ihrer Regensumme.")
        rate = rate * (3600 / seconds)
    elif what["quantity"] == "DBZH":
        rate, capped = rain_rate(np.where(dry, -np.inf, values), "marshall_palmer")
        quality[capped] |= int(Quality.CAPPED)
    x, y, crs = _grid(where, data.shape, name)
    attrs = {
        "long_name": "Regenrate eines Radarverbunds",
        "product": f"ODIM-{what['quantity']}",
        "dataset": "rain-odim",
        "source": _text(told.get("source", "nicht genannt")),
        "licence": "in der Datei nicht genannt",
        "simulated": _text(what.get("simulated", "False")) == "True",
        "crs_wkt": crs,
    }
    if seconds <= 0:
        attrs["interval_assumed"] = True
    return grid_frame(rate[::-1], x, y, end, seconds or SNAPSHOT_S, attrs, quality[::-1])


def _image(file: Any, name: str) -> tuple[Any, dict[str, Any]]:
    """Return the first image of rain and what its numbers mean."""
    seen = []
    for dataset in sorted(k for k in file if re.fullmatch(r"dataset\d+", k)):
        for image in sorted(k for k in file[dataset] if re.fullmatch(r"data\d+", k)):
            group = file[dataset][image]
            what = {**_attributes(group.parent, "what"), **_attributes(group, "what")}
            quantity = _text(what.get("quantity", "nichts"))
            if quantity in ("ACRR", "RATE", "DBZH") and "data" in group:
                how = _attributes(group.parent, "how")
                return group, {**what, "quantity": quantity, **_simulated(how)}
            seen.append(quantity)
    holds = ", ".join(seen) or "kein Radarbild"
    raise SourceError(
        f"{name}: Die Datei enthält {holds}, keine Regenmenge. Bitte ein Regenprodukt wählen."
    )


def _simulated(how: dict[str, Any]) -> dict[str, Any]:
    return {"simulated": how["simulated"]} if "simulated" in how else {}


def _grid(
    where: dict[str, Any], shape: tuple[int, ...], name: str
) -> tuple[npt.NDArray[np.floating[Any]], npt.NDArray[np.floating[Any]], str]:
    """Return cell centres and projection; the corner is the outer edge of a cell."""
    if "projdef" not in where:
        raise SourceError(f"{name}: Die Datei nennt kein Kartennetz (projdef).")
    crs = pyproj.CRS.from_proj4(_text(where["projdef"]))
    project = pyproj.Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True)
    left, lower = project.transform(float(where["LL_lon"]), float(where["LL_lat"]))
    width, height = float(where["xscale"]), float(where["yscale"])
    x = left + width * (np.arange(shape[1]) + 0.5)
    return x, lower + height * (np.arange(shape[0]) + 0.5), str(crs.to_wkt())


def _attributes(group: Any, child: str) -> dict[str, Any]:
    return dict(group[child].attrs) if child in group else {}


def _text(value: Any) -> str:
    plain = np.ravel(value)[0] if isinstance(value, np.ndarray) else value
    return plain.decode() if isinstance(plain, bytes) else str(plain)


def _time(attributes: dict[str, Any], date: str, time: str) -> datetime:
    stamp = _text(attributes[date]) + _text(attributes[time])
    return datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
