import numpy as np
import pandas as pd
import pytest

from stadtlabor.klimaschule import peaks

WEEK = pd.date_range("2026-01-12", periods=7 * 96, freq="15min", tz="Europe/Berlin")


def test_peaks_of_a_week() -> None:
    power = pd.Series(2.0, index=WEEK)
    noon = (WEEK.hour == 11) & (WEEK.minute == 45)
    power[noon] = [10.0, 11.0, 30.0, 12.0, 13.0, 3.0, 4.0]
    found = peaks(power, count=3)
    assert found.peak_kw == 30
    assert found.at == pd.Timestamp("2026-01-14 11:45", tz="Europe/Berlin")
    assert found.top["power_kw"].tolist() == [30, 13, 12]
    assert found.usual_kw == 12
    assert len(found.daily_kw) == 7
    assert found.by_hour[11] == 1
    assert found.utilisation_h == pytest.approx(8760 * power.mean() / 30)


def test_gaps_do_not_matter_and_nothing_is_said_in_german() -> None:
    power = pd.Series(np.arange(len(WEEK), dtype=float), index=WEEK)
    power.iloc[-10:] = np.nan
    assert peaks(power).peak_kw == len(WEEK) - 11
    with pytest.raises(ValueError, match="keine Leistungswerte"):
        peaks(power * np.nan)
    with pytest.raises(ValueError, match="keine Zeitzone"):
        peaks(power.tz_localize(None))
