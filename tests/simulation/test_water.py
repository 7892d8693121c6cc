from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stadtlabor.simulation.water import leaking_school


def night(frame):  # type: ignore[no-untyped-def]
    return frame[frame.index.hour < 4].groupby("day")["litres"].mean()


def test_the_leak_is_seen_at_night_and_only_there_alone() -> None:
    water = leaking_school()
    nights = night(water)
    assert (nights[nights.index < 9] < 5).all()
    assert np.allclose(nights[nights.index >= 9], 45, atol=5)
    assert len(water) == 14 * 24
    assert (water["litres"] >= 0).all()


def test_the_same_for_every_class() -> None:
    assert leaking_school().equals(leaking_school())


@given(st.floats(0, 500), st.integers(1, 14))
def test_a_leak_adds_its_litres(leak: float, day: int) -> None:
    more = leaking_school(leak_l_per_h=leak, leak_day=day)["litres"].sum()
    dry = leaking_school(leak_l_per_h=0, leak_day=day)["litres"].sum()
    hours = 24 * (15 - day)
    assert more - dry == pytest.approx(leak * hours, abs=1.5 * hours)


def test_impossible_leaks_are_refused() -> None:
    with pytest.raises(ValueError, match="within 1 and 14"):
        leaking_school(leak_day=15)
    with pytest.raises(ValueError, match="cannot bring"):
        leaking_school(leak_l_per_h=-1)
