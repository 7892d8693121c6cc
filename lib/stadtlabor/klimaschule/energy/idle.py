"""Days without school: how much they use, compared with school days of the same season."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.klimaschule.energy.daily import daily, daily_types
from stadtlabor.klimaschule.energy.texts import number, text

__all__ = ["IdleUse", "holiday_use", "weekend_use"]

Floats = npt.NDArray[np.float64]

NEAR_DAYS = 21
"""School days so near are of the same season; the middle of the summer holidays has hardly any."""

LEAST_SCHOOL_DAYS = 3
FEW_BLOCKS = 3


@dataclass(frozen=True)
class IdleUse:
    """Use of days without school.

    Attributes
    ----------
    kwh_per_day
        Mean of the compared idle days, kWh.
    school_day_kwh
        Mean of the school days near to them, weighted the same way, kWh.
    ratio, low, high
        Idle day relative to a school day (1 = as much), with its 90 % interval; NaN for fewer than
        three weekends or holidays, because one says nothing about the next.
    kwh
        All compared idle days together, kWh.
    n
        Compared idle days.
    blocks
        Weekends or holidays that they belong to.
    n_school
        School days they are compared with.
    left_out
        Idle days with too few school days near (the middle of the summer holidays).
    sentence
        German.
    """

    kwh_per_day: float
    school_day_kwh: float
    ratio: float
    low: float
    high: float
    kwh: float
    n: int
    blocks: int
    n_school: int
    left_out: int
    sentence: str


def weekend_use(energy_kwh: pd.Series, day_types: pd.Series) -> IdleUse:
    """Compare weekends in school time with the school days around them.

    Parameters
    ----------
    energy_kwh
        Per local day.
    day_types
        Per day. Weekends inside holidays do not count: nobody expects a caretaker then.

    Raises
    ------
    ValueError
        If no weekend has school days near; German.

    Notes
    -----
    A ratio of sums; its variance is taken from whole weekends (holidays), which are far less alike
    than neighbouring days, and widened if one resembles the next.
    """
    return _idle(energy_kwh, day_types, ("weekend",), text("use.weekend"))


def holiday_use(energy_kwh: pd.Series, day_types: pd.Series) -> IdleUse:
    """Compare Mondays to Fridays of holidays with school days within three weeks.

    See :func:`weekend_use` for parameters, errors and method. The weekends inside the holidays do
    not count, so that a holiday is compared with a school day and not with a weekend.
    """
    kinds = ("school_holiday", "public_holiday")
    return _idle(energy_kwh, day_types, kinds, text("use.holiday"))


def _idle(
    energy_kwh: pd.Series, day_types: pd.Series, kinds: tuple[str, ...], name: str
) -> IdleUse:
    energy = daily(energy_kwh, text("daily.energy")).dropna()
    days = pd.DatetimeIndex(energy.index)
    types = daily_types(day_types, days).to_numpy(dtype=object)
    at, use = days.to_numpy().astype("datetime64[D]").astype(np.int64), energy.to_numpy()
    school = types == "school"
    weekday = days.day_of_week.to_numpy() < 5
    idle = np.isin(types, kinds) & (weekday | (kinds == ("weekend",)))
    mean, count = _near(at[idle], at[school], use[school])
    usable = count >= LEAST_SCHOOL_DAYS
    if kinds == ("weekend",):
        # In school time a school day lies within three days of each weekend day.
        usable &= np.abs(at[idle][:, None] - at[school][None, :]).min(axis=1, initial=99) <= 3
    if not usable.any() or not mean[usable].sum() > 0:
        raise ValueError(text("use.no_pairs"))
    own, other, when = use[idle][usable], mean[usable], at[idle][usable]
    ratio = float(own.sum() / other.sum())
    # A new block begins after more than a weekend's pause.
    block = np.cumsum(np.diff(when, prepend=when[0]) > 3)
    rest = np.bincount(block, own - ratio * other).astype(float)
    wide = _wide(rest, float(other.sum()))
    low, high = max(ratio - wide, 0.0), ratio + wide
    compared = np.abs(at[school][:, None] - when[None, :]).min(axis=1) <= NEAR_DAYS
    shown = [number(100 * x) if np.isfinite(x) else "?" for x in (ratio, low, high)]
    return IdleUse(
        kwh_per_day=float(own.mean()),
        school_day_kwh=float(other.mean()),
        ratio=ratio,
        low=low,
        high=high,
        kwh=float(own.sum()),
        n=len(own),
        blocks=len(rest),
        n_school=int(compared.sum()),
        left_out=int((~usable).sum()),
        sentence=text(
            "use.idle_sentence",
            kind=name, share=shown[0], low=shown[1], high=shown[2],
            kwh=number(float(own.mean())), n=number(len(own)),
        ),
    )  # fmt: skip


def _near(
    at: npt.NDArray[np.int64], school_at: npt.NDArray[np.int64], school: Floats
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Return mean and number of the school days within ``NEAR_DAYS`` of each day."""
    sums = np.concatenate([[0.0], np.cumsum(school)])
    first = np.searchsorted(school_at, at - NEAR_DAYS, side="left")
    last = np.searchsorted(school_at, at + NEAR_DAYS, side="right")
    count = last - first
    return (sums[last] - sums[first]) / np.maximum(count, 1), count


def _wide(rest: Floats, total: float) -> float:
    """Return half the 90 % interval of a ratio from the residuals of its blocks."""
    from scipy.special import stdtrit

    blocks = len(rest)
    if blocks < FEW_BLOCKS:
        return float("nan")
    square = float(rest @ rest)
    alike = float(rest[1:] @ rest[:-1]) / square if square > 0 else 0.0
    alike = min(max(alike + 1 / blocks, 0.0), 0.8)
    variance = square * blocks / (blocks - 1) * (1 + alike) / (1 - alike) / total**2
    return float(stdtrit(blocks - 1, 0.95)) * float(np.sqrt(variance))
