"""Map tiles from a WMS, kept on disk, so that no visitor asks anybody but us for a map.

The address is that of a GetMap request of OGC Web Map Service 1.3.0 in EPSG:3857; tiles are those
of the usual scheme (Web Mercator, 256 px, y from the north).
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from stadtlabor.city import BaseMap, BoundingBox
from stadtlabor.sources.delivery import Request
from stadtlabor.sources.http import Fetcher, SourceError

__all__ = ["FOLDER", "ZOOMS", "Tile", "TileStore", "bounds", "tiles_of", "wms_request"]

FOLDER = "tiles"
"""Folder below ``home()`` that holds the tiles."""

ZOOMS = range(12, 19)
"""From the whole town to single houses."""

HALF_M = math.pi * 6378137
"""Half the side of the square world, metres (EPSG:3857)."""

PNG = b"\x89PNG\r\n\x1a\n"
LARGEST = 2_000_000
AGE_S = 180 * 24 * 3600
"""A base map changes slowly; older tiles are fetched anew where that is allowed."""

PATIENCE_S = 60.0
"""After a failure the provider is left alone for so long."""


class Tile(NamedTuple):
    """Number of a tile."""

    zoom: int
    x: int
    y: int


def bounds(tile: Tile) -> tuple[float, float, float, float]:
    """Return west, south, east and north of a tile, metres (EPSG:3857)."""
    side = 2 * HALF_M / 2**tile.zoom
    west, north = tile.x * side - HALF_M, HALF_M - tile.y * side
    return west, north - side, west + side, north


def tile_at(lat: float, lon: float, zoom: int) -> Tile:
    """Return the tile that holds a point (WGS 84, degrees)."""
    size = 2**zoom
    x = (lon + 180) / 360 * size
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * size
    return Tile(zoom, int(x), int(y))


def tiles_of(window: BoundingBox, zoom: int) -> Iterator[Tile]:
    """Yield all tiles that touch a window."""
    first = tile_at(window.north, window.west, zoom)
    last = tile_at(window.south, window.east, zoom)
    for x in range(first.x, last.x + 1):
        for y in range(first.y, last.y + 1):
            yield Tile(zoom, x, y)


def wms_request(base: BaseMap, tile: Tile) -> Request:
    """Return the request for a tile's picture."""
    query = {
        "SERVICE": "WMS", "VERSION": "1.3.0", "REQUEST": "GetMap", "LAYERS": base.layer,
        "STYLES": "", "CRS": "EPSG:3857", "FORMAT": "image/png", "WIDTH": "256", "HEIGHT": "256",
        "BBOX": ",".join(f"{value:.6f}" for value in bounds(tile)),
    }  # fmt: skip
    joint = "&" if "?" in base.wms else "?"
    return Request("tile", f"{base.wms}{joint}{urlencode(query)}")


@dataclass
class TileStore:
    """Tiles on disk.

    Parameters
    ----------
    folder
        Where they lie.
    base
        The service that they come from; None serves only what lies there.
    window
        Nothing outside is fetched, so that nobody makes us a servant of the wide world.
    """

    folder: Path
    base: BaseMap | None
    window: BoundingBox

    def __post_init__(self) -> None:
        self._fetcher = Fetcher(timeout_s=10.0)
        self._silent_until = 0.0

    def path(self, tile: Tile) -> Path:
        """Return where a tile lies."""
        return self.folder / str(tile.zoom) / str(tile.x) / f"{tile.y}.png"

    def holds(self, tile: Tile) -> bool:
        """Tell whether a tile is part of the map."""
        if tile.zoom not in ZOOMS:
            return False
        first = tile_at(self.window.north, self.window.west, tile.zoom)
        last = tile_at(self.window.south, self.window.east, tile.zoom)
        return first.x <= tile.x <= last.x and first.y <= tile.y <= last.y

    def kept(self, tile: Tile) -> bytes | None:
        """Return a tile from disk, or None."""
        try:
            return self.path(tile).read_bytes()
        except OSError:
            return None

    def get(self, tile: Tile) -> bytes | None:
        """Return a tile, fetched if need be; None where there is none or the service is silent."""
        if not self.holds(tile):
            return None
        found = self.kept(tile)
        fresh = found is not None and time.time() - self.path(tile).stat().st_mtime < AGE_S
        if fresh or self.base is None or time.monotonic() < self._silent_until:
            return found
        try:
            return self.fetch(tile)
        except SourceError:
            self._silent_until = time.monotonic() + PATIENCE_S
            return found

    def fetch(self, tile: Tile) -> bytes:
        """Fetch a tile and keep it.

        Raises
        ------
        SourceError
            In German, if the service gives no picture.
        """
        if self.base is None:
            raise SourceError("In city.toml steht kein Kartendienst. Bitte [map] eintragen.")
        answer = self._fetcher.fetch(wms_request(self.base, tile))
        body = answer.body if answer is not None else self.kept(tile) or b""
        if not body.startswith(PNG) or len(body) > LARGEST:
            raise SourceError(
                f"Der Kartendienst schickt kein Bild für die Kachel {'/'.join(map(str, tile))}. "
                "Bitte Adresse und Ebene in city.toml prüfen."
            )
        path = self.path(tile)
        path.parent.mkdir(parents=True, exist_ok=True)
        # A half-written tile must never be served.
        part = path.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(body)
        part.replace(path)
        return body
