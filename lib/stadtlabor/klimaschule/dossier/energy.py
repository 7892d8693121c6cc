"""Meters and bills become the amounts of heat, electricity and water."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from stadtlabor.klimaschule.dossier.amounts import Amount, amount_of
from stadtlabor.klimaschule.dossier.entry import Entry, Period
from stadtlabor.klimaschule.dossier.form import SchoolForm
from stadtlabor.klimaschule.dossier.meters import Chain, chains, choose
from stadtlabor.klimaschule.dossier.sorting import Sorted
from stadtlabor.klimaschule.dossier.texts import number, text
from stadtlabor.klimaschule.dossier.weather import Weather
from stadtlabor.klimaschule.energy import heating_model
from stadtlabor.klimaschule.footprint import Item, activities
from stadtlabor.klimaschule.footprint.factors import conversions
from stadtlabor.klimaschule.footprint.quality import qualities
from stadtlabor.schooldays import day_types

__all__ = ["energy_entries"]

ACTIVITIES = {
    ("electricity", "kWh"): "electricity.grid",
    ("gas", "kWh"): "heat.gas",
    ("gas", "m³"): "heat.gas",
    ("oil", "l"): "heat.oil",
    ("oil", "kWh"): "heat.oil",
    ("pellets", "kg"): "heat.pellets",
    ("pellets", "kWh"): "heat.pellets",
    ("wood", "kg"): "heat.wood_chips",
    ("wood", "kWh"): "heat.wood",
    ("water", "m³"): "water.cold",
    ("heat", "kWh"): "heat.district",
}
FUELS = ("gas", "oil", "pellets", "wood")
GAS_PCT = 8.0
"""Half of the 90 % range of kWh per m³ of natural gas where the bill is not known (assumption)."""

TROPICAL_K = 100.0


@dataclass(frozen=True)
class Setting:
    """What the amounts are made with."""

    form: SchoolForm
    period: Period
    weather: Weather | None
    free: Collection[date]


def energy_entries(
    read: Sequence[Sorted], form: SchoolForm, period: Period, weather: Weather | None
) -> tuple[list[Entry], list[str]]:
    """Return the amounts of all meters and German sentences on what is missing."""
    setting = Setting(form, period, weather, form.free_days)
    by_medium: dict[str, list[Chain]] = {}
    for chain in chains(read):
        by_medium.setdefault(chain.medium, []).append(chain)
    entries: list[Entry] = []
    missing: list[str] = []
    stated = {item.activity for item in form.items if not item.name}
    for medium, found in by_medium.items():
        if medium in ("solar", "feed_in"):
            continue
        if medium == "heat" and not form.district_heat and any(f in by_medium for f in FUELS):
            missing.append(text("energy.heat_twice"))
            _tell(found, text("energy.heat_twice_file"), text("remedy.heat_twice"))
            continue
        counted, said = choose(found, period)
        for chain in counted:
            activity = ACTIVITIES.get((medium, chain.unit))
            if activity is None:
                _tell([chain], text("energy.unit", unit=chain.unit), text("remedy.unit"))
                continue
            if medium == "heat":
                activity = form.district_heat or activity
            if activity in stated:
                _tell([chain], text("energy.stated"), text("remedy.stated"))
                continue
            entries.append(_entry(chain, activity, setting, len(counted) > 1, said))
    solar, lacking = _solar(by_medium, setting, stated)
    return [*entries, *solar], [*missing, *lacking]


def _tell(found: Sequence[Chain], what: str, remedy: str) -> None:
    for chain in found:
        for note in chain.notes:
            note.tell(what, remedy)


def _entry(
    chain: Chain, activity: str, setting: Setting, several: bool, compared: Sequence[str]
) -> Entry:
    amount = amount_of(chain, setting.period, setting.weather, setting.free)
    notes = [*amount.notes, *compared]
    factor, factor_pct, unit = 1.0, 0.0, chain.unit
    if activity == "heat.gas" and unit == "m³":
        if setting.form.gas_kwh_per_m3:
            factor, unit = setting.form.gas_kwh_per_m3, "kWh"
            notes.append(text("energy.gas_stated", factor=number(factor, 2)))
        else:
            factor, unit, factor_pct = conversions()[activity, "m³"], "kWh", GAS_PCT
            notes.append(
                text("energy.gas_guessed", factor=number(factor, 1), percent=number(GAS_PCT))
            )
    elif unit != activities()[activity].unit:
        factor = conversions()[activity, unit]
        notes.append(
            text("energy.converted", unit=unit, name=activities()[activity].name,
                 factor=number(factor, 1))
        )  # fmt: skip
        unit = "kWh"
    rows = amount.rows.copy()
    rows["counts"] *= factor
    share, degree_days = _heating(activity, amount, setting)
    files = ", ".join(dict.fromkeys(note.name for note in chain.notes))
    kind = _kind(chain, amount)
    for note in chain.notes:
        note.used = True
    item = Item(
        activity=activity,
        amount=math.fsum(rows["counts"]),
        unit=unit,
        source=text(f"energy.source_{kind}", files=files, meter=_meter(chain)),
        kind=kind,
        name=chain.label if several else "",
        uncertainty_pct=_percent(kind, amount, factor_pct),
        heating_share=share,
        degree_days=degree_days,
    )
    missing = tuple(f"{activities()[activity].name}: {said}" for said in amount.missing)
    return Entry(item, rows, tuple(dict.fromkeys(notes)), missing, amount.filled)


def _meter(chain: Chain) -> str:
    return text("energy.meter", number=chain.number) if chain.number else ""


def _kind(chain: Chain, amount: Amount) -> str:
    if chain.simulated:
        return "simulated"
    if amount.filled > 0:
        return "filled"
    return "measured" if chain.step_s else "billed"


def _percent(kind: str, amount: Amount, factor_pct: float) -> float:
    """Combine the meter's own error with that of filling, cutting and converting."""
    # An invented value is as exact as it was invented; the report marks it as invented.
    own = qualities()["measured"].percent
    gap = amount.half / amount.value * 100 if amount.value else 0.0
    return min(100.0, math.sqrt(own**2 + gap**2 + factor_pct**2))


