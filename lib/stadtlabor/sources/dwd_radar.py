"""Radar rain of the German weather service: RADOLAN binary, RV archives and ODIM HDF5.

wradlib is the reader of record for the binary format: on real files it gives every bit back, while
other readers shift values by 0.01 mm or read flag bits as 409.6 mm.

Rules
-----
- Values become rates in mm/h: 5-minute sums times 12; hourly sums are rates already.
- ``time`` is the start of the interval. DWD names a file by the interval's end.
- Cells without radar coverage and cells flagged as clutter are NaN, never 0; the number of clutter
  cells is told in ``attrs["clutter_cells"]``.
- A forecast (RV, RQ) goes into a data set of its own and states in ``attrs["issued"]`` when it was
  made.
"""

from __future__ import annotations

import gzip
import io
import re
import tarfile
import tomllib
import zlib
from bz2 import decompress
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from stadtlabor.sources.delivery import Delivery, Request
from stadtlabor.sources.http import Fetcher, SourceError
from stadtlabor.sources.radar_grid import axes, crs_wkt
from stadtlabor.sources.table import plain_name

__all__ = ["BASE", "SIMULATED", "frame", "listing", "parse", "products", "read"]

BASE = "https://opendata.dwd.de"
SIMULATED = "sim"
"""Radar site that a simulated file names instead of real ones."""

HDF5 = b"\x89HDF"


@cache
def products() -> dict[str, dict[str, Any]]:
    """Return what is known of each product (``radar_products.toml``)."""
    text = files("stadtlabor.sources").joinpath("radar_products.toml").read_text("utf-8")
    return tomllib.loads(text)


def listing(product: str, base: str = BASE) -> str:
    """Return the address of the folder that lists a product's latest files."""
    if product == "RV":
        return f"{base}/weather/radar/composite/rv/"
    return f"{base}/weather/radar/radolan/{product.lower()}/"


def read(url: str) -> xr.DataArray:
    """Fetch and parse one radar file.

    Returns
    -------
    xarray.DataArray
        See :func:`parse`.

    Raises
    ------
    SourceError
        In German, if the file cannot be fetched or understood.
    """
    with Fetcher() as fetcher:
        delivery = fetcher.fetch(Request("dwd-radar", url))
    if delivery is None:  # cannot happen on a fresh connection, but the type allows it
        raise SourceError(f"{url} hat keine Daten geliefert.")
    return parse(delivery)


def parse(delivery: Delivery) -> xr.DataArray:
    """Read one radar file: binary, ESRI ASCII or HDF5, single or as archive.

    Returns
    -------
    xarray.DataArray
        ``precipitation_mm_h`` with dims (``time``, ``y``, ``x``), float32.

    Raises
    ------
    SourceError
        In German, if the file is damaged or holds something other than rain.
    """
    name = plain_name(delivery.name)
    try:
        parts = [_part(body, label) for label, body in _members(delivery.body, name)]
    except (OSError, EOFError, ValueError, KeyError, IndexError, zlib.error, tarfile.TarError) as e:
        raise SourceError(
            f"{name}: Die Radardatei ist nicht lesbar oder unvollständig. Bitte neu laden."
        ) from e
    if not parts:
        raise SourceError(f"{name}: Das Archiv enthält keine Radardatei.")
    if len({(p.shape[1:], p.attrs["product"]) for p in parts}) > 1:
        raise SourceError(f"{name}: Das Archiv mischt Produkte oder Gitter. Bitte trennen.")
    parts.sort(key=lambda p: p["time"].to_numpy()[0])
    return xr.concat(parts, "time", combine_attrs="override") if len(parts) > 1 else parts[0]


def _members(body: bytes, name: str) -> list[tuple[str, bytes]]:
    """Unpack gzip, bzip2 and tar, in whatever nesting DWD ships them."""
    if body[:2] == b"\x1f\x8b":
        body = gzip.decompress(body)
    elif body[:3] == b"BZh":
        body = decompress(body)
    if body[257:262] != b"ustar":
        return [(name, body)]
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        found = []
        for member in archive.getmembers():
            stream = archive.extractfile(member) if member.isfile() else None
            if stream is not None:
                found += _members(stream.read(), member.name)
        return found


def _part(body: bytes, name: str) -> xr.DataArray:
    if body[:4] == HDF5:
        return _odim(body, name)
    if body[:5].lower() == b"ncols":
        return _ascii(body, name)
    return _binary(body, name)


