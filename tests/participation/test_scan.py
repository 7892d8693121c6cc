"""Printed sheets, photographed badly: the points land where people put them."""

from __future__ import annotations

import math
from datetime import date

import cv2
import numpy as np
import pytest
import vl_convert

from stadtlabor.participation import Room, Spot
from stadtlabor.participation.paper import WIDTH_MM, paper
from stadtlabor.participation.scan import ScanError, dots
from stadtlabor.participation.sheet import sheet_html, sheet_svg

DAY = date(2026, 11, 25)
SPOTS = (
    Spot("fischer", "Fischerstraße", 47.7252, 10.3158),
    Spot("bahnhof", "Bahnhofstraße", 47.7222, 10.3160),
    Spot("residenz", "Residenzplatz 12", 47.7284, 10.3137, vacant=True),
)
ROOM = Room("abc234", "k", "Altstadt", "Was fehlt?", DAY, "open", SPOTS)
PLAN = paper(ROOM)
INK = {
    "red": (40, 40, 205),
    "green": (70, 150, 40),
    "blue": (190, 90, 30),
    "yellow": (40, 200, 240),
}
STUCK = [  # mm on the map, colour
    (40, 60, "red"), (90, 90, "green"), (140, 50, "blue"), (60, 140, "yellow"), (120, 130, "red"),
    (30, 100, "green"), (150, 150, "blue"),
]  # fmt: skip
SCALE = 8  # pixels per mm of the drawn sheet


def print_(room=ROOM, stuck=STUCK):
    """Return the sheet as an image with dots on it, white paper around."""
    picture = vl_convert.svg_to_png(sheet_svg(room), scale=SCALE * 25.4 / 96)
    image = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    pixels = image.shape[1] / WIDTH_MM
    for x, y, colour in stuck:
        at = (round(x * pixels), round(y * pixels))
        cv2.circle(image, at, round(4 * pixels), INK[colour], -1, cv2.LINE_AA)
    return cv2.copyMakeBorder(image, 150, 150, 100, 100, cv2.BORDER_CONSTANT, value=(255,) * 3)


def photo(image, turn=0.0, tilt=0.06, warm=1.0, shade=0.45, noise=4.0, seed=0):
    """Photograph it: turned, tilted, under warm light from one side, slightly blurred, as JPEG."""
    rng = np.random.default_rng(seed)
    height, width = image.shape[:2]
    corners = np.float32([(0, 0), (width, 0), (width, height), (0, height)])
    angle = math.radians(turn)
    middle = np.array([1500.0, 1500.0])
    spin = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    seen = (corners - corners.mean(axis=0)) @ spin.T * (1900 / max(height, width)) + middle
    seen += rng.uniform(-tilt, tilt, (4, 2)) * 1900
    view = cv2.getPerspectiveTransform(corners, seen.astype("float32"))
    table = np.full((3000, 3000, 3), (90, 120, 150), np.uint8)
    shot = cv2.warpPerspective(
        image, view, (3000, 3000), dst=table, borderMode=cv2.BORDER_TRANSPARENT
    )
    light = np.linspace(1 - shade, 1, 3000)[None, :, None] * np.array([1 / warm, 1, min(1.0, warm)])
    shot = cv2.GaussianBlur(shot, (0, 0), 1.2) * light
    shot = (shot + rng.normal(0, noise, shot.shape)).clip(0, 255).astype("uint8")
    return cv2.imencode(".jpg", shot, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()


def errors_m(found):
    """Return how far each dot is from its place, metres, and whether its colour is right."""
    result = []
    for x, y, colour in STUCK:
        near = min(
            found, key=lambda dot: math.hypot(*np.subtract(PLAN.place(dot.lat, dot.lon), (x, y)))
        )
        far = math.hypot(*np.subtract(PLAN.place(near.lat, near.lon), (x, y)))
        result.append((far * PLAN.metres_per_mm, near.colour == colour))
    return result


@pytest.mark.parametrize(
    ("turn", "tilt", "warm"),
    [(0, 0, 1.0), (7, 0.05, 1.0), (90, 0.06, 1.25), (178, 0.08, 1.15), (-25, 0.08, 1.3)],
)
def test_points_land_within_five_metres(turn, tilt, warm):
    found = dots(photo(print_(), turn, tilt, warm, seed=abs(turn)), PLAN)
    assert len(found) == len(STUCK)
    seen = errors_m(found)
    assert max(far for far, _ in seen) <= 5.0
    assert all(right for _, right in seen)


def test_a_hidden_corner_does_not_matter():
    image = print_()
    image[:400, :400] = (60, 60, 60)  # a cup
    found = dots(photo(image, 5), PLAN)
    assert max(far for far, _ in errors_m(found)) <= 5.0


def test_an_empty_sheet_has_no_dots():
    assert dots(photo(print_(stuck=[]), 3, warm=1.25), PLAN) == []


def test_pencil_and_ball_pen_are_no_dots():
    image = print_(stuck=[])
    cv2.putText(image, "hier!", (700, 900), cv2.FONT_HERSHEY_SIMPLEX, 2, (60, 60, 60), 5)
    assert dots(photo(image, 3), PLAN) == []


def test_what_is_no_sheet_is_told():
    other = Room("xyz789", "k", "Neustadt", "Was fehlt?", DAY, "open", SPOTS)
    for body, key in (
        (b"%PDF-1.7", "kind"),
        (b"\xff\xd8\xff" + b"x" * 100, "kind"),
        (photo(np.full((1500, 1500, 3), 255, np.uint8)), "none"),
        (photo(print_(other)), "other"),
    ):
        with pytest.raises(ScanError, match="Bitte") as told:
            dots(body, PLAN)
        assert told.value.key == key
    image = print_()
    image[: image.shape[0] // 2] = 255
    with pytest.raises(ScanError, match="2 von 4"):
        dots(photo(image), PLAN)


def test_the_same_photo_gives_the_same_marks():
    body = photo(print_(), 4)
    assert [d.identity for d in dots(body, PLAN)] == [d.identity for d in dots(body, PLAN)]


def test_words_of_the_leader_stay_words():
    odd = Room("abc234", "k", "A", "Was <b>fehlt</b> & wo?", DAY, "open",
               (Spot("a", "Haus <3 & Hof", 47.72, 10.31),))  # fmt: skip
    page = sheet_html(odd, "http://127.0.0.1/raum/abc234")
    assert "<b>" not in page
    assert "&lt;b&gt;fehlt" in page
    assert "Haus &lt;3" in page
