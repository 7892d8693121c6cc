"""Rain maps of MeteoSwiss: 8-bit GIF, one colour per class of rain.

The maps cover Switzerland and its neighbours, the western Allgäu included, with cells of 1 km. The
meaning of the colours stands in ``radar_classes.toml``.
"""

from __future__ import annotations

import io
import re
import tomllib
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import xarray as xr

from stadtlabor.sources.http import SourceError
from stadtlabor.sources.radar_frame import grid_frame
from stadtlabor.sources.radar_quality import Quality

__all__ = ["SWISS_GRID", "classes", "parse_gif"]

SWISS_GRID = "EPSG:21781"
"""Swiss LV03; the grid's extent and origin follow ``import_mch_gif`` of pysteps 1.21.5."""

SHAPE = (640, 710)
LEFT, LOWER = 255_000.0, -160_000.0
CELL = 1000.0

# Comment of a map: "… PRDT=AQC161932210 … ACCUm=000005 …": product, year, day of year, hhmm.
STAMP = re.compile(r"PRDT=([A-Z]{3})(\d{2})(\d{3})(\d{4})")
MINUTES = re.compile(r"ACCUm=(\d+)")
# The same in the name of a file: AQC161932210V_00005.801.gif
NAME = re.compile(r"([A-Z]{3})(\d{2})(\d{3})(\d{4})[A-Z0-9]?_(\d{5})\.\d{3}\.gif$", re.IGNORECASE)


@cache
def classes(product: str) -> npt.NDArray[np.float64]:
    """Return what each of the 256 colours means.

    Parameters
    ----------
    product
        Three letters, for example ``AQC``.

    Returns
    -------
    ndarray
        Shape (256,): rain in mm per interval of the map, NaN = not seen by the radar.

    Raises
    ------
    KeyError
        If the product is unknown.
    """
    kind = _kinds()[product]
    number = np.arange(256)
    z = 10.0 ** ((number - kind["zero"]) / kind["per_decade"])
    wet = (number >= kind["first_wet"]) & (number <= kind["last_wet"])
    table = np.where(wet, (z / kind["a"]) ** (1 / kind["b"]), 0.0)
    table[kind["not_seen"]] = np.nan
    return table


def parse_gif(body: bytes, name: str) -> xr.DataArray:
    """Read one map.

    Parameters
    ----------
    body
        The file.
    name
        Its name, for messages and, where the map does not state its time, for the time.

    Returns
    -------
    xarray.DataArray
        Rain rate in mm/h, dims (``time``, ``y``, ``x``), first row in the south; ``time`` is the
        start of the interval, UTC.

    Raises
    ------
    SourceError
        In German, if this is no such map.
    ValueError, OSError, SyntaxError
        If the image is damaged; :mod:`stadtlabor.sources.radar_files` puts that into words.
    """
    from PIL import Image

    with Image.open(io.BytesIO(body), formats=["GIF"]) as image:
        comment = bytes(image.info.get("comment", b"")).decode("latin-1")
        if image.mode != "P" or image.size[::-1] != SHAPE:
            raise SourceError(
                f"{name}: Das Bild hat {image.size[1]} × {image.size[0]} Punkte. Eine Karte von "
                f"MeteoSchweiz hat {SHAPE[0]} × {SHAPE[1]}. Bitte die Datei prüfen."
            )
        numbers = np.asarray(image)
    product, end, minutes = _told(comment, name)
    numbers = numbers[::-1]
    attrs = {
        "long_name": _kinds()[product]["name"],
        "product": product,
        "dataset": "rain-radar-swiss",
        "source": "MeteoSchweiz",
        "licence": "Bedingungen von MeteoSchweiz",
        "simulated": False,
        "crs_wkt": _crs(),
    }
    unseen = numbers == _kinds()[product]["not_seen"]
    return grid_frame(
        classes(product)[numbers] * (60 / minutes),
        LEFT + CELL * (np.arange(SHAPE[1]) + 0.5),
        LOWER + CELL * (np.arange(SHAPE[0]) + 0.5),
        end,
        minutes * 60,
        attrs,
        np.where(unseen, np.uint8(Quality.NODATA), np.uint8(0)),
    )


def _told(comment: str, name: str) -> tuple[str, datetime, int]:
    """Return product, end of the interval (UTC) and minutes, from the map or from its name."""
    inside, span, outside = STAMP.search(comment), MINUTES.search(comment), NAME.search(name)
    stamp = inside or outside
    minutes = int(span[1]) if span else int(outside[5]) if outside else 0
    if not stamp or not minutes or stamp[1].upper() not in _kinds():
        raise SourceError(
            f"{name}: Das Bild ist keine Regenkarte von MeteoSchweiz, die hier gelesen wird. "
            f"Möglich sind {', '.join(_kinds())}."
        )
    end = datetime.strptime("".join(stamp.groups()[1:4]), "%y%j%H%M").replace(tzinfo=UTC)
    return stamp[1].upper(), end, minutes


@cache
def _kinds() -> dict[str, dict[str, Any]]:
    text = files("stadtlabor.sources").joinpath("radar_classes.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def _crs() -> str:
    return str(pyproj.CRS.from_user_input(SWISS_GRID).to_wkt())
