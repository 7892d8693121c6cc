"""Schulweg: how we come to school (Mobilität, grades 5–6)."""

from __future__ import annotations

from stadtlabor.klimaschule.mobility.survey import SCHOOL_DAYS
from stadtlabor.lessons.invented import factor, invented
from stadtlabor.lessons.scene import Scene
from stadtlabor.settings import settings
from stadtlabor.simulation.answers import school_ways
from stadtlabor.ui.bars import bars
from stadtlabor.ui.texts import number, text

__all__ = ["scene"]

ASKED = 120
WAY_KM = 3.0
"""A way that the tasks compute with."""


def scene(asked: int = ASKED) -> Scene:
    """Return the material: answers of an invented school.

    Parameters
    ----------
    asked
        How many answered.
    """
    ways = school_ways(settings().simulation.seed, asked)
    counts = ways["Verkehrsmittel"].value_counts()
    mean = ways.groupby("Verkehrsmittel")["Kilometer"].mean().reindex(counts.index)
    car = factor("tremod/mobility.car/2018")
    note = invented(car)
    bike = float(counts["Fahrrad"])
    year_km = WAY_KM * 2 * SCHOOL_DAYS
    return Scene(
        intro=text("schulweg.intro", n=number(asked)),
        raw=ways.head(8),
        data=ways,
        truths={
            "bike_percent": bike / asked * 100,
            "bike_count": bike,
            "bike_share": bike / asked,
            "not_bike_percent": (1 - bike / asked) * 100,
            "bus_percent": float(counts["Bus"]) / asked * 100,
            "week_km": WAY_KM * 2 * 5,
            "week_one_way_km": WAY_KM * 5,
            "day_km": WAY_KM * 2,
            "week_of_seven_km": WAY_KM * 2 * 7,
            "car_kg": year_km * car.value,
            "car_one_way_kg": year_km * car.value / 2,
            "car_km": year_km,
            "car_all_days_kg": WAY_KM * 2 * 365 * car.value,
            "four_kg": year_km * car.value / 4,
            "three_kg": year_km * car.value / 3,
            "four_times_kg": year_km * car.value * 4,
        },
        pictures={
            "anteile": lambda: bars(
                list(counts.index), list(counts / asked * 100), "%",
                title=text("schulweg.shares_title", mode=str(counts.index[0])),
                subtitle=text("schulweg.shares_subtitle", n=number(asked)),
                note=note, meaning="mobility", head=text("schulweg.mode"),
            ),
            "entfernung": lambda: bars(
                list(mean.index), list(mean), "km",
                title=text("schulweg.far_title", mode=str(mean.idxmax())),
                subtitle=text("schulweg.far_subtitle", n=number(asked)),
                note=note, meaning="mobility", digits=1, head=text("schulweg.mode"),
            ),
        },
        simulated=True,
    )  # fmt: skip
