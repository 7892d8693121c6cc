import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from stadtlabor.klimaschule.example import example_school
from stadtlabor.klimaschule.school import Meter, School
from stadtlabor.klimaschule.together import (
    Entry,
    Library,
    Outcome,
    PartnerError,
    heat_entry,
    league,
    partners,
    read_partners,
    summary,
)

HEAD = "name,kind,fields,offer,address,source"


def test_schools_that_cannot_be_told_apart_share_a_band():
    table = league(
        [
            Entry("A", 8.0, 5.0, 11.0),
            Entry("B", 6.0, 2.0, 10.0),
            Entry("C", -4.0, -6.0, -2.0, measured=0.5, tested=3),
        ]
    )
    assert table["school"].tolist() == ["A", "B", "C"]
    assert table["band"].tolist() == [1, 1, 2]
    assert table.loc[1, ["best", "worst"]].tolist() == [1, 2]
    assert table.loc[2, "evidence"] == 5.5
    assert league([]).empty


def test_a_poor_building_may_win():
    """Only the change counts: a school that saves 10 % beats one that uses half as much."""

    def school(name: str, level: float, saves: float) -> School:
        base = example_school("beispiel-gymnasium", 730)
        meter = base.meters[1]
        since = meter.values.index[-1] - pd.Timedelta(days=150)
        factor = np.where(meter.values.index >= since, 1 - saves, 1.0) * level
        changed = Meter("heat", meter.values * factor, 3600, quality=meter.quality)
        return School(id=name, name=name, meters=(changed,), temperature_c=base.temperature_c)

    since = pd.Timestamp("2026-10-01", tz="Europe/Berlin") - pd.Timedelta(days=120)
    entries = [
        heat_entry(school("sparsam gebaut", 0.5, 0.0), since),
        heat_entry(school("schlecht gedämmt", 2.0, 0.2), since),
    ]
    assert league(entries)["school"].iloc[0] == "schlecht gedämmt"
    assert entries[1].percent == pytest.approx(20, abs=6)
    assert entries[0].low < 0 < entries[0].high
    assert entries[0].simulated


def test_without_heat_meter_it_is_said():
    with pytest.raises(ValueError, match="fehlen Wärmezähler"):
        heat_entry(School(id="x", name="X"), pd.Timestamp("2026-01-01", tz="UTC"))


def told(**more):
    given = {
        "measure": "night-walk", "school": "Schule A", "percent": 6.0, "low": 3.0, "high": 9.0,
        "how": "Grundlast vorher und nachher, 60 Tage", "days": 60,
    }  # fmt: skip
    return Outcome.model_validate(given | more)


def test_what_schools_measured_stands_beside_what_was_expected(tmp_path):
    library = Library(tmp_path)
    library.add(told())
    library.add(told(school="Schule B", percent=2.0, low=-4.0, high=8.0))
    table = summary(library.all())
    row = table.loc["night-walk"]
    assert row[["expected_low", "expected_high"]].tolist() == [2, 8]
    assert 4 < row["percent"] < 6  # the narrower range weighs more
    assert row[["works", "unclear", "fails", "schools"]].tolist() == [1, 1, 0, 2]
    assert table.loc["led", "schools"] == 0
    assert np.isnan(table.loc["led", "percent"])


@pytest.mark.parametrize(
    "bad", [{"measure": "zauberei"}, {"low": 7.0}, {"how": "so"}, {"percent": float("nan")}]
)
def test_impossible_outcomes_are_refused(bad):
    with pytest.raises(ValidationError):
        told(**bad)


def test_partners_have_address_and_source():
    found = partners()
    assert any("eza!" in p.name for p in found)
    assert all(p.source and p.address.startswith("https://") for p in found)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,kind\n", "Zeile 1: Die Spalten müssen"),
        (
            f"{HEAD}\nBäcker,Betrieb,food,Führung,http://x,Brief da\n",
            "Zeile 2: „Adresse",
        ),
        (
            f"{HEAD}\nBäcker,Betrieb,Brot,Führung,https://x,Brief da\n",
            "Zeile 2: „Handlungsfelder“",
        ),
    ],
)
def test_faulty_lists_of_partners_are_told(text, said):
    with pytest.raises(PartnerError, match=said):
        read_partners(text)
