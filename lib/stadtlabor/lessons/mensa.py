"""Mensa: what a week of lunches weighs in CO2 (Ernährung, grades 7–9)."""

from __future__ import annotations

import pandas as pd

from stadtlabor.lessons.invented import factor, invented
from stadtlabor.lessons.scene import Scene
from stadtlabor.ui.bars import bars
from stadtlabor.ui.texts import number, text

__all__ = ["scene"]

WEEK = pd.DataFrame(
    {
        "Tag": ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag"],
        "mit Fleisch": [82, 64, 91, 75, 38],
        "ohne Fleisch": [28, 46, 24, 35, 52],
    }
)
"""Lunches of a week, invented."""

WEEKS = 37
"""Weeks with lessons in a Bavarian year: 186 school days."""


def scene() -> Scene:
    """Return the material: one week of an invented canteen."""
    meat, green = (
        factor("energy-sparks/food.meal_meat/2023"),
        factor("energy-sparks/food.meal_vegetarian/2023"),
    )
    mixed = factor("keeks/food.meal/2019")
    with_, without = int(WEEK["mit Fleisch"].sum()), int(WEEK["ohne Fleisch"].sum())
    meals = with_ + without
    kg = with_ * meat.value + without * green.value
    saved = 0.5 * with_ * (meat.value - green.value)
    note = invented(meat, green, mixed)
    daily = WEEK["mit Fleisch"] * meat.value + WEEK["ohne Fleisch"] * green.value
    return Scene(
        intro=text("mensa.intro", n=number(meals)),
        raw=WEEK,
        data=WEEK.assign(kg_CO2e=daily),
        truths={
            "meals": float(meals),
            "meat_meals": float(with_),
            "monday": float(WEEK["mit Fleisch"][0] + WEEK["ohne Fleisch"][0]),
            "mean_meals": meals / 5,
            "week_kg": kg,
            "all_meat_kg": meals * meat.value,
            "all_green_kg": meals * green.value,
            "only_meat_kg": with_ * meat.value,
            "mean_kg": kg / meals,
            "plain_mean_kg": (meat.value + green.value) / 2,
            "per_day_kg": kg / 5,
            "upside_down": meals / kg,
            "saved_year_kg": saved * WEEKS,
            "saved_week_kg": saved,
            "saved_all_kg": saved * 2 * WEEKS,
            "saved_52_kg": saved * 52,
            "saved_percent": saved / kg * 100,
            "saved_share": saved / kg,
            "saved_of_meat": saved / (with_ * meat.value) * 100,
            "rest_percent": (1 - saved / kg) * 100,
        },
        pictures={
            "woche": lambda: bars(
                list(WEEK["Tag"]), list(daily), "kg",
                title=text("mensa.week_title", day=str(WEEK["Tag"].iloc[int(daily.argmax())])),
                subtitle=text("mensa.week_subtitle", n=number(meals)),
                note=note, meaning="food", head=text("mensa.day"),
            ),
            "vergleich": lambda: bars(
                [text("mensa.now"), text("mensa.half"), text("mensa.green")],
                [kg, kg - saved, meals * green.value], "kg",
                title=text("mensa.compare_title"),
                subtitle=text("mensa.compare_subtitle"),
                note=note, meaning="food",
            ),
        },
        simulated=True,
    )  # fmt: skip
