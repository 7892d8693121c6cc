"""Figures beside what they are compared with, and whether they are good enough."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["ratio", "at most", "at least", ""]


@dataclass(frozen=True)
class Row:
    """One figure.

    Attributes
    ----------
    name
        What was measured, with its unit.
    ours
        Measured with this project.
    stock
        The same with what it is compared with; None where there is nothing to compare.
    limit
        What is good enough.
    kind
        What the limit is for: the ratio to stock (at most), or our own figure. Empty: no limit.
    """

    name: str
    ours: float
    stock: float | None = None
    limit: float = 0.0
    kind: Kind = ""

    @property
    def ratio(self) -> float | None:
        return self.ours / self.stock if self.stock else None

    @property
    def met(self) -> str:
        if not self.kind:
            return ""
        judged = self.ratio if self.kind == "ratio" else self.ours
        assert judged is not None, f"{self.name}: nothing to compare with"
        good = judged >= self.limit if self.kind == "at least" else judged <= self.limit
        return "yes" if good else "NO"


def table(rows: Iterable[Row]) -> str:
    """Return the figures as a table."""
    head = ("figure", "stock", "ours", "ratio", "limit", "met")
    signs = {"ratio": "≤ {} ×", "at most": "≤ {}", "at least": "≥ {}", "": ""}
    lines = [head] + [
        (
            row.name,
            "" if row.stock is None else f"{row.stock:.2f}",
            f"{row.ours:.2f}",
            "" if row.ratio is None else f"{row.ratio:.3f}",
            signs[row.kind].format(f"{row.limit:g}"),
            row.met,
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column in (0, 5) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
