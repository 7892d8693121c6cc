"""How old a record is: since when nobody has looked, and what the public sees of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from stadtlabor.innenstadt.vacancy.rules import rules
from stadtlabor.innenstadt.vacancy.words import said

__all__ = ["Freshness", "freshness"]


@dataclass(frozen=True)
class Freshness:
    """Age of a record.

    Attributes
    ----------
    days
        Whole days since the last check; None if there never was one.
    level
        ``fresh``, ``marked`` (grey, with a sentence) or ``hidden`` (not on the public map).
    german
        "zuletzt geprüft vor 12 Tagen".
    note
        What the mark means; "" where there is none.
    """

    days: int | None
    level: Literal["fresh", "marked", "hidden"]
    german: str
    note: str = ""


def freshness(checked_at: datetime | None, now: datetime) -> Freshness:
    """Return how old a record is.

    Parameters
    ----------
    checked_at
        Last check, UTC.
    now
        UTC.
    """
    if checked_at is None:
        return Freshness(None, "hidden", said("age", "never"))
    age, limits = now - checked_at, rules().age
    days = max(0, age.days)
    german = said("age", "today") if days == 0 else said("age", "one")
    if days > 1:
        german = said("age", "many", days=days)
    # Exactly 90 days are allowed; a minute more is not.
    if age >= timedelta(days=limits.hide_after_days):
        return Freshness(days, "hidden", german)
    if age > timedelta(days=limits.mark_after_days):
        return Freshness(days, "marked", german, said("age", "marked", days=limits.mark_after_days))
    return Freshness(days, "fresh", german)
