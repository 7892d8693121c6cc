"""A foreign client, unmodified: Fraunhofer's frost-sta-client walks through a year."""

from __future__ import annotations

import frost_sta_client as fsc
import pandas as pd
import pytest

from measured_city import STATION, YEAR
from stadtlabor import data


@pytest.fixture
def service(root):
    return fsc.SensorThingsService(root)


def test_things_datastreams_a_year_of_observations(service, city_home):
    things = {thing.name: thing for thing in service.things().query().list()}
    assert "Wetterstation Kempten" in things
    thing = things["Wetterstation Kempten"]
    streams = list(thing.get_datastreams().query().list())
    assert [stream.name for stream in streams] == [STATION.name]
    assert streams[0].unit_of_measurement.symbol == "°C"

    asked = streams[0].get_observations().query()
    asked = asked.filter(
        "phenomenonTime ge 2025-01-01T00:00:00Z and phenomenonTime lt 2026-01-01T00:00:00Z"
    )
    found = asked.count().orderby("phenomenonTime", "ASC").top(5000).list()
    assert found.count == len(YEAR)
    rows = list(found)
    assert len(rows) == len(YEAR) == 35_040

    kept = data.read("weather", STATION.id)
    assert [row.result for row in rows] == kept["value"].tolist()
    starts = pd.to_datetime([str(row.phenomenon_time).split("/")[0] for row in rows], utc=True)
    assert (starts == pd.DatetimeIndex(kept["time"])).all()


def test_every_other_kind_of_entity(service):
    stream = (
        service.datastreams()
        .query()
        .filter(f"name eq '{STATION.name}'")
        .expand("Thing,Sensor,ObservedProperty")
        .list()
        .get(0)
    )
    assert stream.thing.name == "Wetterstation Kempten"
    assert stream.observed_property.name == "air_temperature"
    assert stream.sensor.encoding_type == "text/plain"
    assert service.datastreams().find(stream.id).name == STATION.name
    locations = list(service.locations().query().list())
    assert {tuple(loc.location["coordinates"]) for loc in locations} >= {(10.3348, 47.7233)}
    assert len(list(service.sensors().query().list())) == 6
    assert len(list(service.observed_properties().query().list())) == 5
    assert len(list(service.features_of_interest().query().list())) == 6


def test_pages_of_things_are_followed(service):
    assert len(list(service.things().query().top(1).list())) == 6


def test_a_refusal_has_the_form_that_the_client_reads(service):
    with pytest.raises(Exception, match="400"):
        service.things().query().filter("name eq").list()
