"""Withhold days of a real building and score what is put in their place.

Building b8 of the Cambridge University Estates archive, 2018–2020, hourly. The method was
developed on 2018 and on every other block of four weeks of 2019 and 2020; gaps to report on lie
in the blocks between, and none reaches from one block into another.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import holidays
import numpy as np
import pandas as pd

from stadtlabor.klimaschule import fill_gaps, gap_total

from . import nearest_day

ZONE = "Europe/London"
YEARS = (2018, 2019, 2020)
BLOCK_DAYS, APART_DAYS, PASS_GAPS = 28, 35, 6
ROUNDED = 0.05
"""The archive gives one decimal; a true value may lie this far from the one that is stated."""


@dataclass
class Building:
    """One meter of b8 with its weather and calendar."""

    kind: str
    series: pd.Series
    temperature: pd.Series
    day_types: pd.Series
    scored: np.ndarray
    """Intervals whose value is certainly measured."""

    @property
    def row(self) -> np.ndarray:
        """Number of the local day of every interval."""
        clock = self.series.index.tz_localize(None).normalize()
        return np.asarray((clock - self.day_types.index[0]).days)


def building(folder: Path, kind: str) -> Building:
    """Read ``electricity`` or ``gas`` of b8 from the shared data."""
    series = _read(folder, f"b8_{kind}")
    temperature = _read(folder, "weather_bedford")
    days = pd.DatetimeIndex(series.index.tz_localize(None).normalize().unique())
    free = holidays.country_holidays("GB", subdiv="ENG", years=list(YEARS))
    # The university is closed between the years as well.
    closed = np.array([d.date() in free or (d.month, d.day) >= (12, 24) for d in days])
    names = np.where(closed, "public_holiday", np.where(days.day_of_week >= 5, "weekend", "school"))
    zero = series == 0
    if kind == "electricity":
        # The archive put zeros in place of missing values; this building never uses nothing.
        series, scored = series.mask(zero), ~zero.to_numpy()
    else:
        # A boiler may well be off. A day and more of zeros amid the heating season may be either.
        run = (zero != zero.shift()).cumsum()
        length = zero.groupby(run).transform("size")
        scored = ~(zero & (length >= 24) & (length < 21 * 24)).to_numpy()
    return Building(kind, series, temperature, pd.Series(names, index=days), scored)


def _read(folder: Path, name: str) -> pd.Series:
    files = [folder / f"{name}_{year}.csv.gz" for year in YEARS]
    series = pd.concat([pd.read_csv(f, index_col=0, parse_dates=True).iloc[:, 0] for f in files])
    return series.tz_localize("UTC").tz_convert(ZONE)


def positions(days: int, length: int, number: int, seed: int, report: bool) -> list[int]:
    """Return first days of gaps, drawn without looking at any value."""
    possible = []
    for first in range(days - length):
        block = (first - 365) // BLOCK_DAYS
        same = (first + length - 1 - 365) // BLOCK_DAYS == block
        for_report = first >= 365 and same and block % 2 == 1
        developing = first + length <= 365 or (first >= 365 and same and block % 2 == 0)
        if for_report if report else developing:
            possible.append(first)
    rng = np.random.default_rng(seed)
    return rng.choice(possible, min(number, len(possible)), replace=False).tolist()


def passes(first: list[int], length: int) -> list[list[int]]:
    """Put gaps that do not disturb each other into one series, as in a year with several gaps."""
    result: list[list[int]] = []
    for day in first:
        for group in result:
            near = any(abs(day - other) < length + APART_DAYS for other in group)
            if len(group) < PASS_GAPS and not near:
                group.append(day)
                break
        else:
            result.append([day])
    return result


@dataclass
class Score:
    """Sums over all gaps of one combination."""

    gaps: int = 0
    values: int = 0
    ours: float = 0.0
    rule: float = 0.0
    everything: tuple[float, float] = (0.0, 0.0)
    covered: int = 0
    telling: int = 0
    telling_covered: int = 0
    totals: int = 0
    totals_covered: int = 0
    bias: float = 0.0
    true: float = 0.0
    seconds: float = 0.0
    fills: int = 0

    @property
    def ratio(self) -> float:
        """Our mean absolute error relative to the rule's."""
        return self.ours / self.rule

    @property
    def coverage(self) -> float:
        """Share of hourly values inside their band."""
        return self.covered / self.values

    @property
    def total_coverage(self) -> float:
        """Share of gap totals inside their band."""
        return self.totals_covered / self.totals


