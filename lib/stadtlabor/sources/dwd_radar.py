"""Radar rain of the German weather service: where it lies, and what of it the store keeps.

Rules
-----
- Values become rates in mm/h: 5-minute sums times 12; hourly sums are rates already.
- ``time`` is the start of the interval. DWD names a file by the interval's end.
- Cells without radar coverage and cells flagged as clutter are NaN, never 0; the number of clutter
  cells is told in ``attrs["clutter_cells"]``, the flags of each cell in the coordinate ``quality``.
- A forecast (RV, RQ) goes into a data set of its own and states in ``attrs["issued"]`` when it was
  made.
- Echo strength (WX) is no rain: the store takes none, :func:`stadtlabor.rain.read` converts it.
"""

from __future__ import annotations

import xarray as xr

from stadtlabor.sources.delivery import Delivery, Request
from stadtlabor.sources.http import Fetcher, SourceError
from stadtlabor.sources.radar_binary import SIMULATED
from stadtlabor.sources.radar_files import parse_file
from stadtlabor.sources.radar_frame import frame, products
from stadtlabor.sources.table import plain_name

__all__ = ["BASE", "SIMULATED", "frame", "listing", "parse", "products", "read"]

BASE = "https://opendata.dwd.de"


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
        ``precipitation_mm_h`` with dims (``time``, ``y``, ``x``), float32, and the coordinate
        ``quality`` (:class:`stadtlabor.sources.radar_quality.Quality`).

    Raises
    ------
    SourceError
        In German, if the file is damaged or holds something other than rain.
    """
    name = plain_name(delivery.name)
    parts = parse_file(delivery.body, name, reflectivity=False)
    if len({(p.shape[1:], p.attrs["product"]) for p in parts}) > 1:
        raise SourceError(f"{name}: Das Archiv mischt Produkte oder Gitter. Bitte trennen.")
    parts.sort(key=lambda p: p["time"].to_numpy()[0])
    return xr.concat(parts, "time", combine_attrs="override") if len(parts) > 1 else parts[0]
