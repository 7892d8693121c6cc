import pandas as pd
import pytest

from innenstadt.footfall.streets import street
from stadtlabor.innenstadt import last_hour, profile
from stadtlabor.observations import observations


def test_profile_is_the_mean_of_the_good_values() -> None:
    frame = street()
    local = frame["start"].dt.tz_convert("Europe/Berlin")
    table = profile(frame.set_index(local)["pedestrians"])
    assert len(table) == 7 * 24
    assert (table["n"] == 4).all()


def test_last_hour_sums_exactly_sixty_minutes() -> None:
    times = pd.date_range("2026-11-22 10:00", periods=600, freq="10s", tz="UTC")
    frame = pd.concat(
        [observations("footfall/a/live", times, 1.0), observations("footfall/b/live", times, 2.0)]
    )
    result = last_hour(frame, 10)
    assert result is not None
    assert result.count == pytest.approx(3 * 360)
    assert result.end == pd.Timestamp("2026-11-22 11:40", tz="UTC")
    assert result.silent == []


def test_a_silent_counter_is_named() -> None:
    times = pd.date_range("2026-11-22 10:00", periods=600, freq="10s", tz="UTC")
    quiet = observations("footfall/b/live", times[:100], 2.0)
    result = last_hour(pd.concat([observations("footfall/a/live", times, 1.0), quiet]), 10)
    assert result is not None
    assert result.silent == ["b"]
    assert last_hour(quiet.iloc[:0], 10) is None
