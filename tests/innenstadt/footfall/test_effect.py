import numpy as np
import pandas as pd
import pytest

from innenstadt.footfall.streets import street
from stadtlabor.innenstadt import Effect, effect

START, END = "2026-11-02", "2026-11-15"


def city(counters: int, seed: int = 1, change: float = 1.0) -> pd.DataFrame:
    frame = street(420, tuple("ABCDEF"[:counters]), "2025-10-06", seed=seed)
    local = frame["start"].dt.tz_convert("Europe/Berlin")
    inside = local.between(
        pd.Timestamp(START, tz="Europe/Berlin"), pd.Timestamp("2026-11-16", tz="Europe/Berlin")
    )
    frame.loc[inside & (frame["counter"] == "A"), "pedestrians"] *= change
    return frame


def test_an_effect_is_found_and_told() -> None:
    found = effect(city(6, change=1.2), counter="A", start=START, end=END)
    assert found.method == "donors"
    assert found.donors == ("B", "C", "D", "E", "F")
    assert found.low < 20 < found.high
    assert found.p_value < 0.05
    assert "mehr Menschen" in found.sentence
    assert "Verglichen ist mit 5 anderen Zählstellen" in found.sentence


def test_no_effect_is_no_finding() -> None:
    found = [effect(city(6, seed), counter="A", start=START, end=END) for seed in range(6)]
    assert sum(e.p_value < 0.05 for e in found) <= 1
    quiet = max(found, key=lambda e: e.p_value)
    assert "nicht nachweisbar" in quiet.sentence
    assert "mit 5 anderen" in quiet.sentence


def test_without_enough_donors_the_label_says_so() -> None:
    found = effect(city(3), counter="A", start=START, end=END)
    assert isinstance(found, Effect)
    assert found.method == "before_after"
    assert found.donors == ()
    assert "nur ein Vergleich der Zählstelle mit sich selbst" in found.sentence


def test_donors_next_door_can_be_left_out() -> None:
    found = effect(city(6), counter="A", start=START, end=END, donors=["C", "D", "E", "F"])
    assert found.donors == ("C", "D", "E", "F")


def test_a_period_at_the_end_of_the_data() -> None:
    frame = city(6, change=1.3)
    last = frame["start"] < pd.Timestamp("2026-11-16", tz="Europe/Berlin")
    found = effect(frame[last], counter="A", start=START, end=END)
    assert found.p_value < 0.05


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"counter": "X"}, "„X“ kommt in den Daten nicht vor"),
        ({"start": "2025-11-02", "end": "2025-11-03"}, "mindestens 120 Tage"),
        ({"end": "2026-11-01"}, "mindestens 120 Tage"),
        ({"start": "2026-12-02", "end": "2026-12-30"}, "fehlen in diesem Zeitraum"),
    ],
)
def test_one_clear_sentence(asked: dict[str, str], said: str) -> None:
    whole = {"counter": "A", "start": START, "end": END} | asked
    with pytest.raises(ValueError, match=said):
        effect(city(5), **whole)


def test_flagged_hours_make_no_effect() -> None:
    frame = city(6)
    local = frame["start"].dt.tz_convert("Europe/Berlin")
    dead = (frame["counter"] == "A") & (local.dt.date == pd.Timestamp("2026-11-05").date())
    frame.loc[dead, "pedestrians"] = 0.0
    found = effect(frame, counter="A", start=START, end=END)
    plain = effect(city(6), counter="A", start=START, end=END)
    assert found.percent == pytest.approx(plain.percent, abs=1.5)
    assert np.isfinite(found.detectable)
