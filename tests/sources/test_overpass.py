import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest

from stadtlabor import data
from stadtlabor.city import BoundingBox, city
from stadtlabor.feeds import OverpassFeed
from stadtlabor.sources import DecodeError, decode, overpass
from stadtlabor.sources.asking_memory import Memory

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WINDOW = BoundingBox(south=47.66, west=10.22, north=47.80, east=10.42)


def node(id_, **tags):
    return {"type": "node", "id": id_, "lat": 47.72, "lon": 10.31, "tags": tags}


def answer(*elements, **changes):
    told = {
        "version": 0.6,
        "generator": "Overpass API 0.7.62.11 87bfad18",
        "osm3s": {
            "timestamp_osm_base": "2026-11-22T11:00:00Z",
            "copyright": "The data is made available under ODbL.",
        },
        "elements": list(elements),
    }
    return json.dumps(told | changes).encode()


BODY = answer(
    node(1, shop="bakery", name="Bäckerei Muster", **{"addr:street": "Hauptstraße"}),
    node(2, shop="vacant"),
    node(3, **{"disused:shop": "clothes"}),
    node(4, amenity="cafe"),
    {"type": "way", "id": 5, "center": {"lat": 47.7, "lon": 10.3}, "tags": {"amenity": "bank"}},
)


def selections(memory, base=overpass.BASE, *names):
    feed = OverpassFeed(selections=list(names) or ["shops"])
    return overpass.Selections(feed, WINDOW, memory, base)


def url(name="shops"):
    return next(iter(selections(Memory(None), overpass.BASE, name)(NOW))).url


def test_question_is_one_of_overpass():
    query = parse_qs(urlsplit(url()).query)["data"][0]
    assert query.startswith(
        "[out:json][timeout:60][maxsize:67108864][bbox:47.66,10.22,47.8,10.42];"
    )
    assert 'nwr["shop"]["shop"!="no"];' in query
    assert query.endswith("out center tags qt;/* selection: shops */")


def test_places_are_counted_by_group(delivery):
    batch = decode(delivery("overpass-json", BODY, url()))
    counts = dict(zip(batch.frame["datastream"], batch.frame["value"], strict=True))
    assert counts == {
        "osm-places/shops/all": 5,
        "osm-places/shops/vacant": 2,
        "osm-places/shops/gastronomy": 1,
        "osm-places/shops/shop": 1,
        "osm-places/shops/service": 1,
    }
    assert (batch.frame["time"] == pd.Timestamp("2026-11-22 11:00", tz="UTC")).all()
    assert batch.datastreams[0].licence == "ODbL 1.0"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html>", "nicht den Aufbau von Overpass"),
        (b'{"elements": []}', "fehlt das Feld „osm3s“"),
        (answer(osm3s={"timestamp_osm_base": "gestern"}), "nicht den Aufbau"),
        (answer({"type": "node"}), "fehlt das Feld „id“"),
        (answer(remark="runtime error: Query timed out"), "hat die Frage abgebrochen"),
    ],
)
def test_changed_form_and_half_answers_are_told(delivery, body, said):
    with pytest.raises(DecodeError, match=said):
        decode(delivery("overpass-json", body, url()))


def test_asked_once_a_day_for_everybody(provider, place, monkeypatch):
    monkeypatch.setattr(overpass, "BASE", provider.base)
    place.feeds('[feeds.overpass]\nselections = ["shops"]\n')
    provider.pages["/api/interpreter"] = BODY
    for _ in range(3):
        assert place.once(overpass="live")["dead"] == 0
    assert len(provider.asked) == 1
    assert data.read("osm-places", "osm-places/shops/vacant")["value"].tolist() == [2]
    found = overpass.places(place.memory(), "shops")
    assert found.table["kind"].tolist()[:2] == ["shop=bakery", "shop=vacant"]
    assert found.table["street"].iloc[0] == "Hauptstraße"
    assert found.as_of == pd.Timestamp("2026-11-22 11:00", tz="UTC")
    assert found.age(NOW) == timedelta(hours=1)
    told = found.stand("Europe/Berlin")
    assert told.startswith(
        "© OpenStreetMap-Mitwirkende, Stand der Karte: 22.11.2026, abgefragt am "
    )
    assert found.source == "© OpenStreetMap-Mitwirkende"
    assert city().feeds.overpass.selections == ["shops"]


def test_old_answer_is_asked_for_again():
    memory = Memory(None)
    memory.keep("overpass/shops", "u", BODY, NOW)
    ask = selections(memory)
    assert ask(NOW + timedelta(hours=23, minutes=59)) == []
    assert len(ask(NOW + timedelta(hours=24))) == 1


def test_failed_question_keeps_the_last_places(provider, place, monkeypatch):
    monkeypatch.setattr(overpass, "BASE", provider.base)
    place.feeds('[feeds.overpass]\nselections = ["shops"]\n')
    provider.pages["/api/interpreter"] = BODY
    place.once(overpass="live")
    monkeypatch.setitem(overpass._table(), "hours", 0)
    provider.pages["/api/interpreter"] = answer(remark="runtime error: out of memory")
    health = place.once(overpass="live")
    assert "abgebrochen" in health["polls"]["Orte aus OpenStreetMap"]["error"]
    assert len(overpass.places(place.memory(), "shops").table) == 5


def test_nobody_asked_yet():
    assert overpass.places(Memory(None), "shops") is None
