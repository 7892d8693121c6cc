import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stadtlabor.klimaschule import degree_day_number, heating_degree_days

YEAR = pd.date_range("2023-01-01", "2023-12-31")


def test_augsburg(shared_data: Path) -> None:
    path = shared_data / "klimaschule" / "dwd-augsburg" / "DWD-Augsburg-2009-2019.json"
    rows = json.loads(path.read_text("utf-8"))["data"]
    index = pd.to_datetime([row["MESS_DATUM"] for row in rows])
    found = degree_day_number(pd.Series([float(row["TMK"]) for row in rows], index=index))
    assert found.index.tolist() == list(range(2009, 2019))
    checked = [3923, 4398, 3733, 3866, 4097, 3493, 3725, 3757, 3872, 3421]
    assert found.to_numpy() == pytest.approx(np.array(checked), abs=0.5 + 1e-6)


def test_limit_counts_from_below() -> None:
    assert degree_day_number(pd.Series(15.0, index=YEAR))[2023] == 0
    assert degree_day_number(pd.Series(14.9, index=YEAR))[2023] == pytest.approx(5.1 * 365)
    assert heating_degree_days(pd.Series(14.9, index=YEAR))[2023] == pytest.approx(0.1 * 365)


@given(st.integers(0, 364), st.booleans())
@settings(max_examples=20)
def test_incomplete_years_are_never_passed_as_full(day: int, as_nan: bool) -> None:
    series = pd.Series(5.0, index=YEAR)
    series = series.where(series.index != YEAR[day]) if as_nan else series.drop(YEAR[day])
    found = degree_day_number(series)
    assert np.isnan(found[2023])
    assert found.attrs["missing_days"] == {2023: 1}


def test_leap_years_need_their_day() -> None:
    days = pd.date_range("2024-01-01", "2024-12-31")
    series = pd.Series(5.0, index=days)
    assert degree_day_number(series)[2024] == 15 * 366
    assert np.isnan(degree_day_number(series.iloc[:-1])[2024])


def test_days_may_have_a_zone() -> None:
    local = pd.Series(5.0, index=YEAR.tz_localize("Europe/Berlin"))
    assert degree_day_number(local)[2023] == 15 * 365


def test_a_day_twice_is_said_in_german() -> None:
    twice = pd.Series(5.0, index=YEAR.append(YEAR[:1]))
    with pytest.raises(ValueError, match=r"Temperatur: Am 1\.1\.2023 stehen mehrere Werte"):
        degree_day_number(twice)
