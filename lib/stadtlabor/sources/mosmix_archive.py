"""What a forecast said at a given time: the honest weather for backtests.

A backtest that looks at measured weather, or at a forecast issued later, is better than reality.
These functions pick from the archived runs (:mod:`stadtlabor.sources.mosmix`) what could be read
at the time, and give it the columns that :func:`stadtlabor.innenstadt.footfall.backtest` and
:func:`~stadtlabor.innenstadt.footfall.forecast` take as ``weather``.

>>> from stadtlabor import data                                       # doctest: +SKIP
>>> weather = known_each_midnight(data.read("weather-forecast"), "Europe/Berlin")  # doctest: +SKIP
>>> backtest(counts, start="2026-11-01", end="2026-11-30", weather=weather)  # doctest: +SKIP
"""

from __future__ import annotations

import re

import pandas as pd

from stadtlabor.sources.mosmix import rules

__all__ = ["known_at", "known_each_midnight"]

COLUMNS = {"temperature": "temperature_c", "precipitation": "precipitation_mm"}
HELD_MIN = 2 * 24 * 60
SERIES = re.compile(r"[^/]+/[^/]+/(?P<what>.+)-l(?P<run>\d\d)(?:-d\d+)?")


def known_at(archive: pd.DataFrame, at: pd.Timestamp) -> pd.DataFrame:
    """Return the newest forecast of every hour among the runs that could be read at an instant.

    Parameters
    ----------
    archive
        Observations of one station as :func:`stadtlabor.data.read` gives them.
    at
        With zone.

    Returns
    -------
    DataFrame
        ``start`` (UTC), ``temperature_c`` (°C), ``precipitation_mm`` (mm in the hour that begins
        at ``start``), ``issued`` (UTC, the oldest issue in the row).
    """
    rows = _rows(archive)
    return _wide(rows[rows["readable"] <= at.tz_convert("UTC")])


def known_each_midnight(archive: pd.DataFrame, timezone: str) -> pd.DataFrame:
    """Return for every hour what was forecast for it before the local midnight of its day.

    Parameters
    ----------
    archive
        As in :func:`known_at`.
    timezone
        Of the city.

    Returns
    -------
    DataFrame
        As in :func:`known_at`. An hour without a run before its midnight has no row.
    """
    rows = _rows(archive)
    midnight = rows["time"].dt.tz_convert(timezone).dt.normalize()
    return _wide(rows[rows["readable"] <= midnight])


def _rows(archive: pd.DataFrame) -> pd.DataFrame:
    """Return single values with ``what`` and the instant since which their run can be read."""
    parts = archive["datastream"].str.extract(SERIES)
    table = archive[["time", "value", "result_time"]].assign(what=parts["what"])
    told = table[table["what"] == "delay"]
    delay = pd.Series(told["value"].to_numpy(), index=pd.DatetimeIndex(told["time"]))
    rows = table[table["what"].isin(list(COLUMNS))].copy()
    minutes = rows["result_time"].map(delay[~delay.index.duplicated(keep="last")])
    usual = float(rules()["usual_delay_min"])
    # Longer than the provider holds a run: it came later by another way, which tells nothing.
    minutes = minutes.where(minutes <= HELD_MIN)
    rows["readable"] = rows["result_time"] + pd.to_timedelta(minutes.fillna(usual), unit="min")
    return rows


def _wide(rows: pd.DataFrame) -> pd.DataFrame:
    newest = rows.sort_values("result_time").drop_duplicates(["time", "what"], keep="last")
    table = newest.pivot(index="time", columns="what", values="value")
    table = table.reindex(columns=list(COLUMNS)).rename(columns=COLUMNS)
    table["issued"] = newest.groupby("time")["result_time"].min()
    table.columns.name = None
    return table.rename_axis("start").reset_index()
