"""Everything that is wrong in a meter series, each with a German sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from stadtlabor.klimaschule.cleaning.clock import shifts
from stadtlabor.klimaschule.cleaning.filling import UNITS, duration, end_of
from stadtlabor.klimaschule.cleaning.grid import Array, Grid, Kind, regular
from stadtlabor.klimaschule.cleaning.repeats import copied_days, runs, silent_zeros, stuck
from stadtlabor.klimaschule.cleaning.similarity import settings
from stadtlabor.klimaschule.cleaning.suspects import (
    Mask,
    backwards,
    largest_usual,
    registers,
    spikes,
)
from stadtlabor.klimaschule.cleaning.texts import decimal, moment, texts

__all__ = ["Fault", "find_faults"]


@dataclass(frozen=True)
class Fault:
    """One fault of a series.

    Attributes
    ----------
    start, end
        First wrong interval, and the start of the first interval after it.
    kind
        ``gap``, ``register``, ``reset``, ``spike``, ``stuck``, ``zero``, ``copy`` or ``clock``.
    removed
        True where the values cannot be trusted and :func:`clean` puts estimates in their place.
        A wrong clock only tells; the values themselves are right.
    sentence
        What is wrong and why we think so, in German.
    """

    start: pd.Timestamp
    end: pd.Timestamp
    kind: str
    removed: bool
    sentence: str


def find_faults(series: pd.Series, *, kind: Kind) -> list[Fault]:
    """Look for faults in a meter series; nothing is changed.

    Parameters
    ----------
    series, kind
        As for :func:`fill_gaps`.

    Returns
    -------
    list of Fault
        In order of time; ``pandas.DataFrame(find_faults(…))`` is a table of them.

    Raises
    ------
    ValueError
        If the index is not regular; the message is German.
    """
    settings(kind)
    grid, values = regular(series)
    unit = UNITS[kind]
    found = _mark(np.isnan(values), "gap", False, grid, values, unit)
    # What is found first hides nothing from the next: wrong values would spoil the statistics.
    rest = values.copy()
    looks: list[tuple[str, Callable[[], Mask]]] = [
        ("register", lambda: registers(rest)),
        ("reset", lambda: backwards(rest)),
        ("zero", lambda: silent_zeros(rest, grid, kind)),
        ("spike", lambda: spikes(rest, grid, kind in ("heat", "gas"))),
        ("stuck", lambda: stuck(rest, grid)),
    ]
    for name, look in looks:
        mask = look()
        found += _mark(mask, name, True, grid, values, unit)
        rest[mask] = np.nan
    day_names = [f"{day:%d.%m.%Y}" for day in grid.days]
    for first, copy in copied_days(rest, grid):
        at = np.flatnonzero(grid.day == copy)
        found.append(_fault(grid, int(at[0]), int(at[-1]), "copy", True, other=day_names[first]))
    if kind == "electricity":
        # The course of heating follows the boiler's own clock, which may go wrong by itself.
        for begin, end, shift in shifts(rest, grid):
            at = np.flatnonzero((grid.day >= begin) & (grid.day <= end))
            way = texts()["faults"]["late" if shift > 0 else "early"]
            text = "clock" if end > begin else "clock_from"
            found.append(_fault(grid, int(at[0]), int(at[-1]), "clock", False, text=text, way=way))
    return sorted(found, key=lambda fault: (fault.start, fault.kind))


def _mark(
    mask: Mask, kind: str, removed: bool, grid: Grid, values: Array, unit: str
) -> list[Fault]:
    usual = largest_usual(values)
    digits = 1 if usual < 100 else 0
    result = []
    for first, last in runs(mask):
        part = values[first : last + 1]
        highest = decimal(float(part.max()), 3 if kind == "register" else digits)
        words = {"value": highest, "lowest": decimal(float(part.min()), digits)}
        words |= {"unit": unit, "usual": decimal(usual, digits)}
        result.append(_fault(grid, first, last, kind, removed, **words))
    return result


def _fault(
    grid: Grid, first: int, last: int, kind: str, removed: bool, text: str = "", **words: str
) -> Fault:
    start, end = grid.index[first], end_of(grid, last)
    sentence = texts()["faults"][text or kind].format(
        start=moment(start), end=moment(end), length=duration(start, end), **words
    )
    return Fault(start, end, kind, removed, sentence)
