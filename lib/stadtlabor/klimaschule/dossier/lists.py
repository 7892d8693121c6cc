"""Lists of waste, purchases and ways to school become amounts."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from stadtlabor.klimaschule.dossier.entry import Entry, Period, rows_of
from stadtlabor.klimaschule.dossier.form import SchoolForm
from stadtlabor.klimaschule.dossier.sorting import Sorted
from stadtlabor.klimaschule.dossier.texts import number, text
from stadtlabor.klimaschule.footprint import Item, activities, factors
from stadtlabor.klimaschule.waste import fractions, year_from_weighing
from stadtlabor.klimaschule.waste.bins import FILL_POINTS
from stadtlabor.schooldays import day_types

__all__ = ["goods_entries", "waste_entries"]


def waste_entries(
    read: Sequence[Sorted], form: SchoolForm, period: Period
) -> tuple[list[Entry], list[str]]:
    """Return the waste of the period per fraction.

    Weighed weeks are projected to all weeks of the period, school weeks and weeks without school
    apart. What was weighed in fewer than two weeks is not projected but named.
    """
    data = pd.concat([each.reading.data.assign(file=each.member.name) for each in read])
    inside = data[(data["date"] >= period.first) & (data["date"] <= period.last)]
    entries: list[Entry] = []
    missing: list[str] = []
    if inside.empty:
        for each in read:
            each.note.tell(text("waste.outside"), text("remedy.outside"))
        return [], [text("waste.outside_missing")]
    stated = {item.activity for item in form.items}
    for each in read:
        each.note.used = True
    simulated = any(each.simulated for each in read)
    for key, one in inside.groupby("fraction", sort=False):
        if key not in fractions():
            missing.append(text("waste.no_factor", name=str(key), count=len(one)))
            continue
        fraction = fractions()[str(key)]
        if fraction.activity in stated:
            read[0].note.tell(text("energy.stated"), text("remedy.stated"))
            continue
        try:
            made = _fraction(one, period, fraction.density_kg_l, simulated)
        except ValueError as error:
            missing.append(text("waste.few", name=fraction.name, reason=str(error)))
            continue
        pct = made.half / made.kg * 100 if made.kg else 0.0
        if made.by_volume:
            pct = math.hypot(pct, math.hypot(fraction.density_pct, FILL_POINTS))
        notes = [made.note]
        if made.by_volume:
            notes.append(
                text("waste.volume", density=number(fraction.density_kg_l, 2),
                     percent=number(fraction.density_pct))
            )  # fmt: skip
        item = Item(
            activity=fraction.activity,
            amount=math.fsum(made.rows["counts"]),
            unit="kg",
            source=text("waste.source", files=", ".join(dict.fromkeys(one["file"]))),
            kind="simulated" if simulated else "estimated",
            uncertainty_pct=min(100.0, pct),
        )
        entries.append(Entry(item, made.rows, tuple(notes)))
        if made.lacking:
            missing.append(f"{fraction.name}: {made.lacking}")
    return entries, missing


@dataclass(frozen=True)
class _Made:
    kg: float
    half: float
    rows: pd.DataFrame
    note: str
    by_volume: bool
    lacking: str


def _fraction(one: pd.DataFrame, period: Period, density: float, simulated: bool) -> _Made:
    kg = one["mass_kg"].fillna(one["volume_l"] * density).to_numpy(dtype="float64")
    dates = pd.DatetimeIndex(one["date"])
    apart = np.diff(np.unique(dates.to_numpy()).astype("datetime64[D]").astype("int64"))
    spacing = float(np.median(apart)) if len(apart) else 7.0
    # Emptyings come at a steady rhythm; weeks that somebody weighed do not.
    weekly = spacing < 10 or float((np.abs(apart - spacing) <= 3).mean()) < 0.8
    days = period.days
    school = pd.Series(day_types(days).to_numpy() == "school", index=days)
    week = dates.to_period("W") if weekly else dates.to_period("D")
    counts = np.zeros(len(one))
    half = total = 0.0
    lacking = ""
    parts: list[tuple[int, float]] = []
    if weekly:
        by_week = school.groupby(days.to_period("W")).any()
        strata = [(by_week.index[by_week], True), (by_week.index[~by_week], False)]
        for weeks, in_school in strata:
            mine = np.asarray(week.isin(weeks))
            weighed = pd.Series(kg[mine]).groupby(np.asarray(week[mine])).sum()
            if not in_school and len(weighed) < 2:
                if len(weeks) and parts:
                    lacking = text("waste.holidays", weeks=len(weeks))
                continue
            # The first and the last week of a period may be cut.
            many = float(np.isin(days.to_period("W"), weeks).sum() / 7)
            result = year_from_weighing(pd.DataFrame({"residual": weighed}), many)
            row = result.table.iloc[0]
            counts[mine] = kg[mine] * many / len(weighed)
            half = math.hypot(half, float(row["high"] - row["kg"]))
            total += float(row["kg"])
            parts.append((len(weighed), many))
    else:
        times = len(days) / spacing
        weighed = pd.Series(kg).groupby(np.asarray(week)).sum()
        result = year_from_weighing(pd.DataFrame({"residual": weighed}), times)
        row = result.table.iloc[0]
        counts = kg * times / len(weighed)
        half, total = float(row["high"] - row["kg"]), float(row["kg"])
        parts.append((len(weighed), times))
    rows = rows_of(
        file=one["file"].to_numpy(), line=one["line"].to_numpy(),
        start=dates.strftime("%Y-%m-%d"), end="",
        value=one["mass_kg"].fillna(one["volume_l"]).to_numpy(),
        unit=np.where(one["mass_kg"].notna(), "kg", "l"),
        origin="simulated" if simulated else "measured", counts=counts,
    )  # fmt: skip
    note = text(
        "waste.projected" if weekly else "waste.emptyings", weighed=sum(n for n, _ in parts),
        all=number(sum(n for _, n in parts)),
    )  # fmt: skip
    return _Made(total, half, rows, note, bool(one["mass_kg"].isna().any()), lacking)


@cache
def _goods() -> list[dict[str, Any]]:
    read = files("stadtlabor.klimaschule.dossier").joinpath("goods.toml").read_text("utf-8")
    goods: list[dict[str, Any]] = tomllib.loads(read)["goods"]
    return goods


def goods_entries(
    read: Sequence[Sorted], form: SchoolForm, period: Period
) -> tuple[list[Entry], list[str]]:
    """Return paper, devices, meals and food of the period; the rest is named in the notes."""
    found: dict[str, list[tuple[Sorted, Any, float]]] = {}
    stated = {item.activity for item in form.items}
    years = {period.first.year, period.last.year}
    guessed = False
    for each in read:
        rows: Any = each.reading.data.itertuples()
        for row in rows:
            if not pd.isna(row.year) and int(row.year) not in years:
                each.note.tell(
                    text("goods.year", item=row.item, year=int(row.year)),
                    text("remedy.outside"), row.line,
                )  # fmt: skip
                continue
            activity, amount, why = _good(row)
            if not activity:
                each.note.tell(why, text("remedy.goods"), row.line)
                continue
            if activity == "purchasing.paper":
                guessed = guessed or pd.isna(row.recycled)
                fresh = pd.isna(row.recycled) or not row.recycled
                activity = "purchasing.paper_virgin" if fresh else "purchasing.paper_recycled"
            if activity in stated:
                each.note.tell(text("energy.stated"), text("remedy.stated"), row.line)
                continue
            found.setdefault(activity, []).append((each, row, amount))
    entries = []
    for activity, some in found.items():
        if not any(f.activity == activity for f in factors().values()):
            for each, row, _ in some:
                each.note.tell(text("goods.no_factor", item=row.item), text("remedy.factor"),
                               row.line)  # fmt: skip
            continue
        for each, _, _ in some:
            each.note.used = True
        table = rows_of(
            file=[each.member.name for each, _, _ in some],
            line=[row.line for _, row, _ in some],
            start=["" if pd.isna(row.year) else str(int(row.year)) for _, row, _ in some],
            value=[row.quantity for _, row, _ in some],
            unit=[f"{row.unit} {row.item}" for _, row, _ in some],
            origin=["simulated" if each.simulated else "stated" for each, _, _ in some],
            counts=[amount for _, _, amount in some],
        )  # fmt: skip
        names = ", ".join(dict.fromkeys(each.member.name for each, _, _ in some))
        notes = []
        if activity == "purchasing.paper_virgin" and guessed:
            notes.append(text("goods.paper"))
        if activity.startswith("purchasing.") and activities()[activity].group == "devices":
            notes.append(text("goods.devices"))
        if any(pd.isna(row.year) for _, row, _ in some):
            notes.append(text("goods.no_year"))
        item = Item(
            activity=activity, amount=math.fsum(table["counts"]), unit=activities()[activity].unit,
            source=text("goods.source", files=names),
            kind="simulated" if any(each.simulated for each, _, _ in some) else "billed",
            uncertainty_pct=2.0,
        )  # fmt: skip
        entries.append(Entry(item, table, tuple(notes)))
    return entries, []


def _good(row: Any) -> tuple[str, float, str]:
    """Return activity and amount of a row, or why it does not count."""
    name = str(row.item).lower()
    for good in _goods():
        if not any(word in name for word in good["words"]):
            continue
        if any(word in name for word in good.get("except", [])):
            continue
        if not good["activity"]:
            break
        if good["unit"] == "kg":
            if not np.isnan(row.mass_kg):
                return good["activity"], float(row.mass_kg), ""
            per = good.get("kg_per", {}).get(row.unit)
            if per is None:
                return "", 0.0, text("goods.mass", item=row.item, unit=row.unit or "–")
            return good["activity"], float(row.quantity) * per, ""
        if row.unit not in ("piece", ""):
            return "", 0.0, text("goods.pieces", item=row.item, unit=row.unit)
        return good["activity"], float(row.quantity), ""
    return "", 0.0, text("goods.unknown", item=row.item)
