from __future__ import annotations

import numpy as np
import pandas as pd

from stadtlabor.ui import Note
from stadtlabor.ui.figure import NARROW, WIDE, Figure
from stadtlabor.ui.lines import lines

SMALL = Note(("Q",), ("CC0-1.0",))


def hourly(zone: str | None = "Europe/Berlin", days: int = 14) -> pd.Series:
    index = pd.date_range("2026-10-19", periods=24 * days, freq="h", tz=zone)
    return pd.Series(np.arange(24.0 * days), index=index)


def picture(**more: object) -> Figure:
    values = hourly()
    return lines(
        {"Haus A": values, "Haus B": values / 2},
        "Leistung in kW",
        title="T",
        subtitle="S",
        note=SMALL,
        unit="kW",
        meaning=("heat", "water"),
        **more,  # type: ignore[arg-type]
    )


def test_two_curves_with_a_span_and_an_event() -> None:
    day = pd.Timestamp("2026-10-24", tz="Europe/Berlin")
    drawn = picture(
        spans={"Wochenende": [(day, day + pd.Timedelta(days=2))]},
        events={"Rohr gebrochen": day},
        phone=pd.Timedelta(days=7),
    )
    wide, narrow = drawn.svg(WIDE), drawn.svg(NARROW)
    assert "Haus A" in wide
    assert ">Rohr gebrochen<" in wide
    assert ">Rohr gebrochen<" not in narrow  # before the last week, which a phone shows
    for word in ("335,0 kW", "Wochenende", "24.10.2026: Rohr gebrochen", "19.10.2026"):
        assert word in drawn.alt
    assert list(drawn.table) == ["Zeit", "Haus A", "Haus B"]


def test_the_hour_that_comes_twice_in_autumn_is_drawn_once() -> None:
    drawn = picture()
    assert drawn.table["Zeit"].is_unique
    assert "<svg" in drawn.svg()


def test_times_without_zone_and_gaps_are_taken() -> None:
    values = hourly(None, days=2)
    values.iloc[5:9] = np.nan
    drawn = lines({"Haus": values}, "kW", title="T", subtitle="S", note=SMALL, stepped=False)
    assert "Uhr" in drawn.svg()
    assert drawn.table["Haus"].isna().sum() == 4
