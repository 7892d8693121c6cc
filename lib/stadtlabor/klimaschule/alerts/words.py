"""Numbers and days as German words for the gaps of texts."""

from __future__ import annotations

import math

import pandas as pd

from stadtlabor.klimaschule.energy.texts import number

__all__ = ["WEEKDAYS", "clock", "day", "number", "percent", "short"]

WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")


def short(value: float) -> str:
    """Write an amount with two significant digits: ``54.000``, ``6,2``, ``0,31``.

    >>> short(54321), short(6.18), short(0.314)
    ('54.000', '6,2', '0,31')
    """
    if not math.isfinite(value) or value == 0:
        return "0" if value == 0 else "?"
    digits = 1 - math.floor(math.log10(abs(value)))
    return number(round(value, digits), max(0, digits))


def percent(value: float) -> str:
    """Write a part 0–1 in per cent, without the sign."""
    return number(100 * value) if math.isfinite(value) else "?"


def day(when: pd.Timestamp) -> str:
    """Write a day: ``3.4.2024``."""
    return f"{when.day}.{when.month}.{when.year}"


def clock(hour: float) -> str:
    """Write a time of day: ``5:15``."""
    minutes = round(hour * 60) % 1440
    return f"{minutes // 60}:{minutes % 60:02d}"
