"""The interfaces are part of the public pages, in front of the addresses that take everything."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from measured_city import HIDDEN, STATION
from stadtlabor.sensorthings.stock import number
from stadtlabor.web.site import site


@pytest.fixture(scope="module")
def web(city_home):
    return TestClient(site())


def test_both_are_there(web):
    assert web.get("/sta/v1.1").json()["value"][0]["name"] == "Things"
    assert web.get("/sta/v1.1/").status_code == 200
    stream = web.get("/sta/v1.1/Datastreams", params={"$filter": f"name eq '{STATION.name}'"})
    link = stream.json()["value"][0]["Observations@iot.navigationLink"]
    assert link.startswith("http://testserver/sta/v1.1/Datastreams(")
    assert web.get("/ogc").json()["links"]


def test_links_follow_the_visitor_s_address(web):
    headers = {"host": "stadtlabor.example.org", "x-forwarded-proto": "https"}
    told = web.get("/sta/v1.1", headers=headers).json()
    assert told["value"][0]["url"] == "https://stadtlabor.example.org/sta/v1.1/Things"


def test_refusals_are_json_not_a_page(web):
    answer = web.get("/sta/v1.1/Dinge")
    assert answer.headers["content-type"] == "application/json"
    assert "Set-Cookie" not in answer.headers
    assert web.post("/sta/v1.1/Things").json()["code"] == 405


def test_what_is_not_public_is_not_there(web):
    key = number("Datastreams", HIDDEN.id)
    for address in (
        f"/sta/v1.1/Datastreams({key})",
        f"/sta/v1.1/Datastreams({key})/Observations",
        f"/sta/v1.1/Observations('{key}-1793491200000000')",
        "/ogc/collections/geheim",
    ):
        assert web.get(address).status_code == 404
    for kind in ("Things", "Locations", "Datastreams", "Sensors", "ObservedProperties"):
        assert "Geheimkeller" not in web.get(f"/sta/v1.1/{kind}").text
    asked = {"$skiptoken": f"{key}-0"}
    assert web.get("/sta/v1.1/Observations", params=asked).status_code == 400
