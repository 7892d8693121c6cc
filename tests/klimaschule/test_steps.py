"""A house that changes its ways from one day to the next: a lockdown, a move."""

import numpy as np
import pandas as pd
import pytest

from stadtlabor.klimaschule import fill_gaps
from stadtlabor.klimaschule.cleaning.days import Days, fit
from stadtlabor.klimaschule.cleaning.samples import Samples, two_sided
from stadtlabor.klimaschule.cleaning.similarity import Traits
from stadtlabor.klimaschule.cleaning.typical import nearest

DAYS, STEP = 160, 80
WEEKDAY = np.arange(DAYS) % 7
CLOSED = WEEKDAY >= 5
SHAPE = 1 + 2 * np.exp(-(((np.arange(24) - 12) / 4) ** 2))
TRAITS = Traits(CLOSED.astype("int64"), WEEKDAY, np.zeros(DAYS), np.full(DAYS, np.nan))


def house(seed: int = 5) -> np.ndarray:
    """Busy until the day ``STEP``; then the same calm day, weekends too."""
    rng = np.random.default_rng(seed)
    busy = np.where(CLOSED, 2.0, 6.0)[:, None] * SHAPE * rng.lognormal(0, 0.15, (DAYS, 24))
    calm = 1.5 * rng.lognormal(0, 0.01, (DAYS, 24))
    return np.where(np.arange(DAYS)[:, None] < STEP, busy, calm)


def noise(days: Days) -> np.ndarray:
    return days.parts[0].noise


def fitted(table: np.ndarray) -> Days:
    return fit(table, np.arange(DAYS), TRAITS, "electricity")


def test_the_first_days_of_a_new_time_are_not_odd_but_a_burst_pipe_is() -> None:
    table = house()
    table[40] *= 3  # a Saturday like no other
    usual = np.median(noise(fitted(table))[:STEP])
    assert noise(fitted(table))[40] > 5 * usual
    assert np.median(noise(fitted(table))[STEP : STEP + 5]) <= 2 * usual


def test_the_nearest_days_step_where_the_use_steps() -> None:
    gap = np.arange(STEP - 7, STEP + 7)
    rest = np.setdiff1d(np.arange(DAYS), gap)
    told = nearest(fitted(house()), TRAITS, "electricity", gap, rest).mean(axis=1)
    open_ = ~CLOSED[gap]
    assert (told[:4][open_[:4]] > 5).all()
    assert told[-4:] == pytest.approx(1.5, rel=0.05)


def test_a_day_never_tells_itself() -> None:
    table = house()
    table[20] = 99.0
    told = nearest(fitted(table), TRAITS, "electricity", np.array([20]), np.arange(DAYS))
    assert told.max() < 20


def test_the_nearest_days_are_followed_where_they_hold_and_only_there() -> None:
    starts = np.arange(0, 150, 3)
    calm = starts >= STEP
    errors = np.ones((len(starts), 3, 24))
    beside = np.where(calm, 1.0, -3.0)[:, None, None] * np.ones((len(starts), 5, 24))
    nothing = np.zeros((len(starts), 24))
    samples = Samples(starts, errors, nothing, nothing, beside)
    assert samples.share(130) == 1.0
    assert samples.share(20) == 0.0
    followed = samples.moved(1.0)
    assert np.abs(followed.errors[calm]).max() == 0
    assert followed.errors[~calm].min() == 4
    assert samples.moved(0.0) is samples


def test_heat_follows_the_weather_and_not_the_neighbours() -> None:
    days = fit(house(), np.arange(DAYS), TRAITS, "gas")
    assert two_sided(days, TRAITS, "gas", 3).share(50) == 0.0


def test_days_of_a_calm_time_are_filled_from_the_calm_time() -> None:
    """What was before the step must not leak in, although most is known of it."""
    index = pd.date_range("2025-01-06", periods=DAYS * 24, freq="h", tz="Etc/GMT-1")
    whole = pd.Series(house().ravel(), index=index)
    gap = slice((STEP + 10) * 24, (STEP + 24) * 24)
    series = whole.copy()
    series.iloc[gap] = np.nan
    filled = fill_gaps(series, kind="electricity")["value"].iloc[gap]
    assert (filled - whole.iloc[gap]).abs().mean() < 0.15
