"""Days are compared in amounts or in factors, whichever the meter itself shows to fit."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stadtlabor.klimaschule.cleaning.days import Days, fit
from stadtlabor.klimaschule.cleaning.scale import PLAIN, Scale, proportional
from stadtlabor.klimaschule.cleaning.similarity import Traits

DAYS = 140
WEEKDAY = np.arange(DAYS) % 7
OPEN = WEEKDAY < 5
SHAPE = 1 + 9 * np.exp(-(((np.arange(24) - 12) / 4) ** 2))
LEVEL = 1 + 0.6 * np.sin(np.arange(DAYS) / 9)
"""Goes up and down within the reach of the neighbouring days."""


def days_of(table: np.ndarray, kind: str) -> Days:
    nothing = np.zeros(DAYS)
    traits = Traits((~OPEN).astype("int64"), WEEKDAY, nothing, np.full(DAYS, np.nan))
    return fit(table, np.arange(DAYS), traits, kind)


def noise() -> np.ndarray:
    return np.random.default_rng(3).normal(0, 0.03, (DAYS, 24))


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=20), st.floats(1e-3, 1e3))
def test_there_and_back(values: list[float], small: float) -> None:
    measured = np.array(values)
    for scale in (PLAIN, Scale(small)):
        back = scale.back(scale.forth(measured))
        np.testing.assert_allclose(back, measured, rtol=1e-9, atol=1e-9 * small)


def test_factors_need_a_meter_that_counts_forwards_only() -> None:
    assert proportional(np.array([3.0, -0.1])) == PLAIN
    assert proportional(np.zeros(5)) == PLAIN
    assert proportional(np.array([1.0, 3.0])).small > 0


def test_a_meter_whose_days_differ_by_a_factor_is_compared_in_factors() -> None:
    table = np.where(OPEN, 1.0, 0.3)[:, None] * LEVEL[:, None] * SHAPE * np.exp(noise())
    assert days_of(table, "electricity").scale != PLAIN


def test_a_meter_whose_days_differ_by_an_amount_is_compared_in_amounts() -> None:
    table = 1 + np.where(OPEN[:, None], SHAPE, 1.0) + 10 * noise()
    assert proportional(table) != PLAIN
    assert days_of(table, "electricity").scale == PLAIN


def test_heating_is_always_compared_in_amounts() -> None:
    table = np.where(OPEN, 1.0, 0.3)[:, None] * LEVEL[:, None] * SHAPE * np.exp(noise())
    assert days_of(table, "gas").scale == PLAIN


def test_errors_are_told_in_the_unit_of_the_meter() -> None:
    table = LEVEL[:, None] * SHAPE * np.exp(noise())
    days = days_of(table, "electricity")
    block = np.arange(60, 67)
    estimate, _, _ = days.estimate(block)
    errors, _, _ = days.left_out(block)
    np.testing.assert_allclose(
        days.metered(block, errors), table[block] - days.scale.back(estimate), atol=1e-9
    )
