"""The tiles of the maps, from our own disk; a plain one where nothing is kept."""

from __future__ import annotations

import struct
import zlib

from fastapi import APIRouter
from fastapi.responses import Response

from stadtlabor.city import city
from stadtlabor.settings import home, settings
from stadtlabor.sources.tiles import FOLDER, Tile, TileStore

__all__ = ["store", "tiles"]

GROUND = 0xEE
KEPT_S = 7 * 24 * 3600


def store() -> TileStore:
    """Return the tiles of this city; fetched from its service only where the operator allows it."""
    base = city().map if settings().sources.tiles == "live" else None
    return TileStore(home() / FOLDER, base, city().city.bounding_box)


def tiles() -> APIRouter:
    """Return the addresses below ``/kacheln``."""
    router = APIRouter(prefix="/kacheln")
    kept, plain = store(), _plain()

    @router.get("/{zoom}/{x}/{y}.png")
    def tile(zoom: int, x: int, y: int) -> Response:
        found = kept.get(Tile(zoom, x, y))
        # What is missing may be there after the next fetch.
        age = f"public, max-age={KEPT_S}" if found else "no-cache"
        headers = {"Cache-Control": age}
        return Response(found or plain, media_type="image/png", headers=headers)

    return router


def _plain() -> bytes:
    """Return a PNG of one quiet grey, 256 px wide (ISO/IEC 15948)."""

    def chunk(name: bytes, body: bytes) -> bytes:
        check = zlib.crc32(name + body)
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", check)

    row = b"\0" + bytes([GROUND]) * 256
    head = struct.pack(">IIBBBBB", 256, 256, 8, 0, 0, 0, 0)
    picture = chunk(b"IDAT", zlib.compress(row * 256, 9))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + picture + chunk(b"IEND", b"")
