"""The published test of warnings of heavy rain on German events, as one command.

``python -m stadtlabor.rain.research.protocol ARCHIVE CATRARE.csv --into out``

Every event of the catalogue shorter than six hours; a cube of 256 x 256 km around its largest sum
from an hour before to an hour after; at each five minutes a forecast of the next hour's sum; scored
at 5 to 40 mm by CSI and by FSS at 1 to 20 km, all issue times and events pooled. Rules and
published figures with their source stand in ``protocol.toml``. What is broken off goes on where it
stopped.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
from scipy.ndimage import uniform_filter

from stadtlabor.rain import around
from stadtlabor.rain.reading import read
from stadtlabor.rain.research.archive import STEP
from stadtlabor.rain.research.batch import Job, Scheduler, batch
from stadtlabor.rain.research.methods import Method, forecast, sum_of
from stadtlabor.rain.verification.table import COUNTS, count, csi

__all__ = ["jobs", "rules", "run", "summary"]

HISTORY, LEADS = 4, 12
"""The published methods saw four frames: the first issue time is after the fourth."""

MOST_HISTORY = 12
"""Later ones may look back further, as they may in operation."""


@cache
def rules() -> dict[str, Any]:
    """Return rules and published figures (``protocol.toml``)."""
    text = resources.files(__package__).joinpath("protocol.toml").read_text("utf-8")
    return tomllib.loads(text)


def run(
    files: pd.Series,
    events: pd.DataFrame,
    methods: Sequence[str] | Mapping[str, Method] = ("champion", "persistence"),
    *,
    into: Path | None = None,
    scheduler: Scheduler = None,
    told: Any = None,
) -> pd.DataFrame:
    """Run the protocol.

    Parameters
    ----------
    files
        :func:`.archive.file_times` of a RADOLAN-family archive (5 min, mm/h).
    events
        :func:`stadtlabor.rain.research.catrare.read_catrare`.
    methods
        Names or name → function; the number of events must not depend on them.
    into, scheduler, told
        See :func:`stadtlabor.rain.research.batch.batch`; one job per event.

    Returns
    -------
    pandas.DataFrame
        One row per event (``job``), method and threshold: ``issues``, the counts, and for each
        scale the sums ``differ_1km`` and ``power_1km`` … from which FSS is pooled.
    """
    named = {m: m for m in methods} if not isinstance(methods, Mapping) else dict(methods)
    todo, _ = jobs(files, events, named)
    about = {"methods": sorted(named), "events": len(todo), "files": len(files)}
    return batch(todo, into, about=about, scheduler=scheduler, told=told)


def jobs(
    files: pd.Series, events: pd.DataFrame, methods: Mapping[str, Method]
) -> tuple[dict[str, Job], dict[str, int]]:
    """Return what can be run, and what is left out and why.

    Returns
    -------
    tuple
        Event → job; reason → number of events (``long``: six hours or more; ``frames``: frames
        missing from the archive). A cube that reaches beyond the grid is cut, not left out.
    """
    limits = rules()["rules"]
    margin = pd.Timedelta(minutes=limits["margin_min"])
    made: dict[str, Job] = {}
    left = {"long": 0, "frames": 0}
    have = set(files.index)
    columns = (events[name].tolist() for name in ("start", "end", "duration_h", "x", "y"))
    for name, start, end, hours, x, y in zip(events.index, *columns, strict=True):
        if hours >= limits["shorter_than_h"]:
            left["long"] += 1
            continue
        wanted = pd.date_range(
            (start - margin).ceil(STEP), (end + margin).floor(STEP) - STEP, freq=STEP
        )
        if len(wanted) < HISTORY + LEADS or not all(time in have for time in wanted):
            left["frames"] += 1
            continue
        made[str(name)] = (_event, (list(files[wanted]), x, y, dict(methods)))
    return made, left


def _event(paths: list[str], x: float, y: float, methods: Mapping[str, Method]) -> pd.DataFrame:
    limits = rules()["rules"]
    rain = read(paths)
    back = pyproj.Transformer.from_crs(rain.attrs["crs_wkt"], "EPSG:4326", always_xy=True)
    lon, lat = back.transform(x, y)
    cube = around(rain, lat, lon, limits["side_km"]).load()
    cell_km = abs(float(cube["x"][1] - cube["x"][0])) / 1000
    windows = {scale: max(1, round(scale / cell_km)) for scale in limits["scales_km"]}
    rows: dict[tuple[str, float], dict[str, float]] = {}
    for issue in range(HISTORY, cube.sizes["time"] - LEADS + 1):
        fell = sum_of(cube.isel(time=slice(issue, issue + LEADS))).to_numpy()
        seen = np.isfinite(fell)
        frames = cube.isel(time=slice(max(0, issue - MOST_HISTORY), issue))
        for name, method in methods.items():
            said = np.nan_to_num(sum_of(forecast(method, frames, LEADS)).to_numpy())
            for threshold in limits["thresholds_mm"]:
                yes, came = (said >= threshold) & seen, (np.nan_to_num(fell) >= threshold) & seen
                parts = {"issues": 1.0, **count(yes[seen], came[seen])}
                for scale, window in windows.items():
                    differ, power = _fractions(yes, came, window)
                    parts[f"differ_{scale}km"], parts[f"power_{scale}km"] = differ, power
                row = rows.setdefault((name, float(threshold)), {})
                for key, value in parts.items():
                    row[key] = row.get(key, 0.0) + value
    keys = pd.DataFrame(list(rows), columns=["method", "threshold"])
    return pd.concat([keys, pd.DataFrame(list(rows.values()))], axis=1)


def _fractions(
    said: npt.NDArray[np.bool_], fell: npt.NDArray[np.bool_], window: int
) -> tuple[float, float]:
    """Return the two sums of the fractions skill score, so that it can be pooled.

    Roberts and Lean (2008): FSS = 1 − Σ(f − o)² / Σ(f² + o²) over all windows within the field.
    """
    if not said.any() and not fell.any():
        return 0.0, 0.0
    first, rest = window // 2, window - 1 - window // 2
    inside = tuple(slice(first, n - rest) for n in said.shape)
    f, o = (
        uniform_filter(field.astype("float64"), window, mode="constant")[inside]
        for field in (said, fell)
    )
    return float(((f - o) ** 2).sum()), float((f**2 + o**2).sum())


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Pool all events.

    Parameters
    ----------
    table
        From :func:`run`.

    Returns
    -------
    pandas.DataFrame
        Index (``method``, ``threshold`` in mm). Columns ``events``, ``issues``, the counts,
        ``csi``, ``fss_1km`` …, and ``published`` (CSI of the method of that name, else NaN).
    """
    limits = rules()
    rows = {}
    for (method, threshold), group in table.groupby(["method", "threshold"], sort=True):
        counts = {name: float(group[name].sum()) for name in COUNTS}
        fss = {}
        for scale in limits["rules"]["scales_km"]:
            power = float(group[f"power_{scale}km"].sum())
            differ = float(group[f"differ_{scale}km"].sum())
            fss[f"fss_{scale}km"] = 1 - differ / power if power else np.nan
        known = limits["csi"].get(str(method))
        place = limits["rules"]["thresholds_mm"].index(round(float(str(threshold))))
        rows[method, threshold] = {
            "events": group["job"].nunique(), "issues": group["issues"].sum(), **counts,
            "csi": csi(counts), **fss, "published": known[place] if known else np.nan,
        }  # fmt: skip
    found = pd.DataFrame.from_dict(rows, orient="index")
    found.index = pd.MultiIndex.from_tuples(found.index, names=["method", "threshold"])
    return found


def _main() -> None:
    """Run from the command line (see :mod:`stadtlabor.rain.research.protocol_command`)."""
    from stadtlabor.rain.research.protocol_command import main

    main()


if __name__ == "__main__":
    _main()
