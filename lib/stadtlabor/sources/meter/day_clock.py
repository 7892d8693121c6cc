"""The columns of a table of days: which time each stands for, also when clocks change."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.sources.http import SourceError
from stadtlabor.sources.localtime import SINGLE_HOUR
from stadtlabor.sources.table import Table

__all__ = ["ZEROS", "Clock", "clock_columns", "read_clock", "slots_of"]

LABEL = re.compile(r"\[?(\d{1,2}):(\d{2})(?::00)?\]?")
ENOUGH = 20
"""So many columns named by times make a table of days; fewer are columns of another kind."""
ZEROS = {"", "0", "0,0", "0.0", "0,00", "0.00", "0,000", "0.000"}


@dataclass(frozen=True)
class Clock:
    """The columns of a day.

    Attributes
    ----------
    places
        Columns, in the order of the file.
    minute
        Wall-clock start of each column's interval, minutes since midnight.
    again
        True for the second pass through the doubled hour of autumn.
    step
        Length of an interval in minutes.
    """

    places: list[int]
    minute: npt.NDArray[np.int64]
    again: npt.NDArray[np.bool_]
    step: int


def clock_columns(header: list[str]) -> list[int]:
    """Return the places of the columns that are named by a time of day, if they span a day."""
    places = [n for n, cell in enumerate(header) if LABEL.fullmatch(cell.strip())]
    return places if len(places) >= ENOUGH else []


def read_clock(table: Table) -> Clock:
    """Read the names of the value columns; they must follow each other without gap.

    Raises
    ------
    SourceError
        If a time is missing or doubled (other than in the doubled hour).
    """
    places = clock_columns(table.header)
    labels = [LABEL.fullmatch(table.header[n].strip()) for n in places]
    minute = np.array([int(m[1]) * 60 + int(m[2]) for m in labels if m], dtype=np.int64)
    gaps = np.diff(minute)
    step = int(np.median(gaps)) if len(gaps) else 0
    if step not in (15, 30, 60):
        raise SourceError(
            f"{table.name}: Die Uhrzeiten der Kopfzeile sind {step} Minuten auseinander. "
            "Möglich sind 15, 30 und 60 Minuten."
        )
    if minute[0] not in (0, step) or (places != list(range(places[0], places[0] + len(places)))):
        raise _broken(table, places[0])
    if minute[0] == step:  # names of ends: 00:15 … 24:00 or 00:00
        minute = np.where(minute == 0, 1440, minute) - step
    again = np.zeros(len(minute), dtype=bool)
    odd = np.flatnonzero(np.diff(minute) != step)
    if len(odd) == 1 and np.diff(minute)[odd[0]] == step - 60 and minute[odd[0]] == 180 - step:
        first = odd[0] + 1
        again[first : first + 60 // step] = True
    elif len(odd):
        raise _broken(table, places[odd[0] + 1])
    regular = 1440 // step
    if len(minute) not in (regular, regular + 60 // step):
        raise _broken(table, places[-1])
    return Clock(places, minute, again, step)


def _broken(table: Table, place: int) -> SourceError:
    return SourceError(
        f"{table.name}, Zeile {table.header_line}: Die Uhrzeiten der Kopfzeile haben bei "
        f"„{table.header[place]}“ eine Lücke oder stehen doppelt. Bitte die Kopfzeile berichtigen."
    )


def slots_of(
    row: list[str], day: pd.Timestamp, expected: int, clock: Clock, zone: str
) -> tuple[list[tuple[int, int]], list[int], str]:
    """Return (column, number of the interval since midnight), surplus columns and a remark."""
    regular = 1440 // clock.step
    everything = list(range(len(row)))
    first = [k for k in everything if not clock.again[k]][:regular]
    extra = [k for k in everything if k not in first]
    if expected == regular:
        return [(k, s) for s, k in enumerate(first)], extra, ""
    if expected > regular:  # autumn
        if extra:
            return [(k, s) for s, k in enumerate(everything)], [], ""
        hour = expected - regular
        after = [k for k in first if clock.minute[k] >= _doubled_ends(day, zone)]
        slots = [(k, s + hour if k in after else s) for s, k in enumerate(first)]
        return slots, [], SINGLE_HOUR
    lacking = regular - expected  # spring
    walls = day + pd.to_timedelta(clock.minute[first], unit="m")
    gone = np.asarray(walls.tz_localize(zone, nonexistent="NaT", ambiguous=True).isna())
    there = [k for k, no in zip(first, gone, strict=True) if not no]
    absent = [k for k, no in zip(first, gone, strict=True) if no]
    if not any(row[k] for k in first[-lacking:]) and any(row[k] not in ZEROS for k in absent):
        # The values are lined up from midnight; the last columns stay empty.
        return [(k, s) for s, k in enumerate(first[:-lacking])], extra, ""
    return [(k, s) for s, k in enumerate(there)], absent + extra, ""


def _doubled_ends(day: pd.Timestamp, zone: str) -> int:
    """Return the wall-clock minute at which the doubled hour of a day is over."""
    walls = day + pd.to_timedelta(np.arange(0, 24) * 60, unit="m")
    early = walls.tz_localize(zone, ambiguous=np.ones(24, bool))
    late = walls.tz_localize(zone, ambiguous=np.zeros(24, bool))
    doubled = np.flatnonzero(np.asarray(early != late))
    return int(doubled[-1] + 1) * 60 if len(doubled) else 0
