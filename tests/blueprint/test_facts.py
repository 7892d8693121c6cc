from pathlib import Path

import pytest

from stadtlabor.blueprint import stations
from stadtlabor.blueprint.facts import portal, radars, state_of, states
from stadtlabor.blueprint.places import box, distance_km, moved, nearest, within
from stadtlabor.blueprint.station_list import parse
from stadtlabor.catalogue.vocabulary import known
from stadtlabor.city import city
from stadtlabor.sources.http import SourceError

LIST = Path(__file__).with_name("station_list.txt")


def test_states_are_those_of_the_key() -> None:
    assert len(states()) == 16
    assert state_of("01002000").sign == "SH"  # type: ignore[union-attr]
    assert state_of("14612000").sign == "SN"  # type: ignore[union-attr]
    assert state_of(city().city.ags).sign == city().city.state  # type: ignore[union-attr]
    assert state_of("17000000") is None
    assert {s.sign for s in states().values()} >= set(known("contributors"))


def test_radars_agree_with_what_the_first_city_has_looked_up() -> None:
    assert len(radars()) == 17
    found = {radar.id: radar for radar in radars()}
    for own in city().rain.radars:
        assert found[own.id].code == own.code
        assert distance_km(own.lat, own.lon, found[own.id]) < 0.2


def test_stations_lie_in_germany_and_are_told_once() -> None:
    assert len({station.id for station in stations()}) == len(stations()) > 100
    assert all(47.2 < s.lat < 55.1 and 5.8 < s.lon < 15.1 for s in stations())
    signs = {state.sign for state in states().values()}
    assert {s.state for s in stations()} <= signs


def test_the_list_of_the_weather_service_is_read() -> None:
    found = {station.id: station for station in parse(LIST.read_text("utf-8"))}
    assert "00003" not in found, "closed in 2011"
    assert "02565" not in found, "closed in 1988"
    assert found["00197"].name == "Arolsen-Volkhardinghausen, Bad"
    assert found["01332"].name == "Falkenberg,Kr.Rottal-Inn"
    assert found["02961"].state == "SH", "a line without the last column"
    assert (found["06275"].name, found["06275"].state) == ("Notzingen", "BW")
    assert found["06245"].name == "Neckarwestheim KKW"
    assert len(found) == 8


def test_something_else_is_no_list() -> None:
    with pytest.raises(SourceError, match="keine Station"):
        parse("<html>Wartung</html>")


def test_every_state_has_a_portal_that_can_be_searched() -> None:
    for state in states().values():
        own, federal = portal(state.sign)
        assert federal.software == "ckan"
        assert own is None or own.url.startswith("https://")
    assert portal("SH")[0].name.endswith("Schleswig-Holstein")  # type: ignore[union-attr]


def test_places() -> None:
    north, east = moved(54.0, 10.0, 10.0, 10.0)
    assert north == pytest.approx(54.09, abs=0.001)
    assert east == pytest.approx(10.153, abs=0.001)
    window = box(54.0, 10.0, 8.0)
    assert window["south"] < 53.93 < 54.07 < window["north"]
    assert nearest(51.05, 13.74, stations()).name == "Dresden-Strehlen"
    assert [radar.code for radar in within(54.32, 10.13, radars(), 150)] == ["boo", "ros"]
