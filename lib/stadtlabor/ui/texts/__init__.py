"""German words for people, kept in catalogues and out of the logic."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from functools import cache
from importlib import resources

import pandas as pd

__all__ = ["age", "date", "number", "percent", "text", "time"]

WEEKDAYS = ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"]
MONTHS = [
    "Januar", "Februar", "März", "April", "Mai", "Juni",
    "Juli", "August", "September", "Oktober", "November", "Dezember",
]  # fmt: skip


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    here = resources.files(__package__)
    found: dict[str, dict[str, str]] = tomllib.loads(here.joinpath("de.toml").read_text("utf-8"))
    # One file per lesson and page, so that a lesson can be written without touching the others.
    for file in sorted(here.joinpath("de").iterdir(), key=lambda f: f.name):
        for section, words in tomllib.loads(file.read_text("utf-8")).items():
            found.setdefault(section, {}).update(words)
    return found


def text(key: str, **values: object) -> str:
    """Return a text of the catalogue with its gaps filled.

    Parameters
    ----------
    key
        ``section.name``.
    values
        What stands for ``{…}``; numbers must be formatted already (:func:`number`).

    Raises
    ------
    KeyError
        If the catalogue has no such text or a gap stays empty.
    """
    section, _, name = key.partition(".")
    return _catalogue()[section][name].format(**values)


def number(value: float, digits: int = 0) -> str:
    """Write a number the German way.

    >>> number(1234.5, 1)
    '1.234,5'
    """
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def percent(share: float, digits: int = 0) -> str:
    """Write a share (0–1) as German per cent.

    >>> percent(0.256, 1)
    '25,6 %'
    """
    return f"{number(100 * share, digits)} %"


def date(instant: pd.Timestamp) -> str:
    """Write the day of a local time: ``3.4.2024``."""
    return f"{instant.day}.{instant.month}.{instant.year}"


def time(instant: pd.Timestamp) -> str:
    """Write the clock time of a local time: ``14:05``."""
    return f"{instant:%H:%M}"


def age(span: timedelta, *, dative: bool = False) -> str:
    """Say how old something is; ``dative`` after "seit" and "vor".

    >>> age(timedelta(minutes=35))
    '35 Minuten'
    >>> age(timedelta(days=2), dative=True)
    '2 Tagen'
    """
    seconds = int(span.total_seconds())
    for size, one, many in (
        (86_400, "Tag", "Tagen" if dative else "Tage"),
        (3_600, "Stunde", "Stunden"),
        (60, "Minute", "Minuten"),
    ):
        if seconds >= size:
            count = seconds // size
            return f"{count} {one if count == 1 else many}"
    return f"{seconds} Sekunden"
