"""What rows of hand readings say beside the state: swapped, estimated, out of order."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.sources.meter.words import Columns, words
from stadtlabor.sources.table import Table

__all__ = ["estimate_marks", "swap_marks", "tell_order", "tell_zeros"]


def tell_order(table: Table, at: pd.Series) -> bool:
    """Tell dates that break the order of the file, forwards or backwards: perhaps mistyped.

    Returns
    -------
    bool
        True where it is more than a quarter of them.
    """
    known = at.dropna()
    backwards = bool((known.diff().dropna() < pd.Timedelta(0)).mean() > 0.5)
    ordered = known[::-1] if backwards else known
    told = set(range(len(ordered))) - _longest_rise(ordered.to_list())
    for place in sorted(told):
        table.ledger.doubt(
            table.lines[int(ordered.index[place])],
            "Das Datum steht nicht in der Reihenfolge der anderen",
            "Bitte das Datum prüfen",
        )
    return len(told) > max(1, len(ordered) // 4)


def _longest_rise(times: list[pd.Timestamp]) -> set[int]:
    """Return the places of the longest series that never goes back."""
    ends: list[int] = []  # place that ends the best series of each length
    before: list[int] = []
    for n, time in enumerate(times):
        length = bisect_right([times[e] for e in ends], time)
        before.append(ends[length - 1] if length else -1)
        ends[length : length + 1] = [n]
    found: set[int] = set()
    place = ends[-1] if ends else -1
    while place >= 0:
        found.add(place)
        place = before[place]
    return found


def tell_zeros(table: Table, lines: Sequence[int], states: Sequence[float], column: str) -> None:
    """Tell states of nought that come more than once: perhaps written where none was read.

    A new meter shows nought once; a meter that stays there while it counts at other times does not.
    """
    zeros = [line for line, state in zip(lines, states, strict=True) if state == 0]
    if 1 < len(zeros) < len(lines):
        for line in zeros:
            table.ledger.doubt(
                line,
                "Der Zählerstand ist mehrmals 0; vielleicht wurde gar nicht abgelesen",
                "Bitte prüfen und falsche Zeilen löschen; die Zeile zählt mit",
                column,
            )


def swap_marks(columns: Columns) -> npt.NDArray[np.bool_]:
    """Tell which rows say that the meter was swapped."""
    said = words()["states"]["swapped"]
    swap = columns.text("swap").str.lower().str.strip()
    marked = ~swap.isin(["", "nein", "n", "0", "-"])
    for part in ("remark", "state"):
        text = columns.text(part).str.lower()
        marked |= text.map(lambda t: any(re.search(rf"\b{re.escape(w)}", t) for w in said))
    return marked.to_numpy(bool)


def estimate_marks(columns: Columns) -> npt.NDArray[np.bool_]:
    """Tell which rows say in a remark that they are estimated."""
    text = columns.text("remark").str.lower()
    return text.str.contains(r"schätz|errechnet|rechnerisch|hochgerechnet", regex=True).to_numpy(
        bool
    )
