"""Read the numbers and times of pedestrian counts from text."""

from __future__ import annotations

import numpy as np
import pandas as pd

from stadtlabor.sources.localtime import to_utc

__all__ = ["decimal_numbers", "interval_minutes", "snap", "utc_times", "whole_numbers"]

ZONED = r"(?:Z|[+-]\d{2}:?\d{2})$"
WALL_FORMS = (
    "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%y %H:%M", "%m/%d/%Y %I:%M:%S %p",
    "%B %d, %Y %I:%M:%S %p", "%d-%b-%Y %H:%M", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d %B %Y",
)  # fmt: skip
DAY_FIRST = ("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y", "%d-%m-%Y")
GROUPED = r"[1-9]\d{0,2}(?:[.,'’ \u00a0\u202f]\d{3})+"
OFF_GRID = pd.Timedelta("60s")
"""A time so little off the grid belongs to the nearest step; more is no delay of a clock."""

STEPS_MINUTES = (1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 360, 720, 1440)


def whole_numbers(raw: pd.Series) -> pd.Series:
    """Read counts; thousands may be grouped (``1.234``), decimals may be written with a comma.

    Groups are read as such only where every cell with a sign is one, since a count of 1,234
    persons cannot mean one and a bit. NaN where nothing can be read.
    """
    text = raw.str.strip()
    signed = text.str.contains(r"[.,'’ \u00a0\u202f]", regex=True) & text.str.contains(r"\d")
    if signed.any() and text[signed].str.fullmatch(GROUPED).all():
        text = text.where(~signed, text.str.replace(r"\D", "", regex=True))
    values = decimal_numbers(text)
    return values.where(np.isfinite(values))


def decimal_numbers(raw: pd.Series) -> pd.Series:
    """Read numbers with decimal point or comma; NaN where nothing can be read."""
    return pd.to_numeric(raw.str.strip().str.replace(",", ".", regex=False), errors="coerce")


def utc_times(
    raw: pd.Series,
    series: pd.Series,
    timezone: str,
    day_first: bool = False,
    hour: pd.Series | None = None,
    repeats: bool = False,
) -> tuple[pd.Series, pd.Series]:
    """Read times with offset, else wall-clock times of a zone.

    Parameters
    ----------
    raw, series
        Time as text, and the series it belongs to, per row.
    timezone
        Zone of times without offset.
    day_first
        ``03/04/2014`` is the third of April.
    hour
        Hour of the day (0–23) where ``raw`` holds the date alone.
    repeats
        A time that appears twice in a series is a repetition, not the clock change.

    Returns
    -------
    tuple
        Times (UTC, NaT where unreadable) and German remarks.
    """
    zoned = raw.str.contains(ZONED, regex=True)
    if hour is None and zoned.all():
        times = pd.to_datetime(raw, utc=True, errors="coerce", format="ISO8601")
        return times, pd.Series("", index=raw.index, dtype="str")
    wall = pd.to_datetime(raw.where(~zoned), errors="coerce", format="ISO8601")
    for form in (*(DAY_FIRST if day_first else ()), *WALL_FORMS):
        if wall.notna().all():
            break
        open_rows = wall.isna() & ~zoned
        wall[open_rows] = pd.to_datetime(raw[open_rows], errors="coerce", format=form)
    if hour is not None:
        hours = pd.to_numeric(hour, errors="coerce")
        wall = (wall.dt.normalize() + pd.to_timedelta(hours, unit="h")).where(hours.between(0, 23))
    wall = wall.astype("datetime64[us]")
    if repeats:
        key = pd.MultiIndex.from_arrays([series, wall])
        first = ~key.duplicated()
        once, said = to_utc(pd.DatetimeIndex(wall[first]), timezone, series[first])
        table = pd.DataFrame({"time": once.tz_localize(None), "said": said.array}, index=key[first])
        table = table.reindex(key)
        times = pd.Series(pd.to_datetime(table["time"].array, utc=True), index=raw.index)
        remarks = pd.Series(table["said"].array, index=raw.index).fillna("")
    else:
        converted, said = to_utc(pd.DatetimeIndex(wall), timezone, series)
        times = pd.Series(converted, index=raw.index)
        remarks = pd.Series(said.array, index=raw.index)
    if zoned.any():  # a file that mixes both forms
        exact = pd.to_datetime(raw.where(zoned), utc=True, errors="coerce", format="ISO8601")
        times = times.fillna(exact)
    return times, remarks


def interval_minutes(times: pd.Series, series: pd.Series) -> pd.Series:
    """Return the step of each row's series in minutes: the most frequent difference.

    A series of one value is taken as hourly.
    """
    table = pd.DataFrame({"time": times, "series": series}).dropna().sort_values(["series", "time"])
    gaps = table.groupby("series")["time"].diff().dt.total_seconds().div(60)
    steps = np.asarray(STEPS_MINUTES, dtype="float64")
    known = gaps[gaps > 0.5].dropna()
    nearest = steps[np.abs(known.to_numpy()[:, None] - steps[None, :]).argmin(axis=1)]
    usual = (
        pd.Series(nearest, index=known.index)
        .groupby(table["series"].reindex(known.index))
        .agg(lambda found: found.mode().iloc[0])
    )
    return series.map(usual).fillna(60.0).astype("float64")


def snap(times: pd.Series, minutes: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Move times a few seconds onto the grid of their series.

    Returns
    -------
    tuple
        The times on the grid, NaT where a time lies further off, and how far each was moved.
    """
    since = (times - pd.Timestamp(0, tz="UTC")).dt.total_seconds()
    step = minutes.clip(upper=60) * 60  # zones with half hours make longer grids start anywhere
    # The grid of hours in a zone such as Adelaide's lies on the half hour of UTC.
    phase = (since / 1800).round().mod(step / 1800) * 1800 if len(since) else since
    usual = phase.mode().iloc[0] if len(phase.dropna()) else 0.0
    place = ((since - usual) / step).round() * step + usual
    off = (since - place).abs()
    good = off <= OFF_GRID.total_seconds()
    moved = pd.to_datetime(place.where(good).round(), unit="s", utc=True).dt.as_unit("us")
    return moved, off.where(good)
