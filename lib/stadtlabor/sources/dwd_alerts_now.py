"""Official warnings as a page shows them beside its own, or that nothing is known of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import pandas as pd

from stadtlabor.feeds import AlertsFeed
from stadtlabor.sources.asking_memory import Memory
from stadtlabor.sources.dwd_alerts import DATASET, Alert, alerts
from stadtlabor.sources.http import SourceError

__all__ = ["FRESH", "Official", "official"]

FRESH = timedelta(minutes=30)
"""Older answers say nothing about now; the service is asked every five minutes."""


@dataclass(frozen=True)
class Official:
    """What the weather service warns of.

    Attributes
    ----------
    known
        False where the last answer is too old or missing: then nothing may be said.
    checked
        When the service last said so, UTC, or None.
    area
        Name of the warning cell.
    alerts
        In force or to come, the highest level first; those of before where nothing is known now.
    """

    known: bool
    checked: datetime | None
    area: str
    alerts: tuple[Alert, ...]


def official(memory: Memory, feed: AlertsFeed, now: datetime) -> Official:
    """Read the kept answer (:class:`stadtlabor.sources.dwd_alerts.Status`); never asks itself."""
    kept = memory.kept(f"{DATASET}/status")
    if kept is None:
        return Official(False, None, feed.name, ())
    body, _, checked = kept
    try:
        found, sound = _read(body, feed.warncell)
    except SourceError:
        return Official(False, checked, feed.name, ())
    at = pd.Timestamp(now)
    held = [a for a in found if a.expires is None or a.expires > at]
    held.sort(key=lambda a: (-a.level, a.onset))
    # A warning that could not be read may be one for this city.
    known = timedelta(0) <= now - checked + timedelta(minutes=5) and now - checked <= FRESH
    return Official(known and sound, checked, feed.name, tuple(held))


@lru_cache(maxsize=2)
def _read(body: bytes, cell: str) -> tuple[tuple[Alert, ...], bool]:
    """Return the warnings and whether all were understood; a page is looked at more than once."""
    found, problems = alerts(body, cell)
    return tuple(found), not problems
