import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stadtlabor.klimaschule import solar_use

HOURS = pd.date_range("2026-06-01", periods=4, freq="h", tz="Europe/Berlin")
KWH = st.lists(st.floats(0, 1e4), min_size=4, max_size=4)


def test_a_known_morning() -> None:
    found = solar_use(pd.Series([2.0, 2, 5, 5], HOURS), pd.Series([0.0, 3, 4, 10], HOURS))
    assert found.self_used_kwh == 0 + 2 + 4 + 5
    assert found.fed_in_kwh == 6
    assert found.drawn_kwh == 3
    assert found.self_consumption == pytest.approx(11 / 17)
    assert found.autarky == pytest.approx(11 / 14)


@given(KWH, KWH)
def test_the_balance_closes(used: list[float], made: list[float]) -> None:
    found = solar_use(pd.Series(used, HOURS), pd.Series(made, HOURS))
    assert found.self_used_kwh + found.fed_in_kwh == pytest.approx(found.production_kwh)
    assert found.self_used_kwh + found.drawn_kwh == pytest.approx(found.consumption_kwh)
    assert found.fed_in_kwh >= -1e-6
    assert np.isnan(found.autarky) or 0 <= found.autarky <= 1


def test_only_common_times_count() -> None:
    used, made = pd.Series(1.0, HOURS), pd.Series(1.0, HOURS[2:])
    found = solar_use(used, made)
    assert (found.n, found.left_out) == (2, 2)
    with pytest.raises(ValueError, match="keine gemeinsamen Zeiten"):
        solar_use(used[:2], made)
    with pytest.raises(ValueError, match="Erzeugung: Negative Werte"):
        solar_use(used, -made)
