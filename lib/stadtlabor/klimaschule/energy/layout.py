"""Which days share a curve, and how a school's days become one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from stadtlabor.klimaschule.energy.curve import Curve
from stadtlabor.klimaschule.energy.daily import daily_types

__all__ = ["curves_of", "lay_out"]

LEAST_OF_TYPE = 20
"""A day type with fewer measured days shares the curve of its nearest relative."""

RELATIVES = {
    "school": ("school_holiday", "weekend", "public_holiday"),
    "weekend": ("school_holiday", "school", "public_holiday"),
    "school_holiday": ("weekend", "school", "public_holiday"),
    "public_holiday": ("weekend", "school_holiday", "school"),
}
"""Day types in the order of their curves, and whose curve they borrow."""


def curves_of(day_types: pd.Series | None, measured: pd.Series) -> dict[str, str]:
    """Return which type leads the curve of each type."""
    if day_types is None:
        return {"school": "school"}
    counts = daily_types(day_types, pd.DatetimeIndex(measured[measured].index)).value_counts()
    own = [kind for kind in RELATIVES if counts.get(kind, 0) >= LEAST_OF_TYPE]
    # A dozen public holidays a year are too few for a winter of their own.
    own = [kind for kind in own if kind != "public_holiday"] or [str(counts.idxmax())]
    return {
        kind: kind if kind in own else next((r for r in RELATIVES[kind] if r in own), own[0])
        for kind in RELATIVES
    }


def lay_out(
    temperature: pd.Series,
    wanted: pd.Series,
    day_types: pd.Series | None,
    groups: dict[str, str],
) -> tuple[Curve, pd.DatetimeIndex, list[str]]:
    """Return the wanted days as a curve, their dates, and the leading types in order."""
    whole = pd.date_range(temperature.index[0], temperature.index[-1], freq="D")
    # The gaps are bridged for the felt temperature only; such a day itself is not used.
    bridged = temperature.reindex(whole).interpolate(limit_direction="both").to_numpy(dtype=float)
    days = pd.DatetimeIndex(wanted[wanted].index)
    at = np.asarray(whole.get_indexer(days), dtype=np.int64)
    names = [kind for kind in RELATIVES if kind in groups.values()]
    kinds = (
        daily_types(day_types, days) if day_types is not None else pd.Series("school", index=days)
    )
    group = np.asarray(
        kinds.map({kind: names.index(groups[kind]) for kind in groups}), dtype=np.int64
    )
    weekday = days.day_of_week.to_numpy()
    columns = []
    if "school" in names and day_types is not None:
        mine = (kinds == "school").to_numpy() & (group == names.index("school"))
        columns += [mine * ((weekday == n) * 1.0 - (weekday == 4)) for n in range(4)]
    if "weekend" in names:
        mine = (kinds == "weekend").to_numpy() & (group == names.index("weekend"))
        columns.append(mine * ((weekday == 5) * 1.0 - (weekday == 6)))
    contrasts = np.column_stack(columns) if columns else np.zeros((len(days), 0))
    off = np.zeros(len(days), dtype=bool)
    return Curve(bridged, at, group, len(names), contrasts, off), days, names
