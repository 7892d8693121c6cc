"""Schools with known faults, and how many of them the alerts find."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import pandas as pd

from stadtlabor.klimaschule.alerts import alerts
from stadtlabor.klimaschule.school import Meter, Prices, School
from stadtlabor.observations import Quality
from stadtlabor.simulation.dice import dice
from stadtlabor.simulation.metered_school import Fault, MeteredSchool, metered_school
from stadtlabor.simulation.school_faults import FAULTS, inject

LATE = pd.Timedelta(days=14)
CLEAN = 0.15
UNITS = {"water": "m³", "waste": "kg"}


def as_school(made: MeteredSchool) -> School:
    """Return the school as the alerts read it."""
    meters = []
    for medium, table in made.tables.items():
        values = made.series(medium)
        step = 7 * 86400 if table.ndim == 1 else 86400 // table.shape[1]
        quality = pd.Series(int(Quality.SIMULATED), index=values.index)
        unit = UNITS.get(medium, "kWh")
        meters.append(Meter(medium, values, step, unit, quality, source="simuliert"))
    free = tuple(
        day.date()
        for day, kind in zip(made.days, made.kinds, strict=True)
        if kind == "school_holiday"
    )
    return School(
        id=f"s{made.number}", name=f"Schule {made.number}", pupils=made.pupils,
        floor_area_m2=made.area_m2, meters=tuple(meters), temperature_c=made.weather(),
        prices=Prices(0.3, 0.12, 4.5, "Annahme"), free_days=free,
    )  # fmt: skip


def with_faults(number: int, seed: int) -> MeteredSchool:
    """Draw a school; about one in seven stays clean, the others have one to three faults."""
    throw = dice(seed, "faults-of-school", number)
    made = metered_school(number, seed)
    if throw.random() < CLEAN:
        return made
    names = list(FAULTS)
    others = throw.permutation(names)[: int(throw.integers(0, 3))]
    return inject(made, [names[number % len(names)], *map(str, others)])


@dataclass(frozen=True)
class Trial:
    """One school-year: what was put in, whether each was found, and false alarms by key."""

    number: int
    faults: tuple[Fault, ...]
    found: tuple[bool, ...]
    false: tuple[str, ...]
    alerts: int
    seconds: float


def trial(number: int, seed: int) -> Trial:
    """Make a school and ask for its year; then, per fault, ask again two weeks after its end."""
    made = with_faults(number, seed)
    school = as_school(made)
    start, end = made.days[made.start], made.days[-1] + pd.Timedelta(days=1)
    begin = time.perf_counter()
    told = alerts(school, start, end)
    took = time.perf_counter() - begin
    found = []
    for fault in made.faults:
        # What came after the two weeks must not help.
        known = told if fault.end + LATE >= end else alerts(school, start, fault.end + LATE)
        found.append(
            any(
                alert.key == fault.key
                and alert.start < fault.end + LATE
                and alert.end > fault.start
                and alert.start >= fault.start - LATE
                for alert in known
            )
        )
    real = {fault.key for fault in made.faults}
    false = tuple(alert.key for alert in told if alert.key not in real)
    return Trial(number, tuple(made.faults), tuple(found), false, len(told), took)


def trials(count: int, seed: int) -> list[Trial]:
    """Run ``count`` school-years."""
    return [trial(number, seed) for number in range(count)]


def table(done: list[Trial]) -> pd.DataFrame:
    """Return injected, found, recall and false alarms per school-year by key."""
    rows = []
    for key in FAULTS:
        hits = [
            hit for one in done for fault, hit in zip(one.faults, one.found, strict=True)
            if fault.key == key
        ]  # fmt: skip
        false = sum(one.false.count(key) for one in done)
        recall = float(np.mean(hits)) if hits else float("nan")
        rows.append((key, len(hits), sum(hits), recall, false, false / len(done)))
    columns = ["key", "injected", "found", "recall", "false", "false_per_year"]
    return pd.DataFrame(rows, columns=columns).set_index("key")
