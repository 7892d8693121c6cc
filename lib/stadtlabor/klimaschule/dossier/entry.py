"""What the files of a dossier turn into: amounts with their rows, and a note per file."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from stadtlabor.klimaschule.footprint import Item
from stadtlabor.observations import Problem

__all__ = ["ROWS", "Entry", "FileNote", "Period", "rows_of"]

ROWS = ("file", "line", "start", "end", "value", "unit", "origin", "counts")
"""Columns of :attr:`Entry.rows`: file and line (0 where no line stands behind it), begin and end in
local time as text, value and unit of the file, origin (``measured``, ``estimated``, ``derived``,
``filled``, ``extrapolated``, ``simulated``, ``surveyed``, ``stated``), and ``counts``: what the
row adds to the amount, in the unit of the item. ``counts`` sums to the amount."""


@dataclass(frozen=True)
class Period:
    """The time that a balance is made for: first and last day, and the city's zone."""

    first: pd.Timestamp
    last: pd.Timestamp
    zone: str

    @property
    def start(self) -> pd.Timestamp:
        """Begin of the first day, with zone."""
        return self.first.tz_localize(self.zone)

    @property
    def stop(self) -> pd.Timestamp:
        """End of the last day, with zone; not included."""
        return (self.last + pd.Timedelta(days=1)).tz_localize(self.zone)

    @property
    def days(self) -> pd.DatetimeIndex:
        """All days, without zone."""
        return pd.date_range(self.first, self.last, freq="D")


@dataclass(frozen=True)
class Entry:
    """One amount and what it was made from.

    Attributes
    ----------
    item
        The amount, as the footprint takes it.
    rows
        Columns :data:`ROWS`; ``counts`` sums to the item's amount.
    notes
        German sentences: how it was made from the rows.
    missing
        German sentences: what is not in it.
    filled
        Share of the amount that was filled or extrapolated, 0–1.
    """

    item: Item
    rows: pd.DataFrame
    notes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    filled: float = 0.0


@dataclass
class FileNote:
    """What became of one file.

    Attributes
    ----------
    name
        As it stands in the zip.
    role
        German: what it was read as.
    used
        True if something of it counts.
    facts
        German sentences: layout, what was detected, rows kept and refused.
    totals
        Rows of a table: what, sum, period, extent; to be compared with the bill.
    problems
        Everything refused, repaired or doubtful.
    """

    name: str
    role: str
    used: bool = False
    facts: list[str] = field(default_factory=list)
    totals: list[list[str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def tell(self, what: str, remedy: str, line: int | None = None) -> None:
        """Add a problem of this file."""
        where = f"{self.name}, Zeile {line}" if line else self.name
        self.problems.append(Problem(where, what.rstrip("."), remedy.rstrip(".")))


def rows_of(**columns: object) -> pd.DataFrame:
    """Build the rows of an entry with the right columns; scalars are repeated."""
    frame = pd.DataFrame({name: columns.get(name, "") for name in ROWS})
    return frame.astype({"line": "int64", "value": "float64", "counts": "float64"})
