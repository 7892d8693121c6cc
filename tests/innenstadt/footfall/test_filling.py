from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from innenstadt.footfall.streets import local_hour, street
from stadtlabor.innenstadt import flag, impute
from stadtlabor.sources import footfall


@pytest.mark.parametrize("counters", [("A",), ("A", "B", "C")])
def test_hidden_days_come_back(counters: tuple[str, ...]) -> None:
    frame = street(80, counters)
    local = frame["start"].dt.tz_convert("Europe/Berlin")
    hidden = local.between(
        pd.Timestamp("2026-03-10", tz="Europe/Berlin"),
        pd.Timestamp("2026-03-13", tz="Europe/Berlin"),
    ) & (frame["counter"] == "A")
    out = impute(frame[~hidden])
    assert out["imputed"].sum() == hidden.sum()
    filled = out.merge(frame[hidden], on=["counter", "start"], suffixes=("", "_true"))
    error = (filled["pedestrians"] - filled["pedestrians_true"]).abs().sum()
    part = error / filled["pedestrians_true"].sum()
    assert part < (0.16 if len(counters) == 1 else 0.1)


def test_every_estimate_is_marked_and_nothing_else_changes() -> None:
    frame = street(60, ("A", "B"))
    frame.loc[24 * 20 + 10 : 24 * 20 + 15, "pedestrians"] = 0.0
    frame = frame.drop(index=range(24 * 30, 24 * 31))
    out = impute(frame)
    same = out["pedestrians"] == out["published"]
    assert (same == ~out["imputed"]).all()
    assert (out["imputed"] == out["flag"]).all()
    assert out["imputed"].sum() == 30
    assert out.loc[out["cause"] == "zero_block", "published"].eq(0).all()
    assert out["pedestrians"].notna().all()


def test_nothing_known_stays_empty() -> None:
    frame = street(3)
    frame["pedestrians"] = np.nan
    out = impute(frame)
    assert out["pedestrians"].isna().all()
    assert not out["imputed"].any()


def test_wuerzburg_is_filled_better_than_by_the_weeks_before(shared_data: Path) -> None:
    frame = flag(footfall.read(shared_data / "innenstadt" / "wuerzburg_2024_hourly.csv.gz"))
    local = frame["start"].dt.tz_convert("Europe/Berlin")
    hidden = local.dt.strftime("%Y-%m-%d").between("2024-06-10", "2024-06-14") & (
        frame["counter"] == "Kaiserstraße"
    )
    gap = frame.copy()
    gap.loc[hidden, ["pedestrians", "flag", "cause"]] = [np.nan, True, "missing"]
    filled = impute(gap)
    open_hours = hidden & ~frame["flag"] & local_hour(frame).between(9, 19)
    real = frame.loc[open_hours, "pedestrians"]
    error = (filled.loc[open_hours, "pedestrians"] - real).abs().sum() / real.sum()
    assert error < 0.15
