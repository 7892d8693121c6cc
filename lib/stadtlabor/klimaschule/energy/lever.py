"""One kelvin less: what the room temperature is worth in this very building."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from stadtlabor.klimaschule.energy.heating_model import Z90, HeatingModel
from stadtlabor.klimaschule.energy.texts import number, text

__all__ = ["OneKelvin", "one_kelvin"]


@dataclass(frozen=True)
class OneKelvin:
    """What a lower room temperature saves, with 90 % intervals.

    Attributes
    ----------
    kelvin
        How much lower.
    percent, low_percent, high_percent
        Of the whole heat of these days, hot water included.
    kwh, low_kwh, high_kwh
        The same in kWh.
    days
        Days that were looked at.
    sentence
        German.
    """

    kelvin: float
    percent: float
    low_percent: float
    high_percent: float
    kwh: float
    low_kwh: float
    high_kwh: float
    days: int
    sentence: str


def one_kelvin(
    model: HeatingModel,
    temperature_c: pd.Series,
    day_types: pd.Series | None = None,
    kelvin: float = 1.0,
) -> OneKelvin:
    """Tell what a lower room temperature saves.

    A room that is one kelvin cooler needs heat from one kelvin less outdoors on: the balance point
    moves by as much, the slope stays. The German rules of thumb disagree (6 % or 10 % per kelvin),
    because the share depends on how cold the place is and how much hot water there is.

    Parameters
    ----------
    model
        The school's heating model.
    temperature_c
        Daily means of the time to judge, best a whole year or several, °C.
    day_types
        Types of these days; needed if the model tells day types apart.
    kelvin
        How much lower the rooms are on all these days.

    Raises
    ------
    ValueError
        If nothing is heated on these days; German.

    Notes
    -----
    The interval is first-order propagation of the model's covariance. It does not hold what the
    model cannot know: whether the room really gets cooler by that much.
    """
    warm = model.outlook(temperature_c, day_types)
    # A balance point that is lower by a kelvin is the same as weather that is warmer by one.
    cool = model.outlook(temperature_c + kelvin, day_types)
    total, saved = float(warm.mean.sum()), float((warm.mean - cool.mean).sum())
    if saved <= 1e-6 * max(total, 1e-9):
        raise ValueError(text("lever.weather"))
    by_total = warm.slopes.sum(axis=0)
    by_saved = by_total - cool.slopes.sum(axis=0)
    by_share = by_saved / total - saved / total**2 * by_total
    covariance = model.fit.covariance
    wide_kwh = Z90 * float(np.sqrt(by_saved @ covariance @ by_saved))
    wide = Z90 * float(np.sqrt(by_share @ covariance @ by_share))
    share = saved / total
    return OneKelvin(
        kelvin=kelvin,
        percent=100 * share,
        low_percent=100 * (share - wide),
        high_percent=100 * (share + wide),
        kwh=saved,
        low_kwh=saved - wide_kwh,
        high_kwh=saved + wide_kwh,
        days=len(warm.mean),
        sentence=text(
            "lever.sentence",
            kelvin=number(kelvin, 0 if kelvin == round(kelvin) else 1),
            percent=number(100 * share, 1),
            low=number(100 * (share - wide), 1),
            high=number(100 * (share + wide), 1),
            kwh=number(saved),
        )
        + " "
        + text("lever.rules"),
    )
