"""Meter files with one row per day and 24, 48, 92, 96 or 100 columns of values."""

from __future__ import annotations

import re

import pandas as pd

from stadtlabor.observations import Problem
from stadtlabor.sources.localtime import SINGLE_HOUR
from stadtlabor.sources.meter.form import numbers
from stadtlabor.sources.rows import REMEDY
from stadtlabor.sources.table import Table

__all__ = ["expand", "step_of", "value_columns"]

LABEL = re.compile(r"\[?(\d{1,2}):(\d{2})(?::00)?\]?")
DAY_S = 86_400


def value_columns(header: list[str]) -> list[int]:
    """Return the places of the columns that are named by a time of day, if they span a day."""
    places = [n for n, cell in enumerate(header) if LABEL.fullmatch(cell.strip())]
    return places if len(places) >= 23 else []


def step_of(columns: int) -> int:
    """Return the length of one interval in seconds for that many columns (23 to 25 hours)."""
    return min((900, 1800, 3600), key=lambda step: abs(columns - DAY_S // step))


def expand(
    table: Table, days: pd.Series, series: pd.Series, places: list[int], timezone: str
) -> tuple[pd.DataFrame, list[Problem]]:
    """Turn days into readings.

    The n-th value belongs to the n-th interval since local midnight. On the day of the clock change
    a file with fixed columns leaves the missing hour empty or lists it with zeros, and has no
    column for the doubled one; both are told.

    Parameters
    ----------
    table
        The file.
    days
        Date of each row without zone, NaT where unreadable.
    series
        Meter of each row.
    places
        Value columns (:func:`value_columns`).
    timezone
        Zone whose days the rows are.

    Returns
    -------
    tuple
        Readings as :func:`stadtlabor.sources.rows.check` wants them, and the problems of whole
        rows. Each row of the file yields readings or a problem.
    """
    problems: list[Problem] = []
    kept: list[int] = []
    seen: dict[tuple[str, pd.Timestamp], list[int]] = {}
    cells = [[row[p].strip() for p in places] for row in table.rows]

    def tell(n: int, what: str, remedy: str = REMEDY) -> None:
        problems.append(Problem(f"{table.name}, Zeile {table.lines[n]}", what, remedy))

    for n, day in enumerate(days):
        if pd.isna(day):
            tell(n, "Das Datum ist nicht lesbar")
        elif not any(cells[n]):
            tell(n, f"Am {day:%d.%m.%Y} fehlen alle {len(places)} Werte")
        else:
            seen.setdefault((series.iloc[n], day), []).append(n)
    for (_, day), rows in seen.items():
        if len({tuple(cells[n]) for n in rows}) > 1:
            for n in rows:
                tell(
                    n,
                    f"Zum {day:%d.%m.%Y} stehen verschiedene Tageszeilen in der Datei",
                    "Bitte entscheiden, welche Zeile gilt, und die anderen löschen",
                )
            continue
        kept.append(rows[0])
        for n in rows[1:]:
            tell(
                n,
                f"Die Zeile zum {day:%d.%m.%Y} steht mehrfach da; sie zählt einmal",
                "Keine Änderung nötig",
            )
    step = pd.Timedelta(seconds=step_of(len(places)))
    readings: list[tuple[int, str, pd.Timestamp, str, str, str]] = []
    for n in kept:
        day = days.iloc[n]
        slots, remark = _slots(cells[n], day, step, timezone)
        missing = sum(1 for _, raw in slots if raw == "")
        if missing:
            tell(n, f"Am {day:%d.%m.%Y} fehlen {missing} von {len(slots)} Werten")
        if remark:
            tell(n, f"{remark} ({day:%d.%m.%Y})", "Bitte prüfen")
        readings += [
            (table.lines[n], series.iloc[n], start, f"{start:%d.%m.%Y %H:%M} UTC", raw, "")
            for start, raw in slots
            if raw != ""
        ]
    frame = pd.DataFrame(
        readings, columns=["line", "series", "time", "raw_time", "raw_value", "remark"]
    )
    frame["time"] = pd.to_datetime(frame["time"], utc=True)
    frame["value"] = numbers(frame["raw_value"].astype("str"))
    return frame, problems


def _slots(
    cells: list[str], day: pd.Timestamp, step: pd.Timedelta, timezone: str
) -> tuple[list[tuple[pd.Timestamp, str]], str]:
    """Return start (UTC) and cell of each interval of a day, and a remark."""
    start = day.tz_localize(timezone).tz_convert("UTC")
    end = (day + pd.Timedelta(days=1)).tz_localize(timezone).tz_convert("UTC")
    expected = int((end - start) / step)
    regular = int(pd.Timedelta(days=1) / step)
    if expected >= len(cells) and not (expected > regular and len(cells) == regular):
        return [(start + k * step, cell) for k, cell in enumerate(cells)], ""
    if expected > regular:  # autumn, but no columns for the doubled hour
        wall = [day + k * step for k in range(len(cells))]
        first = [w.tz_localize(timezone, ambiguous=True).tz_convert("UTC") for w in wall]
        return list(zip(first, cells, strict=True)), SINGLE_HOUR
    extra = len(cells) - expected
    if len(cells) > regular or not any(cells[-extra:]):
        return [(start + k * step, cell) for k, cell in enumerate(cells[:expected])], (
            "Es stehen mehr Werte da, als der Tag Stunden hat" if any(cells[expected:]) else ""
        )
    slots, surplus = [], False  # spring, with columns for the hour that is not there
    for k, cell in enumerate(cells):
        moment = (day + k * step).tz_localize(timezone, nonexistent="NaT")
        if pd.isna(moment):
            surplus = surplus or cell not in ("", "0", "0,0", "0.0", "0,00", "0.00")
        else:
            slots.append((moment.tz_convert("UTC"), cell))
    return (
        slots,
        "Werte in der Stunde, die es an diesem Tag nicht gibt, zählen nicht" if surplus else "",
    )
