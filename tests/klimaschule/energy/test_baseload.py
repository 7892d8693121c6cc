from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stadtlabor.klimaschule import baseload, baseload_figures, daily_baseload


def school(start: str, days: int, low: float = 2.0, high: float = 10.0) -> pd.Series:
    """Quarter-hours of a made-up school: ``high`` kW from 7 to 17, ``low`` kW otherwise."""
    begin = pd.Timestamp(start, tz="Europe/Berlin")
    times = pd.date_range(begin, begin + pd.DateOffset(days=days), freq="15min", inclusive="left")
    hour = times.hour
    kilowatt = np.where((hour >= 7) & (hour < 17), high, low)
    return pd.Series(kilowatt, index=times)


def test_known_school() -> None:
    result = baseload_figures(school("2026-01-12", 7), 900)
    assert result.baseload_kw == pytest.approx(2.0)
    assert result.peak_kw == pytest.approx(10.0)
    assert result.energy_kwh == pytest.approx(7 * (10 * 10 + 14 * 2))
    assert result.share == pytest.approx(48 / 128)
    assert result.days == 7


@pytest.mark.parametrize(("day", "readings"), [("2026-03-29", 92), ("2026-10-25", 100)])
def test_days_on_which_the_clock_changes_are_complete(day: str, readings: int) -> None:
    frame = school(day, 1)
    assert len(frame) == readings
    days = daily_baseload(frame, 900)
    assert days["expected"].tolist() == [readings]
    assert days["usable"].all()


def test_gaps_and_stuck_days_are_left_out() -> None:
    good = school("2026-01-12", 3)
    gap = school("2026-01-15", 1).iloc[:40]
    stuck = school("2026-01-16", 1, low=5.0, high=5.0)
    result = baseload_figures(pd.concat([good, gap, stuck]), 900)
    assert (result.days, result.refused_days) == (3, 2)
    assert result.baseload_kw == pytest.approx(2.0)


def test_nothing_measured_is_said_in_german() -> None:
    with pytest.raises(ValueError, match="Kein Tag ist vollständig gemessen"):
        baseload_figures(school("2026-01-12", 1).iloc[:10], 900)


def test_real_building(shared_data: Path) -> None:
    """Cambridge building b8, 2019: another measure gave 6.2 kW and 50 %."""
    path = shared_data / "klimaschule" / "cambridge-estates" / "b8_electricity_2019.csv.gz"
    table = pd.read_csv(path)
    times = pd.DatetimeIndex(pd.to_datetime(table["datetime"], utc=True))
    hourly = pd.Series(table.iloc[:, 1].to_numpy(), index=times.tz_convert("Europe/Berlin"))
    result = baseload_figures(hourly, 3600)
    assert result.baseload_kw == pytest.approx(5.93, abs=0.01)
    assert result.share == pytest.approx(0.471, abs=0.001)
    assert result.energy_kwh == pytest.approx(110_195, rel=1e-3)


def test_baseload_of_each_day() -> None:
    kilowatt = pd.concat([school("2026-01-12", 2), school("2026-01-14", 1).iloc[:40]])
    found = baseload(kilowatt)
    assert found.iloc[:2].tolist() == [2.0, 2.0]
    assert np.isnan(found.iloc[2])
    assert found.index[0] == pd.Timestamp("2026-01-12", tz="Europe/Berlin")
    with pytest.raises(ValueError, match="keine Zeitzone"):
        baseload(kilowatt.tz_localize(None))
    with pytest.raises(ValueError, match="keine Leistungswerte"):
        baseload(kilowatt.iloc[:1])


def test_real_building_day_by_day(shared_data: Path) -> None:
    """Cambridge building b8, 2019: the mean of the days is the checked 6.2 kW."""
    path = shared_data / "klimaschule" / "cambridge-estates" / "b8_electricity_2019.csv.gz"
    table = pd.read_csv(path)
    times = pd.DatetimeIndex(pd.to_datetime(table["datetime"], utc=True))
    hourly = pd.Series(table.iloc[:, 1].to_numpy(), index=times.tz_convert("Europe/London"))
    assert baseload(hourly).mean() == pytest.approx(6.2, abs=0.1)