def frame(
    sums: npt.NDArray[np.floating[Any]],
    product: str,
    end: datetime,
    issued: datetime | None = None,
    simulated: bool = False,
    clutter_cells: int = 0,
) -> xr.DataArray:
    """Wrap one field of sums.

    Parameters
    ----------
    sums
        Sums over the product's interval in mm, first row in the south, NaN = no data.
    product
        Two letters, for example ``YW``.
    end
        End of the interval, UTC.
    issued
        When a forecast was made, UTC.
    simulated
        True where no radar stands behind the field.
    clutter_cells
        Number of cells that were set to NaN as clutter.
    """
    kind = products()[product]
    x, y = axes(*sums.shape)
    start = end.replace(tzinfo=None) - timedelta(seconds=kind["interval_s"])
    attrs: dict[str, Any] = {
        "units": "mm/h",
        "long_name": kind["name"],
        "product": product,
        # Apart from the real rain of the same hours, so that neither overrules the other.
        "dataset": kind["dataset"] + ("-simulated" if simulated else ""),
        "interval_s": kind["interval_s"],
        "source": "Simulierte Stadt, kein echtes Radar" if simulated else "Deutscher Wetterdienst",
        "licence": "CC BY 4.0",
        "simulated": simulated,
        "crs_wkt": crs_wkt(sums.shape[0]),
        "clutter_cells": clutter_cells,
    }
    if issued is not None:
        attrs["issued"] = issued.replace(tzinfo=UTC).isoformat()
    rates = (sums * (3600 / kind["interval_s"])).astype("float32")
    return xr.DataArray(
        rates[np.newaxis],
        dims=("time", "y", "x"),
        coords={"time": np.array([start], dtype="datetime64[ns]"), "y": y, "x": x},
        name="precipitation_mm_h",
        attrs=attrs,
    )


def _known(product: str, name: str) -> dict[str, Any]:
    if product not in products():
        raise SourceError(
            f"{name}: Das Produkt {product} ist keine Regenmenge, die hier gelesen wird. "
            f"Möglich sind {', '.join(products())}."
        )
    return products()[product]


def _binary(body: bytes, name: str) -> xr.DataArray:
    from wradlib.io import read_radolan_composite

    data, told = read_radolan_composite(io.BytesIO(body), missing=-9999)
    kind = _known(told["producttype"], name)
    sums = np.where(data == told["nodataflag"], np.nan, data)
    clutter = told.get("cluttermask", np.array([], dtype="int64"))
    sums.ravel()[clutter] = np.nan
    lead = timedelta(minutes=told.get("predictiontime", 0))
    if told["producttype"] == "RQ" and told.get("predictiontime") is None:
        raise ValueError("RQ without lead time")
    return frame(
        sums,
        told["producttype"],
        told["datetime"] + lead,
        told["datetime"] if kind["forecast"] else None,
        told.get("radarlocations") == [SIMULATED],
        len(clutter),
    )


def _ascii(body: bytes, name: str) -> xr.DataArray:
    """Read ESRI ASCII of the archive (``RW_20221018-0050.asc``): tenths of mm, north first."""
    found = re.search(r"([A-Z]{2})_(\d{8})-(\d{4})\.asc$", name)
    if not found:
        raise SourceError(
            f"{name}: Produkt und Zeit stehen nicht im Dateinamen (RW_JJJJMMTT-hhmm)."
        )
    _known(found[1], name)
    values = np.loadtxt(io.BytesIO(body), skiprows=6, dtype="float64")[::-1]
    sums = np.where(values < 0, np.nan, values / 10)
    end = datetime.strptime(found[2] + found[3], "%Y%m%d%H%M").replace(tzinfo=UTC)
    return frame(sums, found[1], end)


def _odim(body: bytes, name: str) -> xr.DataArray:
    """Read DWD's ODIM_H5 composites; their first row lies in the north."""
    import h5py  # type: ignore[import-untyped]

    def text(value: Any) -> str:
        return value.decode() if isinstance(value, bytes) else str(value)

    with h5py.File(io.BytesIO(body)) as file:
        data, what = file["dataset1/data1/data"][()], dict(file["dataset1/data1/what"].attrs)
        span, told = dict(file["dataset1/what"].attrs), dict(file["what"].attrs)
    if text(what["quantity"]) != "ACRR":
        raise SourceError(f"{name}: Die Datei enthält {text(what['quantity'])}, keine Regenmenge.")
    product = text(span.get("prodname", ""))[:2]
    kind = _known(product, name)
    sums = what["offset"] + what["gain"] * data.astype("float64")
    sums = np.where(data == what["undetect"], 0.0, np.where(data == what["nodata"], np.nan, sums))
    stamps = (
        text(span["enddate"]) + text(span["endtime"]),
        text(told["date"]) + text(told["time"]),
    )
    end, issued = (datetime.strptime(s, "%Y%m%d%H%M%S").replace(tzinfo=UTC) for s in stamps)
    return frame(sums[::-1], product, end, issued if kind["forecast"] else None)
