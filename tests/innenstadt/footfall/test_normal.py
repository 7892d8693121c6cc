from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from innenstadt.footfall.streets import street
from stadtlabor.innenstadt import index
from stadtlabor.sources import footfall


def test_a_known_rise_is_found() -> None:
    frame = street(240, ("A", "B"), "2026-02-02")
    later = frame["start"] >= pd.Timestamp("2026-06-01", tz="Europe/Berlin")
    frame.loc[later, "pedestrians"] *= 1.2
    out = index(frame, base="2026-04")
    after = out[out["period"] >= "2026-06-01"]
    assert out.loc[out["period"] == "2026-04-01", "index"].item() == pytest.approx(100)
    assert (after["low"] < 120).all()
    assert (after["high"] > 120).all()
    assert after["index"].mean() == pytest.approx(120, abs=3)


def test_rain_and_a_festival_are_taken_out() -> None:
    frame = street(180, ("A",), "2026-02-02", scatter=0.03)
    local = frame["start"].dt.tz_convert("Europe/Berlin")
    rng = np.random.default_rng(5)
    chance = np.where(local.dt.month == 5, 0.8, 0.2)
    wet = pd.Series(rng.random(len(local)), index=local.dt.date).groupby(level=0).first()
    rain = (local.dt.date.map(wet) < chance).to_numpy()
    frame["pedestrians"] *= np.where(rain, 0.7, 1.0)
    frame.loc[local.dt.date == pd.Timestamp("2026-05-20").date(), "pedestrians"] *= 4
    weather = frame[["start"]].assign(weather=np.where(rain, "rain", "clear-day"))
    out = index(frame, weather=weather).set_index("period")
    may = pd.Timestamp("2026-05-01")
    assert out.loc[may, "index"] == pytest.approx(100, abs=4)
    assert abs(out.loc[may, "raw"] - 100) > abs(out.loc[may, "index"] - 100)


def test_one_clear_sentence() -> None:
    with pytest.raises(ValueError, match="kommt in den Daten nicht vor"):
        index(street(40), counter="X")
    with pytest.raises(ValueError, match=r"Den Zeitraum „2020-01“ gibt es nicht"):
        index(street(40), base="2020-01")
    with pytest.raises(ValueError, match="mindestens 7 Tage"):
        index(street(4))


def test_wuerzburg_by_quarter(shared_data: Path) -> None:
    frame = footfall.read(shared_data / "innenstadt" / "wuerzburg_2024_hourly.csv.gz")
    out = index(frame, counter="Kaiserstraße", weather=frame, freq="Q")
    assert len(out) == 4
    assert out["days"].sum() > 350
    assert (out["low"] <= out["index"]).all()
    assert (out["index"] <= out["high"]).all()
