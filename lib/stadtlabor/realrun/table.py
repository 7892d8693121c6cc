"""A declared table as it travels: plain JSON that a page can check without any library."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from stadtlabor.realrun.errors import RealRunError
from stadtlabor.realrun.words import said

__all__ = ["DIGITS", "KINDS", "NAME", "Cell", "Column", "Table", "read_table", "rounded"]

Cell = str | int | float | bool | None
KINDS = ("whole", "number", "text", "date", "time", "truth")
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
"""Form of a table's name."""

_FORMS = {
    "date": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "time": re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}"),
}
DIGITS = 4
"""Significant digits of a number that leaves."""


@dataclass(frozen=True)
class Column:
    """One column: its name and its kind, one of :data:`KINDS`."""

    name: str
    kind: str


@dataclass(frozen=True)
class Table:
    """One declared table.

    Attributes
    ----------
    name, count
        Name of the table, and of the column that says how many a row rests on.
    columns, rows
        Its columns; its rows, None where a value is withheld.
    """

    name: str
    count: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def plain(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "name": self.name,
            "count": self.count,
            "columns": [[column.name, column.kind] for column in self.columns],
            "rows": [list(row) for row in self.rows],
        }

    @property
    def counts(self) -> list[Cell]:
        """The column that says how many each row rests on; empty where there is none."""
        place = next((n for n, c in enumerate(self.columns) if c.name == self.count), None)
        return [] if place is None else [row[place] for row in self.rows]


def read_table(found: Any) -> Table:
    """Read a table as a stranger has written it.

    Raises
    ------
    RealRunError
        If it is none (German sentence, without anything that stands in it).
    """
    try:
        columns = tuple(Column(str(name), str(kind)) for name, kind in found["columns"])
        rows = tuple(tuple(row) for row in found["rows"])
        table = Table(str(found["name"]), str(found["count"]), columns, rows)
    except (KeyError, TypeError, ValueError):
        raise RealRunError(said("outputs.no_table")) from None
    whole = all(
        len(row) == len(columns)
        and all(_fits(cell, column.kind) for cell, column in zip(row, columns, strict=True))
        for row in rows
    )
    if not whole or not columns:
        raise RealRunError(said("outputs.no_table"))
    return table


def rounded(value: float) -> float:
    """Return a number with :data:`DIGITS` significant digits."""
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else value


def _fits(cell: Any, kind: str) -> bool:
    if cell is None:
        return kind in KINDS
    if kind == "truth":
        return isinstance(cell, bool)
    if kind == "whole":
        return isinstance(cell, int) and not isinstance(cell, bool)
    if kind == "number":
        return isinstance(cell, int | float) and not isinstance(cell, bool)
    if kind in _FORMS:
        return isinstance(cell, str) and _FORMS[kind].fullmatch(cell) is not None
    return kind == "text" and isinstance(cell, str)
