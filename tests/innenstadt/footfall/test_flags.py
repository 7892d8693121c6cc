from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from innenstadt.footfall.streets import local_hour, street
from stadtlabor.innenstadt import CAUSES, flag, good
from stadtlabor.sources import footfall


def causes(frame: pd.DataFrame) -> dict[str, int]:
    out = flag(frame)
    return {str(k): int(v) for k, v in out.loc[out["flag"], "cause"].value_counts().items()}


@pytest.mark.parametrize("seed", range(5))
def test_a_sound_street_is_left_alone(seed: int) -> None:
    assert causes(street(60, ("A", "B"), seed=seed)) == {}


def test_recurring_zero_hour() -> None:
    frame = street()
    late = (local_hour(frame) == 23).to_numpy() & (frame.index % 48 == 23)
    frame.loc[late, "pedestrians"] = 0.0
    assert causes(frame) == {"recurring_zero_hour": 14}


def test_a_street_that_empties_by_itself_is_not_a_fault() -> None:
    frame = street(60)
    quiet = np.array([0.5, 0.2, 0.1, 0.1, 0.1, 0.5, 2, *[9] * 15, 3, 1])
    rng = np.random.default_rng(3)
    frame["pedestrians"] = rng.poisson(quiet[local_hour(frame)]).astype("float64")
    assert causes(frame) == {}


def test_zero_block_stuck_and_missing() -> None:
    frame = street()
    frame.loc[24 * 5 + 10 : 24 * 5 + 13, "pedestrians"] = 0.0
    frame.loc[24 * 8 + 9 : 24 * 8 + 15, "pedestrians"] = 777.0
    frame = frame.drop(index=range(24 * 12, 24 * 12 + 6))
    assert causes(frame) == {"zero_block": 4, "stuck": 7, "missing": 6}


def test_a_whole_dead_day_is_one_block() -> None:
    frame = street(60)
    frame.loc[24 * 20 : 24 * 21 - 1, "pedestrians"] = 0.0
    assert causes(frame) == {"zero_block": 24}


def test_equal_small_counts_are_no_fault() -> None:
    frame = street(60)
    frame.loc[24 * 3 : 24 * 3 + 4, "pedestrians"] = 1.0
    assert causes(frame) == {}


def test_commissioning_spike_is_found_and_a_festival_is_kept() -> None:
    frame = street(60)
    usual = frame["pedestrians"].max()
    frame.loc[30:33, "pedestrians"] = usual * 8
    festival = range(24 * 40 + 16, 24 * 40 + 22)
    frame.loc[festival, "pedestrians"] *= 2.5
    assert causes(frame) == {"commissioning_spike": 4}


def test_a_festival_in_the_middle_is_kept_however_large() -> None:
    frame = street(60)
    frame.loc[24 * 40 + 16 : 24 * 40 + 22, "pedestrians"] *= 8
    assert causes(frame) == {}


def test_direction_imbalance() -> None:
    frame = street(40)
    rng = np.random.default_rng(4)
    frame["incoming"] = rng.binomial(frame["pedestrians"].astype(int), 0.55).astype("float64")
    frame["outgoing"] = frame["pedestrians"] - frame["incoming"]
    assert causes(frame) == {}
    broken = range(24 * 9 + 9, 24 * 9 + 15)
    frame.loc[broken, "pedestrians"] = frame.loc[broken, "incoming"]
    frame.loc[broken, "outgoing"] = 0.0
    assert causes(frame) == {"direction_imbalance": 6}


def test_half_hours_keep_their_grid() -> None:
    frame = street(40)
    half = pd.concat([frame, frame.assign(start=frame["start"] + pd.Timedelta("30min"))])
    half = half.sort_values("start").assign(interval_minutes=30.0).reset_index(drop=True)
    # Twins in a row are what the doubling makes, not what a counter sends.
    half["pedestrians"] = np.random.default_rng(1).poisson(half["pedestrians"] / 2).astype(float)
    out = flag(half.drop(index=[100, 101, 102]))
    assert (out["cause"] == "missing").sum() == 3
    assert out["start"].diff().dropna().unique().tolist() == [pd.Timedelta("30min")]


def test_flags_change_no_value_and_order_the_causes() -> None:
    frame = street(28, ("B", "A"))
    frame.loc[50:60, "pedestrians"] = 0.0
    out = flag(frame.sample(frac=1, random_state=1))
    told = out.merge(frame, on=["counter", "start"], suffixes=("", "_before"))
    assert (told["pedestrians"] == told["pedestrians_before"]).all()
    assert set(out["cause"]) <= {"", *CAUSES}
    assert (out["flag"] == (out["cause"] != "")).all()
    assert len(good(out)) == (~out["flag"]).sum()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f.drop(columns="start"), "fehlen die Spalten start"),
        (lambda f: f.iloc[:0], "enthält keine Zählung"),
        (lambda f: pd.concat([f, f.iloc[:1]]), "steht mehrfach da"),
        (lambda f: f.assign(start=f["start"].dt.tz_localize(None)), "Zeitzone"),
    ],
)
def test_one_clear_sentence(change, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        flag(change(street(3)))


@pytest.fixture(scope="module")
def wuerzburg(shared_data: Path) -> pd.DataFrame:
    return footfall.read(shared_data / "innenstadt" / "wuerzburg_2024_hourly.csv.gz")


def test_wuerzburg_2024(wuerzburg: pd.DataFrame) -> None:
    """No zero that cannot be true is missed, and next to nothing else is flagged."""
    out = flag(wuerzburg)
    local = out["start"].dt.tz_convert("Europe/Berlin")
    zero = out["pedestrians"] == 0
    april = local >= pd.Timestamp("2024-04-01", tz="Europe/Berlin")
    late = zero & april & (local.dt.hour == 23)
    assert late.sum() == 418
    assert out.loc[late, "flag"].all()
    assert out.loc[late, "cause"].isin(["recurring_zero_hour", "zero_block"]).all()
    daytime = zero & local.dt.hour.between(8, 20)
    assert daytime.sum() >= 86
    assert (out.loc[daytime, "cause"] == "zero_block").all()
    sixth = local.dt.strftime("%Y-%m-%d") == "2024-03-06"
    assert (out.loc[sixth, "cause"] == "missing").sum() == 30
    assert (
        out.groupby("counter")["cause"].agg(lambda c: (c == "missing").sum()).between(89, 135).all()
    )
    assert not (out["flag"] & (out["pedestrians"] > 0)).any()


def test_leeds_keeps_its_good_hours(shared_data: Path) -> None:
    frame = footfall.read(shared_data / "innenstadt" / "leeds_2009_2016_hourly.csv.gz")
    year = frame[frame["start"].dt.year == 2014].reset_index(drop=True)
    year.attrs = frame.attrs
    out = flag(year)
    counted = out[out["pedestrians"].notna()]
    assert counted["flag"].mean() < 0.01
    assert not (counted["flag"] & (counted["pedestrians"] > 0)).any()
