"""Places in the shape of OGC API Features."""

from __future__ import annotations

import pytest


@pytest.fixture
def ogc(address, client):
    def ask(path="", status=200, **options):
        answer = client.get(f"{address}/ogc{path}", params=options)
        assert answer.status_code == status, answer.text
        return answer.json()

    return ask


def test_collections_of_datasets_with_positions(ogc, client):
    told = ogc()
    assert {link["rel"] for link in told["links"]} == {"self", "conformance", "data"}
    for link in told["links"]:
        assert client.get(link["href"]).status_code == 200
    listed = ogc("/collections")["collections"]
    assert [each["id"] for each in listed] == ["footfall", "rain-gauge", "school-energy", "weather"]
    assert listed[3]["extent"]["spatial"]["bbox"] == [[10.3348, 47.7233, 10.3348, 47.7233]]
    assert ogc("/collections/weather")["id"] == "weather"


def test_items_say_where_they_come_from(ogc, client):
    found = ogc("/collections/rain-gauge/items")
    assert (found["numberMatched"], found["numberReturned"]) == (2, 2)
    feature = found["features"][0]
    assert feature["geometry"]["type"] == "Point"
    told = feature["properties"]
    assert told["simulated"] is True
    assert told["sources"] == ["Simulierte Stadt, kein echter Sensor"]
    assert told["observed_properties"] == ["precipitation"]
    assert client.get(told["thing"]).json()["name"] == told["name"]
    assert ogc(f"/collections/rain-gauge/items/{feature['id']}")["id"] == feature["id"]


def test_window_and_pages(ogc, client):
    inside = ogc("/collections/rain-gauge/items", bbox="10.315,47.72,10.32,47.73")
    assert [f["properties"]["name"] for f in inside["features"]] == [
        "Regenschreiber Mitte (erfunden)"
    ]
    page = ogc("/collections/rain-gauge/items", limit=1)
    further = next(link for link in page["links"] if link["rel"] == "next")
    rest = client.get(further["href"]).json()
    names = {f["id"] for f in page["features"] + rest["features"]}
    assert len(names) == 2
    assert not [link for link in rest["links"] if link["rel"] == "next"]
    across = ogc("/collections/rain-gauge/items", bbox="170,-90,-170,90")
    assert across["features"] == []


@pytest.mark.parametrize(
    ("path", "options", "status"),
    [
        ("/wetter", {}, 404),
        ("/collections/nichts", {}, 404),
        ("/collections/soil", {}, 404),  # no position
        ("/collections/geheim/items", {}, 404),
        ("/collections/weather/items/5", {}, 404),
        ("/collections/weather/items/5/6", {}, 404),
        ("/collections/weather/things", {}, 404),
        ("/collections/weather/items", {"bbox": "1,2,3"}, 400),
        ("/collections/weather/items", {"bbox": "a,b,c,d"}, 400),
        ("/collections/weather/items", {"bbox": "1,50,2,40"}, 400),
        ("/collections/weather/items", {"bbox": "1,nan,2,40"}, 400),
        ("/collections/weather/items", {"limit": "0"}, 400),
        ("/collections/weather/items", {"limit": "alle"}, 400),
        ("/collections/weather/items", {"offset": "-1"}, 400),
        ("/collections/weather/items", {"datum": "heute"}, 400),
    ],
)
def test_bad_questions(ogc, path, options, status):
    told = ogc(path, status, **options)
    assert told["message"].endswith((".", "“."))
