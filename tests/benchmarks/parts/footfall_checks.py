"""Flags, filled gaps and placebo tests on recorded counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from parts.footfall_data import counts
from stadtlabor.city import city
from stadtlabor.innenstadt import flag, impute
from stadtlabor.innenstadt.footfall.calendar import calendar_of
from stadtlabor.innenstadt.footfall.daily import daily
from stadtlabor.innenstadt.footfall.effect import effect_of
from stadtlabor.simulation.footfall import Street
from stadtlabor.simulation.rain import Sky

WEEKS = 4


def simulated(days: int = 120) -> pd.DataFrame:
    """Return the simulated city's hours, whose faults are silence and stuck sensors."""
    here = city()
    street = Street(here, 7, Sky(here, 7))
    first = 20_400
    parts = []
    for counter in here.counters:
        values = [v for day in range(first, first + days) for v in street.hours(counter.id, day)]
        times = pd.date_range(
            pd.Timestamp(first * 86_400, unit="s", tz="UTC"), periods=len(values), freq="h"
        )
        parts.append(pd.DataFrame({"counter": counter.id, "start": times, "pedestrians": values}))
    frame = pd.concat(parts, ignore_index=True).dropna()
    return frame.astype({"pedestrians": "float64"})


def flags() -> None:
    """Print how many hours each cause marks."""
    for name in ("wuerzburg", "leeds", "simulated"):
        frame = simulated() if name == "simulated" else counts(name)
        out = flag(frame)
        found = out.loc[out["flag"], "cause"].value_counts().to_dict()
        above = out["flag"] & (out["pedestrians"] > 0)
        print(
            f"{name:10} {len(frame)} values: {found}; "
            f"flagged values above zero {100 * above.sum() / len(frame):.3f} %, "
            f"all flagged values {100 * out['flag'][out['pedestrians'].notna()].mean():.2f} %"
        )


def gaps(trials: int, seed: int = 1) -> None:
    """Hide 24 h to 7 d and fill them."""
    for name, start, end in (
        ("wuerzburg", None, None),
        ("leeds", "2012-01-01", "2012-12-31"),
    ):
        frame = flag(counts(name, start, end))
        zone = calendar_of(frame).timezone
        local = frame["start"].dt.tz_convert(zone)
        rng = np.random.default_rng(seed)
        lines = []
        for _ in range(trials):
            counter = rng.choice(frame["counter"].unique())
            begin = local.min() + (local.max() - local.min()) * rng.uniform(0.1, 0.85)
            length = pd.Timedelta(hours=int(rng.choice([24, 48, 72, 168])))
            everywhere = rng.random() < 0.3
            inside = (local >= begin) & (local < begin + length)
            hidden = inside & ((frame["counter"] == counter) | everywhere)
            gap = frame.copy()
            gap.loc[hidden, ["pedestrians", "flag", "cause"]] = [np.nan, True, "missing"]
            filled = impute(gap)["pedestrians"]
            ask = (hidden & ~frame["flag"] & (frame["counter"] == counter)).to_numpy()
            own = frame[frame["counter"] == counter].set_index("start")["pedestrians"]
            before = pd.concat(
                [
                    own.reindex(frame.loc[ask, "start"] - pd.Timedelta(weeks=n)).reset_index(
                        drop=True
                    )
                    for n in range(1, WEEKS + 1)
                ],
                axis=1,
            ).median(axis=1)
            real = frame.loc[ask, "pedestrians"].to_numpy()
            hours = local[ask]
            shops = (hours.dt.hour.between(9, 19) & (hours.dt.day_of_week < 6)).to_numpy()
            lines.append(
                pd.DataFrame(
                    {"real": real, "ours": filled[ask].to_numpy(), "rule": before.to_numpy(),
                     "open": shops}
                )
            )  # fmt: skip
        table = pd.concat(lines).dropna()
        for group, part in (("all", table), ("open", table[table["open"]])):
            ours, rule = (
                100 * (part["real"] - part[c]).abs().sum() / part["real"].sum()
                for c in ("ours", "rule")
            )
            print(f"{name:10} {group:5} hours: filled {ours:.1f} %, median of 4 weeks {rule:.1f} %")


def placebos(trials: int, seed: int = 1) -> None:
    """Print false alarms and power of the effect on Leeds, four weeks, with and without donors."""
    days = daily(counts("leeds"))
    length = 7 * WEEKS
    for donors in (None, []):
        rng = np.random.default_rng(seed)
        lines = []
        for _ in range(trials):
            own = int(rng.integers(len(days.counters)))
            first = int(rng.integers(600, len(days.days) - length - 50))
            span = days.days[first], days.days[first + length - 1]
            name = days.counters[own]
            more = days.busy.copy()
            more[own, first : first + length] += np.log(1.1)
            try:
                plain = effect_of(days, name, *span, donors)
                raised = effect_of(replace(days, busy=more), name, *span, donors)
            except ValueError:
                continue
            lines.append((name, plain.p_value, raised.p_value, plain.detectable, plain.percent))
        table = pd.DataFrame(lines, columns=["counter", "plain", "raised", "detectable", "percent"])
        print(
            f"{'donors' if donors is None else 'before/after'}: {len(table)} of {trials} windows; "
            f"false alarms {100 * (table['plain'] < 0.05).mean():.1f} %, "
            f"+10 % found {100 * (table['raised'] < 0.05).mean():.0f} %, "
            f"scatter of a window {table['percent'].std():.1f} %, "
            f"detectable (median) {table['detectable'].median():.0f} %"
        )
        if donors is None:
            best = (table["raised"] < 0.05).groupby(table["counter"]).mean().sort_values()
            print(
                "  found, by counter: " + ", ".join(f"{n} {100 * v:.0f} %" for n, v in best.items())
            )
