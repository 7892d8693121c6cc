"""Radar, gauges and microwave links as one rain field.

Radar sees where it rains, gauges know how much, and the radio links between mobile phone masts lie
between them by the hundred. Kriging with external drift puts them together: the rain is
a + b · radar plus a remainder that is alike at places near each other. Sensors count by the error
stated for them. Method: Goudenhoofdt and Delobbe 2009 (HESS 13:195). Meant for a city: far from all
sensors the field is nothing but a + b · radar.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import xarray as xr

from stadtlabor.rain.units import SUM, need

__all__ = ["fuse", "gauge_points", "leave_one_out", "link_points"]

RANGE_KM = 8.0
"""How far the remainder of an hour of convective rain is alike (e-folding). A working assumption,
like the errors below; ``tests/benchmarks/fusion.py`` prints how the result hangs on them."""
GAUGE_ERROR = 0.02
"""Error variance of a gauge, in units of the remainder's variance."""
LINK_ERROR = 1.0
"""The same of a link of ``LINK_KM``; a shorter one errs more, as its wet antennas weigh more."""
LINK_KM = 2.0
SHORTEST_KM = 0.5
FEWEST = 4


def gauge_points(sums: xr.DataArray, crs_wkt: str, error: float = GAUGE_ERROR) -> pd.DataFrame:
    """Place gauges on the map.

    Parameters
    ----------
    sums
        mm, dim ``station`` with the coordinates ``lon`` and ``lat`` (WGS 84, degrees); NaN = left
        out.
    crs_wkt
        Projection of the radar grid.
    error
        Error variance in units of the remainder's variance.

    Returns
    -------
    pandas.DataFrame
        ``x``, ``y`` (m), ``mm``, ``error``; index: station.
    """
    return _points(sums.to_numpy(), sums, crs_wkt, error, sums["station"].to_numpy())


def link_points(sums: xr.DataArray, crs_wkt: str, error: float = LINK_ERROR) -> pd.DataFrame:
    """Place links on the map, each at its middle; those under 500 m are left out.

    Parameters
    ----------
    sums
        mm as mean over the path, dim ``station`` with the coordinates ``lon`` and ``lat`` of the
        middle and ``length`` (m); NaN = left out.
    crs_wkt
        Projection of the radar grid.
    error
        Error variance of a link of 2 km.
    """
    km = sums["length"].to_numpy() / 1000
    errors = error * np.minimum(4.0, LINK_KM / np.maximum(km, 1e-3))
    amounts = np.where(km >= SHORTEST_KM, sums.to_numpy(), np.nan)
    return _points(amounts, sums, crs_wkt, errors, sums["station"].to_numpy())


def fuse(radar: xr.DataArray, points: pd.DataFrame, range_km: float = RANGE_KM) -> xr.DataArray:
    """Correct a radar sum by what was measured on the ground.

    Parameters
    ----------
    radar
        Sum in mm, dims (``y``, ``x``), for example of an hour.
    points
        Gauges and links (:func:`gauge_points`, :func:`link_points`; join them by ``pd.concat``).
    range_km
        How far the remainder is alike, km.

    Returns
    -------
    xarray.DataArray
        mm, same shape, never negative; NaN where the radar does not see. ``attrs["fused_from"]``
        is the number of sensors that counted; with fewer than four the radar stays as it is (0).

    Raises
    ------
    UnitError
        In German, if the radar is given as rates.
    """
    need(radar, SUM)
    x, y = np.meshgrid(radar["x"].to_numpy(), radar["y"].to_numpy())
    values = radar.to_numpy().astype("float64")
    seen = np.isfinite(values)
    usable = _with_radar(radar, points)
    merged = np.full(values.shape, np.nan)
    if len(usable) < FEWEST:
        return radar.assign_attrs(fused_from=0)
    merged[seen] = _krige(usable, x[seen], y[seen], values[seen], range_km)
    made = radar.copy(data=merged.astype(radar.dtype))
    return made.assign_attrs(fused_from=len(usable))


