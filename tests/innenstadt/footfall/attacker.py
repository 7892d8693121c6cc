"""Somebody who knows all that is published and wants to know about single hours."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_matrix


def system(
    cells: pd.DataFrame, published: pd.DataFrame, sums: bool
) -> tuple[csr_matrix, np.ndarray]:
    """Return the equations: blocks, and all totals that are said or can be built.

    ``sums``: per time also the sum over all counters with the same block, and the total of each
    counter and of all.
    """
    rows, right = [], []

    def add(inside: pd.Series, value: float) -> None:
        rows.append(inside.to_numpy(dtype="float64"))
        right.append(value)

    for row in published.itertuples():
        inside = (
            (cells["counter"] == row.counter)
            & (cells["start"] >= row.start)
            & (cells["start"] < row.end)
        )
        if np.isfinite(row.pedestrians):
            add(inside, row.pedestrians)
    seen = published.dropna(subset=["pedestrians"])
    for name, group in seen.groupby("counter"):
        add(cells["counter"] == name, group["pedestrians"].sum())
    if sums:
        for (start, end), group in seen.groupby(["start", "end"]):
            inside = (
                cells["counter"].isin(group["counter"])
                & (cells["start"] >= start)
                & (cells["start"] < end)
            )
            add(inside, group["pedestrians"].sum())
    return csr_matrix(np.array(rows).reshape(-1, len(cells))), np.array(right)


def bounds(matrix: csr_matrix, right: np.ndarray, cell: int) -> tuple[float, float]:
    """Return the smallest and the largest value of a cell that all equations allow."""
    aim = np.zeros(matrix.shape[1])
    aim[cell] = 1.0
    low = linprog(aim, A_eq=matrix, b_eq=right, bounds=(0, None), method="highs")
    high = linprog(-aim, A_eq=matrix, b_eq=right, bounds=(0, None), method="highs")
    # Unbounded: nothing at all is known about it.
    return (low.fun if low.status == 0 else 0.0), (-high.fun if high.status == 0 else np.inf)
