"""Savings: what was used after a measure against what the old habits would have used."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.klimaschule.energy.daily import daily
from stadtlabor.klimaschule.energy.fit import WILD
from stadtlabor.klimaschule.energy.heating_model import Z90, HeatingModel
from stadtlabor.klimaschule.energy.outlook import Outlook
from stadtlabor.klimaschule.energy.texts import number, text

__all__ = ["Saving", "savings"]

Floats = npt.NDArray[np.float64]

FEW_ODD = 0.05
"""If more days than this look wild, they are not wild: the building behaves differently."""


@dataclass(frozen=True)
class Saving:
    """A saving with its 90 % interval; positive is saved.

    Attributes
    ----------
    kwh, low_kwh, high_kwh
        Saved heat, kWh.
    percent, low_percent, high_percent
        The same in per cent of the expected use.
    expected_kwh, used_kwh
        What the model expects of these days, and what was measured, kWh.
    n
        Compared days.
    left_out
        Wild days that were left out on both sides.
    verdict
        German: „gespart“, „nicht zu unterscheiden“ or „mehr verbraucht“. A building without any
        change is called „gespart“ in about 5 of 100 cases.
    sentence
        German, with all numbers.
    """

    kwh: float
    low_kwh: float
    high_kwh: float
    percent: float
    low_percent: float
    high_percent: float
    expected_kwh: float
    used_kwh: float
    n: int
    left_out: pd.DatetimeIndex
    verdict: str
    sentence: str


def savings(
    model_before: HeatingModel,
    energy_after: pd.Series,
    temperature_after: pd.Series,
    day_types: pd.Series | None = None,
    *,
    drift_percent: float = 0.0,
) -> Saving:
    """Compare the days after a measure with the model of the days before.

    Parameters
    ----------
    model_before
        Fitted to the time before the measure.
    energy_after, temperature_after
        Daily kWh and daily mean °C after the measure.
    day_types
        Types of these days; needed if the model tells day types apart.
    drift_percent
        By how many per cent (standard deviation) the heat of such buildings changes from one year
        to the next without a measure. Zero trusts the building to stay as it is.

    Raises
    ------
    ValueError
        If no day can be compared; German.

    Notes
    -----
    Everything that changed between the two times counts as saved or wasted: weather is taken out,
    but not a new heating system, more pupils or a warmer sports hall. Where a building drifts by
    3 % from year to year and nobody says so, a quarter of the schools without any measure is
    called „gespart“ (``tests/benchmarks/heating.py``). Schools without the measure, compared the
    same way, show how large ``drift_percent`` is.

    The variance has two parts: that of the model's parameters, the same for all days, and that of
    the days' own chance, which is remembered from day to day (first-order autoregression).
    """
    energy = daily(energy_after, text("daily.energy"))
    seen = model_before.outlook(temperature_after, day_types)
    use = energy.reindex(seen.days).to_numpy(dtype=float)
    there = np.isfinite(use)
    if not there.any():
        raise ValueError(text("saving.no_days"))
    seen, use = seen.part(there), use[there]
    odd = _odd(use, seen)
    days = seen.days
    seen, use = seen.part(~odd), use[~odd]
    expected, used = float(seen.mean.sum()), float(use.sum())
    saved = expected - used
    ratio = float(np.clip(used / max(expected, 1e-9), 0.5, 1.5))
    # The drift of the year after, and that of the mean of the years before.
    years = max((model_before.end - model_before.start).days / 365, 1.0)
    drift = (drift_percent / 100 * expected) ** 2 * (1 + 1 / years)
    wide = Z90 * float(np.sqrt(_variance(seen, model_before, ratio) + drift))
    low, high = saved - wide, saved + wide
    base = max(expected, 1e-9) / 100
    name = "saved" if low > 0 else "more" if high < 0 else "same"
    shown = [saved / base, low / base, high / base]
    if name == "more":
        shown = [-shown[0], -shown[2], -shown[1]]
    percent, least, most = (number(value, 1) for value in shown)
    sentence = text(
        f"saving.{name}_sentence",
        kwh=number(abs(saved)), percent=percent, low=least, high=most, n=number(len(use)),
    )  # fmt: skip
    return Saving(
        kwh=saved,
        low_kwh=low,
        high_kwh=high,
        percent=saved / base,
        low_percent=low / base,
        high_percent=high / base,
        expected_kwh=expected,
        used_kwh=used,
        n=len(use),
        left_out=days[odd],
        verdict=text(f"saving.{name}"),
        sentence=sentence,
    )


def _odd(use: Floats, seen: Outlook) -> npt.NDArray[np.bool_]:
    """Tell which days are wild, after allowing for one common change."""
    ratio = float(np.median(use / np.maximum(seen.mean, 1e-9)))
    odd = np.abs(use - ratio * seen.mean) > WILD * seen.spread
    return odd if odd.mean() <= FEW_ODD else np.zeros(len(use), dtype=bool)


def _variance(seen: Outlook, model: HeatingModel, ratio: float) -> float:
    """Return the variance of the sum of (measured − expected), kWh².

    The days' own chance shrinks and grows with what is used (``ratio`` of the expected).
    """
    step = seen.days.to_numpy().astype("datetime64[D]").astype(int)
    remembered = seen.spread * seen.with_memory
    link = model.autocorrelation ** np.abs(step[:, None] - step[None, :])
    of_days = remembered @ link @ remembered + np.sum(seen.spread**2 - remembered**2)
    of_model = seen.slopes.sum(axis=0) @ model.fit.covariance @ seen.slopes.sum(axis=0)
    return float(ratio**2 * of_days + of_model)
