"""A home whose store holds the meters of eight invented schools, and notebooks that ask."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

from drafts import draft
from stadtlabor.city import city
from stadtlabor.handover import drop
from stadtlabor.observations import Batch, Datastream, observations
from stadtlabor.realrun import desk, places
from stadtlabor.realrun.state import requests
from stadtlabor.store import Store

SECRET = 31337.125
"""A value of the first school that must not be seen anywhere."""

SCHOOLS = 8
QUESTION = "Wie viel Strom brauchen Schulen im Mittel je Tag?"
READ = (
    "from stadtlabor import realrun\n"
    "values = realrun.read('school-energy')\n"
    "values['school'] = values['datastream'].str.split('/').str[1]\n"
    "values['day'] = values['time'].dt.tz_convert('Europe/Berlin').dt.normalize()"
)
TABLE = (
    "table = values.groupby('day').agg(kwh=('value', 'mean'), schools=('school', 'nunique'))\n"
    "shown = realrun.release('per_day', table, count='schools')"
)


def meter(home: Path, days: int = 4) -> list[str]:
    """Write hourly values; return the ids of the series."""
    dice = np.random.default_rng(7)
    times = pd.date_range("2026-11-01T23:00Z", periods=24 * days, freq="h")
    store = Store(home / "store", city().city.timezone)
    ids = []
    for number in range(SCHOOLS):
        name = f"school-energy/schule-{number}/strom"
        series = Datastream(name, name, "electricity", "kWh", 3600, "Probe", "CC0")
        values = dice.normal(40, 5, len(times)).round(3)
        if number == 0:
            values[5] = SECRET
        store.write(Batch(observations(name, times, values), [series]))
        ids.append(name)
    store.seal("school-energy")
    store.close()
    return ids


def asking(*cells: str, **about: object) -> str:
    """Return a notebook that reads the meters and declares a table, or does something else."""
    name = "Strom der Schulen"
    about = {"heading": f"# {name}", "title": name, "data": ["school-energy"], **about}
    return draft(*(cells or (READ, TABLE)), **about)  # type: ignore[arg-type]  # texts and lists


def report(id_: str, **told: object) -> None:
    """Tell the pages of the run of an approved request, as the service does."""
    token = next(one for one in requests() if one.id == id_).token
    drop(places.outcomes(), f"{id_}.json", json.dumps({"token": token, **told}).encode())
    desk.collect()


def declare(id_: str, *rows: list[object], name: str = "per_day") -> None:
    """Let the run of an approved request have declared a table."""
    columns = [["day", "date"], ["kwh", "number"], ["schools", "whole"]]
    table = {"name": name, "count": "schools", "columns": columns, "rows": list(rows)}
    reads = [{"dataset": "school-energy", "rows": 768, "single": True, "citation": ""}]
    report(id_, kind="finished", tables=[table], reads=reads)