def _heating(activity: str, amount: Amount, setting: Setting) -> tuple[float | None, float | None]:
    """Return the share of heat that follows the weather, and the degree days."""
    if not activities()[activity].weather:
        return None, None
    weather = setting.weather
    degree_days = None if weather is None else weather.degree_days(setting.period)
    share = setting.form.heating_share
    if share is None and weather is not None and amount.daily is not None:
        share = _share(amount.daily, weather, setting.free)
    return share, degree_days


def _share(daily: pd.Series, weather: Weather, free: Collection[date]) -> float | None:
    """Return the heating's share by the heating model; None where it finds none."""
    types = day_types(pd.DatetimeIndex(weather.temperature_c.index), free=free)
    try:
        model = heating_model(daily, weather.temperature_c, types)
    except ValueError:
        return None
    if not model.weather_driven:
        return None
    mild = weather.temperature_c.reindex(daily.index).dropna()
    mine = types.reindex(mild.index)
    total = float(model.outlook(mild, mine).mean.sum())
    base = float(model.outlook(mild + TROPICAL_K, mine).mean.sum())
    return float(np.clip(1 - base / total, 0, 1)) if total > 0 else None


def _solar(
    by_medium: dict[str, list[Chain]], setting: Setting, stated: set[str]
) -> tuple[list[Entry], list[str]]:
    """Return what was generated and used at the school: generation less feed-in."""
    made, given = by_medium.get("solar", []), by_medium.get("feed_in", [])
    if not made and not given:
        return [], []
    if not made or not given:
        _tell([*made, *given], text("energy.solar_half"), text("remedy.solar"))
        return [], [text("energy.solar_missing" if not made else "energy.feed_in_missing")]
    if "electricity.solar" in stated:
        _tell([*made, *given], text("energy.stated"), text("remedy.stated"))
        return [], []
    parts: list[tuple[Chain, Amount, int]] = []
    for found, sign in ((made, 1), (given, -1)):
        for chain in choose(found, setting.period)[0]:
            amount = amount_of(chain, setting.period, setting.weather, setting.free)
            parts.append((chain, amount, sign))
    value = math.fsum(sign * amount.value for _, amount, sign in parts)
    if value < 0 or len({sign for _, _, sign in parts}) < 2:
        _tell([*made, *given], text("energy.solar_negative"), text("remedy.solar"))
        return [], [text("energy.solar_unclear")]
    tables = []
    for chain, amount, sign in parts:
        rows = amount.rows.copy()
        rows["counts"] *= sign
        tables.append(rows)
        for note in chain.notes:
            note.used = True
    rows = pd.concat(tables, ignore_index=True)
    simulated = any(chain.simulated for chain, _, _ in parts)
    own = qualities()["measured"].percent / 100
    half = math.sqrt(sum(amount.half**2 + (own * amount.value) ** 2 for _, amount, _ in parts))
    names = ", ".join(dict.fromkeys(n.name for chain, _, _ in parts for n in chain.notes))
    item = Item(
        activity="electricity.solar",
        amount=max(0.0, math.fsum(rows["counts"])),
        unit="kWh",
        source=text("energy.source_solar", files=names),
        kind="simulated" if simulated else "measured",
        uncertainty_pct=min(100.0, half / value * 100) if value else 0.0,
    )
    entry = Entry(item, rows, (text("energy.solar_note"),))
    notes = tuple(said for _, amount, _ in parts for said in amount.notes)
    lacking = [said for _, amount, _ in parts for said in amount.missing]
    return [replace(entry, notes=(*entry.notes, *notes))], lacking
