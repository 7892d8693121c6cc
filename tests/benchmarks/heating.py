"""Measure the heating model: ``python tests/benchmarks/heating.py --schools 1000``.

Simulated schools (``stadtlabor.simulation.heated_school``) in the recorded weather of Augsburg
2009–2018, or in simulated weather where the records are not here (``STADTLABOR_SHARED``). Their
truth: balance point 10–17 °C, slope 15–250 kWh/K, hot water 0.3–2.5 K of slope, three quarters
with a setback on free days (0.5–4 K, slope down to 75 %), club evenings, inertia up to half of
yesterday. Noise: 8–20 % of a mean heating day (uniform), first-order autocorrelation 0.2–0.6,
none to all of it growing with the heat, cut off at zero; hot water ±15 %; up to 2 % wild and 6 %
missing days; 30 % have the boiler off in summer. A third each is fitted to one, two and three
years (October to September); the year after that tests the prediction, its winter (October to
April, one winter of daily data) the savings: once untouched, once 5 % lower.

A second table makes single things worse than the model expects, with fewer schools: more memory,
noise that is all steady or all growing, and buildings that change from year to year for no reason.
The last is no fault of the model, but its savings cannot know it unless they are told.

Then the measured promises on real data: degree days of Augsburg and building b8 of the Cambridge
archive.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import numpy as np
import pandas as pd
from parts.heated import augsburg, summary, trials, weather

from stadtlabor.klimaschule.energy import baseload, degree_day_number, line_r2

DEGREE_DAYS = [3923, 4398, 3733, 3866, 4097, 3493, 3725, 3757, 3872, 3421]


def shared() -> Path | None:
    """Folder of recorded data, if it is here."""
    stated = os.environ.get("STADTLABOR_SHARED")
    folder = Path(stated) if stated else Path(__file__).parents[3] / "shared" / "data"
    return folder if folder.is_dir() else None


def simulated(count: int, seed: int) -> None:
    """Fit the schools and print how often the model was right."""
    temperature = weather(shared())
    begin = time.perf_counter()
    found = trials(count, temperature, seed)
    took = time.perf_counter() - begin
    columns = {"all": summary(found)}
    columns |= {f"{n} y": summary(part) for n, part in found.groupby("years")}
    noise = pd.cut(found["noise"], [0.08, 0.12, 0.16, 0.20], include_lowest=True)
    columns |= {f"noise {k.right:.0%}": summary(part) for k, part in found.groupby(noise)}
    print(pd.DataFrame(columns).round(2).to_string())
    all_ = columns["all"]
    print(f"{count} schools in {took:.0f} s, slowest model {found['seconds'].max():.2f} s")
    print(
        "held = per cent of the 90 % intervals that hold the truth; others: median absolute error"
    )
    print(f"sampling error of a held figure: ±{100 * np.sqrt(0.09 / count):.1f} points")
    for what in ("balance", "slope", "days", "saving", "no_saving"):
        inside = 88 <= all_[f"{what}_held"] <= 92
        print(f"  {what:10} {all_[f'{what}_held']:5.1f} %  {'ok' if inside else 'MISSED'} (88–92)")
    print(f"  balance point ±{all_['balance_k']:.2f} K (promised 0.5)")
    print(f"  slope ±{all_['slope_percent']:.2f} % (promised 3)")
    print(f"  5 % saving found in {all_['found']:.1f} % (promised 80)")
    print(
        f"  without any saving: called saved in {all_['false_saved']:.1f} %, "
        f"more in {all_['false_more']:.1f} % (nominal 5)"
    )


WORSE: dict[str, dict[str, float]] = {
    "memory 0.8": {"noise_autocorrelation": 0.8},
    "steady": {"noise_growing": 0.0},
    "growing": {"noise_growing": 1.0},
    "wild 4 %": {"wild": 0.04},
    "drift 1 %": {"drift": 0.01},
    "drift 3 %": {"drift": 0.03},
    "same, told": {"drift": 0.03, "told_percent": 3.0},
}


def worse(count: int, seed: int) -> None:
    """Print what remains of the figures where the schools are not as the model thinks."""
    temperature = weather(shared())
    columns = {
        name: summary(trials(count, temperature, seed, **changes))
        for name, changes in WORSE.items()
    }
    print(f"{count} schools each, worse than the model expects:")
    print(pd.DataFrame(columns).round(2).to_string())


def _series(path: Path, column: int = 1) -> pd.Series:
    frame = pd.read_csv(path)
    return pd.Series(frame.iloc[:, column].to_numpy(), pd.to_datetime(frame["datetime"], utc=True))


def real(folder: Path) -> None:
    """Print the figures on recorded data."""
    path = folder / "klimaschule" / "dwd-augsburg" / "DWD-Augsburg-2009-2019.json"
    found = degree_day_number(augsburg(path))
    print("G20/15 Augsburg:", ", ".join(f"{year} {kd:.1f}" for year, kd in found.items()))
    print(f"  largest difference to the checked values: {np.abs(found - DEGREE_DAYS).max():.2f} Kd")
    b8 = folder / "klimaschule" / "cambridge-estates"
    gas = _series(b8 / "b8_gas_2019.csv.gz").resample("D").sum()
    outside = _series(b8 / "weather_bedford_2019.csv.gz").resample("D").mean()
    power = _series(b8 / "b8_electricity_2019.csv.gz").tz_convert("Europe/London")
    print(f"b8 2019: line R² {line_r2(gas, outside):.3f}, baseload {baseload(power).mean():.2f} kW")


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--schools", type=int, default=1000)
    asked.add_argument("--seed", type=int, default=1)
    options = asked.parse_args()
    simulated(options.schools, options.seed)
    worse(max(options.schools // 4, 1), options.seed)
    folder = shared()
    if folder:
        real(folder)


if __name__ == "__main__":
    main()
