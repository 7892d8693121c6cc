"""The false-alarm ledger: what was warned of, what came, and how sure the shares are.

An event is a time in which the sum of the last 60 minutes (or 6 hours) somewhere in the catchment
reaches the sum of a level; crossings less than an hour apart are one event. A hit is an event whose
level was in force when it began. An alarm is the time in which a level (or a higher one) stands; it
is false where no event of its level begins while it stands or within the hour after it was called
last. An alarm that came after the event had begun is no hit, and the event counts as missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from pathlib import Path
from typing import Any

from stadtlabor.catchments import WarningLevel
from stadtlabor.rain.warning.journal import Journal
from stadtlabor.rain.warning.outlook import Assessment

__all__ = ["Entry", "Row", "entries", "observed", "rows", "wilson"]

HOUR = timedelta(hours=1)
Z = 1.959964
"""97.5 % quantile of the normal distribution, for 95 % intervals."""


@dataclass(frozen=True)
class Entry:
    """One event, one alarm, or both.

    Attributes
    ----------
    level, catchment
        Which.
    kind
        ``hit``, ``miss`` or ``false``.
    at
        When the sum was reached; of a false alarm, when it was called. UTC.
    lead_min
        From the call of the level to the event, minutes; None unless a hit.
    """

    level: int
    catchment: str
    kind: str
    at: datetime
    lead_min: float | None


@dataclass(frozen=True)
class Row:
    """Entries counted: of one level in one catchment, or in all (``catchment`` is None).

    Attributes
    ----------
    found
        Hits by events, with its 95 % interval; None without events.
    vain
        False alarms by alarms, likewise; None without alarms.
    lead_min
        Median lead time of the hits, minutes, or None.
    early
        Share of hits with 20 minutes or more, or None.
    """

    level: int
    catchment: str | None
    hits: int
    misses: int
    false: int
    found: tuple[float, float, float] | None
    vain: tuple[float, float, float] | None
    lead_min: float | None
    early: float | None


def wilson(hits: int, of: int) -> tuple[float, float, float] | None:
    """Return a share with its 95 % interval (Wilson 1927, J. Am. Stat. Assoc. 22, 209), or None.

    >>> [round(v, 3) for v in wilson(1, 10)]
    [0.1, 0.018, 0.404]
    """
    if of == 0:
        return None
    share = hits / of
    middle = (share + Z**2 / (2 * of)) / (1 + Z**2 / of)
    half = Z * sqrt(share * (1 - share) / of + Z**2 / (4 * of**2)) / (1 + Z**2 / of)
    return share, max(0.0, middle - half), min(1.0, middle + half)


def entries(folder: Path, levels: Sequence[WarningLevel]) -> list[Entry]:
    """Compare what a journal says was warned of with what it says has fallen.

    Parameters
    ----------
    folder
        With ``journal.db``; of the warning or of a replay.
    levels
        As in ``city.toml``.
    """
    found: list[Entry] = []
    cycles = [e.body for e in Journal(folder).events("cycle") if e.body["assessment"]]
    series = _series(cycles)
    for catchment, steps in series.items():
        for level in levels:
            found += _compared(catchment, level, steps)
    return sorted(found, key=lambda entry: (entry.at, entry.catchment, entry.level))


def observed(folder: Path) -> tuple[datetime, datetime, int] | None:
    """Return the first and the last issue time that were assessed, UTC, and how many; or None."""
    times = [
        datetime.fromisoformat(e.body["assessment"]["issued"])
        for e in Journal(folder).events("cycle")
        if e.body["assessment"]
    ]
    return (min(times), max(times), len(times)) if times else None


def rows(found: Iterable[Entry], catchments: bool = True) -> list[Row]:
    """Count entries per level, and per level and catchment.

    Parameters
    ----------
    found
        Entries.
    catchments
        Also one row per catchment.
    """
    listed = list(found)
    result = []
    for level in sorted({entry.level for entry in listed}):
        of_level = [entry for entry in listed if entry.level == level]
        result.append(_row(level, None, of_level))
        if catchments:
            for name in sorted({entry.catchment for entry in of_level}):
                own = [entry for entry in of_level if entry.catchment == name]
                result.append(_row(level, name, own))
    return result


@dataclass(frozen=True)
class _Step:
    at: datetime
    level: int
    hour_mm: float
    six_mm: float


def _series(cycles: list[Any]) -> dict[str, list[_Step]]:
    series: dict[str, list[_Step]] = {}
    for body in cycles:
        told = Assessment.from_dict(body["assessment"])
        for outlook in told.outlooks:
            if not outlook.blind:
                series.setdefault(outlook.catchment, []).append(_Step(
                    told.issued, int(body["levels"].get(outlook.catchment, 0)),
                    outlook.fallen_hour_mm, outlook.fallen_six_mm,
                ))  # fmt: skip
    return series


def _compared(catchment: str, level: WarningLevel, steps: list[_Step]) -> list[Entry]:
    six = level.six_hours_mm or float("inf")
    reached = [s.hour_mm >= level.hour_mm or s.six_mm >= six for s in steps]
    stands = [s.level >= level.level for s in steps]
    begins = _spans([s.at for s in steps], reached, HOUR)
    alarms = _spans([s.at for s in steps], stands, timedelta(minutes=15))
    found, used = [], set()
    for begin, _ in begins:
        before = [n for n, (called, last) in enumerate(alarms) if called < begin <= last + HOUR]
        if before:
            used.update(before)
            lead = (begin - alarms[before[-1]][0]).total_seconds() / 60
            found.append(Entry(level.level, catchment, "hit", begin, lead))
        else:
            found.append(Entry(level.level, catchment, "miss", begin, None))
    newest = steps[-1].at
    for n, (called, last) in enumerate(alarms):
        late = any(begin <= called <= end + HOUR for begin, end in begins)
        # Whether an alarm was in vain is known once its hour is over.
        if n not in used and not late and newest >= last + HOUR:
            found.append(Entry(level.level, catchment, "false", called, None))
    return found


def _spans(
    times: list[datetime], true: list[bool], join: timedelta
) -> list[tuple[datetime, datetime]]:
    """Return first and last time of each stretch; stretches nearer than ``join`` are one."""
    found: list[tuple[datetime, datetime]] = []
    for at, yes in zip(times, true, strict=True):
        if yes and found and at - found[-1][1] <= join:
            found[-1] = (found[-1][0], at)
        elif yes:
            found.append((at, at))
    return found


def _row(level: int, catchment: str | None, found: list[Entry]) -> Row:
    hits = [entry for entry in found if entry.kind == "hit"]
    misses = sum(entry.kind == "miss" for entry in found)
    false = sum(entry.kind == "false" for entry in found)
    leads = sorted(entry.lead_min for entry in hits if entry.lead_min is not None)
    return Row(
        level, catchment, len(hits), misses, false,
        found=wilson(len(hits), len(hits) + misses),
        vain=wilson(false, len(hits) + false),
        lead_min=leads[len(leads) // 2] if leads else None,
        early=sum(lead >= 20 for lead in leads) / len(leads) if leads else None,
    )  # fmt: skip
