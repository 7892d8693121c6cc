from datetime import UTC, datetime
from pathlib import Path

import pytest

from stadtlabor.sources.recording import Recorder, recognise, search


@pytest.mark.parametrize(
    ("name", "kind", "path"),
    [
        (
            "raa01-ry_10000-2611221200-dwd---bin.bz2",
            "dwd-radar",
            "/weather/radar/radolan/ry/raa01-ry_10000-2611221200-dwd---bin.bz2",
        ),
        ("DE1200_RV2210180700.tar.bz2", "dwd-radar", "/weather/radar/composite/rv/"),
        ("tageswerte_KL_02559_akt.zip", "dwd-station", "/climate_environment/CDC/"),
        ("wuerzburg_2024_hourly.csv.gz", "hystreet-csv", "/api/explore/v2.1/catalog/datasets/"),
        ("beispiel-gymnasium.water.2026.xlsx", "meter", "/upload/"),
        ("beispiel-gymnasium.travel.2026.csv", "travel-csv", "/upload/"),
    ],
)
def test_names(name, kind, path):
    recorded = recognise(Path(name))
    assert recorded is not None
    assert recorded.kind == kind
    assert recorded.url_path.startswith(path)


def test_meter_name_states_what_is_known_of_the_file():
    recorded = recognise(Path("b8_gas_2019.csv.gz"))
    assert recorded is not None
    assert recorded.name == "cambridge-b8.gas.2019.zeit-utc.csv"


def test_folder_in_order_of_time(tmp_path):
    for stamp in ("2611221205", "2611221155", "2611221200"):
        (tmp_path / f"raa01-yw_10000-{stamp}-dwd---bin.gz").write_bytes(b"x")
    (tmp_path / "Urlaub.jpg").write_bytes(b"x")
    (tmp_path / "README.md").write_text("x")
    known, strange = search(tmp_path)
    assert [r.time for r in known] == [
        datetime(2026, 11, 22, 11, 55, tzinfo=UTC),
        datetime(2026, 11, 22, 12, 0, tzinfo=UTC),
        datetime(2026, 11, 22, 12, 5, tzinfo=UTC),
    ]
    assert [p.name for p in strange] == ["Urlaub.jpg"]
    recorder = Recorder(known)
    answer = recorder.answer(known[0].url_path, datetime.now(UTC))
    assert answer is not None
    assert answer[1] == b"x"
    assert recorder.answer("/etc/passwd", datetime.now(UTC)) is None
