"""The city file's feeds: what is asked, what is refused, and that nothing is asked unasked."""

import pytest

from stadtlabor import city as cities
from stadtlabor.city import CityError, city
from stadtlabor.settings import Settings, SettingsError, Simulation, Sources, read_settings, root
from stadtlabor.sources import polls

FEEDS = """
[feeds.mosmix]
station = "10946"
name = "Musterstadt"
[feeds.alerts]
warncell = "809999000"
name = "Musterstadt"
[[feeds.smard]]
filter = 410
[[feeds.smard]]
filter = 4169
resolution = "quarterhour"
[feeds.energy_charts]
zone = "DE-LU"
country = "de"
[feeds.opensensemap]
phenomena = ["Temperatur"]
[feeds.overpass]
selections = ["shops", "vacant"]
[[feeds.portals]]
id = "land"
name = "Landesportal"
software = "piveau"
url = "https://portal.example"
query = "Musterstadt"
"""
ALL = ("mosmix", "alerts", "smard", "energy_charts", "opensensemap", "overpass", "portals")


def names(**sources):
    settings = Settings(simulation=Simulation(enabled=False), sources=Sources(**sources))
    return [poll.name for poll in polls(city(), settings)]


def test_nothing_is_asked_that_nobody_switched_on(place):
    place.feeds(FEEDS)
    assert names() == []
    assert len(names(**dict.fromkeys(ALL, "live"))) == 8
    assert names(alerts="live") == ["Amtliche Wetterwarnungen"]


def test_nothing_is_asked_that_the_city_does_not_name(place):
    assert names(**dict.fromkeys(ALL, "live"), timetables="live") == []


def test_open_services_are_never_simulated(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text('[sources]\nmosmix = "simulated"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match=r"sources\.mosmix"):
        read_settings(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[feeds.mosmix]\nstation = "1"\nname = "x"\n', "feeds.mosmix.station"),
        ('[feeds.alerts]\nwarncell = "8"\nname = "x"\n', "feeds.alerts.warncell"),
        ("[feeds.wetter]\nx = 1\n", "feeds.wetter"),
        ("[[feeds.smard]]\nresolution = 'week'\nfilter = 1\n", "feeds.smard.1.resolution"),
        ('[feeds.overpass]\nselections = ["all"]\n', "feeds.overpass.selections"),
    ],
)
def test_faults_are_told_with_their_key(place, text, said):
    place.feeds(text)
    with pytest.raises(CityError, match=said):
        city()


def test_the_shipped_files_are_sound():
    cities.city.cache_clear()
    shipped = cities.read_city(root() / "city.toml")
    assert shipped.feeds.opensensemap is not None
    settings = read_settings(root() / "hub_config" / "settings.toml")
    chosen = settings.sources.model_dump()
    assert all(chosen[name] == "off" for name in (*ALL, "timetables"))
