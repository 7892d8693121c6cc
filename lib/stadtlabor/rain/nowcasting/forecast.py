"""The door to every nowcast: frames in, rates of the coming intervals out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from stadtlabor.rain.nowcasting.challengers import challenge
from stadtlabor.rain.nowcasting.champion import STILL_FRAMES, predicted
from stadtlabor.rain.nowcasting.ensemble import members_of
from stadtlabor.rain.units import need

__all__ = ["hourly_sum", "nowcast"]


def nowcast(
    precip: xr.DataArray,
    *,
    leads: int = 12,
    method: str = "champion",
    members: int | None = None,
    seed: int = 42,
) -> xr.DataArray:
    """Predict the coming frames.

    Parameters
    ----------
    precip
        Radar grid (``time``, ``y``, ``x``; mm/h), evenly spaced; ``time`` is the start of a frame's
        interval. The forecast is issued at the end of the newest interval.
    leads
        Intervals to predict.
    method
        ``champion`` or one of :data:`stadtlabor.rain.nowcasting.challengers.CHALLENGERS`.
    members
        With a number, the champion draws an ensemble; for ``steps`` the default is 20.
    seed
        The same frames and seed give the same forecast, bit by bit.

    Returns
    -------
    DataArray
        Rain rate in mm/h, float32, dims (``lead``, [``member``,] ``y``, ``x``). ``lead`` is the end
        of an interval in minutes after the issue, the coordinate ``time`` its start (UTC).
        ``attrs["issued"]`` is the time of issue (ISO, UTC), ``attrs["method"]`` the method. The
        champion's coordinate ``hour_mm`` (``y``, ``x``) is its estimate of the sum of the next hour
        (:func:`hourly_sum`).

    Raises
    ------
    ValueError
        In German: frames missing or too few, unknown method, not mm/h.
    """
    need(precip, "mm/h")
    recent = precip.transpose("time", "y", "x").isel(time=slice(-(STILL_FRAMES + 4), None))
    times, step = _regular(pd.DatetimeIndex(recent["time"].to_numpy()))
    recent = recent.isel(time=slice(-len(times), None))
    frames = recent.to_numpy().astype("float32")
    interval_s = step.total_seconds()
    hour = None
    if method != "champion":
        cell_km = abs(float(precip["x"][1] - precip["x"][0])) / 1000
        future = challenge(
            method,
            frames,
            leads,
            members=members or 20,
            seed=seed,
            interval_s=interval_s,
            cell_km=cell_km,
        )
    elif members:
        future = members_of(frames, leads, members, seed, interval_s)
    else:
        outcome = predicted(frames, leads, interval_s)
        future, hour = outcome.rates, outcome.hour_mm
    coords = {
        "lead": ("lead", step.total_seconds() / 60 * np.arange(1, leads + 1), {"units": "min"}),
        "time": ("lead", pd.date_range(times[-1] + step, periods=leads, freq=step).to_numpy()),
        "y": precip["y"],
        "x": precip["x"],
    }
    if hour is not None and leads * interval_s >= 3600:
        coords["hour_mm"] = (("y", "x"), hour, {"units": "mm"})
    kept = {k: v for k, v in precip.attrs.items() if k != "clutter_cells"}
    return xr.DataArray(
        future,
        dims=("lead", "y", "x") if future.ndim == 3 else ("lead", "member", "y", "x"),
        coords=coords,
        name="precipitation_mm_h",
        attrs={
            **kept,
            "interval_s": interval_s,
            "issued": (times[-1] + step).isoformat(),
            "method": method,
        },
    )


def hourly_sum(nowcast: xr.DataArray) -> xr.DataArray:
    """Return the sum of the next hour.

    Parameters
    ----------
    nowcast
        As returned by :func:`nowcast`, covering at least an hour. Observed frames (``time``, ``y``,
        ``x``) will do: the sum of their first hour, NaN where any frame misses the cell.

    Returns
    -------
    DataArray
        mm, dims ([``member``,] ``y``, ``x``); NaN where nothing is known. For the champion its own
        estimate of the sum, for all others the rates added up.

    Raises
    ------
    ValueError
        In German, if the forecast does not cover an hour or is not in mm/h.
    """
    need(nowcast, "mm/h")
    hours = float(nowcast.attrs["interval_s"]) / 3600
    steps = round(1 / hours)
    axis = "lead" if "lead" in nowcast.dims else "time"
    if nowcast.sizes[axis] < steps:
        raise ValueError(
            f"Die Vorhersage reicht nur {nowcast.sizes[axis] * hours * 60:.0f} Minuten weit. "
            "Für eine Stundensumme bitte mindestens 60 Minuten rechnen."
        )
    if "hour_mm" in nowcast.coords:
        total = nowcast["hour_mm"].reset_coords(drop=True)
    else:
        rates = nowcast.isel({axis: slice(0, steps)})
        # A forecast that loses sight on the way still says what it has seen until then.
        least = steps // 2 if axis == "lead" else steps
        total = (rates * hours).sum(axis, skipna=True, min_count=least)
    kept = {k: v for k, v in nowcast.attrs.items() if k != "interval_s"}
    return total.assign_attrs({**kept, "units": "mm", "interval_s": 3600.0}).rename(
        "precipitation_mm"
    )


def _regular(times: pd.DatetimeIndex) -> tuple[pd.DatetimeIndex, pd.Timedelta]:
    """Return the newest unbroken run of frames and its step.

    Raises
    ------
    ValueError
        In German, if the newest two frames do not follow on each other as the others do.
    """
    gaps = times[1:] - times[:-1]
    step = gaps.min() if len(gaps) else pd.Timedelta(0)
    run = 1
    while run < len(times) and gaps[-run] == step:
        run += 1
    if run < 2:
        raise ValueError(
            f"Vor {times[-1]:%d.%m.%Y %H:%M} UTC fehlen Radarbilder. "
            "Eine Vorhersage braucht lückenlose Bilder. Bitte auf das nächste Bild warten."
        )
    return times[-run:], step
