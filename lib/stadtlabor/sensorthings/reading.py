"""Read what an anonymous visitor may see, in windows of whole days.

What is public is decided by the data service alone. Windows begin and end at the city's midnight:
where a policy keeps back small numbers, an answer must not depend on how a stranger cuts the time.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd

from stadtlabor.city import city
from stadtlabor.dataservice import public
from stadtlabor.dataservice.refusal import RefusedError, UnanswerableError
from stadtlabor.sensorthings.refusal import Refusal
from stadtlabor.store.opening import observation_store

__all__ = ["datasets", "datastreams", "grain", "observations"]

DAY_S = 86_400
MOST_DAYS = 366
KEPT_S = 300.0
_COLUMNS = ["time", "value", "quality", "result_time"]
Extent = tuple[pd.Timestamp, pd.Timestamp]
_extents: dict[tuple[str, str], tuple[float, dict[str, Extent]]] = {}


@contextmanager
def _told() -> Iterator[None]:
    """Hand on the data service's sentences."""
    try:
        yield
    except RefusedError as error:
        raise Refusal(403, str(error)) from None
    except UnanswerableError as error:
        raise Refusal(404, str(error)) from None


def datasets() -> list[str]:
    """Return the names of the datasets that anyone may read."""
    return public.datasets()


def datastreams(dataset: str) -> pd.DataFrame:
    """Return one row per datastream, columns as in :func:`stadtlabor.data.datastreams`."""
    return public.datastreams(dataset)


def grain(dataset: str) -> str | None:
    """Return the period that values are gathered into, None for single values."""
    with _told():
        return public.grain(dataset)


def observations(
    dataset: str,
    datastream: str,
    start: pd.Timestamp | None,
    end: pd.Timestamp | None,
    limit: int,
    descending: bool = False,
    step_s: int = 900,
) -> pd.DataFrame:
    """Return up to ``limit`` observations of a half-open span, the first ones or the last ones.

    Parameters
    ----------
    dataset, datastream
        Name and id.
    start, end
        With time zone; None where the span is open.
    limit
        Most rows.
    descending
        The last ones, newest first.
    step_s
        Usual distance of two values, seconds, so that windows are of the right size.

    Returns
    -------
    pandas.DataFrame
        Columns ``time``, ``value``, ``quality``, ``result_time``.

    Raises
    ------
    Refusal
        403 or 404, in the words of the data service.
    """
    days = min(max(1, math.ceil(limit * step_s / DAY_S)), MOST_DAYS)
    parts: list[pd.DataFrame] = []
    rows = 0
    for low, high in _windows(dataset, datastream, start, end, days, descending):
        with _told():
            part = public.observations(dataset, datastream, low, high)
        # A period that reaches across the edge of a window is told by both.
        part = part[part["time"] >= (low if start is None else max(start, low))]
        for edge in (end, high):
            if edge is not None:
                part = part[part["time"] < edge]
        parts.append(part[::-1] if descending else part)
        rows += len(part)
        if rows >= limit:
            break
    if not parts:
        return _nothing()
    return pd.concat(parts, ignore_index=True)[_COLUMNS].head(limit)


def _windows(
    dataset: str,
    datastream: str,
    start: pd.Timestamp | None,
    end: pd.Timestamp | None,
    days: int,
    descending: bool,
) -> Iterator[tuple[pd.Timestamp, pd.Timestamp | None]]:
    """Yield windows of growing width over what there is of a series; the newest one is open."""
    extent = _extent(dataset, datastream)
    if extent is None:
        return
    first, last = extent
    low = first if start is None else _midnight(max(start, first))
    # Values may have come since the extent was looked up.
    high = None if end is None or end > last else _midnight(end, up=True)
    if descending:
        upper, edge = high, high or _shifted(_midnight(max(last, low)), 1)
        while edge > low:
            edge = max(low, _shifted(edge, -days))
            yield edge, upper
            upper, days = edge, min(2 * days, MOST_DAYS)
        return
    while high is None or low < high:
        edge = _shifted(low, days)
        if high is None and edge > last:
            yield low, None
            return
        yield low, edge if high is None else min(edge, high)
        low, days = edge, min(2 * days, MOST_DAYS)


def _extent(dataset: str, datastream: str) -> Extent | None:
    """Return the first day with values and the newest value; only to choose windows."""
    key = (str(observation_store().folder), dataset)
    until, known = _extents.get(key, (0.0, {}))
    if until < time.monotonic():
        # Two questions for all series: what is asked for next is usually one of the others.
        known = _look(dataset, None)
        _extents[key] = (time.monotonic() + KEPT_S, known)
    if datastream not in known:
        known.update(_look(dataset, datastream))
    return known.get(datastream)


def _look(dataset: str, datastream: str | None) -> dict[str, Extent]:
    store = observation_store()
    names = [d.id for d in store.datastreams(dataset)] if datastream is None else [datastream]
    months = store.aggregate(names, None, None, "month")
    firsts = months.groupby("datastream")["time"].min()
    lasts = store.latest(names).set_index("datastream")["time"]
    return {str(n): (_midnight(firsts[n]), lasts[n]) for n in firsts.index if n in lasts.index}


def _midnight(instant: pd.Timestamp, up: bool = False) -> pd.Timestamp:
    """Return the city's midnight before or, if ``up``, after an instant, UTC."""
    local = instant.tz_convert(city().city.timezone)
    day = local.tz_localize(None).normalize()
    if up and day != local.tz_localize(None):
        day += pd.Timedelta(days=1)
    return _zoned(day)


def _shifted(midnight: pd.Timestamp, days: int) -> pd.Timestamp:
    local = midnight.tz_convert(city().city.timezone).tz_localize(None)
    return _zoned(local + pd.Timedelta(days=days))


def _zoned(naive: pd.Timestamp) -> pd.Timestamp:
    zone = city().city.timezone
    found: pd.Timestamp = naive.normalize().tz_localize(
        zone, ambiguous=True, nonexistent="shift_forward"
    )
    return found.tz_convert("UTC").as_unit("us")


def _nothing() -> pd.DataFrame:
    times = pd.DatetimeIndex([], tz="UTC").as_unit("us")
    return pd.DataFrame(
        {
            "time": times,
            "value": pd.Series(dtype="float64"),
            "quality": pd.Series(dtype="int8"),
            "result_time": times,
        }
    )
