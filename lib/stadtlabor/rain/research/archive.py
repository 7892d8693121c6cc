"""Whole archives again: nowcasts and their scores for every issue time, on Dask."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from stadtlabor.rain import around
from stadtlabor.rain.reading import read
from stadtlabor.rain.research.batch import Job, Scheduler, batch
from stadtlabor.rain.research.methods import Method, forecast, reached, sum_of
from stadtlabor.rain.verification import tile_scores, verify
from stadtlabor.rain.verification.table import COUNTS, scored

__all__ = ["file_times", "pooled", "rerun"]

STEP = pd.Timedelta("5min")
STAMPS = (
    (re.compile(r"-(\d{10})-dwd"), "%y%m%d%H%M"),
    (re.compile(r"[A-Z]{3}(\d{9})[A-Z]?_"), "%y%j%H%M"),
    (re.compile(r"(\d{8}[_T]?\d{4})"), "%Y%m%d%H%M"),
)
"""Time stamps in the names of radar files: DWD, MeteoSwiss, others."""


def file_times(folder: str | Path) -> pd.Series:
    """Return the radar files of a folder and its subfolders by the time they hold.

    Only one file is opened: it tells by how much the stamp in the names of its product differs from
    the start of the interval.

    Parameters
    ----------
    folder
        One file per frame. Unpack archives of many frames (RADKLIM comes as tar files) first.

    Returns
    -------
    pandas.Series
        Index: start of the interval, UTC, ascending. Values: path as text.

    Raises
    ------
    ValueError
        In German, if no name tells a time.
    """
    stamped = {}
    for path in sorted(Path(folder).rglob("*")):
        if path.is_file() and (stamp := _stamp(path.name)) is not None:
            stamped[stamp] = str(path)
    if not stamped:
        raise ValueError(
            f"In {folder} liegt keine Radardatei mit einer Zeit im Namen. Bitte Archive auspacken "
            "(eine Datei je Bild)."
        )
    times = pd.Series(stamped).sort_index()
    first = pd.Timestamp(read(times.iloc[0])["time"].to_numpy()[0])
    times.index = times.index + (first - times.index[0])
    return times


def _stamp(name: str) -> pd.Timestamp | None:
    for pattern, form in STAMPS:
        if match := pattern.search(name):
            try:
                digits = re.sub(r"\D", "", match[1])
                return pd.Timestamp(datetime.strptime(digits, form))  # noqa: DTZ007 - naive UTC
            except ValueError:
                continue
    return None


def rerun(
    source: xr.DataArray | pd.Series,
    methods: Sequence[str] | Mapping[str, Method],
    *,
    rates_mm_h: Sequence[float] = (1.0, 5.0, 10.0),
    sums_mm: Sequence[float] = (10.0, 15.0, 25.0),
    tile_km: float = 8.0,
    leads: int = 12,
    history: int = 12,
    every: int = 1,
    members: int | None = None,
    window: tuple[float, float, float] | None = None,
    into: Path | None = None,
    scheduler: Scheduler = None,
    told: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Forecast and score at every issue time for which history and truth are complete.

    Parameters
    ----------
    source
        Radar grid in memory (mm/h), or :func:`file_times` of an archive; the files are then read
        where they are needed, also on other machines with the same folder.
    methods
        Names for :func:`stadtlabor.rain.nowcast`, or name → function (frames → frames).
    rates_mm_h
        Thresholds of the rate at each lead, cell by cell.
    sums_mm
        Thresholds of the sum over all leads, somewhere in a tile.
    tile_km
        Side of a tile.
    leads
        Intervals that are forecast.
    history
        Intervals that a method may see.
    every
        Take every n-th interval as issue time, counted from midnight UTC.
    members
        Size of an ensemble, None for a single forecast.
    window
        Latitude, longitude, km: only this square.
    into, scheduler, told
        See :func:`stadtlabor.rain.research.batch.batch`. Jobs are the hours of the archive.

    Returns
    -------
    pandas.DataFrame
        One row per issue time, method, kind (``rate``: at a lead; ``tile``: sum over all leads),
        threshold and lead (minutes): the counts, ``cells`` seen, for rates ``mae``, for ensembles
        ``crps`` and ``brier``.

    Raises
    ------
    ValueError
        In German, if no issue time has history and truth.
    """
    named = {m: m for m in methods} if not isinstance(methods, Mapping) else dict(methods)
    have = source.index if isinstance(source, pd.Series) else source["time"].to_index()
    known = set(have)
    issues = [
        time + STEP
        for time in have
        if (time + STEP - time.normalize()) // STEP % every == 0
        and all(time + STEP * n in known for n in range(1 - history, leads + 1))
    ]
    if not issues:
        raise ValueError(
            f"Für keine Ausgabezeit liegen {history} Bilder davor und {leads} danach lückenlos vor."
        )
    spec = {
        "rates_mm_h": [float(v) for v in rates_mm_h], "sums_mm": [float(v) for v in sums_mm],
        "tile_km": tile_km, "leads": leads, "history": history, "members": members,
        "window": list(window) if window else None,
    }  # fmt: skip
    jobs: dict[str, Job] = {}
    for hour, group in pd.Series(issues, index=issues).groupby(lambda t: t.floor("h")):
        first, last = group.min() - history * STEP, group.max() + leads * STEP
        inside = (have >= first) & (have < last)
        part = source[inside] if isinstance(source, pd.Series) else source.isel(time=inside)
        given = list(part) if isinstance(part, pd.Series) else part
        jobs[f"{hour:%Y-%m-%dT%H}"] = (_hour, (given, list(group), named, spec))
    about = {**spec, "every": every, "methods": {k: _told(m) for k, m in named.items()}}
    return batch(jobs, into, about=about, scheduler=scheduler, told=told)


