"""How much a meter counted in the period: gaps filled, bills cut, and what stays unknown.

Decisions, told in every report: gaps of a load profile are filled from similar days
(:func:`stadtlabor.klimaschule.fill_gaps`). A bill that lies across the border of the period is
shared out, heat by its weather, the rest by days, with ± 30 % of the smaller part. At most 31 days
without a value are extrapolated from the same meter, with ± 50 %. More is never extrapolated: what
is known counts, what is missing is named.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.klimaschule.cleaning import clean, fill_gaps, gap_total
from stadtlabor.klimaschule.dossier.entry import Period, rows_of
from stadtlabor.klimaschule.dossier.meters import Chain
from stadtlabor.klimaschule.dossier.texts import day, number, text
from stadtlabor.klimaschule.dossier.weather import LIMIT_C, ROOM_C, Weather
from stadtlabor.observations import Quality
from stadtlabor.schooldays import day_types

__all__ = ["Amount", "amount_of"]

CUT, STRETCH = 0.30, 0.50
"""Half of the 90 % range of what was cut and of what was extrapolated (assumptions)."""

MOST_DOUBTED = 0.05
"""If more of the values look wrong, they count as they stand, and the report says so."""

MOST_DAYS = 31
"""So many days at most are extrapolated."""

DAY_S = 86_400
HEATING = ("heat", "gas", "oil", "pellets", "wood")
KINDS = {"water": "water", "gas": "gas", "heat": "heat"}


@dataclass(frozen=True)
class Amount:
    """What a chain counted in the period, in its own unit.

    Attributes
    ----------
    value, half
        Sum and half of its 90 % range.
    rows
        As :data:`stadtlabor.klimaschule.dossier.entry.ROWS`; ``counts`` sums to ``value``.
    notes, missing
        German sentences.
    filled
        Share of the value that was filled or extrapolated, 0–1.
    daily
        Sum per local day (without zone), where the values are short enough; else None.
    """

    value: float
    half: float
    rows: pd.DataFrame
    notes: tuple[str, ...]
    missing: tuple[str, ...]
    filled: float
    daily: pd.Series | None = None


def amount_of(
    chain: Chain, period: Period, weather: Weather | None, free: Collection[date]
) -> Amount:
    """Return what a chain counted in the period."""
    if not chain.step_s:
        return _of_periods(chain, period, weather)
    try:
        filled = _clean(chain, period, weather, free)
    except ValueError as error:  # times that lie on no grid: sum them as they are
        found = _of_periods(chain, period, weather)
        return replace(found, notes=(*found.notes, text("amount.no_grid", reason=str(error))))
    return _of_series(chain, period, filled)


def _clean(
    chain: Chain, period: Period, weather: Weather | None, free: Collection[date]
) -> pd.DataFrame:
    """Set faults aside and fill gaps; what is missing at the ends is a gap like any other."""
    frame = chain.frame.drop_duplicates("start")
    index = pd.DatetimeIndex(frame["start"]).tz_convert(period.zone)
    series = pd.Series(frame["value"].to_numpy(), index=index)
    step = pd.Timedelta(seconds=chain.step_s)
    if chain.step_s == DAY_S:
        ends = [period.start, period.last.tz_localize(period.zone)]
    else:
        bounds = (period.start, period.stop - step)
        ends = [m for m in bounds if (m - index[0]) % step == pd.Timedelta(0)]
    series = series.reindex(series.index.union(pd.DatetimeIndex(ends)))
    days = pd.date_range(series.index[0].normalize(), series.index[-1], freq="D")
    known: dict[str, Any] = {
        "kind": KINDS.get(chain.medium, "electricity"),
        "temperature": None if weather is None else weather.localised(period.zone),
        "day_types": day_types(days, free=free),
    }
    bits = pd.Series(int(Quality.SIMULATED) if chain.simulated else 0, index=series.index)
    filled = clean(series, quality=bits, **known)
    doubted = int((series.notna() & (filled["provenance"].reindex(series.index) == "filled")).sum())
    doubted += int((series.notna() & filled["value"].reindex(series.index).isna()).sum())
    if doubted <= MOST_DOUBTED * int(series.notna().sum()):
        return filled
    # So many doubts speak against the doubts: a meter may really be that regular.
    filled = fill_gaps(series, **known)
    filled.attrs["doubted"] = doubted / int(series.notna().sum())
    return filled


def _of_series(chain: Chain, period: Period, filled: pd.DataFrame) -> Amount:
    total = gap_total(filled, period.start, period.stop)
    inside = filled[(filled.index >= period.start) & (filled.index < period.stop)]
    value = total.known if total.missing else total.value
    half = 0.0 if total.missing else max(total.high - total.value, total.value - total.low)
    guessed = (inside["provenance"] == "filled").to_numpy()
    share = float(inside["value"].to_numpy()[guessed].sum() / value) if value else 0.0
    notes, missing = [], []
    if guessed.any() and not total.missing:
        notes.append(text("amount.filled", meter=chain.label, sentence=total.sentence))
    notes += [
        fault.sentence
        for fault in filled.attrs.get("faults", ())
        if fault.kind != "gap" and period.start <= fault.start < period.stop
    ]
    if "doubted" in filled.attrs:
        percent = number(100 * filled.attrs["doubted"])
        notes.append(text("amount.doubted", meter=chain.label, percent=percent))
    if total.missing:
        known = 100 * (1 - total.missing / len(inside))
        missing.append(
            text("amount.incomplete", meter=chain.label, percent=number(known, 1),
                 value=number(value), unit=chain.unit)
        )  # fmt: skip
    daily = (
        inside["value"]
        .groupby(pd.DatetimeIndex(inside.index).tz_localize(None).normalize())
        .sum(min_count=1)
    )
    return Amount(
        value, half, _series_rows(chain, inside), tuple(notes), tuple(missing), share, daily
    )


def _series_rows(chain: Chain, inside: pd.DataFrame) -> pd.DataFrame:
    frame = chain.frame.drop_duplicates("start")
    known = frame.set_index(pd.DatetimeIndex(frame["start"]))
    known = known.reindex(pd.DatetimeIndex(inside.index).tz_convert("UTC"))
    step = pd.Timedelta(seconds=chain.step_s)
    origin = inside["provenance"].astype("object").to_numpy(copy=True)
    origin[pd.isna(origin)] = "missing"
    stated = known["provenance"].to_numpy(dtype=object)
    origin = np.where((origin == "measured") & ~pd.isna(stated), stated, origin)
    local = pd.DatetimeIndex(inside.index)
    return rows_of(
        file=known["file"].fillna("").to_numpy(),
        line=known["line"].fillna(0).astype("int64").to_numpy(),
        start=local.strftime("%Y-%m-%dT%H:%M%z"),
        end=(local + step).strftime("%Y-%m-%dT%H:%M%z"),
        value=known["value"].to_numpy(),
        unit=chain.unit,
        origin=origin,
        counts=inside["value"].fillna(0.0).to_numpy(),
    )


def _of_periods(chain: Chain, period: Period, weather: Weather | None) -> Amount:
    """Cut rows at the borders of the period and extrapolate what little is missing."""
    start, stop = (
        pd.DatetimeIndex(chain.frame[c]).tz_convert(period.zone).tz_localize(None).round("D")
        for c in ("start", "end")
    )
    stop = stop.where(stop > start, start + pd.Timedelta(days=1))
    days = pd.date_range(min(start.min(), period.first), max(stop.max(), period.days[-1]), freq="D")
    weight, how = _weights(chain.medium, days, weather)
    place = pd.Series(np.arange(len(days)), index=days)
    covered = np.zeros(len(days), dtype=bool)
    inside = (days >= period.first) & (days <= period.last)
    rows, cut, shared = [], 0.0, 0
    values: Any = chain.frame.itertuples()
    for n, row in enumerate(values):
        mine = slice(place[start[n]], place[stop[n] - pd.Timedelta(days=1)] + 1)
        covered[mine] = True
        total = weight[mine].sum()
        share = float(weight[mine][inside[mine]].sum() / total) if total else 0.0
        share = 1.0 if inside[mine].all() else share if inside[mine].any() else 0.0
        if not inside[mine].any():
            continue
        if share < 1:
            shared += 1
            cut += row.value * min(share, 1 - share)
        origin = "simulated" if chain.simulated else row.provenance
        rows.append((row.file, row.line, start[n], stop[n], row.value, origin, row.value * share))
    value = math.fsum(r[-1] for r in rows)
    notes, missing = [], []
    if shared:
        notes.append(text("amount.cut", count=shared, how=how, percent=number(100 * CUT)))
    half = CUT * cut
    empty = inside & ~covered
    guessed = 0.0
    base = float(weight[inside & covered].sum())
    if empty.any() and empty.sum() <= MOST_DAYS and base > 0:
        per = value / base
        for first, last in _stretches(empty):
            extra = per * float(weight[first : last + 1].sum())
            rows.append(
                ("", 0, days[first], days[last] + pd.Timedelta(days=1), math.nan, "extrapolated",
                 extra)
            )  # fmt: skip
            guessed += extra
        half = math.hypot(half, STRETCH * guessed)
        notes.append(
            text("amount.extrapolated", meter=chain.label, days=int(empty.sum()), how=how,
                 value=number(guessed), unit=chain.unit, percent=number(100 * STRETCH))
        )  # fmt: skip
        value += guessed
    elif empty.any():
        first, last = _stretches(empty)[0]
        missing.append(
            text("amount.days", meter=chain.label, days=int(empty.sum()),
                 all=int(inside.sum()), first=day(days[first]), last=day(days[last]))
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=["file", "line", "a", "b", "value", "origin", "counts"])
    return Amount(
        value,
        half,
        rows_of(
            file=table["file"], line=table["line"], start=table["a"].dt.strftime("%Y-%m-%d"),
            end=table["b"].dt.strftime("%Y-%m-%d"), value=table["value"], unit=chain.unit,
            origin=table["origin"], counts=table["counts"],
        ),
        tuple(notes),
        tuple(missing),
        guessed / value if value else 0.0,
    )  # fmt: skip


def _stretches(flags: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return first and last place of each run of true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype("int8")))
    return [(int(a), int(b) - 1) for a, b in edges.reshape(-1, 2)]


def _weights(
    medium: str, days: pd.DatetimeIndex, weather: Weather | None
) -> tuple[npt.NDArray[np.float64], str]:
    """Return how much of a year's use falls on each day, and the German name of the method."""
    if medium not in HEATING:
        return np.ones(len(days)), text("amount.by_days")
    if weather is not None:
        mild = weather.temperature_c.reindex(days).to_numpy(dtype="float64")
        if not np.isnan(mild).any():
            return np.where(mild < LIMIT_C, ROOM_C - mild, 0.0), text("amount.by_degree_days")
    parts = np.array([_months()[m] for m in days.month]) / np.asarray(days.days_in_month)
    return np.asarray(parts, dtype="float64"), text("amount.by_months")


@cache
def _months() -> dict[int, float]:
    """Return the share of a year's heat per month (``heat_months.csv``), per mille."""
    read = files("stadtlabor.klimaschule.dossier").joinpath("heat_months.csv").read_text("utf-8")
    return {int(r["month"]): float(r["per_mille"]) for r in csv.DictReader(read.splitlines())}
