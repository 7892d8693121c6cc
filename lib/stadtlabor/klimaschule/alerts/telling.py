"""Findings in words: size in kWh, Euro and kilograms, certainty, reasons and a test."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd

from stadtlabor.klimaschule.alerts.alert import Alert, Amount, Finding, Severity
from stadtlabor.klimaschule.alerts.limits import rules
from stadtlabor.klimaschule.alerts.view import View
from stadtlabor.klimaschule.alerts.words import day, number, percent, short
from stadtlabor.klimaschule.footprint.factors import STANDARD, Factor, selections

__all__ = ["catalogue", "tell"]

Z90 = 1.6449
ACTIVITIES = {
    "electricity": "electricity.grid", "solar": "electricity.grid", "feed_in": "electricity.grid",
    "gas": "heat.gas", "heat": "heat.gas", "water": "water.cold",
}  # fmt: skip
"""What makes the heat of a heat meter is not known: gas stands in, and the text says so."""

LARGE, MIDDLING = 0.2, 0.08
"""Part of the medium's use from which on a finding is called high or medium."""


@cache
def catalogue() -> Mapping[str, Mapping[str, Any]]:
    """Return the words of ``alerts.de.toml``."""
    path = resources.files(__package__).joinpath("alerts.de.toml")
    return tomllib.loads(path.read_text("utf-8"))


def tell(finding: Finding, view: View) -> Alert:
    """Put a finding into words."""
    words, rule = catalogue()[finding.key], rules()[finding.key]
    meter = view.profiles[finding.medium].meter
    gaps = {"medium": catalogue()["media"].get(finding.medium, finding.medium), **finding.values}
    measured, filled, expected = _days(finding, view)
    amount = _amount(finding, meter.unit)
    eur, kg = _money(finding, amount, view), _gas(finding, amount)
    parts = [
        words["finding"].format(**gaps),
        _size(finding, amount, eur, kg),
        catalogue()["frame"]["sure"].format(
            measured=number(measured), filled=number(filled), expected=number(expected)
        ),
        catalogue()["frame"]["period"].format(
            start=day(finding.start), end=day(finding.end - pd.Timedelta(days=1))
        ),
        catalogue()["frame"]["simulated"] if meter.simulated else "",
        catalogue()["frame"]["why"].format(reasons=", ".join(words["reasons"])),
        catalogue()["frame"]["test"].format(test=words["test"].format(**gaps)),
    ]
    return Alert(
        key=finding.key,
        field=str(rule["field"]),
        medium=finding.medium,
        title=words["title"].format(**gaps),
        sentence=" ".join(part for part in parts if part),
        kwh=amount if amount is not None and amount.unit == "kWh" else None,
        amount=amount,
        eur=eur,
        kg=kg,
        yearly=finding.yearly,
        severity=_severity(finding, rule),
        confidence=_confidence(finding, measured, filled, expected),
        start=finding.start,
        end=finding.end,
        chart=finding.chart,
        measured_days=measured,
        filled_days=filled,
        expected_days=expected,
        reasons=tuple(words["reasons"]),
        test=words["test"].format(**gaps),
        pupil_task=words["pupil"].format(**gaps),
        caretaker_action=words["caretaker"].format(**gaps),
        simulated=meter.simulated,
        evidence=finding.evidence,
    )


def _days(finding: Finding, view: View) -> tuple[int, int, int]:
    found = view.profiles[finding.medium]
    inside = np.asarray((view.days >= finding.start) & (view.days < finding.end))
    known = found.measured[inside] >= 0.9
    filled = known & found.filled[inside]
    return int((known & ~filled).sum()), int(filled.sum()), int(inside.sum())


def _amount(finding: Finding, unit: str) -> Amount | None:
    if not np.isfinite(finding.amount):
        return None
    value = max(float(finding.amount), 0.0)
    spread = finding.amount_spread if np.isfinite(finding.amount_spread) else value
    wide = Z90 * float(spread)
    return Amount(value, max(value - wide, 0.0), value + wide, unit)


def _times(amount: Amount, factor: float, unit: str, source: str, factor_id: str = "") -> Amount:
    return Amount(
        amount.value * factor, amount.low * factor, amount.high * factor, unit, source, factor_id
    )


def _money(finding: Finding, amount: Amount | None, view: View) -> Amount | None:
    prices = view.school.prices
    if prices is None or amount is None:
        return None
    price = {
        ("electricity", "kWh"): prices.electricity, ("solar", "kWh"): prices.electricity,
        ("heat", "kWh"): prices.heat, ("gas", "kWh"): prices.heat, ("water", "m³"): prices.water,
    }.get((finding.medium, amount.unit))  # fmt: skip
    return None if price is None else _times(amount, price, "€", prices.source)


@cache
def _factor(activity: str, year: int) -> Factor | None:
    return selections()[STANDARD].factor(activity, year)


def _gas(finding: Finding, amount: Amount | None) -> Amount | None:
    activity = ACTIVITIES.get(finding.medium)
    if amount is None or activity is None:
        return None
    factor = _factor(activity, finding.start.year)
    if factor is None or factor.unit != f"kg/{amount.unit}":
        return None
    # Where the registry states an uncertainty, it widens the interval.
    part = (factor.uncertainty_pct or 0.0) / 100
    told = _times(amount, factor.value, f"kg {factor.gases}", factor.source, factor.id)
    low, high = told.value - told.low, told.high - told.value
    more = part * told.value
    return Amount(
        told.value, max(0.0, told.value - float(np.hypot(low, more))),
        told.value + float(np.hypot(high, more)), told.unit, told.source, told.factor_id,
    )  # fmt: skip


def _size(
    finding: Finding, amount: Amount | None, eur: Amount | None, kg: Amount | None
) -> str:  # fmt: skip
    if amount is None or amount.value <= 0:
        return ""
    frame = catalogue()["frame"]
    name = "amount_year" if finding.yearly else "amount_period"
    if finding.key == "baseload_high":
        name = "share_electricity"
    gas = "gas_assumed" if finding.medium == "heat" else "gas"
    return str(
        frame[name].format(
            share=percent(finding.share), amount=short(amount.value), unit=amount.unit,
            low=short(amount.low), high=short(amount.high),
            money=frame["money"].format(eur=short(eur.value)) if eur else "",
            gas=frame[gas].format(kg=short(kg.value), gas_unit=kg.unit) if kg else "",
        )
    )  # fmt: skip


def _severity(finding: Finding, rule: Mapping[str, Any]) -> Severity:
    fixed: Severity | None = rule.get("severity")
    if fixed is not None:
        return fixed
    if not np.isfinite(finding.share):
        return "medium"
    return "high" if finding.share >= LARGE else "medium" if finding.share >= MIDDLING else "low"


def _confidence(finding: Finding, measured: int, filled: int, expected: int) -> float:
    """Return 0–1: measured days count fully, filled ones half; few days count less."""
    if rules()[finding.key]["field"] == "meter":
        return 1.0
    days = max(finding.days, 1)
    covered = (measured + 0.5 * filled) / max(expected, 1) if expected else 0.0
    if finding.medium == "waste":
        covered = 1.0
    return round(min(1.0, covered) * days / (days + 2), 2)
