import bz2
from datetime import timedelta

import pandas as pd
import pytest

from stadtlabor.city import city
from stadtlabor.observations import Quality
from stadtlabor.simulation import Provider
from stadtlabor.sources import hystreet


@pytest.fixture(scope="module")
def provider():
    return Provider(city(), 2026)


def test_hystreet_gives_ninety_days_by_the_true_connector(provider, decoded, noon):
    request = hystreet.locate(900001, noon - timedelta(days=90), noon, base="")
    kind, body, _ = provider.answer(request.url, noon)
    batch = decoded("hystreet-json", request.url, body)
    assert kind == "application/json"
    assert 0.95 * 90 * 24 < len(batch.frame) <= 90 * 24
    assert batch.frame["time"].max() < pd.Timestamp(noon)
    assert (batch.frame["quality"] == int(Quality.SIMULATED)).all()


def test_radar_folder_lists_two_hours_and_every_file_is_there(provider, decoded, noon):
    folder = "/weather/radar/radolan/yw/"
    page = provider.answer(folder, noon)[1].decode()
    names = [part.split('"')[0] for part in page.split('href="')[2:]]
    assert len(names) == 24
    assert names[-1] == "raa01-yw_10000-2611221200-dwd---bin.bz2"
    _, body, changed = provider.answer(folder + names[-1], noon)
    rain = decoded("dwd-radar", names[-1], body)
    assert rain.shape == (1, 1100, 900)
    assert rain.attrs["simulated"]
    assert rain.attrs["dataset"] == "rain-radar-simulated"
    assert changed == noon.replace(minute=0)
    assert bz2.decompress(body)[:2] == b"YW"
    for stamp in ("2611220900", "2611221230"):
        assert provider.answer(f"{folder}raa01-yw_10000-{stamp}-dwd---bin.bz2", noon) is None


def test_station_archives_agree_with_each_other(provider, decoded, noon):
    base = "/climate_environment/CDC/observations_germany/climate/"
    found = {}
    for path in (
        "10_minutes/air_temperature/now/10minutenwerte_TU_02559_now.zip",
        "10_minutes/precipitation/now/10minutenwerte_nieder_02559_now.zip",
        "hourly/air_temperature/recent/stundenwerte_TU_02559_akt.zip",
        "hourly/precipitation/recent/stundenwerte_RR_02559_akt.zip",
        "daily/kl/recent/tageswerte_KL_02559_akt.zip",
    ):
        batch = decoded("dwd-station", path, provider.answer(base + path, noon)[1])
        assert not batch.problems
        assert all(s.simulated for s in batch.datastreams)
        for stream, part in batch.frame.groupby("datastream"):
            found[stream.rsplit("/", 1)[1]] = part.set_index("time")["value"]
            assert part["time"].max() <= pd.Timestamp(noon)
    hour = found["precipitation-hourly"]["2026-11-22 09:50":"2026-11-22 09:50"].item()
    fine = found["precipitation-10min"]["2026-11-22 09:50":"2026-11-22 10:49"]
    assert len(fine) == 6
    assert hour == pytest.approx(fine.sum(), abs=0.05)
    day = found["air-temperature-daily"]["2026-11-20"].item()
    hours = found["air-temperature-hourly"]["2026-11-20"]
    assert day == pytest.approx(hours.mean(), abs=0.06)
    assert len(found["air-temperature-daily"]) == 500
    assert provider.answer(base + "daily/kl/recent/tageswerte_KL_99999_akt.zip", noon) is None
