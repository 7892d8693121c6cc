from __future__ import annotations

import numpy as np
import pandas as pd

from stadtlabor.ui import Note
from stadtlabor.ui.scatter import scatter

SMALL = Note(("Q",), ("CC0-1.0",))


def test_points_curve_band_and_mark() -> None:
    x = np.array([-5.0, 0.0, 5.0, 10.0, np.nan])
    y = np.array([2000.0, 1500.0, 1000.0, 500.0, 1.0])
    curve = pd.DataFrame({"x": [-5.0, 10.0], "mean": [2000.0, 500.0]})
    curve["low"], curve["high"] = curve["mean"] - 100, curve["mean"] + 100
    drawn = scatter(
        x, y, "Temperatur in °C", "Wärme in kWh",
        title="T", subtitle="S", note=SMALL,
        groups=["Schultag", "Schultag", "frei", "frei", "frei"],
        meaning=("heat", "neutral"), curve=curve, marks={"Heizgrenze": 14.5},
    )  # fmt: skip
    for width in (760, 250):
        assert "Heizgrenze" in drawn.svg(width)
        assert "frei" in drawn.svg(width)
    assert "4 Punkte" in drawn.alt  # the pair with a gap is left out
    assert "von 2.000 (links) bis 500 (rechts)" in drawn.alt
    assert "Heizgrenze: 14,5." in drawn.alt
    assert drawn.table["Temperatur in °C"].is_monotonic_increasing
    assert list(drawn.table)[-1] == "Gruppe"


def test_bare_points_need_no_key() -> None:
    drawn = scatter([1, 2], [3, 4], "x", "y", title="T", subtitle="S", note=SMALL)
    assert "<svg" in drawn.svg()
    assert "Kurve" not in drawn.alt
    assert list(drawn.table) == ["x", "y"]
