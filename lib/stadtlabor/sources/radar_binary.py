"""RADOLAN composites of the German weather service: binary and ESRI ASCII.

wradlib is the reader of record for the binary format: on real files it gives every bit back, while
other readers shift values by 0.01 mm or read flag bits as 409.6 units of rain.
"""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from stadtlabor.sources.http import SourceError
from stadtlabor.sources.radar_frame import frame, products
from stadtlabor.sources.radar_quality import Quality
from stadtlabor.sources.radar_rain import rain_rate, relations

__all__ = ["SIMULATED", "known", "parse_ascii", "parse_binary"]

SIMULATED = "sim"
"""Radar site that a simulated file names instead of real ones."""

ELLIPSOID = 5  # format version from which composites lie on the ellipsoid
ETX = b"\x03"  # ends the header

# Bits 13 to 16 of a cell, as a number of four bits, in the order of ``Quality``.
_FLAGS = np.zeros(16, dtype="uint8")
for _bit, _quality in enumerate(
    (Quality.SECONDARY, Quality.NODATA, Quality.NEGATIVE, Quality.CLUTTER)
):
    _FLAGS[(np.arange(16) >> _bit) & 1 == 1] |= int(_quality)


def known(product: str, name: str) -> dict[str, Any]:
    """Return what is known of a product.

    Raises
    ------
    SourceError
        In German, if it is none that is read here.
    """
    if product not in products():
        amounts = [p for p, kind in products().items() if not kind.get("reflectivity")]
        raise SourceError(
            f"{name}: Das Produkt {product} ist keine Regenmenge, die hier gelesen wird. "
            f"Möglich sind {', '.join(amounts)}."
        )
    return products()[product]


def parse_binary(body: bytes, name: str, keep_clutter: bool = False) -> xr.DataArray:
    """Read one composite.

    Parameters
    ----------
    body
        The file, unpacked.
    name
        Its name, for messages.
    keep_clutter
        Leave the numbers of cells flagged as clutter instead of NaN.

    Returns
    -------
    xarray.DataArray
        See :func:`stadtlabor.sources.radar_frame.grid_frame`; with the coordinate ``quality``.

    Raises
    ------
    SourceError
        In German, if the product is unknown.
    """
    from wradlib.io import read_radolan_composite

    data, told = read_radolan_composite(io.BytesIO(body), missing=-9999)
    product = told["producttype"]
    kind = known(product, name)
    if told["intervalseconds"] != kind["interval_s"]:
        raise SourceError(
            f"{name}: Die Datei nennt {told['intervalseconds'] / 60:g} Minuten, {product} hat aber "
            f"{kind['interval_s'] / 60:g}. Bitte die Datei prüfen."
        )
    if kind.get("reflectivity"):
        sums, quality = _rain_of_echo(data, told, kind)
    else:
        raw = np.frombuffer(body, "<u2", data.size, body.index(ETX) + 1)
        quality = _FLAGS[raw >> 12].reshape(data.shape)
        sums = np.where(data == told["nodataflag"], np.nan, data)
        sums[Quality.NEGATIVE.of(quality)] = np.nan
    clutter = Quality.CLUTTER.of(quality)
    if not keep_clutter:
        sums[clutter] = np.nan
    if product == "RQ" and told.get("predictiontime") is None:
        raise ValueError("RQ without lead time")
    lead = timedelta(minutes=told.get("predictiontime", 0))
    made = frame(
        sums,
        product,
        told["datetime"] + lead,
        told["datetime"] if kind["forecast"] else None,
        told.get("radarlocations") == [SIMULATED],
        int(clutter.sum()),
        quality,
        told.get("formatversion", 3) >= ELLIPSOID,
    )
    if kind.get("reflectivity"):
        relation = relations()["standard"]
        made.attrs |= {"zr_a": relation["a"], "zr_b": relation["b"]}
    return made


def _rain_of_echo(
    data: npt.NDArray[Any], told: dict[str, Any], kind: dict[str, Any]
) -> tuple[npt.NDArray[np.floating[Any]], npt.NDArray[np.uint8]]:
    """Return sums in mm and quality of a composite of echoes."""
    scale = relations()["rvp6"]
    quality = np.zeros(data.shape, dtype="uint8")
    quality.ravel()[told["nodatamask"]] |= int(Quality.NODATA)
    quality.ravel()[told["cluttermask"]] |= int(Quality.CLUTTER)
    echo = np.where(data > 0, data * scale["scale"] + scale["offset"], -np.inf)
    rate, capped = rain_rate(np.where(quality > 0, np.nan, echo))
    quality[capped & (quality == 0)] |= int(Quality.CAPPED)
    return rate * (kind["interval_s"] / 3600), quality


def parse_ascii(body: bytes, name: str) -> xr.DataArray:
    """Read ESRI ASCII of the archive (``RW_20221018-0050.asc``): tenths of mm, north first.

    Raises
    ------
    SourceError
        In German, if the name does not tell product and time.
    """
    found = re.search(r"([A-Z]{2})_(\d{8})-(\d{4})\.asc$", name)
    if not found:
        raise SourceError(
            f"{name}: Produkt und Zeit stehen nicht im Dateinamen (RW_JJJJMMTT-hhmm)."
        )
    known(found[1], name)
    values = np.loadtxt(io.BytesIO(body), skiprows=6, dtype="float64")[::-1]
    sums = np.where(values < 0, np.nan, values / 10)
    quality = np.where(values < 0, np.uint8(Quality.NODATA), np.uint8(0))
    end = datetime.strptime(found[2] + found[3], "%Y%m%d%H%M").replace(tzinfo=UTC)
    return frame(sums, found[1], end, quality=quality)
