from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stadtlabor.innenstadt import flag, last_hour, profile
from stadtlabor.observations import observations


def street(days: int = 28) -> pd.DataFrame:
    """Return a street without faults: a smooth day that never rests."""
    times = pd.date_range("2026-02-02", periods=days * 24, freq="h", tz="Europe/Berlin")
    rng = np.random.default_rng(1)
    values = 200 + 800 * np.sin(np.pi * times.hour / 24) + rng.integers(1, 50, len(times))
    return observations("footfall/x/hour", times, np.round(values))


def causes(frame: pd.DataFrame) -> dict[str, int]:
    counts = flag(frame).values["cause"].value_counts().to_dict()
    return {cause: n for cause, n in counts.items() if cause}


def test_a_sound_street_is_left_alone() -> None:
    assert causes(street()) == {}
    assert len(flag(street()).missing) == 0


def test_recurring_zero_hour() -> None:
    frame = street()
    late = frame["time"].dt.tz_convert("Europe/Berlin").dt.hour == 23
    frame.loc[late.to_numpy() & (frame.index % 48 == 23), "value"] = 0.0
    assert causes(frame) == {"recurring_zero_hour": 14}


def test_a_street_that_empties_by_itself_is_not_a_fault() -> None:
    frame = street()
    hour = frame["time"].dt.tz_convert("Europe/Berlin").dt.hour
    frame.loc[hour.isin([23, 0, 1, 2, 3, 4]), "value"] = 0.0
    assert causes(frame) == {}


def test_zero_block_stuck_and_missing() -> None:
    frame = street()
    frame.loc[24 * 5 + 10 : 24 * 5 + 13, "value"] = 0.0
    frame.loc[24 * 8 + 9 : 24 * 8 + 15, "value"] = 777.0
    frame = frame.drop(index=range(24 * 12, 24 * 12 + 6))
    assert causes(frame) == {"zero_block": 4, "stuck": 7}
    assert len(flag(frame).missing) == 6


def test_flags_change_no_value() -> None:
    frame = street()
    frame.loc[50:60, "value"] = 0.0
    assert flag(frame).values["value"].tolist() == frame["value"].tolist()


def test_wuerzburg_2024(shared_data: Path) -> None:
    """The real defects: 23:00 is zero on 36-72 % of days from April on, never before."""
    path = shared_data / "innenstadt" / "wuerzburg_2024_hourly.csv.gz"
    table = pd.read_csv(path).dropna(subset=["pedestrians"])
    for name, rows in table.groupby("location"):
        times = pd.to_datetime(rows["timestamp"], utc=True)
        flags = flag(observations(f"footfall/{name}/hour", times, rows["pedestrians"]))
        found = flags.of("recurring_zero_hour")
        local = pd.DatetimeIndex(found.index)
        assert set(local.hour) == {23}
        assert local.min() >= pd.Timestamp("2024-04-01", tz="Europe/Berlin")
        assert 120 <= len(found) <= 150
        assert 89 <= len(flags.missing) <= 135
        assert len(flags.of("zero_block")) > 0


def test_profile_is_the_mean_of_the_good_values() -> None:
    table = profile(flag(street()).good)
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
