"""The heating model: how a building's heat depends on the weather, with honest intervals."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.klimaschule.energy.curve import PER_GROUP
from stadtlabor.klimaschule.energy.daily import daily
from stadtlabor.klimaschule.energy.fit import Fit, fit
from stadtlabor.klimaschule.energy.layout import curves_of, lay_out
from stadtlabor.klimaschule.energy.line import line_r2
from stadtlabor.klimaschule.energy.outlook import Outlook
from stadtlabor.klimaschule.energy.sufficiency import sufficiency, warnings
from stadtlabor.klimaschule.energy.texts import number, text

__all__ = ["HeatingModel", "heating_model"]

Floats = npt.NDArray[np.float64]

Z90 = 1.6449
"""Normal quantile of a two-sided 90 % interval."""

LEAST_DAYS, LEAST_SPAN_K = 20, 5.0


@dataclass(frozen=True)
class HeatingModel:
    """A fitted heating model.

    The figures without a day type are those of school days (of all days, where no types were
    given).

    Attributes
    ----------
    balance_point_c
        Heizgrenze: daily mean outdoor temperature below which the building is heated, °C.
    slope_kwh_per_k
        kWh per day for each kelvin below the balance point, positive.
    baseline_kwh
        Use that has nothing to do with the weather (hot water), kWh per day.
    balance_point_interval, slope_interval, baseline_interval
        90 % intervals, (low, high).
    by_day_type
        One row per day type that has a curve of its own: the same figures with ``_low`` and
        ``_high``, ``days`` and ``heating_days``. A type that is missing here shares the curve
        named in ``groups``.
    r2
        Part of the variation of all used days that the model explains, 0–1.
    weather_r2
        Part of the variation within the day types that the weather explains, 0–1.
    line_r2
        R² of the straight line (:func:`~stadtlabor.klimaschule.energy.line.line_r2`), the figure
        that other tools grade; NaN with fewer than three such days.
    inertia
        Weight 0–1 of yesterday's felt temperature: how sluggish the building is.
    noise_kwh
        Standard deviation of a mean heating day around the curve, kWh.
    autocorrelation
        Correlation of that deviation from day to day, 0–1.
    summer_off
        Whether the boiler seems to be off from June to August.
    n
        Days that the model stands on.
    heating_days
        Those of them colder than the balance point.
    set_aside
        Days that fit so badly that they were left out.
    start, end
        First and last used day.
    weather_driven
        False where the weather explains less than a fifth: the figures then mean little.
    warnings
        German sentences, empty if all is well.
    sufficiency
        German: what can and cannot be said with these data.
    groups
        Which day types share which curve (name of the leading type).
    fit
        Parameters and covariance, for those who go on calculating.
    """

    balance_point_c: float
    slope_kwh_per_k: float
    baseline_kwh: float
    balance_point_interval: tuple[float, float]
    slope_interval: tuple[float, float]
    baseline_interval: tuple[float, float]
    by_day_type: pd.DataFrame
    r2: float
    weather_r2: float
    line_r2: float
    inertia: float
    noise_kwh: float
    autocorrelation: float
    summer_off: bool
    n: int
    heating_days: int
    set_aside: pd.DatetimeIndex
    start: pd.Timestamp
    end: pd.Timestamp
    weather_driven: bool
    warnings: tuple[str, ...]
    sufficiency: str
    groups: dict[str, str]
    fit: Fit

    def outlook(self, temperature_c: pd.Series, day_types: pd.Series | None = None) -> Outlook:
        """Return expectation, derivatives and chance of each day with a temperature.

        Parameters
        ----------
        temperature_c
            Daily means, °C; days without a value are left out.
        day_types
            Types of these days; needed if the model tells day types apart.

        Raises
        ------
        ValueError
            If there is no temperature, or types are needed or unknown; German.
        """
        temperature = daily(temperature_c, text("daily.temperature"))
        if day_types is None and len(self.groups) > 1:
            raise ValueError(text("model.types_needed"))
        if not temperature.notna().any():
            raise ValueError(text("model.no_weather"))
        curve, days, _ = lay_out(temperature, temperature.notna(), day_types, self.groups)
        summer = np.asarray((days.month >= 6) & (days.month <= 8))
        curve = replace(curve, off=summer & self.summer_off)
        noise = self.fit.noise
        mean, slopes = curve.mean_and_slopes(self.fit.parameters, noise.steady_kwh)
        spread, with_memory = noise.spread(curve.drive(self.fit.parameters), curve)
        return Outlook(days, np.maximum(mean, 0.0), slopes[:, :-1], spread, with_memory)

    def predict(self, temperature_c: pd.Series, day_types: pd.Series | None = None) -> pd.DataFrame:
        """Predict days.

        Parameters
        ----------
        temperature_c
            Daily means, °C.
        day_types
            Types of these days; needed if the model tells day types apart.

        Returns
        -------
        DataFrame
            Per day (without zone) ``mean``, ``low`` and ``high`` in kWh: of 100 such days about
            90 lie between low and high. NaN where the temperature is missing.
        """
        seen = self.outlook(temperature_c, day_types)
        of_model = np.einsum("ij,jk,ik->i", seen.slopes, self.fit.covariance, seen.slopes)
        wide = Z90 * np.sqrt(seen.spread**2 + of_model)
        table = pd.DataFrame(
            {"mean": seen.mean, "low": np.maximum(seen.mean - wide, 0.0), "high": seen.mean + wide},
            index=seen.days,
        )
        return table.reindex(daily(temperature_c, text("daily.temperature")).index)


def heating_model(
    energy_kwh: pd.Series, temperature_c: pd.Series, day_types: pd.Series | None = None
) -> HeatingModel:
    """Fit a heating model to daily values.

    The use of a day is baseline + slope · (balance point − felt temperature), where that is
    positive. Each day type with at least 20 measured days has its own baseline, slope and balance
    point; single weekdays (club evenings, the Monday after a cool weekend) may lie a little higher
    or lower. The balance point is searched, not set (change-point regression as in ASHRAE
    Guideline 14 and CalTRACK); the felt temperature contains yesterday's with a weight that is
    searched too. Wild days are set aside. Neighbouring days are not independent: the fit is
    weighted and whitened for noise with a memory of one day, and the intervals come from it. How
    often they hold is measured by ``tests/benchmarks/heating.py``.

    Parameters
    ----------
    energy_kwh
        Heat (gas, district heat) per local day, kWh; NaN or absent where not measured.
    temperature_c
        Outdoor daily mean, °C.
    day_types
        Per day ``school``, ``weekend``, ``public_holiday`` or ``school_holiday``. Without it all
        days are one kind.

    Raises
    ------
    ValueError
        If there are too few days, or they are all equally warm; the message is German.

    Notes
    -----
    ``HeatingModel.line_r2`` gives the R² that Energy Sparks and others grade: a straight line
    through weekdays below 15 °C with heat. Building b8 of the Cambridge archive has 0.80 in 2019
    by this definition.
    """
    energy = daily(energy_kwh, text("daily.energy"))
    temperature = daily(temperature_c, text("daily.temperature"))
    measured = energy.reindex(temperature.index).notna() & temperature.notna()
    if int(measured.sum()) < LEAST_DAYS:
        raise ValueError(text("model.too_few", n=int(measured.sum()), least=LEAST_DAYS))
    window = measured[measured].index
    temperature = temperature.loc[window[0] : window[-1]]
    measured = measured.loc[window[0] : window[-1]]
    span = float(temperature[measured].max() - temperature[measured].min())
    if span < LEAST_SPAN_K:
        raise ValueError(
            text("model.too_even", span=number(span, 1), least=number(LEAST_SPAN_K, 0))
        )
    groups = curves_of(day_types, measured)
    curve, days, names = lay_out(temperature, measured, day_types, groups)
    use = energy.reindex(days).to_numpy()
    if float(np.max(use)) <= 0:
        raise ValueError(text("model.nothing_used"))
    months = days.month.to_numpy().astype(np.int64)
    return _told(fit(curve, use, months), use, days, names, groups, energy, temperature)


def _told(
    found: Fit,
    use: Floats,
    days: pd.DatetimeIndex,
    names: list[str],
    groups: dict[str, str],
    energy: pd.Series,
    temperature: pd.Series,
) -> HeatingModel:
    """Put the fit into words and tables."""
    curve, kept = found.curve, found.kept
    drive = curve.drive(found.parameters)
    mean = curve.mean(found.parameters, found.noise.steady_kwh)
    heated = (drive > 0) & ~curve.off
    error = Z90 * np.sqrt(np.diag(found.covariance))
    rows = []
    for place, name in enumerate(names):
        row: dict[str, object] = {"day_type": name}
        for offset, what in enumerate(("baseline_kwh", "slope_kwh_per_k", "balance_point_c")):
            at = PER_GROUP * place + offset
            value, wide = float(found.parameters[at]), float(error[at])
            floor = -np.inf if what == "balance_point_c" else 0.0
            row |= {
                what: value,
                f"{what}_low": max(value - wide, floor),
                f"{what}_high": value + wide,
            }
        mine = kept & (curve.group == place)
        row |= {"days": int(mine.sum()), "heating_days": int((mine & heated).sum())}
        rows.append(row)
    table = pd.DataFrame(rows).set_index("day_type")
    first = table.iloc[0]

    def interval(what: str) -> tuple[float, float]:
        return float(first[f"{what}_low"]), float(first[f"{what}_high"])

    rest = ((use - mean)[kept] ** 2).sum()
    total = ((use[kept] - use[kept].mean()) ** 2).sum()
    within = pd.Series(use[kept]).groupby(curve.group[kept]).transform("mean").to_numpy()
    weather_r2 = 1 - rest / max(((use[kept] - within) ** 2).sum(), 1e-12)
    level = drive[heated & kept].mean() if (heated & kept).any() else 0.0
    model = HeatingModel(
        balance_point_c=float(first["balance_point_c"]),
        slope_kwh_per_k=float(first["slope_kwh_per_k"]),
        baseline_kwh=float(first["baseline_kwh"]),
        balance_point_interval=interval("balance_point_c"),
        slope_interval=interval("slope_kwh_per_k"),
        baseline_interval=interval("baseline_kwh"),
        by_day_type=table,
        r2=float(1 - rest / max(total, 1e-12)),
        weather_r2=float(weather_r2),
        line_r2=line_r2(energy, temperature),
        inertia=float(found.parameters[-1]),
        noise_kwh=float(found.noise.heating_sd(np.array([level]))[0]),
        autocorrelation=found.noise.memory,
        summer_off=found.summer_off,
        n=int(kept.sum()),
        heating_days=int((kept & heated).sum()),
        set_aside=days[~kept],
        start=days[0],
        end=days[-1],
        weather_driven=bool(weather_r2 >= 0.2),
        warnings=(),
        sufficiency="",
        groups=groups,
        fit=found,
    )
    return replace(model, warnings=warnings(model, temperature), sufficiency=sufficiency(model))