def _told(method: Method) -> str:
    return method if isinstance(method, str) else getattr(method, "__qualname__", repr(method))


def _hour(
    given: xr.DataArray | list[str],
    issues: list[pd.Timestamp],
    methods: Mapping[str, Method],
    spec: Mapping[str, Any],
) -> pd.DataFrame:
    rain = read(given) if isinstance(given, list) else given
    if spec["window"]:
        rain = around(rain, *spec["window"])
    rain = rain.load()
    rows: list[dict[str, Any]] = []
    for issued in issues:
        seen = rain.sel(time=slice(issued - spec["history"] * STEP, issued - STEP))
        truth = rain.sel(time=slice(issued, issued + (spec["leads"] - 1) * STEP))
        for name, method in methods.items():
            made = forecast(method, seen, spec["leads"], spec["members"])
            both = {"issued": issued, "method": name}
            rows += [{**both, **row} for row in _rates(made, truth, spec)]
            rows += [{**both, **row} for row in _tiles(made, truth, spec)]
    return pd.DataFrame(rows)


def _rates(
    made: xr.DataArray, truth: xr.DataArray, spec: Mapping[str, Any]
) -> list[dict[str, Any]]:
    if not spec["rates_mm_h"]:
        return []
    table = verify(made, truth, spec["rates_mm_h"], scales_km=()).reset_index()
    table["cells"] = table[list(COUNTS)].sum(axis=1)
    kept = ["threshold", "lead", *COUNTS, "cells"]
    kept += [name for name in ("mae", "crps", "brier") if name in table]
    rows = table[kept].assign(kind="rate").to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def _tiles(
    made: xr.DataArray, truth: xr.DataArray, spec: Mapping[str, Any]
) -> list[dict[str, Any]]:
    fell, said = sum_of(truth), sum_of(made)
    rows = []
    for threshold in spec["sums_mm"]:
        share = reached(said, threshold, spec["tile_km"])
        if "member" in share.dims:
            share = share.mean("member")
        scores = tile_scores(share, reached(fell, threshold, spec["tile_km"]))
        counts = {name: int(scores[name]) for name in COUNTS}
        rows.append(
            {
                "kind": "tile", "threshold": threshold, "lead": 5 * spec["leads"], **counts,
                "cells": sum(counts.values()),
            }
        )  # fmt: skip
    return rows


def pooled(table: pd.DataFrame, by: Sequence[str] = ("method",)) -> pd.DataFrame:
    """Add up counts over issue times and score the sums.

    Parameters
    ----------
    table
        From :func:`rerun`.
    by
        Columns kept apart besides kind, threshold and lead.

    Returns
    -------
    pandas.DataFrame
        Index: ``by``, ``kind``, ``threshold``, ``lead``. Columns: ``issues``, the counts, ``csi``,
        ``pod``, ``far``, ``bias``, and where they were scored ``mae``, ``crps``, ``brier``.
    """
    errors = [name for name in ("mae", "crps", "brier") if name in table]
    rows = {}
    for key, group in table.groupby([*by, "kind", "threshold", "lead"], sort=True):
        counts = {name: float(group[name].sum()) for name in COUNTS}
        weights = group["cells"].to_numpy(float)
        means = {
            name: float(np.average(group[name], weights=weights)) if weights.sum() else np.nan
            for name in errors
        }
        rows[key] = {"issues": group["issued"].nunique(), **counts, **scored(counts), **means}
    found = pd.DataFrame.from_dict(rows, orient="index")
    found.index = pd.MultiIndex.from_tuples(found.index, names=[*by, "kind", "threshold", "lead"])
    return found
