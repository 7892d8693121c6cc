"""Rain gauges: which of their numbers may be believed, and what the coming hour may bring there.

Gauges are a DataArray of sums in mm with dims (``time``, ``station``), evenly spaced; ``time`` is
the start of an interval (UTC), NaN = missing.
"""

from __future__ import annotations

import tomllib
from enum import IntFlag
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

__all__ = ["Doubt", "believed", "doubts", "expected", "gauges_of", "told"]


class Doubt(IntFlag):
    """Why a number of a gauge is not believed."""

    MISSING = 1
    NEGATIVE = 2
    SPIKE = 4
    STUCK = 8
    DEAF = 16


_CAUSES = {
    Doubt.MISSING: "liefert keine Werte. Bitte Stromversorgung und Funk prüfen.",
    Doubt.NEGATIVE: "meldet negativen Regen. Bitte das Gerät neu einmessen.",
    Doubt.SPIKE: "meldet mehr Regen, als fallen kann. Bitte prüfen, ob jemand am Gerät war.",
    Doubt.STUCK: "meldet immer dieselbe Zahl. Bitte das Gerät neu starten.",
    Doubt.DEAF: "bleibt trocken, während es ringsum regnet. Bitte die Öffnung reinigen.",
}


def gauges_of(
    observations: pd.DataFrame, places: pd.DataFrame, interval_s: int = 60
) -> xr.DataArray:
    """Bring observations of the store into the form of this module.

    Parameters
    ----------
    observations
        ``datastream``, ``time`` (start of the interval, UTC), ``value`` (mm in the interval).
    places
        Index: datastream; columns ``lon``, ``lat`` (WGS 84, degrees). Datastreams without a place
        are left out.
    interval_s
        Length of an interval, seconds. What a gauge did not send is NaN, never 0.

    Returns
    -------
    xarray.DataArray
        mm, dims (``time``, ``station``), even steps from the first to the last observation.

    Raises
    ------
    ValueError
        In German, if no observation has a place.
    """
    known = observations[observations["datastream"].isin(places.index)]
    if known.empty:
        raise ValueError(
            "Zu keinem Regenmesser ist ein Ort hinterlegt. Bitte Länge und Breite eintragen."
        )
    table = known.pivot_table(index="time", columns="datastream", values="value", aggfunc="last")
    times = pd.DatetimeIndex(table.index).tz_convert("UTC").tz_localize(None)
    even = pd.date_range(times[0], times[-1], freq=f"{interval_s}s")
    table = table.set_axis(times).reindex(even)
    stations = [str(name) for name in table.columns]
    where = places.loc[stations]
    return xr.DataArray(
        table.to_numpy(dtype="float64"),
        dims=("time", "station"),
        coords={
            "time": even.to_numpy(),
            "station": stations,
            "lon": ("station", where["lon"].to_numpy()),
            "lat": ("station", where["lat"].to_numpy()),
        },
        attrs={"units": "mm", "interval_s": interval_s},
    )


def doubts(gauges: xr.DataArray) -> xr.DataArray:
    """Find what is missing, negative, too much, stuck or deaf.

    Parameters
    ----------
    gauges
        Sums in mm, dims (``time``, ``station``).

    Returns
    -------
    xarray.DataArray
        Bits of :class:`Doubt`, uint8, same shape. The limits stand in ``gauges.toml``.
    """
    gauges = gauges.transpose("time", "station")
    values = gauges.to_numpy().astype("float64")
    minutes = _minutes(gauges)
    limits = _limits()
    flags = np.zeros(values.shape, dtype="uint8")
    flags[np.isnan(values)] |= int(Doubt.MISSING)
    with np.errstate(invalid="ignore"):
        flags[values < 0] |= int(Doubt.NEGATIVE)
        flags[values > limits["spike"]["mm_per_minute"] * minutes] |= int(Doubt.SPIKE)
    frame = pd.DataFrame(values)
    for column in range(values.shape[1]):
        flags[_stuck(frame[column], minutes, limits["stuck"]), column] |= int(Doubt.STUCK)
    flags[_deaf(frame.where(flags == 0), minutes, limits["deaf"])] |= int(Doubt.DEAF)
    return xr.DataArray(flags, dims=gauges.dims, coords=gauges.coords)


