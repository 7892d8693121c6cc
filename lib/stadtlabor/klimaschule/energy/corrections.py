"""Three weather corrections side by side, and why they differ."""

from __future__ import annotations

import numpy as np
import pandas as pd

from stadtlabor.klimaschule.energy.degree_days import LIMIT_C
from stadtlabor.klimaschule.energy.heating_model import Z90, HeatingModel
from stadtlabor.klimaschule.energy.texts import number, text

__all__ = ["weather_corrections"]

FACTOR_ROUNDING = 0.005
"""The Klimafaktor is published with two decimals."""

FACTOR_RANGE = (0.4, 2.0)
"""No place and year in Germany lies outside; a value beyond is a mistyped one."""


def weather_corrections(
    energy_kwh: float,
    *,
    heating_share: float | None = None,
    climate_factor: float | None = None,
    degree_days: float | None = None,
    reference_degree_days: float | None = None,
    model: HeatingModel | None = None,
    temperature_c: pd.Series | None = None,
    day_types: pd.Series | None = None,
    reference_temperature_c: pd.Series | None = None,
    reference_day_types: pd.Series | None = None,
    already: str | None = None,
) -> pd.DataFrame:
    """Correct a year's heat for the weather in up to three ways; they are never chained.

    Parameters
    ----------
    energy_kwh
        Measured heat of the year, hot water included, kWh.
    heating_share
        Part of it that heats rooms, 0–1. Without it the model's share in that year is used.
    climate_factor
        Klimafaktor of the Deutscher Wetterdienst for postal code and period, as published there.
    degree_days, reference_degree_days
        G20/15 of the year and its long-term mean at the same place, Kd
        (:func:`~stadtlabor.klimaschule.energy.degree_days.degree_day_number`).
    model
        The school's own heating model; needs ``temperature_c`` of the year and
        ``reference_temperature_c`` of the years to compare with (whole years, daily means, °C),
        and the day types of both if the model tells them apart.
    already
        Name of a correction that the values have been through; such values are refused, because a
        Klimafaktor and a local G20/15 together would correct twice.

    Returns
    -------
    DataFrame
        One row per possible method: ``method`` („gemessen“, „Klimafaktor“, „G20/15“,
        „Regression“), ``corrected_kwh``, ``low`` and ``high`` (kWh, 90 %; for the ratios they hold
        the share's interval and the factor's rounding, not the error of the method itself),
        ``why`` (German).

    Raises
    ------
    ValueError
        If no method is possible or a value is; German.

    Notes
    -----
    E = E_hot water + E_heating · factor, with the Klimafaktor (Bekanntmachung der Regeln für
    Energieverbrauchswerte) or G_reference / G_year (VDI 3807) as the factor. Regression: the
    measured heat plus the difference the model sees between the two weathers.
    """
    if already:
        raise ValueError(text("corrections.both", method=already))
    if not energy_kwh > 0:
        raise ValueError(text("corrections.energy_range"))
    rows = [("gemessen", energy_kwh, energy_kwh, energy_kwh, text("corrections.why_measured"))]
    ratio = degree_days is not None and reference_degree_days is not None
    if climate_factor is not None or ratio:
        share = _share(heating_share, model, temperature_c, day_types)
        if climate_factor is not None:
            rows.append(_by_factor(energy_kwh, share, climate_factor))
        if degree_days is not None and reference_degree_days is not None:
            rows.append(_by_ratio(energy_kwh, share, degree_days, reference_degree_days, model))
    if model is not None and reference_temperature_c is not None:
        if temperature_c is None:
            raise ValueError(text("corrections.weather_needed"))
        year = (temperature_c, day_types)
        reference = (reference_temperature_c, reference_day_types)
        rows.append(_by_regression(energy_kwh, model, year, reference))
    if len(rows) == 1:
        raise ValueError(text("corrections.none"))
    return pd.DataFrame(rows, columns=["method", "corrected_kwh", "low", "high", "why"])


TROPICAL_K = 100.0

Row = tuple[str, float, float, float, str]


def _share(
    stated: float | None,
    model: HeatingModel | None,
    temperature_c: pd.Series | None,
    day_types: pd.Series | None,
) -> tuple[float, float, float]:
    """Return the heating's share with its interval."""
    if stated is not None:
        if not 0 <= stated <= 1:
            raise ValueError(text("corrections.share_range", value=number(stated, 2)))
        return stated, stated, stated
    if model is None or temperature_c is None:
        raise ValueError(text("corrections.share_needed"))
    seen = model.outlook(temperature_c, day_types)
    total = float(seen.mean.sum())
    # In tropical weather only the hot water remains.
    still = model.outlook(temperature_c + TROPICAL_K, day_types)
    base = float(still.mean.sum())
    by = still.slopes.sum(axis=0) / total - base / total**2 * seen.slopes.sum(axis=0)
    wide = Z90 * float(np.sqrt(by @ model.fit.covariance @ by))
    share = 1 - base / total
    low, value, high = (float(x) for x in np.clip([share - wide, share, share + wide], 0, 1))
    return value, low, high


def _ends(energy: float, shares: tuple[float, ...], factors: tuple[float, ...]) -> list[float]:
    return [energy * (1 - s + s * f) for s in shares for f in factors]


def _by_factor(energy: float, share: tuple[float, float, float], factor: float) -> Row:
    if not FACTOR_RANGE[0] <= factor <= FACTOR_RANGE[1]:
        raise ValueError(text("corrections.factor_range", value=number(factor, 2)))
    ends = _ends(energy, share[1:], (factor - FACTOR_ROUNDING, factor + FACTOR_ROUNDING))
    (value,) = _ends(energy, share[:1], (factor,))
    return "Klimafaktor", value, min(ends), max(ends), text("corrections.why_factor")


def _by_ratio(
    energy: float,
    share: tuple[float, float, float],
    year: float,
    reference: float,
    model: HeatingModel | None,
) -> Row:
    if not (year > 0 and reference > 0):
        raise ValueError(text("corrections.degree_range"))
    (value,) = _ends(energy, share[:1], (reference / year,))
    ends = _ends(energy, share[1:], (reference / year,))
    said = {"reference": number(reference), "year": number(year), "limit": number(LIMIT_C)}
    if model is None:
        why = text("corrections.why_degree_days_plain", **said)
    else:
        apart = model.balance_point_c - LIMIT_C
        word = "equal" if abs(apart) < 0.3 else "higher" if apart > 0 else "lower"
        difference = text(f"corrections.{word}", kelvin=number(abs(apart), 1))
        why = text("corrections.why_degree_days", difference=difference, **said)
    return "G20/15", value, min(ends), max(ends), why


def _by_regression(
    energy: float,
    model: HeatingModel,
    year: tuple[pd.Series, pd.Series | None],
    reference: tuple[pd.Series, pd.Series | None],
) -> Row:
    now, then = model.outlook(*year), model.outlook(*reference)
    # The reference may span many years: it counts as one of the year's length.
    scale = len(now.mean) / len(then.mean)
    value = energy + float(scale * then.mean.sum() - now.mean.sum())
    by = scale * then.slopes.sum(axis=0) - now.slopes.sum(axis=0)
    wide = Z90 * float(np.sqrt(by @ model.fit.covariance @ by))
    why = text(
        "corrections.why_regression",
        balance=number(model.balance_point_c, 1),
        slope=number(model.slope_kwh_per_k, 1),
    )
    return "Regression", value, value - wide, value + wide, why
