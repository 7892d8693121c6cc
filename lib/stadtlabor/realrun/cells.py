"""Cells of a declared table as people here read them."""

from __future__ import annotations

from datetime import date

from stadtlabor.realrun.table import Cell
from stadtlabor.realrun.words import said
from stadtlabor.ui.texts import number

__all__ = ["shown"]


def shown(cell: Cell, kind: str) -> str:
    """Return a cell in German: all digits that a number has, days as days.

    Parameters
    ----------
    cell, kind
        Value, and kind of its column.
    """
    if cell is None:
        return said("release.withheld")
    if isinstance(cell, bool):
        return said("release.yes" if cell else "release.no")
    if isinstance(cell, str):
        return f"{date.fromisoformat(cell):%d.%m.%Y}" if kind == "date" else cell
    digits = 0 if cell == int(cell) else len(f"{cell:.12f}".rstrip("0").partition(".")[2])
    return number(cell, digits)
