"""The sun on the roof: what the school uses itself, and what goes into the grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from stadtlabor.klimaschule.energy.texts import text

__all__ = ["SolarUse", "solar_use"]


@dataclass(frozen=True)
class SolarUse:
    """Balance of a solar roof.

    Attributes
    ----------
    consumption_kwh, production_kwh
        Of the compared intervals, kWh.
    self_used_kwh
        Produced and used in the same interval, kWh.
    fed_in_kwh, drawn_kwh
        Into and out of the grid, kWh.
    self_consumption
        Eigenverbrauchsanteil: self-used part of the production, 0–1; NaN without production.
    autarky
        Autarkiegrad: self-made part of the consumption, 0–1; NaN without consumption.
    n
        Compared intervals.
    left_out
        Intervals that only one of the two series has.
    """

    consumption_kwh: float
    production_kwh: float
    self_used_kwh: float
    fed_in_kwh: float
    drawn_kwh: float
    self_consumption: float
    autarky: float
    n: int
    left_out: int


def solar_use(consumption: pd.Series, production: pd.Series) -> SolarUse:
    """Balance consumption and production interval by interval.

    Parameters
    ----------
    consumption
        All that the school uses, from roof and grid, kWh per interval.
    production
        What the roof produces, kWh per interval of the same length.

    Raises
    ------
    ValueError
        If the series share no time or hold negative values; German.

    Notes
    -----
    Self-use is the smaller of the two in each interval. Long intervals flatter: what a cloud or a
    kettle does within one is not seen, so hourly values give more self-use than quarter-hours.
    """
    pair = pd.concat({"c": consumption, "p": production}, axis=1).sort_index()
    both = pair.dropna()
    if both.empty:
        raise ValueError(text("use.apart"))
    for name, what in (("c", "consumption"), ("p", "production")):
        if (both[name] < 0).any():
            raise ValueError(text("use.negative", what=text(f"use.{what}")))
    used, made = both["c"].to_numpy(dtype=float), both["p"].to_numpy(dtype=float)
    own = float(np.minimum(used, made).sum())
    total_used, total_made = float(used.sum()), float(made.sum())
    return SolarUse(
        consumption_kwh=total_used,
        production_kwh=total_made,
        self_used_kwh=own,
        fed_in_kwh=total_made - own,
        drawn_kwh=total_used - own,
        self_consumption=own / total_made if total_made > 0 else float("nan"),
        autarky=own / total_used if total_used > 0 else float("nan"),
        n=len(both),
        left_out=len(pair) - len(both),
    )
