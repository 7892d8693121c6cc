"""Fit simulated schools whose truth is known, and count how often the model is right."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from stadtlabor.klimaschule.energy import heating_model, savings
from stadtlabor.simulation.heated_school import (
    HeatedSchool,
    daily_temperature,
    heated_school,
    typical_day_types,
)

SAVED = 0.05
FIRST, LAST = pd.Timestamp("2009-10-01"), pd.Timestamp("2018-09-30")


def weather(shared: Path | None) -> pd.Series:
    """Daily means of nine heating years: Augsburg where recorded, else simulated."""
    path = (
        shared / "klimaschule" / "dwd-augsburg" / "DWD-Augsburg-2009-2019.json" if shared else None
    )
    if path is None or not path.is_file():
        return daily_temperature(1, FIRST.date(), LAST.date())
    return augsburg(path).loc[FIRST:LAST]


def augsburg(path: Path) -> pd.Series:
    """Read the recorded daily means, °C."""
    rows = json.loads(path.read_text("utf-8"))["data"]
    index = pd.to_datetime([row["MESS_DATUM"] for row in rows])
    return pd.Series([float(row["TMK"]) for row in rows], index=index)


def trial(
    school: HeatedSchool,
    years: int,
    temperature: pd.Series,
    kinds: pd.Series,
    told_percent: float = 0.0,
) -> dict[str, float | str]:
    """Fit ``years`` heating years from October on, then look at the next one.

    The next year's values test the prediction interval; its winter (October to April), once
    untouched and once 5 % lower, tests the savings, which are told a drift of ``told_percent``.
    """
    # Which stretch of weather: as many different ones as there are.
    first = school.number % (9 - years)
    begin = pd.Timestamp(FIRST.year + first, 10, 1)
    split, end = begin + pd.DateOffset(years=years), begin + pd.DateOffset(years=years + 1)
    t, k = (s.loc[begin : end - pd.Timedelta("1D")] for s in (temperature, kinds))
    use, less = school.measured_kwh(t, k), school.measured_kwh(t, k, saved=SAVED)
    before = t.index < split
    clock = time.perf_counter()
    model = heating_model(use[before], t[before], k[before])
    took = time.perf_counter() - clock
    told: dict[str, float | str] = {
        "years": years, "noise": school.noise, "memory": school.noise_autocorrelation,
        "seconds": took,
    }  # fmt: skip
    truth = {
        "balance": (school.balance_point_c, model.balance_point_c, model.balance_point_interval),
        "slope": (school.slope_kwh_per_k, model.slope_kwh_per_k, model.slope_interval),
        "baseline": (school.hot_water_kwh, model.baseline_kwh, model.baseline_interval),
    }
    for what, (true, found, (low, high)) in truth.items():
        told[f"{what}_error"] = found - true if what == "balance" else found / true - 1
        told[f"{what}_held"] = float(low <= true <= high)
    seen = model.predict(t[~before], k[~before])
    real = use[~before]
    held = ((real >= seen["low"] - 0.05) & (real <= seen["high"] + 0.05))[real.notna()]
    told["days_held"] = float(held.mean())
    after = (t.index >= split) & (t.index < split + pd.DateOffset(months=7))
    for what, series, true in (("none", use, 0.0), ("some", less, 100 * SAVED)):
        saving = savings(model, series[after], t[after], k[after], drift_percent=told_percent)
        told[f"{what}_verdict"] = saving.verdict
        told[f"{what}_held"] = float(saving.low_percent <= true <= saving.high_percent)
        told[f"{what}_error"] = saving.percent - true
    return told


def trials(
    count: int,
    temperature: pd.Series,
    seed: int = 1,
    told_percent: float = 0.0,
    **changes: float,
) -> pd.DataFrame:
    """Try ``count`` schools, a third each with one, two and three years before.

    ``changes`` replaces attributes of all schools.
    """
    kinds = typical_day_types(pd.DatetimeIndex(temperature.index))
    schools = [replace(heated_school(n, seed), **changes) for n in range(count)]
    return pd.DataFrame(
        [
            trial(school, 1 + n % 3, temperature, kinds, told_percent)
            for n, school in enumerate(schools)
        ]
    )


def summary(table: pd.DataFrame) -> dict[str, float]:
    """The promised figures: median absolute errors, coverage and power, per cent where a share."""
    return {
        "balance_k": float(table["balance_error"].abs().median()),
        "slope_percent": float(100 * table["slope_error"].abs().median()),
        "baseline_percent": float(100 * table["baseline_error"].abs().median()),
        "balance_held": float(100 * table["balance_held"].mean()),
        "slope_held": float(100 * table["slope_held"].mean()),
        "baseline_held": float(100 * table["baseline_held"].mean()),
        "days_held": float(100 * table["days_held"].mean()),
        "saving_held": float(100 * table["some_held"].mean()),
        "no_saving_held": float(100 * table["none_held"].mean()),
        "found": float(100 * (table["some_verdict"] == "gespart").mean()),
        "false_saved": float(100 * (table["none_verdict"] == "gespart").mean()),
        "false_more": float(100 * (table["none_verdict"] == "mehr verbraucht").mean()),
        "seconds": float(np.median(table["seconds"])),
    }
