"""``stadtlabor new-city`` as a newcomer uses it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from stadtlabor.catalogue.policy import policy
from stadtlabor.city import read_city
from stadtlabor.cli import main

FOERDE = ("Beispielstadt (Förde)", "01002000", "54,32", "10.13")
SACHSEN = ("Beispielstadt, Sachsen", "14612000", "51.05", "13,74")


def new_city(folder: Path, name: str, ags: str, lat: str, lon: str, *more: str) -> Result:
    said = ["new-city", name, "--ags", ags, "--lat", lat, "--lon", lon, "--ordner", str(folder)]
    return CliRunner().invoke(main, [*said, "--ohne-probe", *more])


def test_a_city_in_the_north_with_the_list_of_the_service(
    tmp_path: Path, empty_home: Path, weather_service: str
) -> None:
    result = new_city(tmp_path / "foerde", *FOERDE, "--dwd", weather_service)
    assert result.exit_code == 0, result.output
    assert "Wetterstation: Kiel-Holtenau (02564), 6,5 km entfernt" in result.output
    assert "Radare: Boostedt, Rostock" in result.output
    assert "Open-Data-Portal Schleswig-Holstein" in result.output
    kept = empty_home / "blueprint" / "KL_Tageswerte_Beschreibung_Stationen.txt"
    assert "Kiel-Holtenau" in kept.read_bytes().decode("latin-1")

    made = read_city(tmp_path / "foerde" / "city.toml")
    assert (made.city.name, made.city.short_name) == ("Beispielstadt (Förde)", "Beispielstadt")
    assert (made.city.ags, made.city.state) == ("01002000", "SH")
    assert made.weather.station.id == "02564"
    assert [radar.code for radar in made.rain.radars] == ["boo", "ros"]
    assert [place.id for place in made.rain.places] == ["beispielstadt"]
    window = made.city.bounding_box
    for thing in made.things:
        assert thing.invented
        assert window.south < thing.lat < window.north
        assert window.west < thing.lon < window.east
    assert made.feeds.portals[0].software == "ckan"
    text = (tmp_path / "foerde" / "city.toml").read_text("utf-8")
    assert "geholt am" in text
    assert "NOCH-ZU-TUN.md" in text
    todo = (tmp_path / "foerde" / "NOCH-ZU-TUN.md").read_text("utf-8")
    for word in (
        "Schulferien von Schleswig-Holstein",
        "Einzugsgebiete",
        "Zählgeräte",
        "Schulgesetz des Landes",
    ):
        assert word in todo
    assert str(tmp_path / "foerde") in todo


def test_a_city_in_the_east_without_network(tmp_path: Path, empty_home: Path) -> None:
    result = new_city(tmp_path / "sn", *SACHSEN, "--ohne-netz", "--kontakt", "labor@stadt.de")
    assert result.exit_code == 0, result.output
    made = read_city(tmp_path / "sn" / "city.toml")
    assert made.city.short_name == "Beispielstadt"
    assert made.weather.station.name == "Dresden-Strehlen"
    assert made.city.contact == "labor@stadt.de"
    assert "drs" in [radar.code for radar in made.rain.radars]
    todo = (tmp_path / "sn" / "NOCH-ZU-TUN.md").read_text("utf-8")
    assert "example.org" not in todo
    assert "Sachsen" in todo


def test_the_cards_are_the_citys_own(tmp_path: Path, empty_home: Path) -> None:
    new_city(tmp_path / "sn", *SACHSEN, "--ohne-netz")
    copied = tmp_path / "sn" / "datasets"
    names = sorted(path.name for path in copied.glob("*.toml"))
    assert len(names) > 15
    for path in copied.glob("*.toml"):
        assert not re.search("Bay(DSG|EUG)", path.read_text("utf-8")), "law of another state"
        assert policy(copied / "policies", tomllib.loads(path.read_text("utf-8"))["policy"])


def test_a_service_out_of_reach_is_told(tmp_path: Path, empty_home: Path) -> None:
    result = new_city(tmp_path / "sn", *SACHSEN, "--dwd", "http://127.0.0.1:9")
    assert result.exit_code == 0, result.output
    assert "nicht erreichbar. Es gilt die mitgelieferte Auswahl" in result.output


def test_a_list_that_was_fetched_before(tmp_path: Path, empty_home: Path) -> None:
    listed = tmp_path / "liste.txt"
    own = Path(__file__).with_name("station_list.txt").read_text("utf-8")
    listed.write_bytes(own.encode("latin-1"))
    result = new_city(tmp_path / "sn", *SACHSEN, "--liste", str(listed))
    assert "Dresden-Hosterwitz" in result.output


def test_missing_answers_are_asked_for(tmp_path: Path, empty_home: Path) -> None:
    words = ["new-city", "Beispielstadt", "--ordner", str(tmp_path / "b"), "--ohne-netz"]
    result = CliRunner().invoke(main, [*words, "--ohne-probe"], input="01002000\n54.32\n10.13\n")
    assert result.exit_code == 0, result.output
    assert "Amtlicher Gemeindeschlüssel (8 Ziffern)" in result.output
    assert (tmp_path / "b" / "city.toml").exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("B", "0100200", "54", "10"), "genau 8 Ziffern"),
        (("B", "O1002000", "54", "10"), "genau 8 Ziffern"),
        (("B", "17002000", "54", "10"), "beginnt mit 17"),
        (("B", "01002000", "51.05", "13.74"), "gehört zu Schleswig-Holstein"),
        (("B", "01002000", "10.13", "54.32"), "Breite und Länge vertauscht"),
        (("B", "01002000", "nan", "10.13"), "nicht in Deutschland"),
        (("B", "01002000", "fünfzig", "10.13"), "--lat: „fünfzig“ ist keine Zahl"),
        (("…", "01002000", "54.32", "10.13"), "Name der Stadt"),
        (('B"]\n[x', "01002000", "54.32", "10.13"), "Name der Stadt"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_written(
    tmp_path: Path, empty_home: Path, given: tuple[str, str, str, str], said: str
) -> None:
    result = new_city(tmp_path / "b", *given, "--ohne-netz")
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "b").exists()


def test_a_folder_in_use_is_left_alone(tmp_path: Path, empty_home: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "city.toml").write_text("mein Werk")
    result = new_city(tmp_path / "b", *FOERDE, "--ohne-netz")
    assert result.exit_code == 1
    assert "nicht leer" in result.output
    assert (tmp_path / "b" / "city.toml").read_text() == "mein Werk"
