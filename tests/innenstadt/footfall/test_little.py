"""Little, broken or quiet data: an answer or one German sentence, never a traceback or warning."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from stadtlabor import innenstadt

SENTENCE = ("Bitte", "gibt es keine")


def ragged(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    count, minutes = int(rng.choice([1, 2, 5, 24, 200, 900])), float(rng.choice([30, 60]))
    start = rng.choice(["2026-03-27", "2026-10-20", "2026-06-01"])
    times = pd.date_range(start, periods=count, freq=f"{minutes:.0f}min", tz="Europe/Berlin")
    parts = [
        pd.DataFrame(
            {
                "counter": name,
                "start": times.tz_convert("UTC"),
                "pedestrians": rng.poisson(rng.choice([0.0, 0.2, 3.0, 200.0]), count) * 1.0,
                "interval_minutes": minutes,
            }
        )
        for name in "ABC"[: int(rng.integers(1, 4))]
    ]
    frame = pd.concat(parts, ignore_index=True)
    frame.loc[rng.random(len(frame)) < 0.1, "pedestrians"] = np.nan
    return frame[rng.random(len(frame)) < 0.9]


@pytest.mark.parametrize("seed", range(25))
def test_an_answer_or_a_sentence(seed: int) -> None:
    frame = ragged(seed)
    if frame.empty:
        return
    first, last = (str(t.date()) for t in (frame["start"].min(), frame["start"].max()))
    later = str((pd.Timestamp(last) + pd.Timedelta(days=2)).date())
    calls: list[Callable[[], object]] = [
        lambda: innenstadt.flag(frame),
        lambda: innenstadt.impute(frame),
        lambda: innenstadt.protect(frame),
        lambda: innenstadt.forecast(frame, start=later),
        lambda: innenstadt.backtest(frame, start=last, end=later),
        lambda: innenstadt.index(frame),
        lambda: innenstadt.location_class(frame, "A"),
        lambda: innenstadt.effect(frame, counter="A", start=first, end=last),
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for call in calls:
            try:
                said = "" if call() is not None else "nothing"
            except ValueError as error:
                said = str(error)
            assert said == "" or any(word in said for word in SENTENCE), said
