from pathlib import Path

import pytest

from stadtlabor.city import CityError, read_city

CITY = Path(__file__).parents[1] / "city.toml"


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = CITY.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "city.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_kempten_is_read() -> None:
    first = read_city(CITY)
    assert first.city.ags == "09763000"
    assert len(first.schools) == 3
    assert all(thing.invented for thing in first.things)


def line_of(path: Path, part: str) -> int:
    rows = path.read_text(encoding="utf-8").splitlines()
    return next(n for n, row in enumerate(rows, start=1) if part in row)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('ags = "09763000"', 'ags = "9763"', "city.ags"),
        ("lat = 47.7195", 'lat = "Norden"', "schools.2.lat"),
        ("pupils = 950", "pupils = 0", "schools.3.pupils"),
        ("window_km = 128", "window_km = 1", "rain.window_km"),
        ('network = "chirpstack"', 'network = "lora"', "counters.3.network"),
    ],
)
def test_a_fault_names_line_and_key(tmp_path: Path, old: str, new: str, key: str) -> None:
    path = changed(tmp_path, old, new)
    with pytest.raises(CityError) as error:
        read_city(path)
    line = line_of(path, new)
    assert f"Zeile {line}: „{key}“" in str(error.value)


def test_unknown_and_missing_keys_are_told(tmp_path: Path) -> None:
    path = changed(tmp_path, "pupils = 240", "schueler = 240")
    with pytest.raises(CityError) as error:
        read_city(path)
    assert "„schools.1.pupils“ fehlt" in str(error.value)
    assert "„schools.1.schueler“ ist unbekannt" in str(error.value)


def test_broken_toml_names_the_line(tmp_path: Path) -> None:
    path = changed(tmp_path, 'state = "BY"', "state = BY")
    with pytest.raises(CityError, match=f"Zeile {line_of(path, 'state = BY')}"):
        read_city(path)


def test_invented_places_say_so(tmp_path: Path) -> None:
    path = changed(tmp_path, "Beispiel-Gymnasium (erfunden)", "Beispiel-Gymnasium")
    with pytest.raises(CityError, match="erfunden"):
        read_city(path)


def test_double_ids_are_refused(tmp_path: Path) -> None:
    path = changed(tmp_path, 'id = "beispiel-mittelschule"', 'id = "beispiel-grundschule"')
    with pytest.raises(CityError, match="kommt mehrfach vor: beispiel-grundschule"):
        read_city(path)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CityError, match="nicht lesbar"):
        read_city(tmp_path / "city.toml")