def leave_one_out(
    radar: xr.DataArray,
    gauges: pd.DataFrame,
    others: pd.DataFrame | None = None,
    range_km: float = RANGE_KM,
) -> pd.DataFrame:
    """Estimate each gauge from radar and all sensors but itself.

    Parameters
    ----------
    radar
        Sum in mm, dims (``y``, ``x``).
    gauges
        Gauges to be left out in turn.
    others
        Further sensors that always count.
    range_km
        How far the remainder is alike, km.

    Returns
    -------
    pandas.DataFrame
        Index as ``gauges``; ``mm`` (measured), ``radar`` (cell above it), ``fused``.
    """
    need(radar, SUM)
    placed = _with_radar(radar, gauges)
    rows = {}
    for station, gauge in placed.iterrows():
        rest = placed.drop(station)
        usable = rest if others is None else pd.concat([rest, _with_radar(radar, others)])
        fused = gauge["radar"]
        if len(usable) >= FEWEST:
            x, y, above = (np.array([gauge[name]]) for name in ("x", "y", "radar"))
            fused = _krige(usable, x, y, above, range_km)[0]
        rows[station] = {"mm": gauge["mm"], "radar": gauge["radar"], "fused": fused}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["mm", "radar", "fused"])


def _krige(
    points: pd.DataFrame,
    x: npt.NDArray[np.floating],
    y: npt.NDArray[np.floating],
    radar: npt.NDArray[np.floating],
    range_km: float,
) -> npt.NDArray[np.floating]:
    """Estimate mm at places; the drift is fitted by generalised least squares."""
    own = points[["x", "y"]].to_numpy()
    apart = np.hypot(*(own[:, np.newaxis] - own).transpose(2, 0, 1))
    alike = np.exp(-apart / (range_km * 1000)) + np.diag(points["error"].to_numpy())
    amounts, drift = points["mm"].to_numpy(), points["radar"].to_numpy()
    ones = np.ones_like(drift)
    design, target = np.stack([ones, drift], axis=1), np.stack([np.ones_like(radar), radar], axis=1)
    weighted = np.linalg.solve(alike, np.column_stack([design, amounts]))
    spread = np.ptp(drift) > 0
    slope = np.linalg.lstsq(design.T @ weighted[:, :2], design.T @ weighted[:, 2], rcond=None)[0]
    if not spread or slope[1] <= 0:
        # A radar that rains where it is dry tells nothing about amounts: then the ground alone.
        level = (ones @ weighted[:, 2]) / (ones @ weighted[:, 0])
        slope = np.array([level, 0.0])
    remainder = np.linalg.solve(alike, amounts - design @ slope)
    estimate: npt.NDArray[np.floating] = target @ slope
    for part in np.array_split(np.arange(len(x)), max(1, len(x) * len(own) // 4_000_000)):
        to_points = np.hypot(x[part, np.newaxis] - own[:, 0], y[part, np.newaxis] - own[:, 1])
        estimate[part] += np.exp(-to_points / (range_km * 1000)) @ remainder
    return estimate.clip(0.0)


def _points(
    amounts: npt.NDArray[np.floating],
    places: xr.DataArray,
    crs_wkt: str,
    error: float | npt.NDArray[np.floating],
    names: npt.NDArray[np.generic],
) -> pd.DataFrame:
    project = pyproj.Transformer.from_crs("EPSG:4326", crs_wkt, always_xy=True)
    x, y = project.transform(places["lon"].to_numpy(), places["lat"].to_numpy())
    table = pd.DataFrame({"x": x, "y": y, "mm": amounts, "error": error}, index=names)
    return table.dropna()


def _with_radar(radar: xr.DataArray, points: pd.DataFrame) -> pd.DataFrame:
    """Add the radar cell above each sensor; sensors without one are left out."""
    places = []
    inside = np.ones(len(points), dtype=bool)
    for axis in ("y", "x"):
        own = radar[axis].to_numpy()
        index = np.rint((points[axis].to_numpy() - own[0]) / (own[1] - own[0])).astype("int64")
        inside &= (index >= 0) & (index < own.size)
        places.append(index.clip(0, own.size - 1))
    values = radar.to_numpy()[places[0], places[1]].astype("float64")
    table = points.assign(radar=np.where(inside, values, np.nan))
    return table.dropna()
