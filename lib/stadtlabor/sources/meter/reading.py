"""The result of reading a meter file: values with their origin, and the report."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from stadtlabor.sources.http import SourceError
from stadtlabor.sources.ledger import NOTHING_TO_DO, lines_of
from stadtlabor.sources.meter.report import Gap, Report, Total
from stadtlabor.sources.meter.words import words
from stadtlabor.sources.table import Table

__all__ = ["COLUMNS", "MeterReading", "Rows", "complete"]

MANY = 3
"""Up to so many refused lines a file is read even if fewer are good."""

COLUMNS = {
    "meter": "str",
    "medium": "str",
    "start": "datetime64[us, UTC]",
    "end": "datetime64[us, UTC]",
    "value": "float64",
    "unit": "str",
    "provenance": "str",
    "cost_eur": "float64",
    "line": "int64",
}
"""Columns of :attr:`MeterReading.data` and their types."""


@dataclass
class Rows:
    """Checked rows of one layout, in the units of the file.

    Attributes
    ----------
    frame
        Columns as in :data:`COLUMNS`; ``cost_eur`` may be absent.
    layout
        German name of the layout.
    step_s
        Common length of the values in seconds, 0 where there is none.
    timezone
        Zone of days and months.
    detected
        German name of a property → what was detected.
    """

    frame: pd.DataFrame
    layout: str
    step_s: int
    timezone: str
    detected: dict[str, str] = field(default_factory=dict)


@dataclass
class MeterReading:
    """What a meter file says.

    Attributes
    ----------
    data
        One row per value, ordered by meter, medium and start:

        - ``meter``: its number or name in the file, empty where the file names none
        - ``medium``: electricity, heat, gas, water, solar, feed_in, oil, pellets, wood
        - ``start``, ``end``: the time that the value covers, UTC; values may be of unequal length
        - ``value``: consumption (or yield) in that time, never a power or a counter's state
        - ``unit``: kWh, m³, l or kg
        - ``provenance``: measured, estimated (as the file says), derived (computed from others)
        - ``cost_eur``: € of a bill, NaN elsewhere
        - ``line``: line of the file
    report
        What was detected, kept, refused and repaired.
    step_s
        Common length of the values in seconds, 0 where there is none.
    suspect
        Columns like ``data``: values that are refused only because they are absurdly large, such
        as a counter's largest register. They are in no sum; the store keeps them with a mark, so
        that faults can be found there.
    """

    data: pd.DataFrame
    report: Report
    step_s: int
    suspect: pd.DataFrame

    def _repr_html_(self) -> str:
        return self.report._repr_html_()


def complete(table: Table, rows: Rows, medium_note: str = "") -> MeterReading:
    """Convert units, find gaps, sum up.

    Raises
    ------
    SourceError
        If no row is left; names the first refused one.
    """
    ledger = table.ledger
    suspect = rows.frame.get("suspect", pd.Series(False, index=rows.frame.index)).astype(bool)
    if not (~suspect).any():
        raise SourceError(
            f"{table.name}: Keine Zeile ist brauchbar (Mängel: {len(ledger.rejected)})."
            f"{ledger.first()}"
        )
    kept = set(rows.frame.loc[~suspect, "line"])
    refused = lines_of(ledger.rejected) - kept
    if len(refused) > max(MANY, len(kept)):
        raise SourceError(
            f"{table.name}: Mehr Zeilen sind unbrauchbar ({len(refused)}) als brauchbar "
            f"({len(kept)}); die Datei wird nicht gelesen.{ledger.first()}"
        )
    frame = rows.frame.assign(suspect=suspect)
    if "cost_eur" not in frame:
        frame["cost_eur"] = np.nan
    _convert(frame, rows, table)
    _refuse_odd_pairs(frame, table)
    frame = frame.sort_values(["meter", "medium", "start"], kind="stable", ignore_index=True)
    suspects = frame.loc[frame["suspect"], list(COLUMNS)].astype(COLUMNS)
    frame = frame.loc[~frame["suspect"], list(COLUMNS)].astype(COLUMNS)
    frame = frame.reset_index(drop=True)
    frame.attrs["timezone"] = rows.timezone
    report = Report(
        table.name,
        rows.layout,
        {**table.detected, **rows.detected},
        len(table),
        len(frame),
        ledger,
        _gaps(frame, rows),
        _totals(frame),
        rows.timezone,
    )
    return MeterReading(frame, report, rows.step_s, suspects)


def _refuse_odd_pairs(frame: pd.DataFrame, table: Table) -> None:
    """Refuse electricity in m³ and the like.

    Raises
    ------
    SourceError
        If a medium has a unit that it cannot have.
    """
    for medium, unit in frame[["medium", "unit"]].drop_duplicates().to_numpy().tolist():
        possible = words()["units_of_media"].get(medium)
        if possible and unit not in possible:
            name = words()["german"][medium]
            raise SourceError(
                f"{table.name}, Zeile {table.header_line}: {name} in {unit} kann nicht sein "
                f"(möglich: {', '.join(possible)}). Bitte die Einheit prüfen oder im Dateinamen "
                "berichtigen, was gemessen wird."
            )


def _convert(frame: pd.DataFrame, rows: Rows, table: Table) -> None:
    """Turn power into energy and large units into common ones."""
    for unit in list(frame["unit"].unique()):
        here = frame["unit"] == unit
        rule: dict[str, Any] | None = words()["conversions"].get(unit)
        if unit in ("kW", "W"):
            if not rows.step_s:
                raise SourceError(
                    f"{table.name}: Leistungen in {unit} ergeben ohne festen Abstand keine Menge. "
                    "Bitte die Werte in kWh besorgen."
                )
            factor = rows.step_s / 3600 / (1000 if unit == "W" else 1)
            rule = {"unit": "kWh", "factor": factor}
            table.ledger.repair(
                None,
                f"Die Werte sind Leistungen in {unit}; je {rows.step_s // 60} Minuten umgerechnet "
                f"in kWh (mal {factor:g})".replace(".", ","),
                NOTHING_TO_DO,
            )
        elif unit == "l" and (frame.loc[here, "medium"] == "water").all():
            rule = {"unit": "m³", "factor": 0.001}
        if rule is not None:
            frame.loc[here, "value"] *= rule["factor"]
            frame.loc[here, "unit"] = rule["unit"]


def _gaps(frame: pd.DataFrame, rows: Rows) -> list[Gap]:
    gaps: list[Gap] = []
    for (meter, medium), one in frame.groupby(["meter", "medium"], sort=False):
        starts, ends = one["start"].iloc[1:], one["end"].cummax().iloc[:-1]
        seconds = (pd.DatetimeIndex(starts) - pd.DatetimeIndex(ends)).total_seconds().to_numpy()
        for n in np.flatnonzero(seconds > 0):
            missing = round(seconds[n] / rows.step_s) if rows.step_s else 0
            gaps.append(Gap(str(meter), str(medium), ends.iloc[n], starts.iloc[n], missing))
    return gaps


def _totals(frame: pd.DataFrame) -> list[Total]:
    return [
        Total(
            str(meter),
            str(medium),
            str(unit),
            float(one["value"].sum()),
            one["start"].min(),
            one["end"].max(),
            len(one),
            int((one["provenance"] != "measured").sum()),
        )
        for (meter, medium, unit), one in frame.groupby(["meter", "medium", "unit"], sort=False)
    ]
