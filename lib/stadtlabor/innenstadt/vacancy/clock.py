"""The vacancy clock: how long a unit has stood empty, gaps included.

A unit meets the condition if it stood empty for the whole of twelve months, or for at least 366
days within the last 24 months (Levelling-up and Regeneration Act 2023, section 194: High Street
Rental Auctions, England). German law has no such clock; here it is a figure, not a duty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from stadtlabor.city import city
from stadtlabor.innenstadt.vacancy.event import Event
from stadtlabor.innenstadt.vacancy.machine import Standing, step
from stadtlabor.innenstadt.vacancy.rules import rules
from stadtlabor.innenstadt.vacancy.words import said

__all__ = ["Clock", "Span", "clock", "clock_of", "spans"]

Span = tuple[date, date]
"""First day empty and first day in use again (or the day after today)."""


@dataclass(frozen=True)
class Clock:
    """What the clock shows on a day.

    Attributes
    ----------
    since
        First day of the vacancy that goes on; None if the unit is in use.
    days
        Days of that vacancy, today included.
    window_days
        Days empty within the last 24 months, today included.
    whole, window
        Whether twelve months are full, and whether 366 days are reached.
    german
        Sentences for people.
    """

    since: date | None
    days: int
    window_days: int
    whole: bool
    window: bool
    german: tuple[str, ...]

    @property
    def met(self) -> bool:
        """Tell whether either condition is met."""
        return self.whole or self.window


def clock(empty: Sequence[Span], today: date) -> Clock:
    """Return what the clock shows.

    Parameters
    ----------
    empty
        Times without use, in order; they do not overlap. A span that ends after ``today`` goes on.
    today
        The day asked for; later days do not count.
    """
    limits = rules().clock
    tomorrow = today + timedelta(days=1)
    cut = [(start, min(end, tomorrow)) for start, end in empty if start <= today and end > start]
    opening = (pd.Timestamp(tomorrow) - pd.DateOffset(months=limits.window_months)).date()
    window = sum(max(0, (end - max(start, opening)).days) for start, end in cut)
    since = cut[-1][0] if cut and cut[-1][1] == tomorrow else None
    full = (pd.Timestamp(tomorrow) - pd.DateOffset(months=limits.whole_months)).date()
    whole = since is not None and since <= full
    met = window >= limits.days_in_window
    days = (tomorrow - since).days if since else 0
    told = []
    if since is None:
        told.append(said("clock", "none"))
    else:
        told.append(said("clock", "running", since=f"{since:%d.%m.%Y}", days=days))
    if whole:
        told.append(said("clock", "met_whole", months=limits.whole_months))
    key = "met_window" if met else "not_met"
    counted = {"months": limits.window_months, "days": window, "needed": limits.days_in_window}
    told.append(said("clock", key, **counted))
    if limits.popup_is_use:
        told.append(said("clock", "popup"))
    return Clock(since, days, window, whole, met, tuple(told))


def clock_of(events: Sequence[Event], today: date) -> Clock:
    """Return what the clock of a history shows on a day (local)."""
    return clock(spans(events), today)


def spans(events: Sequence[Event]) -> list[Span]:
    """Return when a unit stood empty, as local days, oldest first; the last may go on for ever.

    A report may say since when; that counts back to the end of the last use at most. Reports that
    were refused or refuted do not count.
    """
    zone = ZoneInfo(city().city.timezone)
    found: list[Span] = []
    start: date | None = None
    used_until = date.min
    standing = Standing()
    for event in events:
        day = _day(event.at, zone)
        standing = step(standing, event, events)
        empty = _is_empty(standing)
        if empty and start is None:
            stated = event.data.get("vacant_since")
            said_day = _day(datetime.fromisoformat(stated), zone) if stated else day
            start = max(min(said_day, day), used_until)
        elif not empty:
            counts = event.what not in ("reject", "refute", "undo")
            if start is not None and counts and start < day:
                found.append((start, day))
            if start is None or counts or event.what == "refute":
                used_until = day
            start = None
    if start is not None:
        found.append((start, date.max))
    return found


def _is_empty(standing: Standing) -> bool:
    if standing.state == "placed":
        return standing.placed_as == "popup" and not rules().clock.popup_is_use
    return standing.is_vacant


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()
