"""Day-ahead forecasts of days gone by: every model beside the rules of thumb."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import pandas as pd

from parts.footfall_data import counts
from stadtlabor.innenstadt import flag
from stadtlabor.innenstadt.footfall.calendar import calendar_of
from stadtlabor.innenstadt.footfall.forecasts import roll
from stadtlabor.innenstadt.footfall.prepare import Target
from stadtlabor.innenstadt.footfall.settings import hour_groups, settings


@dataclass(frozen=True)
class Case:
    """One period to forecast."""

    city: str
    start: str
    end: str
    weather: bool = False
    since: str | None = None
    counters: tuple[str, ...] = ()
    target: Target = "published"

    @property
    def name(self) -> str:
        """For the table."""
        parts = [self.city, f"{self.start}..{self.end}"]
        parts.append("observed weather" if self.weather else "no weather")
        parts += [f"history from {self.since}"] if self.since else []
        parts += [", ".join(self.counters)] if self.counters else []
        parts += [f"target {self.target}"]
        return ", ".join(parts)


GOAL = (
    Case("wuerzburg", "2024-09-01", "2024-12-31", weather=True),
    Case("wuerzburg", "2024-09-01", "2024-12-31"),
    Case("wuerzburg", "2024-09-01", "2024-12-31", weather=True, target="true"),
)
OTHER = (
    Case("wuerzburg", "2024-06-01", "2024-08-31", weather=True),
    Case("wuerzburg", "2024-06-01", "2024-08-31"),
    Case("leeds", "2015-03-01", "2015-05-31", since="2015-02-07",
         counters=("Headrow", "Briggate", "DortmundSq")),
    Case("leeds", "2011-03-01", "2011-10-31", since="2011-01-01"),
    Case("leeds", "2013-03-01", "2014-02-28", since="2011-09-01", counters=("BriggateAtMcDs",)),
    Case("leeds", "2014-01-01", "2014-12-31", since="2012-01-01"),
)  # fmt: skip


def show(case: Case) -> None:
    """Print one case."""
    frame = counts(case.city, case.since, case.end)
    if case.counters:
        attrs = frame.attrs
        frame = frame[frame["counter"].isin(case.counters)].reset_index(drop=True)
        frame.attrs = attrs
    begun = time.perf_counter()
    rolled, table = roll(
        frame,
        start=case.start,
        end=case.end,
        weather=frame if case.weather else None,
        target=case.target,
    )
    took = time.perf_counter() - begun
    grid, days = rolled.prepared.grid, rolled.prepared.table
    models = {
        "same hour last week": rolled.last_week,
        "day-type median": rolled.rules.median,
        "medians at level": rolled.rules.adjusted,
        "learner": rolled.learner,
        "forecast (blend)": rolled.middle,
    }
    for name, block in {**models, "low": rolled.low, "high": rolled.high}.items():
        table[name] = grid.take(block, table["counter"], table["start"])
    local = table["start"].dt.tz_convert(calendar_of(frame).timezone).dt.tz_localize(None)
    day = days.reindex(local.dt.normalize())
    cause = flag(frame).set_index(["counter", "start"])["cause"]
    key = pd.MultiIndex.from_frame(table[["counter", "start"]])
    sound = cause.reindex(key).to_numpy() == ""
    known = np.isfinite(table[list(models)]).all(axis=1).to_numpy()
    hour = local.dt.hour.to_numpy()
    groups = {
        "all": known,
        "open": known & (hour >= 9) & (hour < 20) & (day["kind"] < 2).to_numpy(),
        "holidays": known & day["holiday"].to_numpy(),
        "sound": known & sound,
        "MAE": known,
    }
    print(f"\n{case.name}; {known.sum()} hours, {took:.0f} s")
    print(f"  {'WAPE %':24}" + "".join(f"{name:>10}" for name in groups))
    for name in models:
        line = ""
        for group, use in groups.items():
            real, said = table.loc[use, "pedestrians"], table.loc[use, name]
            error = (real - said).abs()
            part = error.mean() if group == "MAE" else 100 * error.sum() / max(real.sum(), 1)
            line += f"{part:10.1f}" if use.any() else f"{'–':>10}"
        print(f"  {name:24}{line}")
    inside = table["pedestrians"].between(table["low"], table["high"])
    there = table["low"].notna()
    edges = settings()["band"]["groups"]
    by_group = inside[there].groupby(hour_groups()[hour][there]).mean()
    parts = [f"{edges[g]}-{edges[g + 1]} h {100 * part:.1f}" for g, part in by_group.items()]
    print(f"  90 % band holds {100 * inside[there].mean():.1f} % ({', '.join(parts)})")


def short(windows: int, seed: int = 2026) -> None:
    """Print forecasts with less than a year of history beside the day-type median.

    Windows of 28 days at random places of Leeds, each with 20 to 340 days of history and no
    weather. The promise: never worse than the median by more than 1 %.
    """
    every = counts("leeds", None, "2016-01-01")
    begin, end = every["start"].min(), every["start"].max()
    rng = np.random.default_rng(seed)
    worst = 0.0
    held: list[tuple[int, int]] = []
    print("\nleeds, 28 days at random, history below a year, no weather")
    for _ in range(windows):
        history = int(rng.integers(20, 341))
        last = int((end - begin).days) - history - 30
        since = (begin + pd.Timedelta(days=int(rng.integers(0, last)))).normalize()
        first = since + pd.Timedelta(days=history)
        until = first + pd.Timedelta(days=27)
        inside = every["start"].between(since, until + pd.Timedelta(days=1))
        frame = every[inside].reset_index(drop=True)
        frame.attrs = every.attrs
        rolled, table = roll(frame, start=f"{first:%Y-%m-%d}", end=f"{until:%Y-%m-%d}")
        grid = rolled.prepared.grid
        blocks = {"median": rolled.rules.median, "ours": rolled.middle, "low": rolled.low,
                  "high": rolled.high}  # fmt: skip
        for name, block in blocks.items():
            table[name] = grid.take(block, table["counter"], table["start"])
        known = table[["median", "ours"]].notna().all(axis=1)
        real = table.loc[known, "pedestrians"]
        ours, rule = ((table.loc[known, name] - real).abs().sum() for name in ("ours", "median"))
        banded = table["low"].notna()
        inside_band = int(table.loc[banded, "pedestrians"].between(
            table.loc[banded, "low"], table.loc[banded, "high"]).sum())  # fmt: skip
        held.append((inside_band, int(banded.sum())))
        worst = max(worst, ours / rule)
        share = 100 * inside_band / max(int(banded.sum()), 1)
        print(f"  {history:3} days before {first:%Y-%m-%d}: WAPE {100 * ours / real.sum():5.1f} %, "
              f"{ours / rule:.3f} of the median\'s; band {share:.1f} %")  # fmt: skip
    hit, of = (sum(column) for column in zip(*held, strict=True))
    print(f"  worst {worst:.3f} (promised 1.01); bands hold {100 * hit / of:.1f} %")
