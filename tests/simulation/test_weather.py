import numpy as np
import pandas as pd

from stadtlabor.simulation.weather import temperature


def test_a_part_equals_the_part_of_the_whole():
    whole = pd.date_range("2026-01-01", "2026-12-31", freq="h", tz="UTC")
    warmth = temperature(2026, whole)
    part = slice(2000, 2100)
    np.testing.assert_array_equal(temperature(2026, whole[part]), warmth[part])
    assert 6 < warmth.mean() < 10
    assert warmth[whole.month == 7].mean() > warmth[whole.month == 1].mean() + 12
