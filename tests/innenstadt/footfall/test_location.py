from pathlib import Path

import pandas as pd
import pytest

from innenstadt.footfall.streets import street
from stadtlabor.innenstadt import location_class
from stadtlabor.sources import footfall


def test_below_750_opening_hours_there_is_no_class() -> None:
    with pytest.raises(ValueError, match=r"erst 264 Öffnungsstunden.* mindestens 750"):
        location_class(street(28), "A")
    with pytest.raises(ValueError, match="kommt in den Daten nicht vor"):
        location_class(street(28), "X")


def test_classes_follow_the_share_of_the_peak() -> None:
    frame = street(120, ("P", "Q", "R", "S"), scatter=0.05)
    part = frame["counter"].map({"P": 1.0, "Q": 0.85, "R": 0.6, "S": 0.3})
    frame["pedestrians"] = (
        street(120, ("P",), scatter=0.05)["pedestrians"]
        .to_numpy()
        .repeat(1)[frame.groupby("counter").cumcount()]
        * part
    )
    for name, expected in {"P": "Top-A", "Q": "A", "R": "B", "S": "C"}.items():
        out = location_class(frame, name)
        assert out["class"].tolist() == ["Top-A", "A", "B", "C"]
        assert out["probability"].sum() == pytest.approx(1)
        assert out.set_index("class")["probability"][expected] > 0.99
        assert out.attrs["peak"] == "P"


def test_a_defect_makes_no_street_poorer() -> None:
    frame = street(120, ("P", "Q"))
    frame.loc[frame.index[24 * 10 : 24 * 40], "pedestrians"] = 0.0
    assert location_class(frame, "P").attrs["ratio"] == pytest.approx(2 / 3, abs=0.03)


def test_wuerzburg_2024(shared_data: Path) -> None:
    """As published: 2,389, 1,780 and 1,132 persons per hour from 9 to 20 h, Monday to Saturday."""
    frame = footfall.read(shared_data / "innenstadt" / "wuerzburg_2024_hourly.csv.gz")
    found = {name: location_class(frame, name) for name in frame["counter"].unique()}
    published = {name: round(out.attrs["published_mean"]) for name, out in found.items()}
    assert published == {"Schönbornstraße": 2389, "Kaiserstraße": 1780, "Spiegelstraße": 1132}
    chance = {name: out.set_index("class")["probability"] for name, out in found.items()}
    assert chance["Schönbornstraße"]["Top-A"] == 1
    assert chance["Spiegelstraße"]["C"] > 0.95
    # A hair under the limit of 75 %: a single letter would mislead.
    assert 0.05 < chance["Kaiserstraße"]["A"] < 0.4
    assert chance["Kaiserstraße"]["B"] > 0.6
    assert isinstance(found["Kaiserstraße"], pd.DataFrame)
