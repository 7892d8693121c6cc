"""From when to when a bill's row counts: two dates, a month or a year."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from stadtlabor.sources.http import SourceError
from stadtlabor.sources.meter.dates import dates
from stadtlabor.sources.meter.form import Form
from stadtlabor.sources.meter.words import Columns

__all__ = ["MONTHS", "Periods", "periods_of"]

MONTHS = (
    "januar", "februar", "märz", "april", "mai", "juni", "juli", "august", "september", "oktober",
    "november", "dezember",
)  # fmt: skip


@dataclass(frozen=True)
class Periods:
    """Start and end (UTC, NaT where unreadable), text, columns used, German name of the layout.

    ``inclusive`` tells whether the last day belongs to the period in the file.
    """

    start: pd.Series
    end: pd.Series
    raw: pd.Series
    places: set[int]
    layout: str
    inclusive: bool


def periods_of(columns: Columns, form: Form, local: str) -> Periods:
    """Read the periods.

    Raises
    ------
    SourceError
        If neither two dates nor a month or year are found.
    """
    table = columns.table
    since, until = columns.place("period_from"), columns.place("period_to")
    if since is not None and until is not None and since != until:
        first, family = dates(table.column(since), table.name, form, table.is_number(since))
        last, other = dates(table.column(until), table.name, form, table.is_number(until))
        if "offset" in (family, other):
            first, last = (s.dt.tz_localize(None) if s.dt.tz else s for s in (first, last))
        first, last = first.dt.normalize(), last.dt.normalize()
        # "31.12." and then "01.01." names last days; "01.01." and again "01.01." names borders.
        inclusive = not bool(last.isin(first.dropna()).sum() > last.notna().sum() / 3)
        end = last + pd.Timedelta(days=int(inclusive))
        end = end.where(last >= first, last)
        raw = table.column(since).str.cat(table.column(until), sep=" bis ")
        layout, places = "Rechnungen mit Zeitraum", {since, until}
    else:
        month, year = columns.place("month"), columns.place("year")
        place = month if month is not None else year
        if place is None:
            raise SourceError(
                f"{table.name}: Kein Zeitraum gefunden ({', '.join(table.header[:8])}). "
                "Bitte Spalten „Von“ und „Bis“ oder „Monat“ anlegen."
            )
        raw = table.column(place)
        if month is not None and year is not None:
            raw = raw.str.cat(table.column(year), sep=" ")
        pairs = [_month(text) if month is not None else _year(text) for text in raw]
        first = pd.Series([p[0] for p in pairs], index=raw.index, dtype="datetime64[us]")
        end = pd.Series([p[1] for p in pairs], index=raw.index, dtype="datetime64[us]")
        layout = "eine Zeile je Monat" if month is not None else "eine Zeile je Jahr"
        places, inclusive = {p for p in (month, year) if p is not None}, False
    return Periods(_utc(first, local), _utc(end, local), raw, places, layout, inclusive)


def _utc(wall: pd.Series, local: str) -> pd.Series:
    moments: pd.Series = (
        wall.dt.tz_localize(local, nonexistent="shift_forward", ambiguous="NaT")
        .dt.tz_convert("UTC")
        .astype("datetime64[us, UTC]")
    )
    return moments


def _month(text: str) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
    """Read ``Januar 2026``, ``Jan. 26``, ``01/2026``, ``2026-01`` or ``01.01.2026``."""
    lowered = " ".join(text.lower().replace("maerz", "märz").split())
    number = year = None
    if match := re.fullmatch(r"([a-zä]{3,9})\.?[ \-/]*(\d{4}|\d\d)", lowered):
        stem = "märz" if match[1] == "mrz" else match[1]
        number = next((n for n, m in enumerate(MONTHS, start=1) if m.startswith(stem)), None)
        year = int(match[2])
    elif match := re.fullmatch(r"(?:0?1\.)?(0?[1-9]|1[0-2])[./ -](\d{4})", lowered):
        number, year = int(match[1]), int(match[2])
    elif match := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])(?:-01(?: 00:00:00)?)?", lowered):
        number, year = int(match[2]), int(match[1])
    if number is None or year is None:
        return None, None
    # "22" is 2022, but "0022" is a slip of the hand.
    year += 2000 if year < 100 and not re.search(r"\b00\d\d\b", text) else 0
    if not 1950 <= year <= 2100:
        return None, None
    start = pd.Timestamp(year, number, 1)
    return start, start + pd.DateOffset(months=1)


def _year(text: str) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
    match = re.fullmatch(r"(\d{4})(?:\.0)?", text.strip())
    if not match or not 1950 <= int(match[1]) <= 2100:
        return None, None
    year = int(match[1])
    return pd.Timestamp(year, 1, 1), pd.Timestamp(year + 1, 1, 1)
