"""In which zone a file writes its wall-clock times, told by what it does when clocks change."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from stadtlabor.sources.question import Option, Question

__all__ = ["zone_by_clock_change"]


def zone_by_clock_change(
    wall: pd.Series, meters: pd.Series, local: str, family: str, name: str
) -> tuple[str, str]:
    """Tell the zone of wall-clock times by what the file does when clocks change.

    Parameters
    ----------
    wall
        Times without zone, NaT where unreadable.
    meters
        Which meter each time belongs to.
    local
        Zone of the city.
    family
        How the dates are written.
    name
        File name for the question.

    Returns
    -------
    tuple
        Zone and a German note (may be empty).

    Raises
    ------
    Question
        If the file does not show it or contradicts itself.
    """
    zone = ZoneInfo(local)
    frame = pd.DataFrame({"wall": wall, "meter": meters}).dropna()
    times = frame.value_counts(["meter", "wall"]).reset_index()
    seen = pd.DatetimeIndex(times["wall"])
    summer = seen.tz_localize(zone, ambiguous=np.ones(len(seen), bool), nonexistent="NaT")
    winter = seen.tz_localize(zone, ambiguous=np.zeros(len(seen), bool), nonexistent="NaT")
    impossible = np.asarray(summer.isna())
    doubled = np.asarray(summer != winter) & ~impossible
    twice = doubled & (times["count"].to_numpy() > 1)
    # Votes of nights: wall clock (the hour is there twice, or not at all) or a fixed clock.
    night = seen.normalize()
    fixed = set(night[impossible])
    wall_clock: set[pd.Timestamp] = set()
    for day in set(night[doubled]):
        here = doubled & np.asarray(night == day)
        share = twice[here].mean()
        if share >= 0.5:
            wall_clock.add(day)
        if share < 0.5:
            fixed.add(day)
        if 0.2 < share < 0.5:
            wall_clock.add(day)  # contradicts itself: ask
    wall_clock |= _skipped(seen, zone)
    if fixed and not wall_clock:
        label, stated, other = (
            ("MEZ ohne Sommerzeit", "Etc/GMT-1", "zeit-utc")
            if family in ("german", "serial")
            else ("UTC", "UTC", "zeit-mez")
        )
        return stated, (
            f"Die Uhr der Datei wird nicht umgestellt; gelesen als {label}. "
            f"Falls das nicht stimmt, „.{other}.“ im Dateinamen ergänzen"
        )
    if wall_clock and not fixed:
        return local, ""
    if family in ("german", "serial") and not wall_clock and len(seen) and not _summer(seen, zone):
        return local, ""  # in winter wall clock and MEZ are the same
    example = frame["wall"].iloc[0]
    raise Question(
        name,
        f"Ist „{example:%d.%m.%Y %H:%M}“ Ortszeit, MEZ ohne Sommerzeit oder UTC?",
        [
            Option("Ortszeit", "zeit-ortszeit", {"timezone": local}),
            Option("MEZ", "zeit-mez", {"timezone": "Etc/GMT-1"}),
            Option("UTC", "zeit-utc", {"timezone": "UTC"}),
        ],
    )


def _skipped(seen: pd.DatetimeIndex, zone: ZoneInfo) -> set[pd.Timestamp]:
    """Return the days in spring on which the file leaves out exactly the missing hour."""
    found: set[pd.Timestamp] = set()
    if not len(seen):
        return found
    ordered = seen.unique().sort_values()
    steps = pd.Series(ordered).diff()
    usual = steps.mode().iloc[0] if len(ordered) > 1 else None
    if usual is None or pd.isna(usual) or usual > pd.Timedelta(hours=1):
        return found
    jumps = np.flatnonzero(steps.to_numpy() == (usual + pd.Timedelta(hours=1)).to_numpy())
    for n in jumps.tolist():
        try:
            middle = ordered[n] - pd.Timedelta(minutes=1)
            middle.tz_localize(zone, nonexistent="raise", ambiguous=True)
        except ValueError:
            found.add(ordered[n].normalize())
    return found


def _summer(wall: pd.DatetimeIndex, zone: ZoneInfo) -> bool:
    first, last = wall.min(), wall.max()
    return any(moment.replace(tzinfo=zone).dst() for moment in (first, last)) or (
        last - first > pd.Timedelta(days=150)
    )
