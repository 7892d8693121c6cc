"""Units of rain: a sum (mm in an interval) is no rate (mm/h), and the two are never added.

The trap has a factor of twelve: 6.8 mm in five minutes are 81.6 mm/h. A radar grid states its unit
in ``attrs["units"]`` and the length of its intervals in ``attrs["interval_s"]``; the functions here
refuse what does not fit instead of guessing.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

__all__ = ["RATE", "SUM", "UnitError", "add", "need", "to_rate", "to_sum", "total"]

RATE = "mm/h"
SUM = "mm"
_GERMAN = {RATE: "Regenraten in mm/h", SUM: "Regensummen in mm", None: "Zahlen ohne Einheit"}


class UnitError(ValueError):
    """Amounts of different units meet; the message says in German what to do."""


def need(rain: xr.DataArray, unit: str) -> xr.DataArray:
    """Return the grid itself if it has the unit.

    Parameters
    ----------
    rain
        Any grid with ``attrs["units"]``.
    unit
        :data:`RATE` or :data:`SUM`.

    Raises
    ------
    UnitError
        In German, otherwise.
    """
    stated = rain.attrs.get("units")
    if stated != unit:
        way = "to_rate" if unit == RATE else "to_sum"
        told = _GERMAN.get(stated, f"Zahlen in {stated}")
        raise UnitError(
            f"Hier werden {_GERMAN[unit]} gebraucht, gegeben sind {told}. Bitte vorher mit "
            f"stadtlabor.rain.units.{way} umrechnen."
        )
    return rain


def to_sum(rain: xr.DataArray) -> xr.DataArray:
    """Convert rates (mm/h) to what falls in each interval (mm).

    Raises
    ------
    UnitError
        In German, if these are no rates or the interval is not stated.
    """
    return _scaled(need(rain, RATE), _hours(rain), SUM)


def to_rate(rain: xr.DataArray) -> xr.DataArray:
    """Convert sums over intervals (mm) to rates (mm/h).

    Raises
    ------
    UnitError
        In German, if these are no sums or the interval is not stated.
    """
    return _scaled(need(rain, SUM), 1 / _hours(rain), RATE)


def add(first: xr.DataArray, second: xr.DataArray) -> xr.DataArray:
    """Add two grids of the same unit on the same cells.

    Raises
    ------
    UnitError
        In German, if the units differ, or the cells do.
    """
    units = first.attrs.get("units"), second.attrs.get("units")
    if units[0] != units[1] or units[0] not in (RATE, SUM):
        told = " und ".join(_GERMAN.get(u, f"Zahlen in {u}") for u in units)
        raise UnitError(f"{told} lassen sich nicht addieren. Bitte vorher umrechnen.")
    if first.attrs.get("crs_wkt") != second.attrs.get("crs_wkt") or any(
        not np.array_equal(first[axis], second[axis]) for axis in ("y", "x")
    ):
        raise UnitError(
            "Die beiden Felder liegen auf verschiedenen Gittern. Bitte vorher mit "
            "stadtlabor.rain.grid.regrid auf ein Gitter bringen."
        )
    return (first + second).assign_attrs(first.attrs)


def total(rain: xr.DataArray) -> xr.DataArray:
    """Add up rates (mm/h) over ``time`` to what fell in all (mm).

    Returns
    -------
    xarray.DataArray
        Dims (``y``, ``x``), mm; NaN where any interval was not seen.

    Raises
    ------
    UnitError
        In German, if these are no rates.
    """
    summed = to_sum(rain).sum("time", skipna=False, keep_attrs=True)
    return summed.assign_attrs(interval_s=rain.attrs["interval_s"] * rain.sizes["time"])


def _scaled(rain: xr.DataArray, factor: float, unit: str) -> xr.DataArray:
    scaled = (rain * factor).astype(rain.dtype).assign_attrs({**rain.attrs, "units": unit})
    return scaled.rename(None)


def _hours(rain: xr.DataArray) -> float:
    seconds = float(rain.attrs.get("interval_s", 0))
    if seconds <= 0:
        raise UnitError("Das Feld nennt die Länge seiner Zeitschritte nicht (interval_s).")
    return seconds / 3600