def believed(gauges: xr.DataArray) -> xr.DataArray:
    """Return the gauges with every doubtful number set to NaN."""
    kept: xr.DataArray = gauges.where(doubts(gauges) == 0)
    return kept.assign_attrs(gauges.attrs)


def told(flags: xr.DataArray) -> list[str]:
    """Say in German which gauge is doubted, why, since when and what to do.

    Parameters
    ----------
    flags
        Result of :func:`doubts`.
    """
    sentences = []
    times = pd.DatetimeIndex(flags["time"].to_numpy())
    for index, station in enumerate(flags["station"].to_numpy()):
        bits = flags.transpose("time", "station").to_numpy()[:, index]
        for doubt, sentence in _CAUSES.items():
            where = np.flatnonzero(bits & int(doubt))
            if where.size:
                since = times[where[0]].tz_localize("UTC").tz_convert("Europe/Berlin")
                sentences.append(f"{station} (ab {since:%d.%m.%Y, %H:%M} Uhr) {sentence}")
    return sentences


def expected(gauges: xr.DataArray, ahead: int = 15, minutes: int = 60) -> xr.DataArray:
    """Expect the sum of the hour that ends some minutes from now.

    What has fallen in the older part of that hour is measured; for the rest, rain goes on as in the
    last minutes (``gauges.toml``). So a level shows before its hour is complete.

    Parameters
    ----------
    gauges
        Sums in mm, dims (``time``, ``station``), without doubtful numbers.
    ahead
        Minutes from now to the end of the hour.
    minutes
        Length of the "hour".

    Returns
    -------
    xarray.DataArray
        mm, same shape; the value at a time is known at the end of that interval. NaN where a number
        it needs is missing.
    """
    step = _minutes(gauges)
    fallen = gauges.rolling(time=max(1, round((minutes - ahead) / step))).sum()
    recent = max(1, round(_limits()["outlook"]["recent_minutes"] / step))
    rate = gauges.rolling(time=recent).mean() / step
    return (fallen + rate * ahead).assign_attrs(units="mm", interval_s=minutes * 60)


def _stuck(series: pd.Series, minutes: float, limit: dict[str, Any]) -> Any:
    """Mark runs of one number; drizzle may show the smallest number for long."""
    run = series.ne(series.shift()).cumsum()
    lasting = series.groupby(run).transform("size") * minutes
    smallest = series[series > 0].min()
    needed = np.where(series > smallest, limit["minutes"], limit["minutes_of_smallest"])
    return ((lasting >= needed) & (series > 0)).to_numpy()


def _deaf(frame: pd.DataFrame, minutes: float, limit: dict[str, Any]) -> Any:
    """Mark spans in which one gauge has next to nothing of what the others have."""
    length = max(1, round(limit["minutes"] / minutes))
    sums = frame.rolling(length, min_periods=length // 2).sum().to_numpy()
    marked = np.zeros(sums.shape, dtype=bool)
    for column in range(sums.shape[1]):
        others = np.delete(sums, column, axis=1)
        enough = np.isfinite(others).sum(axis=1) >= limit["neighbours"]
        middle = np.full(len(sums), np.nan)
        middle[enough] = np.nanmedian(others[enough], axis=1)
        with np.errstate(invalid="ignore"):
            deaf = (middle >= limit["neighbours_mm"]) & (sums[:, column] < limit["share"] * middle)
        for end in np.flatnonzero(deaf):
            marked[max(0, end - length + 1) : end + 1, column] = True
    return marked


def _minutes(gauges: xr.DataArray) -> float:
    times = gauges["time"].to_numpy()
    return float((times[1] - times[0]) / np.timedelta64(1, "m"))


@cache
def _limits() -> dict[str, dict[str, Any]]:
    text = files("stadtlabor.rain.gauging").joinpath("gauges.toml").read_text("utf-8")
    return tomllib.loads(text)
