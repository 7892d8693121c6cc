"""Meter files with one row per reading at 5, 15, 30 or 60 minutes."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from stadtlabor.sources.http import SourceError
from stadtlabor.sources.localtime import to_utc
from stadtlabor.sources.meter.form import Form, dates, stated_zone
from stadtlabor.sources.table import Table

__all__ = ["Times", "times_of", "zone_by_clock_change"]

STEPS = (300, 900, 1800, 3600, 86_400)
DATE = ("datum", "date", "reading date", "tag")
CLOCK = ("uhrzeit", "zeit", "time", "von", "zeit von", "beginn", "bis", "zeit bis", "ende")
MOMENT = (
    "datetime", "readdatetime", "timestamp", "zeitstempel", "zeitpunkt", "datum/zeit",
    "datum/uhrzeit", "datum und uhrzeit", "datum uhrzeit", "von", "ab", "beginn", "start",
    "zeit", "time", "bis", "ende", "datum", "date",
)  # fmt: skip
ENDS = ("bis", "zeit bis", "ende", "end", "to")
STARTS = ("von", "zeit von", "ab", "beginn", "start", "from")


@dataclass(frozen=True)
class Times:
    """Start of each reading's interval (UTC), remarks, raw text, length and what to tell."""

    start: pd.Series
    remark: pd.Series
    raw: pd.Series
    step_s: int
    notes: list[str]


def times_of(table: Table, series: pd.Series, form: Form, local: str) -> Times:
    """Find and read the time columns.

    Parameters
    ----------
    table
        The file.
    series
        Meter of each row.
    form
        What is stated about the file.
    local
        Zone of the city.

    Raises
    ------
    SourceError
        If no time column is found, the interval is unusual or the zone cannot be told.
    """
    raw, header = _raw(table)
    stamps, family = dates(raw, table.name, form)
    if stamps.notna().sum() < 2:
        raise SourceError(
            f"{table.name}: Die Zeiten sind nicht lesbar (zum Beispiel „{raw.iloc[0]}“). "
            "Bitte als TT.MM.JJJJ hh:mm oder JJJJ-MM-TT hh:mm schreiben."
        )
    step = _step(stamps, series, table.name)
    notes: list[str] = []
    ends = _labels_end(header, stamps, step)
    if ends:
        notes.append("Die Zeiten nennen das Ende der Messperiode; gespeichert wird der Anfang")
    shift = pd.Timedelta(seconds=step if ends else 0)
    none = pd.Series("", index=raw.index, dtype="str")
    if family == "offset":
        return Times(stamps - shift, none, raw, step, notes)
    wall = pd.DatetimeIndex(stamps)
    zone = form.timezone or stated_zone([*table.preamble, header], local)
    if zone is None:
        zone, note = zone_by_clock_change(wall, local, family, table.name)
        notes += [note] if note else []
    utc, remark = to_utc(wall, zone, series)
    return Times(pd.Series(utc) - shift, remark, raw, step, notes)


def _raw(table: Table) -> tuple[pd.Series, str]:
    """Return the time as text and the name of its column."""
    headers = [" ".join(h.lower().split()) for h in table.header]
    day, clock = table.find(*DATE), table.find(*CLOCK)
    if day is not None and clock is not None and day != clock:
        return table.column(day).str.slice(0, 10).str.cat(table.column(clock), sep=" "), headers[
            clock
        ]
    place = table.find(*MOMENT)
    if place is None:
        place = next(
            (
                n
                for n, h in enumerate(headers)
                if any(w in h for w in ("zeit", "time", "datum", "date"))
            ),
            None,
        )
    if place is None:
        raise SourceError(
            f"{table.name}: Keine Spalte mit Zeiten gefunden ({', '.join(table.header[:8])} …). "
            "Bitte die Spalte „Zeit“ nennen."
        )
    return table.column(place), headers[place] + " " + table.header[place]


def _step(stamps: pd.Series, series: pd.Series, name: str) -> int:
    """Return the most frequent distance between neighbours of one meter, in seconds."""
    gaps = stamps.groupby(series).transform(lambda s: s.drop_duplicates().sort_values().diff())
    seconds = gaps.dropna().dt.total_seconds()
    seconds = seconds[seconds > 0]
    step = int(seconds.mode().iloc[0]) if len(seconds) else 0
    if step not in STEPS:
        raise SourceError(
            f"{name}: Der Abstand der Werte beträgt {step / 60:g} Minuten. "
            "Möglich sind 5, 15, 30 oder 60 Minuten und ganze Tage."
        )
    return step


def _labels_end(header: str, stamps: pd.Series, step: int) -> bool:
    """Tell whether the times name the end of the interval."""
    words = header.split()
    if any(w in words for w in ENDS) and not any(w in words for w in STARTS):
        return True
    if any(w in words for w in STARTS):
        return False
    seen = stamps.dropna()
    length = pd.Timedelta(seconds=step)
    # A file of whole days that starts one step after midnight and ends at midnight counts ends.
    first, last = seen.min(), seen.max()
    return bool(first - first.normalize() == length and last == last.normalize())


def zone_by_clock_change(
    wall: pd.DatetimeIndex, local: str, family: str, name: str
) -> tuple[str, str]:
    """Tell the zone of wall-clock times by what the file does when clocks change.

    Returns
    -------
    tuple
        Zone and a German note (may be empty).

    Raises
    ------
    SourceError
        If the file does not show it; the message asks the question.
    """
    known = wall.dropna()
    zone = ZoneInfo(local)
    seen, times = np.unique(known.to_numpy(), return_counts=True)
    distinct = pd.DatetimeIndex(seen)
    summer = distinct.tz_localize(zone, ambiguous=np.ones(len(seen), bool), nonexistent="NaT")
    winter = distinct.tz_localize(zone, ambiguous=np.zeros(len(seen), bool), nonexistent="NaT")
    doubled = np.asarray(summer != winter) & ~np.asarray(summer.isna())
    if summer.isna().any() or (doubled.any() and times[doubled].max() == 1):
        fixed = "Etc/GMT-1" if family == "german" else "UTC"
        label = "MEZ ohne Sommerzeit" if family == "german" else "UTC"
        other = "zeit-utc" if family == "german" else "zeit-mez"
        return fixed, (
            f"Die Uhr der Datei wird nicht umgestellt; gelesen als {label}. "
            f"Falls das nicht stimmt, „.{other}.“ im Dateinamen ergänzen"
        )
    if doubled.any():
        return local, ""
    if family == "german" and len(known) and not _summer(known, zone):
        return local, ""  # in winter wall clock and MEZ are the same
    example = known[0] if len(known) else None
    raise SourceError(
        f"{name}: Ist „{example:%d.%m.%Y %H:%M}“ Ortszeit, MEZ ohne Sommerzeit oder UTC? "
        "Bitte im Dateinamen „.zeit-ortszeit.“, „.zeit-mez.“ oder „.zeit-utc.“ ergänzen."
    )


def _summer(wall: pd.DatetimeIndex, zone: ZoneInfo) -> bool:
    return any(moment.replace(tzinfo=zone).dst() for moment in (wall.min(), wall.max())) or (
        wall.max() - wall.min() > pd.Timedelta(days=150)
    )
