"""Long invented counts: repeatable, with exactly what was planted."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stadtlabor.simulation.counted_street import Event, counted_street, silence

FIRST = date(2026, 3, 1)
TWO = {"Markt": 500.0, "Tor": 200.0}


@given(st.integers(0, 2**31), st.integers(2, 40))
@settings(max_examples=20)
def test_the_same_seed_gives_the_same_whole_days(seed: int, days: int) -> None:
    counts = counted_street(seed, FIRST, days, TWO, drift=0.2)
    pd.testing.assert_frame_equal(counts, counted_street(seed, FIRST, days, TWO, drift=0.2))
    local = counts["start"].dt.tz_convert("Europe/Berlin")
    # The clocks change on the 29th: every day is whole all the same.
    assert local.min() == pd.Timestamp(FIRST, tz="Europe/Berlin")
    assert local.dt.normalize().nunique() == days
    assert not counts.duplicated(["counter", "start"]).any()
    assert (counts["pedestrians"] >= 0).all()
    assert (counts["pedestrians"] % 1 == 0).all()


@given(st.integers(0, 2**31), st.floats(-40, 80))
@settings(max_examples=20)
def test_an_event_changes_its_counter_in_its_days_by_so_much(seed: int, percent: float) -> None:
    event = Event("Markt", date(2026, 4, 1), date(2026, 4, 30), percent)
    plain, told = (counted_street(seed, FIRST, 90, TWO, event=e) for e in (None, event))
    day = plain["start"].dt.tz_convert("Europe/Berlin").dt.strftime("%Y-%m-%d")
    inside = day.between("2026-04-01", "2026-04-30") & (plain["counter"] == "Markt")
    before, after = (f.loc[inside, "pedestrians"].sum() for f in (plain, told))
    assert 100 * (after / before - 1) == pytest.approx(percent, abs=4)
    tor = plain["counter"] == "Tor"
    assert plain.loc[tor, "pedestrians"].equals(told.loc[tor, "pedestrians"])


def test_silence_strikes_one_hour_from_its_day_on() -> None:
    counts = counted_street(1, FIRST, 200, {"Markt": 900.0})
    struck = silence(counts, 1, 23, date(2026, 6, 1), 0.5)
    changed = counts["pedestrians"] != struck["pedestrians"]
    local = counts["start"].dt.tz_convert("Europe/Berlin")[changed]
    assert set(local.dt.hour) == {23}
    assert local.min() >= pd.Timestamp("2026-06-01", tz="Europe/Berlin")
    assert len(local) == pytest.approx(0.5 * 108, rel=0.3)
    assert (struck.loc[changed, "pedestrians"] == 0).all()