def score(
    b8: Building, length: int, first: list[int], *, at_end: bool = False, typed: bool = True
) -> Score:
    """Withhold the gaps, fill them both ways and compare.

    ``at_end`` cuts the series off behind each gap, so that only the past is known. ``typed`` tells
    our method the kinds of days; the rule always knows them.
    """
    result = Score()
    row = b8.row
    for group in [[day] for day in first] if at_end else passes(first, length):
        hole = np.isin(row, [day + n for day in group for n in range(length)])
        series = b8.series.mask(hole)
        if at_end:
            keep = row < group[0] + length
            series, hole = series[keep], hole[keep]
        begin = time.perf_counter()
        filled = fill_gaps(
            series, kind=b8.kind, temperature=b8.temperature,
            day_types=b8.day_types if typed else None,
        )  # fmt: skip
        result.seconds += time.perf_counter() - begin
        result.fills += 1
        truth = b8.series[: len(series)]
        other = _rule(b8, series)
        good = hole & b8.scored[: len(series)] & truth.notna().to_numpy()
        ours = (filled["value"] - truth).to_numpy()
        rule = other - truth.to_numpy()
        good &= ~np.isnan(rule)
        result.gaps += len(group)
        result.values += int(good.sum())
        result.ours += float(np.abs(ours[good]).sum())
        result.rule += float(np.abs(rule[good]).sum())
        everything = hole & truth.notna().to_numpy() & ~np.isnan(rule)
        result.everything = (
            result.everything[0] + float(np.abs(ours[everything]).sum()),
            result.everything[1] + float(np.abs(rule[everything]).sum()),
        )
        result.bias += float(ours[good].sum())
        result.true += float(truth[good].sum())
        low, high = filled["low"].to_numpy(), filled["high"].to_numpy()
        inside = (truth >= low - ROUNDED).to_numpy() & (truth <= high + ROUNDED).to_numpy()
        telling = good & ((high - low > ROUNDED) | ~inside)
        result.covered += int((inside & good).sum())
        result.telling += int(telling.sum())
        result.telling_covered += int((inside & telling).sum())
        for day in group:
            mine = np.flatnonzero((row[: len(series)] >= day) & (row[: len(series)] < day + length))
            if not good[mine].all():
                continue
            end = truth.index[mine[-1]] + pd.Timedelta(hours=1)
            total = gap_total(filled, truth.index[mine[0]], end)
            true = float(truth.iloc[mine].sum())
            result.totals += 1
            slack = ROUNDED * np.sqrt(len(mine))
            result.totals_covered += total.low - slack <= true <= total.high + slack
    return result


def _rule(b8: Building, series: pd.Series) -> np.ndarray:
    """Fill by the nearest similar day; values on the index of ``series``."""
    days = b8.day_types.index[: b8.row[len(series) - 1] + 1]
    slot = series.index.hour.to_numpy()
    row = b8.row[: len(series)]
    table = (
        pd.DataFrame({"row": row, "slot": slot, "value": series.to_numpy()})
        .groupby(["row", "slot"])["value"].mean().unstack().reindex(range(len(days)))
    )  # fmt: skip
    # The hour that the clock leaps over is bridged; it would make that day no example.
    known = table.notna().sum(axis=1) >= 23
    values = table.to_numpy().copy()
    values[known] = table[known].interpolate(axis=1, limit_direction="both").to_numpy()
    weekend = np.asarray(days.day_of_week >= 5)
    holiday = (b8.day_types.iloc[: len(days)] == "public_holiday").to_numpy()
    outside = None
    if b8.kind == "gas":
        local = b8.temperature.index.tz_localize(None).normalize()
        outside = b8.temperature.groupby(local).mean().reindex(days).to_numpy()
    filled = nearest_day.fill(values, 2 * holiday + weekend, outside)
    return filled[row, slot]
