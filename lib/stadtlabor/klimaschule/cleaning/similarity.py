"""How much two days of a school have in common, as a number.

Two days are alike when they lie near each other, are of the same kind (school day, weekend,
holiday), fall on the same weekday and are equally cold. Each reason adds its share; the shares
stand in ``similarity.toml``. Written as a covariance the sum is a Gaussian process over days
(Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, chapter 4: sums and
products of kernels are kernels).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

from stadtlabor.klimaschule.cleaning.grid import Array, Grid, Ints, Kind

__all__ = ["KINDS", "Traits", "covariance", "settings", "traits"]

KINDS = ("electricity", "heat", "gas", "water")
OPEN, WEEKEND = 0, 1
YEAR_DAYS = 364
"""52 weeks, so that weekdays meet."""

NAMES = {"school": OPEN, "weekend": WEEKEND, "public_holiday": 2, "school_holiday": 3}


@cache
def settings(kind: Kind) -> dict[str, float]:
    """Return the shares and reaches of ``similarity.toml`` for a kind of meter.

    Raises
    ------
    ValueError
        If there is no such kind.
    """
    text = files("stadtlabor.klimaschule.cleaning").joinpath("similarity.toml").read_text("utf-8")
    table = tomllib.loads(text)
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {kind!r}")
    return {**table["common"], **table["heat" if kind == "gas" else kind]}


@dataclass(frozen=True)
class Traits:
    """What is known of every day without its meter values (one entry per day).

    Attributes
    ----------
    kind
        Number of the kind of day; 0 is a school day.
    weekday
        Monday is 0.
    cold
        Weather as a regressor: kelvins below the heating limit for heat, deviation from the mean
        otherwise, in steps of 5 K; zero where no temperature is known.
    temperature
        Weighted mean of this and the previous day, °C; NaN where unknown.
    """

    kind: Ints
    weekday: Ints
    cold: Array
    temperature: Array

    @property
    def open(self) -> np.ndarray:
        """True on school days."""
        return np.asarray(self.kind == OPEN)


def traits(
    grid: Grid, kind: Kind, temperature: pd.Series | None, day_types: pd.Series | None
) -> Traits:
    """Gather the traits of all days of a grid.

    Parameters
    ----------
    grid
        Days of the series.
    kind
        What is metered.
    temperature
        Outdoor temperature in °C, hourly or daily, or None.
    day_types
        Kind of each day; days that it does not hold count by their weekday.
    """
    shares = settings(kind)
    weekday = np.asarray(grid.days.day_of_week, dtype="int64")
    kinds = np.where(weekday >= 5, WEEKEND, OPEN).astype("int64")
    if day_types is not None:
        stated = pd.DatetimeIndex(pd.to_datetime(day_types.index)).tz_localize(None).normalize()
        known = pd.Series(day_types.to_numpy(), index=stated).reindex(grid.days)
        unknown = set(known.dropna()) - set(NAMES)
        if unknown:
            raise ValueError(f"unknown kinds of day: {sorted(unknown)}")
        numbers = known.map(NAMES).to_numpy(dtype="float64", na_value=np.nan)
        kinds = np.where(np.isnan(numbers), kinds, numbers).astype("int64")
    outside = np.full(len(grid.days), np.nan)
    if temperature is not None and len(temperature):
        outside = _mixed(grid, temperature, shares["today"])
    if kind in ("heat", "gas"):
        cold = np.maximum(0.0, shares["limit_c"] - outside) / 5
    else:
        cold = (outside - shares["limit_c"]) / 5
    return Traits(kinds, weekday, np.nan_to_num(cold), outside)


def _mixed(grid: Grid, temperature: pd.Series, today: float) -> Array:
    """Return the weighted mean of a day's and the previous day's temperature, °C."""
    index = pd.DatetimeIndex(temperature.index)
    if index.tz is not None:
        index = index.tz_convert(grid.index.tz)
    clock = index.tz_localize(None).normalize()
    daily = temperature.astype("float64").groupby(clock).mean()
    days = pd.date_range(grid.days[0] - pd.Timedelta(days=1), grid.days[-1], freq="D")
    # A day or two without weather are bridged; over a longer silence nothing is assumed.
    mean = daily.reindex(days).interpolate(limit=2, limit_area="inside").to_numpy()
    before = np.where(np.isnan(mean[:-1]), mean[1:], mean[:-1])
    return np.asarray(today * mean[1:] + (1 - today) * before, dtype="float64")


def covariance(days: Traits, rows: Ints, kind: Kind) -> Array:
    """Return what every two of the days ``rows`` have in common (without noise)."""
    p = settings(kind)
    distance = np.abs(rows[:, None] - rows[None]).astype("float64")
    what, open_, weekday, cold = (
        days.kind[rows], days.open[rows], days.weekday[rows], days.cold[rows],
    )  # fmt: skip
    same = what[:, None] == what[None]
    # Holidays are few: what is known of other closed days counts in part.
    alike = np.where(same, 1.0, np.where(~open_[:, None] & ~open_[None], p["closed"], 0.0))
    twin = same & (weekday[:, None] == weekday[None])
    result = p["mean"] + p["level"] * np.exp(-distance / p["level_days"])
    result += p["echo"] * np.exp(-distance / p["echo_days"])
    result += alike * (p["kind"] * np.exp(-distance / p["kind_days"]) + p["kind_always"])
    result += twin * (p["weekday"] * np.exp(-distance / p["weekday_days"]) + p["weekday_always"])
    # Weeks that lie whole years apart: terms and examinations come back.
    season = np.abs(distance - YEAR_DAYS * np.round(distance / YEAR_DAYS))
    season = np.where(distance > YEAR_DAYS / 2, np.exp(-season / p["season_days"]), 0.0)
    result += alike * p["season"] * season
    weather = p["weather"] * np.exp(-distance / p["weather_days"]) + p["weather_always"]
    usage = p["usage"] * np.exp(-distance / p["usage_days"]) + p["usage_always"]
    result += np.outer(cold, cold) * (weather + alike * usage)
    return np.asarray(result)
