from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stadtlabor.klimaschule import USES, Opening, Slot, split_use

WEEK = pd.date_range("2026-03-23", "2026-03-30", freq="15min", tz="Europe/Berlin", inclusive="left")
"""Monday to Sunday; on Sunday the clock changes, so it has 23 hours."""

DAYS = pd.date_range("2026-03-23", periods=7)
KINDS = pd.Series(["school"] * 4 + ["school_holiday"] + ["weekend"] * 2, index=DAYS)
OPENING = Opening(
    school={d: [Slot("07:30", "13:00"), Slot("14:00", "16:00")] for d in range(5)},
    community={
        1: [Slot("15:00", "22:00")],
        4: [Slot("18:00", "24:00")],
        5: [Slot("10:00", "12:00")],
    },
)


def test_hours_are_split_as_the_calendar_says() -> None:
    table = split_use(pd.Series(0.25, index=WEEK), KINDS, OPENING)
    assert list(table.index) == list(USES)
    kwh = table["kwh"]
    assert kwh["school_open"] == pytest.approx(4 * 7.5)
    # Tuesday from 16:00 on, for school hours come first; Saturday; not the holiday Friday.
    assert kwh["community"] == pytest.approx(6 + 2)
    assert kwh["school_closed"] == pytest.approx(4 * 16.5 - 6)
    assert kwh["weekend"] == pytest.approx(24 + 23 - 2)
    assert kwh["holiday"] == pytest.approx(24)
    assert table["share"].sum() == pytest.approx(1)


def test_clubs_may_come_in_holidays_but_not_on_public_ones() -> None:
    always = Opening(OPENING.school, OPENING.community, community_in_holidays=True)
    table = split_use(pd.Series(0.25, index=WEEK), KINDS, always)
    assert table.loc["community", "kwh"] == pytest.approx(6 + 2 + 6)
    public = KINDS.replace("school_holiday", "public_holiday")
    table = split_use(pd.Series(0.25, index=WEEK), public, always)
    assert table.loc["community", "kwh"] == pytest.approx(6 + 2)


@given(st.lists(st.sampled_from(["school", "weekend", "public_holiday", "school_holiday"]),
                min_size=7, max_size=7), st.integers(0, 1000))  # fmt: skip
@settings(max_examples=20)
def test_nothing_gets_lost(kinds: list[str], seed: int) -> None:
    energy = pd.Series(np.random.default_rng(seed).gamma(2, 3, len(WEEK)), index=WEEK)
    table = split_use(energy, pd.Series(kinds, index=DAYS), OPENING)
    assert table["kwh"].sum() == pytest.approx(energy.sum())
    assert table["n"].sum() == len(WEEK)


@pytest.mark.parametrize(
    ("slots", "words"),
    [
        ([("08:00", "07:00")], "Am Montag endet eine Zeit"),
        ([("07:00", "12:00"), ("11:00", "13:00")], "überschneiden sich Zeiten bei 11:00"),
        ([("07:00", "08:00")] * 5, "stehen 5 Zeiten. Möglich sind höchstens 4"),
        ([("halb acht", "12:00")], "„halb acht“ ist keine Uhrzeit"),
    ],
)
def test_impossible_times_are_said_in_german(slots: list[tuple[str, str]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Opening({0: [Slot(*slot) for slot in slots]})


def test_further_errors_are_german() -> None:
    with pytest.raises(ValueError, match="nicht 7"):
        Opening({7: [Slot("07:00", "08:00")]})
    with pytest.raises(ValueError, match="keine Messwerte"):
        split_use(pd.Series(np.nan, index=WEEK), KINDS, OPENING)
    with pytest.raises(ValueError, match="keine Zeitzone"):
        split_use(pd.Series(1.0, index=WEEK.tz_localize(None)), KINDS, OPENING)
    with pytest.raises(ValueError, match="fehlt die Tagesart"):
        split_use(pd.Series(1.0, index=WEEK), KINDS.iloc[:3], OPENING)


def test_real_building(shared_data: Path) -> None:
    """Cambridge b8, 2019, open Monday to Friday 7–18: 46 % out of hours."""
    path = shared_data / "klimaschule" / "cambridge-estates" / "b8_electricity_2019.csv.gz"
    frame = pd.read_csv(path)
    times = pd.DatetimeIndex(pd.to_datetime(frame["datetime"], utc=True))
    energy = pd.Series(frame.iloc[:, 1].to_numpy(), index=times.tz_convert("Europe/London"))
    days = pd.date_range("2019-01-01", "2020-01-01")
    kinds = pd.Series(np.where(days.day_of_week < 5, "school", "weekend"), index=days)
    opening = Opening({d: [Slot("07:00", "18:00")] for d in range(5)})
    table = split_use(energy, kinds, opening)
    assert 1 - table.loc["school_open", "share"] == pytest.approx(0.46, abs=0.005)
