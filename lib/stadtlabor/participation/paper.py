"""The geometry of a printed sheet: where which metre of the city lies on the paper.

A sheet is A4. Its map is framed by four square markers (ArUco, dictionary 5 × 5 of 1000;
Garrido-Jurado et al., Pattern Recognition 47, 2014), from which a photo is turned straight. Their
numbers say to which room the sheet belongs.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

from stadtlabor.city import BoundingBox
from stadtlabor.participation.room import Room

__all__ = [
    "CELL_MM",
    "HEIGHT_MM",
    "MARKER_MM",
    "RIM_MM",
    "WIDTH_MM",
    "Paper",
    "marker_cells",
    "paper",
]

WIDTH_MM, HEIGHT_MM = 178.0, 178.0
"""The map on the paper."""

MARKER_MM, RIM_MM = 14.0, 3.0
"""A white rim keeps lines of the map away; they would pull at the corners of a marker."""

CELLS = 5
CELL_MM = MARKER_MM / (CELLS + 2)
DICTIONARY_SIZE = 1000
METRES = 111_320.0
"""A degree of latitude, metres."""


@dataclass(frozen=True)
class Paper:
    """The map of a sheet.

    Attributes
    ----------
    window
        What it shows.
    markers
        Numbers of the markers: top left, top right, bottom right, bottom left.
    """

    window: BoundingBox
    markers: tuple[int, int, int, int]

    @property
    def metres_per_mm(self) -> float:
        """How many metres a millimetre of paper stands for."""
        return (self.window.north - self.window.south) * METRES / HEIGHT_MM

    def place(self, lat: float, lon: float) -> tuple[float, float]:
        """Return where a point lies on the map, mm from its upper left corner."""
        window = self.window
        return (
            (lon - window.west) / (window.east - window.west) * WIDTH_MM,
            (window.north - lat) / (window.north - window.south) * HEIGHT_MM,
        )

    def point(self, x_mm: float, y_mm: float) -> tuple[float, float]:
        """Return latitude and longitude of a place on the map."""
        window = self.window
        return (
            window.north - y_mm / HEIGHT_MM * (window.north - window.south),
            window.west + x_mm / WIDTH_MM * (window.east - window.west),
        )

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """Return the upper left corner of each marker, mm: the markers lie within the map."""
        right, bottom = (side - MARKER_MM - RIM_MM for side in (WIDTH_MM, HEIGHT_MM))
        return ((RIM_MM, RIM_MM), (right, RIM_MM), (right, bottom), (RIM_MM, bottom))


def paper(room: Room) -> Paper:
    """Return the map of a room's sheets: a square that holds all its places."""
    window = room.window
    lat, lon = (window.south + window.north) / 2, (window.west + window.east) / 2
    narrow = math.cos(math.radians(lat))
    # The markers cover the corners; a twelfth of air keeps the places clear of them.
    half = max(window.north - window.south, (window.east - window.west) * narrow) / 2 * (1 + 1 / 6)
    square = BoundingBox(
        south=lat - half, north=lat + half, west=lon - half / narrow, east=lon + half / narrow
    )
    digest = hashlib.sha256(room.code.encode()).digest()
    first = int.from_bytes(digest[:4], "big") % (DICTIONARY_SIZE // 4) * 4
    return Paper(square, (first, first + 1, first + 2, first + 3))


def marker_cells(number: int) -> list[tuple[int, int]]:
    """Return the white cells of a marker (column, row), counted within its black frame."""
    import cv2

    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_5X5_1000)
    image = cv2.aruco.generateImageMarker(dictionary, number, CELLS + 2)
    return [
        (column, row)
        for row in range(CELLS + 2)
        for column in range(CELLS + 2)
        if image[row, column] > 127
    ]
