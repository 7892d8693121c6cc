"""What an alert is: a finding with its size, its certainty and what to do tonight."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Literal

import pandas as pd

__all__ = ["Alert", "Amount", "Finding", "Severity"]

Severity = Literal["high", "medium", "low"]


@dataclass(frozen=True)
class Amount:
    """An amount with its 90 % interval.

    Attributes
    ----------
    value, low, high
        In ``unit``.
    unit
        ``kWh``, ``m³``, ``kg``, ``€``, ``kg CO2`` or ``kg CO2e``.
    source
        German: where a price or factor comes from; empty for what was measured.
    factor_id
        Row of the factor registry, empty where none was used.
    """

    value: float
    low: float
    high: float
    unit: str
    source: str = ""
    factor_id: str = ""


@dataclass(frozen=True)
class Finding:
    """What a rule found, before it is put into words.

    Attributes
    ----------
    key
        Name of the rule.
    medium
        Of the meter.
    start, end
        Local days without zone, ``end`` exclusive.
    values
        Ready words and numbers for the gaps of the rule's texts.
    evidence
        What a chart is drawn from.
    chart
        Name of that chart.
    amount, amount_spread
        What was used too much (or is missing) in the period, in the meter's unit, and its standard
        deviation; NaN where there is no such amount.
    yearly
        Whether the amount is that of a year.
    days, of_days
        Days that the finding stands on, out of so many.
    share
        Part 0–1 of the medium's use that the amount is, NaN if unknown.
    """

    key: str
    medium: str
    start: pd.Timestamp
    end: pd.Timestamp
    values: dict[str, str]
    evidence: pd.DataFrame
    chart: str
    amount: float = float("nan")
    amount_spread: float = 0.0
    yearly: bool = False
    days: int = 0
    of_days: int = 0
    share: float = float("nan")


@dataclass(frozen=True)
class Alert:
    """A finding in words.

    Attributes
    ----------
    key, field, medium
        Name of the rule; field of action and medium of the meter.
    title
        German: the finding with its number.
    sentence
        German: finding, size, certainty, possible reasons, test.
    kwh
        Energy of the period (or year, see ``yearly``), positive: used too much or not produced;
        None for water, waste and faults of meters.
    amount
        The same in the meter's own unit; None for faults of meters.
    eur
        None where no price is stated.
    kg
        Greenhouse gases; the unit tells whether CO2 or CO2e, because factors differ in that.
    yearly
        Whether the amounts are those of a year; else of the period.
    severity, confidence
        How large (``high``, ``medium``, ``low``) and how well measured (0–1).
    start, end
        Local days without zone, ``end`` exclusive.
    evidence, chart
        Data and name of the chart that shows it; the chart's title is ``title``.
    measured_days, filled_days, expected_days
        Days of the period that were measured, filled in, and should be there.
    reasons
        Possible reasons, German.
    test
        What to do to find out, German.
    pupil_task, caretaker_action
        German.
    simulated
        Whether the meter's values are invented.
    """

    key: str
    field: str
    medium: str
    title: str
    sentence: str
    kwh: Amount | None
    amount: Amount | None
    eur: Amount | None
    kg: Amount | None
    yearly: bool
    severity: Severity
    confidence: float
    start: pd.Timestamp
    end: pd.Timestamp
    chart: str
    measured_days: int
    filled_days: int
    expected_days: int
    reasons: tuple[str, ...]
    test: str
    pupil_task: str
    caretaker_action: str
    simulated: bool
    evidence: pd.DataFrame = dataclasses.field(repr=False, compare=False)

    @property
    def period(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """First day and the day after the last, local, without zone."""
        return self.start, self.end
