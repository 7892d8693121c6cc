"""What a heating model can and cannot say with the data it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from stadtlabor.klimaschule.energy.texts import date, number, text

if TYPE_CHECKING:
    from stadtlabor.klimaschule.energy.heating_model import HeatingModel

__all__ = ["sufficiency", "warnings"]

FEW_HEATING_DAYS = 60
FEW_IDLE_DAYS = 15
COARSE_K = 1.5
MANY_ODD = 0.05


def _half(interval: tuple[float, float]) -> float:
    return (interval[1] - interval[0]) / 2


def sufficiency(model: HeatingModel) -> str:
    """Return German sentences: basis, precision, and what is missing for more."""
    balance = _half(model.balance_point_interval)
    slope = 100 * _half(model.slope_interval) / max(model.slope_kwh_per_k, 1e-9)
    said = [
        text(
            "model.basis",
            n=number(model.n), start=date(model.start), end=date(model.end),
            heating=number(model.heating_days),
        )
    ]  # fmt: skip
    if not model.weather_driven:
        share = number(100 * max(model.weather_r2, 0.0))
        return " ".join([*said, text("model.not_weather", share=share)])
    if balance > COARSE_K:
        said.append(text("model.coarse", balance=number(balance, 1)))
    else:
        said.append(text("model.good", balance=number(balance, 1), slope=number(slope)))
    if model.n - model.heating_days < FEW_IDLE_DAYS:
        said.append(text("model.no_summer"))
    if model.heating_days < FEW_HEATING_DAYS:
        said.append(text("model.few_heating"))
    if len(model.groups) > 1 and len(model.by_day_type) < 2:
        said.append(text("model.few_free"))
    return " ".join(said)


def warnings(model: HeatingModel, temperature_c: pd.Series) -> tuple[str, ...]:
    """Return German warnings.

    Parameters
    ----------
    model
        Fitted model.
    temperature_c
        Daily means it stands on, °C.
    """
    said = []
    if not model.weather_driven:
        share = number(100 * max(model.weather_r2, 0.0))
        said.append(text("model.not_weather", share=share))
    else:
        low, high = temperature_c.quantile([0.02, 0.98])
        if not low < model.balance_point_c < high:
            said.append(text("model.edge"))
    odd = len(model.set_aside)
    if odd > MANY_ODD * (odd + model.n):
        share = number(100 * odd / (odd + model.n))
        said.append(text("model.many_odd", count=number(odd), share=share))
    return tuple(said)
