"""Wasserleck: the flow at night finds a leak (Wasser, grades 5–6)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from stadtlabor.city import city
from stadtlabor.lessons.facts import fact
from stadtlabor.lessons.scene import Scene, SceneError
from stadtlabor.simulation.water import FIRST_DAY, leaking_school
from stadtlabor.ui.bars import bars
from stadtlabor.ui.lines import lines
from stadtlabor.ui.note import Note
from stadtlabor.ui.texts import date, number, text

__all__ = ["night_flow", "scene", "truths"]

PUPILS = 240
NIGHT_TO = 4
"""Last hour, not included, of the night that is looked at: from 0 o'clock."""

WEEKDAYS = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")


def night_flow(water: pd.DataFrame) -> pd.Series:
    """Return the mean flow of each day's night in litres per hour, index: day."""
    hours = pd.DatetimeIndex(water.index).hour
    nights: pd.Series = water[hours < NIGHT_TO].groupby("day")["litres"].mean()
    return nights


def scene(leak_day: int = 9, leak_litres: float = 45.0) -> Scene:
    """Return the material of the lesson.

    Parameters
    ----------
    leak_day
        Day (2–14) on which the leak opens.
    leak_litres
        What it loses, litres per hour.

    Raises
    ------
    SceneError
        In German, if the day lies outside the two weeks or the leak is too small to be found.
    """
    if not 2 <= int(leak_day) <= 14:
        raise SceneError(text("waterleak.no_day"))
    if not leak_litres >= 15:
        raise SceneError(text("waterleak.too_small"))
    water = leaking_school(PUPILS, leak_litres, int(leak_day))
    nights = night_flow(water)
    prices = city().prices
    note = Note((text("waterleak.source"),), ("CC0-1.0",), simulated=True)
    bath = fact("bath")
    with_bath = Note((*note.sources, bath.source), note.licences, simulated=True)
    days = [pd.Timestamp(FIRST_DAY) + pd.Timedelta(days=n) for n in range(14)]
    found = truths(water, int(leak_day))
    dry = water[(water["day"] < leak_day) & (pd.DatetimeIndex(water.index).day_of_week < 5)]
    usual = float(dry.groupby("day")["litres"].sum().mean())
    money = "" if prices is None else text(
        "waterleak.money",
        euro=number(found["year_m3"] * prices.water),
        price=number(prices.water, 2),
        source=prices.source,
    )  # fmt: skip
    return Scene(
        intro=text(
            "waterleak.chosen",
            pupils=number(PUPILS),
            start=date(days[0]),
            end=date(days[-1]),
        ),
        raw=_raw(water),
        data=pd.DataFrame(
            {
                "Zeit": water.index,
                "Tag": water["day"].to_numpy(),
                "Stunde": pd.DatetimeIndex(water.index).hour,
                "Wasser_Liter": water["litres"].to_numpy(),
            }
        ),
        truths=found,
        pictures={
            "kurve": lambda: lines(
                {text("waterleak.name"): water["litres"].astype(float)},
                text("waterleak.axis"),
                title=text("waterleak.curve_title"),
                subtitle=text("waterleak.curve_subtitle"),
                note=note,
                unit="l",
                meaning="water",
                spans={
                    text("waterleak.night"): [
                        (day, day + pd.Timedelta(hours=NIGHT_TO)) for day in days
                    ]
                },
                phone=pd.Timedelta(days=8),
                digits=0,
            ),
            "naechte": lambda: bars(
                [
                    text("waterleak.day", n=n, weekday=WEEKDAYS[days[n - 1].day_of_week])
                    for n in nights.index
                ],
                [float(v) for v in nights],
                text("waterleak.unit"),
                title=text("waterleak.nights_title"),
                subtitle=text("waterleak.nights_subtitle"),
                note=note,
                meaning="water",
            ),
            "vergleich": lambda: bars(
                [text("waterleak.usual"), text("waterleak.leak")],
                [usual, found["day_litres"]],
                "l",
                title=text("waterleak.both_title"),
                subtitle=text("waterleak.both_subtitle", money=money),
                note=with_bath,
                meaning=("water", "highlight"),
            ),
        },
        simulated=True,
    )


def _raw(water: pd.DataFrame, rows: int = 12) -> pd.DataFrame:
    """Return the first morning with German heads."""
    some = water.iloc[:rows]
    index = pd.DatetimeIndex(some.index)
    return pd.DataFrame(
        {
            text("waterleak.begin"): index.strftime("%d.%m.%Y %H:%M"),
            text("waterleak.litres"): [number(v) for v in some["litres"]],
        }
    )


def truths(water: pd.DataFrame, leak_day: int) -> Mapping[str, float]:
    """Return the right and the typically wrong values of the tasks.

    Parameters
    ----------
    water
        Hours with ``day`` and ``litres``.
    leak_day
        First day with a leak.
    """
    nights = night_flow(water)
    leak = float(nights[nights.index >= leak_day].mean())
    after = water[water["day"] >= leak_day]
    bath = fact("bath").value
    per_day = 24 * leak
    return {
        "leak_day": float(leak_day),
        "day_before": float(leak_day - 1),
        "days_with_leak": float(15 - leak_day),
        "day_of_month": float((pd.Timestamp(FIRST_DAY) + pd.Timedelta(days=leak_day - 1)).day),
        "night_litres": leak,
        "peak_litres": float(after["litres"].max()),
        "mean_litres": float(after["litres"].mean()),
        "four_hours": NIGHT_TO * leak,
        "day_litres": per_day,
        "week_litres": 7 * per_day,
        "twelve_hours": 12 * leak,
        "sixty": 60 * leak,
        "baths": per_day / bath,
        "baths_per_week": 7 * per_day / bath,
        "baths_per_hour": leak / bath,
        "hours_per_bath": bath / leak,
        "day_by_hour_bath": per_day * bath,
        "year_m3": per_day * 365 / 1000,
        "year_litres": per_day * 365,
        "month_m3": per_day * 30 / 1000,
        "hour_year_m3": leak * 365 / 1000,
        "schooldays_m3": per_day * 190 / 1000,
    }
