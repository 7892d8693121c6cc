"""Turn the photo of a sheet into points: straighten it by its markers, find what has a colour."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from stadtlabor.participation.paper import HEIGHT_MM, MARKER_MM, RIM_MM, WIDTH_MM, Paper
from stadtlabor.participation.texts import texts

__all__ = ["Dot", "ScanError", "dots", "straighten"]

PIXELS_PER_MM = 6
LEAST_MM2, MOST_MM2 = 6.0, 400.0
"""A dot of a felt-tip pen, and several stickers side by side."""

LARGEST_SIDE = 8000
LEAST_COLOUR = 55
"""Distance from grey (CIELAB, 8 bit) from which something is a colour; pencil and paper stay below
25 in warm light."""

HUES = {"red": 30.0, "yellow": 85.0, "green": 150.0, "blue": 270.0}
"""Angles of the colours in CIELAB, degrees."""

Image = npt.NDArray[np.uint8]


class ScanError(ValueError):
    """The photo cannot be read; the message is a German sentence."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(texts()["scan"][key].format(**values))
        self.key = key


@dataclass(frozen=True)
class Dot:
    """A coloured mark on the map.

    Attributes
    ----------
    lat, lon
        Where, WGS 84, degrees.
    colour
        A key of the catalogue's ``sheet.colours``.
    identity
        The same for the same mark of the same photo.
    """

    lat: float
    lon: float
    colour: str
    identity: str


def dots(photo: bytes, plan: Paper) -> list[Dot]:
    """Return the marks on a sheet.

    Parameters
    ----------
    photo
        JPEG or PNG of a whole sheet, from any side.
    plan
        The sheet's map.

    Raises
    ------
    ScanError
        In German, if it is no picture, no sheet, or that of another room.
    """
    flat = _white(straighten(_opened(photo), plan))
    lab = cv2.cvtColor(flat, cv2.COLOR_BGR2LAB).astype("int16")
    a, b = lab[..., 1] - 128, lab[..., 2] - 128
    strong = np.hypot(a, b) >= _threshold(np.hypot(a, b))
    mask = cv2.morphologyEx(strong.astype("uint8"), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    _hide_markers(mask)
    count, labels, stats, centres = cv2.connectedComponentsWithStats(mask, connectivity=8)
    digest = hashlib.sha256(photo).hexdigest()[:16]
    found = []
    for n in range(1, count):
        size = stats[n, cv2.CC_STAT_AREA] / PIXELS_PER_MM**2
        if not LEAST_MM2 <= size <= MOST_MM2:
            continue
        here = labels == n
        angle = float(np.degrees(np.arctan2(b[here].mean(), a[here].mean()))) % 360
        x, y = centres[n] / PIXELS_PER_MM
        lat, lon = plan.point(float(x), float(y))
        found.append(Dot(lat, lon, _name(angle), f"{digest}-{n}"))
    return found


def _opened(photo: bytes) -> Image:
    head = photo[:4]
    if head[:3] != b"\xff\xd8\xff" and head != b"\x89PNG":
        raise ScanError("kind")
    image = cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise ScanError("kind")
    if max(image.shape) > LARGEST_SIDE:
        raise ScanError("large", side=LARGEST_SIDE)
    return np.asarray(image, dtype="uint8")


def straighten(image: Image, plan: Paper) -> Image:
    """Return the map of a sheet as if scanned, :data:`PIXELS_PER_MM` pixels per millimetre.

    Raises
    ------
    ScanError
        If fewer than three markers are found, or those of another room.
    """
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_5X5_1000)
    settings = cv2.aruco.DetectorParameters()
    settings.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    detector = cv2.aruco.ArucoDetector(dictionary, settings)
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    corners, numbers, _ = detector.detectMarkers(grey)
    seen = {} if numbers is None else dict(zip(numbers.ravel().tolist(), corners, strict=True))
    known = [n for n in plan.markers if n in seen]
    if not known:
        raise ScanError("other" if len(seen) >= 3 else "none")
    if len(known) < 3:
        raise ScanError("few", n=len(known))
    here: list[Any] = []
    there: list[tuple[float, float]] = []
    for number, (x, y) in zip(plan.markers, plan.corners, strict=True):
        if number not in seen:
            continue
        here.append(seen[number].reshape(4, 2))
        right, low = x + MARKER_MM, y + MARKER_MM
        there += [(x, y), (right, y), (right, low), (x, low)]
    target = np.array(there) * PIXELS_PER_MM
    turn, _ = cv2.findHomography(np.concatenate(here), target, cv2.RANSAC, 3.0)
    if turn is None:
        raise ScanError("few", n=len(known))
    size = (round(WIDTH_MM * PIXELS_PER_MM), round(HEIGHT_MM * PIXELS_PER_MM))
    return np.asarray(cv2.warpPerspective(image, turn, size), dtype="uint8")


def _white(image: Image) -> Image:
    """Take light and its colour out: paper is white everywhere."""
    small = cv2.resize(image, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    # The brightest of the neighbourhood is paper; dots and letters are smaller than this.
    paper = cv2.dilate(small, np.ones((25, 25), np.uint8))
    paper = cv2.GaussianBlur(paper, (0, 0), 8)
    light = cv2.resize(paper, (image.shape[1], image.shape[0]))
    flat = image.astype("float32") / np.maximum(light.astype("float32"), 1) * 240
    return np.asarray(flat.clip(0, 255), dtype="uint8")


def _threshold(chroma: npt.NDArray[Any]) -> float:
    """Return from where on a colour is no noise of this camera."""
    return max(LEAST_COLOUR * 0.6, float(np.percentile(chroma, 90)) + 15)


def _hide_markers(mask: Image) -> None:
    side = round((MARKER_MM + 2 * RIM_MM) * PIXELS_PER_MM)
    for rows in (slice(0, side), slice(-side, None)):
        for columns in (slice(0, side), slice(-side, None)):
            mask[rows, columns] = 0


def _name(angle: float) -> str:
    return min(HUES, key=lambda name: abs((angle - HUES[name] + 180) % 360 - 180))
