"""Forecasts beside the truth of the same times and cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from stadtlabor.rain.units import UnitError

__all__ = ["Mask", "Pair", "pairs"]

Mask = Literal["all", "lead"]


@dataclass(frozen=True)
class Pair:
    """One lead time of one forecast.

    Attributes
    ----------
    lead
        Minutes from issue to the end of the interval.
    members
        Forecast, shape (member, y, x); one member where there is no ensemble; NaN became 0.
    truth
        Observation, shape (y, x).
    seen
        Cells that are scored, shape (y, x).
    """

    lead: int
    members: npt.NDArray[np.floating]
    truth: npt.NDArray[np.floating]
    seen: npt.NDArray[np.bool_]


def pairs(
    forecasts: xr.DataArray | Sequence[xr.DataArray], observed: xr.DataArray, mask: Mask = "all"
) -> list[Pair]:
    """Bring forecasts and truth together.

    Parameters
    ----------
    forecasts
        One or several nowcasts: dims (``lead``, [``member``,] ``y``, ``x``) with the coordinate
        ``time`` (start of each interval) along ``lead``; dims (``time``, ``y``, ``x``) with
        ``attrs["issued"]`` will do.
    observed
        Radar grid on the same cells.
    mask
        ``all``: score the cells seen at all leads of a forecast (the rule behind published
        tables); ``lead``: those seen at that lead.

    Returns
    -------
    list of Pair
        Leads whose truth is not there are left out.

    Raises
    ------
    UnitError
        In German, if units, intervals or cells differ.
    ValueError
        In German, if no time of the forecasts was observed.
    """
    many = [forecasts] if isinstance(forecasts, xr.DataArray) else list(forecasts)
    truths = {pd.Timestamp(t): n for n, t in enumerate(observed["time"].to_numpy())}
    values = observed.transpose("time", "y", "x").to_numpy()
    found: list[Pair] = []
    for forecast in map(_by_lead, many):
        _comparable(forecast, observed)
        times = pd.DatetimeIndex(np.atleast_1d(forecast["time"].to_numpy()))
        known = [(n, truths[t]) for n, t in enumerate(times) if t in truths]
        finite = [np.isfinite(values[truth]) for _, truth in known]
        always = np.logical_and.reduce(finite) if finite else None
        for (step, truth), seen in zip(known, finite, strict=True):
            field = forecast.isel(lead=step).to_numpy()
            found.append(
                Pair(
                    round(float(forecast["lead"][step])),
                    np.nan_to_num(field if field.ndim == 3 else field[np.newaxis]),
                    values[truth],
                    seen if mask == "lead" or always is None else always,
                )
            )
    if not found:
        raise ValueError(
            "Zu keinem Zeitpunkt der Vorhersage liegt eine Beobachtung vor. Bitte Bilder der Zeit "
            "nach der Ausgabe laden."
        )
    return found


def _by_lead(forecast: xr.DataArray) -> xr.DataArray:
    if "lead" in forecast.dims:
        order = ("lead", "member", "y", "x") if "member" in forecast.dims else ("lead", "y", "x")
        return forecast.transpose(*order)
    issued = pd.Timestamp(forecast.attrs["issued"])
    issued = issued.tz_convert(None) if issued.tz else issued
    ends = pd.DatetimeIndex(forecast["time"].to_numpy()) + pd.Timedelta(
        seconds=float(forecast.attrs["interval_s"])
    )
    lead = (ends - issued).total_seconds().to_numpy() / 60
    stepped = forecast.assign_coords(lead=("time", lead)).swap_dims(time="lead")
    return stepped.transpose("lead", "y", "x")


def _comparable(forecast: xr.DataArray, observed: xr.DataArray) -> None:
    for key, what in (("units", "Einheiten"), ("interval_s", "Zeitschritte")):
        ours, theirs = forecast.attrs.get(key), observed.attrs.get(key)
        if ours is not None and theirs is not None and ours != theirs:
            raise UnitError(
                f"Vorhersage und Beobachtung haben verschiedene {what} ({ours} und {theirs}). "
                "Bitte vorher umrechnen."
            )
    if any(not np.array_equal(forecast[axis], observed[axis]) for axis in ("y", "x")):
        raise UnitError(
            "Vorhersage und Beobachtung liegen auf verschiedenen Gittern. Bitte vorher mit "
            "stadtlabor.rain.grid.regrid auf ein Gitter bringen."
        )
