from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from innenstadt.footfall.streets import local_hour, street
from stadtlabor.innenstadt import backtest, forecast
from stadtlabor.innenstadt.footfall.forecasts import roll
from stadtlabor.sources import footfall


def wape(table: pd.DataFrame, said: str = "p50") -> float:
    use = table[said].notna()
    error = (table["pedestrians"] - table[said]).abs()[use].sum()
    return float(error / table.loc[use, "pedestrians"].sum())


def test_a_day_is_forecast_from_days_before_it_only() -> None:
    """The future may say what it likes."""
    frame = street(100, ("A", "B"))
    later = frame["start"] >= pd.Timestamp("2026-05-01", tz="Europe/Berlin")
    other = frame.copy()
    other.loc[later, "pedestrians"] *= 9
    one, two = (forecast(f, start="2026-05-01") for f in (frame, other))
    pd.testing.assert_frame_equal(one, two)
    tested = backtest(frame, start="2026-05-01", end="2026-05-04")
    changed = frame.copy()
    sunday = frame["start"] >= pd.Timestamp("2026-05-03", tz="Europe/Berlin")
    changed.loc[sunday, "pedestrians"] += 500
    again = backtest(changed, start="2026-05-01", end="2026-05-04")
    first = tested["start"] < pd.Timestamp("2026-05-03", tz="Europe/Berlin")
    pd.testing.assert_frame_equal(
        tested.loc[first, ["p05", "p50", "p95"]], again.loc[first, ["p05", "p50", "p95"]]
    )


def test_the_answer_has_every_hour_of_every_counter_in_order() -> None:
    frame = street(60, ("A", "B"))
    out = forecast(frame, start="2026-04-03", hours=48)
    assert list(out.columns) == ["counter", "start", "p05", "p50", "p95"]
    assert len(out) == 96
    assert out["start"].iloc[0] == pd.Timestamp("2026-04-03", tz="Europe/Berlin")
    assert (out["p05"] <= out["p50"]).all()
    assert (out["p50"] <= out["p95"]).all()
    assert (out["p05"] >= 0).all()


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_the_day_of_the_clock_change(day: str, hours: int) -> None:
    begin = pd.Timestamp(day) - pd.Timedelta(days=50)
    frame = street(60, start=str(begin.date()))
    out = forecast(frame, start=day, hours=hours)
    local = out["start"].dt.tz_convert("Europe/Berlin")
    assert local.iloc[-1].hour == 23
    assert out["p50"].notna().all()
    assert len(backtest(frame, start=day, end=day)) == hours


@pytest.mark.parametrize("days", [1, 3, 10, 40])
def test_little_history_is_enough_for_a_median(days: int) -> None:
    frame = street(days, start="2026-02-02")
    start = pd.Timestamp("2026-02-02") + pd.Timedelta(days=days)
    assert forecast(frame, start=start)["p50"].notna().all()


def test_nothing_counted_before_is_told() -> None:
    with pytest.raises(ValueError, match=r"Vor dem 01\.02\.2026 gibt es keine Zählung"):
        forecast(street(5), start="2026-02-01")
    with pytest.raises(ValueError, match="gibt es keine Zählung"):
        backtest(street(5), start="2027-02-01", end="2027-02-03")
    with pytest.raises(ValueError, match="Land oder Bundesland"):
        forecast(street(5), start="2026-02-05", calendar="XX/YY")


def test_target_says_which_number_is_meant() -> None:
    """A publisher's recurring zero is published again; how many people come is another question."""
    frame = street(90)
    late = (local_hour(frame) == 23).to_numpy()
    often = np.random.default_rng(2).random(len(frame)) < 0.7
    frame.loc[late & often, "pedestrians"] = 0.0
    start = "2026-04-28"
    published, true = (
        forecast(frame, start=start, target=t).set_index("start")["p50"].iloc[-1]
        for t in ("published", "true")
    )
    assert published < 5
    assert true > 15


def test_weather_with_gaps_and_none() -> None:
    frame = street(120)
    weather = frame[["start"]].assign(temperature_c=12.0, weather="rain")
    weather.loc[::3, "temperature_c"] = np.nan
    weather.loc[::5, "weather"] = None
    for given in (weather, weather.iloc[:200], weather.iloc[:0], None):
        assert forecast(frame, start="2026-05-20", weather=given)["p50"].notna().all()


@pytest.mark.parametrize("calendar", ["GB/ENG", "CH", ("AU", "VIC"), "AU-VIC", "DE/BY"])
def test_calendars(calendar) -> None:
    assert forecast(street(30), start="2026-03-04", calendar=calendar)["p50"].notna().all()


def test_wuerzburg_beats_the_rules_of_thumb(shared_data: Path) -> None:
    """One month that was not used for the goals; the benchmark has the others."""
    frame = footfall.read(shared_data / "innenstadt" / "wuerzburg_2024_hourly.csv.gz")
    rolled, table = roll(frame, start="2024-07-01", end="2024-07-31", weather=frame)
    for name, block in (
        ("p50", rolled.middle), ("median", rolled.rules.median), ("week", rolled.last_week),
    ):  # fmt: skip
        table[name] = rolled.prepared.grid.take(block, table["counter"], table["start"])
    assert wape(table) < wape(table, "median") < wape(table, "week")
    low, high = (
        rolled.prepared.grid.take(block, table["counter"], table["start"])
        for block in (rolled.low, rolled.high)
    )
    assert 0.85 < table["pedestrians"].between(low, high).mean() < 0.95


def test_importing_does_not_load_the_learner() -> None:
    import subprocess
    import sys

    code = "import stadtlabor.innenstadt, sys; sys.exit('lightgbm' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
