"""What the learner looks at: calendar, past days, other counters, weather."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.innenstadt.footfall.experts import FLOOR, Experts
from stadtlabor.innenstadt.footfall.grid import Floats
from stadtlabor.innenstadt.footfall.medians import recent_ratio, trailing_median
from stadtlabor.innenstadt.footfall.prepare import Prepared

__all__ = ["CATEGORIES", "features", "shifted"]

CATEGORIES = ("counter",)
CALENDAR = (
    "kind", "weekday", "holiday", "since", "until", "bridge", "run", "half_day", "advent",
    "christmas", "day_of_year", "school_free",
)  # fmt: skip
OPEN = slice(9, 20)
EVENING = slice(17, 24)
FIXED = ((12, 20), (1, 6))
"""Between these days of the year the date says more than the weekday."""


def shifted(values: Floats, days: int) -> Floats:
    """Move days (axis 1) later; the first ones become NaN."""
    out = np.full_like(values, np.nan)
    if days < values.shape[1]:
        out[:, days:] = values[:, :-days]
    return out


def features(prepared: Prepared, rules: Experts) -> tuple[npt.NDArray[np.float32], list[str]]:
    """Build the block of features.

    Every count enters as a ratio to the adjusted median, so that one learner serves all counters,
    busy and quiet ones.

    Returns
    -------
    tuple
        Block of shape (counter, day, 24, feature) and the names of the features. A day's features
        hold nothing from that day or later but calendar and weather.
    """
    values = prepared.training
    shape = values.shape
    scale = np.maximum(rules.adjusted, FLOOR)
    found: dict[str, Floats] = {
        "hour": np.arange(24.0)[None, None, :],
        "counter": np.arange(float(shape[0]))[:, None, None],
    }
    for name in CALENDAR:
        found[name] = prepared.table[name].to_numpy(dtype="float64")[None, :, None]
    for name, part in rules.parts.items():
        found[f"rule_{name}"] = part / scale
    holiday = trailing_median(values, prepared.table["holiday"].to_numpy().astype("int64"), 4)
    on_holiday = prepared.table["holiday"].to_numpy()[None, :, None]
    found["rule_holiday"] = np.where(on_holiday, holiday, np.nan) / scale
    found["log_level"] = np.log(scale)
    whole = np.nansum(scale, axis=2, keepdims=True)
    found["part_of_day"] = scale / np.maximum(whole, 1.0)
    ratio = values / scale
    for days in (1, 2, 3, 7):
        found[f"hour_before_{days}"] = shifted(ratio, days)
    daily = _daily_ratio(values, scale)
    then = _year_before(prepared.table)
    known = then >= 0
    found["hour_year_before"] = np.where(known[None, :, None], ratio[:, then], np.nan)
    found["day_year_before"] = np.where(known[None, :], daily[:, then], np.nan)[:, :, None]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a day without any count: NaN, as meant
        city = np.nanmean(daily, axis=0, keepdims=True)
    for days in (1, 2, 3, 7, 14):
        found[f"day_before_{days}"] = shifted(daily, days)[:, :, None]
    for days in (1, 7):
        found[f"city_before_{days}"] = shifted(city, days)[:, :, None]
    for days in (3, 7, 14, 28):
        found[f"level_{days}"] = recent_ratio(values, rules.median, days)[:, :, None]
    found["evening_before"] = recent_ratio(values, scale, 1, EVENING)[:, :, None]
    found |= _weather(prepared.weather)
    block = np.empty((*shape, len(found)), dtype="float32")
    for n, feature in enumerate(found.values()):
        block[..., n] = feature
    return block, list(found)


def _year_before(table: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Return the place of the day a year before that each day is like; -1 where there is none.

    The same holiday; around Christmas and New Year the same date; else the same weekday.
    """
    place = {day: n for n, day in enumerate(table.index)}
    last: dict[str, int] = {}
    out = np.full(len(table), -1)
    for n, (day, name) in enumerate(zip(table.index, table["name"], strict=True)):
        if name:
            out[n] = last.get(name, -1)
            last[name] = n
        elif (day.month, day.day) >= FIXED[0] or (day.month, day.day) <= FIXED[1]:
            out[n] = place.get(day - pd.DateOffset(years=1), -1)
        else:
            out[n] = place.get(day - pd.Timedelta(days=364), -1)
    return out


def _daily_ratio(values: Floats, scale: Floats) -> Floats:
    both = np.isfinite(values) & np.isfinite(scale)
    real = np.where(both, values, 0.0).sum(axis=2)
    said = np.where(both, scale, 0.0).sum(axis=2)
    return np.where(said > 0, real / np.maximum(said, 1e-9), np.nan)


def _weather(weather: dict[str, Floats]) -> dict[str, Floats]:
    """Return the weather of the hour, of the opening hours, and against that of late."""
    found: dict[str, Floats] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a day without weather: NaN, as meant
        for name, block in weather.items():
            day = np.nanmean(block[:, OPEN], axis=1)
            late = pd.Series(day).rolling(14, min_periods=3).mean().shift(1).to_numpy()
            found[name] = block[None]
            found[f"{name}_day"] = day[None, :, None]
            found[f"{name}_change"] = (day - late)[None, :, None]
            if name != "temperature_c":
                around = pd.Series(block.ravel()).rolling(3, center=True, min_periods=1).mean()
                found[f"{name}_around"] = around.to_numpy().reshape(block.shape)[None]
    return found
