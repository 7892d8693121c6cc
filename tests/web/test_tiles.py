"""Tiles from a WMS that runs beside the test and writes down what it is asked."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient
from pyproj import Transformer

from stadtlabor.city import BaseMap, city
from stadtlabor.commands import tiles as command
from stadtlabor.sources.http import SourceError
from stadtlabor.sources.tiles import Tile, TileStore, bounds, tile_at, tiles_of, wms_request
from stadtlabor.web.site import site
from stadtlabor.web.tiles import _plain

PICTURE = _plain()


@pytest.fixture
def service():
    """A WMS; ``asked`` holds the queries, ``says`` what it answers."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            server.asked.append(parse_qs(urlsplit(self.path).query))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(server.says)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    server.asked, server.says = [], PICTURE
    server.base = BaseMap(
        wms=f"http://127.0.0.1:{server.server_port}/wms", layer="grau", attribution="© Test"
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


def tile_of_the_centre(zoom=15):
    centre = city().city.centre
    return tile_at(centre.lat, centre.lon, zoom)


def test_the_tile_of_a_place_holds_it():
    centre = city().city.centre
    to_metres = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
    x, y = to_metres.transform(centre.lon, centre.lat)
    west, south, east, north = bounds(tile_of_the_centre(18))
    assert west <= x < east
    assert south < y <= north
    assert east - west == pytest.approx(152.874, abs=0.001)


def test_request_of_wms_1_3(service):
    query = parse_qs(urlsplit(wms_request(service.base, Tile(0, 0, 0)).url).query)
    assert query["VERSION"] == ["1.3.0"]
    assert query["CRS"] == ["EPSG:3857"]
    assert query["BBOX"] == ["-20037508.342789,-20037508.342789,20037508.342789,20037508.342789"]


def test_a_tile_is_fetched_once(service, tmp_path):
    kept = TileStore(tmp_path, service.base, city().city.bounding_box)
    tile = tile_of_the_centre()
    assert kept.get(tile) == kept.get(tile) == PICTURE
    assert len(service.asked) == 1
    assert TileStore(tmp_path, None, city().city.bounding_box).get(tile) == PICTURE


def test_nothing_outside_the_city_is_fetched(service, tmp_path):
    kept = TileStore(tmp_path, service.base, city().city.bounding_box)
    assert kept.get(tile_at(52.5, 13.4, 15)) is None  # Berlin
    assert kept.get(Tile(25, 1, 1)) is None
    assert kept.get(Tile(15, -1, 10**12)) is None
    assert service.asked == []


def test_an_error_page_is_no_tile(service, tmp_path):
    service.says = b"<ServiceExceptionReport/>"
    kept = TileStore(tmp_path, service.base, city().city.bounding_box)
    with pytest.raises(SourceError, match=r"schickt kein Bild.*Bitte"):
        kept.fetch(tile_of_the_centre())
    assert kept.get(tile_of_the_centre()) is None
    assert kept.get(tile_of_the_centre(16)) is None
    assert len(service.asked) == 2  # then the service is left alone for a while
    assert not list(tmp_path.rglob("*.png"))


def test_the_site_shows_plain_ground_where_nothing_is_kept(empty_home):
    web = TestClient(site())
    tile = tile_of_the_centre()
    answer = web.get(f"/kacheln/{tile.zoom}/{tile.x}/{tile.y}.png")
    assert answer.content == PICTURE
    assert answer.headers["cache-control"] == "no-cache"
    assert web.get("/kacheln/15/x/1.png").status_code == 422


def test_the_command_fetches_what_is_missing(service, empty_home, monkeypatch):
    monkeypatch.setattr(command, "PAUSE_S", 0)
    fake = city().model_copy(update={"map": service.base})
    monkeypatch.setattr(command, "city", lambda: fake)
    first = CliRunner().invoke(command.tiles, ["--bis", "13"])
    assert first.exit_code == 0, first.output
    wanted = sum(len(list(tiles_of(city().city.bounding_box, zoom))) for zoom in (12, 13))
    assert len(service.asked) == wanted
    assert "Quelle: © Test" in first.output
    assert "0 fehlen" in CliRunner().invoke(command.tiles, ["--bis", "13"]).output
    assert len(service.asked) == wanted
