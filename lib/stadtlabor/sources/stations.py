"""Which pedestrian counter a name means: the city's own and those of ``stations.csv``."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from stadtlabor.city import City
from stadtlabor.observations import Datastream
from stadtlabor.sources.names import slug

__all__ = ["hourly", "station_area"]

HYSTREET = "hystreet.com GmbH"


@cache
def _stations() -> list[dict[str, str]]:
    text = files("stadtlabor.sources").joinpath("stations.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def station_area(name: str) -> str:
    """Return the town of a counter that is known by name alone, or an empty string."""
    towns = {s["area"] for s in _stations() if name in (s["name"], *s["aliases"].split("|"))}
    return towns.pop() if len(towns) == 1 else ""


def hourly(
    city: City,
    name: str,
    area: str = "",
    hystreet_id: int | None = None,
    simulated: bool = False,
) -> Datastream:
    """Describe the hourly series of a pedestrian counter.

    Parameters
    ----------
    city
        Its own counters go by the id of ``city.toml``; those of other towns by town and street, so
        that two Bahnhofstraßen stay apart.
    name
        Name in the file.
    area
        Town, as far as the file tells it.
    hystreet_id
        Location number at hystreet, as far as the file tells it.
    simulated
        True where no counter stands behind the series.
    """
    for own in city.counters:
        if hystreet_id is not None and own.hystreet_id == hystreet_id:
            source = "Simulierte Stadt, kein echter Sensor" if simulated else HYSTREET
            return Datastream(
                f"footfall/{own.id}/hour",
                f"Passanten je Stunde, {own.name}",
                "pedestrians",
                "1",
                3600,
                source,
                "dl-de/by-2-0",
                simulated,
                own.name,
                city.city.short_name,
                own.lat,
                own.lon,
            )
    town = area or station_area(name)
    known = next(
        (
            s
            for s in _stations()
            if s["area"] == town and name in (s["name"], *s["aliases"].split("|"))
        ),
        None,
    )
    label = known["name"] if known else name
    return Datastream(
        f"footfall/{slug(f'{town} {label}')}/hour",
        f"Passanten je Stunde, {label}",
        "pedestrians",
        "1",
        3600,
        known["source"] if known else HYSTREET,
        known["licence"] if known else "Lizenz nicht angegeben",
        simulated,
        label,
        town,
        float(known["lat"]) if known else None,
        float(known["lon"]) if known else None,
    )
