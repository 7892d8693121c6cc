"""How much of a radar grid may be trusted, cell by cell."""

from __future__ import annotations

import xarray as xr

from stadtlabor.sources.radar_quality import Quality

__all__ = ["Quality", "shares", "without"]


def shares(rain: xr.DataArray) -> dict[str, float]:
    """Return the share of cells (0–1) that each flag marks.

    Parameters
    ----------
    rain
        Radar grid with the coordinate ``quality``; without one nothing is flagged.

    Returns
    -------
    dict
        Name of the flag in small letters → share.
    """
    if "quality" not in rain.coords:
        return {str(flag.name).lower(): 0.0 for flag in Quality}
    bits = rain["quality"].to_numpy()
    return {str(flag.name).lower(): float(flag.of(bits).mean()) for flag in Quality}


def without(rain: xr.DataArray, flags: Quality) -> xr.DataArray:
    """Set flagged cells to NaN, for example ``Quality.SECONDARY | Quality.CAPPED``.

    Parameters
    ----------
    rain
        Radar grid with the coordinate ``quality``.
    flags
        Any of these takes a cell out.
    """
    if "quality" not in rain.coords:
        return rain
    kept: xr.DataArray = rain.where(~flags.of(rain["quality"].to_numpy()))
    return kept.assign_attrs(rain.attrs)
