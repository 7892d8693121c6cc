"""Who used the energy: lessons, clubs, or nobody."""

from __future__ import annotations

import numpy as np
import pandas as pd

from stadtlabor.klimaschule.energy.daily import daily_types
from stadtlabor.klimaschule.energy.opening import Opening
from stadtlabor.klimaschule.energy.texts import text

__all__ = ["USES", "split_use"]

USES = ("school_open", "community", "school_closed", "weekend", "holiday")
"""School hours, clubs, school days outside both, weekends, and holidays of both kinds."""


def split_use(energy: pd.Series, day_types: pd.Series, opening: Opening) -> pd.DataFrame:
    """Split energy by who was there.

    Parameters
    ----------
    energy
        kWh per interval, indexed by its start, with a time zone (local).
    day_types
        Per local day: ``school``, ``weekend``, ``public_holiday`` or ``school_holiday``.
    opening
        Opening times. School hours come before club hours; an interval belongs to where it starts.

    Returns
    -------
    DataFrame
        One row per use of :data:`USES`: ``kwh``, ``share`` (0–1), ``share_of_time`` (0–1) and
        ``n`` (measured intervals). Everything but ``school_open`` is out of hours.

    Raises
    ------
    ValueError
        If there is no energy, no zone, or a day without a type; German.
    """
    measured = energy.dropna()
    if measured.empty or not measured.sum() > 0:
        raise ValueError(text("use.no_energy"))
    times = pd.DatetimeIndex(measured.index)
    if times.tz is None:
        raise ValueError(text("use.no_zone"))
    local = times.tz_localize(None).normalize()
    days, place = np.unique(local.to_numpy(), return_inverse=True)
    kinds = daily_types(day_types, pd.DatetimeIndex(days)).to_numpy(dtype=object)[place]
    school, free = kinds == "school", kinds == "school_holiday"
    club = opening.community_at(times) & (kinds != "public_holiday")
    club &= ~free | opening.community_in_holidays
    use = np.select(
        [school & opening.open_at(times), club, school, kinds == "weekend"],
        list(USES[:4]),
        default=USES[4],
    )
    grouped = pd.Series(measured.to_numpy(dtype=float)).groupby(use)
    table = pd.DataFrame({"kwh": grouped.sum(), "n": grouped.size()})
    table = table.reindex(list(USES), fill_value=0)
    table.index.name = "use"
    table.insert(1, "share", table["kwh"] / table["kwh"].sum())
    table.insert(2, "share_of_time", table["n"] / table["n"].sum())
    return table
