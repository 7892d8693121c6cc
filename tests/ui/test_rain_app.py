"""The rain app, with what a real web service tells about a real journal."""

from __future__ import annotations

import base64
import re
import threading
import time

import cv2
import numpy as np
import pandas as pd
import pytest
import uvicorn

from running import free_ports
from skies import rained
from stadtlabor.city import city
from stadtlabor.rain import tile_probability
from stadtlabor.rain.grid import place_index
from stadtlabor.settings import Settings
from stadtlabor.ui import service
from stadtlabor.ui.rain_app import RainApp
from stadtlabor.ui.rain_map import RainMap
from stadtlabor.ui.rain_state import RainState, rain_state
from stadtlabor.web.site import site
from warned import written


@pytest.fixture
def away(monkeypatch):
    """A port where nobody answers."""
    (port,) = free_ports(1)
    stated = Settings.model_validate(
        {"serve": {"web_port": port}, "simulation": {"enabled": False}}
    )
    monkeypatch.setattr(service, "settings", lambda: stated)
    return port


@pytest.fixture
def home(empty_home, away):
    """An empty home behind a running web service."""
    config = uvicorn.Config(site(), port=away, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield empty_home
    server.should_exit = True
    thread.join()


def said(app: RainApp) -> str:
    return app.headline.value + app.map.summary.value + app.map.legend.value + str(
        [label for label, _ in app.map.list.options]
    )  # fmt: skip


def test_a_warning_stands_in_answer_map_and_list(home):
    rained(home)
    written(home, level=3)
    app = RainApp(live=False)
    assert "Stufe 3" in app.headline.value
    assert 'role="alert"' not in app.headline.value.replace("'", '"')
    first = app.map.list.options[0][0]
    assert first.startswith("3 Nord")
    assert "Warnung der Stufe 3" in first
    app.map.select("nord")
    assert "60 %" in app.map.spoken.value
    outline = app.map.outlines.data["features"][0]
    assert outline["properties"]["style"]["fillOpacity"] > 0
    assert app.map.picture is not None


def test_no_data_is_loud_and_never_calm(home):
    rained(home, age_min=40)
    written(home, age_min=40)
    app = RainApp(live=False)
    assert "Keine verlässlichen Daten" in app.headline.value
    assert "keine Warnung" not in said(app)
    assert all(label.startswith("? ") for label, _ in app.map.list.options)
    assert "Veraltetes Radarbild" in app.map.summary.value
    app.layer.value = 15.0
    assert app.map.tiles.data["features"] == []
    assert "nicht bekannt" in app.map.legend.value


def test_a_service_that_is_away_is_loud(empty_home, away):
    rained(empty_home)
    app = RainApp(live=False)
    assert "Der Warndienst ist nicht erreichbar" in app.headline.value
    assert "role='alert'" in app.headline.value
    assert "keine Warnung" not in said(app)


def test_a_page_that_hears_nothing_grows_stale_by_itself(home):
    written(home)
    state = rain_state()
    now = pd.Timestamp.now("UTC")
    assert "alert" not in state.words(now)
    assert "alert" in state.words(now + pd.Timedelta("8min"))
    assert not RainState("?", False, newest=now).old(now)
    assert RainState("?", False, newest=None).old(now)


def test_recovery_and_new_frames_are_drawn(home):
    rained(home, age_min=40)
    written(home, age_min=40)
    app = RainApp(live=False)
    grey = app.map.picture.url
    rained(home)
    written(home)
    app.refresh()
    assert "Keine verlässlichen Daten" not in app.headline.value
    assert app.map.picture.url != grey
    layers = len(app.map.map.layers)
    for _ in range(3):
        app.refresh()
    assert len(app.map.map.layers) == layers


def test_without_any_data_the_page_stands(home):
    app = RainApp(live=False)
    assert "alert" in app.headline.value
    assert "Noch kein Radarbild" in app.map.summary.value
    assert app.map.picture is None


@pytest.fixture
def rain(empty_home):
    return rained(empty_home)


def test_the_picture_lies_where_the_rain_is(rain):
    view = RainMap()
    view.show_rain(rain.isel(time=-1))
    (south, west), (north, east) = view.picture.bounds
    body = base64.b64decode(view.picture.url.partition(",")[2])
    image = cv2.imdecode(np.frombuffer(body, "uint8"), cv2.IMREAD_UNCHANGED)
    centre = city().city.centre
    row, column = place_index(rain, centre.lat, centre.lon)
    assert float(rain[-1, row, column]) > 10
    mercator = [np.log(np.tan(np.pi / 4 + np.deg2rad(v) / 2)) for v in (south, north, centre.lat)]
    down = 1 - (mercator[2] - mercator[0]) / (mercator[1] - mercator[0])
    across = (centre.lon - west) / (east - west)
    blue, green, red, alpha = image[int(down * len(image)), int(across * image.shape[1])]
    assert alpha == 255
    assert (int(red), int(green), int(blue)) in {(8, 81, 156), (122, 15, 122), (176, 0, 32)}
    assert (image[..., 3] == 0).any()


def test_tiles_carry_their_chance_as_number(rain):
    chance = tile_probability(rain, threshold_mm=15.0)
    view = RainMap()
    view.show_chance(chance)
    shown = int((chance >= 0.1).sum())
    assert 0 < shown == len(view.tiles.data["features"])
    labels = [m.icon.html for m in view.map.layers if hasattr(m, "icon") and m.icon]
    assert labels
    assert all(re.search(r">\d+ %<", label) for label in labels)
    view.show_nothing()
    assert not view.tiles.data["features"]
    assert not [m for m in view.map.layers if getattr(m, "icon", None)]
